// SPDX-License-Identifier: MIT
/*
 * Lock checking: finds deadlocks that did not happen. DEBUG build.
 *
 * Two tasks that take the same two locks in different order get stuck only if both are at
 * it at the same moment: tests will not see it. But each of them, alone, shows in which
 * order it takes them, and that the orders contradict each other can be seen at any time.
 *
 * What counts is not the single lock but its class: all locks that are initialised at one
 * place in the source (of a static lock: itself) are used by the same code in the same way.
 * A class is a node of a graph. Taking a lock of class B while one of class A is held adds
 * the edge A -> B, with both places; from then on "A before B" is the law:
 *
 *	mutex_lock(&a); spin_lock(&b);           a --> b
 *	spin_lock(&b);  spin_lock(&c);           a --> b --> c
 *	spin_lock(&c);  mutex_lock(&a);          a --> b --> c
 *	                                         ^-----------'   there is a way from a to c:
 *	                                                         the new edge would close a circle
 *
 * So before a new edge A -> B the graph is searched for a way from B to A. If there is one,
 * that is reported, with the locks held now and with the chain that was known, and the
 * edge is not added: the graph never has a circle. A pair that has been seen is a bit in a
 * matrix, so all but the first time costs one test for each lock held.
 *
 * Only the direct edge is needed: what is held outside of A has its edge to A already,
 * unless A was got by a try. Who tries does not wait, cannot get stuck, and proves no
 * order; so a lock got by a try has edges that leave it, but none that arrive.
 *
 * Readers of a rwsem count like writers. They stand in line behind a writer who waits, so a
 * reader who comes a second time may wait for that writer, who waits for the reader.
 *
 * Interrupts. What an interrupt takes says nothing about the order of the task below it,
 * which may have held its locks by chance. So each held lock notes the context that took
 * it, and only those of the same one make edges. What can go wrong is this:
 *
 *	task: spin_lock(&a)
 *	          <interrupt> spin_lock(&a)      waits for the task, which waits for it
 *
 * A class that an interrupt takes must therefore never be held where that interrupt may come:
 * usage bits of each class, for hard interrupts and for softirqs, and a report when one
 * comes to the other. Sleeping locks have none: might_sleep() tells of those in interrupts.
 *
 * With a second CPU that holds also at a distance. Interrupts take a; b is held with
 * interrupts on; somewhere b is taken inside a, or inside of what is taken inside a:
 *
 *	CPU0: spin_lock(&b)                      CPU1: spin_lock_irq(&a)
 *	          <interrupt> spin_lock(&a)                spin_lock(&b)
 *
 * So no way may lead from a class that interrupts take to one that is held where they come.
 *
 * DESIGN.md's lock order is in the graph from the beginning, as edges between the classes
 * that it names. What goes against it is reported the first time.
 *
 * Each pair of classes, and each usage of a class, is reported once. Full tables, and an
 * oops, end the checking.
 *
 * Invariants:
 *  I-lockdep-1  the edges of the graph form no circle
 *  I-lockdep-2  a pair that is an edge, or was reported, is in `seen`; all others are not
 *  I-lockdep-3  of a task's held locks those of one context stand together, the task's
 *               own first, interrupts above what they interrupted
 *
 * Cost: two matrices of 8 KiB, tables of 30 KiB; 400 to 700 instructions for each lock that is
 *       taken and given back (make bench names the pairs).
 *
 * Locking: the classes, the matrices and the edges change under graph_lock, which is
 * invisible to the checker, and is never held while something is reported; held locks belong
 * to the task that runs, with interrupts off. A flag of each CPU keeps the checker from
 * checking what it does itself (reports print).
 *
 * Left out: read-write spinlocks; RCU; the order of waiting for other things than locks.
 */
#ifdef CONFIG_LOCKDEP

#include <linux/bitmap.h>
#include <linux/hardirq.h>
#include <linux/kernel.h>
#include <linux/percpu.h>
#include <linux/sched.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include "lockdep.h"

extern const char _sdata[], __bss_end[];

int debug_locks = 1;

struct lock_class lock_classes[MAX_CLASSES];
struct lock_edge lock_edges[MAX_EDGES];
unsigned int nr_lock_classes = 1, nr_lock_edges = 1;
unsigned int lock_classes_limit = MAX_CLASSES, lock_edges_limit = MAX_EDGES;

static unsigned long seen[MAX_CLASSES][BITS_TO_LONGS(MAX_CLASSES)];
static unsigned long reported_irq_order[MAX_CLASSES][BITS_TO_LONGS(MAX_CLASSES)];
static spinlock_t graph_lock;
static DEFINE_PER_CPU(bool, busy);

/* DESIGN.md, "Lock order", outer to inner. */
static const char *const declared_order[] = {
	"slab_mutex", "vmap_lock", "&cache->node.list_lock", "&zone->lock", "console_lock",
};

/* False: checking has ended, or this is the checker itself. True: interrupts are off until leave(). */
static bool enter(unsigned long *flags)
{
	if (!READ_ONCE(debug_locks) || in_nmi())
		return false;
	local_irq_save(*flags);
	if (this_cpu_read(busy)) {
		local_irq_restore(*flags);
		return false;
	}
	this_cpu_write(busy, true);
	return true;
}

static void leave(unsigned long flags)
{
	this_cpu_write(busy, false);
	local_irq_restore(flags);
}

void debug_locks_off(void)
{
	WRITE_ONCE(debug_locks, 0);
}

static void table_full(const char *what)
{
	struct lock_report report = { .fault = LOCK_TABLE_FULL, .name = what };

	debug_locks_off();
	lockdep_report(&report);
}

/* --- edges ------------------------------------------------------------------- */

/* The edge by which each class was first reached; 0: it was not. Under graph_lock. */
static u16 arrived_by[MAX_CLASSES];

/* From one class along the edges, breadth first, so that the shortest ways are found. */
static void spread(unsigned int from)
{
	static u16 queue[MAX_CLASSES];
	unsigned int head = 0, tail = 0, edge;

	memset(arrived_by, 0, sizeof(arrived_by));
	queue[tail++] = from;
	while (head < tail) {
		for (edge = lock_classes[queue[head++]].edges; edge; edge = lock_edges[edge].next) {
			unsigned int inner = lock_edges[edge].inner;

			if (arrived_by[inner])
				continue;
			arrived_by[inner] = edge;
			queue[tail++] = inner;
		}
	}
}

static unsigned int trace_back(unsigned int from, unsigned int to, u16 path[MAX_PATH])
{
	unsigned int length = 0, class, edge;

	if (!arrived_by[to])
		return 0;
	for (class = to; class != from; class = lock_edges[arrived_by[class]].outer)
		length++;
	for (class = to, edge = length; edge--; class = lock_edges[arrived_by[class]].outer)
		if (edge < MAX_PATH)
			path[edge] = arrived_by[class];
	return length;
}

/* Under graph_lock; tests, with interrupts off. */
unsigned int lockdep_find_path(unsigned int from, unsigned int to, u16 path[MAX_PATH])
{
	spread(from);
	return trace_back(from, to, path);
}

/* Under graph_lock. False: there is no room. */
static bool add_edge(unsigned int outer, unsigned int inner, unsigned long outer_ip,
		     unsigned long inner_ip)
{
	unsigned int nr = nr_lock_edges;

	__set_bit(inner, seen[outer]);
	if (nr >= lock_edges_limit)
		return false;
	lock_edges[nr] = (struct lock_edge){ .outer = outer,
					     .inner = inner,
					     .next = lock_classes[outer].edges,
					     .outer_ip = outer_ip,
					     .inner_ip = inner_ip };
	nr_lock_edges++;
	lock_classes[outer].edges = nr;
	return true;
}

/* Under graph_lock: a way, not yet reported, from a class of interrupts to one held where they come. */
static bool find_irq_order(struct lock_report *report)
{
	unsigned int safe, other, excluded;

	for (safe = 1; safe < nr_lock_classes; safe++) {
		excluded = (lock_classes[safe].usage & (1U << IN_HARDIRQ | 1U << IN_SOFTIRQ)) << 1;
		if (!excluded)
			continue;
		spread(safe);
		for (other = 1; other < nr_lock_classes; other++) {
			if (!arrived_by[other] || !(lock_classes[other].usage & excluded) ||
			    __test_and_set_bit(other, reported_irq_order[safe]))
				continue;
			excluded &= lock_classes[other].usage;
			report->usage = excluded & 1U << HARDIRQ_ON ? HARDIRQ_ON : SOFTIRQ_ON;
			report->held.class = safe;
			report->taken.class = other;
			report->nr_path = trace_back(safe, other, report->path);
			return true;
		}
	}
	return false;
}

/* After each new edge and each new usage of a class: they are few. */
static void check_irq_orders(void)
{
	struct lock_report report = { .fault = LOCK_IRQ_ORDER };
	bool found;

	do {
		__spin_acquire(&graph_lock);
		found = find_irq_order(&report);
		__spin_release(&graph_lock);
		if (found)
			lockdep_report(&report);
	} while (found);
}

/* A lock is to be taken while another one is held: is that the order that is known? */
static void check_pair(const struct held_lock *outer, const struct held_lock *inner)
{
	struct lock_report report = { .fault = LOCK_CIRCULAR, .taken = *inner, .held = *outer };
	bool room = true;

	if (test_bit(inner->class, seen[outer->class]))
		return;
	__spin_acquire(&graph_lock);
	report.nr_path = lockdep_find_path(inner->class, outer->class, report.path);
	if (report.nr_path)
		__set_bit(inner->class, seen[outer->class]);
	else
		room = add_edge(outer->class, inner->class, outer->acquire_ip, inner->acquire_ip);
	__spin_release(&graph_lock);

	if (report.nr_path)
		lockdep_report(&report);
	else if (!room)
		table_full("MAX_LOCKDEP_ENTRIES");
	else
		check_irq_orders();
}

static void report_recursion(const struct held_lock *outer, const struct held_lock *inner)
{
	struct lock_report report = { .fault = LOCK_RECURSIVE, .taken = *inner, .held = *outer };
	bool reported;

	__spin_acquire(&graph_lock);
	reported = __test_and_set_bit(inner->class, seen[outer->class]);
	__spin_release(&graph_lock);
	if (!reported)
		lockdep_report(&report);
}

/* Is one of its class held already, by the same context? */
static bool is_recursive(const struct task_struct *task, const struct held_lock *inner)
{
	const struct held_lock *outer = inner;

	while (outer-- > task->held_locks && outer->context == inner->context) {
		if (outer->class != inner->class)
			continue;
		report_recursion(outer, inner);
		return true;
	}
	return false;
}

/*
 * Of the lock that was put last on the task's list, and was waited for. A recursion is a
 * circle too, by way of what is held in between: it is reported as what it is.
 */
static void check_order(const struct task_struct *task, const struct held_lock *inner)
{
	const struct held_lock *outer = inner;

	if (is_recursive(task, inner))
		return;
	while (outer-- > task->held_locks && outer->context == inner->context) {
		check_pair(outer, inner);
		if (!(outer->flags & __LOCK_TRY))
			return;
	}
}

/* --- usage ------------------------------------------------------------------- */

static void mark(const struct held_lock *held, enum lock_usage usage)
{
	struct lock_class *class = &lock_classes[held->class];
	struct lock_report report = { .fault = LOCK_IRQ_UNSAFE, .taken = *held, .usage = usage };
	unsigned int before;

	if ((class->flags & __LOCK_SLEEPS) || (READ_ONCE(class->usage) & 1U << usage))
		return;
	__spin_acquire(&graph_lock);
	before = class->usage;
	class->usage |= 1U << usage;
	class->usage_ip[usage] = held->acquire_ip;
	__spin_release(&graph_lock);
	if (before & 1U << usage)
		return;
	if (before & 1U << (usage ^ 1))
		lockdep_report(&report);
	check_irq_orders();
}

static void mark_waited_for(const struct held_lock *held)
{
	if (in_hardirq())
		mark(held, IN_HARDIRQ);
	else if (in_serving_softirq())
		mark(held, IN_SOFTIRQ);
}

/*
 * Interrupts are on: so they may come while these are held. Looked at whenever a lock is
 * taken or given back, so that it does not matter whether they were on from the beginning.
 */
static void mark_interruptible(struct task_struct *task)
{
	const struct held_lock *held = &task->held_locks[task->lockdep_depth];
	unsigned int context = held > task->held_locks ? held[-1].context : 0;

	while (held-- > task->held_locks && held->context == context) {
		mark(held, HARDIRQ_ON);
		if (!softirq_count())
			mark(held, SOFTIRQ_ON);
	}
}

/* --- classes ----------------------------------------------------------------- */

/*
 * Of a lock that was initialised by its definition: itself, if it is static, otherwise
 * (on a stack) its name, a string that the definition brought with it.
 */
static const void *key_of(const struct lockdep_map *map)
{
	if (map->key)
		return map->key;
	if ((const char *)map >= _sdata && (const char *)map < __bss_end)
		return map;
	return map->name;
}

static unsigned int find_class(const void *key, unsigned int subclass)
{
	unsigned int nr;

	for (nr = 1; nr < nr_lock_classes; nr++)
		if (lock_classes[nr].key == key && lock_classes[nr].subclass == subclass)
			return nr;
	return 0;
}

unsigned int lockdep_find_class(const char *name)
{
	unsigned int nr;

	for (nr = 1; nr < nr_lock_classes; nr++)
		if (lock_classes[nr].key && !strcmp(lock_classes[nr].name, name))
			return nr;
	return 0;
}

/* Under graph_lock: draws the edges between the new class and those that it has its place among. */
static bool declare_order(unsigned int nr)
{
	struct lock_class *class = &lock_classes[nr];
	bool room = true;
	unsigned int rank, other;

	for (rank = 0; rank < ARRAY_SIZE(declared_order); rank++)
		if (!class->subclass && !strcmp(class->name, declared_order[rank]))
			class->rank = rank + 1;
	for (other = 1; class->rank && other < nr_lock_classes; other++) {
		if (lock_classes[other].rank && lock_classes[other].rank < class->rank)
			room &= add_edge(other, nr, 0, 0);
		else if (lock_classes[other].rank > class->rank)
			room &= add_edge(nr, other, 0, 0);
	}
	return room;
}

/* A number that lockdep_unregister_key() left unused, or the next one. */
static unsigned int free_class(void)
{
	unsigned int nr = find_class(NULL, 0);

	if (nr)
		return nr;
	return nr_lock_classes < lock_classes_limit ? nr_lock_classes++ : 0;
}

static unsigned int new_class(const struct lockdep_map *map, const void *key, unsigned int subclass,
			      unsigned int flags, bool *room)
{
	unsigned int nr = free_class();

	*room = nr;
	if (!nr)
		return 0;
	lock_classes[nr] = (struct lock_class){ .key = key,
						.name = map->name ?: "?",
						.subclass = subclass,
						.flags = flags & __LOCK_SLEEPS };
	*room = declare_order(nr);
	return nr;
}

static void report_without_key(struct lockdep_map *map, unsigned long ip)
{
	static bool __section(".data.once") reported;
	struct lock_report report = { .fault = LOCK_NO_KEY };

	if (reported)
		return;
	reported = true;
	report.taken.instance = map;
	report.taken.acquire_ip = ip;
	lockdep_report(&report);
}

/* 0: it has none, and is not checked. */
static unsigned int class_of(struct lockdep_map *map, unsigned int subclass, unsigned int flags,
			     unsigned long ip)
{
	const void *key = key_of(map);
	unsigned int nr = map->class;
	bool room = true;

	subclass += map->subclass;
	if (lock_classes[nr].key == key && lock_classes[nr].subclass == subclass && key)
		return nr;
	if (!key) {
		report_without_key(map, ip);
		return 0;
	}
	__spin_acquire(&graph_lock);
	nr = find_class(key, subclass);
	if (!nr)
		nr = new_class(map, key, subclass, flags, &room);
	__spin_release(&graph_lock);
	if (!room)
		table_full(nr ? "MAX_LOCKDEP_ENTRIES" : "MAX_LOCKDEP_KEYS");
	map->class = nr;
	return nr;
}

void lockdep_init_map(struct lockdep_map *map, const char *name, const struct lock_class_key *key,
		      int subclass)
{
	*map = (struct lockdep_map){ .key = key, .name = name, .subclass = subclass };
}

/* Under graph_lock: those that lead to or from the class are taken out, the last ones move up. */
static void forget_edges(unsigned int class)
{
	unsigned int from, to;

	for (from = 1; from < MAX_CLASSES; from++)
		lock_classes[from].edges = 0;
	for (from = to = 1; from < nr_lock_edges; from++) {
		struct lock_edge edge = lock_edges[from];

		if (edge.outer == class || edge.inner == class)
			continue;
		edge.next = lock_classes[edge.outer].edges;
		lock_classes[edge.outer].edges = to;
		lock_edges[to++] = edge;
	}
	nr_lock_edges = to;
	memset(seen[class], 0, sizeof(seen[class]));
	memset(reported_irq_order[class], 0, sizeof(reported_irq_order[class]));
	for (from = 1; from < MAX_CLASSES; from++) {
		__clear_bit(class, seen[from]);
		__clear_bit(class, reported_irq_order[from]);
	}
}

void lockdep_unregister_key(const struct lock_class_key *key)
{
	unsigned long flags;
	unsigned int nr;

	if (!enter(&flags))
		return;
	__spin_acquire(&graph_lock);
	for (nr = 1; nr < nr_lock_classes; nr++) {
		if (lock_classes[nr].key != key)
			continue;
		forget_edges(nr);
		lock_classes[nr] = (struct lock_class){};
	}
	__spin_release(&graph_lock);
	leave(flags);
}

/* --- taking and giving back --------------------------------------------------- */

/* A number for each context that runs on top of another: the task's is 0. */
static unsigned int this_context(void)
{
	return (hardirq_count() >> HARDIRQ_SHIFT) << 1 | !!in_serving_softirq();
}

/* The newest one of this lock, of this context; NULL: it is not held. */
static struct held_lock *find_held(struct task_struct *task, const struct lockdep_map *map)
{
	struct held_lock *held = &task->held_locks[task->lockdep_depth];
	unsigned int context = this_context();

	while (held-- > task->held_locks && held->context == context)
		if (held->instance == map)
			return held;
	return NULL;
}

static void acquire(struct task_struct *task, const struct held_lock *taken, bool irqs_on)
{
	struct held_lock *held = &task->held_locks[task->lockdep_depth];

	if (task->lockdep_depth == MAX_LOCK_DEPTH) {
		table_full("MAX_LOCK_DEPTH");
		return;
	}
	*held = *taken;
	lock_classes[held->class].taken++;
	if (!(held->flags & __LOCK_TRY)) {
		check_order(task, held);
		mark_waited_for(held);
	}
	task->lockdep_depth++;
	if (irqs_on)
		mark_interruptible(task);
}

void lock_acquire(struct lockdep_map *map, unsigned int subclass, unsigned int how,
		  unsigned long ip)
{
	struct held_lock taken = { .instance = map, .acquire_ip = ip, .flags = how };
	unsigned long flags;

	if (!enter(&flags))
		return;
	taken.context = this_context();
	taken.class = class_of(map, subclass, how, ip);
	if (taken.class)
		acquire(current, &taken, !irqs_disabled_flags(flags));
	leave(flags);
}

static bool release(struct task_struct *task, struct lockdep_map *map, unsigned long ip)
{
	struct lock_report report = { .fault = LOCK_UNBALANCED, .name = map->name };
	struct held_lock *held = find_held(task, map);

	if (held) {
		task->lockdep_depth--;
		memmove(held, held + 1,
			(&task->held_locks[task->lockdep_depth] - held) * sizeof(*held));
		return true;
	}
	report.taken.instance = map;
	report.taken.acquire_ip = ip;
	lockdep_report(&report);
	return false;
}

bool lock_release(struct lockdep_map *map, unsigned long ip)
{
	unsigned long flags;
	bool held;

	if (!enter(&flags))
		return true;
	if (!irqs_disabled_flags(flags))
		mark_interruptible(current);
	held = !key_of(map) || release(current, map, ip);
	leave(flags);
	return held;
}

void __lock_was_awaited(struct lockdep_map *map)
{
	struct held_lock *held;
	unsigned long flags;

	if (!enter(&flags))
		return;
	held = find_held(current, map);
	if (held) {
		held->flags &= ~__LOCK_TRY;
		check_order(current, held);
		mark_waited_for(held);
	}
	leave(flags);
}

/* Sets and clears flags of a lock that the task holds or waits for. */
static void change_flags(const struct lockdep_map *map, unsigned int set, unsigned int clear)
{
	struct held_lock *held;
	unsigned long flags;

	if (!enter(&flags))
		return;
	held = find_held(current, map);
	if (held) {
		held->flags = (held->flags & ~clear) | set;
		lock_classes[held->class].contended += !!(set & __LOCK_WAITING);
	}
	leave(flags);
}

void lock_contended(struct lockdep_map *map)
{
	change_flags(map, __LOCK_WAITING, 0);
}

void lock_acquired(struct lockdep_map *map)
{
	change_flags(map, 0, __LOCK_WAITING);
}

void lock_downgrade(struct lockdep_map *map)
{
	change_flags(map, __LOCK_SHARED, 0);
}

int lock_is_held_type(const struct lockdep_map *map, int read)
{
	const struct task_struct *task = current;
	int state = LOCK_STATE_NOT_HELD;
	unsigned long flags;
	unsigned int i;

	if (!enter(&flags))
		return LOCK_STATE_UNKNOWN;
	for (i = 0; i < task->lockdep_depth; i++)
		if (task->held_locks[i].instance == map &&
		    (read < 0 || !(task->held_locks[i].flags & __LOCK_SHARED) == !read))
			state = LOCK_STATE_HELD;
	leave(flags);
	return state;
}

void debug_check_no_locks_held(void)
{
	struct lock_report report = { .fault = LOCK_STILL_HELD };
	unsigned long flags;

	if (!current->lockdep_depth || !enter(&flags))
		return;
	report.taken = current->held_locks[0];
	lockdep_report(&report);
	current->lockdep_depth = 0;
	leave(flags);
}

#endif
