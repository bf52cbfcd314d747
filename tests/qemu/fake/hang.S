/* SPDX-License-Identifier: MIT */
/* Stops for good in mid-line, in the second case. */
#include "fake.inc"
	SAY	"KTAP version 1\n1..1\n    KTAP version 1\n    # Subtest: fake\n    1..2\n"
	SAY	"    ok 1 first\n    # second: about to"
	HANG
