// SPDX-License-Identifier: MIT
/*
 * Random operations against the model of tests/mm/slab_model.h, and the same while interrupts
 * arrive wherever they may, and allocate and free by themselves (API.md X4).
 */
#include <linux/kernel.h>
#include <linux/string.h>

#include "../../mm/slab_model.h"
#include "../e820/host.h"
#include "machine.h"
#include "tests.h"

/* --- interrupts ------------------------------------------------------------------------ */

#define NR_HELD 64

static struct {
	u8 *address;
	size_t size;
	u8 value;
} held[NR_HELD]; /* by the handler alone */

static struct rnd_state rnd;
static unsigned long nr_interrupts;
static const char *interrupt_fault;

static void handle(void)
{
	unsigned int i = prandom_u32_state(&rnd) % NR_HELD;

	nr_interrupts++;
	if (held[i].address) {
		if (memchr_inv(held[i].address, held[i].value, held[i].size))
			interrupt_fault = "a block of the interrupt handler was written to";
		kfree(held[i].address);
		held[i].address = NULL;
		return;
	}
	held[i].size = 1 + prandom_u32_state(&rnd) % (prandom_u32_state(&rnd) % 8 ? 256 : 9000);
	held[i].value = nr_interrupts;
	held[i].address = kmalloc(held[i].size, GFP_ATOMIC | __GFP_NOWARN);
	if (held[i].address)
		memset(held[i].address, held[i].value, held[i].size);
}

static void interrupt(void)
{
	unsigned long flags = host_eflags;

	if (prandom_u32_state(&rnd) % 4)
		return;
	host_eflags = 0;
	preempt_count_add(HARDIRQ_OFFSET);
	handle();
	preempt_count_sub(HARDIRQ_OFFSET);
	host_eflags = flags;
}

static void end_interrupts(void)
{
	unsigned int i;

	host_interrupt = NULL;
	for (i = 0; i < NR_HELD; i++) {
		kfree(held[i].address);
		held[i].address = NULL;
	}
}

/* --- runs -------------------------------------------------------------------------------- */

static bool run(const struct slab_model_config *config, unsigned long steps, u64 seed,
		bool interrupted)
{
	unsigned long pages_before = slab_machine_settle();
	const char *fault = NULL, *at_end;
	struct slab_choices choices;
	unsigned long step;

	if (!slab_model_begin(config)) {
		host_note("no memory for the model");
		return false;
	}
	slab_choices_from_seed(&choices, seed);
	host_interrupt = interrupted ? interrupt : NULL;
	for (step = 1; step <= steps && !fault && !interrupt_fault; step++) {
		fault = slab_model_operation(&choices);
		if (step % (steps / 4) == 0 && !slab_machine_check())
			fault = "the checkers found something";
	}
	end_interrupts();
	at_end = slab_model_end();
	fault = fault ?: interrupt_fault ?: at_end;
	if (fault)
		host_note("step %lu of seed %llu: %s", step - 1, seed, fault);
	if (reports.total)
		host_note("%u reports, the last: %s", reports.total, reports.last);
	return !fault && !reports.total && slab_machine_settle() == pages_before &&
	       slab_machine_check();
}

void test_model(void)
{
	static const struct slab_model_config plenty = { 2000, 8 << 20, 60000, 0 };
	static const struct slab_model_config watched = {
		1000, 4 << 20, 60000, SLAB_CONSISTENCY_CHECKS | SLAB_RED_ZONE | SLAB_POISON
	};

	host_result(run(&plenty, 1000000, 1, false), "model: 1000000 operations");
	host_result(!slab_model_counts.refused, "model: no request was refused");
	host_result(run(&watched, 100000, 2, false), "model: 100000 operations on watched caches");
	host_result(run(&plenty, 200000, 3, true), "model: 200000 operations, interrupted");
	host_result(nr_interrupts > 50000, "model: so many times");
	slab_machine_leave(300);
	host_result(run(&plenty, 100000, 4, true),
		    "model: 100000 operations with too little memory");
	host_result(slab_model_counts.refused > 100, "model: some of them were refused");
	slab_machine_give_back();
}
