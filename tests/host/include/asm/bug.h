/* SPDX-License-Identifier: MIT */
/*
 * WARN and BUG on the host, where no handler waits for a ud2: two functions that the
 * tests define. In the include path before the kernel's own asm/.
 */
#ifndef _TESTS_HOST_ASM_BUG_H
#define _TESTS_HOST_ASM_BUG_H

#include <linux/compiler.h>

void __noreturn host_bug(const char *file, int line);
void host_warn(const char *file, int line);

#define __ARCH_BUG()		host_bug(__FILE__, __LINE__)
#define __ARCH_WARN()		host_warn(__FILE__, __LINE__)
#define __ARCH_WARN_printf(...) host_warn(__FILE__, __LINE__)

struct bug_entry;

#endif
