/* SPDX-License-Identifier: MIT */
/* The unit that memory moves in between CPUs: data in one line is fought over together. */
#ifndef _LINUX_CACHE_H
#define _LINUX_CACHE_H

#include <linux/align.h>
#include <linux/compiler.h>
#include <asm/cache.h>

#define SMP_CACHE_BYTES	  L1_CACHE_BYTES
#define L1_CACHE_ALIGN(x) ALIGN(x, L1_CACHE_BYTES)

#define ____cacheline_aligned	     __aligned(SMP_CACHE_BYTES)
#define ____cacheline_aligned_in_smp ____cacheline_aligned
#define __cacheline_aligned	     ____cacheline_aligned
#define __cacheline_aligned_in_smp   ____cacheline_aligned

/* Hints only: such data lies among the rest, and stays writable. */
#define __read_mostly
#define __ro_after_init

#endif
