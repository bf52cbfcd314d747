/* SPDX-License-Identifier: MIT */
/* Devices, for the monitor. */
#ifndef _MEMKERN_DEVICE_H
#define _MEMKERN_DEVICE_H

struct device;

/* All registered devices: the first (NULL), the next. `prev` loses its reference. */
struct device *device_next(struct device *prev);

#endif
