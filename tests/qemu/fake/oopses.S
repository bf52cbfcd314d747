/* SPDX-License-Identifier: MIT */
/* Two reports where one was declared. */
#include "fake.inc"
	SAY	"KTAP version 1\n1..1\n    KTAP version 1\n    # Subtest: fake\n    1..1\n"
	SAY	"WARNING: at mm/fake.c:7 fake+0x7/0x10\n"
	SAY	"BUG: kernel NULL pointer dereference, address: 00000000\n"
	SAY	"Oops: 0002 [#1]\nCall Trace:\n fake+0x7/0x10\n"
	EXIT	PANIC
