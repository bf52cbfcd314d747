// SPDX-License-Identifier: MIT
/*
 * Red-black trees.
 *
 * A binary search tree is fast while it is shallow. Here every node is red or black,
 * and three rules keep the longest path at most twice as long as the shortest:
 *
 *  I-rbtree-1  the root is black
 *  I-rbtree-2  a red node has no red child
 *  I-rbtree-3  every path from a node down to a NULL has the same number of black nodes
 *
 * (the shortest path is all black; the longest alternates). The checker is in
 * tests/lib/rbtree_test.c. The tool to repair them is the rotation, which keeps the
 * order of the keys; here to the right at node:
 *
 *	     node                pivot
 *	    /    \              /     \
 *	  pivot   c    --->    a      node
 *	  /   \                       /  \
 *	 a     b                     b    c
 *
 * Every case has a mirror image. Instead of writing each twice, the code names sides:
 * "right" is a bool, and child(node, right) the pointer on that side.
 *
 * Example: 1, 2, 3 inserted in this order. 1 is the root, black. 2 goes right of it,
 * red. 3 goes right of 2, red below red; its uncle (1's left) is NULL, which counts as
 * black; so 1 is rotated to the left and changes colour with 2: 2 black, 1 and 3 red.
 *
 * Cost: n nodes are at most 2 log2(n + 1) deep. An insertion rotates at most twice, a
 * removal three times; recolouring may go up to the root.
 *
 * The colour is bit 0 of the parent pointer. Augmented trees: see rbtree_augmented.h;
 * augment is NULL in plain ones. Locking and contexts are the caller's.
 */
#include <linux/rbtree.h>
#include <linux/rbtree_augmented.h>
#include <linux/types.h>

static void set_parent(struct rb_node *node, struct rb_node *parent)
{
	node->__rb_parent_color = (unsigned long)parent | rb_color(node);
}

static void set_color(struct rb_node *node, unsigned long color)
{
	node->__rb_parent_color = (node->__rb_parent_color & ~1UL) | color;
}

/* A NULL is a leaf, and leaves are black. */
static bool is_red(const struct rb_node *node)
{
	return node && rb_is_red(node);
}

static struct rb_node **child(struct rb_node *node, bool right)
{
	return right ? &node->rb_right : &node->rb_left;
}

/* Makes new the child of parent that old was; without a parent, the root. */
static void replace_child(struct rb_node *parent, struct rb_node *old, struct rb_node *new,
			  struct rb_root *root)
{
	if (!parent)
		root->rb_node = new;
	else
		*child(parent, parent->rb_right == old) = new;
}

/* node goes down to the given side, its child on the other side takes its place. */
static void rotate(struct rb_node *node, bool right, struct rb_root *root,
		   const struct rb_augment_callbacks *augment)
{
	struct rb_node *pivot = *child(node, !right), *inner = *child(pivot, right);
	struct rb_node *parent = rb_parent(node);

	*child(node, !right) = inner;
	if (inner)
		set_parent(inner, node);
	*child(pivot, right) = node;
	set_parent(node, pivot);
	replace_child(parent, node, pivot, root);
	set_parent(pivot, parent);
	if (augment)
		augment->rotate(node, pivot);
}

/* --- insertion ------------------------------------------------------------- */

/*
 * node is red and may have a red parent: I-rbtree-2 is broken there, and only there.
 * With a red uncle, grandparent and its children exchange colours, and the question
 * moves up two levels. With a black one, rotations end it: an inner grandchild is first
 * made an outer one, then the grandparent goes down on the uncle's side.
 */
void rb_insert_augmented(struct rb_node *node, struct rb_root *root,
			 const struct rb_augment_callbacks *augment)
{
	struct rb_node *parent, *grand, *uncle;
	bool right;

	while (is_red(parent = rb_parent(node))) {
		grand = rb_parent(parent);
		right = parent == grand->rb_right;
		uncle = *child(grand, !right);
		if (is_red(uncle)) {
			set_color(parent, RB_BLACK);
			set_color(uncle, RB_BLACK);
			set_color(grand, RB_RED);
			node = grand;
			continue;
		}
		if (node == *child(parent, !right)) {
			rotate(parent, right, root, augment);
			parent = node;
		}
		set_color(parent, RB_BLACK);
		set_color(grand, RB_RED);
		rotate(grand, !right, root, augment);
		break;
	}
	set_color(root->rb_node, RB_BLACK);
}

void rb_insert_color(struct rb_node *node, struct rb_root *root)
{
	rb_insert_augmented(node, root, NULL);
}

/* --- removal --------------------------------------------------------------- */

/*
 * The paths through node, a child of parent that may be NULL, have lost a black node
 * (I-rbtree-3). A red node just becomes black. Else its sibling helps:
 *
 *  1. a red sibling: rotated above the parent; the new sibling is black
 *  2. black with black children: becomes red, so all of parent lacks one; go up
 *  3. black, only the child near node red: that child is rotated above it, see 4
 *  4. black, the child far from node red: the sibling is rotated above the parent and
 *     takes its colour, parent and far child are black: node has its black back
 */
static void erase_rebalance(struct rb_node *node, struct rb_node *parent, struct rb_root *root,
			    const struct rb_augment_callbacks *augment)
{
	struct rb_node *sibling;
	bool right;

	while (parent && !is_red(node)) {
		right = node == parent->rb_right;
		sibling = *child(parent, !right);
		if (is_red(sibling)) {
			set_color(sibling, RB_BLACK);
			set_color(parent, RB_RED);
			rotate(parent, right, root, augment);
			sibling = *child(parent, !right);
		}
		if (!is_red(sibling->rb_left) && !is_red(sibling->rb_right)) {
			set_color(sibling, RB_RED);
			node = parent;
			parent = rb_parent(node);
			continue;
		}
		if (!is_red(*child(sibling, !right))) {
			set_color(*child(sibling, right), RB_BLACK);
			set_color(sibling, RB_RED);
			rotate(sibling, !right, root, augment);
			sibling = *child(parent, !right);
		}
		set_color(sibling, rb_color(parent));
		set_color(parent, RB_BLACK);
		set_color(*child(sibling, !right), RB_BLACK);
		rotate(parent, right, root, augment);
		return;
	}
	if (node)
		set_color(node, RB_BLACK);
}

/* successor takes node's place, children, colour and augmented value. */
static void take_place(struct rb_node *node, struct rb_node *successor, struct rb_root *root,
		       const struct rb_augment_callbacks *augment)
{
	*successor = *node;
	replace_child(rb_parent(node), node, successor, root);
	set_parent(successor->rb_left, successor);
	if (successor->rb_right)
		set_parent(successor->rb_right, successor);
	if (augment)
		augment->copy(node, successor);
}

/*
 * A node with two children cannot just be cut out; its successor, which has no left
 * child, can, and then takes the node's place. "gap" is the parent of what was cut.
 *
 * Augmented values are brought up to date from the gap upwards, before anything is
 * rotated. An early end of that walk must not leave out the successor, whose value
 * was the node's: hence two walks.
 */
void rb_erase_augmented(struct rb_node *node, struct rb_root *root,
			const struct rb_augment_callbacks *augment)
{
	struct rb_node *cut = node, *rest, *gap, *successor = NULL;
	bool lost_black;

	if (node->rb_left && node->rb_right) {
		successor = rb_next(node);
		cut = successor;
	}
	rest = cut->rb_left ? cut->rb_left : cut->rb_right;
	gap = rb_parent(cut);
	lost_black = rb_is_black(cut);
	replace_child(gap, cut, rest, root);
	if (rest)
		set_parent(rest, gap);

	if (successor) {
		take_place(node, successor, root, augment);
		if (gap == node)
			gap = successor;
	}
	if (augment) {
		augment->propagate(gap, successor);
		augment->propagate(successor, NULL);
	}
	if (lost_black)
		erase_rebalance(rest, gap, root, augment);
}

void rb_erase(struct rb_node *node, struct rb_root *root)
{
	rb_erase_augmented(node, root, NULL);
}

void rb_replace_node(struct rb_node *victim, struct rb_node *new, struct rb_root *root)
{
	*new = *victim;
	if (victim->rb_left)
		set_parent(victim->rb_left, new);
	if (victim->rb_right)
		set_parent(victim->rb_right, new);
	replace_child(rb_parent(victim), victim, new, root);
}

/* --- walks ----------------------------------------------------------------- */

/* The outermost node of the subtree on that side. */
static struct rb_node *outermost(struct rb_node *node, bool right)
{
	if (node)
		while (*child(node, right))
			node = *child(node, right);
	return node;
}

/* The neighbour in the order: below on that side, or the first ancestor that lies there. */
static struct rb_node *neighbour(const struct rb_node *from, bool right)
{
	struct rb_node *node = (struct rb_node *)from, *parent;

	if (RB_EMPTY_NODE(node))
		return NULL;
	if (*child(node, right))
		return outermost(*child(node, right), !right);
	while ((parent = rb_parent(node)) && node == *child(parent, right))
		node = parent;
	return parent;
}

struct rb_node *rb_first(const struct rb_root *root)
{
	return outermost(root->rb_node, false);
}

struct rb_node *rb_last(const struct rb_root *root)
{
	return outermost(root->rb_node, true);
}

struct rb_node *rb_next(const struct rb_node *node)
{
	return neighbour(node, true);
}

struct rb_node *rb_prev(const struct rb_node *node)
{
	return neighbour(node, false);
}

/* The deepest node found by keeping left where there is a left: it has no children. */
static struct rb_node *left_deepest(struct rb_node *node)
{
	while (node->rb_left || node->rb_right)
		node = node->rb_left ? node->rb_left : node->rb_right;
	return node;
}

struct rb_node *rb_first_postorder(const struct rb_root *root)
{
	return root->rb_node ? left_deepest(root->rb_node) : NULL;
}

struct rb_node *rb_next_postorder(const struct rb_node *node)
{
	struct rb_node *parent = rb_parent(node);

	if (parent && node == parent->rb_left && parent->rb_right)
		return left_deepest(parent->rb_right);
	return parent;
}
