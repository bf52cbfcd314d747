/* SPDX-License-Identifier: MIT */
/*
 * Initialisation: section marks (which memkern has no use for) and initcalls.
 *
 * An initcall runs once, in the boot, in the order console, early, subsys, device, late
 * (after the self-tests), and within a level in link order. A negative return value is reported.
 * In a module they are all module_init(): linux/module.h.
 */
#ifndef _LINUX_INIT_H
#define _LINUX_INIT_H

#include <linux/compiler.h>

#define __init
#define __exit
#define __initdata
#define __exitdata
#define __initconst
#define __init_or_module
#define __initdata_or_module
#define __initconst_or_module
#define __meminit
#define __meminitdata
#define __ref
#define __refdata
#define __refconst

/* A function that is __exit is there in every build. */
#define __exit_p(fn) (fn)

typedef int (*initcall_t)(void);
typedef void (*exitcall_t)(void);

typedef struct {
	initcall_t function;
	const char *name;
} initcall_entry_t;

/*
 * What a call leaves behind is reported and put right: locks held, preemption or interrupts off.
 */
int do_one_initcall(initcall_t fn);
void do_one_exitcall(exitcall_t fn);

#ifndef MODULE

#define __define_initcall(fn, level)                                                            \
	static const initcall_entry_t __initcall_##fn __used __section(".initcalls." level) = { \
		.function = fn,                                                                 \
		.name = #fn,                                                                    \
	};

#define console_initcall(fn)  __define_initcall(fn, "console")
#define early_initcall(fn)    __define_initcall(fn, "early")
#define core_initcall(fn)     __define_initcall(fn, "early")
#define postcore_initcall(fn) __define_initcall(fn, "early")
#define arch_initcall(fn)     __define_initcall(fn, "early")
#define subsys_initcall(fn)   __define_initcall(fn, "subsys")
#define fs_initcall(fn)	      __define_initcall(fn, "device")
#define device_initcall(fn)   __define_initcall(fn, "device")
#define late_initcall(fn)     __define_initcall(fn, "late")

#else

/* Words of the command line are for the kernel's own: a module has parameters. */
#define __setup(name, fn)     static const void *const __setup_##fn __maybe_unused = (void *)fn;
#define early_param(name, fn) __setup(name, fn)

#endif

/* Nothing waits between the levels. */
#define core_initcall_sync(fn)	   core_initcall(fn)
#define postcore_initcall_sync(fn) postcore_initcall(fn)
#define arch_initcall_sync(fn)	   arch_initcall(fn)
#define subsys_initcall_sync(fn)   subsys_initcall(fn)
#define fs_initcall_sync(fn)	   fs_initcall(fn)
#define device_initcall_sync(fn)   device_initcall(fn)
#define late_initcall_sync(fn)	   late_initcall(fn)
#define rootfs_initcall(fn)	   fs_initcall(fn)

#ifndef MODULE
#define __exitcall(fn) static const exitcall_t __exitcall_##fn __maybe_unused = fn;
#endif
#endif
