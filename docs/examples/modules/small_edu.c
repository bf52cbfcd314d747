// SPDX-License-Identifier: MIT
/*
 * A PCI driver from outside the tree, for QEMU's teaching device: a factorial, and some bytes into
 * the device and back by DMA, each with an interrupt at its end, by MSI where there is one.
 *
 * The kernel has a driver of its own for this device, drivers/edu.c, which takes it first. At the
 * monitor's prompt, with `-device edu`:
 *
 *	unbind 0000:00:03.0
 *	bind 0000:00:03.0 small_edu
 */
#include <linux/completion.h>
#include <linux/device.h>
#include <linux/dma-mapping.h>
#include <linux/interrupt.h>
#include <linux/io.h>
#include <linux/jiffies.h>
#include <linux/module.h>
#include <linux/pci.h>
#include <linux/string.h>

#define REG_LIVENESS   0x04 /* reads as the complement of what was written */
#define REG_FACTORIAL  0x08
#define REG_STATUS     0x20
#define REG_IRQ_STATUS 0x24
#define REG_IRQ_ACK    0x64
#define REG_DMA_SRC    0x80
#define REG_DMA_DST    0x88
#define REG_DMA_COUNT  0x90
#define REG_DMA_CMD    0x98

#define STATUS_IRQ	0x80 /* interrupt when the factorial is done */
#define CMD_START	0x01
#define CMD_FROM_DEVICE 0x02
#define CMD_IRQ		0x04

#define WINDOW	    0x40000 /* where the device's own 4 KiB are, to itself */
#define BUFFER_SIZE 2048
#define DMA_BITS    28 /* what QEMU's device has if it is not told otherwise */

static unsigned int number = 10;
module_param(number, uint, 0444);
MODULE_PARM_DESC(number, "whose factorial it computes, up to 12");

struct small_edu {
	struct pci_dev *pdev;
	void __iomem *regs;
	struct completion done;
	u8 *buffer; /* the device knows it as `dma` */
	dma_addr_t dma;
};

static irqreturn_t small_edu_interrupt(int irq, void *data)
{
	struct small_edu *edu = data;
	u32 status = readl(edu->regs + REG_IRQ_STATUS);

	if (!status)
		return IRQ_NONE; /* another device's, on the same line */
	writel(status, edu->regs + REG_IRQ_ACK);
	complete(&edu->done);
	return IRQ_HANDLED;
}

static int small_edu_wait(struct small_edu *edu)
{
	return wait_for_completion_timeout(&edu->done, 5 * HZ) ? 0 : -ETIMEDOUT;
}

static int small_edu_factorial(struct small_edu *edu, u32 *result)
{
	int error;

	reinit_completion(&edu->done);
	writel(STATUS_IRQ, edu->regs + REG_STATUS);
	writel(number, edu->regs + REG_FACTORIAL);
	error = small_edu_wait(edu);
	*result = readl(edu->regs + REG_FACTORIAL);
	return error;
}

static int small_edu_dma(struct small_edu *edu, size_t size, u32 command)
{
	bool from_device = command & CMD_FROM_DEVICE;

	reinit_completion(&edu->done);
	writel(from_device ? WINDOW : (u32)edu->dma, edu->regs + REG_DMA_SRC);
	writel(from_device ? (u32)edu->dma : WINDOW, edu->regs + REG_DMA_DST);
	writel(size, edu->regs + REG_DMA_COUNT);
	writel(CMD_START | CMD_IRQ | command, edu->regs + REG_DMA_CMD);
	return small_edu_wait(edu);
}

/* The buffer's bytes into the device; then, from there, over what is in the buffer since. */
static int small_edu_there_and_back(struct small_edu *edu)
{
	size_t i;
	int error;

	for (i = 0; i < BUFFER_SIZE; i++)
		edu->buffer[i] = i * 7 + 3;
	error = small_edu_dma(edu, BUFFER_SIZE, 0);
	if (error)
		return error;
	memset(edu->buffer, 0, BUFFER_SIZE);
	error = small_edu_dma(edu, BUFFER_SIZE, CMD_FROM_DEVICE);
	if (error)
		return error;
	for (i = 0; i < BUFFER_SIZE; i++)
		if (edu->buffer[i] != (u8)(i * 7 + 3))
			return -EIO;
	return 0;
}

static int small_edu_try(struct small_edu *edu)
{
	struct device *dev = &edu->pdev->dev;
	u32 result;
	int error;

	error = small_edu_factorial(edu, &result);
	if (error)
		return dev_err_probe(dev, error, "no factorial\n");
	dev_info(dev, "%u! = %u\n", number, result);
	error = small_edu_there_and_back(edu);
	if (error)
		return dev_err_probe(dev, error, "bytes went wrong\n");
	dev_info(dev, "%d bytes there and back\n", BUFFER_SIZE);
	return 0;
}

static int small_edu_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	struct device *dev = &pdev->dev;
	struct small_edu *edu;
	int error;

	if (number > 12)
		return -EINVAL;
	edu = devm_kzalloc(dev, sizeof(*edu), GFP_KERNEL);
	if (!edu)
		return -ENOMEM;
	edu->pdev = pdev;
	init_completion(&edu->done);
	pci_set_drvdata(pdev, edu);

	error = pcim_enable_device(pdev);
	if (error)
		return error;
	error = pcim_iomap_regions(pdev, BIT(0), KBUILD_MODNAME);
	if (error)
		return error;
	edu->regs = pcim_iomap_table(pdev)[0];
	writel(0x12345678, edu->regs + REG_LIVENESS);
	if (readl(edu->regs + REG_LIVENESS) != ~0x12345678U)
		return dev_err_probe(dev, -ENODEV, "does not live\n");

	error = dma_set_mask_and_coherent(dev, DMA_BIT_MASK(DMA_BITS));
	if (error)
		return dev_err_probe(dev, error, "no memory within its reach\n");
	edu->buffer = dmam_alloc_coherent(dev, BUFFER_SIZE, &edu->dma, GFP_KERNEL);
	if (!edu->buffer)
		return -ENOMEM;
	pci_set_master(pdev);

	error = pci_alloc_irq_vectors(pdev, 1, 1, PCI_IRQ_MSI | PCI_IRQ_LEGACY);
	if (error < 0)
		return error;
	error = request_irq(pci_irq_vector(pdev, 0), small_edu_interrupt, IRQF_SHARED,
			    KBUILD_MODNAME, edu);
	if (error)
		goto free_vectors;
	dev_info(dev, "%s %d, buffer at %pad\n", pdev->msi_enabled ? "MSI" : "INTx",
		 pci_irq_vector(pdev, 0), &edu->dma);
	error = small_edu_try(edu);
	if (error)
		goto free_irq;
	return 0;

free_irq:
	pci_clear_master(pdev); /* what it has not ended must not reach the buffer any more */
	free_irq(pci_irq_vector(pdev, 0), edu);
free_vectors:
	pci_free_irq_vectors(pdev);
	return error;
}

/* What the devm_ and pcim_ functions gave goes by itself, after this. */
static void small_edu_remove(struct pci_dev *pdev)
{
	struct small_edu *edu = pci_get_drvdata(pdev);

	free_irq(pci_irq_vector(pdev, 0), edu);
	pci_free_irq_vectors(pdev);
	pci_clear_master(pdev);
	dev_info(&pdev->dev, "let go\n");
}

static const struct pci_device_id small_edu_ids[] = {
	{ PCI_DEVICE(0x1234, 0x11e8) },
	{},
};
MODULE_DEVICE_TABLE(pci, small_edu_ids);

static struct pci_driver small_edu_driver = {
	.name = KBUILD_MODNAME,
	.id_table = small_edu_ids,
	.probe = small_edu_probe,
	.remove = small_edu_remove,
};
module_pci_driver(small_edu_driver);

MODULE_DESCRIPTION("QEMU's teaching device, by interrupt and DMA");
MODULE_LICENSE("GPL");
