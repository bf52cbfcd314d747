/* SPDX-License-Identifier: MIT */
/* All cases pass, but one printed a report that it had not declared. */
#include "fake.inc"
	SAY	"KTAP version 1\n1..1\n    KTAP version 1\n    # Subtest: fake\n    1..1\n"
	SAY	"------------[ cut here ]------------\nWARNING: at mm/fake.c:7 fake+0x7/0x10\n"
	SAY	"    ok 1 first\nok 1 fake\n"
	EXIT	PASSED
