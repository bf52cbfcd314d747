# SPDX-License-Identifier: MIT
"""Walks of linked lists that end whatever the list looks like."""

from __future__ import annotations

import struct
from collections.abc import Iterator

import gdb

from . import target

LONGEST = 1 << 16  # links, whatever a counter promises


class Broken(Exception):
    """A list that cannot be walked further; says which link is wrong, and how."""


class TooLong(Broken):
    """A list that goes on behind what was to be walked."""


def read_link(address: int) -> tuple[int, int]:
    """next and prev of a struct list_head."""
    first, second = struct.unpack("<II", target.read(address, 8))
    return first, second


def walk(head: int, limit: int = LONGEST) -> Iterator[int]:
    """The addresses of the links of a list, its head left out.

    Each is yielded once it is known that it can be read and points back. Raises Broken
    where that is not so, where the list turns back into itself, and behind `limit` links.
    """
    seen = {head}
    before = head
    try:
        link, last = read_link(head)
    except gdb.MemoryError as error:
        raise Broken(f"the head at {head:#x} cannot be read") from error
    while link != head:
        if link in seen:
            raise Broken(f"cycle: next of {before:#x} is {link:#x}, which was met before")
        if len(seen) > limit:
            raise TooLong(f"truncated after {limit} links")
        try:
            following, previous = read_link(link)
        except gdb.MemoryError as error:
            raise Broken(f"next of {before:#x} is {link:#x}, which cannot be read") from error
        if previous != before:
            raise Broken(f"prev of {link:#x} is {previous:#x}, not {before:#x} that leads to it")
        seen.add(link)
        yield link
        before, link = link, following
    if last != before:
        raise Broken(f"prev of the head at {head:#x} is {last:#x}, but {before:#x} is the last")
