// SPDX-License-Identifier: MIT
/*
 * The bus master of an IDE channel: it moves a request's data between drive and memory.
 *
 *	table (PRD)		memory			A transfer of 72 KiB, in two segments:
 *	[0x00f3c000 16384   ] -> 16 KiB			the second lay across 0x01090000,
 *	[0x0108a000 24576   ] -> 24 KiB, to 64K		so that it has two descriptors
 *	[0x01090000 32768 E ] -> 32 KiB
 *	^ prd_dma, in the bus master's register		E: the last
 *
 * The table comes from a pool of coherent memory, and is the channel's for as long as the driver
 * has it, as is the list of segments: a request needs nothing but, above 4 GiB, room in the bounce
 * buffers. If that is short the request waits in its queue.
 *
 * A bounce buffer may lie across a multiple of 64 KiB where the segment did not. So the table has
 * two descriptors for each segment, and is filled from the addresses of the device.
 *
 * Contexts: ide_dma_alloc() and ide_dma_free() sleep; all else under channel->lock.
 */
#include <linux/io.h>

#include "ide.h"

#define IDE_PRD_LAST 0x8000

int ide_dma_alloc(struct ide_channel *channel)
{
	struct ide_host *host = channel->host;

	channel->sg =
		devm_kcalloc(&host->pdev->dev, IDE_MAX_SEGMENTS, sizeof(*channel->sg), GFP_KERNEL);
	if (!channel->sg)
		return -ENOMEM;
	sg_init_table(channel->sg, IDE_MAX_SEGMENTS);
	channel->prd = dma_pool_alloc(host->prd_pool, GFP_KERNEL, &channel->prd_dma);
	return channel->prd ? 0 : -ENOMEM;
}

void ide_dma_free(struct ide_channel *channel)
{
	if (channel->prd)
		dma_pool_free(channel->host->prd_pool, channel->prd, channel->prd_dma);
	channel->prd = NULL;
}

static void fill_table(struct ide_channel *channel, int nr_mapped)
{
	struct ide_prd *prd = channel->prd;
	struct scatterlist *sg;
	int i;

	for_each_sg(channel->sg, sg, nr_mapped, i)
	{
		u32 address = sg_dma_address(sg), left = sg_dma_len(sg);

		while (left) {
			u32 to_boundary = IDE_PRD_BOUNDARY - address % IDE_PRD_BOUNDARY;
			u32 bytes = min(left, to_boundary);

			*prd++ = (struct ide_prd){ cpu_to_le32(address), cpu_to_le16(bytes), 0 };
			address += bytes;
			left -= bytes;
		}
	}
	prd[-1].flags = cpu_to_le16(IDE_PRD_LAST);
}

bool ide_dma_map(struct ide_channel *channel, struct request *rq)
{
	int nr = blk_rq_map_sg(rq->q, rq, channel->sg), mapped;

	channel->dir = rq_data_dir(rq) == WRITE ? DMA_TO_DEVICE : DMA_FROM_DEVICE;
	mapped = dma_map_sg_attrs(&channel->host->pdev->dev, channel->sg, nr, channel->dir,
				  DMA_ATTR_NO_WARN);
	if (!mapped)
		return false;
	channel->nr_sg = nr;
	fill_table(channel, mapped);
	return true;
}

/* Also for a command without data: the bit tells whose interrupt it is. */
void ide_dma_clear(struct ide_channel *channel)
{
	u8 kept = inb(channel->bm + BM_STATUS) & BM_CAPABILITIES;

	outb(kept | BM_INTERRUPT | BM_ERROR, channel->bm + BM_STATUS);
}

static u8 direction(const struct ide_channel *channel)
{
	return channel->dir == DMA_FROM_DEVICE ? BM_TO_MEMORY : 0;
}

void ide_dma_prepare(struct ide_channel *channel)
{
	ide_dma_clear(channel);
	if (!channel->nr_sg)
		return;
	outl(channel->prd_dma, channel->bm + BM_TABLE);
	outb(direction(channel), channel->bm + BM_COMMAND);
}

void ide_dma_start(struct ide_channel *channel)
{
	if (channel->nr_sg)
		outb(direction(channel) | BM_START, channel->bm + BM_COMMAND);
}

u8 ide_dma_end(struct ide_channel *channel)
{
	u8 status = inb(channel->bm + BM_STATUS);

	outb(0, channel->bm + BM_COMMAND);
	ide_dma_clear(channel);
	if (channel->nr_sg)
		dma_unmap_sg(&channel->host->pdev->dev, channel->sg, channel->nr_sg, channel->dir);
	channel->nr_sg = 0;
	return status;
}
