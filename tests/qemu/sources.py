# SPDX-License-Identifier: MIT
"""Checks the sources themselves: their form, their size, and that they know 64 bits."""

from __future__ import annotations

import pathlib
import re
import time

from builds import ROOT
from processes import command
from result import Job, Result

C_FLAGS = (
    "-m64 -fsyntax-only -std=gnu11 -ffreestanding -nostdinc -Iinclude -D__KERNEL__"
    ' -DKBUILD_MODNAME="m64" -DMEMKERN_BUILD="m64" -Wall -Wextra -Werror -Wno-unused-parameter'
    " -Wpointer-to-int-cast -Wint-to-pointer-cast"
).split()
# All but kernel/x86, which knows one machine: what tests and examples say of the rest, too.
PORTABLE = re.compile(r"(boot|docs/examples(/modules)?|drivers|kernel|lib|mm|mm/monitor"
                      r"|tests/[a-z]+)/[^/]+\.c")
LINK = re.compile(r"\]\(([^)\s]+)\)")
SETUP_GOAL = 0.1
MOST_LINES = 800  # of a file
NOT_TEXT = re.compile(r"tests/host/[^/]+/corpus/|\.png$")


def files(pattern: str) -> list[str]:
    """The files of the tree, by a regular expression for the whole path."""
    status, listing = command(["git", "ls-files", "-co", "--exclude-standard"], 30, ROOT)
    if status:
        raise RuntimeError(listing)
    names = [name for name in listing.splitlines() if (ROOT / name).is_file()]
    return [name for name in names if re.fullmatch(pattern, name)]


def clang_format() -> list[Result]:
    names = files(r".*\.[ch]")
    status, said = command(["clang-format", "--dry-run", "-Werror", *names], 120, ROOT)
    wrong = sorted({line.split(":")[0] for line in said.split("\n") if "error:" in line})
    text = f"clang-format -i {' '.join(wrong)}\n{said[:2000]}"
    return [Result("is as clang-format has it", status == 0, text)]


def whitespace() -> list[Result]:
    """What `git diff --check` would complain of, and files that end in mid-line."""
    wrong = []
    for name in files(r".*"):
        if NOT_TEXT.search(name):
            continue
        text = (ROOT / name).read_text("utf-8", "replace")
        for number, line in enumerate(text.split("\n"), 1):
            if re.search(r"[ \t\r]$|^ +\t", line):
                wrong.append(f"{name}:{number}: blanks at the end of the line, or before a tab")
        if text and (not text.endswith("\n") or text.endswith("\n\n")):
            wrong.append(f"{name}: does not end with one newline")
    return [Result("has no stray blanks", not wrong, "\n".join(wrong[:40]))]


def pointers() -> list[Result]:
    """The portable code, read by a compiler for 64 bits: a case a file."""
    results = []
    _, own = command(["gcc", "-print-file-name=include"], 10, ROOT)
    for name in files(PORTABLE.pattern):
        status, said = command(["gcc", *C_FLAGS, "-isystem", own.strip(), name], 60, ROOT)
        results.append(Result(f"{name} compiles for 64 bits", status == 0, said))
    return results


def sizes() -> list[Result]:
    """No file is longer than a reader keeps in mind; and `make lines` counts.

    The limits that `make lines` names, for mm/ and for the kernel as a whole, are DESIGN's, and
    both are exceeded. They are printed to be seen, and not held here.
    """
    results = []
    for name in files(r"(.*/)?[^/]+\.(c|h|S|py)"):
        count = (ROOT / name).read_text("utf-8").count("\n")
        if count > MOST_LINES:
            results.append(Result(f"{name} is at most {MOST_LINES} lines", False, f"{count}"))
    _, said = command(["make", "-s", "lines"], 30, ROOT)
    counted = re.findall(r"^ *(\d+)  .* \(at most \d+\)$", said, re.MULTILINE)
    return [*results, Result("make lines counts lines", len(counted) == 2, said)]


def scripts() -> list[Result]:
    """The shell scripts, read by the shell that will run them."""
    results = []
    for name in ["scripts/setup", "scripts/run", "scripts/test", "scripts/iso", ".ci/run"]:
        status, said = command(["sh", "-n", name], 10, ROOT)
        executable = (ROOT / name).stat().st_mode & 0o100
        results.append(Result(f"{name} is a program", status == 0 and bool(executable), said))
    return results


def links() -> list[Result]:
    """What README and docs point to is there: files by a path, headings of a page by their name."""
    results = []
    for name in files(r"(.*/)?[^/]+\.md"):
        wrong = []
        for target in LINK.findall(without_code((ROOT / name).read_text("utf-8"))):
            path, _, heading = target.partition("#")
            page = (ROOT / name).parent / path if path else ROOT / name
            if re.match(r"[a-z]+:", target):
                continue
            if not page.exists():
                wrong.append(f"{target}: there is no such file")
            elif heading and page.suffix == ".md" and heading not in headings(page):
                wrong.append(f"{target}: there is no such heading")
        results.append(Result(f"{name} points to what there is", not wrong, "\n".join(wrong)))
    return results


def without_code(text: str) -> str:
    text = re.sub(r"^```.*?^```$", "", text, flags=re.M | re.S)
    return re.sub(r"^    .*$", "", text, flags=re.M)


def headings(page: pathlib.Path) -> set[str]:
    """The names that GitHub gives to a page's headings."""
    found = re.findall(r"^#+ +(.*)$", page.read_text("utf-8"), re.M)
    return {re.sub(r"[^\w\- ]", "", text.lower()).replace(" ", "-") for text in found}


def setup() -> list[Result]:
    """Set-up that has nothing to do costs nothing, and without apt it says what to install."""
    best = float("inf")
    for _ in range(3):
        begin = time.monotonic()
        status, said = command(["scripts/setup", "test"], 10, ROOT)
        best = min(best, time.monotonic() - begin)
    quick = status == 0 and not said and best < SETUP_GOAL
    bare = ["env", "PATH=/nonexistent", "/bin/sh", "scripts/setup", "run"]
    refusal, words = command(bare, 10, ROOT)
    refused = refusal == 1 and "qemu-system-x86: to boot the kernel" in words and "no apt" in words
    return [
        Result(f"takes under {SETUP_GOAL} s", quick, f"{best:.3f} s, status {status}\n{said}"),
        Result("says what to install where it cannot", refused, f"status {refusal}\n{words}"),
    ]


def jobs() -> list[Job]:
    checks = (clang_format, whitespace, pointers, sizes, scripts, links, setup)
    return [Job(f"sources/{check.__name__.replace('_', '-')}", check) for check in checks]
