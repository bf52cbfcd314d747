/* SPDX-License-Identifier: MIT */
/* A plan of three and two results. */
#include "fake.inc"
	SAY	"KTAP version 1\n1..1\n    KTAP version 1\n    # Subtest: fake\n    1..3\n"
	SAY	"    ok 1 first\n    ok 2 second\nok 1 fake\n"
	EXIT	PASSED
