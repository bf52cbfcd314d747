/* SPDX-License-Identifier: MIT */
#ifndef _LINUX_BITS_H
#define _LINUX_BITS_H

#include <linux/build_bug.h>
#include <linux/const.h>

#define BITS_PER_LONG	   (__SIZEOF_LONG__ * 8)
#define BITS_PER_LONG_LONG 64

#define BIT(nr)		 (UL(1) << (nr))
#define BIT_ULL(nr)	 (ULL(1) << (nr))
#define BIT_MASK(nr)	 (UL(1) << ((nr) % BITS_PER_LONG))
#define BIT_WORD(nr)	 ((nr) / BITS_PER_LONG)
#define BIT_ULL_MASK(nr) (ULL(1) << ((nr) % BITS_PER_LONG_LONG))
#define BIT_ULL_WORD(nr) ((nr) / BITS_PER_LONG_LONG)

/* The bits from low to high, both included; constants in the wrong order do not build. */
#define __genmask_check(high, low) \
	BUILD_BUG_ON_ZERO(__builtin_choose_expr(__is_constexpr((low) > (high)), (low) > (high), 0))
#define __GENMASK(high, low) ((~UL(0) << (low)) & (~UL(0) >> (BITS_PER_LONG - 1 - (high))))
#define __GENMASK_ULL(high, low) \
	((~ULL(0) << (low)) & (~ULL(0) >> (BITS_PER_LONG_LONG - 1 - (high))))

#ifdef __ASSEMBLY__
#define GENMASK(high, low) __GENMASK(high, low)
#else
#define GENMASK(high, low)     (__genmask_check(high, low) + __GENMASK(high, low))
#define GENMASK_ULL(high, low) (__genmask_check(high, low) + __GENMASK_ULL(high, low))
#endif

#endif
