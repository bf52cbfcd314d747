# SPDX-License-Identifier: MIT
"""How long it takes to the prompt. Runs while nothing else does."""

from __future__ import annotations

import machine
from builds import IMAGES
from result import Job, Result
from session import AT_PROMPT

GOAL, BOUND = 0.5, 2.0  # seconds: what we want, and what a slow machine may take
TRIES = 3


def to_prompt() -> list[Result]:
    """From the start of QEMU to the monitor's prompt at 64 MiB, the quick tests included."""
    best, work = float("inf"), float("inf")
    for _ in range(TRIES):
        with machine.boot(machine.Setup(IMAGES["default"].kernel)) as running:
            if running.expect(AT_PROMPT, limit=20):
                best, work = min(best, running.seconds), min(work, running.cpu_seconds)
    print(f"       power-on to prompt: {best:.2f} s ({work:.2f} s of CPU), the goal is {GOAL} s")
    wrong = f"the best of {TRIES} boots took {best:.2f} s"
    return [Result(f"the prompt comes within {BOUND:.0f} s", best <= BOUND, wrong)]


def jobs() -> list[Job]:
    return [Job("timing/prompt", to_prompt, ("default",))]
