// SPDX-License-Identifier: MIT
/*
 * The first serial port (COM1, an 8250 or one of its children) as a console.
 *
 * Both directions are polled: a byte is written when the transmitter has room,
 * and read when somebody asks for one. Every wait is bounded, so that a port
 * that is broken costs time and no more.
 *
 * Nothing is assumed of what ran before: the line's rate and format are set
 * here. What was typed meanwhile is kept: switching the FIFO on empties the port, so it
 * is read out before. If it does not run dry, a script writes at the other end: then the
 * FIFO stays off, and the emulator hands over one byte after the other and loses none.
 */
#include <linux/init.h>
#include <linux/io.h>
#include <linux/types.h>
#include <asm/processor.h>
#include <memkern/console.h>

#define COM1 0x3f8

/* Registers, from the port's base */
#define UART_RX	 0 /* read: the byte received */
#define UART_TX	 0 /* write: the byte to send */
#define UART_DLL 0 /* divisor, low and high byte, while LCR_DLAB is set */
#define UART_DLM 1
#define UART_IER 1 /* interrupt enable */
#define UART_IIR 2 /* read: interrupt identification, and whether there is a FIFO */
#define UART_FCR 2 /* write: FIFO control */
#define UART_LCR 3 /* line control */
#define UART_MCR 4 /* modem control */
#define UART_LSR 5 /* line status */
#define UART_SCR 7 /* scratch: keeps what is written */

#define FCR_ENABLE 0x01
#define IIR_FIFO   0xc0 /* it works; a 16550 without the A says 0x80 */
#define LCR_8N1	   0x03
#define LCR_DLAB   0x80
#define MCR_READY  0x03 /* DTR and RTS: we are there, and listen */
#define LSR_DATA   0x01 /* a byte was received */
#define LSR_THRE   0x20 /* the transmitter has room */
#define LSR_TEMT   0x40 /* and has sent everything */

#define DIVISOR_115200 1

/*
 * Polls before a wait is given up: some seconds. The port's clock needs 87 us for a byte, but
 * under an emulator it is whoever reads at the other end that sets the pace.
 */
#define PATIENCE   5000000
#define FIFO_DEPTH 16

/* Typed before the port was ours: bytes [early_next, early_count) are still to be read. */
static u8 early_bytes[FIFO_DEPTH];
static unsigned int early_count, early_next;

/*
 * A transmitter that has room has an empty FIFO: then so many bytes go without another
 * look, which under an emulator costs as much as the byte.
 */
static unsigned int fifo_depth = 1, room;

/* The last wait was in vain: do not wait again before the port answers. */
static bool stuck;

static u8 uart_read(unsigned int reg)
{
	return inb(COM1 + reg);
}

static void uart_write(unsigned int reg, u8 value)
{
	outb(value, COM1 + reg);
}

static void uart_wait(u8 status)
{
	unsigned int tries = stuck ? 1 : PATIENCE;

	while (tries--) {
		if ((uart_read(UART_LSR) & status) == status) {
			stuck = false;
			return;
		}
		cpu_relax();
	}
	stuck = true;
}

static void uart_send(u8 byte)
{
	if (!room) {
		uart_wait(LSR_THRE);
		room = stuck ? 1 : fifo_depth;
	}
	room--;
	uart_write(UART_TX, byte);
}

static void serial_write(struct console *con, const char *s, size_t n)
{
	for (; n; n--, s++) {
		if (*s == '\n')
			uart_send('\r');
		uart_send(*s);
	}
}

static int serial_getchar(struct console *con)
{
	if (early_next < early_count)
		return early_bytes[early_next++];
	return uart_read(UART_LSR) & LSR_DATA ? uart_read(UART_RX) : -1;
}

static void serial_flush(struct console *con)
{
	uart_wait(LSR_THRE | LSR_TEMT);
}

/* A port that is not there reads as all ones. */
static bool uart_present(void)
{
	uart_write(UART_SCR, 0x5a);
	if (uart_read(UART_SCR) != 0x5a)
		return false;
	uart_write(UART_SCR, 0xa5);
	return uart_read(UART_SCR) == 0xa5;
}

/* An emulator needs a moment to fetch the next one from where the person, or the pipe, is. */
static bool another_byte(void)
{
	unsigned int tries;

	for (tries = 0; tries < 100; tries++)
		if (uart_read(UART_LSR) & LSR_DATA)
			return true;
	return false;
}

static void uart_setup(void)
{
	uart_write(UART_IER, 0);
	uart_write(UART_LCR, LCR_8N1 | LCR_DLAB);
	uart_write(UART_DLL, DIVISOR_115200);
	uart_write(UART_DLM, 0);
	uart_write(UART_LCR, LCR_8N1);
	uart_write(UART_MCR, MCR_READY);
	while (another_byte()) {
		if (early_count == FIFO_DEPTH)
			return;
		early_bytes[early_count++] = uart_read(UART_RX);
	}
	uart_write(UART_FCR, FCR_ENABLE);
	if ((uart_read(UART_IIR) & IIR_FIFO) == IIR_FIFO)
		fifo_depth = FIFO_DEPTH;
}

static struct console serial_console = {
	.name = "ttyS",
	.write = serial_write,
	.getchar = serial_getchar,
	.flush = serial_flush,
	.index = 0,
	.flags = CON_PRINTBUFFER,
};

static int __init serial_init(void)
{
	if (!uart_present())
		return 0;
	uart_setup();
	register_console(&serial_console);
	return 0;
}
console_initcall(serial_init);
