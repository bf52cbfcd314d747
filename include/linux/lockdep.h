/* SPDX-License-Identifier: MIT */
/*
 * Lock checking, in the DEBUG build: every lock belongs to a class (those initialised at
 * the same place in the source are one), and kernel/lockdep.c learns in which order and
 * in which contexts the classes are taken. A lock tells it with lock_acquire() before it
 * is taken and lock_release() before it is given back. In the default build all of this
 * is nothing.
 *
 * lockdep_assert_held(lock) and friends check, in the DEBUG build, what they say.
 */
#ifndef _LINUX_LOCKDEP_H
#define _LINUX_LOCKDEP_H

#include <linux/compiler.h>
#include <linux/lockdep_types.h>
#include <linux/types.h>

#define _THIS_IP_                                     \
	({                                            \
		unsigned long __ip;                   \
		asm("movl $1f, %0\n1:" : "=r"(__ip)); \
		__ip;                                 \
	})
#define _RET_IP_ ((unsigned long)__builtin_return_address(0))

#ifdef CONFIG_LOCKDEP

void lockdep_init_map(struct lockdep_map *map, const char *name, struct lock_class_key *key,
		      int subclass);
/* `trylock`: the caller did not wait, so the order proves nothing. `read`: others may read too. */
void lock_acquire(struct lockdep_map *map, int trylock, unsigned long ip);
void lock_acquire_shared(struct lockdep_map *map, int trylock, unsigned long ip);
void lock_release(struct lockdep_map *map, unsigned long ip);
int lock_is_held(const struct lockdep_map *map);
/* Of a task that ends. */
void debug_check_no_locks_held(void);

#define lockdep_is_held(lock)	       lock_is_held(&(lock)->dep_map)
#define lockdep_assert_held(lock)      WARN_ON_ONCE(!lockdep_is_held(lock))
#define lockdep_assert_not_held(lock)  WARN_ON_ONCE(lockdep_is_held(lock))
#define lockdep_assert_irqs_disabled() WARN_ON_ONCE(!irqs_disabled())
#define lockdep_assert_irqs_enabled()  WARN_ON_ONCE(irqs_disabled())
#define lockdep_assert_in_softirq()    WARN_ON_ONCE(!in_softirq() || in_irq())

#else

#define lockdep_init_map(map, name, key, subclass) ((void)(key))
#define lock_acquire(map, trylock, ip)		   ((void)0)
#define lock_acquire_shared(map, trylock, ip)	   ((void)0)
#define lock_release(map, ip)			   ((void)0)
#define debug_check_no_locks_held()		   ((void)0)

#define lockdep_is_held(lock)	       1
#define lockdep_assert_held(lock)      ((void)(lock))
#define lockdep_assert_not_held(lock)  ((void)(lock))
#define lockdep_assert_irqs_disabled() ((void)0)
#define lockdep_assert_irqs_enabled()  ((void)0)
#define lockdep_assert_in_softirq()    ((void)0)

#endif

#endif
