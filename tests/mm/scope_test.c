// SPDX-License-Identifier: MIT
/* Scopes of allocations: API.md section 14. */
#include <linux/kernel.h>
#include <linux/sched/mm.h>
#include <memkern/contexts.h>

#include "../kernel/threads.h"
#include "mm_test.h"

#define SCOPES (PF_MEMALLOC_NOIO | PF_MEMALLOC_NOFS | PF_MEMALLOC)

static gfp_t allowed(void)
{
	return current_gfp_context(GFP_KERNEL | __GFP_COMP);
}

static void api_G1_noio_takes_io_and_fs(struct kunit *test)
{
	unsigned int old = memalloc_noio_save();

	KUNIT_EXPECT_EQ(test, allowed(), GFP_NOIO | __GFP_COMP);
	KUNIT_EXPECT_EQ(test, current_gfp_context(GFP_ATOMIC), GFP_ATOMIC);
	memalloc_noio_restore(old);
	KUNIT_EXPECT_EQ(test, allowed(), GFP_KERNEL | __GFP_COMP);
}

static void api_G1_nofs_takes_fs(struct kunit *test)
{
	unsigned int old = memalloc_nofs_save();

	KUNIT_EXPECT_EQ(test, allowed(), GFP_NOFS | __GFP_COMP);
	KUNIT_EXPECT_EQ(test, current_gfp_context(GFP_NOIO), GFP_NOIO);
	memalloc_nofs_restore(old);
	KUNIT_EXPECT_EQ(test, allowed(), GFP_KERNEL | __GFP_COMP);
}

/* Every way to nest three scopes of these kinds: each restore returns to what was outside of it. */
static unsigned int enter_scope(unsigned int kind)
{
	switch (kind) {
	case 0:
		return memalloc_noio_save();
	case 1:
		return memalloc_nofs_save();
	default:
		return memalloc_noreclaim_save();
	}
}

static void leave_scope(unsigned int kind, unsigned int old)
{
	switch (kind) {
	case 0:
		return memalloc_noio_restore(old);
	case 1:
		return memalloc_nofs_restore(old);
	default:
		return memalloc_noreclaim_restore(old);
	}
}

static void api_G1_nested(struct kunit *test)
{
	static const unsigned int flag[] = { PF_MEMALLOC_NOIO, PF_MEMALLOC_NOFS, PF_MEMALLOC };
	unsigned int i, depth, kind[3], old[3], before[3];

	for (i = 0; i < 27; i++) {
		kind[0] = i % 3;
		kind[1] = i / 3 % 3;
		kind[2] = i / 9;
		for (depth = 0; depth < 3; depth++) {
			before[depth] = current->flags;
			old[depth] = enter_scope(kind[depth]);
			KUNIT_ASSERT_EQ(test, current->flags, before[depth] | flag[kind[depth]]);
			if (current->flags & PF_MEMALLOC_NOIO)
				KUNIT_EXPECT_EQ(test, allowed(), GFP_NOIO | __GFP_COMP);
			else if (current->flags & PF_MEMALLOC_NOFS)
				KUNIT_EXPECT_EQ(test, allowed(), GFP_NOFS | __GFP_COMP);
		}
		while (depth-- > 0) {
			leave_scope(kind[depth], old[depth]);
			KUNIT_ASSERT_EQ(test, current->flags, before[depth]);
		}
	}
	KUNIT_EXPECT_EQ(test, current->flags & SCOPES, 0);
}

/* --- what the allocator makes of it ---------------------------------------------------- */

/* Its report tells with which flags it tried. */
static void api_G1_allocations_are_those_of_the_scope(struct kunit *test)
{
	unsigned int noio, nofs;

	mm_hide_down_to(mm_zone(ZONE_NORMAL), 0);
	mm_hide_down_to(mm_zone(ZONE_DMA), 0);
	kunit_expect_report(test, "order:4, mode:0xc40(GFP_NOFS)");
	nofs = memalloc_nofs_save();
	KUNIT_EXPECT_NULL(test, mm_take(GFP_KERNEL, 4));
	kunit_expect_report(test, "order:4, mode:0xc00(GFP_NOIO)");
	noio = memalloc_noio_save();
	KUNIT_EXPECT_NULL(test, mm_take(GFP_KERNEL, 4));
	memalloc_noio_restore(noio);
	kunit_expect_report(test, "order:4, mode:0xc40(GFP_NOFS)");
	KUNIT_EXPECT_NULL(test, mm_take(GFP_KERNEL, 4));
	memalloc_nofs_restore(nofs);
	kunit_expect_report(test, "order:4, mode:0xcc0(GFP_KERNEL)");
	KUNIT_EXPECT_NULL(test, mm_take(GFP_KERNEL, 4));
	KUNIT_EXPECT_EQ(test, kunit_reports_seen(test), 4);
}

static void end_noreclaim(void *unused)
{
	memalloc_noreclaim_restore(0);
}

/* F15's reserves; but whose flags refuse them has none here either. */
static void api_G1_noreclaim_has_all_reserves(struct kunit *test)
{
	struct zone *dma = mm_zone(ZONE_DMA);
	unsigned long left;

	mm_near_limits(GFP_DMA);
	mm_fill(MM_TEST_GFP(GFP_KERNEL | GFP_DMA), 0);
	left = dma->nr_free_pages;
	KUNIT_EXPECT_GT(test, left, 0);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, end_noreclaim, NULL), 0);
	memalloc_noreclaim_save();
	KUNIT_EXPECT_NULL(test, mm_take(MM_TEST_GFP(GFP_KERNEL | GFP_DMA | __GFP_NOMEMALLOC), 0));
	KUNIT_EXPECT_EQ(test, mm_fill(MM_TEST_GFP(GFP_KERNEL | GFP_DMA), 0), left);
}

/* --- whose they are ---------------------------------------------------------------------- */

static void note_allowed(void *gfp)
{
	*(gfp_t *)gfp = allowed();
}

/* The task's own, also where it may not sleep; an interrupt on top of it has no part in them. */
static void api_G1_not_of_interrupts(struct kunit *test)
{
	enum context context;

	for (context = 0; context < NR_CONTEXTS; context++) {
		bool own = context == CONTEXT_PROCESS ||
			   (context >= CONTEXT_PREEMPT_OFF && context <= CONTEXT_BH_OFF);
		unsigned int old = memalloc_noio_save();
		gfp_t gfp = 0;
		int error = run_in_context(context, note_allowed, &gfp);

		memalloc_noio_restore(old);
		KUNIT_ASSERT_EQ(test, error, 0);
		KUNIT_EXPECT_EQ_MSG(test, gfp, (own ? GFP_NOIO : GFP_KERNEL) | __GFP_COMP, "%s",
				    context_names[context]);
	}
}

static int note_flags(void *flags)
{
	WRITE_ONCE(*(unsigned int *)flags, current->flags | PF_EXITING);
	return 0;
}

/* Nor does a thread inherit them that the task makes. */
static void api_G1_not_inherited(struct kunit *test)
{
	unsigned int *flags = zeroed(test, unsigned int), noio = memalloc_noio_save();
	unsigned int noreclaim = memalloc_noreclaim_save();
	struct task_struct *task = start_thread(test, note_flags, flags);

	memalloc_noreclaim_restore(noreclaim);
	memalloc_noio_restore(noio);
	KUNIT_EXPECT_EQ(test, finish_thread(test, task), 0);
	KUNIT_EXPECT_TRUE(test, *flags & PF_EXITING);
	KUNIT_EXPECT_EQ(test, *flags & SCOPES, 0);
}

static struct kunit_case scope_cases[] = {
	KUNIT_CASE(api_G1_noio_takes_io_and_fs),
	KUNIT_CASE(api_G1_nofs_takes_fs),
	KUNIT_CASE(api_G1_nested),
	KUNIT_CASE(api_G1_allocations_are_those_of_the_scope),
	KUNIT_CASE(api_G1_noreclaim_has_all_reserves),
	{},
};

static struct kunit_suite scope_suite = {
	.name = "scope",
	.init = mm_test_init,
	.exit = mm_test_exit,
	.test_cases = scope_cases,
};
kunit_test_suite(scope_suite);

/* These make threads, which are free to keep a page. */
static struct kunit_case scope_owner_cases[] = {
	KUNIT_CASE_SLOW(api_G1_not_of_interrupts),
	KUNIT_CASE_SLOW(api_G1_not_inherited),
	{},
};

static struct kunit_suite scope_owner_suite = {
	.name = "scope_owner",
	.test_cases = scope_owner_cases,
};
kunit_test_suite(scope_owner_suite);
