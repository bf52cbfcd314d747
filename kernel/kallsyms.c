// SPDX-License-Identifier: MIT
/*
 * Symbols by address and by name. scripts/kallsyms makes the table out of the
 * linked kernel: sorted addresses, for each the offset of its name, and the
 * names. It has no sizes: a symbol ends where the next one begins.
 */
#include <linux/kallsyms.h>
#include <linux/kernel.h>
#include <linux/string.h>

extern const u32 kallsyms_num_syms;
extern const unsigned long kallsyms_addresses[];
extern const u32 kallsyms_name_offsets[];
extern const char kallsyms_names[];

extern const char _stext[], _etext[], __start_rodata[], _end[];

static const char *symbol_name(unsigned int index)
{
	return &kallsyms_names[kallsyms_name_offsets[index]];
}

bool kernel_text_address(unsigned long address)
{
	return address >= (unsigned long)_stext && address < (unsigned long)_etext;
}

/* The end of the part of the image that the address lies in; 0 if it lies outside. */
static unsigned long region_end(unsigned long address)
{
	if (kernel_text_address(address))
		return (unsigned long)_etext;
	if (address >= (unsigned long)__start_rodata && address < (unsigned long)_end)
		return (unsigned long)_end;
	return 0;
}

/* How many symbols begin at or below the address. */
static unsigned int symbols_up_to(unsigned long address)
{
	unsigned int low = 0, high = kallsyms_num_syms;

	while (low < high) {
		unsigned int middle = low + (high - low) / 2;

		if (kallsyms_addresses[middle] <= address)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

const char *kallsyms_lookup(unsigned long address, unsigned long *size, unsigned long *offset)
{
	unsigned long end = region_end(address);
	unsigned int next = symbols_up_to(address);
	unsigned int index = next - 1;
	unsigned long start;

	if (!end || !next)
		return NULL;
	start = kallsyms_addresses[index];
	while (index && kallsyms_addresses[index - 1] == start)
		index--;
	if (next < kallsyms_num_syms)
		end = min(end, kallsyms_addresses[next]);
	if (size)
		*size = end - start;
	if (offset)
		*offset = address - start;
	return symbol_name(index);
}

unsigned long kallsyms_lookup_name(const char *name)
{
	unsigned int i;

	for (i = 0; i < kallsyms_num_syms; i++)
		if (!strcmp(symbol_name(i), name))
			return kallsyms_addresses[i];
	return 0;
}

/* The symbol that holds address - back, with the offset of address. */
static int print_symbol(char *buffer, unsigned long address, unsigned int back, bool with_offset)
{
	unsigned long size, offset;
	const char *name = kallsyms_lookup(address - back, &size, &offset);

	if (!name)
		return sprintf(buffer, "0x%lx", address);
	if (!with_offset)
		return sprintf(buffer, "%s", name);
	return sprintf(buffer, "%s+%#lx/%#lx", name, offset + back, size);
}

int sprint_symbol(char *buffer, unsigned long address)
{
	return print_symbol(buffer, address, 0, true);
}

int sprint_symbol_no_offset(char *buffer, unsigned long address)
{
	return print_symbol(buffer, address, 0, false);
}

int sprint_backtrace(char *buffer, unsigned long address)
{
	return print_symbol(buffer, address, 1, true);
}
