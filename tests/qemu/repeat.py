# SPDX-License-Identifier: MIT
"""The same machine twice: under QEMU's -icount a run is repeated to the instruction.

Time is then counted in instructions, so timers and interrupts come where they came before.
What a torture of the allocators did is summed up in a hash: the same seed, the same hash.
"""

from __future__ import annotations

import functools
import re

import judge
import machine
from builds import IMAGES
from result import Job, Result

WORDS = 'kunit=all kunit.filter=torture.api_X4_all_contexts_at_once run="timers; ps" exit'
HASH = re.compile(r"seed (\d+): \d+ operations, \d+ refused, hash (0x[0-9a-f]+)")
LIMIT = 60.0
PASSED = 33


def run(seed: int, cpus: int) -> machine.Outcome:
    setup = machine.Setup(IMAGES["default"].kernel, f"torture_seed={seed} {WORDS}",
                          extra=(*machine.ICOUNT, "-smp", str(cpus)))
    return machine.run(setup, LIMIT)


def repeats(cpus: int) -> list[Result]:
    """Two runs of one seed, and one of another."""
    first, second, other = run(7, cpus), run(7, cpus), run(8, cpus)
    wrong = "".join(f"{judge.meaning(outcome)}\n{judge.tail(outcome)}\n"
                    for outcome in (first, second, other) if outcome.status != PASSED)
    if wrong:
        return [Result("the runs end well", False, wrong)]
    hashes = [dict(HASH.findall(outcome.log)) for outcome in (first, second, other)]
    return [
        Result("the same seed is the same run", first.log == second.log,
               f"{hashes[0]} and {hashes[1]}"),
        Result("another seed is another run", hashes[0]["7"] != hashes[2]["8"],
               f"{hashes[0]} and {hashes[2]}"),
    ]


def jobs() -> list[Job]:
    """One CPU, and two, which run in turns then."""
    return [Job("repeat/icount", functools.partial(repeats, 1), ("default",)),
            Job("repeat/icount-smp-2", functools.partial(repeats, 2), ("default",))]
