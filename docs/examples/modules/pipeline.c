// SPDX-License-Identifier: MIT
/*
 * From a timer to a thread, as a device's data goes: the timer's function may not sleep and
 * takes a buffer by GFP_ATOMIC; a tasklet sums it up, in a softirq too; a work item, which
 * may sleep, keeps a copy by GFP_KERNEL and frees the buffer.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/completion.h>
#include <linux/interrupt.h>
#include <linux/jiffies.h>
#include <linux/list.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/timer.h>
#include <linux/workqueue.h>

static unsigned int packets = 5;
module_param(packets, uint, 0444);
MODULE_PARM_DESC(packets, "how many buffers go through");

struct packet {
	struct list_head list;
	unsigned int number, sum;
	u8 data[200];
};

static DEFINE_SPINLOCK(lock);
static LIST_HEAD(arrived); /* from the timer to the tasklet; under lock */
static LIST_HEAD(summed);  /* from the tasklet to the work item; under lock */
static unsigned int nr_made, nr_lost, nr_done;
static struct workqueue_struct *queue;
static DECLARE_COMPLETION(finished);

/* All that is in `from`, in one step. */
static void take_all(struct list_head *from, struct list_head *to)
{
	unsigned long flags;

	spin_lock_irqsave(&lock, flags);
	list_splice_tail_init(from, to);
	spin_unlock_irqrestore(&lock, flags);
}

static void finish(struct work_struct *work)
{
	struct packet *packet, *next;
	LIST_HEAD(mine);

	take_all(&summed, &mine);
	list_for_each_entry_safe(packet, next, &mine, list) {
		u8 *copy = kmemdup(packet->data, sizeof(packet->data), GFP_KERNEL);

		if (copy)
			pr_info("packet %u, sum %u\n", packet->number, packet->sum);
		kfree(copy);
		list_del(&packet->list);
		kfree(packet);
		nr_done++;
	}
	if (nr_done + READ_ONCE(nr_lost) == packets)
		complete(&finished);
}
static DECLARE_WORK(finish_work, finish);

static void sum_up(struct tasklet_struct *tasklet)
{
	struct packet *packet;
	unsigned int i;
	LIST_HEAD(mine);

	take_all(&arrived, &mine);
	list_for_each_entry(packet, &mine, list)
		for (i = 0; i < sizeof(packet->data); i++)
			packet->sum += packet->data[i];
	take_all(&mine, &summed);
	queue_work(queue, &finish_work);
}
static DECLARE_TASKLET(sum_tasklet, sum_up);

static void tick(struct timer_list *timer)
{
	struct packet *packet = kzalloc(sizeof(*packet), GFP_ATOMIC);
	unsigned long flags;

	if (packet) {
		packet->number = nr_made;
		memset(packet->data, nr_made, sizeof(packet->data));
		spin_lock_irqsave(&lock, flags);
		list_add_tail(&packet->list, &arrived);
		spin_unlock_irqrestore(&lock, flags);
	} else {
		nr_lost++;
	}
	tasklet_schedule(&sum_tasklet);
	if (++nr_made < packets)
		mod_timer(timer, jiffies + msecs_to_jiffies(10));
}
static DEFINE_TIMER(tick_timer, tick);

static int __init pipeline_init(void)
{
	if (!packets)
		return -EINVAL;
	queue = alloc_workqueue("pipeline", WQ_UNBOUND, 1);
	if (!queue)
		return -ENOMEM;
	mod_timer(&tick_timer, jiffies + 1);
	wait_for_completion(&finished);
	pr_info("%u done, %u lost\n", nr_done, nr_lost);
	return 0;
}

static void __exit pipeline_exit(void)
{
	del_timer_sync(&tick_timer);
	tasklet_kill(&sum_tasklet);
	destroy_workqueue(queue);
}

module_init(pipeline_init);
module_exit(pipeline_exit);

MODULE_DESCRIPTION("Timer, tasklet and workqueue: memory in three contexts");
MODULE_LICENSE("GPL");
