// SPDX-License-Identifier: MIT
/* Random operations on kmalloc and caches: see slab_model.h. */
#include <linux/kernel.h>
#include <linux/string.h>

#include "../../mm/slab.h"
#include "slab_model.h"

#define NR_CACHES   8
#define BULK_MOST   32
#define CONSTRUCTED 0xc7

struct block {
	u8 *address;
	u32 size; /* in use, and full of the pattern */
	u32 pattern;
	struct kmem_cache *cache; /* NULL: kmalloc's */
};

static struct slab_model_config config;
static struct block *blocks;
static unsigned int nr_blocks, target; /* live ones, and how many there are to be */
static size_t bytes;
static u32 next_pattern;
static struct kmem_cache *caches[NR_CACHES];
static struct slab_choices *source;
static const char *fault; /* the first one */

struct slab_model_counts slab_model_counts;

static void see(const char *what)
{
	if (!fault)
		fault = what;
}

/* --- choices --------------------------------------------------------------------------- */

void slab_choices_from_seed(struct slab_choices *choices, u64 seed)
{
	*choices = (struct slab_choices){ .bytes = NULL };
	prandom_seed_state(&choices->rnd, seed);
}

void slab_choices_from_bytes(struct slab_choices *choices, const u8 *bytes, size_t size)
{
	*choices = (struct slab_choices){ .bytes = bytes, .end = bytes + size };
}

bool slab_choices_left(const struct slab_choices *choices)
{
	return !choices->bytes || choices->bytes < choices->end;
}

static u32 next_byte(void)
{
	return source->bytes < source->end ? *source->bytes++ : 0;
}

/* A number below the limit, which is at most 65536. */
static unsigned int choose(unsigned int limit)
{
	u32 number;

	if (!source->bytes)
		return prandom_u32_state(&source->rnd) % limit;
	number = next_byte();
	if (limit > 256)
		number = number << 8 | next_byte();
	return number % limit;
}

/* Most are small; few are as large as they may be. */
static size_t choose_size(void)
{
	static const u32 limits[] = { 16, 64, 64, 128, 128, 256, 1024, 1024, 4096, 8192 };
	unsigned int which = choose(80);

	if (!which)
		return 1 + choose(min_t(size_t, config.largest, 65536));
	return 1 + choose(min_t(size_t, limits[which % ARRAY_SIZE(limits)], config.largest));
}

static gfp_t choose_gfp(void)
{
	static const gfp_t flags[] = {
		GFP_KERNEL,
		GFP_KERNEL | __GFP_ZERO,
		GFP_ATOMIC,
		GFP_NOWAIT,
		GFP_NOIO,
		GFP_KERNEL | GFP_DMA,
		GFP_DMA | __GFP_ZERO,
		GFP_USER,
		GFP_KERNEL | __GFP_RECLAIMABLE,
		GFP_ATOMIC | __GFP_ZERO,
	};

	return flags[choose(ARRAY_SIZE(flags))] | __GFP_NOWARN;
}

/* --- patterns ---------------------------------------------------------------------------- */

/* Word i of a block; of the last one as many bytes as there are. */
static u32 word_of(u32 pattern, size_t i)
{
	return pattern + (u32)i * 0x9e3779b9U;
}

static void fill(const struct block *block)
{
	size_t words = block->size / 4, i;
	u32 *word = (u32 *)block->address, last = word_of(block->pattern, words);

	for (i = 0; i < words; i++)
		word[i] = word_of(block->pattern, i);
	memcpy(&word[words], &last, block->size % 4);
}

/* Are the first `size` bytes what they were filled with? */
static bool holds(const struct block *block, size_t size)
{
	const u32 *word = (const u32 *)block->address;
	u32 last = word_of(block->pattern, size / 4);
	size_t i;

	for (i = 0; i < size / 4; i++)
		if (word[i] != word_of(block->pattern, i))
			return false;
	return !memcmp(&word[i], &last, size % 4);
}

/* --- blocks ------------------------------------------------------------------------------ */

static void check_kmalloc_block(const u8 *address, size_t size, gfp_t gfp)
{
	struct slab *slab = virt_to_slab(address);
	size_t align = size & (size - 1) ? ARCH_KMALLOC_MINALIGN : max_t(size_t, size, 8);

	if ((unsigned long)address & (align - 1))
		see("a block is not aligned");
	if (!slab != (size > KMALLOC_MAX_CACHE_SIZE))
		see("large blocks are pages, others are not");
	if (slab && slab->slab_cache->object_size != kmalloc_size_roundup(size))
		see("a block is of the wrong class");
	if ((gfp & __GFP_DMA) && page_zonenum(virt_to_page(address)) != ZONE_DMA)
		see("a block for DMA is out of its reach");
}

static void check_cache_block(const u8 *address, const struct kmem_cache *cache)
{
	struct slab *slab = virt_to_slab(address);

	if (!slab || slab->slab_cache != cache)
		see("an object is not of its cache");
	if ((unsigned long)address & (cache->align - 1))
		see("an object is not aligned");
	if (cache->ctor && memchr_inv(address, CONSTRUCTED, cache->object_size))
		see("an object is not as it was constructed");
}

/* What was given is checked, filled, and the model's. */
static void own(u8 *address, size_t size, gfp_t gfp, struct kmem_cache *cache)
{
	struct block *block = &blocks[nr_blocks];

	slab_model_counts.allocations++;
	if (!address) {
		slab_model_counts.refused++;
		return;
	}
	if (cache)
		check_cache_block(address, cache);
	else
		check_kmalloc_block(address, size, gfp);
	if ((gfp & __GFP_ZERO) && memchr_inv(address, 0, size))
		see("a zeroed block is not zero");
	*block = (struct block){ address, size, ++next_pattern * 0x85ebca6bU, cache };
	fill(block);
	bytes += size;
	nr_blocks++;
}

/* The block is checked, and as its cache wants it back; the caller frees it. */
static struct block disown(unsigned int nr)
{
	struct block block = blocks[nr];

	if (!holds(&block, block.size))
		see("a block was written to by somebody else");
	if (block.cache && block.cache->ctor)
		memset(block.address, CONSTRUCTED, block.size);
	bytes -= block.size;
	blocks[nr] = blocks[--nr_blocks];
	return block;
}

static void free_block(unsigned int nr)
{
	struct block block = disown(nr);
	unsigned int how = choose(8);

	if (block.cache && how)
		kmem_cache_free(block.cache, block.address);
	else if (how == 1 && !block.cache)
		kfree_sensitive(block.address);
	else
		kfree(block.address);
}

static void free_some(unsigned int nr)
{
	while (nr-- && nr_blocks)
		free_block(choose(min(nr_blocks, 65536U)));
}

static void make_room(void)
{
	if (nr_blocks + BULK_MOST > config.blocks || bytes > config.bytes)
		free_some(nr_blocks / 2 + 1);
}

/* --- operations ----------------------------------------------------------------------------- */

static void do_kmalloc(void)
{
	size_t size = choose_size();
	gfp_t gfp = choose_gfp();

	own(kmalloc(size, gfp), size, gfp, NULL);
}

static void do_kmemdup(void)
{
	const struct block *from;
	void *copy;

	if (!nr_blocks)
		return;
	from = &blocks[choose(min(nr_blocks, 65536U))];
	copy = kmemdup(from->address, from->size, GFP_KERNEL | __GFP_NOWARN);
	if (copy && memcmp(copy, from->address, from->size))
		see("a copy is not equal");
	own(copy, from->size, GFP_KERNEL, NULL);
}

/* The block keeps what fits, or, refused, everything. */
static void do_krealloc(void)
{
	size_t size = choose_size();
	gfp_t gfp = choose_gfp() & ~__GFP_ZERO;
	struct block *block;
	u8 *moved;

	if (!nr_blocks)
		return;
	block = &blocks[choose(min(nr_blocks, 65536U))];
	if (block->cache)
		return;
	moved = krealloc(block->address, size, gfp);
	slab_model_counts.allocations++;
	if (!moved) {
		slab_model_counts.refused++;
		if (!holds(block, block->size))
			see("a refused krealloc() changed the block");
		return;
	}
	if (moved != block->address)
		check_kmalloc_block(moved, size, gfp);
	block->address = moved;
	if (!holds(block, min_t(size_t, size, block->size)))
		see("krealloc() did not keep the contents");
	bytes += size - block->size;
	block->size = size;
	fill(block);
}

static struct kmem_cache *choose_cache(void)
{
	return caches[choose(NR_CACHES)];
}

static gfp_t gfp_for(const struct kmem_cache *cache)
{
	return choose_gfp() & ~(__GFP_DMA | __GFP_RECLAIMABLE | (cache->ctor ? __GFP_ZERO : 0));
}

static void do_cache_alloc(void)
{
	struct kmem_cache *cache = choose_cache();
	gfp_t gfp = gfp_for(cache);

	own(kmem_cache_alloc(cache, gfp), kmem_cache_size(cache), gfp, cache);
}

static void do_bulk_alloc(void)
{
	struct kmem_cache *cache = choose_cache();
	unsigned int nr = choose(BULK_MOST), got, i;
	gfp_t gfp = gfp_for(cache);
	void *objects[BULK_MOST];

	got = kmem_cache_alloc_bulk(cache, gfp, nr, objects);
	if (got && got != nr)
		see("bulk allocation gave neither all nor nothing");
	for (i = 0; i < got; i++)
		own(objects[i], kmem_cache_size(cache), gfp, cache);
	slab_model_counts.refused += nr && !got;
}

/* Of one cache by its name, or of any. */
static void do_bulk_free(void)
{
	struct kmem_cache *cache = choose(2) ? choose_cache() : NULL;
	unsigned int nr = 0, i, first = nr_blocks ? choose(min(nr_blocks, 65536U)) : 0;
	void *objects[BULK_MOST];

	for (i = first; i < nr_blocks && i < first + 4 * BULK_MOST && nr < BULK_MOST;) {
		if (cache && blocks[i].cache != cache)
			i++;
		else
			objects[nr++] = disown(i).address;
	}
	kmem_cache_free_bulk(cache, nr, objects);
}

static void construct(void *object)
{
	memset(object, CONSTRUCTED, virt_to_slab(object)->slab_cache->object_size);
}

static void create_cache(unsigned int i)
{
	static const slab_flags_t kinds[] = {
		0,
		0,
		SLAB_HWCACHE_ALIGN,
		SLAB_RECLAIM_ACCOUNT,
		SLAB_TYPESAFE_BY_RCU,
		SLAB_CACHE_DMA,
	};
	static const char *const names[NR_CACHES] = {
		"m0", "m1", "m2", "m3", "m4", "m5", "m6", "m7"
	};
	unsigned int size = 1 + choose(choose(8) ? 400 : 9000), align = 1U << choose(8);
	slab_flags_t flags = config.flags | kinds[choose(ARRAY_SIZE(kinds))];

	caches[i] = kmem_cache_create(names[i], size, align, flags, choose(4) ? NULL : construct);
}

/* A cache goes, if it has no block, and another one comes. */
static void do_recreate(void)
{
	unsigned int which = choose(NR_CACHES), i;

	for (i = 0; i < nr_blocks; i++)
		if (blocks[i].cache == caches[which])
			return;
	kmem_cache_destroy(caches[which]);
	create_cache(which);
	if (!caches[which])
		see("a cache could not be created");
}

static void do_shrink(void)
{
	if (choose(2))
		kmem_cache_shrink(choose_cache());
	else
		kmem_cache_shrink(
			kmalloc_caches[choose(NR_KMALLOC_TYPES)][1 + choose(KMALLOC_SHIFT_HIGH)]);
}

/* Now many live blocks, now few: of four allocations or frees one goes the other way. */
static bool more_wanted(void)
{
	return (nr_blocks < target) == (slab_model_counts.operations % 4 != 0);
}

const char *slab_model_operation(struct slab_choices *choices)
{
	unsigned int what;

	source = choices;
	if (slab_model_counts.operations++ % 1024 == 0)
		target = choose(min(config.blocks, 65536U));
	make_room();
	what = choose(256);
	if (what < 190 && !more_wanted())
		free_some(1);
	else if (what < 120)
		do_kmalloc();
	else if (what < 190)
		do_cache_alloc();
	else if (what < 225)
		do_krealloc();
	else if (what < 232)
		do_kmemdup();
	else if (what < 240)
		do_bulk_alloc();
	else if (what < 252)
		do_bulk_free();
	else if (what < 255)
		do_shrink();
	else
		do_recreate();
	return fault;
}

/* --- begin and end -------------------------------------------------------------------------- */

bool slab_model_begin(const struct slab_model_config *wanted)
{
	static struct slab_choices first;
	unsigned int i;

	config = *wanted;
	slab_model_counts = (struct slab_model_counts){ 0 };
	nr_blocks = 0;
	next_pattern = 0;
	bytes = 0;
	fault = NULL;
	slab_choices_from_seed(&first, 1);
	source = &first;
	blocks = kmalloc_array(config.blocks, sizeof(*blocks), GFP_KERNEL | __GFP_NOWARN);
	for (i = 0; blocks && i < NR_CACHES; i++) {
		create_cache(i);
		if (!caches[i])
			see("a cache could not be created");
	}
	return blocks && !fault;
}

const char *slab_model_end(void)
{
	unsigned int i;

	free_some(nr_blocks);
	for (i = 0; i < NR_CACHES; i++) {
		kmem_cache_destroy(caches[i]);
		caches[i] = NULL;
	}
	kfree(blocks);
	blocks = NULL;
	return fault;
}
