// SPDX-License-Identifier: MIT
/*
 * Modules: files that `make MODULES=...` has linked into the image (the Makefile and
 * kernel/modules/this_module.c say how). After the kernel's self-tests each gets its words of
 * the command line, and then its init function is called (KUnit's runner does that when it comes
 * to the suites of modules, start_kernel()'s thread where it never does):
 *
 *	hello.times=3  ->  param_set()  ->  hello_init()  ->  live
 *	                       |                 |
 *	                       -EINVAL           -ENOMEM      ->  failed: the next one's turn
 *
 * A module that failed is not touched again: its KUnit suites are skipped. Its code and data
 * are a part of the image, and stay, also when it is removed.
 */
#include <linux/err.h>
#include <linux/errname.h>
#include <linux/init.h>
#include <linux/printk.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <memkern/module.h>
#include <memkern/params.h>

static DEFINE_SPINLOCK(module_lock); /* state against refcnt */

struct module *module_by_name(const char *name, size_t len)
{
	struct module *const *at;

	for_each_module(at)
		if (same_param_name((*at)->name, name, len))
			return *at;
	return NULL;
}

struct module *find_module(const char *name)
{
	struct module *const *at;

	for_each_module(at)
		if ((*at)->state != MODULE_STATE_UNFORMED &&
		    same_param_name((*at)->name, name, strlen(name)))
			return *at;
	return NULL;
}

/* --- users, and the end -------------------------------------------------------------------- */

bool try_module_get(struct module *mod)
{
	unsigned long flags;
	bool alive;

	if (!mod)
		return true;
	spin_lock_irqsave(&module_lock, flags);
	alive = mod->state == MODULE_STATE_LIVE || mod->state == MODULE_STATE_COMING;
	if (alive)
		atomic_inc(&mod->refcnt);
	spin_unlock_irqrestore(&module_lock, flags);
	return alive;
}

void __module_get(struct module *mod)
{
	if (mod)
		atomic_inc(&mod->refcnt);
}

void module_put(struct module *mod)
{
	if (mod)
		WARN_ON(atomic_dec_return(&mod->refcnt) < 0);
}

int module_remove(struct module *mod)
{
	unsigned long flags;
	int error = 0;

	spin_lock_irqsave(&module_lock, flags);
	if (mod->state != MODULE_STATE_LIVE)
		error = -ENOENT;
	else if (mod->init && !mod->exit)
		error = -EBUSY;
	else if (module_refcount(mod))
		error = -EWOULDBLOCK;
	else
		mod->state = MODULE_STATE_GOING;
	spin_unlock_irqrestore(&module_lock, flags);
	if (error)
		return error;
	if (mod->exit)
		do_one_exitcall(mod->exit);
	mod->state = MODULE_STATE_UNFORMED;
	return 0;
}

/* --- the start ----------------------------------------------------------------------------- */

static const struct kernel_param *find_param(const struct module *mod, const char *name)
{
	const struct kernel_param *param;

	for_each_param(param, mod)
		if (same_param_name(param->name, name, strlen(name)))
			return param;
	return NULL;
}

/* Strings are pointed to for ever, and arrays cut up: each parameter has a copy of its own. */
static int set_param(const struct kernel_param *param, const char *value)
{
	char *copy = kstrdup(value, GFP_KERNEL);

	if (value && !copy)
		return -ENOMEM;
	return param_set(param, param->name, copy, param->mod->name);
}

static int set_params(const struct module *mod)
{
	const struct module_word *word;
	int error = 0;

	for (word = module_words; word < module_words + nr_module_words && !error; word++) {
		const struct kernel_param *param;

		if (!same_param_name(mod->name, word->module, word->module_len))
			continue;
		param = find_param(mod, word->name);
		if (param)
			error = set_param(param, word->value);
		else
			pr_warn("%s: unknown parameter '%s' ignored\n", mod->name, word->name);
	}
	return error;
}

#define ERROR_TEXT 32

/* "-12 (-ENOMEM)"; the number alone of one that has no name. */
static const char *error_text(int error, char text[ERROR_TEXT])
{
	const char *name = errname(error);

	snprintf(text, ERROR_TEXT, "%d%s%s%s", error, name ? " (" : "", name ?: "",
		 name ? ")" : "");
	return text;
}

static void start(struct module *mod)
{
	int result = set_params(mod);
	char text[ERROR_TEXT];

	if (mod->init_at)
		mod->init = *mod->init_at;
	if (mod->exit_at)
		mod->exit = *mod->exit_at;
	if (result) {
		pr_err("module %s is not started: error %s\n", mod->name, error_text(result, text));
	} else if (mod->init) {
		result = do_one_initcall(mod->init);
		if (result < 0)
			pr_err("module %s: %ps failed with error %s\n", mod->name, mod->init,
			       error_text(result, text));
		else if (result > 0)
			pr_warn("module %s: %ps returned %d, not 0 or a negative errno: it stays\n",
				mod->name, mod->init, result);
	}
	mod->error = min(result, 0);
	mod->state = mod->error ? MODULE_STATE_UNFORMED : MODULE_STATE_LIVE;
}

void modules_init(void)
{
	static bool started;
	struct module *const *at;

	if (started)
		return;
	started = true;
	for_each_module(at)
		start(*at);
}
