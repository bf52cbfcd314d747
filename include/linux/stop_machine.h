/* SPDX-License-Identifier: MIT */
/*
 * fn(data) on this CPU while all others stand still, with interrupts off everywhere: for what
 * must see or change everything at one moment. Dear. Process context, sleeps.
 */
#ifndef _LINUX_STOP_MACHINE_H
#define _LINUX_STOP_MACHINE_H

#include <linux/cpumask.h>

typedef int (*cpu_stop_fn_t)(void *data);

/* Returns what fn returned. `cpus` is for Linux's sake: NULL. */
int stop_machine(cpu_stop_fn_t fn, void *data, const struct cpumask *cpus);

#endif
