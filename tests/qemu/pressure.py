# SPDX-License-Identifier: MIT
"""Memory full of dirty cache over IDE disks: what each flag costs them, and what is on them then.

The kernel's own cases, tests/drivers/disk_pressure_test.c, need a disk at least as large as RAM.
They leave each page but the first at its final version, which is computed anew here.
"""

from __future__ import annotations

import functools
import pathlib
import struct
import tempfile

import disk
import judge
import ktap
import machine
from builds import IMAGES
from result import Job, Result

LIMIT = 240.0
PAGE, SECTOR = 4096, 512
FINAL = 255
BAD = b"one sector is bad\n"
BAD_SECTOR = 12345
SUITE = "disk_pressure"
WHOLE = f"{SUITE}.nothing_is_lost_or_stale"
ERROR = f"{SUITE}.an_error_is_told_at_sync"


def sector(number: int) -> bytes:
    """What a sector holds in the end."""
    return struct.pack("<I", (number * 2654435761 + FINAL) & 0xFFFFFFFF) * (SECTOR // 4)


def compare(path: pathlib.Path, begin: bytes, bad_page: int | None = None) -> Result:
    """The whole image; of a page that could not be written as a whole it is not known."""
    found = path.read_bytes()
    first = PAGE // SECTOR
    bad = range(0) if bad_page is None else range(bad_page * first, (bad_page + 1) * first)
    wrong = [n for n in range(first, len(found) // SECTOR)
             if n not in bad and found[n * SECTOR:(n + 1) * SECTOR] != sector(n)]
    if found[:PAGE] != begin.ljust(PAGE, b"\0"):
        wrong.insert(0, 0)
    return Result("the image holds what was written", not wrong,
                  f"{len(wrong)} sectors differ, from {wrong[:10]} on")


def image_of(folder: str, size: int, begin: bytes) -> pathlib.Path:
    path = pathlib.Path(folder) / "hda"
    path.write_bytes(begin)
    with open(path, "r+b") as file:
        file.truncate(size)
    return path


def run(image: str, filter_: str, memory: str, extra: tuple[str, ...]) -> machine.Outcome:
    words = f"kunit=all kunit.filter={filter_} exit"
    return machine.run(machine.Setup(IMAGES[image].kernel, words, memory, extra=extra), LIMIT)


HIGH = ("-M", "pc,max-ram-below-4g=24M")  # the rest above 4 GiB, which the disk does not reach


def cases(image: str, memory: int, cpus: int, filter_: str,
          board: tuple[str, ...] = ()) -> list[Result]:
    """A disk half as large again as memory."""
    with tempfile.TemporaryDirectory(prefix="memkern-") as folder:
        path = image_of(folder, memory * 3 // 2 * disk.MIB, disk.SCRATCH)
        outcome = run(image, filter_, str(memory), (*board, "-smp", str(cpus), *disk.ide(0, path)))
        results = judge.tests(outcome) + [compare(path, disk.SCRATCH)]
    skipped = [case.name for case in ktap.read(outcome.log).cases if case.skipped]
    errors = [name for name in skipped if "an_error" not in name]
    return [*results, Result("the cases for it run", not errors, f"skipped: {errors}")]


def error(cpus: int) -> list[Result]:
    """A sector that cannot be written: it is told at sync, and all others are written."""
    with tempfile.TemporaryDirectory(prefix="memkern-") as folder:
        path = image_of(folder, 48 * disk.MIB, disk.SCRATCH + BAD)
        config = pathlib.Path(folder) / "rules"
        config.write_text(disk.rule("write_aio", BAD_SECTOR, once=False))
        drive = f"file=blkdebug:{config}:{path},if=ide,format=raw"
        outcome = run("default", ERROR, "32", ("-smp", str(cpus), "-drive", drive))
        results = judge.tests(outcome)
        results.append(compare(path, disk.SCRATCH + BAD, BAD_SECTOR * SECTOR // PAGE))
    ran = [case for case in ktap.read(outcome.log).cases if not case.skipped]
    return [*results, Result("the case for it runs", len(ran) == 1, outcome.log)]


def million() -> list[Result]:
    """A million requests where memory is used up; only a machine of 40 MiB runs the case."""
    outcome = run("default", "pressure.api_S1_a_million_requests", "40", ())
    ran = [case for case in ktap.read(outcome.log).cases if not case.skipped]
    return [*judge.tests(outcome), Result("the case for it runs", len(ran) == 1, outcome.log)]


def jobs() -> list[Job]:
    kinds = (("default", 32, 1, SUITE), ("default", 32, 2, SUITE), ("debug", 16, 2, SUITE),
             ("default", 16, 4, WHOLE))
    return [
        Job("pressure/million", million, ("default",)),
        *(Job(f"pressure/{image}-{memory}M-{cpus}", functools.partial(cases, image, memory, cpus,
                                                                     filter_), (image,))
          for image, memory, cpus, filter_ in kinds),
        Job("pressure/high", functools.partial(cases, "default", 40, 2, SUITE, HIGH), ("default",)),
        *(Job(f"pressure/error-{cpus}", functools.partial(error, cpus), ("default",))
          for cpus in (1, 2)),
    ]
