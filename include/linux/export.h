/* SPDX-License-Identifier: MIT */
/*
 * What a file offers to modules. The kernel's own global symbols are all visible; those of a
 * module (a file given to `make MODULES=...`) only where they are exported: the build looks
 * for the marks that are left here, and makes all other symbols of the file its own.
 */
#ifndef _LINUX_EXPORT_H
#define _LINUX_EXPORT_H

#include <linux/compiler.h>

#ifdef MODULE
extern struct module __this_module;
#define THIS_MODULE (&__this_module)

#define EXPORT_SYMBOL(symbol)                                \
	static const void *const __paste(__ksymtab_, symbol) \
		__used __section(".discard") = (const void *)&symbol
#else
#define THIS_MODULE ((struct module *)0)

#define EXPORT_SYMBOL(symbol) _Static_assert(1, "every symbol of the kernel is visible")
#endif

#define EXPORT_SYMBOL_GPL(symbol)	 EXPORT_SYMBOL(symbol)
#define EXPORT_SYMBOL_NS(symbol, ns)	 EXPORT_SYMBOL(symbol)
#define EXPORT_SYMBOL_NS_GPL(symbol, ns) EXPORT_SYMBOL(symbol)

#endif
