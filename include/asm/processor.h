/* SPDX-License-Identifier: MIT */
#ifndef _ASM_PROCESSOR_H
#define _ASM_PROCESSOR_H

#include <asm/cpufeature.h>
#include <asm/processor-flags.h>
#include <asm/special_insns.h>

/* For loops that wait for another CPU: saves power, and lets a sibling thread run. */
static inline void cpu_relax(void)
{
	asm volatile("pause" : : : "memory");
}

/* Waits for an interrupt; for ever where they are masked. */
static inline void halt(void)
{
	asm volatile("hlt" : : : "memory");
}

/* Interrupts on, and waits for one: it cannot come in between, sti takes effect an instruction late. */
static inline void safe_halt(void)
{
	asm volatile("sti; hlt" : : : "memory");
}

static inline void cpuid_count(u32 leaf, u32 subleaf, u32 *eax, u32 *ebx, u32 *ecx, u32 *edx)
{
	asm volatile("cpuid"
		     : "=a"(*eax), "=b"(*ebx), "=c"(*ecx), "=d"(*edx)
		     : "a"(leaf), "c"(subleaf)
		     : "memory");
}

static inline void cpuid(u32 leaf, u32 *eax, u32 *ebx, u32 *ecx, u32 *edx)
{
	cpuid_count(leaf, 0, eax, ebx, ecx, edx);
}

#endif
