// SPDX-License-Identifier: MIT
/* `edu`, `edu fact`, `edu dma`: the teaching device by hand. */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/ktime.h>
#include <linux/mm.h>
#include <linux/prandom.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/timekeeping.h>
#include <linux/vmalloc.h>
#include <memkern/monitor.h>
#include <memkern/monitor_output.h>

#include "edu.h"

/* A line of progress for each: three seconds and a half. */
#define CHUNK (64 << 10)

static int no_device(void)
{
	mprintf("no edu device has its driver: QEMU makes one by -device edu ('lspci' lists what "
		"there is)\n");
	return -ENODEV;
}

static int explain(int error)
{
	if (error == -ENODEV)
		mprintf("the driver has lost the device meanwhile\n");
	else if (error == -ETIMEDOUT)
		mprintf("the device did not answer in %d times %d ms: 'edu' shows what came\n",
			EDU_TRIES, jiffies_to_msecs(EDU_TIMEOUT));
	else if (error)
		mprintf("failed: error %d\n", error);
	return error;
}

/* --- edu -------------------------------------------------------------------------------------- */

static const char *irq_kind(const struct edu *edu)
{
	return pci_dev_msi_enabled(edu->pdev) ? "MSI" : "INTx";
}

static void print_edu(const struct edu *edu, const struct edu_stats *stats, unsigned int waiting)
{
	mprintf("%s: irq %d (%s), reaches addresses of %u bits, bounce buffer at %#llx\n",
		pci_name(edu->pdev), edu->irq, irq_kind(edu), fls64(edu->pdev->dma_mask),
		(u64)edu->bounce_addr);
	mprintf("  requests    %8llu done, %llu of them in vain, %u under way; %llu had to wait "
		"for memory\n",
		stats->requests, stats->failed, waiting, stats->waited);
	mprintf("  steps       %8llu done, %llu bytes; %llu staged, %llu by the bounce buffer\n",
		stats->steps, stats->bytes, stats->staged, stats->bounced);
	mprintf("  interrupts  %8llu, %llu of them for nothing\n", stats->irqs, stats->spurious);
	mprintf("  timeouts    %8llu, %llu resets, %llu steps tried again\n", stats->timeouts,
		stats->resets, stats->retried);
}

static void json_edu(const struct edu *edu, const struct edu_stats *stats, unsigned int waiting)
{
	json_begin();
	json_text("device", pci_name(edu->pdev));
	json_signed("irq", edu->irq);
	json_text("irq_kind", irq_kind(edu));
	json_number("dma_mask", edu->pdev->dma_mask);
	json_number("requests", stats->requests);
	json_number("failed", stats->failed);
	json_number("under_way", waiting);
	json_number("waited_for_memory", stats->waited);
	json_number("steps", stats->steps);
	json_number("bytes", stats->bytes);
	json_number("staged", stats->staged);
	json_number("bounced", stats->bounced);
	json_number("interrupts", stats->irqs);
	json_number("spurious", stats->spurious);
	json_number("timeouts", stats->timeouts);
	json_number("resets", stats->resets);
	json_number("retried", stats->retried);
	json_end();
}

static void show_edu(struct edu *edu, bool json)
{
	unsigned int waiting = 0;
	struct edu_stats stats;
	struct list_head *node;

	spin_lock_irq(&edu->lock);
	stats = edu->stats;
	list_for_each(node, &edu->queue)
		waiting++;
	spin_unlock_irq(&edu->lock);
	(json ? json_edu : print_edu)(edu, &stats, waiting);
}

static int cmd_edu(int argc, char **argv)
{
	struct edu *edu;
	unsigned int nr;
	bool json;

	if (listing_arguments(argc, argv, &json))
		return -EINVAL;
	for (nr = 0; (edu = edu_get(nr)); nr++) {
		show_edu(edu, json);
		edu_put(edu);
	}
	return nr || json ? 0 : no_device();
}

MONITOR_COMMAND("edu", "[--json]", "the teaching device: what it did, what went wrong", cmd_edu);

/* --- edu fact ---------------------------------------------------------------------------------- */

static int cmd_fact(int argc, char **argv)
{
	ktime_t start = ktime_get();
	unsigned long n;
	struct edu *edu;
	u32 result;
	int error;

	if (argc != 2)
		return monitor_usage(argv[0]);
	if (monitor_parse_ulong(argv[1], &n))
		return -EINVAL;
	if (n > EDU_FACT_MOST) {
		mprintf("the device has 32 bits for the result, which is %d! at most\n",
			EDU_FACT_MOST);
		return -ERANGE;
	}
	edu = edu_get(0);
	if (!edu)
		return no_device();
	error = edu_factorial(edu, n, &result);
	if (!error)
		mprintf("%lu! = %u, after %lld us\n", n, result,
			ktime_us_delta(ktime_get(), start));
	edu_put(edu);
	return explain(error);
}

MONITOR_COMMAND("edu fact", "N", "a factorial, by the teaching device", cmd_fact);

/* --- edu dma ------------------------------------------------------------------------------------ */

static void print_place(const char *what, const void *memory)
{
	if (is_vmalloc_addr(memory))
		mprintf("  %-5s virt 0x%px, by vmalloc\n", what, memory);
	else
		mprintf("  %-5s phys 0x%llx, zone %s\n", what, (u64)virt_to_phys(memory),
			page_zone(virt_to_page(memory))->name);
}

/* Every byte of `to` is wrong at first. */
static void fill(u8 *from, u8 *to, size_t size)
{
	struct rnd_state random;
	size_t i;

	prandom_seed_state(&random, size);
	prandom_bytes_state(&random, from, size);
	for (i = 0; i < size; i++)
		to[i] = ~from[i];
}

static size_t count_different(const u8 *from, const u8 *to, size_t size)
{
	size_t i, nr = 0;

	for (i = 0; i < size; i++)
		nr += from[i] != to[i];
	return nr;
}

static int copy_by_chunks(struct edu *edu, u8 *to, const u8 *from, size_t size)
{
	size_t pos, chunk;
	int error;

	for (pos = 0; pos < size; pos += chunk) {
		chunk = min_t(size_t, size - pos, CHUNK);
		error = edu_copy(edu, to + pos, from + pos, chunk);
		if (error)
			return error;
		if (size > CHUNK)
			mprintf("  %zu of %zu KiB\n", (pos + chunk) >> 10, size >> 10);
	}
	return 0;
}

static int there_and_back(struct edu *edu, u8 *from, u8 *to, size_t size)
{
	ktime_t start = ktime_get();
	size_t wrong;
	int error;

	print_place("from", from);
	print_place("to", to);
	fill(from, to, size);
	error = copy_by_chunks(edu, to, from, size);
	if (error)
		return explain(error);
	wrong = count_different(from, to, size);
	mprintf("%zu byte%s to the device and back, ", COUNTED(size));
	if (wrong)
		mprintf("%zu of them WRONG", wrong);
	else
		mprintf("all of them right");
	mprintf(", after %lld ms\n", ktime_ms_delta(ktime_get(), start));
	return wrong ? -EIO : 0;
}

static int cmd_dma(int argc, char **argv)
{
	unsigned long size;
	struct edu *edu;
	u8 *from, *to;
	int error;

	if (argc != 2)
		return monitor_usage(argv[0]);
	if (monitor_parse_ulong(argv[1], &size))
		return -EINVAL;
	if (!size) {
		mprintf("nothing to copy: 1 byte or more, at about 20 KiB a second\n");
		return -EINVAL;
	}
	edu = edu_get(0);
	if (!edu)
		return no_device();
	from = kvmalloc(size, GFP_KERNEL | __GFP_NOWARN);
	to = kvmalloc(size, GFP_KERNEL | __GFP_NOWARN);
	if (from && to) {
		error = there_and_back(edu, from, to, size);
	} else {
		mprintf("no memory for twice %lu bytes: 'zones' shows what is free\n", size);
		error = -ENOMEM;
	}
	kvfree(to);
	kvfree(from);
	edu_put(edu);
	return error;
}

MONITOR_COMMAND("edu dma", "SIZE", "copy bytes through the teaching device, and compare", cmd_dma);
