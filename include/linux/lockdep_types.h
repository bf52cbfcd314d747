/* SPDX-License-Identifier: MIT */
/* What lock checking adds to a lock: in the default build, nothing. */
#ifndef _LINUX_LOCKDEP_TYPES_H
#define _LINUX_LOCKDEP_TYPES_H

/* One for each place in the source that initialises locks: its address names the class. */
struct lock_class_key {
#ifdef CONFIG_LOCKDEP
	char name_this;
#endif
};

struct lockdep_map {
#ifdef CONFIG_LOCKDEP
	const struct lock_class_key *key; /* NULL: static lock, itself the key */
	const char *name;
	unsigned int class; /* kernel/lockdep.c's number of it, 0: not looked up yet */
#endif
};

#ifdef CONFIG_LOCKDEP
#define LOCKDEP_MAP_INIT(lock_name)   \
	{                             \
		.name = (#lock_name), \
	}
#else
#define LOCKDEP_MAP_INIT(lock_name) \
	{                           \
	}
#endif

#endif
