// SPDX-License-Identifier: MIT
/* Wait queues (linux/wait.h). */
#include <linux/wait.h>

int default_wake_function(wait_queue_entry_t *entry, unsigned int mode, int flags, void *key)
{
	return wake_up_state(entry->private, mode);
}

/* Out of the queue at once, so that a second wake-up goes to somebody else. */
int autoremove_wake_function(wait_queue_entry_t *entry, unsigned int mode, int flags, void *key)
{
	int woken = default_wake_function(entry, mode, flags, key);

	if (woken)
		list_del_init(&entry->entry);
	return woken;
}

void init_wait_entry(wait_queue_entry_t *entry, int flags)
{
	*entry = (wait_queue_entry_t){
		.flags = flags,
		.private = current,
		.func = autoremove_wake_function,
	};
	INIT_LIST_HEAD(&entry->entry);
}

/* Who is woken together stands first, who is woken one at a time behind. */
static void join(struct wait_queue_head *queue, wait_queue_entry_t *entry)
{
	if (entry->flags & WQ_FLAG_EXCLUSIVE)
		list_add_tail(&entry->entry, &queue->head);
	else
		list_add(&entry->entry, &queue->head);
}

void add_wait_queue(struct wait_queue_head *queue, wait_queue_entry_t *entry)
{
	unsigned long flags;

	spin_lock_irqsave(&queue->lock, flags);
	entry->flags &= ~WQ_FLAG_EXCLUSIVE;
	join(queue, entry);
	spin_unlock_irqrestore(&queue->lock, flags);
}

void add_wait_queue_exclusive(struct wait_queue_head *queue, wait_queue_entry_t *entry)
{
	unsigned long flags;

	spin_lock_irqsave(&queue->lock, flags);
	entry->flags |= WQ_FLAG_EXCLUSIVE;
	join(queue, entry);
	spin_unlock_irqrestore(&queue->lock, flags);
}

void remove_wait_queue(struct wait_queue_head *queue, wait_queue_entry_t *entry)
{
	unsigned long flags;

	spin_lock_irqsave(&queue->lock, flags);
	list_del(&entry->entry);
	spin_unlock_irqrestore(&queue->lock, flags);
}

static void prepare(struct wait_queue_head *queue, wait_queue_entry_t *entry, int state)
{
	unsigned long flags;

	spin_lock_irqsave(&queue->lock, flags);
	if (list_empty(&entry->entry))
		join(queue, entry);
	set_current_state(state);
	spin_unlock_irqrestore(&queue->lock, flags);
}

void prepare_to_wait(struct wait_queue_head *queue, wait_queue_entry_t *entry, int state)
{
	entry->flags &= ~WQ_FLAG_EXCLUSIVE;
	prepare(queue, entry, state);
}

void prepare_to_wait_exclusive(struct wait_queue_head *queue, wait_queue_entry_t *entry, int state)
{
	entry->flags |= WQ_FLAG_EXCLUSIVE;
	prepare(queue, entry, state);
}

void finish_wait(struct wait_queue_head *queue, wait_queue_entry_t *entry)
{
	unsigned long flags;

	__set_current_state(TASK_RUNNING);
	spin_lock_irqsave(&queue->lock, flags);
	list_del_init(&entry->entry);
	spin_unlock_irqrestore(&queue->lock, flags);
}

static void wake(struct wait_queue_head *queue, unsigned int mode, int nr, void *key)
{
	wait_queue_entry_t *entry, *next;

	list_for_each_entry_safe(entry, next, &queue->head, entry) {
		bool exclusive = entry->flags & WQ_FLAG_EXCLUSIVE;

		if (entry->func(entry, mode, 0, key) && exclusive && !--nr)
			return;
	}
}

void __wake_up_locked(struct wait_queue_head *queue, unsigned int mode, int nr)
{
	wake(queue, mode, nr, NULL);
}

void __wake_up(struct wait_queue_head *queue, unsigned int mode, int nr, void *key)
{
	unsigned long flags;

	spin_lock_irqsave(&queue->lock, flags);
	wake(queue, mode, nr, key);
	spin_unlock_irqrestore(&queue->lock, flags);
}
