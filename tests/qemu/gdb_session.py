# SPDX-License-Identifier: MIT
"""Talks to GDB as a person does: scripts/debug with commands for its input.

GDB prints its prompt before it reads a command, so what a command prints is what
stands between two prompts. Its standard input being no terminal, GDB goes on behind a
command that fails, and ends with the last one.
"""

from __future__ import annotations

import contextlib
import pathlib
import re
import tempfile
from collections.abc import Iterator, Sequence

import transcript
from builds import IMAGES, ROOT
from processes import command
from result import Result
from transcript import Block

PROMPT = "(gdb) "
LIMIT = 90.0
WIDTH = 100  # of a transcript: GDB breaks longer lines between arguments
AT_PROMPT = ("tbreak monitor_start", "continue")
LOADER = "scripts/gdb/memkern-gdb.py"
PYTHON_FAILED = re.compile(r"Traceback|Python Exception|Error occurred in Python")


class Talk:
    """What GDB printed, by command."""

    def __init__(self, status: int, printed: str, commands: Sequence[str]) -> None:
        self.status = status
        self.printed = printed
        first, *rest = re.split(r"^(?:\(gdb\) )", f"\n{printed}", flags=re.MULTILINE)
        self.banner = first.lstrip("\n")
        # A command that prints nothing leaves two prompts on a line.
        self.answers: list[str] = []
        for piece in rest:
            self.answers += piece.split(PROMPT)
        self._by_command = dict(zip(commands, self.answers))

    def __getitem__(self, typed: str) -> str:
        """What a command printed; of one that was given twice, the last time."""
        if typed not in self._by_command:
            raise AssertionError(f"GDB never came to {typed!r}:\n{self.tail()}")
        return self._by_command[typed]

    def tail(self) -> str:
        return "\n".join(self.printed.rstrip().split("\n")[-40:])


class Cases:
    """The cases of a job, with GDB's last lines where one fails."""

    def __init__(self, talk: Talk) -> None:
        self.talk = talk
        self.results: list[Result] = []
        failed = PYTHON_FAILED.search(talk.printed)
        self.add("no command fails in Python", not failed)

    def add(self, name: str, ok: bool, detail: str = "") -> None:
        self.results.append(Result(name, ok, "" if ok else f"{detail}\n{self.talk.tail()}"))

    def says(self, typed: str, *patterns: str) -> None:
        """What a command printed has lines that match."""
        printed = self.talk[typed]
        missing = [text for text in patterns if not re.search(text, printed, re.MULTILINE)]
        self.add(f"{typed}: {', '.join(patterns)}"[:100], not missing,
                 f"no line matches {missing} in:\n{printed}")


def _with_input(argv: list[str], commands: Sequence[str]) -> Talk:
    """Runs a program with commands for its input, under a time limit."""
    with tempfile.NamedTemporaryFile("w", prefix="memkern-gdb-", suffix=".commands") as file:
        file.write("".join(f"{line}\n" for line in commands))
        file.flush()
        shell = ["sh", "-c", 'input=$1; shift; exec "$@" <"$input"', "sh", file.name]
        status, printed = command(shell + argv, LIMIT, ROOT)
    return Talk(status, printed, commands)


@contextlib.contextmanager
def folder() -> Iterator[pathlib.Path]:
    """A folder for what a session leaves behind."""
    with tempfile.TemporaryDirectory(prefix="memkern-gdb-") as name:
        yield pathlib.Path(name)


def live(commands: Sequence[str], options: Sequence[str] = (), image: str = "debug",
         width: int = 0) -> Talk:
    """A session with a machine that waits at the first instruction in C."""
    with folder() as place:
        argv = ["scripts/debug", "--kernel", str(IMAGES[image].kernel), "--folder", str(place)]
        return _with_input([*argv, *options], [f"set width {width}", *commands])


def on_core(core: pathlib.Path, commands: Sequence[str], image: str) -> Talk:
    """A session with a core file."""
    argv = ["gdb", "-nx", "-q", str(IMAGES[image].kernel), "-core", str(core), "-x", LOADER]
    return _with_input(argv, ["set width 0", *commands])


def dump(core: pathlib.Path, options: Sequence[str], image: str) -> str:
    """Boots to the prompt and writes a core file; returns what went wrong."""
    with folder() as place:
        status, printed = command(
            ["scripts/debug", "--core", "--kernel", str(IMAGES[image].kernel),
             "--folder", str(place), "--output", str(core), *options], LIMIT, ROOT)
    return "" if status == 0 and core.exists() else f"status {status}\n{printed}"


def replay(block: Block) -> list[str]:
    """A transcript: the words are scripts/debug's, the commands are typed at its prompt."""
    steps = transcript.steps(block, PROMPT)
    talk = live([step.typed for step in steps], block.words, width=WIDTH)
    wrong = []
    # The first is that to "set width".
    answers = talk.answers[1:]
    for number, step in enumerate(steps):
        printed = answers[number] if number < len(answers) else talk.tail()
        text = transcript.compare(step.printed, printed.split("\n"), block.exact)
        wrong += [f"after {step.typed!r}:\n{text}"] if text else []
    return wrong
