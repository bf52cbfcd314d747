# SPDX-License-Identifier: MIT
"""The machines that every build is booted on, each running all self-tests."""

from __future__ import annotations

import dataclasses
import functools
import re
from collections.abc import Callable

import builds
import judge
import machine
import zones
from builds import IMAGES, ROOT, Image
from result import Job, Result

LIMIT, LONG = 120.0, 480.0  # seconds
BOTH = ("default", "debug")


@dataclasses.dataclass(frozen=True)
class Point:
    """One machine. `extra` is what QEMU is given beside memory and CPU.

    `says` are regular expressions that lines of the boot log must match. `tests` is what the
    kernel is told to run: all of them wherever the page allocator finds another memory (no
    mobility grouping, a zone cut off, two zones, three, memory above 4 GiB), so that its model
    runs there too; else the quick ones.

    Time is counted by instructions, so that a boot is the same one wherever and whenever it
    runs, except `by_host`: there CPUs run at once and clocks by the host's.
    """

    name: str
    memory: str = "64"
    cpu: str = "max"
    extra: tuple[str, ...] = ()
    words: str = ""
    tests: str = "quick"
    says: tuple[str, ...] = ("pgtable: W.X verified",)
    images: tuple[str, ...] = BOTH
    iso: bool = False
    program: str = "qemu-system-i386"
    limit: float = LIMIT
    by_host: bool = False


def huge(size: str) -> tuple[str, ...]:
    """So much RAM that the host could not give it all."""
    backend = f"memory-backend-ram,id=m,size={size},reserve=off"
    return ("-object", backend, "-machine", "memory-backend=m", "-m", size)


def all_run(n: int) -> str:
    return f"smp: {n} of {n} CPUs run$"


# Eight nanoseconds are an instruction, as without -icount on a slow host; CPUs run in turns.
BY_INSTRUCTIONS = machine.icount(3)
NO_NX = ("CPU: no NX", "pgtable: no NX: .* verified read-only")
OUT_OF_REACH = ("e820: left out .* of RAM: the CPU's addresses do not reach it",)
IOAPIC = ("interrupts: IOAPIC .* and local APIC 0",)
PIC_BY_LAPIC = ("interrupts: 8259 through local APIC 0",)
TOO_LARGE = ("mem_map: .* MiB of RAM from .* on are left out",)
MODULES = f"{ROOT}/LICENSE one,{ROOT}/Makefile two"
# All the tests in the default build, and in the debug build those that differ most. To a
# model the sizes around 896 are what 256 and 4096 are, and 8192 is 4096 with more highmem.
# The models' million operations are for 64 MiB; what only asks for another allocator has 48.
# With 4 MiB, of which the kernel and its tests take three, the quick tests.
ALL_TESTS = {
    "default": (4096, 256, 64, 32, 16, 15, 8),
    "debug": (64, 32, 16),
}
QUICK_TESTS = {
    "default": (8192, 3072, 1024, 897, 896, 895, 17, 4),
    "debug": (8192, 4096, 3072, 1024, 897, 896, 895, 256, 17, 15, 8, 4),
}
POINTS = (
    Point("60G", "", extra=huge("60G"), says=TOO_LARGE, limit=LONG),
    *(
        Point(f"{size}M", str(size), tests="all", images=(image,), limit=LONG)
        for image, sizes in ALL_TESTS.items()
        for size in sizes
    ),
    *(
        Point(f"{size}M", str(size), images=(image,))
        for image, sizes in QUICK_TESTS.items()
        for size in sizes
    ),
    Point(
        "low-64M-of-256M", "256", extra=("-M", "pc,max-ram-below-4g=64M"), tests="all",
        images=("default",), limit=LONG,
    ),
    Point("q35", "256", extra=("-M", "q35"), tests="all", images=("default",), limit=LONG,
          says=IOAPIC),
    Point("q35", "256", extra=("-M", "q35"), images=("debug",)),
    # No PCI, memory map entries of type 0 and 4; no PIT: how fast its clocks go can only be assumed
    Point("microvm", extra=("-M", "microvm,isa-serial=on"), says=IOAPIC, by_host=True),
    Point("isapc", "32", extra=("-M", "isapc"), images=("default",), says=PIC_BY_LAPIC),
    Point("acpi=off", words="acpi=off", says=PIC_BY_LAPIC),
    Point("noapic", words="noapic", images=("default",), says=PIC_BY_LAPIC),
    Point("nolapic", words="nolapic", says=("interrupts: 8259, no local APIC",)),
    Point("by-host", by_host=True),
    *(
        Point(f"smp-{n}", extra=("-smp", str(n)), says=(all_run(n), IOAPIC[0]), limit=LONG,
              by_host=True)
        for n in (2, 4, 8)
    ),
    Point("smp-2-all", "48", extra=("-smp", "2"), tests="all", says=(all_run(2),),
          images=("default",), limit=LONG, by_host=True),
    Point("smp-2-torture", extra=("-smp", "2"), tests="all", words="kunit.filter=torture",
          says=(all_run(2),), limit=LONG, by_host=True),
    Point("smp-2-q35-4096M", "4096", extra=("-M", "q35", "-smp", "2"), says=(all_run(2),),
          images=("default",), limit=LONG, by_host=True),
    Point("smp-2-in-turns", extra=("-smp", "2"), says=(all_run(2),), limit=LONG),
    Point("smp-2-FZPU-torture", extra=("-smp", "2"), tests="all",
          words="slub_debug=FZPU kunit.filter=torture", says=(all_run(2),), images=("default",),
          limit=LONG, by_host=True),
    Point("maxcpus=1", words="maxcpus=1", extra=("-smp", "2"), images=("default",),
          says=("ACPI: MADT .* 2 CPUs",)),
    Point("maxcpus=2", words="maxcpus=2", extra=("-smp", "3"), says=(all_run(2),),
          images=("default",), limit=LONG),
    Point("nosmp", words="nosmp", extra=("-smp", "2"), images=("default",),
          says=("ACPI: MADT .* 2 CPUs",)),
    # Room for a second CPU, which is not there: the MADT lists it as disabled.
    Point("smp-1-of-2", extra=("-smp", "1,maxcpus=2"), images=("default",),
          says=("ACPI: MADT .* 1 CPU,",)),
    Point("qemu32", cpu="qemu32", says=NO_NX),
    Point("qemu32-4096M", "4096", "qemu32", says=NO_NX + OUT_OF_REACH),
    Point("pentium3", cpu="pentium3", says=NO_NX),
    Point("pentium3-4096M", "4096", "pentium3", says=NO_NX),
    Point("x86-64", program="qemu-system-x86_64"),  # a hole at the end of 40 address bits
    Point("modules", extra=("-initrd", MODULES), says=("boot: module .* one", ".* two")),
    Point("mem=24M", words="mem=24M"),
    # Room for 15,000 areas, or for four of 64 MiB
    Point("vmalloc=384M", "1024", words="vmalloc=384M", tests="all", images=("default",),
          limit=LONG),
    Point("vmalloc=384M", "1024", words="vmalloc=384M", images=("debug",)),
    Point(
        "min_free_kbytes=8192", words="min_free_kbytes=8192", tests="all", images=("default",),
        limit=LONG,
    ),
    Point(
        "page_poison,page_owner", "32", words="page_poison=1 page_owner=on", tests="all",
        images=("default",), limit=LONG,
    ),
    Point("slab_nomerge", words="slab_nomerge"),
    Point("slab-hardened", words="slab_freelist_hardened=1 slab_freelist_random=1"),
    Point(
        "init_on", "48", words="init_on_alloc=1 init_on_free=1", tests="all", images=("default",),
        limit=LONG,
    ),
    Point("slub_debug=FZP", words="slub_debug=FZP", images=("default",)),
    Point(
        "slub_debug=FZPU", "48", words="slub_debug=FZPU", tests="all", images=("default",),
        limit=LONG,
    ),
    Point("clang", "48", images=("clang",), tests="all", limit=LONG),
    Point("host-gcc", images=("host-gcc",)),
    Point("iso", iso=True),
    Point("iso-8M", "8", iso=True),  # GRUB needs room for itself, and for a part of the kernel twice
    Point("iso-4096M", "4096", iso=True, images=("default",)),
    Point("iso-q35", "1024", extra=("-M", "q35"), iso=True, images=("debug",)),
)


def boot(image: Image, point: Point) -> list[Result]:
    """Boots a point, judges its tests and what it says, and computes its watermarks anew."""
    words = f"kunit={point.tests} exit {point.words}".strip()
    kernel = image.kernel
    if point.iso:
        kernel = builds.iso(image, f"{image.name}-{point.name}", words)
    extra = point.extra + (() if point.by_host else BY_INSTRUCTIONS)
    setup = machine.Setup(
        kernel, words, point.memory, point.cpu, extra, point.iso, point.program
    )
    outcome = machine.run(setup, point.limit)
    silent = [line for line in point.says if not re.search(f"^{line}", outcome.log, re.MULTILINE)]
    said = Result("says what it should", not silent, "no line matches\n" + "\n".join(silent))
    return [*judge.tests(outcome), said, *zones.check(outcome.log, words)]


def refused(image: Image, cpu: str) -> list[Result]:
    """A CPU without PAE gets one sentence that says so, and no other output."""
    outcome = machine.run(machine.Setup(image.kernel, "exit", cpu=cpu), 20)
    lines = outcome.log.strip().split("\n")
    ok = outcome.status == judge.PANIC and len(lines) == 1 and "PAE" in lines[0]
    return [Result("is refused by a sentence that names PAE", ok, describe(outcome, ok))]


def describe(outcome: machine.Outcome, ok: bool) -> str:
    return "" if ok else f"{judge.meaning(outcome)}\n{judge.tail(outcome)}"


def bochs(image: Image, cpu: str, memory: str) -> list[Result]:
    """The strictest machine, and the slowest. The line that ends the tests ends it."""
    iso = builds.iso(image, f"{image.name}-bochs-{memory}", "kunit=quick exit")
    outcome = machine.run_bochs(iso, cpu, memory, LONG, r"^kunit: .*\n")
    return judge.tests(outcome, exits=False) + zones.check(outcome.log)


def jobs() -> list[Job]:
    """Every boot of the matrix, the slowest first so that none is left over at the end."""
    found = [job("p3_katmai-bochs", name, bochs, "p3_katmai", "64") for name in BOTH]
    found += [job(point.name, name, boot, point) for point in POINTS for name in point.images]
    return found + [job(cpu, "default", refused, cpu) for cpu in ("486", "pentium")]


def job(what: str, name: str, work: Callable[..., list[Result]], *more: object) -> Job:
    return Job(f"boot/{name}/{what}", functools.partial(work, IMAGES[name], *more), (name,))
