// SPDX-License-Identifier: MIT
/*
 * PCI, with whatever the machine has: every machine with PCI has a host bridge, which tests may
 * bind. BARs are those of a device with any; QEMU's `edu` and `pci-testdev` will do.
 */
#include <linux/bitmap.h>
#include <linux/string.h>
#include <linux/vmalloc.h>
#include <memkern/resource.h>
#include "../kernel/threads.h"
#include "../mm/monitor_run.h"
#include "pci_device.h"
#include "leaks.h"

#define CYCLES	  1000
#define FREE_PORT 0x2a0 /* nothing is there */

static void need_pci(struct kunit *test)
{
	struct pci_dev *dev = pci_get_device(PCI_ANY_ID, PCI_ANY_ID, NULL);

	pci_dev_put(dev);
	if (!dev)
		kunit_skip(test, "the machine has no PCI");
}

/* --- id tables ----------------------------------------------------------------------------- */

static void api_L7_pci_id_tables(struct kunit *test)
{
	static const struct pci_device_id ids[] = {
		{ PCI_DEVICE_SUB(0x1234, 1, 0x5678, 9), .driver_data = 1 },
		{ PCI_VDEVICE(INTEL, 0x100e), 2 },
		{ PCI_DEVICE(0x1234, PCI_ANY_ID) },
		{ PCI_DEVICE_CLASS(0x010100, 0xffff00) },
		{},
	};
	struct pci_dev *dev = zeroed(test, struct pci_dev);

	dev->vendor = 0x1234;
	dev->device = 1;
	KUNIT_EXPECT_PTR_EQ(test, pci_match_id(ids, dev), &ids[2]);
	dev->subsystem_vendor = 0x5678;
	dev->subsystem_device = 9;
	KUNIT_EXPECT_PTR_EQ(test, pci_match_id(ids, dev), &ids[0]);
	KUNIT_EXPECT_EQ(test, pci_match_id(ids, dev)->driver_data, 1);
	dev->subsystem_device = 8;
	KUNIT_EXPECT_PTR_EQ(test, pci_match_id(ids, dev), &ids[2]);
	dev->vendor = 0x8086;
	KUNIT_EXPECT_NULL(test, pci_match_id(ids, dev));
	dev->device = 0x100e;
	KUNIT_EXPECT_EQ(test, pci_match_id(ids, dev)->driver_data, 2);
	dev->device = 7;
	dev->class = 0x010180;
	KUNIT_EXPECT_PTR_EQ(test, pci_match_id(ids, dev), &ids[3]);
	dev->class = 0x010600;
	KUNIT_EXPECT_NULL(test, pci_match_id(ids, dev));
	KUNIT_EXPECT_NULL(test, pci_match_id(NULL, dev));
}

/* --- configuration space ------------------------------------------------------------------- */

static void api_L7_pci_config_access(struct kunit *test)
{
	struct pci_dev *dev = take_host_bridge(test);
	int where;

	for (where = 0; where < PCI_STD_HEADER_SIZEOF; where += 4) {
		u32 dword, from_words, from_bytes = 0;
		u16 low, high;
		int i;

		KUNIT_ASSERT_EQ(test, pci_read_config_dword(dev, where, &dword), 0);
		KUNIT_ASSERT_EQ(test, pci_read_config_word(dev, where, &low), 0);
		KUNIT_ASSERT_EQ(test, pci_read_config_word(dev, where + 2, &high), 0);
		for (i = 0; i < 4; i++) {
			u8 byte;

			KUNIT_ASSERT_EQ(test, pci_read_config_byte(dev, where + i, &byte), 0);
			from_bytes |= (u32)byte << 8 * i;
		}
		from_words = low | (u32)high << 16;
		KUNIT_EXPECT_EQ(test, from_words, dword);
		KUNIT_EXPECT_EQ(test, from_bytes, dword);
	}
}

static void api_L7_pci_config_access_writes_what_it_says(struct kunit *test)
{
	struct pci_dev *dev = take_edu(test);
	u8 line, other;
	u16 pair;

	pci_read_config_byte(dev, PCI_INTERRUPT_LINE, &line);
	KUNIT_EXPECT_EQ(test, pci_write_config_byte(dev, PCI_INTERRUPT_LINE, line ^ 0x5a), 0);
	pci_read_config_word(dev, PCI_INTERRUPT_LINE, &pair);
	KUNIT_EXPECT_EQ(test, pair, (line ^ 0x5a) | dev->pin << 8);
	KUNIT_EXPECT_EQ(test, pci_write_config_dword(dev, PCI_INTERRUPT_LINE, line), 0);
	pci_read_config_byte(dev, PCI_INTERRUPT_LINE, &other);
	KUNIT_EXPECT_EQ(test, other, line);
}

static void api_L7_pci_bad_registers(struct kunit *test)
{
	struct pci_dev *dev = take_host_bridge(test);
	u32 dword = 1;
	u16 word = 1;
	u8 byte = 1;

	KUNIT_EXPECT_EQ(test, pci_read_config_word(dev, 1, &word), PCIBIOS_BAD_REGISTER_NUMBER);
	KUNIT_EXPECT_EQ(test, word, 0xffff);
	KUNIT_EXPECT_EQ(test, pci_read_config_dword(dev, 2, &dword), PCIBIOS_BAD_REGISTER_NUMBER);
	KUNIT_EXPECT_EQ(test, dword, 0xffffffffU);
	KUNIT_EXPECT_EQ(test, pci_read_config_byte(dev, 256, &byte), PCIBIOS_BAD_REGISTER_NUMBER);
	KUNIT_EXPECT_EQ(test, pci_read_config_byte(dev, -1, &byte), PCIBIOS_BAD_REGISTER_NUMBER);
	KUNIT_EXPECT_EQ(test, pci_write_config_word(dev, 5, 0), PCIBIOS_BAD_REGISTER_NUMBER);
}

/* What a list of capabilities says, read by hand. */
static void api_L7_pci_capabilities(struct kunit *test)
{
	struct pci_dev *dev = NULL;
	unsigned int nr = 0;

	need_pci(test);
	for_each_pci_dev(dev) {
		DECLARE_BITMAP(seen, 256) = {};
		u16 status;
		u8 pos = 0, id;

		pci_read_config_word(dev, PCI_STATUS, &status);
		if (status & PCI_STATUS_CAP_LIST)
			pci_read_config_byte(dev, PCI_CAPABILITY_LIST, &pos);
		while (pos) {
			pci_read_config_byte(dev, pos, &id);
			if (!__test_and_set_bit(id, seen))
				KUNIT_EXPECT_EQ(test, pci_find_capability(dev, id), pos);
			pci_read_config_byte(dev, pos + PCI_CAP_LIST_NEXT, &pos);
			nr++;
		}
		for (pos = 1; pos < 0x20; pos++)
			if (!test_bit(pos, seen))
				KUNIT_EXPECT_EQ(test, pci_find_capability(dev, pos), 0);
	}
	kunit_info(test, "%u capabilities\n", nr);
}

/* --- what was found ------------------------------------------------------------------------ */

static void api_L7_pci_devices_are_found(struct kunit *test)
{
	struct pci_dev *dev = NULL, *again, *bridge = take_host_bridge(test);
	unsigned int nr = 0, held = kref_read(&bridge->dev.kref);
	char name[16];
	u32 ids;

	for_each_pci_dev(dev) {
		unsigned int references = kref_read(&dev->dev.kref);

		pci_read_config_dword(dev, PCI_VENDOR_ID, &ids);
		KUNIT_EXPECT_EQ(test, ids, dev->vendor | (u32)dev->device << 16);
		snprintf(name, sizeof(name), "0000:%02x:%02x.%u", dev->bus->number,
			 PCI_SLOT(dev->devfn), PCI_FUNC(dev->devfn));
		KUNIT_EXPECT_STREQ(test, pci_name(dev), name);
		again = pci_get_domain_bus_and_slot(0, dev->bus->number, dev->devfn);
		KUNIT_EXPECT_PTR_EQ(test, again, dev);
		pci_dev_put(again);
		KUNIT_EXPECT_EQ(test, kref_read(&dev->dev.kref), references);
		KUNIT_EXPECT_TRUE(test, dev_is_pci(&dev->dev));
		if (dev->bus->self)
			KUNIT_EXPECT_PTR_EQ(test, dev->dev.parent, &dev->bus->self->dev);
		nr++;
	}
	KUNIT_EXPECT_GT(test, nr, 0);
	KUNIT_EXPECT_EQ(test, kref_read(&bridge->dev.kref), held);
	KUNIT_EXPECT_NULL(test, pci_get_device(0x1234, 0x4321, NULL));
	KUNIT_EXPECT_NULL(test, pci_get_domain_bus_and_slot(1, 0, 0));
}

/* Each bus and slot that answers has its device: none was missed. */
static void api_L7_pci_no_function_is_missed(struct kunit *test)
{
	struct pci_dev *dev = NULL, *found;
	unsigned int devfn;

	need_pci(test);
	for_each_pci_dev(dev) {
		if (dev != list_first_entry(&dev->bus->devices, struct pci_dev, bus_list))
			continue;
		for (devfn = 0; devfn < 256; devfn++) {
			u16 vendor;

			pci_bus_read_config_word(dev->bus, devfn, PCI_VENDOR_ID, &vendor);
			found = pci_get_slot(dev->bus, devfn);
			KUNIT_EXPECT_EQ_MSG(test, found != NULL, vendor != 0xffff, "%02x:%02x",
					    dev->bus->number, devfn);
			pci_dev_put(found);
		}
	}
}

static bool is_legacy_ide(const struct pci_dev *dev, unsigned int bar)
{
	return dev->class >> 8 == PCI_CLASS_STORAGE_IDE && bar < 4;
}

static void check_bar(struct kunit *test, struct pci_dev *dev, unsigned int bar)
{
	const struct resource *res = &dev->resource[bar];
	u64 length = pci_resource_len(dev, bar), address;
	u32 low, high = 0;

	if (!length || (res->flags & IORESOURCE_UNSET) || is_legacy_ide(dev, bar))
		return;
	pci_read_config_dword(dev, PCI_BASE_ADDRESS_0 + 4 * bar, &low);
	if (res->flags & IORESOURCE_MEM_64)
		pci_read_config_dword(dev, PCI_BASE_ADDRESS_0 + 4 * bar + 4, &high);
	address = (u64)high << 32 | (low & ~(res->flags & IORESOURCE_IO ? 3U : 15U));
	KUNIT_EXPECT_EQ(test, res->start, address);
	KUNIT_EXPECT_EQ(test, low & 1, !!(res->flags & IORESOURCE_IO));
	KUNIT_EXPECT_EQ(test, length & (length - 1), 0);
	KUNIT_EXPECT_EQ(test, res->start & (length - 1), 0);
	KUNIT_EXPECT_NOT_NULL(test, res->parent);
}

static void api_L7_pci_bars_are_where_the_firmware_put_them(struct kunit *test)
{
	struct pci_dev *dev = NULL;
	unsigned int bar;

	need_pci(test);
	for_each_pci_dev(dev)
		for (bar = 0; bar < PCI_STD_NUM_BARS; bar++)
			check_bar(test, dev, bar);
	KUNIT_EXPECT_NULL(test, resource_check(&iomem_resource));
	KUNIT_EXPECT_NULL(test, resource_check(&ioport_resource));
}

static void api_L7_pci_edu_is_a_mebibyte(struct kunit *test)
{
	struct pci_dev *dev = take_edu(test);

	KUNIT_EXPECT_EQ(test, pci_resource_len(dev, 0), 0x100000);
	KUNIT_EXPECT_EQ(test, resource_type(&dev->resource[0]), IORESOURCE_MEM);
	KUNIT_EXPECT_EQ(test, pci_resource_len(dev, 1), 0);
	KUNIT_EXPECT_EQ(test, dev->class, 0x00ff00);
	KUNIT_EXPECT_NE(test, dev->irq, 0);
	KUNIT_EXPECT_NE(test, dev->msi_cap, 0);
}

/* --- drivers ------------------------------------------------------------------------------- */

static struct pci_driver driver;
static const struct pci_device_id *probed_as;
static unsigned int probes, removes;
static int probe_result;

static int probe(struct pci_dev *dev, const struct pci_device_id *id)
{
	probes++;
	probed_as = id;
	pci_set_drvdata(dev, &probes);
	return probe_result;
}

static void remove(struct pci_dev *dev)
{
	removes += pci_get_drvdata(dev) == &probes;
}

static void reset_driver(void)
{
	driver = (struct pci_driver){ .probe = probe, .remove = remove };
	probes = removes = probe_result = 0;
}

static void api_L7_pci_driver_gets_its_device(struct kunit *test)
{
	struct pci_dev *dev = take_host_bridge(test);

	reset_driver();
	bind_device(test, dev, &driver);
	KUNIT_EXPECT_EQ(test, probes, 1);
	KUNIT_EXPECT_PTR_EQ(test, probed_as, driver.id_table);
	KUNIT_EXPECT_EQ(test, probed_as->driver_data, 42);
	KUNIT_EXPECT_STREQ(test, dev_driver_string(&dev->dev), "toy");
	KUNIT_EXPECT_EQ(test, *dev->dev.dma_mask, 0xffffffffULL);
	KUNIT_EXPECT_EQ(test, dev->dev.coherent_dma_mask, 0xffffffffULL);
	kunit_release_action(test, end_driver, &driver);
	KUNIT_EXPECT_EQ(test, removes, 1);
	KUNIT_EXPECT_NULL(test, dev->driver);
	KUNIT_EXPECT_NULL(test, pci_get_drvdata(dev));
}

static void api_L7_pci_probe_that_returns_nonsense(struct kunit *test)
{
	struct pci_dev *dev = take_host_bridge(test);

	reset_driver();
	probe_result = 5;
	capture_begin(test, &capture);
	bind_device(test, dev, &driver);
	capture_end(test, &capture);
	KUNIT_EXPECT_NOT_NULL(test, strstr(capture.text, "unexpectedly returned 5"));
	device_release_driver(&dev->dev);
	KUNIT_EXPECT_EQ(test, removes, 1);
	probe_result = -ENODEV;
	KUNIT_EXPECT_EQ(test, device_driver_attach(&driver.driver, &dev->dev), -ENODEV);
	KUNIT_EXPECT_NULL(test, dev->driver);
	KUNIT_EXPECT_EQ(test, probes, 2);
}

/* The header, but for the status, which counts errors. */
static void read_header(struct pci_dev *dev, u32 header[16])
{
	int i;

	for (i = 0; i < 16; i++)
		pci_read_config_dword(dev, 4 * i, &header[i]);
	header[PCI_COMMAND / 4] &= 0xffff;
}

static void api_L7_pci_a_driver_alone_changes_nothing(struct kunit *test)
{
	struct pci_dev *dev = take_host_bridge(test);
	u32 before[16], after[16];

	read_header(dev, before);
	reset_driver();
	bind_device(test, dev, &driver);
	kunit_release_action(test, end_driver, &driver);
	read_header(dev, after);
	KUNIT_EXPECT_MEMEQ(test, after, before, sizeof(before));
}

/* --- enabling ------------------------------------------------------------------------------- */

static void api_L7_pci_enable_and_bus_master(struct kunit *test)
{
	struct pci_dev *dev = take_edu(test);

	KUNIT_ASSERT_FALSE(test, pci_is_enabled(dev));
	KUNIT_EXPECT_FALSE(test, command_of(dev) & PCI_COMMAND_MASTER);
	KUNIT_EXPECT_EQ(test, pci_enable_device(dev), 0);
	KUNIT_EXPECT_EQ(test, pci_enable_device_mem(dev), 0);
	KUNIT_EXPECT_TRUE(test, command_of(dev) & PCI_COMMAND_MEMORY);
	pci_set_master(dev);
	KUNIT_EXPECT_TRUE(test, command_of(dev) & PCI_COMMAND_MASTER);
	pci_disable_device(dev);
	KUNIT_EXPECT_TRUE(test, command_of(dev) & PCI_COMMAND_MASTER);
	pci_disable_device(dev);
	KUNIT_EXPECT_FALSE(test, command_of(dev) & PCI_COMMAND_MASTER);
	KUNIT_EXPECT_FALSE(test, pci_is_enabled(dev));
	kunit_expect_report(test, "disabling already-disabled device");
	pci_disable_device(dev);
}

static void api_L7_pci_no_address_no_enabling(struct kunit *test)
{
	struct pci_dev *dev = take_host_bridge(test);
	struct resource *res = &dev->resource[5], before = *res;

	res->flags = IORESOURCE_MEM | IORESOURCE_UNSET;
	res->start = 0;
	res->end = 0xfff;
	capture_begin(test, &capture);
	KUNIT_EXPECT_EQ(test, pci_enable_device(dev), -EINVAL);
	KUNIT_EXPECT_EQ(test, pcim_enable_device(dev), -EINVAL);
	KUNIT_EXPECT_EQ(test, pci_request_region(dev, 5, "toy"), -EBUSY);
	capture_end(test, &capture);
	KUNIT_EXPECT_NULL(test, pci_iomap(dev, 5, 0));
	KUNIT_EXPECT_FALSE(test, pci_is_enabled(dev));
	KUNIT_EXPECT_NOT_NULL(test,
			      strstr(capture.text, "BAR 5 [mem size 0x00001000] not assigned"));
	*res = before;
}

/* --- regions and addresses ------------------------------------------------------------------ */

/* A device with a BAR of this kind that nobody uses, and which BAR it is. */
static struct pci_dev *take_with_bar(struct kunit *test, unsigned long kind, int *bar)
{
	struct pci_dev *dev = NULL;

	for_each_pci_dev(dev) {
		if (dev->driver || dev->hdr_type != PCI_HEADER_TYPE_NORMAL)
			continue;
		for (*bar = 0; *bar < PCI_STD_NUM_BARS; ++*bar) {
			const struct resource *res = &dev->resource[*bar];

			if ((res->flags & kind) && !(res->flags & IORESOURCE_UNSET) &&
			    resource_size(res) <= 0x100000)
				return take_device(test, dev);
		}
	}
	return take_device(test, NULL);
}

static void api_L7_pci_regions_have_one_owner(struct kunit *test)
{
	int bar;
	struct pci_dev *dev = take_with_bar(test, IORESOURCE_MEM | IORESOURCE_IO, &bar);

	KUNIT_ASSERT_EQ(test, pci_request_region(dev, bar, "toy"), 0);
	capture_begin(test, &capture);
	KUNIT_EXPECT_EQ(test, pci_request_regions(dev, "other"), -EBUSY);
	capture_end(test, &capture);
	KUNIT_EXPECT_NOT_NULL(test, strstr(capture.text, "can't reserve ["));
	pci_release_region(dev, bar);
	KUNIT_EXPECT_EQ(test, pci_request_regions(dev, "other"), 0);
	KUNIT_EXPECT_TRUE(test, dev->regions & BIT(bar));
	pci_release_regions(dev);
	KUNIT_EXPECT_EQ(test, dev->regions, 0);
	KUNIT_EXPECT_NULL(test, dev->resource[bar].child);
}

/* All or none: the ports of BAR 0 are given back when those of BAR 2 are somebody else's. */
static void api_L7_pci_regions_all_or_none(struct kunit *test)
{
	struct pci_dev *dev = zeroed(test, struct pci_dev);

	dev->dev.init_name = "fake";
	dev->resource[0] = DEFINE_RES_IO(FREE_PORT, 8);
	dev->resource[2] = DEFINE_RES_IO(FREE_PORT + 8, 8);
	KUNIT_ASSERT_NOT_NULL(test, request_region(FREE_PORT + 15, 1, "other"));
	capture_begin(test, &capture);
	KUNIT_EXPECT_EQ(test, pci_request_regions(dev, "toy"), -EBUSY);
	capture_end(test, &capture);
	KUNIT_EXPECT_EQ(test, dev->regions, 0);
	KUNIT_EXPECT_NOT_NULL(test, request_region(FREE_PORT, 8, "other"));
	release_region(FREE_PORT, 8);
	release_region(FREE_PORT + 15, 1);
	KUNIT_EXPECT_EQ(test, pci_request_regions(dev, "toy"), 0);
	KUNIT_EXPECT_EQ(test, dev->regions, BIT(0) | BIT(2));
	pci_release_regions(dev);
}

static void api_L7_pci_iomap_memory(struct kunit *test)
{
	struct pci_dev *dev = take_edu(test);
	void __iomem *regs;

	KUNIT_ASSERT_EQ(test, pci_enable_device(dev), 0);
	regs = pci_iomap(dev, 0, 0);
	KUNIT_ASSERT_NOT_NULL(test, regs);
	KUNIT_EXPECT_EQ(test, readl(regs + EDU_ID), 0x010000ed);
	KUNIT_EXPECT_EQ(test, ioread32(regs + EDU_ID), 0x010000ed);
	iowrite32(0x12345678, regs + 4);
	KUNIT_EXPECT_EQ(test, readl(regs + 4), ~0x12345678U);
	pci_iounmap(dev, regs);
	regs = pci_iomap(dev, 0, 0x80);
	KUNIT_ASSERT_NOT_NULL(test, regs);
	KUNIT_EXPECT_EQ(test, get_vm_area_size(find_vm_area((void *)regs)), PAGE_SIZE);
	pci_iounmap(dev, regs);
	KUNIT_EXPECT_NULL(test, pci_iomap(dev, 1, 0));
	KUNIT_EXPECT_NULL(test, pci_iomap(dev, 6, 0));
	KUNIT_EXPECT_NULL(test, pci_iomap(dev, -1, 0));
	pci_disable_device(dev);
}

static void api_L7_pci_iomap_ports(struct kunit *test)
{
	int bar;
	struct pci_dev *dev = take_with_bar(test, IORESOURCE_IO, &bar);
	void __iomem *ports = pci_iomap(dev, bar, 0);

	KUNIT_ASSERT_NOT_NULL(test, ports);
	KUNIT_EXPECT_TRUE(test, is_ioport(ports));
	KUNIT_EXPECT_EQ(test, (unsigned long)ports - IOPORT_BASE, pci_resource_start(dev, bar));
	KUNIT_EXPECT_EQ(test, ioread8(ports), inb(pci_resource_start(dev, bar)));
	pci_iounmap(dev, ports);
}

static void __iomem *mapped;

static int take_all(struct pci_dev *dev, const struct pci_device_id *id)
{
	int error = pcim_enable_device(dev);

	if (error)
		return error;
	error = pcim_iomap_regions(dev, BIT(0), "toy");
	if (error)
		return error;
	mapped = pcim_iomap_table(dev)[0];
	pci_set_master(dev);
	error = pci_alloc_irq_vectors(dev, 1, 1, PCI_IRQ_ALL_TYPES);
	return error < 0 ? error : 0;
}

static void expect_untaken(struct kunit *test, struct pci_dev *dev)
{
	KUNIT_EXPECT_FALSE(test, pci_is_enabled(dev));
	KUNIT_EXPECT_FALSE(test, pci_dev_msi_enabled(dev));
	KUNIT_EXPECT_FALSE(test, command_of(dev) & (PCI_COMMAND_MASTER | PCI_COMMAND_INTX_DISABLE));
	KUNIT_EXPECT_EQ(test, dev->regions, 0);
	KUNIT_EXPECT_NULL(test, dev->resource[0].child);
}

static void api_L7_pcim_everything_ends_with_the_driver(struct kunit *test)
{
	struct pci_dev *dev = take_edu(test);

	reset_driver();
	driver.probe = take_all;
	bind_device(test, dev, &driver);
	KUNIT_EXPECT_TRUE(test, pci_is_managed(dev));
	KUNIT_ASSERT_NOT_NULL(test, mapped);
	KUNIT_EXPECT_EQ(test, readl(mapped), 0x010000ed);
	KUNIT_EXPECT_NOT_NULL(test, dev->resource[0].child);
	KUNIT_EXPECT_NULL(test, pcim_iomap(dev, 0, 0));
	device_release_driver(&dev->dev);
	expect_untaken(test, dev);
	KUNIT_EXPECT_EQ(test, device_driver_attach(&driver.driver, &dev->dev), 0);
	pcim_iounmap_regions(dev, BIT(0));
	KUNIT_EXPECT_EQ(test, dev->regions, 0);
	KUNIT_EXPECT_EQ(test, pcim_iomap_regions(dev, BIT(0) | BIT(3), "toy"), -EINVAL);
	KUNIT_EXPECT_EQ(test, dev->regions, 0);
	KUNIT_ASSERT_NOT_NULL(test, pcim_iomap(dev, 0, 0));
	KUNIT_EXPECT_EQ(test, pcim_iomap_regions(dev, BIT(0), "toy"), -ENOMEM);
	KUNIT_EXPECT_EQ(test, dev->regions, 0);
}

static void api_L7_pci_every_allocation_of_probe_fails_in_turn(struct kunit *test)
{
	struct pci_dev *dev = take_edu(test);
	unsigned int n;
	int error;

	reset_driver();
	driver.probe = take_all;
	bind_device(test, dev, &driver);
	device_release_driver(&dev->dev);
	for (n = 1;; n++) {
		capture_begin(test, &capture);
		kunit_fail_nth(test, n);
		error = device_driver_attach(&driver.driver, &dev->dev);
		capture_end(test, &capture);
		if (!kunit_fail_nth_end(test))
			break;
		if (!error) /* without a slab of its best size one of the smallest will do */
			device_release_driver(&dev->dev);
		expect_untaken(test, dev);
	}
	KUNIT_EXPECT_EQ(test, error, 0);
	/* The note of the enabling, the claim, the table, and the mapping's. */
	KUNIT_EXPECT_GT(test, n, 4);
}

static void a_thousand_pci_cycles_leak_nothing(struct kunit *test)
{
	struct pci_dev *dev = take_edu(test);
	unsigned int i;

	reset_driver();
	driver.probe = take_all;
	bind_device(test, dev, &driver);
	for (i = 0; i < CYCLES; i++) {
		device_release_driver(&dev->dev);
		KUNIT_ASSERT_EQ(test, device_driver_attach(&driver.driver, &dev->dev), 0);
	}
	device_release_driver(&dev->dev);
	expect_untaken(test, dev);
}

/* --- the monitor --------------------------------------------------------------------------- */

static void monitor_lspci(struct kunit *test)
{
	struct pci_dev *dev = NULL;
	const char *line;
	char begin[32];

	run(test, "lspci");
	line = capture.text;
	for_each_pci_dev(dev) {
		snprintf(begin, sizeof(begin), "%s %04x:%04x class %06x", pci_name(dev),
			 dev->vendor, dev->device, dev->class);
		line = strstr(line, begin);
		if (!line)
			pci_dev_put(dev);
		KUNIT_ASSERT_NOT_NULL_MSG(test, line, "%s", begin);
	}
	if (line == capture.text)
		KUNIT_EXPECT_STREQ(test, line, "there is no PCI bus, or nothing on it\n");
}

static struct kunit_case pci_cases[] = {
	KUNIT_CASE(api_L7_pci_id_tables),
	KUNIT_CASE(api_L7_pci_config_access),
	KUNIT_CASE(api_L7_pci_config_access_writes_what_it_says),
	KUNIT_CASE(api_L7_pci_bad_registers),
	KUNIT_CASE(api_L7_pci_capabilities),
	KUNIT_CASE(api_L7_pci_devices_are_found),
	KUNIT_CASE(api_L7_pci_bars_are_where_the_firmware_put_them),
	KUNIT_CASE(api_L7_pci_edu_is_a_mebibyte),
	KUNIT_CASE(api_L7_pci_driver_gets_its_device),
	KUNIT_CASE(api_L7_pci_probe_that_returns_nonsense),
	KUNIT_CASE(api_L7_pci_a_driver_alone_changes_nothing),
	KUNIT_CASE(api_L7_pci_enable_and_bus_master),
	KUNIT_CASE(api_L7_pci_no_address_no_enabling),
	KUNIT_CASE(api_L7_pci_regions_have_one_owner),
	KUNIT_CASE(api_L7_pci_regions_all_or_none),
	KUNIT_CASE(api_L7_pci_iomap_memory),
	KUNIT_CASE(api_L7_pci_iomap_ports),
	KUNIT_CASE(api_L7_pcim_everything_ends_with_the_driver),
	KUNIT_CASE(api_L7_pci_every_allocation_of_probe_fails_in_turn),
	KUNIT_CASE(monitor_lspci),
	KUNIT_CASE_SLOW(api_L7_pci_no_function_is_missed),
	KUNIT_CASE_SLOW(a_thousand_pci_cycles_leak_nothing),
	{},
};

static struct kunit_suite pci_suite = {
	.name = "pci",
	.init = leaks_begin,
	.exit = leaks_end,
	.test_cases = pci_cases,
};
kunit_test_suite(pci_suite);
