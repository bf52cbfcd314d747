// SPDX-License-Identifier: MIT
/*
 * All families of allocations at once: random operations over a table of pieces of memory, which
 * are of all kinds there are. Each piece holds what follows from its seed, by all the addresses
 * that it has; so a page that two have, or a mapping that leads elsewhere, is found when the next
 * of them is looked at. At the end everything goes back, and memory must be whole.
 */
#include <linux/highmem.h>
#include <linux/kernel.h>
#include <linux/mempool.h>
#include <linux/percpu.h>
#include <linux/prandom.h>
#include <linux/vmalloc.h>
#include <memkern/mm_check.h>

#include "slab_test.h"

#define NR_PIECES 600
#define NR_CACHES 3
#define QUIETLY	  (GFP_KERNEL | __GFP_NOWARN)

struct piece {
	const struct family *family; /* NULL: empty */
	void *memory;
	struct page *page;   /* PAGES, and kmap() of one */
	struct page **pages; /* vmap() and vm_map_ram() */
	size_t size;
	u32 seed;
	unsigned int which; /* of the caches or pools */
};

/* How a family makes a piece (or NULL), looks at it (is it as it was left?) and drops it. */
struct family {
	const char *name;
	unsigned int share; /* of 100 new pieces */
	void *(*make)(struct piece *piece);
	bool (*look)(struct piece *piece, bool write);
	void (*drop)(struct piece *piece);
	bool (*resize)(struct piece *piece, size_t size); /* NULL: it cannot */
};

static struct {
	struct piece pieces[NR_PIECES];
	struct kmem_cache *caches[NR_CACHES];
	mempool_t *pools[NR_CACHES]; /* of an element of the cache, or of a page */
	struct rnd_state random;
	unsigned long held, most; /* bytes */
	unsigned long made, refused, looks;
	const struct family *wrong;
} f;

static u32 below(u32 limit)
{
	return prandom_u32_state(&f.random) % limit;
}

/* Each power of two up to `most` as likely as the others. */
static size_t random_size(size_t most)
{
	return 1 + below(8U << below(ilog2(most) - 2));
}

/* --- what a piece holds ---------------------------------------------------------------------- */

/* A byte of the pattern: written, or compared. */
static bool stamp_byte(u8 *byte, u8 value, bool write)
{
	if (write)
		*byte = value;
	return *byte == value;
}

/* Up to a page all bytes; of more, some at the beginning and at the end of each page. */
static bool stamp(void *memory, size_t size, u32 seed, bool write)
{
	bool all = size < PAGE_SIZE, same = true;
	u8 *bytes = memory;
	size_t at;

	for (at = 0; at < size; at++) {
		if (!all && at % PAGE_SIZE == 8)
			at = min(at + PAGE_SIZE - 16, size - 1);
		same &= stamp_byte(&bytes[at], seed + at + (at >> PAGE_SHIFT), write);
	}
	return same;
}

static bool stamp_page(struct page *page, u32 seed, bool write)
{
	void *address = kmap_local_pfn(page_to_pfn(page)); /* a slot without highmem, too */
	bool same = stamp(address, PAGE_SIZE, seed, write);

	kunmap_local(address);
	return same;
}

static bool look_at_memory(struct piece *piece, bool write)
{
	return stamp(piece->memory, piece->size, piece->seed, write);
}

/* --- pages, of all orders ---------------------------------------------------------------------- */

static void *make_pages(struct piece *piece)
{
	static const gfp_t types[] = { GFP_HIGHUSER_MOVABLE, GFP_KERNEL, GFP_HIGHUSER, GFP_DMA };
	unsigned int order = __ffs(prandom_u32_state(&f.random) | 1U << MAX_PAGE_ORDER);

	piece->size = PAGE_SIZE << order;
	piece->page = alloc_pages(types[below(4)] | __GFP_NOWARN, order);
	return piece->page;
}

static bool look_at_pages(struct piece *piece, bool write)
{
	unsigned int i, nr = piece->size >> PAGE_SHIFT;
	bool same = true;

	for (i = 0; i < nr; i++)
		same &= stamp_page(piece->page + i, piece->seed + i, write);
	return same;
}

static void drop_pages(struct piece *piece)
{
	__free_pages(piece->page, get_order(piece->size));
}

/* A page that has an address on all CPUs as long as it is held. */
static void *make_kmap(struct piece *piece)
{
	piece->size = PAGE_SIZE;
	piece->page = alloc_page(GFP_HIGHUSER | __GFP_NOWARN);
	piece->memory = piece->page ? kmap(piece->page) : NULL;
	return piece->page;
}

static bool look_at_kmap(struct piece *piece, bool write)
{
	return look_at_memory(piece, write) && stamp_page(piece->page, piece->seed, false);
}

static void drop_kmap(struct piece *piece)
{
	kunmap(piece->page);
	__free_page(piece->page);
}

/* --- objects -------------------------------------------------------------------------------------- */

static void *make_kmalloc(struct piece *piece)
{
	piece->size = random_size(32768);
	return piece->memory = kmalloc(piece->size, QUIETLY);
}

static void drop_kmalloc(struct piece *piece)
{
	kfree(piece->memory);
}

static bool resize_kmalloc(struct piece *piece, size_t size)
{
	void *memory = krealloc(piece->memory, size, QUIETLY);

	if (memory)
		piece->memory = memory;
	return memory;
}

static void *make_cached(struct piece *piece)
{
	piece->which = below(NR_CACHES);
	piece->size = kmem_cache_size(f.caches[piece->which]);
	return piece->memory = kmem_cache_alloc(f.caches[piece->which], QUIETLY);
}

static void drop_cached(struct piece *piece)
{
	kmem_cache_free(f.caches[piece->which], piece->memory);
}

/* By flags that do not wait for elements: all are held by who asks. */
static void *make_pooled(struct piece *piece)
{
	piece->which = below(NR_CACHES);
	piece->size = piece->which ? kmem_cache_size(f.caches[piece->which]) : PAGE_SIZE;
	piece->memory = mempool_alloc(f.pools[piece->which], GFP_NOWAIT | __GFP_NOWARN);
	if (piece->memory && !piece->which)
		piece->memory = page_address(piece->memory);
	return piece->memory;
}

static void drop_pooled(struct piece *piece)
{
	mempool_free(piece->which ? piece->memory : virt_to_page(piece->memory),
		     f.pools[piece->which]);
}

static void *make_percpu(struct piece *piece)
{
	piece->size = random_size(256);
	return piece->memory = __alloc_percpu(piece->size, 4U << below(5));
}

static bool look_at_percpu(struct piece *piece, bool write)
{
	unsigned int cpu;
	bool same = true;

	for_each_possible_cpu(cpu)
		same &= stamp(per_cpu_ptr(piece->memory, cpu), piece->size, piece->seed + cpu,
			      write);
	return same;
}

static void drop_percpu(struct piece *piece)
{
	free_percpu(piece->memory);
}

/* --- by addresses of the vmalloc window ------------------------------------------------------------ */

static void *make_vmalloc(struct piece *piece)
{
	piece->size = random_size(below(16) ? 65536 : 4 << 20);
	return piece->memory = __vmalloc(piece->size, QUIETLY);
}

static bool look_at_vmalloc(struct piece *piece, bool write)
{
	size_t last = (piece->size - 1) & PAGE_MASK;

	return look_at_memory(piece, write) && is_vmalloc_addr(piece->memory) &&
	       vmalloc_to_page(piece->memory + last);
}

static void drop_vmalloc(struct piece *piece)
{
	vfree(piece->memory);
}

static bool resize_vmalloc(struct piece *piece, size_t size)
{
	void *memory = vrealloc(piece->memory, size, QUIETLY);

	if (memory)
		piece->memory = memory;
	return memory;
}

static void *make_kvmalloc(struct piece *piece)
{
	piece->size = random_size(below(16) ? 131072 : 2 << 20);
	return piece->memory = kvmalloc(piece->size, QUIETLY);
}

static void drop_kvmalloc(struct piece *piece)
{
	kvfree(piece->memory);
}

static bool resize_kvmalloc(struct piece *piece, size_t size)
{
	void *memory = kvrealloc(piece->memory, piece->size, size, QUIETLY);

	if (memory)
		piece->memory = memory;
	return memory;
}

static void free_page_array(struct piece *piece)
{
	unsigned int i;

	for (i = 0; i < piece->size >> PAGE_SHIFT; i++)
		__free_page(piece->pages[i]);
	kfree(piece->pages);
}

static bool alloc_page_array(struct piece *piece, unsigned int nr)
{
	piece->pages = kmalloc_array(nr, sizeof(*piece->pages), QUIETLY);
	if (!piece->pages)
		return false;
	for (piece->size = 0; piece->size < nr * PAGE_SIZE; piece->size += PAGE_SIZE) {
		struct page *page = alloc_page(GFP_HIGHUSER | __GFP_NOWARN);

		if (!page) {
			free_page_array(piece);
			return false;
		}
		piece->pages[piece->size >> PAGE_SHIFT] = page;
	}
	return true;
}

static void *make_vmap(struct piece *piece)
{
	unsigned int nr = 1 + below(24);

	if (!alloc_page_array(piece, nr))
		return NULL;
	piece->memory = vmap(piece->pages, nr, VM_MAP, PAGE_KERNEL);
	if (!piece->memory)
		free_page_array(piece);
	return piece->memory;
}

static void *make_map_ram(struct piece *piece)
{
	unsigned int nr = 1 + below(below(8) ? 6 : 40);

	if (!alloc_page_array(piece, nr))
		return NULL;
	piece->memory = vm_map_ram(piece->pages, nr, NUMA_NO_NODE);
	if (!piece->memory)
		free_page_array(piece);
	return piece->memory;
}

/* By the mapping, and page by page by another one. */
static bool look_at_mapped(struct piece *piece, bool write)
{
	bool same = look_at_memory(piece, write);
	unsigned int i;

	for (i = 0; i < piece->size >> PAGE_SHIFT; i++) {
		u8 *address = kmap_local_page(piece->pages[i]);
		u8 *mapped = piece->memory + i * PAGE_SIZE;

		same &= !memcmp(address, mapped, 16);
		same &= vmalloc_to_page(mapped) == piece->pages[i];
		kunmap_local(address);
	}
	return same;
}

static void drop_vmap(struct piece *piece)
{
	vunmap(piece->memory);
	free_page_array(piece);
}

static void drop_map_ram(struct piece *piece)
{
	vm_unmap_ram(piece->memory, piece->size >> PAGE_SHIFT);
	free_page_array(piece);
}

/* --- operations --------------------------------------------------------------------------------------- */

static const struct family families[] = {
	{ "pages", 20, make_pages, look_at_pages, drop_pages, NULL },
	{ "kmap", 5, make_kmap, look_at_kmap, drop_kmap, NULL },
	{ "kmalloc", 15, make_kmalloc, look_at_memory, drop_kmalloc, resize_kmalloc },
	{ "caches", 10, make_cached, look_at_memory, drop_cached, NULL },
	{ "mempool", 10, make_pooled, look_at_memory, drop_pooled, NULL },
	{ "percpu", 2, make_percpu, look_at_percpu, drop_percpu, NULL },
	{ "vmalloc", 13, make_vmalloc, look_at_vmalloc, drop_vmalloc, resize_vmalloc },
	{ "kvmalloc", 10, make_kvmalloc, look_at_memory, drop_kvmalloc, resize_kvmalloc },
	{ "vmap", 7, make_vmap, look_at_mapped, drop_vmap, NULL },
	{ "vm_map_ram", 8, make_map_ram, look_at_mapped, drop_map_ram, NULL },
};

static void look(struct piece *piece, bool write)
{
	f.looks++;
	if (!piece->family->look(piece, write) && !f.wrong)
		f.wrong = piece->family;
}

static void make(struct piece *piece)
{
	const struct family *family = families;
	unsigned int share = below(100);

	for (; share >= family->share; family++)
		share -= family->share;
	*piece = (struct piece){ .family = family, .seed = prandom_u32_state(&f.random) };
	if (!family->make(piece)) {
		piece->family = NULL;
		f.refused++;
		return;
	}
	f.made++;
	f.held += piece->size;
	look(piece, true);
}

static void drop(struct piece *piece)
{
	look(piece, false);
	f.held -= piece->size;
	piece->family->drop(piece);
	piece->family = NULL;
}

/* The part that was there before is as it was. */
static void resize(struct piece *piece)
{
	size_t size = random_size(65536), before = piece->size, kept = min(before, size);

	look(piece, false);
	if (!piece->family->resize(piece, size)) {
		f.refused++;
		return;
	}
	if (!stamp(piece->memory, kept == before ? kept : min(kept, 8U), piece->seed, false))
		f.wrong = piece->family;
	f.held += size - before;
	piece->size = size;
	look(piece, true);
}

/* Pages mapped one over the other, as deep as that goes beside an interrupt. */
static void nest(unsigned int depth)
{
	struct piece *piece = &f.pieces[below(NR_PIECES)];
	void *address;

	if (!depth)
		return;
	if (!piece->family || !piece->page) {
		nest(depth - 1);
		return;
	}
	address = kmap_local_pfn(page_to_pfn(piece->page));
	nest(depth - 1);
	if (!stamp(address, PAGE_SIZE, piece->seed, false))
		f.wrong = piece->family;
	kunmap_local(address);
}

static void upkeep(void)
{
	switch (below(4)) {
	case 0:
		drain_all_pages(NULL);
		break;
	case 1:
		kmem_cache_shrink(f.caches[below(NR_CACHES)]);
		break;
	case 2:
		vm_unmap_aliases();
		break;
	default:
		mempool_resize(f.pools[below(NR_CACHES)], 1 + below(20));
	}
}

/* The first piece that is empty, or is not, from a random one on; or NULL. */
static struct piece *any_piece(bool empty)
{
	unsigned int start = below(NR_PIECES), i;

	for (i = 0; i < NR_PIECES; i++) {
		struct piece *piece = &f.pieces[(start + i) % NR_PIECES];

		if (!piece->family == empty)
			return piece;
	}
	return NULL;
}

static void operate(unsigned long most)
{
	unsigned int what = below(64);
	struct piece *piece;

	if (what == 0)
		return upkeep();
	if (what == 1)
		return nest(1 + below(8));
	piece = what >= 24 && f.held < most ? any_piece(true) : NULL;
	if (piece)
		return make(piece);
	piece = any_piece(false);
	if (piece && piece->family->resize && what < 12)
		resize(piece);
	else if (piece)
		drop(piece);
}

/* --- the run -------------------------------------------------------------------------------------------- */

static void end_run(void *unused)
{
	unsigned int i;

	for (i = 0; i < NR_PIECES; i++)
		if (f.pieces[i].family)
			drop(&f.pieces[i]);
	for (i = 0; i < NR_CACHES; i++)
		mempool_destroy(f.pools[i]);
	vm_unmap_aliases();
}

static void begin_run(struct kunit *test, u64 seed)
{
	static const unsigned int sizes[NR_CACHES] = { 24, 300, 2000 };
	unsigned int i;

	memset(&f, 0, sizeof(f));
	prandom_seed_state(&f.random, seed);
	f.most = (totalram_pages() << PAGE_SHIFT) / 2;
	for (i = 0; i < NR_CACHES; i++)
		f.caches[i] = slab_test_cache(test, sizes[i], 0, SLAB_NO_MERGE, NULL);
	KUNIT_ASSERT_EQ(test, kunit_add_action(test, end_run, NULL), 0);
	f.pools[0] = mempool_create_page_pool(4, 0);
	for (i = 1; i < NR_CACHES; i++)
		f.pools[i] = mempool_create_slab_pool(4, f.caches[i]);
	for (i = 0; i < NR_CACHES; i++)
		KUNIT_ASSERT_NOT_NULL(test, f.pools[i]);
}

/* Memory fills up and is emptied, eight times. */
static void run(struct kunit *test, unsigned long operations, u64 seed)
{
	unsigned long done, part = max(operations / 16, 1UL);

	if (totalram_pages() < 1500)
		kunit_skip(test, "too little memory for all families at once");
	begin_run(test, seed);
	for (done = 0; done < operations && !f.wrong; done++) {
		operate(done / part % 2 ? f.most / 8 : f.most);
		if (done % part == part - 1)
			KUNIT_ASSERT_EQ(test, mm_check(), 0);
	}
	KUNIT_EXPECT_NULL_MSG(test, f.wrong, "%s, after %lu operations",
			      f.wrong ? f.wrong->name : "", done);
	KUNIT_EXPECT_GT(test, f.made, operations / 4);
	kunit_info(test, "%lu pieces, %lu refused, looked at %lu times\n", f.made, f.refused,
		   f.looks);
}

static void a_hundred_thousand_operations(struct kunit *test)
{
	run(test, totalram_pages() >= 50000 ? 100000 : 2 * totalram_pages(), 1);
}

static void some_operations(struct kunit *test)
{
	run(test, 300, 2);
}

static struct kunit_case families_cases[] = {
	KUNIT_CASE(some_operations),
	KUNIT_CASE_SLOW(a_hundred_thousand_operations),
	{},
};

static struct kunit_suite families_suite = {
	.name = "families",
	.init = slab_count_init,
	.exit = slab_count_exit,
	.test_cases = families_cases,
};
kunit_test_suite(families_suite);
