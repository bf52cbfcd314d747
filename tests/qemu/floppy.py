# SPDX-License-Identifier: MIT
"""The floppy: whole media both ways, compared with the host's images, and media that go.

The kernel's own cases run with a medium that they may write on, with one that is write-protected,
with an empty drive and without one. What they cannot see, the host looks at.
"""

from __future__ import annotations

import functools
import pathlib
import random
import re
import tempfile

import builds
import judge
import ktap
import machine
from builds import IMAGES
from disk import compare, rule
from qmp import Qmp, arguments
from result import Job, Result
from session import Session

LIMIT = 120.0
LARGE, SMALL = 2880, 1440  # sectors
SCRATCH = b"memkern scratch\n"  # tests/drivers/floppy_test.c writes where it finds this
CASES = "kunit=all kunit.filter=floppy* exit"


def medium(folder: str, name: str, sectors: int, seed: int) -> pathlib.Path:
    """An image of random bytes."""
    path = pathlib.Path(folder) / name
    content = SCRATCH + random.Random(seed).randbytes(sectors * 512 - len(SCRATCH))
    path.write_bytes(content)
    return path


def drive(number: int, path: pathlib.Path | None, *options: str) -> tuple[str, ...]:
    """fd0 or fd1, for QMP of that name as well."""
    device = f"floppy,id=fd{number},unit={number},drive-type=144"
    if path is None:
        return ("-device", device)
    words = ",".join((f"if=none,id=image{number},format=raw,file={path}", *options))
    return ("-drive", words, "-device", f"{device},drive=image{number}")


def cases(image: str, kind: str, cpus: int) -> list[Result]:
    """KUnit's cases. Which of them ran depends on what is in the drive."""
    with tempfile.TemporaryDirectory(prefix="memkern-") as folder:
        path = medium(folder, "fd0", LARGE, 1)
        before = path.read_bytes()
        extra = {
            "scratch": drive(0, path),
            "protected": drive(0, path, "readonly=on"),
            "small": drive(0, medium(folder, "small", SMALL, 2)),
            "empty": drive(0, None),
            "none": ("-nodefaults",),
        }[kind]
        setup = machine.Setup(IMAGES[image].kernel, CASES, extra=("-smp", str(cpus), *extra))
        outcome = machine.run(setup, LIMIT)
        after = path.read_bytes()
    results = judge.tests(outcome)
    skipped = sorted(result.name for result in results if result.skipped)
    ran = [result for result in ktap.read(outcome.log).cases if not result.skipped]
    least = {"scratch": 10, "protected": 10, "small": 10, "empty": 4, "none": 0}[kind]
    results.append(Result("the cases for it run", len(ran) >= least, f"skipped: {skipped}"))
    if kind == "protected":
        results.append(Result("nothing was written", after == before))
    return results


def bochs(image: str) -> list[Result]:
    """Here seeks, motors and transfers take their time, and the 8237 keeps its limits."""
    iso = builds.iso(IMAGES[image], f"{image}-floppy", CASES)
    with tempfile.TemporaryDirectory(prefix="memkern-") as folder:
        path = medium(folder, "fd0", LARGE, 9)
        outcome = machine.run_bochs(iso, "corei7_haswell_4770", "64", LIMIT, r"^kunit: .*\n",
                                    f"floppya: 1_44={path}, status=inserted\n")
    results = judge.tests(outcome, exits=False)
    ran = [result for result in ktap.read(outcome.log).cases if not result.skipped]
    return [*results, Result("the cases for it run", len(ran) >= 10, judge.tail(outcome))]


def copied(image: str, cpus: int) -> list[Result]:
    """All of fd0, to fd1: what was read is what was written, and that is what the host sees."""
    with tempfile.TemporaryDirectory(prefix="memkern-") as folder:
        source, target = medium(folder, "fd0", LARGE, 3), medium(folder, "fd1", LARGE, 4)
        wanted = source.read_bytes()
        words = f'kunit=off run="copy fd0 0 fd1 0 {LARGE}; disks; dma" exit'
        setup = machine.Setup(IMAGES[image].kernel, words,
                              extra=("-smp", str(cpus), *drive(0, source), *drive(1, target)))
        outcome = machine.run(setup, LIMIT)
        return [
            judge.ended(outcome),
            compare(source, wanted),
            compare(target, wanted),
        ]


def ejected() -> list[Result]:
    """A medium is taken out while it is read; others come."""
    with tempfile.TemporaryDirectory(prefix="memkern-") as name:
        folder = pathlib.Path(name)
        first, target = medium(name, "first", LARGE, 5), medium(name, "fd1", LARGE, 6)
        second, third = medium(name, "second", SMALL, 7), medium(name, "third", SMALL, 8)
        kept = third.read_bytes()
        setup = machine.Setup(
            IMAGES["default"].kernel, "kunit=off",
            extra=("-smp", "2", *drive(0, first), *drive(1, target), *arguments(folder / "qmp")),
        )
        with machine.boot(setup) as running:
            talk = Session(running, LIMIT)
            qmp = Qmp(folder / "qmp")
            talk.prompt()
            talk.enter(f"copy fd0 0 fd1 0 {LARGE}")
            talk.wait(r"fd1: a medium of 1\.44 MB")
            qmp.ask("eject", id="fd0", force=True)
            gone = talk.prompt() + talk.command("readsec fd0 0")
            qmp.ask("blockdev-change-medium", id="fd0", filename=str(second), format="raw")
            small = talk.command(f"copy fd0 0 fd1 0 {SMALL}")
            talk.command("cache read fd0 0 4096")  # a page, and nothing ahead
            talk.command("cache write fd0 8192 4096")
            cached = talk.command("cache")
            qmp.ask("blockdev-change-medium", id="fd0", filename=str(third), format="raw")
            changed = talk.command("readsec fd0 0")
            forgotten = talk.command("cache")
            talk.command("sync")
            again = talk.command(f"copy fd0 0 fd1 {SMALL} {SMALL}")
            qmp.close()
            log = running.text
        wanted = second.read_bytes() + third.read_bytes()
        return [
            Result("the copy fails, and the next transfer, too",
                   len(re.findall("fd0: sector .*: there is no medium", gone)) >= 2, gone),
            Result("a medium of another size is used",
                   "fd0: a medium of 720 KB" in small and "fd0: sector" not in small, small),
            Result("what was for the old medium fails",
                   "fd0: sector 0: it was for another medium" in changed, changed),
            Result("what was cached of it is forgotten",
                   bool(re.search(r"fd0 +[1-9]", cached) and re.search(r"fd0 +0 +0 ", forgotten)),
                   cached + forgotten),
            compare(third, kept),
            Result("and then it is well", "fd0: sector" not in again, again),
            compare(target, wanted),
            Result("no report", not judge.reports(log), "\n".join(judge.reports(log))),
        ]


def errors() -> list[Result]:
    """A sector that cannot be written at first, and one that never can. (QEMU hides bad reads.)"""
    with tempfile.TemporaryDirectory(prefix="memkern-") as folder:
        path = medium(folder, "fd0", LARGE, 10)
        wanted = bytearray(path.read_bytes())
        config = pathlib.Path(folder) / "rules"
        config.write_text(rule("write_aio", 100, once=True) + rule("write_aio", 200, once=False))
        words = 'kunit=off run="writesec fd0 100 x; writesec fd0 200 x; writesec fd0 201 x" exit'
        setup = machine.Setup(IMAGES["default"].kernel, words,
                              extra=drive(0, pathlib.Path(f"blkdebug:{config}:{path}")))
        outcome = machine.run(setup, LIMIT)
        for sector in (100, 201):
            wanted[sector * 512:(sector + 1) * 512] = b"x" * 512
        told = re.findall(r"fd0: sector (\d+): it cannot be read or written", outcome.log)
        return [
            judge.ended(outcome),
            Result("only what never went well is told", told == ["200"], outcome.log),
            compare(path, bytes(wanted)),
        ]


def jobs() -> list[Job]:
    kinds = (("default", "scratch", 1), ("debug", "scratch", 2), ("default", "protected", 2),
             ("debug", "small", 1), ("default", "empty", 2), ("default", "none", 1))
    return [
        *(Job(f"floppy/{image}-{kind}", functools.partial(cases, image, kind, cpus), (image,))
          for image, kind, cpus in kinds),
        *(Job(f"floppy/{image}-copy", functools.partial(copied, image, cpus), (image,))
          for image, cpus in (("default", 1), ("debug", 2))),
        Job("floppy/eject", ejected, ("default",)),
        Job("floppy/errors", errors, ("default",)),
        Job("floppy/bochs", functools.partial(bochs, "default"), ("default",)),
    ]
