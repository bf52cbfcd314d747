// SPDX-License-Identifier: MIT
/*
 * Memory that need not be contiguous: an image by vmalloc(), a table by kvmalloc(), which is a
 * kmalloc() where that is easy, and pages that are used one by one and also, by vmap(), as one
 * buffer.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/gfp.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/vmalloc.h>

#define NR_PAGES 16

static unsigned int image_kb = 512;
module_param(image_kb, uint, 0444);
MODULE_PARM_DESC(image_kb, "size of the image in KiB");

static u8 *image;
static u32 *table;
static struct page *pages[NR_PAGES];
static u8 *window;

static void free_pages_of_window(void)
{
	unsigned int i;

	for (i = 0; i < NR_PAGES && pages[i]; i++)
		__free_page(pages[i]);
}

static int make_window(void)
{
	unsigned int i;

	for (i = 0; i < NR_PAGES; i++) {
		pages[i] = alloc_page(GFP_KERNEL | __GFP_HIGHMEM | __GFP_ZERO);
		if (!pages[i])
			goto fail;
	}
	window = vmap(pages, NR_PAGES, VM_MAP, PAGE_KERNEL);
	if (window)
		return 0;
fail:
	free_pages_of_window();
	return -ENOMEM;
}

/* Written through the window, a byte lies in the page that it belongs to. */
static bool window_shows_pages(void)
{
	unsigned int i;

	for (i = 0; i < NR_PAGES; i++) {
		window[i * PAGE_SIZE] = i + 1;
		if (vmalloc_to_page(window + i * PAGE_SIZE) != pages[i])
			return false;
	}
	return true;
}

static int __init big_buffers_init(void)
{
	size_t size = (size_t)image_kb << 10;
	int error = -ENOMEM;

	image = vmalloc(size);
	if (!image)
		return error;
	memset(image, 0x5a, size);

	table = kvcalloc(size / PAGE_SIZE, sizeof(*table), GFP_KERNEL);
	if (!table)
		goto free_image;
	error = make_window();
	if (error)
		goto free_table;

	pr_info("image of %u KiB: %s\n", image_kb,
		memchr_inv(image, 0x5a, size) ? "damaged" : "as it was written");
	pr_info("table by %s\n", is_vmalloc_addr(table) ? "vmalloc" : "kmalloc");
	pr_info("window over %u pages: %s\n", NR_PAGES,
		window_shows_pages() ? "shows them" : "shows others");
	return 0;

free_table:
	kvfree(table);
free_image:
	vfree(image);
	return error;
}

static void __exit big_buffers_exit(void)
{
	vunmap(window);
	free_pages_of_window();
	kvfree(table);
	vfree(image);
}

module_init(big_buffers_init);
module_exit(big_buffers_exit);

MODULE_DESCRIPTION("vmalloc, kvmalloc and vmap");
MODULE_LICENSE("GPL");
