/* SPDX-License-Identifier: MIT */
/*
 * Random operations on kmalloc and caches, with everything that they give checked.
 *
 * The model owns blocks. Each is full of a pattern of its own from the moment it was given
 * until it is freed: memory that is handed out twice, moved wrongly, or written by somebody
 * else shows as a pattern that is not there any more. Beside that it knows what the contract
 * says of a block: its alignment, its zone, its class, its zeroes, its constructor's work.
 *
 * It is plain C over linux/slab.h: the kernel's tests run it from a seed, those on the host
 * also from a fuzzer's bytes.
 */
#ifndef _TESTS_MM_SLAB_MODEL_H
#define _TESTS_MM_SLAB_MODEL_H

#include <linux/prandom.h>
#include <linux/slab.h>

/* Choices come from a seed, or from bytes until they are used up. */
struct slab_choices {
	struct rnd_state rnd;
	const u8 *bytes, *end; /* NULL: from the seed */
};

void slab_choices_from_seed(struct slab_choices *choices, u64 seed);
void slab_choices_from_bytes(struct slab_choices *choices, const u8 *bytes, size_t size);
bool slab_choices_left(const struct slab_choices *choices);

struct slab_model_config {
	unsigned int blocks; /* at most so many live at once */
	size_t bytes;	     /* and about so many bytes */
	size_t largest;	     /* a single one */
	slab_flags_t flags;  /* of the model's caches, beside others: SLAB_DEBUG_FLAGS */
};

/*
 * False: no memory for the model itself. An operation returns what is wrong, or NULL. The
 * end frees all blocks, and checks them.
 */
bool slab_model_begin(const struct slab_model_config *config);
const char *slab_model_operation(struct slab_choices *choices);
const char *slab_model_end(void);

/* Counted since the beginning. */
extern struct slab_model_counts {
	unsigned long operations;
	unsigned long allocations;
	unsigned long refused;
} slab_model_counts;

#endif
