/* SPDX-License-Identifier: MIT */
#ifndef _LINUX_STRINGIFY_H
#define _LINUX_STRINGIFY_H

/* The argument, its macros expanded, as a string. */
#define __stringify_1(x...) #x
#define __stringify(x...)   __stringify_1(x)

#endif
