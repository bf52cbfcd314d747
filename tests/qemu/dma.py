# SPDX-License-Identifier: MIT
"""Memory for devices: what swiotlb= does, and every driver with all of its data bounced.

With swiotlb=force no transfer reaches the caller's memory but by a copy, so a driver that looks
too early, or forgets an unmap or a sync, is seen here, with the data that it got wrong; in the
debug build each mapping is checked as well.
"""

from __future__ import annotations

import dataclasses
import functools
import pathlib
import random
import re
import tempfile

import judge
import machine
from builds import IMAGES
from result import Job, Result

LIMIT = 120.0


@dataclasses.dataclass(frozen=True)
class Boot:
    """What is said, how much memory there is, and what the kernel makes of it: KiB, 0 for none."""

    words: str
    memory: str
    buffer: int
    says: str = ""
    forced: bool = False
    extra: tuple[str, ...] = ()


BOOTS = {
    "16M": Boot("", "16", 0),
    "17M": Boot("", "17", 1024),
    "8M-force": Boot("swiotlb=force", "8", 1024, forced=True),
    "force": Boot("swiotlb=force", "64", 1024, forced=True),
    "noforce": Boot("swiotlb=noforce", "64", 0),
    "1000,force": Boot("swiotlb=1000,force", "64", 2048, forced=True),
    "128": Boot("swiotlb=128", "512", 256),
    "too-much": Boot("swiotlb=100000,force", "64", 0, r"^swiotlb: no room for 100096 slots .*$"),
    "nonsense": Boot("swiotlb=many", "64", 1024, r"^Parameter swiotlb: 'many' makes no sense"),
    "low-64M-of-256M": Boot("", "256", 1024, extra=("-M", "pc,max-ram-below-4g=64M")),
}


def words(what: Boot) -> list[Result]:
    """The cases hold, and the buffer is what was asked for."""
    cmdline = f"{what.words} kunit=all kunit.filter=*dma* run=dma exit".strip()
    setup = machine.Setup(IMAGES["default"].kernel, cmdline, what.memory, extra=what.extra)
    outcome = machine.run(setup, LIMIT)
    forced = ", for all mappings" if what.forced else ""
    buffer = rf"^swiotlb: bounce buffers of {what.buffer} KiB at 0x[0-9a-f]+{forced}$"
    wanted = [
        buffer if what.buffer else r"^bounce     no buffers",
        rf"^bounce     0 of {what.buffer // 2} slots" if what.buffer else "",
        what.says,
    ]
    missing = [line for line in wanted if not re.search(line, outcome.log, re.MULTILINE)]
    return [
        *judge.tests(outcome),
        Result("there is what was asked for", not missing, f"{missing}\n{judge.tail(outcome)}"),
    ]


def image(folder: str, name: str, size: int) -> pathlib.Path:
    path = pathlib.Path(folder) / name
    path.write_bytes(random.Random(name).randbytes(size))
    return path


def bounced(name: str, suite: str) -> list[Result]:
    """A driver's own cases; then a copy by the monitor, which is compared with the host's image."""
    with tempfile.TemporaryDirectory(prefix="memkern-") as folder:
        hda, hdb = image(folder, "hda", 4 << 20), image(folder, "hdb", 4 << 20)
        fd0 = image(folder, "fd0", 1474560)
        extra = [*machine.ICOUNT, "-device", "edu", "-drive", f"file={fd0},if=floppy,format=raw"]
        for disk in (hda, hdb):
            extra += ["-drive", f"file={disk},if=ide,format=raw"]
        cmdline = (f"swiotlb=force kunit=all kunit.filter={suite} "
                   'run="edu dma 20000; copy hda 64 hdb 128 2000; check; dma" exit')
        outcome = machine.run(machine.Setup(IMAGES[name].kernel, cmdline, extra=tuple(extra)),
                              LIMIT)
        source = hda.read_bytes()[64 * 512:2064 * 512]
        copied = hdb.read_bytes()[128 * 512:2128 * 512]
    mapped = re.search(r"^bounce  (?:.*\n) +(\d+) mappings, ", outcome.log, re.MULTILINE)
    return [
        *judge.tests(outcome),
        Result("edu's data is right", "of them right" in outcome.log, judge.tail(outcome)),
        Result("the disk's data is right", source == copied, judge.tail(outcome)),
        Result("it went through the bounce buffers", mapped is not None and int(mapped[1]) > 10,
               judge.tail(outcome)),
        Result("no slot is left behind", "\nbounce     0 of " in outcome.log, judge.tail(outcome)),
        Result("nothing is broken", "no problems\n" in outcome.log, judge.tail(outcome)),
    ]


def jobs() -> list[Job]:
    """Each word, and each driver; where each mapping is checked, unless it is quick."""
    return [
        *(Job(f"dma/{name}", functools.partial(words, what), ("default",))
          for name, what in BOOTS.items()),
        *(Job(f"dma/{name}-{suite.removesuffix('*')}-bounced",
              functools.partial(bounced, name, suite), (name,))
          for name, suite in (("default", "ide*"), ("debug", "edu*"), ("debug", "ide*"),
                              ("debug", "floppy*"))),
    ]
