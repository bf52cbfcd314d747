/* SPDX-License-Identifier: MIT */
#ifndef _LINUX_UACCESS_H
#define _LINUX_UACCESS_H

#include <linux/types.h>

/*
 * Copies from an address that may not be mapped: 0, or -EFAULT, and then the
 * start may have been copied. For looking at what is doubtful: reports, the
 * monitor. Any context.
 */
long copy_from_kernel_nofault(void *dst, const void *src, size_t size);

#define get_kernel_nofault(value, ptr) \
	copy_from_kernel_nofault(&(value), (const typeof(value) *)(ptr), sizeof(value))

#endif
