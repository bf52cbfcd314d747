/* SPDX-License-Identifier: MIT */
/* What the boot asks of the memory manager. */
#ifndef _MEMKERN_MM_H
#define _MEMKERN_MM_H

/* From the sanitised memory map to a working page allocator. Boot, once. */
void mm_init(void);

#endif
