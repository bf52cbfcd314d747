/* SPDX-License-Identifier: MIT */
/* A name that code written for Linux may include; all is in the one below. */
#ifndef _ASM_ATOMIC_H
#define _ASM_ATOMIC_H

#include <linux/atomic.h>

#endif
