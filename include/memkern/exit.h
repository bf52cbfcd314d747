/* SPDX-License-Identifier: MIT */
/*
 * The ways out of the kernel. None returns, and all work in any context. They
 * do not write to a console: what was printed has to be out before.
 */
#ifndef _MEMKERN_EXIT_H
#define _MEMKERN_EXIT_H

#include <linux/compiler.h>

/* What goes to QEMU's isa-debug-exit; its status is then (value << 1) | 1. */
enum memkern_exit_code {
	MEMKERN_EXIT_PASS = 0x10,  /* 33 */
	MEMKERN_EXIT_FAIL = 0x11,  /* 35 */
	MEMKERN_EXIT_PANIC = 0x12, /* 37 */
};

/* Leaves the emulator with a verdict; on a machine without such an exit, stops. */
void __noreturn memkern_exit(enum memkern_exit_code code);

/* Switches the machine off by ACPI where it can, and else says that it halts. */
void __noreturn machine_power_off(void);

/* Stops this CPU for good. */
void __noreturn machine_halt(void);

#endif
