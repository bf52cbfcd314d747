/* SPDX-License-Identifier: MIT */
/*
 * What the boot loader handed over, in plain C.
 *
 * The loader leaves its tables and strings somewhere in free RAM. boot_info_init()
 * copies all of them here, so nothing of the loader's needs to be preserved but the
 * contents of the modules: for_each_boot_module() names their ranges, for memblock to
 * reserve. What is missing, unreadable or malformed is left empty, and a line says so.
 *
 * Filled once, early in the boot, by the boot CPU; constant ever after.
 */
#ifndef _MEMKERN_BOOT_H
#define _MEMKERN_BOOT_H

#include <linux/types.h>
#include <memkern/e820.h>

#define BOOT_LOADER_NAME_SIZE 64
#define BOOT_CMDLINE_SIZE     2048
#define BOOT_MAX_MAP_ENTRIES  256
#define BOOT_MAX_MODULES      16

struct boot_module {
	u32 start; /* physical address of the first byte */
	u32 end;   /* of the byte after the last one; not below start */
	char cmdline[128];
};

struct boot_info {
	char loader[BOOT_LOADER_NAME_SIZE]; /* "" if it gave no name */
	char cmdline[BOOT_CMDLINE_SIZE];    /* the kernel's arguments, without its own path */
	bool cmdline_truncated;		    /* there was more; the last word is whole */

	bool has_mem_sizes; /* the two below were given */
	u32 mem_lower;	    /* KiB of RAM from address 0 */
	u32 mem_upper;	    /* KiB of RAM from 1 MiB, up to the first hole */

	/*
	 * The map, unsorted and unchecked. Of a map with too many entries the smallest RAM
	 * entries are the ones dropped, never a reservation while there is RAM left.
	 */
	unsigned int nr_map;
	unsigned int map_dropped;
	bool map_damaged; /* it broke off in the middle: these are the entries before */
	struct e820_entry map[BOOT_MAX_MAP_ENTRIES];

	unsigned int nr_modules;
	unsigned int modules_dropped;
	struct boot_module modules[BOOT_MAX_MODULES];
};

extern struct boot_info boot_info;

/* for_each_boot_module - @module: const struct boot_module * */
#define for_each_boot_module(module)                                                            \
	for ((module) = boot_info.modules; (module) < boot_info.modules + boot_info.nr_modules; \
	     (module)++)

/*
 * boot_info_init() fills boot_info from the values that the loader left in %eax and %ebx.
 * Needs the first GiB of physical memory mapped at PAGE_OFFSET and a console; panics if
 * no Multiboot loader put them there.
 *
 * boot_info_print() says what came: loader, command line, modules, every entry of the map.
 */
void boot_info_init(u32 magic, u32 mbi_phys);
void boot_info_print(void);

#endif
