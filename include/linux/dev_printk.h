/* SPDX-License-Identifier: MIT */
/* Messages about a device: "driver device: text", as "edu 0000:00:04.0: no memory". Any context. */
#ifndef _LINUX_DEV_PRINTK_H
#define _LINUX_DEV_PRINTK_H

#include <linux/compiler.h>
#include <linux/printk.h>
#include <linux/ratelimit.h>

struct device;

#ifndef dev_fmt
#define dev_fmt(fmt) fmt
#endif

void _dev_printk(const char *level, const struct device *dev, const char *fmt, ...) __printf(3, 4);

#define dev_printk(level, dev, fmt, ...) _dev_printk(level, dev, dev_fmt(fmt), ##__VA_ARGS__)

// clang-format off
#define dev_emerg(dev, fmt, ...)  dev_printk(KERN_EMERG, dev, fmt, ##__VA_ARGS__)
#define dev_alert(dev, fmt, ...)  dev_printk(KERN_ALERT, dev, fmt, ##__VA_ARGS__)
#define dev_crit(dev, fmt, ...)	  dev_printk(KERN_CRIT, dev, fmt, ##__VA_ARGS__)
#define dev_err(dev, fmt, ...)	  dev_printk(KERN_ERR, dev, fmt, ##__VA_ARGS__)
#define dev_warn(dev, fmt, ...)	  dev_printk(KERN_WARNING, dev, fmt, ##__VA_ARGS__)
#define dev_notice(dev, fmt, ...) dev_printk(KERN_NOTICE, dev, fmt, ##__VA_ARGS__)
#define dev_info(dev, fmt, ...)	  dev_printk(KERN_INFO, dev, fmt, ##__VA_ARGS__)
// clang-format on

/* Printed only by files that define DEBUG before their includes. */
#ifdef DEBUG
#define dev_dbg(dev, fmt, ...) dev_printk(KERN_DEBUG, dev, fmt, ##__VA_ARGS__)
#else
#define dev_dbg(dev, fmt, ...)                                           \
	({                                                               \
		if (0)                                                   \
			dev_printk(KERN_DEBUG, dev, fmt, ##__VA_ARGS__); \
	})
#endif
#define dev_vdbg(dev, fmt, ...) dev_dbg(dev, fmt, ##__VA_ARGS__)

#define dev_level_once(level, dev, fmt, ...)                        \
	do {                                                        \
		static bool __section(".data.once") __printed;      \
		if (!__printed) {                                   \
			__printed = true;                           \
			dev_printk(level, dev, fmt, ##__VA_ARGS__); \
		}                                                   \
	} while (0)
#define dev_err_once(dev, fmt, ...)  dev_level_once(KERN_ERR, dev, fmt, ##__VA_ARGS__)
#define dev_warn_once(dev, fmt, ...) dev_level_once(KERN_WARNING, dev, fmt, ##__VA_ARGS__)
#define dev_info_once(dev, fmt, ...) dev_level_once(KERN_INFO, dev, fmt, ##__VA_ARGS__)

#define dev_level_ratelimited(level, dev, fmt, ...)                             \
	do {                                                                    \
		static DEFINE_RATELIMIT_STATE(__rs, DEFAULT_RATELIMIT_INTERVAL, \
					      DEFAULT_RATELIMIT_BURST);         \
		if (__ratelimit(&__rs))                                         \
			dev_printk(level, dev, fmt, ##__VA_ARGS__);             \
	} while (0)
#define dev_err_ratelimited(dev, fmt, ...) dev_level_ratelimited(KERN_ERR, dev, fmt, ##__VA_ARGS__)
#define dev_warn_ratelimited(dev, fmt, ...) \
	dev_level_ratelimited(KERN_WARNING, dev, fmt, ##__VA_ARGS__)
#define dev_info_ratelimited(dev, fmt, ...) \
	dev_level_ratelimited(KERN_INFO, dev, fmt, ##__VA_ARGS__)

#define dev_WARN(dev, fmt, ...) \
	WARN(1, "%s %s: " fmt, dev_driver_string(dev), dev_name(dev), ##__VA_ARGS__)
#define dev_WARN_ONCE(dev, condition, fmt, ...) \
	WARN_ONCE(condition, "%s %s: " fmt, dev_driver_string(dev), dev_name(dev), ##__VA_ARGS__)

/*
 * Prints the reason why probe failed, with the error, and returns the error:
 *	return dev_err_probe(dev, error, "no interrupt\n");
 * -EPROBE_DEFER is printed only by files that define DEBUG.
 */
int dev_err_probe(const struct device *dev, int err, const char *fmt, ...) __printf(3, 4);

#endif
