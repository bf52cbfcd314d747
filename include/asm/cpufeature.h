/* SPDX-License-Identifier: MIT */
/*
 * What this CPU can do, as CPUID says. A feature's number is its word (which
 * CPUID register it comes from) times 32 plus its bit there.
 *
 * cpu_identify() fills boot_cpu in as the first thing that C does; after that
 * boot_cpu_has() is right in any context.
 */
#ifndef _ASM_CPUFEATURE_H
#define _ASM_CPUFEATURE_H

#include <linux/types.h>

enum cpuid_word { CPUID_1_EDX, CPUID_1_ECX, CPUID_7_EBX, CPUID_80000001_EDX, NCAPINTS };

#define X86_FEATURE(word, bit) ((word)*32 + (bit))

#define X86_FEATURE_PSE	       X86_FEATURE(CPUID_1_EDX, 3)
#define X86_FEATURE_TSC	       X86_FEATURE(CPUID_1_EDX, 4)
#define X86_FEATURE_MSR	       X86_FEATURE(CPUID_1_EDX, 5)
#define X86_FEATURE_PAE	       X86_FEATURE(CPUID_1_EDX, 6)
#define X86_FEATURE_CX8	       X86_FEATURE(CPUID_1_EDX, 8)
#define X86_FEATURE_APIC       X86_FEATURE(CPUID_1_EDX, 9)
#define X86_FEATURE_PGE	       X86_FEATURE(CPUID_1_EDX, 13)
#define X86_FEATURE_PAT	       X86_FEATURE(CPUID_1_EDX, 16)
#define X86_FEATURE_PSE36      X86_FEATURE(CPUID_1_EDX, 17)
#define X86_FEATURE_HYPERVISOR X86_FEATURE(CPUID_1_ECX, 31)
#define X86_FEATURE_SMEP       X86_FEATURE(CPUID_7_EBX, 7)
#define X86_FEATURE_SMAP       X86_FEATURE(CPUID_7_EBX, 20)
#define X86_FEATURE_NX	       X86_FEATURE(CPUID_80000001_EDX, 20)

struct cpu_info {
	char vendor[13];
	char brand[49]; /* empty where the CPU does not tell */
	u8 family, model, stepping;
	u8 phys_bits; /* physical address bits: entries must have none above */
	u32 capability[NCAPINTS];
};

extern struct cpu_info boot_cpu;

static inline bool cpu_has(const struct cpu_info *cpu, unsigned int feature)
{
	return cpu->capability[feature / 32] & (1U << (feature % 32));
}

#define boot_cpu_has(feature) cpu_has(&boot_cpu, (feature))

/* Asks CPUID, says what it found, and switches on what the kernel uses. */
void cpu_identify(void);

/* The switching on alone, for each further CPU: NX, write protection, global pages, SMEP. */
void cpu_enable_features(void);

#endif
