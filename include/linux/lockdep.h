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

struct task_struct;

/* The usual subclass of the inner one of two locks of a class. */
#define SINGLE_DEPTH_NESTING 1

/* How a lock is taken. */
#define __LOCK_TRY     0x01 /* without waiting for it, so the order proves nothing */
#define __LOCK_SHARED  0x02 /* others may have it too */
#define __LOCK_SLEEPS  0x04 /* who waits for it sleeps */
#define __LOCK_WAITING 0x08 /* the checker's: not got yet */

#ifdef CONFIG_LOCKDEP

/* 0 once checking has ended, for good. */
extern int debug_locks;
void debug_locks_off(void);

/* `subclass` tells locks of one class apart that nest in a known order. */
void lockdep_init_map(struct lockdep_map *map, const char *name, const struct lock_class_key *key,
		      int subclass);
/* Forgets a class and its orders: the key may be used for something else. None of it is held. */
void lockdep_unregister_key(const struct lock_class_key *key);

void lock_acquire(struct lockdep_map *map, unsigned int subclass, unsigned int flags,
		  unsigned long ip);
/* False: the caller does not hold it, which has been reported. A spinlock stays as it is then. */
bool lock_release(struct lockdep_map *map, unsigned long ip);
/* After a try that succeeded: it was one of many, the caller did wait. */
void __lock_was_awaited(struct lockdep_map *map);
/* Between lock_acquire() and having the lock: somebody else has it. Then: it is the caller's. */
void lock_contended(struct lockdep_map *map);
void lock_acquired(struct lockdep_map *map);
/* A writer has become a reader. */
void lock_downgrade(struct lockdep_map *map);

#define LOCK_STATE_UNKNOWN  (-1) /* checking has ended */
#define LOCK_STATE_NOT_HELD 0
#define LOCK_STATE_HELD	    1
/* read: 0 as a writer, 1 as a reader, -1 in either way. */
int lock_is_held_type(const struct lockdep_map *map, int read);

static inline int lock_is_held(const struct lockdep_map *map)
{
	return lock_is_held_type(map, -1);
}

/* Of a task that ends, or should have none: reports those it holds, and forgets them. */
void debug_check_no_locks_held(void);
void debug_show_held_locks(const struct task_struct *task);

#define lockdep_set_class_and_name(lock, key, name) lockdep_init_map(&(lock)->dep_map, name, key, 0)

#define lockdep_is_held(lock)	      lock_is_held(&(lock)->dep_map)
#define lockdep_is_held_type(lock, r) lock_is_held_type(&(lock)->dep_map, r)
#define lockdep_assert_held(lock)     WARN_ON_ONCE(lockdep_is_held(lock) == LOCK_STATE_NOT_HELD)
#define lockdep_assert_held_write(lock) \
	WARN_ON_ONCE(lockdep_is_held_type(lock, 0) == LOCK_STATE_NOT_HELD)
#define lockdep_assert_held_read(lock) \
	WARN_ON_ONCE(lockdep_is_held_type(lock, 1) == LOCK_STATE_NOT_HELD)
#define lockdep_assert_none_held_once()	     WARN_ON_ONCE(debug_locks && current->lockdep_depth)
#define lockdep_assert_preemption_enabled()  WARN_ON_ONCE(!preemptible())
#define lockdep_assert_preemption_disabled() WARN_ON_ONCE(preemptible())
#define lockdep_assert_in_irq()		     WARN_ON_ONCE(!in_hardirq())
#define lockdep_assert_not_held(lock)	     WARN_ON_ONCE(lockdep_is_held(lock) == LOCK_STATE_HELD)
#define lockdep_assert_irqs_disabled()	     WARN_ON_ONCE(!irqs_disabled())
#define lockdep_assert_irqs_enabled()	     WARN_ON_ONCE(irqs_disabled())
#define lockdep_assert_in_softirq()	     WARN_ON_ONCE(!in_softirq() || in_irq())

/* Inlined whatever the optimiser thinks: _THIS_IP_ is to lie in who takes the lock. */
#define __lock_inline __always_inline

#else

#define debug_locks_off()			    ((void)0)
#define lockdep_init_map(map, name, key, subclass)  ((void)(key))
#define lockdep_unregister_key(key)		    ((void)(key))
#define lock_acquire(map, subclass, flags, ip)	    ((void)0)
#define __lock_was_awaited(map)			    ((void)0)
#define lock_contended(map)			    ((void)0)
#define lock_acquired(map)			    ((void)0)
#define lock_downgrade(map)			    ((void)0)
#define debug_check_no_locks_held()		    ((void)0)
#define debug_show_held_locks(task)		    ((void)0)
#define lockdep_set_class_and_name(lock, key, name) ((void)(key))

static inline bool lock_release(struct lockdep_map *map, unsigned long ip)
{
	return true;
}

#define lockdep_is_held(lock)		     1
#define lockdep_is_held_type(lock, r)	     1
#define lockdep_assert_held(lock)	     ((void)(lock))
#define lockdep_assert_held_write(lock)	     ((void)(lock))
#define lockdep_assert_held_read(lock)	     ((void)(lock))
#define lockdep_assert_none_held_once()	     ((void)0)
#define lockdep_assert_preemption_enabled()  ((void)0)
#define lockdep_assert_preemption_disabled() ((void)0)
#define lockdep_assert_in_irq()		     ((void)0)
#define lockdep_assert_not_held(lock)	     ((void)(lock))
#define lockdep_assert_irqs_disabled()	     ((void)0)
#define lockdep_assert_irqs_enabled()	     ((void)0)
#define lockdep_assert_in_softirq()	     ((void)0)

#define __lock_inline inline

#endif

#define lockdep_assert_held_once(lock) lockdep_assert_held(lock)

#define lockdep_set_class(lock, key) lockdep_set_class_and_name(lock, key, #key)

#endif
