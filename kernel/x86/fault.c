// SPDX-License-Identifier: MIT
/*
 * Page faults. The kernel has none that it resolves: one is either reckoned with
 * (extable.c) or an oops, which says in words what the error code means and what
 * the page tables hold for the address.
 *
 * The tables are read as memory that may be broken, without mm/'s help: what is
 * wrong may be mm/.
 */
#include <linux/kernel.h>
#include <linux/printk.h>
#include <linux/uaccess.h>
#include <asm/page.h>
#include <asm/processor.h>
#include "traps.h"

/* PAE: three levels of 64-bit entries that index 2, 9 and 9 bits of the address. */
#define ENTRY_PRESENT 0x001ULL
#define ENTRY_LARGE   0x080ULL /* in a page directory: maps 2 MiB */
#define ENTRY_NX      (1ULL << 63)
#define ENTRY_ADDRESS 0x000ffffffffff000ULL
#define PDPT_ADDRESS  0xffffffe0UL /* of cr3: 32-byte aligned */
#define NR_LEVELS     3

/* Page tables lie in lowmem, which ends here at the latest. */
#define LOWMEM_MAX 0x38000000ULL

struct walk {
	unsigned int nr; /* entries that could be read */
	bool bad;	 /* the next one could not */
	u64 entry[NR_LEVELS];
};

static bool read_entry(u64 table, unsigned int index, u64 *entry)
{
	const u64 *entries = __va(table);

	return table < LOWMEM_MAX && !get_kernel_nofault(*entry, &entries[index]);
}

/* Follows the tables down to the entry that maps the address, or that stops the walk. */
static void walk_page_tables(unsigned long address, struct walk *walk)
{
	static const u8 shift[NR_LEVELS] = { 30, 21, 12 };
	u64 table = read_cr3() & PDPT_ADDRESS;

	*walk = (struct walk){};
	while (walk->nr < NR_LEVELS) {
		unsigned int level = walk->nr;
		u64 entry;

		if (!read_entry(table, address >> shift[level] & 511, &entry)) {
			walk->bad = true;
			return;
		}
		walk->entry[walk->nr++] = entry;
		if (!(entry & ENTRY_PRESENT) || (level == 1 && (entry & ENTRY_LARGE)))
			return;
		table = entry & ENTRY_ADDRESS;
	}
}

/* "*pdpt = 0000000000123001 *pde = 0000000000000000" */
static void print_walk(const struct walk *walk)
{
	static const char *const names[NR_LEVELS] = { "*pdpt", " *pde", " *pte" };
	char line[96] = "";
	unsigned int i;
	int length = 0;

	for (i = 0; i < walk->nr; i++)
		length += scnprintf(line + length, sizeof(line) - length, "%s = %016llx", names[i],
				    walk->entry[i]);
	pr_alert("%s%s\n", line, walk->bad ? " BAD" : "");
}

static void print_error_code(unsigned long error_code)
{
	pr_alert("#PF: %s %s in kernel mode\n", error_code & X86_PF_USER ? "user" : "supervisor",
		 error_code & X86_PF_INSTR   ? "instruction fetch"
		 : error_code & X86_PF_WRITE ? "write access"
					     : "read access");
	pr_alert("#PF: error_code(%#06lx) - %s\n", error_code,
		 !(error_code & X86_PF_PROT) ? "not-present page"
		 : error_code & X86_PF_RSVD  ? "reserved bit violation"
					     : "permissions violation");
}

static bool is_nx_violation(unsigned long error_code, const struct walk *walk)
{
	u64 last = walk->nr ? walk->entry[walk->nr - 1] : 0;

	return (error_code & X86_PF_INSTR) && (last & ENTRY_PRESENT) && (last & ENTRY_NX);
}

static void explain_page_fault(unsigned long address, unsigned long error_code)
{
	struct walk walk;

	walk_page_tables(address, &walk);
	if (is_nx_violation(error_code, &walk))
		pr_alert("the kernel tried to execute a page that is marked no-execute: data, or "
			 "an attack\n");
	print_error_code(error_code);
	print_walk(&walk);
}

static void __noreturn page_fault_oops(const struct pt_regs *regs, unsigned long address)
{
	unsigned long error_code = regs->orig_ax;

	if (oops_begin(regs, "BUG: %s address: %08lx",
		       address < PAGE_SIZE ? "kernel NULL pointer dereference,"
					   : "unable to handle page fault for",
		       address))
		explain_page_fault(address, error_code);
	oops_end("Oops", regs, error_code);
}

void do_page_fault(struct pt_regs *regs, unsigned long address)
{
	if (!fixup_exception(regs))
		page_fault_oops(regs, address);
}
