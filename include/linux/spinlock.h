/* SPDX-License-Identifier: MIT */
/*
 * Spinlocks: mutual exclusion between CPUs, and by the _irq forms against this
 * CPU's interrupts. Fair: CPUs enter in the order in which they asked, each
 * holding a ticket. A holder must not sleep; the preempt count says that one
 * is held.
 *
 *	spin_lock			other CPUs only
 *	spin_lock_irqsave(lock, flags)	and this CPU's interrupts, nesting
 *	spin_lock_irq			the same, where interrupts are known to be on
 *	spin_trylock			returns false instead of waiting
 */
#ifndef _LINUX_SPINLOCK_H
#define _LINUX_SPINLOCK_H

#include <linux/irqflags.h>
#include <linux/preempt.h>
#include <asm/processor.h>

typedef struct spinlock {
	u16 next;  /* the ticket that the next comer draws */
	u16 owner; /* the ticket that may enter */
} spinlock_t;

#define __SPIN_LOCK_UNLOCKED(name) \
	{                          \
		0, 0               \
	}
#define DEFINE_SPINLOCK(name) spinlock_t name = __SPIN_LOCK_UNLOCKED(name)

static inline void spin_lock_init(spinlock_t *lock)
{
	*lock = (spinlock_t)__SPIN_LOCK_UNLOCKED(*lock);
}

static inline bool spin_is_locked(spinlock_t *lock)
{
	return READ_ONCE(lock->next) != READ_ONCE(lock->owner);
}

static inline void spin_lock(spinlock_t *lock)
{
	u16 ticket;

	preempt_disable();
	ticket = __atomic_fetch_add(&lock->next, 1, __ATOMIC_ACQUIRE);
	while (unlikely(__atomic_load_n(&lock->owner, __ATOMIC_ACQUIRE) != ticket))
		cpu_relax();
}

static inline bool spin_trylock(spinlock_t *lock)
{
	u16 ticket = READ_ONCE(lock->owner);

	preempt_disable();
	if (__atomic_compare_exchange_n(&lock->next, &ticket, ticket + 1, false, __ATOMIC_ACQUIRE,
					__ATOMIC_RELAXED))
		return true;
	preempt_enable();
	return false;
}

static inline void spin_unlock(spinlock_t *lock)
{
	__atomic_store_n(&lock->owner, lock->owner + 1, __ATOMIC_RELEASE);
	preempt_enable();
}

#define spin_lock_irqsave(lock, flags) \
	do {                           \
		local_irq_save(flags); \
		spin_lock(lock);       \
	} while (0)

static inline void spin_unlock_irqrestore(spinlock_t *lock, unsigned long flags)
{
	spin_unlock(lock);
	local_irq_restore(flags);
}

static inline void spin_lock_irq(spinlock_t *lock)
{
	local_irq_disable();
	spin_lock(lock);
}

static inline void spin_unlock_irq(spinlock_t *lock)
{
	spin_unlock(lock);
	local_irq_enable();
}

#define spin_trylock_irqsave(lock, flags)         \
	({                                        \
		bool __taken;                     \
		local_irq_save(flags);            \
		__taken = spin_trylock(lock);     \
		if (!__taken)                     \
			local_irq_restore(flags); \
		__taken;                          \
	})

#define assert_spin_locked(lock) BUG_ON(!spin_is_locked(lock))

#endif
