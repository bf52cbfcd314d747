/* SPDX-License-Identifier: MIT */
/* How a per-CPU variable is defined and declared. */
#ifndef _LINUX_PERCPU_DEFS_H
#define _LINUX_PERCPU_DEFS_H

#include <linux/compiler.h>

#define __percpu

#define DECLARE_PER_CPU(type, name) extern __section(".data..percpu") __typeof__(type) name
#define DEFINE_PER_CPU(type, name)  __section(".data..percpu") __typeof__(type) name

#define DECLARE_PER_CPU_ALIGNED(type, name) DECLARE_PER_CPU(type, name) __aligned(64)
#define DEFINE_PER_CPU_ALIGNED(type, name)  DEFINE_PER_CPU(type, name) __aligned(64)

#endif
