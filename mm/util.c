// SPDX-License-Identifier: MIT
/*
 * Copies of strings and bytes in memory of their own: kmalloc and a copy, together, so
 * that nobody has to remember the terminating byte.
 *
 * Worked example: kstrdup("slab", GFP_KERNEL) is 5 bytes from kmalloc-8. kasprintf() formats
 * twice: once to learn the length, once into memory of that length.
 *
 * All give NULL when memory is short, and are freed by kfree().
 *
 * Locking: none. Contexts: kmalloc's, by the flags.
 */
#include <linux/kernel.h>
#include <linux/slab.h>
#include <linux/sprintf.h>
#include <linux/string.h>

void *kmemdup(const void *source, size_t length, gfp_t gfp)
{
	void *copy = __kmalloc(length, gfp);

	if (copy)
		memcpy(copy, source, length);
	return copy;
}

char *kmemdup_nul(const char *source, size_t length, gfp_t gfp)
{
	char *copy = source ? __kmalloc(length + 1, gfp) : NULL;

	if (copy) {
		memcpy(copy, source, length);
		copy[length] = '\0';
	}
	return copy;
}

char *kstrdup(const char *source, gfp_t gfp)
{
	return source ? kmemdup(source, strlen(source) + 1, gfp) : NULL;
}

char *kstrndup(const char *source, size_t most, gfp_t gfp)
{
	return source ? kmemdup_nul(source, strnlen(source, most), gfp) : NULL;
}

char *kvasprintf(gfp_t gfp, const char *fmt, va_list args)
{
	va_list again;
	int length;
	char *text;

	va_copy(again, args);
	length = vsnprintf(NULL, 0, fmt, again);
	va_end(again);
	text = __kmalloc(length + 1, gfp);
	if (text)
		vsnprintf(text, length + 1, fmt, args);
	return text;
}

char *kasprintf(gfp_t gfp, const char *fmt, ...)
{
	va_list args;
	char *text;

	va_start(args, fmt);
	text = kvasprintf(gfp, fmt, args);
	va_end(args);
	return text;
}
