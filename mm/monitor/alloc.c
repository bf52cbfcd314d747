// SPDX-License-Identifier: MIT
/*
 * `alloc page`, `alloc kmalloc`, `alloc cache`, `alloc vmalloc`, `alloc kvmalloc`, `free`,
 * `handles`: the allocators by hand.
 *
 * What a person is given has a number, its handle. Numbers are never used again, so
 * that a handle given back twice is told from one that somebody else has now.
 */
#include <linux/kernel.h>
#include <linux/preempt.h>
#include <linux/string.h>
#include <linux/vmalloc.h>

#include "../slab.h"
#include "../vmalloc.h"
#include "monitor.h"

#define NR_HANDLES 1024

static struct handle {
	struct page *page; /* a block of 2^order pages, or NULL */
	void *object;	   /* or an object; NULL too: the entry is unused */
	unsigned int number, order;
	size_t size; /* of the object: what was asked for */
	gfp_t gfp;
} handles[NR_HANDLES];

static unsigned int last_number;

/* The next entry in use after one, or after NULL the first; NULL at the end. */
static struct handle *next_handle(struct handle *handle)
{
	for (handle = handle ? handle + 1 : handles; handle < handles + NR_HANDLES; handle++)
		if (handle->page || handle->object)
			return handle;
	return NULL;
}

/* An unused entry; NULL, and a sentence, if there is none. */
static struct handle *unused_handle(void)
{
	struct handle *handle;

	for (handle = handles; handle < handles + NR_HANDLES; handle++)
		if (!handle->page && !handle->object)
			return handle;
	mprintf("all %d handles are in use: free some first ('handles' shows them)\n", NR_HANDLES);
	return NULL;
}

unsigned int handle_of(const struct page *page, struct page **block, unsigned int *order)
{
	struct handle *handle;

	for (handle = next_handle(NULL); handle; handle = next_handle(handle)) {
		if (!handle->page || !is_in_block(page, handle->page, handle->order))
			continue;
		*block = handle->page;
		*order = handle->order;
		return handle->number;
	}
	return 0;
}

unsigned int handle_of_object(const void *object)
{
	struct handle *handle;

	for (handle = next_handle(NULL); handle; handle = next_handle(handle))
		if (handle->object == object)
			return handle->number;
	return 0;
}

/* The cache that a handle's object is from; NULL: whole pages were taken for it. */
static struct kmem_cache *handle_cache(const struct handle *handle)
{
	struct slab *slab = is_vmalloc_addr(handle->object) ? NULL : virt_to_slab(handle->object);

	return slab ? slab->slab_cache : NULL;
}

/* Where it came from, in words. */
static const char *handle_source(const struct handle *handle)
{
	const struct kmem_cache *cache = handle_cache(handle);

	if (cache)
		return cache->name;
	return is_vmalloc_addr(handle->object) ? "vmalloc" : "the page allocator";
}

/* What its owner may use. */
static size_t usable_bytes(const struct handle *handle)
{
	const struct kmem_cache *cache = handle_cache(handle);

	if (cache)
		return cache->object_size;
	return is_vmalloc_addr(handle->object) ? PAGE_ALIGN(handle->size)
					       : page_size(virt_to_page(handle->object));
}

static unsigned long handle_pages(const struct handle *handle)
{
	return handle->page ? 1UL << handle->order : 0;
}

/* --- showing ------------------------------------------------------------------------- */

static void print_pages(const struct handle *handle)
{
	void *address = page_address(handle->page);

	mprintf("#%u: pfn %lu, phys 0x%llx, ", handle->number, page_to_pfn(handle->page),
		(u64)page_to_phys(handle->page));
	if (address)
		mprintf("virt 0x%lx, ", (unsigned long)address);
	else
		mprintf("no address: highmem, ");
	mprintf("zone %s, order %u (%lu page%s, %s), ", page_zone(handle->page)->name,
		handle->order, COUNTED(1UL << handle->order), PAGES_TEXT(1UL << handle->order));
	mprintf("%pGg\n", &handle->gfp);
}

static void print_object(const struct handle *handle)
{
	size_t usable = usable_bytes(handle);
	unsigned long pages = usable >> PAGE_SHIFT;

	mprintf("#%u: virt 0x%px, %zu byte%s of %zu, ", handle->number, handle->object,
		COUNTED(handle->size), usable);
	if (is_vmalloc_addr(handle->object))
		mprintf("%lu page%s by vmalloc, ", COUNTED(pages));
	else if (handle_cache(handle))
		mprintf("%s, ", handle_cache(handle)->name);
	else
		mprintf("order %u (%lu page%s), ", get_order(usable), COUNTED(pages));
	mprintf("%pGg\n", &handle->gfp);
}

static void print_handle(const struct handle *handle)
{
	(handle->page ? print_pages : print_object)(handle);
}

static void json_handle(const struct handle *handle)
{
	const struct kmem_cache *cache = handle->page ? NULL : handle_cache(handle);
	struct page *page = handle->page;
	char gfp[MONITOR_LINE_MAX - 2];

	snprintf(gfp, sizeof(gfp), "%pGg", &handle->gfp);
	json_begin();
	json_number("handle", handle->number);
	if (page) {
		json_number("pfn", page_to_pfn(page));
		json_number("phys_address", page_to_phys(page));
		json_number("virt_address", (unsigned long)page_address(page));
		json_text("zone", page_zone(page)->name);
		json_number("order", handle->order);
	} else {
		json_number("virt_address", (unsigned long)handle->object);
		json_number("asked_bytes", handle->size);
		json_number("usable_bytes", usable_bytes(handle));
		json_text("cache", cache ? cache->name : "");
	}
	json_text("gfp", gfp);
	json_end();
}

/* "2 handles, 3 pages, 12 KiB, 1 object" */
static int cmd_handles(int argc, char **argv)
{
	unsigned long nr = 0, pages = 0, objects = 0;
	struct handle *handle;
	bool json;

	if (listing_arguments(argc, argv, &json))
		return -EINVAL;
	for (handle = next_handle(NULL); handle; handle = next_handle(handle)) {
		nr++;
		pages += handle_pages(handle);
		objects += !handle->page;
		(json ? json_handle : print_handle)(handle);
	}
	if (json)
		return 0;
	mprintf("%lu handle%s, %lu page%s, %s", COUNTED(nr), COUNTED(pages), PAGES_TEXT(pages));
	if (objects)
		mprintf(", %lu object%s", COUNTED(objects));
	mprintf("\n");
	if (filled_pages)
		mprintf("and fill holds %lu pages, %s\n", filled_pages, PAGES_TEXT(filled_pages));
	return 0;
}

MONITOR_COMMAND("handles", "[--json]", "what `alloc` gave and `free` has not taken", cmd_handles);

/* --- taking -------------------------------------------------------------------------- */

static void number_and_show(struct handle *handle, gfp_t gfp)
{
	handle->number = ++last_number;
	handle->gfp = gfp;
	print_handle(handle);
}

static int cmd_alloc_page(int argc, char **argv)
{
	struct handle *handle;
	unsigned int order;
	gfp_t gfp;

	if (argc < 3)
		return monitor_usage(argv[0]);
	if (parse_order(argv[1], &order) || parse_gfp(argc - 2, argv + 2, &gfp))
		return -EINVAL;
	handle = unused_handle();
	if (!handle)
		return -ENOSPC;
	handle->page = monitor_alloc(gfp, order);
	if (!handle->page) {
		mprintf("refused: order %u, %pGg\n", order, &gfp);
		explain_refusal(gfp, order);
		return -ENOMEM;
	}
	handle->order = order;
	number_and_show(handle, gfp);
	return 0;
}

static void complete_alloc(struct monitor_completion *completion, int argc, char **argv)
{
	if (argc >= 2)
		offer_gfp(completion);
}

MONITOR_COMMAND_COMPLETE("alloc page", "ORDER GFP...", "take 2^ORDER pages", cmd_alloc_page,
			 complete_alloc);

/* What slabs report as a caller's bug is refused here. */
static int check_object_gfp(const struct kmem_cache *cache, gfp_t gfp)
{
	gfp_t bad = gfp & GFP_SLAB_BUG_MASK;

	if (bad) {
		mprintf("%pGg is no flag for objects: slabs are in normal memory or, with GFP_DMA, "
			"below 16 MiB\n",
			&bad);
		return -EINVAL;
	}
	if (cache && cache->ctor && (gfp & __GFP_ZERO)) {
		mprintf("%s has a constructor: __GFP_ZERO would undo its work\n", cache->name);
		return -EINVAL;
	}
	return 0;
}

static gfp_t survivable(gfp_t gfp)
{
	return (gfp & ~__GFP_NOFAIL) | __GFP_NOWARN;
}

/* `cache` is where it was to come from; NULL: whole pages. */
static int keep_object(struct handle *handle, void *object, const struct kmem_cache *cache,
		       size_t size, gfp_t gfp)
{
	if (!object) {
		mprintf("refused: %zu bytes, %pGg\n", size, &gfp);
		if (cache)
			mprintf("%s has no free object, and gets no pages for more:\n",
				cache->name);
		explain_refusal(cache ? gfp | cache->allocflags : gfp,
				cache ? cache->min.order : get_order(size));
		return -ENOMEM;
	}
	handle->object = object;
	handle->size = size;
	number_and_show(handle, gfp);
	return 0;
}

static int cmd_alloc_kmalloc(int argc, char **argv)
{
	struct kmem_cache *cache = NULL;
	struct handle *handle;
	unsigned long size;
	gfp_t gfp;

	if (argc < 3)
		return monitor_usage(argv[0]);
	if (monitor_parse_ulong(argv[1], &size) || parse_gfp(argc - 2, argv + 2, &gfp) ||
	    check_object_gfp(NULL, gfp))
		return -EINVAL;
	if (size > KMALLOC_MAX_SIZE) {
		mprintf("%lu bytes are too many: kmalloc gives at most %lu, %s\n", size,
			KMALLOC_MAX_SIZE, size_text(KMALLOC_MAX_SIZE).text);
		return -EINVAL;
	}
	if (!size) {
		mprintf("kmalloc(0) gives ZERO_SIZE_PTR, 0x%px: to be freed, never to be "
			"touched\n",
			ZERO_SIZE_PTR);
		return 0;
	}
	handle = unused_handle();
	if (!handle)
		return -ENOSPC;
	if (size <= KMALLOC_MAX_CACHE_SIZE)
		cache = kmalloc_caches[kmalloc_type(gfp)][kmalloc_index(size)];
	return keep_object(handle, kmalloc(size, survivable(gfp)), cache, size, gfp);
}

MONITOR_COMMAND_COMPLETE("alloc kmalloc", "SIZE GFP...", "take an object of that many bytes",
			 cmd_alloc_kmalloc, complete_alloc);

static int cmd_alloc_cache(int argc, char **argv)
{
	struct kmem_cache *cache;
	struct handle *handle;
	gfp_t gfp;

	if (argc < 3)
		return monitor_usage(argv[0]);
	cache = parse_cache(argv[1]);
	if (!cache || parse_gfp(argc - 2, argv + 2, &gfp) || check_object_gfp(cache, gfp))
		return -EINVAL;
	handle = unused_handle();
	if (!handle)
		return -ENOSPC;
	return keep_object(handle, kmem_cache_alloc(cache, survivable(gfp)), cache,
			   cache->object_size, gfp);
}

static void complete_alloc_cache(struct monitor_completion *completion, int argc, char **argv)
{
	if (argc == 1)
		offer_caches(completion);
	else
		offer_gfp(completion);
}

MONITOR_COMMAND_COMPLETE("alloc cache", "CACHE GFP...", "take an object of a slab cache",
			 cmd_alloc_cache, complete_alloc_cache);

/* --- vmalloc, and kmalloc with vmalloc behind it ------------------------------------------ */

/* Why vmalloc() gave nothing. */
static void explain_vmalloc(unsigned long size, gfp_t gfp)
{
	struct vmalloc_info info;

	mprintf("refused: %lu bytes, %pGg\n", size, &gfp);
	if (!gfpflags_allow_blocking(gfp)) {
		mprintf("  these flags keep vmalloc out, which sleeps, and kmalloc gives no more "
			"than "
			"%s:\n",
			size_text(KMALLOC_MAX_SIZE).text);
		explain_refusal(gfp, min(get_order(size), MAX_PAGE_ORDER));
		return;
	}
	if (!preemptible()) /* to look takes a lock that is for threads */
		return;
	vmalloc_get_info(&info);
	if (size >> PAGE_SHIFT > totalram_pages())
		mprintf("  there are %lu pages in all\n", totalram_pages());
	else if (PAGE_ALIGN(size) + PAGE_SIZE > info.largest_free)
		mprintf("  no hole is large enough, with a guard page: the largest has %s\n",
			size_text(info.largest_free).text);
	else
		mprintf("  %lu pages were wanted, one by one; %lu are free again, of which some "
			"must stay: 'zones' says how many\n",
			PAGE_ALIGN(size) >> PAGE_SHIFT, nr_free_pages());
}

static int keep_vmalloc(struct handle *handle, void *object, unsigned long size, gfp_t gfp)
{
	if (object)
		return keep_object(handle, object, NULL, size, gfp);
	explain_vmalloc(size, gfp);
	return -ENOMEM;
}

static int cmd_alloc_vmalloc(int argc, char **argv)
{
	struct handle *handle;
	unsigned long size;
	gfp_t gfp = GFP_KERNEL;

	if (argc < 2)
		return monitor_usage(argv[0]);
	if (monitor_parse_ulong(argv[1], &size) ||
	    (argc > 2 && parse_gfp(argc - 2, argv + 2, &gfp)))
		return -EINVAL;
	if (!size || !gfpflags_allow_blocking(gfp) || in_interrupt() || irqs_disabled()) {
		mprintf("%s\n", !size ? "vmalloc(0) is a bug of its caller's, and gives NULL"
				      : "vmalloc sleeps: not in an interrupt, nor with flags that "
					"forbid it");
		return -EINVAL;
	}
	handle = unused_handle();
	if (!handle)
		return -ENOSPC;
	return keep_vmalloc(handle, __vmalloc(size, survivable(gfp)), size, gfp);
}

MONITOR_COMMAND_COMPLETE("alloc vmalloc", "SIZE [GFP...]",
			 "take pages that are contiguous by address", cmd_alloc_vmalloc,
			 complete_alloc);

static int cmd_alloc_kvmalloc(int argc, char **argv)
{
	struct handle *handle;
	unsigned long size;
	gfp_t gfp;

	if (argc < 3)
		return monitor_usage(argv[0]);
	if (monitor_parse_ulong(argv[1], &size) || parse_gfp(argc - 2, argv + 2, &gfp) ||
	    check_object_gfp(NULL, gfp))
		return -EINVAL;
	if (!size || size > INT_MAX) {
		mprintf("kvmalloc gives 1 to %d bytes\n", INT_MAX);
		return -EINVAL;
	}
	if (in_interrupt() && size > PAGE_SIZE && gfpflags_allow_blocking(gfp)) {
		mprintf("these flags let kvmalloc sleep: in an interrupt that is a BUG\n");
		return -EINVAL;
	}
	handle = unused_handle();
	if (!handle)
		return -ENOSPC;
	return keep_vmalloc(handle, kvmalloc(size, survivable(gfp)), size, gfp);
}

MONITOR_COMMAND_COMPLETE("alloc kvmalloc", "SIZE GFP...",
			 "take an object, by vmalloc if it is large", cmd_alloc_kvmalloc,
			 complete_alloc);

/* --- giving back ---------------------------------------------------------------------- */

/* kvfree() takes an object of any cache, and what vmalloc() gave. */
static void free_handle(struct handle *handle)
{
	if (handle->page)
		__free_pages(handle->page, handle->order);
	else
		kvfree(handle->object);
	handle->page = NULL;
	handle->object = NULL;
}

static int free_everything(void)
{
	unsigned long nr = 0, pages = 0, objects = 0, filled = release_filled();
	struct handle *handle;

	for (handle = next_handle(NULL); handle; handle = next_handle(handle)) {
		nr++;
		pages += handle_pages(handle);
		objects += !handle->page;
		free_handle(handle);
	}
	mprintf("gave back %lu handle%s, %lu page%s, ", COUNTED(nr), COUNTED(pages));
	if (objects)
		mprintf("%lu object%s, ", COUNTED(objects));
	mprintf("and %lu page%s that fill had taken\n", COUNTED(filled));
	return 0;
}

static void free_and_show(struct handle *handle)
{
	mprintf("#%u: gave back ", handle->number);
	if (handle->page) {
		mprintf("%lu page%s from pfn %lu on\n", COUNTED(handle_pages(handle)),
			page_to_pfn(handle->page));
	} else {
		mprintf("0x%px to %s\n", handle->object, handle_source(handle));
	}
	free_handle(handle);
}

static int cmd_free(int argc, char **argv)
{
	struct handle *handle;
	unsigned long number;

	if (argc != 2)
		return monitor_usage(argv[0]);
	if (!strcmp(argv[1], "all"))
		return free_everything();
	if (!strcmp(argv[1], "#")) {
		mprintf("a handle has a number, such as #1; `handles` lists them\n");
		return -EINVAL;
	}
	if (monitor_parse_ulong(argv[1] + (argv[1][0] == '#'), &number))
		return -EINVAL;
	for (handle = next_handle(NULL); handle; handle = next_handle(handle)) {
		if (handle->number != number)
			continue;
		free_and_show(handle);
		return 0;
	}
	if (!number || number > last_number)
		mprintf("there is no handle #%lu; given so far: %u\n", number, last_number);
	else
		mprintf("#%lu was given back before\n", number);
	return -ENOENT;
}

MONITOR_COMMAND("free", "HANDLE|all", "give back what `alloc` took", cmd_free);
