# SPDX-License-Identifier: MIT
"""Sessions with the monitor, as a person would have them. Each is a boot of its own."""

from __future__ import annotations

import dataclasses
import functools
import pathlib
import random
import re
import tempfile
from collections.abc import Callable

import builds
import judge
import machine
from builds import IMAGES, ROOT
from processes import command
from result import Job, Result
from session import AT_PROMPT, ENTER, Session

LIMIT = 20.0
UP, LEFT, BACKSPACE, TAB = "\x1b[A", "\x1b[D", "\x7f", "\t"
COMMANDS = (
    "help", "e820", "memblock", "zones", "buddy", "meminfo", "page", "walk", "test",
    "alloc page", "free", "handles", "crash", "poweroff", "irq", "cpus", "on",
)
CRASHES = {
    "null": "kernel NULL pointer dereference, address: 00000000",
    "stack": "stack guard page",
    "exec": "tried to execute",
    "bug": "kernel BUG at",
    "panic": "Kernel panic - not syncing",
}
LISTINGS = (
    "e820", "cpus", "irq", "irq --json", "memblock", "zones", "buddy", "meminfo",
    "page 0x100000", "walk 0xc0100000", "vmmap", "vmmap all", "map vm",
)
NONSENSE = (
    "xyzzy", "help xyzzy", "page", "page zebra", "page 0xffffffffffff", "walk", "walk 0x",
    "alloc", "alloc page", "alloc page 11 GFP_KERNEL", "alloc page x GFP_KERNEL",
    "alloc page 0 GFP_NONSENSE", "alloc page 0 |", "alloc page 99999999999999999999 GFP_KERNEL",
    "alloc vmalloc", "alloc vmalloc 0", "alloc vmalloc 99G", "alloc vmalloc zebra", "vmalloc zebra",
    "vmmap zebra", "map vm 0xc0000000", "whatis 0xffffffff",
    "free", "free 99", "free #99", "free zebra", "crash", "crash gently", "test no_such_suite*",
    "modinfo", "modinfo nobody", "rmmod", "rmmod nobody", "lsmod x",
    '"', "zones zones zones", "9" * 240,
)


def has(text: str, *wanted: str) -> None:
    """Every one of these must be in the text."""
    missing = [words for words in wanted if words not in text]
    if missing:
        raise AssertionError(f"nothing says {missing} in:\n{text}")


def help_names_all(talk: Session) -> None:
    listing = talk.command("help")
    has(listing, *(f"\n  {name}" for name in COMMANDS[1:]))
    for name in COMMANDS:
        has(talk.command(f"help {name}"), name)


def editing(talk: Session) -> None:
    usual = talk.command("help zones")
    for keys in (
        f"hellp{BACKSPACE}{BACKSPACE}p zones",
        f"help zoes{LEFT}{LEFT}n",
        "elp zones\x01h",
        "nonsense\x15help zones",
        "help zones nonsense\x17\x17zones",
        "nonsense\x03",
        f"help zones{UP}",
    ):
        if keys.endswith("\x03"):
            talk.type(keys)
            talk.prompt()
            continue
        has(talk.command(keys), usual)
    has(talk.command(UP), usual)


def completion(talk: Session) -> None:
    usual = talk.command("help zones")
    has(talk.command(f"hel{TAB}zon{TAB}"), usual)
    talk.type(f"me{TAB}{TAB}")
    talk.wait(r"memblock +meminfo")
    talk.prompt()
    has(talk.command(f"\x15alloc page 0 GFP_KERNE{TAB}|__GFP_ZER{TAB}"), "#1")


def allocations(talk: Session) -> None:
    given = talk.command("alloc page 3 GFP_KERNEL")
    has(given, "#1: pfn ", "phys 0x", "virt 0xc", "zone Normal", "order 3")
    has(talk.command("alloc page 0 GFP_DMA|__GFP_ZERO"), "#2: pfn ", "zone DMA", "order 0")
    has(talk.command("handles"), "GFP_KERNEL\n", "GFP_DMA|__GFP_ZERO\n", "2 handles")
    frame = re.search(r"pfn (\d+)", given)
    has(talk.command(f"page {frame and frame[1]}"), "order 3")
    has(talk.command("free 1"), "#1: gave back 8 pages")
    listing = talk.command("handles")
    has(listing, "GFP_DMA")
    if "GFP_KERNEL" in listing:
        raise AssertionError(f"#1 was given back, and is still there:\n{listing}")
    has(talk.command("free all"), "gave back 1 ")
    has(talk.command("handles"), "0 handles")


def nonsense(talk: Session) -> None:
    """Each gets a sentence and the prompt. Then bytes of all kinds, and all is as before."""
    for line in NONSENSE:
        if not talk.command(line).strip():
            raise AssertionError(f"no answer to {line!r}")
    usual = talk.command("help zones")
    monkey = random.Random(1)
    for _ in range(40):
        talk.machine.send(bytes(monkey.choices(range(256), k=60)).decode("latin-1"))
    talk.type("\x03\x15")
    talk.type(f"help zones{ENTER}help zones{ENTER}")
    talk.wait(re.escape(usual) + "(?s:.*)" + re.escape(usual))


def pasting(talk: Session) -> None:
    """A page of lines that arrive at once: none is lost."""
    talk.type(f"help zones{ENTER}" * 60)
    for _ in range(60):
        talk.wait(r"^  zones .*\n")
        talk.wait(AT_PROMPT)


def tests_again(talk: Session) -> None:
    has(talk.command("test kunit*"), "KTAP version 1", "0 failed")


def warning(talk: Session) -> None:
    has(talk.command("crash warn"), "nothing is wrong\nWARNING:", "Call Trace")
    has(talk.command("reports"), "WARNING:")
    talk.command("help")


def looking(talk: Session) -> None:
    """What only shows things shows something, and no report."""
    for line in LISTINGS:
        printed = talk.command(line)
        least = 1 if "--json" in line else 2
        if len(printed.strip().splitlines()) < least or judge.reports(printed):
            raise AssertionError(f"{line} printed:\n{printed}")


def poweroff(talk: Session) -> None:
    said = talk.last_words("poweroff")
    if "not available" in said:
        raise AssertionError(said)


def crash(kind: str, talk: Session) -> None:
    has(talk.last_words(f"crash {kind}"), CRASHES[kind], "Call Trace", "Kernel panic")


def panic_stops_all(talk: Session) -> None:
    """Each of the other CPUs says where it was, and none goes on."""
    said = talk.last_words("crash panic")
    has(said, "Kernel panic", "CPU 1 was stopped here:", "CPU 2 was stopped here:", "do_idle")
    if "does not stop" in said:
        raise AssertionError(said)


@dataclasses.dataclass(frozen=True)
class Talk:
    """A session: what is said, to which machine, and how that ends."""

    name: str
    say: Callable[[Session], None]
    memory: str = "64"
    status: int | None = None
    image: str = "default"
    extra: tuple[str, ...] = ()


TALKS = (
    Talk("help", help_names_all),
    Talk("editing", editing),
    Talk("completion", completion),
    Talk("allocations", allocations),
    Talk("nonsense", nonsense),
    Talk("nonsense-debug", nonsense, image="debug"),
    Talk("pasting", pasting),
    Talk("test", tests_again),
    Talk("warn", warning),
    Talk("looking", looking),
    Talk("looking-4M", looking, memory="4"),
    Talk("looking-8192M", looking, memory="8192"),
    Talk("poweroff", poweroff, status=0),
    *(
        Talk(f"crash-panic-smp-{image}", panic_stops_all, status=37, image=image,
             extra=("-smp", "3"))
        for image in ("default", "debug")
    ),
    *(
        Talk(f"crash-{kind}-{image}", functools.partial(crash, kind), status=37, image=image)
        for kind in CRASHES
        for image in ("default", "debug")
    ),
)


def hold(talk: Talk) -> list[Result]:
    """Boots, talks, and looks at how the machine ended, where it should have."""
    setup = machine.Setup(IMAGES[talk.image].kernel, "kunit=off", talk.memory,
                          extra=talk.extra)
    wrong = ""
    with machine.boot(setup) as running:
        session = Session(running, LIMIT)
        try:
            session.prompt()
            talk.say(session)
        except (AssertionError, OSError) as error:
            wrong = str(error)
        if talk.status is not None and not wrong:
            outcome = running.finish(running.seconds + LIMIT)
            if outcome.status != talk.status:
                wrong = f"{judge.meaning(outcome)}\n{judge.tail(outcome)}"
    return [Result("goes as it should", not wrong, wrong)]


def command_line(iso: bool) -> list[Result]:
    """Quotes, by either loader: around a value, around the whole word; and the exit status."""
    results = []
    for words, status in (
        ('kunit=off run="help zones; help buddy" exit', judge.PASSED),
        ('kunit=off "run=help zones; help buddy" exit', judge.PASSED),
        ('kunit=off run="help zones;help buddy;crash warn" exit', judge.FAILED),
    ):
        kernel = IMAGES["default"].kernel
        if iso:
            kernel = builds.iso(IMAGES["default"], "command-line", words)
        outcome = machine.run(machine.Setup(kernel, words, iso=iso), LIMIT)
        ok = outcome.status == status and bool(re.search(r"^  zones .*\n", outcome.log, re.M))
        ok = ok and bool(re.search(r"^  buddy .*\n", outcome.log, re.M))
        detail = "" if ok else f"{judge.meaning(outcome)}\n{judge.tail(outcome)}"
        results.append(Result(words, ok, detail))
    return results


BAD_SIZES = {
    "mem=1M": "mem=1024K leaves out the RAM that the kernel is in",
    "mem=2M": "mem=2048K leaves out the RAM that the kernel is in",
    "mem=0": "Parameter mem: '0' makes no sense",
    "mem=16E": "Parameter mem: '16E' makes no sense",
    "mem=99999999999999G": "Parameter mem: '99999999999999G' makes no sense",
    "mem=18446744073709551616": "Parameter mem: '18446744073709551616' makes no sense",
    "min_free_kbytes=-5": "Parameter min_free_kbytes: '-5' makes no sense",
    "min_free_kbytes=99999999999": "Parameter min_free_kbytes: '99999999999' makes no sense",
    "min_free_kbytes=99999999": "min_free_kbytes=99999999 is more than half of the lowmem",
}


def bad_sizes() -> list[Result]:
    """Words of the command line that no machine can follow: each gets the true reason."""
    results = []
    for word, sentence in BAD_SIZES.items():
        setup = machine.Setup(IMAGES["default"].kernel, f"kunit=off exit {word}")
        outcome = machine.run(setup, LIMIT)
        expected = judge.PANIC if "leaves out" in sentence else judge.PASSED
        ok = outcome.status == expected and sentence in outcome.log
        detail = "" if ok else f"{judge.meaning(outcome)}\n{judge.tail(outcome)}"
        results.append(Result(word, ok, detail))
    return results


def piped() -> list[Result]:
    """scripts/run with input from a pipe: every line of it is a command, and then it ends."""
    results = []
    with tempfile.TemporaryDirectory(prefix="memkern with blanks ") as folder:
        kernel = pathlib.Path(folder) / "the kernel.elf"
        kernel.symlink_to(IMAGES["default"].kernel.resolve())
        for lines, end in ((1, "\n"), (40, "\n"), (1, "")):
            typed = "\n".join(["help zones"] * lines) + end
            argv = ["scripts/run", "--kernel", str(kernel), "-m", "16G", "kunit=off"]
            status, said = command(argv, LIMIT, ROOT, typed)
            said = machine.plain(said)
            answers = len(re.findall(r"^  zones .*\n", said, re.M))
            ok = status == 0 and answers == lines and "nknown" not in said
            what = f"{lines} line(s), {'complete' if end else 'the last without its end'}"
            results.append(Result(what, ok, f"status {status}, {answers} answers\n{said[-2000:]}"))
    return results


def devices() -> list[Result]:
    """scripts/run with devices; names of files are taken as they are, and missing ones named."""
    with tempfile.TemporaryDirectory(prefix="memkern, with a comma ") as folder:
        disk, floppy = f"{folder}/disk.img", f"{folder}/floppy.img"
        for name, size in ((disk, 3 << 20), (floppy, 1440 << 10)):
            pathlib.Path(name).write_bytes(bytes(size))
        argv = ["scripts/run", "--kernel", str(IMAGES["default"].kernel), "kunit=off", "exit"]
        with_all = [*argv, "--disk", disk, "--floppy", floppy, "--device", "edu", "--device",
                    "edu,addr=9", "run=disks; devices; writesec hda 1 0x5a; writesec fd0 2 0xa5"]
        status, said = command(with_all, LIMIT, ROOT)
        shown = [rf"^hda +{3 << 10} ", r"^fd0 +1440 ", r"^0000:00:03.0 .* edu ",
                 r"^0000:00:09.0 .* edu "]
        missing = [line for line in shown if not re.search(line, machine.plain(said), re.M)]
        written = (pathlib.Path(disk).read_bytes()[512:1024] == b"\x5a" * 512
                   and pathlib.Path(floppy).read_bytes()[1024:1536] == b"\xa5" * 512)
        no_status, no_disk = command([*argv, "--disk", f"{folder}/none"], LIMIT, ROOT)
    return [
        Result("they are there", status == 0 and not missing, f"{missing}\n{said[-2000:]}"),
        Result("what is written is in the files", written, said[-2000:]),
        Result("a file that is not there", no_status == 3 and f"no file {folder}/none" in no_disk,
               f"status {no_status}\n{no_disk}"),
    ]


def colours() -> list[Result]:
    """A reader that is no terminal gets none from scripts/run, unless the command line asks."""
    results = []
    kernel = str(IMAGES["default"].kernel)
    for word, wanted in (("", False), ("colour=on", True), ("colour=off", False)):
        argv = ["scripts/run", "--kernel", kernel, "kunit=off", "exit", *word.split(),
                'run="zones; map; buddy; check"']
        status, said = command(argv, LIMIT, ROOT)
        shown = "\n0x000000000 DMA      " in machine.plain(said) and "no problems" in said
        ok = status == 0 and shown and ("\x1b" in said) == wanted
        results.append(Result(word or "as it is", ok, f"status {status}\n{said[-2000:]!r}"))
    return results


def jobs() -> list[Job]:
    found = [
        Job(f"monitor/{talk.name}", functools.partial(hold, talk), (talk.image,)) for talk in TALKS
    ]
    for iso in (False, True):
        name = f"monitor/command-line{'-iso' if iso else ''}"
        found.append(Job(name, functools.partial(command_line, iso), ("default",)))
    found.append(Job("monitor/piped", piped, ("default",)))
    found.append(Job("monitor/devices", devices, ("default",)))
    found.append(Job("monitor/colours", colours, ("default",)))
    found.append(Job("monitor/bad-sizes", bad_sizes, ("default",)))
    return found
