// SPDX-License-Identifier: MIT
/*
 * Interrupts of PCI devices. QEMU's `edu` raises them when it is told to. Without it, devices are
 * made up, at an address where nobody answers, and the local APIC sends the vector to itself.
 */
#include <linux/irqdesc.h>
#include <linux/smp.h>
#include <linux/string.h>
#include <asm/apic.h>
#include "../kernel/capture.h"
#include "../kernel/threads.h"
#include "pci_device.h"
#include "leaks.h"

#define NR_MSI_IRQS (NR_IRQS - FIRST_MSI_IRQ)
#define CYCLES	    1000

/* --- made-up devices -------------------------------------------------------------------------- */

struct made_up {
	struct pci_bus bus;
	struct pci_dev devices[NR_MSI_IRQS + 1];
};

static void end_msis(void *data)
{
	struct made_up *made_up = data;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(made_up->devices); i++)
		pci_free_irq_vectors(&made_up->devices[i]);
}

static struct made_up *make_up(struct kunit *test)
{
	struct made_up *made_up;
	unsigned int i;

	need_memory(test);
	if (!lapic_present)
		kunit_skip(test, "no local APIC");
	made_up = zeroed(test, struct made_up);
	made_up->bus.number = 0xff;
	for (i = 0; i < ARRAY_SIZE(made_up->devices); i++) {
		made_up->devices[i].bus = &made_up->bus;
		made_up->devices[i].devfn = 0xff;
		made_up->devices[i].msi_cap = 0x40;
		made_up->devices[i].dev.init_name = "made-up";
	}
	KUNIT_ASSERT_EQ(test, kunit_add_action(test, end_msis, made_up), 0);
	return made_up;
}

static void api_L7_msi_irqs_run_out(struct kunit *test)
{
	struct made_up *made_up = make_up(test);
	DECLARE_BITMAP(seen, NR_IRQS) = {};
	struct pci_dev *dev;
	unsigned int nr;

	for (nr = 0;; nr++) {
		dev = &made_up->devices[nr];
		if (pci_alloc_irq_vectors(dev, 1, 1, PCI_IRQ_MSI) != 1)
			break;
		KUNIT_ASSERT_GE(test, dev->irq, FIRST_MSI_IRQ);
		KUNIT_ASSERT_LT(test, dev->irq, NR_IRQS);
		KUNIT_EXPECT_FALSE(test, __test_and_set_bit(dev->irq, seen));
		KUNIT_EXPECT_EQ(test, pci_irq_vector(dev, 0), dev->irq);
	}
	/* Drivers of this machine may have the others. */
	KUNIT_EXPECT_GT(test, nr, NR_MSI_IRQS / 2);
	KUNIT_EXPECT_EQ(test, pci_alloc_irq_vectors(dev, 1, 1, PCI_IRQ_ALL_TYPES), -ENOSPC);
	dev->irq = 11;
	KUNIT_EXPECT_EQ(test, pci_alloc_irq_vectors(dev, 1, 8, PCI_IRQ_ALL_TYPES), 1);
	KUNIT_EXPECT_EQ(test, pci_irq_vector(dev, 0), 11);
	pci_free_irq_vectors(&made_up->devices[0]);
	KUNIT_EXPECT_EQ(test, made_up->devices[0].irq, 0);
	KUNIT_EXPECT_EQ(test, pci_alloc_irq_vectors(dev, 1, 8, PCI_IRQ_ALL_TYPES), 1);
	KUNIT_EXPECT_GE(test, dev->irq, FIRST_MSI_IRQ);
	pci_free_irq_vectors(dev);
	KUNIT_EXPECT_EQ(test, dev->irq, 11);
}

static void api_L7_irq_vectors_that_cannot_be(struct kunit *test)
{
	struct pci_dev *dev = &make_up(test)->devices[0];

	KUNIT_EXPECT_EQ(test, pci_alloc_irq_vectors(dev, 0, 1, PCI_IRQ_MSI), -EINVAL);
	KUNIT_EXPECT_EQ(test, pci_alloc_irq_vectors(dev, 2, 1, PCI_IRQ_MSI), -EINVAL);
	KUNIT_EXPECT_EQ(test, pci_alloc_irq_vectors(dev, 2, 4, PCI_IRQ_ALL_TYPES), -ENOSPC);
	KUNIT_EXPECT_EQ(test, pci_alloc_irq_vectors(dev, 1, 1, PCI_IRQ_MSIX), -ENOSPC);
	KUNIT_EXPECT_EQ(test, pci_alloc_irq_vectors(dev, 1, 1, PCI_IRQ_LEGACY), -ENOSPC);
	dev->msi_cap = 0;
	KUNIT_EXPECT_EQ(test, pci_alloc_irq_vectors(dev, 1, 1, PCI_IRQ_MSI), -EINVAL);
	KUNIT_EXPECT_EQ(test, pci_irq_vector(dev, 1), -EINVAL);
}

static unsigned int calls;
static int called_on;

static irqreturn_t count_call(int irq, void *dev_id)
{
	called_on = smp_processor_id();
	WRITE_ONCE(calls, calls + 1);
	return IRQ_HANDLED;
}

/* The local APIC raises the vector as a message would. */
static void api_L7_msi_that_comes_while_disabled_is_replayed(struct kunit *test)
{
	struct pci_dev *dev = &make_up(test)->devices[0];
	unsigned int irq;

	calls = 0;
	KUNIT_ASSERT_EQ(test, pci_alloc_irq_vectors(dev, 1, 1, PCI_IRQ_MSI), 1);
	irq = dev->irq;
	KUNIT_ASSERT_EQ(test, request_irq(dev->irq, count_call, 0, "toy", dev), 0);
	apic_send_self(ISA_IRQ_VECTOR(dev->irq));
	KUNIT_EXPECT_TRUE(test, eventually(READ_ONCE(calls) == 1));
	disable_irq(dev->irq);
	apic_send_self(ISA_IRQ_VECTOR(dev->irq));
	apic_send_self(ISA_IRQ_VECTOR(dev->irq));
	KUNIT_EXPECT_EQ(test, READ_ONCE(calls), 1);
	enable_irq(dev->irq);
	KUNIT_EXPECT_TRUE(test, eventually(READ_ONCE(calls) == 2));
	free_irq(irq, dev);
	KUNIT_EXPECT_EQ(test, kstat_irqs(irq_to_desc(irq)), 4);
	pci_free_irq_vectors(dev);
	KUNIT_EXPECT_NULL(test, irq_to_desc(irq));
	KUNIT_ASSERT_EQ(test, pci_alloc_irq_vectors(dev, 1, 1, PCI_IRQ_MSI), 1);
	KUNIT_EXPECT_EQ(test, dev->irq, irq);
	KUNIT_EXPECT_EQ(test, kstat_irqs(irq_to_desc(irq)), 0);
}

/* A message that comes too late is counted, and does not keep others from coming. */
static void api_L7_msi_irq_is_its_devices_alone(struct kunit *test)
{
	struct pci_dev *dev = &make_up(test)->devices[0];
	int spurious = atomic_read(&irq_spurious_count);
	unsigned int irq;

	KUNIT_ASSERT_EQ(test, pci_alloc_irq_vectors(dev, 1, 1, PCI_IRQ_MSI), 1);
	irq = dev->irq;
	pci_free_irq_vectors(dev);
	KUNIT_EXPECT_EQ(test, request_irq(irq, count_call, 0, "toy", dev), -EINVAL);
	KUNIT_EXPECT_EQ(test, irq_set_affinity(irq, cpumask_of(0)), -EINVAL);
	apic_send_self(ISA_IRQ_VECTOR(irq));
	KUNIT_EXPECT_TRUE(test, eventually(atomic_read(&irq_spurious_count) > spurious));
	calls = 0;
	KUNIT_ASSERT_EQ(test, pci_alloc_irq_vectors(dev, 1, 1, PCI_IRQ_MSI), 1);
	KUNIT_ASSERT_EQ(test, request_irq(irq, count_call, 0, "toy", dev), 0);
	apic_send_self(ISA_IRQ_VECTOR(irq));
	KUNIT_EXPECT_TRUE(test, eventually(READ_ONCE(calls) == 1));
	free_irq(irq, dev);
}

static void api_L7_msi_ends_before_its_handler(struct kunit *test)
{
	struct made_up *made_up = make_up(test);
	struct pci_dev *dev = &made_up->devices[0], *other = &made_up->devices[1];
	unsigned int irq;

	KUNIT_ASSERT_EQ(test, pci_alloc_irq_vectors(dev, 1, 1, PCI_IRQ_MSI), 1);
	irq = dev->irq;
	KUNIT_ASSERT_EQ(test, request_irq(irq, count_call, 0, "toy", dev), 0);
	kunit_expect_report(test, "made-up: MSI ends");
	pci_free_irq_vectors(dev);
	KUNIT_ASSERT_EQ(test, pci_alloc_irq_vectors(other, 1, 1, PCI_IRQ_MSI), 1);
	KUNIT_EXPECT_NE(test, other->irq, irq);
	free_irq(irq, dev);
	KUNIT_ASSERT_EQ(test, pci_alloc_irq_vectors(dev, 1, 1, PCI_IRQ_MSI), 1);
	KUNIT_EXPECT_EQ(test, dev->irq, irq);
}

/* --- edu ---------------------------------------------------------------------------------------- */

static struct pci_driver driver;
static void __iomem *regs;

static struct pci_dev *edu(struct kunit *test)
{
	struct pci_dev *dev = take_edu(test);

	driver = (struct pci_driver){};
	bind_device(test, dev, &driver);
	KUNIT_ASSERT_EQ(test, pcim_enable_device(dev), 0);
	KUNIT_ASSERT_EQ(test, pcim_iomap_regions(dev, BIT(0), "toy"), 0);
	regs = pcim_iomap_table(dev)[0];
	pci_set_master(dev);
	writel(readl(regs + EDU_STATUS), regs + EDU_ACK);
	calls = 0;
	return dev;
}

/* The line goes down with the acknowledgement. */
static irqreturn_t edu_interrupt(int irq, void *dev_id)
{
	u32 status = readl(regs + EDU_STATUS);

	if (!status)
		return IRQ_NONE;
	writel(status, regs + EDU_ACK);
	return count_call(irq, dev_id);
}

static void request(struct kunit *test, struct pci_dev *dev, unsigned int kind)
{
	if (kind == PCI_IRQ_MSI && !lapic_present)
		kunit_skip(test, "no local APIC");
	KUNIT_ASSERT_EQ(test, pci_alloc_irq_vectors(dev, 1, 1, kind), 1);
	KUNIT_ASSERT_EQ(test,
			devm_request_irq(&dev->dev, pci_irq_vector(dev, 0), edu_interrupt,
					 kind == PCI_IRQ_MSI ? 0 : IRQF_SHARED, "toy", dev),
			0);
}

static void raise(struct kunit *test, unsigned int nr)
{
	while (nr--) {
		unsigned int before = READ_ONCE(calls);

		writel(1, regs + EDU_RAISE);
		KUNIT_ASSERT_TRUE(test, eventually(READ_ONCE(calls) == before + 1));
	}
}

static bool intx_is_off(struct pci_dev *dev)
{
	return command_of(dev) & PCI_COMMAND_INTX_DISABLE;
}

static void api_L7_msi_comes(struct kunit *test)
{
	struct pci_dev *dev = edu(test);
	unsigned int line = dev->irq;

	request(test, dev, PCI_IRQ_MSI);
	KUNIT_EXPECT_TRUE(test, pci_dev_msi_enabled(dev));
	KUNIT_EXPECT_NE(test, dev->irq, line);
	KUNIT_EXPECT_TRUE(test, intx_is_off(dev));
	raise(test, 100);
	device_release_driver(&dev->dev);
	KUNIT_EXPECT_EQ(test, dev->irq, line);
	KUNIT_EXPECT_EQ(test, calls, 100);
}

/* Also where somebody has switched the line off. */
static void api_L7_intx_comes(struct kunit *test)
{
	struct pci_dev *dev = edu(test);
	unsigned int line = dev->irq;

	pci_intx(dev, 0);
	request(test, dev, PCI_IRQ_INTX);
	KUNIT_EXPECT_FALSE(test, pci_dev_msi_enabled(dev));
	KUNIT_EXPECT_EQ(test, dev->irq, line);
	raise(test, 100);
	KUNIT_EXPECT_EQ(test, calls, 100);
}

/* Neither is lost nor doubled when the device changes from one to the other. */
static void api_L7_intx_and_msi_in_turn(struct kunit *test)
{
	struct pci_dev *dev = edu(test);
	unsigned int i;

	for (i = 0; i < 20; i++) {
		request(test, dev, i % 2 ? PCI_IRQ_INTX : PCI_IRQ_MSI);
		raise(test, 2);
		KUNIT_EXPECT_EQ(test, intx_is_off(dev), pci_dev_msi_enabled(dev));
		devm_free_irq(&dev->dev, pci_irq_vector(dev, 0), dev);
		pci_free_irq_vectors(dev);
		KUNIT_EXPECT_FALSE(test, intx_is_off(dev));
	}
	KUNIT_EXPECT_EQ(test, calls, 40);
}

static void comes_to_each_cpu(struct kunit *test, unsigned int kind)
{
	struct pci_dev *dev = edu(test);
	unsigned int cpu;

	request(test, dev, kind);
	if (!irq_can_set_affinity(dev->irq)) {
		KUNIT_EXPECT_EQ(test, irq_set_affinity(dev->irq, cpumask_of(0)), -EINVAL);
		kunit_skip(test, "an 8259 knows one CPU only");
	}
	for_each_online_cpu(cpu) {
		KUNIT_ASSERT_EQ(test, irq_set_affinity(dev->irq, cpumask_of(cpu)), 0);
		raise(test, 3);
		KUNIT_EXPECT_EQ(test, called_on, cpu);
	}
	KUNIT_EXPECT_EQ(test, irq_set_affinity(dev->irq, &(struct cpumask){}), -EINVAL);
	raise(test, 1);
	KUNIT_EXPECT_EQ(test, irq_set_affinity(dev->irq, cpumask_of(0)), 0);
}

static void api_L7_msi_comes_to_any_cpu(struct kunit *test)
{
	comes_to_each_cpu(test, PCI_IRQ_MSI);
}

static void api_L7_intx_comes_to_any_cpu(struct kunit *test)
{
	comes_to_each_cpu(test, PCI_IRQ_INTX);
}

/* Messages need bus mastering. */
static void api_L7_msi_without_bus_master(struct kunit *test)
{
	struct pci_dev *dev = edu(test);

	request(test, dev, PCI_IRQ_MSI);
	pci_clear_master(dev);
	writel(1, regs + EDU_RAISE);
	settle();
	KUNIT_EXPECT_EQ(test, READ_ONCE(calls), 0);
	writel(1, regs + EDU_ACK);
	pci_set_master(dev);
	raise(test, 1);
}

static void a_thousand_cycles_of_both(struct kunit *test)
{
	struct pci_dev *dev = edu(test);
	unsigned int i;

	for (i = 0; i < CYCLES; i++) {
		request(test, dev, i % 2 && lapic_present ? PCI_IRQ_MSI : PCI_IRQ_INTX);
		raise(test, 1);
		devm_free_irq(&dev->dev, pci_irq_vector(dev, 0), dev);
		pci_free_irq_vectors(dev);
	}
	KUNIT_EXPECT_EQ(test, calls, CYCLES);
}

static struct kunit_case msi_cases[] = {
	KUNIT_CASE(api_L7_msi_irqs_run_out),
	KUNIT_CASE(api_L7_irq_vectors_that_cannot_be),
	KUNIT_CASE(api_L7_msi_that_comes_while_disabled_is_replayed),
	KUNIT_CASE(api_L7_msi_irq_is_its_devices_alone),
	KUNIT_CASE(api_L7_msi_ends_before_its_handler),
	KUNIT_CASE(api_L7_msi_comes),
	KUNIT_CASE(api_L7_intx_comes),
	KUNIT_CASE(api_L7_intx_and_msi_in_turn),
	KUNIT_CASE(api_L7_msi_comes_to_any_cpu),
	KUNIT_CASE(api_L7_intx_comes_to_any_cpu),
	KUNIT_CASE_SLOW(api_L7_msi_without_bus_master),
	KUNIT_CASE_SLOW(a_thousand_cycles_of_both),
	{},
};

static struct kunit_suite msi_suite = {
	.name = "msi",
	.init = leaks_begin,
	.exit = leaks_end,
	.test_cases = msi_cases,
};
kunit_test_suite(msi_suite);
