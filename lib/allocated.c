// SPDX-License-Identifier: MIT
/* Bitmaps from kmalloc, and strings of which constants need no copy. */
#include <linux/bitmap.h>
#include <linux/slab.h>
#include <linux/string.h>

extern const char __start_rodata[], __end_rodata[];

unsigned long *bitmap_alloc(unsigned int nbits, gfp_t flags)
{
	return kmalloc_array(BITS_TO_LONGS(nbits), sizeof(long), flags);
}

unsigned long *bitmap_zalloc(unsigned int nbits, gfp_t flags)
{
	return bitmap_alloc(nbits, flags | __GFP_ZERO);
}

void bitmap_free(const unsigned long *bitmap)
{
	kfree(bitmap);
}

static bool is_constant(const char *p)
{
	return p >= __start_rodata && p < __end_rodata;
}

const char *kstrdup_const(const char *source, gfp_t gfp)
{
	return is_constant(source) ? source : kstrdup(source, gfp);
}

void kfree_const(const void *p)
{
	if (!is_constant(p))
		kfree(p);
}
