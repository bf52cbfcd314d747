/* SPDX-License-Identifier: MIT */
/* The trees of linux/ioport.h, for tests. */
#ifndef _MEMKERN_RESOURCE_H
#define _MEMKERN_RESOURCE_H

struct resource;

/* The first node that breaks an invariant of kernel/resource.c; NULL: all is well. */
const struct resource *resource_check(const struct resource *root);

#endif
