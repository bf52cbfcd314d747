/* SPDX-License-Identifier: MIT */
/* A case that ends in an oops, as a declared one does. */
#include "fake.inc"
	SAY	"KTAP version 1\n1..1\n    KTAP version 1\n    # Subtest: fake\n    1..1\n"
	SAY	"BUG: kernel NULL pointer dereference, address: 00000000\n"
	SAY	"Oops: 0002 [#1]\nCall Trace:\n fake+0x7/0x10\n"
	EXIT	PANIC
