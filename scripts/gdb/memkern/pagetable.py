# SPDX-License-Identifier: MIT
"""The page tables that the CPU uses, read from physical memory.

PAE: 4 PDPTEs of 1 GiB, 512 PDEs of 2 MiB each, 512 PTEs of 4 KiB each. What the
levels permit adds up: asm/pgtable_types.h, mm/pgtable_check.c.
"""

from __future__ import annotations

import dataclasses
import struct
from collections.abc import Iterator

from . import constants as c, kernel, target

ENTRY = struct.Struct("<Q")
SHIFTS = (c.PAGE_SHIFT, c.PMD_SHIFT, 30)
LETTERS = (
    (c._PAGE_PRESENT, "P"), (c._PAGE_RW, "W"), (c._PAGE_USER, "U"), (c._PAGE_PWT, "PWT"),
    (c._PAGE_PCD, "PCD"), (c._PAGE_ACCESSED, "A"), (c._PAGE_DIRTY, "D"), (c._PAGE_PSE, "S"),
    (c._PAGE_GLOBAL, "G"), (c._PAGE_NX, "NX"),
)
NAMES = ("PTE", "PDE", "PDPTE")
TOP = 2


@dataclasses.dataclass(frozen=True)
class Entry:
    """An entry of a page table. Levels count from the bottom: 0 is a PTE."""

    level: int
    address: int  # the first one that it translates
    location: int  # physical
    value: int
    writable: bool  # with what the levels above permit
    executable: bool
    user: bool

    @property
    def is_present(self) -> bool:
        return bool(self.value & c._PAGE_PRESENT)

    @property
    def is_leaf(self) -> bool:
        """Whether it maps memory, and does not point to a table."""
        return self.level == 0 or (self.level == 1 and bool(self.value & c._PAGE_PSE))

    @property
    def physical(self) -> int:
        return self.value & c.PTE_PFN_MASK

    @property
    def size(self) -> int:
        """How many bytes it translates."""
        return 1 << SHIFTS[self.level]

    @property
    def flags(self) -> str:
        return " ".join(letter for bit, letter in LETTERS if self.value & bit)

    @property
    def rwx(self) -> str:
        """r-x, rw-, ..., with a u for what user mode may do too."""
        letters = "r" + ("w" if self.writable else "-") + ("x" if self.executable else "-")
        return letters + ("u" if self.user else "")


def has_nx() -> bool:
    """Whether this CPU can forbid execution."""
    return bool(int(kernel.variable("__supported_pte_mask")) & c._PAGE_NX)


def _entry(above: Entry | None, table: int, index: int, value: int) -> Entry:
    level = above.level - 1 if above else TOP
    address = (above.address if above else 0) + (index << SHIFTS[level])
    # The top entry has no such bits: it permits everything.
    own = value | (c._PAGE_RW | c._PAGE_USER if level == TOP else 0)
    return Entry(
        level, address, table + index * ENTRY.size, value,
        bool(own & c._PAGE_RW) and (above is None or above.writable),
        not own & c._PAGE_NX and (above is None or above.executable),
        bool(own & c._PAGE_USER) and (above is None or above.user),
    )


@dataclasses.dataclass(frozen=True)
class Walk:
    """What the CPU reads to translate an address: the entries, from the top."""

    address: int
    entries: list[Entry]

    @property
    def last(self) -> Entry:
        return self.entries[-1]

    @property
    def physical(self) -> int | None:
        """Where the address leads; None: nowhere."""
        if not (self.last.is_present and self.last.is_leaf):
            return None
        return self.last.physical + (self.address & (self.last.size - 1))


def root() -> int:
    """The physical address of the top table."""
    return target.cr3()[0] & target.CR3_TABLE_MASK


def walk(address: int) -> Walk:
    """Translates an address."""
    entries: list[Entry] = []
    table, above = root(), None
    for level in (2, 1, 0):
        index = address >> SHIFTS[level] & (c.PTRS_PER_PTE - 1)
        (value,) = ENTRY.unpack(target.read_physical(table + index * ENTRY.size, ENTRY.size))
        above = _entry(above, table, index, value)
        entries.append(above)
        if above.is_leaf or not above.is_present:
            break
        table = above.physical
    return Walk(address, entries)


def visit() -> Iterator[Entry]:
    """Every present entry, in the order of addresses, a table's before those in it."""
    yield from _visit(None, root(), c.PTRS_PER_PGD)


def _visit(above: Entry | None, table: int, count: int) -> Iterator[Entry]:
    raw = target.read_physical(table, count * ENTRY.size)
    for index, (value,) in enumerate(ENTRY.iter_unpack(raw)):
        if not value & c._PAGE_PRESENT:
            continue
        entry = _entry(above, table, index, value)
        yield entry
        if not entry.is_leaf:
            yield from _visit(entry, entry.physical, c.PTRS_PER_PTE)


def table_frames() -> dict[int, str]:
    """The frames that hold page tables, and what they are."""
    names = {root() >> c.PAGE_SHIFT: "the top page table"}
    for entry in visit():
        if not entry.is_leaf:
            kind = "page table" if entry.level == 1 else "page directory"
            names[entry.physical >> c.PAGE_SHIFT] = f"the {kind} for {entry.address:08x}"
    return names
