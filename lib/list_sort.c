// SPDX-License-Identifier: MIT
/*
 * Merge sort for lists. runs[i] is empty or a sorted run of 2^i entries: adding an
 * entry is adding 1 to a binary number, where a carry is the merge of two equal runs.
 * In between, runs are linked by next alone and end with NULL. Higher runs hold
 * earlier entries, and on equality a merge prefers the earlier: so the sort is stable.
 */
#include <linux/bits.h>
#include <linux/list.h>
#include <linux/list_sort.h>
#include <linux/types.h>

static struct list_head *merge(void *priv, list_cmp_func_t cmp, struct list_head *earlier,
			       struct list_head *later)
{
	struct list_head *head = NULL, **tail = &head, **from;

	while (earlier && later) {
		from = cmp(priv, earlier, later) > 0 ? &later : &earlier;
		*tail = *from;
		tail = &(*from)->next;
		*from = (*from)->next;
	}
	*tail = earlier ? earlier : later;
	return head;
}

void list_sort(void *priv, struct list_head *head, list_cmp_func_t cmp)
{
	struct list_head *runs[BITS_PER_LONG] = {}, *entry = head->next, *next, *sorted = NULL;
	unsigned int i;

	for (; entry != head; entry = next) {
		next = entry->next;
		entry->next = NULL;
		for (i = 0; runs[i]; i++) {
			entry = merge(priv, cmp, runs[i], entry);
			runs[i] = NULL;
		}
		runs[i] = entry;
	}
	for (i = 0; i < BITS_PER_LONG; i++)
		sorted = merge(priv, cmp, runs[i], sorted);

	INIT_LIST_HEAD(head);
	for (entry = sorted; entry; entry = next) {
		next = entry->next;
		list_add_tail(entry, head);
	}
}
