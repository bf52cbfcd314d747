// SPDX-License-Identifier: MIT
/*
 * What stands on kmalloc and vmalloc.
 *
 * Copies of strings and bytes in memory of their own: kmalloc and a copy, together, so
 * that nobody has to remember the terminating byte. kstrdup("slab", GFP_KERNEL) is 5 bytes
 * from kmalloc-8. kasprintf() formats twice: once to learn the length, once into memory of
 * that length. They give NULL when memory is short, and are freed by kfree().
 *
 * kvmalloc: contiguous memory is cheap while there is some, and is gone first. So kmalloc is
 * asked, which must not try hard for it; if it refuses, single pages will do:
 *
 *	kvmalloc(1 MiB, GFP_KERNEL):  a free block of order 8?  --yes-->  kmalloc	kvfree()
 *					 |					  finds out by
 *					 no: 256 pages		------->  vmalloc	the address
 *
 * Worked example: after a day of work no free block is above order 6. kvmalloc(1 MiB) looks at
 * the free areas, some 200 instructions, and then maps 256 pages.
 *
 * Invariants: none but those of the two.
 *
 * Locking: none. Contexts: kmalloc's, by the flags. Flags that may not sleep get no vmalloc.
 */
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/sprintf.h>
#include <linux/string.h>
#include <linux/vmalloc.h>

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

/* --- kmalloc, or else vmalloc -------------------------------------------------------------- */

/* Above a page kmalloc is only a try: it neither insists nor complains. */
static gfp_t gfp_of_the_try(gfp_t gfp)
{
	if (!(gfp & __GFP_RETRY_MAYFAIL))
		gfp |= __GFP_NORETRY;
	return (gfp | __GFP_NOWARN) & ~__GFP_NOFAIL;
}

static noinline void *kvmalloc_by_vmalloc(size_t size, gfp_t gfp, int node, const void *caller)
{
	if (!gfpflags_allow_blocking(gfp))
		return NULL;
	if (unlikely(size > INT_MAX)) {
		WARN_ON_ONCE(!(gfp & __GFP_NOWARN));
		return NULL;
	}
	return __vmalloc_node(size, 1, gfp, node, caller);
}

void *kvmalloc_node(size_t size, gfp_t gfp, int node)
{
	void *memory;

	if (size <= PAGE_SIZE)
		return __kmalloc(size, gfp);
	memory = __kmalloc(size, gfp_of_the_try(gfp));
	if (likely(memory))
		return memory;
	return kvmalloc_by_vmalloc(size, gfp, node, __builtin_return_address(0));
}

void *kvrealloc(const void *memory, size_t old_size, size_t size, gfp_t gfp)
{
	void *moved;

	if (old_size >= size)
		return (void *)memory;
	moved = kvmalloc(size, gfp);
	if (moved) {
		memcpy(moved, memory, old_size);
		kvfree(memory);
	}
	return moved;
}

void kvfree(const void *memory)
{
	if (is_vmalloc_addr(memory))
		vfree(memory);
	else
		kfree(memory);
}

void kvfree_sensitive(const void *memory, size_t size)
{
	if (ZERO_OR_NULL_PTR(memory))
		return;
	memzero_explicit((void *)memory, size);
	kvfree(memory);
}
