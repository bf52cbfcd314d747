// SPDX-License-Identifier: MIT
/*
 * slub_debug=: which caches are watched, and how. What the letters mean is in slab_debug.c.
 *
 *	slub_debug			FZPU for all caches
 *	slub_debug=FZ			F and Z for all
 *	slub_debug=FZ,kmalloc-*;P,dentry
 *	           ^ letters		; begins another block
 *	              ^ names		shell patterns; without names: for all others
 *
 * Worked example: with the last of these, kmalloc-64 is given F and Z, dentry P, and all other
 * caches nothing. The first block that names a cache counts, and nothing else does.
 *
 * The text stays where it is and is read again for each cache that is created: it is short,
 * and caches are few.
 *
 * Locking: none; nothing changes after the boot. Left out: changing it later.
 */
#include <linux/ctype.h>
#include <linux/glob.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/printk.h>
#include <linux/string.h>
#include <memkern/params.h>

#include "slab_debug.h"

#define DEFAULT_FLAGS (SLAB_CONSISTENCY_CHECKS | SLAB_RED_ZONE | SLAB_POISON | SLAB_STORE_USER)
#define SIZE_FLAGS    (SLAB_RED_ZONE | SLAB_POISON | SLAB_STORE_USER) /* make objects larger */

#define NAME_LENGTH 64 /* of a pattern */

const char *slab_debug_options;

/* "FZ,kmalloc-*": flags, and the names that they are for. */
struct option_block {
	slab_flags_t flags;
	bool small_orders; /* O */
	const char *names; /* NULL: for all caches */
	const char *end;   /* of the names */
};

static void read_letter(char letter, struct option_block *block)
{
	static const struct {
		char letter;
		slab_flags_t flag;
	} letters[] = {
		{ 'f', SLAB_CONSISTENCY_CHECKS }, { 'z', SLAB_RED_ZONE }, { 'p', SLAB_POISON },
		{ 'u', SLAB_STORE_USER },	  { 't', SLAB_TRACE },	  { 'a', SLAB_FAILSLAB },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(letters); i++)
		if (letters[i].letter == letter)
			block->flags |= letters[i].flag;
	if (letter == 'o')
		block->small_orders = true;
}

/* The block at `at`. Returns where the next one begins, or NULL. */
static const char *read_block(const char *at, struct option_block *block)
{
	*block = (struct option_block){ 0 };
	at += strspn(at, ";");
	if (*at == '\0' || *at == ',')
		block->flags = DEFAULT_FLAGS;
	while (*at && *at != ',' && *at != ';')
		read_letter(tolower(*at++), block);
	if (*at == ',') {
		block->names = at + 1;
		at += strcspn(at, ";");
		block->end = at;
	}
	at += strspn(at, ";");
	return *at ? at : NULL;
}

static bool is_named(const struct option_block *block, const char *name)
{
	const char *at = block->names;

	while (at < block->end) {
		size_t length = min_t(size_t, strcspn(at, ","), block->end - at);
		char pattern[NAME_LENGTH];

		strscpy(pattern, at, min_t(size_t, length + 1, sizeof(pattern)));
		if (glob_match(pattern, name))
			return true;
		at += length + 1;
	}
	return false;
}

slab_flags_t slab_debug_flags(const char *name, slab_flags_t flags)
{
	const char *next = slab_debug_options;
	slab_flags_t for_all = 0;

	if (flags & SLAB_NO_USER_FLAGS)
		return flags;
	while (next) {
		struct option_block block;

		next = read_block(next, &block);
		if (!block.names)
			for_all = block.flags;
		else if (is_named(&block, name))
			return flags | block.flags;
	}
	if (flags & SLAB_NOLEAKTRACE)
		for_all &= ~SLAB_STORE_USER;
	return flags | for_all;
}

static bool small_orders_wanted(void)
{
	const char *next = slab_debug_options;
	bool wanted = false;

	while (next) {
		struct option_block block;

		next = read_block(next, &block);
		wanted |= block.small_orders;
	}
	return wanted;
}

bool slab_debug_shed(struct kmem_cache *cache)
{
	if (!(cache->flags & SIZE_FLAGS) || !small_orders_wanted() ||
	    get_order(cache->size) <= get_order(cache->object_size))
		return false;
	cache->flags &= ~SIZE_FLAGS;
	return true;
}

static int __init set_slub_debug(char *value)
{
	const char *at = slab_debug_options = value ? value : "";
	bool in_names = false;

	for (; *at; at++) {
		in_names = *at != ';' && (in_names || *at == ',');
		if (!in_names && !strchr("fzputao-;", tolower(*at)))
			pr_err("slub_debug option '%c' unknown. skipped\n", *at);
	}
	return 0;
}
early_param("slub_debug", set_slub_debug);
