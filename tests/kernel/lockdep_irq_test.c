// SPDX-License-Identifier: MIT
/* Lock checking: locks that interrupts and softirqs take, and others too. */
#include "lockdep_test.h"

#ifdef CONFIG_LOCKDEP

#include <linux/interrupt.h>
#include <asm/traps.h>

#define TEST_VECTOR 0xe2

static noinline void take_a(struct pt_regs *regs)
{
	spin_lock(&a);
	spin_unlock(&a);
}

static void try_a(struct pt_regs *regs)
{
	if (spin_trylock(&a))
		spin_unlock(&a);
}

static void interrupt(interrupt_handler_t handler)
{
	set_interrupt_handler(TEST_VECTOR, handler);
	asm volatile("int %0" : : "i"(TEST_VECTOR) : "memory");
	set_interrupt_handler(TEST_VECTOR, NULL);
}

static void take_a_irqsave(void)
{
	unsigned long flags;

	spin_lock_irqsave(&a, flags);
	spin_unlock_irqrestore(&a, flags);
}

static void irq_unsafe_then_in_hardirq(struct kunit *test)
{
	take_a(NULL);
	kunit_expect_report(test, "inconsistent lock state: {HARDIRQ-ON-W} -> {IN-HARDIRQ-W} usage "
				  "of lock_a at take_a+0x");
	interrupt(take_a);
	interrupt(take_a);
	take_a(NULL);
	KUNIT_ASSERT_EQ(test, kunit_reports_seen(test), 1);
	print_last_report(test);
	expect_printed(test, "inconsistent {HARDIRQ-ON-W} -> {IN-HARDIRQ-W} usage.");
	expect_printed(test, "{HARDIRQ-ON-W} state was registered at:\n  take_a+0x");
	expect_printed(test, "<Interrupt>\n    lock(lock_a);");
}

static void in_hardirq_then_irq_unsafe(struct kunit *test)
{
	interrupt(take_a);
	take_a_irqsave();
	KUNIT_EXPECT_EQ(test, kunit_reports_seen(test), 0);
	kunit_expect_report(test, "{IN-HARDIRQ-W} -> {HARDIRQ-ON-W} usage of lock_a at take_a+0x");
	take_a(NULL);
	KUNIT_EXPECT_EQ(test, kunit_reports_seen(test), 1);
}

static void irqsave_is_safe(struct kunit *test)
{
	take_a_irqsave();
	interrupt(take_a);
	spin_lock_irq(&a);
	spin_unlock_irq(&a);
	KUNIT_EXPECT_EQ(test, kunit_reports_seen(test), 0);
}

/* An interrupt that only tries does not wait for who it interrupted. */
static void trylock_in_hardirq_is_safe(struct kunit *test)
{
	take_a(NULL);
	interrupt(try_a);
	KUNIT_EXPECT_EQ(test, kunit_reports_seen(test), 0);
}

/* Taken with interrupts off, but not held so to the end. */
static void interrupts_on_while_held(struct kunit *test)
{
	unsigned long flags;

	interrupt(take_a);
	kunit_expect_report(test, "{IN-HARDIRQ-W} -> {HARDIRQ-ON-W} usage of lock_a");
	spin_lock_irqsave(&b, flags);
	spin_lock(&a);
	spin_unlock_irqrestore(&b, flags);
	spin_unlock(&a);
	KUNIT_EXPECT_EQ(test, kunit_reports_seen(test), 1);
}

/* What an interrupt takes is not taken by the task below it. */
static void interrupt_on_top_of_a_holder(struct kunit *test)
{
	unsigned long flags;

	local_irq_save(flags);
	spin_lock(&b);
	interrupt(take_a);
	spin_unlock(&b);
	local_irq_restore(flags);

	local_irq_save(flags);
	take_nested(&a, &b);
	local_irq_restore(flags);
	KUNIT_EXPECT_EQ(test, kunit_reports_seen(test), 0);
}

static void tasklet_takes_a(struct tasklet_struct *unused)
{
	take_a(NULL);
}

/* It runs at the end of the section. */
static void run_tasklet(void)
{
	static DECLARE_TASKLET(tasklet, tasklet_takes_a);

	local_bh_disable();
	tasklet_schedule(&tasklet);
	local_bh_enable();
	tasklet_kill(&tasklet);
}

static void softirq_unsafe_then_in_softirq(struct kunit *test)
{
	take_a(NULL);
	kunit_expect_report(test, "{SOFTIRQ-ON-W} -> {IN-SOFTIRQ-W} usage of lock_a at take_a+0x");
	run_tasklet();
	run_tasklet();
	KUNIT_EXPECT_EQ(test, kunit_reports_seen(test), 1);
}

static void in_softirq_then_softirq_unsafe(struct kunit *test)
{
	run_tasklet();
	spin_lock_bh(&a);
	spin_unlock_bh(&a);
	take_a_irqsave();
	KUNIT_EXPECT_EQ(test, kunit_reports_seen(test), 0);
	kunit_expect_report(test, "{IN-SOFTIRQ-W} -> {SOFTIRQ-ON-W} usage of lock_a at take_a+0x");
	take_a(NULL);
	KUNIT_EXPECT_EQ(test, kunit_reports_seen(test), 1);
}

/* Softirqs are kept out, hard interrupts are not. */
static void bh_is_not_enough_against_hardirqs(struct kunit *test)
{
	spin_lock_bh(&a);
	spin_unlock_bh(&a);
	kunit_expect_report(test, "{HARDIRQ-ON-W} -> {IN-HARDIRQ-W}");
	interrupt(take_a);
	KUNIT_EXPECT_EQ(test, kunit_reports_seen(test), 1);
}

static noinline void nested_irqsave(spinlock_t *outer, spinlock_t *inner)
{
	unsigned long flags;

	local_irq_save(flags);
	take_nested(outer, inner);
	local_irq_restore(flags);
}

static noinline void take_c(void)
{
	spin_lock(&c);
	spin_unlock(&c);
}

/* a by interrupts; c with interrupts on; c inside a by way of b: whichever is learnt last. */
static void irq_unsafe_inside_irq_safe(struct kunit *test)
{
	interrupt(take_a);
	take_c();
	nested_irqsave(&b, &c);
	KUNIT_EXPECT_EQ(test, kunit_reports_seen(test), 0);
	kunit_expect_report(
		test,
		"HARDIRQ-safe -> HARDIRQ-unsafe lock order detected: lock_a, inside it lock_c");
	nested_irqsave(&a, &b);
	nested_irqsave(&a, &c);
	KUNIT_ASSERT_EQ(test, kunit_reports_seen(test), 1);
	KUNIT_EXPECT_EQ(test, last_lock_report.nr_path, 2);

	print_last_report(test);
	expect_printed(test, "{IN-HARDIRQ-W} lock_a: taken at\n  take_a+0x");
	expect_printed(test, "{HARDIRQ-ON-W} lock_c: taken at\n  take_c+0x");
	expect_printed(test, "-> #1 (lock_b){..}:\n       taken at take_nested+0x");
}

static void irq_unsafe_inside_what_becomes_irq_safe(struct kunit *test)
{
	take_c();
	nested_irqsave(&a, &b);
	nested_irqsave(&b, &c);
	KUNIT_EXPECT_EQ(test, kunit_reports_seen(test), 0);
	kunit_expect_report(test, "HARDIRQ-safe -> HARDIRQ-unsafe lock order detected");
	interrupt(take_a);
	KUNIT_EXPECT_EQ(test, kunit_reports_seen(test), 1);
}

static void softirq_unsafe_inside_softirq_safe(struct kunit *test)
{
	run_tasklet();
	nested_irqsave(&a, &c);
	KUNIT_EXPECT_EQ(test, kunit_reports_seen(test), 0);
	kunit_expect_report(
		test,
		"SOFTIRQ-safe -> SOFTIRQ-unsafe lock order detected: lock_a, inside it lock_c");
	take_c();
	KUNIT_EXPECT_EQ(test, kunit_reports_seen(test), 1);
}

/* Where interrupts take the inner one there is nothing to wait for. */
static void irq_safe_inside_irq_unsafe(struct kunit *test)
{
	interrupt(take_a);
	take_c();
	nested_irqsave(&c, &a);
	KUNIT_EXPECT_EQ(test, kunit_reports_seen(test), 0);
}

static struct kunit_case lockdep_cases[] = {
	KUNIT_CASE(irq_unsafe_then_in_hardirq),
	KUNIT_CASE(in_hardirq_then_irq_unsafe),
	KUNIT_CASE(irqsave_is_safe),
	KUNIT_CASE(trylock_in_hardirq_is_safe),
	KUNIT_CASE(interrupts_on_while_held),
	KUNIT_CASE(interrupt_on_top_of_a_holder),
	KUNIT_CASE(softirq_unsafe_then_in_softirq),
	KUNIT_CASE(in_softirq_then_softirq_unsafe),
	KUNIT_CASE(bh_is_not_enough_against_hardirqs),
	KUNIT_CASE(irq_unsafe_inside_irq_safe),
	KUNIT_CASE(irq_unsafe_inside_what_becomes_irq_safe),
	KUNIT_CASE(softirq_unsafe_inside_softirq_safe),
	KUNIT_CASE(irq_safe_inside_irq_unsafe),
	{},
};

#endif

static struct kunit_suite lockdep_irq_suite = {
	.name = "lockdep_irq",
	.init = lockdep_test_init,
	.exit = lockdep_test_exit,
	.test_cases = lockdep_cases,
};
kunit_test_suite(lockdep_irq_suite);
