/* SPDX-License-Identifier: MIT */
#ifndef _LINUX_LIST_SORT_H
#define _LINUX_LIST_SORT_H

#include <linux/types.h>

/* > 0 if a belongs after b. */
typedef int (*list_cmp_func_t)(void *priv, const struct list_head *a, const struct list_head *b);

/* A merge sort: stable, n log n comparisons at most, no memory. */
void list_sort(void *priv, struct list_head *head, list_cmp_func_t cmp);

#endif
