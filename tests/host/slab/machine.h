/* SPDX-License-Identifier: MIT */
/* The machine of the page allocator's tests, with slab caches on top. */
#ifndef _TESTS_HOST_SLAB_MACHINE_H
#define _TESTS_HOST_SLAB_MACHINE_H

#include "../page_alloc/machine.h"
#include "../../../mm/slab.h"

/* Once a process: 64 MiB, booted with such a command line. */
void slab_machine_boot(const char *command_line);

/* mm_check(), as far as these tests need it: true if all is well, or notes what is not. */
bool slab_machine_check(void);

/* Takes all memory but about so many pages away, and gives it back. */
void slab_machine_leave(unsigned long pages);
void slab_machine_give_back(void);

/*
 * All caches shrunk, all per-CPU lists empty. Returns how many pages are free: as many as
 * after the boot, if nothing is allocated.
 */
unsigned long slab_machine_settle(void);
extern unsigned long pages_at_boot;

#endif
