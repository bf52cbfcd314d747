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

/* Calls a C function for inline assembly that must not lose a register. */
.macro THUNK name, function
	.globl \name
	.type \name, @function
\name:
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
	call \function
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
	.size \name, . - \name
.endm

	THUNK preempt_schedule_thunk, preempt_schedule	/* asm/preempt.h */
	THUNK spin_wait_thunk, __spin_wait_slowly		/* asm/spinlock.h */

	.section .note.GNU-stack, "", @progbits
