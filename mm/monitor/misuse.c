// SPDX-License-Identifier: MIT
/*
 * `misuse`: does to an object what a broken driver would, to see what is noticed. Only where
 * its cache is watched (slub_debug): there it harms nobody.
 */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/string.h>

#include "../slab.h"
#include "monitor.h"

#define SIZE 20

static noinline char *new_name(void)
{
	char *name = kmalloc(SIZE, GFP_KERNEL);

	if (name)
		strscpy(name, "an object", SIZE);
	return name;
}

static noinline void drop_name(char *name)
{
	kfree(name);
	barrier();
}

/* One byte more than was asked for. */
static noinline void overrun(char *name)
{
	memset(name, 'x', SIZE + 1);
	drop_name(name);
}

/* Somebody kept the pointer. Who allocates next gets the object, or would. */
static noinline void after_free(char *name)
{
	drop_name(name);
	strscpy(name + 3, "object", SIZE - 3);
	drop_name(new_name());
}

static noinline void twice(char *name)
{
	drop_name(name);
	drop_name(name);
}

static noinline void inside(char *name)
{
	drop_name(name + 3);
}

static const struct misuse_kind {
	const char *name;
	void (*run)(char *name);
} misuse_kinds[] = {
	{ "overrun", overrun },
	{ "after-free", after_free },
	{ "twice", twice },
	{ "inside", inside },
};

static int cmd_misuse(int argc, char **argv)
{
	struct kmem_cache *cache = kmalloc_caches[KMALLOC_NORMAL][kmalloc_index(SIZE)];
	unsigned int i;
	char *name;

	for (i = 0; argc == 2 && i < ARRAY_SIZE(misuse_kinds); i++)
		if (!strcmp(argv[1], misuse_kinds[i].name))
			break;
	if (argc != 2 || i == ARRAY_SIZE(misuse_kinds))
		return monitor_usage(argv[0]);
	if (~cache->flags & (SLAB_CONSISTENCY_CHECKS | SLAB_RED_ZONE | SLAB_POISON)) {
		mprintf("%s is not watched, and would be damaged: boot with slub_debug\n",
			cache->name);
		return -EPERM;
	}
	name = new_name();
	if (!name)
		return -ENOMEM;
	misuse_kinds[i].run(name);
	return 0;
}

static void complete_misuse(struct monitor_completion *completion, int argc, char **argv)
{
	unsigned int i;

	for (i = 0; argc == 1 && i < ARRAY_SIZE(misuse_kinds); i++)
		monitor_offer(completion, misuse_kinds[i].name);
}

MONITOR_COMMAND_COMPLETE("misuse", "overrun|after-free|twice|inside", "misuse an object on purpose",
			 cmd_misuse, complete_misuse);
