// SPDX-License-Identifier: MIT
/* The monitor under pressure: vmstat, cache, shrinkers, sync, drop, stress, and what fill says. */
#include <linux/kernel.h>
#include <linux/shrinker.h>
#include <linux/timer.h>
#include <memkern/blkdev.h>
#include <memkern/console.h>

#include "../../mm/monitor/monitor.h"
#include "../drivers/ram_disk.h"
#include "monitor_run.h"
#include "pressure.h"

/* --- vmstat ---------------------------------------------------------------------------------------- */

static void vmstat_shows_the_counters(struct kunit *test)
{
	unsigned long counts[NR_VM_EVENT_ITEMS];
	char line[40];
	unsigned int i;

	store_read(test, make_store(test, 20), 0, 20);
	mm_take(MM_TEST_GFP(GFP_KERNEL | GFP_DMA), 5);
	KUNIT_EXPECT_EQ(test, run(test, "vmstat --json"), 0);
	all_vm_events(counts);
	for (i = 0; i < NR_VM_EVENT_ITEMS; i++)
		KUNIT_EXPECT_EQ_MSG(test, (unsigned long)json_field(capture.text, vm_event_name[i]),
				    counts[i], "%s", vm_event_name[i]);
	KUNIT_EXPECT_EQ(test, json_field(capture.text, "nr_file_pages"), 20);
	KUNIT_EXPECT_EQ(test, json_field(capture.text, "nr_free_pages"), nr_free_pages());
	KUNIT_EXPECT_EQ(test, run(test, "vmstat"), 0);
	snprintf(line, sizeof(line), "pgalloc_dma            %10lu ", counts[PGALLOC_DMA]);
	KUNIT_EXPECT_TRUE_MSG(test, printed(line), "%s", line);
	/* What never happened has no line of its own. */
	KUNIT_EXPECT_EQ(test, counts[OOM_KILL], 0);
	KUNIT_EXPECT_TRUE(test, strstr(capture.text, "oom_kill") > strstr(capture.text, "never:"));
}

static unsigned int lines_printed(void)
{
	const char *at = capture.text;
	unsigned int lines = 0;

	while ((at = strchr(at, '\n'))) {
		at++;
		lines++;
	}
	return lines;
}

/* The heads are those of Linux's tool, and a line is a second. */
static void vmstat_prints_a_line_a_second(struct kunit *test)
{
	unsigned long begin = jiffies;

	if (console_input_pending())
		kunit_skip(test, "somebody types");
	KUNIT_EXPECT_EQ(test, run(test, "vmstat 1 3"), 0);
	KUNIT_EXPECT_GE(test, jiffies - begin, 2 * HZ);
	KUNIT_EXPECT_TRUE(test, printed(" r  b    free   buff  cache    bi    bo   in    cs sy"));
	KUNIT_EXPECT_EQ(test, lines_printed(), 2 + 3);
}

static int key = -1;

static int get_key(struct console *con)
{
	int pressed = key;

	key = -1;
	return pressed;
}

static void write_nothing(struct console *con, const char *s, size_t n)
{
}

static struct console keyboard = { .name = "keys", .write = write_nothing, .getchar = get_key };

static void press(struct timer_list *timer)
{
	WRITE_ONCE(key, 'q');
}

static DEFINE_TIMER(finger, press);

static void unplug(void *unused)
{
	timer_delete_sync(&finger);
	unregister_console(&keyboard);
}

static void vmstat_ends_with_a_key(struct kunit *test)
{
	if (console_input_pending())
		kunit_skip(test, "somebody types");
	key = -1;
	register_console(&keyboard);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, unplug, NULL), 0);
	mod_timer(&finger, jiffies + HZ / 5);
	KUNIT_EXPECT_EQ(test, run(test, "vmstat 1000"), 0);
	KUNIT_EXPECT_EQ(test, lines_printed(), 2 + 1);
	KUNIT_EXPECT_EQ(test, key, -1);
}

/* --- cache, sync, drop ----------------------------------------------------------------------------- */

static struct ram_disk ram;

static void destroy_ram(void *unused)
{
	ram_disk_destroy(&ram);
}

/* A disk of 64 pages, where memory is enough that nobody reclaims them meanwhile. */
static struct block_device *make_disk(struct kunit *test)
{
	int error = ram_disk_create(&ram, 64 * 8, 4, RAM_AT_ONCE, false);

	if (!error && nr_free_pages() < 2 * contig_page_data.totalreserve_pages + 100) {
		ram_disk_destroy(&ram);
		error = -ENOMEM;
	}
	if (error == -ENOMEM)
		kunit_skip(test, "too little memory");
	KUNIT_ASSERT_EQ(test, error, 0);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, destroy_ram, NULL), 0);
	return ram.disk->part0;
}

static const char *disk_line(struct kunit *test)
{
	char name[64];

	KUNIT_EXPECT_EQ(test, run(test, "cache --json"), 0);
	snprintf(name, sizeof(name), "{\"device\":\"%s\"", ram.disk->disk_name);
	return strstr(capture.text, name);
}

static void cache_sync_and_drop(struct kunit *test)
{
	struct block_device *bdev = make_disk(test);
	unsigned long drops = events(DROP_PAGECACHE), pages;
	u8 *page = kunit_kzalloc(test, PAGE_SIZE, GFP_KERNEL);
	const char *line;
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, page);
	for (i = 0; i < 10; i++)
		KUNIT_ASSERT_EQ(test, bdev_read(bdev, i * PAGE_SIZE, page, PAGE_SIZE), PAGE_SIZE);
	memset(page, 0x5a, PAGE_SIZE);
	for (i = 7; i < 12; i++)
		KUNIT_ASSERT_EQ(test, bdev_write(bdev, i * PAGE_SIZE, page, PAGE_SIZE), PAGE_SIZE);
	line = disk_line(test);
	pages = bdev->bd_mapping->nrpages; /* with what was read ahead */
	KUNIT_EXPECT_GE(test, pages, 12);
	KUNIT_EXPECT_EQ(test, json_field(line, "pages"), pages);
	KUNIT_EXPECT_EQ(test, json_field(line, "dirty_pages"), 5);

	/* Dirty pages are not dropped. */
	KUNIT_EXPECT_EQ(test, run(test, "drop pages"), 0);
	KUNIT_EXPECT_EQ(test, number_after(capture.text, "dropped "), pages - 5);
	KUNIT_EXPECT_EQ(test, events(DROP_PAGECACHE) - drops, 1);
	KUNIT_EXPECT_EQ(test, bdev->bd_mapping->nrpages, 5);
	KUNIT_EXPECT_EQ(test, run(test, "sync"), 0);
	KUNIT_EXPECT_EQ(test, ram.data[11 * PAGE_SIZE], 0x5a);
	KUNIT_EXPECT_EQ(test, json_field(disk_line(test), "dirty_pages"), 0);
	KUNIT_EXPECT_EQ(test, run(test, "drop"), 0);
	KUNIT_EXPECT_EQ(test, json_field(disk_line(test), "pages"), 0);
}

/* Any bytes; what is written is in the cache first. */
static void cache_reads_and_writes(struct kunit *test)
{
	struct block_device *bdev = make_disk(test);
	const char *name = ram.disk->disk_name;
	unsigned long read;

	KUNIT_EXPECT_EQ(test, runf(test, "cache write %s 8K 12K", name), 0);
	KUNIT_EXPECT_TRUE(test, printed("wrote 12 KiB"));
	KUNIT_EXPECT_EQ(test, ram.data[2 * PAGE_SIZE], 0);
	KUNIT_EXPECT_EQ(test, run(test, "sync"), 0);
	KUNIT_EXPECT_STREQ(test, (char *)ram.data + 3 * PAGE_SIZE, "page 3\n");
	/* What is cached is not read again. */
	read = events(PGPGIN);
	KUNIT_EXPECT_EQ(test, runf(test, "cache read %s 8K 8K", name), 0);
	KUNIT_EXPECT_EQ(test, events(PGPGIN), read);
	invalidate_bdev(bdev);
	KUNIT_EXPECT_EQ(test, runf(test, "cache read %s 8K 8K", name), 0);
	KUNIT_EXPECT_GE(test, events(PGPGIN) - read, 16);
	/* What does not fit is told. */
	KUNIT_EXPECT_EQ(test, runf(test, "cache write %s 256K 1", name), -ENOSPC);
	KUNIT_EXPECT_EQ(test, runf(test, "cache write %s 255K 2K", name), -ENOSPC);
	KUNIT_EXPECT_TRUE(test, printed("wrote 1 KiB in "));
	KUNIT_EXPECT_EQ(test, runf(test, "cache read %s 261944 1M", name), 0);
	KUNIT_EXPECT_TRUE(test, printed("read 200 bytes in "));
	KUNIT_EXPECT_TRUE(test, printed(": there the device ends"));
}

static void sync_tells_of_errors(struct kunit *test)
{
	struct block_device *bdev = make_disk(test);
	u8 *page = kunit_kzalloc(test, PAGE_SIZE, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, page);
	ram.bad = 3 * 8;
	KUNIT_ASSERT_EQ(test, bdev_write(bdev, 3 * PAGE_SIZE, page, PAGE_SIZE), PAGE_SIZE);
	KUNIT_EXPECT_EQ(test, run(test, "sync"), -EIO);
	KUNIT_EXPECT_TRUE(test, printed("lost"));
	ram.bad = ~0ULL;
	KUNIT_EXPECT_EQ(test, run(test, "sync"), 0);
}

static void cache_shows_the_lists(struct kunit *test)
{
	struct zone *dma = mm_zone(ZONE_DMA);
	struct store *store = make_cache(test, 30);

	store_read(test, store, 0, 10); /* the second time */
	KUNIT_EXPECT_EQ(test, run(test, "cache --json"), 0);
	KUNIT_EXPECT_EQ(test, dma->lruvec.nr[LRU_INACTIVE_FILE] + dma->lruvec.nr[LRU_ACTIVE_FILE],
			30);
	KUNIT_EXPECT_EQ(test, json_field(strstr(capture.text, "\"DMA\""), "inactive_pages"),
			dma->lruvec.nr[LRU_INACTIVE_FILE]);
	KUNIT_EXPECT_EQ(test, json_field(strstr(capture.text, "\"DMA\""), "active_pages"),
			dma->lruvec.nr[LRU_ACTIVE_FILE]);
}

/* --- shrinkers ------------------------------------------------------------------------------------- */

static unsigned long kept;

static unsigned long count_kept(struct shrinker *shrinker, struct shrink_control *sc)
{
	return kept;
}

static unsigned long scan_kept(struct shrinker *shrinker, struct shrink_control *sc)
{
	unsigned long nr = min(kept, sc->nr_to_scan);

	kept -= nr;
	return nr;
}

static struct shrinker keeper = { .count_objects = count_kept, .scan_objects = scan_kept };

static void unregister_keeper(void *unused)
{
	unregister_shrinker(&keeper);
}

static void shrinkers_are_listed_and_dropped(struct kunit *test)
{
	kept = 1000;
	keeper.seeks = DEFAULT_SEEKS;
	KUNIT_ASSERT_EQ(test, register_shrinker(&keeper, "keeper"), 0);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, unregister_keeper, NULL), 0);
	KUNIT_EXPECT_EQ(test, run(test, "shrinkers --json"), 0);
	KUNIT_EXPECT_EQ(test, json_field(strstr(capture.text, "keeper"), "objects"), 1000);
	KUNIT_EXPECT_EQ(test, run(test, "shrinkers"), 0);
	KUNIT_EXPECT_TRUE(test, printed("1000 objects could go, 0 put off, seeks 2"));
	KUNIT_EXPECT_EQ(test, run(test, "drop pages"), 0);
	KUNIT_EXPECT_EQ(test, kept, 1000);
	KUNIT_EXPECT_EQ(test, run(test, "drop slabs"), 0);
	KUNIT_EXPECT_EQ(test, kept, 0);
}

/* --- fill, stress ---------------------------------------------------------------------------------- */

static void release(void *unused)
{
	release_filled();
}

static void fill_says_what_was_reclaimed(struct kunit *test)
{
	unsigned long pages;

	skip_if_handles_are_in_use(test);
	pages = make_cache(test, 100)->mapping.nrpages;
	mm_near_limits(GFP_KERNEL);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, release, NULL), 0);
	KUNIT_EXPECT_EQ(test, run(test, "fill GFP_KERNEL"), 0);
	KUNIT_EXPECT_GE(test, number_after(capture.text, "meanwhile "), 2);
	KUNIT_EXPECT_EQ(test, number_after(capture.text, "freed by them "), pages);
	KUNIT_EXPECT_TRUE(test, printed("by kswapd 0; written 0"));
}

static void end_stress(void *test)
{
	run(test, "stress stop");
}

/* In the background, until it is stopped; then all memory is there again. */
static void stress_exhausts_and_gives_back(struct kunit *test)
{
	unsigned long before;

	run(test, "stress");
	if (!printed("no stress"))
		kunit_skip(test, "there is stress already");
	mm_hide_down_to(mm_zone(ZONE_NORMAL), 1000);
	before = mm_free_pages_and_tables();
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, end_stress, test), 0);
	KUNIT_ASSERT_EQ(test, run(test, "stress start 3"), 0);
	KUNIT_EXPECT_EQ(test, run(test, "stress start"), -EBUSY);
	KUNIT_EXPECT_TRUE(test, eventually(({
				  run(test, "stress");
				  number_after(strstr(capture.text, "stress/2"), "refused ") > 2;
			  })));
	kunit_remove_action(test, end_stress, test);
	KUNIT_EXPECT_EQ(test, run(test, "stress stop"), 0);
	KUNIT_EXPECT_TRUE(test, printed("stopped 3 threads"));
	KUNIT_EXPECT_TRUE(test, printed("with wrong words 0"));
	/* A thread's stack is free when its CPU has left it. */
	KUNIT_EXPECT_TRUE(test, eventually(({
				  slab_shrink_all();
				  mm_free_pages_and_tables() == before;
			  })));
}

/* Threads that were made before one could not be are gone, and have never run. */
static void stress_begins_with_all_threads_or_none(struct kunit *test)
{
	unsigned int n, failed = 0;
	bool injected = true;

	run(test, "stress");
	if (!printed("no stress"))
		kunit_skip(test, "there is stress already");
	mm_hide_down_to(mm_zone(ZONE_NORMAL), 1000);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, end_stress, test), 0);
	for (n = 1; injected; n++) {
		bool started;

		kunit_fail_nth(test, n);
		started = !run(test, "stress start 3");
		injected = kunit_fail_nth_end(test);
		if (!started) {
			failed++;
			KUNIT_EXPECT_TRUE(test, printed("no memory for 3 threads"));
		}
		run(test, "stress stop");
		KUNIT_EXPECT_TRUE(test,
				  printed(started ? "stopped 3 threads" : "stopped 0 threads"));
	}
	KUNIT_EXPECT_GE(test, failed, 3);
}

static const char *const nonsense[] = {
	"cache read",
	"cache read nodisk 0 1",
	"cache write nodisk 0",
	"vmstat 0",
	"vmstat x",
	"vmstat 1 0",
	"vmstat 1 2 3",
	"vmstat 1 --json",
	"cache x",
	"compact x",
	"sync x",
	"drop x",
	"drop pages x",
	"shrinkers x",
	"stress on",
	"stress start 0",
	"stress start 17",
	"stress stop 1",
	"stress start GFP_ATOMIC",
};

static void nonsense_gets_a_sentence(struct kunit *test)
{
	expect_sentences(test, nonsense, ARRAY_SIZE(nonsense));
}

static struct kunit_case monitor_pressure_cases[] = {
	KUNIT_CASE(vmstat_shows_the_counters),
	KUNIT_CASE_SLOW(vmstat_prints_a_line_a_second),
	KUNIT_CASE_SLOW(vmstat_ends_with_a_key),
	KUNIT_CASE_SLOW(cache_sync_and_drop),
	KUNIT_CASE_SLOW(cache_reads_and_writes),
	KUNIT_CASE_SLOW(sync_tells_of_errors),
	KUNIT_CASE(cache_shows_the_lists),
	KUNIT_CASE(shrinkers_are_listed_and_dropped),
	KUNIT_CASE_SLOW(fill_says_what_was_reclaimed),
	KUNIT_CASE_SLOW(stress_exhausts_and_gives_back),
	KUNIT_CASE_SLOW(stress_begins_with_all_threads_or_none),
	KUNIT_CASE(nonsense_gets_a_sentence),
	{},
};

static struct kunit_suite monitor_pressure_suite = {
	.name = "monitor_pressure",
	.init = slab_test_init,
	.exit = pressure_exit,
	.test_cases = monitor_pressure_cases,
};
kunit_test_suite(monitor_pressure_suite);
