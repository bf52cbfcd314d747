// SPDX-License-Identifier: MIT
/*
 * boot_info_init() and e820_init() as the boot calls them: what they print, when they panic.
 *
 * Physical memory is played by a mapping at PAGE_OFFSET, which the Makefile sets; the
 * kernel's place, 1 to 2 MiB, is set there too.
 */
#include <asm/cpufeature.h>
#include <asm/page.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/string.h>
#include <memkern/boot.h>
#include <memkern/e820.h>
#include <memkern/params.h>

#include "../../../boot/multiboot.h"
#include "host.h"
#include "tests.h"

#define RAM_SIZE 0x10000
#define MBI	 0x9501

struct cpu_info boot_cpu;

/* The linker makes these of the section's name. */
extern const struct obs_kernel_param *const __start_kernel_params[];
extern const struct obs_kernel_param *const __stop_kernel_params[];

static u32 loader_magic;
static u32 loader_mbi;

static void call_boot_info_init(void)
{
	boot_info_init(loader_magic, loader_mbi);
}

static bool printed(const char *text)
{
	if (strstr(host_log(), text))
		return true;
	host_note("expected \"%s\", printed: %s", text, host_log());
	return false;
}

static bool init_panics(u32 magic, u32 mbi, const char *why)
{
	host_clear_log();
	loader_magic = magic;
	loader_mbi = mbi;
	return host_panics(call_boot_info_init) && printed(why);
}

static void test_boot_info_init(void)
{
	struct multiboot_info mbi = { .flags = MULTIBOOT_INFO_CMDLINE, .cmdline = 0x9601 };

	host_result(init_panics(0, MBI, "not loaded by Multiboot 1: the loader left 0x0"),
		    "boot: wrong magic");
	host_result(init_panics(MULTIBOOT2_BOOTLOADER_MAGIC, MBI, "loaded by Multiboot 2"),
		    "boot: Multiboot 2");
	host_result(init_panics(MULTIBOOT_BOOTLOADER_MAGIC, 0x40000000, "0x40000000 is out of"),
		    "boot: the information beyond the first GiB");

	memcpy(__va(MBI), &mbi, sizeof(mbi));
	memcpy(__va(0x9601), "a=1 b", 6);
	boot_info_init(MULTIBOOT_BOOTLOADER_MAGIC, MBI);
	memset(__va(0), 0x55, RAM_SIZE);
	host_result(!strcmp(boot_info.cmdline, "a=1 b"), "boot: what the loader left is copied");
}

static void test_boot_info_print(void)
{
	memset(&boot_info, 0, sizeof(boot_info));
	host_clear_log();
	boot_info_print();
	host_result(printed("loader: (no name)\n") && printed("loader, entries: 0\n") &&
			    !strstr(host_log(), "KiB"),
		    "boot: printing nothing");

	strcpy(boot_info.loader, "qemu");
	strcpy(boot_info.cmdline, "kunit=all exit");
	boot_info.has_mem_sizes = true;
	boot_info.mem_lower = 639;
	boot_info.mem_upper = 64384;
	boot_info.nr_modules = 1;
	boot_info.modules[0] = (struct boot_module){ 0x200000, 0x201000, "a.mod arg" };
	boot_info.nr_map = map_from_text(boot_info.map, 1, "R0-9fc00");
	host_clear_log();
	boot_info_print();
	host_result(printed("loader: qemu\n") && printed("command line: kunit=all exit\n") &&
			    printed("below 640 KiB: 639 KiB, from 1 MiB: 64384 KiB\n") &&
			    printed("module [mem 0x00200000-0x00200fff]: a.mod arg\n") &&
			    printed("loader, entries: 1\n") && printed("type 1, usable\n"),
		    "boot: printing everything");
}

static void set_map(const char *text, unsigned int phys_bits)
{
	memset(&boot_info, 0, sizeof(boot_info));
	boot_info.nr_map = map_from_text(boot_info.map, BOOT_MAX_MAP_ENTRIES, text);
	boot_cpu.phys_bits = phys_bits;
	host_clear_log();
}

static bool table_is(const char *expected)
{
	char text[512];

	map_to_text(text, sizeof(text), e820_table.entries, e820_table.nr_entries);
	if (!strcmp(text, expected))
		return true;
	host_note("expected %s\n#      got %s", expected, text);
	return false;
}

static void test_e820_init(void)
{
	set_map("R0-9fc00 R100000-4000000 r3000000-3001000", 36);
	e820_init();
	host_result(table_is("r0-1000 R1000-9f000 r9f000-100000 R100000-3000000 r3000000-3001000 "
			     "R3001000-4000000") &&
			    e820_end_of_ram() == 0x4000000 && printed("kernel, usable: 63.6 MiB") &&
			    !strstr(host_log(), "left out"),
		    "boot: an ordinary map");

	set_map("R100000-4000000 R100000000-140000000", 32);
	e820_init();
	host_result(e820_end_of_ram() == 0x4000000 &&
			    printed("left out 1048576 KiB of RAM: the CPU's addresses"),
		    "boot: RAM that the CPU does not reach is named");

	set_map("", 36);
	host_result(host_panics(e820_init) && printed("neither a memory map nor the sizes"),
		    "boot: neither a map nor sizes");

	set_map("", 36);
	boot_info.has_mem_sizes = true;
	boot_info.mem_lower = 639;
	boot_info.mem_upper = 7040;
	e820_init();
	host_result(table_is("r0-1000 R1000-9f000 r9f000-100000 R100000-7e0000") &&
			    printed("no complete memory map: using the sizes"),
		    "boot: sizes instead of a map");

	set_map("R0-9fc00 r400000-401000", 36);
	boot_info.map_damaged = true;
	boot_info.has_mem_sizes = true;
	boot_info.mem_upper = 7040;
	e820_init();
	host_result(table_is("r0-1000 R1000-9f000 r9f000-100000 R100000-400000 r400000-401000 "
			     "R401000-7e0000") &&
			    printed("no complete memory map"),
		    "boot: sizes help out where a map broke off, its reservations hold");

	set_map("R0-9fc00 R100000-400000", 36);
	boot_info.map_damaged = true;
	boot_info.has_mem_sizes = true;
	boot_info.mem_upper = 7040;
	e820_init();
	host_result(e820_end_of_ram() == 0x400000 && !strstr(host_log(), "sizes"),
		    "boot: a map that broke off later is used alone");

	set_map("R0-9fc00", 36);
	boot_info.map_damaged = true;
	host_result(host_panics(e820_init) && printed("has RAM only below 1 MiB") &&
			    !strstr(host_log(), "sizes"),
		    "boot: a map that broke off, and no sizes");

	set_map("R0-a0000", 36);
	boot_info.has_mem_sizes = true;
	boot_info.mem_upper = 7040;
	host_result(host_panics(e820_init) && printed("has RAM only below 1 MiB (the kernel is at"
						      " [mem 0x100000-0x1fffff])"),
		    "boot: RAM only below 1 MiB");
	set_map("R0-a0000 R1000000-4000000", 36);
	host_result(host_panics(e820_init) && printed("the kernel is loaded where"),
		    "boot: the kernel is not in RAM");
}

static int set_param(const char *name, const char *value)
{
	const struct obs_kernel_param *const *param;
	char text[32];

	host_format(text, sizeof(text), "%s", value ? value : "");
	for (param = __start_kernel_params; param < __stop_kernel_params; param++) {
		if (!strcmp((*param)->str, name))
			return (*param)->setup_func(value ? text : NULL);
	}
	return -ENOENT;
}

/* Last, since the limit stays. */
static void test_mem_limit(void)
{
	host_result(set_param("mem", NULL) == -EINVAL && set_param("mem", "") == -EINVAL &&
			    set_param("mem", "0") == -EINVAL && set_param("mem", "M") == -EINVAL &&
			    set_param("mem", "8Mx") == -EINVAL,
		    "boot: mem= without a size is refused");

	set_param("mem", "32M");
	set_map("R0-9fc00 R100000-4000000 r4000000-4001000", 36);
	e820_init();
	host_result(
		table_is("r0-1000 R1000-9f000 r9f000-100000 R100000-2000000 r4000000-4001000") &&
			printed("left out 32768 KiB of RAM: above the limit set by mem="),
		"boot: mem=32M");

	set_param("mem", "1M");
	set_map("R0-9fc00 R100000-4000000", 36);
	host_result(host_panics(e820_init) && printed("leaves out the RAM that the kernel is in"),
		    "boot: mem= below the kernel");
}

void test_boot(void)
{
	host_map(PAGE_OFFSET, RAM_SIZE);
	test_boot_info_init();
	test_boot_info_print();
	test_e820_init();
	test_mem_limit();
}
