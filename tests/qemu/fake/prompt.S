/* SPDX-License-Identifier: MIT */
/* A monitor: echoes what is typed, answers every line with the same two, and leaves on q. */
#include "fake.inc"
	SAY	"memkern fake, 64 MiB\nzone at 0xc0100000 has 4000 pages\n"
prompt:
	SAY	"memkern> "
read:
	mov	$(COM1 + 5), %dx
	in	%dx, %al
	test	$1, %al
	jz	read
	mov	$COM1, %dx
	in	%dx, %al
	cmp	$'q', %al
	je	quit
	out	%al, %dx
	cmp	$'\r', %al
	jne	read
	SAY	"\nfree pages: 3962\nat 0xc0100000\n"
	jmp	prompt
quit:
	EXIT	PASSED
