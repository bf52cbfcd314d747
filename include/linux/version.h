/* SPDX-License-Identifier: MIT */
#ifndef _LINUX_VERSION_H
#define _LINUX_VERSION_H

/* The Linux whose interface this is. */
#define LINUX_VERSION_MAJOR	 6
#define LINUX_VERSION_PATCHLEVEL 1
#define LINUX_VERSION_SUBLEVEL	 0

#define KERNEL_VERSION(a, b, c) (((a) << 16) + ((b) << 8) + ((c) > 255 ? 255 : (c)))
#define LINUX_VERSION_CODE \
	KERNEL_VERSION(LINUX_VERSION_MAJOR, LINUX_VERSION_PATCHLEVEL, LINUX_VERSION_SUBLEVEL)

#endif
