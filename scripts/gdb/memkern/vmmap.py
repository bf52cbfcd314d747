# SPDX-License-Identifier: MIT
"""k-vmmap: what is mapped, neighbours of the same kind merged, and W^X violations."""

from __future__ import annotations

import dataclasses

from . import command, pagetable, regions, target, text, vmalloc


@dataclasses.dataclass
class Mapping:
    """[start, end) with the same permissions, in the same region."""

    start: int
    end: int
    rwx: str
    region: str

    @property
    def is_violation(self) -> bool:
        """Writable and executable at a time."""
        return "w" in self.rwx and "x" in self.rwx


def _pieces(entry: pagetable.Entry, layout: list[regions.Region]) -> list[Mapping]:
    """What an entry maps, cut at the borders of regions."""
    end = entry.address + entry.size
    return [
        Mapping(max(entry.address, region.start), min(end, region.end), entry.rwx, region.name)
        for region in layout
        if region.start < end and entry.address < region.end
    ]


def mappings() -> list[Mapping]:
    """All of the address space that is mapped."""
    layout = vmalloc.named_regions(regions.layout())
    found: list[Mapping] = []
    for entry in pagetable.visit():
        if not entry.is_leaf:
            continue
        for piece in _pieces(entry, layout):
            last = found[-1] if found else None
            if last and (last.end, last.rwx, last.region) == (piece.start, piece.rwx, piece.region):
                last.end = piece.end
            else:
                found.append(piece)
    return found


class VmMap(command.Command):
    """k-vmmap [-u|-k]: what is mapped, with which permissions, and for what.

    Neighbouring pages of the same kind are one line: addresses, size, r(ead) w(rite)
    e(x)ecute u(ser), region; of the vmalloc window the area, by kind and caller. What is
    writable and executable at a time is told.

        -u    only user space, below PAGE_OFFSET
        -k    only the kernel's part"""

    name = "k-vmmap"

    def run(self, arguments: list[str]) -> None:
        user, kernel = (command.take_option(arguments, option) for option in ("-u", "-k"))
        if arguments:
            raise self.usage()
        if not target.paging_is_on():
            print("paging is off: every address is a physical one")
            return
        shown = [
            mapping for mapping in mappings()
            if user == kernel or (mapping.region == regions.USER) == user
        ]
        for mapping in shown:
            print(f"{mapping.start:08x}-{mapping.end - 1:08x}"
                  f" {mapping.end - mapping.start >> 10:7} KiB {mapping.rwx:4} {mapping.region}"
                  f"{'  W^X VIOLATION' if mapping.is_violation and pagetable.has_nx() else ''}")
        self.show_verdict(shown)

    @staticmethod
    def show_verdict(shown: list[Mapping]) -> None:
        wrong = [mapping for mapping in shown if mapping.is_violation]
        count = text.counted(len(shown), "mapping")
        if not wrong:
            print(f"{count}, none writable and executable")
        elif pagetable.has_nx():
            print(f"{count}, writable and executable: {len(wrong)}")
        else:
            print(f"{count}; nothing forbids execution: the CPU has no NX, or it is not used yet")
