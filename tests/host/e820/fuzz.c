// SPDX-License-Identifier: MIT
/*
 * The fuzzer's entry: any bytes as the memory that a loader left, through the parser and the
 * sanitiser.
 *
 * The input is physical memory from address 0. Its first byte is the width of the CPU's
 * addresses, its second one the address of the information structure: an odd one is fine.
 */
#include <linux/kernel.h>
#include <linux/string.h>
#include <memkern/boot.h>

#include "../../../boot/multiboot.h"
#include "host.h"
#include "tests.h"

#define require(condition)                \
	do {                              \
		if (!(condition))         \
			__builtin_trap(); \
	} while (0)

static bool terminated(const char *text, size_t size)
{
	return memchr(text, '\0', size) != NULL;
}

static void check_info(const struct boot_info *info)
{
	require(terminated(info->loader, sizeof(info->loader)));
	require(terminated(info->cmdline, sizeof(info->cmdline)));
	require(info->nr_map <= BOOT_MAX_MAP_ENTRIES);
	require(!info->map_dropped || info->nr_map == BOOT_MAX_MAP_ENTRIES);
	require(info->nr_modules <= BOOT_MAX_MODULES);
	for (unsigned int i = 0; i < info->nr_modules; i++) {
		require(info->modules[i].start <= info->modules[i].end);
		require(terminated(info->modules[i].cmdline, sizeof(info->modules[i].cmdline)));
	}
}

/* Whatever the map, these have an answer, and cutting RAM leaves what is below the cut. */
static void check_table_functions(const struct boot_info *info, unsigned int phys_bits)
{
	static struct e820_table table;
	u64 before, limit = 1ULL << (phys_bits / 2 + 4);

	e820_print_raw(info->map, info->nr_map);
	e820_sanitize(&table, info->map, info->nr_map, phys_bits);
	e820_print(&table);
	before = e820_ram_size(&table);
	require(e820_why_unusable(&table, 0x100000, 0x200000) || before >= 0x100000);
	require(e820_limit_ram(&table, limit) + e820_ram_size(&table) == before);
	require(e820_ram_size(&table) <= limit);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	static struct boot_info info;
	unsigned int phys_bits = size > 0 ? data[0] % 65 : 36;
	u32 mbi = size > 1 ? data[1] : 0;

	host_clear_log();
	memset(&info, 0xa5, sizeof(info));
	if (multiboot_parse(&info, MULTIBOOT_BOOTLOADER_MAGIC, mbi, data, size) == 0) {
		check_info(&info);
		require(model_check_map(info.map, info.nr_map, phys_bits));
		check_table_functions(&info, phys_bits);
	}
	return 0;
}
