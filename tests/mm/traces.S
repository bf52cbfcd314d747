/* SPDX-License-Identifier: MIT */
/* The traces that slab_traces_test.c replays, as they are in their folder. */

.macro trace name
	.globl	trace_\name, trace_\name\()_end
trace_\name:
	.incbin	"tests/mm/traces/\name\().trace"
trace_\name\()_end:
.endm

	.section .rodata
	trace	webserver
	trace	compiler
	trace	filesystem
