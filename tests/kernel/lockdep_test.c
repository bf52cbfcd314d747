// SPDX-License-Identifier: MIT
/*
 * Lock checking: order, owners, sleeping locks, full tables, and the kernel's own locks; each
 * report, and what must not be reported.
 */
#include "lockdep_test.h"

#ifdef CONFIG_LOCKDEP

#include <linux/delay.h>
#include <linux/err.h>
#include <linux/kthread.h>
#include <linux/vmalloc.h>
#include <memkern/monitor.h>

static struct task_struct *start_thread(struct kunit *test, int (*function)(void *))
{
	struct task_struct *task = kthread_create(function, NULL, "lockdep");

	KUNIT_ASSERT_FALSE(test, IS_ERR(task));
	get_task_struct(task);
	wake_up_process(task);
	return task;
}

static void finish_thread(struct task_struct *task)
{
	while (READ_ONCE(task->__state) != TASK_DEAD)
		msleep(1);
	put_task_struct(task);
}

/* --- order ------------------------------------------------------------------- */

static void order_kept_is_silent(struct kunit *test)
{
	a_then_b();
	b_then_c();
	take_nested(&a, &c);
	a_then_b();
	KUNIT_EXPECT_EQ(test, kunit_reports_seen(test), 0);
}

static void inversion_of_two(struct kunit *test)
{
	a_then_b();
	kunit_expect_report(test,
			    "possible circular locking dependency detected: lock_a at b_then_a+0x");
	b_then_a();
	KUNIT_ASSERT_EQ(test, kunit_reports_seen(test), 1);
	KUNIT_EXPECT_EQ(test, last_lock_report.fault, LOCK_CIRCULAR);
	KUNIT_EXPECT_EQ(test, last_lock_report.nr_path, 1);

	print_last_report(test);
	expect_printed(test, "WARNING: possible circular locking dependency detected");
	expect_printed(test, "is trying to acquire lock:");
	expect_printed(test, "but task is already holding lock:");
	expect_printed(test, "(lock_b){++}, at: b_then_a+0x");
	expect_printed(test, "-> #1 (lock_b){++}:\n       taken at a_then_b+0x");
	expect_printed(test, "with (lock_a){++} held,\n       taken at a_then_b+0x");
	expect_printed(test, "-> #0 (lock_a){++}:\n       now, at b_then_a+0x");
	expect_printed(test, "inversion_of_two+0x"); /* the stack */
}

/* A second report would be one that the case did not declare. */
static void inversion_is_reported_once(struct kunit *test)
{
	a_then_b();
	kunit_expect_report(test, "possible circular locking dependency");
	b_then_a();
	b_then_a();
	a_then_b();
	take_nested(&b, &a);
	KUNIT_EXPECT_EQ(test, kunit_reports_seen(test), 1);
}

static void inversion_over_three(struct kunit *test)
{
	a_then_b();
	b_then_c();
	kunit_expect_report(test,
			    "possible circular locking dependency detected: lock_a at c_then_a+0x");
	c_then_a();
	KUNIT_ASSERT_EQ(test, kunit_reports_seen(test), 1);
	KUNIT_EXPECT_EQ(test, last_lock_report.nr_path, 2);

	print_last_report(test);
	expect_printed(test, "-> #2 (lock_c){++}:\n       taken at b_then_c+0x");
	expect_printed(test, "-> #1 (lock_b){++}:\n       taken at a_then_b+0x");
}

/* The pair b, c was never seen alone, but c was taken while both were held. */
static void inversion_with_the_outer_of_three(struct kunit *test)
{
	spin_lock(&a);
	spin_lock(&b);
	spin_lock(&c);
	spin_unlock(&c);
	spin_unlock(&b);
	spin_unlock(&a);
	kunit_expect_report(test, "possible circular locking dependency");
	c_then_a();
	KUNIT_ASSERT_EQ(test, kunit_reports_seen(test), 1);
	KUNIT_EXPECT_EQ(test, last_lock_report.nr_path, 2);
}

/* Given back in another order than taken: what matters is what is held at the time. */
static void release_in_any_order(struct kunit *test)
{
	spin_lock(&a);
	spin_lock(&b);
	spin_unlock(&a);
	spin_lock(&c);
	spin_unlock(&b);
	spin_unlock(&c);
	KUNIT_EXPECT_EQ(test, path_length(a.dep_map.class, b.dep_map.class), 1);
	KUNIT_EXPECT_EQ(test, path_length(b.dep_map.class, c.dep_map.class), 1);
	KUNIT_EXPECT_EQ(test, path_length(a.dep_map.class, c.dep_map.class), 2);
	KUNIT_EXPECT_EQ(test, path_length(c.dep_map.class, a.dep_map.class), 0);
}

static void trylock_proves_no_order(struct kunit *test)
{
	a_then_b();
	spin_lock(&b);
	KUNIT_EXPECT_EQ(test, spin_trylock(&a), 1);
	spin_unlock(&a);
	spin_unlock(&b);
	KUNIT_EXPECT_EQ(test, kunit_reports_seen(test), 0);
}

/* But who holds a lock got by a try, and waits for another, can get stuck; also the ones below. */
static void trylock_is_held_like_any_other(struct kunit *test)
{
	spin_lock(&a);
	KUNIT_EXPECT_EQ(test, spin_trylock(&b), 1);
	spin_lock(&c);
	spin_unlock(&c);
	spin_unlock(&b);
	spin_unlock(&a);
	kunit_expect_report(test, "lock_a at c_then_a+0x");
	kunit_expect_report(test, "lock_b at take_nested+0x");
	c_then_a();
	take_nested(&c, &b);
	KUNIT_EXPECT_EQ(test, kunit_reports_seen(test), 2);
}

static void tries_until_it_succeeds_are_waiting(struct kunit *test)
{
	a_then_b();
	kunit_expect_report(test, "possible circular locking dependency");
	spin_lock(&b);
	KUNIT_EXPECT_EQ(test, spin_trylock(&a), 1);
	__lock_was_awaited(&a.dep_map);
	spin_unlock(&a);
	spin_unlock(&b);
	KUNIT_EXPECT_EQ(test, kunit_reports_seen(test), 1);
}

static void recursion(struct kunit *test)
{
	lockdep_set_class_and_name(&b, &keys[0], "lock_a");
	kunit_expect_report(test, "possible recursive locking detected: lock_a at take_nested+0x");
	take_nested(&a, &b);
	take_nested(&b, &a);
	KUNIT_ASSERT_EQ(test, kunit_reports_seen(test), 1);
	print_last_report(test);
	expect_printed(test, "lock(lock_a);\n  lock(lock_a);");
	expect_printed(test, "May be due to missing lock nesting notation");
}

/* What is taken in between makes it no better. */
static void recursion_further_out(struct kunit *test)
{
	lockdep_set_class_and_name(&c, &keys[0], "lock_a");
	kunit_expect_report(test, "possible recursive locking detected: lock_a");
	spin_lock(&a);
	spin_lock(&b);
	spin_lock(&c);
	spin_unlock(&c);
	spin_unlock(&b);
	spin_unlock(&a);
	KUNIT_ASSERT_EQ(test, kunit_reports_seen(test), 1);
	KUNIT_EXPECT_PTR_EQ(test, last_lock_report.held.instance, &a.dep_map);
}

/* Two locks of one class, nested in a known order. */
static void subclass_is_no_recursion(struct kunit *test)
{
	lockdep_set_class_and_name(&b, &keys[0], "lock_a");
	spin_lock(&a);
	spin_lock_nested(&b, SINGLE_DEPTH_NESTING);
	spin_unlock(&b);
	spin_unlock(&a);
	KUNIT_EXPECT_EQ(test, kunit_reports_seen(test), 0);

	kunit_expect_report(test, "possible circular locking dependency detected: lock_a at ");
	spin_lock_nested(&b, SINGLE_DEPTH_NESTING);
	spin_lock(&a);
	spin_unlock(&a);
	spin_unlock(&b);
	KUNIT_EXPECT_EQ(test, kunit_reports_seen(test), 1);
}

/* Two of one class each, the inner one named as such; without that it would be a recursion. */
static void sleeping_locks_nest_by_subclass(struct kunit *test)
{
	static struct mutex mutexes[2];
	static struct rw_semaphore sems[2];
	int i;

	for (i = 0; i < 2; i++) {
		mutex_init(&mutexes[i]);
		init_rwsem(&sems[i]);
	}
	mutex_lock(&mutexes[0]);
	KUNIT_EXPECT_EQ(test, mutex_lock_interruptible_nested(&mutexes[1], SINGLE_DEPTH_NESTING),
			0);
	down_write(&sems[0]);
	down_write_nested(&sems[1], SINGLE_DEPTH_NESTING);
	up_write(&sems[1]);
	down_read_nested(&sems[1], SINGLE_DEPTH_NESTING);
	KUNIT_EXPECT_EQ(test, kunit_reports_seen(test), 0);
	kunit_expect_report(test, "possible recursive locking detected");
	up_read(&sems[1]);
	down_read(&sems[1]);
	up_read(&sems[1]);
	up_write(&sems[0]);
	mutex_unlock(&mutexes[1]);
	mutex_unlock(&mutexes[0]);
	KUNIT_EXPECT_EQ(test, kunit_reports_seen(test), 1);
}

/* --- who holds what ------------------------------------------------------------ */

static void unlocked_by_nobody(struct kunit *test)
{
	kunit_expect_report(test, "bad unlock balance detected!");
	spin_unlock(&a);
	KUNIT_ASSERT_EQ(test, kunit_reports_seen(test), 1);
	KUNIT_EXPECT_EQ(test, last_lock_report.fault, LOCK_UNBALANCED);
	KUNIT_EXPECT_STREQ(test, last_lock_report.name, "lock_a");
}

static void unlocked_twice(struct kunit *test)
{
	kunit_expect_report(test, "releases lock_a at unlocked_twice+0x");
	spin_lock(&a);
	spin_unlock(&a);
	spin_unlock(&a);
	KUNIT_EXPECT_EQ(test, kunit_reports_seen(test), 1);
	KUNIT_EXPECT_EQ(test, preempt_count(), 0);
	KUNIT_EXPECT_EQ(test, spin_trylock(&a), 1); /* it is as good as before */
	spin_unlock(&a);
}

/* Each of the other forms: what they say about interrupts is done all the same. */
static void unlocked_twice_by_other_forms(struct kunit *test)
{
	unsigned long flags;

	kunit_expect_report(test, "releases lock_a at");
	kunit_expect_report(test, "releases lock_b at");
	spin_lock_irq(&a);
	spin_unlock(&a);
	spin_unlock_irq(&a);
	KUNIT_EXPECT_FALSE(test, irqs_disabled());
	spin_lock_irqsave(&b, flags);
	spin_unlock(&b);
	spin_unlock_irqrestore(&b, flags);
	KUNIT_EXPECT_FALSE(test, irqs_disabled());
	KUNIT_EXPECT_EQ(test, preempt_count(), 0);
	KUNIT_EXPECT_FALSE(test, spin_is_locked(&a) || spin_is_locked(&b));
}

static int unlock_mutex(void *unused)
{
	mutex_unlock(&mutex);
	return 0;
}

static void mutex_unlocked_by_another(struct kunit *test)
{
	kunit_expect_report(test, "releases lock_mutex at unlock_mutex+0x");
	kunit_expect_report(test, "who does not hold it"); /* the mutex's own */
	mutex_lock(&mutex);
	finish_thread(start_thread(test, unlock_mutex));
	KUNIT_EXPECT_EQ(test, lockdep_is_held(&mutex), LOCK_STATE_HELD);
	mutex_unlock(&mutex);
	KUNIT_EXPECT_EQ(test, kunit_reports_seen(test), 2);
}

static int lock_mutex(void *unused)
{
	mutex_lock(&mutex);
	return 0;
}

static void thread_that_ends_with_a_lock(struct kunit *test)
{
	kunit_expect_report(test, "still has locks held! lock_mutex since lock_mutex+0x");
	finish_thread(start_thread(test, lock_mutex));
	KUNIT_EXPECT_EQ(test, kunit_reports_seen(test), 1);
}

static void assertions_tell_readers_from_writers(struct kunit *test)
{
	DECLARE_RWSEM(sem);

	down_read(&sem);
	lockdep_assert_held(&sem);
	lockdep_assert_held_read(&sem);
	kunit_expect_report(test, "assertions_tell_readers_from_writers+0x");
	lockdep_assert_held_write(&sem);
	up_read(&sem);
	KUNIT_EXPECT_EQ(test, kunit_reports_seen(test), 1);
	down_write(&sem);
	lockdep_assert_held_write(&sem);
	downgrade_write(&sem);
	lockdep_assert_held_read(&sem);
	up_read(&sem);
	KUNIT_EXPECT_EQ(test, kunit_reports_seen(test), 1);
}

static void assertions(struct kunit *test)
{
	lockdep_assert_not_held(&a);
	spin_lock(&a);
	lockdep_assert_held(&a);
	lockdep_assert_not_held(&b);
	KUNIT_EXPECT_EQ(test, lockdep_is_held(&a), LOCK_STATE_HELD);
	KUNIT_EXPECT_EQ(test, lockdep_is_held(&b), LOCK_STATE_NOT_HELD);
	spin_unlock(&a);
	KUNIT_EXPECT_EQ(test, kunit_reports_seen(test), 0);

	kunit_expect_report(test, "assertions+0x");
	lockdep_assert_held(&a);
	KUNIT_EXPECT_EQ(test, kunit_reports_seen(test), 1);
}

/* What X1 and X5 print below their headline. */
static void held_locks_are_shown(struct kunit *test)
{
	capture_begin(test, &capture);
	debug_show_held_locks(current);
	capture_end(test, &capture);
	expect_printed(test, "no locks held by");

	mutex_lock(&mutex);
	spin_lock(&a);
	capture_begin(test, &capture);
	debug_show_held_locks(current);
	capture_end(test, &capture);
	spin_unlock(&a);
	mutex_unlock(&mutex);
	expect_printed(test, "2 locks held by");
	expect_printed(test, " (lock_mutex){..}, at: held_locks_are_shown+0x");
	expect_printed(test, " (lock_a){++}, at: held_locks_are_shown+0x");
}

static void sleeping_with_a_spinlock(struct kunit *test)
{
	kunit_expect_report(test, "BUG: sleeping function called from invalid context at");
	spin_lock(&a);
	might_sleep();
	spin_unlock(&a);
	KUNIT_EXPECT_EQ(test, kunit_reports_seen(test), 1);
}

static void scheduling_with_a_spinlock(struct kunit *test)
{
	kunit_expect_report(test, "BUG: scheduling while atomic:");
	spin_lock(&a);
	schedule();
	spin_unlock(&a);
	KUNIT_EXPECT_EQ(test, kunit_reports_seen(test), 1);
}

/* --- sleeping locks -------------------------------------------------------------- */

static int read_twice(void *unused)
{
	down_read(&sem);
	up_read(&sem);
	down_read(&sem);
	up_read(&sem);
	return 0;
}

static void readers_at_the_same_time(struct kunit *test)
{
	down_read(&sem);
	finish_thread(start_thread(test, read_twice));
	up_read(&sem);
	KUNIT_EXPECT_EQ(test, kunit_reports_seen(test), 0);
}

/* A writer may have come in between, whom the second one would stand behind. */
static void reader_who_comes_again(struct kunit *test)
{
	kunit_expect_report(test, "possible recursive locking detected: lock_sem");
	down_read(&sem);
	down_read(&sem);
	up_read(&sem);
	up_read(&sem);
	KUNIT_EXPECT_EQ(test, kunit_reports_seen(test), 1);
}

static void mutex_and_rwsem(struct kunit *test)
{
	mutex_lock(&mutex);
	down_read(&sem);
	up_read(&sem);
	mutex_unlock(&mutex);
	kunit_expect_report(test, "possible circular locking dependency detected: lock_mutex");
	down_write(&sem);
	downgrade_write(&sem);
	mutex_lock(&mutex);
	mutex_unlock(&mutex);
	up_read(&sem);
	KUNIT_EXPECT_EQ(test, kunit_reports_seen(test), 1);
}

static int lock_and_unlock_mutex(void *unused)
{
	mutex_lock(&mutex);
	mutex_unlock(&mutex);
	return 0;
}

static void contention_is_counted(struct kunit *test)
{
	struct task_struct *task;
	unsigned int class, i;

	mutex_lock(&mutex);
	class = mutex.dep_map.class;
	KUNIT_EXPECT_EQ(test, lock_classes[class].contended, 0);
	task = start_thread(test, lock_and_unlock_mutex);
	for (i = 0; i < 1000 && !lock_classes[class].contended; i++)
		msleep(1);
	KUNIT_EXPECT_EQ(test, lock_classes[class].contended, 1);
	KUNIT_EXPECT_EQ(test, task->lockdep_depth, 1);
	KUNIT_EXPECT_TRUE(test, task->held_locks[0].flags & __LOCK_WAITING);
	mutex_unlock(&mutex);
	finish_thread(task);
	KUNIT_EXPECT_EQ(test, lock_classes[class].contended, 1);
	KUNIT_EXPECT_EQ(test, lock_classes[class].taken, 2);
}

/* --- the tables ------------------------------------------------------------------ */

/* What is on a stack, or in an object, has no address that could stand for a class. */
static void lock_without_a_key(struct kunit *test)
{
	spinlock_t lock = {};

	kunit_expect_report(test, "INFO: trying to register non-static key");
	spin_lock(&lock);
	spin_unlock(&lock);
	spin_lock(&lock);
	spin_unlock(&lock);
	KUNIT_EXPECT_EQ(test, kunit_reports_seen(test), 1);
}

static void lock_defined_on_the_stack(struct kunit *test)
{
	DEFINE_SPINLOCK(lock_on_the_stack);

	spin_lock(&lock_on_the_stack);
	KUNIT_EXPECT_EQ(test, lock_on_the_stack.dep_map.class,
			lockdep_find_class("lock_on_the_stack"));
	KUNIT_EXPECT_NE(test, lock_on_the_stack.dep_map.class, 0);
	spin_unlock(&lock_on_the_stack);
}

/*
 * Without the CPU being given away between the end of checking and its beginning anew: what
 * others do meanwhile would be unknown.
 */
static void begin_again(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, debug_locks, 0);
	current->lockdep_depth = 0;
	debug_locks = 1;
	preempt_enable();
	KUNIT_EXPECT_EQ(test, kunit_reports_seen(test), 1);
}

static void classes_are_full(struct kunit *test)
{
	unsigned int i;

	kunit_expect_report(test, "BUG: MAX_LOCKDEP_KEYS too low!");
	preempt_disable();
	lock_classes_limit = nr_lock_classes;
	for (i = 0; debug_locks && i < MAX_CLASSES; i++) {
		spin_lock_nested(&a, i);
		spin_unlock(&a);
	}
	lock_classes_limit = MAX_CLASSES;
	b_then_a();
	begin_again(test);
}

static void edges_are_full(struct kunit *test)
{
	kunit_expect_report(test, "BUG: MAX_LOCKDEP_ENTRIES too low!");
	preempt_disable();
	lock_edges_limit = nr_lock_edges;
	a_then_b();
	lock_edges_limit = MAX_EDGES;
	b_then_c();
	begin_again(test);
}

static void too_many_held(struct kunit *test)
{
	static spinlock_t locks[MAX_LOCK_DEPTH + 1];
	unsigned int i;

	kunit_expect_report(test, "BUG: MAX_LOCK_DEPTH too low!");
	preempt_disable();
	for (i = 0; i < ARRAY_SIZE(locks); i++) {
		spin_lock_init(&locks[i]);
		lockdep_set_class_and_name(&locks[i], &keys[0], "lock_a");
		spin_lock_nested(&locks[i], i);
	}
	while (i--)
		spin_unlock(&locks[i]);
	begin_again(test);
}

static void forgotten_classes_leave_nothing(struct kunit *test)
{
	unsigned int edges = nr_lock_edges;

	a_then_b();
	b_then_c();
	KUNIT_EXPECT_EQ(test, nr_lock_edges, edges + 2);
	lockdep_unregister_key(&keys[1]);
	KUNIT_EXPECT_EQ(test, nr_lock_edges, edges);
	KUNIT_EXPECT_EQ(test, lockdep_find_class("lock_b"), 0);
	fresh_locks();
	b_then_a();
	take_nested(&c, &b);
	KUNIT_EXPECT_EQ(test, kunit_reports_seen(test), 0);
	KUNIT_EXPECT_EQ(test, nr_lock_edges, edges + 2);
}

/* --- the kernel's own locks --------------------------------------------------------- */

/* What DESIGN.md declares is in the graph, by the names that the locks really have. */
static void design_lock_order(struct kunit *test)
{
	static const char *const order[] = { "slab_mutex", "vmap_lock", "&cache->node.list_lock",
					     "&zone->lock", "console_lock" };
	unsigned int outer, inner;

	vm_unmap_aliases(); /* vmap_lock is known when it has been taken */
	for (outer = 0; outer < ARRAY_SIZE(order); outer++) {
		unsigned int from = lockdep_find_class(order[outer]);

		KUNIT_ASSERT_NE_MSG(test, from, 0, "no lock is named %s", order[outer]);
		for (inner = outer + 1; inner < ARRAY_SIZE(order); inner++) {
			unsigned int to = lockdep_find_class(order[inner]);

			KUNIT_EXPECT_GT(test, path_length(from, to), 0);
			KUNIT_EXPECT_EQ(test, path_length(to, from), 0);
		}
	}
}

/* Nothing but the declaration says that these two must not be taken so. */
static void design_lock_order_is_checked(struct kunit *test)
{
	lockdep_set_class_and_name(&a, &keys[0], "&zone->lock");
	lockdep_set_class_and_name(&b, &keys[1], "console_lock");
	kunit_expect_report(
		test, "possible circular locking dependency detected: &zone->lock at b_then_a+0x");
	/* As the real ones are: some of those outside of them are taken in interrupts. */
	local_irq_disable();
	b_then_a();
	local_irq_enable();
	KUNIT_ASSERT_EQ(test, kunit_reports_seen(test), 1);
	print_last_report(test);
	expect_printed(test, "taken at DESIGN.md, \"Lock order\"");
}

/* I-lockdep-1 and I-lockdep-2, of all that the kernel has done so far. */
static void graph_has_no_circle(struct kunit *test)
{
	unsigned int edge, counted = 1, class;

	for (edge = 1; edge < nr_lock_edges; edge++)
		KUNIT_EXPECT_EQ_MSG(test,
				    path_length(lock_edges[edge].inner, lock_edges[edge].outer), 0,
				    "%s before %s", lock_classes[lock_edges[edge].outer].name,
				    lock_classes[lock_edges[edge].inner].name);
	for (class = 1; class < nr_lock_classes; class ++)
		for (edge = lock_classes[class].edges; edge; edge = lock_edges[edge].next)
			counted += lock_edges[edge].outer == class;
	KUNIT_EXPECT_EQ(test, counted, nr_lock_edges);
}

/* Of a long listing, the lines that name the tests' locks. */
static void keep_our_lines(struct console *con, const char *s, size_t n)
{
	static char line[512];
	static size_t length;

	for (; n; n--, s++) {
		if (length < sizeof(line) - 1)
			line[length++] = *s;
		if (*s != '\n')
			continue;
		line[length] = '\0';
		if (strstr(line, "lock_mutex") || strstr(line, "lock_a"))
			capture_write(con, line, length);
		length = 0;
	}
}

static void monitor_lists_locks(struct kunit *test)
{
	char holder[40];

	mutex_lock(&mutex);
	spin_lock(&a);
	spin_unlock(&a);
	capture_begin(test, &capture);
	capture.con.write = keep_our_lines;
	monitor_execute("locks");
	monitor_execute("locks --json");
	capture_end(test, &capture);
	mutex_unlock(&mutex);

	expect_printed(test,
		       "lock_mutex                       sleeping          1         0  ..   ");
	expect_printed(test,
		       "lock_a                           spinning          1         0  ++   -\n");
	expect_printed(test, "    inside: ");
	expect_printed(test, "lock_a\nlock_a ");
	expect_printed(test, "\"name\":\"lock_mutex\",\"kind\":\"sleeping\",\"taken\":1,");
	snprintf(holder, sizeof(holder), "\"holder\":\"%s/%d\"", current->comm, current->pid);
	expect_printed(test, holder);
}

static struct kunit_case lockdep_cases[] = {
	KUNIT_CASE(order_kept_is_silent),
	KUNIT_CASE(inversion_of_two),
	KUNIT_CASE(inversion_is_reported_once),
	KUNIT_CASE(inversion_over_three),
	KUNIT_CASE(inversion_with_the_outer_of_three),
	KUNIT_CASE(release_in_any_order),
	KUNIT_CASE(trylock_proves_no_order),
	KUNIT_CASE(trylock_is_held_like_any_other),
	KUNIT_CASE(tries_until_it_succeeds_are_waiting),
	KUNIT_CASE(recursion),
	KUNIT_CASE(recursion_further_out),
	KUNIT_CASE(subclass_is_no_recursion),
	KUNIT_CASE(sleeping_locks_nest_by_subclass),
	KUNIT_CASE(unlocked_by_nobody),
	KUNIT_CASE(unlocked_twice),
	KUNIT_CASE(unlocked_twice_by_other_forms),
	KUNIT_CASE(mutex_unlocked_by_another),
	KUNIT_CASE(thread_that_ends_with_a_lock),
	KUNIT_CASE(assertions),
	KUNIT_CASE(assertions_tell_readers_from_writers),
	KUNIT_CASE(held_locks_are_shown),
	KUNIT_CASE(sleeping_with_a_spinlock),
	KUNIT_CASE(scheduling_with_a_spinlock),
	KUNIT_CASE(readers_at_the_same_time),
	KUNIT_CASE(reader_who_comes_again),
	KUNIT_CASE(mutex_and_rwsem),
	KUNIT_CASE(contention_is_counted),
	KUNIT_CASE(lock_without_a_key),
	KUNIT_CASE(lock_defined_on_the_stack),
	KUNIT_CASE(classes_are_full),
	KUNIT_CASE(edges_are_full),
	KUNIT_CASE(too_many_held),
	KUNIT_CASE(forgotten_classes_leave_nothing),
	KUNIT_CASE(design_lock_order),
	KUNIT_CASE(design_lock_order_is_checked),
	KUNIT_CASE(graph_has_no_circle),
	KUNIT_CASE(monitor_lists_locks),
	{},
};

#endif

static struct kunit_suite lockdep_suite = {
	.name = "lockdep",
	.init = lockdep_test_init,
	.exit = lockdep_test_exit,
	.test_cases = lockdep_cases,
};
kunit_test_suite(lockdep_suite);
