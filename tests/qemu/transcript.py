# SPDX-License-Identifier: MIT
"""Finds the transcripts in Markdown files and compares them with what is really printed.

README.md beside this file says how a transcript is written and what may differ.
"""

from __future__ import annotations

import dataclasses
import difflib
import pathlib
import re
import shlex
from collections.abc import Sequence

FENCE = re.compile(r"```transcript *(?P<kind>\w*)(?P<options>.*)$")
ELLIPSIS = "..."
NO_END = "without an end"
SHOWN = 40
# All lines literally, none, or those in which something matches.
Exact = bool | re.Pattern[str]
PROMPT = "memkern> "

TOKEN = re.compile(
    r"(?P<prefixed>0x[0-9a-fA-F]+)(?![0-9A-Za-z_])"
    r"|(?P<fraction>\d+\.\d+)(?![0-9A-Za-z_])"
    r"|(?P<number>(?:[0-9a-fA-F]*\d[0-9a-fA-F]{4,}|[0-9a-fA-F]{4,}\d[0-9a-fA-F]*|[0-9a-f]{8}|\d+)"
    r"(?![0-9A-Za-z_]))"
    r"|(?P<word>[A-Za-z0-9_]+)"
    r"|(?P<blank>[ \t]+)"
    r"|(?P<mark>.)"
)


@dataclasses.dataclass(frozen=True)
class Block:
    """A transcript as its author wrote it."""

    file: pathlib.Path
    line: int
    kind: str
    options: list[str]
    lines: list[str]

    @property
    def exact(self) -> Exact:
        for word in self.options:
            if word.startswith("exact="):
                return re.compile(word.removeprefix("exact="))
        return "exact" in self.options

    @property
    def words(self) -> list[str]:
        """The options without those that say how to compare."""
        return [word for word in self.options
                if word != "exact" and not word.startswith("exact=")]


@dataclasses.dataclass(frozen=True)
class Step:
    """Something typed, and what is printed then."""

    typed: str
    printed: list[str]


def blocks(file: pathlib.Path) -> list[Block]:
    """The transcripts of a Markdown file, in their order."""
    found: list[Block] = []
    fence: re.Match[str] | None = None
    start, body = 0, list[str]()
    for number, line in enumerate(file.read_text("utf-8").split("\n"), 1):
        if fence is None:
            if fence := FENCE.match(line):
                start, body = number, list[str]()
        elif line == "```":
            options = shlex.split(fence["options"])
            found.append(Block(file, start, fence["kind"], options, body))
            fence = None
        else:
            body.append(line)
    if fence:
        found.append(Block(file, start, NO_END, [], body))
    return found


def steps(block: Block, prompt: str) -> list[Step]:
    """Cuts a block at the lines that begin with `prompt`."""
    found: list[Step] = []
    for line in block.lines:
        if f"{line} ".startswith(prompt):
            found.append(Step(line[len(prompt) :], []))
        elif not found:
            raise ValueError(f"begins with {line!r}, not with {prompt!r}")
        else:
            found[-1].printed.append(line)
    return found


def number_kinds(text: str) -> frozenset[str]:
    """What a number without a 0x may be: decimal, hexadecimal, or hexadecimal of a fixed width."""
    kinds = set()
    if text.isdigit():
        kinds.add("decimal")
    if len(text) in (8, 16):
        kinds.add(f"hexadecimal of {len(text)} digits")
    elif len(text) >= 5:
        kinds.add("hexadecimal")
    return frozenset(kinds)


def form(line: str) -> list[tuple[str, object]]:
    """A line as a list of what must be the same: words and marks as they are, numbers by kind.

    Blanks before a number are padding and do not count; behind a number one blank
    stands for several; between words they are as they are.
    """
    tokens: list[tuple[str, object]] = []
    after_number = False
    for match in TOKEN.finditer(line.rstrip()):
        kind, text = str(match.lastgroup), match.group()
        is_number = kind in ("prefixed", "fraction", "number")
        if is_number and tokens and tokens[-1][0] == "blank":
            tokens.pop()
        if kind == "number":
            tokens.append((kind, number_kinds(text)))
        elif is_number:
            tokens.append((kind, None))
        else:
            tokens.append((kind, " " if kind == "blank" and after_number else text))
        after_number = is_number
    return tokens


def same(expected: str, actual: str, exact: Exact = False) -> bool:
    """Whether a line is what the transcript has, numbers by form only unless `exact`."""
    if exact.search(expected) if isinstance(exact, re.Pattern) else exact:
        return expected.rstrip() == actual.rstrip()
    left, right = form(expected), form(actual)
    if len(left) != len(right):
        return False
    for (kind, value), (other_kind, other_value) in zip(left, right):
        if kind != other_kind:
            return False
        if isinstance(value, frozenset) and isinstance(other_value, frozenset):
            if not value & other_value:
                return False
        elif value != other_value:
            return False
    return True


def matches(expected: Sequence[str], actual: Sequence[str], exact: Exact) -> bool:
    """Whether all lines are there, one after the other; `...` stands for any number of lines.

    The usual matching of a pattern with stars: on a mismatch the last star takes
    one line more.
    """
    here = there = 0
    star, taken = -1, 0
    while there < len(actual):
        if here < len(expected) and expected[here].strip() == ELLIPSIS:
            star, taken = here, there
            here += 1
        elif here < len(expected) and same(expected[here], actual[there], exact):
            here, there = here + 1, there + 1
        elif star >= 0:
            taken += 1
            here, there = star + 1, taken
        else:
            return False
    return all(line.strip() == ELLIPSIS for line in expected[here:])


def compare(expected: Sequence[str], actual: Sequence[str], exact: Exact) -> str:
    """Empty where the lines match, else what a reader needs to mend the transcript."""
    expected, actual = strip(expected), strip(actual)
    if matches(expected, actual, exact):
        return ""
    shown = "\n".join(f"    | {line}" for line in actual[:SHOWN])
    for end, line in enumerate(expected, 1):
        if not matches([*expected[:end], ELLIPSIS], actual, exact):
            closest = difflib.get_close_matches(line, actual, 1, 0.3) or ["nothing like it"]
            text = f"the transcript says:\n    | {line}\nprinted is:\n    | {closest[0]}"
            return text + ("" if len(actual) > SHOWN else f"\namong all these lines:\n{shown}")
    return f"more is printed than the transcript says:\n{shown}"


def strip(lines: Sequence[str]) -> list[str]:
    """Without empty lines at either end."""
    text = [line.rstrip() for line in lines]
    while text and not text[0]:
        text.pop(0)
    while text and not text[-1]:
        text.pop()
    return text
