// SPDX-License-Identifier: MIT
/* Replaying what a program allocated: see trace_replay.h. */
#include <linux/ctype.h>
#include <linux/kernel.h>
#include <linux/rbtree.h>
#include <linux/string.h>

#include "../../mm/slab.h"
#include "trace_replay.h"

#define TRACE_GFP (GFP_KERNEL | __GFP_NOWARN)

struct block {
	struct rb_node node; /* in `blocks`, by id */
	u32 id;
	u32 size;
	u8 *address;
};

/* The trace from `at` on; the replay's state beside its result. */
struct replay {
	const char *at, *end;
	struct rb_root blocks;
	struct kmem_cache *cache; /* of struct block */
	unsigned long pages_before, bytes_at_sample;
	struct trace_result *result;
};

static bool complain(struct replay *replay, const char *error)
{
	replay->result->error = error;
	return false;
}

/* --- contents ------------------------------------------------------------------------------ */

/* Word i of a block; of the last one as many bytes as there are. */
static u32 word_of(u32 id, u32 i)
{
	return (id + 1) * 0x9e3779b9U + i * 0x85ebca6bU;
}

static void fill(struct block *block)
{
	u32 words = block->size / 4, i, *word = (u32 *)block->address;
	u32 last = word_of(block->id, words);

	for (i = 0; i < words; i++)
		word[i] = word_of(block->id, i);
	memcpy(&word[words], &last, block->size % 4);
}

static bool holds(const struct block *block, u32 size)
{
	const u32 *word = (const u32 *)block->address;
	u32 last = word_of(block->id, size / 4), i;

	for (i = 0; i < size / 4; i++)
		if (word[i] != word_of(block->id, i))
			return false;
	return !memcmp(&word[i], &last, size % 4);
}

/* --- blocks by their IDs --------------------------------------------------------------------- */

static struct block *find(struct replay *replay, u32 id)
{
	struct rb_node *node = replay->blocks.rb_node;

	while (node) {
		struct block *block = rb_entry(node, struct block, node);

		if (id == block->id)
			return block;
		node = id < block->id ? node->rb_left : node->rb_right;
	}
	return NULL;
}

static void insert(struct replay *replay, struct block *block)
{
	struct rb_node **link = &replay->blocks.rb_node, *parent = NULL;

	while (*link) {
		parent = *link;
		link = block->id < rb_entry(parent, struct block, node)->id ? &parent->rb_left
									    : &parent->rb_right;
	}
	rb_link_node(&block->node, parent, link);
	rb_insert_color(&block->node, &replay->blocks);
}

/* --- operations --------------------------------------------------------------------------------- */

static unsigned long free_pages_now(void)
{
	unsigned long pages = 0;
	struct zone *zone;
	unsigned int cpu;

	for_each_populated_zone(zone) {
		pages += zone->nr_free_pages;
		for_each_online_cpu(cpu)
			pages += per_cpu_ptr(zone->per_cpu_pageset, cpu)->count;
	}
	return pages;
}

/* To count pages takes long: it is done when the bytes have grown by a page. */
static void note_peaks(struct replay *replay)
{
	struct trace_result *result = replay->result;

	result->most_live = max(result->most_live, result->live);
	result->most_bytes = max(result->most_bytes, result->bytes);
	if (result->bytes < replay->bytes_at_sample + PAGE_SIZE)
		return;
	replay->bytes_at_sample = result->bytes;
	result->most_pages = max(result->most_pages, replay->pages_before - free_pages_now());
}

static bool do_alloc(struct replay *replay, u32 id, u32 size)
{
	struct trace_result *result = replay->result;
	struct block *block;

	if (find(replay, id))
		return complain(replay, "a live block has this ID");
	block = kmem_cache_alloc(replay->cache, TRACE_GFP);
	if (!block)
		return complain(replay, "no memory for the replay itself");
	*block = (struct block){ .id = id, .address = kmalloc(size, TRACE_GFP) };
	if (block->address)
		block->size = size;
	else
		result->refused++;
	fill(block);
	insert(replay, block);
	result->live++;
	result->bytes += block->size;
	note_peaks(replay);
	return true;
}

static bool do_resize(struct replay *replay, u32 id, u32 size)
{
	struct trace_result *result = replay->result;
	struct block *block = find(replay, id);
	u32 kept;
	u8 *moved;

	if (!block)
		return complain(replay, "no live block has this ID");
	if (!holds(block, block->size))
		return complain(replay, "the block does not hold what was written into it");
	moved = krealloc(block->address, size, TRACE_GFP);
	if (!moved) {
		result->refused++;
		return true;
	}
	kept = min(size, block->size);
	result->bytes += (unsigned long)size - block->size;
	block->address = moved;
	block->size = size;
	if (!holds(block, kept))
		return complain(replay, "resizing lost what was in the block");
	fill(block);
	note_peaks(replay);
	return true;
}

static bool free_block(struct replay *replay, struct block *block)
{
	bool sound = holds(block, block->size);

	rb_erase(&block->node, &replay->blocks);
	kfree(block->address);
	kmem_cache_free(replay->cache, block);
	return sound || complain(replay, "the block does not hold what was written into it");
}

static bool do_free(struct replay *replay, u32 id)
{
	struct block *block = find(replay, id);

	if (!block)
		return complain(replay, "no live block has this ID");
	replay->result->live--;
	replay->result->bytes -= block->size;
	return free_block(replay, block);
}

/* --- lines ---------------------------------------------------------------------------------------- */

static void skip_blanks(struct replay *replay)
{
	while (replay->at < replay->end &&
	       (*replay->at == ' ' || *replay->at == '\t' || *replay->at == '\r'))
		replay->at++;
}

/* The line ends here, or a comment begins. */
static bool at_end_of_line(struct replay *replay)
{
	skip_blanks(replay);
	return replay->at == replay->end || *replay->at == '\n' || *replay->at == '#';
}

static bool read_number(struct replay *replay, u32 *number)
{
	u64 value = 0;
	const char *start;

	skip_blanks(replay);
	start = replay->at;
	while (replay->at < replay->end && isdigit(*replay->at) && value <= U32_MAX)
		value = value * 10 + (*replay->at++ - '0');
	*number = value;
	return replay->at > start && value <= U32_MAX;
}

static bool do_line(struct replay *replay)
{
	char what = *replay->at++;
	u32 id, size = 0;

	if (what != 'a' && what != 'r' && what != 'f')
		return complain(replay, "an operation is a, r or f");
	if (!read_number(replay, &id) || (what != 'f' && !read_number(replay, &size)))
		return complain(replay, what == 'f' ? "not \"f ID\""
						    : "not \"a ID SIZE\" or \"r ID SIZE\"");
	if (!at_end_of_line(replay))
		return complain(replay, "more than an operation in the line");
	replay->result->operations++;
	switch (what) {
	case 'a':
		return do_alloc(replay, id, size);
	case 'r':
		return do_resize(replay, id, size);
	default:
		return do_free(replay, id);
	}
}

static bool do_lines(struct replay *replay)
{
	while (replay->at < replay->end) {
		replay->result->line++;
		if (!at_end_of_line(replay) && !do_line(replay))
			return false;
		while (replay->at < replay->end && *replay->at++ != '\n')
			;
	}
	return true;
}

bool trace_replay(const char *text, size_t length, struct trace_result *result)
{
	struct replay replay = { .at = text, .end = text + length, .result = result };
	bool sound;

	*result = (struct trace_result){ .error = NULL };
	replay.pages_before = free_pages_now();
	replay.cache =
		kmem_cache_create("trace-block", sizeof(struct block), 0, SLAB_NO_MERGE, NULL);
	if (!replay.cache)
		return complain(&replay, "no memory for the replay itself");
	sound = do_lines(&replay);
	while (replay.blocks.rb_node)
		sound &= free_block(&replay, rb_entry(replay.blocks.rb_node, struct block, node));
	kmem_cache_destroy(replay.cache);
	return sound;
}
