// SPDX-License-Identifier: MIT
/*
 * ISA DMA: two 8237 controllers, which move data between devices and memory while the CPU
 * does something else.
 *
 *	controller 1: channels 0 1 2 3	  bytes		-->+
 *							   | channel 4 (cascade)
 *	controller 2: channels   5 6 7	  words of 16 bits +--> the bus
 *
 * A device asks for a byte or word at a time (DREQ); its channel puts an address on the bus,
 * counts on, and at the end tells the device (terminal count). The chip is older than the PC: it
 * counts 16 bits. The bits above are in a latch a channel, the page register, to which no
 * carry goes. From there come all limits:
 *
 *	channels	address				one transfer
 *	0 to 3		page 8 bits : counter 16	64 KiB, within 64 KiB
 *	5 to 7		page 7 bits : counter 16 : 0	128 KiB, within 128 KiB, words
 *
 * and nothing above 16 MiB. Say 512 bytes at 0x00fffe00 on channel 2: page 0xff, counter 0xfe00,
 * the last byte at 0x00ffffff; well. With 1024 bytes the 8237 goes on at 0x00ff0000, where
 * something else is. QEMU's goes on at 0x01000000, and drops the bits above 24 of an address, so
 * that no test on it would ever see the first fault. So the limits are kept here: enable_dma()
 * checks the transfer as a whole, and if it breaks one, warns and leaves the channel shut. The
 * device's driver then sees a transfer that never ends, for which it has its timeout.
 *
 * Registers of 16 bits are written and read in halves, low first; a flip-flop in each controller
 * knows which is next. It is cleared before every access, so nobody depends on who came before.
 *
 * A channel is also shut while it is programmed, and when it is freed: only between enable_dma()
 * and the next of any other call may a device reach memory.
 *
 * Cost: nine port accesses a transfer, 1 us each on a real bus; under an emulator as many exits.
 *
 * Locking: dma_spin_lock, a leaf, for the controllers and all of `channels` but the owners,
 * which change by cmpxchg. Any context.
 *
 * Left out: memory to memory, which PCs never had wired; block and demand mode; priorities.
 */
#define pr_fmt(fmt) "isa_dma: " fmt

#include <linux/atomic.h>
#include <linux/bug.h>
#include <linux/errno.h>
#include <linux/export.h>
#include <linux/init.h>
#include <linux/isa-dma.h>
#include <linux/printk.h>
#include <linux/sizes.h>
#include <memkern/isa_dma.h>

/* Registers of a controller. The second one's are two ports apart. */
#define CONTROLLER_2 0xc0
#define REG_MASK     0x0a /* a channel, and whether it is shut */
#define REG_MODE     0x0b
#define REG_CLEAR_FF 0x0c
#define REG_RESET    0x0d
#define MASK_SHUT    0x04

#define CASCADE 4

static const u8 page_ports[MAX_DMA_CHANNELS] = { 0x87, 0x83, 0x81, 0x82, 0x8f, 0x8b, 0x89, 0x8a };

DEFINE_SPINLOCK(dma_spin_lock);
EXPORT_SYMBOL(dma_spin_lock);

static bool present;
static struct isa_dma_info channels[MAX_DMA_CHANNELS];

/* 1 for channels that count in words. */
static unsigned int shift_of(unsigned int dmanr)
{
	return dmanr >= CASCADE;
}

static u16 port_of(unsigned int dmanr, unsigned int reg)
{
	return dmanr < CASCADE ? reg : CONTROLLER_2 + 2 * reg;
}

static u16 address_port(unsigned int dmanr)
{
	return port_of(dmanr, 2 * (dmanr & 3));
}

static u16 count_port(unsigned int dmanr)
{
	return port_of(dmanr, 2 * (dmanr & 3) + 1);
}

void clear_dma_ff(unsigned int dmanr)
{
	outb(0, port_of(dmanr, REG_CLEAR_FF));
}
EXPORT_SYMBOL(clear_dma_ff);

static void write_word(unsigned int dmanr, u16 port, u16 value)
{
	clear_dma_ff(dmanr);
	outb(value, port);
	outb(value >> 8, port);
}

static u16 read_word(unsigned int dmanr, u16 port)
{
	u8 low;

	clear_dma_ff(dmanr);
	low = inb(port);
	return low | inb(port) << 8;
}

void disable_dma(unsigned int dmanr)
{
	outb(MASK_SHUT | (dmanr & 3), port_of(dmanr, REG_MASK));
	channels[dmanr].enabled = false;
}
EXPORT_SYMBOL(disable_dma);

static void shut_to_program(unsigned int dmanr)
{
	if (channels[dmanr].enabled)
		disable_dma(dmanr);
}

void set_dma_mode(unsigned int dmanr, char mode)
{
	shut_to_program(dmanr);
	channels[dmanr].mode = mode;
	outb(mode | (dmanr & 3), port_of(dmanr, REG_MODE));
}
EXPORT_SYMBOL(set_dma_mode);

/* The lowest bit of a page of 128 KiB comes from the counter. */
void set_dma_page(unsigned int dmanr, char pagenr)
{
	u32 page_mask = dmanr < CASCADE ? 0xff0000 : 0xfe0000;

	shut_to_program(dmanr);
	channels[dmanr].address &= ~page_mask;
	channels[dmanr].address |= ((u32)pagenr << 16) & page_mask;
	outb(dmanr < CASCADE ? pagenr : pagenr & ~1, page_ports[dmanr]);
}
EXPORT_SYMBOL(set_dma_page);

void set_dma_addr(unsigned int dmanr, unsigned int address)
{
	set_dma_page(dmanr, address >> 16);
	channels[dmanr].address = address;
	write_word(dmanr, address_port(dmanr), address >> shift_of(dmanr));
}
EXPORT_SYMBOL(set_dma_addr);

/* The chip wants one less, and stops when it has counted to -1. */
void set_dma_count(unsigned int dmanr, unsigned int count)
{
	shut_to_program(dmanr);
	channels[dmanr].count = count;
	write_word(dmanr, count_port(dmanr), (count >> shift_of(dmanr)) - 1);
}
EXPORT_SYMBOL(set_dma_count);

int get_dma_residue(unsigned int dmanr)
{
	u16 left = read_word(dmanr, count_port(dmanr)) + 1;

	return left << shift_of(dmanr);
}
EXPORT_SYMBOL(get_dma_residue);

/* What is wrong with the transfer that is programmed; NULL: nothing. */
static const char *fault_of(unsigned int dmanr)
{
	const struct isa_dma_info *channel = &channels[dmanr];
	unsigned int shift = shift_of(dmanr), page = SZ_64K << shift;
	u32 first = channel->address, last = first + channel->count - 1;

	if (!READ_ONCE(channel->owner))
		return "nobody has requested the channel";
	if (channel->mode == DMA_MODE_CASCADE)
		return NULL;
	if (!channel->mode)
		return "no mode was set";
	if (!channel->count || channel->count > page)
		return "too long, or no length at all";
	if (first >= SZ_16M || last >= SZ_16M)
		return "not below 16 MiB";
	if (first / page != last / page)
		return shift ? "crosses a boundary of 128 KiB" : "crosses a boundary of 64 KiB";
	if (shift && ((first | channel->count) & 1))
		return "odd on a channel that moves words";
	return NULL;
}

void enable_dma(unsigned int dmanr)
{
	struct isa_dma_info *channel = &channels[dmanr];
	const char *fault = fault_of(dmanr);

	if (WARN(fault, "DMA%u (%s): %u bytes at 0x%08x: %s\n", dmanr, channel->owner ?: "free",
		 channel->count, channel->address, fault)) {
		channel->refused++;
		disable_dma(dmanr);
		return;
	}
	channel->transfers++;
	channel->enabled = true;
	outb(dmanr & 3, port_of(dmanr, REG_MASK));
}
EXPORT_SYMBOL(enable_dma);

/* --- owners ------------------------------------------------------------------------------ */

int request_dma(unsigned int dmanr, const char *device_id)
{
	if (dmanr >= MAX_DMA_CHANNELS)
		return -EINVAL;
	if (!present)
		return -ENODEV;
	return cmpxchg(&channels[dmanr].owner, NULL, device_id) ? -EBUSY : 0;
}
EXPORT_SYMBOL(request_dma);

void free_dma(unsigned int dmanr)
{
	unsigned long flags;

	if (dmanr >= MAX_DMA_CHANNELS || dmanr == CASCADE || !READ_ONCE(channels[dmanr].owner)) {
		pr_warn("Trying to free free DMA%u\n", dmanr);
		return;
	}
	flags = claim_dma_lock();
	disable_dma(dmanr);
	channels[dmanr].mode = 0;
	WRITE_ONCE(channels[dmanr].owner, NULL);
	release_dma_lock(flags);
}
EXPORT_SYMBOL(free_dma);

int isa_dma_get_info(unsigned int dmanr, struct isa_dma_info *info)
{
	unsigned long flags;

	if (dmanr >= MAX_DMA_CHANNELS)
		return -EINVAL;
	if (!present)
		return -ENODEV;
	flags = claim_dma_lock();
	*info = channels[dmanr];
	if (info->count)
		info->residue = get_dma_residue(dmanr);
	release_dma_lock(flags);
	return 0;
}

/* A register without a chip reads as all ones. */
static bool registers_answer(unsigned int dmanr)
{
	write_word(dmanr, address_port(dmanr), 0x5aa5);
	if (read_word(dmanr, address_port(dmanr)) != 0x5aa5)
		return false;
	write_word(dmanr, address_port(dmanr), 0);
	return read_word(dmanr, address_port(dmanr)) == 0;
}

/* Ends what the firmware has left running, and connects the two. */
static int __init isa_dma_init(void)
{
	unsigned long flags = claim_dma_lock();

	outb(0, port_of(0, REG_RESET));
	outb(0, port_of(CASCADE, REG_RESET));
	present = registers_answer(1) && registers_answer(5);
	if (present) {
		channels[CASCADE].owner = "cascade";
		set_dma_mode(CASCADE, DMA_MODE_CASCADE);
		enable_dma(CASCADE);
	}
	release_dma_lock(flags);
	return 0;
}
subsys_initcall(isa_dma_init);
