/* SPDX-License-Identifier: MIT */
/*
 * Atomic integers. An operation that returns a value is fully ordered; one
 * that does not, and the _relaxed forms, order nothing by contract (on x86
 * a locked instruction orders all the same). Any context.
 */
#ifndef _LINUX_ATOMIC_H
#define _LINUX_ATOMIC_H

#include <linux/compiler.h>
#include <linux/types.h>

#define ATOMIC_INIT(i) \
	{              \
		(i)    \
	}

#define atomic_read(v)		 READ_ONCE((v)->counter)
#define atomic_set(v, i)	 WRITE_ONCE((v)->counter, (i))
#define atomic_read_acquire(v)	 __atomic_load_n(&(v)->counter, __ATOMIC_ACQUIRE)
#define atomic_set_release(v, i) __atomic_store_n(&(v)->counter, (i), __ATOMIC_RELEASE)

#define atomic_add(i, v) ((void)__atomic_add_fetch(&(v)->counter, (i), __ATOMIC_SEQ_CST))
#define atomic_sub(i, v) ((void)__atomic_sub_fetch(&(v)->counter, (i), __ATOMIC_SEQ_CST))
#define atomic_inc(v)	 atomic_add(1, v)
#define atomic_dec(v)	 atomic_sub(1, v)
#define atomic_and(i, v) ((void)__atomic_and_fetch(&(v)->counter, (i), __ATOMIC_SEQ_CST))
#define atomic_or(i, v)	 ((void)__atomic_or_fetch(&(v)->counter, (i), __ATOMIC_SEQ_CST))
#define atomic_xor(i, v) ((void)__atomic_xor_fetch(&(v)->counter, (i), __ATOMIC_SEQ_CST))

#define atomic_andnot(i, v) atomic_and(~(i), v)

#define atomic_add_return(i, v)	  __atomic_add_fetch(&(v)->counter, (i), __ATOMIC_SEQ_CST)
#define atomic_sub_return(i, v)	  __atomic_sub_fetch(&(v)->counter, (i), __ATOMIC_SEQ_CST)
#define atomic_inc_return(v)	  atomic_add_return(1, v)
#define atomic_dec_return(v)	  atomic_sub_return(1, v)
#define atomic_fetch_add(i, v)	  __atomic_fetch_add(&(v)->counter, (i), __ATOMIC_SEQ_CST)
#define atomic_fetch_sub(i, v)	  __atomic_fetch_sub(&(v)->counter, (i), __ATOMIC_SEQ_CST)
#define atomic_fetch_inc(v)	  atomic_fetch_add(1, v)
#define atomic_fetch_dec(v)	  atomic_fetch_sub(1, v)
#define atomic_fetch_or(i, v)	  __atomic_fetch_or(&(v)->counter, (i), __ATOMIC_SEQ_CST)
#define atomic_fetch_and(i, v)	  __atomic_fetch_and(&(v)->counter, (i), __ATOMIC_SEQ_CST)
#define atomic_fetch_andnot(i, v) atomic_fetch_and(~(i), v)
#define atomic_fetch_xor(i, v)	  __atomic_fetch_xor(&(v)->counter, (i), __ATOMIC_SEQ_CST)
#define atomic_add_negative(i, v) (atomic_add_return(i, v) < 0)
#define atomic_sub_and_test(i, v) (atomic_sub_return(i, v) == 0)
#define atomic_dec_and_test(v)	  (atomic_sub_return(1, v) == 0)
#define atomic_inc_and_test(v)	  (atomic_add_return(1, v) == 0)

#define xchg(ptr, value) __atomic_exchange_n((ptr), (value), __ATOMIC_SEQ_CST)

/* Stores `new` where *ptr is `old`; the value found is returned. */
#define cmpxchg(ptr, old, new)                                                                  \
	({                                                                                      \
		typeof(*(ptr)) __expected = (old);                                              \
		__atomic_compare_exchange_n((ptr), &__expected, (new), false, __ATOMIC_SEQ_CST, \
					    __ATOMIC_SEQ_CST);                                  \
		__expected;                                                                     \
	})

/* The same, returning success; what was found replaces *oldp on failure. */
#define try_cmpxchg(ptr, oldp, new) \
	__atomic_compare_exchange_n((ptr), (oldp), (new), false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST)

#define atomic_xchg(v, i)		 xchg(&(v)->counter, (i))
#define atomic_cmpxchg(v, old, new)	 cmpxchg(&(v)->counter, (old), (new))
#define atomic_try_cmpxchg(v, oldp, new) try_cmpxchg(&(v)->counter, (oldp), (new))

/* Adds unless the value is `unless`; returns the value before. */
static inline int atomic_fetch_add_unless(atomic_t *v, int add, int unless)
{
	int value = atomic_read(v);

	while (value != unless && !atomic_try_cmpxchg(v, &value, value + add))
		;
	return value;
}

/* Weaker orders are allowed to be stronger. */
#define atomic_add_return_relaxed(i, v)	    atomic_add_return(i, v)
#define atomic_inc_return_relaxed(v)	    atomic_inc_return(v)
#define atomic_fetch_add_relaxed(i, v)	    atomic_fetch_add(i, v)
#define atomic_fetch_sub_release(i, v)	    atomic_fetch_sub(i, v)
#define atomic_cmpxchg_relaxed(v, old, new) atomic_cmpxchg(v, old, new)
#define atomic_cmpxchg_acquire(v, old, new) atomic_cmpxchg(v, old, new)
#define atomic_cmpxchg_release(v, old, new) atomic_cmpxchg(v, old, new)
#define atomic_xchg_acquire(v, i)	    atomic_xchg(v, i)

#define atomic_add_unless(v, a, u) (atomic_fetch_add_unless(v, a, u) != (u))
#define atomic_inc_not_zero(v)	   atomic_add_unless(v, 1, 0)

static inline int atomic_dec_if_positive(atomic_t *v)
{
	int value = atomic_read(v);

	while (value > 0 && !atomic_try_cmpxchg(v, &value, value - 1))
		;
	return value - 1;
}

/*
 * 64 bits: by cmpxchg8b, which every CPU with PAE has. Reading is not a plain load either, or
 * it might see half of a change.
 */
#define ATOMIC64_INIT(i) \
	{                \
		(i)      \
	}

static inline s64 atomic64_cmpxchg(atomic64_t *v, s64 old, s64 new)
{
	return __sync_val_compare_and_swap(&v->counter, old, new);
}

static inline s64 atomic64_read(const atomic64_t *v)
{
	return atomic64_cmpxchg((atomic64_t *)v, 0, 0);
}

static inline s64 atomic64_xchg(atomic64_t *v, s64 new)
{
	s64 old, found = v->counter;

	do {
		old = found;
		found = atomic64_cmpxchg(v, old, new);
	} while (found != old);
	return old;
}

static inline void atomic64_set(atomic64_t *v, s64 i)
{
	atomic64_xchg(v, i);
}

static inline s64 atomic64_fetch_add(s64 i, atomic64_t *v)
{
	s64 old, found = v->counter;

	do {
		old = found;
		found = atomic64_cmpxchg(v, old, old + i);
	} while (found != old);
	return old;
}

static inline s64 atomic64_add_return(s64 i, atomic64_t *v)
{
	return atomic64_fetch_add(i, v) + i;
}

#define atomic64_sub_return(i, v) atomic64_add_return(-(s64)(i), (v))
#define atomic64_add(i, v)	  ((void)atomic64_fetch_add((i), (v)))
#define atomic64_sub(i, v)	  ((void)atomic64_fetch_add(-(s64)(i), (v)))
#define atomic64_inc(v)		  atomic64_add(1, (v))
#define atomic64_dec(v)		  atomic64_sub(1, (v))
#define atomic64_inc_return(v)	  atomic64_add_return(1, (v))
#define atomic64_dec_return(v)	  atomic64_sub_return(1, (v))
#define atomic64_dec_and_test(v)  (atomic64_dec_return(v) == 0)

/* On both x86 builds a long-sized atomic is the same code on another type. */
typedef struct {
	long counter;
} atomic_long_t;

#define ATOMIC_LONG_INIT(i) \
	{                   \
		(i)         \
	}
#define atomic_long_read(v)	     READ_ONCE((v)->counter)
#define atomic_long_set(v, i)	     WRITE_ONCE((v)->counter, (i))
#define atomic_long_add(i, v)	     atomic_add(i, v)
#define atomic_long_sub(i, v)	     atomic_sub(i, v)
#define atomic_long_inc(v)	     atomic_inc(v)
#define atomic_long_dec(v)	     atomic_dec(v)
#define atomic_long_add_return(i, v) atomic_add_return(i, v)
#define atomic_long_sub_return(i, v) atomic_sub_return(i, v)
#define atomic_long_inc_return(v)    atomic_inc_return(v)
#define atomic_long_dec_return(v)    atomic_dec_return(v)
#define atomic_long_fetch_add(i, v)  atomic_fetch_add(i, v)
#define atomic_long_dec_and_test(v)  atomic_dec_and_test(v)
#define atomic_long_xchg(v, i)	     atomic_xchg(v, i)
#define atomic_long_cmpxchg(v, o, n) atomic_cmpxchg(v, o, n)

static inline bool atomic_long_add_unless(atomic_long_t *v, long add, long unless)
{
	long value = atomic_long_read(v);

	while (value != unless && !try_cmpxchg(&v->counter, &value, value + add))
		;
	return value != unless;
}

#define atomic_long_inc_not_zero(v) atomic_long_add_unless(v, 1, 0)

#endif
