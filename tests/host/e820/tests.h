/* SPDX-License-Identifier: MIT */
/* What the files of these tests offer each other. */
#ifndef _TESTS_HOST_E820_TESTS_H
#define _TESTS_HOST_E820_TESTS_H

#include <linux/types.h>
#include <memkern/e820.h>

/*
 * Maps as text, so that a test reads like a map: entries separated by one space, each a
 * letter for the type, then the start and the end (exclusive), or the start and the size:
 *
 *	"R100000-4000000 r9fc00-a0000 a3fe0000+1000"
 *
 * R RAM, r reserved, a ACPI data, n ACPI NVS, x unusable; z and u are types 0 and 7, which
 * no list has. Numbers are hexadecimal.
 */
unsigned int map_from_text(struct e820_entry *map, unsigned int max, const char *text);
void map_to_text(char *text, unsigned long size, const struct e820_entry *map, unsigned int nr);

/*
 * The naive models that e820_sanitize() is compared with: on @count maps made from @seed;
 * on one given map of at most MODEL_MAX_RAW entries. Both say on the way what differs, and
 * return true if nothing does.
 */
#define MODEL_MAX_RAW 1024
bool model_check_generated(unsigned long count, u64 seed);
bool model_check_map(const struct e820_entry *raw, unsigned int nr, unsigned int phys_bits);

/* The fuzzer's entry, also fed with the saved corpus. */
int LLVMFuzzerTestOneInput(const u8 *data, size_t size);

void test_maps(void);
void test_boot(void);
void test_multiboot(void);

#endif
