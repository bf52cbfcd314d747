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
LIBFUZZER = "llvm-*/lib/clang/*/lib/linux/libclang_rt.fuzzer-x86_64.a"
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


def fuzzer(folder: pathlib.Path) -> list[Result]:
    """The fuzzer is built, and finds nothing in what it, or a person, saved before."""
    status, said = command(["make", "-s", "-C", str(folder), "fuzz-corpus"], LIMIT, ROOT)
    runs = re.search(r"^Done (\d+) runs", said, re.MULTILINE)
    saved = sum(1 for file in (folder / "corpus").iterdir() if file.is_file())
    ok = status == 0 and runs is not None and int(runs[1]) >= saved > 0
    text = f"{said[-4000:]}\nexit status {status}, {saved} files"
    return [Result("runs on its corpus", ok, text)]


def jobs() -> list[Job]:
    makefiles = sorted((ROOT / "tests" / "host").glob("*/Makefile"))
    found = [Job(f"host/{file.parent.name}", functools.partial(check, file.parent))
             for file in makefiles]
    if any(pathlib.Path("/usr/lib").glob(LIBFUZZER)):
        found += [Job(f"host/{file.parent.name}-fuzzer", functools.partial(fuzzer, file.parent))
                  for file in makefiles if "\nFUZZED " in file.read_text()]
    return found
