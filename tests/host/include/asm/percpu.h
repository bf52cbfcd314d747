/* SPDX-License-Identifier: MIT */
/* Per-CPU variables on the host: there is one CPU, and its copy is the variable itself. */
#ifndef _TESTS_HOST_ASM_PERCPU_H
#define _TESTS_HOST_ASM_PERCPU_H

#define arch_this_cpu_read(var)		((typeof(var))(var))
#define arch_this_cpu_write(var, value) ((void)((var) = (value)))
#define arch_this_cpu_add(var, value)	((void)((var) += (value)))
#define arch_this_cpu_and(var, value)	((void)((var) &= (value)))
#define arch_this_cpu_or(var, value)	((void)((var) |= (value)))
#define arch_this_cpu_offset()		0UL

#endif
