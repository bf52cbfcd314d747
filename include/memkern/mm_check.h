/* SPDX-License-Identifier: MIT */
/*
 * The whole-system consistency check: walks every structure of the memory
 * manager, recounts every counter, and prints what is wrong, with the number
 * of the invariant (I-page_alloc-3). Returns how much was wrong. Process
 * context, any time.
 */
#ifndef _MEMKERN_MM_CHECK_H
#define _MEMKERN_MM_CHECK_H

int mm_check(void);

#endif
