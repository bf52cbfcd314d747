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

/*
 * Scopes: what the task allocates between save and restore, wherever, keeps to less than its
 * flags say. They nest: restore returns to what save found. An interrupt has no part in them.
 *
 *	memalloc_noio_save()	   no reclaim that does I/O: for code that I/O waits for
 *	memalloc_nofs_save()	   no reclaim that calls file systems
 *	memalloc_noreclaim_save()  no reclaim at all, and all reserves: for who frees memory
 */
#define __MEMALLOC_SCOPE(name, flag)                                   \
	static inline unsigned int memalloc_##name##_save(void)        \
	{                                                              \
		unsigned int old = current->flags & (flag);            \
                                                                       \
		current->flags |= (flag);                              \
		return old;                                            \
	}                                                              \
	static inline void memalloc_##name##_restore(unsigned int old) \
	{                                                              \
		current->flags = (current->flags & ~(flag)) | old;     \
	}

__MEMALLOC_SCOPE(noio, PF_MEMALLOC_NOIO)
__MEMALLOC_SCOPE(nofs, PF_MEMALLOC_NOFS)
__MEMALLOC_SCOPE(noreclaim, PF_MEMALLOC)

/* What of the flags may be used here. */
static inline gfp_t current_gfp_context(gfp_t gfp)
{
	unsigned int flags = READ_ONCE(current->flags);

	if (likely(!(flags & (PF_MEMALLOC_NOIO | PF_MEMALLOC_NOFS))) || !in_task())
		return gfp;
	return gfp & ~(flags & PF_MEMALLOC_NOIO ? __GFP_IO | __GFP_FS : __GFP_FS);
}

#endif
