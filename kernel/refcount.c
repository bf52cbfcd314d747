// SPDX-License-Identifier: MIT
/* What is rare about reference counts (linux/refcount.h). */
#include <linux/bug.h>
#include <linux/mutex.h>
#include <linux/refcount.h>
#include <linux/spinlock.h>

void refcount_warn_saturate(refcount_t *r, enum refcount_saturation_type type)
{
	refcount_set(r, REFCOUNT_SATURATED);
	switch (type) {
	case REFCOUNT_ADD_NOT_ZERO_OVF:
	case REFCOUNT_ADD_OVF:
		WARN_ONCE(true, "refcount_t: saturated; leaking memory.");
		break;
	case REFCOUNT_ADD_UAF:
		WARN_ONCE(true, "refcount_t: addition on 0; use-after-free.");
		break;
	case REFCOUNT_SUB_UAF:
		WARN_ONCE(true, "refcount_t: underflow; use-after-free.");
		break;
	case REFCOUNT_DEC_LEAK:
		WARN_ONCE(true, "refcount_t: decrement hit 0; leaking memory.");
		break;
	}
}

bool refcount_dec_if_one(refcount_t *r)
{
	int one = 1;

	return atomic_try_cmpxchg(&r->refs, &one, 0);
}

/* False: it is the last one, and nothing was changed. */
bool refcount_dec_not_one(refcount_t *r)
{
	int value = atomic_read(&r->refs);

	do {
		if (value == REFCOUNT_SATURATED)
			return true;
		if (value == 1)
			return false;
		if (value < 1) {
			refcount_warn_saturate(r, REFCOUNT_SUB_UAF);
			return true;
		}
	} while (!atomic_try_cmpxchg(&r->refs, &value, value - 1));
	return true;
}

bool refcount_dec_and_lock(refcount_t *r, struct spinlock *lock)
{
	if (refcount_dec_not_one(r))
		return false;
	spin_lock(lock);
	if (refcount_dec_and_test(r))
		return true;
	spin_unlock(lock);
	return false;
}

bool refcount_dec_and_lock_irqsave(refcount_t *r, struct spinlock *lock, unsigned long *flags)
{
	if (refcount_dec_not_one(r))
		return false;
	spin_lock_irqsave(lock, *flags);
	if (refcount_dec_and_test(r))
		return true;
	spin_unlock_irqrestore(lock, *flags);
	return false;
}

bool refcount_dec_and_mutex_lock(refcount_t *r, struct mutex *lock)
{
	if (refcount_dec_not_one(r))
		return false;
	mutex_lock(lock);
	if (refcount_dec_and_test(r))
		return true;
	mutex_unlock(lock);
	return false;
}
