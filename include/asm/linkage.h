/* SPDX-License-Identifier: MIT */
#ifndef _ASM_LINKAGE_H
#define _ASM_LINKAGE_H

/* Called from assembly, or in its manner: all arguments on the stack, despite -mregparm=3. */
#ifdef __i386__
#define asmlinkage __attribute__((__regparm__(0)))
#else
#define asmlinkage
#endif

#endif
