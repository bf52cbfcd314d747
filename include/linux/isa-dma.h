/* SPDX-License-Identifier: MIT */
/* ISA DMA, as code includes it that does not care for the architecture. */
#ifndef _LINUX_ISA_DMA_H
#define _LINUX_ISA_DMA_H

#include <asm/dma.h>

#endif
