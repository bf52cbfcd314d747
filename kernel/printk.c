// SPDX-License-Identifier: MIT
/*
 * printk: messages into the log and onto the consoles.
 *
 * The log is a ring of the last LOG_SIZE bytes of text. Each line in it begins with
 * its level and ends with a newline, so that it can be read as it is, also from
 * a debugger:
 *
 *	<5>memkern: a kernel about its own memory\n<6>e820: [mem 0x0...]\n<6>...
 *	^ log_first                                                      log_end ^
 *
 * Positions count all bytes ever logged; the byte at position p is in
 * log_buf[p % LOG_SIZE]. When the ring is full its oldest line is dropped whole: log_first
 * is always the beginning of a line, or log_end.
 *
 * A console may leave the sending to an interrupt (struct console). Where none may come, since
 * the caller has them off or this is an oops, all that is written is sent before printk() returns.
 *
 * Locking: console_lock covers the log, the list of consoles, and their output. It is the
 * innermost lock but the consoles' own (nothing is called under it but their write), taken
 * with interrupts off. Who cannot have it goes on without it where that must be
 * (memkern/console.h): then lines may mingle, but they come out.
 */
#include <linux/errno.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/printk.h>
#include <linux/smp.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <memkern/console.h>
#include <memkern/params.h>

#define LOG_SIZE     (64 * 1024)
#define MESSAGE_SIZE 1024
#define LEVEL_LENGTH 3 /* "<6>" */

/* How often an oops asks for the lock before it breaks it: some 100 ms. */
#define LOCK_PATIENCE 1000000

#define NOBODY (-1)

int console_loglevel = CONSOLE_LOGLEVEL_DEFAULT;
int oops_in_progress;

static DEFINE_BREAKABLE_LOCK(console_lock);
static bool send_now; /* under it: its holder may not leave anything to an interrupt */

static char log_buf[LOG_SIZE];
static u64 log_first, log_end;

static bool line_open; /* the last line of the log has no newline yet */
static int line_level; /* the level it was begun with */

static struct console *consoles;
static struct console *redirected; /* takes the place of all of them */

struct breakable_state breakable_lock(struct breakable_lock *lock)
{
	struct breakable_state state;
	unsigned int tries = 0;

	local_irq_save(state.flags);
	state.taken = READ_ONCE(lock->owner) != (int)smp_processor_id();
	while (state.taken && !spin_trylock(&lock->lock)) {
		if (READ_ONCE(oops_in_progress) && ++tries > LOCK_PATIENCE)
			state.taken = false;
		cpu_relax();
	}
	if (state.taken) {
		__lock_was_awaited(&lock->lock.dep_map);
		WRITE_ONCE(lock->owner, smp_processor_id());
	}
	return state;
}

void breakable_unlock(struct breakable_lock *lock, struct breakable_state state)
{
	if (state.taken) {
		WRITE_ONCE(lock->owner, NOBODY);
		spin_unlock(&lock->lock);
	}
	local_irq_restore(state.flags);
}

/* Also finds out whether what is written has to be sent before the lock is let go. */
static struct breakable_state lock_console(void)
{
	struct breakable_state state = breakable_lock(&console_lock);

	send_now = irqs_disabled_flags(state.flags) || oops_in_progress;
	return state;
}

static void unlock_console(struct breakable_state state)
{
	breakable_unlock(&console_lock, state);
}

void bust_spinlocks(int yes)
{
	if (yes)
		__atomic_add_fetch(&oops_in_progress, 1, __ATOMIC_SEQ_CST);
	else
		__atomic_sub_fetch(&oops_in_progress, 1, __ATOMIC_SEQ_CST);
}

/* --- the log ---------------------------------------------------------------- */

static char *log_at(u64 position)
{
	return &log_buf[position % LOG_SIZE];
}

/* The position after the line that `position` lies in: log_end if it is still open. */
static u64 line_end(u64 position)
{
	while (position < log_end && *log_at(position) != '\n')
		position++;
	return position < log_end ? position + 1 : log_end;
}

static void log_append(const char *s, size_t n)
{
	for (; n; n--, s++) {
		if (log_end - log_first == LOG_SIZE)
			log_first = line_end(log_first);
		*log_at(log_end) = *s;
		log_end++;
	}
}

int log_next_line(u64 *pos, char *line, size_t size)
{
	struct breakable_state state = lock_console();
	u64 at = max(*pos, log_first), end = line_end(at);
	size_t n = 0;
	int level = -1;

	if (at < end && *log_at(end - 1) == '\n') {
		level = *log_at(at + 1) - '0';
		for (at += LEVEL_LENGTH; at < end - 1 && n + 1 < size; at++)
			line[n++] = *log_at(at);
		line[n] = '\0';
		*pos = end;
	}
	unlock_console(state);
	return level;
}

/* --- the consoles ----------------------------------------------------------- */

static void write_to(struct console *con, const char *s, size_t n)
{
	if (!n)
		return;
	(send_now && con->write_atomic ? con->write_atomic : con->write)(con, s, n);
	con->line_open = s[n - 1] != '\n';
}

/* A message begins a line of its own: what stands on the current one is left there. */
static void begin_line_on(struct console *con)
{
	if (con->line_open)
		write_to(con, "\n", 1);
}

static void write_to_consoles(const char *s, size_t n, bool new_line)
{
	struct console *con = consoles;

	if (redirected && !oops_in_progress) {
		if (new_line)
			begin_line_on(redirected);
		write_to(redirected, s, n);
		return;
	}
	for (; con; con = con->next) {
		if (new_line)
			begin_line_on(con);
		write_to(con, s, n);
	}
}

void console_write(const char *s, size_t n)
{
	struct breakable_state state;
	struct console *con;

	for (con = preemptible() ? READ_ONCE(consoles) : NULL; con; con = READ_ONCE(con->next))
		if (con->wait_for_room)
			con->wait_for_room(con);
	state = lock_console();
	write_to_consoles(s, n, false);
	unlock_console(state);
}

void console_fresh_line(void)
{
	struct breakable_state state = lock_console();

	write_to_consoles("", 0, true);
	unlock_console(state);
}

/* Shows a console what was logged before it came. */
static void replay_log(struct console *con)
{
	u64 at, end;

	for (at = log_first; at < log_end; at = end) {
		end = line_end(at);
		if (*log_at(at + 1) - '0' >= console_loglevel)
			continue;
		for (at += LEVEL_LENGTH; at < end; at++)
			write_to(con, log_at(at), 1);
	}
}

void register_console(struct console *con)
{
	struct breakable_state state = lock_console();
	struct console **link = &consoles;

	if (!consoles || (con->flags & CON_PRINTBUFFER))
		replay_log(con);
	while (*link)
		link = &(*link)->next;
	con->next = NULL;
	WRITE_ONCE(*link, con);
	unlock_console(state);
}

int unregister_console(struct console *con)
{
	struct breakable_state state = lock_console();
	struct console **link = &consoles;
	int error = -ENODEV;

	while (*link && *link != con)
		link = &(*link)->next;
	if (*link) {
		WRITE_ONCE(*link, con->next);
		error = 0;
	}
	unlock_console(state);
	return error;
}

struct console *console_next(const struct console *con)
{
	return con ? READ_ONCE(con->next) : READ_ONCE(consoles);
}

void console_flush(void)
{
	struct console *con;

	for (con = READ_ONCE(consoles); con; con = READ_ONCE(con->next))
		if (con->flush)
			con->flush(con);
}

struct console *console_redirect(struct console *con)
{
	struct breakable_state state = lock_console();
	struct console *before = redirected;

	redirected = con;
	unlock_console(state);
	return before;
}

/* --- messages --------------------------------------------------------------- */

/* Takes the levels off a message's front: its level, MESSAGE_LOGLEVEL_DEFAULT without one. */
static int message_level(const char **message, bool *cont)
{
	int level = MESSAGE_LOGLEVEL_DEFAULT, mark;

	*cont = false;
	for (; (mark = printk_get_level(*message)); *message += 2) {
		if (mark == 'c')
			*cont = true;
		else
			level = mark - '0';
	}
	return level;
}

/* One line, or a part of one, without control over its end. */
static void emit_part(int level, const char *s, size_t n)
{
	bool begins = !line_open;

	if (begins) {
		const char mark[LEVEL_LENGTH] = { '<', '0' + level, '>' };

		log_append(mark, sizeof(mark));
		line_level = level;
	}
	log_append(s, n);
	line_open = s[n - 1] != '\n';
	if (line_level < console_loglevel)
		write_to_consoles(s, n, begins);
}

static void emit(int level, const char *s, size_t n, bool cont)
{
	if (line_open && !cont && n)
		emit_part(line_level, "\n", 1);
	while (n) {
		const char *newline = memchr(s, '\n', n);
		size_t part = newline ? (size_t)(newline - s) + 1 : n;

		emit_part(level, s, part);
		s += part;
		n -= part;
	}
}

int vprintk(const char *fmt, va_list args)
{
	/* The second one is for a message that interrupts the first (see the top). */
	static char buffers[2][MESSAGE_SIZE];
	struct breakable_state state = lock_console();
	const char *message = buffers[!state.taken];
	int length = vscnprintf(buffers[!state.taken], MESSAGE_SIZE, fmt, args);
	const char *end = message + length;
	bool cont;
	int level = message_level(&message, &cont);

	emit(level, message, end - message, cont);
	unlock_console(state);
	return length;
}

int printk(const char *fmt, ...)
{
	va_list args;
	int length;

	va_start(args, fmt);
	length = vprintk(fmt, args);
	va_end(args);
	return length;
}

static int __init set_loglevel(char *value)
{
	int level;

	if (!value || kstrtoint(value, 0, &level) || level < 0)
		return -EINVAL;
	console_loglevel = level;
	return 0;
}
early_param("loglevel", set_loglevel);
