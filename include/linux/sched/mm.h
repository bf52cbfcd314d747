/* SPDX-License-Identifier: MIT */
/* What the context of an allocation means for it. */
#ifndef _LINUX_SCHED_MM_H
#define _LINUX_SCHED_MM_H

#include <linux/gfp.h>
#include <linux/kernel.h>
#include <linux/sched.h>

/*
 * For the lock checker reclaim is a lock: it is taken around reclaim, which may take others in it,
 * and by each allocation with __GFP_FS that may reclaim, whether or not this one does. So an
 * allocation under a lock that reclaim takes is reported before somebody waits for himself.
 */
#ifdef CONFIG_LOCKDEP
void fs_reclaim_acquire(gfp_t gfp);
void fs_reclaim_release(gfp_t gfp);

/* Who holds no lock has nothing to tell. */
static inline void fs_reclaim_check(gfp_t gfp)
{
	if (current->lockdep_depth) {
		fs_reclaim_acquire(gfp);
		fs_reclaim_release(gfp);
	}
}
#else
#define fs_reclaim_acquire(gfp) ((void)(gfp))
#define fs_reclaim_release(gfp) ((void)(gfp))
#define fs_reclaim_check(gfp)	((void)(gfp))
#endif

/* Every allocation may sleep if its flags say so, whether or not this one will have to. */
static inline void might_alloc(gfp_t gfp)
{
	fs_reclaim_check(gfp);
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
