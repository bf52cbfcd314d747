// SPDX-License-Identifier: MIT
/* Lists: each operation's effect, written as the letters that a walk meets. */
#include <kunit/test.h>
#include <linux/kernel.h>
#include <linux/list.h>

struct letter {
	struct list_head list;
	struct hlist_node hash;
	char name;
};

#define LETTERS 8
static struct letter letters[LETTERS];
static struct list_head head, other;

/* The letters in head are the given ones, forwards and backwards. */
static void expect_list(struct kunit *test, struct list_head *list, const char *expected)
{
	char met[LETTERS + 1] = "";
	struct letter *letter;
	int n = 0, len = strlen(expected);

	list_for_each_entry(letter, list, list)
		met[n++] = letter->name;
	KUNIT_EXPECT_STREQ(test, met, expected);
	list_for_each_entry_reverse(letter, list, list)
		KUNIT_EXPECT_EQ(test, letter->name, expected[--n]);
	KUNIT_EXPECT_EQ(test, n, 0);
	KUNIT_EXPECT_EQ(test, list_empty(list), len == 0);
	KUNIT_EXPECT_EQ(test, list_is_singular(list), len == 1);
}

static struct list_head *node(char name)
{
	return &letters[name - 'a'].list;
}

/* Every case begins with abcd in head and ef in other. */
static int list_test_init(struct kunit *test)
{
	INIT_LIST_HEAD(&head);
	INIT_LIST_HEAD(&other);
	for (int i = 0; i < LETTERS; i++) {
		letters[i].name = 'a' + i;
		INIT_LIST_HEAD(&letters[i].list);
		INIT_HLIST_NODE(&letters[i].hash);
		if (i < 4)
			list_add_tail(&letters[i].list, &head);
		else if (i < 6)
			list_add_tail(&letters[i].list, &other);
	}
	return 0;
}

static void api_L2_list_add_and_del(struct kunit *test)
{
	expect_list(test, &head, "abcd");
	list_add(node('g'), &head);
	list_add_tail(node('h'), &head);
	expect_list(test, &head, "gabcdh");
	list_del(node('a'));
	KUNIT_EXPECT_PTR_EQ(test, node('a')->next, LIST_POISON1);
	KUNIT_EXPECT_PTR_EQ(test, node('a')->prev, LIST_POISON2);
	list_del_init(node('h'));
	KUNIT_EXPECT_TRUE(test, list_empty(node('h')));
	KUNIT_EXPECT_TRUE(test, list_empty_careful(node('h')));
	expect_list(test, &head, "gbcd");
	KUNIT_EXPECT_TRUE(test, list_is_first(node('g'), &head));
	KUNIT_EXPECT_TRUE(test, list_is_last(node('d'), &head));
	KUNIT_EXPECT_FALSE(test, list_is_last(node('g'), &head));
}

static void api_L2_list_replace_and_swap(struct kunit *test)
{
	list_replace(node('b'), node('g'));
	expect_list(test, &head, "agcd");
	list_replace_init(node('d'), node('h'));
	expect_list(test, &head, "agch");
	KUNIT_EXPECT_TRUE(test, list_empty(node('d')));
	list_swap(node('a'), node('h'));
	expect_list(test, &head, "hgca");
	list_swap(node('g'), node('c'));
	expect_list(test, &head, "hcga");
	list_swap(node('g'), node('c'));
	expect_list(test, &head, "hgca");
	list_swap(node('g'), node('e'));
	expect_list(test, &head, "heca");
	expect_list(test, &other, "gf");
}

static void api_L2_list_move_and_rotate(struct kunit *test)
{
	list_move(node('c'), &head);
	expect_list(test, &head, "cabd");
	list_move_tail(node('a'), &other);
	expect_list(test, &head, "cbd");
	expect_list(test, &other, "efa");
	list_bulk_move_tail(&other, node('b'), node('d'));
	expect_list(test, &head, "c");
	expect_list(test, &other, "efabd");
	list_rotate_left(&other);
	expect_list(test, &other, "fabde");
	list_rotate_to_front(node('b'), &other);
	expect_list(test, &other, "bdefa");
	list_rotate_left(&head);
	expect_list(test, &head, "c");
}

static void api_L2_list_cut(struct kunit *test)
{
	list_cut_position(&other, &head, &head);
	expect_list(test, &other, "");
	list_cut_position(&other, &head, node('b'));
	expect_list(test, &other, "ab");
	expect_list(test, &head, "cd");
	list_cut_before(&other, &head, node('d'));
	expect_list(test, &other, "c");
	expect_list(test, &head, "d");
	list_cut_before(&other, &head, node('d'));
	expect_list(test, &other, "");
	list_cut_before(&other, &head, &head);
	expect_list(test, &other, "d");
	expect_list(test, &head, "");
}

static void api_L2_list_splice(struct kunit *test)
{
	LIST_HEAD(empty);

	list_splice_init(&other, &head);
	expect_list(test, &head, "efabcd");
	expect_list(test, &other, "");
	list_splice_tail_init(&head, &other);
	expect_list(test, &other, "efabcd");
	list_splice(&empty, &other);
	list_splice_tail(&empty, &other);
	expect_list(test, &other, "efabcd");
	list_splice_tail(&other, &head);
	expect_list(test, &head, "efabcd");
}

static void api_L2_list_entries(struct kunit *test)
{
	LIST_HEAD(empty);
	struct letter *a = &letters[0], *d = &letters[3];

	KUNIT_EXPECT_PTR_EQ(test, list_first_entry(&head, struct letter, list), a);
	KUNIT_EXPECT_PTR_EQ(test, list_last_entry(&head, struct letter, list), d);
	KUNIT_EXPECT_PTR_EQ(test, list_first_entry_or_null(&head, struct letter, list), a);
	KUNIT_EXPECT_NULL(test, list_first_entry_or_null(&empty, struct letter, list));
	KUNIT_EXPECT_EQ(test, list_next_entry(a, list)->name, 'b');
	KUNIT_EXPECT_EQ(test, list_prev_entry(d, list)->name, 'c');
	KUNIT_EXPECT_PTR_EQ(test, list_next_entry_circular(d, &head, list), a);
	KUNIT_EXPECT_PTR_EQ(test, list_prev_entry_circular(a, &head, list), d);
	KUNIT_EXPECT_EQ(test, list_next_entry_circular(a, &head, list)->name, 'b');
}

/* Appends the name to a word that begins empty. */
static void spell(char *word, char name)
{
	size_t len = strlen(word);

	word[len] = name;
	word[len + 1] = '\0';
}

static void api_L2_list_walks(struct kunit *test)
{
	char word[32] = "";
	struct letter *letter = &letters[1];
	struct list_head *pos;

	list_for_each(pos, &head)
		spell(word, list_entry(pos, struct letter, list)->name);
	list_for_each_prev(pos, &head)
		spell(word, list_entry(pos, struct letter, list)->name);
	KUNIT_EXPECT_STREQ(test, word, "abcddcba");
	word[0] = '\0';
	list_for_each_entry_continue(letter, &head, list)
		spell(word, letter->name);
	letter = &letters[1];
	list_for_each_entry_from(letter, &head, list)
		spell(word, letter->name);
	letter = &letters[2];
	list_for_each_entry_continue_reverse(letter, &head, list)
		spell(word, letter->name);
	letter = &letters[2];
	list_for_each_entry_from_reverse(letter, &head, list)
		spell(word, letter->name);
	KUNIT_EXPECT_STREQ(test, word, "cdbcdbacba");
	word[0] = '\0';
	letter = NULL;
	OPTIMIZER_HIDE_VAR(letter); /* gcc 12 would find the head too small for a letter */
	letter = list_prepare_entry(letter, &head, list);
	list_for_each_entry_continue(letter, &head, list)
		spell(word, letter->name);
	KUNIT_EXPECT_STREQ(test, word, "abcd");
}

/* Removed on the way: with the poison in it, a walk that is not safe would fault. */
static void api_L2_list_safe_walks(struct kunit *test)
{
	struct letter *letter, *next;
	struct list_head *pos, *n;

	list_for_each_entry_safe(letter, next, &head, list)
		if (letter->name == 'a' || letter->name == 'c')
			list_del(&letter->list);
	expect_list(test, &head, "bd");
	list_for_each_entry_safe_reverse(letter, next, &head, list)
		list_del(&letter->list);
	expect_list(test, &head, "");
	list_for_each_safe(pos, n, &other)
		list_move_tail(pos, &head);
	expect_list(test, &head, "ef");
	list_for_each_prev_safe(pos, n, &head)
		list_move_tail(pos, &other);
	expect_list(test, &other, "fe");
}

static void expect_hlist(struct kunit *test, struct hlist_head *list, const char *expected)
{
	char met[LETTERS + 1] = "";
	struct letter *letter;

	hlist_for_each_entry(letter, list, hash) {
		spell(met, letter->name);
		KUNIT_EXPECT_PTR_EQ(test, *letter->hash.pprev, &letter->hash);
	}
	KUNIT_EXPECT_STREQ(test, met, expected);
	KUNIT_EXPECT_EQ(test, hlist_empty(list), expected[0] == '\0');
}

static void api_L2_hlist_operations(struct kunit *test)
{
	HLIST_HEAD(list);
	HLIST_HEAD(target);

	expect_hlist(test, &list, "");
	KUNIT_EXPECT_TRUE(test, hlist_unhashed(&letters[0].hash));
	hlist_add_head(&letters[0].hash, &list);
	KUNIT_EXPECT_TRUE(test, hlist_is_singular_node(&letters[0].hash, &list));
	KUNIT_EXPECT_FALSE(test, hlist_unhashed(&letters[0].hash));
	hlist_add_head(&letters[1].hash, &list);
	hlist_add_before(&letters[2].hash, &letters[1].hash);
	hlist_add_before(&letters[3].hash, &letters[0].hash);
	hlist_add_behind(&letters[4].hash, &letters[0].hash);
	hlist_add_behind(&letters[5].hash, &letters[2].hash);
	expect_hlist(test, &list, "cfbdae");
	hlist_del(&letters[2].hash);
	KUNIT_EXPECT_PTR_EQ(test, (void *)letters[2].hash.next, LIST_POISON1);
	hlist_del_init(&letters[4].hash);
	hlist_del_init(&letters[4].hash);
	KUNIT_EXPECT_TRUE(test, hlist_unhashed(&letters[4].hash));
	expect_hlist(test, &list, "fbda");
	hlist_move_list(&list, &target);
	expect_hlist(test, &list, "");
	expect_hlist(test, &target, "fbda");
	hlist_add_fake(&letters[6].hash);
	KUNIT_EXPECT_TRUE(test, hlist_fake(&letters[6].hash));
	hlist_del(&letters[6].hash);
}

static void api_L2_hlist_walks(struct kunit *test)
{
	HLIST_HEAD(list);
	struct letter *letter;
	struct hlist_node *pos, *n;
	char word[LETTERS + 1] = "";

	for (int i = 3; i >= 0; i--)
		hlist_add_head(&letters[i].hash, &list);
	letter = &letters[1];
	hlist_for_each_entry_continue(letter, hash)
		spell(word, letter->name);
	letter = &letters[2];
	hlist_for_each_entry_from(letter, hash)
		spell(word, letter->name);
	KUNIT_EXPECT_STREQ(test, word, "cdcd");
	hlist_for_each_entry_safe(letter, n, &list, hash)
		if (letter->name != 'b')
			hlist_del(&letter->hash);
	expect_hlist(test, &list, "b");
	hlist_for_each_safe(pos, n, &list)
		hlist_del(pos);
	expect_hlist(test, &list, "");
	hlist_for_each(pos, &list)
		KUNIT_FAIL(test, "an empty list has a node");
}

static struct kunit_case cases[] = {
	KUNIT_CASE(api_L2_list_add_and_del),
	KUNIT_CASE(api_L2_list_replace_and_swap),
	KUNIT_CASE(api_L2_list_move_and_rotate),
	KUNIT_CASE(api_L2_list_cut),
	KUNIT_CASE(api_L2_list_splice),
	KUNIT_CASE(api_L2_list_entries),
	KUNIT_CASE(api_L2_list_walks),
	KUNIT_CASE(api_L2_list_safe_walks),
	KUNIT_CASE(api_L2_hlist_operations),
	KUNIT_CASE(api_L2_hlist_walks),
	{},
};

static struct kunit_suite suite = {
	.name = "lib_list",
	.init = list_test_init,
	.test_cases = cases,
};
kunit_test_suite(suite);
