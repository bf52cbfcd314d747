// SPDX-License-Identifier: MIT
/* Workqueues: what runs, where, how often, in which order, and what waiting for it means. */
#include <linux/completion.h>
#include <linux/wait.h>
#include <linux/workqueue.h>
#include <memkern/contexts.h>
#include "threads.h"

/* A work that counts its runs, and in each waits for the gate if that is shut. */
struct job {
	struct work_struct work;
	struct delayed_work dwork;
	struct workqueue_struct *wq;
	wait_queue_head_t changed;
	unsigned int runs, begun, ended; /* ended: the function does not look at the job any more */
	bool shut;
	bool in_process, may_sleep;
	unsigned int again; /* how often it queues itself */
	unsigned long last; /* jiffies when it last began */
};

static void run_job(struct job *job)
{
	WRITE_ONCE(job->begun, job->begun + 1);
	job->last = jiffies;
	job->in_process = in_task() && !irqs_disabled();
	job->may_sleep = preemptible();
	wait_event_idle(job->changed, !READ_ONCE(job->shut));
	WRITE_ONCE(job->runs, job->runs + 1);
}

static void end_run(struct job *job)
{
	WRITE_ONCE(job->ended, job->ended + 1);
}

static void work_function(struct work_struct *work)
{
	struct job *job = container_of(work, struct job, work);

	run_job(job);
	if (job->again) {
		job->again--;
		queue_work(job->wq, work);
	}
	end_run(job);
}

static void dwork_function(struct work_struct *work)
{
	struct job *job = container_of(work, struct job, dwork.work);

	run_job(job);
	end_run(job);
}

static void destroy(void *wq)
{
	destroy_workqueue(wq);
}

static struct workqueue_struct *make_queue(struct kunit *test, int max_active)
{
	struct workqueue_struct *wq = alloc_workqueue("test", 0, max_active);

	KUNIT_ASSERT_NOT_NULL(test, wq);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, destroy, wq), 0);
	return wq;
}

static void open_gate(void *data)
{
	struct job *job = data;

	WRITE_ONCE(job->shut, false);
	wake_up(&job->changed);
}

/* However the case ends, the gate is opened and the work ends; then the job's memory goes. */
static void end_job(void *data)
{
	struct job *job = data;

	open_gate(job);
	cancel_work(&job->work);
	cancel_delayed_work(&job->dwork);
	while (READ_ONCE(job->begun) != READ_ONCE(job->ended))
		schedule_timeout_uninterruptible(1);
}

static struct job *make_job(struct kunit *test, struct workqueue_struct *wq)
{
	struct job *job = zeroed(test, struct job);

	INIT_WORK(&job->work, work_function);
	INIT_DELAYED_WORK(&job->dwork, dwork_function);
	init_waitqueue_head(&job->changed);
	job->wq = wq;
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, end_job, job), 0);
	return job;
}

static unsigned int runs(const struct job *job)
{
	return READ_ONCE(job->runs);
}

/* Starts the job; it stays at its gate. */
static void start_shut(struct kunit *test, struct job *job)
{
	job->shut = true;
	KUNIT_ASSERT_TRUE(test, queue_work(job->wq, &job->work));
	KUNIT_ASSERT_TRUE(test, eventually(READ_ONCE(job->begun) == 1));
}

static void api_L5_work_runs_in_process_context(struct kunit *test)
{
	struct job *job = make_job(test, system_wq);

	KUNIT_EXPECT_TRUE(test, schedule_work(&job->work));
	KUNIT_EXPECT_TRUE(test, eventually(runs(job) == 1));
	KUNIT_EXPECT_TRUE(test, job->in_process);
	KUNIT_EXPECT_TRUE(test, job->may_sleep);
	KUNIT_EXPECT_FALSE(test, work_pending(&job->work));
	flush_work(&job->work);
}

static struct work_struct *work_inside;

static void note_current_work(struct work_struct *work)
{
	work_inside = current_work();
}

static void a_work_knows_itself(struct kunit *test)
{
	static DECLARE_WORK(work, note_current_work);

	KUNIT_EXPECT_EQ(test, work_busy(&work), 0U);
	schedule_work(&work);
	flush_work(&work);
	KUNIT_EXPECT_PTR_EQ(test, work_inside, &work);
	KUNIT_EXPECT_NULL(test, current_work());
}

static void work_busy_says_why(struct kunit *test)
{
	struct workqueue_struct *wq = make_queue(test, 1);
	struct job *job = make_job(test, wq);

	start_shut(test, job);
	KUNIT_EXPECT_EQ(test, work_busy(&job->work), (unsigned int)WORK_BUSY_RUNNING);
	queue_work(wq, &job->work);
	KUNIT_EXPECT_EQ(test, work_busy(&job->work),
			(unsigned int)(WORK_BUSY_RUNNING | WORK_BUSY_PENDING));
	open_gate(job);
	flush_work(&job->work);
	KUNIT_EXPECT_EQ(test, work_busy(&job->work), 0U);
}

static void queue_it(void *data)
{
	struct job *job = data;

	queue_work(job->wq, &job->work);
}

static void api_L5_queued_by_an_interrupt(struct kunit *test)
{
	struct job *job = make_job(test, make_queue(test, 1));

	KUNIT_EXPECT_EQ(test, run_in_context(CONTEXT_HARDIRQ, queue_it, job), 0);
	KUNIT_EXPECT_TRUE(test, eventually(runs(job) == 1));
	KUNIT_EXPECT_TRUE(test, job->in_process);
}

static void api_L5_once_however_often_queued(struct kunit *test)
{
	struct workqueue_struct *wq = make_queue(test, 1);
	struct job *first = make_job(test, wq), *job = make_job(test, wq);
	int i;

	start_shut(test, first);
	KUNIT_EXPECT_TRUE(test, queue_work(wq, &job->work));
	for (i = 0; i < 5; i++)
		KUNIT_EXPECT_FALSE(test, queue_work(wq, &job->work));
	open_gate(first);
	flush_workqueue(wq);
	KUNIT_EXPECT_EQ(test, runs(job), 1U);
}

static void queued_again_while_it_runs(struct kunit *test)
{
	struct workqueue_struct *wq = make_queue(test, 0);
	struct job *job = make_job(test, wq);

	start_shut(test, job);
	KUNIT_EXPECT_TRUE(test, queue_work(wq, &job->work));
	KUNIT_EXPECT_FALSE(test, queue_work(wq, &job->work));
	settle();
	KUNIT_EXPECT_EQ(test, READ_ONCE(job->begun), 1U); /* not twice at once */
	open_gate(job);
	flush_workqueue(wq);
	KUNIT_EXPECT_EQ(test, runs(job), 2U);
}

static void a_work_that_queues_itself(struct kunit *test)
{
	struct workqueue_struct *wq = make_queue(test, 0);
	struct job *job = make_job(test, wq);

	job->again = 5;
	queue_work(wq, &job->work);
	drain_workqueue(wq);
	KUNIT_EXPECT_EQ(test, runs(job), 6U);
}

/* --- flush and cancel --------------------------------------------------------------------- */

/* Others, the case that waits among them, have their turn first. */
static int open_soon(void *job)
{
	settle();
	open_gate(job);
	return 0;
}

static void api_L5_flush_work(struct kunit *test)
{
	struct job *job = make_job(test, make_queue(test, 0));

	KUNIT_EXPECT_FALSE(test, flush_work(&job->work));
	start_shut(test, job);
	start_thread(test, open_soon, job);
	KUNIT_EXPECT_TRUE(test, flush_work(&job->work));
	KUNIT_EXPECT_EQ(test, runs(job), 1U);
	KUNIT_EXPECT_FALSE(test, flush_work(&job->work));
}

static void api_L5_cancel_work(struct kunit *test)
{
	struct workqueue_struct *wq = make_queue(test, 1);
	struct job *first = make_job(test, wq), *job = make_job(test, wq);

	KUNIT_EXPECT_FALSE(test, cancel_work(&job->work));
	start_shut(test, first);
	queue_work(wq, &job->work);
	KUNIT_EXPECT_TRUE(test, cancel_work(&job->work));
	KUNIT_EXPECT_FALSE(test, work_pending(&job->work));
	KUNIT_EXPECT_FALSE(test, cancel_work(&first->work)); /* it runs: not taken back */
	open_gate(first);
	flush_workqueue(wq);
	KUNIT_EXPECT_EQ(test, runs(job), 0U);
	KUNIT_EXPECT_TRUE(test, queue_work(wq, &job->work));
	flush_workqueue(wq);
	KUNIT_EXPECT_EQ(test, runs(job), 1U);
}

static void api_L5_cancel_work_sync(struct kunit *test)
{
	struct job *job = make_job(test, make_queue(test, 0));

	start_shut(test, job);
	job->again = 3; /* to queue itself fails while it is being cancelled */
	start_thread(test, open_soon, job);
	KUNIT_EXPECT_FALSE(test, cancel_work_sync(&job->work));
	KUNIT_EXPECT_EQ(test, runs(job), 1U);
	settle();
	KUNIT_EXPECT_EQ(test, runs(job), 1U);
	KUNIT_EXPECT_FALSE(test, work_pending(&job->work));
}

static void flush_waits_for_what_is_queued_now(struct kunit *test)
{
	struct workqueue_struct *wq = make_queue(test, 2);
	struct job *a = make_job(test, wq), *b = make_job(test, wq);

	start_shut(test, a);
	queue_work(wq, &b->work);
	start_thread(test, open_soon, a);
	flush_workqueue(wq);
	KUNIT_EXPECT_EQ(test, runs(a), 1U);
	KUNIT_EXPECT_EQ(test, runs(b), 1U);
}

static void cancel_itself(struct work_struct *work)
{
	struct job *job = container_of(work, struct job, work);

	cancel_work_sync(work);
	run_job(job);
	end_run(job);
}

static void a_work_that_waits_for_itself_is_told_so(struct kunit *test)
{
	struct job *job = make_job(test, make_queue(test, 0));

	kunit_expect_report(test, "waits for itself");
	INIT_WORK(&job->work, cancel_itself);
	queue_work(job->wq, &job->work);
	flush_work(&job->work);
	KUNIT_EXPECT_EQ(test, runs(job), 1U);
}

/* --- delayed ----------------------------------------------------------------------------- */

static void api_L5_delayed_work(struct kunit *test)
{
	struct job *job = make_job(test, system_wq);
	unsigned long start = jiffies;

	preempt_disable(); /* or it might have run before we look */
	KUNIT_EXPECT_TRUE(test, schedule_delayed_work(&job->dwork, 3));
	KUNIT_EXPECT_FALSE(test, schedule_delayed_work(&job->dwork, 0));
	KUNIT_EXPECT_TRUE(test, delayed_work_pending(&job->dwork));
	preempt_enable();
	KUNIT_EXPECT_TRUE(test, eventually(runs(job) == 1));
	KUNIT_EXPECT_TRUE(test, time_after_eq(job->last, start + 3));
	flush_delayed_work(&job->dwork);
	KUNIT_EXPECT_TRUE(test, schedule_delayed_work(&job->dwork, 0));
	KUNIT_EXPECT_TRUE(test, eventually(runs(job) == 2));
	flush_delayed_work(&job->dwork);
}

static void api_L5_cancel_delayed_work(struct kunit *test)
{
	struct job *job = make_job(test, system_wq);

	KUNIT_EXPECT_FALSE(test, cancel_delayed_work(&job->dwork));
	schedule_delayed_work(&job->dwork, HZ);
	KUNIT_EXPECT_TRUE(test, cancel_delayed_work(&job->dwork));
	KUNIT_EXPECT_FALSE(test, timer_pending(&job->dwork.timer));
	schedule_delayed_work(&job->dwork, HZ);
	KUNIT_EXPECT_TRUE(test, cancel_delayed_work_sync(&job->dwork));
	KUNIT_EXPECT_FALSE(test, timer_pending(&job->dwork.timer));
	KUNIT_EXPECT_FALSE(test, delayed_work_pending(&job->dwork));
	settle();
	KUNIT_EXPECT_EQ(test, runs(job), 0U);
}

static void api_L5_mod_delayed_work(struct kunit *test)
{
	struct job *job = make_job(test, system_wq);

	KUNIT_EXPECT_FALSE(test, mod_delayed_work(system_wq, &job->dwork, 10 * HZ));
	KUNIT_EXPECT_TRUE(test, mod_delayed_work(system_wq, &job->dwork, 1));
	KUNIT_EXPECT_TRUE(test, eventually(runs(job) == 1));
	KUNIT_EXPECT_FALSE(test, mod_delayed_work(system_wq, &job->dwork, 10 * HZ));
	flush_delayed_work(&job->dwork); /* does not wait for 10 s */
	KUNIT_EXPECT_EQ(test, runs(job), 2U);
}

static void modify_itself(struct work_struct *work)
{
	struct job *job = container_of(work, struct job, dwork.work);

	run_job(job);
	mod_delayed_work(job->wq, &job->dwork, 1);
	end_run(job);
}

/* The work must neither spin for the bit that the cancel has, nor be queued after it. */
static void cancelled_while_it_modifies_itself(struct kunit *test)
{
	struct job *job = make_job(test, make_queue(test, 0));

	INIT_DELAYED_WORK(&job->dwork, modify_itself);
	job->shut = true;
	queue_delayed_work(job->wq, &job->dwork, 0);
	KUNIT_ASSERT_TRUE(test, eventually(READ_ONCE(job->begun) == 1));
	start_thread(test, open_soon, job);
	KUNIT_EXPECT_FALSE(test, cancel_delayed_work_sync(&job->dwork));
	schedule_timeout_uninterruptible(3);
	KUNIT_EXPECT_EQ(test, runs(job), 1U);
}

/* --- several at once ----------------------------------------------------------------------- */

struct partner {
	struct work_struct work;
	struct completion mine, *others;
	bool met;
};

static void meet(struct work_struct *work)
{
	struct partner *partner = container_of(work, struct partner, work);

	complete(&partner->mine);
	partner->met = wait_for_completion_timeout(partner->others, HZ);
}

#define PARTNERS 12

/* Each waits for the next one in a ring: all of them have to run at once. */
static void works_may_wait_for_each_other(struct kunit *test)
{
	struct workqueue_struct *wq = make_queue(test, 0);
	struct partner *partners = *zeroed(test, struct partner[PARTNERS]);
	int i;

	for (i = 0; i < PARTNERS; i++) {
		INIT_WORK(&partners[i].work, meet);
		init_completion(&partners[i].mine);
		partners[i].others = &partners[(i + 1) % PARTNERS].mine;
	}
	for (i = 0; i < PARTNERS; i++)
		queue_work(wq, &partners[i].work);
	flush_workqueue(wq);
	for (i = 0; i < PARTNERS; i++)
		KUNIT_EXPECT_TRUE(test, partners[i].met);
}

static void no_more_than_max_active_at_once(struct kunit *test)
{
	struct workqueue_struct *wq = make_queue(test, 2);
	struct job *jobs[3];
	int i;

	for (i = 0; i < 3; i++) {
		jobs[i] = make_job(test, wq);
		jobs[i]->shut = true;
		queue_work(wq, &jobs[i]->work);
	}
	KUNIT_EXPECT_TRUE(test, eventually(READ_ONCE(jobs[1]->begun) == 1));
	settle();
	KUNIT_EXPECT_EQ(test, READ_ONCE(jobs[0]->begun), 1U);
	KUNIT_EXPECT_EQ(test, READ_ONCE(jobs[2]->begun), 0U);
	open_gate(jobs[1]);
	KUNIT_EXPECT_TRUE(test, eventually(READ_ONCE(jobs[2]->begun) == 1));
}

struct numbered {
	struct work_struct work;
	int number, *order, *nr;
};

static void note_number(struct work_struct *work)
{
	struct numbered *numbered = container_of(work, struct numbered, work);

	cond_resched();
	numbered->order[(*numbered->nr)++] = numbered->number;
}

static void an_ordered_queue_keeps_the_order(struct kunit *test)
{
	struct workqueue_struct *wq = alloc_ordered_workqueue("ordered/%d", 0, 1);
	struct numbered *works = *zeroed(test, struct numbered[20]);
	int order[20], nr = 0, i;

	KUNIT_ASSERT_NOT_NULL(test, wq);
	for (i = 0; i < 20; i++) {
		works[i] = (struct numbered){ .number = i, .order = order, .nr = &nr };
		INIT_WORK(&works[i].work, note_number);
		queue_work(wq, &works[i].work);
	}
	destroy_workqueue(wq); /* runs them all */
	KUNIT_EXPECT_EQ(test, nr, 20);
	for (i = 0; i < 20; i++)
		KUNIT_EXPECT_EQ(test, order[i], i);
}

/* --- the end ------------------------------------------------------------------------------- */

static void destroy_runs_what_queues_itself(struct kunit *test)
{
	struct workqueue_struct *wq = alloc_workqueue("short", 0, 0);
	struct job *job;

	KUNIT_ASSERT_NOT_NULL(test, wq);
	job = make_job(test, wq);
	job->again = 4;
	queue_work(wq, &job->work);
	destroy_workqueue(wq);
	KUNIT_EXPECT_EQ(test, runs(job), 5U);
}

static int drain(void *wq)
{
	drain_workqueue(wq);
	return 0;
}

static void a_queue_that_is_drained_takes_nothing_from_others(struct kunit *test)
{
	struct workqueue_struct *wq = make_queue(test, 0);
	struct job *job = make_job(test, wq), *late = make_job(test, wq);
	struct task_struct *task;

	start_shut(test, job);
	task = start_thread(test, drain, wq);
	KUNIT_ASSERT_TRUE(test, eventually(is_asleep(task)));
	kunit_expect_report(test, "queued while it is drained");
	queue_work(wq, &late->work);
	KUNIT_EXPECT_FALSE(test, work_pending(&late->work));
	open_gate(job);
	KUNIT_EXPECT_EQ(test, finish_thread(test, task), 0);
	KUNIT_EXPECT_EQ(test, runs(late), 0U);
	queue_work(wq, &late->work);
	flush_workqueue(wq);
	KUNIT_EXPECT_EQ(test, runs(late), 1U);
}

struct mortal {
	struct work_struct work;
	struct completion *done;
};

static void free_itself(struct work_struct *work)
{
	struct mortal *mortal = container_of(work, struct mortal, work);
	struct completion *done = mortal->done;

	kfree(mortal);
	complete(done);
}

static void a_work_may_free_itself(struct kunit *test)
{
	DECLARE_COMPLETION_ONSTACK(done);
	int i;

	for (i = 0; i < 10; i++) {
		struct mortal *mortal = kmalloc(sizeof(*mortal), GFP_KERNEL);

		KUNIT_ASSERT_NOT_NULL(test, mortal);
		INIT_WORK(&mortal->work, free_itself);
		mortal->done = &done;
		schedule_work(&mortal->work);
	}
	for (i = 0; i < 10; i++)
		wait_for_completion(&done);
}

static void leak_a_count(struct work_struct *work)
{
	preempt_disable();
}

static void a_leaked_preempt_count_is_reported(struct kunit *test)
{
	struct workqueue_struct *wq = make_queue(test, 1);
	struct job *job = make_job(test, wq);
	struct work_struct leaky;

	INIT_WORK_ONSTACK(&leaky, leak_a_count);
	kunit_expect_report(test, "BUG: workqueue leaked lock or atomic: kworker/test/0x00000001/");
	queue_work(wq, &leaky);
	queue_work(wq, &job->work);
	flush_workqueue(wq);
	KUNIT_EXPECT_TRUE(test, job->may_sleep);
	destroy_work_on_stack(&leaky);
}

static void fault(struct work_struct *work)
{
	int *near_null = (int *)8;

	OPTIMIZER_HIDE_VAR(near_null);
	WRITE_ONCE(*near_null, 1);
}

struct selfish {
	struct work_struct work;
	struct workqueue_struct *wq;
	unsigned int again;
};

static void queue_itself_and_fault(struct work_struct *work)
{
	struct selfish *selfish = container_of(work, struct selfish, work);

	if (selfish->again--)
		queue_work(selfish->wq, work);
	fault(work);
}

static void a_fault_of_a_work_that_queues_itself(struct kunit *test)
{
	struct selfish *selfish = zeroed(test, struct selfish);
	unsigned int i;

	selfish->wq = make_queue(test, 1);
	selfish->again = 2;
	INIT_WORK(&selfish->work, queue_itself_and_fault);
	for (i = 0; i < 3; i++)
		kunit_expect_report(test, "kernel NULL pointer dereference, address: 00000008");
	queue_work(selfish->wq, &selfish->work);
	drain_workqueue(selfish->wq);
	KUNIT_EXPECT_EQ(test, kunit_reports_seen(test), 3U);
}

/* The worker is lost, and was the only one; the queue goes on, and nobody waits for ever. */
static void a_fault_ends_its_work_only(struct kunit *test)
{
	struct workqueue_struct *wq = make_queue(test, 1);
	struct job *job = make_job(test, wq);
	static DECLARE_WORK(faulty, fault);
	int i;

	for (i = 0; i < 2; i++) {
		kunit_expect_report(test, "kernel NULL pointer dereference, address: 00000008");
		queue_work(wq, &faulty);
		queue_work(wq, &job->work);
		flush_work(&faulty);
		flush_work(&job->work);
		KUNIT_EXPECT_EQ(test, job->runs, i + 1U);
		KUNIT_EXPECT_FALSE(test, cancel_work_sync(&faulty));
	}
}

static struct kunit_case workqueue_cases[] = {
	KUNIT_CASE(api_L5_work_runs_in_process_context),
	KUNIT_CASE(a_work_knows_itself),
	KUNIT_CASE_SLOW(work_busy_says_why),
	KUNIT_CASE(api_L5_queued_by_an_interrupt),
	KUNIT_CASE(api_L5_once_however_often_queued),
	KUNIT_CASE(queued_again_while_it_runs),
	KUNIT_CASE(a_work_that_queues_itself),
	KUNIT_CASE(api_L5_flush_work),
	KUNIT_CASE(api_L5_cancel_work),
	KUNIT_CASE(api_L5_cancel_work_sync),
	KUNIT_CASE(flush_waits_for_what_is_queued_now),
	KUNIT_CASE(a_work_that_waits_for_itself_is_told_so),
	KUNIT_CASE_SLOW(api_L5_delayed_work),
	KUNIT_CASE(api_L5_cancel_delayed_work),
	KUNIT_CASE_SLOW(api_L5_mod_delayed_work),
	KUNIT_CASE_SLOW(cancelled_while_it_modifies_itself),
	KUNIT_CASE(works_may_wait_for_each_other),
	KUNIT_CASE_SLOW(no_more_than_max_active_at_once),
	KUNIT_CASE(an_ordered_queue_keeps_the_order),
	KUNIT_CASE(destroy_runs_what_queues_itself),
	KUNIT_CASE(a_queue_that_is_drained_takes_nothing_from_others),
	KUNIT_CASE(a_work_may_free_itself),
	KUNIT_CASE(a_leaked_preempt_count_is_reported),
	KUNIT_CASE(a_fault_ends_its_work_only),
	KUNIT_CASE_SLOW(a_fault_of_a_work_that_queues_itself),
	{}
};

static struct kunit_suite workqueue_suite = { .name = "workqueue", .test_cases = workqueue_cases };
kunit_test_suite(workqueue_suite);
