# SPDX-License-Identifier: MIT
"""k-page: all about a page frame."""

from __future__ import annotations

import gdb

from . import argument, command, constants, frames, owner, state, text, zones

TYPES = {
    constants.PG_buddy: "buddy",
    constants.PG_offline: "offline",
    constants.PG_table: "table",
    constants.PG_guard: "guard",
    constants.PG_bad: "bad",
}


def type_name(page: frames.Page) -> str:
    """The type of a page; none: it has a _mapcount."""
    if page.page_type == frames.LOWEST_32:
        return "none"
    for bit, name in TYPES.items():
        if page.is_type(bit):
            return name
    return f"unknown: page_type {page.page_type:#x}"


def show(pfn: int, found: state.State, memmap: frames.MemMap) -> None:
    """What the struct page says, the state that follows, and the owner."""
    page, address = memmap.read(pfn), frames.virtual(pfn)
    migratetype = frames.migratetype_name(memmap.pageblock_type(pfn))
    print(f"  physical     0x{pfn << constants.PAGE_SHIFT:09x}")
    print(f"  virtual      {hex(address) if address else 'none: highmem'}")
    print(f"  struct page  {page.address:#x}")
    print(f"  zone         {zones.all_zones()[page.zone].name},"
          f" pageblock {pfn // memmap.pageblock_pages}: {migratetype}")
    print(f"  flags        {text.page_flags(page.flags)}")
    print(f"  type         {type_name(page)}")
    print(f"  refcount     {page.refcount}")
    print(f"  state        {found.words}")
    if found.owner:
        print("  owner        called from")
        for entry in owner.Owners().trace(found.owner.trace).entries:
            print(f"               {text.caller(entry)}")


class PageCommand(command.Command):
    """k-page FRAME: all about a page frame: flags, count, zone, state, owner.

    FRAME is an expression. Decimal digits are a frame number; any other number is a
    struct page, a virtual or a physical address, by where it lies. pfn: phys: virt: or
    page: in front of it decides.

        k-page 8192        k-page page        k-page 0xc2000000        k-page phys:0x1000"""

    name = "k-page"

    def run(self, arguments: list[str]) -> None:
        if not arguments:
            raise self.usage()
        states = state.States()
        pfn, how = argument.parse(" ".join(arguments), states.memmap)
        found = states.of(pfn)
        if not states.memmap.has(pfn):
            raise gdb.GdbError(f"frame {pfn} ({pfn:#x}), taken as {how}: {found.words}")
        print(f"frame {pfn} ({pfn:#x}), taken as {how}")
        show(pfn, found, states.memmap)
