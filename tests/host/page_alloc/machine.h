/* SPDX-License-Identifier: MIT */
/*
 * The machines that the page allocator runs on here: RAM at PAGE_OFFSET, its struct pages,
 * sections and zones; and the rest of the kernel, as far as mm/ calls it.
 */
#ifndef _TESTS_HOST_PAGE_ALLOC_MACHINE_H
#define _TESTS_HOST_PAGE_ALLOC_MACHINE_H

#include <linux/mm.h>

#include "../../../mm/internal.h"

#define MAX_SECTIONS 60
#define MAX_FRAMES   (MAX_SECTIONS * PAGES_PER_SECTION)

/* Frames [start, end) */
struct machine_range {
	unsigned long start, end;
};

struct machine {
	const char *name;
	unsigned long zone_end[MAX_NR_ZONES]; /* frames; a zone begins where the one before ends */
	struct machine_range free[8];	      /* what the allocator gets; the last one is empty */
	bool without_marks; /* no watermarks: down to the last page for everybody */
};

/*
 * 240 MiB, nearly all in one zone: enough for two HIGHATOMIC pageblocks; 64 MiB with a hole
 * and odd ends in three zones; 16 MiB, the least that groups by mobility; 16 pages.
 */
extern const struct machine machine_240m, machine_64m, machine_16m, machine_16_pages;

/* Boots the machine, with such a command line. Whatever was before is forgotten. */
void machine_boot(const struct machine *machine, const char *command_line);

/* Does the allocator own the frame, in use or free? */
bool machine_has_frame(unsigned long pfn);

/* For each frame below max_pfn: 0, or 1 + the order of the free block that begins there. */
void machine_free_blocks(u8 *blocks);

/* The per-CPU lists emptied, no HIGHATOMIC pageblock left. */
void machine_settle(void);

/* mm_check(), as far as it is about pages: true if all is well, or notes what is not. */
bool machine_check(void);

/* --- what mm/ said ------------------------------------------------------------------- */

/* Reports are kept instead of printed, unless `print`. */
extern struct reports {
	unsigned int total;
	unsigned int warnings; /* of them, WARN() */
	bool print;
	char last[160];
} reports;

/* The trace that stack_trace_save() gives: one entry. */
extern unsigned long machine_trace;

#endif
