# SPDX-License-Identifier: MIT
"""k-walk: what the CPU reads to translate an address."""

from __future__ import annotations

from . import command, constants, frames, kernel, pagetable, target, text


class Walk(command.Command):
    """k-walk ADDRESS: follows the page tables to a virtual address, as the CPU does.

    Each entry with where it is (physical), its value and its flags: Present, Writable,
    User, PWT, PCD, Accessed, Dirty, S (2 MiB page), Global, NX."""

    name = "k-walk"

    def run(self, arguments: list[str]) -> None:
        if not arguments:
            raise self.usage()
        address = command.number(" ".join(arguments)) & 0xFFFFFFFF
        if not target.paging_is_on():
            print(f"paging is off: {address:08x} is physical {address:#x}")
            return
        value, remark = target.cr3()
        print(f"  CR3   is {value:08x}{remark}")
        found = pagetable.walk(address)
        for entry in found.entries:
            self.show(entry)
        if found.physical is None:
            name = pagetable.NAMES[found.last.level]
            print(f"{address:08x} is not mapped: the {name} is not present")
            return
        print(f"{address:08x} is physical {found.physical:#x},"
              f" {'writable' if found.last.writable else 'read-only'},"
              f" {'executable' if found.last.executable else 'not executable'}"
              f"{', for user mode too' if found.last.user else ''}")
        self.show_frame(found.physical >> constants.PAGE_SHIFT)

    @staticmethod
    def show(entry: pagetable.Entry) -> None:
        line = f"  {pagetable.NAMES[entry.level]:5} at {entry.location:08x}: {entry.value:016x}"
        if not entry.is_present:
            print(line + (" not present" if entry.value else " none"))
        elif entry.is_leaf:
            print(f"{line} {entry.flags}{', maps 2 MiB' if entry.level else ''}")
        else:
            print(f"{line} {entry.flags} -> table {entry.physical:08x}")

    @staticmethod
    def show_frame(pfn: int) -> None:
        """The struct page that belongs to it, where there are any yet."""
        if not int(kernel.variable("max_pfn")):
            return
        memmap = frames.MemMap()
        if not memmap.has(pfn):
            print(f"  frame {pfn:#x} has no struct page")
            return
        page = memmap.read(pfn)
        print(f"  frame {pfn:#x}: struct page at {page.address:#x}, count {page.refcount},"
              f" flags {text.page_flags(page.flags)}")
