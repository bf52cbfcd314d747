/* SPDX-License-Identifier: MIT */
#ifndef _LINUX_KCONFIG_H
#define _LINUX_KCONFIG_H

/*
 * IS_ENABLED(CONFIG_X): 1 if CONFIG_X is defined as 1, else 0, in C and in #if.
 *
 * A 1 completes __config_arg_1, which is "0,": the constant 1 moves to second place.
 * Anything else leaves one odd word in first place, and the 0 in second.
 */
#define __config_arg_1			 0,
#define __second_arg(first, second, ...) second
#define __is_one(value)			 __is_one_expanded(value)
#define __is_one_expanded(value)	 __is_one_pick(__config_arg_##value)
#define __is_one_pick(arg_or_odd)	 __second_arg(arg_or_odd 1, 0, 0)

#define IS_BUILTIN(option)   __is_one(option)
#define IS_MODULE(option)    __is_one(option##_MODULE)
#define IS_REACHABLE(option) IS_BUILTIN(option)
#define IS_ENABLED(option)   (IS_BUILTIN(option) || IS_MODULE(option))

#endif
