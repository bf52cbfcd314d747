// SPDX-License-Identifier: MIT
/*
 * What the boot does with the memory map: from boot_info to e820_table, or a sentence why
 * the kernel cannot run.
 *
 * boot/e820.c holds the rules; here are the machine's numbers that go into them (width of
 * addresses, where the kernel lies, "mem="), and what the person is told.
 */
#define pr_fmt(fmt) "e820: " fmt

#include <asm/cpufeature.h>
#include <linux/ctype.h>
#include <linux/errno.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/limits.h>
#include <linux/printk.h>
#include <linux/string.h>
#include <memkern/boot.h>
#include <memkern/e820.h>
#include <memkern/params.h>

/* linker.ld: the physical addresses where the image starts and ends */
extern const char __kernel_phys_start[], __kernel_phys_end[];

struct e820_table e820_table;

static u64 mem_limit = U64_MAX;

/* memparse() drops the bits above 64, as in Linux: then the size would be quite another. */
static bool __init size_fits(const char *value, u64 size)
{
	static const char units[] = "kmgtpe";
	unsigned long long number;
	char digits[24] = "", *rest;
	const char *unit;

	simple_strtoull(value, &rest, 0);
	if (rest - value >= (ptrdiff_t)sizeof(digits))
		return false;
	memcpy(digits, value, rest - value);
	if (kstrtoull(digits, 0, &number))
		return false;
	unit = *rest ? strchr(units, tolower(*rest)) : NULL;
	return size >> (unit ? 10 * (unit - units + 1) : 0) == number;
}

/* mem=SIZE: no RAM at or above that address, as in Linux. */
static int __init parse_mem(char *value)
{
	char *end;
	u64 size;

	if (!value)
		return -EINVAL;
	size = memparse(value, &end);
	if (*end || !size || !size_fits(value, size))
		return -EINVAL;
	mem_limit = size;
	return 0;
}
early_param("mem", parse_mem);

static const char *__init why_unusable(void)
{
	return e820_why_unusable(&e820_table, (unsigned long)__kernel_phys_start,
				 (unsigned long)__kernel_phys_end);
}

/*
 * Where there is no map, or it broke off before it came to the RAM that the kernel is in,
 * the loader's two sizes vouch for RAM as well. Reservations that did come still win.
 */
static void __init sanitize_boot_info(void)
{
	static struct e820_entry raw[BOOT_MAX_MAP_ENTRIES + 2];
	unsigned int nr = boot_info.nr_map;

	memcpy(raw, boot_info.map, nr * sizeof(*raw));
	e820_sanitize(&e820_table, raw, nr, boot_cpu.phys_bits);
	if (nr && !(boot_info.map_damaged && why_unusable()))
		return;
	if (!nr && !boot_info.has_mem_sizes)
		panic("the loader gave neither a memory map nor the sizes of memory, and memkern "
		      "has no other way to find out");
	if (!boot_info.has_mem_sizes)
		return;
	pr_warn("no complete memory map: using the sizes of memory that the loader gave\n");
	nr += e820_from_sizes(raw + nr, boot_info.mem_lower, boot_info.mem_upper);
	e820_sanitize(&e820_table, raw, nr, boot_cpu.phys_bits);
}

static void __init report_left_out(u64 size, const char *why)
{
	if (size)
		pr_warn("left out %llu KiB of RAM: %s\n", size >> 10, why);
}

void __init e820_init(void)
{
	bool usable;
	const char *why;

	sanitize_boot_info();
	usable = !why_unusable();
	report_left_out(e820_table.ram_beyond, "the CPU's addresses do not reach it");
	report_left_out(e820_table.ram_lost, "the table of ranges is full");
	report_left_out(e820_limit_ram(&e820_table, mem_limit), "above the limit set by mem=");
	e820_print(&e820_table);

	why = why_unusable();
	if (why && usable)
		panic("mem=%lluK leaves out the RAM that the kernel is in, up to %luK",
		      mem_limit >> 10, DIV_ROUND_UP((unsigned long)__kernel_phys_end, 1024));
	if (why)
		panic("%s (the kernel is at [mem 0x%lx-0x%lx])", why,
		      (unsigned long)__kernel_phys_start, (unsigned long)__kernel_phys_end - 1);
}

u64 e820_end_of_ram(void)
{
	const struct e820_entry *entry;
	u64 end = 0;

	for_each_e820_range(entry) {
		if (entry->type == E820_TYPE_RAM)
			end = entry->addr + entry->size;
	}
	return end;
}
