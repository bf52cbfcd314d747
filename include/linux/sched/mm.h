/* SPDX-License-Identifier: MIT */
/* What the context of an allocation means for it. */
#ifndef _LINUX_SCHED_MM_H
#define _LINUX_SCHED_MM_H

#include <linux/gfp.h>
#include <linux/kernel.h>
#include <linux/sched.h>

/* Every allocation may sleep if its flags say so, whether or not this one will have to. */
static inline void might_alloc(gfp_t gfp)
{
	might_sleep_if(gfpflags_allow_blocking(gfp));
}

#endif
