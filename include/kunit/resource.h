/* SPDX-License-Identifier: MIT */
/*
 * KUnit resources: what a case holds and KUnit gives back when the case ends,
 * however it ends, newest first.
 *
 * An action is a function that will be called. A resource is data with a function that
 * frees it; a named one can be found again. Slots for actions and for
 * kunit_alloc_resource() come from a pool of KUNIT_SLOTS in struct kunit.
 */
#ifndef _KUNIT_RESOURCE_H
#define _KUNIT_RESOURCE_H

#include <linux/types.h>

#define KUNIT_SLOTS 32

struct kunit;
struct kunit_resource;

typedef int (*kunit_resource_init_t)(struct kunit_resource *res, void *context);
typedef void (*kunit_resource_free_t)(struct kunit_resource *res);
typedef bool (*kunit_resource_match_t)(struct kunit *test, struct kunit_resource *res,
				       void *match_data);
typedef void(kunit_action_t)(void *context);

struct kunit_resource {
	void *data;
	const char *name; /* NULL: has none */
	kunit_resource_free_t free;
	atomic_t refcount;     /* the case itself holds one */
	bool in_slot;	       /* the pool's */
	struct list_head node; /* in test->resources, oldest first */
};

/*
 * Adds `res`, which the caller provides and which must outlive the case. `init` (may
 * be NULL: then res->data is `data`) sets res->data up, a failure is passed on. `free`
 * may be NULL. A name that the case has already is refused with -EEXIST.
 */
int kunit_add_resource(struct kunit *test, kunit_resource_init_t init, kunit_resource_free_t free,
		       struct kunit_resource *res, void *data);
int kunit_add_named_resource(struct kunit *test, kunit_resource_init_t init,
			     kunit_resource_free_t free, struct kunit_resource *res,
			     const char *name, void *data);

/* The same in a slot of the pool; returns res->data, or NULL if init failed or no slot is left. */
void *kunit_alloc_resource(struct kunit *test, kunit_resource_init_t init,
			   kunit_resource_free_t free, gfp_t gfp, void *context);

/* The newest that matches, with a reference for kunit_put_resource(), or NULL. */
struct kunit_resource *kunit_find_resource(struct kunit *test, kunit_resource_match_t match,
					   void *match_data);
struct kunit_resource *kunit_find_named_resource(struct kunit *test, const char *name);
void kunit_get_resource(struct kunit_resource *res);
void kunit_put_resource(struct kunit_resource *res);

/* Takes it out of the case; freed now if nobody else holds it. destroy: -ENOENT if none. */
void kunit_remove_resource(struct kunit *test, struct kunit_resource *res);
int kunit_destroy_resource(struct kunit *test, kunit_resource_match_t match, void *match_data);
int kunit_destroy_named_resource(struct kunit *test, const char *name);

/*
 * Actions: `action(context)` is called when the case ends. _or_reset calls it at once
 * if it cannot be added (-ENOMEM). remove forgets the newest such action, release calls it now.
 */
int kunit_add_action(struct kunit *test, kunit_action_t *action, void *context);
int kunit_add_action_or_reset(struct kunit *test, kunit_action_t *action, void *context);
void kunit_remove_action(struct kunit *test, kunit_action_t *action, void *context);
void kunit_release_action(struct kunit *test, kunit_action_t *action, void *context);

/* Makes an action out of a function of one argument of another type. */
#define KUNIT_DEFINE_ACTION_WRAPPER(wrapper, function, type) \
	static void wrapper(void *context)                   \
	{                                                    \
		function((type)(unsigned long)context);      \
	}

#endif
