/* SPDX-License-Identifier: MIT */
#ifndef _LINUX_RBTREE_H
#define _LINUX_RBTREE_H

#include <linux/container_of.h>
#include <linux/types.h>

/*
 * Red-black trees: sorted, and never deeper than twice the ideal depth. The user
 * writes the descent (there is no comparison callback to pay for), links the node in
 * with rb_link_node(), then rb_insert_color() rebalances; or uses rb_add() and
 * rb_find(). The caller does the locking. lib/rbtree.c explains how it works.
 */
struct rb_node {
	unsigned long __rb_parent_color; /* the parent's address | 1 if the node is black */
	struct rb_node *rb_right;
	struct rb_node *rb_left;
} __aligned(sizeof(long));

struct rb_root {
	struct rb_node *rb_node;
};

/* A root that also knows the leftmost node. */
struct rb_root_cached {
	struct rb_root rb_root;
	struct rb_node *rb_leftmost;
};

// clang-format off
#define RB_ROOT		(struct rb_root){ NULL }
#define RB_ROOT_CACHED	(struct rb_root_cached){ { NULL }, NULL }
// clang-format on

#define rb_parent(node)		    ((struct rb_node *)((node)->__rb_parent_color & ~3UL))
#define rb_entry(ptr, type, member) container_of(ptr, type, member)
#define rb_entry_safe(ptr, type, member)                        \
	({                                                      \
		typeof(ptr) __node = (ptr);                     \
		__node ? rb_entry(__node, type, member) : NULL; \
	})

#define RB_EMPTY_ROOT(root) (READ_ONCE((root)->rb_node) == NULL)
/* A node that is in no tree, if RB_CLEAR_NODE() said so; it is its own parent. */
#define RB_EMPTY_NODE(node) ((node)->__rb_parent_color == (unsigned long)(node))
#define RB_CLEAR_NODE(node) ((node)->__rb_parent_color = (unsigned long)(node))

/* Makes node a red leaf at *link, which is NULL and belongs to parent. */
static inline void rb_link_node(struct rb_node *node, struct rb_node *parent, struct rb_node **link)
{
	node->__rb_parent_color = (unsigned long)parent;
	node->rb_left = NULL;
	node->rb_right = NULL;
	*link = node;
}

void rb_insert_color(struct rb_node *node, struct rb_root *root);
void rb_erase(struct rb_node *node, struct rb_root *root);
/* new takes the place of victim, with the same key and colour: O(1). */
void rb_replace_node(struct rb_node *victim, struct rb_node *new, struct rb_root *root);

/* In the order of the keys; NULL at the end */
struct rb_node *rb_first(const struct rb_root *root);
struct rb_node *rb_last(const struct rb_root *root);
struct rb_node *rb_next(const struct rb_node *node);
struct rb_node *rb_prev(const struct rb_node *node);

/* Children before their parents: the order to free a whole tree in. */
struct rb_node *rb_first_postorder(const struct rb_root *root);
struct rb_node *rb_next_postorder(const struct rb_node *node);

#define rbtree_postorder_for_each_entry_safe(pos, n, root, field)                            \
	for (pos = rb_entry_safe(rb_first_postorder(root), typeof(*pos), field);             \
	     pos && ({                                                                       \
		     n = rb_entry_safe(rb_next_postorder(&pos->field), typeof(*pos), field); \
		     1;                                                                      \
	     });                                                                             \
	     pos = n)

/* With the leftmost node cached; rb_first_cached() then costs one load. */
#define rb_first_cached(root) ((root)->rb_leftmost)

static inline void rb_insert_color_cached(struct rb_node *node, struct rb_root_cached *root,
					  bool leftmost)
{
	if (leftmost)
		root->rb_leftmost = node;
	rb_insert_color(node, &root->rb_root);
}

/* The new leftmost node if that has changed, else NULL. */
static inline struct rb_node *rb_erase_cached(struct rb_node *node, struct rb_root_cached *root)
{
	struct rb_node *leftmost = NULL;

	if (root->rb_leftmost == node)
		leftmost = root->rb_leftmost = rb_next(node);
	rb_erase(node, &root->rb_root);
	return leftmost;
}

static inline void rb_replace_node_cached(struct rb_node *victim, struct rb_node *new,
					  struct rb_root_cached *root)
{
	if (root->rb_leftmost == victim)
		root->rb_leftmost = new;
	rb_replace_node(victim, new, &root->rb_root);
}

/* Inserts node behind its equals; less(a, b) is a < b. */
static __always_inline void rb_add(struct rb_node *node, struct rb_root *root,
				   bool (*less)(struct rb_node *, const struct rb_node *))
{
	struct rb_node **link = &root->rb_node, *parent = NULL;

	while (*link) {
		parent = *link;
		link = less(node, parent) ? &parent->rb_left : &parent->rb_right;
	}
	rb_link_node(node, parent, link);
	rb_insert_color(node, root);
}

/* The same; node if it is the leftmost now, else NULL. */
static __always_inline struct rb_node *
rb_add_cached(struct rb_node *node, struct rb_root_cached *root,
	      bool (*less)(struct rb_node *, const struct rb_node *))
{
	struct rb_node **link = &root->rb_root.rb_node, *parent = NULL;
	bool leftmost = true;

	while (*link) {
		parent = *link;
		if (less(node, parent)) {
			link = &parent->rb_left;
		} else {
			link = &parent->rb_right;
			leftmost = false;
		}
	}
	rb_link_node(node, parent, link);
	rb_insert_color_cached(node, root, leftmost);
	return leftmost ? node : NULL;
}

/* Inserts node and returns NULL, or returns the equal one that is there. */
static __always_inline struct rb_node *rb_find_add(struct rb_node *node, struct rb_root *root,
						   int (*cmp)(struct rb_node *,
							      const struct rb_node *))
{
	struct rb_node **link = &root->rb_node, *parent = NULL;

	while (*link) {
		int order;

		parent = *link;
		order = cmp(node, parent);
		if (order == 0)
			return parent;
		link = order < 0 ? &parent->rb_left : &parent->rb_right;
	}
	rb_link_node(node, parent, link);
	rb_insert_color(node, root);
	return NULL;
}

/* Any node that cmp(key, node) finds equal, or NULL. */
static __always_inline struct rb_node *rb_find(const void *key, const struct rb_root *root,
					       int (*cmp)(const void *key, const struct rb_node *))
{
	struct rb_node *node = root->rb_node;

	while (node) {
		int order = cmp(key, node);

		if (order == 0)
			return node;
		node = order < 0 ? node->rb_left : node->rb_right;
	}
	return NULL;
}

/* The first of them in the order of the keys, and those that follow it. */
static __always_inline struct rb_node *rb_find_first(const void *key, const struct rb_root *root,
						     int (*cmp)(const void *key,
								const struct rb_node *))
{
	struct rb_node *node = root->rb_node, *match = NULL;

	while (node) {
		int order = cmp(key, node);

		if (order == 0)
			match = node;
		node = order <= 0 ? node->rb_left : node->rb_right;
	}
	return match;
}

static __always_inline struct rb_node *rb_next_match(const void *key, struct rb_node *node,
						     int (*cmp)(const void *key,
								const struct rb_node *))
{
	node = rb_next(node);
	return node && cmp(key, node) == 0 ? node : NULL;
}

#define rb_for_each(node, key, root, cmp)                          \
	for ((node) = rb_find_first((key), (root), (cmp)); (node); \
	     (node) = rb_next_match((key), (node), (cmp)))

#endif
