// SPDX-License-Identifier: MIT
/*
 * How much more two CPUs do than one: `bench_throughput` on the command line. By the clock, so
 * no two runs are the same; scripts/bench prints what it finds and judges nothing.
 *
 * A worker on each CPU does the same work for as long, a few times. Each line says for a number of CPUs how
 * much was done in a second, and of each lock that they share how often it was taken and how
 * often somebody had to wait for it:
 *
 *	throughput: {"name": "page pair", "cpus": 2, "per_second": 9712345, "locks": [
 *		{"name": "zone->lock", "taken": 1, "waits": 0}, ...]}
 */
#include <linux/atomic.h>
#include <linux/cpumask.h>
#include <linux/delay.h>
#include <linux/gfp.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/kthread.h>
#include <linux/ktime.h>
#include <linux/math64.h>
#include <linux/printk.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/timekeeping.h>
#include <memkern/params.h>

#include "../../mm/internal.h"
#include "../../mm/slab.h"

#define RUN_MS 60
#define RUNS   8 /* the best counts: the host has other work as well */
#define CPUS   2
#define CHUNK  512 /* operations between two looks at the clock's end */
#define BURST  256
#define SIZE   128

/* --- work: each function does CHUNK operations ------------------------------------------- */

/* Objects on their way from one CPU to the other: one puts in, the other takes out. */
struct ring {
	unsigned int in __aligned(64);
	unsigned int out __aligned(64);
	void *objects[BURST] __aligned(64);
};

struct worker {
	unsigned int cpu;
	struct ring *to, *from;
	u64 operations, ns;
	void *burst[BURST];
};

static struct ring rings[CPUS];
static struct worker workers[CPUS];

static void page_pairs(struct worker *worker)
{
	unsigned int i;

	for (i = 0; i < CHUNK; i++)
		__free_page(alloc_page(GFP_KERNEL | __GFP_NOFAIL));
}

static void kmalloc_pairs(struct worker *worker)
{
	unsigned int i;

	for (i = 0; i < CHUNK; i++)
		kfree(kmalloc(SIZE, GFP_KERNEL | __GFP_NOFAIL));
}

/* More than a CPU keeps: batches go to the slabs and come back. */
static void kmalloc_bursts(struct worker *worker)
{
	unsigned int i, round;

	for (round = 0; round < CHUNK / BURST; round++) {
		for (i = 0; i < BURST; i++)
			worker->burst[i] = kmalloc(SIZE, GFP_KERNEL | __GFP_NOFAIL);
		for (i = 0; i < BURST; i++)
			kfree(worker->burst[i]);
	}
}

static void page_bursts(struct worker *worker)
{
	unsigned int i, round;

	for (round = 0; round < CHUNK / BURST; round++) {
		for (i = 0; i < BURST; i++)
			worker->burst[i] = alloc_page(GFP_KERNEL | __GFP_NOFAIL);
		for (i = 0; i < BURST; i++)
			__free_page(worker->burst[i]);
	}
}

static bool put(struct ring *ring, void *object)
{
	if (ring->in - smp_load_acquire(&ring->out) == BURST)
		return false;
	ring->objects[ring->in % BURST] = object;
	smp_store_release(&ring->in, ring->in + 1);
	return true;
}

static void *take(struct ring *ring)
{
	void *object;

	if (smp_load_acquire(&ring->in) == ring->out)
		return NULL;
	object = ring->objects[ring->out % BURST];
	smp_store_release(&ring->out, ring->out + 1);
	return object;
}

/* What one allocates the other frees; alone, one does both. */
static void kmalloc_across(struct worker *worker)
{
	unsigned int i;

	for (i = 0; i < CHUNK; i++) {
		void *object = kmalloc(SIZE, GFP_KERNEL | __GFP_NOFAIL);

		if (!put(worker->to, object))
			kfree(object); /* the other one has been stopped, by its host too */
		kfree(take(worker->from));
	}
}

static const struct work {
	const char *name;
	void (*chunk)(struct worker *worker);
} works[] = {
	{ "page pair", page_pairs },	      { "pages x256", page_bursts },
	{ "kmalloc 128", kmalloc_pairs },     { "kmalloc 128 x256", kmalloc_bursts },
	{ "kmalloc across", kmalloc_across },
};

/* --- the locks that are shared ------------------------------------------------------------- */

static struct shared_lock {
	const char *name;
	spinlock_t *lock;
	u16 ticket; /* when it was looked at last: each taker draws the next */
	unsigned long taken, waits_before;
} locks[] = { { .name = "zone->lock" }, { .name = "list_lock" } };

static void find_locks(void)
{
	void *object = kmalloc(SIZE, GFP_KERNEL | __GFP_NOFAIL);
	struct page *page = alloc_page(GFP_KERNEL | __GFP_NOFAIL);

	locks[0].lock = &page_zone(page)->lock;
	locks[1].lock = &virt_to_slab(object)->slab_cache->node.list_lock;
	__free_page(page);
	kfree(object);
}

/* Often enough that no ticket comes round: a chunk of two CPUs takes fewer locks. */
static void count_taken(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(locks); i++) {
		u16 now = READ_ONCE(locks[i].lock->next);

		locks[i].taken += (u16)(now - locks[i].ticket);
		locks[i].ticket = now;
	}
}

static void begin_counting(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(locks); i++) {
		locks[i].ticket = READ_ONCE(locks[i].lock->next);
		locks[i].taken = 0;
		locks[i].waits_before = __spin_waits(locks[i].lock);
	}
}

/* --- a run --------------------------------------------------------------------------------- */

static const struct work *work;
static atomic_t ready;
static unsigned int nr_workers;
static bool stop;

static int run_worker(void *data)
{
	struct worker *worker = data;
	ktime_t start;

	work->chunk(worker); /* to warm up */
	atomic_inc(&ready);
	while (atomic_read(&ready) < (int)nr_workers)
		cpu_relax();
	start = ktime_get();
	while (!READ_ONCE(stop)) {
		work->chunk(worker);
		worker->operations += CHUNK;
		if (!worker->cpu)
			count_taken();
	}
	worker->ns = ktime_get() - start;
	return 0;
}

static void prepare(unsigned int cpu)
{
	struct worker *worker = &workers[cpu];

	worker->cpu = cpu;
	worker->operations = 0;
	worker->to = &rings[(cpu + 1) % nr_workers];
	worker->from = &rings[cpu];
}

static u64 per_second(void)
{
	unsigned int cpu;
	u64 sum = 0;

	for (cpu = 0; cpu < nr_workers; cpu++)
		sum += div64_u64(workers[cpu].operations * NSEC_PER_SEC, workers[cpu].ns ?: 1);
	return sum;
}

static void start_workers(struct task_struct **tasks)
{
	unsigned int cpu;

	atomic_set(&ready, 0);
	stop = false;
	for (cpu = 0; cpu < nr_workers; cpu++) {
		prepare(cpu);
		tasks[cpu] = kthread_create(run_worker, &workers[cpu], "throughput/%u", cpu);
		BUG_ON(IS_ERR(tasks[cpu]));
		kthread_bind(tasks[cpu], cpu);
		get_task_struct(tasks[cpu]);
		wake_up_process(tasks[cpu]);
	}
}

static void stop_workers(struct task_struct **tasks)
{
	unsigned int cpu;
	void *object;

	WRITE_ONCE(stop, true);
	for (cpu = 0; cpu < nr_workers; cpu++) {
		kthread_stop(tasks[cpu]);
		put_task_struct(tasks[cpu]);
		while ((object = take(&rings[cpu])))
			kfree(object);
	}
}

/* Of a number of CPUs, the best run; the locks of all. */
static struct result {
	u64 per_second, operations;
	unsigned long taken[ARRAY_SIZE(locks)], waits[ARRAY_SIZE(locks)];
} results[CPUS + 1];

static void run(struct result *result)
{
	struct task_struct *tasks[CPUS];
	unsigned int i;

	begin_counting();
	start_workers(tasks);
	msleep(RUN_MS);
	stop_workers(tasks);
	count_taken();
	result->per_second = max(result->per_second, per_second());
	for (i = 0; i < nr_workers; i++)
		result->operations += workers[i].operations;
	for (i = 0; i < ARRAY_SIZE(locks); i++) {
		result->taken[i] += locks[i].taken;
		result->waits[i] += __spin_waits(locks[i].lock) - locks[i].waits_before;
	}
}

static void report(const struct result *result, unsigned int cpus)
{
	unsigned int i;

	pr_info("throughput: {\"name\": \"%s\", \"cpus\": %u, \"per_second\": %llu, "
		"\"operations\": %llu, \"locks\": [",
		work->name, cpus, result->per_second, result->operations);
	for (i = 0; i < ARRAY_SIZE(locks); i++)
		pr_cont("%s{\"name\": \"%s\", \"taken\": %lu, \"waits\": %lu}", i ? ", " : "",
			locks[i].name, result->taken[i], result->waits[i]);
	pr_cont("]}\n");
}

/* One CPU and two in turn, so that what else the host does hits both. */
static void run_work(unsigned int most)
{
	unsigned int i;

	memset(results, 0, sizeof(results));
	for (i = 0; i < RUNS; i++)
		for (nr_workers = 1; nr_workers <= most; nr_workers++)
			run(&results[nr_workers]);
	for (i = 1; i <= most; i++)
		report(&results[i], i);
}

static bool wanted;

static int __init set_throughput(char *value)
{
	wanted = true;
	return value ? -EINVAL : 0;
}
early_param("bench_throughput", set_throughput);

static int __init throughput_at_boot(void)
{
	unsigned int i;

	if (!wanted)
		return 0;
	find_locks();
	for (i = 0; i < ARRAY_SIZE(works); i++) {
		work = &works[i];
		run_work(min_t(unsigned int, CPUS, num_online_cpus()));
	}
	return 0;
}
late_initcall(throughput_at_boot);
