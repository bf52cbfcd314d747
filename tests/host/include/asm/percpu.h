/* SPDX-License-Identifier: MIT */
/*
 * Per-CPU variables on the host: there is one CPU, and its copy is the variable itself. The
 * offset is asked for by this_cpu_ptr(): the tests complain where the CPU might change.
 */
#ifndef _TESTS_HOST_ASM_PERCPU_H
#define _TESTS_HOST_ASM_PERCPU_H

#define arch_this_cpu_read(var)		 ((typeof(var))(var))
#define arch_this_cpu_write(var, value)	 ((void)((var) = (value)))
#define arch_this_cpu_add(var, value)	 ((void)((var) += (value)))
#define arch_this_cpu_and(var, value)	 ((void)((var) &= (value)))
#define arch_this_cpu_or(var, value)	 ((void)((var) |= (value)))
#define arch_this_cpu_dec_and_test(var)	 (--(var) == 0)
#define arch_this_cpu_dec_borrow(var)	 ((var)-- == 0)
#define arch_this_cpu_equals(var, value) ((var) == (value))
#define arch_this_cpu_offset()		 host_this_cpu_offset()

unsigned long host_this_cpu_offset(void);

#endif
