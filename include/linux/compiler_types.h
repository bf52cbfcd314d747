/* SPDX-License-Identifier: MIT */
/* A name that code written for Linux may include; all is in the one below. */
#ifndef _LINUX_COMPILER_TYPES_H
#define _LINUX_COMPILER_TYPES_H

#include <linux/compiler.h>

#endif
