// SPDX-License-Identifier: MIT
/*
 * THIS_MODULE. The Makefile compiles this once for each file of MODULES, with its name, path and
 * sizes, and links the two into one object before their names become local.
 */
#include <linux/module.h>

int init_module(void) __weak;
void cleanup_module(void) __weak;
extern const initcall_t __module_init __weak;
extern const exitcall_t __module_exit __weak;

struct module __this_module = {
	.state = MODULE_STATE_COMING,
	.name = KBUILD_MODNAME,
	.init = init_module,
	.exit = cleanup_module,
	.init_at = &__module_init,
	.exit_at = &__module_exit,
	.file = MODULE_FILE,
	.text_size = MODULE_TEXT,
	.data_size = MODULE_DATA,
};

static struct module *const pointer __used __section("modules") = &__this_module;
