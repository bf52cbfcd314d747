/* SPDX-License-Identifier: MIT */
/*
 * Addresses for pages that may have none. A lowmem page is its own address in the direct
 * mapping; a highmem page gets one for a while. Behaviour: Linux 6.1.
 *
 * kmap_local_page() is for any context and never sleeps. The address is good for this caller
 * until kunmap_local(): who sleeps or is preempted finds it again, on the same CPU. Mappings
 * end in the reverse order in which they were made, at most KM_MAX_IDX deep. kmap_atomic()
 * is the older form: until kunmap_atomic() preemption and page faults are off.
 *
 * kmap() may sleep until one of LAST_PKMAP addresses is free. The address is good on all CPUs,
 * for everybody, until each kmap() of the page has had its kunmap(). Process context.
 */
#ifndef _LINUX_HIGHMEM_H
#define _LINUX_HIGHMEM_H

#include <linux/build_bug.h>
#include <linux/cacheflush.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/preempt.h>
#include <linux/string.h>
#include <linux/uaccess.h>
#include <asm/kmap_size.h>

#define kmap_prot PAGE_KERNEL

void *kmap_local_page(struct page *page);
void *kmap_local_page_prot(struct page *page, pgprot_t prot);
/* Always by a mapping of its own, whatever memory it is. */
void *kmap_local_pfn(unsigned long pfn);
void kunmap_local_indexed(const void *address);

#define __kunmap_local(address)                                            \
	do {                                                               \
		const void *__mapped = (address);                          \
		if ((unsigned long)__mapped >= (unsigned long)high_memory) \
			kunmap_local_indexed(__mapped);                    \
	} while (0)

/* Any address inside the page will do. */
#define kunmap_local(address)                                        \
	do {                                                         \
		BUILD_BUG_ON(__same_type((address), struct page *)); \
		__kunmap_local(address);                             \
	} while (0)

static inline void __kmap_atomic_begin(void)
{
	preempt_disable();
	pagefault_disable();
}

static inline void *kmap_atomic(struct page *page)
{
	__kmap_atomic_begin();
	return kmap_local_page(page);
}

static inline void *kmap_atomic_prot(struct page *page, pgprot_t prot)
{
	__kmap_atomic_begin();
	return kmap_local_page_prot(page, prot);
}

static inline void *kmap_atomic_pfn(unsigned long pfn)
{
	__kmap_atomic_begin();
	return kmap_local_pfn(pfn);
}

#define kunmap_atomic(address)         \
	do {                           \
		kunmap_local(address); \
		pagefault_enable();    \
		preempt_enable();      \
	} while (0)

void *kmap_high(struct page *page);
void kunmap_high(struct page *page);

static inline void *kmap(struct page *page)
{
	might_sleep();
	return PageHighMem(page) ? kmap_high(page) : page_to_virt(page);
}

static inline void kunmap(struct page *page)
{
	might_sleep();
	if (PageHighMem(page))
		kunmap_high(page);
}

/* The page behind any of these addresses, while it is mapped. */
struct page *kmap_to_page(void *address);
/* No CPU can use what was kunmap()ped before. Process context. */
void kmap_flush_unused(void);

/* kernel/sched.c: a task that has local mappings gives the CPU away, and has it again. */
struct task_struct;
DECLARE_PER_CPU(unsigned long, kmap_next);
DECLARE_PER_CPU(unsigned long, kmap_first);

static inline bool kmap_local_in_use(void)
{
	return !arch_this_cpu_equals(kmap_next, arch_this_cpu_read(kmap_first));
}

void __kmap_local_sched_out(struct task_struct *task);
void __kmap_local_sched_in(struct task_struct *task);

/* Pages of the CPUs' lists do not count. */
static inline unsigned int nr_free_highpages(void)
{
	return READ_ONCE(contig_page_data.node_zones[ZONE_HIGHMEM].nr_free_pages);
}

/* --- what is done with such pages, in any context ------------------------------------------- */

static inline void memcpy_page(struct page *to, size_t to_offset, struct page *from,
			       size_t from_offset, size_t length)
{
	char *destination = kmap_local_page(to), *source = kmap_local_page(from);

	VM_BUG_ON(to_offset + length > PAGE_SIZE || from_offset + length > PAGE_SIZE);
	memcpy(destination + to_offset, source + from_offset, length);
	kunmap_local(source);
	kunmap_local(destination);
}

static inline void memmove_page(struct page *to, size_t to_offset, struct page *from,
				size_t from_offset, size_t length)
{
	char *destination = kmap_local_page(to);
	char *source = to == from ? destination : kmap_local_page(from);

	VM_BUG_ON(to_offset + length > PAGE_SIZE || from_offset + length > PAGE_SIZE);
	memmove(destination + to_offset, source + from_offset, length);
	if (to != from)
		kunmap_local(source);
	kunmap_local(destination);
}

static inline void memset_page(struct page *page, size_t offset, int value, size_t length)
{
	char *address = kmap_local_page(page);

	VM_BUG_ON(offset + length > PAGE_SIZE);
	memset(address + offset, value, length);
	kunmap_local(address);
}

static inline void memcpy_from_page(char *to, struct page *page, size_t offset, size_t length)
{
	char *address = kmap_local_page(page);

	VM_BUG_ON(offset + length > PAGE_SIZE);
	memcpy(to, address + offset, length);
	kunmap_local(address);
}

static inline void memcpy_to_page(struct page *page, size_t offset, const char *from, size_t length)
{
	char *address = kmap_local_page(page);

	VM_BUG_ON(offset + length > PAGE_SIZE);
	memcpy(address + offset, from, length);
	kunmap_local(address);
}

static inline void memzero_page(struct page *page, size_t offset, size_t length)
{
	memset_page(page, offset, 0, length);
}

/* [start1, end1) and [start2, end2) of the page. */
static inline void zero_user_segments(struct page *page, unsigned int start1, unsigned int end1,
				      unsigned int start2, unsigned int end2)
{
	if (end1 > start1)
		memzero_page(page, start1, end1 - start1);
	if (end2 > start2)
		memzero_page(page, start2, end2 - start2);
}

static inline void zero_user_segment(struct page *page, unsigned int start, unsigned int end)
{
	zero_user_segments(page, start, end, 0, 0);
}

static inline void zero_user(struct page *page, unsigned int start, unsigned int size)
{
	zero_user_segments(page, start, start + size, 0, 0);
}

static inline void clear_highpage(struct page *page)
{
	memzero_page(page, 0, PAGE_SIZE);
}

static inline void copy_highpage(struct page *to, struct page *from)
{
	memcpy_page(to, 0, from, 0, PAGE_SIZE);
}

/* For a user's page. Where he sees it does not matter to x86's caches. */
static inline void clear_user_highpage(struct page *page, unsigned long user_address)
{
	clear_highpage(page);
}

struct vm_area_struct;

static inline void copy_user_highpage(struct page *to, struct page *from,
				      unsigned long user_address, struct vm_area_struct *vma)
{
	copy_highpage(to, from);
}

#endif
