// SPDX-License-Identifier: MIT
/* The buffer that all cases share: the kernel has to live in 4 MiB. */
#include "capture.h"

struct capture capture;
