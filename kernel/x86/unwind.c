// SPDX-License-Identifier: MIT
/*
 * From a frame to its caller's.
 *
 * The unwind tables (dwarf.c) say for each instruction how the caller's
 * registers follow from the frame's. Where they say nothing, because ip is no
 * code or the stack is damaged, two guesses remain:
 *
 *   - Stopped code whose ip is no code has been called by a bad pointer, so that
 *     the return address is on top of the stack. This is nearly always right.
 *   - Else every word further up that could be a return address, being behind
 *     a call instruction, is one. Some are left over from earlier calls.
 *
 * Every step goes up the stack, so a walk ends, however damaged the stack is.
 */
#include <linux/compiler.h>
#include <linux/kallsyms.h>
#include <linux/kernel.h>
#include <linux/sched.h>
#include <linux/stacktrace.h>
#include <linux/string.h>
#include <asm/irq_stack.h>
#include <asm/page.h>
#include <asm/ptrace.h>
#include <asm/switch_to.h>
#include <asm/unwind.h>
#include "dwarf.h"
#include "traps.h"

/* More than fit on a stack: a bound for chains that go to and fro between stacks. */
#define MAX_FRAMES (THREAD_SIZE / sizeof(long))

enum { STACK_TASK, STACK_IRQ, STACK_DOUBLE_FAULT, NR_STACKS };

static void describe_task_stack(const struct task_struct *task, struct stack_info *info)
{
	info->name = "TASK";
	info->begin = (unsigned long)task->stack;
	info->end = info->begin + THREAD_SIZE;
}

static void describe_stack(unsigned int nr, struct stack_info *info)
{
	switch (nr) {
	case STACK_TASK:
		describe_task_stack(current, info);
		break;
	case STACK_IRQ:
		info->name = "IRQ";
		info->end = this_cpu_read(irq_stack_top);
		info->begin = info->end - IRQ_STACK_SIZE;
		break;
	case STACK_DOUBLE_FAULT:
		info->name = "#DF";
		info->end = this_cpu_read(double_fault_stack_top);
		info->begin = info->end - DOUBLE_FAULT_STACK_SIZE;
		break;
	}
}

/* The stack that has the address in itself, or within `below` bytes below itself. */
static bool find_stack(unsigned long address, unsigned long below, struct stack_info *info)
{
	unsigned int i;

	for (i = 0; i < NR_STACKS; i++) {
		describe_stack(i, info);
		if (address >= info->begin - below && address < info->end)
			return true;
	}
	return false;
}

bool get_stack_info(unsigned long address, struct stack_info *info)
{
	return find_stack(address, 0, info);
}

bool stack_guard_hit(unsigned long address, struct stack_info *info)
{
	return find_stack(address, PAGE_SIZE, info) && address < info->begin;
}

static bool read_stack(struct unwind_state *state, unsigned long address, unsigned long *value)
{
	if (address % sizeof(long))
		return false;
	if (!(address >= state->stack.begin && address < state->stack.end) &&
	    !get_stack_info(address, &state->stack))
		return false;
	*value = READ_ONCE(*(const unsigned long *)address);
	return true;
}

/*
 * What compilers use expressions for: the CFA of a function that has realigned
 * its stack, which is [ebp - n] or so.
 */
#define OP_DEREF       0x06
#define OP_PLUS_UCONST 0x23
#define OP_BREG0       0x70 /* a register, the opcode says which, + SLEB128 */

static bool evaluate(struct unwind_state *state, const struct dwarf_rule *rule,
		     unsigned long *value)
{
	struct dwarf_cursor code = dwarf_expression(rule);

	*value = 0;
	while (code.at < code.end && !code.overrun) {
		u8 opcode = dwarf_u8(&code);

		if (opcode == OP_DEREF) {
			if (!read_stack(state, *value, value))
				return false;
		} else if (opcode == OP_PLUS_UCONST) {
			*value += dwarf_uleb(&code);
		} else if (opcode >= OP_BREG0 && opcode < OP_BREG0 + ARRAY_SIZE(state->reg)) {
			*value = state->reg[opcode - OP_BREG0] + dwarf_sleb(&code);
		} else {
			return false;
		}
	}
	return !code.overrun;
}

static bool find_cfa(struct unwind_state *state, const struct dwarf_rule *rule, unsigned long *cfa)
{
	if (rule->kind == DWARF_EXPR)
		return evaluate(state, rule, cfa);
	if (rule->kind != DWARF_REG_OFFSET || rule->reg >= ARRAY_SIZE(state->reg))
		return false;
	*cfa = state->reg[rule->reg] + rule->value;
	return true;
}

/* The caller's value of a register; *value is the frame's on entry. */
static bool recover(struct unwind_state *state, const struct dwarf_rule *rule, unsigned long cfa,
		    unsigned long *value)
{
	unsigned long address;

	switch (rule->kind) {
	case DWARF_SAME:
	case DWARF_UNDEFINED:
		return true;
	case DWARF_AT_CFA:
		return read_stack(state, cfa + rule->value, value);
	case DWARF_AT_EXPR:
		return evaluate(state, rule, &address) && read_stack(state, address, value);
	}
	return false;
}

/* By the tables. False, and the state as it was: they do not help. */
static bool step_by_tables(struct unwind_state *state)
{
	unsigned long pc = state->exact ? state->ip : state->ip - 1;
	unsigned long reg[ARRAY_SIZE(state->reg)];
	unsigned long cfa, ip = 0;
	struct dwarf_row row;
	unsigned int i;

	if (!kernel_text_address(pc) || !dwarf_find_row(pc, &row))
		return false;
	if (row.reg[DWARF_IP].kind == DWARF_UNDEFINED) {
		state->done = true;
		return true;
	}
	if (!find_cfa(state, &row.cfa, &cfa))
		return false;
	memcpy(reg, state->reg, sizeof(reg));
	for (i = 0; i < ARRAY_SIZE(reg); i++)
		if (!recover(state, &row.reg[i], cfa, &reg[i]))
			return false;
	reg[DWARF_SP] = cfa;
	if (!recover(state, &row.reg[DWARF_IP], cfa, &ip))
		return false;
	if (cfa <= state->reg[DWARF_SP] && state->reg[DWARF_SP] < state->stack.end)
		return false;

	memcpy(state->reg, reg, sizeof(reg));
	state->ip = ip;
	state->exact = row.signal_frame;
	state->done = !ip && !state->exact;
	return true;
}

/* Behind a call instruction: E8 rel32, or FF /2 with its two to seven bytes. */
static bool is_return_address(unsigned long address)
{
	const u8 *code = (const u8 *)address;
	unsigned int length;

	if (!kernel_text_address(address - 7) || !kernel_text_address(address - 1))
		return false;
	if (code[-5] == 0xe8)
		return true;
	for (length = 2; length <= 7; length++)
		if (*(code - length) == 0xff && (*(code - length + 1) & 0x38) == 0x10)
			return true;
	return false;
}

/* Out of code that was never there, by the return address on top of the stack. */
static bool step_from_nowhere(struct unwind_state *state)
{
	unsigned long address;

	if (!state->exact || kernel_text_address(state->ip) ||
	    !read_stack(state, state->reg[DWARF_SP], &address) || !is_return_address(address))
		return false;
	state->reg[DWARF_SP] += sizeof(long);
	state->ip = address;
	state->exact = false;
	return true;
}

static void step_by_guess(struct unwind_state *state)
{
	unsigned long word;

	if (!state->scan)
		state->scan = ALIGN(state->reg[DWARF_SP], sizeof(long));
	state->reliable = state->exact = false;
	while (read_stack(state, state->scan, &word)) {
		state->scan += sizeof(long);
		if (is_return_address(word)) {
			state->ip = word;
			return;
		}
	}
	state->done = true;
}

void unwind_next(struct unwind_state *state)
{
	if (++state->nr_frames > MAX_FRAMES)
		state->done = true;
	else if (state->scan || (!step_by_tables(state) && !step_from_nowhere(state)))
		step_by_guess(state);
}

void unwind_start(struct unwind_state *state, const struct pt_regs *regs)
{
	*state = (struct unwind_state){
		.ip = regs->ip,
		.exact = true,
		.reliable = true,
		.reg = {
			[DWARF_AX] = regs->ax,
			[DWARF_CX] = regs->cx,
			[DWARF_DX] = regs->dx,
			[DWARF_BX] = regs->bx,
			[DWARF_SP] = regs->sp,
			[DWARF_BP] = regs->bp,
			[DWARF_SI] = regs->si,
			[DWARF_DI] = regs->di,
		},
	};
}

/* A task that does not run: switch_to() has left what C keeps on its stack. */
void unwind_start_task(struct unwind_state *state, const struct task_struct *task)
{
	const struct inactive_task_frame *frame = (const void *)task->sp;

	*state = (struct unwind_state){
		.ip = frame->ret_addr,
		.exact = frame->ret_addr == (unsigned long)ret_from_fork, /* it has never run */
		.reliable = true,
		.reg = {
			[DWARF_BX] = frame->bx,
			[DWARF_SP] = (unsigned long)(frame + 1),
			[DWARF_BP] = frame->bp,
			[DWARF_SI] = frame->si,
			[DWARF_DI] = frame->di,
		},
	};
	describe_task_stack(task, &state->stack);
}

static unsigned int save(struct unwind_state *state, unsigned long *store, unsigned int size,
			 unsigned int skipnr)
{
	unsigned int nr = 0;

	for (; nr < size && !state->done && state->reliable; unwind_next(state)) {
		if (skipnr)
			skipnr--;
		else
			store[nr++] = state->ip;
	}
	return nr;
}

unsigned int stack_trace_save(unsigned long *store, unsigned int size, unsigned int skipnr)
{
	struct unwind_state state;

	unwind_start_here(&state);
	return save(&state, store, size, skipnr + 1);
}

unsigned int stack_trace_save_tsk(struct task_struct *task, unsigned long *store, unsigned int size,
				  unsigned int skipnr)
{
	struct unwind_state state;
	unsigned int nr = 0;

	if (task == current)
		return stack_trace_save(store, size, skipnr + 1);
	preempt_disable();
	if (!task->on_cpu) {
		unwind_start_task(&state, task);
		nr = save(&state, store, size, skipnr);
	}
	preempt_enable();
	return nr;
}

unsigned int stack_trace_save_regs(struct pt_regs *regs, unsigned long *store, unsigned int size,
				   unsigned int skipnr)
{
	struct unwind_state state;

	unwind_start(&state, regs);
	return save(&state, store, size, skipnr);
}
