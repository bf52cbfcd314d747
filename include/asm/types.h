/* SPDX-License-Identifier: MIT */
/* A name that code written for Linux may include; all is in the one below. */
#ifndef _ASM_TYPES_H
#define _ASM_TYPES_H

#include <linux/types.h>

#endif
