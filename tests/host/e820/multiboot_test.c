// SPDX-License-Identifier: MIT
/* The parser of what the loader left in memory, on images built by hand. */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/limits.h>
#include <linux/string.h>
#include <memkern/boot.h>

#include "../../../boot/multiboot.h"
#include "host.h"
#include "tests.h"

#define IMAGE_SIZE 16384
#define MBI	   0x100
#define MAP	   0x1000

/* Physical memory from 0, and what the parser made of it. Each test begins with begin(). */
static u8 image[IMAGE_SIZE];
static struct boot_info info;

static void put(u32 addr, const void *data, u32 size)
{
	memcpy(image + addr, data, size);
}

static void put_string(u32 addr, const char *text)
{
	put(addr, text, strlen(text) + 1);
}

static struct multiboot_info begin(u32 flags)
{
	memset(image, 0, sizeof(image));
	return (struct multiboot_info){ .flags = flags };
}

/* Parses a copy of exactly @size bytes, so that the sanitizer sees any read beyond. */
static int parse_at(const struct multiboot_info *mbi, u32 addr, u32 size)
{
	u8 *ram = host_alloc(size);
	int err;

	put(addr, mbi, sizeof(*mbi));
	memcpy(ram, image, size);
	host_clear_log();
	err = multiboot_parse(&info, MULTIBOOT_BOOTLOADER_MAGIC, addr, ram, size);
	host_free(ram);
	return err;
}

static int parse(const struct multiboot_info *mbi)
{
	return parse_at(mbi, MBI, IMAGE_SIZE);
}

static bool silent(void)
{
	if (!host_log()[0])
		return true;
	host_note("unexpected: %s", host_log());
	return false;
}

static bool warned(const char *text)
{
	if (strstr(host_log(), text))
		return true;
	host_note("expected \"%s\", printed: %s", text, host_log());
	return false;
}

static bool cmdline_is(const char *text)
{
	if (!strcmp(info.cmdline, text))
		return true;
	host_note("expected \"%s\", got \"%s\"", text, info.cmdline);
	return false;
}

static bool map_is(const char *expected)
{
	char text[1024];

	map_to_text(text, sizeof(text), info.map, info.nr_map);
	if (!strcmp(text, expected))
		return true;
	host_note("expected %s\n#      got %s", expected, text);
	return false;
}

/* Writes @text as map entries of @entry_size at @addr; returns the length of the table. */
static u32 put_map(u32 addr, const char *text, u32 entry_size)
{
	struct e820_entry map[16];
	unsigned int nr = map_from_text(map, ARRAY_SIZE(map), text);
	u32 at = addr;

	for (unsigned int i = 0; i < nr; i++, at += entry_size + 4) {
		struct multiboot_mmap_entry entry = { entry_size, map[i].addr, map[i].size,
						      map[i].type };

		put(at, &entry, sizeof(entry));
	}
	return at - addr;
}

static void test_entry(void)
{
	struct multiboot_info mbi = begin(0);
	u8 *ram = host_alloc(IMAGE_SIZE);

	host_clear_log();
	host_result(multiboot_parse(&info, 0, MBI, ram, IMAGE_SIZE) == -EINVAL &&
			    multiboot_parse(&info, MULTIBOOT2_BOOTLOADER_MAGIC, MBI, ram,
					    IMAGE_SIZE) == -EINVAL,
		    "multiboot: wrong magic");
	host_result(multiboot_parse(&info, MULTIBOOT_BOOTLOADER_MAGIC, 0, ram, IMAGE_SIZE) ==
			    -EFAULT,
		    "multiboot: no information structure");
	host_result(multiboot_parse(&info, MULTIBOOT_BOOTLOADER_MAGIC, IMAGE_SIZE, ram,
				    IMAGE_SIZE) == -EFAULT &&
			    multiboot_parse(&info, MULTIBOOT_BOOTLOADER_MAGIC, U32_MAX, ram,
					    IMAGE_SIZE) == -EFAULT,
		    "multiboot: information structure out of reach");
	host_free(ram);
	host_result(parse_at(&mbi, MBI, MBI + sizeof(mbi) - 1) == -EFAULT &&
			    parse_at(&mbi, MBI, MBI + sizeof(mbi)) == 0 && silent(),
		    "multiboot: information structure across the end of what can be read");
}

static void test_flags(void)
{
	struct multiboot_info mbi;

	begin(0);
	memset(&mbi, 0xff, sizeof(mbi));
	mbi.flags = 0;
	host_result(!parse(&mbi) && silent() && !info.has_mem_sizes && !info.loader[0] &&
			    !info.cmdline[0] && !info.nr_map && !info.nr_modules,
		    "multiboot: no flags, no fields");

	memset(&mbi, 0xff, sizeof(mbi));
	host_result(!parse(&mbi) && info.has_mem_sizes && info.mem_upper == U32_MAX &&
			    !info.loader[0] && !info.cmdline[0] && !info.nr_map &&
			    !info.nr_modules &&
			    warned("loader name at 0xffffffff is out of reach") &&
			    warned("command line at 0xffffffff is out of reach") &&
			    warned("list of modules at 0xffffffff is out of reach") &&
			    warned("memory map at 0xffffffff, 4294967295 bytes, is out of reach"),
		    "multiboot: every flag, every pointer bad");

	memset(&mbi, 0, sizeof(mbi));
	mbi.flags = U32_MAX;
	host_result(!parse(&mbi) && warned("command line at 0x0 is out of reach") &&
			    warned("loader name at 0x0 is") && !info.nr_map && !info.nr_modules,
		    "multiboot: every flag, every pointer 0");
}

/* All that a loader can say, everything at odd addresses if @odd. */
static struct multiboot_info full(const char *loader, const char *cmdline, u32 odd)
{
	struct multiboot_info mbi =
		begin(MULTIBOOT_INFO_MEMORY | MULTIBOOT_INFO_CMDLINE | MULTIBOOT_INFO_MODULES |
		      MULTIBOOT_INFO_MEM_MAP | MULTIBOOT_INFO_LOADER_NAME);
	struct multiboot_module module = { 0x200000, 0x201234, 0x900 + odd, 0 };

	put_string(0x400 + odd, loader);
	put_string(0x500 + odd, cmdline);
	put_string(0x900 + odd, "a.mod arg1");
	put(0x800 + odd, &module, sizeof(module));
	mbi.mem_lower = 639;
	mbi.mem_upper = 64384;
	mbi.boot_loader_name = 0x400 + odd;
	mbi.cmdline = 0x500 + odd;
	mbi.mods_addr = 0x800 + odd;
	mbi.mods_count = 1;
	mbi.mmap_addr = MAP + odd;
	mbi.mmap_length = put_map(MAP + odd, "R0-9fc00 r9fc00-a0000 R100000-4000000", 20);
	return mbi;
}

static bool is_full(const char *loader, const char *cmdline)
{
	return silent() && !strcmp(info.loader, loader) && cmdline_is(cmdline) &&
	       info.has_mem_sizes && info.mem_lower == 639 && info.mem_upper == 64384 &&
	       map_is("R0-9fc00 r9fc00-a0000 R100000-4000000") && info.nr_modules == 1 &&
	       info.modules[0].start == 0x200000 && info.modules[0].end == 0x201234 &&
	       !strcmp(info.modules[0].cmdline, "a.mod arg1");
}

static void test_loaders(void)
{
	struct multiboot_info mbi = full("qemu", "build/memkern.elf kunit=all exit", 0);

	host_result(!parse(&mbi) && is_full("qemu", "kunit=all exit"),
		    "multiboot: QEMU, its path is stripped");
	mbi = full("qemu", "build/memkern.elf", 0);
	host_result(!parse(&mbi) && is_full("qemu", ""), "multiboot: QEMU, only its path");
	mbi = full("qemu", "  k.elf   a  b ", 0);
	host_result(!parse(&mbi) && is_full("qemu", "k.elf   a  b "),
		    "multiboot: QEMU, an empty path");
	mbi = full("GRUB 2.06-13+deb12u1", "kunit=all exit", 0);
	host_result(!parse(&mbi) && is_full("GRUB 2.06-13+deb12u1", "kunit=all exit"),
		    "multiboot: GRUB, nothing is stripped");
	mbi = full("GRUB", "kunit=all exit", 1);
	host_result(!parse_at(&mbi, MBI + 1, IMAGE_SIZE) && is_full("GRUB", "kunit=all exit"),
		    "multiboot: all tables at odd addresses");

	mbi = full("?", "mem=8M", 3);
	mbi.flags = MULTIBOOT_INFO_CMDLINE | MULTIBOOT_INFO_MEM_MAP;
	host_result(!parse(&mbi) && silent() && !info.loader[0] && !info.has_mem_sizes &&
			    cmdline_is("mem=8M") && info.nr_map == 3 && !info.nr_modules,
		    "multiboot: v86 gives a command line and a map only");
}

static void test_strings(void)
{
	struct multiboot_info mbi = begin(MULTIBOOT_INFO_CMDLINE | MULTIBOOT_INFO_LOADER_NAME);

	mbi.cmdline = IMAGE_SIZE - 4;
	mbi.boot_loader_name = 0x1000;
	memset(image + IMAGE_SIZE - 4, 'w', 4);
	memset(image + 0x1000, 'n', 200);
	host_result(!parse(&mbi) && cmdline_is("wwww") && strlen(info.loader) == 63,
		    "multiboot: a string without an end, a long name");

	mbi.cmdline = 0x2000;
	put_string(0x2000, "a\tb\nc\033[2Jd\177e \xc3\xa4");
	host_result(!parse(&mbi) && cmdline_is("a b c [2Jd e \xc3\xa4"),
		    "multiboot: control characters become blanks");
}

/* A command line of @length characters: words of nine letters, then @last. */
static void long_cmdline(u32 addr, u32 length, const char *last)
{
	for (u32 i = 0; i < length; i++)
		image[addr + i] = i % 10 == 9 ? ' ' : 'a' + i % 10;
	put_string(addr + length - strlen(last), last);
}

static void test_long_cmdline(void)
{
	struct multiboot_info mbi = begin(MULTIBOOT_INFO_CMDLINE);

	mbi.cmdline = 0x1000;
	long_cmdline(0x1000, 2047, " last=1");
	host_result(!parse(&mbi) && silent() && strlen(info.cmdline) == 2047 &&
			    !info.cmdline_truncated && strstr(info.cmdline, " last=1"),
		    "multiboot: the longest command line");

	long_cmdline(0x1000, 2049, " mem=1024M");
	host_result(!parse(&mbi) && warned("longer than 2047") && info.cmdline_truncated &&
			    strlen(info.cmdline) == 2049 - 10 && !strstr(info.cmdline, "mem"),
		    "multiboot: a word that is cut is dropped");

	long_cmdline(0x1000, 2051, " mem=10 xyz");
	image[0x1000 + 2047] = ' ';
	host_result(!parse(&mbi) && info.cmdline_truncated && strlen(info.cmdline) == 2047 &&
			    strstr(info.cmdline, " mem=10"),
		    "multiboot: a word that just fits stays");

	long_cmdline(0x1000, 2060, " run=\"a; b; c; d; e; f; g\"");
	host_result(!parse(&mbi) && info.cmdline_truncated && !strstr(info.cmdline, "run"),
		    "multiboot: quoted words that are cut are dropped");

	mbi.flags |= MULTIBOOT_INFO_LOADER_NAME;
	mbi.boot_loader_name = 0x300;
	put_string(0x300, "qemu");
	memset(image + 0x1000, 'p', 3000);
	put_string(0x1000 + 3000, " kunit=off");
	host_result(!parse(&mbi) && silent() && cmdline_is("kunit=off"),
		    "multiboot: a path longer than the command line may be");

	memset(image + 0x1000, 'p', 6000);
	mbi.flags = MULTIBOOT_INFO_CMDLINE;
	host_result(!parse(&mbi) && info.cmdline_truncated && cmdline_is(""),
		    "multiboot: one word without an end");
}

static void test_modules(void)
{
	struct multiboot_info mbi = begin(MULTIBOOT_INFO_MODULES);
	struct multiboot_module module = { 0x200000, 0x201000, 0, 0 };
	u32 i;

	mbi.mods_addr = 0x1000;
	mbi.mods_count = 0;
	host_result(!parse(&mbi) && silent() && !info.nr_modules, "multiboot: no modules");

	for (i = 0; i < 20; i++, module.start += 0x1000, module.end += 0x1000)
		put(0x1000 + i * sizeof(module), &module, sizeof(module));
	mbi.mods_count = 16;
	host_result(!parse(&mbi) && silent() && info.nr_modules == 16 &&
			    info.modules[15].start == 0x20f000 && !info.modules[15].cmdline[0],
		    "multiboot: 16 modules, their strings at 0");
	mbi.mods_count = 20;
	host_result(!parse(&mbi) && warned("modules without room: 4") && info.nr_modules == 16 &&
			    info.modules_dropped == 4,
		    "multiboot: 20 modules");
	mbi.mods_count = U32_MAX;
	host_result(!parse(&mbi) && info.nr_modules == 16 && info.modules_dropped == U32_MAX - 16,
		    "multiboot: four billion modules");

	mbi.mods_addr = IMAGE_SIZE - 40;
	put(IMAGE_SIZE - 40, &module, sizeof(module));
	put(IMAGE_SIZE - 24, &module, sizeof(module));
	mbi.mods_count = 3;
	host_result(!parse(&mbi) && warned("from number 2 on") && info.nr_modules == 2,
		    "multiboot: a list that runs out of reach");

	module.start = module.end + 1;
	put(0x1000, &module, sizeof(module));
	module = (struct multiboot_module){ 0x300000, 0x300000, IMAGE_SIZE, 0 };
	put(0x1010, &module, sizeof(module));
	mbi.mods_addr = 0x1000;
	mbi.mods_count = 2;
	host_result(!parse(&mbi) && warned("before its start") && info.nr_modules == 1 &&
			    warned("module string at 0x4000 is out of reach") &&
			    info.modules[0].start == 0x300000 && !info.modules[0].cmdline[0],
		    "multiboot: a reversed module, an empty one with a bad string");
}

static void test_map_sizes(void)
{
	const char *map = "R0-9fc00 r9fc00-a0000 R100000-4000000";
	struct multiboot_info mbi = begin(MULTIBOOT_INFO_MEM_MAP);
	u32 size;

	mbi.mmap_addr = MAP;
	mbi.mmap_length = put_map(MAP, map, 24);
	host_result(!parse(&mbi) && silent() && !info.map_damaged && map_is(map),
		    "multiboot: entries of 24 bytes");
	mbi.mmap_length = put_map(MAP, map, 23);
	host_result(!parse(&mbi) && silent() && map_is(map), "multiboot: entries of 23 bytes");

	mbi.mmap_length = put_map(MAP, map, 20);
	size = 64;
	put(MAP + 24, &size, 4);
	host_result(!parse(&mbi) && warned("damaged after 2") && map_is("R0-9fc00 r9fc00-a0000"),
		    "multiboot: an entry that runs past the table");
	size = U32_MAX;
	put(MAP + 24, &size, 4);
	host_result(!parse(&mbi) && warned("damaged after 2") && map_is("R0-9fc00 r9fc00-a0000"),
		    "multiboot: an entry of four gigabytes");
	size = 0;
	put(MAP + 24, &size, 4);
	host_result(!parse(&mbi) && warned("damaged after 1") && info.map_damaged &&
			    map_is("R0-9fc00"),
		    "multiboot: an entry of size 0");
	size = 19;
	put(MAP, &size, 4);
	host_result(!parse(&mbi) && warned("damaged after 0") && !info.nr_map,
		    "multiboot: a first entry of size 19");

	mbi.mmap_length = put_map(MAP, map, 20) - 1;
	host_result(!parse(&mbi) && warned("damaged after 2") && info.nr_map == 2,
		    "multiboot: a table that ends inside an entry");
	mbi.mmap_length = 0;
	host_result(!parse(&mbi) && silent() && !info.nr_map, "multiboot: an empty table");
}

static void test_map_reach(void)
{
	struct multiboot_info mbi = begin(MULTIBOOT_INFO_MEM_MAP);

	mbi.mmap_addr = IMAGE_SIZE - 24;
	mbi.mmap_length = put_map(IMAGE_SIZE - 24, "R100000-200000", 20);
	host_result(!parse(&mbi) && silent() && info.nr_map == 1,
		    "multiboot: a table at the end of what can be read");
	mbi.mmap_length = 25;
	host_result(!parse(&mbi) && warned("out of reach") && !info.nr_map,
		    "multiboot: a table across the end of what can be read");
	mbi.mmap_length = U32_MAX;
	host_result(!parse(&mbi) && warned("out of reach") && !info.nr_map,
		    "multiboot: a table across the end of the address space");
	mbi.mmap_addr = 0;
	mbi.mmap_length = 24;
	host_result(!parse(&mbi) && warned("memory map at 0x0") && !info.nr_map,
		    "multiboot: a table at 0");
}

/* @nr entries of a page each; every third one is reserved if @mixed, else all. */
static u32 put_many(unsigned int nr, bool mixed)
{
	for (unsigned int i = 0; i < nr; i++) {
		struct multiboot_mmap_entry entry = {
			.size = 20,
			.addr = 0x100000 + i * 0x2000ULL,
			.len = mixed && i % 3 ? 0x1000 + i : 0x1000,
			.type = mixed && i % 3 ? E820_TYPE_RAM : E820_TYPE_RESERVED,
		};

		put(MAP + i * sizeof(entry), &entry, sizeof(entry));
	}
	return nr * sizeof(struct multiboot_mmap_entry);
}

static void test_many_entries(void)
{
	struct multiboot_info mbi = begin(MULTIBOOT_INFO_MEM_MAP);
	unsigned int i, reserved = 0;
	u64 smallest = U64_MAX;

	mbi.mmap_addr = MAP;
	mbi.mmap_length = put_many(256, true);
	host_result(!parse(&mbi) && silent() && info.nr_map == 256 && !info.map_dropped,
		    "multiboot: 256 entries");

	mbi.mmap_length = put_many(400, true);
	host_result(!parse(&mbi) && info.nr_map == 256 && info.map_dropped == 144 &&
			    warned("entries without room: 144"),
		    "multiboot: 400 entries");
	for (i = 0; i < info.nr_map; i++) {
		if (info.map[i].type == E820_TYPE_RESERVED)
			reserved++;
		else
			smallest = min(smallest, info.map[i].size);
	}
	/* RAM entry i has 0x1000 + i bytes: those of the 144 lowest i have gone. */
	host_result(reserved == 134 && smallest == 0x1000 + 217,
		    "multiboot: of 400 entries the smallest RAM is dropped, no reservation");

	mbi.mmap_length = put_many(300, false);
	put_map(MAP + 299 * 24, "R1000000-2000000", 20);
	host_result(!parse(&mbi) && info.nr_map == 256 && info.map_dropped == 44 &&
			    info.map[255].type == E820_TYPE_RESERVED,
		    "multiboot: RAM after 299 reservations is dropped");
}

void test_multiboot(void)
{
	test_entry();
	test_flags();
	test_loaders();
	test_strings();
	test_long_cmdline();
	test_modules();
	test_map_sizes();
	test_map_reach();
	test_many_entries();
}
