// SPDX-License-Identifier: MIT
/*
 * Highmem: RAM that the direct mapping has no room for.
 *
 * The kernel's last GiB of addresses maps 896 MiB of RAM for good. A page above has a struct page
 * but no address; to touch it, it is mapped for a while, in one of two ways.
 *
 * kmap_local_page(): into a slot of this CPU's, in the fixmap. The slots are a stack, so a slot is
 * taken by one instruction, which no interrupt splits; an interrupt that maps too uses the slots
 * below and leaves them empty:
 *
 *	FIX_KMAP_BEGIN + cpu * KM_MAX_IDX   [page A][page B][    ][    ] ...	addresses fall
 *	                                                      ^ kmap_next
 *
 * Nobody else uses these addresses, so nobody else has to be told when one ends: the pte is
 * cleared, and flushed from this CPU's TLB. If the task is taken off the CPU, its slots' entries
 * are kept in it and cleared, for the next one to use; it is not moved to another CPU meanwhile, and
 * has them back when it runs again.
 *
 * kmap(): into one of LAST_PKMAP addresses that all CPUs see. To flush all TLBs at each kunmap()
 * would cost too much, so an address that nobody uses any more stays mapped, until all
 * addresses have been gone through; then all unused ones are flushed at once:
 *
 *	pkmap_count   0  free: no TLB knows it
 *	              1  unused, but mapped: kmap() of the same page takes it again
 *	              n  n - 1 users
 *
 *	kmap():  0 -> 2, from pkmap_last on     or, of a page that has an address, n -> n + 1
 *	kunmap(): n -> n - 1
 *	at the end of the table: every 1 -> 0, one flush for all; where there is no 0 then, sleep
 *
 * Which address a page has is found by hash chains of slot numbers.
 *
 * Worked example: copy_highpage() maps the target in slot 0 and the source in slot 1, copies, and
 * unmaps in reverse order. 600 pages kmap()ped one after another: 512 get an address without
 * a flush, the 513th flushes 512 at once, 88 more get addresses.
 *
 * Cost: kmap_local_page() and kunmap_local() of a highmem page 40 instructions, of another 16; a
 * task switch 5 to see that there are none. kmap() and kunmap() 171, and a share of a flush.
 *
 * Invariants:
 *	I-highmem-1  a local mapping ends in order, and no more than KM_MAX_IDX are nested (BUG)
 *	I-highmem-2  of a CPU's local slots those that are taken are mapped, but one of the process's
 *		     and one of the softirq's that are just being taken; the others are not
 *	I-highmem-3  a pkmap address is mapped if and only if its count is not 0
 *	I-highmem-4  the page that it maps is found by the hash, and each is once in it
 *
 * Locking: kmap_lock, process context, interrupts on: a flush is waited for under it. Inside it
 * hash_lock, with interrupts off, for page_address(), which is for any context: who changes the
 * chains holds both.
 *
 * Left out: addresses for whole folios.
 */
#include <linux/highmem.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/pgtable.h>
#include <linux/sched.h>
#include <linux/spinlock.h>
#include <linux/wait.h>
#include <asm/fixmap.h>
#include <asm/tlbflush.h>

#include "internal.h"

/* --- local mappings --------------------------------------------------------------------------- */

/* Addresses of ptes: the next slot's, the first one's, and that behind the last, downwards. */
DEFINE_PER_CPU(unsigned long, kmap_next);
DEFINE_PER_CPU(unsigned long, kmap_first);
static DEFINE_PER_CPU(unsigned long, kmap_end);
static pte_t kmap_pte; /* PAGE_KERNEL as far as the CPU has it, of frame 0 */

#define FIRST_PTE ((unsigned long)fixmap_page_table)

static __always_inline void *pte_to_slot(unsigned long pte)
{
	return (void *)(FIXADDR_START + ((pte - FIRST_PTE) << (PAGE_SHIFT - 3)));
}

static __always_inline unsigned long slot_to_pte(unsigned long address)
{
	return (address >> PAGE_SHIFT) * sizeof(pte_t) +
	       (FIRST_PTE - (FIXADDR_START >> PAGE_SHIFT) * sizeof(pte_t));
}

/* The CPU on which the slot is taken is where the task stays until it has given it back. */
static __always_inline void *map_local(unsigned long pfn, const pte_t *prot)
{
	unsigned long slot = arch_this_cpu_xadd(kmap_next, -sizeof(pte_t));
	pte_t *pte = (pte_t *)slot;

	if (arch_this_cpu_equals(kmap_end, slot)) {
		/* Interrupts that come after the report map too, and the next slots are another CPU's. */
		arch_this_cpu_add(kmap_next, sizeof(pte_t));
		BUG();
	}
	VM_BUG_ON(pte_present(*pte));
	WRITE_ONCE(pte->pte_high, pfn >> (32 - PAGE_SHIFT) | prot->pte_high);
	barrier();
	WRITE_ONCE(pte->pte_low, pfn << PAGE_SHIFT | prot->pte_low);
	return pte_to_slot(slot);
}

void *kmap_local_pfn(unsigned long pfn)
{
	return map_local(pfn, &kmap_pte);
}

void *kmap_local_page(struct page *page)
{
	unsigned long pfn = page_to_pfn(page);

	return pfn < max_low_pfn ? pfn_to_virt(pfn) : map_local(pfn, &kmap_pte);
}

void *kmap_local_page_prot(struct page *page, pgprot_t prot)
{
	unsigned long pfn = page_to_pfn(page);
	pte_t pte = pfn_pte(0, prot);

	return pfn < max_low_pfn ? pfn_to_virt(pfn) : map_local(pfn, &pte);
}

void kunmap_local_indexed(const void *address)
{
	pte_t *pte = (pte_t *)(slot_to_pte((unsigned long)address) - sizeof(pte_t));

	OPTIMIZER_HIDE_VAR(pte); /* or the compiler would have an address for each half */
	/* Out of order, or never mapped. */
	BUG_ON(!arch_this_cpu_equals(kmap_next, (unsigned long)pte));
	VM_BUG_ON(!pte_present(pte[1]));
	WRITE_ONCE(pte[1].pte_low, 0);
	WRITE_ONCE(pte[1].pte_high, 0);
	__flush_tlb_one((unsigned long)address);
	arch_this_cpu_add(kmap_next, sizeof(pte_t));
}

/* Both with interrupts off. Who has taken more than there are has ended by it. */
void __kmap_local_sched_out(struct task_struct *task)
{
	pte_t *first = (pte_t *)this_cpu_read(kmap_first),
	      *next = (pte_t *)this_cpu_read(kmap_next);
	struct kmap_ctrl *ctrl = &task->kmap_ctrl;
	pte_t *pte;

	for (pte = first; pte > next && ctrl->idx < KM_MAX_IDX; pte--) {
		ctrl->pteval[ctrl->idx++] = *pte;
		pte_clear(pte);
		__flush_tlb_one((unsigned long)pte_to_slot((unsigned long)pte));
	}
	this_cpu_write(kmap_next, (unsigned long)first);
}

void __kmap_local_sched_in(struct task_struct *task)
{
	struct kmap_ctrl *ctrl = &task->kmap_ctrl;
	pte_t *pte = (pte_t *)this_cpu_read(kmap_first);
	int idx;

	for (idx = 0; idx < ctrl->idx; idx++)
		set_pte(pte--, ctrl->pteval[idx]);
	this_cpu_write(kmap_next, (unsigned long)pte);
	ctrl->idx = 0;
}

/* --- mappings that all CPUs see ------------------------------------------------------------------ */

#define NO_SLOT LAST_PKMAP

static pte_t *pkmap_page_table; /* there is none without highmem */
static int pkmap_count[LAST_PKMAP];
static unsigned int pkmap_last = LAST_PKMAP - 1; /* the one that was taken last */
static DEFINE_SPINLOCK(kmap_lock);		 /* all of these */
static DECLARE_WAIT_QUEUE_HEAD(kmap_wait);	 /* for a count to become 1 */

static u16 hash_head[LAST_PKMAP], hash_next[LAST_PKMAP]; /* slots, or NO_SLOT */
static DEFINE_SPINLOCK(hash_lock);			 /* these, while there are counts above 0 */

static void *pkmap_address(unsigned int slot)
{
	return (void *)(PKMAP_BASE + slot * PAGE_SIZE);
}

static u16 *chain_of(const struct page *page)
{
	return &hash_head[page_to_pfn(page) % LAST_PKMAP];
}

/* Under kmap_lock or hash_lock. */
static unsigned int slot_of(const struct page *page)
{
	unsigned int slot = *chain_of(page);

	while (slot != NO_SLOT && pte_page(pkmap_page_table[slot]) != page)
		slot = hash_next[slot];
	return slot;
}

void *page_address_high(const struct page *page)
{
	unsigned long flags;
	unsigned int slot;

	spin_lock_irqsave(&hash_lock, flags);
	slot = slot_of(page);
	spin_unlock_irqrestore(&hash_lock, flags);
	return slot != NO_SLOT && READ_ONCE(pkmap_count[slot]) > 1 ? pkmap_address(slot) : NULL;
}

static void put_in_slot(unsigned int slot, struct page *page)
{
	unsigned long flags;

	spin_lock_irqsave(&hash_lock, flags);
	set_pte(&pkmap_page_table[slot], mk_pte(page, PAGE_KERNEL));
	hash_next[slot] = *chain_of(page);
	*chain_of(page) = slot;
	pkmap_count[slot] = 1; /* with interrupts off: mm_check() comes when they are on */
	spin_unlock_irqrestore(&hash_lock, flags);
}

static void empty_slot(unsigned int slot)
{
	u16 *link = chain_of(pte_page(pkmap_page_table[slot]));
	unsigned long flags;

	spin_lock_irqsave(&hash_lock, flags);
	while (*link != slot)
		link = &hash_next[*link];
	*link = hash_next[slot];
	pte_clear(&pkmap_page_table[slot]);
	pkmap_count[slot] = 0;
	spin_unlock_irqrestore(&hash_lock, flags);
}

/* Nobody takes a slot that a TLB may still know: kmap_lock is held. */
static void flush_unused(void)
{
	unsigned int slot, nr = 0;

	for (slot = 0; slot < LAST_PKMAP; slot++) {
		if (pkmap_count[slot] != 1)
			continue;
		empty_slot(slot);
		nr++;
	}
	if (nr)
		flush_tlb_kernel_range(PKMAP_BASE, PKMAP_BASE + LAST_PKMAP * PAGE_SIZE);
}

void kmap_flush_unused(void)
{
	spin_lock(&kmap_lock);
	flush_unused();
	spin_unlock(&kmap_lock);
}

/* From the last one on; at the end of the table, flushed, from its beginning. */
static unsigned int find_free_slot(void)
{
	unsigned int slot;

	for (slot = pkmap_last + 1; slot < LAST_PKMAP; slot++)
		if (!pkmap_count[slot])
			return slot;
	flush_unused();
	for (slot = 0; slot < LAST_PKMAP; slot++)
		if (!pkmap_count[slot])
			break;
	return slot;
}

/* A slot that maps the page, its user counted; NO_SLOT: none is free. */
static unsigned int get_slot(struct page *page)
{
	unsigned int slot = slot_of(page);

	if (slot == NO_SLOT) {
		slot = find_free_slot();
		if (slot == NO_SLOT)
			return slot;
		pkmap_last = slot;
		put_in_slot(slot, page);
	}
	pkmap_count[slot]++;
	return slot;
}

static unsigned int try_to_get_slot(struct page *page)
{
	unsigned int slot;

	spin_lock(&kmap_lock);
	slot = get_slot(page);
	spin_unlock(&kmap_lock);
	return slot;
}

void *kmap_high(struct page *page)
{
	unsigned int slot;

	wait_event(kmap_wait, (slot = try_to_get_slot(page)) != NO_SLOT);
	return pkmap_address(slot);
}

void kunmap_high(struct page *page)
{
	unsigned int slot;
	bool unused;

	spin_lock(&kmap_lock);
	slot = slot_of(page);
	/* More often than it was mapped. */
	BUG_ON(slot == NO_SLOT || pkmap_count[slot] < 2);
	unused = --pkmap_count[slot] == 1;
	spin_unlock(&kmap_lock);
	if (unused && wq_has_sleeper(&kmap_wait))
		wake_up(&kmap_wait);
}

/* --- looking, the boot, checking ------------------------------------------------------------------ */

struct page *kmap_to_page(void *address)
{
	unsigned long page = (unsigned long)address & PAGE_MASK;

	return page < PKMAP_BASE ? virt_to_page(address) : pte_page(*virt_to_kpte(page));
}

void __init kmap_init(void)
{
	unsigned int cpu, slot;

	kmap_pte = pfn_pte(0, PAGE_KERNEL);
	for_each_possible_cpu(cpu) {
		unsigned long first = slot_to_pte(fix_to_virt(FIX_KMAP_BEGIN + cpu * KM_MAX_IDX));

		per_cpu(kmap_next, cpu) = per_cpu(kmap_first, cpu) = first;
		per_cpu(kmap_end, cpu) = first - KM_MAX_IDX * sizeof(pte_t);
	}
	for (slot = 0; slot < LAST_PKMAP; slot++)
		hash_head[slot] = NO_SLOT;
	if (max_pfn == max_low_pfn)
		return;
	pkmap_page_table = pte_alloc_kernel(pmd_off_k(PKMAP_BASE), PKMAP_BASE);
	if (!pkmap_page_table)
		panic("no memory for the page table of kmap()");
}

static int check_local(unsigned int cpu)
{
	pte_t *pte = (pte_t *)per_cpu(kmap_first, cpu), *next = (pte_t *)per_cpu(kmap_next, cpu);
	int found = 0, just_taken = 0;

	for (; pte != (pte_t *)per_cpu(kmap_end, cpu); pte--) {
		if (pte_present(*pte) == (pte > next) || (pte > next && ++just_taken <= 2))
			continue;
		found += mm_problem("I-highmem-2", "kmap_local of CPU %u at %px: entry %016llx",
				    cpu, pte_to_slot((unsigned long)pte), pte_val(*pte));
	}
	return found;
}

int highmem_check(void)
{
	unsigned int cpu, chain, slot, hashed = 0, mapped = 0;
	unsigned long flags;
	int found = 0;

	for_each_possible_cpu(cpu)
		found += check_local(cpu);
	if (!pkmap_page_table)
		return found;
	spin_lock_irqsave(&hash_lock, flags);
	for (chain = 0; chain < LAST_PKMAP; chain++)
		for (slot = hash_head[chain]; slot != NO_SLOT && hashed <= LAST_PKMAP; hashed++)
			slot = hash_next[slot];
	for (slot = 0; slot < LAST_PKMAP; slot++) {
		pte_t pte = pkmap_page_table[slot];

		mapped += pte_present(pte);
		if (pte_present(pte) != (pkmap_count[slot] > 0))
			found += mm_problem("I-highmem-3", "kmap slot %u: entry %016llx, count %d",
					    slot, pte_val(pte), pkmap_count[slot]);
		else if (pte_present(pte) && slot_of(pte_page(pte)) != slot)
			found += mm_problem("I-highmem-4", "kmap slot %u is not found by its page",
					    slot);
	}
	spin_unlock_irqrestore(&hash_lock, flags);
	if (hashed != mapped)
		found += mm_problem("I-highmem-4", "%u slots in the hash, %u are mapped", hashed,
				    mapped);
	return found;
}
