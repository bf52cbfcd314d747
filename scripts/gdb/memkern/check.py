# SPDX-License-Identifier: MIT
"""k-check: whatever these commands say that can be compared with something else.

Lists against counters, frames against lists, page tables against what they must be
and, where QEMU is there, against QEMU's own translation.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator

import gdb

from . import (buddy, command, constants, frames, kernel, links, owner, pagetable, percpu,
               reclaim, regions, slab, target, tasks, text, vmalloc, vmmap, zones)

PROBLEMS_SHOWN = 10
Checker = Callable[[frames.MemMap], Iterator[str]]


class NothingToSay(Exception):
    """A check that cannot be made here; says why."""


def layout(memmap: frames.MemMap) -> Iterator[str]:
    """The debug information and what was written down by hand."""
    pages = memmap.pages_per_section
    if pages * constants.PAGE_SIZE != 4 << 20:
        yield f"a section has {pages} pages, not 4 MiB"
    if kernel.label("PAGE_OFFSET") != constants.PAGE_OFFSET:
        yield f"the image is linked for PAGE_OFFSET {kernel.label('PAGE_OFFSET'):#x}"
    if frames.page_size() & (frames.page_size() - 1):
        yield f"struct page has {frames.page_size()} bytes, no power of two"


def sections(memmap: frames.MemMap) -> Iterator[str]:
    """Each struct page leads back to its frame and its section."""
    for section in memmap.sections:
        for page in memmap.read_section(section):
            if page.section != section:
                yield f"the struct page of frame {page.pfn} names section {page.section}"
            if memmap.pfn_of(page.address) != page.pfn:
                yield f"the struct page of frame {page.pfn} leads to another frame"


def addresses(memmap: frames.MemMap) -> Iterator[str]:
    """What virt_to_page() uses is what pfn_to_page() uses."""
    table = kernel.variable("__address_mem_map_base")
    for section in memmap.sections:
        if section < kernel.length(table):
            first = memmap.page_address(section * memmap.pages_per_section)
            offset = section * memmap.pages_per_section * frames.page_size()
            if int(table[section]) + offset & frames.LOWEST_32 != first:
                yield f"virt_to_page() is wrong in section {section}"


def zone_numbers(_: frames.MemMap) -> Iterator[str]:
    """managed <= present <= spanned; min <= low <= high; zones follow each other."""
    end = 0
    for zone in zones.populated():
        managed, present, spanned = (
            zone.number(f"{what}_pages") for what in ("managed", "present", "spanned"))
        if not managed <= present <= spanned:
            yield f"{zone.name}: managed {managed}, present {present}, spanned {spanned}"
        if sorted(zone.marks) != zone.marks:
            yield f"{zone.name}: watermarks {zone.marks}"
        if zone.number("zone_start_pfn") < end:
            yield f"{zone.name} begins before the zone below it ends"
        end = zone.end_pfn


def free_lists(memmap: frames.MemMap) -> Iterator[str]:
    """The free areas along their lists, against their counters."""
    for zone in zones.populated():
        areas = buddy.walk(zone, memmap)
        yield from areas.problems
        if not areas.adds_up:
            yield (f"{zone.name}: nr_free_pages {zone.number('nr_free_pages')},"
                   f" the lists hold {areas.pages}")


def cpu_lists(memmap: frames.MemMap) -> Iterator[str]:
    """The per-CPU lists, against their counters."""
    for zone in zones.populated():
        yield from buddy.cpu_problems(zone, memmap)


def free_frames(memmap: frames.MemMap) -> Iterator[str]:
    """The heads of free blocks that memory holds are those that the lists hold."""
    listed = {(block.pfn, block.order) for zone in zones.populated()
              for block in buddy.walk(zone, memmap).blocks}
    in_memory = {(page.pfn, page.private) for section in memmap.sections
                 for page in memmap.read_section(section) if page.is_buddy}
    for pfn, order in sorted(in_memory - listed):
        yield f"frame {pfn} says that it heads a free block of order {order}: it is in no list"
    for pfn, order in sorted(listed - in_memory):
        yield f"block {pfn} of order {order} is in a list, its struct page says otherwise"


def objects(_: frames.MemMap) -> Iterator[str]:
    """Free objects along the lists of slabs and CPUs, against the caches' counters."""
    slabs = slab.Slabs()
    yield from slabs.problems
    for cache in slabs.caches:
        usage = slab.examine(cache, slabs)
        yield from (f"{cache.name}: {problem}" for problem in usage.problems)
        if usage.verdict == "MISMATCH":
            yield f"{cache.name}: its counters are not what was found; k-slab shows them"


def page_cache(memmap: frames.MemMap) -> Iterator[str]:
    """The page cache: the devices' trees and the LRU lists, against their counters."""
    yield from reclaim.problems(memmap)


def owners(memmap: frames.MemMap) -> Iterator[str]:
    """Page owner's traces against its frames; owned blocks have references and are not free."""
    table = owner.Owners()
    if not table.is_on:
        raise NothingToSay("page owner is off")
    counters = {trace.number: trace.pages for trace in table.traces()}
    if table.recount(memmap) != counters:
        yield "the traces' pages are not those of the frames; k-owner shows which"
    for block in table.all(memmap):
        page = memmap.read(block.pfn)
        if page.refcount <= 0 or page.is_buddy:
            yield f"frame {block.pfn} is owned, but its count is {page.refcount}"


def permissions(_: frames.MemMap) -> Iterator[str]:
    """No page writable and executable; text and constants cannot be written."""
    for mapping in vmmap.mappings():
        if mapping.is_violation and pagetable.has_nx():
            yield f"{mapping.start:08x}-{mapping.end - 1:08x} ({mapping.region}): {mapping.rwx}"
        if mapping.region in ("kernel text", "kernel constants") and "w" in mapping.rwx:
            yield f"{mapping.start:08x}: {mapping.region} can be written"
        if mapping.region in (regions.USER, "never mapped"):
            yield f"{mapping.start:08x}: mapped, in {mapping.region!r}"


def direct_map(_: frames.MemMap) -> Iterator[str]:
    """In the direct mapping an address has its own frame."""
    high = frames.high_memory()
    for entry in pagetable.visit():
        if entry.is_leaf and constants.PAGE_OFFSET <= entry.address < high:
            if entry.physical != entry.address - constants.PAGE_OFFSET:
                yield f"{entry.address:08x} maps {entry.physical:#x}"


def areas(memmap: frames.MemMap) -> Iterator[str]:
    """The vmalloc window: trees in order, each address in one area, page tables that agree."""
    if vmalloc.is_changing():
        raise NothingToSay("vmap_lock is held")
    yield from vmalloc.problems(memmap)


def _samples() -> list[int]:
    names = ("_stext", "__start_rodata", "_sdata", "init_stack", "init_stack_guard", "mem_section")
    edges = [constants.PAGE_OFFSET, constants.PAGE_OFFSET - 4, frames.high_memory() - 4,
             frames.high_memory(), constants.PKMAP_BASE, constants.FIXADDR_TOP, 0]
    return [kernel.label(name) for name in names] + edges


def translations(_: frames.MemMap) -> Iterator[str]:
    """k-walk against QEMU's translation, and memory read by both kinds of address."""
    if not target.is_live():
        raise NothingToSay("QEMU is not there")
    for address in _samples():
        walked = pagetable.walk(address).physical
        said = target.monitor(f"gva2gpa {address:#x}").strip()
        translated = None if said == "Unmapped" else int(said.removeprefix("gpa: "), 16)
        if walked != translated:
            yield f"{address:08x}: walked to {walked}, QEMU says {said!r}"
        elif walked is not None and target.read(address, 4) != target.read_physical(walked, 4):
            yield f"{address:08x} and physical {walked:#x} hold different bytes"


def stacks(_: frames.MemMap) -> Iterator[str]:
    """The stacks of tasks are mapped, the pages below are not, and each sp is in its stack."""
    for task in tasks.walk():
        start, _end = task.stack
        if not start:
            continue  # the boot's, before there are tasks
        if pagetable.walk(start).physical is None:
            yield f"the stack of {task.name}[{task.pid}] at {start:#x} is not mapped"
        if pagetable.walk(start - constants.PAGE_SIZE).physical is not None:
            yield f"the stack of {task.name}[{task.pid}] at {start:#x} has no guard page"
        if not task.is_running:
            try:
                task.registers()
            except gdb.GdbError as error:
                yield f"{task.name}[{task.pid}]: {error}"


def running(_: frames.MemMap) -> Iterator[str]:
    """Each CPU runs the task that its queue says; the others' tasks do not run."""
    on_cpu = {task.address: task for task in tasks.walk() if task.is_running}
    for cpu in range(len(percpu.offsets())):
        queue = percpu.variable("runqueues", cpu)
        if int(queue["lock"]["next"]) != int(queue["lock"]["owner"]):
            raise NothingToSay(f"the queue of CPU {cpu} is being changed")
        current, running = int(percpu.variable("current_task", cpu)), int(queue["curr"])
        if current != running:
            yield f"CPU {cpu}: current is {current:#x}, the queue's is {running:#x}"
        task = on_cpu.pop(running, None)
        if percpu.is_online(cpu) and running and (task is None or task.cpu != cpu):
            yield f"CPU {cpu}: the task {running:#x} does not know that it runs there"
    yield from (f"{task.name}[{task.pid}] runs on no CPU" for task in on_cpu.values())


CHECKS: tuple[Checker, ...] = (
    layout, sections, addresses, zone_numbers, free_lists, cpu_lists, free_frames, objects,
    page_cache, owners, permissions, direct_map, areas, stacks, running, translations,
)


class Check(command.Command):
    """k-check: compares all that these commands show with something else.

    Lists with counters, frames with lists, page tables with their rules and with QEMU.
    A mismatch is told and is an error; without a terminal GDB then ends with status 1."""

    name = "k-check"

    def run(self, arguments: list[str]) -> None:
        if arguments:
            raise self.usage()
        buddy.require_unlocked()
        memmap = frames.MemMap()
        wrong = sum(self.make(check, memmap) for check in CHECKS)
        if not wrong:
            print("k-check: all is well")
            return
        print(f"k-check: {text.counted(wrong, 'problem')}")
        if not sys.stdin.isatty():
            gdb.execute("quit 1")
        raise gdb.GdbError("k-check: something is wrong")

    @staticmethod
    def make(check: Checker, memmap: frames.MemMap) -> int:
        """Makes a check, and prints what it found; returns how many problems."""
        title = f"{check.__name__.replace('_', ' ')}: {(check.__doc__ or '').rstrip('.')}"
        found: list[str] = []
        try:
            for problem in check(memmap):
                found.append(problem)
        except NothingToSay as reason:
            print(f"skip  {title}: {reason}")
            return 0
        except (gdb.MemoryError, links.Broken) as error:
            found.append(f"stopped early: {error}")
        print(f"{'WRONG' if found else 'ok':6}{title}")
        for problem in found[:PROBLEMS_SHOWN]:
            print(f"      {problem}")
        if len(found) > PROBLEMS_SHOWN:
            print(f"      ... {len(found) - PROBLEMS_SHOWN} more")
        return len(found)
