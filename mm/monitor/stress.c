// SPDX-License-Identifier: MIT
/*
 * `stress`: threads that want memory, in the background, so that one can watch what follows.
 *
 * Each takes blocks of random orders until it is refused, gives half of what it has back, in random
 * order, and begins again. The first and the last word of a block say whose it is, and are looked
 * at when it is given back: a page that two have is found.
 */
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/kthread.h>
#include <linux/list.h>
#include <linux/mm.h>
#include <linux/prandom.h>
#include <linux/string.h>

#include "../internal.h"
#include "monitor.h"

#define MAX_THREADS	   16
#define MAX_ORDER_STRESSED 3

static struct stressor {
	struct task_struct *task;
	struct list_head blocks; /* page->private: their orders */
	struct rnd_state rnd;
	gfp_t gfp;
	unsigned long pages;		     /* that it has; */
	unsigned long taken, refused, wrong; /* blocks, since it was started */
} stressors[MAX_THREADS];

static unsigned int nr_stressors;

/* --- a thread --------------------------------------------------------------------------------------- */

/* NULL: highmem, which nobody writes to here. */
static u32 *word_of(struct page *page, unsigned int order, bool last)
{
	char *address = page_address(page);

	return (u32 *)(address && last ? address + (PAGE_SIZE << order) - sizeof(u32) : address);
}

static u32 stamp(const struct stressor *stressor, const struct page *page)
{
	return page_to_pfn(page) * MAX_THREADS + (stressor - stressors);
}

static bool take_one(struct stressor *stressor)
{
	unsigned int order = prandom_u32_state(&stressor->rnd) % 8;
	struct page *page;

	if (order > MAX_ORDER_STRESSED)
		order = 0;
	page = monitor_alloc(stressor->gfp, order);
	if (!page) {
		stressor->refused++;
		return false;
	}
	set_page_private(page, order);
	if (word_of(page, order, false)) {
		*word_of(page, order, false) = stamp(stressor, page);
		*word_of(page, order, true) = stamp(stressor, page);
	}
	/* At either end: so what is given back is of all ages. */
	if (prandom_u32_state(&stressor->rnd) % 2)
		list_add(&page->lru, &stressor->blocks);
	else
		list_add_tail(&page->lru, &stressor->blocks);
	stressor->taken++;
	stressor->pages += 1UL << order;
	return true;
}

static void give_one(struct stressor *stressor)
{
	struct page *page = list_first_entry(&stressor->blocks, struct page, lru);
	unsigned int order = page_private(page);
	u32 wanted = stamp(stressor, page), *first = word_of(page, order, false);

	if (first && (*first != wanted || *word_of(page, order, true) != wanted))
		stressor->wrong++;
	list_del(&page->lru);
	set_page_private(page, 0);
	__free_pages(page, order);
	stressor->pages -= 1UL << order;
}

static int stress(void *data)
{
	struct stressor *stressor = data;

	while (!kthread_should_stop()) {
		unsigned long keep;

		while (take_one(stressor) && !kthread_should_stop())
			cond_resched();
		for (keep = stressor->pages / 2; stressor->pages > keep;)
			give_one(stressor);
		cond_resched();
	}
	while (!list_empty(&stressor->blocks))
		give_one(stressor);
	return 0;
}

/* --- the command ------------------------------------------------------------------------------------ */

/* It does not run yet: the others are to be made while there is memory. */
static int make_one(gfp_t gfp)
{
	struct stressor *stressor = &stressors[nr_stressors];
	struct task_struct *task;

	memset(stressor, 0, sizeof(*stressor));
	INIT_LIST_HEAD(&stressor->blocks);
	prandom_seed_state(&stressor->rnd, nr_stressors + 1);
	stressor->gfp = gfp;
	task = kthread_create(stress, stressor, "stress/%u", nr_stressors);
	if (IS_ERR(task))
		return PTR_ERR(task);
	stressor->task = task;
	nr_stressors++;
	return 0;
}

static int show_stressors(void)
{
	unsigned int i;

	if (!nr_stressors)
		mprintf("no stress; 'stress start' begins\n");
	for (i = 0; i < nr_stressors; i++) {
		const struct stressor *stressor = &stressors[i];

		mprintf("stress/%-2u has %lu pages; blocks taken %lu, refused %lu, with wrong "
			"words "
			"%lu\n",
			i, stressor->pages, stressor->taken, stressor->refused, stressor->wrong);
	}
	return 0;
}

static int stop_stress(void)
{
	unsigned long taken = 0, refused = 0, wrong = 0;
	unsigned int i, nr = nr_stressors;

	for (i = 0; i < nr; i++) {
		kthread_stop(stressors[i].task);
		taken += stressors[i].taken;
		refused += stressors[i].refused;
		wrong += stressors[i].wrong;
	}
	nr_stressors = 0;
	mprintf("stopped %u thread%s: blocks taken %lu, refused %lu, with wrong words %lu\n",
		COUNTED(nr), taken, refused, wrong);
	return wrong ? -EUCLEAN : 0;
}

static int start_stress(unsigned long threads, gfp_t gfp)
{
	unsigned int i;
	int error = 0;

	if (nr_stressors) {
		mprintf("there is stress already: 'stress stop' first\n");
		return -EBUSY;
	}
	if (!threads || threads > MAX_THREADS) {
		mprintf("1 to %d threads\n", MAX_THREADS);
		return -ERANGE;
	}
	while (!error && nr_stressors < threads)
		error = make_one(gfp);
	if (error) {
		mprintf("no memory for %lu threads\n", threads);
		while (nr_stressors)
			kthread_stop(stressors[--nr_stressors].task);
		return error;
	}
	for (i = 0; i < nr_stressors; i++)
		wake_up_process(stressors[i].task);
	mprintf("started %u thread%s with %pGg; 'stress' shows them, 'stress stop' ends them\n",
		COUNTED(nr_stressors), &gfp);
	return error;
}

static int cmd_stress(int argc, char **argv)
{
	unsigned long threads = 2;
	gfp_t gfp = GFP_KERNEL;

	if (argc == 1)
		return show_stressors();
	if (argc == 2 && !strcmp(argv[1], "stop"))
		return stop_stress();
	if (strcmp(argv[1], "start"))
		return monitor_usage(argv[0]);
	argc -= 2;
	argv += 2;
	if (argc && argv[0][0] >= '0' && argv[0][0] <= '9') {
		if (monitor_parse_ulong(argv[0], &threads))
			return -EINVAL;
		argc--;
		argv++;
	}
	if (argc && parse_gfp(argc, argv, &gfp))
		return -EINVAL;
	if (!gfpflags_allow_blocking(gfp)) {
		mprintf("a thread that may not wait for memory would not let others run: flags "
			"with "
			"__GFP_DIRECT_RECLAIM\n");
		return -EINVAL;
	}
	return start_stress(threads, gfp);
}

static void complete_stress(struct monitor_completion *completion, int argc, char **argv)
{
	if (argc == 1) {
		monitor_offer(completion, "start");
		monitor_offer(completion, "stop");
	} else {
		offer_gfp(completion);
	}
}

MONITOR_COMMAND_COMPLETE("stress", "[start [THREADS] [GFP...]|stop]",
			 "threads that want memory, in the background", cmd_stress,
			 complete_stress);
