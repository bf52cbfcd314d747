/* SPDX-License-Identifier: MIT */
#ifndef _LINUX_BITOPS_H
#define _LINUX_BITOPS_H

#include <asm/bitops.h>
#include <linux/bits.h>
#include <linux/types.h>

#define BITS_TO_U64(nr)	  (((nr) + 63) / 64)
#define BITS_TO_U32(nr)	  (((nr) + 31) / 32)
#define BITS_TO_BYTES(nr) (((nr) + 7) / 8)

/*
 * Bits of arrays of longs. set_bit() and its family, in asm/bitops.h, are atomic; the
 * forms with underscores are not, and cost a fraction.
 */

static __always_inline bool test_bit(long nr, const volatile unsigned long *addr)
{
	return 1UL & (addr[BIT_WORD(nr)] >> (nr & (BITS_PER_LONG - 1)));
}

static __always_inline void __set_bit(long nr, volatile unsigned long *addr)
{
	((unsigned long *)addr)[BIT_WORD(nr)] |= BIT_MASK(nr);
}

static __always_inline void __clear_bit(long nr, volatile unsigned long *addr)
{
	((unsigned long *)addr)[BIT_WORD(nr)] &= ~BIT_MASK(nr);
}

static __always_inline void __change_bit(long nr, volatile unsigned long *addr)
{
	((unsigned long *)addr)[BIT_WORD(nr)] ^= BIT_MASK(nr);
}

static __always_inline bool __test_and_set_bit(long nr, volatile unsigned long *addr)
{
	bool old = test_bit(nr, addr);

	__set_bit(nr, addr);
	return old;
}

static __always_inline bool __test_and_clear_bit(long nr, volatile unsigned long *addr)
{
	bool old = test_bit(nr, addr);

	__clear_bit(nr, addr);
	return old;
}

static __always_inline bool __test_and_change_bit(long nr, volatile unsigned long *addr)
{
	bool old = test_bit(nr, addr);

	__change_bit(nr, addr);
	return old;
}

static __always_inline void assign_bit(long nr, volatile unsigned long *addr, bool value)
{
	if (value)
		set_bit(nr, addr);
	else
		clear_bit(nr, addr);
}

static __always_inline void __assign_bit(long nr, volatile unsigned long *addr, bool value)
{
	if (value)
		__set_bit(nr, addr);
	else
		__clear_bit(nr, addr);
}

/* The index of the lowest set bit, clear bit, or highest set bit. Undefined if there is none. */
static __always_inline __attribute_const__ unsigned long __ffs(unsigned long word)
{
	return __builtin_ctzl(word);
}

static __always_inline __attribute_const__ unsigned long ffz(unsigned long word)
{
	return __builtin_ctzl(~word);
}

static __always_inline __attribute_const__ unsigned long __fls(unsigned long word)
{
	return BITS_PER_LONG - 1 - __builtin_clzl(word);
}

/* The same counted from 1; 0 if there is none. */
static __always_inline __attribute_const__ int ffs(int x)
{
	return x ? __builtin_ctz(x) + 1 : 0;
}

static __always_inline __attribute_const__ int fls(unsigned int x)
{
	return x ? 32 - __builtin_clz(x) : 0;
}

static __always_inline __attribute_const__ int fls64(u64 x)
{
	u32 high = x >> 32;

	return high ? 32 + fls(high) : fls((u32)x);
}

static __always_inline __attribute_const__ unsigned int fls_long(unsigned long x)
{
	return sizeof(x) == 4 ? fls(x) : fls64(x);
}

static __always_inline __attribute_const__ unsigned long __ffs64(u64 word)
{
	u32 low = word;

	return low ? __ffs(low) : 32 + __ffs((u32)(word >> 32));
}

/* How many bits are set; a constant expression if the word is a constant. */
unsigned int __sw_hweight32(u32 word) __attribute_const__;
unsigned int __sw_hweight64(u64 word) __attribute_const__;

#define hweight32(word) \
	(__builtin_constant_p(word) ? (unsigned int)__builtin_popcount(word) : __sw_hweight32(word))
#define hweight64(word)                                                        \
	(__builtin_constant_p(word) ? (unsigned int)__builtin_popcountll(word) \
				    : __sw_hweight64(word))
#define hweight8(word)	   hweight32((u8)(word))
#define hweight16(word)	   hweight32((u16)(word))
#define hweight_long(word) (sizeof(long) == 4 ? hweight32((u32)(word)) : hweight64(word))

static __always_inline __attribute_const__ u64 rol64(u64 word, unsigned int shift)
{
	return (word << (shift & 63)) | (word >> (-shift & 63));
}

static __always_inline __attribute_const__ u64 ror64(u64 word, unsigned int shift)
{
	return (word >> (shift & 63)) | (word << (-shift & 63));
}

static __always_inline __attribute_const__ u32 rol32(u32 word, unsigned int shift)
{
	return (word << (shift & 31)) | (word >> (-shift & 31));
}

static __always_inline __attribute_const__ u32 ror32(u32 word, unsigned int shift)
{
	return (word >> (shift & 31)) | (word << (-shift & 31));
}

/* value's bits 0 to index, with bit index as the sign */
static __always_inline __attribute_const__ s32 sign_extend32(u32 value, int index)
{
	u8 shift = 31 - index;

	return (s32)(value << shift) >> shift;
}

static __always_inline __attribute_const__ s64 sign_extend64(u64 value, int index)
{
	u8 shift = 63 - index;

	return (s64)(value << shift) >> shift;
}

#include <linux/find.h>

#endif
