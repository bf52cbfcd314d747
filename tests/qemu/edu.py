# SPDX-License-Identifier: MIT
"""The edu device: its driver's cases on machines whose device reaches more or less, or is not there.

A transfer lasts 100 ms, so most boots are under -icount, where an idle guest waits in no time. What
the device was told is seen from outside, too: QEMU says where it had to cut an address off.
"""

from __future__ import annotations

import dataclasses
import functools
import re

import judge
import ktap
import machine
from builds import IMAGES
from result import Job, Result

CASES = 'kunit=all kunit.filter=edu* run="edu; edu dma 20000; edu --json; check; dma" exit'
LIMIT = 120.0
MOST_SKIPPED = 2  # masks that the device does not have, memory that the machine has not


@dataclasses.dataclass(frozen=True)
class Machine:
    """A device as QEMU is told to make it, and the words that say so to the driver."""

    image: str
    memory: str = "64"
    bits: int = 28
    msi: bool = True
    cpus: int = 1
    words: str = ""

    @property
    def extra(self) -> tuple[str, ...]:
        mask = f",dma_mask={(1 << self.bits) - 1:#x}" if self.bits != 28 else ""
        return (*machine.ICOUNT, "-smp", str(self.cpus), "-device", f"edu{mask}")

    @property
    def cmdline(self) -> str:
        """Only what is not the default."""
        mask = f"edu.dma_mask={self.bits} " if self.bits != 28 else ""
        return f"{mask}{'' if self.msi else 'edu.msi=0 '}{self.words}"


MACHINES = {
    "msi": Machine("default"),
    "intx-2-cpus": Machine("debug", msi=False, cpus=2),
    "28-bits-of-512M": Machine("debug", "512", cpus=2),
    "24-bits-of-512M": Machine("default", "512", bits=24, msi=False),
    "32-bits-of-512M": Machine("default", "512", bits=32, cpus=2, words="slub_debug=FZPU"),
    "4M": Machine("default", "4"),
}


def cases(what: Machine) -> list[Result]:
    """KUnit's cases, and what the monitor shows after them."""
    setup = machine.Setup(IMAGES[what.image].kernel, f"{what.cmdline} {CASES}".strip(),
                          what.memory, extra=what.extra)
    outcome = machine.run(setup, LIMIT)
    skipped = [case.name for case in ktap.read(outcome.log).cases if case.skipped]
    said = rf"edu 0000:\S+: edu 1\.0, irq \d+ \({'MSI' if what.msi else 'INTx'}\), {what.bits} bits"
    beyond = int(what.memory) << 20 > 1 << what.bits
    swiotlb = re.search(r"^ +(\d+) mappings?, \d+ refused", outcome.log, re.MULTILINE)
    bounce = re.search(r"bounce buffer at (0x[0-9a-f]+)", outcome.log)
    return [
        *judge.tests(outcome),
        Result("its cases run", len(skipped) <= MOST_SKIPPED, "\n".join(skipped)),
        Result("it is used as was said", bool(re.search(said, outcome.log)), said),
        Result("its coherent memory is within reach",
               bounce is not None and int(bounce[1], 16) + 4094 < 1 << what.bits,
               judge.tail(outcome)),
        Result("memory beyond it is bounced",
               not beyond or (swiotlb is not None and int(swiotlb[1]) > 0),
               judge.tail(outcome)),
        Result("QEMU cut off no address", "clamping" not in outcome.emulator,
               outcome.emulator[-2000:]),
        Result("a copy by hand", "20000 bytes to the device and back, all of them right"
               in outcome.log, judge.tail(outcome)),
        Result("nothing is broken", "no problems\n" in outcome.log, judge.tail(outcome)),
    ]


def clocked() -> list[Result]:
    """By the host's clock, on two CPUs that really run at once, after the self-tests; two devices."""
    words = 'run="edu fact 12; edu fact 13; edu dma 10000; edu dma 0; edu" exit'
    extra = ("-smp", "2", "-device", "edu", "-device", "edu")
    outcome = machine.run(machine.Setup(IMAGES["default"].kernel, words, extra=extra), LIMIT)
    wanted = (
        r"^12! = 479001600, after \d+ us$",
        r"^the device has 32 bits for the result, which is 12! at most$",
        r"^10000 bytes to the device and back, all of them right, after \d+ ms$",
        r"^nothing to copy: ",
        r"^0000:00:\d\d\.0: irq \d+ \(MSI\)(.*\n)+0000:00:\d\d\.0: irq \d+ \(MSI\)",
    )
    missing = [line for line in wanted if not re.search(line, outcome.log, re.MULTILINE)]
    return [
        judge.ended(outcome),
        Result("what is typed is done", not missing, f"{missing}\n{judge.tail(outcome)}"),
    ]


def refused() -> list[Result]:
    """A device that reaches no memory: a sentence, and the machine goes on without it."""
    words = 'edu.dma_mask=20 kunit=all kunit.filter=edu* run="edu; edu fact 3; edu dma 5; check" exit'
    extra = (*machine.ICOUNT, "-device", "edu,dma_mask=0xfffff")
    outcome = machine.run(machine.Setup(IMAGES["default"].kernel, words, extra=extra), LIMIT)
    return [
        *judge.tests(outcome),
        Result("it says why", "dma_mask=20: no memory is that low\n" in outcome.log
               and outcome.log.count("no edu device has its driver") == 3, judge.tail(outcome)),
        Result("nothing is broken", "no problems\n" in outcome.log, judge.tail(outcome)),
    ]


def absent(image: str, *extra: str) -> list[Result]:
    """No device, or no PCI at all."""
    words = 'kunit=all kunit.filter=edu* run="edu; edu --json; edu fact 3; edu dma 5" exit'
    outcome = machine.run(machine.Setup(IMAGES[image].kernel, words, extra=extra), LIMIT)
    ran = [case.name for case in ktap.read(outcome.log).cases if not case.skipped]
    return [
        *judge.tests(outcome),
        Result("all cases skip", not ran, "\n".join(ran)),
        Result("the monitor says so", outcome.log.count("no edu device has its driver") == 3,
               judge.tail(outcome)),
    ]


def repeated() -> list[Result]:
    """Under -icount the device is as exact as the kernel: two runs are one, to the instruction."""
    words = 'kunit=off run="edu dma 50000; edu; irq; timers" exit'
    setup = machine.Setup(IMAGES["default"].kernel, words, extra=MACHINES["msi"].extra)
    first, second = machine.run(setup, LIMIT), machine.run(setup, LIMIT)
    return [judge.same(first, second),
            Result("the copy is right", "of them right" in first.log, judge.tail(first))]


def jobs() -> list[Job]:
    """Every machine."""
    return [
        *(Job(f"edu/{what.image}-{name}", functools.partial(cases, what), (what.image,))
          for name, what in MACHINES.items()),
        Job("edu/by-the-clock", clocked, ("default",)),
        Job("edu/20-bits", refused, ("default",)),
        Job("edu/absent", functools.partial(absent, "default"), ("default",)),
        Job("edu/absent-isapc", functools.partial(absent, "debug", "-M", "isapc"), ("debug",)),
        Job("edu/absent-microvm",
            functools.partial(absent, "default", "-M", "microvm,isa-serial=on"), ("default",)),
        Job("edu/repeated", repeated, ("default",)),
    ]
