// SPDX-License-Identifier: MIT
/* Its init function leaves a lock held and interrupts off, if it is told to. */
#include <linux/module.h>

static DEFINE_SPINLOCK(lock);
static bool leaves;
module_param(leaves, bool, 0444);

static int __init careless_init(void)
{
	if (leaves)
		spin_lock_irq(&lock);
	return 0;
}
module_init(careless_init);

MODULE_LICENSE("GPL");
