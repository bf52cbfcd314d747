/* SPDX-License-Identifier: MIT */
/*
 * Lists that RCU readers walk while writers, who keep each other out, change them. An entry is
 * visible when it is complete; one that is taken out keeps its way forward, for the readers
 * that are there, and may be freed or used again after a grace period.
 *
 * hlist_nulls and the forms for other kinds of readers are left out.
 */
#ifndef _LINUX_RCULIST_H
#define _LINUX_RCULIST_H

#include <linux/list.h>
#include <linux/rcupdate.h>

#define list_next_rcu(list) (*((struct list_head __rcu **)(&(list)->next)))

static inline void INIT_LIST_HEAD_RCU(struct list_head *list)
{
	WRITE_ONCE(list->next, list);
	WRITE_ONCE(list->prev, list);
}

static inline void __list_add_rcu(struct list_head *new, struct list_head *prev,
				  struct list_head *next)
{
	new->next = next;
	new->prev = prev;
	rcu_assign_pointer(list_next_rcu(prev), new);
	next->prev = new;
}

static inline void list_add_rcu(struct list_head *new, struct list_head *head)
{
	__list_add_rcu(new, head, head->next);
}

static inline void list_add_tail_rcu(struct list_head *new, struct list_head *head)
{
	__list_add_rcu(new, head->prev, head);
}

static inline void list_del_rcu(struct list_head *entry)
{
	__list_del_entry(entry);
	entry->prev = LIST_POISON2;
}

/* A reader sees the one or the other. */
static inline void list_replace_rcu(struct list_head *old, struct list_head *new)
{
	new->next = old->next;
	new->prev = old->prev;
	rcu_assign_pointer(list_next_rcu(new->prev), new);
	new->next->prev = new;
	old->prev = LIST_POISON2;
}

/*
 * All entries go behind head; `list` is empty afterwards. sync is synchronize_rcu or its like: a
 * reader that walks `list` would else end up in the other, and never find its end.
 */
static inline void list_splice_init_rcu(struct list_head *list, struct list_head *head,
					void (*sync)(void))
{
	struct list_head *first = list->next, *last = list->prev, *behind;

	if (list_empty(list))
		return;
	INIT_LIST_HEAD_RCU(list);
	sync();
	behind = head->next;
	last->next = behind;
	first->prev = head;
	rcu_assign_pointer(list_next_rcu(head), first);
	behind->prev = last;
}

#define list_entry_rcu(ptr, type, member) container_of(READ_ONCE(ptr), type, member)
/* One look at the head: between two of them it could have become empty. */
#define list_first_or_null_rcu(head, type, member)                                     \
	({                                                                             \
		struct list_head *__head = (head), *__first = READ_ONCE(__head->next); \
		__first != __head ? list_entry(__first, type, member) : NULL;          \
	})
#define list_next_or_null_rcu(head, ptr, type, member)                      \
	({                                                                  \
		struct list_head *__head = (head), *__ptr = (ptr);          \
		struct list_head *__next = READ_ONCE(__ptr->next);          \
		__next != __head ? list_entry(__next, type, member) : NULL; \
	})

/* In a reader, or where `cond...`, if it is given, says why not. _lockless: nobody is asked. */
#define __list_check_rcu(dummy, cond, ...)                     \
	RCU_LOCKDEP_WARN(!(cond) && !rcu_read_lock_any_held(), \
			 "RCU-list traversed in non-reader section")
#define list_for_each_entry_lockless(pos, head, member)                                        \
	for (pos = list_entry_rcu((head)->next, typeof(*pos), member); &pos->member != (head); \
	     pos = list_entry_rcu(pos->member.next, typeof(*pos), member))
#define list_for_each_entry_rcu(pos, head, member, cond...)            \
	for (__list_check_rcu(dummy, ##cond, 0),                       \
	     pos = list_entry_rcu((head)->next, typeof(*pos), member); \
	     &pos->member != (head); pos = list_entry_rcu(pos->member.next, typeof(*pos), member))
#define list_for_each_entry_continue_rcu(pos, head, member)                                        \
	for (pos = list_entry_rcu(pos->member.next, typeof(*pos), member); &pos->member != (head); \
	     pos = list_entry_rcu(pos->member.next, typeof(*pos), member))
#define list_for_each_entry_from_rcu(pos, head, member) \
	for (; &(pos)->member != (head);                \
	     pos = list_entry_rcu(pos->member.next, typeof(*(pos)), member))

/* --- with a head of one pointer ------------------------------------------------------- */

#define hlist_first_rcu(head) (*((struct hlist_node __rcu **)(&(head)->first)))
#define hlist_next_rcu(node)  (*((struct hlist_node __rcu **)(&(node)->next)))
#define hlist_pprev_rcu(node) (*((struct hlist_node __rcu **)((node)->pprev)))

static inline void hlist_add_head_rcu(struct hlist_node *node, struct hlist_head *head)
{
	struct hlist_node *first = head->first;

	node->next = first;
	WRITE_ONCE(node->pprev, &head->first);
	rcu_assign_pointer(hlist_first_rcu(head), node);
	if (first)
		WRITE_ONCE(first->pprev, &node->next);
}

static inline void hlist_add_before_rcu(struct hlist_node *node, struct hlist_node *next)
{
	WRITE_ONCE(node->pprev, next->pprev);
	node->next = next;
	rcu_assign_pointer(hlist_pprev_rcu(node), node);
	WRITE_ONCE(next->pprev, &node->next);
}

static inline void hlist_add_behind_rcu(struct hlist_node *node, struct hlist_node *prev)
{
	node->next = prev->next;
	WRITE_ONCE(node->pprev, &prev->next);
	rcu_assign_pointer(hlist_next_rcu(prev), node);
	if (node->next)
		WRITE_ONCE(node->next->pprev, &node->next);
}

static inline void hlist_add_tail_rcu(struct hlist_node *node, struct hlist_head *head)
{
	struct hlist_node *last = head->first;

	while (last && last->next)
		last = last->next;
	if (last)
		hlist_add_behind_rcu(node, last);
	else
		hlist_add_head_rcu(node, head);
}

static inline void hlist_del_rcu(struct hlist_node *node)
{
	__hlist_del(node);
	WRITE_ONCE(node->pprev, LIST_POISON2);
}

static inline void hlist_del_init_rcu(struct hlist_node *node)
{
	if (hlist_unhashed(node))
		return;
	__hlist_del(node);
	WRITE_ONCE(node->pprev, NULL);
}

static inline void hlist_replace_rcu(struct hlist_node *old, struct hlist_node *new)
{
	new->next = old->next;
	WRITE_ONCE(new->pprev, old->pprev);
	rcu_assign_pointer(hlist_pprev_rcu(new), new);
	if (new->next)
		WRITE_ONCE(new->next->pprev, &new->next);
	WRITE_ONCE(old->pprev, LIST_POISON2);
}

#define hlist_for_each_entry_rcu(pos, head, member, cond...)                           \
	for (__list_check_rcu(dummy, ##cond, 0),                                       \
	     pos = hlist_entry_safe(READ_ONCE((head)->first), typeof(*(pos)), member); \
	     pos; pos = hlist_entry_safe(READ_ONCE((pos)->member.next), typeof(*(pos)), member))
#define hlist_for_each_entry_continue_rcu(pos, member)                                           \
	for (pos = hlist_entry_safe(READ_ONCE((pos)->member.next), typeof(*(pos)), member); pos; \
	     pos = hlist_entry_safe(READ_ONCE((pos)->member.next), typeof(*(pos)), member))
#define hlist_for_each_entry_from_rcu(pos, member) \
	for (; pos; pos = hlist_entry_safe(READ_ONCE((pos)->member.next), typeof(*(pos)), member))

#endif
