/* SPDX-License-Identifier: MIT */
/* What lock checking adds to a lock and to a task: in the default build, nothing. */
#ifndef _LINUX_LOCKDEP_TYPES_H
#define _LINUX_LOCKDEP_TYPES_H

#include <linux/types.h>

/* One for each place in the source that initialises locks: its address names the class. */
struct lock_class_key {
#ifdef CONFIG_LOCKDEP
	char name_this;
#endif
};

struct lockdep_map {
#ifdef CONFIG_LOCKDEP
	const struct lock_class_key *key; /* NULL: see key_of() in kernel/lockdep.c */
	const char *name;
	u16 class; /* kernel/lockdep.c's number of it, 0: not looked up yet */
	u16 subclass;
#endif
};

#ifdef CONFIG_LOCKDEP
#define __LOCKDEP_MAP_INIT(lock_name) \
	{                             \
		.name = (#lock_name), \
	}
#else
#define __LOCKDEP_MAP_INIT(lock_name) \
	{                             \
	}
#endif

/* A lock that a task, or an interrupt on top of it, holds or waits for. */
struct held_lock {
	struct lockdep_map *instance;
	unsigned long acquire_ip;
	u16 class;
	u8 flags;   /* __LOCK_* */
	u8 context; /* 0: the task; otherwise which interrupt, by nesting */
};

#define MAX_LOCK_DEPTH 24

#endif
