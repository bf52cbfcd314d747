// SPDX-License-Identifier: MIT
/*
 * Copying, filling, comparing and searching memory. Apart from string.c because a
 * hosted build has most of these already. Any context.
 */
#include <asm/string.h>
#include <linux/bitops.h>
#include <linux/compiler.h>
#include <linux/string.h>
#include <linux/types.h>

#undef memcpy
#undef memmove
#undef memset

/* A long at any address, as one instruction. */
struct unaligned_long {
	unsigned long value;
} __packed __attribute__((__may_alias__));

static __always_inline unsigned long load(const void *p)
{
	return ((const struct unaligned_long *)p)->value;
}

static __always_inline void store(void *p, unsigned long value)
{
	((struct unaligned_long *)p)->value = value;
}

void *memcpy(void *dest, const void *src, size_t n)
{
	rep_movs(dest, src, n);
	return dest;
}

/* Down from the end; each long is loaded before the bytes below it are overwritten. */
static void copy_down(u8 *dest, const u8 *src, size_t n)
{
	while (n >= sizeof(long)) {
		n -= sizeof(long);
		store(dest + n, load(src + n));
	}
	while (n--) {
		OPTIMIZER_HIDE_VAR(n); /* gcc knows this loop, and would call memmove */
		dest[n] = src[n];
	}
}

void *memmove(void *dest, const void *src, size_t n)
{
	/* Wraps to a large distance if dest is below src: upwards is right then too. */
	if ((unsigned long)dest - (unsigned long)src >= n)
		rep_movs(dest, src, n);
	else
		copy_down(dest, src, n);
	return dest;
}

void *memset(void *s, int c, size_t n)
{
	rep_stos(s, (u8)c * 0x01010101u, n);
	return s;
}

void memzero_explicit(void *s, size_t n)
{
	memset(s, 0, n);
	barrier_data(s);
}

void *memset16(u16 *s, u16 value, size_t count)
{
	while (count--)
		s[count] = value;
	return s;
}

void *memset32(u32 *s, u32 value, size_t count)
{
	rep_stos(s, value, count * sizeof(*s));
	return s;
}

void *memset64(u64 *s, u64 value, size_t count)
{
	while (count--)
		s[count] = value;
	return s;
}

int memcmp(const void *a, const void *b, size_t n)
{
	const u8 *p = a, *q = b;

	for (; n >= sizeof(long) && load(p) == load(q); n -= sizeof(long)) {
		p += sizeof(long);
		q += sizeof(long);
	}
	for (; n; n--, p++, q++)
		if (*p != *q)
			return *p - *q;
	return 0;
}

int bcmp(const void *a, const void *b, size_t n)
{
	return memcmp(a, b, n);
}

void *memchr(const void *s, int c, size_t n)
{
	const u8 *p = s;

	for (; n; n--, p++)
		if (*p == (u8)c)
			return (void *)p;
	return NULL;
}

void *memchr_inv(const void *s, int c, size_t n)
{
	const unsigned long pattern = (u8)c * (~0UL / 0xff);
	const u8 *p = s;

	for (; n >= sizeof(long) && load(p) == pattern; n -= sizeof(long))
		p += sizeof(long);
	for (; n; n--, p++)
		if (*p != (u8)c)
			return (void *)p;
	return NULL;
}

void *memscan(void *s, int c, size_t n)
{
	void *found = memchr(s, c, n);

	return found ? found : (u8 *)s + n;
}
