/* SPDX-License-Identifier: MIT */
#ifndef _ASM_PARAM_H
#define _ASM_PARAM_H

#define HZ 1000 /* jiffies in a second */

#endif
