/* SPDX-License-Identifier: MIT */
/*
 * Where the CPU comes in: exceptions and interrupts.
 *
 * The CPU pushes flags, cs and ip, for some exceptions an error code, and jumps
 * through the IDT to one of the stubs below. The stub adds what it alone knows
 * and jumps to the common code, which saves the registers and calls C with the
 * address of the whole, a struct pt_regs (asm/ptrace.h), and the vector:
 *
 *	 CFA ->	(the stack of the stopped code)
 *	  -4	flags		pushed by the CPU
 *	  -8	cs		pushed by the CPU
 *	 -12	ip		pushed by the CPU
 *	 -16	orig_ax		error code, or 0; an interrupt's vector
 *	 -20	ax
 *	 -24	ss
 *	 -28	sp		= CFA
 *	 -32	bp
 *	 -36	di
 *	 -40	si
 *	 -44	dx
 *	 -48	cx
 *	 -52	bx		<- struct pt_regs *
 *
 * All gates are interrupt gates: C is entered with interrupts off. The kernel
 * has only its own segments, so none is saved or loaded. An exception is handled on
 * the stack that it came on, an interrupt on the CPU's interrupt stack.
 *
 * The .cfi lines tell the kernel's unwinder (kernel/x86/unwind.c) and GDB where
 * each register is after each instruction, so that a trace goes on into the
 * stopped code. CFA ("canonical frame address") is the stack pointer as that
 * code had it; .cfi_signal_frame says that ip is exact, not a return address.
 */

#define IRQ_STACK_SIZE 8192  /* asm/irq_stack.h */
#define X86_EFLAGS_IF  0x200
#define PT_FLAGS       48    /* offsetof(struct pt_regs, flags) */

/* Opens a function that is entered with `size` bytes on the stack below the CFA. */
.macro FUNCTION_BELOW_CFA name, size
	.globl \name
	.type \name, @function
\name:
	.cfi_startproc simple
	.cfi_signal_frame
	.cfi_def_cfa esp, \size
	.cfi_offset eip, -12
.endm

.macro FUNCTION_END name
	.cfi_endproc
	.size \name, . - \name
.endm

.macro PUSH register
	pushl %\register
	.cfi_adjust_cfa_offset 4
.endm

.macro SAVE register
	PUSH \register
	.cfi_rel_offset \register, 0
.endm

.macro RESTORE register
	popl %\register
	.cfi_adjust_cfa_offset -4
	.cfi_same_value \register
.endm

.macro DROP bytes
	addl $\bytes, %esp
	.cfi_adjust_cfa_offset -\bytes
.endm

/* From ax, saved, to all of struct pt_regs; the vector in %eax. C gets both in %eax and %edx. */
.macro SAVE_REGS
	PUSH ss
	PUSH esp
	addl $24, (%esp)		/* from what %esp was at the push up to the CFA */
	SAVE ebp
	SAVE edi
	SAVE esi
	SAVE edx
	SAVE ecx
	SAVE ebx
	movl %eax, %edx
	movl %esp, %eax
	cld
.endm

.macro RESTORE_REGS_AND_RETURN
	RESTORE ebx
	RESTORE ecx
	RESTORE edx
	RESTORE esi
	RESTORE edi
	RESTORE ebp
	DROP 8				/* sp, ss */
	RESTORE eax
	DROP 4				/* orig_ax */
	iret
.endm

	.text
	.balign 16
	FUNCTION_BELOW_CFA handle_exception, 20
	.cfi_offset eax, -20
	SAVE_REGS
	call do_exception
	RESTORE_REGS_AND_RETURN
	FUNCTION_END handle_exception

/*
 * %esp := the top of this CPU's interrupt stack, unless it is on it already: then an
 * interrupt has interrupted a softirq. Where it was is in %ebx, which C keeps; so the
 * CFA, and with it every trace, goes on there. Uses %ecx.
 */
.macro TO_IRQ_STACK
	movl %esp, %ebx
	.cfi_def_cfa_register ebx
	movl %fs:irq_stack_top, %ecx
	subl %esp, %ecx
	cmpl $IRQ_STACK_SIZE, %ecx
	jb 1f
	movl %fs:irq_stack_top, %esp
1:
.endm

.macro FROM_IRQ_STACK
	movl %ebx, %esp
	.cfi_def_cfa_register esp
.endm

/*
 * An interrupt: its handlers run on the interrupt stack. Then, back on the stack of what was
 * interrupted, the CPU goes to another task if one is more urgent and this one may be
 * preempted: its preempt count is zero, bit 31 included (linux/preempt.h), and its
 * interrupts are on.
 */
	.balign 16
	FUNCTION_BELOW_CFA handle_interrupt, 20
	.cfi_offset eax, -20
	SAVE_REGS
	TO_IRQ_STACK
	call do_interrupt
	FROM_IRQ_STACK
	cmpl $0, %fs:__preempt_count
	jne 1f
	testl $X86_EFLAGS_IF, PT_FLAGS(%esp)
	jz 1f
	call preempt_schedule_irq
1:	RESTORE_REGS_AND_RETURN
	FUNCTION_END handle_interrupt

/* void call_on_irq_stack(void (*function)(void) in %eax): asm/irq_stack.h */
	.balign 16
	.globl call_on_irq_stack
	.type call_on_irq_stack, @function
call_on_irq_stack:
	.cfi_startproc
	SAVE ebx
	TO_IRQ_STACK
	call *%eax
	FROM_IRQ_STACK
	RESTORE ebx
	ret
	.cfi_endproc
	.size call_on_irq_stack, . - call_on_irq_stack

/*
 * A stub for each exception; exception_entries[] says where. error_code=1: the
 * CPU pushes one.
 */
.macro EXCEPTION vector, name, error_code=0
	.balign 8
	FUNCTION_BELOW_CFA asm_exc_\name, "(12 + 4 * \error_code)"
	.if !\error_code
	pushl $0
	.cfi_adjust_cfa_offset 4
	.endif
	SAVE eax
	movl $\vector, %eax
	jmp handle_exception
	FUNCTION_END asm_exc_\name
	.pushsection .rodata
	.if (. - exception_entries) != \vector * 4
	.error "exception stubs out of order"
	.endif
	.long asm_exc_\name
	.popsection
.endm

	.pushsection .rodata
	.balign 4
	.globl exception_entries
exception_entries:
	.popsection

	EXCEPTION 0, divide_error
	EXCEPTION 1, debug
	EXCEPTION 2, nmi
	EXCEPTION 3, int3
	EXCEPTION 4, overflow
	EXCEPTION 5, bounds
	EXCEPTION 6, invalid_op
	EXCEPTION 7, device_not_available
	EXCEPTION 8, double_fault, 1	/* its IDT entry is a task gate: never entered here */
	EXCEPTION 9, coproc_segment_overrun
	EXCEPTION 10, invalid_tss, 1
	EXCEPTION 11, segment_not_present, 1
	EXCEPTION 12, stack_segment, 1
	EXCEPTION 13, general_protection, 1
	EXCEPTION 14, page_fault, 1
	EXCEPTION 15, reserved_15
	EXCEPTION 16, coprocessor_error
	EXCEPTION 17, alignment_check, 1
	EXCEPTION 18, machine_check
	EXCEPTION 19, simd_coprocessor_error
	EXCEPTION 20, virtualization
	EXCEPTION 21, control_protection, 1
	EXCEPTION 22, reserved_22
	EXCEPTION 23, reserved_23
	EXCEPTION 24, reserved_24
	EXCEPTION 25, reserved_25
	EXCEPTION 26, reserved_26
	EXCEPTION 27, reserved_27
	EXCEPTION 28, hypervisor_injection
	EXCEPTION 29, vmm_communication, 1
	EXCEPTION 30, security, 1
	EXCEPTION 31, reserved_31

/*
 * Interrupts: a stub of 8 bytes for each vector from 32 on. The vector is pushed
 * less 128, so that it fits into the short form of the instruction.
 */
	.balign 8
	FUNCTION_BELOW_CFA interrupt_entries, 12
	.set vector, 32
	.rept 256 - 32
	.balign 8
	pushl $(vector - 128)
	.cfi_adjust_cfa_offset 4
	jmp handle_stub
	.cfi_adjust_cfa_offset -4
	.set vector, vector + 1
	.endr
	FUNCTION_END interrupt_entries

	FUNCTION_BELOW_CFA handle_stub, 16
	addl $128, (%esp)
	SAVE eax
	movl 4(%esp), %eax
	jmp handle_interrupt
	FUNCTION_END handle_stub

/* __warn_trap(file, line, fmt, ...): see asm/bug.h and do_invalid_op() in traps.c. */
	.balign 8
	.globl __warn_trap
	.type __warn_trap, @function
__warn_trap:
	.cfi_startproc
	ud2
	ret
	.cfi_endproc
	.size __warn_trap, . - __warn_trap

	.section .note.GNU-stack, "", @progbits
