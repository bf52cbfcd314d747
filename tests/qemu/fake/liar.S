/* SPDX-License-Identifier: MIT */
/* A case fails and the status says that all passed. */
#include "fake.inc"
	SAY	"KTAP version 1\n1..1\n    KTAP version 1\n    # Subtest: fake\n    1..1\n"
	SAY	"    not ok 1 first\nnot ok 1 fake\n"
	EXIT	PASSED
