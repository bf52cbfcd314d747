// SPDX-License-Identifier: MIT
/*
 * Messages about a device, which say whose it is: linux/dev_printk.h. Any context; nothing is locked,
 * so of a driver that goes at this moment the name may still be printed.
 */
#include <linux/device.h>

/* The driver may go at any time. */
const char *dev_driver_string(const struct device *dev)
{
	const struct device_driver *drv = READ_ONCE(dev->driver);

	return drv ? drv->name : dev->bus ? dev->bus->name : "";
}

void _dev_printk(const char *level, const struct device *dev, const char *fmt, ...)
{
	struct va_format text = { .fmt = fmt };
	va_list args;

	va_start(args, fmt);
	text.va = &args;
	if (dev)
		printk("%s%s %s: %pV", level, dev_driver_string(dev), dev_name(dev), &text);
	else
		printk("%s(NULL device *): %pV", level, &text);
	va_end(args);
}

int dev_err_probe(const struct device *dev, int err, const char *fmt, ...)
{
	struct va_format text = { .fmt = fmt };
	va_list args;

	va_start(args, fmt);
	text.va = &args;
	if (err == -EPROBE_DEFER)
		dev_dbg(dev, "error %pe: %pV", ERR_PTR(err), &text);
	else
		dev_err(dev, "error %pe: %pV", ERR_PTR(err), &text);
	va_end(args);
	return err;
}
