// SPDX-License-Identifier: MIT
/*
 * Reading what a Multiboot loader left in memory.
 *
 * Theory
 * ------
 * The loader passes the address of a structure, which holds the addresses of more: strings,
 * a list of modules, the memory map. Any of them may be missing, by its flag, and any may be
 * wrong. So nothing is read through a pointer into them: all reading goes by reachable(),
 * which knows how much of physical memory can be seen, and copies byte by byte or by
 * memcpy(), since nobody promised that the tables are aligned.
 *
 *     %ebx -> multiboot_info     flags: 0x24f
 *               cmdline --------> "build/memkern.elf kunit=all"
 *               boot_loader_name -> "qemu"
 *               mods_addr ------> { start, end, string --> "a.mod arg" } x mods_count
 *               mmap_addr ------> | size 20 | addr, len, type |        entry: 4 + size bytes
 *               mmap_length       | size 20 | addr, len, type | ...    up to mmap_length
 *
 * A damaged part is reported and left out; the rest is still used. Of the memory map the
 * entries before the damage are kept, since nothing tells where the next one would begin.
 *
 * Contexts: the boot CPU, once; a pure function but for its reports. Cost: one pass.
 * Left out: what memkern has no use for (symbols, drives, APM, VBE).
 */
#define pr_fmt(fmt) "multiboot: " fmt

#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/printk.h>
#include <linux/string.h>

#include "multiboot.h"

/* Physical memory, as far as it can be read. */
struct window {
	const u8 *base; /* physical address 0 */
	u32 size;
};

/* Address 0 stands for "there is none". */
static bool reachable(const struct window *ram, u64 addr, u64 size)
{
	return addr && addr < ram->size && size <= ram->size - addr;
}

static bool copy_from(const struct window *ram, void *to, u64 addr, u32 size)
{
	if (!reachable(ram, addr, size))
		return false;
	memcpy(to, ram->base + addr, size);
	return true;
}

/* Control characters separate words as blanks do, and would do worse to a terminal. */
static bool is_blank(u8 c)
{
	return c <= ' ' || c == 0x7f;
}

/*
 * Copies the string at @addr, as much as fits, blank for control character. Returns the
 * address of the first character that did not fit, or of the end.
 */
static u64 copy_string(const struct window *ram, char *to, u32 size, u64 addr)
{
	const u8 *from = ram->base;

	for (; addr < ram->size && from[addr] && size > 1; addr++, size--)
		*to++ = is_blank(from[addr]) ? ' ' : from[addr];
	*to = '\0';
	return addr;
}

static bool string_ends(const struct window *ram, u64 addr)
{
	return addr >= ram->size || !ram->base[addr];
}

static u64 skip_word(const struct window *ram, u64 addr)
{
	while (!string_ends(ram, addr) && !is_blank(ram->base[addr]))
		addr++;
	while (!string_ends(ram, addr) && is_blank(ram->base[addr]))
		addr++;
	return addr;
}

static void read_loader_name(struct boot_info *info, const struct multiboot_info *mbi,
			     const struct window *ram)
{
	if (!(mbi->flags & MULTIBOOT_INFO_LOADER_NAME))
		return;
	if (reachable(ram, mbi->boot_loader_name, 1))
		copy_string(ram, info->loader, sizeof(info->loader), mbi->boot_loader_name);
	else
		pr_warn("loader name at 0x%x is out of reach: ignored\n", mbi->boot_loader_name);
}

/* Drops the last word, which was cut: half of "mem=1024M" would be another order. */
static void drop_last_word(char *line)
{
	bool quoted = false;
	char *c, *last_blank = line;

	for (c = line; *c; c++) {
		if (*c == '"')
			quoted = !quoted;
		else if (*c == ' ' && !quoted)
			last_blank = c;
	}
	*last_blank = '\0';
}

static void read_cmdline(struct boot_info *info, const struct multiboot_info *mbi,
			 const struct window *ram)
{
	u64 addr = mbi->cmdline;

	if (!(mbi->flags & MULTIBOOT_INFO_CMDLINE))
		return;
	if (!reachable(ram, addr, 1)) {
		pr_warn("command line at 0x%x is out of reach: ignored\n", mbi->cmdline);
		return;
	}
	/* QEMU puts the kernel's own path first; GRUB and others do not. */
	if (!strcmp(info->loader, "qemu"))
		addr = skip_word(ram, addr);
	addr = copy_string(ram, info->cmdline, sizeof(info->cmdline), addr);
	if (string_ends(ram, addr))
		return;
	info->cmdline_truncated = true;
	if (!is_blank(ram->base[addr]))
		drop_last_word(info->cmdline);
	pr_warn("command line is longer than %u characters: the rest is ignored\n",
		BOOT_CMDLINE_SIZE - 1);
}

static void add_module(struct boot_info *info, const struct multiboot_module *from,
		       const struct window *ram)
{
	struct boot_module *module = &info->modules[info->nr_modules];

	if (from->start > from->end) {
		pr_warn("module ends at 0x%x, before its start at 0x%x: ignored\n", from->end,
			from->start);
		return;
	}
	module->start = from->start;
	module->end = from->end;
	module->cmdline[0] = '\0';
	if (reachable(ram, from->string, 1))
		copy_string(ram, module->cmdline, sizeof(module->cmdline), from->string);
	else if (from->string)
		pr_warn("module string at 0x%x is out of reach: ignored\n", from->string);
	info->nr_modules++;
}

static void read_modules(struct boot_info *info, const struct multiboot_info *mbi,
			 const struct window *ram)
{
	struct multiboot_module module;
	u64 addr = mbi->mods_addr;
	u32 i;

	if (!(mbi->flags & MULTIBOOT_INFO_MODULES))
		return;
	for (i = 0; i < mbi->mods_count; i++, addr += sizeof(module)) {
		if (info->nr_modules == BOOT_MAX_MODULES) {
			info->modules_dropped = mbi->mods_count - i;
			pr_warn("modules without room: %u\n", info->modules_dropped);
			return;
		}
		if (!copy_from(ram, &module, addr, sizeof(module))) {
			pr_warn("list of modules at 0x%x is out of reach: ignored from number %u "
				"on\n",
				mbi->mods_addr, i);
			return;
		}
		add_module(info, &module, ram);
	}
}

/*
 * When the map is full, the smallest RAM entry goes, the new one included; without RAM in
 * it, the new one: from then on there is no RAM in the map that a reservation could miss.
 */
static void add_map_entry(struct boot_info *info, const struct e820_entry *new)
{
	const struct e820_entry *end = info->map + BOOT_MAX_MAP_ENTRIES;
	struct e820_entry *entry, *victim = NULL;
	const struct e820_entry *lost = new;

	if (info->nr_map < BOOT_MAX_MAP_ENTRIES) {
		info->map[info->nr_map++] = *new;
		return;
	}
	info->map_dropped++;
	for (entry = info->map; entry < end; entry++) {
		if (entry->type == E820_TYPE_RAM && (!victim || entry->size < victim->size))
			victim = entry;
	}
	if (victim && (new->type != E820_TYPE_RAM || new->size > victim->size))
		lost = victim;
	pr_warn("memory map entry without room: 0x%llx, 0x%llx bytes, type %u\n", lost->addr,
		lost->size, lost->type);
	if (lost == new)
		return;
	memmove(victim, victim + 1, (end - victim - 1) * sizeof(*victim));
	info->map[BOOT_MAX_MAP_ENTRIES - 1] = *new;
}

static void read_map(struct boot_info *info, const struct multiboot_info *mbi,
		     const struct window *ram)
{
	u64 addr = mbi->mmap_addr, end = addr + mbi->mmap_length;
	struct multiboot_mmap_entry entry;
	unsigned int i;

	if (!(mbi->flags & MULTIBOOT_INFO_MEM_MAP))
		return;
	if (!reachable(ram, addr, mbi->mmap_length)) {
		pr_warn("memory map at 0x%x, %u bytes, is out of reach: ignored\n", mbi->mmap_addr,
			mbi->mmap_length);
		return;
	}
	for (i = 0; addr + sizeof(entry) <= end; i++) {
		if (!copy_from(ram, &entry, addr, sizeof(entry)) ||
		    entry.size < MULTIBOOT_MMAP_ENTRY_SIZE)
			break;
		add_map_entry(info, &(struct e820_entry){ entry.addr, entry.len, entry.type });
		addr += sizeof(entry.size) + (u64)entry.size;
	}
	info->map_damaged = addr != end;
	if (info->map_damaged)
		pr_warn("memory map is damaged after %u entries: the rest is ignored\n", i);
	if (info->map_dropped)
		pr_warn("memory map entries without room: %u\n", info->map_dropped);
}

int multiboot_parse(struct boot_info *info, u32 magic, u32 mbi_phys, const void *ram, u32 ram_size)
{
	struct window window = { .base = ram, .size = ram_size };
	struct multiboot_info mbi;

	memset(info, 0, sizeof(*info));
	if (magic != MULTIBOOT_BOOTLOADER_MAGIC)
		return -EINVAL;
	if (!copy_from(&window, &mbi, mbi_phys, sizeof(mbi)))
		return -EFAULT;

	if (mbi.flags & MULTIBOOT_INFO_MEMORY) {
		info->has_mem_sizes = true;
		info->mem_lower = mbi.mem_lower;
		info->mem_upper = mbi.mem_upper;
	}
	read_loader_name(info, &mbi, &window);
	read_cmdline(info, &mbi, &window);
	read_modules(info, &mbi, &window);
	read_map(info, &mbi, &window);
	return 0;
}
