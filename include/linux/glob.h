/* SPDX-License-Identifier: MIT */
#ifndef _LINUX_GLOB_H
#define _LINUX_GLOB_H

#include <linux/types.h>

/*
 * True if all of str matches: "*" any characters, "?" one, "[a-c]" one of a class,
 * "[!a-c]" one outside it, "\" takes the next character as it is. "/" and "." are
 * ordinary. A "[" without "]" is itself.
 */
bool glob_match(const char *pat, const char *str) __pure;

#endif
