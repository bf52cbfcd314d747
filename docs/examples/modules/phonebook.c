// SPDX-License-Identifier: MIT
/*
 * A small database: entries from a cache of their own, in a list, under a mutex.
 *
 *	phonebook.entries=ada:1815,grace:1906
 *
 * What init cannot finish it takes back, in reverse order. The cache is destroyed last: it
 * would complain about entries that are still there.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/list.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/string.h>

#define NAME_SIZE 24

struct entry {
	struct list_head list; /* in `book`, by name */
	char name[NAME_SIZE];
	unsigned long number;
};

static char *entries[16];
static unsigned int nr_entries;
module_param_array(entries, charp, &nr_entries, 0444);
MODULE_PARM_DESC(entries, "what to begin with, as name:number");

static struct kmem_cache *entry_cache;
static LIST_HEAD(book);
static DEFINE_MUTEX(book_lock);

static int add_entry(const char *name, unsigned long number)
{
	struct entry *new = kmem_cache_zalloc(entry_cache, GFP_KERNEL), *next;

	if (!new)
		return -ENOMEM;
	strscpy(new->name, name, sizeof(new->name));
	new->number = number;
	mutex_lock(&book_lock);
	list_for_each_entry(next, &book, list)
		if (strcmp(next->name, new->name) >= 0)
			break;
	list_add_tail(&new->list, &next->list);
	mutex_unlock(&book_lock);
	return 0;
}

/* "name:number"; the text stays as it is. */
static int add_text(const char *text)
{
	const char *colon = strchr(text, ':');
	char name[NAME_SIZE];
	unsigned long number;
	int error;

	if (!colon || colon - text >= NAME_SIZE)
		return -EINVAL;
	error = kstrtoul(colon + 1, 10, &number);
	if (error)
		return error;
	strscpy(name, text, colon - text + 1);
	return add_entry(name, number);
}

static void drop_all(void)
{
	struct entry *entry, *next;

	mutex_lock(&book_lock);
	list_for_each_entry_safe(entry, next, &book, list) {
		list_del(&entry->list);
		kmem_cache_free(entry_cache, entry);
	}
	mutex_unlock(&book_lock);
}

static int __init phonebook_init(void)
{
	struct entry *entry;
	unsigned int i;
	int error;

	entry_cache = KMEM_CACHE(entry, SLAB_HWCACHE_ALIGN);
	if (!entry_cache)
		return -ENOMEM;
	for (i = 0; i < nr_entries; i++) {
		error = add_text(entries[i]);
		if (error) {
			pr_err("'%s' is no entry\n", entries[i]);
			goto fail;
		}
	}
	mutex_lock(&book_lock);
	list_for_each_entry(entry, &book, list)
		pr_info("%s has %lu\n", entry->name, entry->number);
	mutex_unlock(&book_lock);
	return 0;

fail:
	drop_all();
	kmem_cache_destroy(entry_cache);
	return error;
}

static void __exit phonebook_exit(void)
{
	drop_all();
	kmem_cache_destroy(entry_cache);
}

module_init(phonebook_init);
module_exit(phonebook_exit);

MODULE_DESCRIPTION("A slab cache, a list and a mutex");
MODULE_LICENSE("GPL");
