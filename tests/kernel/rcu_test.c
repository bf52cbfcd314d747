// SPDX-License-Identifier: MIT
/*
 * RCU: what readers hold up and what they do not, where callbacks run, that nothing is lost.
 * Readers are threads that stay in their section until they are told to leave; what a
 * writer finds out it notes together with whether the reader had left by then.
 */
#include <linux/clockchips.h>
#include <linux/interrupt.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>
#include <linux/workqueue.h>
#include <linux/smp.h>
#include "../../kernel/rcu.h"
#include "threads.h"

static void rcu_test_exit(struct kunit *test)
{
	rcu_barrier();
	KUNIT_EXPECT_EQ(test, rcu_check(), 0);
}

static void need_cpus(struct kunit *test, unsigned int nr)
{
	if (num_online_cpus() < nr)
		kunit_skip(test, "needs %u CPUs", nr);
}

/* --- a reader on another CPU ---------------------------------------------------------------- */

enum section { PLAIN, NESTED, BH_OFF, IRQS_OFF, NR_SECTIONS };

struct reader {
	enum section section;
	bool inside, leave, left;
};

static void enter(enum section section)
{
	if (section == BH_OFF)
		local_bh_disable();
	else if (section == IRQS_OFF)
		local_irq_disable();
	else
		rcu_read_lock();
	if (section == NESTED) {
		rcu_read_lock();
		rcu_read_unlock();
	}
}

static void leave(enum section section)
{
	if (section == BH_OFF)
		local_bh_enable();
	else if (section == IRQS_OFF)
		local_irq_enable();
	else
		rcu_read_unlock();
}

static int read_until_told(void *data)
{
	struct reader *reader = data;

	enter(reader->section);
	WRITE_ONCE(reader->inside, true);
	while (!READ_ONCE(reader->leave))
		cpu_relax();
	WRITE_ONCE(reader->left, true);
	leave(reader->section);
	return sleep_until_stopped(NULL);
}

/* Told to leave at the end of the case at the latest, or it could not be stopped. */
static void tell_to_leave(void *reader)
{
	WRITE_ONCE(((struct reader *)reader)->leave, true);
}

static struct reader *start_reader(struct kunit *test, enum section section)
{
	struct reader *reader = zeroed(test, struct reader);

	reader->section = section;
	start_thread_on(test, 1, read_until_told, reader);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, tell_to_leave, reader), 0);
	KUNIT_ASSERT_TRUE(test, eventually(READ_ONCE(reader->inside)));
	return reader;
}

struct writer {
	const struct reader *reader;
	void (*wait)(void);
	bool returned, reader_had_left;
};

static int wait_for_readers(void *data)
{
	struct writer *writer = data;

	writer->wait();
	writer->reader_had_left = READ_ONCE(writer->reader->left);
	WRITE_ONCE(writer->returned, true);
	return sleep_until_stopped(NULL);
}

/* A thread is made by pages that are mapped, of which a CPU with interrupts off could not be told. */
static void expect_to_wait(struct kunit *test, enum section section, void (*wait)(void))
{
	struct task_struct *task;
	struct writer *writer;
	struct reader *reader;

	need_cpus(test, 2);
	writer = zeroed(test, struct writer);
	task = make_thread_on(test, 0, wait_for_readers, writer);
	reader = start_reader(test, section);
	*writer = (struct writer){ .reader = reader, .wait = wait };
	wake_up_process(task);
	schedule_timeout_uninterruptible(20);
	KUNIT_EXPECT_FALSE(test, READ_ONCE(writer->returned));
	tell_to_leave(reader);
	KUNIT_EXPECT_TRUE(test, eventually(READ_ONCE(writer->returned)));
	KUNIT_EXPECT_TRUE(test, writer->reader_had_left);
}

static void api_L3_rcu_synchronize_waits_for_a_reader(struct kunit *test)
{
	expect_to_wait(test, PLAIN, synchronize_rcu);
}

static void api_L3_rcu_readers_nest(struct kunit *test)
{
	expect_to_wait(test, NESTED, synchronize_rcu);
}

static void api_L3_rcu_softirqs_off_is_a_reader(struct kunit *test)
{
	expect_to_wait(test, BH_OFF, synchronize_rcu);
}

static void api_L3_rcu_interrupts_off_is_a_reader(struct kunit *test)
{
	expect_to_wait(test, IRQS_OFF, synchronize_rcu);
}

static void api_L3_rcu_expedited_waits_for_a_reader(struct kunit *test)
{
	expect_to_wait(test, PLAIN, synchronize_rcu_expedited);
}

/* A CPU that is idle, or runs a thread that never sleeps, holds nobody up. */
static int never_sleep(void *unused)
{
	while (!kthread_should_stop())
		cpu_relax();
	return 0;
}

static void busy_and_idle_cpus_hold_nobody_up(struct kunit *test)
{
	unsigned long grace_periods = rcu_grace_periods(), start;
	unsigned int i;

	need_cpus(test, 2);
	start_thread_on(test, 1, never_sleep, NULL);
	for (i = 0; i < 10; i++) {
		start = jiffies;
		synchronize_rcu();
		KUNIT_EXPECT_LT(test, jiffies - start, (unsigned long)HZ);
	}
	KUNIT_EXPECT_GE(test, rcu_grace_periods(), grace_periods + 10);
}

/*
 * CPU 0 has said its word in a grace period that CPU 1 holds up. A reader that begins here now is
 * not waited for in it, so a writer that comes now has to wait for the next.
 */
static bool begun_is_not_enough(struct kunit *test)
{
	unsigned long first, second;
	struct reader *reader = start_reader(test, PLAIN);
	unsigned int ms;
	bool well;

	first = start_poll_synchronize_rcu();
	mdelay(5);
	rcu_read_lock();
	second = start_poll_synchronize_rcu();
	tell_to_leave(reader);
	for (ms = 0; ms < 1000 && !poll_state_synchronize_rcu(first); ms++)
		mdelay(1);
	mdelay(5);
	well = poll_state_synchronize_rcu(first);
	KUNIT_EXPECT_FALSE(test, poll_state_synchronize_rcu(second));
	rcu_read_unlock();
	KUNIT_EXPECT_TRUE(test, eventually(poll_state_synchronize_rcu(second)));
	return well;
}

/* Where a host that was away kept the tick of CPU 0 off, it has said nothing yet: once more. */
static void a_grace_period_that_has_begun_is_not_enough(struct kunit *test)
{
	bool well = false;
	int i;

	need_cpus(test, 2);
	for (i = 0; i < 10 && !well; i++)
		well = begun_is_not_enough(test);
	KUNIT_EXPECT_TRUE(test, well);
}

static int run_without_ticks(void *data)
{
	struct reader *reader = data;

	tick_suspend_local();
	WRITE_ONCE(reader->inside, true);
	while (!READ_ONCE(reader->leave))
		cpu_relax();
	tick_resume_local();
	return sleep_until_stopped(NULL);
}

/* Then it is interrupted, and asked. */
static void a_cpu_without_ticks_is_asked(struct kunit *test)
{
	struct reader *reader = zeroed(test, struct reader);
	unsigned long start;

	need_cpus(test, 2);
	start_thread_on(test, 1, run_without_ticks, reader);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, tell_to_leave, reader), 0);
	KUNIT_ASSERT_TRUE(test, eventually(READ_ONCE(reader->inside)));
	start = jiffies;
	synchronize_rcu();
	KUNIT_EXPECT_LT(test, jiffies - start, 5UL * HZ);
	synchronize_rcu_expedited();
	KUNIT_EXPECT_FALSE(test, READ_ONCE(reader->leave));
}

/* --- callbacks --------------------------------------------------------------------------------- */

struct note {
	struct rcu_head head;
	unsigned int runs, again, order, cpu;
	bool serving, irqs_on, task;
};

static unsigned int next_order;

static void note_call(struct rcu_head *head)
{
	struct note *note = container_of(head, struct note, head);

	note->serving = in_serving_softirq();
	note->irqs_on = !irqs_disabled();
	note->task = in_task();
	note->cpu = smp_processor_id();
	note->order = next_order++;
	WRITE_ONCE(note->runs, note->runs + 1);
	if (note->again) {
		note->again--;
		call_rcu(head, note_call);
	}
}

static void api_L3_rcu_callback_context(struct kunit *test)
{
	struct note *note = zeroed(test, struct note);
	unsigned int cpu = get_cpu();

	call_rcu(&note->head, note_call);
	put_cpu();
	rcu_barrier();
	KUNIT_EXPECT_EQ(test, note->runs, 1U);
	KUNIT_EXPECT_EQ(test, note->cpu, cpu);
	KUNIT_EXPECT_TRUE(test, note->serving);
	KUNIT_EXPECT_TRUE(test, note->irqs_on);
	KUNIT_EXPECT_FALSE(test, note->task);
}

/* The test is the reader: interrupts come, and softirqs, but not this one. */
static void api_L3_rcu_callback_comes_after_the_reader(struct kunit *test)
{
	struct note *note = zeroed(test, struct note);

	rcu_read_lock();
	call_rcu(&note->head, note_call);
	mdelay(10);
	KUNIT_EXPECT_EQ(test, READ_ONCE(note->runs), 0U);
	rcu_read_unlock();
	KUNIT_EXPECT_TRUE(test, eventually(READ_ONCE(note->runs) == 1));
}

static void api_L3_rcu_callbacks_come_in_order(struct kunit *test)
{
	enum { NR = 500 };
	struct note *notes = kunit_kcalloc(test, NR, sizeof(*notes), GFP_KERNEL);
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, notes);
	next_order = 0;
	preempt_disable();
	for (i = 0; i < NR; i++) {
		if (i == NR / 2)
			mdelay(2); /* the first half is on its way */
		call_rcu(&notes[i].head, note_call);
	}
	preempt_enable();
	rcu_barrier();
	for (i = 0; i < NR; i++)
		KUNIT_EXPECT_EQ(test, notes[i].order, i);
}

static void a_callback_may_queue_itself(struct kunit *test)
{
	struct note *note = zeroed(test, struct note);

	note->again = 5;
	call_rcu(&note->head, note_call);
	KUNIT_EXPECT_TRUE(test, eventually(READ_ONCE(note->runs) == 6));
}

#define COMING 2000 /* one a tick: more than the case waits for */

static int call_in_every_tick(void *data)
{
	struct note *notes = data;
	unsigned long last = jiffies;
	unsigned int nr = 0;

	while (!kthread_should_stop()) {
		if (nr < COMING && jiffies != last) {
			last = jiffies;
			call_rcu(&notes[nr++].head, note_call);
		}
		cond_resched();
	}
	return 0;
}

/* Those who come later get a grace period of their own; this one does not wait for it. */
static void callbacks_that_keep_coming_do_not_hold_up_the_first(struct kunit *test)
{
	struct note *notes = *zeroed(test, struct note[COMING]), *note = zeroed(test, struct note);
	struct task_struct *task = start_thread_on(test, 0, call_in_every_tick, notes);

	schedule_timeout_uninterruptible(5);
	preempt_disable();
	call_rcu(&note->head, note_call);
	preempt_enable();
	KUNIT_EXPECT_TRUE(test, eventually(READ_ONCE(note->runs) == 1));
	kthread_stop(task);
	rcu_barrier();
}

struct crowd {
	struct note *notes;
	unsigned int nr;
};

static void queue_crowd(void *data)
{
	struct crowd *crowd = data;
	unsigned int i, part = crowd->nr / num_online_cpus();

	for (i = 0; i < part; i++)
		call_rcu(&crowd->notes[smp_processor_id() * part + i].head, note_call);
}

static void api_L3_rcu_barrier_waits_for_all_cpus(struct kunit *test)
{
	struct crowd crowd = { .nr = 800 };
	unsigned int i, round, cpu, left;

	crowd.notes = kunit_kcalloc(test, crowd.nr, sizeof(*crowd.notes), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, crowd.notes);
	for (round = 1; round <= 5; round++) {
		on_each_cpu(queue_crowd, &crowd, true);
		rcu_barrier();
		for (i = 0, left = 0; i < crowd.nr; i++)
			left += crowd.notes[i].runs != round;
		KUNIT_EXPECT_EQ(test, left, crowd.nr % num_online_cpus());
	}
	for_each_online_cpu(cpu)
		KUNIT_EXPECT_EQ(test, rcu_callbacks_waiting(cpu), 0U);
}

static void a_number_of_a_grace_period(struct kunit *test)
{
	unsigned long number;

	rcu_read_lock();
	number = start_poll_synchronize_rcu();
	mdelay(5);
	KUNIT_EXPECT_FALSE(test, poll_state_synchronize_rcu(number));
	rcu_read_unlock();
	KUNIT_EXPECT_TRUE(test, eventually(poll_state_synchronize_rcu(number)));

	number = get_state_synchronize_rcu();
	KUNIT_EXPECT_FALSE(test, poll_state_synchronize_rcu(number));
	cond_synchronize_rcu(number);
	synchronize_rcu();
	start_poll_synchronize_rcu();
	KUNIT_EXPECT_TRUE(test, eventually(poll_state_synchronize_rcu(number)));
}

/* --- kfree_rcu() ----------------------------------------------------------------------------------- */

/* The link of a free object lies in its middle: in `behind`. */
struct payload {
	u32 before[3];
	struct rcu_head rcu;
	u32 behind[12];
};

static void fill(struct payload *payload)
{
	memset32(payload->before, 0xc0ffee, ARRAY_SIZE(payload->before));
	memset32(payload->behind, 0xc0ffee, ARRAY_SIZE(payload->behind));
}

static bool is_whole(const struct payload *payload)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(payload->before); i++)
		if (READ_ONCE(payload->before[i]) != 0xc0ffee)
			return false;
	for (i = 0; i < ARRAY_SIZE(payload->behind); i++)
		if (READ_ONCE(payload->behind[i]) != 0xc0ffee)
			return false;
	return true;
}

static struct payload *make_payload(struct kunit *test, struct kmem_cache *cache)
{
	struct payload *payload = kmem_cache_alloc(cache, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, payload);
	fill(payload);
	return payload;
}

/* Destroying a cache with live objects is reported, which fails the case. */
static void destroy_cache(void *cache)
{
	rcu_barrier();
	kmem_cache_destroy(cache);
}

static struct kmem_cache *make_cache(struct kunit *test)
{
	struct kmem_cache *cache =
		kmem_cache_create("rcu_test", sizeof(struct payload), 0, SLAB_NO_MERGE, NULL);

	KUNIT_ASSERT_NOT_NULL(test, cache);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, destroy_cache, cache), 0);
	return cache;
}

static void api_L3_rcu_kfree_rcu_frees_all(struct kunit *test)
{
	struct kmem_cache *cache = make_cache(test);
	unsigned int i;

	for (i = 0; i < 3000; i++)
		kfree_rcu(make_payload(test, cache), rcu);
	for (i = 0; i < 1100; i++)
		kfree_rcu(make_payload(test, cache));
	rcu_barrier();
	KUNIT_EXPECT_EQ(test, kmem_cache_shrink(cache), 0);
}

static void api_L3_rcu_kfree_rcu_comes_after_the_reader(struct kunit *test)
{
	struct kmem_cache *cache = make_cache(test);
	struct payload *payload = make_payload(test, cache);
	struct payload *other = make_payload(test, cache);

	kfree_rcu(other);
	rcu_read_lock();
	kfree_rcu(payload, rcu);
	mdelay(40);
	KUNIT_EXPECT_TRUE(test, is_whole(payload));
	KUNIT_EXPECT_TRUE(test, is_whole(other));
	rcu_read_unlock();
	rcu_barrier();
	KUNIT_EXPECT_EQ(test, kmem_cache_shrink(cache), 0);
}

/* vmalloc's memory among kmalloc's, with a head and without, by both names. */
static void api_L3_rcu_kvfree_rcu_frees_both(struct kunit *test)
{
	struct kmem_cache *cache = make_cache(test);
	struct payload *payload;
	unsigned int i;

	for (i = 0; i < 60; i++) {
		payload = i % 3 ? make_payload(test, cache) : vmalloc(sizeof(*payload));
		KUNIT_ASSERT_NOT_NULL(test, payload);
		if (i & 1)
			kvfree_rcu(payload, rcu);
		else if (i & 2)
			kvfree_rcu(payload);
		else
			kfree_rcu(payload, rcu);
	}
	payload = vmalloc(sizeof(*payload));
	KUNIT_ASSERT_NOT_NULL(test, payload);
	fill(payload);
	rcu_read_lock();
	kvfree_rcu(payload, rcu);
	mdelay(40);
	KUNIT_EXPECT_TRUE(test, is_whole(payload));
	rcu_read_unlock();
	rcu_barrier();
	flush_scheduled_work();
	KUNIT_EXPECT_NULL(test, find_vm_area(payload));
	KUNIT_EXPECT_EQ(test, kmem_cache_shrink(cache), 0);
}

/* A vmalloc()ed object for which there was no page. */
static void kvfree_rcu_by_the_offset_of_the_head(struct kunit *test)
{
	struct payload *payload = vmalloc(sizeof(*payload));

	KUNIT_ASSERT_NOT_NULL(test, payload);
	call_rcu(&payload->rcu, (rcu_callback_t)offsetof(struct payload, rcu));
	rcu_barrier();
	flush_scheduled_work();
	KUNIT_EXPECT_NULL(test, find_vm_area(payload));
}

/* By itself, without a barrier. */
static void kfree_rcu_does_not_wait_for_more(struct kunit *test)
{
	struct kmem_cache *cache = make_cache(test);

	kfree_rcu(make_payload(test, cache), rcu);
	KUNIT_EXPECT_TRUE(test, eventually(kmem_cache_shrink(cache) == 0));
}

static void kfree_rcu_of_nothing(struct kunit *test)
{
	struct payload *nothing = NULL;

	kfree_rcu(nothing, rcu);
	kfree_rcu(nothing);
	KUNIT_EXPECT_EQ(test, rcu_callbacks_waiting(0), 0U);
}

/* Where there is no page for a block. */
static void kfree_rcu_by_the_offset_of_the_head(struct kunit *test)
{
	struct kmem_cache *cache = make_cache(test);
	struct payload *payload = make_payload(test, cache);

	call_rcu(&payload->rcu, (rcu_callback_t)offsetof(struct payload, rcu));
	rcu_barrier();
	KUNIT_EXPECT_EQ(test, kmem_cache_shrink(cache), 0);
}

/* --- what readers must not do ------------------------------------------------------------------------- */

static void api_X1_rcu_readers_do_not_sleep(struct kunit *test)
{
	kunit_expect_report(test, "BUG: sleeping function called from invalid context at "
				  "tests/kernel/rcu_test.c");
	rcu_read_lock();
	might_sleep();
	rcu_read_unlock();
}

static void api_X1_rcu_readers_do_not_allocate_with_GFP_KERNEL(struct kunit *test)
{
	void *object;

	kunit_expect_report(test, "BUG: sleeping function called from invalid context at ");
	rcu_read_lock();
	object = kmalloc(100, GFP_KERNEL);
	rcu_read_unlock();
	KUNIT_EXPECT_NOT_NULL(test, object);
	kfree(object);
}

static void following_outside_of_a_reader_is_reported(struct kunit *test)
{
	static int value = 1, *pointer = &value;

	if (!IS_ENABLED(CONFIG_LOCKDEP))
		kunit_skip(test, "nobody checks in this build");
	kunit_expect_report(test, "suspicious RCU usage");
	KUNIT_EXPECT_EQ(test, *rcu_dereference(pointer), 1);
	KUNIT_EXPECT_EQ(test, *rcu_dereference_check(pointer, true), 1);
	rcu_read_lock();
	KUNIT_EXPECT_TRUE(test, rcu_read_lock_held());
	KUNIT_EXPECT_EQ(test, *rcu_dereference(pointer), 1);
	rcu_read_unlock();
	KUNIT_EXPECT_FALSE(test, rcu_read_lock_held());
}

static void restore_stall_timeout(void *timeout)
{
	set_rcu_stall_timeout((unsigned long)timeout);
}

/* The tick asks who is late each tenth of a second. */
static void api_L3_rcu_a_stall_is_reported(struct kunit *test)
{
	unsigned long before = set_rcu_stall_timeout(HZ / 5), number;
	unsigned int ms;

	KUNIT_ASSERT_EQ(test,
			kunit_add_action_or_reset(test, restore_stall_timeout, (void *)before), 0);
	synchronize_rcu();
	kunit_expect_report(test, "rcu: INFO: rcu_sched detected stalls on CPUs/tasks: { 0");
	rcu_read_lock();
	number = start_poll_synchronize_rcu();
	for (ms = 0; ms < 5000 && !kunit_reports_seen(test); ms++)
		mdelay(1);
	rcu_read_unlock();
	KUNIT_EXPECT_TRUE(test, eventually(poll_state_synchronize_rcu(number)));
}

/* --- all at once: readers everywhere, a writer that replaces what they look at ---------------------------- */

#define ALIVE 0xa11fe
#define DEAD  0xdead

struct version {
	u32 state;
	unsigned long number, complement;
	struct rcu_head rcu;
};

struct stress {
	struct version *current_version;
	bool enough;
	unsigned long reads[NR_CPUS], broken[NR_CPUS];
};

static int check_versions(void *data)
{
	unsigned int cpu = smp_processor_id();
	struct stress *stress = data;
	unsigned long last = 0;

	while (!READ_ONCE(stress->enough)) {
		struct version *version;
		unsigned int i;
		bool broken;

		rcu_read_lock();
		version = rcu_dereference(stress->current_version);
		broken = READ_ONCE(version->number) < last;
		last = READ_ONCE(version->number);
		for (i = 0; i < 50; i++)
			broken |= READ_ONCE(version->state) != ALIVE ||
				  READ_ONCE(version->number) != ~READ_ONCE(version->complement);
		rcu_read_unlock();
		stress->broken[cpu] += broken;
		WRITE_ONCE(stress->reads[cpu], stress->reads[cpu] + 1);
		if (stress->reads[cpu] % 64 == 0)
			cond_resched();
	}
	return sleep_until_stopped(NULL);
}

static void bury(struct version *version)
{
	WRITE_ONCE(version->state, DEAD);
	WRITE_ONCE(version->complement, version->number);
	kfree(version);
}

static void bury_later(struct rcu_head *head)
{
	bury(container_of(head, struct version, rcu));
}

static struct version *make_version(struct kunit *test, unsigned long number)
{
	struct version *version = kmalloc(sizeof(*version), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, version);
	version->number = number;
	version->complement = ~number;
	version->state = ALIVE;
	return version;
}

static void retire(struct version *version, unsigned long number)
{
	if (number % 256 == 0) {
		synchronize_rcu();
		bury(version);
	} else if (number % 256 == 128) {
		synchronize_rcu_expedited();
		bury(version);
	} else if (number % 2) {
		kfree_rcu(version, rcu);
	} else {
		call_rcu(&version->rcu, bury_later);
	}
}

static void api_L3_rcu_readers_see_whole_versions(struct kunit *test)
{
	struct stress *stress = zeroed(test, struct stress);
	unsigned long number;
	unsigned int cpu;

	stress->current_version = make_version(test, 0);
	for_each_online_cpu(cpu)
		start_thread_on(test, cpu, check_versions, stress);
	for (number = 1; number <= 10000; number++) {
		struct version *version = make_version(test, number);

		version = rcu_replace_pointer(stress->current_version, version, true);
		retire(version, number);
		if (number % 100 == 0)
			cond_resched();
	}
	for_each_online_cpu(cpu)
		KUNIT_EXPECT_TRUE(test, eventually(READ_ONCE(stress->reads[cpu]) > 100));
	WRITE_ONCE(stress->enough, true);
	synchronize_rcu();
	kfree(stress->current_version);
	for_each_online_cpu(cpu)
		KUNIT_EXPECT_EQ(test, stress->broken[cpu], 0UL);
}

static struct kunit_case rcu_cases[] = {
	KUNIT_CASE(api_L3_rcu_synchronize_waits_for_a_reader),
	KUNIT_CASE(api_L3_rcu_readers_nest),
	KUNIT_CASE(api_L3_rcu_softirqs_off_is_a_reader),
	KUNIT_CASE(api_L3_rcu_interrupts_off_is_a_reader),
	KUNIT_CASE(api_L3_rcu_expedited_waits_for_a_reader),
	KUNIT_CASE(busy_and_idle_cpus_hold_nobody_up),
	KUNIT_CASE(a_grace_period_that_has_begun_is_not_enough),
	KUNIT_CASE_SLOW(a_cpu_without_ticks_is_asked),
	KUNIT_CASE_SLOW(api_L3_rcu_callback_context),
	KUNIT_CASE_SLOW(api_L3_rcu_callback_comes_after_the_reader),
	KUNIT_CASE_SLOW(api_L3_rcu_callbacks_come_in_order),
	KUNIT_CASE_SLOW(a_callback_may_queue_itself),
	KUNIT_CASE_SLOW(callbacks_that_keep_coming_do_not_hold_up_the_first),
	KUNIT_CASE_SLOW(api_L3_rcu_barrier_waits_for_all_cpus),
	KUNIT_CASE_SLOW(a_number_of_a_grace_period),
	KUNIT_CASE_SLOW(api_L3_rcu_kfree_rcu_frees_all),
	KUNIT_CASE_SLOW(api_L3_rcu_kfree_rcu_comes_after_the_reader),
	KUNIT_CASE_SLOW(api_L3_rcu_kvfree_rcu_frees_both),
	KUNIT_CASE_SLOW(kvfree_rcu_by_the_offset_of_the_head),
	KUNIT_CASE_SLOW(kfree_rcu_does_not_wait_for_more),
	KUNIT_CASE(kfree_rcu_of_nothing),
	KUNIT_CASE_SLOW(kfree_rcu_by_the_offset_of_the_head),
	KUNIT_CASE(api_X1_rcu_readers_do_not_sleep),
	KUNIT_CASE(api_X1_rcu_readers_do_not_allocate_with_GFP_KERNEL),
	KUNIT_CASE(following_outside_of_a_reader_is_reported),
	KUNIT_CASE_SLOW(api_L3_rcu_a_stall_is_reported),
	KUNIT_CASE_SLOW(api_L3_rcu_readers_see_whole_versions),
	{}
};

static struct kunit_suite rcu_suite = {
	.name = "rcu",
	.exit = rcu_test_exit,
	.test_cases = rcu_cases,
};
kunit_test_suite(rcu_suite);
