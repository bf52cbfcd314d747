/* SPDX-License-Identifier: MIT */
#ifndef _LINUX_ERRNAME_H
#define _LINUX_ERRNAME_H

/* "-ENOMEM" for -ENOMEM, "ENOMEM" for ENOMEM; NULL for what is no errno. */
const char *errname(int err);

#endif
