// SPDX-License-Identifier: MIT
/* `lsmod`, `modinfo`, `rmmod`: the modules in the image (kernel/module.c). */
#include <linux/err.h>
#include <linux/gfp.h>
#include <linux/kernel.h>
#include <linux/string.h>
#include <memkern/module.h>
#include <memkern/monitor.h>
#include <memkern/monitor_output.h>
#include <memkern/params.h>

static const char *state_name(const struct module *mod)
{
	switch (mod->state) {
	case MODULE_STATE_LIVE:
		return "live";
	case MODULE_STATE_COMING:
		return "coming";
	case MODULE_STATE_GOING:
		return "going";
	default:
		return mod->error ? "failed" : "removed";
	}
}

static void json_module(const struct module *mod)
{
	json_begin();
	json_text("name", mod->name);
	json_number("text_bytes", mod->text_size);
	json_number("data_bytes", mod->data_size);
	json_signed("users", module_refcount(mod));
	json_text("state", state_name(mod));
	json_signed("error", mod->error);
	json_end();
}

/* What a get function may fill (one of an array begins in the first page); NULL: no memory. */
static const char *value_of(const struct kernel_param *param, char *buffer)
{
	int length = buffer && param->ops->get ? param->ops->get(buffer, param) : -EPERM;

	if (length < 0)
		return "?";
	buffer[length] = '\0';
	return strim(buffer);
}

static void print_module(const struct module *mod, char *buffer)
{
	const struct kernel_param *param;

	mprintf("%-16s %7lu %7lu %5d  %s", mod->name, mod->text_size, mod->data_size,
		module_refcount(mod), state_name(mod));
	if (mod->error)
		mprintf(" %pe", ERR_PTR(mod->error));
	for_each_param(param, mod)
		mprintf(" %s=%s", param->name, value_of(param, buffer));
	mprintf("\n");
}

static int cmd_lsmod(int argc, char **argv)
{
	struct module *const *at;
	char *buffer;
	bool json;
	int error = listing_arguments(argc, argv, &json);

	if (error)
		return error;
	if (__stop_modules - __start_modules == 0 && !json)
		mprintf("no modules: make MODULES=\"path/a.c path/b.c\" puts them into the "
			"image\n");
	else if (!json)
		mprintf("%-16s %7s %7s %5s  %s\n", "module", "text", "data", "users",
			"state and parameters");
	buffer = (char *)__get_free_pages(GFP_KERNEL, 1);
	for_each_module(at) {
		if (json)
			json_module(*at);
		else
			print_module(*at, buffer);
	}
	free_pages((unsigned long)buffer, 1);
	return 0;
}

MONITOR_COMMAND("lsmod", "[--json]", "modules: sizes, states, parameters", cmd_lsmod);

static void complete_module(struct monitor_completion *completion, int argc, char **argv)
{
	struct module *const *at;

	for_each_module(at)
		monitor_offer(completion, (*at)->name);
}

static struct module *named_module(const char *name)
{
	struct module *mod = find_module(name);

	if (!mod)
		mod = module_by_name(name, strlen(name));

	if (!mod)
		mprintf("there is no module '%s'\n", name);
	return mod;
}

/* What is said of the same parameter under another tag, without its name; NULL: nothing. */
static const char *said_of_param(const struct module *mod, const char *tag, const char *text)
{
	const char *colon = strchr(text, ':');
	size_t length = colon ? colon - text + 1 : 0;
	const struct module_info *info;

	for_each_module_info(info, mod)
		if (!strcmp(info->tag, tag) && length && !strncmp(info->value, text, length))
			return info->value + length;
	return NULL;
}

static void print_info(const char *tag, const char *value, const char *type)
{
	mprintf("%s:%*s %s", tag, 14 - min_t(int, strlen(tag), 14), "", value);
	if (type)
		mprintf(" (%s)", type);
	mprintf("\n");
}

/* As modinfo(8) prints it: a parameter's description and its type are one line. */
static void print_infos(const struct module *mod)
{
	const struct module_info *info;

	print_info("filename", mod->file, NULL);
	for_each_module_info(info, mod) {
		bool type = !strcmp(info->tag, "parmtype");

		if (!type || !said_of_param(mod, "parm", info->value))
			print_info(type ? "parm" : info->tag, info->value,
				   said_of_param(mod, "parmtype", type ? "" : info->value));
	}
}

/* All of that name: their files tell them apart. */
static int cmd_modinfo(int argc, char **argv)
{
	struct module *const *at;

	if (argc != 2)
		return monitor_usage(argv[0]);
	if (!named_module(argv[1]))
		return -ENOENT;
	for_each_module(at)
		if (same_param_name((*at)->name, argv[1], strlen(argv[1])))
			print_infos(*at);
	return 0;
}

MONITOR_COMMAND_COMPLETE("modinfo", "MODULE", "what a module says of itself", cmd_modinfo,
			 complete_module);

static int cmd_rmmod(int argc, char **argv)
{
	struct module *mod;
	int error;

	if (argc != 2)
		return monitor_usage(argv[0]);
	mod = named_module(argv[1]);
	if (!mod)
		return -ENOENT;
	error = module_remove(mod);
	if (error == -ENOENT)
		mprintf("%s does not run: %s\n", mod->name, state_name(mod));
	else if (error == -EBUSY)
		mprintf("%s has no exit function\n", mod->name);
	else if (error)
		mprintf("%s is in use by %d\n", mod->name, module_refcount(mod));
	return error;
}

MONITOR_COMMAND_COMPLETE("rmmod", "MODULE", "call a module's exit function", cmd_rmmod,
			 complete_module);
