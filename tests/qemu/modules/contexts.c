// SPDX-License-Identifier: MIT
/*
 * A module that uses the names of API.md 17 L3, L4, L5 and L8 as code from outside the tree does,
 * with the headers that it would include for them. How they behave is the kernel's own suites'.
 */
#include <linux/atomic.h>
#include <linux/completion.h>
#include <linux/cpumask.h>
#include <linux/delay.h>
#include <linux/hardirq.h>
#include <linux/hrtimer.h>
#include <linux/interrupt.h>
#include <linux/kthread.h>
#include <linux/lockdep.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/percpu.h>
#include <linux/preempt.h>
#include <linux/rcupdate.h>
#include <linux/refcount.h>
#include <linux/rwsem.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/semaphore.h>
#include <linux/slab.h>
#include <linux/smp.h>
#include <linux/spinlock.h>
#include <linux/srcu.h>
#include <linux/timer.h>
#include <linux/wait.h>
#include <linux/workqueue.h>
#include <kunit/test.h>

static DEFINE_SPINLOCK(spin);
static DEFINE_MUTEX(mutex);
static DECLARE_RWSEM(rwsem);
static DEFINE_SEMAPHORE(semaphore);
static DECLARE_WAIT_QUEUE_HEAD(queue);
static DEFINE_PER_CPU(int, counter);
DEFINE_STATIC_SRCU(srcu);

static void api_L3_locks(struct kunit *test)
{
	unsigned long flags;

	spin_lock(&spin);
	lockdep_assert_held(&spin);
	KUNIT_EXPECT_FALSE(test, spin_trylock(&spin));
	spin_unlock(&spin);
	spin_lock_irq(&spin);
	KUNIT_EXPECT_TRUE(test, irqs_disabled());
	spin_unlock_irq(&spin);
	spin_lock_irqsave(&spin, flags);
	spin_unlock_irqrestore(&spin, flags);
	spin_lock_bh(&spin);
	KUNIT_EXPECT_TRUE(test, in_softirq() && softirq_count());
	spin_unlock_bh(&spin);
	KUNIT_EXPECT_FALSE(test, spin_is_locked(&spin));
	mutex_lock(&mutex);
	KUNIT_EXPECT_TRUE(test, mutex_is_locked(&mutex));
	mutex_unlock(&mutex);
	KUNIT_EXPECT_TRUE(test, mutex_trylock(&mutex));
	mutex_unlock(&mutex);
	KUNIT_EXPECT_EQ(test, mutex_lock_interruptible(&mutex), 0);
	mutex_unlock(&mutex);
	down_read(&rwsem);
	KUNIT_EXPECT_FALSE(test, down_write_trylock(&rwsem));
	up_read(&rwsem);
	down_write(&rwsem);
	downgrade_write(&rwsem);
	up_read(&rwsem);
	down(&semaphore);
	KUNIT_EXPECT_EQ(test, down_trylock(&semaphore), 1);
	up(&semaphore);
	KUNIT_EXPECT_EQ(test, down_interruptible(&semaphore), 0);
	up(&semaphore);
}

static void api_L3_counts(struct kunit *test)
{
	atomic_t count = ATOMIC_INIT(3);
	atomic64_t wide = ATOMIC64_INIT(0);
	atomic_long_t number = ATOMIC_LONG_INIT(0);
	refcount_t refs = REFCOUNT_INIT(1);

	atomic_inc(&count);
	atomic_add(4, &count);
	atomic_sub(1, &count);
	KUNIT_EXPECT_EQ(test, atomic_read(&count), 7);
	KUNIT_EXPECT_EQ(test, atomic_inc_return(&count), 8);
	KUNIT_EXPECT_EQ(test, atomic_cmpxchg(&count, 8, 1), 8);
	KUNIT_EXPECT_EQ(test, atomic_xchg(&count, 5), 1);
	KUNIT_EXPECT_FALSE(test, atomic_dec_and_test(&count));
	KUNIT_EXPECT_EQ(test, atomic_fetch_add(2, &count), 4);
	KUNIT_EXPECT_TRUE(test, atomic_add_unless(&count, 1, 0));
	KUNIT_EXPECT_TRUE(test, atomic_inc_not_zero(&count));
	atomic_set(&count, 0);
	atomic64_add(1LL << 40, &wide);
	KUNIT_EXPECT_EQ(test, atomic64_read(&wide), 1LL << 40);
	atomic_long_inc(&number);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&number), 1);
	refcount_inc(&refs);
	KUNIT_EXPECT_FALSE(test, refcount_dec_and_test(&refs));
	KUNIT_EXPECT_TRUE(test, refcount_dec_and_test(&refs));
	smp_mb();
	smp_store_release(&count.counter, 2);
	KUNIT_EXPECT_EQ(test, smp_load_acquire(&count.counter), 2);
	KUNIT_EXPECT_EQ(test, xchg(&count.counter, 3), 2);
	KUNIT_EXPECT_EQ(test, cmpxchg(&count.counter, 3, 4), 3);
}

struct record {
	struct rcu_head rcu;
	int value;
};
static struct record __rcu *record;
static struct completion called;

static void record_free(struct rcu_head *head)
{
	kfree(container_of(head, struct record, rcu));
	complete(&called);
}

static void api_L3_rcu(struct kunit *test)
{
	struct record *old = kzalloc(sizeof(*old), GFP_KERNEL);
	int index;

	KUNIT_ASSERT_NOT_NULL(test, old);
	init_completion(&called);
	rcu_assign_pointer(record, old);
	rcu_read_lock();
	KUNIT_EXPECT_EQ(test, rcu_dereference(record)->value, 0);
	rcu_read_unlock();
	RCU_INIT_POINTER(record, NULL);
	synchronize_rcu();
	call_rcu(&old->rcu, record_free);
	wait_for_completion(&called);
	rcu_barrier();

	old = kzalloc(sizeof(*old), GFP_KERNEL);
	kfree_rcu(old, rcu);
	old = kvmalloc(sizeof(*old), GFP_KERNEL);
	kvfree_rcu(old, rcu);
	old = kvmalloc(2 * PAGE_SIZE, GFP_KERNEL);
	kvfree_rcu(old);
	old = kzalloc(sizeof(*old), GFP_KERNEL);
	kfree_rcu(old);

	index = srcu_read_lock(&srcu);
	srcu_read_unlock(&srcu, index);
	synchronize_srcu(&srcu);
}

static bool stop_it;

static int wait_to_stop(void *data)
{
	WRITE_ONCE(*(int *)data, task_cpu(current) + 1);
	set_current_state(TASK_INTERRUPTIBLE);
	__set_current_state(TASK_RUNNING);
	while (!kthread_should_stop()) {
		wait_event_interruptible(queue, READ_ONCE(stop_it) || kthread_should_stop());
		if (signal_pending(current))
			return -EINTR;
		cond_resched();
		schedule_timeout_interruptible(1);
	}
	return 7;
}

static void on_this_cpu(void *info)
{
	*(int *)info = smp_processor_id();
}

static void api_L4_threads(struct kunit *test)
{
	int where = 0, cpu;
	struct task_struct *task = kthread_create(wait_to_stop, &where, "outside/%d", 1);

	KUNIT_ASSERT_FALSE(test, IS_ERR(task));
	KUNIT_EXPECT_STREQ(test, task->comm, "outside/1");
	kthread_bind(task, 0);
	get_task_struct(task);
	wake_up_process(task);
	while (!READ_ONCE(where)) /* one that is stopped before it began never begins */
		msleep(1);
	WRITE_ONCE(stop_it, true);
	wake_up_all(&queue);
	KUNIT_EXPECT_EQ(test, kthread_stop(task), 7);
	put_task_struct(task);
	KUNIT_EXPECT_EQ(test, where, 1);
	KUNIT_EXPECT_EQ(test, wait_event_timeout(queue, false, 1), 0);
	KUNIT_EXPECT_EQ(test, schedule_timeout_uninterruptible(1), 0);
	KUNIT_EXPECT_FALSE(test, need_resched() && !preempt_count());
	KUNIT_EXPECT_EQ(test, set_cpus_allowed_ptr(current, cpumask_of(0)), 0);
	KUNIT_EXPECT_EQ(test, set_cpus_allowed_ptr(current, cpu_possible_mask), 0);
	cpu = get_cpu();
	KUNIT_EXPECT_TRUE(test, in_atomic());
	KUNIT_EXPECT_TRUE(test, cpumask_test_cpu(cpu, cpu_online_mask));
	put_cpu();
	where = -1;
	KUNIT_EXPECT_EQ(test, smp_call_function_single(0, on_this_cpu, &where, 1), 0);
	KUNIT_EXPECT_EQ(test, where, 0);
	KUNIT_EXPECT_GE(test, num_online_cpus(), 1);
	KUNIT_EXPECT_GT(test, current->pid, 0);
}

static void api_L4_percpu(struct kunit *test)
{
	long __percpu *numbers = alloc_percpu(long);
	long sum = 0;
	int cpu;

	KUNIT_ASSERT_NOT_NULL(test, numbers);
	for_each_possible_cpu(cpu)
		*per_cpu_ptr(numbers, cpu) = cpu;
	for_each_online_cpu(cpu)
		sum += *per_cpu_ptr(numbers, cpu) - cpu;
	KUNIT_EXPECT_EQ(test, sum, 0);
	preempt_disable();
	*this_cpu_ptr(numbers) += 5;
	preempt_enable();
	this_cpu_inc(counter);
	this_cpu_add(counter, 2);
	for_each_possible_cpu(cpu)
		sum += per_cpu(counter, cpu);
	KUNIT_EXPECT_EQ(test, sum, 3);
	get_cpu_var(counter) = 0;
	put_cpu_var(counter);
	free_percpu(numbers);
}

static struct completion done;
static int runs;

static void timer_function(struct timer_list *timer)
{
	runs++;
	complete(&done);
}

static enum hrtimer_restart hrtimer_function(struct hrtimer *timer)
{
	if (++runs == 3) {
		complete(&done);
		return HRTIMER_NORESTART;
	}
	hrtimer_forward_now(timer, ns_to_ktime(200000));
	return HRTIMER_RESTART;
}

static void tasklet_function(struct tasklet_struct *tasklet)
{
	complete(&done);
}

static void work_function(struct work_struct *work)
{
	complete(&done);
}

static void begin(void)
{
	runs = 0;
	reinit_completion(&done);
}

static void api_L5_timers(struct kunit *test)
{
	struct timer_list timer;
	struct hrtimer hrtimer;

	init_completion(&done);
	begin();
	timer_setup(&timer, timer_function, 0);
	mod_timer(&timer, jiffies + 1);
	wait_for_completion(&done);
	KUNIT_EXPECT_EQ(test, runs, 1);
	timer.expires = jiffies + 1000 * HZ;
	add_timer(&timer);
	KUNIT_EXPECT_TRUE(test, timer_pending(&timer));
	KUNIT_EXPECT_EQ(test, del_timer_sync(&timer), 1);
	KUNIT_EXPECT_EQ(test, del_timer(&timer), 0);

	begin();
	hrtimer_init(&hrtimer, CLOCK_MONOTONIC, HRTIMER_MODE_REL);
	hrtimer.function = hrtimer_function;
	hrtimer_start(&hrtimer, ns_to_ktime(100000), HRTIMER_MODE_REL);
	wait_for_completion(&done);
	hrtimer_cancel(&hrtimer);
	KUNIT_EXPECT_EQ(test, runs, 3);
}

static void api_L5_deferred(struct kunit *test)
{
	struct workqueue_struct *own = alloc_workqueue("outside", 0, 0);
	struct tasklet_struct tasklet;
	struct delayed_work delayed;
	struct work_struct work;

	KUNIT_ASSERT_NOT_NULL(test, own);
	init_completion(&done);
	tasklet_setup(&tasklet, tasklet_function);
	tasklet_schedule(&tasklet);
	wait_for_completion(&done);
	tasklet_disable(&tasklet);
	tasklet_enable(&tasklet);
	tasklet_kill(&tasklet);

	begin();
	INIT_WORK(&work, work_function);
	KUNIT_EXPECT_TRUE(test, schedule_work(&work));
	flush_work(&work);
	KUNIT_EXPECT_TRUE(test, try_wait_for_completion(&done));
	queue_work(own, &work);
	flush_workqueue(own);
	KUNIT_EXPECT_TRUE(test, try_wait_for_completion(&done));
	cancel_work_sync(&work);
	INIT_DELAYED_WORK(&delayed, work_function);
	schedule_delayed_work(&delayed, 1000 * HZ);
	KUNIT_EXPECT_TRUE(test, delayed_work_pending(&delayed));
	KUNIT_EXPECT_TRUE(test, cancel_delayed_work_sync(&delayed));
	queue_delayed_work(own, &delayed, 1);
	flush_delayed_work(&delayed);
	mod_delayed_work(own, &delayed, 1);
	wait_for_completion(&done);
	cancel_delayed_work(&delayed);
	destroy_workqueue(own);
}

static irqreturn_t handler(int irq, void *cookie)
{
	return IRQ_NONE;
}

static void api_L5_interrupts(struct kunit *test)
{
	int cookie;

	/* ISA line 5 has no device here: it is nobody's. */
	KUNIT_ASSERT_EQ(test, request_irq(5, handler, IRQF_SHARED, "outside", &cookie), 0);
	disable_irq(5);
	enable_irq(5);
	synchronize_irq(5);
	free_irq(5, &cookie);
	KUNIT_EXPECT_FALSE(test, in_interrupt() || in_hardirq() || in_task() == 0);
}

/* --- KUnit itself -------------------------------------------------------------------------- */

static int freed;

static void note_free(void *context)
{
	freed += *(int *)context;
}

static void api_L8_expectations(struct kunit *test)
{
	const char *text = "same";
	static int five = 5;
	char *block = kunit_kmalloc(test, 10, GFP_KERNEL),
	     *zeros = kunit_kzalloc(test, 10, GFP_KERNEL);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, block);
	KUNIT_ASSERT_NOT_NULL(test, zeros);
	KUNIT_EXPECT_TRUE(test, true);
	KUNIT_EXPECT_FALSE_MSG(test, false, "never %d", 1);
	KUNIT_EXPECT_EQ_MSG(test, 1, 1, "never");
	KUNIT_EXPECT_NE(test, 1, 2);
	KUNIT_EXPECT_LT(test, 1, 2);
	KUNIT_EXPECT_LE(test, 1, 1);
	KUNIT_EXPECT_GT(test, 2, 1);
	KUNIT_EXPECT_GE(test, 1, 1);
	KUNIT_EXPECT_NULL(test, NULL);
	KUNIT_EXPECT_PTR_EQ(test, block, block);
	KUNIT_EXPECT_PTR_NE(test, block, zeros);
	KUNIT_EXPECT_STREQ(test, text, "same");
	KUNIT_EXPECT_STRNEQ(test, text, "other");
	KUNIT_EXPECT_MEMEQ(test, zeros, "\0\0\0", 3);
	KUNIT_ASSERT_TRUE(test, true);
	KUNIT_ASSERT_FALSE(test, false);
	KUNIT_ASSERT_EQ(test, 1, 1);
	KUNIT_ASSERT_STREQ_MSG(test, text, "same", "never");
	kunit_info(test, "said from outside\n");
	KUNIT_EXPECT_EQ(test, kunit_add_action(test, note_free, &five), 0);
	kunit_release_action(test, note_free, &five);
	KUNIT_EXPECT_EQ(test, freed, 5);
	KUNIT_EXPECT_PTR_EQ(test, test->priv, &freed);
}

static void api_L8_named_resources(struct kunit *test)
{
	static struct kunit_resource resource;
	struct kunit_resource *found;

	KUNIT_ASSERT_EQ(test, kunit_add_named_resource(test, NULL, NULL, &resource, "mine", &freed),
			0);
	found = kunit_find_named_resource(test, "mine");
	KUNIT_ASSERT_PTR_EQ(test, found, &resource);
	KUNIT_EXPECT_PTR_EQ(test, found->data, &freed);
	kunit_put_resource(found);
}

static void api_L8_skipped(struct kunit *test)
{
	kunit_skip(test, "for a reason");
}

static const int params[] = { 1, 2, 3 };
KUNIT_ARRAY_PARAM(some, params, NULL);

static void api_L8_params(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, *(const int *)test->param_value, test->param_index + 1);
}

static int contexts_init(struct kunit *test)
{
	test->priv = &freed;
	freed = 0;
	return 0;
}

static struct kunit_case contexts_cases[] = {
	KUNIT_CASE(api_L3_locks),
	KUNIT_CASE(api_L3_counts),
	KUNIT_CASE(api_L3_rcu),
	KUNIT_CASE(api_L4_threads),
	KUNIT_CASE(api_L4_percpu),
	KUNIT_CASE(api_L5_timers),
	KUNIT_CASE(api_L5_deferred),
	KUNIT_CASE(api_L5_interrupts),
	KUNIT_CASE(api_L8_expectations),
	KUNIT_CASE(api_L8_named_resources),
	KUNIT_CASE(api_L8_skipped),
	KUNIT_CASE_PARAM(api_L8_params, some_gen_params),
	{},
};

static struct kunit_suite contexts_suite = {
	.name = "module_contexts",
	.init = contexts_init,
	.test_cases = contexts_cases,
};
kunit_test_suites(&contexts_suite);

MODULE_LICENSE("GPL");
