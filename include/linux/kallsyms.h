/* SPDX-License-Identifier: MIT */
/*
 * The names of the kernel's functions and variables, static ones included.
 * Constant data: any context, from the first instruction of C on.
 */
#ifndef _LINUX_KALLSYMS_H
#define _LINUX_KALLSYMS_H

#include <linux/types.h>

/* Enough for any name in the table (scripts/kallsyms refuses longer ones), with its 0. */
#define KSYM_NAME_LEN 128
/* A name, "+0x12345678/0x12345678" and a 0 */
#define KSYM_SYMBOL_LEN (KSYM_NAME_LEN + 24)

/*
 * The symbol that an address lies in: its name, and where the pointers are not
 * NULL its size and how far into it the address is. NULL outside all of them.
 */
const char *kallsyms_lookup(unsigned long address, unsigned long *size, unsigned long *offset);

/* The address of a symbol, or 0. Linear. */
unsigned long kallsyms_lookup_name(const char *name);

/*
 * "name+0x12/0x40", or the address as "0xc0101234" where it has no name. The
 * buffer has KSYM_SYMBOL_LEN bytes; the length is returned. A return address
 * may be the first byte after its function, when that ends with the call:
 * sprint_backtrace() looks up the byte before.
 */
int sprint_symbol(char *buffer, unsigned long address);
int sprint_symbol_no_offset(char *buffer, unsigned long address);
int sprint_backtrace(char *buffer, unsigned long address);

/* Code of the kernel, by address. */
bool kernel_text_address(unsigned long address);

#endif
