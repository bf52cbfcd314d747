// SPDX-License-Identifier: MIT
/*
 * Reports that end the machine: each case runs in a boot of its own, and passes
 * if exactly the declared report appears.
 */
#include <linux/bug.h>
#include <linux/kernel.h>
#include <linux/panic.h>
#include <linux/preempt.h>
#include <linux/printk.h>
#include <asm/page.h>
#include <asm/special_insns.h>
#include <asm/traps.h>
#include <memkern/console.h>
#include <memkern/kunit_extra.h>

#define TEST_VECTOR 0xe0

extern char __start_rodata[], _stext[];

/* The compiler must not know what the accesses below do. */
static void *hidden(unsigned long address)
{
	OPTIMIZER_HIDE_VAR(address);
	return (void *)address;
}

static void null_read(struct kunit *test)
{
	KUNIT_FAIL(test, "read %d from NULL", *(volatile int *)hidden(0));
}

static void null_write(struct kunit *test)
{
	*(volatile int *)hidden(8) = 1;
	KUNIT_FAIL(test, "wrote to NULL");
}

static void null_call(struct kunit *test)
{
	((void (*)(void))hidden(0))();
	KUNIT_FAIL(test, "called NULL");
}

static void unmapped_read(struct kunit *test)
{
	KUNIT_FAIL(test, "read %d", *(volatile int *)hidden(PAGE_OFFSET - PAGE_SIZE));
}

static void write_text(struct kunit *test)
{
	*(volatile char *)hidden((unsigned long)_stext) = 0;
	KUNIT_FAIL(test, "wrote to code");
}

static void write_rodata(struct kunit *test)
{
	*(volatile char *)hidden((unsigned long)__start_rodata) = 0;
	KUNIT_FAIL(test, "wrote to read-only data");
}

/* The walk in the report must not follow an entry that leads out of memory. */
static void broken_page_table(struct kunit *test)
{
	u64 *pdpt = __va(read_cr3() & ~0x1fUL);
	u64 *pd = __va(pdpt[3] & PAGE_MASK);
	unsigned long address = PAGE_OFFSET + 510 * PMD_SIZE;

	pd[510] = 0x3ffff023; /* far beyond the RAM of this boot: a page table of zeros or ones */
	invlpg(address);
	KUNIT_FAIL(test, "read %d", *(volatile int *)hidden(address));
}

static char ret_instruction[] = { 0xc3 };

static void exec_data(struct kunit *test)
{
	((void (*)(void))hidden((unsigned long)ret_instruction))();
	KUNIT_FAIL(test, "executed data");
}

static void exec_stack(struct kunit *test)
{
	char code[] = { 0xc3 };

	barrier_data(code);
	((void (*)(void))hidden((unsigned long)code))();
	KUNIT_FAIL(test, "executed the stack");
}

static noinline unsigned int recurse(unsigned int depth)
{
	volatile unsigned char frame[64];

	frame[0] = depth;
	return depth ? recurse(depth - 1) + frame[0] : 0;
}

static void stack_overflow(struct kunit *test)
{
	KUNIT_FAIL(test, "came back with %u", recurse(1000000));
}

static void divide_error(struct kunit *test)
{
	unsigned int zero = 0, value = 1;

	asm volatile("divl %1" : "+a"(value) : "r"(zero), "d"(0));
	KUNIT_FAIL(test, "divided by zero: %u", value);
}

static void invalid_opcode(struct kunit *test)
{
	asm volatile("ud2");
	KUNIT_FAIL(test, "executed ud2");
}

/* A selector beyond the end of the GDT. */
static void general_protection(struct kunit *test)
{
	asm volatile("movl %0, %%es" : : "r"(0x1000));
	KUNIT_FAIL(test, "loaded a segment that does not exist");
}

static void bug(struct kunit *test)
{
	BUG_ON(test);
	KUNIT_FAIL(test, "went on after BUG_ON");
}

static void panic_reason(struct kunit *test)
{
	panic("reason %d of %s", 42, test->name);
}

static void tainted_panic(struct kunit *test)
{
	KUNIT_ASSERT_STREQ(test, print_tainted(), "Not tainted");
	add_taint(TAINT_BAD_PAGE, LOCKDEP_STILL_OK);
	add_taint(TAINT_WARN, LOCKDEP_STILL_OK);
	panic("the kernel is <%s>", print_tainted());
}

static void in_hardirq_context(struct kunit *test)
{
	preempt_count_add(HARDIRQ_OFFSET);
	null_write(test);
}

static void faulting_handler(struct pt_regs *regs)
{
	*(volatile int *)8 = 1;
}

static noinline void interrupted_code(void)
{
	asm volatile("int %0" : : "i"(TEST_VECTOR) : "memory");
}

/* On the interrupt stack, and behind the handler stands what it interrupted, on a thread's. */
static void in_a_handler(struct kunit *test)
{
	set_interrupt_handler(TEST_VECTOR, faulting_handler);
	interrupted_code();
	KUNIT_FAIL(test, "went on after a fault in an interrupt");
}

/* A console that breaks as soon as it has to print an oops; once, or nobody would hear of it. */
static void broken_write(struct console *con, const char *s, size_t n)
{
	static bool broke;

	if (!oops_in_progress || broke)
		return;
	broke = true;
	asm volatile("ud2");
}

static void fault_while_reporting(struct kunit *test)
{
	static struct console broken = { .name = "broken", .write = broken_write };

	register_console(&broken);
	null_write(test);
}

static struct kunit_case oops_cases[] = {
	KUNIT_CASE_OOPS(null_read, "#PF: supervisor read access in kernel mode"),
	KUNIT_CASE_OOPS(null_write, "BUG: kernel NULL pointer dereference, address: 00000008"),
	KUNIT_CASE_OOPS(null_call, "#PF: supervisor instruction fetch in kernel mode"),
	KUNIT_CASE_OOPS(unmapped_read, "BUG: unable to handle page fault for address: bffff000"),
	KUNIT_CASE_OOPS(write_text, "#PF: error_code(0x0003) - permissions violation"),
	KUNIT_CASE_OOPS(write_rodata, "#PF: error_code(0x0003) - permissions violation"),
	KUNIT_CASE_OOPS(broken_page_table, " *pde = 000000003ffff023 BAD"),
	KUNIT_CASE_OOPS(exec_data, "the kernel tried to execute a page that is marked no-execute"),
	KUNIT_CASE_OOPS(exec_stack, "the kernel tried to execute a page that is marked no-execute"),
	KUNIT_CASE_OOPS(stack_overflow, "BUG: TASK stack guard page was hit at"),
	KUNIT_CASE_OOPS(divide_error, "divide error: 0000 [#1]"),
	KUNIT_CASE_OOPS(invalid_opcode, "invalid opcode: 0000 [#1]"),
	KUNIT_CASE_OOPS(general_protection, "general protection fault: 1000 [#1]"),
	KUNIT_CASE_OOPS(bug, "kernel BUG at tests/kernel/oops_test.c:"),
	KUNIT_CASE_OOPS(panic_reason, "Kernel panic - not syncing: reason 42 of panic_reason"),
	KUNIT_CASE_OOPS(tainted_panic, "Kernel panic - not syncing: the kernel is <Tainted: B W>"),
	KUNIT_CASE_OOPS(in_hardirq_context, "not syncing: Fatal exception in interrupt"),
	KUNIT_CASE_OOPS(in_a_handler, " EIP: interrupted_code+0x"),
	KUNIT_CASE_OOPS(fault_while_reporting, "the report above caused this one, and ends here"),
	{},
};

static struct kunit_suite oops_suite = {
	.name = "oops",
	.test_cases = oops_cases,
};
kunit_test_suite(oops_suite);
