// SPDX-License-Identifier: MIT
/*
 * Waiting for what is typed: a console whose keys a timer presses, with an announcement or
 * without; and the serial port talking to itself.
 */
#include <linux/delay.h>
#include <linux/io.h>
#include <linux/jiffies.h>
#include <linux/string.h>
#include <linux/timer.h>
#include <memkern/console.h>
#include <memkern/kunit_extra.h>

/* --- a console with one key --------------------------------------------------- */

static int key; /* -1: none pressed */
static bool announced;
static unsigned int asked;

static void write_nothing(struct console *con, const char *s, size_t n)
{
}

static int get_key(struct console *con)
{
	int pressed = key;

	asked++;
	key = -1;
	return pressed;
}

static struct console keyboard = { .name = "keyboard", .write = write_nothing, .getchar = get_key };

static void press(struct timer_list *timer)
{
	WRITE_ONCE(key, 'k');
	if (announced)
		console_input_arrived();
}

static DEFINE_TIMER(finger, press);

static void take_away(void *unused)
{
	timer_delete_sync(&finger);
	unregister_console(&keyboard);
}

/* What somebody has typed already would be read first, and lost to the prompt. */
static void nobody_types(struct kunit *test)
{
	if (console_input_pending())
		kunit_skip(test, "somebody types");
}

static void plug_in(struct kunit *test, short flags)
{
	nobody_types(test);
	key = -1;
	asked = 0;
	announced = flags & CON_INPUT_IRQ;
	keyboard.flags = flags;
	register_console(&keyboard);
	KUNIT_ASSERT_EQ(test, kunit_add_action(test, take_away, NULL), 0);
}

/* All other consoles must have announced theirs, too, for the reader to sleep for good. */
static bool others_are_announced(void)
{
	struct console *con;

	for (con = console_next(NULL); con; con = console_next(con))
		if (con != &keyboard && con->getchar && !(con->flags & CON_INPUT_IRQ))
			return false;
	return true;
}

static void an_announced_key_wakes(struct kunit *test)
{
	if (!others_are_announced())
		kunit_skip(test, "a console's input is polled");
	plug_in(test, CON_INPUT_IRQ);
	mod_timer(&finger, jiffies + HZ / 5);
	KUNIT_EXPECT_EQ(test, console_wait_char(), 'k');
	/* It slept in between, and did not look again and again. */
	KUNIT_EXPECT_LE(test, asked, 4);
}

static void a_silent_key_is_found(struct kunit *test)
{
	plug_in(test, 0);
	mod_timer(&finger, jiffies + HZ / 5);
	KUNIT_EXPECT_EQ(test, console_wait_char(), 'k');
	KUNIT_EXPECT_GE(test, asked, 5);
}

static void a_key_that_is_there_does_not_wait(struct kunit *test)
{
	plug_in(test, CON_INPUT_IRQ);
	key = 'x';
	KUNIT_EXPECT_EQ(test, console_wait_char(), 'x');
	KUNIT_EXPECT_EQ(test, asked, 1);
}

/* --- the port in its loop, where what is sent is received ---------------------- */

#define COM1	     0x3f8
#define UART_IER     1
#define UART_MCR     4
#define UART_LSR     5
#define MCR_LOOP     0x10
#define LSR_ALL_SENT 0x60

#define RING	    256
#define AND_IN_FIFO 12 /* of 16 */

static u8 modem;

/* Also from an interrupt or a message in between: the port's own output is not for the loop. */
static void close_loop(bool closed)
{
	outb(closed ? modem | MCR_LOOP : modem, COM1 + UART_MCR);
}

/* Until it has left the port, which in a loop is when it has come in again. */
static void send(u8 byte)
{
	unsigned int patience = 1000000;

	outb(byte, COM1);
	while ((inb(COM1 + UART_LSR) & LSR_ALL_SENT) != LSR_ALL_SENT && --patience)
		;
}

static struct console *serial(void)
{
	struct console *con = console_next(NULL);

	while (con && strcmp(con->name, "ttyS"))
		con = console_next(con);
	return con;
}

/* More than the ring has room for, and nobody reads: the rest waits in the port. */
static void the_ring_is_filled_and_emptied(struct kunit *test)
{
	struct console *con = serial();
	unsigned int i, wrong = 0;

	if (!con || !(con->flags & CON_INPUT_IRQ))
		kunit_skip(test, "the serial port's input is polled");
	nobody_types(test);
	console_flush();
	modem = inb(COM1 + UART_MCR);
	close_loop(true);
	for (i = 0; i < RING + AND_IN_FIFO; i++)
		send(i % 251);
	close_loop(false);
	mdelay(1);
	KUNIT_EXPECT_EQ(test, inb(COM1 + UART_IER), 0);
	for (i = 0; i < RING + AND_IN_FIFO; i++)
		wrong += con->getchar(con) != (int)(i % 251);
	KUNIT_EXPECT_EQ(test, wrong, 0);
	KUNIT_EXPECT_EQ(test, con->getchar(con), -1);
	KUNIT_EXPECT_EQ(test, inb(COM1 + UART_IER), 1);
}

/* With interrupts off nobody but the reader can look. */
static void polled_while_interrupts_are_off(struct kunit *test)
{
	struct console *con = serial();
	unsigned long flags;
	unsigned int tries;
	int byte = -1;

	if (!con)
		kunit_skip(test, "no serial port");
	nobody_types(test);
	console_flush();
	modem = inb(COM1 + UART_MCR);
	local_irq_save(flags);
	close_loop(true);
	send('p');
	/* Fewer than 8 bytes some ports show only after the time of four. */
	for (tries = 0; tries < 100 && byte < 0; tries++) {
		udelay(100);
		byte = con->getchar(con);
	}
	close_loop(false);
	local_irq_restore(flags);
	KUNIT_EXPECT_EQ(test, byte, 'p');
}

static struct kunit_case console_input_cases[] = {
	KUNIT_CASE_SLOW(an_announced_key_wakes),
	KUNIT_CASE_SLOW(a_silent_key_is_found),
	KUNIT_CASE(a_key_that_is_there_does_not_wait),
	KUNIT_CASE_SLOW(the_ring_is_filled_and_emptied),
	KUNIT_CASE(polled_while_interrupts_are_off),
	{},
};

static struct kunit_suite console_input_suite = {
	.name = "console_input",
	.test_cases = console_input_cases,
};
kunit_test_suite(console_input_suite);
