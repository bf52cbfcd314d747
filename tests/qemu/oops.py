# SPDX-License-Identifier: MIT
"""Runs each test case that ends in an oops, in a boot of its own."""

from __future__ import annotations

import functools
import re

import judge
import machine
from builds import Image
from result import Job, Result

LIMIT = 30.0
LISTED = re.compile(r"^# (?P<case>\S+\.\S+)(?P<slow> \[slow\])?(?: \[oops: (?P<text>.+)\])?$")


def listed(log: str) -> dict[str, str]:
    """The cases that a kernel's list declares to end in an oops, and what it must say."""
    found = {}
    for line in log.split("\n"):
        match = LISTED.match(line)
        if match and match["text"]:
            found[match["case"]] = match["text"]
    return found


def boot(image: Image, case: str, text: str) -> list[Result]:
    words = f"kunit=oops kunit.filter={case}"
    return judge.oops(machine.run(machine.Setup(image.kernel, words), LIMIT), text)


def jobs(image: Image) -> list[Job]:
    """Asks a built kernel for its cases, and makes a job of each that ends in an oops."""
    outcome = machine.run(machine.Setup(image.kernel, "kunit=list exit"), LIMIT)
    cases = listed(outcome.log)
    if not cases:
        wrong = f"kunit=list names no case that ends in an oops\n{judge.tail(outcome)}"
        return [Job(f"oops/{image.name}/list", lambda: [Result("names cases", False, wrong)])]
    return [
        Job(f"oops/{image.name}/{case}", functools.partial(boot, image, case, text))
        for case, text in cases.items()
    ]
