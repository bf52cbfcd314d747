// SPDX-License-Identifier: MIT
/* The locks that sleep, and spinlocks against interrupts: who is in, who is next, who is not. */
#include <linux/errno.h>
#include <linux/hrtimer.h>
#include <linux/interrupt.h>
#include <linux/mutex.h>
#include <linux/random.h>
#include <linux/rwsem.h>
#include <linux/semaphore.h>
#include <linux/timer.h>
#include <linux/wait.h>
#include <memkern/contexts.h>
#include "threads.h"

#define THREADS 4

/* A lock of each kind, and threads that want it one after the other. */
struct scene {
	struct mutex mutex;
	struct rw_semaphore rwsem;
	struct semaphore sem;
	spinlock_t spinlock;
	int in, most_in; /* how many are in, and were at once */
	wait_queue_head_t exit;
	bool leave[THREADS];		      /* may go */
	unsigned int nr_entered;	      /* and in which order */
	int order[THREADS], entered[THREADS]; /* who; whether */
	unsigned long a, b;		      /* equal, but for who has the lock */
	unsigned int broken;
	unsigned int operations; /* of each thread, in the torture */
	struct actor {
		struct scene *scene;
		int number;
		bool reads;
		struct task_struct *task;
	} actors[THREADS];
};

static struct scene *set_scene(struct kunit *test)
{
	struct scene *scene = zeroed(test, struct scene);
	int i;

	mutex_init(&scene->mutex);
	init_rwsem(&scene->rwsem);
	sema_init(&scene->sem, 2);
	spin_lock_init(&scene->spinlock);
	init_waitqueue_head(&scene->exit);
	for (i = 0; i < THREADS; i++)
		scene->actors[i] = (struct actor){ .scene = scene, .number = i };
	return scene;
}

static void leave(struct scene *scene, int number)
{
	WRITE_ONCE(scene->leave[number], true);
	wake_up_all(&scene->exit);
}

static void enter(struct actor *actor)
{
	struct scene *scene = actor->scene;

	spin_lock(&scene->spinlock);
	scene->order[scene->nr_entered++] = actor->number;
	scene->entered[actor->number] = 1;
	scene->most_in = max(scene->most_in, ++scene->in);
	spin_unlock(&scene->spinlock);
	wait_event_idle(scene->exit, READ_ONCE(scene->leave[actor->number]));
	spin_lock(&scene->spinlock);
	scene->in--;
	spin_unlock(&scene->spinlock);
}

/* Under the lock: all that enter() counts is counted. */
static bool has_entered(struct scene *scene, int number)
{
	bool entered;

	spin_lock(&scene->spinlock);
	entered = scene->entered[number];
	spin_unlock(&scene->spinlock);
	return entered;
}

/* Starts them one by one; each is in, or waits, before the next one comes. */
static void start(struct kunit *test, struct scene *scene, int from, int nr,
		  int (*function)(void *))
{
	int i;

	for (i = from; i < from + nr; i++) {
		struct actor *actor = &scene->actors[i];

		actor->task = start_thread(test, function, actor);
		KUNIT_ASSERT_TRUE(test,
				  eventually(has_entered(scene, i) || is_asleep(actor->task)));
	}
}

static void let_go(struct kunit *test, struct scene *scene, int nr)
{
	int i;

	for (i = 0; i < nr; i++)
		leave(scene, i);
	for (i = 0; i < nr; i++)
		KUNIT_EXPECT_EQ(test, finish_thread(test, scene->actors[i].task), 0);
}

/* --- mutex ------------------------------------------------------------------------------ */

static int take_mutex(void *data)
{
	struct actor *actor = data;

	mutex_lock(&actor->scene->mutex);
	enter(actor);
	mutex_unlock(&actor->scene->mutex);
	return 0;
}

static void api_L3_mutex_in_the_order_of_asking(struct kunit *test)
{
	struct scene *scene = set_scene(test);
	int i;

	mutex_lock(&scene->mutex);
	start(test, scene, 0, THREADS, take_mutex);
	settle();
	KUNIT_EXPECT_EQ(test, scene->nr_entered, 0U);
	mutex_unlock(&scene->mutex);
	let_go(test, scene, THREADS);
	for (i = 0; i < THREADS; i++)
		KUNIT_EXPECT_EQ(test, scene->order[i], i);
	KUNIT_EXPECT_EQ(test, scene->most_in, 1);
	KUNIT_EXPECT_FALSE(test, mutex_is_locked(&scene->mutex));
}

/* The owner that takes it again at once does not get past who waits. */
static void a_mutex_is_handed_over(struct kunit *test)
{
	struct scene *scene = set_scene(test);

	mutex_lock(&scene->mutex);
	start(test, scene, 0, 1, take_mutex);
	mutex_unlock(&scene->mutex);
	KUNIT_EXPECT_EQ(test, mutex_trylock(&scene->mutex), 0);
	leave(scene, 0);
	mutex_lock(&scene->mutex);
	KUNIT_EXPECT_TRUE(test, has_entered(scene, 0));
	mutex_unlock(&scene->mutex);
}

static void api_L3_mutex_trylock(struct kunit *test)
{
	struct scene *scene = set_scene(test);

	KUNIT_EXPECT_EQ(test, mutex_trylock(&scene->mutex), 1);
	KUNIT_EXPECT_TRUE(test, mutex_is_locked(&scene->mutex));
	mutex_unlock(&scene->mutex);
	KUNIT_EXPECT_EQ(test, mutex_lock_interruptible(&scene->mutex), 0);
	mutex_unlock(&scene->mutex);
	KUNIT_EXPECT_EQ(test, mutex_lock_killable(&scene->mutex), 0);
	mutex_unlock(&scene->mutex);
	start(test, scene, 0, 1, take_mutex);
	KUNIT_EXPECT_EQ(test, mutex_trylock(&scene->mutex), 0);
	let_go(test, scene, 1);
}

/* In the DEBUG build the lock checker sees the misuse first, and its tests prove that. */
static void skip_if_checked(struct kunit *test)
{
	if (IS_ENABLED(CONFIG_LOCKDEP))
		kunit_skip(test, "the lock checker is first");
}

static void a_mutex_unlocked_by_another_stays_locked(struct kunit *test)
{
	struct scene *scene = set_scene(test);

	skip_if_checked(test);
	start(test, scene, 0, 1, take_mutex);
	kunit_expect_report(test, "is unlocked by init, who does not hold it");
	mutex_unlock(&scene->mutex);
	KUNIT_EXPECT_EQ(test, mutex_trylock(&scene->mutex), 0);
	let_go(test, scene, 1);
	kunit_expect_report(test, "is unlocked by init, who does not hold it");
	mutex_unlock(&scene->mutex); /* which is free */
	KUNIT_EXPECT_EQ(test, mutex_trylock(&scene->mutex), 1);
	mutex_unlock(&scene->mutex);
}

static int take_mutex_twice(void *data)
{
	struct actor *actor = data;

	mutex_lock(&actor->scene->mutex);
	mutex_lock(&actor->scene->mutex);
	enter(actor);
	mutex_unlock(&actor->scene->mutex);
	return 0;
}

static void a_mutex_taken_twice_is_reported(struct kunit *test)
{
	struct scene *scene = set_scene(test);

	skip_if_checked(test);
	kunit_expect_report(test, "is taken again by its owner, a_mutex_taken_t");
	scene->leave[0] = true;
	start(test, scene, 0, 1, take_mutex_twice);
	KUNIT_EXPECT_FALSE(test, has_entered(scene, 0));
	/* Nobody but a debugger gets it out of there: the case becomes the owner, and unlocks. */
	atomic_long_set(&scene->mutex.owner, (long)current | 1);
	mutex_unlock(&scene->mutex);
	let_go(test, scene, 1);
	KUNIT_EXPECT_FALSE(test, mutex_is_locked(&scene->mutex));
}

/* --- rwsem ------------------------------------------------------------------------------ */

static int read_or_write(void *data)
{
	struct actor *actor = data;
	struct rw_semaphore *sem = &actor->scene->rwsem;

	if (actor->reads) {
		down_read(sem);
		enter(actor);
		up_read(sem);
	} else {
		down_write(sem);
		enter(actor);
		up_write(sem);
	}
	return 0;
}

static void api_L3_rwsem_readers_together_writer_alone(struct kunit *test)
{
	struct scene *scene = set_scene(test);

	scene->actors[0].reads = scene->actors[1].reads = true;
	start(test, scene, 0, 4, read_or_write);
	KUNIT_EXPECT_EQ(test, scene->most_in, 2);
	KUNIT_EXPECT_FALSE(test, has_entered(scene, 2) || has_entered(scene, 3));
	KUNIT_EXPECT_EQ(test, down_write_trylock(&scene->rwsem), 0);
	scene->most_in = 0;
	leave(scene, 0);
	leave(scene, 1);
	KUNIT_EXPECT_TRUE(test, eventually(has_entered(scene, 2)));
	KUNIT_EXPECT_FALSE(test, has_entered(scene, 3));
	KUNIT_EXPECT_EQ(test, down_read_trylock(&scene->rwsem), 0);
	let_go(test, scene, 4);
	KUNIT_EXPECT_EQ(test, scene->most_in, 1);
	KUNIT_EXPECT_FALSE(test, rwsem_is_locked(&scene->rwsem));
}

/* A reader that comes after the writer waits behind it, though readers are in. */
static void a_writer_is_not_starved(struct kunit *test)
{
	struct scene *scene = set_scene(test);

	scene->actors[0].reads = scene->actors[2].reads = scene->actors[3].reads = true;
	start(test, scene, 0, 4, read_or_write);
	KUNIT_EXPECT_FALSE(test, has_entered(scene, 2) || has_entered(scene, 3));
	KUNIT_EXPECT_EQ(test, down_read_trylock(&scene->rwsem), 0);
	leave(scene, 0);
	KUNIT_EXPECT_TRUE(test, eventually(has_entered(scene, 1)));
	leave(scene, 1);
	KUNIT_EXPECT_TRUE(test, eventually(has_entered(scene, 2) && has_entered(scene, 3)));
	KUNIT_EXPECT_EQ(test, scene->in, 2);
	let_go(test, scene, 4);
	KUNIT_EXPECT_EQ(test, scene->order[1], 1);
}

static void api_L3_downgrade_write(struct kunit *test)
{
	struct scene *scene = set_scene(test);

	scene->actors[0].reads = true;
	down_write(&scene->rwsem);
	start(test, scene, 0, 2, read_or_write);
	KUNIT_EXPECT_EQ(test, scene->nr_entered, 0U);
	downgrade_write(&scene->rwsem);
	KUNIT_EXPECT_TRUE(test, eventually(has_entered(scene, 0)));
	KUNIT_EXPECT_FALSE(test, has_entered(scene, 1));
	up_read(&scene->rwsem);
	let_go(test, scene, 2);
}

static void a_rwsem_given_back_wrongly_is_reported(struct kunit *test)
{
	struct scene *scene = set_scene(test);

	skip_if_checked(test);
	kunit_expect_report(test, "is not held for reading");
	up_read(&scene->rwsem);
	kunit_expect_report(test, "is not held for writing by init");
	up_write(&scene->rwsem);
	KUNIT_EXPECT_EQ(test, down_write_trylock(&scene->rwsem), 1);
	kunit_expect_report(test, "is not held for reading");
	up_read(&scene->rwsem);
	up_write(&scene->rwsem);
}

/* --- semaphore --------------------------------------------------------------------------- */

static int take_one(void *data)
{
	struct actor *actor = data;

	down(&actor->scene->sem);
	enter(actor);
	up(&actor->scene->sem);
	return 0;
}

static void api_L3_semaphore_counts(struct kunit *test)
{
	struct scene *scene = set_scene(test);

	start(test, scene, 0, THREADS, take_one);
	KUNIT_EXPECT_EQ(test, scene->nr_entered, 2U);
	leave(scene, 1);
	KUNIT_EXPECT_TRUE(test, eventually(has_entered(scene, 2)));
	settle();
	KUNIT_EXPECT_FALSE(test, has_entered(scene, 3));
	let_go(test, scene, THREADS);
	KUNIT_EXPECT_EQ(test, scene->most_in, 2);
	KUNIT_EXPECT_EQ(test, scene->sem.count, 2U);
}

static void give_one(void *sem)
{
	up(sem);
}

static void api_L3_semaphore_without_waiting(struct kunit *test)
{
	struct scene *scene = set_scene(test);
	unsigned long before = jiffies;

	KUNIT_EXPECT_EQ(test, down_trylock(&scene->sem), 0);
	KUNIT_EXPECT_EQ(test, down_interruptible(&scene->sem), 0);
	KUNIT_EXPECT_EQ(test, down_trylock(&scene->sem), 1);
	KUNIT_EXPECT_EQ(test, down_timeout(&scene->sem, 2), -ETIME);
	KUNIT_EXPECT_TRUE(test, time_after_eq(jiffies, before + 2));
	KUNIT_EXPECT_EQ(test, run_in_context(CONTEXT_HARDIRQ, give_one, &scene->sem), 0);
	KUNIT_EXPECT_EQ(test, down_timeout(&scene->sem, HZ), 0);
	up(&scene->sem);
	up(&scene->sem);
}

/* --- torture: an invariant that only holders break, and make whole again ------------------- */

static void change(struct scene *scene, u32 random)
{
	if (scene->a != scene->b)
		scene->broken++;
	WRITE_ONCE(scene->a, scene->a + 1);
	if (random % 64 == 0)
		cond_resched();
	else if (random % 64 == 1)
		ndelay(500);
	WRITE_ONCE(scene->b, scene->b + 1);
}

static void look(struct scene *scene, u32 random)
{
	unsigned long a = READ_ONCE(scene->a);

	if (random % 64 == 0)
		yield();
	if (a != READ_ONCE(scene->b))
		scene->broken++;
}

static int torture_mutex(void *data)
{
	struct scene *scene = ((struct actor *)data)->scene;
	unsigned int i;

	for (i = 0; i < scene->operations; i++) {
		if (i % 8 || !mutex_trylock(&scene->mutex))
			mutex_lock(&scene->mutex);
		change(scene, get_random_u32());
		mutex_unlock(&scene->mutex);
	}
	return 0;
}

static int torture_rwsem(void *data)
{
	struct rw_semaphore *sem = &((struct actor *)data)->scene->rwsem;
	struct scene *scene = ((struct actor *)data)->scene;
	unsigned int i;

	for (i = 0; i < scene->operations; i++) {
		u32 random = get_random_u32();

		if (random & 0x300) {
			down_read(sem);
			look(scene, random);
			up_read(sem);
			continue;
		}
		down_write(sem);
		change(scene, random);
		if (random & 0x400) {
			downgrade_write(sem);
			look(scene, random);
			up_read(sem);
		} else {
			up_write(sem);
		}
	}
	return 0;
}

static int torture_semaphore(void *data)
{
	struct scene *scene = ((struct actor *)data)->scene;
	unsigned int i;

	for (i = 0; i < scene->operations; i++) {
		while (i % 8 == 0 && down_timeout(&scene->sem, 1))
			;
		if (i % 8)
			down(&scene->sem);
		change(scene, get_random_u32());
		up(&scene->sem);
	}
	return 0;
}

/* However long it takes. */
static int wait_for_end(struct task_struct *task)
{
	wait_for_completion_interruptible(&task->exited);
	return kthread_stop(task);
}

static void torture(struct kunit *test, int (*function)(void *), unsigned int operations)
{
	struct scene *scene = set_scene(test);
	int i;

	sema_init(&scene->sem, 1);
	scene->operations = operations / THREADS;
	for (i = 0; i < THREADS; i++)
		scene->actors[i].task = start_thread(test, function, &scene->actors[i]);
	for (i = 0; i < THREADS; i++)
		KUNIT_EXPECT_EQ(test, wait_for_end(scene->actors[i].task), 0);
	KUNIT_EXPECT_EQ(test, scene->broken, 0U);
	KUNIT_EXPECT_EQ(test, scene->a, scene->b);
	KUNIT_EXPECT_FALSE(test, mutex_is_locked(&scene->mutex));
	KUNIT_EXPECT_FALSE(test, rwsem_is_locked(&scene->rwsem));
	KUNIT_EXPECT_EQ(test, scene->sem.count, 1U);
	if (function != torture_rwsem)
		KUNIT_EXPECT_EQ(test, scene->a, (unsigned long)operations);
}

static void some_contention(struct kunit *test)
{
	torture(test, torture_mutex, 400);
	torture(test, torture_rwsem, 400);
	torture(test, torture_semaphore, 400);
}

static void a_tortured_mutex(struct kunit *test)
{
	torture(test, torture_mutex, 100000);
}

static void a_tortured_rwsem(struct kunit *test)
{
	torture(test, torture_rwsem, 100000);
}

static void a_tortured_semaphore(struct kunit *test)
{
	torture(test, torture_semaphore, 100000);
}

/* --- spinlocks: threads, a timer's softirq, a tasklet and an interrupt at once --------------- */

static struct {
	spinlock_t bh_lock, irq_lock;
	unsigned long a, b, c, d; /* a == b under bh_lock, c == d under irq_lock */
	unsigned int broken, softirqs, interrupts;
	struct timer_list timer;
	struct tasklet_struct tasklet;
	struct hrtimer hrtimer;
} spin;

static void change_pair(unsigned long *one, unsigned long *two)
{
	spin.broken += *one != *two;
	WRITE_ONCE(*one, *one + 1);
	barrier();
	WRITE_ONCE(*two, *two + 1);
}

static void change_in_softirq(void)
{
	unsigned long flags;

	spin.softirqs++;
	spin_lock(&spin.bh_lock);
	change_pair(&spin.a, &spin.b);
	spin_unlock(&spin.bh_lock);
	spin_lock_irqsave(&spin.irq_lock, flags);
	change_pair(&spin.c, &spin.d);
	spin_unlock_irqrestore(&spin.irq_lock, flags);
}

static void spin_timer(struct timer_list *timer)
{
	change_in_softirq();
	mod_timer(timer, jiffies + 1);
}

static void spin_tasklet(struct tasklet_struct *tasklet)
{
	change_in_softirq();
}

static enum hrtimer_restart spin_interrupt(struct hrtimer *timer)
{
	spin.interrupts++;
	spin_lock(&spin.irq_lock);
	change_pair(&spin.c, &spin.d);
	spin_unlock(&spin.irq_lock);
	tasklet_schedule(&spin.tasklet);
	hrtimer_forward_now(timer, 37 * NSEC_PER_USEC + get_random_u32() % 64000);
	return HRTIMER_RESTART;
}

static int spin_thread(void *data)
{
	unsigned int operations = *(unsigned int *)data, i;

	for (i = 0; i < operations; i++) {
		unsigned long flags;

		spin_lock_bh(&spin.bh_lock);
		change_pair(&spin.a, &spin.b);
		spin_unlock_bh(&spin.bh_lock);
		spin_lock_irqsave(&spin.irq_lock, flags);
		change_pair(&spin.c, &spin.d);
		spin_unlock_irqrestore(&spin.irq_lock, flags);
	}
	return 0;
}

static void spin_stop(void *unused)
{
	del_timer_sync(&spin.timer);
	hrtimer_cancel(&spin.hrtimer);
	tasklet_kill(&spin.tasklet);
}

static void tortured_spinlocks(struct kunit *test)
{
	static unsigned int operations = 20000;
	struct task_struct *tasks[THREADS];
	int i;

	memset(&spin, 0, sizeof(spin));
	spin_lock_init(&spin.bh_lock);
	spin_lock_init(&spin.irq_lock);
	timer_setup(&spin.timer, spin_timer, 0);
	tasklet_setup(&spin.tasklet, spin_tasklet);
	hrtimer_init(&spin.hrtimer, CLOCK_MONOTONIC, HRTIMER_MODE_REL);
	spin.hrtimer.function = spin_interrupt;
	KUNIT_ASSERT_EQ(test, kunit_add_action(test, spin_stop, NULL), 0);
	mod_timer(&spin.timer, jiffies + 1);
	hrtimer_start(&spin.hrtimer, NSEC_PER_MSEC, HRTIMER_MODE_REL);
	for (i = 0; i < THREADS; i++)
		tasks[i] = start_thread(test, spin_thread, &operations);
	for (i = 0; i < THREADS; i++)
		KUNIT_EXPECT_EQ(test, wait_for_end(tasks[i]), 0);
	kunit_release_action(test, spin_stop, NULL);
	KUNIT_EXPECT_EQ(test, spin.broken, 0U);
	KUNIT_EXPECT_GT(test, spin.interrupts, 10U);
	KUNIT_EXPECT_GT(test, spin.softirqs, 10U);
	KUNIT_EXPECT_EQ(test, spin.a, (unsigned long)THREADS * operations + spin.softirqs);
	KUNIT_EXPECT_EQ(test, spin.c,
			(unsigned long)THREADS * operations + spin.softirqs + spin.interrupts);
}

static void api_L3_spin_trylock(struct kunit *test)
{
	DEFINE_SPINLOCK(lock);
	unsigned long flags;

	KUNIT_EXPECT_EQ(test, spin_trylock(&lock), 1);
	KUNIT_EXPECT_EQ(test, preempt_count(), 1);
	KUNIT_EXPECT_TRUE(test, spin_is_locked(&lock));
	KUNIT_EXPECT_EQ(test, spin_trylock(&lock), 0);
	KUNIT_EXPECT_EQ(test, spin_trylock_irqsave(&lock, flags), 0);
	KUNIT_EXPECT_FALSE(test, irqs_disabled());
	KUNIT_EXPECT_EQ(test, spin_trylock_bh(&lock), 0);
	KUNIT_EXPECT_EQ(test, preempt_count(), 1);
	spin_unlock(&lock);
	KUNIT_EXPECT_EQ(test, spin_trylock_irqsave(&lock, flags), 1);
	KUNIT_EXPECT_TRUE(test, irqs_disabled());
	spin_unlock_irqrestore(&lock, flags);
	KUNIT_EXPECT_FALSE(test, spin_is_locked(&lock));
}

static struct kunit_case locks_cases[] = { KUNIT_CASE_SLOW(api_L3_mutex_in_the_order_of_asking),
					   KUNIT_CASE(a_mutex_is_handed_over),
					   KUNIT_CASE(api_L3_mutex_trylock),
					   KUNIT_CASE(a_mutex_unlocked_by_another_stays_locked),
					   KUNIT_CASE(a_mutex_taken_twice_is_reported),
					   KUNIT_CASE(api_L3_rwsem_readers_together_writer_alone),
					   KUNIT_CASE(a_writer_is_not_starved),
					   KUNIT_CASE(api_L3_downgrade_write),
					   KUNIT_CASE(a_rwsem_given_back_wrongly_is_reported),
					   KUNIT_CASE(api_L3_semaphore_counts),
					   KUNIT_CASE_SLOW(api_L3_semaphore_without_waiting),
					   KUNIT_CASE(api_L3_spin_trylock),
					   KUNIT_CASE_SLOW(some_contention),
					   KUNIT_CASE_SLOW(a_tortured_mutex),
					   KUNIT_CASE_SLOW(a_tortured_rwsem),
					   KUNIT_CASE_SLOW(a_tortured_semaphore),
					   KUNIT_CASE_SLOW(tortured_spinlocks),
					   {} };

static struct kunit_suite locks_suite = { .name = "locks", .test_cases = locks_cases };
kunit_test_suite(locks_suite);
