/* SPDX-License-Identifier: MIT */
#ifndef _LINUX_TIMEX_H
#define _LINUX_TIMEX_H

/* get_cycles(), and the units of time. */
#include <asm/tsc.h>
#include <linux/time64.h>

#endif
