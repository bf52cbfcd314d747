/* SPDX-License-Identifier: MIT */
/*
 * xarray: an array of pointers by unsigned long, sparse, each with three marks. NULL: nothing
 * is there. lib/xarray.c says how.
 *
 *	DEFINE_XARRAY(array);
 *
 *	old = xa_store(&array, index, pointer, GFP_KERNEL);	xa_err(old): 0 or -ENOMEM
 *	pointer = xa_load(&array, index);
 *	xa_for_each(&array, index, pointer)
 *		...
 *	xa_erase(&array, index);
 *
 * Pointers are multiples of 4; integers are stored by xa_mk_value(). Functions without __ take
 * the lock themselves; those with it are called with it held, and may let it go to allocate, if
 * the flags say that they may sleep. An array whose lock interrupts take says so when it is made
 * (XA_FLAGS_LOCK_IRQ): then it is taken by _irq or _irqsave. Looking up takes no lock in any
 * context; what keeps an entry that was found is the caller's affair (RCU, a reference, the lock).
 */
#ifndef _LINUX_XARRAY_H
#define _LINUX_XARRAY_H

#include <linux/bitops.h>
#include <linux/bug.h>
#include <linux/err.h>
#include <linux/gfp.h>
#include <linux/limits.h>
#include <linux/rcupdate.h>
#include <linux/spinlock.h>
#include <linux/types.h>

#define XA_CHUNK_SHIFT 6
#define XA_CHUNK_SIZE  (1UL << XA_CHUNK_SHIFT)
#define XA_CHUNK_MASK  (XA_CHUNK_SIZE - 1)
#define XA_MAX_MARKS   3

typedef unsigned int xa_mark_t;
#define XA_MARK_0  ((xa_mark_t)0)
#define XA_MARK_1  ((xa_mark_t)1)
#define XA_MARK_2  ((xa_mark_t)2)
#define XA_PRESENT ((xa_mark_t)8)

#define XA_FLAGS_LOCK_IRQ ((gfp_t)1)
#define XA_FLAGS_LOCK_BH  ((gfp_t)2)

/* xarray.c's. */
struct xa_node {
	u8 shift;  /* of the index, to find the slot */
	u8 offset; /* its slot in the parent */
	u8 count;  /* slots in use */
	struct xa_node *parent;
	struct rcu_head rcu;
	void *slots[XA_CHUNK_SIZE]; /* shift 0: entries; nodes above */
	unsigned long marks[XA_MAX_MARKS][BITS_TO_LONGS(XA_CHUNK_SIZE)];
};

struct xarray {
	spinlock_t xa_lock;
	gfp_t xa_flags;
	struct xa_node *xa_head;
};

#define XARRAY_INIT(name, flags)                                                                   \
	{                                                                                          \
		.xa_lock = __SPIN_LOCK_UNLOCKED(name.xa_lock), .xa_flags = flags, .xa_head = NULL, \
	}
#define DEFINE_XARRAY_FLAGS(name, flags) struct xarray name = XARRAY_INIT(name, flags)
#define DEFINE_XARRAY(name)		 DEFINE_XARRAY_FLAGS(name, 0)

#define xa_init_flags(xa, flags)                \
	do {                                    \
		spin_lock_init(&(xa)->xa_lock); \
		(xa)->xa_flags = (flags);       \
		(xa)->xa_head = NULL;           \
	} while (0)
#define xa_init(xa) xa_init_flags(xa, 0)

#define xa_trylock(xa)			spin_trylock(&(xa)->xa_lock)
#define xa_lock(xa)			spin_lock(&(xa)->xa_lock)
#define xa_unlock(xa)			spin_unlock(&(xa)->xa_lock)
#define xa_lock_bh(xa)			spin_lock_bh(&(xa)->xa_lock)
#define xa_unlock_bh(xa)		spin_unlock_bh(&(xa)->xa_lock)
#define xa_lock_irq(xa)			spin_lock_irq(&(xa)->xa_lock)
#define xa_unlock_irq(xa)		spin_unlock_irq(&(xa)->xa_lock)
#define xa_lock_irqsave(xa, flags)	spin_lock_irqsave(&(xa)->xa_lock, flags)
#define xa_unlock_irqrestore(xa, flags) spin_unlock_irqrestore(&(xa)->xa_lock, flags)

/* --- entries that are not pointers ---------------------------------------------------------- */

static inline void *xa_mk_value(unsigned long value)
{
	WARN_ON((long)value < 0);
	return (void *)((value << 1) | 1);
}

static inline unsigned long xa_to_value(const void *entry)
{
	return (unsigned long)entry >> 1;
}

static inline bool xa_is_value(const void *entry)
{
	return (unsigned long)entry & 1;
}

/* What xa_store() and the like return instead of the old entry: an error with 2 in the low bits. */
static inline bool xa_is_err(const void *entry)
{
	return ((unsigned long)entry & 3) == 2 && (long)entry < 0 && (long)entry >= -4 * MAX_ERRNO;
}

static inline int xa_err(const void *entry)
{
	return xa_is_err(entry) ? (int)((long)entry >> 2) : 0;
}

/* --- looking up ------------------------------------------------------------------------------ */

void *xa_load(struct xarray *xa, unsigned long index);
bool xa_get_mark(struct xarray *xa, unsigned long index, xa_mark_t mark);
bool xa_marked(const struct xarray *xa, xa_mark_t mark); /* is any entry? */

static inline bool xa_empty(const struct xarray *xa)
{
	return !READ_ONCE(xa->xa_head);
}

/*
 * The first entry from *index on, or behind it, up to max, that has the mark, or any for
 * XA_PRESENT; *index becomes its index. NULL: there is none.
 */
void *xa_find(struct xarray *xa, unsigned long *index, unsigned long max, xa_mark_t filter);
void *xa_find_after(struct xarray *xa, unsigned long *index, unsigned long max, xa_mark_t filter);

#define __xa_for_each(xa, index, entry, start, last, filter)                    \
	for (index = (start), entry = xa_find(xa, &index, last, filter); entry; \
	     entry = xa_find_after(xa, &index, last, filter))
#define xa_for_each_range(xa, index, entry, start, last) \
	__xa_for_each(xa, index, entry, start, last, XA_PRESENT)
#define xa_for_each_start(xa, index, entry, start) \
	xa_for_each_range(xa, index, entry, start, ULONG_MAX)
#define xa_for_each(xa, index, entry) xa_for_each_start(xa, index, entry, 0)
#define xa_for_each_marked(xa, index, entry, filter) \
	__xa_for_each(xa, index, entry, 0, ULONG_MAX, filter)

/*
 * For who looks without the lock and wants to be sure afterwards that the entry is still there:
 * under rcu_read_lock(), xas_load(), then xas_reload().
 */
struct xa_state {
	struct xarray *xa;
	unsigned long xa_index;
	void **xa_slot; /* where it was found */
};

#define XA_STATE(name, array, index) \
	struct xa_state name = { .xa = (array), .xa_index = (index), .xa_slot = NULL }

void *xas_load(struct xa_state *xas);

static inline void *xas_reload(const struct xa_state *xas)
{
	return xas->xa_slot ? READ_ONCE(*xas->xa_slot) : NULL;
}

/* --- changing -------------------------------------------------------------------------------- */

/*
 * store: the old entry, or an error. NULL erases. A new entry has no marks; one that takes
 *	another's place has its.
 * cmpxchg: stores only where `old` is.		insert: only where nothing is: 0, -EBUSY or -ENOMEM.
 */
void *xa_store(struct xarray *xa, unsigned long index, void *entry, gfp_t gfp);
void *__xa_store(struct xarray *xa, unsigned long index, void *entry, gfp_t gfp);
void *xa_erase(struct xarray *xa, unsigned long index);
void *__xa_erase(struct xarray *xa, unsigned long index);
void *xa_cmpxchg(struct xarray *xa, unsigned long index, void *old, void *entry, gfp_t gfp);
void *__xa_cmpxchg(struct xarray *xa, unsigned long index, void *old, void *entry, gfp_t gfp);
int __must_check xa_insert(struct xarray *xa, unsigned long index, void *entry, gfp_t gfp);
int __must_check __xa_insert(struct xarray *xa, unsigned long index, void *entry, gfp_t gfp);
/* Nothing happens where there is no entry. They need no memory. */
void xa_set_mark(struct xarray *xa, unsigned long index, xa_mark_t mark);
void __xa_set_mark(struct xarray *xa, unsigned long index, xa_mark_t mark);
void xa_clear_mark(struct xarray *xa, unsigned long index, xa_mark_t mark);
void __xa_clear_mark(struct xarray *xa, unsigned long index, xa_mark_t mark);

/* Forgets all entries. What they point to is not freed. */
void xa_destroy(struct xarray *xa);

#endif
