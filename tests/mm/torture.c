// SPDX-License-Identifier: MIT
/*
 * Torture of the allocators.
 *
 * Actors share a table of slots. An operation takes a slot, which it then has to itself:
 *
 *	slot empty	allocate a block of a random kind, size and flags, and fill it
 *	slot full	check every byte, then free the block or, one time in four, resize it
 *
 * Each actor has a context: some threads of different priorities, a work, and on each CPU a
 * thread, a tasklet, a timer and a high-resolution timer, whose function is the handler of a
 * hard interrupt. The timers go off at random moments, so they hit everything else in the
 * middle, at any instruction where interrupts are on. A slot that is taken is left alone: its
 * owner is the one who was interrupted, or another CPU's.
 *
 * What may sleep (vmalloc(), kvmalloc(), a pool that waits) is for threads and works; but what
 * they allocated anybody frees. A page of highmem is looked at through kmap_local_page(), by
 * threads also through kmap().
 *
 * Meanwhile one more thread does what the allocators are rarely asked for: it empties the
 * CPUs' lists, shrinks caches, makes some and destroys them, resizes the pool, and has the TLBs
 * flushed of what vfree() left in them.
 *
 * What a block holds follows from its slot's seed. So a byte that somebody else wrote is
 * found by whoever comes next, in whatever context.
 *
 * All chances come from one seed, and what else there is to chance is time. Under QEMU's
 * -icount that is exact as well: the same seed is the same run, to the instruction, and
 * the hash of it the same number. docs/contexts.md says how to replay a failure in GDB.
 */
#include <linux/atomic.h>
#include <linux/bitops.h>
#include <linux/cpumask.h>
#include <linux/delay.h>
#include <linux/err.h>
#include <linux/highmem.h>
#include <linux/hrtimer.h>
#include <linux/interrupt.h>
#include <linux/kernel.h>
#include <linux/kthread.h>
#include <linux/mempool.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/smp.h>
#include <linux/string.h>
#include <linux/timer.h>
#include <linux/vmalloc.h>
#include <linux/workqueue.h>

#include "torture.h"

#define NR_SLOTS     384
#define NR_THREADS   3 /* that run on any CPU */
#define NR_CACHES    3
#define POOL_RESERVE 16
#define BURST	     8 /* operations in one call of an interrupt's or a tasklet's function, at most */

const char *const torture_context_names[NR_TORTURE_CONTEXTS] = {
	[TORTURE_THREAD] = "threads",	  [TORTURE_WORK] = "works",
	[TORTURE_TASKLET] = "tasklets",	  [TORTURE_TIMER] = "timers",
	[TORTURE_HARDIRQ] = "interrupts",
};

enum kind { EMPTY, PAGES, OBJECT, CACHED, POOLED, HIGHMEM, VMALLOC, KVMALLOC };

struct slot {
	unsigned long taken; /* bit 0 */
	enum kind kind;
	u8 *memory; /* HIGHMEM: while it is mapped */
	size_t size;
	unsigned int order;	   /* PAGES */
	struct kmem_cache *cache;  /* CACHED */
	struct page *page;	   /* HIGHMEM */
	enum torture_context made; /* where it was allocated */
	unsigned int made_on;	   /* the CPU */
	u32 seed;
};

struct actor {
	enum torture_context context;
	u32 random;
	u32 hash;
	unsigned long operations, refused, foreign, crossed;
	struct task_struct *task; /* threads */
};

struct cpu_actors {
	struct actor thread, tasklet_actor, timer_actor, hardirq_actor;
	struct tasklet_struct tasklet;
	struct timer_list timer;
	struct hrtimer hrtimer;
};

static struct {
	struct slot slots[NR_SLOTS];
	struct actor threads[NR_THREADS], work_actor, upkeep_actor;
	struct cpu_actors cpus[NR_CPUS];
	struct kmem_cache *caches[NR_CACHES];
	mempool_t *pool; /* over the first of them */
	struct work_struct work;
	unsigned long upkeep;
	bool scarce; /* no memory for more caches: that would be reported */
	bool ending; /* interrupts only give back: threads may wait for what they would take */
	bool stop;
	atomic_t faults;
	const char *fault;
} t;

/* --- chance -------------------------------------------------------------------------------- */

static u32 next_random(u32 *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 17;
	*state ^= *state << 5;
	return *state;
}

static u32 below(struct actor *actor, u32 n)
{
	return (u64)next_random(&actor->random) * n >> 32;
}

static void remember(struct actor *actor, u32 what)
{
	actor->hash = (actor->hash ^ what) * 0x01000193;
}

/* Small sizes are the most common: each power of two up to 16 KiB as likely as the others. */
static size_t random_size(struct actor *actor)
{
	size_t most = 8UL << below(actor, below(actor, 4) ? 8 : 12);

	return 1 + below(actor, most);
}

static bool may_sleep(const struct actor *actor)
{
	return actor->context <= TORTURE_WORK;
}

static gfp_t random_gfp(struct actor *actor)
{
	static const gfp_t sleeping[] = { GFP_KERNEL,
					  GFP_KERNEL,
					  GFP_NOIO,
					  GFP_USER,
					  GFP_KERNEL | __GFP_DMA,
					  GFP_KERNEL | __GFP_RECLAIMABLE };
	static const gfp_t atomic[] = { GFP_ATOMIC, GFP_ATOMIC, GFP_NOWAIT,
					GFP_ATOMIC | __GFP_DMA };
	bool sleeps = may_sleep(actor) && below(actor, 4);
	gfp_t gfp = sleeps ? sleeping[below(actor, ARRAY_SIZE(sleeping))]
			   : atomic[below(actor, ARRAY_SIZE(atomic))];

	return gfp | __GFP_NOWARN | (below(actor, 8) ? 0 : __GFP_ZERO);
}

/* --- what a block holds ---------------------------------------------------------------------- */

static void report_fault(const char *what)
{
	if (atomic_inc_return(&t.faults) == 1)
		t.fault = what;
}

static void fill(const struct slot *slot)
{
	u32 *words = (u32 *)slot->memory, state = slot->seed;
	size_t i;

	for (i = 0; i < slot->size / 4; i++)
		words[i] = state += 0x9e3779b9;
	for (i *= 4; i < slot->size; i++)
		slot->memory[i] = slot->seed;
}

static void check(const struct slot *slot, size_t size)
{
	const u32 *words = (const u32 *)slot->memory;
	u32 state = slot->seed;
	size_t i;

	for (i = 0; i < size / 4; i++)
		if (words[i] != (state += 0x9e3779b9)) {
			report_fault("somebody wrote into a block");
			return;
		}
	for (i *= 4; size == slot->size && i < size; i++)
		if (slot->memory[i] != (u8)slot->seed) {
			report_fault("somebody wrote into the end of a block");
			return;
		}
}

/* Flags promise a zone, and zeroes. */
static void check_promises(const struct slot *slot, gfp_t gfp)
{
	if ((gfp & __GFP_DMA) && page_zonenum(virt_to_page(slot->memory)) != ZONE_DMA)
		report_fault("a block for DMA is not in ZONE_DMA");
	if ((gfp & __GFP_ZERO) && memchr_inv(slot->memory, 0, slot->size))
		report_fault("a block that was to be zeroed is not");
}

/* Only then has slot->memory what is in the slot. Returns whether kmap() was the way. */
static bool map(struct actor *actor, struct slot *slot)
{
	bool for_all = slot->kind == HIGHMEM && may_sleep(actor) && below(actor, 2);

	if (slot->kind == HIGHMEM)
		slot->memory = for_all ? kmap(slot->page) : kmap_local_page(slot->page);
	return for_all;
}

static void unmap(struct slot *slot, bool for_all)
{
	if (slot->kind != HIGHMEM)
		return;
	if (for_all)
		kunmap(slot->page);
	else
		kunmap_local(slot->memory);
	slot->memory = NULL;
}

/* --- operations -------------------------------------------------------------------------------- */

/*
 * One of eight is none of the three most common, fewer with more CPUs: these share one lock, which
 * is held for long while a host runs another CPU. Two kinds are for those who may sleep.
 */
static enum kind random_kind(struct actor *actor)
{
	if (below(actor, 4 + 4 * num_online_cpus()))
		return PAGES + below(actor, 3);
	return POOLED + below(actor, may_sleep(actor) ? 4 : 2);
}

static size_t random_large_size(struct actor *actor)
{
	return 1 + below(actor, PAGE_SIZE << below(actor, below(actor, 4) ? 3 : 6));
}

static void *allocate_pages(struct actor *actor, struct slot *slot, gfp_t gfp)
{
	struct page *page;

	slot->order = below(actor, 16) ? below(actor, 3) : below(actor, 6);
	slot->size = PAGE_SIZE << slot->order;
	page = alloc_pages(gfp, slot->order);
	return page ? page_address(page) : NULL;
}

/* A work would wait for elements that nobody frees any more when the threads have ended. */
static void *allocate_pooled(struct actor *actor, struct slot *slot, gfp_t gfp)
{
	void *element;

	if (actor->context == TORTURE_WORK)
		gfp &= ~__GFP_DIRECT_RECLAIM;
	slot->size = kmem_cache_size(t.caches[0]);
	element = mempool_alloc(t.pool, gfp);
	if (!element && (gfp & __GFP_DIRECT_RECLAIM))
		report_fault("the pool refused one who may wait");
	return element;
}

/* What identifies the block, or NULL. */
static void *allocate_kind(struct actor *actor, struct slot *slot, gfp_t gfp)
{
	switch (slot->kind) {
	case PAGES:
		return slot->memory = allocate_pages(actor, slot, gfp);
	case OBJECT:
		slot->size = random_size(actor);
		return slot->memory = kmalloc(slot->size, gfp);
	case CACHED:
		slot->cache = t.caches[below(actor, NR_CACHES)];
		slot->size = kmem_cache_size(slot->cache);
		return slot->memory = kmem_cache_alloc(slot->cache, gfp);
	case POOLED:
		return slot->memory = allocate_pooled(actor, slot, gfp);
	case HIGHMEM:
		slot->size = PAGE_SIZE;
		return slot->page = alloc_page(gfp | __GFP_HIGHMEM);
	case VMALLOC:
		slot->size = random_large_size(actor);
		return slot->memory = __vmalloc(slot->size, gfp | __GFP_DIRECT_RECLAIM);
	default:
		slot->size = random_large_size(actor);
		return slot->memory = kvmalloc(slot->size, gfp);
	}
}

static void allocate(struct actor *actor, struct slot *slot)
{
	gfp_t gfp = random_gfp(actor);
	bool for_all;
	void *block;

	slot->kind = random_kind(actor);
	if (slot->kind > OBJECT)
		gfp &= ~(__GFP_DMA | __GFP_RECLAIMABLE);
	if (slot->kind == POOLED)
		gfp &= ~__GFP_ZERO;
	block = allocate_kind(actor, slot, gfp);
	remember(actor, (u32)(unsigned long)block ^ slot->size);
	if (!block) {
		slot->kind = EMPTY;
		actor->refused++;
		return;
	}
	slot->seed = next_random(&actor->random);
	slot->made = actor->context;
	slot->made_on = raw_smp_processor_id();
	for_all = map(actor, slot);
	check_promises(slot, gfp);
	fill(slot);
	unmap(slot, for_all);
}

static void release(struct slot *slot)
{
	switch (slot->kind) {
	case PAGES:
		free_pages((unsigned long)slot->memory, slot->order);
		break;
	case OBJECT:
		kfree(slot->memory);
		break;
	case CACHED:
		kmem_cache_free(slot->cache, slot->memory);
		break;
	case POOLED:
		mempool_free(slot->memory, t.pool);
		break;
	case HIGHMEM:
		__free_page(slot->page);
		break;
	case VMALLOC:
		vfree(slot->memory);
		break;
	default:
		kvfree(slot->memory);
	}
	slot->kind = EMPTY;
}

static bool may_resize(const struct actor *actor, const struct slot *slot)
{
	return slot->kind == OBJECT || (slot->kind >= VMALLOC && may_sleep(actor));
}

static void resize(struct actor *actor, struct slot *slot)
{
	bool small = slot->kind == OBJECT;
	size_t size = small ? random_size(actor) : random_large_size(actor);
	size_t kept = min(size, slot->size);
	gfp_t gfp = random_gfp(actor) & ~(__GFP_DMA | __GFP_RECLAIMABLE | __GFP_ZERO);
	u8 *memory;

	if (small)
		memory = krealloc(slot->memory, size, gfp);
	else if (slot->kind == VMALLOC)
		memory = vrealloc(slot->memory, size, gfp | __GFP_DIRECT_RECLAIM);
	else
		memory = kvrealloc(slot->memory, slot->size, size, gfp);
	remember(actor, (u32)(unsigned long)memory ^ size);
	if (!memory) {
		actor->refused++;
		return;
	}
	slot->memory = memory;
	check(slot, kept & ~3UL);
	slot->size = size;
	fill(slot);
}

static void check_all(struct actor *actor, struct slot *slot)
{
	bool for_all = map(actor, slot);

	check(slot, slot->size);
	unmap(slot, for_all);
}

static void operate(struct actor *actor)
{
	struct slot *slot = &t.slots[below(actor, NR_SLOTS)];

	if (test_and_set_bit(0, &slot->taken))
		return;
	actor->operations++;
	if (slot->kind == EMPTY) {
		if (!READ_ONCE(t.ending) || may_sleep(actor))
			allocate(actor, slot);
	} else {
		check_all(actor, slot);
		actor->foreign += slot->made != actor->context;
		actor->crossed += slot->made_on != raw_smp_processor_id();
		if (may_resize(actor, slot) && !below(actor, 4))
			resize(actor, slot);
		else
			release(slot);
	}
	smp_store_release(&slot->taken, 0);
}

static void burst(struct actor *actor)
{
	u32 nr = 1 + below(actor, BURST);

	while (nr--)
		operate(actor);
}

/* --- actors -------------------------------------------------------------------------------------- */

/* A tasklet runs on the CPU that schedules it, whosever it is. */
static int run_thread(void *data)
{
	struct actor *actor = data;

	while (!kthread_should_stop()) {
		operate(actor);
		if (!below(actor, 64))
			tasklet_schedule(&t.cpus[below(actor, num_online_cpus())].tasklet);
		if (!below(actor, 64))
			schedule_work(&t.work);
		if (!below(actor, 512))
			yield();
	}
	return 0;
}

static void run_work(struct work_struct *work)
{
	burst(&t.work_actor);
}

static void run_tasklet(struct tasklet_struct *tasklet)
{
	burst(&container_of(tasklet, struct cpu_actors, tasklet)->tasklet_actor);
}

/*
 * How long to stay away after a burst, at least: if all CPUs are one host's, and it has much
 * else to do, interrupts must leave some time to the threads.
 */
static u64 burst_and_rest(struct actor *actor)
{
	ktime_t start = ktime_get();

	burst(actor);
	return (ktime_get() - start) * num_online_cpus();
}

static void run_timer(struct timer_list *timer)
{
	u64 rest = burst_and_rest(&container_of(timer, struct cpu_actors, timer)->timer_actor);

	if (!READ_ONCE(t.stop))
		mod_timer(timer, jiffies + 1 + nsecs_to_jiffies(rest));
}

/* After the rest, from 10 to 266 microseconds from now, in steps of one nanosecond. */
static enum hrtimer_restart run_hrtimer(struct hrtimer *timer)
{
	struct actor *actor = &container_of(timer, struct cpu_actors, hrtimer)->hardirq_actor;
	u64 rest = burst_and_rest(actor);

	if (READ_ONCE(t.stop))
		return HRTIMER_NORESTART;
	hrtimer_forward_now(timer, rest + 10 * NSEC_PER_USEC + below(actor, 1 << 18));
	return HRTIMER_RESTART;
}

/* Bound to a CPU, where it sets off the timers. */
static int run_bound_thread(void *data)
{
	struct cpu_actors *cpu = data;

	mod_timer(&cpu->timer, jiffies + 1);
	hrtimer_start(&cpu->hrtimer, NSEC_PER_MSEC, HRTIMER_MODE_REL);
	return run_thread(&cpu->thread);
}

static void make_and_destroy_cache(struct actor *actor)
{
	struct kmem_cache *cache =
		kmem_cache_create("torture-2", 1 + below(actor, 600), 0, SLAB_NO_MERGE, NULL);
	void *objects[20];
	unsigned int i;

	if (!cache)
		return;
	for (i = 0; i < ARRAY_SIZE(objects); i++)
		objects[i] = kmem_cache_alloc(cache, GFP_KERNEL | __GFP_NOWARN);
	schedule_timeout_uninterruptible(below(actor, 2));
	for (i = 0; i < ARRAY_SIZE(objects); i++)
		if (objects[i])
			kmem_cache_free(cache, objects[i]);
	kmem_cache_destroy(cache);
}

static int run_upkeep(void *data)
{
	struct actor *actor = data;

	while (!kthread_should_stop()) {
		switch (below(actor, t.scarce ? 3 : 5)) {
		case 0:
			drain_all_pages(NULL);
			break;
		case 1:
			kmem_cache_shrink(t.caches[below(actor, NR_CACHES)]);
			break;
		case 2:
			vm_unmap_aliases();
			break;
		case 3:
			mempool_resize(t.pool, 4 + below(actor, 2 * POOL_RESERVE));
			break;
		default:
			make_and_destroy_cache(actor);
		}
		WRITE_ONCE(t.upkeep, t.upkeep + 1);
		schedule_timeout_uninterruptible(1);
	}
	return 0;
}

static void for_each_actor(void (*function)(const struct actor *, void *), void *data)
{
	unsigned int i;

	function(&t.work_actor, data);
	for (i = 0; i < NR_THREADS; i++)
		function(&t.threads[i], data);
	for_each_online_cpu(i) {
		function(&t.cpus[i].thread, data);
		function(&t.cpus[i].tasklet_actor, data);
		function(&t.cpus[i].timer_actor, data);
		function(&t.cpus[i].hardirq_actor, data);
	}
}

static void count(const struct actor *actor, void *sum)
{
	*(unsigned long *)sum += READ_ONCE(actor->operations);
}

static unsigned long total_operations(void)
{
	unsigned long sum = 0;

	for_each_actor(count, &sum);
	return sum;
}

static void note_context(const struct actor *actor, void *seen)
{
	if (READ_ONCE(actor->operations))
		*(unsigned int *)seen |= 1U << actor->context;
}

/* On a slow machine the interrupts alone may do a short run before anybody else has begun. */
static bool all_have_begun(void)
{
	unsigned int seen = 0;

	for_each_actor(note_context, &seen);
	return seen == (1U << NR_TORTURE_CONTEXTS) - 1 && READ_ONCE(t.upkeep);
}

/* --- the run ----------------------------------------------------------------------------------------- */

static void set_up_actor(struct actor *actor, enum torture_context context, u32 seed)
{
	*actor = (struct actor){ .context = context, .random = seed * 0x9e3779b9 | 1 };
	next_random(&actor->random);
}

static int make_caches_and_pool(void)
{
	static const unsigned int sizes[NR_CACHES] = { 40, 200, 1500 };
	unsigned int i;

	for (i = 0; i < NR_CACHES; i++) {
		t.caches[i] = kmem_cache_create("torture", sizes[i], 0, SLAB_NO_MERGE, NULL);
		if (!t.caches[i])
			return -ENOMEM;
	}
	t.pool = mempool_create_slab_pool(POOL_RESERVE, t.caches[0]);
	return t.pool ? 0 : -ENOMEM;
}

static bool make_thread(struct actor *actor, int (*function)(void *), void *data, const char *name,
			unsigned int number)
{
	actor->task = kthread_create(function, data, "%s/%u", name, number);
	if (!IS_ERR(actor->task))
		return true;
	actor->task = NULL;
	return false;
}

static int make_threads(u32 seed)
{
	unsigned int i;

	for (i = 0; i < NR_THREADS; i++) {
		set_up_actor(&t.threads[i], TORTURE_THREAD, seed + 16 + i);
		if (!make_thread(&t.threads[i], run_thread, &t.threads[i], "torture", i))
			return -ENOMEM;
		set_user_nice(t.threads[i].task, (int)i * 2 - 3);
	}
	set_up_actor(&t.upkeep_actor, TORTURE_THREAD, seed + 2);
	return make_thread(&t.upkeep_actor, run_upkeep, &t.upkeep_actor, "upkeep", 0) ? 0 : -ENOMEM;
}

static int set_up_cpu(unsigned int number, u32 seed)
{
	struct cpu_actors *cpu = &t.cpus[number];

	set_up_actor(&cpu->thread, TORTURE_THREAD, seed);
	set_up_actor(&cpu->tasklet_actor, TORTURE_TASKLET, seed + 1);
	set_up_actor(&cpu->timer_actor, TORTURE_TIMER, seed + 2);
	set_up_actor(&cpu->hardirq_actor, TORTURE_HARDIRQ, seed + 3);
	tasklet_setup(&cpu->tasklet, run_tasklet);
	timer_setup(&cpu->timer, run_timer, 0);
	hrtimer_init(&cpu->hrtimer, CLOCK_MONOTONIC, HRTIMER_MODE_REL);
	cpu->hrtimer.function = run_hrtimer;
	if (!make_thread(&cpu->thread, run_bound_thread, cpu, "torture-cpu", number))
		return -ENOMEM;
	kthread_bind(cpu->thread.task, number);
	return 0;
}

static int set_up(u32 seed)
{
	unsigned int cpu;
	int error = 0;

	memset(&t, 0, sizeof(t));
	set_up_actor(&t.work_actor, TORTURE_WORK, seed + 1);
	INIT_WORK(&t.work, run_work);
	for_each_online_cpu(cpu)
		error = error ? error : set_up_cpu(cpu, seed + 32 + 4 * cpu);
	if (!error)
		error = make_caches_and_pool();
	return error ? error : make_threads(seed);
}

static void run(unsigned long wanted)
{
	unsigned int i;

	for (i = 0; i < NR_THREADS; i++)
		wake_up_process(t.threads[i].task);
	for_each_online_cpu(i)
		wake_up_process(t.cpus[i].thread.task);
	wake_up_process(t.upkeep_actor.task);
	while ((total_operations() < wanted || !all_have_begun()) && !atomic_read(&t.faults))
		msleep(5);
}

static void stop_thread(struct actor *actor)
{
	if (actor->task)
		kthread_stop(actor->task);
}

/*
 * In an order in which nobody starts again who was stopped: threads schedule the others. The
 * last thread may wait for an element of the pool, which the timers still free.
 */
static void stop(void)
{
	unsigned int i;

	WRITE_ONCE(t.ending, true);
	for (i = 0; i < NR_THREADS; i++)
		stop_thread(&t.threads[i]);
	stop_thread(&t.upkeep_actor);
	for_each_online_cpu(i)
		stop_thread(&t.cpus[i].thread);
	WRITE_ONCE(t.stop, true);
	for_each_online_cpu(i) {
		if (!t.cpus[i].thread.task)
			continue;
		hrtimer_cancel(&t.cpus[i].hrtimer);
		del_timer_sync(&t.cpus[i].timer);
		tasklet_kill(&t.cpus[i].tasklet);
	}
	cancel_work_sync(&t.work);
}

static void give_everything_back(void)
{
	unsigned int i;

	for (i = 0; i < NR_SLOTS; i++) {
		if (t.slots[i].kind == EMPTY)
			continue;
		check_all(&t.upkeep_actor, &t.slots[i]);
		release(&t.slots[i]);
	}
	mempool_destroy(t.pool);
	for (i = 0; i < NR_CACHES; i++)
		kmem_cache_destroy(t.caches[i]);
	flush_scheduled_work(); /* what interrupts have vfree()d */
	vm_unmap_aliases();
}

static void add_up(const struct actor *actor, void *data)
{
	struct torture_result *result = data;

	result->operations[actor->context] += actor->operations;
	result->total += actor->operations;
	result->refused += actor->refused;
	result->foreign += actor->foreign;
	result->crossed += actor->crossed;
	result->hash = result->hash * 31 + actor->hash;
}

int torture(u32 seed, unsigned long operations, void (*squeeze)(void),
	    struct torture_result *result)
{
	int error = set_up(seed);

	t.scarce = squeeze || totalram_pages() < 1024;
	if (!error && squeeze)
		squeeze();
	if (!error)
		run(operations);
	stop();
	give_everything_back();

	memset(result, 0, sizeof(*result));
	for_each_actor(add_up, result);
	result->upkeep = t.upkeep;
	result->faults = atomic_read(&t.faults);
	result->fault = t.fault;
	return error;
}
