/* SPDX-License-Identifier: MIT */
/*
 * Devices: their ports, and their registers in memory.
 *
 * Ports, any context; one without a device reads as all ones, and ignores writes.
 */
#ifndef _ASM_IO_H
#define _ASM_IO_H

#include <linux/compiler.h>
#include <linux/types.h>
#include <asm/page.h>

/* Of an address in the direct mapping. */
static inline phys_addr_t virt_to_phys(const volatile void *address)
{
	return __pa(address);
}

static inline void *phys_to_virt(phys_addr_t address)
{
	return __va(address);
}

#define __PORT_IO(type, suffix, size)                         \
	static inline void out##suffix(type value, u16 port)  \
	{                                                     \
		asm volatile("out" #suffix " %" size "0, %w1" \
			     :                                \
			     : "a"(value), "Nd"(port)         \
			     : "memory");                     \
	}                                                     \
	static inline type in##suffix(u16 port)               \
	{                                                     \
		type value;                                   \
                                                              \
		asm volatile("in" #suffix " %w1, %" size "0"  \
			     : "=a"(value)                    \
			     : "Nd"(port)                     \
			     : "memory");                     \
		return value;                                 \
	}

__PORT_IO(u8, b, "b")
__PORT_IO(u16, w, "w")
__PORT_IO(u32, l, "")

/* Gives a slow ISA device about a microsecond: a write to a port that nobody listens to. */
static inline void io_delay(void)
{
	outb(0, 0x80);
}

/*
 * Registers in memory: addresses in the vmalloc window that lead to them, from ioremap() until
 * iounmap(); process context. NULL for RAM that somebody may have (with a warning), for size 0,
 * beyond what the CPU can address, or without memory. Only readl() and its likes may be used on
 * them: one access each, in the order of the program.
 */
void __iomem *ioremap(phys_addr_t phys, unsigned long size);
void __iomem *ioremap_uc(phys_addr_t phys, unsigned long size);
/* Writes may be combined: not with the memory types that are set up here; like ioremap(). */
void __iomem *ioremap_wc(phys_addr_t phys, unsigned long size);
void __iomem *ioremap_wt(phys_addr_t phys, unsigned long size);
/* For what is memory, a table of the firmware or a frame buffer. */
void __iomem *ioremap_cache(phys_addr_t phys, unsigned long size);
#define ioremap_nocache(phys, size) ioremap(phys, size) /* up to 5.5 */
void iounmap(volatile void __iomem *addr);

#define __MEMORY_IO(type, suffix)                                                 \
	static inline type read##suffix(const volatile void __iomem *addr)        \
	{                                                                         \
		type value = *(const volatile type __force *)addr;                \
                                                                                  \
		barrier();                                                        \
		return value;                                                     \
	}                                                                         \
	static inline void write##suffix(type value, volatile void __iomem *addr) \
	{                                                                         \
		barrier();                                                        \
		*(volatile type __force *)addr = value;                           \
	}

__MEMORY_IO(u8, b)
__MEMORY_IO(u16, w)
__MEMORY_IO(u32, l)

#endif
