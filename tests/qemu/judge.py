# SPDX-License-Identifier: MIT
"""Judges how a boot went: the exit status, the cases, and reports that nobody asked for."""

from __future__ import annotations

import re

import ktap
from machine import Outcome
from result import Result

PASSED, FAILED, PANIC = 33, 35, 37
TAIL = 40
# What a report begins with. An exception has a headline only where more can be said of it than
# its name, and an oops ends in a panic: so each counts only where those before it are not there.
HEADS = (
    re.compile(r"WARNING:|BUG:|kernel BUG at|page allocation failure:"),
    re.compile(r": [0-9a-f]{4} \[#\d+\]"),
    re.compile(r"(?<!end )Kernel panic - not syncing"),
)
REPORT = re.compile("|".join(head.pattern for head in HEADS) + r"|\bOops\b|-\[ cut here|Call Trace")


def meaning(outcome: Outcome) -> str:
    """The exit status in words."""
    if outcome.overflow:
        return "printed without end, and was ended"
    if outcome.status is None:
        return f"hung: ended after {outcome.seconds:.0f} s"
    if outcome.status < 0:
        return f"the emulator was killed by signal {-outcome.status}"
    words = {
        0: "triple fault, or power-off",
        1: "the emulator would not start",
        PASSED: "all tests passed",
        FAILED: "some tests failed",
        PANIC: "panic",
    }
    return f"exit status {outcome.status} ({words.get(outcome.status, 'it means nothing')})"


def tail(outcome: Outcome) -> str:
    """The last lines of the serial line, and what the emulator said."""
    lines = outcome.log.rstrip("\n").split("\n")[-TAIL:]
    text = f"--- last {len(lines)} serial lines ---\n" + "\n".join(lines)
    if outcome.emulator.strip():
        text += "\n--- the emulator said ---\n" + outcome.emulator.strip()[-2000:]
    return text


def reports(log: str) -> list[str]:
    """Each line that looks like a report, with the two that follow."""
    lines = log.split("\n")
    found, last = [], -3
    for number, line in enumerate(lines):
        if REPORT.search(line) and not ktap.RESULT.match(line):
            if number > last + 2:
                found.append("\n".join(lines[number : number + 3]))
            last = number
    return found


def ended(outcome: Outcome) -> Result:
    """A boot that leaves with nothing failed, whether it ran any cases or not."""
    return Result("ends as it should", outcome.status == PASSED,
                  f"{meaning(outcome)}\n{tail(outcome)}")


def same(first: Outcome, second: Outcome) -> Result:
    """Two runs that should be one, to the instruction."""
    differing = [f"{a}\n{b}" for a, b in zip(first.log.split("\n"), second.log.split("\n"))
                 if a != b]
    return Result("two runs are one", first.log == second.log, "\n".join(differing[:10]))


def tests(outcome: Outcome, exits: bool = True) -> list[Result]:
    """A boot that runs the self-tests and leaves: its cases, and one for the boot as a whole.

    `exits` says that the exit status tells something (Bochs's does not).
    """
    log = ktap.read(outcome.log)
    wrong = list(log.problems)
    if outcome.overflow or (exits and outcome.status not in (PASSED, FAILED)):
        wrong.append(meaning(outcome))
    elif exits and outcome.status == PASSED and log.failed:
        wrong.append(f"{meaning(outcome)}, but cases failed")
    elif exits and outcome.status == FAILED and not log.failed:
        wrong.append(f"{meaning(outcome)}, but no case did: something outside of the cases")
    if outcome.log and not outcome.log.endswith("\n"):
        wrong.append("the output ends in mid-line")
    wrong += [f"a report that no case declared:\n{text}" for text in reports(outcome.log)]
    detail = "\n".join(wrong)
    if wrong:
        detail += "\n" + tail(outcome)
    return log.cases + [Result("the boot as a whole", not wrong, detail)]


def oops(outcome: Outcome, text: str) -> list[Result]:
    """A boot of one case that must end in exactly one report, with `text` in it, and a panic."""
    wrong = []
    lines = outcome.log.split("\n")
    found = ([n for n, line in enumerate(lines) if head.search(line)] for head in HEADS)
    heads = next((numbers for numbers in found if numbers), list[int]())
    if outcome.status != PANIC:
        wrong.append(f"{meaning(outcome)}, not a panic")
    if len(heads) != 1:
        wrong.append(f"{len(heads)} reports, exactly one was declared: {text!r}")
        wrong += [f"    {lines[n]}" for n in heads]
    elif text not in "\n".join(lines[heads[0] :]):
        wrong.append(f"the report does not say {text!r}")
    detail = "\n".join(wrong) + "\n" + tail(outcome) if wrong else ""
    return [Result("ends in its oops and nothing else", not wrong, detail)]
