// SPDX-License-Identifier: MIT
/*
 * The first serial port (COM1, an 8250 or one of its children) as a console.
 *
 *	serial_write() --> ring (4096) --transmit()--> FIFO (16) --> the line
 *	the line --> FIFO (16) --receive()--> ring (256) --serial_getchar()--> the reader
 *
 * Output: what the transmitter takes at once it is given at once; the rest stays in the ring, and
 * the transmitter interrupts whenever it has room again. So nobody waits for the line, unless the
 * ring is full: then the monitor sleeps, and a message polls. Two writers cannot leave anything to
 * an interrupt: one that has interrupts off, and an oops. Their write (write_atomic) polls until the
 * ring and their own bytes are sent. An emulated transmitter mostly has room at once; where whoever
 * reads at the other end is slow, it has not.
 *
 * Worked example: 100 bytes are written at 115200 baud. The FIFO is empty and takes 16, the other 84
 * are put into the ring. An interrupt each 1.4 ms moves 16, the sixth the last 4.
 *
 * Input: at first, and where interrupts are off, whoever asks for a byte moves what the port has
 * into the ring; later the port's interrupt does, and wakes the reader. When the ring is full the
 * port may not interrupt any more. Its FIFO then fills as well, and under an emulator the sender
 * waits: nothing of a long text that is pasted is lost.
 *
 * Whether the interrupt comes is tried, not assumed: the port can be asked for one at once,
 * for an empty transmitter. If none comes, both ways stay polled.
 *
 * Every wait is bounded, so that a port that is broken costs time and no more.
 *
 * Nothing is assumed of what ran before: the line's rate and format are set
 * here. What was typed meanwhile is kept: switching the FIFO on empties the port, and a byte may
 * come just then. So if one has come before, and more may follow, the FIFO stays off: the emulator
 * then hands over one byte after the other and loses none.
 *
 * Locking: port_lock, a leaf, for both rings and the port. Writers hold the console lock
 * (kernel/printk.c) around it. An oops breaks it, as it does that one.
 */
#include <linux/completion.h>
#include <linux/init.h>
#include <linux/interrupt.h>
#include <linux/io.h>
#include <linux/jiffies.h>
#include <linux/printk.h>
#include <linux/sched.h>
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
#define PATIENCE      5000000
#define READER_PAUSES (60 * HZ) /* at most, for a task that can wait */
#define FIFO_DEPTH    16
#define PASSES	      1000 /* of the interrupt handler, before it leaves a port that never is content */

/* Powers of two: positions count on and on. */
#define RX_SIZE 256
#define TX_SIZE 4096

static DEFINE_BREAKABLE_LOCK(port_lock);
static u8 rx_ring[RX_SIZE]; /* bytes [rx_read, rx_written) are still to be read */
static unsigned int rx_written, rx_read;
static u8 tx_ring[TX_SIZE]; /* bytes [tx_sent, tx_written) are still to be sent */
static unsigned int tx_written, tx_sent;
static bool by_interrupt; /* the port interrupts: for bytes received, */
static bool throttled;	  /* but not now: the ring was full */
static u8 interrupts;	  /* what it interrupts for, as UART_IER has it */

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

/* --- sending: under port_lock ----------------------------------------------------------- */

/* What the transmitter takes now. Returns whether that was all. */
static bool transmit(void)
{
	while (tx_sent != tx_written) {
		if (!room && (uart_read(UART_LSR) & LSR_THRE))
			room = fifo_depth;
		if (!room)
			return false;
		room--;
		uart_write(UART_TX, tx_ring[tx_sent++ % TX_SIZE]);
	}
	return true;
}

/* A port that never has room is given the bytes all the same. */
static void transmit_polled(void)
{
	uart_wait(LSR_THRE);
	room = stuck ? 1 : fifo_depth;
	transmit();
}

static bool tx_more_than(unsigned int nr)
{
	return READ_ONCE(tx_written) - READ_ONCE(tx_sent) > nr;
}

static void queue_byte(u8 byte)
{
	if (tx_more_than(TX_SIZE - 1))
		transmit();
	if (tx_more_than(TX_SIZE - 1))
		transmit_polled();
	tx_ring[tx_written++ % TX_SIZE] = byte;
}

/* --- receiving: under port_lock ----------------------------------------------------------- */

static unsigned int rx_room(void)
{
	return RX_SIZE - (rx_written - rx_read);
}

static void receive(void)
{
	while (rx_room() && (uart_read(UART_LSR) & LSR_DATA))
		rx_ring[rx_written++ % RX_SIZE] = uart_read(UART_RX);
}

/* --- what may interrupt: under port_lock ---------------------------------------------------- */

/* Once there is something to send, or room for what was received, the port interrupts at once. */
static void update_interrupts(void)
{
	u8 wanted = 0;

	if (!by_interrupt)
		return;
	throttled = rx_room() < (throttled ? RX_SIZE / 2 : 1);
	if (!throttled)
		wanted |= IER_RECEIVED;
	if (tx_sent != tx_written)
		wanted |= IER_ROOM;
	if (wanted != interrupts)
		uart_write(UART_IER, wanted);
	interrupts = wanted;
}

/*
 * The line is an edge, so it must be down at the end, and the port say so: then all that there
 * is was read, or may not ask, and the transmitter is busy, or has nothing to do. A byte that
 * arrived while we read has been read as well; its edge then finds nothing.
 */
static irqreturn_t serial_interrupt(int irq, void *dev_id)
{
	struct breakable_state state;
	unsigned int passes = 0;
	bool typed;

	if (uart_read(UART_IIR) & IIR_NONE)
		return IRQ_NONE;
	state = breakable_lock(&port_lock);
	do {
		receive();
		transmit();
		update_interrupts();
	} while (!(uart_read(UART_IIR) & IIR_NONE) && ++passes < PASSES);
	typed = rx_read != rx_written;
	breakable_unlock(&port_lock, state);
	if (!by_interrupt)
		complete(&interrupt_came);
	if (typed)
		console_input_arrived();
	return IRQ_HANDLED;
}

/* --- the console ------------------------------------------------------------------------------ */

static void write_bytes(const char *s, size_t n, bool all)
{
	struct breakable_state state = breakable_lock(&port_lock);

	for (; n; n--, s++) {
		if (*s == '\n')
			queue_byte('\r');
		queue_byte(*s);
	}
	while (!transmit() && all)
		transmit_polled();
	update_interrupts();
	breakable_unlock(&port_lock, state);
}

static void serial_write(struct console *con, const char *s, size_t n)
{
	write_bytes(s, n, !by_interrupt);
}

static void serial_write_atomic(struct console *con, const char *s, size_t n)
{
	write_bytes(s, n, true);
}

/*
 * A reader at the other end that pauses, at a terminal or in `less`, is waited for, but not again
 * and again. Should only the interrupt have been lost, this sends.
 */
static void serial_wait_for_room(struct console *con)
{
	static bool in_vain;
	unsigned int ticks = in_vain ? 1 : READER_PAUSES;

	while (by_interrupt && tx_more_than(TX_SIZE / 2) && ticks--) {
		schedule_timeout_uninterruptible(1);
		write_bytes("", 0, false);
	}
	in_vain = tx_more_than(TX_SIZE / 2);
}

static void serial_flush(struct console *con)
{
	struct breakable_state state;

	write_bytes("", 0, true);
	state = breakable_lock(&port_lock);
	uart_wait(LSR_THRE | LSR_TEMT);
	breakable_unlock(&port_lock, state);
}

static int serial_getchar(struct console *con)
{
	struct breakable_state state = breakable_lock(&port_lock);
	int byte = -1;

	if (!by_interrupt || irqs_disabled_flags(state.flags))
		receive();
	if (rx_read != rx_written)
		byte = rx_ring[rx_read++ % RX_SIZE];
	update_interrupts();
	breakable_unlock(&port_lock, state);
	return byte;
}

static bool serial_pending(struct console *con)
{
	struct breakable_state state = breakable_lock(&port_lock);
	bool pending = rx_read != rx_written || (uart_read(UART_LSR) & LSR_DATA);

	breakable_unlock(&port_lock, state);
	return pending;
}

/* --- the boot ------------------------------------------------------------------------------------ */

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

static bool fifo_is_on(void)
{
	return (uart_read(UART_IIR) & IIR_FIFO) == IIR_FIFO;
}

static void uart_setup(void)
{
	uart_write(UART_IER, 0);
	uart_write(UART_LCR, LCR_8N1 | LCR_DLAB);
	uart_write(UART_DLL, DIVISOR_115200);
	uart_write(UART_DLM, 0);
	uart_write(UART_LCR, LCR_8N1);
	uart_write(UART_MCR, MCR_READY);
	if (!fifo_is_on() && another_byte())
		return;
	uart_write(UART_FCR, FCR_ENABLE | FCR_TRIGGER_8);
	if (fifo_is_on())
		fifo_depth = FIFO_DEPTH;
}

static struct console serial_console = {
	.name = "ttyS",
	.write = serial_write,
	.write_atomic = serial_write_atomic,
	.wait_for_room = serial_wait_for_room,
	.getchar = serial_getchar,
	.pending = serial_pending,
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

static void go_by_interrupt(void)
{
	struct breakable_state state = breakable_lock(&port_lock);

	by_interrupt = true;
	interrupts = IER_ROOM;
	update_interrupts();
	breakable_unlock(&port_lock, state);
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
		go_by_interrupt();
		return 0;
	}
	free_irq(COM1_IRQ, &serial_console);
	pr_warn("ttyS0: no interrupt comes on irq %d: it is polled\n", COM1_IRQ);
	return 0;
}
device_initcall(serial_irq_init);
