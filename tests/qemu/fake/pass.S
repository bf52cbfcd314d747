/* SPDX-License-Identifier: MIT */
/* Two cases, one of them skipped, and the status that says so. */
#include "fake.inc"
	SAY	"a line before the tests\nKTAP version 1\n1..1\n"
	SAY	"    KTAP version 1\n    # Subtest: fake\n    1..2\n"
	SAY	"    ok 1 first\n    ok 2 second # SKIP not here\nok 1 fake\n"
	EXIT	PASSED
