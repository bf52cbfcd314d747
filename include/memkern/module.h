/* SPDX-License-Identifier: MIT */
/* The modules in the image, for the boot, KUnit and the monitor. */
#ifndef _MEMKERN_MODULE_H
#define _MEMKERN_MODULE_H

#include <linux/module.h>

/* In the order of MODULES. */
extern struct module *const __start_modules[], *const __stop_modules[];
extern const struct module_info __start_module_infos[], __stop_module_infos[];
extern const struct kernel_param __start___param[], __stop___param[];

#define for_each_module(at) for ((at) = __start_modules; (at) < __stop_modules; (at)++)
#define for_each_module_info(info, module)                                          \
	for ((info) = __start_module_infos; (info) < __stop_module_infos; (info)++) \
		if ((info)->mod != (module)) {                                      \
		} else
/* With NULL: those of the kernel's own files. */
#define for_each_param(param, module)                                        \
	for ((param) = __start___param; (param) < __stop___param; (param)++) \
		if ((param)->mod != (module)) {                              \
		} else

/* Gives every module its parameters and calls its init function. The first time; in a thread. */
void modules_init(void);

/* Its init function went well, and it was not removed. */
static inline bool module_runs(const struct module *mod)
{
	return mod->state == MODULE_STATE_LIVE;
}

struct module *module_by_name(const char *name, size_t len);

/*
 * Calls its exit function: `rmmod`. -ENOENT: it does not run; -EBUSY: it has no exit function;
 * -EWOULDBLOCK: it has users.
 */
int module_remove(struct module *mod);

#endif
