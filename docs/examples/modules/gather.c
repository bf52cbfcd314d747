// SPDX-License-Identifier: MIT
/*
 * Descriptors and scattered memory, without a device: a platform device that this file declares
 * itself, and whose work a timer does instead of hardware.
 *
 *	sg_table: pieces of memory, wherever    dma_map_sgtable(): where the device finds them
 *	descriptors, from a dma_pool:  [address, bytes, next] -> [address, bytes, next] -> 0
 *
 * The driver links a descriptor a piece, and tells the device where the first one is. The device
 * goes from one to the next, writes the sum of each piece's bytes beside its length, and is done.
 */
#include <linux/completion.h>
#include <linux/dma-mapping.h>
#include <linux/dmapool.h>
#include <linux/jiffies.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/scatterlist.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/timer.h>

static unsigned int pieces = 5;
module_param(pieces, uint, 0444);
MODULE_PARM_DESC(pieces, "of how many pieces the data is");

#define PIECE_SIZE(i) (1000 * ((i) + 1))

/* As the hardware would have it: little-endian, aligned to 16 bytes. */
struct descriptor {
	__le32 address, bytes, next, sum;
};

/* The driver's own, a descriptor. */
struct step {
	struct descriptor *descriptor;
	dma_addr_t dma;
};

struct gather {
	struct device *dev;
	struct dma_pool *pool;
	struct sg_table table;
	struct step *steps;
	struct completion done;

	/* The "hardware": a register, and a timer. */
	u32 first;
	struct timer_list timer;
};

/* --- what would be hardware: all that it knows are addresses ------------------------------ */

static void hardware(struct timer_list *timer)
{
	struct gather *gather = from_timer(gather, timer, timer);
	u32 at = gather->first;

	while (at) {
		struct descriptor *descriptor = phys_to_virt(at);
		const u8 *bytes = phys_to_virt(le32_to_cpu(descriptor->address));
		u32 i, sum = 0;

		for (i = 0; i < le32_to_cpu(descriptor->bytes); i++)
			sum += bytes[i];
		descriptor->sum = cpu_to_le32(sum);
		at = le32_to_cpu(descriptor->next);
	}
	complete(&gather->done);
}

/* --- the driver -------------------------------------------------------------------------------- */

static void free_pieces(struct gather *gather)
{
	struct scatterlist *sg;
	unsigned int i;

	for_each_sgtable_sg(&gather->table, sg, i) if (sg_page(sg)) kfree(sg_virt(sg));
	sg_free_table(&gather->table);
}

static int make_pieces(struct gather *gather)
{
	int error = sg_alloc_table(&gather->table, pieces, GFP_KERNEL);
	struct scatterlist *sg;
	unsigned int i;

	if (error)
		return error;
	for_each_sgtable_sg(&gather->table, sg, i)
	{
		void *piece = kmalloc(PIECE_SIZE(i), GFP_KERNEL);

		if (!piece) {
			free_pieces(gather);
			return -ENOMEM;
		}
		memset(piece, i + 1, PIECE_SIZE(i));
		sg_set_buf(sg, piece, PIECE_SIZE(i));
	}
	return 0;
}

static void free_descriptors(struct gather *gather)
{
	unsigned int i;

	for (i = 0; i < gather->table.nents && gather->steps[i].descriptor; i++)
		dma_pool_free(gather->pool, gather->steps[i].descriptor, gather->steps[i].dma);
}

/* One for each mapped piece (which may be fewer), each knowing where the next one is. */
static int make_descriptors(struct gather *gather)
{
	struct scatterlist *sg;
	unsigned int i;

	for_each_sgtable_dma_sg(&gather->table, sg, i)
	{
		struct step *step = &gather->steps[i];

		step->descriptor = dma_pool_zalloc(gather->pool, GFP_KERNEL, &step->dma);
		if (!step->descriptor)
			return -ENOMEM;
		step->descriptor->address = cpu_to_le32(sg_dma_address(sg));
		step->descriptor->bytes = cpu_to_le32(sg_dma_len(sg));
		if (i)
			step[-1].descriptor->next = cpu_to_le32(step->dma);
	}
	return 0;
}

static int add_up(struct gather *gather)
{
	unsigned int i, sum = 0, bytes = 0;

	gather->first = gather->steps[0].dma;
	mod_timer(&gather->timer, jiffies + 1);
	wait_for_completion(&gather->done);
	for (i = 0; i < gather->table.nents; i++) {
		sum += le32_to_cpu(gather->steps[i].descriptor->sum);
		bytes += le32_to_cpu(gather->steps[i].descriptor->bytes);
	}
	dev_info(gather->dev, "%u pieces, %u bytes, sum %u\n", pieces, bytes, sum);
	return 0;
}

static int gather_run(struct gather *gather)
{
	int error = make_pieces(gather);

	if (error)
		return error;
	error = dma_map_sgtable(gather->dev, &gather->table, DMA_TO_DEVICE, 0);
	if (error)
		goto free_pieces;
	error = make_descriptors(gather);
	if (!error)
		error = add_up(gather);
	free_descriptors(gather);
	dma_unmap_sgtable(gather->dev, &gather->table, DMA_TO_DEVICE, 0);
free_pieces:
	free_pieces(gather);
	return error;
}

static int gather_probe(struct platform_device *pdev)
{
	struct device *dev = &pdev->dev;
	struct gather *gather = devm_kzalloc(dev, sizeof(*gather), GFP_KERNEL);
	int error;

	if (!gather)
		return -ENOMEM;
	gather->dev = dev;
	gather->steps = devm_kcalloc(dev, pieces, sizeof(*gather->steps), GFP_KERNEL);
	if (!gather->steps)
		return -ENOMEM;
	error = dma_set_mask_and_coherent(dev, DMA_BIT_MASK(32));
	if (error)
		return error;
	gather->pool = dmam_pool_create("descriptors", dev, sizeof(struct descriptor), 16, 4096);
	if (!gather->pool)
		return -ENOMEM;
	init_completion(&gather->done);
	timer_setup(&gather->timer, hardware, 0);
	return gather_run(gather);
}

static struct platform_driver gather_driver = {
	.probe = gather_probe,
	.driver = { .name = "gather" },
};

static struct platform_device *gather_device;

static int __init gather_init(void)
{
	int error;

	if (!pieces || pieces > 100)
		return -EINVAL;
	error = platform_driver_register(&gather_driver);
	if (error)
		return error;
	gather_device = platform_device_register_simple("gather", PLATFORM_DEVID_NONE, NULL, 0);
	if (!IS_ERR(gather_device))
		return 0;
	platform_driver_unregister(&gather_driver);
	return PTR_ERR(gather_device);
}

static void __exit gather_exit(void)
{
	platform_device_unregister(gather_device);
	platform_driver_unregister(&gather_driver);
}

module_init(gather_init);
module_exit(gather_exit);

MODULE_DESCRIPTION("A scatter list, and descriptors from a DMA pool");
MODULE_LICENSE("GPL");
