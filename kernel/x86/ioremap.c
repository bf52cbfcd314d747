// SPDX-License-Identifier: MIT
/*
 * ioremap(): registers of devices get addresses, in the vmalloc window.
 *
 * They lie anywhere in physical memory, at any byte; an entry maps a page. So the pages that the
 * range touches are mapped, and the address has the range's offset in the first:
 *
 *	physical   febd1000 |........[rrrr|rrr......|	ioremap(0xfebd1ff0, 0x20)
 *	window     c8802000 |........[rrrr|rrr......| guard
 *	                              ^ c8802ff0
 *
 * A register must not come from a cache. What the entry's bits say of that is held against what
 * the firmware has set up for the range (MTRRs); the stricter wins. RAM is refused: its other
 * mapping is cached, and a CPU that has the same memory in both ways may read either.
 *
 * The memory types are those that the CPU has after a reset: PCD and PWT choose uncached
 * (both), uncached unless an MTRR says "write-combining" (PCD), write-through (PWT), cached.
 *
 * Cost: an area (vmap_area.c) and some 50 instructions a page. Process context.
 *
 * Left out: a memory type for write-combining (PAT); reserving the range, so that others
 * do not map it with another type.
 */
#include <linux/io.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/printk.h>
#include <linux/vmalloc.h>
#include <asm/cpufeature.h>

#define PAGE_KERNEL_UC_MINUS __pgprot(__PAGE_KERNEL | _PAGE_PCD)
#define PAGE_KERNEL_WT	     __pgprot(__PAGE_KERNEL | _PAGE_PWT)

/* Reserved frames are nobody's: a table of the firmware may well be in one. */
static bool is_ram(phys_addr_t phys, phys_addr_t last)
{
	phys_addr_t pfn;

	for (pfn = PHYS_PFN(phys); pfn <= PHYS_PFN(last) && pfn < max_pfn; pfn++)
		if (pfn_valid(pfn) && !PageReserved(pfn_to_page(pfn)))
			return true;
	return false;
}

static void __iomem *map_registers(phys_addr_t phys, unsigned long size, pgprot_t prot,
				   const void *caller)
{
	unsigned long offset = phys & ~PAGE_MASK, length = PAGE_ALIGN(size + offset);
	phys_addr_t last = phys + size - 1;
	struct vm_struct *area;

	if (!size || last < phys || length < size)
		return NULL;
	if (WARN_ONCE(last >> boot_cpu.phys_bits, "ioremap: invalid physical address %llx\n",
		      (u64)phys))
		return NULL;
	if (WARN_ONCE(is_ram(phys, last), "ioremap on RAM at %#llx - %#llx\n", (u64)phys,
		      (u64)last))
		return NULL;
	area = get_vm_area_caller(length, VM_IOREMAP, caller);
	if (!area)
		return NULL;
	area->phys_addr = phys - offset;
	if (ioremap_page_range((unsigned long)area->addr, (unsigned long)area->addr + length,
			       phys - offset, prot)) {
		free_vm_area(area);
		return NULL;
	}
	return (void __iomem *)(area->addr + offset);
}

#define CALLER __builtin_return_address(0)

void __iomem *ioremap(phys_addr_t phys, unsigned long size)
{
	return map_registers(phys, size, PAGE_KERNEL_UC_MINUS, CALLER);
}

void __iomem *ioremap_wc(phys_addr_t phys, unsigned long size)
{
	return map_registers(phys, size, PAGE_KERNEL_UC_MINUS, CALLER);
}

void __iomem *ioremap_uc(phys_addr_t phys, unsigned long size)
{
	return map_registers(phys, size, PAGE_KERNEL_NOCACHE, CALLER);
}

void __iomem *ioremap_wt(phys_addr_t phys, unsigned long size)
{
	return map_registers(phys, size, PAGE_KERNEL_WT, CALLER);
}

void __iomem *ioremap_cache(phys_addr_t phys, unsigned long size)
{
	return map_registers(phys, size, PAGE_KERNEL, CALLER);
}

void iounmap(volatile void __iomem *addr)
{
	unsigned long page = (unsigned long)addr & PAGE_MASK;
	struct vm_struct *area;

	if (!is_vmalloc_addr((void *)page))
		return;
	area = find_vm_area((void *)page);
	/* Of two who are at it at once, one removes it. */
	if (WARN(!area || area->addr != (void *)page ||
			 (area->flags & (VM_IOREMAP | VM_UNINITIALIZED)) != VM_IOREMAP ||
			 remove_vm_area((void *)page) != area,
		 "iounmap: bad address %px\n", (void *)addr))
		return;
	free_vm_area(area);
}
