/* SPDX-License-Identifier: MIT */
/* Assertions of the memory manager: active in the DEBUG build, checked for syntax in both. */
#ifndef _LINUX_MMDEBUG_H
#define _LINUX_MMDEBUG_H

#include <linux/bug.h>
#include <linux/kconfig.h>

struct page;

/* Prints what a struct page says, and why somebody asked. */
void dump_page(struct page *page, const char *reason);

#ifdef CONFIG_DEBUG_VM
#define VM_BUG_ON(condition)	   BUG_ON(condition)
#define VM_WARN_ON(condition)	   WARN_ON(condition)
#define VM_WARN_ON_ONCE(condition) WARN_ON_ONCE(condition)
#define VM_BUG_ON_PAGE(condition, page)                                    \
	do {                                                               \
		if (unlikely(condition)) {                                 \
			dump_page(page, "VM_BUG_ON_PAGE(" #condition ")"); \
			BUG();                                             \
		}                                                          \
	} while (0)
#else
#define VM_BUG_ON(condition)		((void)sizeof((long)(condition)))
#define VM_WARN_ON(condition)		((void)sizeof((long)(condition)))
#define VM_WARN_ON_ONCE(condition)	((void)sizeof((long)(condition)))
#define VM_BUG_ON_PAGE(condition, page) VM_BUG_ON(condition)
#endif

#endif
