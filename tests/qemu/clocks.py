# SPDX-License-Identifier: MIT
"""Time: exact where instructions are counted, and kept on machines that lack a clock.

Under -icount shift=0 an instruction is a nanosecond. What the suites of time print as the
nanoseconds by which a delay was too long is then no matter of luck: two runs print the same, and
it is the code between a timer's interrupt and the look at the clock.
"""

from __future__ import annotations

import functools
import re

import judge
import machine
from builds import IMAGES
from result import Job, Result

WORDS = 'kunit=all kunit.filter=*time* run="timers; timers --json" exit'
LIMIT = 120.0
OVER = re.compile(r": (udelay|hrtimer|msleep)\D*(\d+)\D.*: (\d+) ns over$", re.MULTILINE)

# At most so many nanoseconds over: a spin's last turn; an interrupt; two ticks and a wake-up
# (of 80 ms, those and a bucket of the wheel).
MOST = {"udelay": 1_000, "hrtimer": 5_000, "msleep": 2_020_000}
BUCKET = 8_000_000

# Machines that lack something: the CPU, more arguments, and what they say.
LACKING = {
    "no-pit": ("max", ("-M", "microvm,pit=off,isa-serial=on"),
               (r"clock: TSC at 4000\.000 MHz, assumed,", r"clock: ticks from the lapic at ")),
    "no-tsc": ("pentium3,-tsc", (),
               (r"clock: no time-stamp counter", r"clock: ticks from the pit at 1\.193182 MHz")),
    "no-apic": ("max,-apic", (),
                (r"clock: TSC at .* measured", r"clock: ticks from the pit at 1\.193182 MHz")),
}


def silent(log: str, *patterns: str) -> str:
    """The patterns that no line begins with."""
    return "\n".join(p for p in patterns if not re.search(f"^{p}", log, re.MULTILINE))


def exact(image: str) -> list[Result]:
    setup = machine.Setup(IMAGES[image].kernel, WORDS, extra=machine.ICOUNT)
    first, second = machine.run(setup, LIMIT), machine.run(setup, LIMIT)
    rates = silent(first.log, r"clock: TSC at 1000\.000 MHz, measured",
                   r"clock: ticks from the lapic at 1000\.000000 MHz")
    figures = OVER.findall(first.log)
    kinds = {kind for kind, _, _ in figures}
    late = [f"{kind} of {asked}: {over} ns over" for kind, asked, over in figures
            if int(over) > MOST[kind] + (BUCKET if kind == "msleep" and int(asked) > 62 else 0)]
    return [
        *judge.tests(first),
        judge.same(first, second),
        Result("an instruction is measured as a nanosecond", not rates, rates),
        Result("all kinds of waiting are looked at", kinds == set(MOST), str(figures)),
        Result("none is longer than its code", not late, "\n".join(late)),
    ]


def lacking(cpu: str, extra: tuple[str, ...], says: tuple[str, ...]) -> list[Result]:
    outcome = machine.run(machine.Setup(IMAGES["default"].kernel, WORDS, cpu=cpu, extra=extra),
                          LIMIT)
    missing = silent(outcome.log, *says)
    return [*judge.tests(outcome), Result("says what it has", not missing, missing)]


def jobs() -> list[Job]:
    return [
        *(Job(f"clocks/exact-{name}", functools.partial(exact, name), (name,))
          for name in ("default", "debug")),
        *(Job(f"clocks/{name}", functools.partial(lacking, *what), ("default",))
          for name, what in LACKING.items()),
    ]
