// SPDX-License-Identifier: MIT
/*
 * The first serial port (COM1, an 8250 or one of its children) as a console.
 *
 * Output is polled: a byte is written when the transmitter has room. Every wait is bounded, so
 * that a port that is broken costs time and no more.
 *
 * Input goes through a ring. At first, and where interrupts are off, whoever asks for a byte
 * moves what the port has into it; later the port's interrupt does, and wakes the reader:
 *
 *	port's FIFO (16) --receive()--> ring (256) --serial_getchar()--> the reader
 *
 * When the ring is full the port may not interrupt any more. Its FIFO then fills as well, and
 * under an emulator the sender waits: nothing of a long text that is pasted is lost.
 *
 * Whether the interrupt comes is tried, not assumed: the port can be asked for one at once,
 * for an empty transmitter. If none comes, input stays polled.
 *
 * Nothing is assumed of what ran before: the line's rate and format are set
 * here. What was typed meanwhile is kept: switching the FIFO on empties the port, so it
 * is read out before. If it does not run dry, a script writes at the other end: then the
 * FIFO stays off, and the emulator hands over one byte after the other and loses none.
 *
 * Locking: rx_lock, a leaf, for the ring and the receiving half of the port. The
 * transmitting half is under the console lock (kernel/printk.c).
 */
#include <linux/completion.h>
#include <linux/init.h>
#include <linux/interrupt.h>
#include <linux/io.h>
#include <linux/jiffies.h>
#include <linux/printk.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <asm/processor.h>
#include <memkern/console.h>

#define COM1	 0x3f8
#define COM1_IRQ 4

/* Registers, from the port's base */
#define UART_RX	 0 /* read: the byte received */
#define UART_TX	 0 /* write: the byte to send */
#define UART_DLL 0 /* divisor, low and high byte, while LCR_DLAB is set */
#define UART_DLM 1
#define UART_IER 1 /* interrupt enable */
#define UART_IIR 2 /* read: which interrupt, and whether there is a FIFO */
#define UART_FCR 2 /* write: FIFO control */
#define UART_LCR 3 /* line control */
#define UART_MCR 4 /* modem control */
#define UART_LSR 5 /* line status */
#define UART_SCR 7 /* scratch: keeps what is written */

#define IER_RECEIVED  0x01 /* interrupt for a byte received; */
#define IER_ROOM      0x02 /* for a transmitter that has room */
#define IIR_NONE      0x01
#define IIR_FIFO      0xc0 /* it works; a 16550 without the A says 0x80 */
#define FCR_ENABLE    0x01
#define FCR_TRIGGER_8 0x80 /* interrupt at 8 bytes, or for fewer after 4 bytes' time */
#define LCR_8N1	      0x03
#define LCR_DLAB      0x80
#define MCR_READY     0x03 /* DTR and RTS: we are there, and listen */
#define MCR_OUT2      0x08 /* on a PC: lets the interrupt out of the port */
#define LSR_DATA      0x01 /* a byte was received */
#define LSR_THRE      0x20 /* the transmitter has room */
#define LSR_TEMT      0x40 /* and has sent everything */

#define DIVISOR_115200 1

/*
 * Polls before a wait is given up: some seconds. The port's clock needs 87 us for a byte, but
 * under an emulator it is whoever reads at the other end that sets the pace.
 */
#define PATIENCE   5000000
#define FIFO_DEPTH 16

#define RING_SIZE 256 /* a power of two: positions count on and on */

static DEFINE_SPINLOCK(rx_lock);
static u8 rx_ring[RING_SIZE]; /* bytes [rx_read, rx_written) are still to be read */
static unsigned int rx_written, rx_read;
static bool by_interrupt; /* input is received by interrupt, */
static bool throttled;	  /* but not now: the ring was full */

static DECLARE_COMPLETION(interrupt_came);

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

static unsigned int ring_room(void)
{
	return RING_SIZE - (rx_written - rx_read);
}

static void receive(void)
{
	while (ring_room() && (uart_read(UART_LSR) & LSR_DATA))
		rx_ring[rx_written++ % RING_SIZE] = uart_read(UART_RX);
}

/* Once the reader has made room, what waits in the port interrupts at once. */
static void throttle(void)
{
	bool full = ring_room() == 0;

	if (!by_interrupt || full == throttled || (throttled && ring_room() < RING_SIZE / 2))
		return;
	throttled = full;
	uart_write(UART_IER, throttled ? 0 : IER_RECEIVED);
}

static int serial_getchar(struct console *con)
{
	unsigned long flags;
	int byte = -1;

	spin_lock_irqsave(&rx_lock, flags);
	if (!by_interrupt || irqs_disabled_flags(flags))
		receive();
	if (rx_read != rx_written)
		byte = rx_ring[rx_read++ % RING_SIZE];
	throttle();
	spin_unlock_irqrestore(&rx_lock, flags);
	return byte;
}

/*
 * The line is an edge, so it must be down at the end: all that there is was read, or the ring is
 * full and the port may not ask. A byte that arrived while we read has been read as well; its
 * edge then finds nothing.
 */
static irqreturn_t serial_interrupt(int irq, void *dev_id)
{
	if (uart_read(UART_IIR) & IIR_NONE)
		return IRQ_NONE;
	spin_lock(&rx_lock);
	receive();
	throttle();
	spin_unlock(&rx_lock);
	if (!by_interrupt)
		complete(&interrupt_came);
	console_input_arrived();
	return IRQ_HANDLED;
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
	unsigned int nr;

	uart_write(UART_IER, 0);
	uart_write(UART_LCR, LCR_8N1 | LCR_DLAB);
	uart_write(UART_DLL, DIVISOR_115200);
	uart_write(UART_DLM, 0);
	uart_write(UART_LCR, LCR_8N1);
	uart_write(UART_MCR, MCR_READY);
	for (nr = 0; another_byte(); nr++) {
		if (nr == FIFO_DEPTH)
			return;
		receive();
	}
	uart_write(UART_FCR, FCR_ENABLE | FCR_TRIGGER_8);
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

static bool interrupt_comes(void)
{
	uart_write(UART_MCR, MCR_READY | MCR_OUT2);
	uart_write(UART_IER, IER_ROOM);
	if (wait_for_completion_timeout(&interrupt_came, HZ / 20))
		return true;
	uart_write(UART_IER, 0);
	uart_write(UART_MCR, MCR_READY);
	return false;
}

static void receive_by_interrupt(void)
{
	unsigned long flags;

	spin_lock_irqsave(&rx_lock, flags);
	by_interrupt = true;
	uart_write(UART_IER, IER_RECEIVED);
	spin_unlock_irqrestore(&rx_lock, flags);
	serial_console.flags |= CON_INPUT_IRQ;
}

static int __init serial_irq_init(void)
{
	int error;

	if (!uart_present())
		return 0;
	error = request_irq(COM1_IRQ, serial_interrupt, 0, "ttyS0", &serial_console);
	if (error)
		return error;
	if (interrupt_comes()) {
		receive_by_interrupt();
		return 0;
	}
	free_irq(COM1_IRQ, &serial_console);
	pr_warn("ttyS0: no interrupt comes on irq %d: input is polled\n", COM1_IRQ);
	return 0;
}
device_initcall(serial_irq_init);
