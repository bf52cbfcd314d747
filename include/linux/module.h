/* SPDX-License-Identifier: MIT */
/*
 * Modules: files from outside the tree, `make MODULES="path/a.c path/b.c"`. Each is linked
 * into the image, with names of its own; after the kernel's self-tests its init function is
 * called, in the order of MODULES, and then its KUnit suites run. docs/modules.md.
 *
 * In the kernel's own files module_init() is device_initcall(), as for Linux's built-in code.
 */
#ifndef _LINUX_MODULE_H
#define _LINUX_MODULE_H

#include <linux/atomic.h>
#include <linux/errno.h>
#include <linux/export.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/list.h>
#include <linux/moduleparam.h>
#include <linux/types.h>

#ifdef MODULE
/* What linux/module.h brings along in Linux, and many a file relies on. */
#include <linux/bug.h>
#include <linux/err.h>
#include <linux/gfp.h>
#include <linux/jiffies.h>
#include <linux/ktime.h>
#include <linux/mutex.h>
#include <linux/percpu.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/timekeeping.h>
#include <linux/timex.h>
#include <linux/wait.h>
#include <linux/workqueue.h>
#endif

#define MODULE_NAME_LEN (64 - sizeof(unsigned long))

enum module_state {
	MODULE_STATE_LIVE,
	MODULE_STATE_COMING,   /* until its init function has returned */
	MODULE_STATE_GOING,    /* in its exit function: no new user */
	MODULE_STATE_UNFORMED, /* its init function failed, or its exit function has run */
};

struct module {
	enum module_state state;
	const char *name;
	int (*init)(void);  /* may be NULL */
	void (*exit)(void); /* NULL: cannot be removed */
	atomic_t refcnt;    /* users: try_module_get() */

	/* What Linux does not have: */
	int error; /* what its init function returned; 0 if it was well, or was not called */
	const initcall_t *init_at; /* what module_init() and module_exit() left; may be NULL */
	const exitcall_t *exit_at;
	const char *file;
	unsigned long text_size, data_size; /* code and constants; variables */
};

#ifdef MODULE

/* Older code has these instead of what follows. */
int init_module(void);
void cleanup_module(void);

extern const initcall_t __module_init;
extern const exitcall_t __module_exit;

/* With the semicolon: there is code that leaves it out. */
#define module_init(fn) const initcall_t __module_init = fn;
#define module_exit(fn) const exitcall_t __module_exit = fn;

#define __exitcall(fn)	      module_exit(fn)
#define early_initcall(fn)    module_init(fn)
#define core_initcall(fn)     module_init(fn)
#define postcore_initcall(fn) module_init(fn)
#define arch_initcall(fn)     module_init(fn)
#define subsys_initcall(fn)   module_init(fn)
#define fs_initcall(fn)	      module_init(fn)
#define device_initcall(fn)   module_init(fn)
#define late_initcall(fn)     module_init(fn)
#define console_initcall(fn)  module_init(fn)

#else

#define module_init(fn) device_initcall(fn)
#define module_exit(fn) __exitcall(fn)

#endif

#define MODULE_INFO(tag, text)	 __MODULE_INFO(tag, tag, text)
#define MODULE_LICENSE(text)	 MODULE_INFO(license, text)
#define MODULE_AUTHOR(text)	 MODULE_INFO(author, text)
#define MODULE_DESCRIPTION(text) MODULE_INFO(description, text)
#define MODULE_VERSION(text)	 MODULE_INFO(version, text)
#define MODULE_ALIAS(text)	 MODULE_INFO(alias, text)
#define MODULE_SOFTDEP(text)	 MODULE_INFO(softdep, text)
#define MODULE_FIRMWARE(text)	 MODULE_INFO(firmware, text)
#define MODULE_IMPORT_NS(ns)	 MODULE_INFO(import_ns, #ns)
/* Nobody looks for drivers by the ids of devices: the table is only used. */
#define MODULE_DEVICE_TABLE(type, table) \
	static const void *const __paste(__mod_device_table_, table) __maybe_unused = &(table)

/* NULL is the kernel itself, which is always there. */
static inline const char *module_name(const struct module *mod)
{
	return mod ? mod->name : "kernel";
}

/*
 * A user of the module: it cannot be removed until module_put(). try_module_get() is false
 * for one that is going or gone. Any context.
 */
bool try_module_get(struct module *mod);
void __module_get(struct module *mod);
void module_put(struct module *mod);

static inline int module_refcount(const struct module *mod)
{
	return atomic_read(&mod->refcnt);
}

static inline bool module_is_live(const struct module *mod)
{
	return mod->state != MODULE_STATE_GOING;
}

/* The first of that name, '-' and '_' taken as one, that has neither failed nor gone; NULL. */
struct module *find_module(const char *name);

#endif
