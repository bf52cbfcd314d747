// SPDX-License-Identifier: MIT
/*
 * Two threads and a ring between them: one makes items until told to stop, the other takes
 * them. Each sleeps while there is nothing to do for it.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/completion.h>
#include <linux/err.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/wait.h>

static unsigned int slots = 8;
module_param(slots, uint, 0444);
MODULE_PARM_DESC(slots, "how many items the ring holds, a power of two");

static unsigned int goal = 1000;
module_param(goal, uint, 0444);
MODULE_PARM_DESC(goal, "how many items are to be taken");

struct ring {
	spinlock_t lock;
	wait_queue_head_t not_full, not_empty;
	unsigned int head, tail; /* count for ever; under lock */
	unsigned int *items;
};

static struct ring ring;
static struct task_struct *producer, *consumer;
static DECLARE_COMPLETION(all_taken);
static unsigned int wrong;

static bool put(unsigned int item)
{
	bool room;

	spin_lock(&ring.lock);
	room = ring.head - ring.tail < slots;
	if (room)
		ring.items[ring.head++ & (slots - 1)] = item;
	spin_unlock(&ring.lock);
	if (room)
		wake_up(&ring.not_empty);
	return room;
}

static bool take(unsigned int *item)
{
	bool any;

	spin_lock(&ring.lock);
	any = ring.head != ring.tail;
	if (any)
		*item = ring.items[ring.tail++ & (slots - 1)];
	spin_unlock(&ring.lock);
	if (any)
		wake_up(&ring.not_full);
	return any;
}

static int produce(void *unused)
{
	unsigned int next = 0;

	while (!kthread_should_stop()) {
		bool done = false;

		wait_event_interruptible(ring.not_full,
					 (done = put(next)) || kthread_should_stop());
		next += done;
	}
	return 0;
}

static int consume(void *unused)
{
	unsigned int taken = 0, item = 0;

	while (!kthread_should_stop()) {
		bool any = false;

		wait_event_interruptible(ring.not_empty,
					 (any = take(&item)) || kthread_should_stop());
		if (!any)
			continue;
		wrong += item != taken;
		if (++taken == goal)
			complete(&all_taken);
	}
	return 0;
}

static int __init producer_init(void)
{
	int error;

	if (!slots || (slots & (slots - 1)))
		return -EINVAL;
	spin_lock_init(&ring.lock);
	init_waitqueue_head(&ring.not_full);
	init_waitqueue_head(&ring.not_empty);
	ring.items = kcalloc(slots, sizeof(*ring.items), GFP_KERNEL);
	if (!ring.items)
		return -ENOMEM;
	consumer = kthread_run(consume, NULL, "consumer");
	if (IS_ERR(consumer)) {
		error = PTR_ERR(consumer);
		goto no_consumer;
	}
	producer = kthread_run(produce, NULL, "producer");
	if (IS_ERR(producer)) {
		error = PTR_ERR(producer);
		goto no_producer;
	}
	wait_for_completion(&all_taken);
	pr_info("%u items through %u slots, %u of them wrong\n", goal, slots, wrong);
	return 0;

no_producer:
	kthread_stop(consumer);
no_consumer:
	kfree(ring.items);
	return error;
}

static void __exit producer_exit(void)
{
	kthread_stop(producer);
	kthread_stop(consumer);
	kfree(ring.items);
}

module_init(producer_init);
module_exit(producer_exit);

MODULE_DESCRIPTION("Threads, wait queues and a ring");
MODULE_LICENSE("GPL");
