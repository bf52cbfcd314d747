// SPDX-License-Identifier: MIT
/*
 * A module with a leak: its exit function forgets one of its objects. That it has a cache of
 * its own is what shows it: a cache that is destroyed with live objects is reported, and with
 * slub_debug=U the report says who allocated them.
 */
#include <linux/module.h>
#include <linux/slab.h>

#define NR_SESSIONS 4

struct session {
	unsigned int number;
	char buffer[60];
};

static struct kmem_cache *session_cache;
static struct session *sessions[NR_SESSIONS];

static void close_sessions(void)
{
	unsigned int i;

	for (i = 1; i < NR_SESSIONS && sessions[i]; i++) /* and number 0? */
		kmem_cache_free(session_cache, sessions[i]);
}

static int open_sessions(void)
{
	unsigned int i;

	for (i = 0; i < NR_SESSIONS; i++) {
		sessions[i] = kmem_cache_zalloc(session_cache, GFP_KERNEL);
		if (!sessions[i])
			return -ENOMEM;
		sessions[i]->number = i;
	}
	return 0;
}

static int __init forgetful_init(void)
{
	int error;

	session_cache = KMEM_CACHE(session, 0);
	if (!session_cache)
		return -ENOMEM;
	error = open_sessions();
	if (error) {
		close_sessions();
		kmem_cache_destroy(session_cache);
	}
	return error;
}

static void __exit forgetful_exit(void)
{
	close_sessions();
	kmem_cache_destroy(session_cache);
}

module_init(forgetful_init);
module_exit(forgetful_exit);

MODULE_DESCRIPTION("A leak to be found");
MODULE_LICENSE("GPL");
