/* SPDX-License-Identifier: MIT */
/* One case of two fails, with its lines. */
#include "fake.inc"
	SAY	"KTAP version 1\n1..1\n    KTAP version 1\n    # Subtest: fake\n    1..2\n"
	SAY	"    ok 1 first\n"
	SAY	"    # second: EXPECTATION FAILED at fake.c:7\n    Expected a == b, but\n"
	SAY	"    not ok 2 second\nnot ok 1 fake\n"
	EXIT	FAILED
