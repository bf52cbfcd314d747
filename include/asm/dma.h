/* SPDX-License-Identifier: MIT */
/*
 * ISA DMA: the two 8237 controllers of a PC. Channels 0 to 3 move bytes, 5 to 7 words of 16 bits;
 * channel 4 connects the two. drivers/isa_dma.c has the theory, docs/isa-dma.md a walk through it.
 *
 *	error = request_dma(2, "floppy");
 *	...
 *	flags = claim_dma_lock();
 *	disable_dma(2);
 *	set_dma_mode(2, DMA_MODE_READ);		from the device into memory
 *	set_dma_addr(2, bus_address);
 *	set_dma_count(2, 512);			bytes, for every channel
 *	enable_dma(2);
 *	release_dma_lock(flags);		now the device may be told to begin
 *
 * The whole transfer must lie below 16 MiB and in one 64 KiB page (128 KiB for channels 5 to 7,
 * where address and length are even, too): __get_dma_pages() and dma_alloc_coherent() with
 * DMA_BIT_MASK(24) give such memory up to that size. enable_dma() warns of any other, and
 * leaves the channel shut: hardware and emulators write elsewhere without a word.
 */
#ifndef _ASM_DMA_H
#define _ASM_DMA_H

#include <linux/compiler.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <asm/io.h>
#include <asm/page.h>

#define MAX_DMA_CHANNELS 8
#define MAX_DMA_PFN	 (16UL << (20 - PAGE_SHIFT))
#define MAX_DMA_ADDRESS	 (PAGE_OFFSET + (MAX_DMA_PFN << PAGE_SHIFT))

/* For set_dma_mode(): a byte or word at each request of the device; cascade for bus masters. */
#define DMA_MODE_READ	 0x44
#define DMA_MODE_WRITE	 0x48
#define DMA_MODE_CASCADE 0xc0
#define DMA_AUTOINIT	 0x10 /* with one of the first two: begins again at the end */

extern spinlock_t dma_spin_lock;

/* The controllers are everybody's: from disable_dma() to enable_dma() under this lock. */
static __always_inline unsigned long claim_dma_lock(void)
{
	unsigned long flags;

	spin_lock_irqsave(&dma_spin_lock, flags);
	return flags;
}

static __always_inline void release_dma_lock(unsigned long flags)
{
	spin_unlock_irqrestore(&dma_spin_lock, flags);
}

/*
 * A channel has one owner at a time. 0, -EINVAL (no such channel), -EBUSY, or -ENODEV: the
 * machine has no such controllers. `device_id` must stay.
 */
int __must_check request_dma(unsigned int dmanr, const char *device_id);
void free_dma(unsigned int dmanr);

/* Under the lock. set_dma_page() is for what set_dma_addr() does already. */
void enable_dma(unsigned int dmanr);
void disable_dma(unsigned int dmanr);
void clear_dma_ff(unsigned int dmanr);
void set_dma_mode(unsigned int dmanr, char mode);
void set_dma_page(unsigned int dmanr, char pagenr);
void set_dma_addr(unsigned int dmanr, unsigned int address);
void set_dma_count(unsigned int dmanr, unsigned int count);

/* Bytes that are left: exact while the channel stands still. Under the lock. */
int get_dma_residue(unsigned int dmanr);

/* Some chipsets of old could not do ISA DMA while a bus master was at work. */
#define isa_dma_bridge_buggy 0

#endif
