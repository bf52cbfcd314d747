// SPDX-License-Identifier: MIT
/* Exceptions and interrupts that return, reads that may fault, and what the CPU is switched to. */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/printk.h>
#include <linux/uaccess.h>
#include <asm/msr.h>
#include <asm/page.h>
#include <asm/processor.h>
#include <asm/ptrace.h>
#include <asm/segment.h>
#include <asm/traps.h>
#include <memkern/kunit_extra.h>

/* Vectors that nobody has: behind the devices', and between the CPUs'. */
#define TEST_VECTOR	     0xe1
#define LOW_VECTOR	     0x80
#define HIGH_VECTOR	     0xfb
#define X86_EFLAGS_DF	     0x400UL
#define X86_EFLAGS_CF_AND_ZF 0x041UL

static struct pt_regs seen;
static unsigned int nr_seen;
static bool seen_irqs_disabled;

static void remember(struct pt_regs *regs)
{
	seen = *regs;
	seen_irqs_disabled = irqs_disabled();
	nr_seen++;
}

/* Loads each register with a value of its own, interrupts itself, and looks again. */
static void interrupt_preserves_registers(struct kunit *test)
{
	unsigned long ax = 0xa0a0, bx = 0xb0b0, cx = 0xc0c0, dx = 0xd0d0, si = 0x5151, di = 0xd1d1;
	unsigned long flags, sp;

	nr_seen = 0;
	set_interrupt_handler(TEST_VECTOR, remember);
	asm volatile("movl %%esp, %[sp]\n"
		     "	std\n"
		     "	cmpl %%eax, %%eax\n"
		     "	stc\n"
		     "	int %[vector]\n"
		     "	pushfl\n"
		     "	cld\n"
		     "	popl %[flags]"
		     : "+a"(ax), "+b"(bx), "+c"(cx), "+d"(dx), "+S"(si),
		       "+D"(di), [flags] "=m"(flags), [sp] "=m"(sp)
		     : [vector] "i"(TEST_VECTOR)
		     : "memory", "cc");
	set_interrupt_handler(TEST_VECTOR, NULL);

	KUNIT_ASSERT_EQ(test, nr_seen, 1);
	KUNIT_EXPECT_TRUE(test, seen_irqs_disabled);
	KUNIT_EXPECT_EQ(test, ax, 0xa0a0);
	KUNIT_EXPECT_EQ(test, bx, 0xb0b0);
	KUNIT_EXPECT_EQ(test, cx, 0xc0c0);
	KUNIT_EXPECT_EQ(test, dx, 0xd0d0);
	KUNIT_EXPECT_EQ(test, si, 0x5151);
	KUNIT_EXPECT_EQ(test, di, 0xd1d1);
	KUNIT_EXPECT_EQ(test, flags & (X86_EFLAGS_DF | X86_EFLAGS_CF_AND_ZF),
			X86_EFLAGS_DF | X86_EFLAGS_CF_AND_ZF);

	KUNIT_EXPECT_EQ(test, seen.ax, 0xa0a0);
	KUNIT_EXPECT_EQ(test, seen.bx, 0xb0b0);
	KUNIT_EXPECT_EQ(test, seen.cx, 0xc0c0);
	KUNIT_EXPECT_EQ(test, seen.dx, 0xd0d0);
	KUNIT_EXPECT_EQ(test, seen.si, 0x5151);
	KUNIT_EXPECT_EQ(test, seen.di, 0xd1d1);
	KUNIT_EXPECT_EQ(test, seen.sp, sp);
	KUNIT_EXPECT_EQ(test, seen.ss & 0xffff, __KERNEL_DS);
	KUNIT_EXPECT_EQ(test, seen.cs & 0xffff, __KERNEL_CS);
	KUNIT_EXPECT_EQ(test, seen.orig_ax, TEST_VECTOR);
	KUNIT_EXPECT_EQ(test, seen.flags, flags);
}

static void vectors_reach_their_handlers(struct kunit *test)
{
	nr_seen = 0;
	set_interrupt_handler(LOW_VECTOR, remember);
	set_interrupt_handler(HIGH_VECTOR, remember);
	asm volatile("int %0" : : "i"(LOW_VECTOR) : "memory");
	KUNIT_EXPECT_EQ(test, seen.orig_ax, LOW_VECTOR);
	asm volatile("int %0" : : "i"(HIGH_VECTOR) : "memory");
	KUNIT_EXPECT_EQ(test, seen.orig_ax, HIGH_VECTOR);
	KUNIT_EXPECT_EQ(test, nr_seen, 2);
	set_interrupt_handler(LOW_VECTOR, NULL);
	set_interrupt_handler(HIGH_VECTOR, NULL);
}

static void interrupt_without_handler(struct kunit *test)
{
	kunit_expect_report(test, "unexpected interrupt, vector 0xe1");
	asm volatile("int %0" : : "i"(TEST_VECTOR) : "memory");
	KUNIT_EXPECT_EQ(test, kunit_reports_seen(test), 1);
}

static void int3_returns(struct kunit *test)
{
	kunit_expect_report(test, "stray int3 exception at int3_returns+0x");
	asm volatile("int3" : : : "memory");
	KUNIT_EXPECT_EQ(test, kunit_reports_seen(test), 1);
}

/* The first trap switches stepping off: one report, not one for each instruction. */
static void single_step_stops(struct kunit *test)
{
	unsigned long flags;

	kunit_expect_report(test, "stray debug exception at single_step_stops+0x");
	asm volatile("pushfl\n"
		     "	orl %0, (%%esp)\n"
		     "	popfl\n"
		     "	nop\n"
		     "	nop"
		     :
		     : "i"(X86_EFLAGS_TF)
		     : "memory", "cc");
	local_save_flags(flags);
	KUNIT_EXPECT_EQ(test, kunit_reports_seen(test), 1);
	KUNIT_EXPECT_FALSE(test, flags & X86_EFLAGS_TF);
}

static void nofault_copies(struct kunit *test)
{
	static const char text[] = "sixteen letters";
	char copy[sizeof(text)] = "";
	u32 value = 0;

	KUNIT_EXPECT_EQ(test, copy_from_kernel_nofault(copy, text, sizeof(text)), 0);
	KUNIT_EXPECT_STREQ(test, copy, text);
	KUNIT_EXPECT_EQ(test, copy_from_kernel_nofault(copy, NULL, 0), 0);
	KUNIT_EXPECT_EQ(test, get_kernel_nofault(value, (const u32 *)text), 0);
	KUNIT_EXPECT_EQ(test, value, 0x74786973); /* "sixt" */
}

static void nofault_survives_faults(struct kunit *test)
{
	unsigned long before = read_cr2();
	u32 value;

	KUNIT_EXPECT_EQ(test, get_kernel_nofault(value, (const u32 *)NULL), -EFAULT);
	KUNIT_EXPECT_EQ(test, get_kernel_nofault(value, (const u32 *)(PAGE_OFFSET - 2)), -EFAULT);
	KUNIT_EXPECT_EQ(test, read_cr2(), before);
}

static void cpu_is_set_up(struct kunit *test)
{
	u64 efer;

	KUNIT_EXPECT_TRUE(test, boot_cpu_has(X86_FEATURE_PAE));
	KUNIT_EXPECT_GE(test, boot_cpu.phys_bits, 32);
	KUNIT_EXPECT_LE(test, boot_cpu.phys_bits, 52);
	KUNIT_EXPECT_EQ(test, strlen(boot_cpu.vendor), 12);
	KUNIT_EXPECT_TRUE(test, read_cr0() & X86_CR0_WP);
	KUNIT_EXPECT_TRUE(test, read_cr4() & X86_CR4_PAE);
	KUNIT_EXPECT_EQ(test, !!(read_cr4() & X86_CR4_PGE), boot_cpu_has(X86_FEATURE_PGE));
	KUNIT_EXPECT_EQ(test, !!(read_cr4() & X86_CR4_SMEP), boot_cpu_has(X86_FEATURE_SMEP));
	if (!boot_cpu_has(X86_FEATURE_NX))
		return;
	rdmsrl(MSR_EFER, efer);
	KUNIT_EXPECT_TRUE(test, efer & EFER_NX);
}

static struct kunit_case traps_cases[] = {
	KUNIT_CASE(interrupt_preserves_registers),
	KUNIT_CASE(vectors_reach_their_handlers),
	KUNIT_CASE(interrupt_without_handler),
	KUNIT_CASE(int3_returns),
	KUNIT_CASE(single_step_stops),
	KUNIT_CASE(nofault_copies),
	KUNIT_CASE(nofault_survives_faults),
	KUNIT_CASE(cpu_is_set_up),
	{},
};

static struct kunit_suite traps_suite = {
	.name = "traps",
	.test_cases = traps_cases,
};
kunit_test_suite(traps_suite);
