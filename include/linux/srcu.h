/* SPDX-License-Identifier: MIT */
/*
 * SRCU: RCU whose readers may sleep. Each domain, a struct srcu_struct, has readers of its
 * own, and waits for no others. A reader keeps what srcu_read_lock() returned:
 *
 *	index = srcu_read_lock(&domain);
 *	p = srcu_dereference(shared, &domain);
 *	...
 *	srcu_read_unlock(&domain, index);
 *
 * Readers: any context but NMI; they nest. synchronize_srcu(), srcu_barrier(), init and cleanup:
 * process context. call_srcu(): any but NMI; its callbacks run with softirqs off, in order.
 */
#ifndef _LINUX_SRCU_H
#define _LINUX_SRCU_H

#include <linux/mutex.h>
#include <linux/percpu.h>
#include <linux/rcupdate.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>

/* How often a CPU has begun and ended readers of either index. */
struct srcu_data {
	unsigned long srcu_lock_count[2];
	unsigned long srcu_unlock_count[2];
};

struct srcu_struct {
	struct srcu_data __percpu *sda;
	unsigned int srcu_idx;	    /* its lowest bit is the index that new readers take */
	struct mutex srcu_gp_mutex; /* one grace period at a time */
	spinlock_t lock;	    /* the callbacks */
	struct rcu_head *first, *last;
	struct work_struct work; /* calls them */
};

void __srcu_work(struct work_struct *work);

#define __SRCU_STRUCT_INIT(name, data)                                                    \
	{                                                                                 \
		.sda = &(data), .srcu_gp_mutex = __MUTEX_INITIALIZER(name.srcu_gp_mutex), \
		.lock = __SPIN_LOCK_UNLOCKED(name.lock),                                  \
		.work = __WORK_INITIALIZER(name.work, __srcu_work),                       \
	}
#define __DEFINE_SRCU(name, is_static)                             \
	static DEFINE_PER_CPU(struct srcu_data, name##_srcu_data); \
	is_static struct srcu_struct name = __SRCU_STRUCT_INIT(name, name##_srcu_data)
#define DEFINE_SRCU(name)	 __DEFINE_SRCU(name, /* not static */)
#define DEFINE_STATIC_SRCU(name) __DEFINE_SRCU(name, static)

/* 0, or -ENOMEM. */
int init_srcu_struct(struct srcu_struct *domain);
/* Of a domain without readers, whose callbacks have been called. One with readers is reported, and leaks. */
void cleanup_srcu_struct(struct srcu_struct *domain);

static inline int srcu_read_lock(struct srcu_struct *domain)
{
	int index = READ_ONCE(domain->srcu_idx) & 1;

	this_cpu_inc(domain->sda->srcu_lock_count[index]);
	smp_mb(); /* before the reader's loads: who flips the index sees it, or it sees all that he did */
	return index;
}

static inline void srcu_read_unlock(struct srcu_struct *domain, int index)
{
	smp_mb();
	this_cpu_inc(domain->sda->srcu_unlock_count[index]);
}

void synchronize_srcu(struct srcu_struct *domain);
#define synchronize_srcu_expedited(domain) synchronize_srcu(domain)
void call_srcu(struct srcu_struct *domain, struct rcu_head *head, rcu_callback_t func);
/* Until the callbacks that were queued before have been called. */
void srcu_barrier(struct srcu_struct *domain);

/* Whether this very task is a reader nobody knows. */
#define srcu_read_lock_held(domain)	     1
#define srcu_dereference(p, domain)	     rcu_dereference_raw(p)
#define srcu_dereference_check(p, domain, c) rcu_dereference_raw(p)

#endif
