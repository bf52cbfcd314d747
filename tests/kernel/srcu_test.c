// SPDX-License-Identifier: MIT
/* SRCU: readers that sleep, domains that do not know of each other. One CPU is enough for that. */
#include <linux/slab.h>
#include <linux/srcu.h>
#include "threads.h"

DEFINE_STATIC_SRCU(static_domain);

static void cleanup(void *domain)
{
	cleanup_srcu_struct(domain);
}

static struct srcu_struct *make_domain(struct kunit *test)
{
	struct srcu_struct *domain = zeroed(test, struct srcu_struct);

	KUNIT_ASSERT_EQ(test, init_srcu_struct(domain), 0);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, cleanup, domain), 0);
	return domain;
}

/* --- a reader that sleeps ------------------------------------------------------------------- */

struct reader {
	struct srcu_struct *domain;
	unsigned int depth;
	bool inside, leave, left;
};

static int sleep_in_reader(void *data)
{
	struct reader *reader = data;
	int outer = srcu_read_lock(reader->domain), inner;

	if (reader->depth > 1) {
		inner = srcu_read_lock(reader->domain);
		srcu_read_unlock(reader->domain, inner);
	}
	WRITE_ONCE(reader->inside, true);
	while (!READ_ONCE(reader->leave))
		schedule_timeout_uninterruptible(1);
	WRITE_ONCE(reader->left, true);
	srcu_read_unlock(reader->domain, outer);
	return sleep_until_stopped(NULL);
}

static void tell_to_leave(void *reader)
{
	WRITE_ONCE(((struct reader *)reader)->leave, true);
}

static struct reader *start_reader(struct kunit *test, struct srcu_struct *domain,
				   unsigned int depth)
{
	struct reader *reader = zeroed(test, struct reader);

	reader->domain = domain;
	reader->depth = depth;
	start_thread(test, sleep_in_reader, reader);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, tell_to_leave, reader), 0);
	KUNIT_ASSERT_TRUE(test, eventually(READ_ONCE(reader->inside)));
	return reader;
}

struct writer {
	struct reader *reader;
	bool returned, reader_had_left;
};

static int wait_for_reader(void *data)
{
	struct writer *writer = data;

	synchronize_srcu(writer->reader->domain);
	writer->reader_had_left = READ_ONCE(writer->reader->left);
	WRITE_ONCE(writer->returned, true);
	return sleep_until_stopped(NULL);
}

static void expect_to_wait(struct kunit *test, struct srcu_struct *domain, unsigned int depth)
{
	struct writer *writer = zeroed(test, struct writer);

	writer->reader = start_reader(test, domain, depth);
	start_thread(test, wait_for_reader, writer);
	schedule_timeout_uninterruptible(20);
	KUNIT_EXPECT_FALSE(test, READ_ONCE(writer->returned));
	tell_to_leave(writer->reader);
	KUNIT_EXPECT_TRUE(test, eventually(READ_ONCE(writer->returned)));
	KUNIT_EXPECT_TRUE(test, writer->reader_had_left);
}

static void api_L3_rcu_srcu_waits_for_a_sleeping_reader(struct kunit *test)
{
	expect_to_wait(test, make_domain(test), 1);
}

static void api_L3_rcu_srcu_readers_nest(struct kunit *test)
{
	expect_to_wait(test, make_domain(test), 2);
}

static void api_L3_rcu_a_static_srcu_domain(struct kunit *test)
{
	expect_to_wait(test, &static_domain, 1);
	expect_to_wait(test, &static_domain, 1);
}

static void api_L3_rcu_srcu_domains_do_not_wait_for_each_other(struct kunit *test)
{
	struct srcu_struct *domain = make_domain(test);
	struct reader *reader = start_reader(test, make_domain(test), 1);
	unsigned int i;

	for (i = 0; i < 5; i++)
		synchronize_srcu(domain);
	synchronize_srcu(&static_domain);
	synchronize_rcu();
	KUNIT_EXPECT_FALSE(test, READ_ONCE(reader->left));
}

/* --- readers that come and go --------------------------------------------------------------- */

struct stream {
	struct srcu_struct *domain;
	unsigned long *shared, read, torn;
};

static int read_again_and_again(void *data)
{
	struct stream *stream = data;

	while (!kthread_should_stop()) {
		int index = srcu_read_lock(stream->domain);
		unsigned long *value = srcu_dereference(stream->shared, stream->domain);

		if (READ_ONCE(stream->read) % 16 == 0)
			yield();
		stream->torn += READ_ONCE(*value) != 0xfeed;
		srcu_read_unlock(stream->domain, index);
		WRITE_ONCE(stream->read, stream->read + 1);
	}
	return 0;
}

/* There is always somebody inside, but never the same. */
static void new_readers_hold_nobody_up(struct kunit *test)
{
	struct stream *streams = *zeroed(test, struct stream[3]);
	struct srcu_struct *domain = make_domain(test);
	unsigned long *last = zeroed(test, unsigned long), *value = last, *before;
	unsigned int i, round;

	*last = 0xfeed;
	for (i = 0; i < 3; i++) {
		streams[i] = (struct stream){ .domain = domain, .shared = last };
		start_thread(test, read_again_and_again, &streams[i]);
	}
	for (round = 0; round < 50; round++) {
		before = value;
		value = round == 49 ? last : kmalloc(sizeof(*value), GFP_KERNEL);
		KUNIT_ASSERT_NOT_NULL(test, value);
		*value = 0xfeed;
		for (i = 0; i < 3; i++)
			rcu_assign_pointer(streams[i].shared, value);
		synchronize_srcu(domain);
		if (before == last)
			continue;
		WRITE_ONCE(*before, 0xdead);
		kfree(before);
	}
	for (i = 0; i < 3; i++) {
		KUNIT_EXPECT_TRUE(test, eventually(READ_ONCE(streams[i].read) > 0));
		KUNIT_EXPECT_EQ(test, streams[i].torn, 0UL);
	}
}

/* --- callbacks --------------------------------------------------------------------------------- */

struct note {
	struct rcu_head head;
	unsigned int runs, order;
	bool in_softirq, task;
};

static unsigned int next_order;

static void note_call(struct rcu_head *head)
{
	struct note *note = container_of(head, struct note, head);

	note->in_softirq = in_softirq();
	note->task = in_task();
	note->order = next_order++;
	WRITE_ONCE(note->runs, note->runs + 1);
}

static void api_L3_rcu_call_srcu(struct kunit *test)
{
	struct note *notes = *zeroed(test, struct note[20]);
	struct srcu_struct *domain = make_domain(test);
	struct reader *reader = start_reader(test, domain, 1);
	unsigned int i;

	next_order = 0;
	for (i = 0; i < 20; i++) {
		call_srcu(domain, &notes[i].head, note_call);
		if (i == 10)
			schedule_timeout_uninterruptible(5);
	}
	schedule_timeout_uninterruptible(5);
	KUNIT_EXPECT_EQ(test, READ_ONCE(notes[0].runs), 0U);
	tell_to_leave(reader);
	srcu_barrier(domain);
	for (i = 0; i < 20; i++) {
		KUNIT_EXPECT_EQ(test, notes[i].runs, 1U);
		KUNIT_EXPECT_EQ(test, notes[i].order, i);
		KUNIT_EXPECT_TRUE(test, notes[i].in_softirq);
		KUNIT_EXPECT_TRUE(test, notes[i].task);
	}
}

static void cleaning_up_under_a_reader_is_reported(struct kunit *test)
{
	struct srcu_struct *domain = make_domain(test);
	int index = srcu_read_lock(domain);

	kunit_expect_report(test, "WARNING: at kernel/srcu.c");
	cleanup_srcu_struct(domain);
	srcu_read_unlock(domain, index);
	KUNIT_EXPECT_NOT_NULL(test, domain->sda);
}

static struct kunit_case srcu_cases[] = {
	KUNIT_CASE_SLOW(api_L3_rcu_srcu_waits_for_a_sleeping_reader),
	KUNIT_CASE_SLOW(api_L3_rcu_srcu_readers_nest),
	KUNIT_CASE_SLOW(api_L3_rcu_a_static_srcu_domain),
	KUNIT_CASE(api_L3_rcu_srcu_domains_do_not_wait_for_each_other),
	KUNIT_CASE_SLOW(new_readers_hold_nobody_up),
	KUNIT_CASE_SLOW(api_L3_rcu_call_srcu),
	KUNIT_CASE(cleaning_up_under_a_reader_is_reported),
	{}
};

static struct kunit_suite srcu_suite = {
	.name = "srcu",
	.test_cases = srcu_cases,
};
kunit_test_suite(srcu_suite);
