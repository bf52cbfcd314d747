// SPDX-License-Identifier: MIT
/*
 * Call traces: the right functions in the right order, through pointers and
 * interrupts, and an end, whatever the registers say.
 *
 * The functions of the chains use what they called for after the call, lest the
 * compiler make a jump of it. It may clone them under names like chain_c.isra.0.
 */
#include <linux/kallsyms.h>
#include <linux/kernel.h>
#include <linux/sched.h>
#include <linux/stacktrace.h>
#include <linux/string.h>
#include <asm/ptrace.h>
#include <asm/traps.h>
#include <asm/unwind.h>
#include <kunit/test.h>
#include "../../kernel/x86/dwarf.h"

#define TEST_VECTOR 0xe0

extern const char _stext[], _etext[], __slab_text_end[], __sched_text_end[];
extern const unsigned int kallsyms_num_syms;
extern const unsigned long kallsyms_addresses[];

struct trace {
	unsigned long entry[32];
	unsigned int nr, skip, size;
	void (*take)(struct trace *trace);
};

/* Does the return address lie in the function, or a clone of it? */
static bool lies_in(unsigned long address, const char *function)
{
	const char *name = kallsyms_lookup(address - 1, NULL, NULL);
	size_t length = strlen(function);

	return name && !strncmp(name, function, length) && (!name[length] || name[length] == '.');
}

static void expect_functions(struct kunit *test, const struct trace *trace, unsigned int first,
			     const char *const *names)
{
	char found[KSYM_SYMBOL_LEN];
	unsigned int i;

	for (i = 0; names[i]; i++) {
		KUNIT_ASSERT_LT(test, first + i, trace->nr);
		sprint_backtrace(found, trace->entry[first + i]);
		KUNIT_EXPECT_TRUE_MSG(test, lies_in(trace->entry[first + i], names[i]),
				      "frame %u is %s, not %s", first + i, found, names[i]);
	}
}

/* A trace that has not been cut ends where the thread began. */
static void expect_whole(struct kunit *test, const struct trace *trace)
{
	KUNIT_ASSERT_GT(test, trace->nr, 0);
	KUNIT_ASSERT_LT(test, trace->nr, ARRAY_SIZE(trace->entry));
	KUNIT_EXPECT_TRUE(test, lies_in(trace->entry[trace->nr - 1], "ret_from_fork"));
}

static noinline int chain_c(struct trace *trace)
{
	trace->take(trace);
	return trace->nr + 1;
}

static noinline int chain_b(struct trace *trace)
{
	return chain_c(trace) + 1;
}

static noinline int chain_a(struct trace *trace)
{
	return chain_b(trace) + 1;
}

static noinline void save_here(struct trace *trace)
{
	trace->nr = stack_trace_save(trace->entry, trace->size, trace->skip);
}

static noinline struct trace take_trace(void (*take)(struct trace *trace), unsigned int skip,
					unsigned int size)
{
	struct trace trace = { .skip = skip, .size = size, .take = take };

	chain_a(&trace);
	return trace;
}

static const char *const chain[] = { "chain_c", "chain_b", "chain_a", "take_trace", NULL };

static void chain_in_order(struct kunit *test)
{
	struct trace trace = take_trace(save_here, 0, ARRAY_SIZE(trace.entry));

	KUNIT_EXPECT_TRUE(test, lies_in(trace.entry[0], "save_here"));
	expect_functions(test, &trace, 1, chain);
	expect_whole(test, &trace);
}

static void skipnr_skips(struct kunit *test)
{
	struct trace trace = take_trace(save_here, 1, ARRAY_SIZE(trace.entry));

	expect_functions(test, &trace, 0, chain);
	expect_whole(test, &trace);
	trace = take_trace(save_here, 1000, ARRAY_SIZE(trace.entry));
	KUNIT_EXPECT_EQ(test, trace.nr, 0);
}

static void size_limits(struct kunit *test)
{
	struct trace trace = take_trace(save_here, 1, 2);

	KUNIT_EXPECT_EQ(test, trace.nr, 2);
	KUNIT_EXPECT_TRUE(test, lies_in(trace.entry[1], "chain_b"));
	KUNIT_EXPECT_EQ(test, trace.entry[2], 0);
	trace = take_trace(save_here, 0, 0);
	KUNIT_EXPECT_EQ(test, trace.nr, 0);
}

/* Locals of a size known only at run time, and arguments on the stack. */
static noinline int many_arguments(struct trace *trace, int b, int c, int d, int e, int f)
{
	char *local = __builtin_alloca(b * 16);

	barrier_data(local);
	return chain_a(trace) + b + c + d + e + f;
}

static void odd_frames(struct kunit *test)
{
	struct trace trace = { .size = ARRAY_SIZE(trace.entry), .take = save_here };
	static const char *const names[] = { "chain_a", "many_arguments", "odd_frames", NULL };

	many_arguments(&trace, 3, 4, 5, 6, 7);
	expect_functions(test, &trace, 3, names);
	expect_whole(test, &trace);
}

/*
 * Locals that want more alignment than the stack has, and a frame of unknown size:
 * gcc keeps the old stack pointer in memory, and describes that by expressions.
 */
static noinline int realigned(struct trace *trace, int b, int c, int d, int e)
{
	char local[64] __aligned(64);
	char *other = __builtin_alloca(b * 16);

	barrier_data(local);
	barrier_data(other);
	return chain_a(trace) + local[0] + c + d + e;
}

static void realigned_frames(struct kunit *test)
{
	struct trace trace = { .size = ARRAY_SIZE(trace.entry), .take = save_here };
	static const char *const names[] = { "chain_a", "realigned", "realigned_frames", NULL };

	realigned(&trace, 3, 4, 5, 6);
	expect_functions(test, &trace, 3, names);
	expect_whole(test, &trace);
}

/* What the interrupt handler below works for; there is no other way to hand it something. */
static struct {
	struct trace *trace;
	struct pt_regs regs;
	struct trace of_regs;
} interrupt;

static void save_in_interrupt(struct pt_regs *regs)
{
	interrupt.regs = *regs;
	interrupt.of_regs.nr = stack_trace_save_regs(regs, interrupt.of_regs.entry,
						     ARRAY_SIZE(interrupt.of_regs.entry), 0);
	save_here(interrupt.trace);
	barrier(); /* a call, not a jump */
}

static noinline void interrupt_here(struct trace *trace)
{
	interrupt.trace = trace;
	asm volatile("int %0" : : "i"(TEST_VECTOR) : "memory");
}

static void through_an_interrupt(struct kunit *test)
{
	static const char *const entry[] = { "handle_interrupt", "interrupt_here", NULL };
	unsigned int called_by_entry;
	struct trace trace;

	set_interrupt_handler(TEST_VECTOR, save_in_interrupt);
	trace = take_trace(interrupt_here, 0, ARRAY_SIZE(trace.entry));
	set_interrupt_handler(TEST_VECTOR, NULL);

	KUNIT_EXPECT_TRUE(test, lies_in(trace.entry[1], "save_in_interrupt"));
	called_by_entry = lies_in(trace.entry[2], "do_interrupt") ? 3
								  : 2; /* it jumps to the handler */
	expect_functions(test, &trace, called_by_entry, entry);
	expect_functions(test, &trace, called_by_entry + 2, chain);
	expect_whole(test, &trace);

	KUNIT_EXPECT_EQ(test, interrupt.of_regs.entry[0], interrupt.regs.ip);
	KUNIT_EXPECT_TRUE(test, lies_in(interrupt.regs.ip + 1, "interrupt_here"));
	expect_functions(test, &interrupt.of_regs, 1, chain);
	expect_whole(test, &interrupt.of_regs);
}

static unsigned int count_frames(struct unwind_state *state)
{
	unsigned int nr;

	for (nr = 0; !state->done; nr++)
		unwind_next(state);
	return nr;
}

/* A call of nothing: the return address is on top of the stack. */
static void call_of_no_code(struct kunit *test)
{
	unsigned long stack[2] = { (unsigned long)chain_a, 0 };
	struct pt_regs regs = { .ip = 0, .sp = (unsigned long)stack };
	struct unwind_state state;
	unsigned long here;

	asm volatile("call 1f\n1:	popl %0"
		     : "=r"(here)); /* a return address in this function */
	stack[0] = here;
	unwind_start(&state, &regs);
	KUNIT_EXPECT_FALSE(test, state.done);
	unwind_next(&state);
	KUNIT_EXPECT_EQ(test, state.ip, here);
	KUNIT_EXPECT_TRUE(test, state.reliable);
	KUNIT_EXPECT_FALSE(test, state.exact);
}

/* No tables: what looks like a return address is listed, as a guess. */
static void guesses_are_marked(struct kunit *test)
{
	struct pt_regs regs = { .ip = 0x1234 };
	unsigned long stack[4];
	struct unwind_state state;
	unsigned long here;

	asm volatile("call 1f\n1:	popl %0" : "=r"(here));
	stack[0] = 0x5678;
	stack[1] = here + 1; /* code, but no call before it: that ends at `here` */
	stack[2] = here;
	stack[3] = 0;
	barrier_data(stack);
	regs.sp = (unsigned long)stack;
	unwind_start(&state, &regs);
	unwind_next(&state);
	KUNIT_ASSERT_FALSE(test, state.done);
	KUNIT_EXPECT_EQ(test, state.ip, here);
	KUNIT_EXPECT_FALSE(test, state.reliable);
	KUNIT_EXPECT_EQ(test, stack_trace_save_regs(&regs, stack, ARRAY_SIZE(stack), 0), 1);
}

/* Stack pointers that point nowhere: the walk ends at once, and touches nothing. */
static void bad_stack_pointers(struct kunit *test)
{
	static const unsigned long bad[] = {
		0, 1, 0x1000, 0x3fffffff, 0xbffffffc, 0xfffffffc, ~0UL
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		struct pt_regs regs = { .ip = (unsigned long)chain_a, .sp = bad[i], .bp = bad[i] };
		struct unwind_state state;

		unwind_start(&state, &regs);
		KUNIT_EXPECT_EQ(test, count_frames(&state), 1);
	}
}

/* Random code on a random stack: every walk ends, and none faults. */
static void random_registers(struct kunit *test)
{
	unsigned long base = (unsigned long)current->stack;
	unsigned int i, random = 12345;
	unsigned long word[5];

	for (i = 0; i < 5000; i++) {
		struct unwind_state state;
		struct pt_regs regs;
		unsigned int j;

		for (j = 0; j < ARRAY_SIZE(word); j++) {
			random = random * 1664525 + 1013904223;
			word[j] = random >> 8;
		}
		regs = (struct pt_regs){
			.ip = (unsigned long)_stext + word[0] % (_etext - _stext),
			.sp = base + word[1] % THREAD_SIZE,
			.bp = base + word[2] % THREAD_SIZE,
			.bx = word[3],
			.si = word[4],
		};
		unwind_start(&state, &regs);
		KUNIT_ASSERT_LE(test, count_frames(&state), THREAD_SIZE / sizeof(long) + 1);
	}
}

/* Every function has unwind information, assembly included; a label of the linker's may lie between two. */
static void tables_cover_the_text(struct kunit *test)
{
	struct dwarf_row row;
	unsigned int i;

	for (i = 0; i < kallsyms_num_syms; i++) {
		unsigned long address = kallsyms_addresses[i];

		if (kernel_text_address(address) && address != (unsigned long)__slab_text_end &&
		    address != (unsigned long)__sched_text_end)
			KUNIT_EXPECT_TRUE_MSG(test, dwarf_find_row(address, &row), "%s",
					      kallsyms_lookup(address, NULL, NULL));
	}
	KUNIT_EXPECT_FALSE(test, dwarf_find_row((unsigned long)_etext + 4096, &row));
	KUNIT_EXPECT_FALSE(test, dwarf_find_row(0, &row));
	KUNIT_EXPECT_FALSE(test, dwarf_find_row(~0UL, &row));
}

static void finds_stacks(struct kunit *test)
{
	unsigned long base = (unsigned long)current->stack;
	struct stack_info info;

	KUNIT_ASSERT_TRUE(test, get_stack_info((unsigned long)&info, &info));
	KUNIT_EXPECT_EQ(test, info.begin, base);
	KUNIT_EXPECT_EQ(test, info.end, base + THREAD_SIZE);
	KUNIT_EXPECT_STREQ(test, info.name, "TASK");
	KUNIT_EXPECT_FALSE(test, get_stack_info(base - 1, &info));
	KUNIT_EXPECT_FALSE(test, get_stack_info(base + THREAD_SIZE, &info));
	KUNIT_EXPECT_TRUE(test, stack_guard_hit(base - 1, &info));
	KUNIT_EXPECT_TRUE(test, stack_guard_hit(base - 4096, &info));
	KUNIT_EXPECT_FALSE(test, stack_guard_hit(base, &info));
	KUNIT_EXPECT_FALSE(test, stack_guard_hit(base - 4097, &info));
}

static struct kunit_case unwind_cases[] = {
	KUNIT_CASE(chain_in_order),
	KUNIT_CASE(skipnr_skips),
	KUNIT_CASE(size_limits),
	KUNIT_CASE(odd_frames),
	KUNIT_CASE(realigned_frames),
	KUNIT_CASE(through_an_interrupt),
	KUNIT_CASE(call_of_no_code),
	KUNIT_CASE(guesses_are_marked),
	KUNIT_CASE(bad_stack_pointers),
	KUNIT_CASE_SLOW(random_registers),
	KUNIT_CASE(tables_cover_the_text),
	KUNIT_CASE(finds_stacks),
	{},
};

static struct kunit_suite unwind_suite = {
	.name = "unwind",
	.test_cases = unwind_cases,
};
kunit_test_suite(unwind_suite);
