// SPDX-License-Identifier: MIT
/*
 * Living with failure: release in reverse order on the way out.
 *
 * Setting up a device takes steps that build on each other, and each can fail: the one that
 * does is not undone, those before it are, the last one first. A ladder of labels says so
 * once: each label undoes the step above the jump to it, and falls through to the next.
 * Removing the device is the same ladder from the top.
 *
 * Why reversed? A later step may use what an earlier one made: here the ring holds buffers
 * that are freed before the ring is; and the device is announced last, since from then on
 * somebody may call.
 */
#include <linux/errno.h>
#include <linux/gfp.h>
#include <linux/kernel.h>
#include <linux/percpu.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "../../tests/mm/shortage.h"

#define PROBE_GFP (GFP_KERNEL | __GFP_NOWARN)
#define RING_SIZE 6

struct nic {
	const char *name;
	unsigned long *packets;	 /* counted by each CPU for itself */
	unsigned long registers; /* a page */
	void **ring;
};

/* Whoever wants to send looks here; two devices of one name would be one too many. */
static struct nic *announced;

static int nic_announce(struct nic *nic)
{
	if (announced && !strcmp(announced->name, nic->name))
		return -EEXIST;
	announced = nic;
	return 0;
}

static int nic_fill_ring(struct nic *nic)
{
	unsigned int i;

	for (i = 0; i < RING_SIZE; i++) {
		nic->ring[i] = kmalloc(8192, PROBE_GFP);
		if (!nic->ring[i])
			goto free_buffers;
	}
	return 0;

free_buffers:
	while (i--)
		kfree(nic->ring[i]);
	return -ENOMEM;
}

static void nic_empty_ring(struct nic *nic)
{
	unsigned int i = RING_SIZE;

	while (i--)
		kfree(nic->ring[i]);
}

static int nic_probe(struct nic *nic, const char *name)
{
	int error = -ENOMEM;

	nic->name = kstrdup(name, PROBE_GFP);
	if (!nic->name)
		return -ENOMEM;
	nic->packets = alloc_percpu(unsigned long);
	if (!nic->packets)
		goto free_name;
	nic->registers = get_zeroed_page(PROBE_GFP);
	if (!nic->registers)
		goto free_packets;
	nic->ring = kcalloc(RING_SIZE, sizeof(*nic->ring), PROBE_GFP);
	if (!nic->ring)
		goto free_registers;
	error = nic_fill_ring(nic);
	if (error)
		goto free_ring;
	error = nic_announce(nic);
	if (error)
		goto empty_ring;
	return 0;

empty_ring:
	nic_empty_ring(nic);
free_ring:
	kfree(nic->ring);
free_registers:
	free_page(nic->registers);
free_packets:
	free_percpu(nic->packets);
free_name:
	kfree(nic->name);
	return error;
}

static void nic_remove(struct nic *nic)
{
	announced = NULL;
	nic_empty_ring(nic);
	kfree(nic->ring);
	free_page(nic->registers);
	free_percpu(nic->packets);
	kfree(nic->name);
}

/* --- the test: whichever step fails, all before it is undone ------------------------------------ */

static void every_step_can_fail(struct kunit *test)
{
	unsigned long pages = 0;
	struct nic nic;
	int error;

	do {
		shortage_begin(pages++);
		error = nic_probe(&nic, "nic0");
		if (error)
			KUNIT_EXPECT_EQ(test, error, -ENOMEM);
		else
			nic_remove(&nic);
		KUNIT_EXPECT_NULL(test, announced);
		shortage_end();
	} while (error && pages < 100);
	/* The page, and 12 for the ring. */
	KUNIT_EXPECT_EQ(test, error, 0);
	KUNIT_EXPECT_GE(test, pages, 13);
}

static void the_last_step_fails(struct kunit *test)
{
	struct nic first, second;

	KUNIT_ASSERT_EQ(test, nic_probe(&first, "nic0"), 0);
	KUNIT_EXPECT_EQ(test, nic_probe(&second, "nic0"), -EEXIST);
	KUNIT_EXPECT_PTR_EQ(test, announced, &first);
	nic_remove(&first);
}

static struct kunit_case release_in_reverse_cases[] = {
	KUNIT_CASE_SLOW(every_step_can_fail),
	KUNIT_CASE(the_last_step_fails),
	{},
};

static struct kunit_suite release_in_reverse_suite = {
	.name = "example_release_in_reverse",
	.init = shortage_init,
	.exit = shortage_exit,
	.test_cases = release_in_reverse_cases,
};
kunit_test_suite(release_in_reverse_suite);
