/* SPDX-License-Identifier: MIT */
/* The instructions that only the kernel may use: control registers and the TLB. */
#ifndef _ASM_SPECIAL_INSNS_H
#define _ASM_SPECIAL_INSNS_H

#include <linux/types.h>

/*
 * The reads depend on the writes before them, which the compiler learns from
 * the memory clobber on both.
 */
#define __CONTROL_REGISTER_READ(name)                                           \
	static inline unsigned long read_##name(void)                           \
	{                                                                       \
		unsigned long value;                                            \
                                                                                \
		asm volatile("mov %%" #name ", %0" : "=r"(value) : : "memory"); \
		return value;                                                   \
	}
#define __CONTROL_REGISTER_WRITE(name)                                      \
	static inline void write_##name(unsigned long value)                \
	{                                                                   \
		asm volatile("mov %0, %%" #name : : "r"(value) : "memory"); \
	}

__CONTROL_REGISTER_READ(cr0)
__CONTROL_REGISTER_WRITE(cr0)
__CONTROL_REGISTER_READ(cr2)
__CONTROL_REGISTER_WRITE(cr2)
__CONTROL_REGISTER_READ(cr3)
__CONTROL_REGISTER_WRITE(cr3)
__CONTROL_REGISTER_READ(cr4)
__CONTROL_REGISTER_WRITE(cr4)

/* Forgets the translation of the page that holds the address, global or not. */
static inline void invlpg(unsigned long address)
{
	asm volatile("invlpg (%0)" : : "r"(address) : "memory");
}

#endif
