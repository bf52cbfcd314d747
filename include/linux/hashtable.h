/* SPDX-License-Identifier: MIT */
/*
 * Hash tables: arrays of 2^n lists. The caller has the objects, with a struct hlist_node in
 * each, the keys and the locks; the _rcu forms are for readers in RCU read sections.
 */
#ifndef _LINUX_HASHTABLE_H
#define _LINUX_HASHTABLE_H

#include <linux/hash.h>
#include <linux/kernel.h>
#include <linux/list.h>
#include <linux/rculist.h>

#define DECLARE_HASHTABLE(name, bits) struct hlist_head name[1 << (bits)]
#define DEFINE_HASHTABLE(name, bits)  struct hlist_head name[1 << (bits)] = {}

#define HASH_SIZE(table) ARRAY_SIZE(table)
#define HASH_BITS(table) ilog2(HASH_SIZE(table))

#define hash_min(key, bits) (sizeof(key) <= 4 ? hash_32(key, bits) : hash_long(key, bits))
/* The list that a key belongs to. */
#define __hash_list(table, key) (&(table)[hash_min(key, HASH_BITS(table))])

/* Empty lists are all zeros. */
#define hash_init(table)	       __hash_init(table, HASH_SIZE(table))
#define hash_add(table, node, key)     hlist_add_head(node, __hash_list(table, key))
#define hash_add_rcu(table, node, key) hlist_add_head_rcu(node, __hash_list(table, key))
#define hash_del(node)		       hlist_del_init(node)
#define hash_del_rcu(node)	       hlist_del_init_rcu(node)
#define hash_hashed(node)	       (!hlist_unhashed(node))
#define hash_empty(table)	       __hash_empty(table, HASH_SIZE(table))

static inline void __hash_init(struct hlist_head *table, size_t size)
{
	while (size)
		INIT_HLIST_HEAD(&table[--size]);
}

static inline bool __hash_empty(const struct hlist_head *table, size_t size)
{
	while (size)
		if (!hlist_empty(&table[--size]))
			return false;
	return true;
}

/* All objects; those that may have the key. */
#define hash_for_each(table, bucket, object, member)                     \
	for ((bucket) = 0; (bucket) < (int)HASH_SIZE(table); (bucket)++) \
		hlist_for_each_entry(object, &(table)[bucket], member)
#define hash_for_each_rcu(table, bucket, object, member)                 \
	for ((bucket) = 0; (bucket) < (int)HASH_SIZE(table); (bucket)++) \
	hlist_for_each_entry_rcu(object, &(table)[bucket], member)
#define hash_for_each_safe(table, bucket, next, object, member)          \
	for ((bucket) = 0; (bucket) < (int)HASH_SIZE(table); (bucket)++) \
		hlist_for_each_entry_safe(object, next, &(table)[bucket], member)

#define hash_for_each_possible(table, object, member, key) \
	hlist_for_each_entry(object, __hash_list(table, key), member)
#define hash_for_each_possible_rcu(table, object, member, key) \
	hlist_for_each_entry_rcu(object, __hash_list(table, key), member)
#define hash_for_each_possible_safe(table, object, next, member, key) \
	hlist_for_each_entry_safe(object, next, __hash_list(table, key), member)

#endif
