/* SPDX-License-Identifier: MIT */
/* Prints nothing and never ends. */
#include "fake.inc"
	HANG
