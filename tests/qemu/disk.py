# SPDX-License-Identifier: MIT
"""IDE disks: what the kernel reads and writes, compared with the host's images.

The kernel's own cases run with disks of several kinds, which they may write on where the first
sector says so. Errors come from QEMU's blkdebug.
"""

from __future__ import annotations

import functools
import json
import pathlib
import random
import re
import tempfile

import builds
import judge
import ktap
import machine
from builds import IMAGES
from result import Job, Result

LIMIT = 120.0
SCRATCH = b"memkern scratch\n"  # tests/drivers/ide_test.c writes where it finds this
CASES = "kunit=all kunit.filter=ide* exit"
MIB = 1 << 20


def disk(folder: str, name: str, size: int, begin: bytes = SCRATCH) -> pathlib.Path:
    """An image whose first MiB is random and the rest sparse."""
    path = pathlib.Path(folder) / name
    path.write_bytes(begin + random.Random(name).randbytes(MIB - len(begin)))
    with open(path, "r+b") as file:
        file.truncate(size)
    return path


def ide(index: int, path: pathlib.Path, *options: str) -> tuple[str, ...]:
    """hda to hdd, by index."""
    return ("-drive", ",".join((f"file={path},if=ide,index={index},format=raw", *options)))


def piix4(folder: str) -> tuple[str, ...]:
    """Another controller, on a machine that has none."""
    path = disk(folder, "other", 8 * MIB)
    return ("-M", "q35", "-device", "piix4-ide,id=other", "-drive",
            f"file={path},if=none,id=disk,format=raw", "-device", "ide-hd,bus=other.1,drive=disk")


def machines(folder: str, kind: str) -> tuple[str, tuple[str, ...]]:
    """The memory and the disks of a kind of machine."""
    small = functools.partial(disk, folder, size=8 * MIB)
    if kind == "none":
        return "64", ("-nodefaults",)
    if kind == "somebody's":
        return "64", ide(0, small(name="hda", begin=b"my files"))
    if kind == "pair":  # one channel, two drives
        return "64", (*ide(0, small(name="hda")), *ide(1, small(name="hdb")))
    if kind == "channels":
        return "16", (*ide(0, small(name="hda")), *ide(2, small(name="hdc")))
    if kind == "large":  # beyond what 28 bits of address reach, and 32 bits of sectors
        return "64", ide(0, disk(folder, "hda", 3 << 40))
    if kind == "piix4":
        return "64", piix4(folder)
    if kind == "high":  # memory that the controller does not reach
        return "5G", ide(0, small(name="hda"))
    raise ValueError(kind)


LEAST = {"none": 0, "somebody's": 12}  # so many cases must not skip; else all


def cases(image: str, kind: str, cpus: int) -> list[Result]:
    with tempfile.TemporaryDirectory(prefix="memkern-") as folder:
        memory, extra = machines(folder, kind)
        image_before = {p.name: p.read_bytes() for p in pathlib.Path(folder).glob("hda")
                        if kind == "somebody's"}
        setup = machine.Setup(IMAGES[image].kernel, CASES, memory,
                              extra=("-smp", str(cpus), *extra))
        outcome = machine.run(setup, LIMIT)
        unchanged = all((pathlib.Path(folder) / name).read_bytes() == content
                        for name, content in image_before.items())
    results = judge.tests(outcome)
    found = ktap.read(outcome.log).cases
    ran = [case for case in found if not case.skipped]
    least = LEAST.get(kind, len(found))
    results.append(Result("the cases for it run", len(ran) >= least, f"{len(ran)} ran"))
    if kind == "somebody's":
        results.append(Result("nothing was written", unchanged))
    return results


def compare(image: pathlib.Path, wanted: bytes) -> Result:
    found = image.read_bytes()
    wrong = [n for n in range(len(wanted) // 512)
             if found[n * 512:(n + 1) * 512] != wanted[n * 512:(n + 1) * 512]]
    detail = f"{len(found)} bytes, not {len(wanted)}; sectors {wrong[:20]} differ"
    return Result(f"{image.name} holds what it should", found == wanted, detail)


def copied(image: str, cpus: int, indexes: tuple[int, int]) -> list[Result]:
    """64 MiB from disk to disk, and back to another place: what was read is what was written."""
    names = ["hd" + "abcd"[index] for index in indexes]
    with tempfile.TemporaryDirectory(prefix="memkern-") as name:
        folder = pathlib.Path(name)
        content = random.Random(image).randbytes(64 * MIB)
        source, target = folder / names[0], folder / names[1]
        source.write_bytes(content + bytes(64 * MIB))
        target.write_bytes(bytes(64 * MIB))
        sectors = len(content) // 512
        words = (f'kunit=off exit run="copy {names[0]} 0 {names[1]} 0 {sectors}; '
                 f'copy {names[1]} 0 {names[0]} {sectors} {sectors}; disks"')
        setup = machine.Setup(IMAGES[image].kernel, words, extra=(
            "-smp", str(cpus), *ide(indexes[0], source), *ide(indexes[1], target)))
        outcome = machine.run(setup, LIMIT)
        return [
            judge.ended(outcome),
            Result("no report", not judge.reports(outcome.log)),
            compare(target, content),
            compare(source, content + content),
        ]


def addresses() -> list[Result]:
    """Sectors on either side of what 28 and 32 bits reach are where the host has them."""
    places = ((1 << 28) - 1, 1 << 28, (1 << 32) - 1, (1 << 32) + 5)
    with tempfile.TemporaryDirectory(prefix="memkern-") as folder:
        path = disk(folder, "hda", 3 << 40)
        with open(path, "r+b") as file:
            for place in places:
                file.seek(place * 512)
                file.write(f"host {place}".encode())
        reads = "; ".join(f"readsec hda {place}" for place in places)
        writes = "; ".join(f"writesec hda {place} guest-{place}." for place in places)
        words = f'kunit=off exit run="{reads}; {writes}"'
        outcome = machine.run(machine.Setup(IMAGES["default"].kernel, words, extra=ide(0, path)),
                              LIMIT)
        with open(path, "rb") as file:
            written = {place: (file.seek(place * 512), file.read(512))[1] for place in places}
    return [
        judge.ended(outcome),
        *(Result(f"sector {place} is read", f"host {place}" in outcome.log.replace("\n", ""),
                 outcome.log) for place in places),
        *(Result(f"sector {place} is written", content.startswith(f"guest-{place}.".encode() * 20))
          for place, content in written.items()),
    ]


def rule(event: str, sector: int | None, once: bool) -> str:
    where = f'sector = "{sector}"\n' if sector is not None else ""
    return (f'[inject-error]\nevent = "{event}"\nerrno = "5"\n{where}'
            f'once = "{"on" if once else "off"}"\n')


def counts(log: str) -> dict[str, int]:
    """The last line of `disks --json` of hda."""
    lines = re.findall(r'^\{"disk":"hda".*\}$', log, re.MULTILINE)
    return json.loads(lines[-1]) if lines else {}


def errors() -> list[Result]:
    """Errors of the medium: told to the owner, and to nobody else; what goes away is not told."""
    rules = (rule("read_aio", 1000, once=False) + rule("write_aio", 2000, once=False)
             + rule("read_aio", 3000, once=True) + rule("write_aio", 4000, once=True))
    commands = (
        "readsec hda 999", "readsec hda 1000", "readsec hda 1001",
        "writesec hda 1999 well", "writesec hda 2000 bad", "writesec hda 2001 well",
        "copy hda 990 hda 5000 32", "disks --json",
        "readsec hda 3000", "writesec hda 4000 again", "disks --json",
    )
    with tempfile.TemporaryDirectory(prefix="memkern-") as folder:
        path = disk(folder, "hda", 8 * MIB)
        config = pathlib.Path(folder) / "rules"
        config.write_text(rules)
        words = f'kunit=off exit run="{"; ".join(commands)}"'
        setup = machine.Setup(IMAGES["default"].kernel, words, extra=(
            "-smp", "2", "-drive", f"file=blkdebug:{config}:{path},if=ide,format=raw"))
        outcome = machine.run(setup, LIMIT)
        content = path.read_bytes()
    parts = dict(zip(commands, re.split(r"^memkern> .*\n", outcome.log, flags=re.MULTILINE)[1:]))
    said = {command: "cannot" in part for command, part in parts.items()}
    bad = {"readsec hda 1000", "writesec hda 2000 bad", "copy hda 990 hda 5000 32"}
    final = counts(outcome.log)
    return [
        judge.ended(outcome),
        Result("no report", not judge.reports(outcome.log)),
        *(Result(f"{command}: {'an error' if command in bad else 'well'}",
                 said.get(command) == (command in bad), parts.get(command, "it did not run"))
          for command in commands if not command.startswith("disks")),
        Result("the error is -EIO", "error -5" in parts.get("readsec hda 1000", "")),
        Result("the neighbours were written",
               content[1999 * 512:].startswith(b"wellwell")
               and content[2001 * 512:].startswith(b"wellwell")),
        Result("what failed once was written", content[4000 * 512:].startswith(b"again")),
        Result("three failed", final.get("errors") == 3, str(final)),
        Result("each was tried three times, and two once more", final.get("requeues") == 3 * 2 + 2,
               str(final)),
    ]


def flush_errors() -> list[Result]:
    """A flush that fails is told; one that fails once is not."""
    with tempfile.TemporaryDirectory(prefix="memkern-") as folder:
        results = []
        for once in (False, True):
            path = disk(folder, f"once-{once}", 8 * MIB)
            config = pathlib.Path(folder) / "rules"
            config.write_text(rule("flush_to_disk", None, once))
            setup = machine.Setup(
                IMAGES["default"].kernel, 'kunit=off exit run="writesec hda 7 text"',
                extra=("-drive", f"file=blkdebug:{config}:{path},if=ide,format=raw"))
            outcome = machine.run(setup, LIMIT)
            told = "hda: cannot flush" in outcome.log
            results += [
                judge.ended(outcome),
                Result("it is told" if not once else "it is not told", told != once, outcome.log),
                Result("the sector was written", path.read_bytes()[7 * 512:].startswith(b"text")),
            ]
    return results


def bochs() -> list[Result]:
    """Another emulator's drive: what is copied within a disk."""
    words = 'kunit=quick kunit.filter=ide* run="copy hdb 0 hdb 8064 8064; disks; disks --json" exit'
    iso = builds.iso(IMAGES["default"], "disk-bochs", words)
    with tempfile.TemporaryDirectory(prefix="memkern-") as folder:
        path = disk(folder, "hdb", 16128 * 512)  # 16 cylinders, 16 heads, 63 sectors
        half = path.read_bytes()[:8064 * 512]
        more = f"ata0-slave: type=disk, path={path}, mode=flat, cylinders=16, heads=16, spt=63\n"
        outcome = machine.run_bochs(iso, "corei7_sandy_bridge_2600k", "64", LIMIT, '^{"disk":"hdb"',
                                    more)
        return [
            Result("all is copied", "8064 sectors copied" in outcome.log, judge.tail(outcome)),
            Result("no report", not judge.reports(outcome.log)),
            Result("no case failed", "not ok" not in outcome.log and "ok 1 ide" in outcome.log),
            compare(path, half + half),
        ]


def jobs() -> list[Job]:
    kinds = (("default", "pair", 1), ("debug", "pair", 2), ("default", "channels", 4),
             ("debug", "channels", 1), ("default", "large", 2), ("debug", "piix4", 2),
             ("default", "high", 2), ("default", "somebody's", 2), ("debug", "none", 1))
    return [
        *(Job(f"disk/{image}-{kind}", functools.partial(cases, image, kind, cpus), (image,))
          for image, kind, cpus in kinds),
        Job("disk/default-copy", functools.partial(copied, "default", 1, (0, 2)), ("default",)),
        Job("disk/debug-copy", functools.partial(copied, "debug", 2, (0, 1)), ("debug",)),
        Job("disk/addresses", addresses, ("default",)),
        Job("disk/errors", errors, ("default",)),
        Job("disk/bochs", bochs, ("default",)),
        Job("disk/flush-errors", flush_errors, ("default",)),
    ]
