/* SPDX-License-Identifier: MIT */
/*
 * What the suites of the edu device share. A transfer lasts 100 ms, which only -icount makes short:
 * tests/qemu/edu.py boots the machines that have the device; elsewhere its cases skip.
 */
#ifndef _TESTS_DRIVERS_EDU_TEST_H
#define _TESTS_DRIVERS_EDU_TEST_H

#include <linux/prandom.h>
#include <linux/string.h>

#include "../../drivers/edu.h"
#include "../kernel/threads.h"
#include "../mm/slab_test.h"

/* Skips without the device; those of slab_test.h. */
int edu_test_init(struct kunit *test);
void edu_test_exit(struct kunit *test);

/* The first device, until the case ends. */
struct edu *edu_of(struct kunit *test);
/* It loses its driver; gets it back, when the case ends at the latest: the new `struct edu`. */
void edu_unbind(struct kunit *test, struct edu *edu);
struct edu *edu_bind(struct kunit *test, struct edu *edu);

/* Nothing under way, nobody's step held. */
bool edu_rests(struct edu *edu);
struct edu_stats edu_stats_of(struct edu *edu);
/*
 * From now on the steps that have ended stay where they are, until the tasklet is let go. (One that
 * is disabled keeps its CPU busy, and seconds long.)
 */
void edu_hold_tasklet(struct edu *edu);
void edu_let_tasklet_go(struct edu *edu);

static inline void edu_fill(void *memory, size_t size, u64 seed)
{
	struct rnd_state random;

	prandom_seed_state(&random, seed);
	prandom_bytes_state(&random, memory, size);
}

/* Requests without a sleeping caller: how many are done, and of these with which error. */
struct edu_tally {
	atomic_t done, failed;
	int error; /* the last */
	bool in_hardirq, in_softirq;
};

/* One that writes to the device, filled in; for edu_submit(). */
void edu_write_request(struct edu_request *request, const void *from, size_t len,
		       struct edu_tally *tally);

/* One who copies, once if nobody says otherwise: in a thread that returns what became of it. */
struct edu_caller {
	struct edu *edu;
	u8 *from, *to;
	size_t len;
	unsigned int rounds;
	int error;
};

struct edu_caller *edu_make_caller(struct kunit *test, struct edu *edu, size_t len);
/* Each time other bytes, which are compared; up to the first error. */
int edu_copy_rounds(void *caller);

#endif
