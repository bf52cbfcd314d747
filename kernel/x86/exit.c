// SPDX-License-Identifier: MIT
/*
 * Leaving the machine: by what QEMU and Bochs offer for it, by ACPI, or by
 * stopping. Each way is a port that does nothing where it does not exist, so they
 * are tried in turn.
 */
#include <linux/irqflags.h>
#include <linux/printk.h>
#include <asm/io.h>
#include <asm/processor.h>
#include <memkern/console.h>
#include <memkern/exit.h>

#define QEMU_DEBUG_EXIT 0xf4
#define BOCHS_SHUTDOWN	0x8900

#define PCI_CONFIG_ADDRESS 0xcf8
#define PCI_CONFIG_DATA	   0xcfc
#define PIIX4_PM	   0x71138086 /* device and vendor id */
#define ICH9_LPC	   0x29188086
#define PM_BASE_REGISTER   0x40 /* of both: where the power management ports are */
#define PM1A_CONTROL	   4	/* from there */
#define SLEEP_TYPE_OFF	   0	/* what QEMU's and Bochs's ACPI tables give for S5 */
#define SLEEP_ENABLE	   (1 << 13)

void machine_halt(void)
{
	for (;;) {
		local_irq_disable();
		halt();
	}
}

/* If the flush faults we come back here, and do without it. */
void memkern_exit(enum memkern_exit_code code)
{
	static bool leaving;
	const char *word;

	local_irq_disable();
	if (!leaving) {
		leaving = true;
		console_flush();
	}
	outl(code, QEMU_DEBUG_EXIT);
	for (word = "Shutdown"; *word; word++)
		outb(*word, BOCHS_SHUTDOWN);
	machine_halt();
}

static u32 pci_config_read(unsigned int devfn, unsigned int offset)
{
	outl(0x80000000 | devfn << 8 | offset, PCI_CONFIG_ADDRESS);
	return inl(PCI_CONFIG_DATA);
}

/* The first port of the chipset's power management, or 0. */
static u16 find_pm_ports(void)
{
	unsigned int devfn;
	u32 id;

	for (devfn = 0; devfn < 256; devfn++) {
		id = pci_config_read(devfn, 0);
		if (id == PIIX4_PM || id == ICH9_LPC)
			return pci_config_read(devfn, PM_BASE_REGISTER) & 0xffc0;
	}
	return 0;
}

#define POST_PORT	0x80 /* a read takes about a microsecond, on any machine */
#define POWER_OFF_WAITS 1000000

void machine_power_off(void)
{
	u16 pm = find_pm_ports();
	int i;

	local_irq_disable();
	console_flush();
	if (pm)
		outw(SLEEP_TYPE_OFF << 10 | SLEEP_ENABLE, pm + PM1A_CONTROL);
	/* A machine may take its time: QEMU leaves from another thread. */
	for (i = 0; pm && i < POWER_OFF_WAITS; i++)
		inb(POST_PORT);
	pr_emerg("power off not available: halted\n");
	console_flush();
	machine_halt();
}
