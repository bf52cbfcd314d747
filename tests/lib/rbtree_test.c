// SPDX-License-Identifier: MIT
/*
 * Red-black trees against a model: an array that says which keys are in. After every
 * change the invariants of lib/rbtree.c are checked on the whole tree.
 */
#include <kunit/test.h>
#include <linux/kernel.h>
#include <linux/prandom.h>
#include <linux/rbtree.h>
#include <linux/rbtree_augmented.h>

#define KEYS 64

struct item {
	struct rb_node node;
	int key;
	unsigned int size, largest; /* of the augmented tree: own, and in the subtree */
	bool present;
};

/* Zeroed before every case: no case sees what another one left. */
static struct item items[KEYS];
static struct rb_root root;

#define item_of(rb)	rb_entry(rb, struct item, node)
#define size_of_item(i) ((i)->size)
RB_DECLARE_CALLBACKS_MAX(static, augment, struct item, node, unsigned int, largest, size_of_item);

static bool item_less(struct rb_node *a, const struct rb_node *b)
{
	return item_of(a)->key < item_of(b)->key;
}

static int item_cmp(struct rb_node *a, const struct rb_node *b)
{
	return item_of(a)->key - item_of(b)->key;
}

static int key_cmp(const void *key, const struct rb_node *node)
{
	return *(const int *)key - item_of(node)->key;
}

/*
 * The black nodes on every path below node, or -1 where an invariant does not hold:
 * colours, parents, and the order of the keys between low and high.
 */
static int check_subtree(const struct rb_node *node, const struct rb_node *parent, int low,
			 int high)
{
	int left, right, key;

	if (!node)
		return 0;
	key = item_of(node)->key;
	if (rb_parent(node) != parent || key < low || key > high)
		return -1;
	if (rb_is_red(node) && (!parent || rb_is_red(parent)))
		return -1; /* I-rbtree-1, I-rbtree-2 */
	left = check_subtree(node->rb_left, node, low, key);
	right = check_subtree(node->rb_right, node, key, high);
	if (left < 0 || left != right)
		return -1; /* I-rbtree-3 */
	return left + rb_is_black(node);
}

/* What the augmented value of the subtree should be; 0 where one is wrong. */
static unsigned int check_largest(const struct rb_node *node)
{
	unsigned int largest = item_of(node)->size, below;

	for (int side = 0; side < 2; side++) {
		const struct rb_node *child = side ? node->rb_right : node->rb_left;

		if (!child)
			continue;
		below = check_largest(child);
		if (!below)
			return 0;
		largest = max(largest, below);
	}
	return largest == item_of(node)->largest ? largest : 0;
}

/* The walks in both directions meet exactly the present items, in order. */
static void check_walks(struct kunit *test)
{
	struct rb_node *up = rb_first(&root), *down = rb_last(&root);

	for (int i = 0; i < KEYS; i++) {
		if (items[i].present) {
			KUNIT_ASSERT_PTR_EQ(test, up, &items[i].node);
			up = rb_next(up);
		}
		if (items[KEYS - 1 - i].present) {
			KUNIT_ASSERT_PTR_EQ(test, down, &items[KEYS - 1 - i].node);
			down = rb_prev(down);
		}
	}
	KUNIT_ASSERT_NULL(test, up);
	KUNIT_ASSERT_NULL(test, down);
}

static void check_tree(struct kunit *test)
{
	KUNIT_ASSERT_GE(test, check_subtree(root.rb_node, NULL, 0, KEYS - 1), 0);
	check_walks(test);
}

static int rbtree_init(struct kunit *test)
{
	root = RB_ROOT;
	memset(items, 0, sizeof(items));
	for (int i = 0; i < KEYS; i++)
		items[i].key = i;
	return 0;
}

static void insert(int i)
{
	rb_add(&items[i].node, &root, item_less);
	items[i].present = true;
}

static void erase(int i)
{
	rb_erase(&items[i].node, &root);
	items[i].present = false;
}

static void api_L2_rbtree_empty_and_single(struct kunit *test)
{
	KUNIT_EXPECT_TRUE(test, RB_EMPTY_ROOT(&root));
	check_tree(test);
	RB_CLEAR_NODE(&items[3].node);
	KUNIT_EXPECT_TRUE(test, RB_EMPTY_NODE(&items[3].node));
	KUNIT_EXPECT_NULL(test, rb_next(&items[3].node));
	insert(3);
	KUNIT_EXPECT_FALSE(test, RB_EMPTY_NODE(&items[3].node));
	check_tree(test);
	erase(3);
	KUNIT_EXPECT_TRUE(test, RB_EMPTY_ROOT(&root));
}

/* The orders that make a plain tree a list. */
static void rbtree_sorted_insertion_and_removal(struct kunit *test)
{
	for (int descending = 0; descending < 2; descending++) {
		for (int i = 0; i < KEYS; i++) {
			insert(descending ? KEYS - 1 - i : i);
			check_tree(test);
		}
		for (int i = 0; i < KEYS; i++) {
			erase(i);
			check_tree(test);
		}
	}
}

static int depth(const struct rb_node *node)
{
	return node ? 1 + max(depth(node->rb_left), depth(node->rb_right)) : 0;
}

static void rbtree_depth_is_logarithmic(struct kunit *test)
{
	for (int i = 0; i < KEYS - 1; i++)
		insert(i);
	/* 2 log2(63 + 1) */
	KUNIT_EXPECT_LE(test, depth(root.rb_node), 12);
}

/* Each of the keys of a full tree removed alone: every shape of node that is cut out. */
static void rbtree_removal_of_each(struct kunit *test)
{
	for (int victim = 0; victim < 24; victim++) {
		rbtree_init(test);
		for (int i = 0; i < 24; i++)
			insert(i * 7 % 24);
		erase(victim);
		check_tree(test);
	}
}

static void random_changes(struct kunit *test, u64 seed, int steps)
{
	struct rnd_state rnd;

	prandom_seed_state(&rnd, seed);
	while (steps--) {
		int i = prandom_u32_state(&rnd) % KEYS;

		if (items[i].present)
			erase(i);
		else
			insert(i);
		check_tree(test);
	}
}

static void api_L2_rbtree_random_changes(struct kunit *test)
{
	random_changes(test, 1, 150);
}

static void rbtree_many_random_changes(struct kunit *test)
{
	for (u64 seed = 2; seed < 22; seed++) {
		rbtree_init(test);
		random_changes(test, seed, 2000);
	}
}

static void add_augmented(int i)
{
	struct rb_node **link = &root.rb_node, *parent = NULL;
	unsigned int size = items[i].size;

	while (*link) {
		parent = *link;
		item_of(parent)->largest = max(item_of(parent)->largest, size);
		link = i < item_of(parent)->key ? &parent->rb_left : &parent->rb_right;
	}
	items[i].largest = size;
	rb_link_node(&items[i].node, parent, link);
	rb_insert_augmented(&items[i].node, &root, &augment);
	items[i].present = true;
}

/* Sizes repeat, so that the walk upwards often ends early. */
static void api_L2_rbtree_augmented_values(struct kunit *test)
{
	struct rnd_state rnd;

	prandom_seed_state(&rnd, 42);
	for (int step = 0; step < 200; step++) {
		int i = prandom_u32_state(&rnd) % KEYS;

		if (items[i].present) {
			rb_erase_augmented(&items[i].node, &root, &augment);
			items[i].present = false;
		} else {
			items[i].size = 1 + prandom_u32_state(&rnd) % 8;
			add_augmented(i);
		}
		check_tree(test);
		if (root.rb_node)
			KUNIT_ASSERT_GT(test, check_largest(root.rb_node), 0);
	}
}

static void api_L2_rbtree_find(struct kunit *test)
{
	int key = 20;

	for (int i = 0; i < KEYS; i += 2)
		KUNIT_EXPECT_NULL(test, rb_find_add(&items[i].node, &root, item_cmp));
	for (int i = 0; i < KEYS; i += 2) {
		items[i + 1].key = i;
		KUNIT_EXPECT_PTR_EQ(test, rb_find_add(&items[i + 1].node, &root, item_cmp),
				    &items[i].node);
	}
	KUNIT_EXPECT_PTR_EQ(test, rb_find(&key, &root, key_cmp), &items[20].node);
	key = 21;
	KUNIT_EXPECT_NULL(test, rb_find(&key, &root, key_cmp));
}

static void rbtree_equal_keys_keep_their_order(struct kunit *test)
{
	struct rb_node *node;
	int key = 5, met = 0;

	for (int i = 0; i < 24; i++) {
		items[i].key = 4 + i % 3;
		rb_add(&items[i].node, &root, item_less);
	}
	rb_for_each(node, &key, &root, key_cmp) {
		KUNIT_EXPECT_PTR_EQ(test, node, &items[1 + 3 * met].node);
		met++;
	}
	KUNIT_EXPECT_EQ(test, met, 8);
}

static void api_L2_rbtree_replace_node(struct kunit *test)
{
	struct item substitute[8];

	for (int i = 0; i < 8; i++)
		insert(i);
	for (int i = 0; i < 8; i++) {
		substitute[i].key = i;
		rb_replace_node(&items[i].node, &substitute[i].node, &root);
		memset(&items[i].node, 0xff, sizeof(items[i].node));
		KUNIT_ASSERT_GE(test, check_subtree(root.rb_node, NULL, 0, KEYS), 0);
	}
	for (struct rb_node *node = rb_first(&root); node; node = rb_next(node))
		KUNIT_EXPECT_PTR_EQ(test, node, &substitute[item_of(node)->key].node);
}

static void api_L2_rbtree_cached_leftmost(struct kunit *test)
{
	struct rb_root_cached cached = RB_ROOT_CACHED;
	struct rnd_state rnd;

	prandom_seed_state(&rnd, 7);
	for (int step = 0; step < 200; step++) {
		int i = prandom_u32_state(&rnd) % KEYS;
		struct rb_node *node = &items[i].node, *first = rb_first(&cached.rb_root);

		if (items[i].present) {
			struct rb_node *second = node == first ? rb_next(node) : NULL;

			KUNIT_ASSERT_PTR_EQ(test, rb_erase_cached(node, &cached), second);
		} else {
			struct rb_node *leftmost = !first || i < item_of(first)->key ? node : NULL;

			KUNIT_ASSERT_PTR_EQ(test, rb_add_cached(node, &cached, item_less),
					    leftmost);
		}
		items[i].present = !items[i].present;
		KUNIT_ASSERT_PTR_EQ(test, rb_first_cached(&cached), rb_first(&cached.rb_root));
	}
}

static void api_L2_rbtree_postorder(struct kunit *test)
{
	struct item *item, *next;
	int met = 0;

	KUNIT_EXPECT_NULL(test, rb_first_postorder(&root));
	for (int i = 0; i < 40; i++)
		insert(i);
	rbtree_postorder_for_each_entry_safe(item, next, &root, node) {
		struct rb_node *node = &item->node;

		/* Children came before; what is destroyed is not looked at again. */
		KUNIT_EXPECT_TRUE(test, !node->rb_left || !item_of(node->rb_left)->present);
		KUNIT_EXPECT_TRUE(test, !node->rb_right || !item_of(node->rb_right)->present);
		item->present = false;
		node->__rb_parent_color = 0xdead;
		met++;
	}
	KUNIT_EXPECT_EQ(test, met, 40);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(api_L2_rbtree_empty_and_single),
	KUNIT_CASE_SLOW(rbtree_sorted_insertion_and_removal),
	KUNIT_CASE(rbtree_depth_is_logarithmic),
	KUNIT_CASE(rbtree_removal_of_each),
	KUNIT_CASE(api_L2_rbtree_random_changes),
	KUNIT_CASE_SLOW(rbtree_many_random_changes),
	KUNIT_CASE_SLOW(api_L2_rbtree_augmented_values),
	KUNIT_CASE(api_L2_rbtree_find),
	KUNIT_CASE(rbtree_equal_keys_keep_their_order),
	KUNIT_CASE(api_L2_rbtree_replace_node),
	KUNIT_CASE(api_L2_rbtree_cached_leftmost),
	KUNIT_CASE(api_L2_rbtree_postorder),
	{},
};

static struct kunit_suite suite = {
	.name = "lib_rbtree",
	.init = rbtree_init,
	.test_cases = cases,
};
kunit_test_suite(suite);
