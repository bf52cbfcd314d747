/* SPDX-License-Identifier: MIT */
/* A name that code written for Linux may include; all is in the one below. */
#ifndef _ASM_ERRNO_H
#define _ASM_ERRNO_H

#include <linux/errno.h>

#endif
