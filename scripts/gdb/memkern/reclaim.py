# SPDX-License-Identifier: MIT
"""What there is to reclaim, and who does it: k-cache, k-reclaim, k-vmstat.

mm/filemap.c, lru.c, vmscan.c, shrinker.c, vmstat.c.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

import gdb

from . import command, frames, kernel, links, percpu, target, text, zones

CHUNK_SHIFT = 6  # bits of an index that a node of a tree decides
PAGES_AT_MOST = 1 << 20
PAGES_SHOWN = 64
FLAGS = ("PG_dirty", "PG_writeback", "PG_active")
LISTS = ("INACTIVE", "ACTIVE")


def _entry(link: int, type_name: str, member: str) -> gdb.Value:
    """What holds a list's link, as its type."""
    start = link - kernel.offset_of(type_name, member)
    return gdb.Value(start).cast(gdb.lookup_type(type_name).pointer()).dereference()


def entries(node: gdb.Value, first: int = 0, shift: int | None = None) -> Iterator[tuple[int, int]]:
    """(index, entry) of a tree of i_pages. links.Broken where a node is not below the one above."""
    if not int(node):
        return
    found = int(node["shift"])
    if found % CHUNK_SHIFT or found > 32 or (shift is not None and found != shift):
        raise links.Broken(f"the node {int(node):#x} is of shift {found}, not {shift}")
    slots = node["slots"]
    for number in range(kernel.length(slots)):
        entry = int(slots[number])
        if not entry:
            continue
        index = first + (number << found)
        if found:
            below = gdb.Value(entry).cast(node.type)
            yield from entries(below, index, found - CHUNK_SHIFT)
        else:
            yield index, entry


@dataclasses.dataclass
class Mapping:
    """A struct address_space."""

    value: gdb.Value

    @property
    def name(self) -> str:
        host = self.value["host"]
        if not int(host):
            return f"{int(self.value.address):#x}"
        return target.read_string(int(host["bd_disk"]["disk_name"].address))

    def pages(self, memmap: frames.MemMap) -> Iterator[tuple[int, frames.Page]]:
        """(index, page) of all that it has. links.Broken where a page is not its own."""
        own = int(self.value.address)
        for number, (index, entry) in enumerate(entries(self.value["i_pages"]["xa_head"])):
            if number == PAGES_AT_MOST:
                raise links.TooLong(f"truncated after {PAGES_AT_MOST} pages")
            pfn = memmap.pfn_of(entry)
            if pfn is None or memmap.page_address(pfn) != entry:
                raise links.Broken(f"page {index} is {entry:#x}, which is no struct page")
            page = memmap.read(pfn)
            if page.mapping != own:
                raise links.Broken(f"page {index}, frame {pfn}, is of mapping {page.mapping:#x}")
            yield index, page


def mappings() -> Iterator[Mapping]:
    """All address spaces, block devices' for the most part."""
    for link in links.walk(int(gdb.parse_and_eval("&'mm/filemap.c'::mappings"))):
        yield Mapping(_entry(link, "struct address_space", "list"))


def count(mapping: Mapping, memmap: frames.MemMap) -> tuple[list[int], str]:
    """How many pages it has, and how many with each of FLAGS; and what is wrong."""
    counts = [0] * (1 + len(FLAGS))
    try:
        for _, page in mapping.pages(memmap):
            counts[0] += 1
            for number, flag in enumerate(FLAGS, 1):
                counts[number] += page.has(flag)
    except (links.Broken, gdb.MemoryError) as error:
        return counts, str(error)
    nrpages = int(mapping.value["nrpages"])
    return counts, "" if nrpages == counts[0] else f"nrpages is {nrpages}"


def node_stat(name: str) -> int:
    """How many pages are so now: NR_FILE_DIRTY, ..."""
    return int(kernel.variable("vm_node_stat")[kernel.enumerator(name)]["counter"])


def counters_differ(sums: list[int]) -> str:
    """What is wrong with the counters of the whole, if this is the sum of all mappings."""
    names = ("NR_FILE_PAGES", "NR_FILE_DIRTY", "NR_WRITEBACK")
    wrong = [f"{name} is {node_stat(name)}" for name, found in zip(names, sums)
             if node_stat(name) != found]
    return ", ".join(wrong)


class Cache(command.Command):
    """k-cache [DEVICE]: the page cache, each device's tree walked; or the pages of one.

    What is found is compared with nrpages, and the sums with NR_FILE_PAGES, NR_FILE_DIRTY and
    NR_WRITEBACK."""

    name = "k-cache"

    def run(self, arguments: list[str]) -> None:
        if len(arguments) > 1:
            raise self.usage()
        memmap = frames.MemMap()
        if arguments:
            self.show_pages(arguments[0], memmap)
            return
        sums = [0] * (1 + len(FLAGS))
        print(f"{'device':<12} {'pages':>8} {'dirty':>8} {'writeback':>9} {'active':>8}")
        for mapping in mappings():
            counts, wrong = count(mapping, memmap)
            sums = [old + new for old, new in zip(sums, counts)]
            self.show(mapping.name, counts, wrong)
        self.show("all", sums, counters_differ(sums))

    @staticmethod
    def show(name: str, counts: list[int], wrong: str) -> None:
        print(f"{name:<12} {counts[0]:8} {counts[1]:8} {counts[2]:9} {counts[3]:8}"
              f"  {f'MISMATCH: {wrong}' if wrong else '(verified)'}")

    @staticmethod
    def show_pages(name: str, memmap: frames.MemMap) -> None:
        for mapping in mappings():
            if mapping.name == name:
                break
        else:
            raise gdb.GdbError(f"there is no device {name!r} with a page cache; k-cache lists them")
        for number, (index, page) in enumerate(mapping.pages(memmap)):
            if number == PAGES_SHOWN:
                print(f"... truncated after {PAGES_SHOWN} pages")
                return
            print(f"page {index}: frame {page.pfn}, count {page.refcount},"
                  f" {text.page_flags(page.flags)}")


def lru_pages(zone: zones.Zone, number: int, memmap: frames.MemMap) -> Iterator[frames.Page]:
    """The pages of one of a zone's lists, the youngest first. links.Broken where one is not."""
    head = int(zone.value["lruvec"]["lists"][number].address)
    active = number == kernel.enumerator("LRU_ACTIVE_FILE")
    for link in links.walk(head, PAGES_AT_MOST):
        pfn = memmap.pfn_of(link - frames.lru_offset())
        if pfn is None or memmap.page_address(pfn) != link - frames.lru_offset():
            raise links.Broken(f"{link:#x} is in no struct page")
        page = memmap.read(pfn)
        if not page.has("PG_lru") or page.has("PG_active") != active or page.zone != zone.index:
            raise links.Broken(f"frame {pfn} does not belong there: {text.page_flags(page.flags)}")
        yield page


def list_verdict(zone: zones.Zone, name: str, memmap: frames.MemMap) -> tuple[int, str]:
    """Pages found in the INACTIVE or ACTIVE list, and what is wrong."""
    number, found = kernel.enumerator(f"LRU_{name}_FILE"), 0
    try:
        for _ in lru_pages(zone, number, memmap):
            found += 1
    except (links.Broken, gdb.MemoryError) as error:
        return found, str(error)
    counter = int(zone.value["lruvec"]["nr"][number])
    return found, "" if counter == found else f"nr is {counter}"


def problems(memmap: frames.MemMap) -> Iterator[str]:
    """All that is wrong with trees, lists and their counters."""
    sums = [0] * (1 + len(FLAGS))
    for mapping in mappings():
        counts, wrong = count(mapping, memmap)
        sums = [old + new for old, new in zip(sums, counts)]
        if wrong:
            yield f"the cache of {mapping.name}: {wrong}"
    wrong = counters_differ(sums)
    if wrong:
        yield f"the page cache has {sums[0]} pages, {sums[1]} dirty, {sums[2]} written: {wrong}"
    for zone in zones.populated():
        for name in LISTS:
            _, wrong = list_verdict(zone, name, memmap)
            if wrong:
                yield f"{zone.name}, {name.lower()} list: {wrong}"


class Reclaim(command.Command):
    """k-reclaim: kswapd, the LRU lists of each zone, walked and verified, and the shrinkers.

    Of a shrinker: how many objects were asked for and put off until there is a batch of them. How
    many it has only its own count_objects() knows, and nothing is called here."""

    name = "k-reclaim"

    def run(self, arguments: list[str]) -> None:
        if arguments:
            raise self.usage()
        memmap = frames.MemMap()
        self.show_kswapd()
        for zone in zones.populated():
            self.show_lists(zone, memmap)
        number = 0
        for link in links.walk(int(gdb.parse_and_eval("&shrinker_list"))):
            number += 1
            self.show_shrinker(_entry(link, "struct shrinker", "list"))
        print(text.counted(number, "shrinker"))

    @staticmethod
    def show_kswapd() -> None:
        kswapd = kernel.variable("kswapd")
        if not int(kswapd["task"]):
            print("kswapd is not there yet")
            return
        zone = zones.known()[int(kswapd["highest"])].name
        asked = (f"is asked for order {int(kswapd['order'])} in zones up to {zone}"
                 if int(kswapd["asked"]) else "is not asked for anything")
        print(f"kswapd [{int(kswapd['task']['pid'])}] {asked};"
              f" {text.counted(int(kswapd['failures']), 'run')} in a row without success")

    @staticmethod
    def show_lists(zone: zones.Zone, memmap: frames.MemMap) -> None:
        said = []
        for name in LISTS:
            found, wrong = list_verdict(zone, name, memmap)
            verdict = f"MISMATCH: {wrong}" if wrong else "(verified)"
            said.append(f"{name.lower()} {found} {verdict}")
        isolated = int(zone.value["lruvec"]["isolated"]["counter"])
        print(f"{zone.name:8} {', '.join(said)}, {isolated} being looked at")

    @staticmethod
    def show_shrinker(shrinker: gdb.Value) -> None:
        count, scan = (text.symbol(int(shrinker[f"{what}_objects"])) for what in ("count", "scan"))
        print(f"shrinker {target.read_string(int(shrinker['name']))}: {count}, {scan};"
              f" seeks {int(shrinker['seeks'])}, batch {int(shrinker['batch']) or 128},"
              f" {int(shrinker['nr_deferred']['counter'])} put off")


class VmStat(command.Command):
    """k-vmstat [-c]: what was allocated, reclaimed, written and moved since boot; what is now.

    Words of 32 bits, which wrap. What never happened is left out. pgfree is not counted anywhere:
    it is what left the free areas and what is in them.

        -c     of each CPU, too"""

    name = "k-vmstat"

    def run(self, arguments: list[str]) -> None:
        by_cpu = command.take_option(arguments, "-c")
        if arguments:
            raise self.usage()
        free = sum(zone.number("nr_free_pages") for zone in zones.all_zones())
        print(f"{'nr_free_pages':<24} {free:10}")
        for field in gdb.lookup_type("enum node_stat_item").fields()[:-1]:
            print(f"{field.name.lower():<24} {node_stat(field.name):10}")
        names = kernel.variable("vm_event_name")
        cpus = [percpu.variable("vm_event_states", cpu)["event"]
                for cpu in range(len(percpu.offsets()))]
        lowest, highest, freed = (kernel.enumerator(name)
                                  for name in ("PGALLOC_DMA", "PGALLOC_HIGH", "PGFREE"))
        counts = [[int(cpu[item]) for cpu in cpus] for item in range(kernel.length(names))]
        allocated = sum(sum(counts[item]) for item in range(lowest, highest + 1))
        for item, of_cpus in enumerate(counts):
            total = sum(of_cpus) if item != freed else free + allocated
            if total:
                parts = "".join(f" {count:10}" for count in of_cpus if by_cpu and item != freed)
                name = target.read_string(int(names[item]))
                print(f"{name:<24} {total & frames.LOWEST_32:10}{parts}")
