// SPDX-License-Identifier: MIT
/*
 * An init function that fails half-way: it gives back what it has, and says why. The boot
 * goes on, and lsmod shows the module as failed.
 */
#include <linux/errno.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/string.h>

#define TABLE_SIZE (2 * KMALLOC_MAX_SIZE)

static char *name, *table;

static int __init no_room_init(void)
{
	name = kstrdup("a table", GFP_KERNEL);
	if (!name)
		return -ENOMEM;
	/* More than kmalloc() ever gives: this is what kvmalloc() and vmalloc() are for. */
	table = kmalloc(TABLE_SIZE, GFP_KERNEL | __GFP_NOWARN);
	if (!table)
		goto free_name;
	return 0;

free_name:
	kfree(name);
	return -ENOMEM;
}

static void __exit no_room_exit(void)
{
	kfree(table);
	kfree(name);
}

module_init(no_room_init);
module_exit(no_room_exit);

MODULE_DESCRIPTION("Asks for too much, and takes no for an answer");
MODULE_LICENSE("GPL");
