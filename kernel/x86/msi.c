// SPDX-License-Identifier: MIT
/*
 * Interrupts of PCI devices: lines (INTx), and messages (MSI).
 *
 * A line is what the firmware connected the device's pin to, shared with others; its number is
 * in the device's configuration space. A message is a write of a number to an address, which the
 * device does by DMA: the address is a local APIC's, the number is the vector:
 *
 *	device --- write 0x0060 to 0xfee01000 ---> local APIC 1 ---> vector 0x60 ---> irq 64
 *	             |                   |
 *	             vector              APIC id in bits 12-19
 *
 * Nothing else has that vector, so there is no sharing and no asking who it was, and data
 * that the device wrote before has arrived. A message is an edge: handle_edge_irq(). Few devices
 * can hold one back; a disabled irq is masked lazily, as kernel/irq.c explains.
 *
 * The irqs from FIRST_MSI_IRQ on are no controller's pins. They have their vectors for good, on
 * every CPU alike, and are given to devices. So to send an interrupt to another CPU is one write,
 * of the address.
 *
 * Locking: msi_lock, a leaf, for who has which irq. A device's registers are its driver's, but
 * for the mask and the address: under irq_desc.lock.
 *
 * Left out: several messages a device, MSI-X.
 */
#define pr_fmt(fmt) "msi: " fmt

#include <linux/irqdesc.h>
#include <linux/kernel.h>
#include <linux/pci.h>
#include <linux/string.h>
#include <asm/apic.h>
#include <asm/ptrace.h>
#include <asm/traps.h>
#include "irq.h"
#include "smpboot.h"

#define NR_MSI_IRQS	(NR_IRQS - FIRST_MSI_IRQ)
#define MSI_ADDRESS(id) (0xfee00000 | (u32)(id) << 12)

static DEFINE_SPINLOCK(msi_lock);
static struct pci_dev *owners[NR_MSI_IRQS];

/* --- the chip ----------------------------------------------------------------------------- */

static u16 read_flags(const struct pci_dev *dev)
{
	u16 flags;

	pci_read_config_word(dev, dev->msi_cap + PCI_MSI_FLAGS, &flags);
	return flags;
}

static void set_masked(struct irq_data *data, u32 masked)
{
	const struct pci_dev *dev = data->chip_data;
	u16 flags = read_flags(dev);

	if (flags & PCI_MSI_FLAGS_MASKBIT)
		pci_write_config_dword(dev,
				       dev->msi_cap + (flags & PCI_MSI_FLAGS_64BIT
							       ? PCI_MSI_MASK_64
							       : PCI_MSI_MASK_32),
				       masked);
}

static void mask_msi(struct irq_data *data)
{
	set_masked(data, 1);
}

static void unmask_msi(struct irq_data *data)
{
	set_masked(data, 0);
}

static int send_to(struct irq_data *data, const struct cpumask *cpus)
{
	const struct pci_dev *dev = data->chip_data;

	return pci_write_config_dword(dev, dev->msi_cap + PCI_MSI_ADDRESS_LO,
				      MSI_ADDRESS(x86_cpu_to_apicid[cpumask_first(cpus)]));
}

static const struct irq_chip msi_chip = {
	.name = "PCI-MSI",
	.irq_mask = mask_msi,
	.irq_unmask = unmask_msi,
	.irq_ack = apic_ack_irq,
	.irq_retrigger = apic_retrigger_irq,
	.irq_set_affinity = send_to,
};

/* It may be one that was under way when its irq was given back. */
static void msi_interrupt(struct pt_regs *regs)
{
	if (!generic_handle_irq(regs->orig_ax - FIRST_EXTERNAL_VECTOR))
		return;
	apic_eoi();
	atomic_inc(&irq_spurious_count);
}

void __init msi_init(void)
{
	unsigned int irq;

	for (irq = FIRST_MSI_IRQ; irq < NR_IRQS; irq++) {
		irq_get_irq_data(irq)->trigger = IRQ_TYPE_EDGE_RISING;
		irq_set_chip_and_handler(irq, &msi_chip, NULL);
		set_interrupt_handler(ISA_IRQ_VECTOR(irq), msi_interrupt);
	}
}

/* --- a device gets an irq, and gives it back ------------------------------------------------ */

/* Nobody can request an irq that no device has. One that somebody forgot to free stays. */
static void set_requestable(unsigned int irq, bool requestable)
{
	struct irq_desc *desc = container_of(irq_get_irq_data(irq), struct irq_desc, irq_data);
	unsigned long flags;

	spin_lock_irqsave(&desc->lock, flags);
	memset(desc->kstat_irqs, 0, sizeof(desc->kstat_irqs));
	desc->unhandled_total = 0;
	if (!desc->action)
		desc->handle_irq = requestable ? handle_edge_irq : NULL;
	spin_unlock_irqrestore(&desc->lock, flags);
}

static bool is_free(unsigned int irq)
{
	const struct irq_desc *desc = irq_to_desc(irq);

	return !owners[irq - FIRST_MSI_IRQ] && !(desc && READ_ONCE(desc->action));
}

/* 0: none is left. */
static unsigned int take_irq(struct pci_dev *dev)
{
	unsigned int irq = FIRST_MSI_IRQ;

	spin_lock(&msi_lock);
	while (irq < NR_IRQS && !is_free(irq))
		irq++;
	if (irq < NR_IRQS)
		owners[irq - FIRST_MSI_IRQ] = dev;
	spin_unlock(&msi_lock);
	return irq < NR_IRQS ? irq : 0;
}

static void give_back_irq(unsigned int irq)
{
	set_requestable(irq, false);
	spin_lock(&msi_lock);
	owners[irq - FIRST_MSI_IRQ] = NULL;
	spin_unlock(&msi_lock);
}

static void set_enabled(struct pci_dev *dev, bool enabled)
{
	u16 flags = read_flags(dev) & ~(PCI_MSI_FLAGS_ENABLE | PCI_MSI_FLAGS_QSIZE);

	pci_write_config_word(dev, dev->msi_cap + PCI_MSI_FLAGS,
			      flags | (enabled ? PCI_MSI_FLAGS_ENABLE : 0));
}

/* Masked until somebody requests the irq, if the device can. */
static void write_message(struct pci_dev *dev, unsigned int irq)
{
	struct irq_data *data = irq_get_irq_data(irq);
	bool wide = read_flags(dev) & PCI_MSI_FLAGS_64BIT;

	data->chip_data = dev;
	data->hwirq = pci_dev_id(dev);
	mask_msi(data);
	send_to(data, cpumask_of(0));
	if (wide)
		pci_write_config_dword(dev, dev->msi_cap + PCI_MSI_ADDRESS_HI, 0);
	pci_write_config_word(dev, dev->msi_cap + (wide ? PCI_MSI_DATA_64 : PCI_MSI_DATA_32),
			      ISA_IRQ_VECTOR(irq));
}

/* Until it is disabled, dev->irq is the message's. 0, or -errno. */
int pci_enable_msi(struct pci_dev *dev)
{
	unsigned int irq;

	if (!lapic_present || !dev->msi_cap || WARN_ON(dev->msi_enabled))
		return -EINVAL;
	irq = take_irq(dev);
	if (!irq)
		return -ENOSPC;
	write_message(dev, irq);
	set_requestable(irq, true);
	pci_intx(dev, 0);
	set_enabled(dev, true);
	dev->intx_irq = dev->irq;
	dev->irq = irq;
	dev->msi_enabled = true;
	return 0;
}

void pci_disable_msi(struct pci_dev *dev)
{
	if (!dev->msi_enabled)
		return;
	set_enabled(dev, false);
	pci_intx(dev, 1);
	WARN(irq_to_desc(dev->irq)->action, "%s: MSI ends, but irq %u was not freed\n",
	     pci_name(dev), dev->irq);
	give_back_irq(dev->irq);
	dev->irq = dev->intx_irq;
	dev->msi_enabled = false;
}

int pci_alloc_irq_vectors(struct pci_dev *dev, unsigned int min_vecs, unsigned int max_vecs,
			  unsigned int flags)
{
	int error = -ENOSPC;

	if (!min_vecs || max_vecs < min_vecs)
		return -EINVAL;
	if (min_vecs > 1)
		return -ENOSPC;
	if (flags & PCI_IRQ_MSI)
		error = pci_enable_msi(dev);
	if (!error)
		return 1;
	if (!(flags & PCI_IRQ_LEGACY) || !dev->irq)
		return error;
	pci_intx(dev, 1);
	return 1;
}

void pci_free_irq_vectors(struct pci_dev *dev)
{
	pci_disable_msi(dev);
}

int pci_irq_vector(struct pci_dev *dev, unsigned int nr)
{
	return nr ? -EINVAL : (int)dev->irq;
}
