// SPDX-License-Identifier: MIT
/*
 * A table that is read much more often than written: readers take no lock, they are in RCU
 * read sections; a writer replaces an entry and frees the old one when no reader can see it
 * any more. A tree beside it keeps the entries in order.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/hash.h>
#include <linux/module.h>
#include <linux/rbtree.h>
#include <linux/rculist.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <kunit/test.h>

#define TABLE_BITS 6

struct item {
	struct hlist_node hash; /* in `table`: readers are there */
	struct rb_node node;	/* in `tree`: under lock */
	struct rcu_head rcu;
	u32 key, value;
};

static struct hlist_head table[1 << TABLE_BITS];
static struct rb_root tree = RB_ROOT;
static DEFINE_SPINLOCK(lock); /* writers */

static struct hlist_head *chain(u32 key)
{
	return &table[hash_32(key, TABLE_BITS)];
}

/* In a read section, or under the lock. */
static struct item *find(u32 key)
{
	struct item *item;

	hlist_for_each_entry_rcu(item, chain(key), hash) if (item->key == key) return item;
	return NULL;
}

static bool look_up(u32 key, u32 *value)
{
	struct item *item;

	rcu_read_lock();
	item = find(key);
	if (item)
		*value = item->value;
	rcu_read_unlock();
	return item;
}

static void tree_insert(struct item *new)
{
	struct rb_node **link = &tree.rb_node, *parent = NULL;

	while (*link) {
		parent = *link;
		link = new->key < rb_entry(parent, struct item, node)->key ? &parent->rb_left
									   : &parent->rb_right;
	}
	rb_link_node(&new->node, parent, link);
	rb_insert_color(&new->node, &tree);
}

/* Adds the key, or replaces what it stands for. */
static int set(u32 key, u32 value)
{
	struct item *new = kzalloc(sizeof(*new), GFP_KERNEL), *old;

	if (!new)
		return -ENOMEM;
	new->key = key;
	new->value = value;
	spin_lock(&lock);
	old = find(key);
	if (old) {
		hlist_replace_rcu(&old->hash, &new->hash);
		rb_replace_node(&old->node, &new->node, &tree);
	} else {
		hlist_add_head_rcu(&new->hash, chain(key));
		tree_insert(new);
	}
	spin_unlock(&lock);
	if (old)
		kfree_rcu(old, rcu);
	return 0;
}

static void clear(void)
{
	struct item *item, *next;

	spin_lock(&lock);
	rbtree_postorder_for_each_entry_safe(item, next, &tree, node) {
		hlist_del_rcu(&item->hash);
		kfree_rcu(item, rcu);
	}
	tree = RB_ROOT;
	spin_unlock(&lock);
}

/* --- the test --------------------------------------------------------------------------- */

static void finds_what_was_set(struct kunit *test)
{
	u32 key, value = 0;

	for (key = 0; key < 500; key++)
		KUNIT_ASSERT_EQ(test, set(key * 7919, key), 0);
	for (key = 0; key < 500; key += 3)
		KUNIT_ASSERT_EQ(test, set(key * 7919, key + 1000), 0);
	for (key = 0; key < 500; key++) {
		KUNIT_ASSERT_TRUE(test, look_up(key * 7919, &value));
		KUNIT_EXPECT_EQ(test, value, key % 3 ? key : key + 1000);
	}
	KUNIT_EXPECT_FALSE(test, look_up(1, &value));
}

static void goes_through_in_order(struct kunit *test)
{
	const u32 keys[] = { 5, 1, 4, 2, 3 };
	struct rb_node *node;
	u32 expected = 1;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(keys); i++)
		KUNIT_ASSERT_EQ(test, set(keys[i], 0), 0);
	for (node = rb_first(&tree); node; node = rb_next(node))
		KUNIT_EXPECT_EQ(test, rb_entry(node, struct item, node)->key, expected++);
	KUNIT_EXPECT_EQ(test, expected, 6);
}

static void lookup_test_exit(struct kunit *test)
{
	clear();
}

static struct kunit_case lookup_cases[] = {
	KUNIT_CASE(finds_what_was_set),
	KUNIT_CASE(goes_through_in_order),
	{},
};

static struct kunit_suite lookup_suite = {
	.name = "example_lookup",
	.exit = lookup_test_exit,
	.test_cases = lookup_cases,
};
kunit_test_suite(lookup_suite);

MODULE_DESCRIPTION("A hash table and a tree, read under RCU");
MODULE_LICENSE("GPL");
