// SPDX-License-Identifier: MIT
/*
 * Faults that somebody reckoned with. An instruction that may fault by contract
 * says so in the section __ex_table (asm/extable.h), and where to go on if it does.
 * The entries are few, so they are neither sorted nor searched cleverly.
 */
#include <linux/errno.h>
#include <linux/uaccess.h>
#include <asm/extable.h>
#include <asm/special_insns.h>
#include "traps.h"

extern const struct exception_table_entry __start_ex_table[], __stop_ex_table[];

bool fixup_exception(struct pt_regs *regs)
{
	const struct exception_table_entry *entry;

	for (entry = __start_ex_table; entry < __stop_ex_table; entry++) {
		if (entry->instruction == regs->ip) {
			regs->ip = entry->fixup;
			return true;
		}
	}
	return false;
}

/* cr2 stays what it was: an oops looks around with this before it prints the registers. */
long copy_from_kernel_nofault(void *dst, const void *src, size_t size)
{
	unsigned long fault_address = read_cr2();

	asm volatile("1:	rep movsb\n"
		     "2:\n" _ASM_EXTABLE(1b, 2b)
		     : "+D"(dst), "+S"(src), "+c"(size)
		     :
		     : "memory");
	if (!size)
		return 0;
	write_cr2(fault_address);
	return -EFAULT;
}
