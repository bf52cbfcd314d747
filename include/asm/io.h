/* SPDX-License-Identifier: MIT */
/* Port I/O. Any context; a port without a device reads as all ones, and ignores writes. */
#ifndef _ASM_IO_H
#define _ASM_IO_H

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

#endif
