# SPDX-License-Identifier: MIT
"""Slab caches: slabs and objects, free lists walked and verified. k-slab.

What is checked are I-slab-1 to -5 of mm/slab.c, and that the poison of free objects
is intact. No free list is trusted: a link must lead to a place of an object of the
slab that was not met before.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator

import gdb

from . import command, constants, frames, kernel, links, percpu, target, text

SLABS_SHOWN = 32
ROW = 64  # objects of a slab on a line
USED, FREE, IN_CPU = "#", ".", "c"

SLAB_MEMBERS = (("slab_cache", "I"), ("freelist", "I"), ("inuse", "H"), ("objects", "H"))


@dataclasses.dataclass(frozen=True)
class Cache:
    """A struct kmem_cache; its members are read when they are asked for."""

    address: int

    @property
    def value(self) -> gdb.Value:
        pointer = gdb.lookup_type("struct kmem_cache").pointer()
        return gdb.Value(self.address).cast(pointer).dereference()

    def number(self, member: str) -> int:
        """A member that is a number or a pointer."""
        return int(self.value[member])

    def node(self, member: str) -> int:
        """A counter of its slabs."""
        return int(self.value["node"][member])

    @property
    def name(self) -> str:
        return target.read_string(self.number("name")) if self.number("name") else "?"

    @property
    def flags(self) -> str:
        """What is special about it, in words."""
        value = self.number("flags")
        names = [name.removeprefix("SLAB_") for name, bit in constants.compared().items()
                 if name.startswith("SLAB_") and value & bit]
        return "".join(f", {name}" for name in names)

    @property
    def is_locked(self) -> bool:
        """Whether somebody is changing its lists at this moment."""
        lock = self.value["node"]["list_lock"]
        return int(lock["next"]) != int(lock["owner"])

    @property
    def is_poisoned(self) -> bool:
        """Whether free objects have known contents."""
        flags = self.number("flags")
        return bool(flags & constants.SLAB_POISON and not flags & constants.SLAB_TYPESAFE_BY_RCU
                    and not self.number("ctor"))

    def next_free(self, item: int) -> int:
        """Where the link of a free object leads."""
        place = item + self.number("offset")
        link = int.from_bytes(target.read(place, 4), "little")
        if int(kernel.variable("mm_debug_flags")) & constants.MM_DEBUG_SLAB_HARDENED:
            swapped = int.from_bytes(place.to_bytes(4, "little"), "big")
            link ^= self.number("random") ^ swapped
        return link

    def free_list(self, first: int, what: str, is_object: Callable[[int], bool],
                  limit: int) -> Iterator[int]:
        """The objects of a free list. Raises links.Broken where it cannot be right."""
        seen: set[int] = set()
        item, where = first, f"{what} begins with"
        while item:
            if not is_object(item):
                raise links.Broken(f"{where} {item:#x}, which is no object")
            if item in seen:
                raise links.Broken(f"cycle: {where} {item:#x}, which was met before")
            if len(seen) == limit:
                raise links.TooLong(f"{what} has more than {limit} objects")
            seen.add(item)
            yield item
            item, where = self.next_free(item), f"the link of {item:#x} is"


@dataclasses.dataclass(frozen=True)
class Slab:
    """A slab, as its struct page said when it was read."""

    cache: Cache
    pfn: int
    order: int
    freelist: int
    inuse: int
    objects: int

    @property
    def address(self) -> int:
        return constants.PAGE_OFFSET + (self.pfn << constants.PAGE_SHIFT)

    @property
    def pages(self) -> int:
        return 1 << self.order

    def object(self, number: int) -> int:
        """Where an object begins: the first byte that its owner is given."""
        pad, size = self.cache.number("red_left_pad"), self.cache.number("size")
        return self.address + pad + number * size

    def number_of(self, address: int) -> int | None:
        """The number of the object that an address is in; None: it is behind the last one."""
        number = (address - self.address) // self.cache.number("size")
        return number if 0 <= number < self.objects else None

    def is_object(self, address: int) -> bool:
        """Whether an object begins there."""
        number = self.number_of(address)
        return number is not None and self.object(number) == address

    def free(self) -> Iterator[int]:
        """Its free objects. Raises links.Broken."""
        what = f"the free list of slab {self.address:#x}"
        return self.cache.free_list(self.freelist, what, self.is_object, self.objects)


class Slabs:
    """All slabs of the moment, by cache. Made anew for each command."""

    def __init__(self) -> None:
        self.memmap = frames.MemMap()
        self.caches = list(caches())
        self._by_cache: dict[int, list[Slab]] = {cache.address: [] for cache in self.caches}
        self.problems: list[str] = []
        for section in self.memmap.sections:
            for page in self.memmap.read_section(section):
                if page.has("PG_slab"):
                    self._add(page)

    def _add(self, page: frames.Page) -> None:
        slab = read(page, self.memmap)
        if slab is None or slab.cache.address not in self._by_cache:
            self.problems.append(f"frame {page.pfn} is of a slab, but of no cache")
        elif slab.pfn == page.pfn:
            self._by_cache[slab.cache.address].append(slab)

    def of(self, cache: Cache) -> list[Slab]:
        return self._by_cache[cache.address]


@dataclasses.dataclass
class Usage:
    """What a walk over a cache's slabs and lists found."""

    cache: Cache
    slabs: list[Slab]
    free: set[int]  # objects in the slabs' lists
    in_cpus: dict[int, int]  # object to the CPU in whose list it is
    problems: list[str]

    @property
    def objects(self) -> int:
        return sum(slab.objects for slab in self.slabs)

    @property
    def used(self) -> int:
        return self.objects - len(self.free) - len(self.in_cpus)

    @property
    def partial(self) -> int:
        return sum(bool(slab.freelist) for slab in self.slabs)

    @property
    def verdict(self) -> str:
        """Whether the counters say what the walk found."""
        counters = [self.cache.node(name) for name in ("nr_slabs", "total_objects", "nr_partial")]
        if counters != [len(self.slabs), self.objects, self.partial]:
            return "MISMATCH"
        return "(not verified: see below)" if self.problems else "(verified)"

    def mark(self, item: int) -> str:
        return FREE if item in self.free else IN_CPU if item in self.in_cpus else USED

    def words(self, item: int) -> str:
        """The state of an object."""
        if item in self.in_cpus:
            return f"free, in the list of CPU {self.in_cpus[item]}"
        return "free" if item in self.free else "in use"


def caches() -> Iterator[Cache]:
    """All caches, the oldest first."""
    offset = kernel.offset_of("struct kmem_cache", "list")
    head = int(kernel.variable("slab_caches").address)
    if not links.read_link(head)[0]:
        raise gdb.GdbError("there are no slab caches yet: kmem_cache_init() makes them")
    found = [Cache(link - offset) for link in links.walk(head)]
    yield from reversed(found)


def read(page: frames.Page, memmap: frames.MemMap) -> Slab | None:
    """The slab that a page is of; None: of none, or it does not say which."""
    record = kernel.record("struct slab", *SLAB_MEMBERS)
    head = page
    if not page.has("PG_slab"):
        return None
    if not page.refcount:  # a tail: its freelist is where the slab is described
        _, leads, _, _ = next(record.decode(target.read(page.address, record.size)))
        pfn = memmap.pfn_of(leads) if memmap.is_page(leads) else None
        if pfn is None:
            return None
        head = memmap.read(pfn)
    cache, freelist, inuse, objects = next(record.decode(target.read(head.address, record.size)))
    order = memmap.read(head.pfn + 1).compound_order if head.has("PG_head") else 0
    slab = Slab(Cache(cache), head.pfn, order, freelist, inuse, objects)
    return slab if head.pfn <= page.pfn < head.pfn + slab.pages else None


def named(name: str) -> Cache:
    for cache in caches():
        if cache.name == name:
            return cache
    raise gdb.GdbError(f"there is no cache {name!r}; k-slab lists them")


def examine(cache: Cache, slabs: Slabs) -> Usage:
    """Walks all lists of a cache. Problems are kept, and the walk goes on behind them."""
    usage = Usage(cache, slabs.of(cache), set(), {}, [])
    for slab in usage.slabs:
        before = len(usage.free)
        try:
            for item in slab.free():
                usage.free.add(item)
                _check_poison(usage, item)
        except links.Broken as broken:
            usage.problems.append(str(broken))
            continue
        found = slab.objects - (len(usage.free) - before)
        if found != slab.inuse:
            usage.problems.append(f"slab {slab.address:#x}: inuse {slab.inuse}, found {found}")
    for cpu, offset in enumerate(percpu.offsets()):
        _walk_cpu(usage, cpu, cache.number("cpu_slab") + offset)
    return usage


def _walk_cpu(usage: Usage, cpu: int, address: int) -> None:
    """A CPU's list; its length is told by the room that is left."""
    record = kernel.record("struct kmem_cache_cpu", ("freelist", "I"), ("room", "I"))
    first, room = next(record.decode(target.read(address, record.size)))
    limit = usage.cache.number("cpu_limit")
    what, found = f"the list of CPU {cpu}", 0
    objects = {slab.object(number) for slab in usage.slabs for number in range(slab.objects)}
    try:
        for item in usage.cache.free_list(first, what, objects.__contains__, limit):
            if item in usage.free:
                usage.problems.append(f"{item:#x} is in {what} and in its slab's")
            usage.in_cpus[item] = cpu
            found += 1
    except links.Broken as broken:
        usage.problems.append(str(broken))
    else:
        if found != limit - room:
            usage.problems.append(f"{what} is said to have {limit - room} objects, found {found}")


def _check_poison(usage: Usage, item: int) -> None:
    if not usage.cache.is_poisoned:
        return
    size = usage.cache.number("object_size")
    found = target.read(item, size)
    poison = bytes([constants.POISON_FREE] * (size - 1) + [constants.POISON_END])
    if found != poison:
        at = next(i for i in range(size) if found[i] != poison[i])
        usage.problems.append(f"{item:#x} is free, but byte {at} is {found[at]:#04x},"
                              f" not {poison[at]:#04x}")


def identify(address: int, slabs: Slabs) -> str:
    """What an address in a slab is; empty: it is in none."""
    pfn = address - constants.PAGE_OFFSET >> constants.PAGE_SHIFT
    if not slabs.memmap.has(pfn):
        return ""
    slab = read(slabs.memmap.read(pfn), slabs.memmap)
    if slab is None:
        return ""
    number = slab.number_of(address)
    where = f"the slab {slab.address:#x} of {slab.cache.name}"
    if number is None:
        return f"behind the last object of {where}"
    item, usage = slab.object(number), examine(slab.cache, slabs)
    sign, distance = ("-", item - address) if address < item else ("+", address - item)
    return (f"object {item:#x} {sign} {distance:#x} of {slab.cache.name}, {usage.words(item)};"
            f" number {number} of {slab.objects} in {where} {usage.verdict}")


class SlabCommand(command.Command):
    """k-slab [-a] | CACHE [-v] | contains ADDRESS: slab caches, walked and verified.

    All caches that have slabs (-a: all); one cache with its slabs, an object drawn # if it
    is used, . if it is free in its slab, c if it is free in a CPU's list (-v: a line for
    each, used ones in brackets); the object that an address is in.

    (verified): the free lists, walked object by object, agree with all counters. What is
    wrong is told below. While a cache's list_lock is held they need not agree."""

    name = "k-slab"

    def run(self, arguments: list[str]) -> None:
        everything = command.take_option(arguments, "-a")
        verbose = command.take_option(arguments, "-v")
        if arguments[:1] == ["contains"] and len(arguments) > 1 and not everything | verbose:
            address = command.number(" ".join(arguments[1:])) & frames.LOWEST_32
            print(f"{address:#x}: {identify(address, Slabs()) or 'in no slab'}")
        elif not arguments and not verbose:
            self.table(Slabs(), everything)
        elif len(arguments) == 1 and not everything:
            self.one(examine(named(arguments[0]), Slabs()), verbose)
        else:
            raise self.usage()

    @staticmethod
    def table(slabs: Slabs, everything: bool) -> None:
        """A line for each cache."""
        print(f"{'cache':20} {'used':>7} {'objects':>7} {'size':>6} {'per slab':>8} {'order':>5}"
              f" {'slabs':>6} {'partial':>7} {'in CPUs':>7}")
        hidden, problems = 0, slabs.problems
        for cache in slabs.caches:
            usage = examine(cache, slabs)
            problems = problems + [f"{cache.name}: {problem}" for problem in usage.problems]
            if not usage.slabs and usage.verdict == "(verified)" and not everything:
                hidden += 1
                continue
            shape = cache.value["shape"]
            print(f"{cache.name:20} {usage.used:7} {usage.objects:7} {cache.number('size'):6}"
                  f" {int(shape['objects']):8} {int(shape['order']):5} {len(usage.slabs):6}"
                  f" {usage.partial:7} {len(usage.in_cpus):7}  {usage.verdict}")
        if hidden:
            print(f"{text.counted(hidden, 'cache')} without slabs: k-slab -a")
        for problem in problems:
            print(f"  WRONG: {problem}")

    def one(self, usage: Usage, verbose: bool) -> None:
        """A cache, and its slabs."""
        cache = usage.cache
        print(f"{cache.name}: objects of {cache.number('object_size')} bytes,"
              f" {cache.number('size')} with what is around them{cache.flags}")
        print(f"  {usage.used} of {text.counted(usage.objects, 'object')} used,"
              f" {len(usage.free)} free in slabs, {len(usage.in_cpus)} in CPUs' lists;"
              f" {text.counted(len(usage.slabs), 'slab')}, {usage.partial} partial {usage.verdict}")
        if cache.is_locked:
            print("  list_lock is held: the lists are being changed")
        for slab in usage.slabs[:SLABS_SHOWN]:
            (self.list_objects if verbose else self.draw)(usage, slab)
        if len(usage.slabs) > SLABS_SHOWN:
            print(f"  ... {len(usage.slabs) - SLABS_SHOWN} more slabs")
        for problem in usage.problems:
            print(f"  WRONG: {problem}")

    @staticmethod
    def draw(usage: Usage, slab: Slab) -> None:
        for first in range(0, slab.objects, ROW):
            items = [slab.object(number)
                     for number in range(first, min(first + ROW, slab.objects))]
            print(f"  {items[0]:#x}  " + "".join(map(usage.mark, items)))

    @staticmethod
    def list_objects(usage: Usage, slab: Slab) -> None:
        print(f"  slab {slab.address:#x}, frame {slab.pfn}, order {slab.order}:"
              f" inuse {slab.inuse} of {slab.objects}")
        for item in map(slab.object, range(slab.objects)):
            if usage.mark(item) == USED:
                print(f"    [{item:#x}]")
            else:
                following = usage.cache.next_free(item)
                print(f"     {item:#x}   {usage.words(item)}, next {following:#x}")
