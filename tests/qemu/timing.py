# SPDX-License-Identifier: MIT
"""What must be quick: a clean build, and power-on to prompt. Runs while nothing else does.

The goals are seconds of an idle machine with two cores. Ours may be shared, and another one
may be half as fast, so the figures are printed beside the goals and not judged by them: a test
that fails here has met something that is broken, and takes many times as long.
"""

from __future__ import annotations

import resource
import shutil
import time

import builds
import judge
import machine
from builds import BUILD, IMAGES
from result import Job, Result
from session import AT_PROMPT

PROMPT_GOAL, BUILD_GOAL = 0.5, 10.0
BROKEN = 5.0  # times the goal
CORES = 2
TRIES = 3


def to_prompt() -> list[Result]:
    """From the start of QEMU to the monitor's prompt at 64 MiB, the quick tests included."""
    best, work = float("inf"), float("inf")
    for _ in range(TRIES):
        with machine.boot(machine.Setup(IMAGES["default"].kernel)) as running:
            if not running.expect(AT_PROMPT, limit=20):
                outcome = running.finish(running.seconds)
                wrong = f"{judge.meaning(outcome)}, no prompt\n{judge.tail(outcome)}"
                return [Result("there is a prompt", False, wrong)]
            best, work = min(best, running.seconds), min(work, running.cpu_seconds)
    text = f"power-on to prompt: {best:.2f} s ({work:.2f} s of CPU), the goal is {PROMPT_GOAL} s"
    print(f"       {text}")
    return [Result("the prompt comes", work <= PROMPT_GOAL * BROKEN, text)]


def cpu_of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def clean_build() -> list[Result]:
    """Builds into an empty folder."""
    folder = BUILD / "timed"
    shutil.rmtree(folder, ignore_errors=True)
    begin, before = time.monotonic(), cpu_of_children()
    wrong = builds.make((f"O={folder.relative_to(builds.ROOT)}",))
    seconds, work = time.monotonic() - begin, cpu_of_children() - before
    shutil.rmtree(folder, ignore_errors=True)
    text = f"clean build: {seconds:.1f} s ({work:.1f} s of CPU), the goal is {BUILD_GOAL:.0f} s"
    print(f"       {text}")
    ok = not wrong and work <= CORES * BUILD_GOAL * BROKEN
    return [Result("a clean build ends", ok, f"{text}\n{wrong}")]


def jobs() -> list[Job]:
    return [
        Job("timing/prompt", to_prompt, ("default",)),
        Job("timing/clean-build", clean_build),
    ]
