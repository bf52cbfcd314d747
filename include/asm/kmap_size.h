/* SPDX-License-Identifier: MIT */
#ifndef _ASM_KMAP_SIZE_H
#define _ASM_KMAP_SIZE_H

#define KM_MAX_IDX \
	16 /* nested kmap_local_page(): of one task, and of the interrupts on top of it */

#endif
