// SPDX-License-Identifier: MIT
/*
 * KUnit resources and actions: a case's list of what to give back.
 *
 * The list is in the order of addition; cleanup takes from its end. A resource lives
 * as long as somebody holds a reference: being on the list is one, a find that
 * was not put yet another. The last put frees it, wherever it is.
 *
 * Locking: test->lock covers the list and the slots. Nothing is
 * called under it: init, free and actions may do what their case may.
 */
#include <linux/atomic.h>
#include <linux/container_of.h>
#include <linux/errno.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <memkern/kunit_extra.h>

static struct kunit_slot *slot_of(struct kunit_resource *res)
{
	return container_of(res, struct kunit_slot, res);
}

/* A slot of the pool, or NULL with a word about it. */
static struct kunit_slot *take_slot(struct kunit *test)
{
	struct kunit_slot *slot;
	unsigned long flags;
	int i;

	spin_lock_irqsave(&test->lock, flags);
	for (i = 0; i < KUNIT_SLOTS && test->slots[i].used; i++)
		;
	slot = i < KUNIT_SLOTS ? &test->slots[i] : NULL;
	if (slot) {
		memset(slot, 0, sizeof(*slot));
		slot->used = true;
		slot->res.in_slot = true;
	}
	spin_unlock_irqrestore(&test->lock, flags);
	if (!slot)
		kunit_err(test, "all %d slots for actions and resources are in use\n", KUNIT_SLOTS);
	return slot;
}

int kunit_add_resource(struct kunit *test, kunit_resource_init_t init, kunit_resource_free_t free,
		       struct kunit_resource *res, void *data)
{
	unsigned long flags;
	int error = 0;

	res->free = free;
	atomic_set(&res->refcount, 1);
	if (init)
		error = init(res, data);
	else
		res->data = data;
	if (error)
		return error;
	spin_lock_irqsave(&test->lock, flags);
	list_add_tail(&res->node, &test->resources);
	spin_unlock_irqrestore(&test->lock, flags);
	return 0;
}

int kunit_add_named_resource(struct kunit *test, kunit_resource_init_t init,
			     kunit_resource_free_t free, struct kunit_resource *res,
			     const char *name, void *data)
{
	struct kunit_resource *existing;

	if (!name)
		return -EINVAL;
	existing = kunit_find_named_resource(test, name);
	if (existing) {
		kunit_put_resource(existing);
		return -EEXIST;
	}
	res->name = name;
	return kunit_add_resource(test, init, free, res, data);
}

void *kunit_alloc_resource(struct kunit *test, kunit_resource_init_t init,
			   kunit_resource_free_t free, gfp_t gfp, void *context)
{
	struct kunit_slot *slot = take_slot(test);

	if (!slot)
		return NULL;
	if (kunit_add_resource(test, init, free, &slot->res, context)) {
		slot->used = false;
		return NULL;
	}
	return slot->res.data;
}

struct kunit_resource *kunit_find_resource(struct kunit *test, kunit_resource_match_t match,
					   void *match_data)
{
	struct kunit_resource *res, *found = NULL;
	unsigned long flags;

	spin_lock_irqsave(&test->lock, flags);
	list_for_each_entry_reverse(res, &test->resources, node) {
		if (match(test, res, match_data)) {
			found = res;
			kunit_get_resource(found);
			break;
		}
	}
	spin_unlock_irqrestore(&test->lock, flags);
	return found;
}

static bool name_matches(struct kunit *test, struct kunit_resource *res, void *name)
{
	return res->name && !strcmp(res->name, name);
}

struct kunit_resource *kunit_find_named_resource(struct kunit *test, const char *name)
{
	return kunit_find_resource(test, name_matches, (void *)name);
}

void kunit_get_resource(struct kunit_resource *res)
{
	atomic_inc(&res->refcount);
}

void kunit_put_resource(struct kunit_resource *res)
{
	bool in_slot = res->in_slot;

	if (!atomic_dec_and_test(&res->refcount))
		return;
	if (res->free)
		res->free(res);
	if (in_slot)
		slot_of(res)->used = false;
}

void kunit_remove_resource(struct kunit *test, struct kunit_resource *res)
{
	unsigned long flags;

	spin_lock_irqsave(&test->lock, flags);
	list_del(&res->node);
	spin_unlock_irqrestore(&test->lock, flags);
	kunit_put_resource(res);
}

int kunit_destroy_resource(struct kunit *test, kunit_resource_match_t match, void *match_data)
{
	struct kunit_resource *res = kunit_find_resource(test, match, match_data);

	if (!res)
		return -ENOENT;
	kunit_remove_resource(test, res);
	kunit_put_resource(res);
	return 0;
}

int kunit_destroy_named_resource(struct kunit *test, const char *name)
{
	return kunit_destroy_resource(test, name_matches, (void *)name);
}

void kunit_cleanup(struct kunit *test)
{
	while (!list_empty(&test->resources))
		kunit_remove_resource(test, list_last_entry(&test->resources, struct kunit_resource,
							    node));
}

/* --- actions: resources in slots, whose free calls the action --------------- */

static void run_action(struct kunit_resource *res)
{
	slot_of(res)->action(res->data);
}

int kunit_add_action(struct kunit *test, kunit_action_t *action, void *context)
{
	struct kunit_slot *slot = take_slot(test);

	if (!slot)
		return -ENOMEM;
	slot->action = action;
	return kunit_add_resource(test, NULL, run_action, &slot->res, context);
}

int kunit_add_action_or_reset(struct kunit *test, kunit_action_t *action, void *context)
{
	int error = kunit_add_action(test, action, context);

	if (error)
		action(context);
	return error;
}

struct wanted_action {
	kunit_action_t *action;
	void *context;
};

static bool action_matches(struct kunit *test, struct kunit_resource *res, void *data)
{
	const struct wanted_action *wanted = data;

	return res->free == run_action && slot_of(res)->action == wanted->action &&
	       res->data == wanted->context;
}

void kunit_remove_action(struct kunit *test, kunit_action_t *action, void *context)
{
	struct wanted_action wanted = { action, context };
	struct kunit_resource *res = kunit_find_resource(test, action_matches, &wanted);

	if (!res)
		return;
	res->free = NULL;
	kunit_remove_resource(test, res);
	kunit_put_resource(res);
}

void kunit_release_action(struct kunit *test, kunit_action_t *action, void *context)
{
	struct wanted_action wanted = { action, context };

	kunit_destroy_resource(test, action_matches, &wanted);
}

/* --- memory: resources that kmalloc() gave, with their data ------------------- */

static void free_memory(struct kunit_resource *res)
{
	kfree(res->data);
	kfree(res);
}

void *kunit_kmalloc_array(struct kunit *test, size_t n, size_t size, gfp_t gfp)
{
	void *data = kmalloc_array(n, size, gfp);
	struct kunit_resource *res = data ? kzalloc(sizeof(*res), gfp & ~__GFP_DMA) : NULL;

	if (!res) {
		kfree(data);
		return NULL;
	}
	kunit_add_resource(test, NULL, free_memory, res, data);
	return data;
}

static bool memory_matches(struct kunit *test, struct kunit_resource *res, void *data)
{
	return res->free == free_memory && res->data == data;
}

void kunit_kfree(struct kunit *test, const void *ptr)
{
	if (ptr && kunit_destroy_resource(test, memory_matches, (void *)ptr))
		KUNIT_FAIL(test, "kunit_kfree: %px already freed or not allocated by kunit", ptr);
}
