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

/* What of the flags the task may use, inside memalloc_noio_save() and memalloc_nofs_save(). */
static inline gfp_t current_gfp_context(gfp_t gfp)
{
	unsigned int flags = READ_ONCE(current->flags);

	if (flags & PF_MEMALLOC_NOIO)
		gfp &= ~(__GFP_IO | __GFP_FS);
	else if (flags & PF_MEMALLOC_NOFS)
		gfp &= ~__GFP_FS;
	return gfp;
}

#endif
