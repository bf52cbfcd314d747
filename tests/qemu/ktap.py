# SPDX-License-Identifier: MIT
"""Reads KTAP, the format in which the kernel's KUnit reports, out of a serial log.

    KTAP version 1
    1..2                                  the plan: how many results this level has
        KTAP version 1                    each level is indented by four blanks
        # Subtest: page_alloc
        1..1
        # a line that is no KTAP, or is a comment, belongs to the next result
        not ok 1 api_P3_order_too_large
    not ok 1 page_alloc                   the result of the level above
    ok 2 memblock # SKIP why

Nothing is taken on trust: plans, numbers, levels and verdicts must agree, and
what does not is a problem of the log, on top of the cases it holds.
"""

from __future__ import annotations

import dataclasses
import re

from result import Result

INDENT = 4
HEADER = re.compile(r"(?P<indent> *)KTAP version 1$")
SUBTEST = re.compile(r"(?P<indent> *)# Subtest: (?P<name>.+)$")
PLAN = re.compile(r"(?P<indent> *)1\.\.(?P<count>\d+)$")
RESULT = re.compile(
    r"(?P<indent> *)(?P<verdict>ok|not ok) (?P<number>\d+)(?: -)? (?P<name>[^#]*?)"
    r"(?: *# *(?P<directive>\S+)(?: (?P<reason>.*))?)?$"
)


@dataclasses.dataclass
class Level:
    """A level that is being read: what it planned, and how its results went so far."""

    name: str = ""
    planned: int | None = None
    seen: int = 0
    failed: int = 0


@dataclasses.dataclass
class Log:
    """What a serial log says: its cases, innermost level only, and what is wrong with it."""

    cases: list[Result] = dataclasses.field(default_factory=list)
    problems: list[str] = dataclasses.field(default_factory=list)

    @property
    def failed(self) -> list[Result]:
        return [case for case in self.cases if not case.ok]


class Reader:
    """Takes the lines of a log one by one."""

    def __init__(self) -> None:
        self.log = Log()
        self.levels: list[Level] = []
        self.pending: list[str] = []
        self.closed: Level | None = None
        self.started = False

    def line(self, line: str) -> None:
        if match := HEADER.match(line):
            self.header(len(match["indent"]) // INDENT)
        elif not self.started:
            return
        elif match := SUBTEST.match(line):
            self.at(len(match["indent"]) // INDENT).name = match["name"]
        elif match := PLAN.match(line):
            self.at(len(match["indent"]) // INDENT).planned = int(match["count"])
        elif match := RESULT.match(line):
            self.result(match)
        else:
            self.pending.append(line)

    def header(self, depth: int) -> None:
        if depth == 0 and self.started:
            self.problem("a second KTAP header: did the machine start anew?")
            self.close(0)
        self.started = True
        self.close(depth)
        if depth > len(self.levels):
            self.problem(f"level {depth} opens without the one above it")
        while len(self.levels) <= depth:
            self.levels.append(Level())
        self.pending = []

    def at(self, depth: int) -> Level:
        """The open level of that depth; deeper ones are closed."""
        self.close(depth + 1)
        while len(self.levels) <= depth:
            self.problem(f"a line of level {depth} before that level's header")
            self.levels.append(Level())
        return self.levels[depth]

    def close(self, depth: int) -> None:
        """Closes the levels from `depth` on; the outermost of them is what a result sums up."""
        while len(self.levels) > depth:
            level = self.levels.pop()
            name = level.name or "the whole run"
            if level.planned is None:
                # The values of a parameter are not planned: they are generated one by one.
                if len(self.levels) < 2:
                    self.problem(f"{name}: no plan")
            elif level.planned != level.seen:
                self.problem(f"{name}: {level.planned} planned, {level.seen} seen")
            self.closed = level

    def result(self, match: re.Match[str]) -> None:
        depth = len(match["indent"]) // INDENT
        self.closed = None
        level = self.at(depth)
        inner, self.closed = self.closed, None
        level.seen += 1
        ok, name = match["verdict"] == "ok", match["name"].strip()
        path = ".".join([outer.name for outer in self.levels[1:]] + [name])
        if int(match["number"]) != level.seen:
            self.problem(f"{path}: numbered {match['number']}, is the {level.seen}. of its level")
        level.failed += not ok
        skipped = (match["directive"] or "").upper() == "SKIP"
        detail = "\n".join(self.pending)
        self.pending = []
        if inner is None:
            self.log.cases.append(Result(path, ok, detail, skipped))
        elif ok and inner.failed:
            self.problem(f"{path}: said to be ok, but {inner.failed} of its cases failed")
        elif not ok and not inner.failed:
            self.log.cases.append(Result(path, False, detail or "failed outside of its cases"))

    def problem(self, text: str) -> None:
        self.log.problems.append(text)


def read(text: str) -> Log:
    """Reads a whole serial log."""
    reader = Reader()
    lines = text.split("\n")
    for line in lines[:-1]:
        reader.line(line.rstrip("\r"))
    if not reader.started:
        reader.problem("no KTAP in the output")
        return reader.log
    if len(reader.levels) > 1:
        last = reader.levels[-1]
        reader.problem(f"ends inside of {last.name or 'a suite'}, after {last.seen} results")
    reader.close(0)
    return reader.log
