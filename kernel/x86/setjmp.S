/* SPDX-License-Identifier: MIT */
/* setjmp and longjmp: see asm/setjmp.h. Arguments come in %eax and %edx. */

	.text
	.globl setjmp
	.type setjmp, @function
setjmp:
	.cfi_startproc
	mov	%ebx, 0(%eax)
	mov	%esi, 4(%eax)
	mov	%edi, 8(%eax)
	mov	%ebp, 12(%eax)
	lea	4(%esp), %edx		/* the stack as it is after our return */
	mov	%edx, 16(%eax)
	mov	(%esp), %edx
	mov	%edx, 20(%eax)
	xor	%eax, %eax
	ret
	.cfi_endproc
	.size setjmp, . - setjmp

	.globl longjmp
	.type longjmp, @function
longjmp:
	.cfi_startproc
	mov	%eax, %ecx
	mov	%edx, %eax
	mov	0(%ecx), %ebx
	mov	4(%ecx), %esi
	mov	8(%ecx), %edi
	mov	12(%ecx), %ebp
	.cfi_undefined eip		/* returns to elsewhere */
	mov	16(%ecx), %esp
	jmp	*20(%ecx)
	.cfi_endproc
	.size longjmp, . - longjmp

	.section .note.GNU-stack, "", @progbits
