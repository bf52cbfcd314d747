// SPDX-License-Identifier: MIT
/*
 * Which CPU this is, what it can do, and switching on what the kernel uses.
 * Nothing is taken for granted but CPUID and PAE, which boot/head.S has checked:
 * a bit that the CPU does not announce is never set, neither in a control
 * register nor in a page-table entry.
 */
#include <linux/kernel.h>
#include <linux/printk.h>
#include <linux/string.h>
#include <asm/cpufeature.h>
#include <asm/msr.h>
#include <asm/processor.h>

#define CPUID_EXTENDED	   0x80000000
#define CPUID_BRAND	   0x80000002 /* and the two after it */
#define CPUID_ADDRESS_BITS 0x80000008

/* A PAE entry has room for these. */
#define MAX_PHYS_BITS 52

struct cpu_info boot_cpu;

static const struct {
	unsigned int feature;
	const char *name;
} shown_features[] = {
	{ X86_FEATURE_PAE, "PAE" },   { X86_FEATURE_PSE36, "PSE36" }, { X86_FEATURE_PGE, "PGE" },
	{ X86_FEATURE_PAT, "PAT" },   { X86_FEATURE_NX, "NX" },	      { X86_FEATURE_SMEP, "SMEP" },
	{ X86_FEATURE_SMAP, "SMAP" }, { X86_FEATURE_TSC, "TSC" },     { X86_FEATURE_APIC, "APIC" },
};

static u32 highest_leaf(u32 range)
{
	u32 eax, ebx, ecx, edx;

	cpuid(range, &eax, &ebx, &ecx, &edx);
	/* A CPU without the range answers with that of another. */
	return (eax ^ range) >> 16 ? 0 : eax;
}

static void read_vendor(struct cpu_info *cpu)
{
	u32 eax, word[3];

	cpuid(0, &eax, &word[0], &word[2], &word[1]);
	memcpy(cpu->vendor, word, sizeof(word));
}

static void read_signature(struct cpu_info *cpu)
{
	u32 eax, ebx;

	cpuid(1, &eax, &ebx, &cpu->capability[CPUID_1_ECX], &cpu->capability[CPUID_1_EDX]);
	cpu->stepping = eax & 15;
	cpu->model = eax >> 4 & 15;
	cpu->family = eax >> 8 & 15;
	if (cpu->family == 6 || cpu->family == 15)
		cpu->model |= eax >> 12 & 0xf0;
	if (cpu->family == 15)
		cpu->family += eax >> 20 & 0xff;
}

static void read_brand(struct cpu_info *cpu)
{
	u32 word[12];
	unsigned int i;

	for (i = 0; i < 3; i++)
		cpuid(CPUID_BRAND + i, &word[4 * i], &word[4 * i + 1], &word[4 * i + 2],
		      &word[4 * i + 3]);
	memcpy(cpu->brand, word, sizeof(word));
	strim(cpu->brand);
}

/* Without the leaf that says so, PSE36 is what widens the addresses of PAE too. */
static u8 read_phys_bits(const struct cpu_info *cpu, u32 highest)
{
	u32 eax, ebx, ecx, edx;

	if (highest < CPUID_ADDRESS_BITS)
		return cpu_has(cpu, X86_FEATURE_PSE36) ? 36 : 32;
	cpuid(CPUID_ADDRESS_BITS, &eax, &ebx, &ecx, &edx);
	return clamp_t(u32, eax & 0xff, 32, MAX_PHYS_BITS);
}

static void read_features(struct cpu_info *cpu)
{
	u32 highest = highest_leaf(CPUID_EXTENDED);
	u32 eax, ebx, ecx, edx;

	read_vendor(cpu);
	read_signature(cpu);
	if (highest_leaf(0) >= 7) {
		cpuid_count(7, 0, &eax, &ebx, &ecx, &edx);
		cpu->capability[CPUID_7_EBX] = ebx;
	}
	if (highest >= CPUID_EXTENDED + 1) {
		cpuid(CPUID_EXTENDED + 1, &eax, &ebx, &ecx, &edx);
		cpu->capability[CPUID_80000001_EDX] = edx;
	}
	if (highest >= CPUID_BRAND + 2)
		read_brand(cpu);
	cpu->phys_bits = read_phys_bits(cpu, highest);
}

void cpu_enable_features(void)
{
	unsigned long cr4 = read_cr4();
	u64 efer;

	if (boot_cpu_has(X86_FEATURE_NX)) {
		rdmsrl(MSR_EFER, efer);
		wrmsrl(MSR_EFER, efer | EFER_NX);
	}
	if (boot_cpu_has(X86_FEATURE_PGE))
		cr4 |= X86_CR4_PGE;
	if (boot_cpu_has(X86_FEATURE_SMEP))
		cr4 |= X86_CR4_SMEP;
	write_cr4(cr4);
	write_cr0(read_cr0() | X86_CR0_WP);
}

static void print_cpu(const struct cpu_info *cpu)
{
	char features[ARRAY_SIZE(shown_features) * sizeof(" PSE36")] = "";
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(shown_features); i++) {
		if (!cpu_has(cpu, shown_features[i].feature))
			continue;
		strlcat(features, " ", sizeof(features));
		strlcat(features, shown_features[i].name, sizeof(features));
	}
	pr_info("CPU: %s, family %u, model %u, stepping %u\n",
		cpu->brand[0] ? skip_spaces(cpu->brand) : cpu->vendor, cpu->family, cpu->model,
		cpu->stepping);
	pr_info("CPU: %u physical address bits;%s\n", cpu->phys_bits, features);
	if (!cpu_has(cpu, X86_FEATURE_NX))
		pr_warn("CPU: no NX: data pages stay executable\n");
}

void cpu_identify(void)
{
	read_features(&boot_cpu);
	cpu_enable_features();
	print_cpu(&boot_cpu);
}
