# SPDX-License-Identifier: MIT
"""The areas of the vmalloc window: busy, free, lazily unmapped. k-vmalloc.

What is checked are the invariants of mm/vmap_area.c and mm/vmalloc.c: trees in order, areas
disjoint, subtree_max_size, page tables that agree with the areas. No tree is trusted: a node
must be readable, lead back to its parent, and not have been met before.
"""

from __future__ import annotations

import bisect
import dataclasses
import itertools
from collections.abc import Iterator

import gdb

from . import command, constants as c, frames, kernel, links, pagetable, regions, target, text

BUSY, FREE, LAZY = "busy", "free", "lazy"
AREAS_SHOWN = 64
AREAS_AT_MOST = 1 << 18  # more than the last GiB has pages
MEMBERS = (("va_start", "I"), ("va_end", "I"), ("subtree_max_size", "I"))
VM_MEMBERS = (("flags", "I"), ("pages", "I"), ("nr_pages", "I"), ("phys_addr", "Q"),
              ("caller", "I"))
KINDS = (("VM_UNINITIALIZED", "changing"), ("VMAP_BLOCK", "vm_map_ram"), ("VMAP_RAM", "vm_map_ram"),
         ("VM_IOREMAP", "ioremap"), ("VM_USERMAP", "user"), ("VM_DMA_COHERENT", "dma"),
         ("VM_MAP", "vmap"), ("VM_ALLOC", "vmalloc"))


def kind_of(flags: int) -> str:
    """What an area is for, by the flags of its vm_struct."""
    return next((kind for flag, kind in KINDS if flags & getattr(c, flag)), "area")


@dataclasses.dataclass(frozen=True)
class Area:
    """A struct vmap_area as it was when it was read."""

    address: int
    state: str
    start: int
    end: int
    subtree_max: int  # free
    flags: int  # the rest: busy
    pages: int
    nr_pages: int
    physical: int
    caller: int

    @property
    def size(self) -> int:
        return self.end - self.start

    @property
    def kind(self) -> str:
        return kind_of(self.flags)

    @property
    def has_guard(self) -> bool:
        return not self.flags & (c.VM_NO_GUARD | c.VMAP_BLOCK | c.VMAP_RAM)

    @property
    def guard(self) -> int:
        """The last page, where there is a guard."""
        return self.end - c.PAGE_SIZE

    @property
    def where(self) -> str:
        return f"{self.start:08x}-{self.end - 1:08x}"

    def frame(self, index: int) -> int:
        """The struct page that `pages` has for a page."""
        return int.from_bytes(target.read(self.pages + 4 * index, 4), "little")


def read(address: int, state: str) -> Area:
    """Reads a struct vmap_area."""
    raw = target.read(address, kernel.size_of("struct vmap_area"))
    (start, end, largest), = kernel.record("struct vmap_area", *MEMBERS).decode(raw)
    vm = kernel.offset_of("struct vmap_area", "vm")
    values, = kernel.record("struct vm_struct", *VM_MEMBERS).decode(
        raw[vm : vm + kernel.size_of("struct vm_struct")])
    area = Area(address, state, start, end, largest, *values)
    # Of an area that is being made, only these flags are known.
    return dataclasses.replace(area, caller=0) if area.kind == "changing" else area


def window() -> tuple[int, int]:
    """[VMALLOC_START, VMALLOC_END)."""
    return frames.high_memory() + c.VMALLOC_OFFSET, c.PKMAP_BASE - 2 * c.PAGE_SIZE


def is_changing() -> bool:
    """Whether somebody holds vmap_lock: then what is seen may be half a change."""
    lock = kernel.variable("vmap_lock")
    return int(lock["next"]) != int(lock["owner"])


class Node:
    """A node of a red-black tree, at an address."""

    def __init__(self, address: int) -> None:
        raw = target.read(address, 12)
        colour, self.right, self.left = (
            int.from_bytes(raw[at : at + 4], "little") for at in (0, 4, 8))
        self.address = address
        self.parent = colour & ~3


def _nodes(root: int) -> Iterator[int]:
    """The nodes below a struct rb_root, in order. Raises links.Broken where it is no tree."""
    seen: set[int] = set()
    above: list[Node] = []
    address, parent = int.from_bytes(target.read(root, 4), "little"), 0
    while address or above:
        while address:
            if address in seen or len(seen) == AREAS_AT_MOST:
                raise links.Broken(f"cycle: a child of {parent:#x} is {address:#x}, met before")
            seen.add(address)
            try:
                node = Node(address)
            except gdb.MemoryError as error:
                raise links.Broken(f"a child of {parent:#x} is {address:#x}, which cannot be"
                                   " read") from error
            if node.parent != parent:
                raise links.Broken(f"the parent of {address:#x} is said to be {node.parent:#x},"
                                   f" not {parent:#x}")
            above.append(node)
            address, parent = node.left, address
        node = above.pop()
        yield node.address
        address, parent = node.right, node.address


def tree(name: str, state: str) -> Iterator[Area]:
    """The areas of vmap_busy_root or vmap_free_root, by address."""
    offset = kernel.offset_of("struct vmap_area", "rb_node")
    for address in _nodes(kernel.label(name)):
        yield read(address - offset, state)


def busy() -> Iterator[Area]:
    yield from tree("vmap_busy_root", BUSY)


def lazy() -> Iterator[Area]:
    offset = kernel.offset_of("struct vmap_area", "list")
    for link in links.walk(kernel.label("vmap_lazy_list"), AREAS_AT_MOST):
        yield read(link - offset, LAZY)


def every() -> list[Area]:
    """All areas, of all states, by address."""
    found = [*busy(), *tree("vmap_free_root", FREE), *lazy()]
    return sorted(found, key=lambda area: area.start)


def is_ready() -> bool:
    """Whether there is a window already."""
    return bool(int(kernel.variable("vmap_free_root")["rb_node"])
                or int(kernel.variable("vmap_busy_root")["rb_node"]))


def mapped() -> dict[int, int]:
    """What the page tables map in the window: physical addresses by address."""
    start, end = window()
    return {entry.address: entry.physical for entry in pagetable.visit()
            if entry.level == 0 and start <= entry.address < end}


def pages() -> dict[int, str]:
    """What the frames of the window's areas are; of broken trees, nothing."""
    try:
        areas = [area for area in busy() if area.kind != "ioremap"] if is_ready() else []
    except (links.Broken, gdb.MemoryError):
        return {}
    entries = mapped() if areas else {}
    found: dict[int, str] = {}
    for area in areas:
        for index, address in enumerate(range(area.start, area.end, c.PAGE_SIZE)):
            if address in entries:
                found[entries[address] >> c.PAGE_SHIFT] = (
                    f"page {index} of the {area.kind} area {area.where}")
    return found


def tables() -> int:
    """How many page tables the window has."""
    start, end = window()
    return sum(entry.level == 1 and not entry.is_leaf
               and start < entry.address + entry.size and entry.address < end
               for entry in pagetable.visit())


def named_regions(layout: list[regions.Region]) -> list[regions.Region]:
    """A layout in which busy areas are regions of their own; as it is, where they are broken."""
    try:
        areas = list(busy()) if is_ready() else []
    except (links.Broken, gdb.MemoryError):
        areas = []
    if sorted(areas, key=lambda area: area.start) != areas:
        areas = []
    found: list[regions.Region] = []
    for region in layout:
        at = region.start
        for area in areas:
            if at <= area.start < area.end <= region.end:
                found.append(dataclasses.replace(region, start=at, end=area.start))
                name = f"{area.kind}: {short_caller(area)}" if area.caller else area.kind
                found.append(regions.Region(area.start, area.end, name))
                at = area.end
        found.append(dataclasses.replace(region, start=at))
    return [region for region in found if region.start < region.end]


def short_caller(area: Area) -> str:
    """function+offset of who asked for an area."""
    return text.symbol(area.caller) or hex(area.caller)


def identify(address: int) -> str:
    """Where in the window an address is; empty: it is in another region."""
    start, end = window()
    if not start <= address < end or not is_ready():
        return ""
    areas = every()
    at = bisect.bisect_right([area.start for area in areas], address) - 1
    if at < 0 or address >= areas[at].end:
        return "in no area of the vmalloc window: one is on its way"
    area = areas[at]
    if area.state == FREE:
        return f"free: in a hole of the vmalloc window, {area.where}"
    if area.state == LAZY:
        return f"lazily unmapped, {area.where}: a TLB may know it until the next purge"
    by = f", by {text.caller(area.caller)}" if area.caller else ""
    if area.has_guard and address >= area.guard:
        return f"guard page of the {area.kind} area {area.where}{by}"
    page = (address - area.start) >> c.PAGE_SHIFT
    return f"{area.kind} area {area.where} + {address - area.start:#x}, page {page}{by}"


# --- what must be so --------------------------------------------------------------------------


def _order(areas: list[Area], what: str) -> Iterator[str]:
    """Of a tree."""
    for area in areas:
        if area.start >= area.end or (area.start | area.end) % c.PAGE_SIZE:
            yield f"the {what} area at {area.address:#x} is {area.start:#x} to {area.end:#x}"
    for one, two in itertools.pairwise(areas):
        if one.start >= two.start:
            yield f"the {what} tree has {one.where} before {two.where}"


def _subtrees(areas: list[Area]) -> Iterator[str]:
    """subtree_max_size is the largest of the area's own size and what its children say."""
    offset = kernel.offset_of("struct vmap_area", "rb_node")
    by_node = {area.address + offset: area for area in areas}
    for address, area in by_node.items():
        node = Node(address)
        largest = max([area.size, *(by_node[child].subtree_max for child in (node.left, node.right)
                                    if child)])
        if area.subtree_max != largest:
            yield (f"the free area {area.where} says that its subtree has at most"
                   f" {area.subtree_max:#x} bytes, not {largest:#x}")


def _tiling(areas: list[Area]) -> Iterator[str]:
    """Each address of the window is in one area."""
    start, end = window()
    at = start
    for area in areas:
        if area.start != at:
            words = "is in no area" if area.start > at else "is in two areas"
            yield f"{min(at, area.start):08x}-{max(at, area.start) - 1:08x} {words}"
        at = area.end
    if at != end:
        yield f"the last area ends at {at:#x}, not at {end:#x}"


def _counters(areas: list[Area]) -> Iterator[str]:
    """The kernel's own counters."""
    stats = kernel.variable("vmap_stats")
    for state, number, size in ((BUSY, "areas", "busy"), (LAZY, "lazy_areas", "lazy"),
                                (FREE, "free_areas", "")):
        sizes = [area.size for area in areas if area.state == state]
        for name, found in ((number, len(sizes)), (size, sum(sizes))):
            if name and int(stats[name]) != found:
                yield f"vmap_stats.{name} is {int(stats[name])}, found {found}"


def _mappings(areas: list[Area], memmap: frames.MemMap) -> Iterator[str]:
    """The page tables against the areas."""
    entries = mapped()
    starts = [area.start for area in areas]
    for address in entries:
        at = bisect.bisect_right(starts, address) - 1
        area = areas[at] if at >= 0 else None
        if area is None or address >= area.end:
            continue  # _tiling() tells
        if area.state != BUSY:
            yield f"{address:08x} is mapped, but {area.state}"
        elif area.has_guard and address >= area.guard:
            yield f"the guard page {address:08x} of {area.where} is mapped"
    for area in areas:
        if area.state == BUSY and area.kind != "changing" and area.pages:
            yield from _pages(area, entries, memmap)


def _pages(area: Area, entries: dict[int, int], memmap: frames.MemMap) -> Iterator[str]:
    """Each page that an area has is mapped, in its place."""
    if area.nr_pages << c.PAGE_SHIFT > area.size:
        yield f"{area.where} is said to have {area.nr_pages} pages"
        return
    for index in range(area.nr_pages):
        pfn = memmap.pfn_of(area.frame(index))
        physical = entries.get(area.start + (index << c.PAGE_SHIFT))
        if pfn is None or physical != pfn << c.PAGE_SHIFT:
            there = "nothing" if physical is None else f"{physical:#x}"
            yield f"{area.where}: page {index} is frame {pfn}, but {there} is mapped there"


def problems(memmap: frames.MemMap) -> Iterator[str]:
    """All that is wrong with the window."""
    found = [*busy()], [*tree("vmap_free_root", FREE)], [*lazy()]
    yield from _order(found[0], "busy")
    yield from _order(found[1], "free")
    yield from _subtrees(found[1])
    areas = sorted(itertools.chain(*found), key=lambda area: area.start)
    yield from _tiling(areas)
    yield from _counters(areas)
    yield from _mappings(areas, memmap)


class VMalloc(command.Command):
    """k-vmalloc [-a]: the areas of the vmalloc window, as the monitor's `vmalloc` shows them.

    Addresses, size with the guard page, pages that are mapped, kind, who asked, guard page.
    The last line has sums. -a shows all areas, not only the first 64."""

    name = "k-vmalloc"

    def run(self, arguments: list[str]) -> None:
        everything = command.take_option(arguments, "-a")
        if arguments:
            raise self.usage()
        if not is_ready():
            raise gdb.GdbError("there is no vmalloc window yet: mm_init() makes it")
        if is_changing():
            print("vmap_lock is held: the areas are being changed")
        areas, entries = every(), mapped()
        shown = [area for area in areas if area.state == BUSY]
        for area in shown if everything else shown[:AREAS_SHOWN]:
            self.show(area, entries)
        if len(shown) > AREAS_SHOWN and not everything:
            print(f"... {len(shown) - AREAS_SHOWN} more; k-vmalloc -a shows them")
        self.show_sums(areas)

    @staticmethod
    def show(area: Area, entries: dict[int, int]) -> None:
        count = sum(address in entries for address in range(area.start, area.end, c.PAGE_SIZE))
        by = f" by {text.caller(area.caller)}," if area.caller else ""
        device = f" of {area.physical:#x}," if area.kind == "ioremap" else ""
        guard = f" guard {area.guard:08x}" if area.has_guard else " no guard"
        print(f"{area.where} {text.size(area.size):>9} {count:6} page{' ' if count == 1 else 's'}"
              f" {area.kind:10}{by}{device}{guard}")

    @staticmethod
    def show_sums(areas: list[Area]) -> None:
        sums = {state: sum(area.size for area in areas if area.state == state)
                for state in (BUSY, FREE, LAZY)}
        count = sum(area.state == BUSY for area in areas)
        largest = max((area.size for area in areas if area.state == FREE), default=0)
        wrong = [*_tiling(areas), *_counters(areas)]
        print(f"{text.counted(count, 'area')}, {text.size(sums[BUSY])} busy,"
              f" {text.size(sums[LAZY])} lazily unmapped, {text.size(sums[FREE])} free, the"
              f" largest hole {text.size(largest)};"
              f" {text.counted(tables(), 'page table')},"
              f" {text.counted(int(kernel.variable('vmap_stats')['purges']), 'purge')}"
              f" {'MISMATCH' if wrong else '(verified)'}")
        for problem in wrong:
            print(f"  WRONG: {problem}")
