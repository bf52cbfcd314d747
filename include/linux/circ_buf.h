/* SPDX-License-Identifier: MIT */
/*
 * Rings between one writer, at the head, and one reader, at the tail. The size is a power of
 * two, and one place stays empty: a full ring would look like an empty one.
 */
#ifndef _LINUX_CIRC_BUF_H
#define _LINUX_CIRC_BUF_H

#include <linux/minmax.h>

struct circ_buf {
	char *buf;
	int head;
	int tail;
};

#define CIRC_CNT(head, tail, size)   (((head) - (tail)) & ((size)-1))
#define CIRC_SPACE(head, tail, size) CIRC_CNT((tail)-1, head, size)

/* As much of it as lies in one piece, before the ring's end. */
#define CIRC_CNT_TO_END(head, tail, size) min_t(int, CIRC_CNT(head, tail, size), (size) - (tail))
#define CIRC_SPACE_TO_END(head, tail, size) \
	min_t(int, CIRC_SPACE(head, tail, size), (size) - (head))

#endif
