# SPDX-License-Identifier: MIT
"""Runs the programs that test kernel sources on the host: tests/host/*/Makefile, target check."""

from __future__ import annotations

import functools
import pathlib
import re

from builds import ROOT
from processes import command
from result import Job, Result

LIMIT = 300.0
CASE = re.compile(r"(?P<verdict>ok|not ok) (?:\d+ )?(?:- )?(?P<name>\S.*)")


def check(folder: pathlib.Path) -> list[Result]:
    """A line `ok NAME` or `not ok NAME` is a case; that make succeeds is one more."""
    status, said = command(["make", "-s", "-C", str(folder), "check"], LIMIT, ROOT)
    results = []
    for line in said.split("\n"):
        if match := CASE.fullmatch(line):
            results.append(Result(match["name"], match["verdict"] == "ok"))
    last = "\n".join(said.rstrip().split("\n")[-60:])
    return results + [Result("make check", status == 0, f"{last}\nexit status {status}")]


def jobs() -> list[Job]:
    folders = sorted(file.parent for file in (ROOT / "tests" / "host").glob("*/Makefile"))
    return [Job(f"host/{folder.name}", functools.partial(check, folder)) for folder in folders]
