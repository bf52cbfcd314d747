/* SPDX-License-Identifier: MIT */
/* Model-specific registers and the time-stamp counter: where CPUID says that they exist. */
#ifndef _ASM_MSR_H
#define _ASM_MSR_H

#include <linux/types.h>
#include <asm/processor-flags.h>

#define rdmsrl(msr, value) ((value) = __rdmsr(msr))
#define wrmsrl(msr, value) __wrmsr((msr), (value))

static inline u64 __rdmsr(u32 msr)
{
	u32 low, high;

	asm volatile("rdmsr" : "=a"(low), "=d"(high) : "c"(msr));
	return low | (u64)high << 32;
}

static inline void __wrmsr(u32 msr, u64 value)
{
	asm volatile("wrmsr" : : "c"(msr), "a"((u32)value), "d"((u32)(value >> 32)) : "memory");
}

/* Not ordered with the instructions around it. */
static inline u64 rdtsc(void)
{
	u32 low, high;

	asm volatile("rdtsc" : "=a"(low), "=d"(high));
	return low | (u64)high << 32;
}

#endif
