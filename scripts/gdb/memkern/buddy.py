# SPDX-License-Identifier: MIT
"""The free areas: walked along the lists, checked, and compared with the counters. k-buddy.

A count is (verified) where the walk found as many as the counter says. What is checked
are I-page_alloc-1 to -6 of mm/page_alloc.c, as far as the lists show them.
"""

from __future__ import annotations

import dataclasses

import gdb

from . import argument, command, frames, kernel, links, text, zones
from .zones import Zone

SHOWN = 16  # blocks of a list


@dataclasses.dataclass(frozen=True)
class Block:
    """A free block in a free list."""

    pfn: int
    order: int
    type: int

    @property
    def pages(self) -> int:
        return 1 << self.order

    @property
    def buddy(self) -> int:
        return self.pfn ^ self.pages


@dataclasses.dataclass
class Areas:
    """What a walk along all free lists of a zone found."""

    zone: Zone
    blocks: list[Block]
    problems: list[str]

    def of_order(self, order: int) -> list[Block]:
        return [block for block in self.blocks if block.order == order]

    def of_list(self, order: int, migratetype: int) -> list[Block]:
        return [block for block in self.of_order(order) if block.type == migratetype]

    @property
    def pages(self) -> int:
        return sum(block.pages for block in self.blocks)

    @property
    def adds_up(self) -> bool:
        """Whether the lists hold as many pages as the zone's counter says."""
        return self.pages == self.zone.number("nr_free_pages")

    @property
    def verdict(self) -> str:
        """What a count may be called."""
        if not self.adds_up:
            return "MISMATCH"
        return "(not verified: see below)" if self.problems else "(verified)"

    def holding(self, pfn: int) -> Block | None:
        """The block that a frame is in."""
        for block in self.blocks:
            if block.pfn <= pfn < block.pfn + block.pages:
                return block
        return None


def migratetypes() -> range:
    return range(kernel.enumerator("MIGRATE_TYPES"))


def list_name(zone: Zone, order: int, migratetype: int) -> str:
    return f"{zone.name}, order {order}, {frames.migratetype_name(migratetype)}"


def walk(zone: Zone, memmap: frames.MemMap) -> Areas:
    """Walks all free lists of a zone; problems are kept, and the walk goes on behind them."""
    areas = Areas(zone, [], [])
    for order in range(frames.max_order() + 1):
        for migratetype in migratetypes():
            _walk_list(areas, order, migratetype, memmap)
        found, counter = len(areas.of_order(order)), zone.nr_free(order)
        if found != counter:
            areas.problems.append(f"{zone.name}, order {order}: nr_free {counter}, found {found}")
    _check_unmerged(areas)
    _check_overlaps(areas)
    return areas


def _walk_list(areas: Areas, order: int, migratetype: int, memmap: frames.MemMap) -> None:
    lru, zone = frames.lru_offset(), areas.zone
    limit = min(links.LONGEST, zone.number("spanned_pages") >> order)
    try:
        for link in links.walk(zone.free_list(order, migratetype), limit):
            pfn = memmap.pfn_of(link - lru)
            if pfn is None or memmap.page_address(pfn) != link - lru:
                raise links.Broken(f"{link:#x} is in no struct page")
            areas.blocks.append(Block(pfn, order, migratetype))
            areas.problems += _check_block(zone, areas.blocks[-1], memmap)
    except links.Broken as broken:
        areas.problems.append(f"{list_name(zone, order, migratetype)}: {broken}")


def _check_block(zone: Zone, block: Block, memmap: frames.MemMap) -> list[str]:
    page = memmap.read(block.pfn)
    wrong = []
    if not page.is_buddy or page.private != block.order:
        wrong.append(f"its page_type is {page.page_type:#x}, its order {page.private}")
    if page.flags or page.mapping or page.refcount:
        wrong.append("its head is not at rest")
    if block.pfn % block.pages:
        wrong.append("it is not aligned to its size")
    if page.zone != zone.index or not zone.spans(block.pfn):
        wrong.append("it is of another zone")
    for pfn in range(block.pfn, block.pfn + block.pages, memmap.pageblock_pages):
        if not memmap.has(pfn):
            wrong.append(f"frame {pfn} has no struct page")
        elif memmap.pageblock_type(pfn) != block.type:
            name = frames.migratetype_name(memmap.pageblock_type(pfn))
            wrong.append(f"the pageblock of frame {pfn} is {name}")
    where = f"{list_name(zone, block.order, block.type)}: block {block.pfn}"
    return [f"{where}: {what}" for what in wrong]


def _may_merge(one: Block, other: Block, max_order: int, pageblock_order: int) -> bool:
    """Whether two free buddies should have become one block."""
    if one.order >= max_order:
        return False
    mergeable = kernel.enumerator("MIGRATE_PCPTYPES")
    return (one.order < pageblock_order or one.type == other.type
            or max(one.type, other.type) < mergeable)


def _check_unmerged(areas: Areas) -> None:
    known = {(block.pfn, block.order): block for block in areas.blocks}
    max_order = frames.max_order()
    sections = kernel.variable("mem_section")
    pageblock_order = max_order - (kernel.length(sections[0]["pageblock_type"]) - 1).bit_length()
    for block in areas.blocks:
        buddy = known.get((block.buddy, block.order))
        if buddy and block.pfn < buddy.pfn and _may_merge(block, buddy, max_order, pageblock_order):
            areas.problems.append(f"{areas.zone.name}: the free buddies {block.pfn} and"
                                  f" {buddy.pfn} of order {block.order} are apart")


def _check_overlaps(areas: Areas) -> None:
    ordered = sorted(areas.blocks, key=lambda block: block.pfn)
    for first, second in zip(ordered, ordered[1:]):
        if second.pfn < first.pfn + first.pages:
            areas.problems.append(f"{areas.zone.name}: frame {second.pfn} is in two blocks:"
                                  f" {first.pfn} of order {first.order},"
                                  f" {second.pfn} of order {second.order}")


def cpu_problems(zone: Zone, memmap: frames.MemMap) -> list[str]:
    """What is wrong with the per-CPU lists of a zone."""
    problems = []
    for lists in zone.cpu_lists():
        pages, where = 0, f"{zone.name}, lists of CPU {lists.cpu}"
        try:
            for pfn, order in lists.blocks(memmap):
                pages += 1 << order
                page = memmap.read(pfn)
                if not page.is_at_rest or page.zone != zone.index:
                    problems.append(f"{where}: block {pfn} is not at rest, or of another zone")
        except links.Broken as broken:
            problems.append(f"{where}: {broken}")
        if pages != lists.count:
            problems.append(f"{where}: count {lists.count} pages, found {pages}")
    return problems


class Buddy(command.Command):
    """k-buddy [ZONE] [-v] [-t TYPE] [-f FRAME]: free blocks, walked and verified.

    Blocks of each order and migrate type, counted along the lists. Each order's sum is
    compared with nr_free, all pages with nr_free_pages: (verified) or MISMATCH. What is
    wrong with a list or a block is told below.

        -v            show the blocks themselves, 16 of a list
        -t TYPE       the same, of one migrate type: Unmovable, Movable, ...
        -f FRAME      which free block holds a frame; takes what k-page takes

    While zone->lock is held the free areas are being changed, and need not agree."""

    name = "k-buddy"

    def run(self, arguments: list[str]) -> None:
        verbose = command.take_option(arguments, "-v")
        type_name = command.take_value(arguments, "-t")
        wanted = command.take_value(arguments, "-f")
        if len(arguments) > 1:
            raise self.usage()
        chosen = [zones.named(arguments[0])] if arguments else zones.populated()
        shown = list(migratetypes()) if verbose else []
        if type_name is not None:
            shown = [frames.migratetype_number(type_name)]
        memmap = frames.MemMap()
        if wanted is not None:
            self.find(argument.parse(wanted, memmap)[0], chosen, memmap)
            return
        for zone in chosen:
            areas = walk(zone, memmap)
            self.show(areas)
            self.show_blocks(areas, shown)
            for problem in areas.problems + cpu_problems(zone, memmap):
                print(f"  WRONG: {problem}")

    @staticmethod
    def find(pfn: int, chosen: list[Zone], memmap: frames.MemMap) -> None:
        """Which block holds the frame: by the lists, not by what the pages say."""
        for zone in chosen:
            block = walk(zone, memmap).holding(pfn)
            if block:
                print(f"frame {pfn} is the {text.ordinal(pfn - block.pfn + 1)} of"
                      f" {text.counted(block.pages, 'page')} of the free block {block.pfn}:"
                      f" {list_name(zone, block.order, block.type)}")
                return
        print(f"frame {pfn} is in no free block")

    def show(self, areas: Areas) -> None:
        """The counts, and whether they agree."""
        zone = areas.zone
        print(f"zone {zone.name}: {text.counted(areas.pages, 'page')} free in"
              f" {text.counted(len(areas.blocks), 'block')} {areas.verdict}")
        if not areas.adds_up:
            print(f"  nr_free_pages is {zone.number('nr_free_pages')}")
        if zone.is_locked:
            print("  zone->lock is held: the free areas are being changed")
        self.show_table(areas)
        for lists in zone.cpu_lists():
            high, batch = (int(lists.value[member]) for member in ("high", "batch"))
            print(f"  CPU {lists.cpu} lists: {text.counted(lists.count, 'page')},"
                  f" of at most {high}, in batches of {batch}")

    @staticmethod
    def show_table(areas: Areas) -> None:
        """A line an order: the counter, and the blocks of each type."""
        used = [kind for kind in migratetypes()
                if kind < kernel.enumerator("MIGRATE_PCPTYPES")
                or any(block.type == kind for block in areas.blocks)]
        names = [frames.migratetype_name(kind) for kind in used]
        print("  order  nr_free " + "".join(f"{name:>13}" for name in names))
        for order in range(frames.max_order() + 1):
            counts = [len(areas.of_list(order, kind)) for kind in used]
            counter = areas.zone.nr_free(order)
            remark = "" if sum(counts) == counter else "   MISMATCH"
            print(f"  {order:5} {counter:8} " + "".join(f"{count:13}" for count in counts) + remark)

    @staticmethod
    def show_blocks(areas: Areas, types: list[int]) -> None:
        """The blocks, in the order in which the lists have them."""
        for order in range(frames.max_order() + 1):
            for kind in types:
                blocks = areas.of_list(order, kind)
                for block in blocks[:SHOWN]:
                    last = block.pfn + block.pages - 1
                    address = frames.virtual(block.pfn)
                    print(f"  order {order} {frames.migratetype_name(kind)}: frames {block.pfn}"
                          f" to {last}, {f'at {address:#x}' if address else 'highmem'}")
                if len(blocks) > SHOWN:
                    print(f"  ... {len(blocks) - SHOWN} more")


def locked_zone() -> Zone | None:
    """A zone whose free areas are being changed at this moment."""
    return next((zone for zone in zones.populated() if zone.is_locked), None)


def require_unlocked() -> None:
    """An error while somebody changes a zone."""
    zone = locked_zone()
    if zone:
        raise gdb.GdbError(f"zone {zone.name} is locked: it is being changed; 'finish' that first")
