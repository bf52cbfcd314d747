/* SPDX-License-Identifier: MIT */
#ifndef _LINUX_CONTAINER_OF_H
#define _LINUX_CONTAINER_OF_H

#include <linux/build_bug.h>
#include <linux/stddef.h>

#define typeof_member(type, member) typeof(((type *)0)->member)

/* The structure that has *ptr as its member; the pointer's type is checked. */
#define container_of(ptr, type, member)                                                     \
	({                                                                                  \
		char *__member = (char *)(ptr);                                             \
		static_assert(__same_type(*(ptr), ((type *)0)->member) ||                   \
				      __same_type(*(ptr), void),                            \
			      "container_of: the pointer does not point to such a member"); \
		(type *)(void *)(__member - offsetof(type, member));                        \
	})

/* The same; the result is const if the pointer is. */
// clang-format off
#define container_of_const(ptr, type, member)							\
	_Generic(ptr,										\
		const typeof(*(ptr)) *: ((const type *)container_of(ptr, type, member)),	\
		default: ((type *)container_of(ptr, type, member)))
// clang-format on

#endif
