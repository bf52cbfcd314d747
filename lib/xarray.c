// SPDX-License-Identifier: MIT
/*
 * xarray: a tree of nodes with 64 slots. Each level takes six bits of the index:
 *
 *	index 67 = 1 * 64 + 3		xa_head -> [0][1][2]...		shift 6
 *					            |
 *				entry <- [3] in [0][1][2][3]...		shift 0
 *
 * The tree is as high as the largest index ever needed, and each path is as long. A node without
 * entries is freed, and so are those above it that it leaves empty; so an array without entries
 * has no memory. In a node there is a bit a slot and mark: in it or below it is an entry with
 * that mark. So to find the next marked one is to follow the bits down.
 *
 * Worked example: 3 is stored in an empty array, then 67. A node of shift 0 is made for 3; 67 does
 * not fit: a node of shift 6 is put above, in whose slot 0 the old one goes, and one below its slot
 * 1. A reader who still follows the old head finds all that it could hold.
 *
 * Who looks up takes no lock: nodes are linked when they are ready, and freed by RCU, when nobody
 * can be in one any more. A node that has been taken out is empty, so nobody finds anything old.
 *
 * All nodes that an entry needs are allocated before the first is linked: it succeeds whole, or
 * nothing has changed. Marking and erasing need no memory.
 *
 * Cost: looking up takes 35 instructions and 9 a level; 2^18 pages (1 GiB) are three levels.
 *
 * Invariants (tests/lib/xarray_test.c has the checker):
 *	I-xarray-1  a node's count is the number of its slots that are not NULL, and not 0
 *	I-xarray-2  a mark's bit is set above exactly those slots that have one set below
 *	I-xarray-3  a child's shift is its parent's less 6, and it knows its parent and slot
 *
 * Locking: xa_lock for changes, of the kind that the flags say; rcu_read_lock() to look.
 *
 * Left out: entries over several indices, allocating indices, a tree that becomes lower again
 * before it is empty, an entry 0 without a node.
 */
#include <linux/bitops.h>
#include <linux/errno.h>
#include <linux/find.h>
#include <linux/init.h>
#include <linux/rcupdate.h>
#include <linux/sched/mm.h>
#include <linux/slab.h>
#include <linux/xarray.h>

static struct kmem_cache *node_cache;

static int __init xarray_init(void)
{
	node_cache = KMEM_CACHE(xa_node, SLAB_RECLAIM_ACCOUNT | SLAB_PANIC);
	return 0;
}
core_initcall(xarray_init);

/* --- finding the way ---------------------------------------------------------------------- */

static __always_inline unsigned int offset_of(const struct xa_node *node, unsigned long index)
{
	return (index >> node->shift) & XA_CHUNK_MASK;
}

static __always_inline bool covers(const struct xa_node *node, unsigned long index)
{
	return !((index >> node->shift) >> XA_CHUNK_SHIFT);
}

/* The last index that is in the same node. */
static unsigned long last_in(const struct xa_node *node, unsigned long index)
{
	unsigned int shift = node->shift + XA_CHUNK_SHIFT;

	return shift >= BITS_PER_LONG ? ULONG_MAX : index | ((1UL << shift) - 1);
}

void *xas_load(struct xa_state *xas)
{
	unsigned long index = xas->xa_index;
	struct xa_node *node = rcu_dereference_raw(xas->xa->xa_head);
	unsigned int shift;
	void **slot, *entry;

	xas->xa_slot = NULL;
	if (!node || !covers(node, index))
		return NULL;
	for (shift = node->shift;; shift -= XA_CHUNK_SHIFT) {
		slot = &node->slots[(index >> shift) & XA_CHUNK_MASK];
		entry = READ_ONCE(*slot);
		if (!shift || !entry)
			break;
		node = entry;
	}
	xas->xa_slot = slot;
	return entry;
}

void *xa_load(struct xarray *xa, unsigned long index)
{
	XA_STATE(xas, xa, index);
	void *entry;

	rcu_read_lock();
	entry = xas_load(&xas);
	rcu_read_unlock();
	return entry;
}

/* The node that the entry would be in, NULL: it is not there. */
static struct xa_node *leaf_of(struct xarray *xa, unsigned long index)
{
	struct xa_node *node = rcu_dereference_raw(xa->xa_head);

	if (!node || !covers(node, index))
		return NULL;
	while (node && node->shift)
		node = READ_ONCE(node->slots[offset_of(node, index)]);
	return node;
}

/* The next slot of the node with the mark, XA_CHUNK_SIZE if there is none. */
static unsigned int next_slot(const struct xa_node *node, unsigned int slot, xa_mark_t filter)
{
	if (filter != XA_PRESENT)
		return find_next_bit(node->marks[filter], XA_CHUNK_SIZE, slot);
	while (slot < XA_CHUNK_SIZE && !READ_ONCE(node->slots[slot]))
		slot++;
	return slot;
}

/*
 * From the root down to the first slot from *index on. Behind the end of a node it begins again
 * with the index that follows; so it does where somebody erases meanwhile.
 */
static void *find(struct xarray *xa, unsigned long *index, unsigned long max, xa_mark_t filter)
{
	struct xa_node *node = NULL;
	void *entry = NULL;

	while (*index <= max) {
		unsigned int from, slot;

		if (!entry) {
			node = rcu_dereference_raw(xa->xa_head);
			if (!node || !covers(node, *index))
				break;
		}
		from = offset_of(node, *index);
		slot = next_slot(node, from, filter);
		if (slot == XA_CHUNK_SIZE) {
			unsigned long last = last_in(node, *index);

			if (last >= max)
				break;
			*index = last + 1;
			entry = NULL;
			continue;
		}
		if (slot > from)
			*index = ((*index >> node->shift) + slot - from) << node->shift;
		entry = READ_ONCE(node->slots[slot]);
		if (entry && !node->shift)
			return *index <= max ? entry : NULL;
		node = entry;
	}
	return NULL;
}

void *xa_find(struct xarray *xa, unsigned long *index, unsigned long max, xa_mark_t filter)
{
	unsigned long at = *index;
	void *entry;

	rcu_read_lock();
	entry = find(xa, &at, max, filter);
	rcu_read_unlock();
	if (entry)
		*index = at;
	return entry;
}

void *xa_find_after(struct xarray *xa, unsigned long *index, unsigned long max, xa_mark_t filter)
{
	unsigned long at = *index + 1;
	void *entry = at ? xa_find(xa, &at, max, filter) : NULL;

	if (entry)
		*index = at;
	return entry;
}

/* --- marks ---------------------------------------------------------------------------------- */

static bool any_marked(const struct xa_node *node, xa_mark_t mark)
{
	return find_next_bit(node->marks[mark], XA_CHUNK_SIZE, 0) < XA_CHUNK_SIZE;
}

bool xa_marked(const struct xarray *xa, xa_mark_t mark)
{
	const struct xa_node *node;
	bool marked;

	rcu_read_lock();
	node = rcu_dereference_raw(xa->xa_head);
	marked = node && any_marked(node, mark);
	rcu_read_unlock();
	return marked;
}

bool xa_get_mark(struct xarray *xa, unsigned long index, xa_mark_t mark)
{
	const struct xa_node *node;
	bool marked;

	rcu_read_lock();
	node = leaf_of(xa, index);
	marked = node && test_bit(offset_of(node, index), node->marks[mark]);
	rcu_read_unlock();
	return marked;
}

void __xa_set_mark(struct xarray *xa, unsigned long index, xa_mark_t mark)
{
	struct xa_node *node = leaf_of(xa, index);

	if (!node || !node->slots[offset_of(node, index)])
		return;
	for (; node && !__test_and_set_bit(offset_of(node, index), node->marks[mark]);
	     node = node->parent)
		;
}

static void clear_mark(struct xa_node *node, unsigned long index, xa_mark_t mark)
{
	while (node && __test_and_clear_bit(offset_of(node, index), node->marks[mark]) &&
	       !any_marked(node, mark))
		node = node->parent;
}

void __xa_clear_mark(struct xarray *xa, unsigned long index, xa_mark_t mark)
{
	clear_mark(leaf_of(xa, index), index, mark);
}

/* --- nodes ---------------------------------------------------------------------------------- */

/* Nodes that are ready for an entry, linked by `parent`. */
struct spares {
	struct xa_node *first;
	unsigned int nr;
};

/* The shift of a root that covers the index. */
static unsigned int shift_for(unsigned long index)
{
	unsigned int shift = 0;

	while ((index >> shift) >> XA_CHUNK_SHIFT)
		shift += XA_CHUNK_SHIFT;
	return shift;
}

/* How many nodes are not there yet on the way to the index. */
static unsigned int nodes_missing(const struct xarray *xa, unsigned long index)
{
	const struct xa_node *node = xa->xa_head;
	unsigned int shift = shift_for(index);

	if (!node)
		return shift / XA_CHUNK_SHIFT + 1;
	if (!covers(node, index)) /* new roots, and below the top one a path of its own */
		return (shift - node->shift + shift) / XA_CHUNK_SHIFT;
	while (node->shift) {
		const struct xa_node *next = node->slots[offset_of(node, index)];

		if (!next)
			return node->shift / XA_CHUNK_SHIFT;
		node = next;
	}
	return 0;
}

static struct xa_node *take_spare(struct spares *spares, unsigned int shift)
{
	struct xa_node *node = spares->first;

	spares->first = node->parent;
	spares->nr--;
	node->parent = NULL;
	node->shift = shift;
	return node;
}

static void link(struct xa_node *parent, unsigned int offset, struct xa_node *node)
{
	node->parent = parent;
	node->offset = offset;
	parent->count++;
	rcu_assign_pointer(parent->slots[offset], node);
}

static void add_root(struct xarray *xa, struct spares *spares)
{
	struct xa_node *old = xa->xa_head;
	struct xa_node *root = take_spare(spares, old->shift + XA_CHUNK_SHIFT);
	xa_mark_t mark;

	for (mark = 0; mark < XA_MAX_MARKS; mark++)
		if (any_marked(old, mark))
			__set_bit(0, root->marks[mark]);
	link(root, 0, old);
	rcu_assign_pointer(xa->xa_head, root);
}

/* The leaf, with all that is missing on the way to it; there are spares enough. */
static struct xa_node *make_leaf(struct xarray *xa, unsigned long index, struct spares *spares)
{
	struct xa_node *node;

	if (!xa->xa_head)
		rcu_assign_pointer(xa->xa_head, take_spare(spares, shift_for(index)));
	while (!covers(xa->xa_head, index))
		add_root(xa, spares);
	for (node = xa->xa_head; node->shift; node = node->slots[offset_of(node, index)])
		if (!node->slots[offset_of(node, index)])
			link(node, offset_of(node, index),
			     take_spare(spares, node->shift - XA_CHUNK_SHIFT));
	return node;
}

static void free_node(struct rcu_head *rcu)
{
	kmem_cache_free(node_cache, container_of(rcu, struct xa_node, rcu));
}

/* An entry has gone: the node goes if it was the last, and so on upwards. */
static void drop_slot(struct xarray *xa, struct xa_node *node)
{
	while (node && !--node->count) {
		struct xa_node *parent = node->parent;

		if (parent)
			WRITE_ONCE(parent->slots[node->offset], NULL);
		else
			WRITE_ONCE(xa->xa_head, NULL);
		call_rcu(&node->rcu, free_node);
		node = parent;
	}
}

/* --- changing --------------------------------------------------------------------------------- */

static void lock(struct xarray *xa)
{
	if (xa->xa_flags & XA_FLAGS_LOCK_IRQ)
		xa_lock_irq(xa);
	else if (xa->xa_flags & XA_FLAGS_LOCK_BH)
		xa_lock_bh(xa);
	else
		xa_lock(xa);
}

static void unlock(struct xarray *xa)
{
	if (xa->xa_flags & XA_FLAGS_LOCK_IRQ)
		xa_unlock_irq(xa);
	else if (xa->xa_flags & XA_FLAGS_LOCK_BH)
		xa_unlock_bh(xa);
	else
		xa_unlock(xa);
}

static bool add_spare(struct xarray *xa, struct spares *spares, gfp_t gfp)
{
	bool may_sleep = gfpflags_allow_blocking(gfp);
	struct xa_node *node;

	if (may_sleep)
		unlock(xa);
	node = kmem_cache_zalloc(node_cache, gfp);
	if (may_sleep)
		lock(xa);
	if (!node)
		return false;
	node->parent = spares->first;
	spares->first = node;
	spares->nr++;
	return true;
}

void *__xa_erase(struct xarray *xa, unsigned long index)
{
	struct xa_node *node = leaf_of(xa, index);
	void **slot = node ? &node->slots[offset_of(node, index)] : NULL;
	void *old = slot ? *slot : NULL;
	xa_mark_t mark;

	if (!old)
		return NULL;
	for (mark = 0; mark < XA_MAX_MARKS; mark++)
		if (test_bit(offset_of(node, index), node->marks[mark]))
			clear_mark(node, index, mark);
	WRITE_ONCE(*slot, NULL);
	drop_slot(xa, node);
	return old;
}

/* What is there, which `entry` has replaced, if it is `old` or that may be anything. */
static void *replace(struct xarray *xa, unsigned long index, void *old, bool anything, void *entry,
		     gfp_t gfp)
{
	struct spares spares = { NULL, 0 };
	void *found;

	do {
		struct xa_node *node = leaf_of(xa, index);

		found = node ? node->slots[offset_of(node, index)] : NULL;
		if (!anything && found != old)
			break;
		if (!entry) {
			__xa_erase(xa, index);
			break;
		}
		if (!node && nodes_missing(xa, index) <= spares.nr)
			node = make_leaf(xa, index, &spares);
		if (node) {
			rcu_assign_pointer(node->slots[offset_of(node, index)], entry);
			node->count += !found;
			break;
		}
		found = ERR_PTR(-ENOMEM * 4 + 2);
	} while (add_spare(xa, &spares, gfp));
	while (spares.nr)
		kmem_cache_free(node_cache, take_spare(&spares, 0));
	return found;
}

void *__xa_store(struct xarray *xa, unsigned long index, void *entry, gfp_t gfp)
{
	return replace(xa, index, NULL, true, entry, gfp);
}

void *__xa_cmpxchg(struct xarray *xa, unsigned long index, void *old, void *entry, gfp_t gfp)
{
	return replace(xa, index, old, false, entry, gfp);
}

int __xa_insert(struct xarray *xa, unsigned long index, void *entry, gfp_t gfp)
{
	void *found = replace(xa, index, NULL, false, entry, gfp);

	if (xa_is_err(found))
		return xa_err(found);
	return found ? -EBUSY : 0;
}

/* With the lock: what is called, and what it returns. */
#define LOCKED(xa, call)               \
	({                             \
		typeof(call) __result; \
		lock(xa);              \
		__result = (call);     \
		unlock(xa);            \
		__result;              \
	})

void *xa_store(struct xarray *xa, unsigned long index, void *entry, gfp_t gfp)
{
	might_alloc(gfp);
	return LOCKED(xa, __xa_store(xa, index, entry, gfp));
}

void *xa_cmpxchg(struct xarray *xa, unsigned long index, void *old, void *entry, gfp_t gfp)
{
	might_alloc(gfp);
	return LOCKED(xa, __xa_cmpxchg(xa, index, old, entry, gfp));
}

int xa_insert(struct xarray *xa, unsigned long index, void *entry, gfp_t gfp)
{
	might_alloc(gfp);
	return LOCKED(xa, __xa_insert(xa, index, entry, gfp));
}

void *xa_erase(struct xarray *xa, unsigned long index)
{
	return LOCKED(xa, __xa_erase(xa, index));
}

void xa_set_mark(struct xarray *xa, unsigned long index, xa_mark_t mark)
{
	lock(xa);
	__xa_set_mark(xa, index, mark);
	unlock(xa);
}

void xa_clear_mark(struct xarray *xa, unsigned long index, xa_mark_t mark)
{
	lock(xa);
	__xa_clear_mark(xa, index, mark);
	unlock(xa);
}

/* At most as deep as the tree: six. */
static void free_tree(struct xa_node *node)
{
	unsigned int i;

	for (i = 0; node->shift && i < XA_CHUNK_SIZE; i++)
		if (node->slots[i])
			free_tree(node->slots[i]);
	call_rcu(&node->rcu, free_node);
}

void xa_destroy(struct xarray *xa)
{
	struct xa_node *node;

	lock(xa);
	node = xa->xa_head;
	WRITE_ONCE(xa->xa_head, NULL);
	if (node)
		free_tree(node);
	unlock(xa);
}
