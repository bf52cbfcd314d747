# SPDX-License-Identifier: MIT
"""k-meminfo: where the memory is."""

from __future__ import annotations

from . import command, constants, frames, kernel, text, zones


class MemInfo(command.Command):
    """k-meminfo: where the page allocator's memory is, in pages, for each zone.

    Pages in the CPUs' lists are free as well, but not in the zone's counter. "in use"
    is the rest."""

    name = "k-meminfo"
    columns = ("managed", "free", "CPU lists", "bad", "in use")

    def run(self, arguments: list[str]) -> None:
        if arguments:
            raise self.usage()
        found = zones.populated()
        print(f"{'zone':8} " + " ".join(f"{column:>9}" for column in self.columns) + "   in use")
        total = [0] * len(self.columns)
        for zone in found:
            managed, free = zone.number("managed_pages"), zone.number("nr_free_pages")
            on_cpus = sum(lists.count for lists in zone.cpu_lists())
            row = [managed, free, on_cpus, 0, managed - free - on_cpus]
            total = [old + new for old, new in zip(total, row)]
            self.show(zone.name, row)
        # A bad page belongs to a zone, but only their number is kept.
        total[3] = int(kernel.variable("nr_bad_pages"))
        total[4] -= total[3]
        self.show("all", total)
        self.show_outside(total[0])

    @staticmethod
    def show(name: str, row: list[int]) -> None:
        percent = 100 * row[-1] / row[0] if row[0] else 0
        print(f"{name:8} " + " ".join(f"{number:9}" for number in row) + f"   {percent:5.1f} %")

    @staticmethod
    def show_outside(managed: int) -> None:
        """What never was the allocator's."""
        memmap = frames.MemMap()
        ram = int(kernel.variable("memblock")["memory"]["total_size"]) >> constants.PAGE_SHIFT
        image = (kernel.label("__kernel_phys_end") - kernel.label("__kernel_phys_start"))
        image >>= constants.PAGE_SHIFT
        struct_pages = len(memmap.sections) * memmap.pages_per_section * frames.page_size()
        struct_pages >>= constants.PAGE_SHIFT
        other = ram - managed - image - struct_pages
        print(f"RAM      {text.counted(ram, 'page')}: {managed} the allocator's, {image} the image,"
              f" {struct_pages} struct pages, {other} other")
