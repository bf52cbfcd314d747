// SPDX-License-Identifier: MIT
/*
 * ACPI's tables in the boot: read once, early, and kept as what they say.
 *
 * Some machines' memory maps call the tables' memory RAM, so they are read before anybody
 * can be given it: with the page tables of boot/head.S. Those map the first GiB at
 * PAGE_OFFSET. For what is above, the last of their 2 MiB pages is bent to it for a moment:
 *
 *	boot_pd[511]	ffe00000-ffffffff -> 3fe00000, or the 2 MiB that are asked for
 *
 * `acpi=off` on the command line: the tables are not looked at.
 */
#define pr_fmt(fmt) "ACPI: " fmt

#include <linux/errno.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/pgtable.h>
#include <linux/printk.h>
#include <linux/string.h>
#include <asm/cpufeature.h>
#include <asm/irq.h>
#include <asm/tlbflush.h>
#include <memkern/params.h>
#include "acpi.h"
#include "irq.h"

#define BOOT_MAPPED  (1ULL << 30)
#define WINDOW_SIZE  (1UL << 21)
#define WINDOW	     (0UL - WINDOW_SIZE)
#define WINDOW_FLAGS (_PAGE_PRESENT | _PAGE_RW | _PAGE_PSE)

extern pteval_t boot_pdpt[PTRS_PER_PGD];

static bool acpi_off;
static bool madt_usable;
static struct acpi_madt_info madt_info;

static int __init set_acpi(char *value)
{
	if (!value || strcmp(value, "off"))
		return -EINVAL;
	acpi_off = true;
	return 0;
}
early_param("acpi", set_acpi);

const struct acpi_madt_info *acpi_madt(void)
{
	return madt_usable ? &madt_info : NULL;
}

static void point_window_at(u64 address)
{
	pteval_t *boot_pd = __va(boot_pdpt[pgd_index(WINDOW)] & PTE_PFN_MASK);
	u64 start = address & ~(u64)(WINDOW_SIZE - 1);

	set_pte_atomic((pte_t *)&boot_pd[pmd_index(WINDOW)], __pte(start | WINDOW_FLAGS));
	__flush_tlb_one(WINDOW);
}

/* Copies what lies within one 2 MiB page. */
static void copy_physical(void *to, u64 address, size_t size)
{
	if (address < BOOT_MAPPED) {
		memcpy(to, __va(address), size);
		return;
	}
	point_window_at(address);
	memcpy(to, (const void *)(WINDOW + (unsigned long)(address & (WINDOW_SIZE - 1))), size);
	point_window_at(BOOT_MAPPED - WINDOW_SIZE);
}

/* An address that this CPU has no bits for would be a fault. Without memory it reads something. */
static bool read_physical(const struct acpi_source *source, u64 address, void *to, size_t size)
{
	u64 limit = 1ULL << boot_cpu.phys_bits;
	size_t n;

	if (address >= limit || size > limit - address)
		return false;
	for (; size; size -= n, address += n, to += n) {
		n = min_t(u64, size, WINDOW_SIZE - (address & (WINDOW_SIZE - 1)));
		copy_physical(to, address, n);
	}
	return true;
}

void __init acpi_boot_init(void)
{
	static const struct acpi_source physical_memory = { read_physical };
	struct acpi_fault fault;
	int error;

	if (acpi_off)
		return;
	error = acpi_find_madt(&physical_memory, &madt_info, &fault);
	if (error == -EINVAL)
		pr_warn("the %s table at 0x%llx is not used: %s\n", fault.table, fault.address,
			fault.what);
	else if (!error)
		pr_info("MADT at 0x%llx: %u CPU%s, %u IOAPIC%s\n", madt_info.address,
			madt_info.nr_cpus, madt_info.nr_cpus == 1 ? "" : "s", madt_info.nr_ioapics,
			madt_info.nr_ioapics == 1 ? "" : "s");
	madt_usable = !error;
}
