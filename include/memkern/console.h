/* SPDX-License-Identifier: MIT */
/*
 * Consoles: where printk and the monitor write, and where keys come from.
 * A driver fills in a struct console and registers it.
 */
#ifndef _MEMKERN_CONSOLE_H
#define _MEMKERN_CONSOLE_H

#include <linux/compiler.h>
#include <linux/spinlock.h>
#include <linux/types.h>

#define CON_PRINTBUFFER 0x1 /* show what was logged before this one came */
#define CON_INPUT_IRQ	0x2 /* announces what is typed: console_input_arrived() */

struct console {
	char name[16];

	/* Called under the console lock, interrupts off; an oops breaks the lock. */
	void (*write)(struct console *con, const char *s, size_t n);

	/*
	 * The same where interrupts may never come again: the caller had them off, or this is an
	 * oops. For a driver whose write() leaves the sending to an interrupt: what it left is
	 * sent first, and then all of this. May be NULL.
	 */
	void (*write_atomic)(struct console *con, const char *s, size_t n);

	/*
	 * Sleeps (bounded) until write() would not have to wait for the line. Process context, no
	 * lock; not for messages, whose writers may hold anything. May be NULL.
	 */
	void (*wait_for_room)(struct console *con);

	/* The next byte typed, or -1 at once. May be NULL. */
	int (*getchar)(struct console *con);

	/* Has something been typed that was not read yet? May be NULL. */
	bool (*pending)(struct console *con);

	/* Waits (bounded) until everything written has left the machine. May be NULL. */
	void (*flush)(struct console *con);

	short index; /* which one of its kind */
	short flags; /* CON_* */

	/* printk's own */
	bool line_open; /* the last byte written was no newline */
	struct console *next;
};

/* The first console always gets what was logged before, others with CON_PRINTBUFFER. */
void register_console(struct console *con);

/* Process context, of the one who reads from it. 0, or -ENODEV if it is not registered. */
int unregister_console(struct console *con);

/* The registered ones, one after the other: NULL before the first, and after the last. */
struct console *console_next(const struct console *con);

/* Writes text as it is, past the log, to every console. Any context; sleeps where it may. */
void console_write(const char *s, size_t n);

/* Ends the line that is open on a console, if one is. */
void console_fresh_line(void);

/*
 * The next byte typed on any console: console_getchar() returns -1 at once if there is none;
 * console_wait_char() sleeps until there is one, process context.
 */
int console_getchar(void);
int console_wait_char(void);
/* -1 after so many jiffies. */
int console_wait_char_timeout(unsigned long timeout);

/* Has something been typed that nobody has read yet? */
bool console_input_pending(void);

/* For a driver: there is something to read. Any context. */
void console_input_arrived(void);

/* Before the machine is left: see .flush. */
void console_flush(void);

/*
 * All output goes to `con` alone (NULL: to the registered ones again); returns
 * what it went to before. An oops goes to the registered ones in any case.
 */
struct console *console_redirect(struct console *con);

/*
 * The lock of a console. Who cannot have it goes on without it in two cases: this CPU holds it
 * already (a fault under it), or an oops is being reported and the holder does not let go.
 */
struct breakable_lock {
	spinlock_t lock;
	int owner; /* the CPU that holds it; -1: none */
};

#define DEFINE_BREAKABLE_LOCK(name) \
	struct breakable_lock name = { .lock = __SPIN_LOCK_UNLOCKED(name), .owner = -1 }

/* What was before: for the unlock. */
struct breakable_state {
	unsigned long flags;
	bool taken;
};

/* Interrupts are off in between. Any context. */
struct breakable_state breakable_lock(struct breakable_lock *lock);
void breakable_unlock(struct breakable_lock *lock, struct breakable_state state);

/*
 * The log, a line at a time. *pos is 0 for the oldest line; each call copies one
 * line (without its level, without '\n', cut at size) and moves *pos on. Returns the
 * line's level, or -1 at the end. Lines overwritten meanwhile are left out.
 */
int log_next_line(u64 *pos, char *line, size_t size);

#endif
