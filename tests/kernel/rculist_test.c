// SPDX-License-Identifier: MIT
/*
 * Lists that RCU's readers follow: each operation on them, seen by a reader. Readers while a writer
 * is at work are rcu_test.c's.
 */
#include <kunit/test.h>
#include <linux/rculist.h>
#include <linux/rcupdate.h>

struct item {
	unsigned int value;
	struct list_head list;
	struct hlist_node node;
};

#define ITEM(nr)              \
	{                     \
		.value = (nr) \
	}

static unsigned int digits_of_list(struct list_head *head)
{
	unsigned int digits = 0;
	struct item *item;

	rcu_read_lock();
	list_for_each_entry_rcu(item, head, list) digits = digits * 10 + item->value;
	rcu_read_unlock();
	return digits;
}

static unsigned int digits_of_hlist(struct hlist_head *head)
{
	unsigned int digits = 0;
	struct item *item;

	rcu_read_lock();
	hlist_for_each_entry_rcu(item, head, node) digits = digits * 10 + item->value;
	rcu_read_unlock();
	return digits;
}

static void lists(struct kunit *test)
{
	struct item items[5] = { ITEM(1), ITEM(2), ITEM(3), ITEM(4), ITEM(5) };
	LIST_HEAD(head);
	LIST_HEAD(other);

	KUNIT_EXPECT_NULL(test, list_first_or_null_rcu(&head, struct item, list));
	list_add_tail_rcu(&items[0].list, &head);
	list_add_tail_rcu(&items[1].list, &head);
	list_add_rcu(&items[2].list, &head);
	KUNIT_EXPECT_EQ(test, digits_of_list(&head), 312U);
	list_replace_rcu(&items[0].list, &items[3].list);
	KUNIT_EXPECT_EQ(test, digits_of_list(&head), 342U);
	list_del_rcu(&items[3].list);
	KUNIT_EXPECT_PTR_EQ(test, items[3].list.next, &items[1].list); /* for who is there now */
	list_add_rcu(&items[4].list, &other);
	list_splice_init_rcu(&head, &other, synchronize_rcu);
	KUNIT_EXPECT_EQ(test, digits_of_list(&other), 325U);
	KUNIT_EXPECT_TRUE(test, list_empty(&head));
	KUNIT_EXPECT_PTR_EQ(test, list_first_or_null_rcu(&other, struct item, list), &items[2]);
}

static void hlists(struct kunit *test)
{
	struct item items[5] = { ITEM(1), ITEM(2), ITEM(3), ITEM(4), ITEM(5) };
	HLIST_HEAD(head);

	hlist_add_head_rcu(&items[0].node, &head);
	hlist_add_head_rcu(&items[1].node, &head);
	hlist_add_behind_rcu(&items[2].node, &items[1].node);
	hlist_add_before_rcu(&items[3].node, &items[1].node);
	KUNIT_EXPECT_EQ(test, digits_of_hlist(&head), 4231U);
	hlist_replace_rcu(&items[2].node, &items[4].node);
	hlist_del_rcu(&items[1].node);
	KUNIT_EXPECT_EQ(test, digits_of_hlist(&head), 451U);
	KUNIT_EXPECT_PTR_EQ(test, items[1].node.next, &items[4].node);
	hlist_del_init_rcu(&items[0].node);
	hlist_del_init_rcu(&items[0].node);
	hlist_add_tail_rcu(&items[0].node, &head);
	KUNIT_EXPECT_EQ(test, digits_of_hlist(&head), 451U);
}

static struct kunit_case rculist_cases[] = { KUNIT_CASE(lists), KUNIT_CASE(hlists), {} };

static struct kunit_suite rculist_suite = {
	.name = "rculist",
	.test_cases = rculist_cases,
};
kunit_test_suite(rculist_suite);
