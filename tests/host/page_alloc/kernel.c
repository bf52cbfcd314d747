// SPDX-License-Identifier: MIT
/*
 * The rest of the kernel, as far as the sources under test call it. printk() and panic() are
 * in ../e820/host.c.
 */
#include <linux/compaction.h>
#include <linux/ctype.h>
#include <linux/fault-inject.h>
#include <linux/highmem.h>
#include <linux/kernel.h>
#include <linux/memblock.h>
#include <linux/ratelimit.h>
#include <linux/sched.h>
#include <linux/smp.h>
#include <linux/stacktrace.h>
#include <linux/stop_machine.h>
#include <linux/string.h>
#include <memkern/module.h>
#include <memkern/params.h>
#include <memkern/report.h>

#include "../e820/host.h"
#include "machine.h"
#include "../../../mm/vmscan.h"

unsigned long host_eflags = X86_EFLAGS_IF;
void (*host_interrupt)(void);

int __preempt_count = PREEMPT_ENABLED;
unsigned int cpu_number, nr_cpu_ids = 1;
unsigned long __per_cpu_offset[NR_CPUS];
struct task_struct init_task = { .comm = "host" };
struct task_struct *current_task = &init_task;

struct reports reports;
unsigned long machine_trace = 1;
const char _stext[1], __page_alloc_text_end[1];

unsigned long host_this_cpu_offset(void)
{
	if (preemptible())
		panic("this_cpu_ptr() where the task may move to another CPU");
	return 0;
}

void __might_sleep(const char *file, int line)
{
	panic("%s:%d may sleep, where that is not allowed", file, line);
}

/* Nobody switches it on. */
bool should_fail_alloc_page(gfp_t gfp, unsigned int order)
{
	panic("asked whether pages should fail");
}

bool failed_on_purpose(void)
{
	return false;
}

/* --- one CPU -------------------------------------------------------------------------- */

struct cpumask __cpu_possible_mask = { { 1 } };
struct cpumask __cpu_online_mask = { { 1 } };
unsigned int __num_online_cpus = 1;

void on_each_cpu_mask(const struct cpumask *mask, smp_call_func_t func, void *info, bool wait)
{
	unsigned long flags = host_eflags;

	if (!cpumask_test_cpu(0, mask))
		return;
	host_eflags = 0;
	func(info);
	host_eflags = flags;
}

void on_each_cpu(smp_call_func_t func, void *info, int wait)
{
	on_each_cpu_mask(&__cpu_online_mask, func, info, wait);
}

int stop_machine(cpu_stop_fn_t fn, void *data, const struct cpumask *cpus)
{
	return fn(data);
}

void setup_per_cpu_areas(void)
{
}

/* --- reclaim: nobody has anything to give back --------------------------------------------- */

volatile unsigned long jiffies;

unsigned long try_to_free_pages(enum zone_type highest, unsigned int order, gfp_t gfp)
{
	return 0;
}

unsigned int reclaim_progress(void)
{
	return 0;
}

unsigned long zone_reclaimable_pages(const struct zone *zone)
{
	return 0;
}

void wakeup_kswapd(unsigned int order, enum zone_type highest)
{
}

void reclaim_pause(unsigned long freed)
{
}

enum compact_result try_to_compact_pages(gfp_t gfp, unsigned int order, unsigned int alloc_flags,
					 enum zone_type highest, enum compact_priority prio)
{
	return COMPACT_SKIPPED;
}

void compaction_defer_reset(struct zone *zone, unsigned int order, bool alloc_success)
{
}

/* machine_boot() sees to it that there are none. */
unsigned long end_watermark_boost(enum zone_type highest)
{
	return 0;
}

long schedule_timeout_uninterruptible(long timeout)
{
	panic("waits for memory that nobody will free");
}

/* --- text ------------------------------------------------------------------------------ */

int vscnprintf(char *buf, size_t size, const char *fmt, va_list args)
{
	int length = vsnprintf(buf, size, fmt, args);

	return min_t(int, length, size - 1);
}

int scnprintf(char *buf, size_t size, const char *fmt, ...)
{
	va_list args;
	int length;

	va_start(args, fmt);
	length = vscnprintf(buf, size, fmt, args);
	va_end(args);
	return length;
}

void *memchr_inv(const void *s, int c, size_t n)
{
	const u8 *byte = s;

	/* Equal to itself moved by one byte: that many times the first one. */
	if (n && *byte == (u8)c && !memcmp(byte, byte + 1, n - 1))
		return NULL;
	for (; n && *byte == (u8)c; n--)
		byte++;
	return n ? (void *)byte : NULL;
}

char *skip_spaces(const char *s)
{
	while (isspace(*s))
		s++;
	return (char *)s;
}

/* --- reports --------------------------------------------------------------------------- */

bool report_note(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vscnprintf(reports.last, sizeof(reports.last), fmt, args);
	va_end(args);
	reports.total++;
	return !reports.print;
}

void host_warn(const char *file, int line)
{
	reports.warnings++;
	report_note("WARNING at %s:%d", file, line);
}

void host_bug(const char *file, int line)
{
	panic("kernel BUG at %s:%d!", file, line);
}

void dump_stack(void)
{
	printk("Call Trace:\n");
}

void add_taint(unsigned int flag, enum lockdep_ok lockdep_ok)
{
}

int ___ratelimit(struct ratelimit_state *rs, const char *func)
{
	return 1;
}

unsigned int stack_trace_save(unsigned long *store, unsigned int size, unsigned int skipnr)
{
	store[0] = machine_trace;
	return 1;
}

/* --- memory ---------------------------------------------------------------------------- */

/* A block of its own, so that a sanitizer sees the byte behind it. */
void *memblock_alloc(phys_addr_t size, phys_addr_t align)
{
	void *block = host_alloc(size);

	memset(block, 0, size);
	return block;
}

/* There are no modules, nor parameters of the kind that modules have: a table without an entry. */
asm(".pushsection .rodata\n"
    ".globl __start___param, __stop___param\n"
    "__start___param:\n"
    "__stop___param:\n"
    ".popsection");

struct module *module_by_name(const char *name, size_t len)
{
	return NULL;
}

int param_set(const struct kernel_param *param, const char *name, const char *value,
	      const char *doing)
{
	panic("there is no parameter %s", name);
}

/* Highmem lies where the direct mapping would go on; mappings end in reverse order. */
static const void *mapped[16];
static unsigned int nr_mapped;

void *kmap_local_page(struct page *page)
{
	if (PageHighMem(page)) {
		BUG_ON(nr_mapped == ARRAY_SIZE(mapped));
		mapped[nr_mapped++] = page_to_virt(page);
	}
	return page_to_virt(page);
}

/* There is no page cache, and nothing on its lists. */
void lru_page_freed(struct page *page)
{
	panic("a page on a list of the page cache was freed");
}

/* Nothing is kmap()ped. */
void *page_address_high(const struct page *page)
{
	return NULL;
}

void kunmap_local_indexed(const void *address)
{
	BUG_ON(!nr_mapped ||
	       ((unsigned long)address & PAGE_MASK) != (unsigned long)mapped[nr_mapped - 1]);
	nr_mapped--;
}
