/* SPDX-License-Identifier: MIT */
/* A name that code written for Linux may include; all is in the one below. */
#ifndef _LINUX_SPINLOCK_TYPES_H
#define _LINUX_SPINLOCK_TYPES_H

#include <linux/spinlock.h>

#endif
