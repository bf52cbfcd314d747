# SPDX-License-Identifier: MIT
"""Replays the transcripts of README.md and docs/: boots, types, runs, compares."""

from __future__ import annotations

import argparse
import functools
import threading
from collections.abc import Callable

import gdb_session
import machine
import transcript
import zones
from builds import BUILD, IMAGES, ROOT
from processes import command
from result import Job, Result
from session import AT_PROMPT, PROMPT, Session
from transcript import Block

LIMIT = 30.0


def options() -> argparse.ArgumentParser:
    """The options of a block that boots; all other words are the kernel's command line."""
    parser = argparse.ArgumentParser(exit_on_error=False, add_help=False)
    parser.add_argument("-m", dest="memory", default="64")
    parser.add_argument("-cpu", default="max")
    parser.add_argument("-M", dest="board", default="pc")
    parser.add_argument("-smp", dest="cpus", default="1")
    parser.add_argument("--debug", action="store_true")
    parser.add_argument("--examples", action="store_true")
    parser.add_argument("--floppy", action="store_true")
    parser.add_argument("--disk", action="store_true")
    parser.add_argument("--edu", action="store_true")
    return parser


def drive(interface: str, sectors: int) -> tuple[str, ...]:
    """A disk whose sectors say which they are. What is written to it is forgotten."""
    path = BUILD / f"replay-{interface}.img"
    content = b"".join(f"sector {number}\n".encode().ljust(512, b"\0") for number in range(sectors))
    if not path.exists() or path.read_bytes() != content:
        new = path.with_suffix(f".{threading.get_ident()}")
        new.write_bytes(content)
        new.rename(path)
    return ("-drive", f"if={interface},format=raw,snapshot=on,file={path}")


def setup(block: Block) -> machine.Setup:
    chosen, words = options().parse_known_args(block.words)
    quoted = [f'"{word}"' if " " in word else word for word in words]
    image = "debug" if chosen.debug else "examples" if chosen.examples else "default"
    kernel = IMAGES[image].kernel
    extra = ("-M", chosen.board, "-smp", chosen.cpus,
             *(drive("floppy", 2880) if chosen.floppy else ()),
             *(drive("ide", 32768) if chosen.disk else ()),
             *(("-device", "edu") if chosen.edu else ()))
    return machine.Setup(kernel, " ".join(quoted), chosen.memory, chosen.cpu, extra)


def replay_boot(block: Block) -> list[str]:
    """An excerpt of the serial output up to the prompt, or to the end where there is none."""
    with machine.boot(setup(block)) as running:
        if "exit" in block.words:  # a prompt in the output is then that of run=
            printed = running.finish(running.seconds + LIMIT).log
        elif running.expect(AT_PROMPT, limit=LIMIT):
            printed = running.text
        else:
            printed = running.finish(running.seconds).log
    text = transcript.compare(["...", *block.lines, "..."], printed.split("\n"), block.exact)
    return [text] if text else []


def replay_monitor(block: Block) -> list[str]:
    """Lines typed at the prompt, and all that each prints."""
    wrong: list[str] = []
    with machine.boot(setup(block)) as running:
        session = Session(running, LIMIT)
        session.prompt()
        for step in transcript.steps(block, PROMPT):
            session.enter(step.typed)
            start = session.mark
            if running.expect(AT_PROMPT, start, LIMIT):
                printed = session.prompt()
            else:
                printed = running.finish(running.seconds + 1).log[start:]
            wrong += compare(block, step.typed, step.printed, printed)
    return wrong


def replay_shell(block: Block) -> list[str]:
    """Commands run by sh in the top folder, without input, and all that each prints."""
    wrong: list[str] = []
    for step in transcript.steps(block, "$ "):
        _, printed = command(["sh", "-c", step.typed], 2 * LIMIT, ROOT)
        wrong += compare(block, step.typed, step.printed, machine.plain(printed))
    return wrong


def compare(block: Block, typed: str, expected: list[str], printed: str) -> list[str]:
    text = transcript.compare(expected, printed.split("\n"), block.exact)
    return [f"after {typed!r}:\n{text}"] if text else []


KINDS: dict[str, Callable[[Block], list[str]]] = {
    "boot": replay_boot,
    "monitor": replay_monitor,
    "shell": replay_shell,
    "gdb": gdb_session.replay,
}


def replay(block: Block) -> list[Result]:
    """A block is one case."""
    if block.kind not in KINDS:
        return [Result("is replayed", False, f"nobody can replay a transcript {block.kind!r}")]
    wrong = KINDS[block.kind](block)
    shown = "\n".join(block.lines)
    if zones.FREE_KBYTES.search(shown):
        wrong += zones.compare(shown)
    return [Result("is what is printed now", not wrong, "\n".join(wrong))]


def jobs() -> list[Job]:
    """A job for every transcript in the tree."""
    files = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
    found = [block for file in files if file.exists() for block in transcript.blocks(file)]
    return [
        Job(name(block), functools.partial(replay, block),
            ("default", "debug", *(("examples",) if "--examples" in block.options else ())))
        for block in found
    ]


def name(block: Block) -> str:
    """docs/zones.md:77, and README.md's as if they were there, too."""
    return f"docs/{str(block.file.relative_to(ROOT)).removeprefix('docs/')}:{block.line}"
