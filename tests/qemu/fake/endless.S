/* SPDX-License-Identifier: MIT */
/* Prints the same line for ever. */
#include "fake.inc"
again:
	SAY	"all work and no play makes a dull kernel\n"
	jmp	again
