# SPDX-License-Identifier: MIT
"""Page frames, struct pages and sections: each found from the others, as linux/mmzone.h does."""

from __future__ import annotations

import bisect
import dataclasses
from collections.abc import Iterator

import gdb

from . import constants, kernel, target

LOWEST_32 = 0xFFFFFFFF
SECTIONS_AT_MOST = 1 << 14  # a struct page has 14 bits for the number of its section


MEMBERS = (("flags", "I"), ("compound_order", "B"), ("mapping", "I"), ("private", "I"),
           ("page_type", "I"), ("_refcount", "i"))


@dataclasses.dataclass(frozen=True, slots=True)
class Page:
    """What a struct page said when it was read."""

    address: int
    pfn: int
    flag_word: int
    compound_order: int
    mapping: int
    private: int
    page_type: int
    refcount: int

    @property
    def flags(self) -> int:
        """The PG_* bits."""
        return self.flag_word & ((1 << kernel.enumerator("__NR_PAGEFLAGS")) - 1)

    @property
    def zone(self) -> int:
        """The number of its zone."""
        return self.flag_word >> kernel.enumerator("__NR_PAGEFLAGS") & 3

    @property
    def section(self) -> int:
        """The section that its flags name."""
        return (self.flag_word & LOWEST_32) >> kernel.enumerator("__NR_PAGEFLAGS") + 2

    def has(self, flag: str) -> bool:
        """Whether a flag such as PG_reserved is set."""
        return bool(self.flag_word >> kernel.enumerator(flag) & 1)

    def is_type(self, bit: int) -> bool:
        """Whether it is of that type and no other: PG_buddy, PG_table, ..."""
        return self.page_type == ~bit & LOWEST_32

    @property
    def is_buddy(self) -> bool:
        return self.is_type(constants.PG_buddy)

    @property
    def is_at_rest(self) -> bool:
        """As a free page is that heads no block, and the tail of any block."""
        return self.page_type == LOWEST_32 and not (self.flags or self.mapping or self.refcount)


def decode(raw: bytes, address: int, pfn: int) -> Iterator[Page]:
    """Struct pages that lie one after the other, from their bytes."""
    record = kernel.record("struct page", *MEMBERS)
    for index, values in enumerate(record.decode(raw)):
        yield Page(address + index * record.size, pfn + index, *values)


def page_size() -> int:
    """Bytes of a struct page."""
    return kernel.size_of("struct page")


def lru_offset() -> int:
    """Where in a struct page the link is that lists are made of."""
    return kernel.offset_of("struct page", "lru")


class MemMap:
    """The sections as they are now, and the struct pages that they lead to."""

    def __init__(self) -> None:
        self.nr_sections = int(kernel.variable("__nr_mem_sections"))
        if not self.nr_sections or not int(kernel.variable("max_pfn")):
            raise gdb.GdbError("there are no struct pages yet: mm_init() makes them"
                               " (or this core file was dumped without -p)")
        if self.nr_sections > SECTIONS_AT_MOST:
            raise gdb.GdbError(f"__nr_mem_sections is {self.nr_sections}: it was overwritten")
        self.pages_per_section = 1 << max_order()
        sections = kernel.variable("mem_section")
        self.blocks_per_section = kernel.length(sections[0]["pageblock_type"])
        record = kernel.record("struct mem_section", ("mem_map_base", "I"),
                               ("pageblock_type", f"{self.blocks_per_section}s"))
        raw = target.read(int(sections), self.nr_sections * record.size)
        found = list(record.decode(raw))
        self._bases: list[int] = [base for base, _ in found]
        self._types: list[bytes] = [types for _, types in found]
        self._by_address = sorted(
            (self.page_address(number * self.pages_per_section), number)
            for number in self.sections
        )

    @property
    def sections(self) -> list[int]:
        """The sections that have struct pages."""
        return [number for number, base in enumerate(self._bases) if base]

    def has(self, pfn: int) -> bool:
        """Whether a frame has a struct page."""
        section = pfn // self.pages_per_section
        return 0 <= section < self.nr_sections and bool(self._bases[section])

    def page_address(self, pfn: int) -> int:
        """pfn_to_page()."""
        base = self._bases[pfn // self.pages_per_section]
        return base + pfn * page_size() & LOWEST_32

    def pfn_of(self, address: int) -> int | None:
        """The frame whose struct page holds an address; None: none does."""
        at = bisect.bisect_right(self._by_address, (address, LOWEST_32)) - 1
        if at < 0:
            return None
        start, section = self._by_address[at]
        index = (address - start) // page_size()
        return section * self.pages_per_section + index if index < self.pages_per_section else None

    def is_page(self, address: int) -> bool:
        """Whether a pointer is one to a struct page, exactly."""
        pfn = self.pfn_of(address)
        return pfn is not None and self.page_address(pfn) == address

    def read(self, pfn: int) -> Page:
        """The struct page of a frame."""
        address = self.page_address(pfn)
        return next(decode(target.read(address, page_size()), address, pfn))

    def read_section(self, section: int) -> list[Page]:
        """All struct pages of a section, in one read."""
        first = section * self.pages_per_section
        start = self.page_address(first)
        raw = target.read(start, self.pages_per_section * page_size())
        return list(decode(raw, start, first))

    def pageblock_type(self, pfn: int) -> int:
        """The migrate type of the pageblock that a frame is in."""
        pageblock = pfn % self.pages_per_section * self.blocks_per_section
        return self._types[pfn // self.pages_per_section][pageblock // self.pages_per_section]

    @property
    def pageblock_pages(self) -> int:
        return self.pages_per_section // self.blocks_per_section

    def free_block_of(self, pfn: int) -> tuple[Page, int] | None:
        """The head and the order of the free block that a frame is in."""
        for order in range(max_order() + 1):
            head = self.read(pfn & ~((1 << order) - 1))
            if head.is_buddy and order <= head.private <= max_order():
                return head, head.private
        return None

    def compound_head_of(self, pfn: int) -> tuple[Page, int] | None:
        """The head and the order of the compound page that a frame is in."""
        for order in range(max_order() + 1):
            head = self.read(pfn & ~((1 << order) - 1))
            if head.has("PG_head"):
                size = self.read(head.pfn + 1).compound_order
                return (head, size) if size >= order else None
        return None


def max_order() -> int:
    """The order of the largest block."""
    return kernel.length(kernel.variable("contig_page_data")["node_zones"][0]["free_area"]) - 1


def migratetype_name(number: int) -> str:
    """Unmovable, Movable, ..."""
    names = kernel.variable("migratetype_names")
    if number >= kernel.length(names):
        return f"type {number}"
    return target.read_string(int(names[number]))


def migratetype_number(name: str) -> int:
    """The migrate type of that name, in capitals or not."""
    names = [migratetype_name(number) for number in range(kernel.enumerator("MIGRATE_TYPES"))]
    for number, known in enumerate(names):
        if known.lower() == name.lower():
            return number
    raise gdb.GdbError(f"there is no migrate type {name!r}: there are {', '.join(names)}")


def high_memory() -> int:
    """The end of the direct mapping."""
    return int(kernel.variable("high_memory")) or constants.PAGE_OFFSET


def virtual(pfn: int) -> int | None:
    """The frame's address in the direct mapping; None: it is highmem."""
    address = constants.PAGE_OFFSET + (pfn << constants.PAGE_SHIFT)
    return address if address < high_memory() else None
