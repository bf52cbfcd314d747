# SPDX-License-Identifier: MIT
"""k-trace-alloc: what the page allocator does while the program goes on for a while.

Breakpoints of GDB's own stop at the allocator's functions for a moment, note what
happens and go on. What an allocation returns is known at its end: each `ret` of the
functions that may end it is such a place, and the stack pointer tells whose end it is.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import gdb

from . import command, frames, kernel, target, text, zones

ALLOCATES = "__alloc_pages"
# Functions that may end an allocation: a tail call leaves by the last of them.
ENDS = (ALLOCATES, "alloc_pages_slow", "alloc_pages_after_bad", "__alloc_pages_slowpath")
EVENTS_AT_MOST = 1000


@dataclasses.dataclass(frozen=True)
class Request:
    """An allocation that has not returned yet."""

    gfp: int
    order: int
    caller: int


class Log:
    """The events, in their order, and the allocations under way by their stack pointer."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.open: dict[int, Request] = {}
        self.memmap = frames.MemMap()

    def note(self, what: str, words: str) -> None:
        self.lines.append(f"{what:8} {words}")

    def frame(self, page: int) -> str:
        """A struct page's frame."""
        pfn = self.memmap.pfn_of(page)
        return f"frame {pfn}" if pfn is not None else f"struct page {page:#x}"

    def block(self, page: int, order: int) -> str:
        return f"order {order}, {self.frame(page)}"


class Tap(gdb.Breakpoint):
    """A breakpoint that notes and goes on.

    A hardware one, of which QEMU has any number: at a stop one byte behind a software
    breakpoint, such as one at the `ret` before a function, GDB believes that the CPU ran
    an int3 there, and moves EIP back.
    """

    def __init__(self, where: str, log: Log, note: Callable[[Log], None]) -> None:
        super().__init__(where, type=gdb.BP_HARDWARE_BREAKPOINT, internal=True)
        self.silent = True
        self._log = log
        self._note = note

    def stop(self) -> bool:
        if len(self._log.lines) < EVENTS_AT_MOST:
            try:
                self._note(self._log)
            except (gdb.error, ValueError) as error:
                self._log.note("unclear", str(error))
        return False


def _argument(name: str) -> int:
    """A parameter of the function that begins here."""
    return int(gdb.newest_frame().read_var(name))


def _caller_sp() -> int:
    """The caller's stack pointer: the same at the begin and the end of a call."""
    return int(gdb.newest_frame().older().read_register("esp"))


def _zone(name: str = "zone") -> str:
    value = gdb.newest_frame().read_var(name).dereference()
    return zones.Zone(0, value).name


def _begin_allocation(log: Log) -> None:
    caller = gdb.newest_frame().older()
    request = Request(_argument("gfp"), _argument("order"), int(caller.pc()))
    log.open[_caller_sp()] = request


def _end_allocation(log: Log) -> None:
    request = log.open.pop(_caller_sp(), None)
    if request is None:  # the end of something further in
        return
    page = target.register("eax") or 0
    what = log.block(page, request.order) if page else f"order {request.order}, refused"
    log.note("ALLOC", f"{what}, {text.gfp(request.gfp)}, by {text.caller(request.caller)}")


def _free(log: Log) -> None:
    caller = text.caller(int(gdb.newest_frame().older().pc()))
    log.note("FREE", f"{log.block(_argument('page'), _argument('order'))}, by {caller}")


def _take(log: Log) -> None:
    order, found = _argument("order"), _argument("block_order")
    split = f", split down to order {order}" if found > order else ""
    log.note("TAKE", f"{log.block(_argument('page'), found)}{split}, from zone {_zone()}")


def _give(log: Log) -> None:
    log.note("GIVE", f"{log.block(_argument('page'), _argument('order'))}, to zone {_zone()}")


def _refill(log: Log) -> None:
    log.note("REFILL", f"this CPU's list of order {_argument('order')}, from zone {_zone()}")


def _flush(log: Log) -> None:
    log.note("FLUSH", f"{text.counted(_argument('count'), 'page')} of this CPU's to zone {_zone()}")


PLACES = (
    (ALLOCATES, _begin_allocation),
    ("__free_pages", _free),
    ("take_block", _take),
    ("free_one_block", _give),
    ("pcp_refill", _refill),
    ("pcp_flush", _flush),
)


def _returns(function: str) -> list[int]:
    """The addresses of a function's `ret`s."""
    start = kernel.label(function)
    block = gdb.block_for_pc(start)
    while block and (not block.function or block.function.name != function):
        block = block.superblock
    if not block:
        return []
    code = gdb.selected_frame().architecture().disassemble(start, block.end - 1)
    return [line["addr"] for line in code if line["asm"].split()[0].startswith("ret")]


def place(log: Log) -> list[Tap]:
    """Sets all breakpoints; those of functions that the compiler dissolved are left out."""
    taps = []
    for function, note in PLACES:
        symbol = gdb.lookup_global_symbol(function)
        if symbol:
            taps.append(Tap(f"{symbol.symtab.filename}:{function}", log, note))
    for function in ENDS:
        if kernel.has(function):
            taps += [Tap(f"*{address:#x}", log, _end_allocation) for address in _returns(function)]
    return taps


class TraceAlloc(command.Command):
    """k-trace-alloc [COMMAND]: events of the page allocator during a command, or `next`.

    The command is one that lets the program run: next, finish, until, continue. A line
    an event, in their order:

        ALLOC     a request returned: what it was given, and who asked
        FREE      somebody gave pages back
        TAKE      a block left a free area, whole or split
        GIVE      a block came back to a free area
        REFILL    a per-CPU list was empty, and is filled from the free areas
        FLUSH     the per-CPU lists have too much, or are emptied"""

    name = "k-trace-alloc"

    def run(self, arguments: list[str]) -> None:
        if not target.is_live():
            raise gdb.GdbError("a core file does not run: this needs a machine")
        log = Log()
        taps = place(log)
        try:
            gdb.execute(" ".join(arguments) or "next")
        finally:
            for tap in taps:
                tap.delete()
        print("\n".join(log.lines) or "no event")
        if len(log.lines) >= EVENTS_AT_MOST:
            print("... truncated")
