/* SPDX-License-Identifier: MIT */
/* Bits of the control registers, EFLAGS and EFER that memkern sets or reads. For C and assembly. */
#ifndef _ASM_PROCESSOR_FLAGS_H
#define _ASM_PROCESSOR_FLAGS_H

#define X86_EFLAGS_FIXED 0x00000002 /* always 1 */
#define X86_EFLAGS_TF	 0x00000100 /* trap after the next instruction */
#define X86_EFLAGS_NT	 0x00004000 /* iret returns to the task that a task gate left */

#define X86_CR0_WP 0x00010000 /* read-only pages are so for the kernel too */

#define X86_CR4_PAE  0x00000020
#define X86_CR4_PGE  0x00000080 /* global pages survive a CR3 load */
#define X86_CR4_SMEP 0x00100000 /* the kernel must not execute user pages */

#define MSR_EFER 0xc0000080
#define EFER_NX	 0x00000800 /* bit 63 of a page-table entry means: no execute */

#endif
