// SPDX-License-Identifier: MIT
/*
 * `dma`: who moves memory without the CPU. The channels of ISA DMA, what drivers have mapped and
 * allocated, the pools, and the bounce buffers.
 */
#include <linux/dma-mapping.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <memkern/isa_dma.h>

#include "../dma.h"
#include "monitor.h"

#define CHANNELS 8

struct dma_state {
	struct dma_counts counts; /* of all CPUs */
	struct swiotlb_info bounce;
	struct dma_pool_info pool; /* the one that is shown */
	struct isa_dma_info isa;
};

static void add_up(struct dma_counts *sum)
{
	unsigned int cpu;

	*sum = (struct dma_counts){};
	for_each_possible_cpu(cpu) {
		const struct dma_counts *counts = per_cpu_ptr(&dma_counts, cpu);

		sum->allocated += READ_ONCE(counts->allocated);
		sum->freed += READ_ONCE(counts->freed);
		sum->mapped += READ_ONCE(counts->mapped);
		sum->unmapped += READ_ONCE(counts->unmapped);
	}
}

/* --- for people -------------------------------------------------------------------------------- */

static void print_channels(struct isa_dma_info *isa)
{
	unsigned int channel, shown = 0;
	int error = 0;

	for (channel = 0; channel < CHANNELS; channel++) {
		error = isa_dma_get_info(channel, isa);
		if (error || (!isa->owner && !isa->transfers && !isa->refused))
			continue;
		mprintf("channel %u  %-12s 0x%06x, %u of %u bytes left, %u transfer%s, %u "
			"refused\n",
			channel, isa->owner ?: "(free)", isa->address, isa->residue, isa->count,
			COUNTED(isa->transfers), isa->refused);
		shown++;
	}
	if (error == -ENODEV)
		mprintf("channels   the machine has no ISA DMA\n");
	else if (!shown)
		mprintf("channels   nobody has used one\n");
}

static void print_pools(struct dma_pool_info *pool)
{
	unsigned int nr = 0;

	for (; dma_pool_get_info(nr, pool); nr++)
		mprintf("pool       %-16s %-16s %u of %u blocks of %zu bytes, %s\n", pool->name,
			pool->device, pool->active, pool->blocks, pool->size,
			size_text(pool->bytes).text);
	if (!nr)
		mprintf("pools      none\n");
}

static void print_bounce(const struct swiotlb_info *bounce)
{
	if (!bounce->slots) {
		mprintf("bounce     no buffers: no device needs any, or there was no room\n");
		return;
	}
	mprintf("bounce     %u of %u slots of 2 KiB at 0x%llx in use, at most %u at a time\n",
		bounce->used, bounce->slots, (u64)bounce->start, bounce->most);
	mprintf("           %lu mapping%s, %lu refused; copied out %s, in %s%s\n",
		COUNTED(bounce->mapped), bounce->refused, size_text(bounce->bytes_out).text,
		size_text(bounce->bytes_in).text, swiotlb_force ? "; swiotlb=force" : "");
}

static void print_all(struct dma_state *state)
{
	const struct dma_counts *counts = &state->counts;

	print_channels(&state->isa);
	mprintf("coherent   %s in use\n", PAGES_TEXT(counts->allocated - counts->freed));
	mprintf("mappings   %lu now, %lu since the boot\n", counts->mapped - counts->unmapped,
		counts->mapped);
	print_pools(&state->pool);
	print_bounce(&state->bounce);
}

/* --- for programs --------------------------------------------------------------------------------- */

static void json_channels(struct isa_dma_info *isa)
{
	unsigned int channel;

	for (channel = 0; channel < CHANNELS; channel++) {
		if (isa_dma_get_info(channel, isa))
			continue;
		json_begin();
		json_number("channel", channel);
		json_text("owner", isa->owner ?: "");
		json_number("address", isa->address);
		json_number("count_bytes", isa->count);
		json_number("residue_bytes", isa->residue);
		json_number("transfers", isa->transfers);
		json_number("refused", isa->refused);
		json_end();
	}
}

static void json_pools(struct dma_pool_info *pool)
{
	unsigned int nr;

	for (nr = 0; dma_pool_get_info(nr, pool); nr++) {
		json_begin();
		json_text("pool", pool->name);
		json_text("device", pool->device);
		json_number("block_bytes", pool->size);
		json_number("active", pool->active);
		json_number("blocks", pool->blocks);
		json_number("bytes", pool->bytes);
		json_end();
	}
}

static void json_all(struct dma_state *state)
{
	const struct dma_counts *counts = &state->counts;
	const struct swiotlb_info *bounce = &state->bounce;

	json_channels(&state->isa);
	json_pools(&state->pool);
	json_begin();
	json_number("coherent_bytes", (u64)(counts->allocated - counts->freed) << PAGE_SHIFT);
	json_number("mappings", counts->mapped - counts->unmapped);
	json_number("mapped", counts->mapped);
	json_number("bounce_slots", bounce->slots);
	json_number("bounce_used", bounce->used);
	json_number("bounce_most", bounce->most);
	json_number("bounce_mapped", bounce->mapped);
	json_number("bounce_refused", bounce->refused);
	json_number("bounce_out_bytes", bounce->bytes_out);
	json_number("bounce_in_bytes", bounce->bytes_in);
	json_end();
}

static int cmd_dma(int argc, char **argv)
{
	struct dma_state state;
	bool json;

	if (listing_arguments(argc, argv, &json))
		return -EINVAL;
	add_up(&state.counts);
	swiotlb_get_info(&state.bounce);
	if (json)
		json_all(&state);
	else
		print_all(&state);
	return 0;
}
MONITOR_COMMAND("dma", "[--json]", "channels, mappings, pools and bounce buffers of devices",
		cmd_dma);
