// SPDX-License-Identifier: MIT
/*
 * The floppy's driver, with whatever is in fd0: without a drive all cases skip, without a medium
 * most. What is written goes to a medium that begins with SCRATCH, and to no other:
 * tests/qemu/floppy.py makes one, and compares whole media with the host's images.
 */
#include <linux/bio.h>
#include <linux/delay.h>
#include <linux/highmem.h>
#include <linux/interrupt.h>
#include <linux/io.h>
#include <linux/irqdesc.h>
#include <linux/isa-dma.h>
#include <linux/platform_device.h>
#include <linux/rcupdate.h>
#include <linux/sizes.h>
#include <memkern/blkdev.h>
#include <memkern/isa_dma.h>
#include <memkern/kunit_extra.h>

#include "../../drivers/floppy.h"
#include "../kernel/capture.h"
#include "../kernel/threads.h"
#include "../mm/mm_test.h"
#include "../mm/slab_test.h"
#include "raise_irq.h"

#define SCRATCH	   "memkern scratch\n"
#define FLOPPY_IRQ 6
#define DOR	   0x3f2 /* motors, interrupts and DMA, not in reset */
#define MOTOR_0	   0x10
#define LARGE	   (40 * SECTOR_SIZE) /* more than a cylinder */
#define SHORT	   (HZ / 20)

static unsigned long pages_before, objects_before;

static void put_device_of(void *dev)
{
	put_device(dev);
}

static void release_of(void *bdev)
{
	blkdev_release(bdev);
}

static int find_device(struct kunit *test)
{
	struct device *dev = bus_find_device_by_name(&platform_bus_type, NULL, "floppy");

	if (!dev)
		kunit_skip(test, "no floppy drive");
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, put_device_of, dev), 0);
	if (!dev->driver)
		kunit_skip(test, "the floppy has no driver");
	test->priv = dev;
	slab_count_init(test);
	pages_before = slab_or_free_pages();
	objects_before = slab_objects_in_use();
	return 0;
}

static bool is_as_before(void)
{
	flush_scheduled_work();
	rcu_barrier();
	slab_shrink_all();
	mm_settle();
	return slab_or_free_pages() == pages_before && slab_objects_in_use() == objects_before;
}

/* Bound or bound again: what it holds is what it held before. */
static void expect_nothing_lost(struct kunit *test)
{
	if (!test->priv)
		return;
	kunit_cleanup(test);
	/* Threads that have ended leave their CPUs, areas are purged. */
	KUNIT_EXPECT_TRUE(test, eventually(is_as_before()));
}

static struct floppy *floppy_of(struct kunit *test)
{
	return dev_get_drvdata(test->priv);
}

static struct block_device *open_disk(struct kunit *test)
{
	struct block_device *bdev = blkdev_get_by_name("fd0");

	if (!bdev)
		kunit_skip(test, "no fd0");
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, release_of, bdev), 0);
	return bdev;
}

static int read(struct block_device *bdev, sector_t sector, void *buf, size_t bytes)
{
	return blkdev_rw(bdev, REQ_OP_READ, sector, buf, bytes);
}

static int write(struct block_device *bdev, sector_t sector, void *buf, size_t bytes)
{
	return blkdev_rw(bdev, REQ_OP_WRITE, sector, buf, bytes);
}

static void *buffer_of(struct kunit *test, size_t bytes)
{
	void *buf = kunit_kzalloc(test, bytes, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, buf);
	return buf;
}

/* Of a drive with a medium that was not changed just now. */
static struct block_device *open_medium(struct kunit *test)
{
	struct block_device *bdev = open_disk(test);
	void *buf = buffer_of(test, SECTOR_SIZE);

	capture_begin(test, &capture);
	if (read(bdev, 0, buf, SECTOR_SIZE) && read(bdev, 0, buf, SECTOR_SIZE))
		kunit_skip(test, "no medium in fd0");
	capture_end(test, &capture);
	kunit_kfree(test, buf);
	return bdev;
}

static struct block_device *open_scratch(struct kunit *test)
{
	struct block_device *bdev = open_medium(test);
	char *buf = buffer_of(test, SECTOR_SIZE);

	KUNIT_ASSERT_EQ(test, read(bdev, 0, buf, SECTOR_SIZE), 0);
	if (memcmp(buf, SCRATCH, strlen(SCRATCH)))
		kunit_skip(test, "the medium in fd0 may be somebody's");
	kunit_kfree(test, buf);
	return bdev;
}

static void api_L7_the_buffer_is_within_the_limits(struct kunit *test)
{
	struct fdc *fdc = &floppy_of(test)->fdc;
	dma_addr_t last = fdc->buffer_dma + FDC_BUFFER_SIZE - 1;
	struct isa_dma_info info;

	KUNIT_EXPECT_LT(test, last, (dma_addr_t)SZ_16M);
	KUNIT_EXPECT_EQ(test, fdc->buffer_dma / SZ_64K, last / SZ_64K);
	KUNIT_EXPECT_EQ(test, virt_to_phys(fdc->buffer), fdc->buffer_dma);
	KUNIT_EXPECT_EQ(test, page_zonenum(virt_to_page(fdc->buffer)), ZONE_DMA);
	KUNIT_ASSERT_EQ(test, isa_dma_get_info(fdc->dma, &info), 0);
	KUNIT_EXPECT_STREQ(test, info.owner, "floppy");
	KUNIT_EXPECT_FALSE(test, info.enabled);
}

static void api_L7_without_a_medium_transfers_fail(struct kunit *test)
{
	struct block_device *bdev = open_disk(test);
	struct fdc *fdc = &floppy_of(test)->fdc;
	char *buf = buffer_of(test, SECTOR_SIZE);
	unsigned int timeouts = fdc->timeouts;
	int first, second;

	capture_begin(test, &capture);
	first = read(bdev, 0, buf, SECTOR_SIZE);
	second = write(bdev, bdev_nr_sectors(bdev) - 1, buf, SECTOR_SIZE);
	capture_end(test, &capture);
	if (!first)
		kunit_skip(test, "there is a medium");
	KUNIT_EXPECT_EQ(test, first, -EIO);
	KUNIT_EXPECT_EQ(test, second, -EIO);
	KUNIT_EXPECT_NOT_NULL(test, strstr(capture.text, "fd0: sector 0: there is no medium\n"));
	KUNIT_EXPECT_EQ(test, fdc->timeouts, timeouts);
}

/* Each sector alone, and many at once over heads and cylinders, are the same. */
static void api_L7_sectors_alone_and_together(struct kunit *test)
{
	struct block_device *bdev = open_medium(test);
	char *all = buffer_of(test, LARGE), *one = buffer_of(test, SECTOR_SIZE);
	sector_t starts[] = { 0, 17, 30, bdev_nr_sectors(bdev) - LARGE / SECTOR_SIZE };
	struct isa_dma_info info;
	unsigned int i, nr;

	for (i = 0; i < ARRAY_SIZE(starts); i++) {
		memset(all, 0x5a, LARGE);
		KUNIT_ASSERT_EQ(test, read(bdev, starts[i], all, LARGE), 0);
		for (nr = 0; nr < LARGE / SECTOR_SIZE; nr++) {
			memset(one, 0xa5, SECTOR_SIZE);
			KUNIT_ASSERT_EQ(test, read(bdev, starts[i] + nr, one, SECTOR_SIZE), 0);
			KUNIT_ASSERT_MEMEQ(test, one, all + nr * SECTOR_SIZE, SECTOR_SIZE);
		}
	}
	KUNIT_EXPECT_EQ(test, read(bdev, bdev_nr_sectors(bdev), one, SECTOR_SIZE), -EIO);
	KUNIT_ASSERT_EQ(test, isa_dma_get_info(floppy_of(test)->fdc.dma, &info), 0);
	KUNIT_EXPECT_GT(test, info.transfers, 0);
	KUNIT_EXPECT_FALSE(test, info.enabled);
}

/* Pieces of a bio that lie anywhere, in highmem if there is any, in falling order. */
static void api_L7_pieces_lie_anywhere(struct kunit *test)
{
	struct block_device *bdev = open_medium(test);
	struct page *page = alloc_pages(GFP_HIGHUSER, 2);
	char *straight = buffer_of(test, 16 * SECTOR_SIZE);
	struct bio *bio;
	int i;

	KUNIT_ASSERT_NOT_NULL(test, page);
	bio = bio_alloc(bdev, 16, REQ_OP_READ, GFP_KERNEL);
	bio->bi_iter.bi_sector = 31;
	for (i = 15; i >= 0; i--)
		bio_add_page(bio, page + i / 4, SECTOR_SIZE, i % 4 * 1024 + 256);
	KUNIT_EXPECT_EQ(test, submit_bio_wait(bio), 0);
	bio_put(bio);
	KUNIT_EXPECT_EQ(test, read(bdev, 31, straight, 16 * SECTOR_SIZE), 0);
	for (i = 15; i >= 0; i--) {
		char *address = kmap_local_page(page + i / 4);

		KUNIT_EXPECT_MEMEQ(test, address + i % 4 * 1024 + 256,
				   straight + (15 - i) * SECTOR_SIZE, SECTOR_SIZE);
		kunmap_local(address);
	}
	__free_pages(page, 2);
}

static bool motor_runs(void)
{
	return inb(DOR) & MOTOR_0;
}

/* It runs on after a transfer, for the next one, but not for ever. */
static void api_L7_the_motor_is_turned_off(struct kunit *test)
{
	struct block_device *bdev = open_medium(test);
	struct floppy *floppy = floppy_of(test);
	char *buf = buffer_of(test, SECTOR_SIZE);
	int i;

	for (i = 0; i < 2; i++) {
		KUNIT_EXPECT_TRUE(test, eventually(!read(bdev, 0, buf, SECTOR_SIZE) &&
						   delayed_work_pending(&floppy->motors_off) &&
						   motor_runs()));
		mod_delayed_work(floppy->wq, &floppy->motors_off, 1);
		KUNIT_EXPECT_TRUE(test, eventually(!motor_runs()));
	}
}

/* --- failures ----------------------------------------------------------------------------- */

static void let_interrupts_come(void *unused)
{
	enable_irq(FLOPPY_IRQ);
}

/* Timeout, reset, again, and then an error; as soon as interrupts come, all is well. */
static void api_L7_an_interrupt_that_never_comes(struct kunit *test)
{
	struct block_device *bdev = open_medium(test);
	struct fdc *fdc = &floppy_of(test)->fdc;
	unsigned int timeouts = fdc->timeouts, resets = fdc->resets;
	char *buf = buffer_of(test, SECTOR_SIZE), *again = buffer_of(test, SECTOR_SIZE);
	unsigned long patience = fdc->patience;
	int error;

	KUNIT_ASSERT_EQ(test, read(bdev, 5, buf, SECTOR_SIZE), 0);
	disable_irq(FLOPPY_IRQ);
	KUNIT_ASSERT_EQ(test, kunit_add_action(test, let_interrupts_come, NULL), 0);
	fdc->patience = SHORT;
	capture_begin(test, &capture);
	error = read(bdev, 5, again, SECTOR_SIZE);
	capture_end(test, &capture);
	fdc->patience = patience;
	KUNIT_EXPECT_EQ(test, error, -ETIMEDOUT);
	KUNIT_EXPECT_NOT_NULL(test, strstr(capture.text, "the controller does not answer"));
	KUNIT_EXPECT_EQ(test, fdc->timeouts, timeouts + 3);
	KUNIT_EXPECT_EQ(test, fdc->resets, resets + 2);

	kunit_release_action(test, let_interrupts_come, NULL);
	KUNIT_EXPECT_EQ(test, read(bdev, 5, again, SECTOR_SIZE), 0);
	KUNIT_EXPECT_MEMEQ(test, again, buf, SECTOR_SIZE);
}

/*
 * A read that the 8237 is not allowed to do: of the data that comes nobody takes any. The 8237
 * drops bit 24, and without the check the data would be in `page`.
 */
static int refused_read(struct kunit *test, struct block_device *bdev, char *page)
{
	struct fdc *fdc = &floppy_of(test)->fdc;
	char *buf = buffer_of(test, SECTOR_SIZE);
	unsigned long patience = fdc->patience;
	dma_addr_t right = fdc->buffer_dma;
	int error, i;

	for (i = 0; i < 3; i++)
		kunit_expect_report(test, "DMA2 (floppy): 512 bytes at 0x01");
	fdc->buffer_dma = virt_to_phys(page) + SZ_16M;
	fdc->patience = SHORT;
	capture_begin(test, &capture);
	error = read(bdev, 5, buf, SECTOR_SIZE);
	capture_end(test, &capture);
	fdc->buffer_dma = right;
	fdc->patience = patience;
	KUNIT_EXPECT_EQ(test, read(bdev, 5, buf, SECTOR_SIZE), 0);
	return error;
}

static void api_L7_a_refused_transfer_never_happens(struct kunit *test)
{
	struct block_device *bdev = open_medium(test);
	char *page = kunit_kmalloc(test, PAGE_SIZE, GFP_KERNEL | GFP_DMA);

	KUNIT_ASSERT_NOT_NULL(test, page);
	memset(page, 0x5a, PAGE_SIZE);
	KUNIT_EXPECT_EQ(test, refused_read(test, bdev, page), -ETIMEDOUT);
	KUNIT_EXPECT_NULL(test, memchr_inv(page, 0x5a, PAGE_SIZE));
}

static bool raise_interrupt(void)
{
	return raise_irq(FLOPPY_IRQ);
}

static int raise_on(void *raised)
{
	while (!kthread_should_stop()) {
		raise_interrupt();
		WRITE_ONCE(*(unsigned int *)raised, *(unsigned int *)raised + 1);
		usleep_range(1000, 2000);
	}
	return 0;
}

/* While the controller works interrupts come that are not its own: it is waited for on. */
static void api_L7_early_interrupts_end_nothing(struct kunit *test)
{
	struct block_device *bdev = open_medium(test);
	char *page = kunit_kmalloc(test, PAGE_SIZE, GFP_KERNEL | GFP_DMA);
	unsigned int *raised = zeroed(test, unsigned int);

	KUNIT_ASSERT_NOT_NULL(test, page);
	if (!raise_interrupt())
		kunit_skip(test, "the lines do not go through the local APIC");
	start_thread(test, raise_on, raised);
	KUNIT_ASSERT_TRUE(test, eventually(READ_ONCE(*raised)));
	KUNIT_EXPECT_EQ(test, refused_read(test, bdev, page), -ETIMEDOUT);
	KUNIT_EXPECT_GT(test, READ_ONCE(*raised), 3);
}

struct reader {
	struct block_device *bdev;
	char *buf, *right;
	unsigned int rounds, wrong;
	int error;
};

/* Until it is stopped, or a transfer fails. */
static int read_on(void *data)
{
	struct reader *reader = data;

	while (!kthread_should_stop() && !reader->error) {
		memset(reader->buf, 0, LARGE);
		reader->error = read(reader->bdev, 20, reader->buf, LARGE);
		if (!reader->error && memcmp(reader->buf, reader->right, LARGE))
			reader->wrong++;
		WRITE_ONCE(reader->rounds, reader->rounds + 1);
	}
	return reader->error;
}

static struct reader *make_reader(struct kunit *test)
{
	struct reader *reader = zeroed(test, struct reader);

	reader->bdev = open_medium(test);
	reader->buf = buffer_of(test, LARGE);
	reader->right = buffer_of(test, LARGE);
	KUNIT_ASSERT_EQ(test, read(reader->bdev, 20, reader->right, LARGE), 0);
	return reader;
}

static void api_L7_spurious_interrupts(struct kunit *test)
{
	struct reader *reader = make_reader(test);
	struct fdc *fdc = &floppy_of(test)->fdc;
	unsigned int spurious = READ_ONCE(fdc->spurious), timeouts = fdc->timeouts, interrupts;
	unsigned int unhandled = READ_ONCE(irq_to_desc(FLOPPY_IRQ)->unhandled_total);
	struct task_struct *task;

	if (!raise_interrupt())
		kunit_skip(test, "the lines do not go through the local APIC");
	KUNIT_EXPECT_TRUE(test, eventually(READ_ONCE(fdc->spurious) == spurious + 1));
	KUNIT_EXPECT_TRUE(test, eventually(READ_ONCE(irq_to_desc(FLOPPY_IRQ)->unhandled_total) >
					   unhandled));
	interrupts = READ_ONCE(fdc->interrupts);
	task = start_thread(test, read_on, reader);
	while (READ_ONCE(reader->rounds) < 10 && !READ_ONCE(reader->error)) {
		raise_interrupt();
		usleep_range(100, 200);
	}
	KUNIT_EXPECT_EQ(test, kthread_stop(task), 0);
	KUNIT_EXPECT_GT(test, READ_ONCE(fdc->interrupts), interrupts + 10);
	KUNIT_EXPECT_EQ(test, reader->wrong, 0);
	KUNIT_EXPECT_EQ(test, fdc->timeouts, timeouts);
}

/* --- binding ------------------------------------------------------------------------------ */

static void bind(void *data)
{
	struct device *dev = data;

	if (!dev->driver)
		WARN_ON(device_attach(dev) != 1);
}

static void api_L7_bound_and_unbound_again_and_again(struct kunit *test)
{
	struct device *dev = test->priv;
	/* CPUs that wait for each other take long where the host has fewer. */
	unsigned int times, cycles = num_online_cpus() == 1 ? 1000 : 200;

	KUNIT_ASSERT_EQ(test, kunit_add_action(test, bind, dev), 0);
	capture_begin(test, &capture);
	for (times = 0; times < cycles; times++) {
		device_release_driver(dev);
		KUNIT_ASSERT_NULL(test, blkdev_get_by_name("fd0"));
		KUNIT_ASSERT_EQ(test, request_dma(2, "test"), 0);
		free_dma(2);
		if (times % 8 == 0)
			rcu_barrier(); /* what has ended is free, and threads have gone */
		KUNIT_ASSERT_EQ(test, device_attach(dev), 1);
	}
	capture_end(test, &capture);
	open_disk(test);
}

static void api_L7_every_allocation_of_probe_fails_in_turn(struct kunit *test)
{
	struct device *dev = test->priv;
	struct device_driver *driver = dev->driver;
	unsigned int n, refused = 0;
	bool failed = true;

	KUNIT_ASSERT_EQ(test, kunit_add_action(test, bind, dev), 0);
	for (n = 1; failed; n++) {
		int error, again = 0;

		capture_begin(test, &capture);
		device_release_driver(dev);
		kunit_fail_nth(test, n);
		error = device_driver_attach(driver, dev);
		failed = kunit_fail_nth_end(test);
		if (error)
			again = device_driver_attach(driver, dev);
		capture_end(test, &capture);
		/* A region that cannot be had is busy, for whatever reason. Some can be done without. */
		KUNIT_EXPECT_TRUE_MSG(test,
				      !error || (failed && (error == -ENOMEM || error == -EBUSY)),
				      "allocation %u: %d", n, error);
		KUNIT_EXPECT_EQ(test, again, 0);
		KUNIT_ASSERT_PTR_EQ(test, dev->driver, driver);
		refused += !!error;
	}
	KUNIT_EXPECT_GT(test, refused, 10);
	kunit_info(test, "%u of %u allocations made probe fail\n", refused, n - 2);
}

static void api_L7_unbound_while_it_works(struct kunit *test)
{
	struct reader *reader = make_reader(test);
	struct device *dev = test->priv;
	struct task_struct *task;
	char *buf = buffer_of(test, LARGE);

	KUNIT_ASSERT_EQ(test, kunit_add_action(test, bind, dev), 0);
	task = start_thread(test, read_on, reader);
	KUNIT_ASSERT_TRUE(test, eventually(READ_ONCE(reader->rounds) >= 2));
	device_release_driver(dev);
	wait_until_ended(task);
	KUNIT_EXPECT_EQ(test, reader->error, -EIO);
	KUNIT_EXPECT_EQ(test, reader->wrong, 0);
	KUNIT_EXPECT_EQ(test, inb(DOR), 0);
	KUNIT_EXPECT_EQ(test, read(reader->bdev, 0, buf, SECTOR_SIZE), -EIO);

	KUNIT_ASSERT_EQ(test, device_attach(dev), 1);
	KUNIT_EXPECT_EQ(test, read(open_disk(test), 20, buf, LARGE), 0);
	KUNIT_EXPECT_MEMEQ(test, buf, reader->right, LARGE);
}

/* --- writing ------------------------------------------------------------------------------ */

static void api_L7_what_is_written_is_read(struct kunit *test)
{
	struct block_device *bdev = open_scratch(test);
	char *out = buffer_of(test, LARGE), *in = buffer_of(test, LARGE);
	char *edge = buffer_of(test, SECTOR_SIZE);
	unsigned int i;

	if (floppy_of(test)->drives[0].read_only)
		kunit_skip(test, "write-protected");
	for (i = 0; i < LARGE; i++)
		out[i] = i * 7 + i / 512;
	KUNIT_ASSERT_EQ(test, read(bdev, 52, edge, SECTOR_SIZE), 0);
	KUNIT_ASSERT_EQ(test, write(bdev, 53, out, LARGE), 0);
	KUNIT_ASSERT_EQ(test, read(bdev, 53, in, LARGE), 0);
	KUNIT_EXPECT_MEMEQ(test, in, out, LARGE);
	/* And the sector before is what it was. */
	KUNIT_ASSERT_EQ(test, read(bdev, 52, in, SECTOR_SIZE), 0);
	KUNIT_EXPECT_MEMEQ(test, in, edge, SECTOR_SIZE);
}

static void api_L7_a_protected_medium_is_not_written(struct kunit *test)
{
	struct block_device *bdev = open_medium(test);
	char *buf = buffer_of(test, SECTOR_SIZE), *same = buffer_of(test, SECTOR_SIZE);
	int error;

	if (!floppy_of(test)->drives[0].read_only)
		kunit_skip(test, "not write-protected");
	KUNIT_ASSERT_EQ(test, read(bdev, 9, buf, SECTOR_SIZE), 0);
	capture_begin(test, &capture);
	error = write(bdev, 9, same, SECTOR_SIZE);
	capture_end(test, &capture);
	KUNIT_EXPECT_EQ(test, error, -EIO);
	KUNIT_EXPECT_NOT_NULL(test, strstr(capture.text, "the medium is write-protected\n"));
	KUNIT_ASSERT_EQ(test, read(bdev, 9, same, SECTOR_SIZE), 0);
	KUNIT_EXPECT_MEMEQ(test, same, buf, SECTOR_SIZE);
}

static struct kunit_case floppy_cases[] = {
	KUNIT_CASE_SLOW(api_L7_the_buffer_is_within_the_limits),
	KUNIT_CASE_SLOW(api_L7_without_a_medium_transfers_fail),
	KUNIT_CASE_SLOW(api_L7_sectors_alone_and_together),
	KUNIT_CASE_SLOW(api_L7_pieces_lie_anywhere),
	KUNIT_CASE_SLOW(api_L7_the_motor_is_turned_off),
	KUNIT_CASE_SLOW(api_L7_an_interrupt_that_never_comes),
	KUNIT_CASE_SLOW(api_L7_a_refused_transfer_never_happens),
	KUNIT_CASE_SLOW(api_L7_early_interrupts_end_nothing),
	KUNIT_CASE_SLOW(api_L7_spurious_interrupts),
	KUNIT_CASE_SLOW(api_L7_bound_and_unbound_again_and_again),
	KUNIT_CASE_SLOW(api_L7_every_allocation_of_probe_fails_in_turn),
	KUNIT_CASE_SLOW(api_L7_unbound_while_it_works),
	KUNIT_CASE_SLOW(api_L7_what_is_written_is_read),
	KUNIT_CASE_SLOW(api_L7_a_protected_medium_is_not_written),
	{},
};

static struct kunit_suite floppy_suite = {
	.name = "floppy",
	.init = find_device,
	.exit = expect_nothing_lost,
	.test_cases = floppy_cases,
};
kunit_test_suite(floppy_suite);
