/* SPDX-License-Identifier: MIT */
#ifndef _LINUX_TYPECHECK_H
#define _LINUX_TYPECHECK_H

#include <linux/compiler.h>

/* As an expression: 1, or no build if x has another type. */
#define typecheck(type, x)                                                \
	({                                                                \
		_Static_assert(__same_type(type, x), #x " is no " #type); \
		1;                                                        \
	})

#endif
