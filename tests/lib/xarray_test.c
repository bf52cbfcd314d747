// SPDX-License-Identifier: MIT
/*
 * xarrays against a model, a list of what is stored, and errseq. After changes, in the slow case
 * after each, the invariants of lib/xarray.c are checked on the whole tree.
 */
#include <kunit/test.h>
#include <linux/errseq.h>
#include <linux/prandom.h>
#include <linux/rcupdate.h>
#include <linux/xarray.h>
#include <memkern/kunit_extra.h>

#include "../kernel/threads.h"

#define MODEL 64

struct model {
	struct xarray xa;
	unsigned long index[MODEL];
	void *entry[MODEL]; /* NULL: not stored */
	bool marked[MODEL][XA_MAX_MARKS];
};

static void destroy(void *context)
{
	struct model *model = context;

	xa_destroy(&model->xa);
	rcu_barrier();
}

static struct model *make_model(struct kunit *test)
{
	struct model *model = zeroed(test, struct model);

	xa_init(&model->xa);
	KUNIT_ASSERT_EQ(test, kunit_add_action(test, destroy, model), 0);
	return model;
}

/* --- the invariants -------------------------------------------------------------------------- */

static bool marked_below(const struct xa_node *node, unsigned int slot, xa_mark_t mark)
{
	const struct xa_node *child = node->slots[slot];

	return child && find_next_bit(child->marks[mark], XA_CHUNK_SIZE, 0) < XA_CHUNK_SIZE;
}

/* How many of them do not hold, in the node and below it. */
static int broken(const struct xa_node *node)
{
	unsigned int slot, used = 0;
	xa_mark_t mark;
	int found = 0;

	for (slot = 0; slot < XA_CHUNK_SIZE; slot++) {
		const struct xa_node *child = node->slots[slot];

		used += child != NULL;
		for (mark = 0; mark < XA_MAX_MARKS; mark++) {
			bool set = test_bit(slot, node->marks[mark]);

			found += set && !child;
			found += node->shift && set != marked_below(node, slot, mark);
		}
		if (!node->shift || !child)
			continue;
		found += child->parent != node || child->offset != slot ||
			 child->shift != node->shift - XA_CHUNK_SHIFT;
		found += broken(child);
	}
	return found + (used != node->count || !used);
}

static void expect_sound(struct kunit *test, struct xarray *xa)
{
	if (xa->xa_head)
		KUNIT_EXPECT_EQ(test, broken(xa->xa_head) + (xa->xa_head->parent != NULL), 0);
}

/* --- against the model ------------------------------------------------------------------------- */

/* Of very different sizes, some of them neighbours. No two alike. */
static void pick_indices(struct model *model, struct rnd_state *rnd)
{
	unsigned int i, j;

	model->index[0] = 0;
	model->index[1] = ULONG_MAX;
	for (i = 2; i < MODEL; i++) {
		do {
			unsigned long index = prandom_u32_state(rnd) >>
					      (prandom_u32_state(rnd) % 32);

			model->index[i] = i % 3 ? index : model->index[i - 1] + 1;
			for (j = 0; j < i && model->index[j] != model->index[i]; j++)
				;
		} while (j < i);
	}
}

static void change(struct kunit *test, struct model *model, unsigned int i, u32 random)
{
	unsigned long index = model->index[i];
	void *old = model->entry[i], *entry = xa_mk_value(random >> 8);
	xa_mark_t mark = random % XA_MAX_MARKS;

	switch (random / 8 % 5) {
	case 0:
	case 1:
		KUNIT_EXPECT_PTR_EQ(test, xa_store(&model->xa, index, entry, GFP_KERNEL), old);
		model->entry[i] = entry;
		break;
	case 2:
		KUNIT_EXPECT_PTR_EQ(test, xa_erase(&model->xa, index), old);
		model->entry[i] = NULL;
		memset(model->marked[i], 0, sizeof(model->marked[i]));
		break;
	case 3:
		xa_set_mark(&model->xa, index, mark);
		model->marked[i][mark] = old != NULL;
		break;
	case 4:
		xa_clear_mark(&model->xa, index, mark);
		model->marked[i][mark] = false;
	}
}

static void expect_like_model(struct kunit *test, struct model *model)
{
	unsigned int i, stored = 0, marked[XA_MAX_MARKS] = { 0 };
	unsigned long index, before = 0;
	xa_mark_t mark;
	void *entry;

	for (i = 0; i < MODEL; i++) {
		stored += model->entry[i] != NULL;
		KUNIT_EXPECT_PTR_EQ(test, xa_load(&model->xa, model->index[i]), model->entry[i]);
		for (mark = 0; mark < XA_MAX_MARKS; mark++) {
			marked[mark] += model->marked[i][mark];
			KUNIT_EXPECT_EQ(test, xa_get_mark(&model->xa, model->index[i], mark),
					model->marked[i][mark]);
		}
	}
	xa_for_each(&model->xa, index, entry) {
		KUNIT_EXPECT_TRUE(test, !before || index > before);
		before = index;
		stored--;
	}
	KUNIT_EXPECT_EQ(test, stored, 0U);
	for (mark = 0; mark < XA_MAX_MARKS; mark++) {
		KUNIT_EXPECT_EQ(test, xa_marked(&model->xa, mark), marked[mark] > 0);
		xa_for_each_marked(&model->xa, index, entry, mark)
			marked[mark]--;
		KUNIT_EXPECT_EQ(test, marked[mark], 0U);
	}
}

static void against_the_model(struct kunit *test, unsigned int rounds, unsigned int check_every)
{
	struct model *model = make_model(test);
	struct rnd_state rnd;
	unsigned int i;

	prandom_seed_state(&rnd, 9);
	pick_indices(model, &rnd);
	for (i = 0; i < rounds; i++) {
		u32 random = prandom_u32_state(&rnd);

		change(test, model, random % MODEL, prandom_u32_state(&rnd));
		if (i % check_every == 0)
			expect_sound(test, &model->xa);
		if (i % 16 == 0)
			expect_like_model(test, model);
	}
	for (i = 0; i < MODEL; i++)
		KUNIT_EXPECT_PTR_EQ(test, xa_erase(&model->xa, model->index[i]), model->entry[i]);
	KUNIT_EXPECT_TRUE(test, xa_empty(&model->xa));
}

static void some_changes(struct kunit *test)
{
	against_the_model(test, 100, 50);
}

static void many_changes(struct kunit *test)
{
	against_the_model(test, 3000, 1);
}

/* --- one by one ------------------------------------------------------------------------------------ */

static void ranges_end_where_they_say(struct kunit *test)
{
	struct xarray *xa = &make_model(test)->xa;
	unsigned long index = 0;
	void *entry;

	KUNIT_EXPECT_NULL(test, xa_find(xa, &index, ULONG_MAX, XA_PRESENT));
	KUNIT_EXPECT_EQ(test, index, 0UL);
	xa_store(xa, 63, xa_mk_value(1), GFP_KERNEL);
	xa_store(xa, 64, xa_mk_value(2), GFP_KERNEL);
	xa_store(xa, ULONG_MAX, xa_mk_value(3), GFP_KERNEL);
	KUNIT_EXPECT_NULL(test, xa_find(xa, &index, 62, XA_PRESENT));
	KUNIT_EXPECT_EQ(test, index, 0UL);
	KUNIT_EXPECT_PTR_EQ(test, xa_find(xa, &index, 63, XA_PRESENT), xa_mk_value(1));
	KUNIT_EXPECT_EQ(test, index, 63UL);
	KUNIT_EXPECT_NULL(test, xa_find_after(xa, &index, 63, XA_PRESENT));
	KUNIT_EXPECT_PTR_EQ(test, xa_find_after(xa, &index, ULONG_MAX - 1, XA_PRESENT),
			    xa_mk_value(2));
	KUNIT_EXPECT_NULL(test, xa_find_after(xa, &index, ULONG_MAX - 1, XA_PRESENT));
	KUNIT_EXPECT_PTR_EQ(test, xa_find_after(xa, &index, ULONG_MAX, XA_PRESENT), xa_mk_value(3));
	KUNIT_EXPECT_EQ(test, index, ULONG_MAX);
	KUNIT_EXPECT_NULL(test, xa_find_after(xa, &index, ULONG_MAX, XA_PRESENT));
	xa_for_each_range(xa, index, entry, 64, 70)
		KUNIT_EXPECT_EQ(test, index, 64UL);
}

static void stores_that_depend_on_what_is_there(struct kunit *test)
{
	struct xarray *xa = &make_model(test)->xa;
	void *a = xa_mk_value(1), *b = xa_mk_value(2);

	KUNIT_EXPECT_EQ(test, xa_insert(xa, 100, a, GFP_KERNEL), 0);
	KUNIT_EXPECT_EQ(test, xa_insert(xa, 100, b, GFP_KERNEL), -EBUSY);
	KUNIT_EXPECT_PTR_EQ(test, xa_cmpxchg(xa, 100, b, NULL, GFP_KERNEL), a);
	KUNIT_EXPECT_PTR_EQ(test, xa_cmpxchg(xa, 100, a, b, GFP_KERNEL), a);
	KUNIT_EXPECT_PTR_EQ(test, xa_load(xa, 100), b);
	/* What takes another's place has its marks; what comes anew has none. */
	xa_set_mark(xa, 100, XA_MARK_1);
	xa_store(xa, 100, a, GFP_KERNEL);
	KUNIT_EXPECT_TRUE(test, xa_get_mark(xa, 100, XA_MARK_1));
	KUNIT_EXPECT_PTR_EQ(test, xa_cmpxchg(xa, 100, a, NULL, GFP_KERNEL), a);
	KUNIT_EXPECT_TRUE(test, xa_empty(xa));
	xa_store(xa, 100, a, GFP_KERNEL);
	KUNIT_EXPECT_FALSE(test, xa_get_mark(xa, 100, XA_MARK_1));
}

/* All nodes or none: an array that is refused memory is as it was. */
static void every_allocation_may_fail(struct kunit *test)
{
	struct xarray *xa = &make_model(test)->xa;
	unsigned int n;

	xa_store(xa, 3, xa_mk_value(3), GFP_KERNEL);
	for (n = 1;; n++) {
		struct xa_node *head = xa->xa_head;
		void *old;

		kunit_fail_nth(test, n);
		old = xa_store(xa, 1UL << 20, xa_mk_value(1), GFP_KERNEL);
		if (!kunit_fail_nth_end(test))
			break;
		KUNIT_EXPECT_EQ(test, xa_err(old), -ENOMEM);
		KUNIT_EXPECT_PTR_EQ(test, xa->xa_head, head);
		expect_sound(test, xa);
	}
	/* Three new roots, and three nodes below the last of them. */
	KUNIT_EXPECT_GE(test, n, 7U);
	KUNIT_EXPECT_PTR_EQ(test, xa_load(xa, 1UL << 20), xa_mk_value(1));
	KUNIT_EXPECT_PTR_EQ(test, xa_load(xa, 3), xa_mk_value(3));
	expect_sound(test, xa);
}

static void the_lock_is_of_the_kind_that_the_flags_say(struct kunit *test)
{
	DEFINE_XARRAY_FLAGS(xa, XA_FLAGS_LOCK_IRQ);

	xa_lock_irq(&xa);
	KUNIT_EXPECT_NULL(test, __xa_store(&xa, 1000, xa_mk_value(1), GFP_KERNEL)); /* sleeps */
	KUNIT_EXPECT_TRUE(test, irqs_disabled());
	KUNIT_EXPECT_PTR_EQ(test, __xa_erase(&xa, 1000), xa_mk_value(1));
	xa_unlock_irq(&xa);
	KUNIT_EXPECT_FALSE(test, irqs_disabled());
	rcu_barrier();
}

/* --- readers without the lock ----------------------------------------------------------------------- */

#define STEADY 77 /* is there all the time, whatever grows above it */

static int look_on(void *data)
{
	struct model *model = data;
	int wrong = 0;

	while (!kthread_should_stop()) {
		unsigned long index = 0;

		wrong += xa_load(&model->xa, STEADY) != xa_mk_value(STEADY);
		wrong += !xa_find(&model->xa, &index, ULONG_MAX, XA_MARK_0) || index != STEADY;
		cond_resched();
	}
	return wrong;
}

static void readers_see_what_is_there_throughout(struct kunit *test)
{
	struct model *model = make_model(test);
	struct task_struct *reader;
	struct rnd_state rnd;
	unsigned int i;

	prandom_seed_state(&rnd, 4);
	xa_store(&model->xa, STEADY, xa_mk_value(STEADY), GFP_KERNEL);
	xa_set_mark(&model->xa, STEADY, XA_MARK_0);
	reader = start_thread(test, look_on, model);
	settle();
	for (i = 0; i < 20000; i++) {
		unsigned long index = prandom_u32_state(&rnd) >> (i % 31);

		if (index == STEADY)
			continue;
		xa_store(&model->xa, index, xa_mk_value(1), GFP_KERNEL | __GFP_NOWARN);
		if (i % 64)
			xa_erase(&model->xa, index);
		if (i % 256 == 0)
			rcu_barrier(); /* or the nodes may be too many for small machines */
	}
	KUNIT_EXPECT_EQ(test, kthread_stop(reader), 0);
}

/* --- errseq ------------------------------------------------------------------------------------------- */

static void errors_are_told_once_to_each(struct kunit *test)
{
	errseq_t seq = 0, early = errseq_sample(&seq), late;

	KUNIT_EXPECT_EQ(test, errseq_check(&seq, early), 0);
	errseq_set(&seq, -EIO);
	errseq_set(&seq, -EIO);
	late = errseq_sample(&seq); /* nobody has been told: he will be */
	KUNIT_EXPECT_EQ(test, errseq_check(&seq, early), -EIO);
	KUNIT_EXPECT_EQ(test, errseq_check_and_advance(&seq, &early), -EIO);
	KUNIT_EXPECT_EQ(test, errseq_check_and_advance(&seq, &early), 0);
	KUNIT_EXPECT_EQ(test, errseq_check_and_advance(&seq, &late), -EIO);
	KUNIT_EXPECT_EQ(test, errseq_check(&seq, errseq_sample(&seq)), 0);
	errseq_set(&seq, -ENOSPC);
	KUNIT_EXPECT_EQ(test, errseq_check_and_advance(&seq, &early), -ENOSPC);
	errseq_set(&seq, -ENOSPC); /* the same once more is another error */
	KUNIT_EXPECT_EQ(test, errseq_check_and_advance(&seq, &early), -ENOSPC);
	KUNIT_EXPECT_EQ(test, errseq_check_and_advance(&seq, &late), -ENOSPC);
	KUNIT_EXPECT_EQ(test, errseq_check_and_advance(&seq, &late), 0);
}

static void an_error_that_nobody_has_seen_is_told_to_who_comes_later(struct kunit *test)
{
	errseq_t seq = 0, value = errseq_set(&seq, -EIO), late = errseq_sample(&seq);

	KUNIT_EXPECT_EQ(test, errseq_check(&seq, late), -EIO);
	KUNIT_EXPECT_EQ(test, errseq_set(&seq, -EIO), value); /* the two are one to everybody */
	KUNIT_EXPECT_EQ(test, errseq_check_and_advance(&seq, &late), -EIO);
	KUNIT_EXPECT_NE(test, errseq_set(&seq, -EIO), value);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(some_changes),
	KUNIT_CASE_SLOW(many_changes),
	KUNIT_CASE(ranges_end_where_they_say),
	KUNIT_CASE(stores_that_depend_on_what_is_there),
	KUNIT_CASE(every_allocation_may_fail),
	KUNIT_CASE(the_lock_is_of_the_kind_that_the_flags_say),
	KUNIT_CASE_SLOW(readers_see_what_is_there_throughout),
	KUNIT_CASE(errors_are_told_once_to_each),
	KUNIT_CASE(an_error_that_nobody_has_seen_is_told_to_who_comes_later),
	{},
};

static struct kunit_suite suite = {
	.name = "xarray",
	.test_cases = cases,
};
kunit_test_suite(suite);
