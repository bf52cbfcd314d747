/* SPDX-License-Identifier: MIT */
#ifndef _LINUX_UACCESS_H
#define _LINUX_UACCESS_H

#include <linux/preempt.h>
#include <linux/sched.h>
#include <linux/types.h>

/*
 * Copies from an address that may not be mapped: 0, or -EFAULT, and then the
 * start may have been copied. For looking at what is doubtful: reports, the
 * monitor. Any context.
 */
long copy_from_kernel_nofault(void *dst, const void *src, size_t size);

/* In between a page fault that could be served is not: who touches memory of a user's gets -EFAULT. */
static inline void pagefault_disable(void)
{
	current->pagefault_disabled++;
	barrier();
}

static inline void pagefault_enable(void)
{
	barrier();
	current->pagefault_disabled--;
}

static inline bool pagefault_disabled(void)
{
	return current->pagefault_disabled != 0;
}

#define faulthandler_disabled() (pagefault_disabled() || in_atomic())

#define get_kernel_nofault(value, ptr) \
	copy_from_kernel_nofault(&(value), (const typeof(value) *)(ptr), sizeof(value))

#endif
