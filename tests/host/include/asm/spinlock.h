/* SPDX-License-Identifier: MIT */
/* On the host nobody else takes a lock. */
#ifndef _TESTS_HOST_ASM_SPINLOCK_H
#define _TESTS_HOST_ASM_SPINLOCK_H

#define __spin_wait(lock, ticket) __builtin_trap()

#endif
