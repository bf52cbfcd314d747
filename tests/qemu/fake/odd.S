/* SPDX-License-Identifier: MIT */
/* All well, and a status that means nothing. */
#include "fake.inc"
	SAY	"KTAP version 1\n1..1\n    KTAP version 1\n    # Subtest: fake\n    1..1\n"
	SAY	"    ok 1 first\nok 1 fake\n"
	EXIT	0x15
