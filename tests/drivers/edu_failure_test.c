// SPDX-License-Identifier: MIT
/*
 * The edu device's driver when things go wrong: interrupts that do not come, or come for nothing, a
 * device that does not come to rest, memory refused in probe, and the driver taken away meanwhile.
 */
#include <linux/kernel.h>

#include "../kernel/capture.h"
#include "edu_test.h"

#define LEN 64

struct bytes {
	u8 from[LEN], to[LEN];
};

static struct bytes *make_bytes(struct kunit *test)
{
	struct bytes *bytes = zeroed(test, struct bytes);

	edu_fill(bytes->from, LEN, 1);
	return bytes;
}

static void expect_works(struct kunit *test, struct edu *edu)
{
	struct bytes *bytes = make_bytes(test);

	KUNIT_EXPECT_EQ(test, edu_copy(edu, bytes->to, bytes->from, LEN), 0);
	KUNIT_EXPECT_MEMEQ(test, bytes->to, bytes->from, LEN);
}

/* --- interrupts that do not come ------------------------------------------------------------- */

static void irq_on(void *edu)
{
	enable_irq(((struct edu *)edu)->irq);
}

static void irq_off(struct kunit *test, struct edu *edu)
{
	disable_irq(edu->irq);
	KUNIT_ASSERT_EQ(test, kunit_add_action(test, irq_on, edu), 0);
}

/* Three times, each after a reset; then the caller is told. The next one is served. */
static void api_edu_interrupt_never_comes(struct kunit *test)
{
	struct edu *edu = edu_of(test);
	struct edu_stats before = edu_stats_of(edu), after;
	struct bytes *bytes = make_bytes(test);

	irq_off(test, edu);
	KUNIT_EXPECT_EQ(test, edu_copy(edu, bytes->to, bytes->from, LEN), -ETIMEDOUT);
	after = edu_stats_of(edu);
	KUNIT_EXPECT_EQ(test, after.timeouts - before.timeouts, EDU_TRIES);
	KUNIT_EXPECT_EQ(test, after.resets - before.resets, EDU_TRIES);
	KUNIT_EXPECT_EQ(test, after.retried - before.retried, EDU_TRIES - 1);
	KUNIT_EXPECT_EQ(test, after.failed - before.failed, 1);
	kunit_release_action(test, irq_on, edu);
	expect_works(test, edu);
	KUNIT_EXPECT_EQ(test, edu_stats_of(edu).timeouts, after.timeouts);
}

/* The second time it comes: the caller hears nothing of the first. */
static void api_edu_retry_after_a_lost_interrupt(struct kunit *test)
{
	struct edu *edu = edu_of(test);
	struct edu_stats before = edu_stats_of(edu);
	struct edu_request *request = zeroed(test, struct edu_request);
	struct edu_tally *tally = zeroed(test, struct edu_tally);
	struct bytes *bytes = make_bytes(test);

	irq_off(test, edu);
	edu_write_request(request, bytes->from, LEN, tally);
	KUNIT_EXPECT_EQ(test, edu_submit(edu, request), 0);
	KUNIT_EXPECT_TRUE(test, eventually(edu_stats_of(edu).retried > before.retried));
	kunit_release_action(test, irq_on, edu);
	KUNIT_EXPECT_TRUE(test, eventually(atomic_read(&tally->done)));
	KUNIT_EXPECT_EQ(test, tally->error, 0);
	KUNIT_EXPECT_EQ(test, edu_read(edu, bytes->to, LEN), 0);
	KUNIT_EXPECT_MEMEQ(test, bytes->to, bytes->from, LEN);
}

/* Requests behind one that fails are tried, each for itself. */
static void api_edu_each_request_has_its_error(struct kunit *test)
{
	struct edu *edu = edu_of(test);
	struct edu_request *requests = kunit_kzalloc(test, 3 * sizeof(*requests), GFP_KERNEL);
	struct edu_tally *tally = zeroed(test, struct edu_tally);
	struct bytes *bytes = make_bytes(test);
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, requests);
	irq_off(test, edu);
	for (i = 0; i < 3; i++) {
		edu_write_request(requests + i, bytes->from, LEN, tally);
		KUNIT_EXPECT_EQ(test, edu_submit(edu, requests + i), 0);
	}
	KUNIT_EXPECT_TRUE(test, eventually(atomic_read(&tally->failed) == 2));
	kunit_release_action(test, irq_on, edu);
	KUNIT_EXPECT_TRUE(test, eventually(atomic_read(&tally->done) == 3));
	KUNIT_EXPECT_EQ(test, atomic_read(&tally->failed), 2);
	KUNIT_EXPECT_EQ(test, requests[0].error, -ETIMEDOUT);
	KUNIT_EXPECT_EQ(test, requests[2].error, 0);
}

/*
 * A factorial that lasts, of which the driver knows nothing: the device cannot be brought to
 * rest, and is not told anything until it is there by itself.
 */
static void api_edu_device_does_not_come_to_rest(struct kunit *test)
{
	struct edu *edu = edu_of(test);
	struct bytes *bytes = make_bytes(test);
	unsigned int tries;
	int error;

	edu_fill(bytes->from, LEN, 77); /* the window has not held them yet */
	writel(1 << 28, edu->regs + EDU_FACT);
	for (tries = 0; tries < 10000; tries++) {
		error = edu_copy(edu, bytes->to, bytes->from, LEN);
		if (error != -ETIMEDOUT)
			break;
	}
	KUNIT_EXPECT_EQ(test, error, 0);
	KUNIT_EXPECT_MEMEQ(test, bytes->to, bytes->from, LEN);
}

/* --- interrupts for nothing ------------------------------------------------------------------- */

static void api_edu_spurious_interrupts(struct kunit *test)
{
	struct edu *edu = edu_of(test);
	struct edu_stats before = edu_stats_of(edu);

	KUNIT_EXPECT_EQ(test, edu_interrupt(edu->irq, edu), IRQ_NONE);
	writel(0x2, edu->regs + EDU_IRQ_RAISE);
	KUNIT_EXPECT_TRUE(test, eventually(edu_stats_of(edu).spurious == before.spurious + 1));
	writel(EDU_IRQ_DMA | EDU_IRQ_FACT, edu->regs + EDU_IRQ_RAISE);
	KUNIT_EXPECT_TRUE(test, eventually(edu_stats_of(edu).spurious == before.spurious + 2));
	KUNIT_EXPECT_EQ(test, readl(edu->regs + EDU_IRQ_STATUS), 0);
	expect_works(test, edu);
}

/* One that says that the transfer is at its end, while it is not, ends nothing. */
static void api_edu_interrupt_too_early(struct kunit *test)
{
	struct edu *edu = edu_of(test);
	struct edu_stats before = edu_stats_of(edu);
	struct edu_request *request = zeroed(test, struct edu_request);
	struct edu_tally *tally = zeroed(test, struct edu_tally);
	struct bytes *bytes = make_bytes(test);

	edu_write_request(request, bytes->from, LEN, tally);
	KUNIT_EXPECT_EQ(test, edu_submit(edu, request), 0);
	writel(EDU_IRQ_DMA, edu->regs + EDU_IRQ_RAISE);
	KUNIT_EXPECT_TRUE(test, eventually(edu_stats_of(edu).irqs > before.irqs));
	KUNIT_EXPECT_EQ(test, edu_stats_of(edu).spurious, before.spurious + 1);
	KUNIT_EXPECT_EQ(test, atomic_read(&tally->done), 0);
	KUNIT_EXPECT_TRUE(test, eventually(atomic_read(&tally->done)));
	KUNIT_EXPECT_EQ(test, edu_read(edu, bytes->to, LEN), 0);
	KUNIT_EXPECT_MEMEQ(test, bytes->to, bytes->from, LEN);
}

/* Nothing was told to it, so it ends nothing; after the next reset it is told. */
static void api_edu_interrupt_of_a_stuck_device(struct kunit *test)
{
	struct edu *edu = edu_of(test);
	struct edu_stats before = edu_stats_of(edu);
	struct edu_request *request = zeroed(test, struct edu_request);
	struct edu_tally *tally = zeroed(test, struct edu_tally);
	struct bytes *bytes = make_bytes(test);

	edu_fill(bytes->from, LEN, 79);
	writel(7, edu->regs + EDU_DMA_COUNT);
	spin_lock_irq(&edu->lock);
	edu->stuck = true;
	spin_unlock_irq(&edu->lock);
	edu_write_request(request, bytes->from, LEN, tally);
	KUNIT_EXPECT_EQ(test, edu_submit(edu, request), 0);
	KUNIT_EXPECT_EQ(test, readl(edu->regs + EDU_DMA_COUNT), 7);
	writel(EDU_IRQ_DMA, edu->regs + EDU_IRQ_RAISE);
	KUNIT_EXPECT_TRUE(test, eventually(edu_stats_of(edu).irqs > before.irqs));
	KUNIT_EXPECT_EQ(test, edu_stats_of(edu).spurious, before.spurious + 1);
	KUNIT_EXPECT_TRUE(test, eventually(atomic_read(&tally->done)));
	KUNIT_EXPECT_EQ(test, tally->error, 0);
	KUNIT_EXPECT_EQ(test, edu_read(edu, bytes->to, LEN), 0);
	KUNIT_EXPECT_MEMEQ(test, bytes->to, bytes->from, LEN);
}

/* --- probe and remove ---------------------------------------------------------------------------- */

/* Whichever allocation fails, the device stays without its driver; the next probe gets it. */
static void api_edu_every_allocation_in_probe_fails(struct kunit *test)
{
	struct edu *edu = edu_of(test);
	struct device *dev = &edu->pdev->dev;
	unsigned int n;
	bool failed;
	int bound;

	for (n = 1; n < 100; n++) {
		edu_unbind(test, edu);
		kunit_fail_nth(test, n);
		bound = device_attach(dev);
		failed = kunit_fail_nth_end(test);
		if (bound != 1)
			KUNIT_EXPECT_TRUE_MSG(test, failed, "allocation %u", n);
		else
			device_release_driver(dev);
		edu = edu_bind(test, edu);
		if (!failed)
			break;
	}
	KUNIT_EXPECT_GT(test, n, 5);
	KUNIT_EXPECT_LT(test, n, 100);
	expect_works(test, edu);
}

/* Several may do it for one caller at a time. */
static int copy_once(void *data)
{
	struct edu_caller *caller = data;

	return edu_copy(caller->edu, caller->to, caller->from, caller->len);
}

/* The one whose step is under way, and those who wait behind it: none sleeps for ever. */
static void api_edu_unbind_during_io(struct kunit *test)
{
	struct edu *edu = edu_of(test), *next;
	struct edu_caller *caller = edu_make_caller(test, edu, 65536);
	struct edu_stats before = edu_stats_of(edu);
	struct task_struct *tasks[3];
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(tasks); i++)
		tasks[i] = start_thread(test, copy_once, caller);
	KUNIT_EXPECT_TRUE(test, eventually(edu_stats_of(edu).steps > before.steps + 2));
	edu_unbind(test, edu);
	for (i = 0; i < ARRAY_SIZE(tasks); i++)
		KUNIT_EXPECT_EQ(test, finish_thread(test, tasks[i]), -ENODEV);
	KUNIT_EXPECT_NULL(test, edu_get(0));
	KUNIT_EXPECT_EQ(test, edu_copy(edu, caller->to, caller->from, LEN), -ENODEV);
	KUNIT_EXPECT_EQ(test, edu_stats_of(edu).failed, before.failed + 3);

	next = edu_bind(test, edu);
	expect_works(test, next);
	KUNIT_EXPECT_EQ(test, edu_copy(edu, caller->to, caller->from, LEN), -ENODEV);
}

struct hammer {
	u8 *from, *to;
	unsigned int copied, gone;
	int error;
};

/* Whichever device is there, again and again: a copy is right, or the device was taken away. */
static int hammer(void *data)
{
	struct hammer *hammer = data;
	size_t len = 2 * EDU_PIECE;

	while (!kthread_should_stop() && !hammer->error) {
		struct edu *edu = edu_get(0);
		int error = -ENODEV;

		if (edu) {
			edu_fill(hammer->from, len, hammer->copied);
			error = edu_copy(edu, hammer->to, hammer->from, len);
			edu_put(edu);
		}
		if (error == -ENODEV) {
			hammer->gone++;
			msleep(1);
		} else if (error) {
			hammer->error = error;
		} else {
			hammer->copied++;
			if (memcmp(hammer->to, hammer->from, len))
				hammer->error = -EILSEQ;
		}
	}
	return 0;
}

static void api_edu_unbound_again_and_again_during_io(struct kunit *test)
{
	struct edu *edu = edu_of(test);
	struct device *dev = &edu->pdev->dev;
	struct task_struct *tasks[3];
	struct hammer *hammers[3];
	unsigned int i;

	for (i = 0; i < 3; i++) {
		hammers[i] = zeroed(test, struct hammer);
		hammers[i]->from = kunit_kmalloc(test, 2 * EDU_PIECE, GFP_KERNEL);
		hammers[i]->to = kunit_kmalloc(test, 2 * EDU_PIECE, GFP_KERNEL);
		KUNIT_ASSERT_NOT_NULL(test, hammers[i]->from);
		KUNIT_ASSERT_NOT_NULL(test, hammers[i]->to);
		tasks[i] = start_thread_on(test, i % num_online_cpus(), hammer, hammers[i]);
	}
	edu_unbind(test, edu);
	for (i = 0; i < 20; i++) {
		KUNIT_EXPECT_EQ(test, device_attach(dev), 1);
		msleep(1 + 137 * i % 1500); /* at any moment of a copy, which lasts 400 ms */
		device_release_driver(dev);
	}
	edu = edu_bind(test, edu);
	for (i = 0; i < 3; i++) {
		unsigned int copied = READ_ONCE(hammers[i]->copied);

		KUNIT_EXPECT_TRUE(test, eventually(READ_ONCE(hammers[i]->copied) > copied));
		KUNIT_EXPECT_GT(test, READ_ONCE(hammers[i]->gone), 0);
	}
	for (i = 0; i < 3; i++) {
		kthread_stop(tasks[i]);
		KUNIT_EXPECT_EQ(test, hammers[i]->error, 0);
	}
	KUNIT_EXPECT_TRUE(test, eventually(edu_rests(edu)));
}

/* A transfer that cannot be called off goes on, but not into memory that is somebody else's again. */
static void api_edu_no_dma_after_unbind(struct kunit *test)
{
	struct edu *edu = edu_of(test);
	struct edu_request *request = zeroed(test, struct edu_request);
	struct edu_tally *tally = zeroed(test, struct edu_tally);
	struct bytes *bytes = make_bytes(test);

	KUNIT_EXPECT_EQ(test, edu_write(edu, bytes->from, LEN), 0);
	edu_write_request(request, NULL, LEN, tally);
	request->op = EDU_READ;
	request->to = bytes->to;
	KUNIT_EXPECT_EQ(test, edu_submit(edu, request), 0);
	KUNIT_EXPECT_TRUE(test, edu_busy(edu));
	edu_unbind(test, edu);
	KUNIT_EXPECT_EQ(test, atomic_read(&tally->done), 1);
	KUNIT_EXPECT_EQ(test, tally->error, -ENODEV);
	msleep(200);
	KUNIT_EXPECT_NULL(test, memchr_inv(bytes->to, 0, LEN));
	expect_works(test, edu_bind(test, edu));
}

/* What is submitted meanwhile begins afterwards: the device could not reach its memory. */
static void api_edu_submit_during_a_reset(struct kunit *test)
{
	struct edu *edu = edu_of(test);
	struct edu_request *request = kunit_kcalloc(test, 2, sizeof(*request), GFP_KERNEL);
	struct edu_tally *tally = zeroed(test, struct edu_tally);
	struct bytes *bytes = make_bytes(test);
	unsigned int tries;
	bool began;
	int error;

	KUNIT_ASSERT_NOT_NULL(test, request);
	edu_fill(bytes->from, LEN, 78);
	writel(1 << 26, edu->regs + EDU_FACT);
	edu_write_request(&request[0], bytes->from, LEN, tally);
	edu_write_request(&request[1], bytes->from, LEN, tally);
	KUNIT_EXPECT_EQ(test, edu_submit(edu, &request[0]), 0);
	KUNIT_EXPECT_TRUE(test, eventually(READ_ONCE(edu->resetting) || atomic_read(&tally->done)));
	KUNIT_EXPECT_EQ(test, edu_submit(edu, &request[1]), 0);
	spin_lock_irq(&edu->lock);
	began = edu->resetting && edu->active;
	spin_unlock_irq(&edu->lock);
	KUNIT_EXPECT_FALSE(test, began);
	KUNIT_EXPECT_TRUE(test, eventually(atomic_read(&tally->done) == 2));
	for (tries = 0; tries < 10000; tries++) {
		error = edu_read(edu, bytes->to, LEN);
		if (error != -ETIMEDOUT)
			break;
	}
	KUNIT_EXPECT_EQ(test, error, 0);
	if (!atomic_read(&tally->failed))
		KUNIT_EXPECT_MEMEQ(test, bytes->to, bytes->from, LEN);
}

/* Also while it is being reset. */
static void api_edu_unbind_during_a_reset(struct kunit *test)
{
	struct edu *edu = edu_of(test);
	struct edu_request *request = zeroed(test, struct edu_request);
	struct edu_tally *tally = zeroed(test, struct edu_tally);
	struct bytes *bytes = make_bytes(test);
	unsigned int tries;

	writel(1 << 26, edu->regs + EDU_FACT);
	edu_write_request(request, bytes->from, LEN, tally);
	KUNIT_EXPECT_EQ(test, edu_submit(edu, request), 0);
	KUNIT_EXPECT_TRUE(test, eventually(READ_ONCE(edu->resetting) || atomic_read(&tally->done)));
	edu_unbind(test, edu);
	KUNIT_EXPECT_EQ(test, atomic_read(&tally->done), 1);
	KUNIT_EXPECT_TRUE(test, tally->error == -ENODEV || !tally->error);
	/* As long as it computes, probe refuses it. */
	for (tries = 0; tries < 100000 && device_attach(&edu->pdev->dev) != 1; tries++)
		;
	expect_works(test, edu_bind(test, edu));
}

/* What is printed for each is captured, and dropped. */
static void api_edu_a_thousand_times_bound_and_unbound(struct kunit *test)
{
	struct edu *edu = edu_of(test);
	struct device *dev = &edu->pdev->dev;
	unsigned int i, bound = 0;

	edu_unbind(test, edu);
	capture_begin(test, &capture);
	for (i = 0; i < 1000; i++) {
		bound += device_attach(dev) == 1;
		device_release_driver(dev);
	}
	capture_end(test, &capture);
	KUNIT_EXPECT_EQ(test, bound, 1000);
	expect_works(test, edu_bind(test, edu));
}

static struct kunit_case edu_failure_cases[] = {
	KUNIT_CASE_SLOW(api_edu_interrupt_never_comes),
	KUNIT_CASE_SLOW(api_edu_retry_after_a_lost_interrupt),
	KUNIT_CASE_SLOW(api_edu_each_request_has_its_error),
	KUNIT_CASE_SLOW(api_edu_device_does_not_come_to_rest),
	KUNIT_CASE_SLOW(api_edu_spurious_interrupts),
	KUNIT_CASE_SLOW(api_edu_interrupt_too_early),
	KUNIT_CASE_SLOW(api_edu_interrupt_of_a_stuck_device),
	KUNIT_CASE_SLOW(api_edu_every_allocation_in_probe_fails),
	KUNIT_CASE_SLOW(api_edu_unbind_during_io),
	KUNIT_CASE_SLOW(api_edu_unbound_again_and_again_during_io),
	KUNIT_CASE_SLOW(api_edu_no_dma_after_unbind),
	KUNIT_CASE_SLOW(api_edu_submit_during_a_reset),
	KUNIT_CASE_SLOW(api_edu_unbind_during_a_reset),
	KUNIT_CASE_SLOW(api_edu_a_thousand_times_bound_and_unbound),
	{},
};

static struct kunit_suite edu_failure_suite = {
	.name = "edu_failure",
	.init = edu_test_init,
	.exit = edu_test_exit,
	.test_cases = edu_failure_cases,
};
kunit_test_suite(edu_failure_suite);
