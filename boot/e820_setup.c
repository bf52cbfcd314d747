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
#include <linux/errno.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/limits.h>
#include <linux/printk.h>
#include <memkern/boot.h>
#include <memkern/e820.h>
#include <memkern/params.h>

/* linker.ld: the physical addresses where the image starts and ends */
extern const char __kernel_phys_start[], __kernel_phys_end[];

struct e820_table e820_table;

static u64 mem_limit = U64_MAX;

/* mem=SIZE: no RAM at or above that address, as in Linux. */
static int __init parse_mem(char *value)
{
	char *end;
	u64 size;

	if (!value)
		return -EINVAL;
	size = memparse(value, &end);
	if (*end || !size)
		return -EINVAL;
	mem_limit = size;
	return 0;
}
early_param("mem", parse_mem);

/* A loader without a map may have given two sizes: RAM that it vouches for. */
static void __init sanitize_boot_info(unsigned int phys_bits)
{
	struct e820_entry sizes[2];

	if (boot_info.nr_map) {
		e820_sanitize(&e820_table, boot_info.map, boot_info.nr_map, phys_bits);
		return;
	}
	if (!boot_info.has_mem_sizes)
		panic("the loader gave neither a memory map nor the sizes of memory, and memkern "
		      "has no other way to find out");
	pr_warn("no memory map: using the sizes of memory that the loader gave\n");
	e820_sanitize(&e820_table, sizes,
		      e820_from_sizes(sizes, boot_info.mem_lower, boot_info.mem_upper), phys_bits);
}

static void __init report_left_out(u64 size, const char *why)
{
	if (size)
		pr_warn("left out %llu KiB of RAM: %s\n", size >> 10, why);
}

void __init e820_init(void)
{
	unsigned long start = (unsigned long)__kernel_phys_start;
	unsigned long end = (unsigned long)__kernel_phys_end;
	const char *why;

	sanitize_boot_info(boot_cpu.phys_bits);
	report_left_out(e820_table.ram_beyond, "the CPU's addresses do not reach it");
	report_left_out(e820_table.ram_lost, "the table of ranges is full");
	report_left_out(e820_limit_ram(&e820_table, mem_limit), "above the limit set by mem=");
	e820_print(&e820_table);

	why = e820_why_unusable(&e820_table, start, end);
	if (why)
		panic("%s (the kernel is at [mem 0x%lx-0x%lx])", why, start, end - 1);
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
