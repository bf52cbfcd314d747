/* SPDX-License-Identifier: MIT */
#ifndef _LINUX_SPRINTF_H
#define _LINUX_SPRINTF_H

#include <linux/compiler.h>
#include <linux/stdarg.h>
#include <linux/types.h>

/*
 * Formatted output into a buffer of size bytes, always ended by a NUL unless size is 0.
 * snprintf: the length the whole text has, even if it was cut; scnprintf: the length
 * that is in the buffer. Any context. lib/vsprintf.c lists the formats; beside the
 * standard ones there are
 *
 *	%p %px		a pointer, as it is
 *	%pS %ps %pB	its symbol with offset, without, or as a return address
 *	%pa %pad	a phys_addr_t, a dma_addr_t; the argument is its address
 *	%pGg %pGp	a gfp_t, the unsigned long of page flags, by name; its address
 *	%pe		an error pointer, by name
 *	%*ph		that many bytes in hexadecimal; %*phC, D, N: with ':', '-', nothing
 *	%pR		a struct resource: [mem 0xfea00000-0xfeafffff]
 *	%pV		a struct va_format: a format and its arguments
 */
int vsnprintf(char *buf, size_t size, const char *fmt, va_list args) __printf(3, 0);
int snprintf(char *buf, size_t size, const char *fmt, ...) __printf(3, 4);
int vscnprintf(char *buf, size_t size, const char *fmt, va_list args) __printf(3, 0);
int scnprintf(char *buf, size_t size, const char *fmt, ...) __printf(3, 4);
int vsprintf(char *buf, const char *fmt, va_list args) __printf(2, 0);
int sprintf(char *buf, const char *fmt, ...) __printf(2, 3);

struct va_format {
	const char *fmt;
	va_list *va;
};

/* Formats into memory of its own (mm/util.c): NULL when that is short; kfree() it. */
char *kasprintf(gfp_t gfp, const char *fmt, ...) __printf(2, 3);
char *kvasprintf(gfp_t gfp, const char *fmt, va_list args) __printf(2, 0);

#endif
