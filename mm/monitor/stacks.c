// SPDX-License-Identifier: MIT
/* Whose stack, or guard page of a stack, an address is in: of every thread and every CPU. */
#include <linux/kernel.h>
#include <linux/percpu.h>
#include <linux/sched.h>
#include <linux/smp.h>
#include <asm/irq_stack.h>

#include "monitor.h"

extern char double_fault_stack[], double_fault_stack_end[];

static bool is_near(struct stack_place *stack, unsigned long begin, unsigned long end,
		    unsigned long address)
{
	stack->begin = begin;
	stack->end = end;
	stack->is_guard = address < begin;
	return address >= begin - PAGE_SIZE && address < end;
}

static bool is_task_stack(const struct task_struct *task, unsigned long address,
			  struct stack_place *stack)
{
	unsigned long begin = (unsigned long)task->stack;

	if (!is_near(stack, begin, begin + THREAD_SIZE, address))
		return false;
	snprintf(stack->name, sizeof(stack->name), "stack of %s[%d]", task->comm, task->pid);
	return true;
}

static bool is_thread_stack(unsigned long address, struct stack_place *stack)
{
	const struct task_struct *task;
	bool found = false;
	unsigned long flags;

	spin_lock_irqsave(&tasklist_lock, flags);
	for_each_process(task) {
		found = is_task_stack(task, address, stack);
		if (found)
			break;
	}
	spin_unlock_irqrestore(&tasklist_lock, flags);
	return found;
}

static bool is_cpu_stack(unsigned long top, const char *kind, unsigned int cpu,
			 unsigned long address, struct stack_place *stack)
{
	unsigned long size = THREAD_SIZE;

	if (top == (unsigned long)double_fault_stack_end)
		size = double_fault_stack_end - double_fault_stack;
	snprintf(stack->name, sizeof(stack->name), "%s stack of CPU %u", kind, cpu);
	return is_near(stack, top - size, top, address);
}

bool find_stack(unsigned long address, struct stack_place *stack)
{
	unsigned int cpu;

	if (is_thread_stack(address, stack))
		return true;
	for_each_online_cpu(cpu)
		if (is_task_stack(idle_task(cpu), address, stack) ||
		    is_cpu_stack(per_cpu(irq_stack_top, cpu), "IRQ", cpu, address, stack) ||
		    is_cpu_stack(per_cpu(double_fault_stack_top, cpu), "#DF", cpu, address, stack))
			return true;
	return false;
}
