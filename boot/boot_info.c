// SPDX-License-Identifier: MIT
/*
 * The one copy of what the boot loader handed over, and the lines that show it.
 *
 * boot_info is written here, once, by the boot CPU, and only read afterwards.
 */
#define pr_fmt(fmt) "boot: " fmt

#include <asm/page.h>
#include <linux/errno.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/printk.h>
#include <memkern/boot.h>
#include <memkern/e820.h>

#include "multiboot.h"

/* What boot/head.S has mapped at PAGE_OFFSET by now. */
#define BOOT_MAPPED 0x40000000U

struct boot_info boot_info;

void __init boot_info_init(u32 magic, u32 mbi_phys)
{
	int err = multiboot_parse(&boot_info, magic, mbi_phys, __va(0), BOOT_MAPPED);

	if (magic == MULTIBOOT2_BOOTLOADER_MAGIC)
		panic("loaded by Multiboot 2: memkern needs Multiboot 1 (GRUB's \"multiboot\")");
	if (err == -EINVAL)
		panic("not loaded by Multiboot 1: the loader left 0x%x in %%eax", magic);
	if (err)
		panic("the loader's information at 0x%x is out of reach", mbi_phys);
}

void __init boot_info_print(void)
{
	const struct boot_module *module;

	pr_info("loader: %s\n", boot_info.loader[0] ? boot_info.loader : "(no name)");
	pr_info("command line: %s\n", boot_info.cmdline);
	if (boot_info.has_mem_sizes)
		pr_info("memory below 640 KiB: %u KiB, from 1 MiB: %u KiB\n", boot_info.mem_lower,
			boot_info.mem_upper);
	for_each_boot_module(module)
		pr_info("module [mem 0x%08x-0x%08x]: %s\n", module->start, module->end - 1,
			module->cmdline);
	e820_print_raw(boot_info.map, boot_info.nr_map);
}
