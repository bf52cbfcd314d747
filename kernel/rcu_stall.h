/* SPDX-License-Identifier: MIT */
/* Between rcu.c and rcu_stall.c. */
#ifndef _KERNEL_RCU_STALL_H
#define _KERNEL_RCU_STALL_H

#include <linux/cpumask.h>
#include <linux/jiffies.h>
#include <linux/spinlock.h>
#include <linux/wait.h>

#define KICK_AFTER (HZ / 10)

/* rcu.c has the theory. All but `ended` under the lock. */
struct rcu_state {
	spinlock_t lock;
	unsigned long gp_seq;			/* odd: a grace period runs */
	unsigned long gp_wanted;		/* the last end that somebody waits for */
	struct cpumask waiting_for;		/* the CPUs that have not been quiescent in it */
	unsigned long began, kick_at, stall_at; /* jiffies */
	wait_queue_head_t ended;
};

extern struct rcu_state rcu_state;
extern unsigned long rcu_stall_timeout;

/* In the tick, while a grace period runs. */
void rcu_look_for_stall(void);
/* In an interrupt: another CPU wants this one's stack in the log. */
void rcu_show_if_asked(void);

#endif
