/* SPDX-License-Identifier: MIT */
/*
 * Permissions of pages that the kernel has mapped: read-only or writable,
 * executable or not, present or not.
 *
 * `addr` is the first page's address, a multiple of PAGE_SIZE. A 2 MiB page of
 * which only a part changes is split, for good, for which a page is allocated:
 * process context, may sleep. Where nothing has to be split, any context.
 *
 * 0, or, with nothing changed: -EINVAL for an address inside a page, -EFAULT
 * where nothing is mapped, -ENOMEM, and -EPERM where the kernel's rules would
 * be broken: no page is writable and executable; its text, its constants and its
 * guard pages stay as they are.
 */
#ifndef _LINUX_SET_MEMORY_H
#define _LINUX_SET_MEMORY_H

int set_memory_ro(unsigned long addr, int numpages);
int set_memory_rw(unsigned long addr, int numpages);
int set_memory_x(unsigned long addr, int numpages);
int set_memory_nx(unsigned long addr, int numpages);

/* Not present: every access faults. The contents, and the other permissions, are kept. */
int set_memory_np(unsigned long addr, int numpages);
int set_memory_p(unsigned long addr, int numpages);

#endif
