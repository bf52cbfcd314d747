/* SPDX-License-Identifier: MIT */
/*
 * Multiboot 1, as far as memkern uses it: the structures that a loader leaves in memory.
 *
 * They may lie at odd addresses: copy them, never dereference a pointer to one.
 */
#ifndef _BOOT_MULTIBOOT_H
#define _BOOT_MULTIBOOT_H

#include <linux/types.h>
#include <memkern/boot.h>

#define MULTIBOOT_BOOTLOADER_MAGIC  0x2BADB002
#define MULTIBOOT2_BOOTLOADER_MAGIC 0x36D76289

/* multiboot_info.flags: which of the fields are there */
#define MULTIBOOT_INFO_MEMORY	   (1U << 0)
#define MULTIBOOT_INFO_CMDLINE	   (1U << 2)
#define MULTIBOOT_INFO_MODULES	   (1U << 3)
#define MULTIBOOT_INFO_MEM_MAP	   (1U << 6)
#define MULTIBOOT_INFO_LOADER_NAME (1U << 9)

/* All addresses are physical. */
struct multiboot_info {
	u32 flags;
	u32 mem_lower; /* KiB */
	u32 mem_upper; /* KiB */
	u32 boot_device;
	u32 cmdline;
	u32 mods_count;
	u32 mods_addr;
	u32 syms[4];
	u32 mmap_length; /* bytes */
	u32 mmap_addr;
	u32 drives_length;
	u32 drives_addr;
	u32 config_table;
	u32 boot_loader_name;
} __packed;

struct multiboot_module {
	u32 start;
	u32 end;
	u32 string;
	u32 reserved;
} __packed;

/* The next entry is "size" bytes after the field of that name: 24 bytes on, for 20. */
struct multiboot_mmap_entry {
	u32 size;
	u64 addr;
	u64 len;
	u32 type;
} __packed;

/* The smallest "size" that holds addr, len and type. */
#define MULTIBOOT_MMAP_ENTRY_SIZE 20

/*
 * multiboot_parse - overwrite @info with what the loader handed over
 * @ram: where physical address 0 can be read
 * @ram_size: how many bytes from there can be; nothing else is read
 *
 * Touches nothing but @info. What is out of reach or malformed is reported by printk and
 * left out. Returns 0; -EINVAL if the magic is not Multiboot's; -EFAULT if the
 * information structure itself is out of reach.
 */
int multiboot_parse(struct boot_info *info, u32 magic, u32 mbi_phys, const void *ram, u32 ram_size);

#endif
