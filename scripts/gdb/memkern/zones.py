# SPDX-License-Identifier: MIT
"""Zones and per-CPU page lists, as they are now. k-zones."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

import gdb

from . import command, constants, frames, kernel, links, percpu, target

MARKS = ("WMARK_MIN", "WMARK_LOW", "WMARK_HIGH")


@dataclasses.dataclass(frozen=True)
class Zone:
    """A struct zone; its members are read when they are asked for."""

    index: int
    value: gdb.Value

    def number(self, member: str) -> int:
        """A member that is a number."""
        return int(self.value[member])

    @property
    def name(self) -> str:
        return target.read_string(self.number("name")) if self.number("name") else "?"

    @property
    def end_pfn(self) -> int:
        return self.number("zone_start_pfn") + self.number("spanned_pages")

    @property
    def is_populated(self) -> bool:
        return self.number("present_pages") != 0

    @property
    def marks(self) -> list[int]:
        """The watermarks: min, low, high."""
        return [int(self.value["_watermark"][kernel.enumerator(mark)]) for mark in MARKS]

    @property
    def lowmem_reserve(self) -> list[int]:
        reserve = self.value["lowmem_reserve"]
        return [int(reserve[index]) for index in range(kernel.length(reserve))]

    @property
    def is_locked(self) -> bool:
        """Whether somebody is changing the free areas at this moment."""
        lock = self.value["lock"]
        return int(lock["next"]) != int(lock["owner"])

    def spans(self, pfn: int) -> bool:
        return self.number("zone_start_pfn") <= pfn < self.end_pfn

    def free_list(self, order: int, migratetype: int) -> int:
        """The address of a free list's head."""
        return int(self.value["free_area"][order]["free_list"][migratetype].address)

    def nr_free(self, order: int) -> int:
        return int(self.value["free_area"][order]["nr_free"])

    def cpu_lists(self) -> list[CpuLists]:
        """The page lists of each CPU; none where the zone has no pages."""
        base = self.number("per_cpu_pageset")
        if not base:
            return []
        return [CpuLists(cpu, base + offset) for cpu, offset in enumerate(percpu.offsets())]


@dataclasses.dataclass(frozen=True)
class CpuLists:
    """A struct per_cpu_pages: a CPU's free pages of one zone."""

    cpu: int
    address: int

    @property
    def value(self) -> gdb.Value:
        pointer = gdb.lookup_type("struct per_cpu_pages").pointer()
        return gdb.Value(self.address).cast(pointer).dereference()

    @property
    def count(self) -> int:
        """Pages in the lists, by their counter."""
        return int(self.value["count"])

    def blocks(self, memmap: frames.MemMap) -> Iterator[tuple[int, int]]:
        """(frame, order) of each block in the lists. Raises links.Broken."""
        lists = self.value["lists"]
        lru = frames.lru_offset()
        orders = kernel.length(lists) // kernel.enumerator("MIGRATE_PCPTYPES")
        for index in range(kernel.length(lists)):
            order = index % orders
            for link in links.walk(int(lists[index].address)):
                pfn = memmap.pfn_of(link - lru)
                if pfn is None or memmap.page_address(pfn) != link - lru:
                    raise links.Broken(f"{link:#x} is in no struct page")
                yield pfn, order


def known() -> list[Zone]:
    """Every zone, set up or not."""
    node_zones = kernel.variable("contig_page_data")["node_zones"]
    return [Zone(index, node_zones[index]) for index in range(kernel.length(node_zones))]


def all_zones() -> list[Zone]:
    """Every zone, the empty ones too."""
    zones = known()
    if not zones[0].number("name"):
        raise gdb.GdbError("the zones are not set up yet: mm_init() does it")
    return zones


def populated() -> list[Zone]:
    """The zones that have memory."""
    return [zone for zone in all_zones() if zone.is_populated]


def named(name: str) -> Zone:
    """A zone by its name, in capitals or not."""
    for zone in all_zones():
        if zone.name.lower() == name.lower():
            return zone
    names = ", ".join(zone.name for zone in all_zones())
    raise gdb.GdbError(f"there is no zone {name!r}: there are {names}")


class Zones(command.Command):
    """k-zones: where each zone lies, its pages, watermarks and reserves, in pages.

    "reserve" is lowmem_reserve[]: what a request that could have been served from
    the DMA, DMA32, Normal, HighMem zone leaves here."""

    name = "k-zones"

    def run(self, arguments: list[str]) -> None:
        if arguments:
            raise self.usage()
        zones = all_zones()
        print(f"{'zone':8} {'physical':23} {'present':>8} {'managed':>8} {'free':>8}"
              f" {'min':>6} {'low':>6} {'high':>6}  reserve")
        for zone in zones:
            if not zone.is_populated:
                print(f"{zone.name:8} empty")
                continue
            start, end = (pfn << constants.PAGE_SHIFT for pfn in
                          (zone.number("zone_start_pfn"), zone.end_pfn))
            pages = [zone.number(member) for member in
                     ("present_pages", "managed_pages", "nr_free_pages")]
            marks = zone.marks
            reserve = " ".join(str(pages) for pages in zone.lowmem_reserve)
            print(f"{zone.name:8} 0x{start:09x}-0x{end - 1:09x}"
                  f" {pages[0]:8} {pages[1]:8} {pages[2]:8}"
                  f" {marks[0]:6} {marks[1]:6} {marks[2]:6}  {reserve}")
