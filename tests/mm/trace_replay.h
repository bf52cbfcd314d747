/* SPDX-License-Identifier: MIT */
/*
 * Replaying what a program allocated: a trace is text, a line an operation.
 *
 *	a ID SIZE	allocate SIZE bytes; the block is called ID, which no live block is
 *	r ID SIZE	resize it
 *	f ID		free it
 *	# ...		a comment, from the mark to the end of the line
 *
 * ID and SIZE are decimal numbers of 32 bits. Blank lines, and blanks and carriage returns
 * anywhere between words, do not count. Every block is full of bytes of its own, which are
 * checked before it is resized or freed. A block that was refused is one of no bytes, which
 * the trace may go on to resize or free. What is alive at the end is checked and freed.
 */
#ifndef _TESTS_MM_TRACE_REPLAY_H
#define _TESTS_MM_TRACE_REPLAY_H

#include <linux/types.h>

struct trace_result {
	const char *error;  /* NULL: all is well; else in this line */
	unsigned long line; /* of the last operation */
	unsigned long operations;
	unsigned long refused;		     /* allocations and resizes that failed */
	unsigned long live, bytes;	     /* blocks, and what was asked for, at the end */
	unsigned long most_live, most_bytes; /* and at their peaks */
	unsigned long
		most_pages; /* that the allocator held, about when the bytes were at their peak */
};

/* Process context. True if the trace is sound and all contents were. */
bool trace_replay(const char *text, size_t length, struct trace_result *result);

/* The traces that are part of the kernel: traces.S. */
extern const char trace_webserver[], trace_webserver_end[];
extern const char trace_compiler[], trace_compiler_end[];
extern const char trace_filesystem[], trace_filesystem_end[];

#endif
