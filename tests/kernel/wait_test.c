// SPDX-License-Identifier: MIT
/* Wait queues and completions: who is woken, when, and in which order. */
#include <linux/completion.h>
#include <linux/hrtimer.h>
#include <linux/wait.h>
#include <memkern/contexts.h>
#include "threads.h"

#define SLEEPERS 4

/* What the sleepers of a case wait for; `order` is who has gone on, one after the other. */
struct scene {
	wait_queue_head_t queue;
	spinlock_t lock;
	struct completion done;
	bool open;
	struct task_struct *sleeper;
	long result;
	unsigned int passes; /* taken by exclusive sleepers, under the lock */
	unsigned int nr_out;
	int order[SLEEPERS];
	struct sleeper {
		struct scene *scene;
		int number;
		struct task_struct *task;
	} sleepers[SLEEPERS];
};

static struct scene *set_scene(struct kunit *test)
{
	struct scene *scene = zeroed(test, struct scene);
	int i;

	init_waitqueue_head(&scene->queue);
	spin_lock_init(&scene->lock);
	init_completion(&scene->done);
	for (i = 0; i < SLEEPERS; i++)
		scene->sleepers[i] = (struct sleeper){ .scene = scene, .number = i };
	return scene;
}

static void go_on(struct sleeper *sleeper)
{
	struct scene *scene = sleeper->scene;

	spin_lock(&scene->lock);
	scene->order[scene->nr_out++] = sleeper->number;
	spin_unlock(&scene->lock);
}

/* Sleepers that wait one behind the other, in the order of their numbers. */
static void lay_down(struct kunit *test, struct scene *scene, int nr, int (*function)(void *))
{
	int i;

	for (i = 0; i < nr; i++) {
		scene->sleepers[i].task = start_thread(test, function, &scene->sleepers[i]);
		KUNIT_ASSERT_TRUE(test, eventually(is_asleep(scene->sleepers[i].task)));
	}
}

/* Under the lock: who is counted is in the order, too. */
static unsigned int out(struct scene *scene)
{
	unsigned int nr;

	spin_lock_irq(&scene->lock);
	nr = scene->nr_out;
	spin_unlock_irq(&scene->lock);
	return nr;
}

/* --- wait queues --------------------------------------------------------------------- */

static int wait_until_open(void *data)
{
	struct sleeper *sleeper = data;

	wait_event(sleeper->scene->queue, READ_ONCE(sleeper->scene->open));
	go_on(sleeper);
	return 0;
}

static void api_L3_wait_event(struct kunit *test)
{
	struct scene *scene = set_scene(test);

	KUNIT_EXPECT_FALSE(test, waitqueue_active(&scene->queue));
	lay_down(test, scene, 3, wait_until_open);
	KUNIT_EXPECT_TRUE(test, waitqueue_active(&scene->queue));
	wake_up(&scene->queue); /* for nothing */
	settle();
	KUNIT_EXPECT_EQ(test, out(scene), 0U);
	wake_up_interruptible(&scene->queue); /* not these */
	WRITE_ONCE(scene->open, true);
	settle();
	KUNIT_EXPECT_EQ(test, out(scene), 0U);
	wake_up(&scene->queue);
	KUNIT_EXPECT_TRUE(test, eventually(out(scene) == 3));
	KUNIT_EXPECT_FALSE(test, waitqueue_active(&scene->queue));
}

static int wait_interruptibly(void *data)
{
	struct sleeper *sleeper = data;

	if (!wait_event_interruptible(sleeper->scene->queue, READ_ONCE(sleeper->scene->open)))
		go_on(sleeper);
	return 0;
}

static void api_L3_wait_event_interruptible(struct kunit *test)
{
	struct scene *scene = set_scene(test);

	lay_down(test, scene, 2, wait_interruptibly);
	WRITE_ONCE(scene->open, true);
	wake_up_interruptible(&scene->queue);
	KUNIT_EXPECT_TRUE(test, eventually(out(scene) == 2));
}

static void a_true_condition_does_not_sleep(struct kunit *test)
{
	DECLARE_WAIT_QUEUE_HEAD_ONSTACK(queue);
	unsigned long nvcsw = current->nvcsw;

	wait_event(queue, true);
	KUNIT_EXPECT_EQ(test, wait_event_interruptible(queue, true), 0);
	KUNIT_EXPECT_EQ(test, wait_event_timeout(queue, true, 5), 5L);
	KUNIT_EXPECT_EQ(test, wait_event_timeout(queue, true, 0), 1L);
	KUNIT_EXPECT_EQ(test, wait_event_timeout(queue, false, 0), 0L);
	KUNIT_EXPECT_EQ(test, current->nvcsw, nvcsw);
}

static int open_soon(void *data)
{
	struct scene *scene = data;

	schedule_timeout_uninterruptible(2);
	WRITE_ONCE(scene->open, true);
	wake_up(&scene->queue);
	return 0;
}

/* Once who waits is really asleep. */
static int open_for_sleeper(void *data)
{
	struct scene *scene = data;

	while (!is_asleep(scene->sleeper))
		schedule_timeout_uninterruptible(1);
	return open_soon(scene);
}

static void api_L3_wait_event_timeout(struct kunit *test)
{
	struct scene *scene = set_scene(test);
	unsigned long before = jiffies;
	long left;

	KUNIT_EXPECT_EQ(test, wait_event_timeout(scene->queue, READ_ONCE(scene->open), 2), 0L);
	KUNIT_EXPECT_TRUE(test, time_after_eq(jiffies, before + 2));
	start_thread(test, open_soon, scene);
	left = wait_event_interruptible_timeout(scene->queue, READ_ONCE(scene->open), HZ);
	KUNIT_EXPECT_GT(test, left, 0L);
	KUNIT_EXPECT_LE(test, left, (long)HZ);
}

static void api_L3_wait_event_hrtimeout(struct kunit *test)
{
	struct scene *scene = set_scene(test);
	ktime_t before = ktime_get();
	bool *open = &scene->open;

	KUNIT_EXPECT_EQ(test,
			wait_event_hrtimeout(scene->queue, READ_ONCE(*open), 2 * NSEC_PER_MSEC),
			-ETIME);
	KUNIT_EXPECT_GE(test, ktime_get() - before, 2 * NSEC_PER_MSEC);
	start_thread(test, open_soon, scene);
	KUNIT_EXPECT_EQ(test,
			wait_event_interruptible_hrtimeout(scene->queue, READ_ONCE(*open),
							   NSEC_PER_SEC),
			0);
	KUNIT_EXPECT_LT(test, ktime_get() - before, NSEC_PER_SEC);
}

static int take_a_pass(void *data)
{
	struct sleeper *sleeper = data;

	wait_event_killable_exclusive(sleeper->scene->queue, READ_ONCE(sleeper->scene->open));
	go_on(sleeper);
	return 0;
}

static void exclusive_ones_are_woken_in_their_order(struct kunit *test)
{
	struct scene *scene = set_scene(test);

	lay_down(test, scene, SLEEPERS, take_a_pass);
	WRITE_ONCE(scene->open, true);
	wake_up(&scene->queue);
	settle();
	KUNIT_EXPECT_EQ(test, out(scene), 1U);
	KUNIT_EXPECT_EQ(test, scene->order[0], 0);
	wake_up_nr(&scene->queue, 2);
	settle();
	KUNIT_EXPECT_EQ(test, out(scene), 3U);
	KUNIT_EXPECT_TRUE(test, is_asleep(scene->sleepers[3].task));
	wake_up_all(&scene->queue);
	KUNIT_EXPECT_TRUE(test, eventually(out(scene) == SLEEPERS));
}

static int first_is_exclusive(void *data)
{
	struct sleeper *sleeper = data;

	return sleeper->number < 2 ? take_a_pass(data) : wait_until_open(data);
}

/* Who waits together stands before who is woken one at a time, whoever came first. */
static void all_others_are_woken_with_the_first_exclusive_one(struct kunit *test)
{
	struct scene *scene = set_scene(test);

	lay_down(test, scene, 4, first_is_exclusive);
	WRITE_ONCE(scene->open, true);
	wake_up(&scene->queue);
	settle();
	KUNIT_EXPECT_EQ(test, out(scene), 3U);
	KUNIT_EXPECT_TRUE(test, is_asleep(scene->sleepers[1].task));
	wake_up(&scene->queue);
	KUNIT_EXPECT_TRUE(test, eventually(out(scene) == 4));
}

static int wait_by_hand(void *data)
{
	struct sleeper *sleeper = data;
	DEFINE_WAIT(wait);

	while (!READ_ONCE(sleeper->scene->open)) {
		prepare_to_wait(&sleeper->scene->queue, &wait, TASK_INTERRUPTIBLE);
		if (!READ_ONCE(sleeper->scene->open))
			schedule();
		finish_wait(&sleeper->scene->queue, &wait);
	}
	go_on(sleeper);
	return 0;
}

static void waiting_by_hand(struct kunit *test)
{
	struct scene *scene = set_scene(test);

	lay_down(test, scene, 2, wait_by_hand);
	WRITE_ONCE(scene->open, true);
	wake_up_interruptible(&scene->queue);
	KUNIT_EXPECT_TRUE(test, eventually(out(scene) == 2));
}

/* As older drivers do it: in the queue all the time, and out of it by hand. */
static int wait_the_old_way(void *data)
{
	struct sleeper *sleeper = data;
	struct scene *scene = sleeper->scene;
	DECLARE_WAITQUEUE(wait, current);

	if (sleeper->number)
		add_wait_queue_exclusive(&scene->queue, &wait);
	else
		add_wait_queue(&scene->queue, &wait);
	for (;;) {
		set_current_state(TASK_INTERRUPTIBLE);
		if (READ_ONCE(scene->passes) > (unsigned int)sleeper->number)
			break;
		schedule();
	}
	__set_current_state(TASK_RUNNING);
	remove_wait_queue(&scene->queue, &wait);
	go_on(sleeper);
	return 0;
}

/* 0 shares its wake-ups; of 1 and 2, only the first is woken until it leaves. */
static void waiting_the_old_way(struct kunit *test)
{
	struct scene *scene = set_scene(test);
	unsigned int i;

	lay_down(test, scene, 3, wait_the_old_way);
	for (i = 1; i <= 3; i++) {
		WRITE_ONCE(scene->passes, i);
		wake_up(&scene->queue);
		KUNIT_EXPECT_TRUE(test, eventually(out(scene) == i));
		KUNIT_EXPECT_EQ(test, scene->order[i - 1], (int)i - 1);
	}
	KUNIT_EXPECT_FALSE(test, waitqueue_active(&scene->queue));
}

static int wait_under_a_lock(void *data)
{
	struct sleeper *sleeper = data;
	struct scene *scene = sleeper->scene;

	spin_lock_irq(&scene->lock);
	wait_event_lock_irq(scene->queue, scene->passes, scene->lock);
	scene->passes--;
	scene->order[scene->nr_out++] = sleeper->number;
	spin_unlock_irq(&scene->lock);
	return 0;
}

/* One pass for two that are woken: one of them sees that it has gone, under the lock. */
static void a_condition_under_a_lock(struct kunit *test)
{
	struct scene *scene = set_scene(test);
	unsigned int i;

	lay_down(test, scene, 2, wait_under_a_lock);
	for (i = 1; i <= 2; i++) {
		spin_lock_irq(&scene->lock);
		scene->passes++;
		spin_unlock_irq(&scene->lock);
		wake_up(&scene->queue);
		settle();
		KUNIT_EXPECT_EQ(test, out(scene), i);
	}
}

static void a_condition_under_a_lock_in_time(struct kunit *test)
{
	struct scene *scene = set_scene(test);
	unsigned int *passes = &scene->passes;

	spin_lock_irq(&scene->lock);
	KUNIT_EXPECT_EQ(test, wait_event_lock_irq_timeout(scene->queue, *passes, scene->lock, 2),
			0L);
	KUNIT_EXPECT_TRUE(test, irqs_disabled() && spin_is_locked(&scene->lock));
	spin_unlock_irq(&scene->lock);
	start_thread(test, open_soon, scene);
	spin_lock_irq(&scene->lock);
	KUNIT_EXPECT_EQ(test,
			wait_event_interruptible_lock_irq(scene->queue, READ_ONCE(scene->open),
							  scene->lock),
			0);
	KUNIT_EXPECT_TRUE(test, irqs_disabled() && spin_is_locked(&scene->lock));
	spin_unlock_irq(&scene->lock);
}

/* What is done around each sleep: as often before as after it. */
static void api_L3_wait_event_cmd(struct kunit *test)
{
	struct scene *scene = set_scene(test);
	int before = 0, after = 0;

	scene->sleeper = current;
	start_thread(test, open_for_sleeper, scene);
	wait_event_cmd(scene->queue, READ_ONCE(scene->open), before++, after++);
	KUNIT_EXPECT_GE(test, before, 1);
	KUNIT_EXPECT_EQ(test, before, after);
}

/* --- completions ----------------------------------------------------------------------- */

static int wait_until_done(void *data)
{
	struct sleeper *sleeper = data;

	wait_for_completion(&sleeper->scene->done);
	go_on(sleeper);
	return 0;
}

static void api_L3_complete_lets_one_pass(struct kunit *test)
{
	struct scene *scene = set_scene(test);
	unsigned int i;

	lay_down(test, scene, 3, wait_until_done);
	for (i = 1; i <= 3; i++) {
		complete(&scene->done);
		settle();
		KUNIT_EXPECT_EQ(test, out(scene), i);
		KUNIT_EXPECT_EQ(test, scene->order[i - 1], (int)i - 1);
	}
	KUNIT_EXPECT_FALSE(test, completion_done(&scene->done));
}

static void api_L3_complete_before_the_wait(struct kunit *test)
{
	struct scene *scene = set_scene(test);

	complete(&scene->done);
	complete(&scene->done);
	KUNIT_EXPECT_TRUE(test, completion_done(&scene->done));
	wait_for_completion(&scene->done);
	KUNIT_EXPECT_TRUE(test, try_wait_for_completion(&scene->done));
	KUNIT_EXPECT_FALSE(test, try_wait_for_completion(&scene->done));
	KUNIT_EXPECT_FALSE(test, completion_done(&scene->done));
}

static void api_L3_complete_all(struct kunit *test)
{
	struct scene *scene = set_scene(test);

	lay_down(test, scene, 3, wait_until_done);
	complete_all(&scene->done);
	KUNIT_EXPECT_TRUE(test, eventually(out(scene) == 3));
	wait_for_completion(&scene->done); /* for good */
	KUNIT_EXPECT_EQ(test, wait_for_completion_interruptible(&scene->done), 0);
	KUNIT_EXPECT_TRUE(test, completion_done(&scene->done));
	reinit_completion(&scene->done);
	KUNIT_EXPECT_FALSE(test, try_wait_for_completion(&scene->done));
}

static void api_L3_wait_for_completion_timeout(struct kunit *test)
{
	struct scene *scene = set_scene(test);
	unsigned long before = jiffies;

	KUNIT_EXPECT_EQ(test, wait_for_completion_timeout(&scene->done, 2), 0UL);
	KUNIT_EXPECT_TRUE(test, time_after_eq(jiffies, before + 2));
	KUNIT_EXPECT_TRUE(test, list_empty(&scene->done.waiters));
	complete(&scene->done);
	KUNIT_EXPECT_EQ(test, wait_for_completion_timeout(&scene->done, 7), 7UL);
	complete(&scene->done);
	KUNIT_EXPECT_EQ(test, wait_for_completion_timeout(&scene->done, 0), 1UL);
}

static void complete_it(void *work)
{
	complete(work);
}

static void completed_by_an_interrupt(struct kunit *test)
{
	struct scene *scene = set_scene(test);

	lay_down(test, scene, 1, wait_until_done);
	KUNIT_EXPECT_EQ(test, run_in_context(CONTEXT_HARDIRQ, complete_it, &scene->done), 0);
	KUNIT_EXPECT_TRUE(test, eventually(out(scene) == 1));
}

static struct kunit_case wait_cases[] = {
	KUNIT_CASE(api_L3_wait_event),
	KUNIT_CASE(api_L3_wait_event_interruptible),
	KUNIT_CASE(a_true_condition_does_not_sleep),
	KUNIT_CASE_SLOW(api_L3_wait_event_timeout),
	KUNIT_CASE(waiting_the_old_way),
	KUNIT_CASE_SLOW(api_L3_wait_event_hrtimeout),
	KUNIT_CASE_SLOW(a_condition_under_a_lock_in_time),
	KUNIT_CASE_SLOW(api_L3_wait_event_cmd),
	KUNIT_CASE(exclusive_ones_are_woken_in_their_order),
	KUNIT_CASE(all_others_are_woken_with_the_first_exclusive_one),
	KUNIT_CASE(waiting_by_hand),
	KUNIT_CASE(a_condition_under_a_lock),
	KUNIT_CASE(api_L3_complete_lets_one_pass),
	KUNIT_CASE(api_L3_complete_before_the_wait),
	KUNIT_CASE(api_L3_complete_all),
	KUNIT_CASE_SLOW(api_L3_wait_for_completion_timeout),
	KUNIT_CASE(completed_by_an_interrupt),
	{}
};

static struct kunit_suite wait_suite = { .name = "wait", .test_cases = wait_cases };
kunit_test_suite(wait_suite);
