/* SPDX-License-Identifier: MIT */
/*
 * RCU: readers that take no lock, and writers who wait until nobody can still see what they
 * have taken away. docs/rcu.md begins at the beginning, kernel/rcu.c says how it works.
 *
 *	reader					writer
 *	rcu_read_lock();			new = kmalloc(...); *new = ...;
 *	p = rcu_dereference(shared);		old = shared;
 *	...p is there, and does not change	rcu_assign_pointer(shared, new);
 *	rcu_read_unlock();			synchronize_rcu();	every reader of `old` is gone
 *						kfree(old);
 *
 * Readers: any context but NMI; they nest, and must not sleep. Writers keep each other out with
 * a lock of their own. What is said of readers here goes for every section with preemption,
 * softirqs or interrupts off, as in Linux since 5.0.
 *
 *	synchronize_rcu		waits; process context
 *	call_rcu		calls func(head) when it may; any context but NMI. In softirq
 *				context, those of one CPU in order
 *	kfree_rcu		kvfree() when it may. Any context but NMI; with one argument, for
 *				objects without an rcu_head, process context
 *	rcu_barrier		waits until what was given to call_rcu() and kfree_rcu() before
 *				is done; vmalloc()'s memory is by then given to a work
 *				(flush_scheduled_work()). Process context
 */
#ifndef _LINUX_RCUPDATE_H
#define _LINUX_RCUPDATE_H

#include <linux/bottom_half.h>
#include <linux/build_bug.h>
#include <linux/bug.h>
#include <linux/irqflags.h>
#include <linux/preempt.h>
#include <linux/stddef.h>
#include <linux/types.h>
#include <asm/barrier.h>

/* --- readers ------------------------------------------------------------------------ */

static __always_inline void rcu_read_lock(void)
{
	preempt_disable();
}

static __always_inline void rcu_read_unlock(void)
{
	preempt_enable();
}

#define rcu_read_lock_sched()	rcu_read_lock()
#define rcu_read_unlock_sched() rcu_read_unlock()
#define rcu_read_lock_bh()	local_bh_disable()
#define rcu_read_unlock_bh()	local_bh_enable()

/* Is the caller a reader? Where nobody checks (the default build): yes. */
#ifdef CONFIG_LOCKDEP
#define rcu_read_lock_held()	 (!preemptible())
#define RCU_LOCKDEP_WARN(c, why) WARN_ONCE((c), "suspicious RCU usage: %s", (why))
#else
#define rcu_read_lock_held()	 1
#define RCU_LOCKDEP_WARN(c, why) ((void)(0 && (c)))
#endif
#define rcu_read_lock_bh_held()	   rcu_read_lock_held()
#define rcu_read_lock_sched_held() rcu_read_lock_held()
#define rcu_read_lock_any_held()   rcu_read_lock_held()

/* --- pointers that readers follow ------------------------------------------------------ */

/*
 * rcu_dereference		in a reader: to be followed
 * rcu_dereference_check	the same, or `c` says why it is safe (a lock that writers hold)
 * rcu_dereference_protected	by who keeps all writers out; `c` says how
 * rcu_dereference_raw		nobody checks
 * rcu_access_pointer		to be looked at, not followed
 * rcu_assign_pointer		what it points to is visible before it is
 * RCU_INIT_POINTER		NULL, or nobody can see it yet
 */
#define rcu_dereference_raw(p) ((typeof(*(p)) *)READ_ONCE(p))
#define rcu_dereference_check(p, c)                                        \
	({                                                                 \
		RCU_LOCKDEP_WARN(!((c) || rcu_read_lock_held()),           \
				 "rcu_dereference() outside of a reader"); \
		rcu_dereference_raw(p);                                    \
	})
#define rcu_dereference(p)		  rcu_dereference_check(p, 0)
#define rcu_dereference_bh(p)		  rcu_dereference(p)
#define rcu_dereference_sched(p)	  rcu_dereference(p)
#define rcu_dereference_bh_check(p, c)	  rcu_dereference_check(p, c)
#define rcu_dereference_sched_check(p, c) rcu_dereference_check(p, c)
#define rcu_dereference_protected(p, c)                                                 \
	({                                                                              \
		RCU_LOCKDEP_WARN(!(c), "rcu_dereference_protected() without its lock"); \
		(typeof(*(p)) *)(p);                                                    \
	})
#define rcu_access_pointer(p)  ((typeof(*(p)) *)READ_ONCE(p))
#define rcu_pointer_handoff(p) (p)
#define unrcu_pointer(p)       (p)

#define rcu_assign_pointer(p, v) smp_store_release(&(p), (typeof(p))(v))
#define RCU_INITIALIZER(v)	 (v)
#define RCU_INIT_POINTER(p, v)	 WRITE_ONCE(p, (typeof(p))(v))
#define rcu_replace_pointer(p, v, c)                                      \
	({                                                                \
		typeof(p) __before = rcu_dereference_protected((p), (c)); \
		rcu_assign_pointer((p), (v));                             \
		__before;                                                 \
	})

/* --- waiting for readers ----------------------------------------------------------------- */

typedef void (*rcu_callback_t)(struct rcu_head *head);
typedef void (*call_rcu_func_t)(struct rcu_head *head, rcu_callback_t func);

void call_rcu(struct rcu_head *head, rcu_callback_t func);
void synchronize_rcu(void);
/* The same, sooner, at the cost of an interrupt of every CPU. */
void synchronize_rcu_expedited(void);
void rcu_barrier(void);

/*
 * A grace period to come has a number. start_poll_... has it begin, get_state_... only says which
 * it will be; poll_... says whether it has ended, cond_... waits if it has not.
 */
unsigned long get_state_synchronize_rcu(void);
unsigned long start_poll_synchronize_rcu(void);
bool poll_state_synchronize_rcu(unsigned long number);
void cond_synchronize_rcu(unsigned long number);

#define init_rcu_head(head)		((void)(head))
#define destroy_rcu_head(head)		((void)(head))
#define init_rcu_head_on_stack(head)	((void)(head))
#define destroy_rcu_head_on_stack(head) ((void)(head))

/*
 * kfree_rcu(pointer, member): member is the rcu_head in what it points to, in its first 4 KiB.
 * kfree_rcu(pointer): may sleep. NULL is fine.
 */
#define kfree_rcu(...)			  __kfree_rcu_form(__VA_ARGS__, __kfree_rcu_2, __kfree_rcu_1)(__VA_ARGS__)
#define __kfree_rcu_form(a, b, form, ...) form
#define __kfree_rcu_1(pointer)                                 \
	do {                                                   \
		typeof(pointer) __gone = (pointer);            \
		if (__gone)                                    \
			kvfree_call_rcu(NULL, (void *)__gone); \
	} while (0)
#define __kfree_rcu_2(pointer, member)                                    \
	do {                                                              \
		typeof(pointer) __gone = (pointer);                       \
		BUILD_BUG_ON(offsetof(typeof(*__gone), member) >= 4096);  \
		if (__gone)                                               \
			kvfree_call_rcu(&__gone->member, (void *)__gone); \
	} while (0)
#define kvfree_rcu(...) kfree_rcu(__VA_ARGS__) /* both take memory of vmalloc() too */
/* Later names of the forms with one argument. */
#define kfree_rcu_mightsleep(pointer)  kfree_rcu(pointer)
#define kvfree_rcu_mightsleep(pointer) kfree_rcu(pointer)
void kvfree_call_rcu(struct rcu_head *head, void *pointer);

/* --- what calls RCU ----------------------------------------------------------------------- */

void rcu_init(void);
/* The tick, in its interrupt; `user`: it stopped user space. */
void rcu_sched_clock_irq(int user);

#endif
