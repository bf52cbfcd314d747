/* SPDX-License-Identifier: MIT */
/* Ends in the middle of a result, with the status of success. */
#include "fake.inc"
	SAY	"KTAP version 1\n1..1\n    KTAP version 1\n    # Subtest: fake\n    1..2\n"
	SAY	"    ok 1 first\n    ok 2 sec"
	EXIT	PASSED
