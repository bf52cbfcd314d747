// SPDX-License-Identifier: MIT
/* The edu device's driver: factorials, and DMA both ways, byte for byte. */
#include <linux/kernel.h>
#include <linux/vmalloc.h>

#include "../kernel/capture.h"
#include "edu_test.h"
#include "leaks.h"

/* --- what the suites share --------------------------------------------------------------------- */

static unsigned long pages_before, objects_before;

int edu_test_init(struct kunit *test)
{
	struct edu *edu = edu_get(0);

	pages_before = 0;
	if (!edu)
		kunit_skip(test, "no edu device");
	edu_put(edu);
	slab_make_workers(1);
	mm_reset();
	settle();
	slab_shrink_all();
	pages_before = slab_or_free_pages();
	objects_before = leaks_objects_in_use();
	return 0;
}

void edu_test_exit(struct kunit *test)
{
	if (!pages_before) /* skipped */
		return;
	slab_free_held();
	kunit_cleanup(test);
	mm_reset();
	settle();
	slab_shrink_all();
	KUNIT_EXPECT_EQ(test, slab_or_free_pages(), pages_before);
	KUNIT_EXPECT_EQ(test, leaks_objects_in_use(), objects_before);
}

static void put_edu(void *edu)
{
	edu_put(edu);
}

struct edu *edu_of(struct kunit *test)
{
	struct edu *edu = edu_get(0);

	KUNIT_ASSERT_NOT_NULL(test, edu);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, put_edu, edu), 0);
	return edu;
}

static void attach(void *pdev)
{
	if (device_attach(&((struct pci_dev *)pdev)->dev) != 1)
		pr_err("the edu device does not get its driver back\n");
}

/* The action holds no reference to the device: it stays where it is. */
void edu_unbind(struct kunit *test, struct edu *edu)
{
	KUNIT_ASSERT_EQ(test, kunit_add_action(test, attach, edu->pdev), 0);
	device_release_driver(&edu->pdev->dev);
}

struct edu *edu_bind(struct kunit *test, struct edu *edu)
{
	kunit_release_action(test, attach, edu->pdev);
	return edu_of(test);
}

bool edu_rests(struct edu *edu)
{
	bool rests;

	spin_lock_irq(&edu->lock);
	rests = !edu->active && !edu->resetting && list_empty(&edu->queue) &&
		list_empty(&edu->ended);
	spin_unlock_irq(&edu->lock);
	return rests;
}

struct edu_stats edu_stats_of(struct edu *edu)
{
	struct edu_stats stats;

	spin_lock_irq(&edu->lock);
	stats = edu->stats;
	spin_unlock_irq(&edu->lock);
	return stats;
}

static void no_tasklet(struct tasklet_struct *tasklet)
{
}

void edu_hold_tasklet(struct edu *edu)
{
	edu->tasklet.callback = no_tasklet;
}

void edu_let_tasklet_go(struct edu *edu)
{
	edu->tasklet.callback = edu_finish;
	tasklet_schedule(&edu->tasklet);
}

static void tally(struct edu_request *request)
{
	struct edu_tally *tally = request->context;

	tally->in_hardirq = in_hardirq();
	tally->in_softirq = in_serving_softirq();
	tally->error = request->error;
	if (request->error)
		atomic_inc(&tally->failed);
	atomic_inc(&tally->done);
}

void edu_write_request(struct edu_request *request, const void *from, size_t len,
		       struct edu_tally *counts)
{
	*request = (struct edu_request){
		.op = EDU_WRITE,
		.from = from,
		.len = len,
		.done = tally,
		.context = counts,
	};
}

int edu_copy_rounds(void *data)
{
	struct edu_caller *caller = data;
	unsigned int i;

	for (i = 0; i < caller->rounds && !caller->error; i++) {
		edu_fill(caller->from, caller->len, (uintptr_t)caller + i);
		caller->error = edu_copy(caller->edu, caller->to, caller->from, caller->len);
		if (!caller->error && memcmp(caller->to, caller->from, caller->len))
			caller->error = -EILSEQ;
	}
	return caller->error;
}

struct edu_caller *edu_make_caller(struct kunit *test, struct edu *edu, size_t len)
{
	struct edu_caller *caller = zeroed(test, struct edu_caller);

	caller->edu = edu;
	caller->len = len;
	caller->rounds = 1;
	caller->from = kunit_kmalloc(test, len, GFP_KERNEL);
	caller->to = kunit_kzalloc(test, len, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, caller->from);
	KUNIT_ASSERT_NOT_NULL(test, caller->to);
	return caller;
}

#define SLOW_PARAM(fn, gen) KUNIT_CASE_PARAM_ATTR(fn, gen, { .speed = KUNIT_SPEED_SLOW })

/* --- factorials ------------------------------------------------------------------------------ */

/*
 * QEMU computes them in a thread of its own, whom the host may keep waiting; under -icount
 * seconds of an idle guest pass in no time.
 */
static int patient_factorial(struct edu *edu, u32 n, u32 *result)
{
	int error, tries;

	for (tries = 0; tries < 1000; tries++) {
		error = edu_factorial(edu, n, result);
		if (error != -ETIMEDOUT)
			break;
	}
	return error;
}

static void api_edu_factorial_by_interrupt(struct kunit *test)
{
	struct edu *edu = edu_of(test);
	struct edu_stats before = edu_stats_of(edu);
	u32 n, result, expected = 1;

	for (n = 0; n <= EDU_FACT_MOST; n++) {
		expected *= n ?: 1;
		KUNIT_ASSERT_EQ(test, patient_factorial(edu, n, &result), 0);
		KUNIT_EXPECT_EQ_MSG(test, result, expected, "%u!", n);
	}
	KUNIT_EXPECT_GE(test, edu_stats_of(edu).irqs, before.irqs + EDU_FACT_MOST + 1);
}

static void api_edu_factorial_too_large(struct kunit *test)
{
	struct edu *edu = edu_of(test);
	struct edu_stats before = edu_stats_of(edu);
	u32 result = 4711;

	KUNIT_EXPECT_EQ(test, edu_factorial(edu, 13, &result), -ERANGE);
	KUNIT_EXPECT_EQ(test, edu_factorial(edu, UINT_MAX, &result), -ERANGE);
	KUNIT_EXPECT_EQ(test, result, 4711);
	KUNIT_EXPECT_EQ(test, edu_stats_of(edu).steps, before.steps);
}

/* --- DMA ------------------------------------------------------------------------------------- */

/* Memory with a page before and after it, so that a byte beside it is seen to have changed. */
struct around {
	u8 *memory;
	size_t size;
};

#define BESIDE 64

static struct around make_around(struct kunit *test, size_t size)
{
	u8 *all = kunit_kmalloc(test, size + 2 * BESIDE, GFP_KERNEL | __GFP_NOWARN);

	if (!all)
		kunit_skip(test, "no memory for %zu bytes", size);
	memset(all, 0xe5, size + 2 * BESIDE);
	return (struct around){ all + BESIDE, size };
}

static void expect_beside_whole(struct kunit *test, struct around around)
{
	KUNIT_EXPECT_NULL(test, memchr_inv(around.memory - BESIDE, 0xe5, BESIDE));
	KUNIT_EXPECT_NULL(test, memchr_inv(around.memory + around.size, 0xe5, BESIDE));
}

static const struct window_case {
	const char *name;
	size_t len, offset;
} window_cases[] = {
	{ "one byte", 1, 0 },
	{ "one byte at an odd address", 1, 3 },
	{ "odd length, odd address", 77, 5 },
	{ "half", 2048, 0 },
	{ "a piece", EDU_PIECE, 0 },
	{ "all that the window holds", EDU_WINDOW, 0 },
	{ "all of it, over a page's end", EDU_WINDOW, 1001 },
};
KUNIT_ARRAY_PARAM_DESC(window, window_cases, name);

/* The device has the bytes: they come out of it when those that went in are gone. */
static void api_edu_window_both_ways(struct kunit *test)
{
	const struct window_case *c = test->param_value;
	struct around in = make_around(test, c->len + c->offset);
	struct around out = make_around(test, c->len + c->offset);
	struct edu *edu = edu_of(test);
	u8 *from = in.memory + c->offset, *to = out.memory + c->offset;

	edu_fill(from, c->len, c->len);
	KUNIT_ASSERT_EQ(test, edu_write(edu, from, c->len), 0);
	memset(from, 0, c->len);
	KUNIT_ASSERT_EQ(test, edu_read(edu, to, c->len), 0);
	KUNIT_EXPECT_NULL(test, memchr_inv(from, 0, c->len));
	edu_fill(from, c->len, c->len);
	KUNIT_EXPECT_MEMEQ(test, to, from, c->len);
	if (c->offset)
		KUNIT_EXPECT_NULL(test, memchr_inv(out.memory, 0xe5, c->offset));
	expect_beside_whole(test, in);
	expect_beside_whole(test, out);
}

/* What reached the last byte, or went beyond, would end QEMU; nothing of it reaches the device. */
static void api_edu_no_request_beyond_the_window(struct kunit *test)
{
	static const size_t lengths[] = { 0,	 EDU_WINDOW + 1, PAGE_SIZE, PAGE_SIZE + 1,
					  65536, SIZE_MAX };
	struct edu *edu = edu_of(test);
	struct edu_stats before = edu_stats_of(edu);
	u8 *memory = kunit_kzalloc(test, PAGE_SIZE, GFP_KERNEL);
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, memory);
	for (i = 0; i < ARRAY_SIZE(lengths); i++) {
		KUNIT_EXPECT_EQ(test, edu_write(edu, memory, lengths[i]), -EINVAL);
		KUNIT_EXPECT_EQ(test, edu_read(edu, memory, lengths[i]), -EINVAL);
	}
	KUNIT_EXPECT_EQ(test, edu_copy(edu, memory, memory, 0), -EINVAL);
	KUNIT_EXPECT_EQ(test, edu_stats_of(edu).steps, before.steps);
}

static const struct copy_case {
	const char *name;
	size_t len, steps;
} copy_cases[] = {
	{ "one piece", EDU_PIECE, 2 },
	{ "one piece and a byte", EDU_PIECE + 1, 4 },
	{ "two pieces", 2 * EDU_PIECE, 4 },
	{ "10000 bytes", 10000, 6 },
	{ "64 KiB", 65536, 34 },
};
KUNIT_ARRAY_PARAM_DESC(copy, copy_cases, name);

static void api_edu_copy_in_pieces(struct kunit *test)
{
	const struct copy_case *c = test->param_value;
	struct around in = make_around(test, c->len), out = make_around(test, c->len);
	struct edu *edu = edu_of(test);
	struct edu_stats before = edu_stats_of(edu), after;

	edu_fill(in.memory, c->len, c->len);
	KUNIT_ASSERT_EQ(test, edu_copy(edu, out.memory, in.memory, c->len), 0);
	KUNIT_EXPECT_MEMEQ(test, out.memory, in.memory, c->len);
	edu_fill(out.memory, c->len, c->len);
	KUNIT_EXPECT_MEMEQ(test, in.memory, out.memory, c->len);
	expect_beside_whole(test, in);
	expect_beside_whole(test, out);

	after = edu_stats_of(edu);
	KUNIT_EXPECT_EQ(test, after.steps - before.steps, c->steps);
	KUNIT_EXPECT_EQ(test, after.bytes - before.bytes, 2 * c->len);
	KUNIT_EXPECT_EQ(test, after.requests - before.requests, 1);
}

/* What vmalloc() gives has no one address: it goes through memory that has. */
static void api_edu_copy_of_vmalloc_memory(struct kunit *test)
{
	size_t len = 2 * EDU_PIECE + 5;
	u8 *from = vmalloc(len), *to = vmalloc(len);
	struct edu *edu = edu_of(test);
	struct edu_stats before = edu_stats_of(edu), after;

	if (from && to) {
		edu_fill(from, len, 1);
		KUNIT_EXPECT_EQ(test, edu_copy(edu, to, from, len), 0);
		KUNIT_EXPECT_MEMEQ(test, to, from, len);
	}
	vfree(to);
	vfree(from);
	after = edu_stats_of(edu);
	KUNIT_EXPECT_EQ(test, after.staged + after.bounced - before.staged - before.bounced, 6);
}

/* --- contexts ----------------------------------------------------------------------------------- */

static void api_edu_callers_sleep(struct kunit *test)
{
	struct edu *edu = edu_of(test);
	struct edu_caller *caller = edu_make_caller(test, edu, 100);
	struct task_struct *task = start_thread(test, edu_copy_rounds, caller);

	KUNIT_EXPECT_TRUE(test, eventually(READ_ONCE(edu->active) && is_asleep(task)));
	KUNIT_EXPECT_EQ(test, finish_thread(test, task), 0);
}

/* On every CPU at once, and more of them than requests are kept in reserve. */
static void api_edu_callers_on_all_cpus(struct kunit *test)
{
	struct edu *edu = edu_of(test);
	struct task_struct *tasks[EDU_REQUESTS_KEPT + 2];
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(tasks); i++) {
		struct edu_caller *caller = edu_make_caller(test, edu, EDU_PIECE + 100 + i);

		caller->rounds = 3;
		tasks[i] = start_thread_on(test, i % num_online_cpus(), edu_copy_rounds, caller);
	}
	for (i = 0; i < ARRAY_SIZE(tasks); i++)
		KUNIT_EXPECT_EQ(test, finish_thread(test, tasks[i]), 0);
	KUNIT_EXPECT_TRUE(test, eventually(edu_rests(edu)));
}

/*
 * With the tasklet held back the handler goes on alone, a new step from the cache each time; those
 * that have ended wait, and nobody is told. Then the tasklet tells them, in softirq context.
 */
static void api_edu_steps_by_handler_completion_by_tasklet(struct kunit *test)
{
	struct edu *edu = edu_of(test);
	struct edu_request *requests = kunit_kzalloc(test, 5 * sizeof(*requests), GFP_KERNEL);
	struct edu_tally *tally = zeroed(test, struct edu_tally);
	u8 *from = kunit_kzalloc(test, 64, GFP_KERNEL);
	struct edu_stats before = edu_stats_of(edu);
	unsigned int i, ended = 0;
	struct list_head *node;

	KUNIT_ASSERT_NOT_NULL(test, requests);
	KUNIT_ASSERT_NOT_NULL(test, from);
	edu_hold_tasklet(edu);
	for (i = 0; i < 5; i++) {
		edu_write_request(requests + i, from, 64, tally);
		KUNIT_EXPECT_EQ(test, edu_submit(edu, requests + i), 0);
	}
	KUNIT_EXPECT_TRUE(test, eventually(edu_stats_of(edu).steps == before.steps + 5));
	KUNIT_EXPECT_EQ(test, atomic_read(&tally->done), 0);
	spin_lock_irq(&edu->lock);
	list_for_each(node, &edu->ended)
		ended++;
	spin_unlock_irq(&edu->lock);
	KUNIT_EXPECT_EQ(test, ended, 5);

	edu_let_tasklet_go(edu);
	KUNIT_EXPECT_TRUE(test, eventually(atomic_read(&tally->done) == 5));
	KUNIT_EXPECT_EQ(test, atomic_read(&tally->failed), 0);
	KUNIT_EXPECT_TRUE(test, tally->in_softirq);
	KUNIT_EXPECT_FALSE(test, tally->in_hardirq);
}

/* A chain: whose end begins the next. */
struct chain {
	struct edu_request request;
	struct edu *edu;
	unsigned int left;
	int error;
	bool ended;
	u8 from[64];
};

static void next_in_chain(struct edu_request *request)
{
	struct chain *chain = container_of(request, struct chain, request);

	chain->error = request->error;
	if (!chain->error && chain->left--) {
		*request = (struct edu_request){
			.op = EDU_WRITE,
			.from = chain->from,
			.len = sizeof(chain->from),
			.done = next_in_chain,
		};
		chain->error = edu_submit(chain->edu, request);
		if (!chain->error)
			return;
	}
	smp_store_release(&chain->ended, true);
}

static void api_edu_submit_from_a_tasklet(struct kunit *test)
{
	struct chain *chain = zeroed(test, struct chain);
	struct edu_stats before;

	chain->edu = edu_of(test);
	chain->left = 5;
	before = edu_stats_of(chain->edu);
	next_in_chain(&chain->request);
	KUNIT_EXPECT_TRUE(test, eventually(smp_load_acquire(&chain->ended)));
	KUNIT_EXPECT_EQ(test, chain->error, 0);
	KUNIT_EXPECT_EQ(test, edu_stats_of(chain->edu).requests - before.requests, 5);
}

/* --- how far it reaches, and how it interrupts ----------------------------------------------- */

static void restore_parameters(void *saved)
{
	edu_dma_mask = (uintptr_t)saved >> 1;
	edu_msi = (uintptr_t)saved & 1;
}

static struct edu *rebind(struct kunit *test, struct edu *edu, unsigned int bits, bool msi)
{
	edu_unbind(test, edu);
	edu_dma_mask = bits;
	edu_msi = msi;
	return edu_bind(test, edu);
}

/* What the words on the command line say is true of the device: it has so many bits, or more. */
static void change_parameters(struct kunit *test, unsigned int bits)
{
	uintptr_t now = (uintptr_t)edu_dma_mask << 1 | edu_msi;

	if (bits > edu_dma_mask)
		kunit_skip(test, "the device has %u bits of address", edu_dma_mask);
	KUNIT_ASSERT_EQ(test, kunit_add_action(test, restore_parameters, (void *)now), 0);
}

static void expect_right_copy(struct kunit *test, struct edu *edu, size_t len)
{
	struct around in = make_around(test, len), out = make_around(test, len);

	edu_fill(in.memory, len, len);
	KUNIT_EXPECT_EQ(test, edu_copy(edu, out.memory, in.memory, len), 0);
	KUNIT_EXPECT_MEMEQ(test, out.memory, in.memory, len);
	expect_beside_whole(test, out);
}

/* Memory whose end is beyond what so many bits reach; NULL: there is none. */
static void *memory_beyond(unsigned int bits)
{
	struct page *page;

	do {
		page = mm_take(GFP_KERNEL | __GFP_NOWARN, MAX_PAGE_ORDER);
	} while (page && page_to_phys(page) <= DMA_BIT_MASK(bits));
	return page ? page_address(page) : NULL;
}

/* Where the device is told to fetch the bytes from. */
static dma_addr_t address_told(struct kunit *test, struct edu *edu, const void *from, size_t len)
{
	struct edu_request *request = zeroed(test, struct edu_request);
	struct edu_tally *tally = zeroed(test, struct edu_tally);
	dma_addr_t address = DMA_MAPPING_ERROR;

	edu_write_request(request, from, len, tally);
	KUNIT_EXPECT_EQ(test, edu_submit(edu, request), 0);
	spin_lock_irq(&edu->lock);
	if (edu->active)
		address = edu->active->addr;
	spin_unlock_irq(&edu->lock);
	KUNIT_EXPECT_TRUE(test, eventually(atomic_read(&tally->done)));
	KUNIT_EXPECT_EQ(test, tally->error, 0);
	return address;
}

static const struct mask_case {
	const char *name;
	unsigned int bits;
} mask_cases[] = {
	{ "24 bits", 24 },
	{ "28 bits", 28 },
	{ "32 bits", 32 },
};
KUNIT_ARRAY_PARAM_DESC(mask, mask_cases, name);

/* A driver that was told of fewer bits than the device has never uses the others. */
static void api_edu_dma_mask(struct kunit *test)
{
	unsigned int bits = ((const struct mask_case *)test->param_value)->bits;
	struct edu *edu = edu_of(test);
	unsigned int bits_before = edu_dma_mask;
	u8 *beyond = NULL;
	dma_addr_t told;

	change_parameters(test, bits);
	edu = rebind(test, edu, bits, edu_msi);
	KUNIT_EXPECT_LE(test, edu->bounce_addr + EDU_WINDOW - 1, DMA_BIT_MASK(bits));
	expect_right_copy(test, edu, 10000);

	if (bits < 32)
		beyond = memory_beyond(bits);
	if (beyond) {
		edu_fill(beyond, EDU_PIECE, bits);
		told = address_told(test, edu, beyond, EDU_PIECE);
		KUNIT_EXPECT_LE(test, told + EDU_PIECE - 1, DMA_BIT_MASK(bits));
		KUNIT_EXPECT_EQ(test, edu_read(edu, beyond + PAGE_SIZE, EDU_PIECE), 0);
		KUNIT_EXPECT_MEMEQ(test, beyond + PAGE_SIZE, beyond, EDU_PIECE);
	}
	rebind(test, edu, bits_before, edu_msi);
}

/* 20 bits reach no zone that can be asked for, unless all memory is there. */
static void api_edu_dma_mask_of_20_bits_is_refused(struct kunit *test)
{
	static const unsigned int refused[] = { 20, 0, 33, 64 };
	struct edu *edu = edu_of(test);
	unsigned int bits_before = edu_dma_mask, i;
	struct device *dev = &edu->pdev->dev;

	change_parameters(test, 0);
	edu_unbind(test, edu);
	for (i = 0; i < ARRAY_SIZE(refused); i++) {
		edu_dma_mask = refused[i];
		capture_begin(test, &capture);
		KUNIT_EXPECT_NE(test, device_attach(dev), 1);
		capture_end(test, &capture);
		KUNIT_EXPECT_NULL(test, edu_get(0));
		KUNIT_EXPECT_NOT_NULL(test, strstr(capture.text, i ? "it has registers for 1 to 32"
								   : "no memory is that low"));
	}
	edu_dma_mask = bits_before;
	edu = edu_bind(test, edu);
	expect_right_copy(test, edu, 100);
}

/* What is lent to the device, so that mappings of memory beyond its mask find no bounce buffer. */
struct lent {
	struct edu *edu;
	dma_addr_t addresses[1024];
	unsigned int nr;
};

static void take_back(void *data)
{
	struct lent *lent = data;

	while (lent->nr)
		dma_unmap_single(&lent->edu->pdev->dev, lent->addresses[--lent->nr], PAGE_SIZE,
				 DMA_TO_DEVICE);
}

/* Then it is the buffer set aside in probe. */
static void api_edu_bounces_when_nothing_can_be_mapped(struct kunit *test)
{
	struct lent *lent = zeroed(test, struct lent);
	struct edu_stats before, after;
	struct edu *edu = edu_of(test);
	unsigned int bits_before = edu_dma_mask;
	u8 *beyond = memory_beyond(24);
	size_t len = 10000;

	if (!beyond)
		kunit_skip(test, "no memory beyond 16 MiB");
	change_parameters(test, 24);
	edu = rebind(test, edu, 24, edu_msi);
	lent->edu = edu;
	KUNIT_ASSERT_EQ(test, kunit_add_action(test, take_back, lent), 0);
	for (; lent->nr < ARRAY_SIZE(lent->addresses); lent->nr++) {
		dma_addr_t address = dma_map_single_attrs(&edu->pdev->dev, beyond, PAGE_SIZE,
							  DMA_TO_DEVICE, DMA_ATTR_NO_WARN);

		if (dma_mapping_error(&edu->pdev->dev, address))
			break;
		lent->addresses[lent->nr] = address;
	}
	KUNIT_ASSERT_LT(test, lent->nr, ARRAY_SIZE(lent->addresses));

	before = edu_stats_of(edu);
	edu_fill(beyond, len, 24);
	KUNIT_EXPECT_EQ(test, edu_copy(edu, beyond + 65536, beyond, len), 0);
	KUNIT_EXPECT_MEMEQ(test, beyond + 65536, beyond, len);
	after = edu_stats_of(edu);
	KUNIT_EXPECT_EQ(test, after.bounced - before.bounced, 6);
	kunit_release_action(test, take_back, lent);
	rebind(test, edu, bits_before, edu_msi);
}

static void expect_interrupts(struct kunit *test, bool msi)
{
	struct edu *edu = edu_of(test);
	bool msi_before = edu_msi;
	struct edu_stats before;

	change_parameters(test, 0);
	edu = rebind(test, edu, edu_dma_mask, msi);
	if (msi && !pci_dev_msi_enabled(edu->pdev))
		kunit_skip(test, "no MSI on this machine");
	KUNIT_EXPECT_EQ(test, pci_dev_msi_enabled(edu->pdev), msi);
	before = edu_stats_of(edu);
	expect_right_copy(test, edu, 10000);
	KUNIT_EXPECT_EQ(test, edu_stats_of(edu).irqs - before.irqs, 6);
	KUNIT_EXPECT_EQ(test, edu_stats_of(edu).timeouts, before.timeouts);
	rebind(test, edu, edu_dma_mask, msi_before);
}

static void api_edu_intx(struct kunit *test)
{
	expect_interrupts(test, false);
}

static void api_edu_msi(struct kunit *test)
{
	expect_interrupts(test, true);
}

static struct kunit_case edu_cases[] = {
	KUNIT_CASE_SLOW(api_edu_factorial_by_interrupt),
	KUNIT_CASE_SLOW(api_edu_factorial_too_large),
	SLOW_PARAM(api_edu_window_both_ways, window_gen_params),
	KUNIT_CASE_SLOW(api_edu_no_request_beyond_the_window),
	SLOW_PARAM(api_edu_copy_in_pieces, copy_gen_params),
	KUNIT_CASE_SLOW(api_edu_copy_of_vmalloc_memory),
	KUNIT_CASE_SLOW(api_edu_callers_sleep),
	KUNIT_CASE_SLOW(api_edu_callers_on_all_cpus),
	KUNIT_CASE_SLOW(api_edu_steps_by_handler_completion_by_tasklet),
	KUNIT_CASE_SLOW(api_edu_submit_from_a_tasklet),
	SLOW_PARAM(api_edu_dma_mask, mask_gen_params),
	KUNIT_CASE_SLOW(api_edu_dma_mask_of_20_bits_is_refused),
	KUNIT_CASE_SLOW(api_edu_bounces_when_nothing_can_be_mapped),
	KUNIT_CASE_SLOW(api_edu_intx),
	KUNIT_CASE_SLOW(api_edu_msi),
	{},
};

static struct kunit_suite edu_suite = {
	.name = "edu",
	.init = edu_test_init,
	.exit = edu_test_exit,
	.test_cases = edu_cases,
};
kunit_test_suite(edu_suite);
