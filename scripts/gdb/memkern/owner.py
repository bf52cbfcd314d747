# SPDX-License-Identifier: MIT
"""Page owner: who allocated what, as mm/page_owner.c keeps it. k-owner."""

from __future__ import annotations

import collections
import dataclasses

import gdb

from . import command, constants, frames, kernel, target, text

SHOWN = 10
TRACES_AT_MOST = 1 << 16  # a frame has 16 bits for the number of its trace


@dataclasses.dataclass(frozen=True)
class Owner:
    """Of an allocated block: its head, its order, how and from where it was asked for."""

    pfn: int
    order: int
    gfp: int
    trace: int


@dataclasses.dataclass(frozen=True)
class Trace:
    """A call trace, innermost call first, and what it owns now by its counters."""

    number: int
    blocks: int
    pages: int
    entries: list[int]


class Owners:
    """The table of page owner. Made anew for each command."""

    def __init__(self) -> None:
        self.is_on = bool(int(kernel.variable("mm_debug_flags")) & constants.MM_DEBUG_PAGE_OWNER)
        self._record = kernel.record("struct page_owner", ("gfp", "I"), ("trace", "H"),
                                     ("order", "h"))
        self._orders = 1 << frames.max_order()
        if self.is_on:
            self._sections = kernel.variable("section_owners")
            self._traces = kernel.variable("traces")

    def require(self) -> None:
        if not self.is_on:
            raise gdb.GdbError("page owner is off: boot with page_owner=on")

    def _recorded(self, pfn: int) -> Owner | None:
        """What the record of one frame says; None: it heads no owned block."""
        section, index = divmod(pfn, self._orders)
        base = int(self._sections[section])
        if not base:
            return None
        raw = target.read(base + index * self._record.size, self._record.size)
        gfp, trace, order = next(self._record.decode(raw))
        return Owner(pfn, order, gfp, trace) if self._is_order(order) else None

    @staticmethod
    def _is_order(order: int) -> bool:
        """-1 is what a frame says that heads no block; all else is corruption."""
        return 0 <= order <= frames.max_order()

    def of(self, pfn: int) -> Owner | None:
        """The owner of the block that a frame is in."""
        for order in range(frames.max_order() + 1) if self.is_on else ():
            owner = self._recorded(pfn & ~((1 << order) - 1))
            if owner and owner.order >= order:
                return owner
        return None

    def all(self, memmap: frames.MemMap) -> list[Owner]:
        """Every owned block."""
        found = []
        for section in memmap.sections:
            raw = target.read(int(self._sections[section]), self._orders * self._record.size)
            first = section * self._orders
            found += [Owner(first + index, order, gfp, trace)
                      for index, (gfp, trace, order) in enumerate(self._record.decode(raw))
                      if self._is_order(order)]
        return found

    def trace(self, number: int) -> Trace:
        value = self._traces[number]
        count = min(int(value["nr_entries"]), kernel.length(value["entries"]))
        entries = [int(value["entries"][index]) for index in range(count)]
        return Trace(number, int(value["blocks"]), int(value["pages"]), entries)

    def traces(self) -> list[Trace]:
        """The call traces that own something, the largest owner first."""
        count = min(int(kernel.variable("nr_traces")), TRACES_AT_MOST)
        found = [self.trace(number) for number in range(count)]
        return sorted((trace for trace in found if trace.pages), key=lambda trace: -trace.pages)

    def recount(self, memmap: frames.MemMap) -> dict[int, int]:
        """Pages of each trace, counted along the frames."""
        pages: collections.Counter[int] = collections.Counter()
        for owner in self.all(memmap):
            pages[owner.trace] += 1 << owner.order
        return dict(pages)


ALLOCATOR = ("mm/page_alloc.c", "mm/page_alloc_slow.c")


def requester(trace: Trace) -> str:
    """The first function of a call trace that is not the page allocator's own."""
    for entry in trace.entries:
        line = gdb.find_pc_line(entry - 1)
        if not line.symtab or line.symtab.filename not in ALLOCATOR:
            return text.symbol(entry - 1).split("+")[0] or hex(entry)
    return "unknown"


class OwnerCommand(command.Command):
    """k-owner [--by-caller] [-n COUNT]: who holds how many pages. Needs page_owner=on.

    A call trace each, the largest owner first; 10 are shown, or COUNT. What the traces'
    counters say is compared with a recount along the frames. k-page shows the owner of
    a single page.

        --by-caller    only the function that asked the page allocator"""

    name = "k-owner"

    def run(self, arguments: list[str]) -> None:
        by_caller = command.take_option(arguments, "--by-caller")
        count = command.take_value(arguments, "-n")
        if arguments:
            raise self.usage()
        shown = command.number(count) if count else SHOWN
        owners = Owners()
        owners.require()
        traces = owners.traces()
        self.show_sum(owners, traces)
        if by_caller:
            self.show_callers(traces, shown)
        else:
            self.show_traces(traces, shown)

    @staticmethod
    def show_sum(owners: Owners, traces: list[Trace]) -> None:
        recount = owners.recount(frames.MemMap())
        counters = {trace.number: trace.pages for trace in traces}
        pages, blocks = (sum(counts) for counts in
                         ([trace.pages for trace in traces], [trace.blocks for trace in traces]))
        verdict = "(verified)" if recount == counters else "MISMATCH"
        print(f"{text.counted(pages, 'page')} in {text.counted(blocks, 'block')} by"
              f" {text.counted(len(traces), 'call trace')} {verdict}")
        for number in sorted(set(recount) | set(counters)):
            if recount.get(number) != counters.get(number):
                says = text.counted(counters.get(number, 0), "page")
                print(f"  WRONG: trace {number} says {says}, the frames {recount.get(number, 0)}")

    @staticmethod
    def show_traces(traces: list[Trace], shown: int) -> None:
        for trace in traces[:shown]:
            print(f"{text.counted(trace.pages, 'page')} in {text.counted(trace.blocks, 'block')}:")
            for entry in trace.entries:
                print(f"    {text.caller(entry)}")
        if len(traces) > shown:
            print(f"... {len(traces) - shown} more")

    @staticmethod
    def show_callers(traces: list[Trace], shown: int) -> None:
        pages: collections.Counter[str] = collections.Counter()
        blocks: collections.Counter[str] = collections.Counter()
        for trace in traces:
            pages[requester(trace)] += trace.pages
            blocks[requester(trace)] += trace.blocks
        print(f"{'pages':>8} {'KiB':>8} {'blocks':>8}  caller")
        for name, count in pages.most_common(shown):
            print(f"{count:8} {count * constants.PAGE_SIZE >> 10:8} {blocks[name]:8}  {name}")
        if len(pages) > shown:
            print(f"... {len(pages) - shown} more")
