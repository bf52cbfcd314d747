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

/*
 * For drivers whose device has its registers in the one or the other: a port as an address, which
 * no memory has, and accesses that tell them apart.
 */
#define IOPORT_BASE 0x10000UL

static inline bool is_ioport(const volatile void __iomem *addr)
{
	return (unsigned long)addr >> 16 == IOPORT_BASE >> 16;
}

static inline void __iomem *ioport_map(unsigned long port, unsigned int nr)
{
	return port > 0xffff ? NULL : (void __iomem *)(IOPORT_BASE + port);
}

static inline void ioport_unmap(void __iomem *addr)
{
}

#define __ANY_IO(type, bits, suffix)                                                           \
	static inline type ioread##bits(const volatile void __iomem *addr)                     \
	{                                                                                      \
		return is_ioport(addr) ? in##suffix((unsigned long)addr) : read##suffix(addr); \
	}                                                                                      \
	static inline void iowrite##bits(type value, volatile void __iomem *addr)              \
	{                                                                                      \
		if (is_ioport(addr))                                                           \
			out##suffix(value, (unsigned long)addr);                               \
		else                                                                           \
			write##suffix(value, addr);                                            \
	}

__ANY_IO(u8, 8, b)
__ANY_IO(u16, 16, w)
__ANY_IO(u32, 32, l)

#endif
