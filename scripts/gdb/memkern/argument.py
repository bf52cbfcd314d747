# SPDX-License-Identifier: MIT
"""Which page frame a person means by a number, an address or a pointer."""

from __future__ import annotations

import gdb

from . import command, constants, frames, kernel, pagetable

PREFIXES = {
    "pfn:": "a frame number",
    "phys:": "a physical address",
    "virt:": "a virtual address",
    "page:": "a struct page",
}


def _guess(words: str, value: int, memmap: frames.MemMap) -> str:
    """Decimal digits are a frame number; other numbers go by where they lie."""
    if words.isdigit():
        return "pfn:"
    if memmap.pfn_of(value) is not None:
        return "page:"
    if constants.PAGE_OFFSET <= value <= frames.LOWEST_32:
        return "virt:"
    is_address = "0x" in words.lower() or value >= int(kernel.variable("max_pfn"))
    return "phys:" if is_address else "pfn:"


def _frame_by_virtual(address: int) -> int:
    walk = pagetable.walk(address)
    if walk.physical is None:
        raise gdb.GdbError(f"{address:#x} is not mapped; 'k-walk {address:#x}' shows why")
    return walk.physical >> constants.PAGE_SHIFT


def parse(words: str, memmap: frames.MemMap) -> tuple[int, str]:
    """The frame that is meant by an expression, and how it was understood."""
    prefix = next((prefix for prefix in PREFIXES if words.startswith(prefix)), "")
    value = command.number(words[len(prefix) :])
    prefix = prefix or _guess(words, value, memmap)
    pfn: int | None = value
    if prefix == "phys:":
        pfn = value >> constants.PAGE_SHIFT
    elif prefix == "virt:":
        pfn = _frame_by_virtual(value)
    elif prefix == "page:":
        pfn = memmap.pfn_of(value)
    if pfn is None:
        raise gdb.GdbError(f"{value:#x} is not in the mem_map: there is no struct page")
    return pfn, PREFIXES[prefix]
