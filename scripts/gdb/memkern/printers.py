# SPDX-License-Identifier: MIT
"""Pretty-printers: struct page and zone and pointers to them, free_area, list_head, gfp_t.

Those of tasks, locks and timers are in task_printers.py, of areas in vmalloc_printers.py.

They never fail on garbage: what cannot be understood is printed as GDB prints it.
`print/r` shows a value without them.
"""

from __future__ import annotations

import gdb

from . import (constants, frames, kernel, links, page, target, task_printers, text,
               vmalloc_printers, zones)

LINKS_SHOWN = 64


class PagePrinter:
    """struct page: its frame, zone, type and flags; then its members."""

    def __init__(self, value: gdb.Value) -> None:
        self._value = value

    def to_string(self) -> str:
        address = self._value.address
        memmap = frames.MemMap()
        pfn = memmap.pfn_of(int(address)) if address is not None else None
        if pfn is None or not memmap.is_page(int(address)):
            return "struct page"
        read = memmap.read(pfn)
        order = f" of order {read.private}" if read.is_buddy else ""
        kind = "" if read.page_type == frames.LOWEST_32 else f", {page.type_name(read)}{order}"
        return (f"frame {pfn}, zone {zones.all_zones()[read.zone].name}, count {read.refcount},"
                f" flags {text.page_flags(read.flags)}{kind}")

    def children(self) -> kernel.Members:
        return kernel.members(self._value)


class PagePointerPrinter:
    """A pointer to a struct page: the frame that it stands for."""

    def __init__(self, value: gdb.Value) -> None:
        self._value = value

    def to_string(self) -> str:
        address = int(self._value)
        if not address:
            return "NULL"
        memmap = frames.MemMap()
        pfn = memmap.pfn_of(address) if memmap.is_page(address) else None
        return f"{address:#x} (no struct page)" if pfn is None else f"{address:#x} (frame {pfn})"


class ZonePrinter:
    """struct zone: its name and its pages; then its members."""

    def __init__(self, value: gdb.Value) -> None:
        self._value = value

    def to_string(self) -> str:
        zone = zones.Zone(0, self._value)
        free, managed = zone.number("nr_free_pages"), zone.number("managed_pages")
        return f"zone {zone.name}, {free} of {managed} pages free"

    def children(self) -> kernel.Members:
        return kernel.members(self._value)


class ZonePointerPrinter:
    """A pointer to a struct zone: the zone's name."""

    def __init__(self, value: gdb.Value) -> None:
        self._value = value

    def to_string(self) -> str:
        address = int(self._value)
        for zone in zones.known():
            if int(zone.value.address) == address:
                return f"{address:#x} ({zone.name})"
        return hex(address) if address else "NULL"


class FreeAreaPrinter:
    """struct free_area: the counter, and the lists that are not empty."""

    def __init__(self, value: gdb.Value) -> None:
        self._value = value

    def to_string(self) -> str:
        return f"{text.counted(int(self._value['nr_free']), 'free block')}"

    def children(self) -> kernel.Members:
        lists = self._value["free_list"]
        for kind in range(kernel.length(lists)):
            if lists[kind].address is None or lists[kind]["next"] != lists[kind].address:
                yield frames.migratetype_name(kind), lists[kind]


class ListHeadPrinter:
    """struct list_head: how many links lead around, or what is wrong."""

    def __init__(self, value: gdb.Value) -> None:
        self._value = value

    def to_string(self) -> str:
        following, previous = int(self._value["next"]), int(self._value["prev"])
        if (following, previous) == (constants.LIST_POISON1, constants.LIST_POISON2):
            return "in no list: it was taken off one"
        return f"{self._verdict()}, next {following:#x}, prev {previous:#x}"

    def _verdict(self) -> str:
        if self._value.address is None:
            return "a copy"
        count = 0
        try:
            for _ in links.walk(int(self._value.address), LINKS_SHOWN):
                count += 1
        except links.TooLong:
            return f"more than {LINKS_SHOWN} links"
        except links.Broken as broken:
            return f"BROKEN: {broken}"
        return text.counted(count, "link") if count else "empty"


class GfpPrinter:
    """gfp_t: the flags by name."""

    def __init__(self, value: gdb.Value) -> None:
        self._value = value

    def to_string(self) -> str:
        return text.gfp(int(self._value))


STRUCTURES = {
    "page": PagePrinter,
    "zone": ZonePrinter,
    "free_area": FreeAreaPrinter,
    "list_head": ListHeadPrinter,
    **task_printers.STRUCTURES,
    **vmalloc_printers.STRUCTURES,
}
POINTERS = {
    "page": PagePointerPrinter,
    "zone": ZonePointerPrinter,
    **task_printers.POINTERS,
    **vmalloc_printers.POINTERS,
}


def _kind_of(value: gdb.Value) -> type | None:
    """The printer for a type, typedefs stripped but for gfp_t."""
    kind = value.type.unqualified()
    while kind.code == gdb.TYPE_CODE_TYPEDEF:
        if kind.name == "gfp_t":
            return GfpPrinter
        kind = kind.target().unqualified()
    if kind.code == gdb.TYPE_CODE_STRUCT:
        return STRUCTURES.get(kind.tag)
    if kind.code == gdb.TYPE_CODE_PTR:
        pointed = kind.target().strip_typedefs().unqualified()
        return POINTERS.get(pointed.tag) if pointed.code == gdb.TYPE_CODE_STRUCT else None
    return None


def find(value: gdb.Value) -> object | None:
    """The printer for a value; GDB asks for every value that it prints.

    None, and GDB prints it itself, where the printer cannot say anything: memory is not
    set up yet, or garbage.
    """
    kind = _kind_of(value)
    if kind is None or not target.is_there():
        return None
    printer = kind(value)
    try:
        printer.to_string()
    except (gdb.error, gdb.GdbError, ValueError, IndexError):
        return None
    return printer


def register() -> None:
    """Makes GDB ask."""
    find.name = "memkern"  # type: ignore[attr-defined]
    find.enabled = True  # type: ignore[attr-defined]
    gdb.pretty_printers[:] = [
        printer for printer in gdb.pretty_printers if getattr(printer, "name", "") != "memkern"
    ] + [find]
