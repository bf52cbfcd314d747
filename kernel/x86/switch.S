/* SPDX-License-Identifier: MIT */
/*
 * From one task to another: a change of stacks. What C expects a function to keep is on
 * the stack that is left (struct inactive_task_frame), everything else its caller has saved.
 */
	.text

/* struct task_struct *switch_to(prev in %eax, next in %edx); sp is the first word of a task. */
	.balign 16
	.globl switch_to
	.type switch_to, @function
switch_to:
	.cfi_startproc
	pushl %ebp
	.cfi_adjust_cfa_offset 4
	.cfi_rel_offset ebp, 0
	pushl %ebx
	.cfi_adjust_cfa_offset 4
	.cfi_rel_offset ebx, 0
	pushl %esi
	.cfi_adjust_cfa_offset 4
	.cfi_rel_offset esi, 0
	pushl %edi
	.cfi_adjust_cfa_offset 4
	.cfi_rel_offset edi, 0
	movl %esp, (%eax)
	movl (%edx), %esp
	popl %edi
	.cfi_adjust_cfa_offset -4
	.cfi_same_value edi
	popl %esi
	.cfi_adjust_cfa_offset -4
	.cfi_same_value esi
	popl %ebx
	.cfi_adjust_cfa_offset -4
	.cfi_same_value ebx
	popl %ebp
	.cfi_adjust_cfa_offset -4
	.cfi_same_value ebp
	ret
	.cfi_endproc
	.size switch_to, . - switch_to

/* Where a new task comes out of switch_to(): there is no caller to go back to. */
	.globl ret_from_fork
	.type ret_from_fork, @function
ret_from_fork:
	.cfi_startproc
	.cfi_undefined eip
	call schedule_tail
	call kthread_entry
	ud2
	.cfi_endproc
	.size ret_from_fork, . - ret_from_fork

/* preempt_schedule() for inline assembly that must not lose a register (asm/preempt.h). */
	.globl preempt_schedule_thunk
	.type preempt_schedule_thunk, @function
preempt_schedule_thunk:
	.cfi_startproc
	pushl %eax
	.cfi_adjust_cfa_offset 4
	.cfi_rel_offset eax, 0
	pushl %ecx
	.cfi_adjust_cfa_offset 4
	.cfi_rel_offset ecx, 0
	pushl %edx
	.cfi_adjust_cfa_offset 4
	.cfi_rel_offset edx, 0
	call preempt_schedule
	popl %edx
	.cfi_adjust_cfa_offset -4
	.cfi_same_value edx
	popl %ecx
	.cfi_adjust_cfa_offset -4
	.cfi_same_value ecx
	popl %eax
	.cfi_adjust_cfa_offset -4
	.cfi_same_value eax
	ret
	.cfi_endproc
	.size preempt_schedule_thunk, . - preempt_schedule_thunk

	.section .note.GNU-stack, "", @progbits
