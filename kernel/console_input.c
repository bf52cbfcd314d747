// SPDX-License-Identifier: MIT
/*
 * What is typed on the consoles: asked for, or waited for.
 *
 * Each console keeps its own bytes. One that says CON_INPUT_IRQ learns of them by an interrupt
 * and announces them (console_input_arrived()): who waits for input then sleeps until that. As
 * long as one of them does not, the waiting task looks at all of them a hundred times a second.
 */
#include <linux/jiffies.h>
#include <linux/sched.h>
#include <linux/wait.h>
#include <memkern/console.h>

#define POLL_INTERVAL (HZ / 100)

static DECLARE_WAIT_QUEUE_HEAD(input_wait);

void console_input_arrived(void)
{
	wake_up_interruptible(&input_wait);
}

/* Without a lock: who reads keys is also who takes consoles away. */
int console_getchar(void)
{
	struct console *con;

	for (con = console_next(NULL); con; con = console_next(con)) {
		int byte = con->getchar ? con->getchar(con) : -1;

		if (byte >= 0)
			return byte;
	}
	return -1;
}

bool console_input_pending(void)
{
	struct console *con;

	for (con = console_next(NULL); con; con = console_next(con))
		if (con->pending && con->pending(con))
			return true;
	return false;
}

static bool input_is_announced(void)
{
	struct console *con;

	for (con = console_next(NULL); con; con = console_next(con))
		if (con->getchar && !(con->flags & CON_INPUT_IRQ))
			return false;
	return true;
}

int console_wait_char_timeout(unsigned long timeout)
{
	unsigned long end = jiffies + timeout;
	DEFINE_WAIT(wait);
	int byte;

	for (;;) {
		long left = timeout == MAX_SCHEDULE_TIMEOUT ? LONG_MAX : (long)(end - jiffies);

		/* First joined, then looked: a byte in between wakes. */
		prepare_to_wait(&input_wait, &wait, TASK_INTERRUPTIBLE);
		byte = console_getchar();
		if (byte >= 0 || left <= 0)
			break;
		schedule_timeout(input_is_announced() ? left : min(left, (long)POLL_INTERVAL));
	}
	finish_wait(&input_wait, &wait);
	return byte;
}

int console_wait_char(void)
{
	return console_wait_char_timeout(MAX_SCHEDULE_TIMEOUT);
}
