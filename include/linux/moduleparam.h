/* SPDX-License-Identifier: MIT */
/*
 * Parameters: variables that a word of the kernel's command line sets,
 * `module.parameter=value`.
 *
 *	static int times = 1;
 *	module_param(times, int, 0444);
 *	MODULE_PARM_DESC(times, "how often it greets");
 *
 * The types are byte short ushort int uint hexint long ulong ullong, charp (a string, which
 * stays), bool (alone or with 1/0, y/n, on/off), invbool, and whatever else has a
 * param_ops_TYPE and a param_check_TYPE(name, pointer). A module's are set before its init
 * function is called, those of the kernel's own files when the command line is read. There is
 * no sysfs: the mode is kept and changes nothing.
 */
#ifndef _LINUX_MODULEPARAM_H
#define _LINUX_MODULEPARAM_H

#include <linux/compiler.h>
#include <linux/export.h>
#include <linux/kernel.h>
#include <linux/stat.h>
#include <linux/stringify.h>
#include <linux/types.h>

struct kernel_param;

enum {
	KERNEL_PARAM_OPS_FL_NOARG = 1, /* the word may come without a value: then val is NULL */
};

struct kernel_param_ops {
	unsigned int flags;
	/* 0, or -errno: the person is told, and a module is not started. `val` stays where it is. */
	int (*set)(const char *val, const struct kernel_param *kp);
	/* Prints into a page; the length, or -errno. */
	int (*get)(char *buffer, const struct kernel_param *kp);
	void (*free)(void *arg); /* never called: parameters live as long as the kernel */
};

struct kparam_string {
	unsigned int maxlen;
	char *string;
};

struct kparam_array {
	unsigned int max;
	unsigned int elemsize;
	unsigned int *num; /* how many were set; may be NULL */
	const struct kernel_param_ops *ops;
	void *elem;
};

struct kernel_param {
	const char *name;
	struct module *mod; /* NULL: the kernel's own, and the name begins with its file's */
	const struct kernel_param_ops *ops;
	u16 perm;
	s8 level;
	u8 flags;
	union {
		void *arg;
		const struct kparam_string *str;
		const struct kparam_array *arr;
	};
};

/* --- what is said about a module ------------------------------------------------------ */

/* A line of `modinfo`. */
struct module_info {
	const struct module *mod;
	const char *tag, *value;
};

#ifdef MODULE
#define MODULE_PARAM_PREFIX ""
#define __MODULE_INFO(tag_, name, text)                                                    \
	static const struct module_info __UNIQUE_ID(name) __used __section("module_infos") \
		__aligned(sizeof(void *)) = { .mod = THIS_MODULE, .tag = #tag_, .value = text }
#else
#define MODULE_PARAM_PREFIX	       KBUILD_MODNAME "."
#define __MODULE_INFO(tag, name, text) _Static_assert(sizeof(text), "nobody asks the kernel's own")
#endif
#define __MODULE_PARM_TYPE(name, type) __MODULE_INFO(parmtype, name##_type, #name ":" type)
#define MODULE_PARM_DESC(name, text)   __MODULE_INFO(parm, name, #name ":" text)

/* --- parameters ------------------------------------------------------------------------ */

#define __module_param_call(prefix, param, operations, argument, mode, level_, flags_) \
	static const struct kernel_param __paste(__param_, param)                      \
	__used __section("__param") __aligned(sizeof(void *)) = {                      \
		.name = prefix #param,                                                 \
		.mod = THIS_MODULE,                                                    \
		.ops = operations,                                                     \
		.perm = (mode),                                                        \
		.level = level_,                                                       \
		.flags = flags_,                                                       \
		{ argument },                                                          \
	}

/* Any operations, on any argument: the way that all others go. */
#define module_param_cb(name, ops, arg, perm) \
	__module_param_call(MODULE_PARAM_PREFIX, name, ops, arg, perm, -1, 0)
#define module_param_cb_unsafe(name, ops, arg, perm) module_param_cb(name, ops, arg, perm)
/* Older code gives the two operations alone. */
#define module_param_call(name, set_fn, get_fn, arg, perm)                   \
	static const struct kernel_param_ops __paste(__param_ops_, name) = { \
		.set = set_fn,                                               \
		.get = get_fn,                                               \
	};                                                                   \
	module_param_cb(name, &__paste(__param_ops_, name), arg, perm)
/* With a name that has no prefix, for the kernel's own files. */
#define core_param(name, variable, type, perm) \
	param_check_##type(name, &(variable)); \
	__module_param_call("", name, &param_ops_##type, &(variable), perm, -1, 0)

/* The parameter has another name than its variable. */
#define module_param_named(name, value, type, perm)               \
	param_check_##type(name, &(value));                       \
	module_param_cb(name, &param_ops_##type, &(value), perm); \
	__MODULE_PARM_TYPE(name, #type)
#define module_param(name, type, perm)		       module_param_named(name, name, type, perm)
#define module_param_unsafe(name, type, perm)	       module_param(name, type, perm)
#define module_param_named_unsafe(name, v, type, perm) module_param_named(name, v, type, perm)

/* What a number is for, an interrupt line or a port, changes nothing. */
#define module_param_hw(name, type, what, perm)		 module_param(name, type, perm)
#define module_param_hw_named(name, v, type, what, perm) module_param_named(name, v, type, perm)

/* Copied into an array of char; what does not fit is refused. */
#define module_param_string(name, array, len, perm)                                              \
	static const struct kparam_string __paste(__param_string_, name) = { len, array };       \
	module_param_cb(name, &param_ops_string, (void *)&__paste(__param_string_, name), perm); \
	__MODULE_PARM_TYPE(name, "string")

/* Values with commas between them; *nump (nump may be NULL) is how many there were. */
#define module_param_array_named(name, array, type, nump, perm)                                \
	param_check_##type(name, &(array)[0]);                                                 \
	static const struct kparam_array __paste(__param_array_, name) = {                     \
		.max = ARRAY_SIZE(array),                                                      \
		.elemsize = sizeof((array)[0]),                                                \
		.num = nump,                                                                   \
		.ops = &param_ops_##type,                                                      \
		.elem = array,                                                                 \
	};                                                                                     \
	module_param_cb(name, &param_array_ops, (void *)&__paste(__param_array_, name), perm); \
	__MODULE_PARM_TYPE(name, "array of " #type)
#define module_param_array(name, type, nump, perm) \
	module_param_array_named(name, name, type, nump, perm)

#define __param_check(name, p, type) \
	_Static_assert(__same_type(*(p), type), "the parameter " #name " is no " #type)

#define __DECLARE_PARAM(type)                                                 \
	extern const struct kernel_param_ops param_ops_##type;                \
	int param_set_##type(const char *val, const struct kernel_param *kp); \
	int param_get_##type(char *buffer, const struct kernel_param *kp)

__DECLARE_PARAM(byte);
__DECLARE_PARAM(short);
__DECLARE_PARAM(ushort);
__DECLARE_PARAM(int);
__DECLARE_PARAM(uint);
__DECLARE_PARAM(hexint);
__DECLARE_PARAM(long);
__DECLARE_PARAM(ulong);
__DECLARE_PARAM(ullong);
__DECLARE_PARAM(charp);
__DECLARE_PARAM(bool);
__DECLARE_PARAM(invbool);

#define param_check_byte(name, p)    __param_check(name, p, unsigned char)
#define param_check_short(name, p)   __param_check(name, p, short)
#define param_check_ushort(name, p)  __param_check(name, p, unsigned short)
#define param_check_int(name, p)     __param_check(name, p, int)
#define param_check_uint(name, p)    __param_check(name, p, unsigned int)
#define param_check_hexint(name, p)  __param_check(name, p, unsigned int)
#define param_check_long(name, p)    __param_check(name, p, long)
#define param_check_ulong(name, p)   __param_check(name, p, unsigned long)
#define param_check_ullong(name, p)  __param_check(name, p, unsigned long long)
#define param_check_charp(name, p)   __param_check(name, p, char *)
#define param_check_bool(name, p)    __param_check(name, p, bool)
#define param_check_invbool(name, p) __param_check(name, p, bool)

extern const struct kernel_param_ops param_array_ops, param_ops_string;
int param_set_copystring(const char *val, const struct kernel_param *kp);
int param_get_string(char *buffer, const struct kernel_param *kp);
/* For a set function that takes numbers from min to max only. */
int param_set_uint_minmax(const char *val, const struct kernel_param *kp, unsigned int min,
			  unsigned int max);

/* Nothing but the command line changes parameters. */
#define kernel_param_lock(mod)	 ((void)(mod))
#define kernel_param_unlock(mod) ((void)(mod))

#endif
