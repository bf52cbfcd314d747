/* SPDX-License-Identifier: MIT */
#ifndef _LINUX_RBTREE_AUGMENTED_H
#define _LINUX_RBTREE_AUGMENTED_H

#include <linux/compiler.h>
#include <linux/rbtree.h>

/*
 * Trees whose nodes carry a value computed from their subtree: the largest size in it,
 * for instance, so that a search can skip a subtree without one. The tree calls back
 * where subtrees change:
 *
 *	propagate(node, stop)	recompute node and its ancestors up to stop, which stays;
 *				may end early at a node whose value does not change
 *	copy(old, new)		new stands where old stood: take over its value
 *	rotate(old, new)	new has replaced old as the root of a subtree and old is
 *				below it: new takes over old's value, old is recomputed
 *
 * Before rb_insert_augmented() the caller has linked the node in and brought its own
 * and its ancestors' values up to date.
 */
struct rb_augment_callbacks {
	void (*propagate)(struct rb_node *node, struct rb_node *stop);
	void (*copy)(struct rb_node *old, struct rb_node *new);
	void (*rotate)(struct rb_node *old, struct rb_node *new);
};

void rb_insert_augmented(struct rb_node *node, struct rb_root *root,
			 const struct rb_augment_callbacks *augment);
void rb_erase_augmented(struct rb_node *node, struct rb_root *root,
			const struct rb_augment_callbacks *augment);

static inline void rb_insert_augmented_cached(struct rb_node *node, struct rb_root_cached *root,
					      bool leftmost,
					      const struct rb_augment_callbacks *augment)
{
	if (leftmost)
		root->rb_leftmost = node;
	rb_insert_augmented(node, &root->rb_root, augment);
}

static inline void rb_erase_augmented_cached(struct rb_node *node, struct rb_root_cached *root,
					     const struct rb_augment_callbacks *augment)
{
	if (root->rb_leftmost == node)
		root->rb_leftmost = rb_next(node);
	rb_erase_augmented(node, &root->rb_root, augment);
}

/*
 * Defines the callbacks "name" for a structure whose field "augmented" is computed by
 * compute(node, exit): it stores the value, and if exit is set and the value is as it
 * was, returns true.
 */
#define RB_DECLARE_CALLBACKS(linkage, name, type, rbfield, augmented, compute)                     \
	static void name##_propagate(struct rb_node *rb, struct rb_node *stop)                     \
	{                                                                                          \
		while (rb != stop) {                                                               \
			type *node = rb_entry(rb, type, rbfield);                                  \
                                                                                                   \
			if (compute(node, true))                                                   \
				break;                                                             \
			rb = rb_parent(&node->rbfield);                                            \
		}                                                                                  \
	}                                                                                          \
	static void name##_copy(struct rb_node *old, struct rb_node *new)                          \
	{                                                                                          \
		rb_entry(new, type, rbfield)->augmented = rb_entry(old, type, rbfield)->augmented; \
	}                                                                                          \
	static void name##_rotate(struct rb_node *old, struct rb_node *new)                        \
	{                                                                                          \
		name##_copy(old, new);                                                             \
		compute(rb_entry(old, type, rbfield), false);                                      \
	}                                                                                          \
	linkage const struct rb_augment_callbacks name = {                                         \
		.propagate = name##_propagate,                                                     \
		.copy = name##_copy,                                                               \
		.rotate = name##_rotate,                                                           \
	};

/* The largest value_of(node) in the subtree */
#define RB_DECLARE_CALLBACKS_MAX(linkage, name, type, rbfield, vtype, augmented, value_of)     \
	static inline bool name##_compute_max(type *node, bool exit)                           \
	{                                                                                      \
		vtype max = value_of(node);                                                    \
		struct rb_node *left = node->rbfield.rb_left, *right = node->rbfield.rb_right; \
                                                                                               \
		if (left && rb_entry(left, type, rbfield)->augmented > max)                    \
			max = rb_entry(left, type, rbfield)->augmented;                        \
		if (right && rb_entry(right, type, rbfield)->augmented > max)                  \
			max = rb_entry(right, type, rbfield)->augmented;                       \
		if (exit && node->augmented == max)                                            \
			return true;                                                           \
		node->augmented = max;                                                         \
		return false;                                                                  \
	}                                                                                      \
	RB_DECLARE_CALLBACKS(linkage, name, type, rbfield, augmented, name##_compute_max)

/* The colour bit of __rb_parent_color */
#define RB_RED	 0
#define RB_BLACK 1

#define rb_color(node)	  ((node)->__rb_parent_color & 1)
#define rb_is_red(node)	  (!rb_color(node))
#define rb_is_black(node) rb_color(node)

#endif
