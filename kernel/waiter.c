// SPDX-License-Identifier: MIT
/* Waiting in line for a lock: see waiter.h. */
#include "waiter.h"

long __sched wait_in_line(struct list_head *line, struct waiter *waiter, spinlock_t *lock,
			  unsigned int state, long timeout)
{
	waiter->task = current;
	waiter->granted = false;
	list_add_tail(&waiter->list, line);
	for (;;) {
		if (waiter->granted)
			return max(timeout, 1L);
		if (!timeout) {
			list_del(&waiter->list);
			return 0;
		}
		__set_current_state(state);
		spin_unlock_irq(lock);
		timeout = schedule_timeout(timeout);
		spin_lock_irq(lock);
	}
}
