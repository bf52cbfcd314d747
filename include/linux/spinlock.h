/* SPDX-License-Identifier: MIT */
/*
 * Spinlocks: mutual exclusion between CPUs, and by the forms with a suffix against this
 * CPU's softirqs or interrupts. Fair: CPUs enter in the order in which they asked, each
 * holding a ticket. A holder must not sleep; the preempt count says that one is held.
 *
 *	spin_lock			other CPUs only
 *	spin_lock_bh			and this CPU's softirqs, tasklets and timers
 *	spin_lock_irq			and this CPU's interrupts, where these are known to be on
 *	spin_lock_irqsave(lock, flags)	the same, nesting
 *	spin_trylock...			0 instead of waiting
 *
 * A lock is one word: the ticket that the next comer draws in its low half, the one
 * that may enter in its high half. In the DEBUG build each has a class besides, and
 * kernel/lockdep.c checks the order in which they are taken.
 */
#ifndef _LINUX_SPINLOCK_H
#define _LINUX_SPINLOCK_H

#include <linux/bottom_half.h>
#include <linux/irqflags.h>
#include <linux/lockdep.h>
#include <linux/preempt.h>
#include <asm/processor.h>
#include <asm/spinlock.h>

typedef struct spinlock {
	u16 next;  /* the ticket that the next comer draws */
	u16 owner; /* the ticket that may enter */
	struct lockdep_map dep_map;
} spinlock_t;

typedef spinlock_t raw_spinlock_t;

#define __SPIN_LOCK_UNLOCKED(name)                  \
	{                                           \
		.dep_map = __LOCKDEP_MAP_INIT(name) \
	}
#define DEFINE_SPINLOCK(name) spinlock_t name = __SPIN_LOCK_UNLOCKED(name)

#define spin_lock_init(lock)                                          \
	do {                                                          \
		static struct lock_class_key __key;                   \
		(lock)->next = (lock)->owner = 0;                     \
		lockdep_init_map(&(lock)->dep_map, #lock, &__key, 0); \
	} while (0)

static inline bool spin_is_locked(const spinlock_t *lock)
{
	return READ_ONCE(lock->next) != READ_ONCE(lock->owner);
}

/* Does somebody wait for it? */
static inline bool spin_is_contended(const spinlock_t *lock)
{
	return (u16)(READ_ONCE(lock->next) - READ_ONCE(lock->owner)) > 1;
}

/* Waits until the ticket may enter; counts that somebody had to, for __spin_waits(). */
void __spin_wait_slowly(spinlock_t *lock, unsigned int ticket);

/* How often a CPU had to wait for the lock, since a lock at this address was first waited for. */
unsigned long __spin_waits(const spinlock_t *lock);

static __always_inline void __spin_acquire(spinlock_t *lock)
{
	u16 ticket = __atomic_fetch_add(&lock->next, 1, __ATOMIC_ACQUIRE);

	if (unlikely(__atomic_load_n(&lock->owner, __ATOMIC_ACQUIRE) != ticket))
		__spin_wait(lock, ticket);
}

static __always_inline bool __spin_try(spinlock_t *lock)
{
	u16 ticket = READ_ONCE(lock->owner);

	return __atomic_compare_exchange_n(&lock->next, &ticket, ticket + 1, false,
					   __ATOMIC_ACQUIRE, __ATOMIC_RELAXED);
}

static __always_inline void __spin_release(spinlock_t *lock)
{
	__atomic_store_n(&lock->owner, lock->owner + 1, __ATOMIC_RELEASE);
}

static __lock_inline void spin_lock(spinlock_t *lock)
{
	preempt_disable();
	lock_acquire(&lock->dep_map, 0, 0, _THIS_IP_);
	__spin_acquire(lock);
}

/* One unlock too many would keep everybody out: where it is seen, the lock stays as it is. */
static __lock_inline void spin_unlock(spinlock_t *lock)
{
	if (!lock_release(&lock->dep_map, _THIS_IP_))
		return;
	__spin_release(lock);
	preempt_enable();
}

static __lock_inline int spin_trylock(spinlock_t *lock)
{
	preempt_disable();
	if (__spin_try(lock)) {
		lock_acquire(&lock->dep_map, 0, __LOCK_TRY, _THIS_IP_);
		return 1;
	}
	preempt_enable();
	return 0;
}

#define spin_lock_irqsave(lock, flags) \
	do {                           \
		local_irq_save(flags); \
		spin_lock(lock);       \
	} while (0)

/* Interrupts are on again before the CPU may be given away, or it could not be. */
static __lock_inline void spin_unlock_irqrestore(spinlock_t *lock, unsigned long flags)
{
	if (!lock_release(&lock->dep_map, _THIS_IP_)) {
		local_irq_restore(flags);
		return;
	}
	__spin_release(lock);
	local_irq_restore(flags);
	preempt_enable();
}

static __lock_inline void spin_lock_irq(spinlock_t *lock)
{
	local_irq_disable();
	spin_lock(lock);
}

static __lock_inline void spin_unlock_irq(spinlock_t *lock)
{
	if (!lock_release(&lock->dep_map, _THIS_IP_)) {
		local_irq_enable();
		return;
	}
	__spin_release(lock);
	local_irq_enable();
	preempt_enable();
}

static __lock_inline void spin_lock_bh(spinlock_t *lock)
{
	local_bh_disable();
	spin_lock(lock);
}

static __lock_inline void spin_unlock_bh(spinlock_t *lock)
{
	spin_unlock(lock);
	local_bh_enable();
}

static __lock_inline int spin_trylock_bh(spinlock_t *lock)
{
	local_bh_disable();
	if (spin_trylock(lock))
		return 1;
	local_bh_enable();
	return 0;
}

#define spin_trylock_irqsave(lock, flags)         \
	({                                        \
		int __taken;                      \
		local_irq_save(flags);            \
		__taken = spin_trylock(lock);     \
		if (!__taken)                     \
			local_irq_restore(flags); \
		__taken;                          \
	})

#define spin_trylock_irq(lock)                \
	({                                    \
		int __taken;                  \
		local_irq_disable();          \
		__taken = spin_trylock(lock); \
		if (!__taken)                 \
			local_irq_enable();   \
		__taken;                      \
	})

/* Of two locks of one class: the inner one, where it is known which that is. */
#ifdef CONFIG_LOCKDEP
static __lock_inline void spin_lock_nested(spinlock_t *lock, unsigned int subclass)
{
	preempt_disable();
	lock_acquire(&lock->dep_map, subclass, 0, _THIS_IP_);
	__spin_acquire(lock);
}
#else
#define spin_lock_nested(lock, subclass) spin_lock(lock)
#endif

#define assert_spin_locked(lock) BUG_ON(!spin_is_locked(lock))

/* Locks that never sleep, here as everywhere: the raw ones are the same. */
#define DEFINE_RAW_SPINLOCK(name)		DEFINE_SPINLOCK(name)
#define raw_spin_lock_init(lock)		spin_lock_init(lock)
#define raw_spin_lock(lock)			spin_lock(lock)
#define raw_spin_unlock(lock)			spin_unlock(lock)
#define raw_spin_trylock(lock)			spin_trylock(lock)
#define raw_spin_lock_irq(lock)			spin_lock_irq(lock)
#define raw_spin_unlock_irq(lock)		spin_unlock_irq(lock)
#define raw_spin_lock_bh(lock)			spin_lock_bh(lock)
#define raw_spin_unlock_bh(lock)		spin_unlock_bh(lock)
#define raw_spin_lock_irqsave(lock, flags)	spin_lock_irqsave(lock, flags)
#define raw_spin_unlock_irqrestore(lock, flags) spin_unlock_irqrestore(lock, flags)

#endif
