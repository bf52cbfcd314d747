/* SPDX-License-Identifier: MIT */
#ifndef _LINUX_POISON_H
#define _LINUX_POISON_H

/*
 * What memory and pointers hold when nobody may use them any more: a register that
 * shows one of these in an oops says what went wrong.
 */

/* Pointers of a removed list entry: on page 0, which is never mapped */
#define LIST_POISON1 ((void *)0x100)
#define LIST_POISON2 ((void *)0x122)

/* Slab objects: free, last byte of a free one, allocated but not yet written */
#define POISON_INUSE 0x5a
#define POISON_FREE  0x6b
#define POISON_END   0xa5

/* The red zone beside a slab object */
#define SLUB_RED_INACTIVE 0xbb
#define SLUB_RED_ACTIVE	  0xcc

/* Free pages; blocks of a DMA pool */
#define PAGE_POISON	      0xaa
#define POOL_POISON_FREED     0xa7
#define POOL_POISON_ALLOCATED 0xa9

#endif
