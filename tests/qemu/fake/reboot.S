/* SPDX-License-Identifier: MIT */
/* All well, then a triple fault: QEMU leaves with status 0. */
#include "fake.inc"
	SAY	"KTAP version 1\n1..1\n    KTAP version 1\n    # Subtest: fake\n    1..1\n"
	SAY	"    ok 1 first\nok 1 fake\n"
	lidt	no_idt
	int3
	.section .rodata
no_idt:	.word	0
	.long	0
