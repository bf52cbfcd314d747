# SPDX-License-Identifier: MIT
"""Which state a page frame is in, and why. A frame is in exactly one."""

from __future__ import annotations

import dataclasses

from . import (constants, frames, kernel, links, owner, pagetable, regions, text, vmalloc,
               zones)

LOW_MEMORY_END = 1 << 20
RANGES_AT_MOST = 1 << 12  # of the memory map, whatever its counter says


@dataclasses.dataclass(frozen=True)
class State:
    """A state's name, a sentence about it, and the owner of a block in use."""

    kind: str  # hole, reserved, bad, free, cpu-list, table, used
    words: str
    owner: owner.Owner | None = None


class States:
    """Finds states. Made anew for each command."""

    def __init__(self) -> None:
        self.memmap = frames.MemMap()
        self.owners = owner.Owners()
        self.tables = pagetable.table_frames()
        self._areas = vmalloc.pages()
        self._cpu_blocks: dict[int, list[tuple[int, int, int]]] = {}

    def of(self, pfn: int) -> State:
        """The state of a frame."""
        if not self.memmap.has(pfn):
            return State("hole", f"no struct page: {self._outside(pfn)}")
        page = self.memmap.read(pfn)
        table = self.tables.get(pfn)
        if page.has("PG_reserved"):
            if not is_ram(pfn):
                return State("hole", f"not usable: {self._outside(pfn)}")
            return State("table" if table else "reserved", f"reserved: {table or self._taken(pfn)}")
        if page.is_type(constants.PG_bad):
            return State("bad", "bad: it was reported, and nobody gets it again")
        if not page.refcount:
            free = self._free(pfn)
            if free:
                return free
        if table:
            return State("table", f"in use: {table}")
        return self._used(page)

    def _free(self, pfn: int) -> State | None:
        block = self.memmap.free_block_of(pfn)
        if block:
            return State("free", f"free: {part_of(pfn, block[0].pfn, block[1])}")
        zone = zones.all_zones()[self.memmap.read(pfn).zone]
        for cpu, head, order in self._blocks_of_cpus(zone):
            if head <= pfn < head + (1 << order):
                where = part_of(pfn, head, order)
                return State("cpu-list", f"free, in the lists of CPU {cpu}: {where}")
        return None

    def _blocks_of_cpus(self, zone: zones.Zone) -> list[tuple[int, int, int]]:
        """(cpu, frame, order), as far as the lists are sound."""
        if zone.index not in self._cpu_blocks:
            found = self._cpu_blocks[zone.index] = []
            for lists in zone.cpu_lists():
                try:
                    for pfn, order in lists.blocks(self.memmap):
                        found.append((lists.cpu, pfn, order))
                except links.Broken:
                    continue
        return self._cpu_blocks[zone.index]

    def _used(self, page: frames.Page) -> State:
        block = self.owners.of(page.pfn)
        area = self._areas.get(page.pfn)
        if block:
            where = part_of(page.pfn, block.pfn, block.order)
            words = f"in use: {where}, {text.gfp(block.gfp)}{f', {area}' if area else ''}"
            return State("used", words, block)
        if area:
            return State("used", f"in use: {area}")
        compound = self.memmap.compound_head_of(page.pfn)
        if compound:
            where = part_of(page.pfn, compound[0].pfn, compound[1])
            return State("used", f"in use, compound: {where}")
        if page.refcount:
            return State("used", "in use: a page, or the first of a block")
        return State("used", "in use: not the first page of its block")

    def _outside(self, pfn: int) -> str:
        """What a frame is that never was RAM to the memory manager."""
        if pfn << constants.PAGE_SHIFT < LOW_MEMORY_END:
            return "low memory, kept for the BIOS"
        return "RAM that is left out" if is_ram(pfn) else "no RAM is there"

    def _taken(self, pfn: int) -> str:
        """What took a frame in the boot."""
        address = constants.PAGE_OFFSET + (pfn << constants.PAGE_SHIFT)
        for region in regions.image():
            if region.holds(address):
                return region.name
        if self.memmap.pfn_of(address) is not None:
            return "struct pages"
        return "taken in the boot: sections, modules, page owner"


def part_of(pfn: int, head: int, order: int) -> str:
    """Where in a block a frame is."""
    block = f"the block at frame {head}, order {order}"
    if not order:
        return block
    return f"{text.ordinal(pfn - head + 1)} of {1 << order} pages of {block}"


def is_ram(pfn: int) -> bool:
    """Whether the memory map has it as usable, by what memblock remembers."""
    memory = kernel.variable("memblock")["memory"]
    address = pfn << constants.PAGE_SHIFT
    for index in range(min(int(memory["cnt"]), RANGES_AT_MOST)):
        base, size = (int(memory["regions"][index][member]) for member in ("base", "size"))
        if base <= address and address + constants.PAGE_SIZE <= base + size:
            return True
    return False
