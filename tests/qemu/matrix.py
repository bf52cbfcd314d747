# SPDX-License-Identifier: MIT
"""The machines that every build is booted on, each running all self-tests."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable

import builds
import judge
import machine
import zones
from builds import IMAGES, Image
from result import Job, Result

LIMIT = 90.0
CMDLINE = "kunit=all exit"
BOTH = ("default", "debug")


@dataclasses.dataclass(frozen=True)
class Point:
    """One machine. `extra` is what QEMU is given beside memory and CPU."""

    name: str
    memory: str = "64"
    cpu: str = "max"
    extra: tuple[str, ...] = ()
    words: str = ""
    images: tuple[str, ...] = BOTH
    iso: bool = False
    program: str = "qemu-system-i386"


def huge(size: str) -> tuple[str, ...]:
    """So much RAM that the host could not give it all."""
    backend = f"memory-backend-ram,id=m,size={size},reserve=off"
    return ("-object", backend, "-machine", "memory-backend=m", "-m", size)


SIZES = (4, 8, 15, 16, 17, 32, 64, 256, 895, 896, 897, 1024, 3072, 4096, 8192)
POINTS = (
    *(Point(f"{size}M", str(size)) for size in SIZES),
    Point("60G", "", extra=huge("60G")),
    Point("low-64M-of-256M", "256", extra=("-M", "pc,max-ram-below-4g=64M")),
    Point("q35", "256", extra=("-M", "q35")),
    Point("qemu32", cpu="qemu32"),
    Point("qemu32-4096M", "4096", "qemu32"),  # RAM that 32 address bits do not reach
    Point("pentium3", cpu="pentium3"),
    Point("pentium3-4096M", "4096", "pentium3"),
    Point("x86-64", program="qemu-system-x86_64"),  # a hole at the end of 40 address bits
    Point("mem=24M", words="mem=24M"),
    Point("vmalloc=384M", "1024", words="vmalloc=384M"),
    Point("clang", images=("clang",)),
    Point("host-gcc", images=("host-gcc",)),
    Point("iso", iso=True),
    Point("iso-4M", "4", iso=True, images=("default",)),
    Point("iso-4096M", "4096", iso=True, images=("default",)),
    Point("iso-q35", "1024", extra=("-M", "q35"), iso=True, images=("debug",)),
)


def boot(image: Image, point: Point) -> list[Result]:
    """Boots a point, judges its tests, and computes its watermarks anew."""
    words = f"{CMDLINE} {point.words}".strip()
    kernel = image.kernel
    if point.iso:
        kernel = builds.iso(image, f"{image.name}-{point.name}", words)
    setup = machine.Setup(
        kernel, words, point.memory, point.cpu, point.extra, point.iso, point.program
    )
    outcome = machine.run(setup, LIMIT)
    return judge.tests(outcome) + zones.check(outcome.log)


def refused(image: Image, cpu: str) -> list[Result]:
    """A CPU without PAE gets one sentence that says so, and no other output."""
    outcome = machine.run(machine.Setup(image.kernel, "exit", cpu=cpu), 20)
    lines = outcome.log.strip().split("\n")
    ok = outcome.status == judge.PANIC and len(lines) == 1 and "PAE" in lines[0]
    return [Result("is refused by a sentence that names PAE", ok, describe(outcome, ok))]


def describe(outcome: machine.Outcome, ok: bool) -> str:
    return "" if ok else f"{judge.meaning(outcome)}\n{judge.tail(outcome)}"


def bochs(image: Image, cpu: str, memory: str) -> list[Result]:
    """The strictest machine. The line that ends the tests ends it."""
    iso = builds.iso(image, f"{image.name}-bochs-{memory}", CMDLINE)
    outcome = machine.run_bochs(iso, cpu, memory, LIMIT, r"^kunit: .*\n")
    return judge.tests(outcome, exits=False) + zones.check(outcome.log)


def jobs() -> list[Job]:
    """Every boot of the matrix, the slowest first so that none is left over at the end."""
    found = [job("p3_katmai-bochs", name, bochs, "p3_katmai", "64") for name in BOTH]
    found += [job(point.name, name, boot, point) for point in POINTS for name in point.images]
    return found + [job(cpu, "default", refused, cpu) for cpu in ("486", "pentium")]


def job(what: str, name: str, work: Callable[..., list[Result]], *more: object) -> Job:
    return Job(f"boot/{name}/{what}", functools.partial(work, IMAGES[name], *more), (name,))
