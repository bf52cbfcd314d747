// SPDX-License-Identifier: MIT
/*
 * The edu device's driver: how a request goes, probe and remove, and a device that does not answer.
 *
 * A caller's request is done in steps, the things that the device does with one interrupt at
 * the end of each: a factorial, or a piece of DMA (edu_dma.c). The device does one at a time.
 *
 *	edu_copy()        edu_submit()             interrupt          tasklet
 *	request from a    appends to the queue,    ends the step, -->  gives the step's memory
 *	mempool, sleeps   begins a step if the     begins the next     back, frees it, wakes
 *	   ^              device is at rest        one                 the caller of the last
 *	   |                                                              |
 *	   +--------------------------------------------------------------+
 *
 * The handler hands each step on as it is and makes a new one for what follows, so that the
 * device does not stand idle until somebody has unmapped and copied: it allocates, GFP_ATOMIC. If
 * there is no memory, not even the reserve that such flags may use, nothing is lost: the request
 * stays where it is, is counted in stats.waited, and a timer tries again until there is.
 *
 * Worked example: two callers copy 4000 bytes each. The first one's edu_submit() begins step 1,
 * into the window; the second one's finds the device at work. Interrupt: step 2, out of the
 * window; the tasklet unmaps step 1. Interrupt: it was the last of its request, which leaves the
 * queue; step 3, of the second request; the tasklet unmaps step 2 and wakes the first caller.
 *
 * A step that has not ended after a second is taken back: bus mastering off, so that the device
 * reaches no memory any more; at most 300 ms until it is at rest, as a transfer cannot be called
 * off; bus mastering on; the step again. After three times its request has failed, and the next
 * one has its turn. A device that does not come to rest is not told anything, and
 * not let near memory, until it does.
 *
 * The end: remove() lets nobody begin, brings the device to rest, and fails with -ENODEV
 * whatever waits. `struct edu` itself, and the pool of requests, stay as long as somebody has
 * them by edu_get().
 *
 * Cost: 700 instructions a request of one step, 160 of them slab's and the mapping's; a third of an
 * instruction a byte of a copy, if nothing is bounced. `make bench` has them all.
 *
 * Locking: edu->lock, with interrupts off: the queue, the steps, the device's registers. Under it
 * slab's and swiotlb's locks, the timers', the workqueue's. edu_mutex: the list of devices.
 * done() is called without a lock.
 *
 * Left out: a factorial beside a transfer, which the device could do; priorities; other places in
 * the window than its beginning.
 */
#include <linux/errno.h>
#include <linux/delay.h>
#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "edu.h"

#define EDU_VENDOR 0x1234 /* QEMU's own, for devices that nobody sells */
#define EDU_DEVICE 0x11e8

unsigned int edu_dma_mask = 28;
module_param_named(dma_mask, edu_dma_mask, uint, 0444);
MODULE_PARM_DESC(dma_mask,
		 "how many address bits the device has: what QEMU was told, 28 by default");

bool edu_msi = true;
module_param_named(msi, edu_msi, bool, 0444);
MODULE_PARM_DESC(msi, "interrupts by message, where the machine can, else by the INTx line");

static struct kmem_cache *edu_request_cache;

static LIST_HEAD(edu_devices);
static DEFINE_MUTEX(edu_mutex);

/* --- a device that does not answer ----------------------------------------------------------- */

/* To rest, and without an old interrupt. The caller has seen to it that nobody begins a step. */
static bool edu_reset(struct edu *edu)
{
	unsigned int waited;

	pci_clear_master(edu->pdev);
	for (waited = 0; waited < EDU_REST_MS && edu_busy(edu); waited += 10)
		msleep(10);
	writel(~0U, edu->regs + EDU_IRQ_ACK);
	if (edu_busy(edu))
		return false;
	writel(EDU_STATUS_IRQFACT, edu->regs + EDU_STATUS);
	pci_set_master(edu->pdev);
	return true;
}

/* The active step is late: begins it again, or gives it up. The lock is held, and dropped meanwhile. */
static void edu_time_out(struct edu *edu, struct edu_step *step)
{
	bool rests;

	edu->active = NULL;
	edu->resetting = true;
	edu->stats.timeouts++;
	spin_unlock_irq(&edu->lock);
	rests = edu_reset(edu);
	spin_lock_irq(&edu->lock);
	edu->resetting = false;
	edu->stuck = !rests;
	edu->stats.resets++;
	if (++step->tries < EDU_TRIES) {
		edu->stats.retried++;
		edu_run(edu, step);
	} else {
		edu_end_step(edu, step, -ETIMEDOUT);
		edu_next(edu);
	}
}

/* Queued where it is not, and not taken back: a step that ends in time costs it nothing. */
static void edu_watch(struct work_struct *work)
{
	struct edu *edu = container_of(to_delayed_work(work), struct edu, watchdog);
	struct edu_step *step;
	unsigned long now;
	int late = 0;

	spin_lock_irq(&edu->lock);
	now = jiffies; /* once: on another CPU it goes on, beyond the deadline maybe */
	step = edu->active;
	if (step && time_before(now, step->deadline))
		schedule_delayed_work(&edu->watchdog, step->deadline - now);
	else if (step) {
		late = step->tries + 1;
		edu_time_out(edu, step);
	}
	spin_unlock_irq(&edu->lock);
	if (late)
		dev_warn(&edu->pdev->dev, "no answer within %d ms, try %d of %d%s\n",
			 jiffies_to_msecs(EDU_TIMEOUT), late, EDU_TRIES,
			 edu->stuck ? "; it does not come to rest" : "");
}

/* --- who uses a device ---------------------------------------------------------------------- */

struct edu *edu_get(unsigned int nr)
{
	struct edu *edu, *found = NULL;

	mutex_lock(&edu_mutex);
	list_for_each_entry(edu, &edu_devices, node) {
		if (nr--)
			continue;
		kref_get(&edu->kref);
		found = edu;
		break;
	}
	mutex_unlock(&edu_mutex);
	return found;
}

static void edu_release(struct kref *kref)
{
	struct edu *edu = container_of(kref, struct edu, kref);

	mempool_destroy(edu->requests);
	pci_dev_put(edu->pdev);
	kfree(edu);
}

void edu_put(struct edu *edu)
{
	kref_put(&edu->kref, edu_release);
}

/* --- probe and remove ---------------------------------------------------------------------------- */

static struct edu *edu_alloc(struct pci_dev *pdev)
{
	struct edu *edu = kzalloc(sizeof(*edu), GFP_KERNEL);

	if (!edu)
		return NULL;
	kref_init(&edu->kref);
	edu->pdev = pci_dev_get(pdev);
	spin_lock_init(&edu->lock);
	INIT_LIST_HEAD(&edu->queue);
	INIT_LIST_HEAD(&edu->ended);
	tasklet_setup(&edu->tasklet, edu_finish);
	timer_setup(&edu->retry, edu_try_again, 0);
	INIT_DELAYED_WORK(&edu->watchdog, edu_watch);
	edu->requests = mempool_create_slab_pool(EDU_REQUESTS_KEPT, edu_request_cache);
	if (edu->requests)
		return edu;
	edu_put(edu);
	return NULL;
}

/* Is it an edu that lives, and at rest? */
static int edu_identify(struct edu *edu)
{
	struct device *dev = &edu->pdev->dev;
	u32 id = readl(edu->regs + EDU_ID);

	writel(0x12345678, edu->regs + EDU_LIVENESS);
	if ((id & 0xff) != 0xed || readl(edu->regs + EDU_LIVENESS) != ~0x12345678U) {
		dev_err(dev, "does not answer as an edu device: id %#x\n", id);
		return -ENODEV;
	}
	if (!edu_reset(edu)) {
		dev_err(dev, "does not come to rest\n");
		return -EBUSY;
	}
	return 0;
}

static int edu_irq_init(struct edu *edu)
{
	struct pci_dev *pdev = edu->pdev;
	int error = pci_alloc_irq_vectors(pdev, 1, 1, edu_msi ? PCI_IRQ_ALL_TYPES : PCI_IRQ_LEGACY);

	if (error < 0)
		return error;
	edu->irq = pci_irq_vector(pdev, 0);
	error = request_irq(edu->irq, edu_interrupt, pci_dev_msi_enabled(pdev) ? 0 : IRQF_SHARED,
			    "edu", edu);
	if (error)
		pci_free_irq_vectors(pdev);
	return error;
}

static void edu_publish(struct edu *edu)
{
	u32 id = readl(edu->regs + EDU_ID);

	mutex_lock(&edu_mutex);
	list_add_tail(&edu->node, &edu_devices);
	mutex_unlock(&edu_mutex);
	dev_info(&edu->pdev->dev, "edu %u.%u, irq %d (%s), %u bits of address\n", id >> 24,
		 id >> 16 & 0xff, edu->irq, pci_dev_msi_enabled(edu->pdev) ? "MSI" : "INTx",
		 edu_dma_mask);
}

static int edu_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	struct edu *edu = edu_alloc(pdev);
	int error = -ENOMEM;

	if (!edu)
		return error;
	error = pci_enable_device(pdev);
	if (error)
		goto put;
	error = pci_request_regions(pdev, "edu");
	if (error)
		goto disable;
	error = -ENOMEM;
	edu->regs = pci_iomap(pdev, 0, 0);
	if (!edu->regs)
		goto release;
	error = edu_identify(edu);
	if (error)
		goto unmap;
	error = edu_dma_init(edu);
	if (error)
		goto quiet;
	error = edu_irq_init(edu);
	if (error)
		goto dma_exit;
	pci_set_drvdata(pdev, edu);
	edu_publish(edu);
	return 0;

dma_exit:
	edu_dma_exit(edu);
quiet:
	pci_clear_master(pdev);
unmap:
	pci_iounmap(pdev, edu->regs);
release:
	pci_release_regions(pdev);
disable:
	pci_disable_device(pdev);
put:
	edu_put(edu);
	return error;
}

/*
 * Nobody begins anything any more; whatever is under way, or waits, has failed. What the device
 * still does moves nothing, so its end must not be taken for a success: the step is nobody's then.
 */
static void edu_stop(struct edu *edu)
{
	struct edu_request *request, *next;
	struct edu_step *step;
	LIST_HEAD(waiting);

	spin_lock_irq(&edu->lock);
	edu->gone = true;
	spin_unlock_irq(&edu->lock);
	cancel_delayed_work_sync(&edu->watchdog);
	del_timer_sync(&edu->retry);

	spin_lock_irq(&edu->lock);
	step = edu->active;
	edu->active = NULL;
	spin_unlock_irq(&edu->lock);
	edu_reset(edu);
	pci_clear_master(edu->pdev);
	free_irq(edu->irq, edu);

	spin_lock_irq(&edu->lock);
	if (step)
		edu_end_step(edu, step, -ENODEV);
	list_splice_init(&edu->queue, &waiting);
	spin_unlock_irq(&edu->lock);
	tasklet_kill(&edu->tasklet);
	list_for_each_entry_safe(request, next, &waiting, node) {
		edu->stats.requests++;
		edu->stats.failed++;
		request->error = -ENODEV;
		request->done(request);
	}
}

static void edu_remove(struct pci_dev *pdev)
{
	struct edu *edu = pci_get_drvdata(pdev);

	mutex_lock(&edu_mutex);
	list_del(&edu->node);
	mutex_unlock(&edu_mutex);
	edu_stop(edu);
	pci_free_irq_vectors(pdev);
	edu_dma_exit(edu);
	pci_iounmap(pdev, edu->regs);
	pci_release_regions(pdev);
	pci_disable_device(pdev);
	edu_put(edu);
}

static const struct pci_device_id edu_ids[] = {
	{ PCI_DEVICE(EDU_VENDOR, EDU_DEVICE) },
	{},
};
MODULE_DEVICE_TABLE(pci, edu_ids);

static struct pci_driver edu_driver = {
	.name = "edu",
	.id_table = edu_ids,
	.probe = edu_probe,
	.remove = edu_remove,
};

static int __init edu_init(void)
{
	int error = -ENOMEM;

	edu_step_cache = KMEM_CACHE(edu_step, SLAB_NO_MERGE);
	edu_request_cache = KMEM_CACHE(edu_request, SLAB_NO_MERGE);
	if (edu_step_cache && edu_request_cache)
		error = pci_register_driver(&edu_driver);
	if (error) {
		kmem_cache_destroy(edu_request_cache);
		kmem_cache_destroy(edu_step_cache);
	}
	return error;
}
module_init(edu_init);

static void __exit edu_exit(void)
{
	pci_unregister_driver(&edu_driver);
	kmem_cache_destroy(edu_request_cache);
	kmem_cache_destroy(edu_step_cache);
}
module_exit(edu_exit);

MODULE_LICENSE("MIT");
MODULE_DESCRIPTION("QEMU's edu device");
