# SPDX-License-Identifier: MIT
"""Builds the kernel in its variants, and ISO images of them."""

from __future__ import annotations

import dataclasses
import pathlib
import re

from processes import command
from result import Result

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = ROOT / "build"
PROGRESS = re.compile(r"  [A-Z]+ +\S+")  # "  CC      mm/util.c"


@dataclasses.dataclass(frozen=True)
class Image:
    """A built kernel. `words` are what make is given to build it."""

    name: str
    folder: pathlib.Path
    words: tuple[str, ...] = ()

    @property
    def kernel(self) -> pathlib.Path:
        return self.folder / "memkern.elf"


# Modules: the examples of docs/, and those that the tests have for themselves.
EXAMPLES = sorted(ROOT.glob("docs/examples/modules/*.c"))
MODULES = sorted(ROOT.glob("tests/qemu/modules/**/*.c"))


def with_modules(name: str, files: list[pathlib.Path]) -> Image:
    """The default kernel's objects and these files, in an image of its own."""
    names = " ".join(str(file.relative_to(ROOT)) for file in files)
    return Image(name, BUILD / name, (f"MODULES={names}", f"IMAGE=build/{name}"))


IMAGES = {
    image.name: image
    for image in (
        Image("default", BUILD),
        Image("debug", BUILD / "debug", ("DEBUG=1",)),
        Image("clang", BUILD / "clang", ("LLVM=1",)),
        Image("host-gcc", BUILD / "host-gcc", ("CROSS_COMPILE=", "CC=gcc", "O=build/host-gcc")),
        with_modules("examples", EXAMPLES),
        with_modules("modules-test", MODULES),
    )
}


def make(words: tuple[str, ...]) -> str:
    """Runs make; returns what is wrong: a failure, or a warning."""
    status, output = command(["make", "-j2", *words], 300, ROOT)
    if status or "warning:" in output.lower():
        said = [line for line in output.rstrip().split("\n") if not PROGRESS.fullmatch(line)]
        return "\n".join(said[-60:])
    return ""


def build(image: Image) -> list[Result]:
    wrong = make(image.words)
    return [Result("builds without a warning", not wrong, wrong)]


def iso(image: Image, name: str, cmdline: str) -> pathlib.Path:
    """An ISO that boots a kernel with a command line. `name` names its file."""
    file = BUILD / "test-iso" / f"{name}.iso"
    file.parent.mkdir(parents=True, exist_ok=True)
    status, output = command(
        ["scripts/iso", str(image.kernel), str(file), cmdline], 60, ROOT
    )
    if status:
        raise RuntimeError(f"scripts/iso failed:\n{output}")
    return file
