// SPDX-License-Identifier: MIT
/*
 * Interrupt lines. Most cases use ISA's line 8, the real-time clock's, which no driver has,
 * and raise its interrupt by the `int` instruction: it comes in as a device's does, but at
 * once, whatever the controller thinks. What only a controller can show, edges latched and
 * lines masked, the clock itself does, or the local APIC's interrupt to itself.
 */
#include <linux/delay.h>
#include <linux/errno.h>
#include <linux/io.h>
#include <linux/irqdesc.h>
#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/string.h>
#include <asm/apic.h>
#include <memkern/kunit_extra.h>
#include <memkern/monitor.h>
#include "capture.h"

#define LINE	    8
#define CASCADE	    2
#define RAISE_LINE  "int $0x28" /* ISA_IRQ_VECTOR(LINE) */
#define JUDGED_AT   100000	/* interrupts, and how many of them may be unclaimed */
#define MAY_BE_NONE 99900

struct user {
	irqreturn_t result;
	void (*in_handler)(struct user *user);
	unsigned int calls, depth, deepest;
	int irq;
	bool was_hardirq, irqs_were_on;
};

static struct user first, second, third;

static irqreturn_t handler(int irq, void *dev_id)
{
	struct user *user = dev_id;

	user->calls++;
	user->irq = irq;
	user->was_hardirq = in_hardirq();
	user->irqs_were_on = !irqs_disabled();
	user->deepest = max(user->deepest, ++user->depth);
	if (user->in_handler)
		user->in_handler(user);
	user->depth--;
	return user->result;
}

static struct irq_desc *line(void)
{
	return irq_to_desc(LINE);
}

static void raise_line(void)
{
	asm volatile(RAISE_LINE : : : "memory");
}

static int request(struct user *user, unsigned long flags, const char *name)
{
	return request_irq(LINE, handler, flags, name, user);
}

/* --- the clock as a device ---------------------------------------------------- */

#define CMOS_INDEX 0x70
#define CMOS_DATA  0x71

#define RTC_A	       0x0a
#define RTC_B	       0x0b
#define RTC_C	       0x0c /* why it interrupted; reading it lets the line go */
#define RTC_A_1024_HZ  0x26
#define RTC_B_PERIODIC 0x40
#define RTC_C_PERIODIC 0x40

static u8 rtc_read(u8 reg)
{
	outb(reg, CMOS_INDEX);
	return inb(CMOS_DATA);
}

static void rtc_write(u8 reg, u8 value)
{
	outb(reg, CMOS_INDEX);
	outb(value, CMOS_DATA);
}

static void rtc_stop(void)
{
	rtc_write(RTC_B, rtc_read(RTC_B) & ~RTC_B_PERIODIC);
	rtc_read(RTC_C);
}

static void rtc_stop_action(void *unused)
{
	rtc_stop();
}

/* From now on 1024 edges a second, each of which wants register C read. */
static void rtc_start(struct kunit *test)
{
	KUNIT_ASSERT_EQ(test, kunit_add_action(test, rtc_stop_action, NULL), 0);
	rtc_write(RTC_A, RTC_A_1024_HZ);
	rtc_read(RTC_C);
	rtc_write(RTC_B, rtc_read(RTC_B) | RTC_B_PERIODIC);
}

static void rtc_acknowledge(struct user *user)
{
	user->result = rtc_read(RTC_C) & RTC_C_PERIODIC ? IRQ_HANDLED : IRQ_NONE;
}

/* A machine without the clock answers with all ones, or with nothing that runs. */
static bool rtc_present(void)
{
	bool runs = false;
	unsigned int i;

	rtc_write(RTC_A, RTC_A_1024_HZ);
	rtc_write(RTC_B, rtc_read(RTC_B) | RTC_B_PERIODIC);
	rtc_read(RTC_C);
	for (i = 0; i < 20 && !runs; i++) {
		u8 reason = rtc_read(RTC_C);

		runs = reason != 0xff && (reason & RTC_C_PERIODIC);
		mdelay(1);
	}
	rtc_stop();
	return runs;
}

/* --- every case --------------------------------------------------------------- */

static bool uses_line(struct user *user)
{
	const struct irqaction *action;

	for (action = line()->action; action; action = action->next)
		if (action->dev_id == user)
			return true;
	return false;
}

/* The 8259 keeps an edge that came while masked: an earlier case's, from the clock. */
static void forget_latched_edges(struct kunit *test)
{
	first = (struct user){ .result = IRQ_HANDLED };
	KUNIT_ASSERT_EQ(test, request(&first, 0, "drain"), 0);
	mdelay(1);
	free_irq(LINE, &first);
}

static int irq_init(struct kunit *test)
{
	if (!line())
		kunit_skip(test, "the machine has no line %d", LINE);
	if (line()->action)
		kunit_skip(test, "somebody uses line %d", LINE);
	forget_latched_edges(test);
	first = second = third = (struct user){ .result = IRQ_HANDLED };
	return 0;
}

static void irq_exit_case(struct kunit *test)
{
	struct user *users[] = { &first, &second, &third };
	unsigned int i;

	for (i = 0; line() && i < ARRAY_SIZE(users); i++)
		if (uses_line(users[i]))
			free_irq(LINE, users[i]);
}

/* --- asking ------------------------------------------------------------------- */

static void bad_requests(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, request_irq(NR_IRQS, handler, 0, "x", &first), -EINVAL);
	KUNIT_EXPECT_EQ(test, request_irq(UINT_MAX, handler, 0, "x", &first), -EINVAL);
	KUNIT_EXPECT_EQ(test, request_irq(CASCADE, handler, 0, "x", &first), -EINVAL);
	KUNIT_EXPECT_EQ(test, request_irq(LINE, NULL, 0, "x", &first), -EINVAL);
	KUNIT_EXPECT_EQ(test, request_irq(LINE, handler, IRQF_SHARED, "x", NULL), -EINVAL);
	KUNIT_EXPECT_EQ(test, request(&first, IRQF_SHARED | IRQF_NO_AUTOEN, "x"), -EINVAL);
	KUNIT_EXPECT_NULL(test, line()->action);
	KUNIT_EXPECT_TRUE(test, line()->istate & IRQS_MASKED);
	KUNIT_EXPECT_NULL(test, free_irq(NR_IRQS, &first));
	disable_irq(NR_IRQS);
	enable_irq(NR_IRQS);
	synchronize_irq(NR_IRQS);
}

static void a_trigger_that_the_chip_lacks(struct kunit *test)
{
	if (!line()->irq_data.chip->irq_set_type)
		kunit_skip(test, "this controller's triggers are set elsewhere");
	KUNIT_EXPECT_EQ(test, request(&first, IRQF_TRIGGER_RISING | IRQF_TRIGGER_FALLING, "x"),
			-EINVAL);
	KUNIT_EXPECT_NULL(test, line()->action);
	KUNIT_EXPECT_EQ(test, line()->depth, 1);
}

static void a_handler_is_called(struct kunit *test)
{
	unsigned int before = kstat_irqs(line());

	KUNIT_ASSERT_EQ(test, request(&first, 0, "one"), 0);
	KUNIT_EXPECT_EQ(test, first.calls, 0);
	raise_line();
	raise_line();
	KUNIT_EXPECT_EQ(test, first.calls, 2);
	KUNIT_EXPECT_EQ(test, first.irq, LINE);
	KUNIT_EXPECT_TRUE(test, first.was_hardirq);
	KUNIT_EXPECT_FALSE(test, first.irqs_were_on);
	KUNIT_EXPECT_FALSE(test, in_hardirq());
	KUNIT_EXPECT_EQ(test, kstat_irqs(line()), before + 2);
	KUNIT_EXPECT_STREQ(test, (const char *)free_irq(LINE, &first), "one");
	KUNIT_EXPECT_TRUE(test, line()->istate & IRQS_MASKED);
}

static void nobody_asked_for_it(struct kunit *test)
{
	unsigned int before = kstat_irqs(line()), unhandled = line()->unhandled_total;

	kunit_expect_report(test, "irq 8: unexpected IRQ trap at vector 28");
	raise_line();
	KUNIT_EXPECT_EQ(test, kunit_reports_seen(test), 1);
	KUNIT_EXPECT_EQ(test, kstat_irqs(line()), before + 1);
	KUNIT_EXPECT_EQ(test, line()->unhandled_total, unhandled + 1);
	/* The line is as good as ever, and nothing of that interrupt is kept for later. */
	KUNIT_ASSERT_EQ(test, request(&first, 0, "one"), 0);
	KUNIT_EXPECT_EQ(test, first.calls, 0);
	raise_line();
	KUNIT_EXPECT_EQ(test, first.calls, 1);
}

static void not_enabled_by_itself(struct kunit *test)
{
	KUNIT_ASSERT_EQ(test, request(&first, IRQF_NO_AUTOEN, "one"), 0);
	KUNIT_EXPECT_TRUE(test, line()->istate & IRQS_MASKED);
	enable_irq(LINE);
	KUNIT_EXPECT_FALSE(test, line()->istate & (IRQS_DISABLED | IRQS_MASKED));
	raise_line();
	KUNIT_EXPECT_EQ(test, first.calls, 1);
}

/* --- sharing ------------------------------------------------------------------ */

static void a_line_in_use(struct kunit *test)
{
	KUNIT_ASSERT_EQ(test, request(&first, 0, "one"), 0);
	kunit_expect_report(test, "Flags mismatch irq 8. 0000008");
	KUNIT_EXPECT_EQ(test, request(&second, IRQF_SHARED, "two"), -EBUSY);
	KUNIT_EXPECT_EQ(test, kunit_reports_seen(test), 1);
	/* Only trying: the answer is the same, but nothing is said. */
	KUNIT_EXPECT_EQ(test, request(&second, IRQF_SHARED | IRQF_PROBE_SHARED, "two"), -EBUSY);
	raise_line();
	KUNIT_EXPECT_EQ(test, first.calls, 1);
	KUNIT_EXPECT_EQ(test, second.calls, 0);
}

static void sharers_must_agree_on_the_trigger(struct kunit *test)
{
	KUNIT_ASSERT_EQ(test, request(&first, IRQF_SHARED | IRQF_TRIGGER_RISING, "one"), 0);
	kunit_expect_report(test, "Flags mismatch irq 8. 00000088 (two) vs. 00000081 (one)");
	KUNIT_EXPECT_EQ(test, request(&second, IRQF_SHARED | IRQF_TRIGGER_LOW, "two"), -EBUSY);
	KUNIT_EXPECT_EQ(test, kunit_reports_seen(test), 1);
	/* Who does not care takes what there is. */
	KUNIT_EXPECT_EQ(test, request(&second, IRQF_SHARED, "two"), 0);
}

static void all_sharers_are_called(struct kunit *test)
{
	unsigned int unhandled = line()->unhandled_total;

	first.result = third.result = IRQ_NONE;
	KUNIT_ASSERT_EQ(test, request(&first, IRQF_SHARED, "one"), 0);
	KUNIT_ASSERT_EQ(test, request(&second, IRQF_SHARED, "two"), 0);
	KUNIT_ASSERT_EQ(test, request(&third, IRQF_SHARED, "three"), 0);
	raise_line();
	KUNIT_EXPECT_EQ(test, first.calls, 1);
	KUNIT_EXPECT_EQ(test, second.calls, 1);
	KUNIT_EXPECT_EQ(test, third.calls, 1);
	KUNIT_EXPECT_EQ(test, line()->unhandled_total, unhandled);

	KUNIT_EXPECT_STREQ(test, (const char *)free_irq(LINE, &second), "two");
	raise_line();
	KUNIT_EXPECT_EQ(test, first.calls, 2);
	KUNIT_EXPECT_EQ(test, second.calls, 1);
	KUNIT_EXPECT_EQ(test, third.calls, 2);
	KUNIT_EXPECT_EQ(test, line()->unhandled_total, unhandled + 1);
}

static void freed_twice(struct kunit *test)
{
	KUNIT_ASSERT_EQ(test, request(&first, IRQF_SHARED, "one"), 0);
	KUNIT_ASSERT_EQ(test, request(&second, IRQF_SHARED, "two"), 0);
	free_irq(LINE, &first);
	kunit_expect_report(test, "Trying to free already-free IRQ 8");
	KUNIT_EXPECT_NULL(test, free_irq(LINE, &first));
	KUNIT_EXPECT_EQ(test, kunit_reports_seen(test), 1);
	raise_line();
	KUNIT_EXPECT_EQ(test, first.calls, 0);
	KUNIT_EXPECT_EQ(test, second.calls, 1);
}

/* --- disabling ---------------------------------------------------------------- */

static void disabling_nests(struct kunit *test)
{
	KUNIT_ASSERT_EQ(test, request(&first, 0, "one"), 0);
	disable_irq(LINE);
	disable_irq_nosync(LINE);
	enable_irq(LINE);
	KUNIT_EXPECT_TRUE(test, line()->istate & IRQS_DISABLED);
	raise_line();
	KUNIT_EXPECT_EQ(test, first.calls, 0);
	KUNIT_EXPECT_TRUE(test, line()->istate & IRQS_MASKED);
	enable_irq(LINE);
	KUNIT_EXPECT_FALSE(test, line()->istate & (IRQS_DISABLED | IRQS_MASKED));
}

static void an_unbalanced_enable(struct kunit *test)
{
	KUNIT_ASSERT_EQ(test, request(&first, 0, "one"), 0);
	kunit_expect_report(test, "Unbalanced enable for IRQ 8");
	enable_irq(LINE);
	KUNIT_EXPECT_EQ(test, kunit_reports_seen(test), 1);
	KUNIT_EXPECT_EQ(test, line()->depth, 0);
	disable_irq(LINE);
	raise_line();
	KUNIT_EXPECT_EQ(test, first.calls, 0);
}

/* Nobody can open a line that nobody has. */
static void enabling_a_free_line(struct kunit *test)
{
	kunit_expect_report(test, "Unbalanced enable for IRQ 8");
	enable_irq(LINE);
	KUNIT_EXPECT_EQ(test, kunit_reports_seen(test), 1);
	KUNIT_EXPECT_EQ(test, line()->depth, 1);
	KUNIT_EXPECT_TRUE(test, line()->istate & IRQS_MASKED);
}

static void disable_in_handler(struct user *user)
{
	disable_irq_nosync(user->irq);
}

static void disabled_by_its_handler(struct kunit *test)
{
	first.in_handler = disable_in_handler;
	KUNIT_ASSERT_EQ(test, request(&first, 0, "one"), 0);
	raise_line();
	KUNIT_EXPECT_EQ(test, first.calls, 1);
	KUNIT_EXPECT_TRUE(test, line()->istate & IRQS_DISABLED);
	raise_line();
	KUNIT_EXPECT_EQ(test, first.calls, 1);
}

/* --- handlers that misbehave -------------------------------------------------- */

static void enable_interrupts(struct user *user)
{
	local_irq_enable();
}

static void a_handler_that_enables_interrupts(struct kunit *test)
{
	first.in_handler = enable_interrupts;
	KUNIT_ASSERT_EQ(test, request(&first, IRQF_SHARED, "one"), 0);
	KUNIT_ASSERT_EQ(test, request(&second, IRQF_SHARED, "two"), 0);
	kunit_expect_report(test, "irq 8 handler handler+0x0");
	raise_line();
	KUNIT_EXPECT_EQ(test, kunit_reports_seen(test), 1);
	KUNIT_EXPECT_EQ(test, second.calls, 1);
	KUNIT_EXPECT_FALSE(test, second.irqs_were_on);
}

static const void *freed;

static void free_in_handler(struct user *user)
{
	freed = free_irq(user->irq, user);
}

static void freed_by_its_handler(struct kunit *test)
{
	freed = &freed;
	first.in_handler = free_in_handler;
	KUNIT_ASSERT_EQ(test, request(&first, 0, "one"), 0);
	kunit_expect_report(test, "Trying to free IRQ 8 from IRQ context!");
	raise_line();
	KUNIT_EXPECT_EQ(test, kunit_reports_seen(test), 1);
	KUNIT_EXPECT_NULL(test, freed);
	first.in_handler = NULL;
	raise_line();
	KUNIT_EXPECT_EQ(test, first.calls, 2);
}

static void wait_in_handler(struct user *user)
{
	synchronize_irq(user->irq);
}

static void waited_for_by_its_handler(struct kunit *test)
{
	first.in_handler = wait_in_handler;
	KUNIT_ASSERT_EQ(test, request(&first, 0, "one"), 0);
	kunit_expect_report(test, "synchronize_irq");
	raise_line();
	KUNIT_EXPECT_EQ(test, kunit_reports_seen(test), 1);
	KUNIT_EXPECT_EQ(test, first.calls, 1);
}

static void a_bogus_result(struct kunit *test)
{
	first.result = (irqreturn_t)42;
	KUNIT_ASSERT_EQ(test, request(&first, 0, "one"), 0);
	kunit_expect_report(test, "irq event 8: bogus return value 2a");
	raise_line();
	KUNIT_EXPECT_EQ(test, kunit_reports_seen(test), 1);
}

static void storm(unsigned int nr)
{
	while (nr--)
		raise_line();
}

static void a_storm_is_shut_off(struct kunit *test)
{
	unsigned int calls;

	first.result = IRQ_NONE;
	KUNIT_ASSERT_EQ(test, request(&first, IRQF_SHARED, "one"), 0);
	line()->last_unhandled = jiffies;
	storm(JUDGED_AT - 1);
	KUNIT_EXPECT_FALSE(test, line()->istate & IRQS_DISABLED);
	/* A new interval of 100 ms may have begun in between: the count with it. */
	line()->irqs_unhandled = MAY_BE_NONE;
	line()->last_unhandled = jiffies;
	kunit_expect_report(test, "irq 8: nobody cared (try booting with the \"irqpoll\" option)");
	raise_line();
	KUNIT_EXPECT_EQ(test, kunit_reports_seen(test), 1);
	KUNIT_EXPECT_TRUE(test, line()->istate & IRQS_SPURIOUS_DISABLED);
	KUNIT_EXPECT_EQ(test, first.calls, JUDGED_AT);
	raise_line();
	KUNIT_EXPECT_EQ(test, first.calls, JUDGED_AT);
	KUNIT_EXPECT_TRUE(test, line()->istate & IRQS_MASKED);

	/* Somebody else asks for the line: perhaps it was that one's device. */
	KUNIT_ASSERT_EQ(test, request(&second, IRQF_SHARED, "two"), 0);
	KUNIT_EXPECT_FALSE(test, line()->istate & (IRQS_SPURIOUS_DISABLED | IRQS_DISABLED));
	mdelay(1); /* the one that came meanwhile may be replayed */
	calls = second.calls;
	KUNIT_EXPECT_LE(test, calls, 1);
	raise_line();
	KUNIT_EXPECT_EQ(test, second.calls, calls + 1);
}

static void some_unclaimed_are_no_storm(struct kunit *test)
{
	KUNIT_ASSERT_EQ(test, request(&first, 0, "one"), 0);
	line()->irq_count = JUDGED_AT - 2;
	line()->irqs_unhandled = MAY_BE_NONE - 1;
	line()->last_unhandled = jiffies;
	first.result = IRQ_NONE;
	raise_line();
	first.result = IRQ_HANDLED;
	raise_line();
	KUNIT_EXPECT_FALSE(test, line()->istate & IRQS_DISABLED);
	KUNIT_EXPECT_EQ(test, line()->irq_count, 0);
	KUNIT_EXPECT_EQ(test, line()->irqs_unhandled, 0);
}

static void far_apart_is_no_storm(struct kunit *test)
{
	first.result = IRQ_NONE;
	KUNIT_ASSERT_EQ(test, request(&first, 0, "one"), 0);
	line()->irq_count = JUDGED_AT - 1;
	line()->irqs_unhandled = JUDGED_AT - 1;
	line()->last_unhandled = jiffies - HZ / 10 - 1;
	raise_line();
	KUNIT_EXPECT_FALSE(test, line()->istate & IRQS_DISABLED);
	KUNIT_EXPECT_EQ(test, first.calls, 1);
}

/* --- the controllers ---------------------------------------------------------- */

static void a_real_device_interrupts(struct kunit *test)
{
	unsigned int unhandled = line()->unhandled_total, stopped, tries;

	if (!rtc_present())
		kunit_skip(test, "no real-time clock");
	first.in_handler = rtc_acknowledge;
	KUNIT_ASSERT_EQ(test, request(&first, 0, "rtc"), 0);
	rtc_start(test);
	for (tries = 0; tries < 200 && first.calls < 10; tries++)
		mdelay(5);
	rtc_stop();
	KUNIT_EXPECT_GE(test, first.calls, 10);
	/* Under an emulator that is late, one edge may stand for two. */
	KUNIT_EXPECT_LT(test, line()->unhandled_total - unhandled, first.calls / 2);
	stopped = first.calls;
	mdelay(5);
	KUNIT_EXPECT_EQ(test, first.calls, stopped);
}

/* The device goes on, but nobody has the line: it is masked, nothing comes, nothing is said. */
static void a_masked_line_is_quiet(struct kunit *test)
{
	unsigned int before = kstat_irqs(line());

	if (!rtc_present())
		kunit_skip(test, "no real-time clock");
	rtc_start(test);
	mdelay(10);
	rtc_stop();
	KUNIT_EXPECT_EQ(test, kstat_irqs(line()), before);
}

/* The edge comes while the line is disabled. Its handler runs when it is enabled: once. */
static void a_real_edge_is_replayed(struct kunit *test)
{
	unsigned int tries;

	if (!rtc_present())
		kunit_skip(test, "no real-time clock");
	forget_latched_edges(test);
	first = (struct user){ .result = IRQ_HANDLED, .in_handler = rtc_acknowledge };
	KUNIT_ASSERT_EQ(test, request(&first, 0, "rtc"), 0);
	disable_irq(LINE);
	rtc_start(test);
	for (tries = 0; tries < 200 && !(READ_ONCE(line()->istate) & IRQS_PENDING); tries++)
		mdelay(5);
	KUNIT_EXPECT_EQ(test, first.calls, 0);
	/* No further edge; this one's reason stays in register C until the handler reads it. */
	rtc_write(RTC_B, rtc_read(RTC_B) & ~RTC_B_PERIODIC);
	enable_irq(LINE);
	mdelay(1);
	KUNIT_EXPECT_EQ(test, first.calls, 1);
	KUNIT_EXPECT_EQ(test, first.result, IRQ_HANDLED);
	KUNIT_EXPECT_FALSE(test, line()->istate & (IRQS_PENDING | IRQS_REPLAY));
}

static void send_another(struct user *user)
{
	if (user->calls == 1)
		apic_send_self(ISA_IRQ_VECTOR(LINE));
}

/* A second edge while the handler runs: not lost, and not inside of the first. */
static void an_edge_during_its_handler(struct kunit *test)
{
	if (!line()->irq_data.chip->irq_retrigger)
		kunit_skip(test, "the lines do not go through the local APIC");
	first.in_handler = send_another;
	KUNIT_ASSERT_EQ(test, request(&first, IRQF_TRIGGER_RISING, "one"), 0);
	apic_send_self(ISA_IRQ_VECTOR(LINE));
	mdelay(1);
	KUNIT_EXPECT_EQ(test, first.calls, 2);
	KUNIT_EXPECT_EQ(test, first.deepest, 1);
}

static void level_triggered_lines_flow_differently(struct kunit *test)
{
	if (!line()->irq_data.chip->irq_set_type)
		kunit_skip(test, "this controller's triggers are set elsewhere");
	KUNIT_ASSERT_EQ(test, request(&first, IRQF_TRIGGER_HIGH, "one"), 0);
	KUNIT_EXPECT_PTR_EQ(test, line()->handle_irq, handle_fasteoi_irq);
	KUNIT_EXPECT_EQ(test, line()->irq_data.trigger, IRQ_TYPE_LEVEL_HIGH);
	raise_line();
	KUNIT_EXPECT_EQ(test, first.calls, 1);
	free_irq(LINE, &first);
	KUNIT_ASSERT_EQ(test, request(&first, IRQF_TRIGGER_RISING, "one"), 0);
	KUNIT_EXPECT_PTR_EQ(test, line()->handle_irq, handle_edge_irq);
}

static bool being_served(unsigned int vector)
{
	return apic_read(APIC_ISR + vector / 32 * 0x10) & BIT(vector % 32);
}

/* Only counted: an EOI would end another one's service. Not sent for real: Bochs never ends it. */
static void spurious_from_the_local_apic(struct kunit *test)
{
	int before = atomic_read(&irq_spurious_count);

	if (!lapic_present)
		kunit_skip(test, "no local APIC");
	asm volatile("int %0" : : "i"(SPURIOUS_APIC_VECTOR) : "memory");
	KUNIT_EXPECT_EQ(test, atomic_read(&irq_spurious_count), before + 1);
	KUNIT_EXPECT_FALSE(test, being_served(SPURIOUS_APIC_VECTOR));
}

static void an_apic_error(struct kunit *test)
{
	int before = atomic_read(&irq_err_count);

	if (!lapic_present)
		kunit_skip(test, "no local APIC");
	kunit_expect_report(test, "APIC error on CPU0: ");
	apic_send_self(ERROR_APIC_VECTOR);
	mdelay(1);
	KUNIT_EXPECT_EQ(test, kunit_reports_seen(test), 1);
	KUNIT_EXPECT_EQ(test, atomic_read(&irq_err_count), before + 1);
	KUNIT_EXPECT_FALSE(test, being_served(ERROR_APIC_VECTOR));
}

/* A vector that nobody has, by way of the local APIC: it is ended there all the same. */
static void an_unexpected_vector_is_ended(struct kunit *test)
{
	if (!lapic_present)
		kunit_skip(test, "no local APIC");
	kunit_expect_report(test, "unexpected interrupt, vector 0xe7");
	apic_send_self(0xe7);
	mdelay(1);
	KUNIT_EXPECT_EQ(test, kunit_reports_seen(test), 1);
	KUNIT_EXPECT_FALSE(test, being_served(0xe7));
}

/* The 8259 says 7, or 15, but is serving nothing. */
static void spurious_from_the_8259(struct kunit *test)
{
	int before = atomic_read(&irq_spurious_count);
	struct irq_desc *seven = irq_to_desc(7);
	unsigned int count;

	if (strcmp(seven->irq_data.chip->name, "XT-PIC"))
		kunit_skip(test, "the 8259 is not used");
	count = kstat_irqs(seven);
	asm volatile("int $0x27" : : : "memory");
	asm volatile("int $0x2f" : : : "memory");
	KUNIT_EXPECT_EQ(test, atomic_read(&irq_spurious_count), before + 2);
	KUNIT_EXPECT_EQ(test, kstat_irqs(seven), count);
}

/* --- the monitor -------------------------------------------------------------- */

static void the_monitor_shows_lines(struct kunit *test)
{
	KUNIT_ASSERT_EQ(test, request(&first, IRQF_SHARED, "one"), 0);
	KUNIT_ASSERT_EQ(test, request(&second, IRQF_SHARED, "two"), 0);
	raise_line();
	capture_begin(test, &capture);
	monitor_execute("irq");
	capture_end(test, &capture);
	KUNIT_EXPECT_NOT_NULL(test, strstr(capture.text, " one, two\n"));
	disable_irq(LINE);
	capture_begin(test, &capture);
	monitor_execute("irq --json");
	capture_end(test, &capture);
	KUNIT_EXPECT_NOT_NULL(test, strstr(capture.text, "{\"irq\":8,\"count\":"));
	KUNIT_EXPECT_NOT_NULL(test, strstr(capture.text,
					   "\"users\":\"one, two\",\"state\":\"disabled\"}"));
	KUNIT_EXPECT_NOT_NULL(test, strstr(capture.text, ",\"spurious\":"));
}

static struct kunit_case irq_cases[] = {
	KUNIT_CASE_SLOW(bad_requests),
	KUNIT_CASE(a_trigger_that_the_chip_lacks),
	KUNIT_CASE_SLOW(a_handler_is_called),
	KUNIT_CASE_SLOW(nobody_asked_for_it),
	KUNIT_CASE_SLOW(not_enabled_by_itself),
	KUNIT_CASE_SLOW(a_line_in_use),
	KUNIT_CASE_SLOW(sharers_must_agree_on_the_trigger),
	KUNIT_CASE(all_sharers_are_called),
	KUNIT_CASE_SLOW(freed_twice),
	KUNIT_CASE_SLOW(disabling_nests),
	KUNIT_CASE(an_unbalanced_enable),
	KUNIT_CASE_SLOW(enabling_a_free_line),
	KUNIT_CASE_SLOW(disabled_by_its_handler),
	KUNIT_CASE(a_handler_that_enables_interrupts),
	KUNIT_CASE_SLOW(freed_by_its_handler),
	KUNIT_CASE_SLOW(waited_for_by_its_handler),
	KUNIT_CASE(a_bogus_result),
	KUNIT_CASE_SLOW(a_storm_is_shut_off),
	KUNIT_CASE_SLOW(some_unclaimed_are_no_storm),
	KUNIT_CASE_SLOW(far_apart_is_no_storm),
	KUNIT_CASE_SLOW(a_real_device_interrupts),
	KUNIT_CASE_SLOW(a_masked_line_is_quiet),
	KUNIT_CASE_SLOW(a_real_edge_is_replayed),
	KUNIT_CASE_SLOW(an_edge_during_its_handler),
	KUNIT_CASE_SLOW(level_triggered_lines_flow_differently),
	KUNIT_CASE_SLOW(spurious_from_the_local_apic),
	KUNIT_CASE_SLOW(an_apic_error),
	KUNIT_CASE_SLOW(an_unexpected_vector_is_ended),
	KUNIT_CASE_SLOW(spurious_from_the_8259),
	KUNIT_CASE_SLOW(the_monitor_shows_lines),
	{},
};

static struct kunit_suite irq_suite = {
	.name = "irq",
	.init = irq_init,
	.exit = irq_exit_case,
	.test_cases = irq_cases,
};
kunit_test_suite(irq_suite);
