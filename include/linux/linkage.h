/* SPDX-License-Identifier: MIT */
/* A name that code written for Linux may include; all is in the one below. */
#ifndef _LINUX_LINKAGE_H
#define _LINUX_LINKAGE_H

#include <asm/linkage.h>

#endif
