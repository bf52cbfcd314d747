// SPDX-License-Identifier: MIT
/*
 * What reports show of a CPU's state: who runs, registers, code, control
 * registers, call trace. Any context; memory that may be broken is read with
 * copy_from_kernel_nofault().
 */
#include <linux/irqflags.h>
#include <linux/kallsyms.h>
#include <linux/kernel.h>
#include <linux/panic.h>
#include <linux/preempt.h>
#include <linux/printk.h>
#include <linux/sched.h>
#include <linux/sched/debug.h>
#include <linux/smp.h>
#include <linux/uaccess.h>
#include <asm/processor.h>
#include <asm/ptrace.h>
#include <asm/unwind.h>

#define CODE_BYTES	  64
#define CODE_BYTES_BEFORE 43 /* of them, before ip */
#define TRACE_LINES_MAX	  64

static const char *context_name(void)
{
	if (in_nmi())
		return "NMI";
	if (in_hardirq())
		return "hardirq";
	if (in_serving_softirq())
		return "softirq";
	return "process";
}

static void show_context(unsigned long flags)
{
	pr_warn("CPU: %u PID: %d Comm: %.16s %s\n", smp_processor_id(), current->pid, current->comm,
		print_tainted());
	pr_warn("Context: %s, preempt_count %#x, interrupts %s\n", context_name(), preempt_count(),
		irqs_disabled_flags(flags) ? "off" : "on");
}

/* "Code: 55 89 e5 <0f> 0b c3": what is there now, which may not be what was executed. */
static void show_code(unsigned long ip)
{
	const u8 *start = (const u8 *)ip - CODE_BYTES_BEFORE;
	char line[CODE_BYTES * 3 + sizeof("<>")];
	unsigned int i;
	int length = 0;
	u8 byte;

	if (get_kernel_nofault(byte, (const u8 *)ip)) {
		pr_warn("Code: Unable to access opcode bytes at 0x%lx.\n", ip);
		return;
	}
	for (i = 0; i < CODE_BYTES; i++) {
		const char *format = i == CODE_BYTES_BEFORE ? " <%02x>" : " %02x";

		if (get_kernel_nofault(byte, start + i))
			length += scnprintf(line + length, sizeof(line) - length, " ??");
		else
			length += scnprintf(line + length, sizeof(line) - length, format, byte);
	}
	pr_warn("Code:%s\n", line);
}

#define segment_register(name)                                            \
	({                                                                \
		u16 __selector;                                           \
		asm volatile("movw %%" #name ", %0" : "=rm"(__selector)); \
		__selector;                                               \
	})

static void show_registers(const struct pt_regs *regs)
{
	char symbol[KSYM_SYMBOL_LEN];

	sprint_symbol(symbol, regs->ip);
	pr_warn("EIP: %s\n", symbol);
	show_code(regs->ip);
	pr_warn("EAX: %08lx EBX: %08lx ECX: %08lx EDX: %08lx\n", regs->ax, regs->bx, regs->cx,
		regs->dx);
	pr_warn("ESI: %08lx EDI: %08lx EBP: %08lx ESP: %08lx\n", regs->si, regs->di, regs->bp,
		regs->sp);
	pr_warn("DS: %04x ES: %04x FS: %04x GS: %04x SS: %04lx EFLAGS: %08lx\n",
		segment_register(ds), segment_register(es), segment_register(fs),
		segment_register(gs), regs->ss & 0xffff, regs->flags);
	pr_warn("CR0: %08lx CR2: %08lx CR3: %08lx CR4: %08lx\n", read_cr0(), read_cr2(), read_cr3(),
		read_cr4());
}

static void show_frame(const struct unwind_state *frame, unsigned int repeated)
{
	char symbol[KSYM_SYMBOL_LEN];

	if (frame->exact)
		sprint_symbol(symbol, frame->ip);
	else
		sprint_backtrace(symbol, frame->ip);
	pr_warn(" %s%s%s\n", frame->reliable ? "" : "? ", frame->exact ? "EIP: " : "", symbol);
	if (repeated)
		pr_warn(" ... and %u times more\n", repeated);
}

/*
 * A line a frame, " name+0x12/0x40"; "? " marks a guess, "EIP: " what an exception
 * or interrupt stopped. A frame that repeats, as in a recursion, takes two lines.
 */
static void show_trace(struct unwind_state *state)
{
	unsigned int lines;

	pr_warn("Call Trace:\n");
	for (lines = 0; !state->done; lines++) {
		struct unwind_state frame = *state;
		unsigned int repeated = 0;

		if (lines == TRACE_LINES_MAX) {
			pr_warn(" ...\n");
			return;
		}
		for (unwind_next(state); !state->done && state->ip == frame.ip; unwind_next(state))
			repeated++;
		show_frame(&frame, repeated);
	}
}

/* EIP's own frame is the first line of the registers, so the trace begins with its caller. */
void show_regs(const struct pt_regs *regs)
{
	struct unwind_state state;

	show_context(regs->flags);
	show_registers(regs);
	unwind_start(&state, regs);
	unwind_next(&state);
	show_trace(&state);
}

/* A task may not go on while its stack is walked: it cannot on this CPU, preemption is off. */
void show_stack(struct task_struct *task)
{
	struct unwind_state state;

	preempt_disable();
	if (!task || task == current) {
		unwind_start_here(&state);
		unwind_next(&state);
	} else {
		unwind_start_task(&state, task);
	}
	show_trace(&state);
	preempt_enable();
}

/* Where the task called what made it wait; 0 for one that does not. */
unsigned long get_wchan(struct task_struct *task)
{
	struct unwind_state state;
	unsigned long ip = 0;

	preempt_disable();
	if (task != current && !task->on_rq) {
		unwind_start_task(&state, task);
		while (!state.done && state.reliable && in_sched_functions(state.ip))
			unwind_next(&state);
		ip = state.ip;
	}
	preempt_enable();
	return ip;
}

void dump_stack(void)
{
	struct unwind_state state;
	unsigned long flags;

	local_save_flags(flags);
	show_context(flags);
	unwind_start_here(&state);
	unwind_next(&state);
	show_trace(&state);
}
