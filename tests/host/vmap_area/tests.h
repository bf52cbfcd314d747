/* SPDX-License-Identifier: MIT */
/* What the files of these tests offer each other. */
#ifndef _TESTS_HOST_VMAP_AREA_TESTS_H
#define _TESTS_HOST_VMAP_AREA_TESTS_H

#include <linux/types.h>

/* The bytes as a window and operations on it; anything wrong is a trap. */
int LLVMFuzzerTestOneInput(const u8 *data, size_t size);

#endif
