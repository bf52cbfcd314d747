# SPDX-License-Identifier: MIT
"""Sessions with GDB that are tested: live and on core files.

Those on corrupted memory are in gdb_seeds.py.
"""

from __future__ import annotations

import dataclasses
import functools
import os
import pathlib
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable

import gdb_reclaim
import gdb_seeds
import gdb_session
import gdb_slab
import gdb_smp
import gdb_threads
import gdb_vmalloc
from builds import IMAGES, ROOT
from gdb_session import AT_PROMPT, Cases
from processes import PROCESSES, command
from result import Job, Result

# What the allocator has of this type is only what the session takes: nobody else asks for it.
GFP = "GFP_KERNEL|__GFP_RECLAIMABLE"
SPLIT = f"run=alloc page 4 {GFP}; alloc page 3 {GFP}; alloc page 0 {GFP}; free all"
AT_SPLIT = ("break mm/page_alloc.c:take_block if block_order == 3 && order == 0"
            " && type == MIGRATE_RECLAIMABLE")
BUDDY = "k-buddy Normal -t Reclaimable"
COMMANDS = ("k-zones", "k-meminfo", "k-buddy", "k-slab", "k-page", "k-whatis", "k-owner", "k-walk",
            "k-vtop", "k-vmmap", "k-vmalloc", "k-threads", "k-thread", "k-irqs", "k-devices",
            "k-timers", "k-cache", "k-reclaim", "k-vmstat", "k-trace-alloc", "k-check")


def frame_in(printed: str) -> int:
    """The frame that a struct page is printed with."""
    match = re.search(r"\(frame (\d+)\)", printed)
    if not match:
        raise AssertionError(f"no frame in {printed!r}")
    return int(match[1])


def blocks(printed: str) -> set[tuple[int, int]]:
    """(order, frame) of each block that k-buddy -t lists."""
    found = re.findall(r"^  order (\d+) \w+: frames (\d+) to", printed, re.MULTILINE)
    return {(int(order), int(pfn)) for order, pfn in found}


def split() -> list[Result]:
    """An order-3 block is split for a single page: watched from the break to the owner."""
    talk = gdb_session.live([
        "info symbol $pc", "k-zones", AT_SPLIT, "continue", "print page", "k-page page", BUDDY,
        "next", "next", "next", "k-buddy Normal", "finish", BUDDY + " -v", "delete",
        "tbreak cmd_handles", "tbreak free_everything", "print gfp", "up 20", "continue",
        "print handles[2].page", "k-page handles[2].page", "k-whatis handles[2].page",
        "print handles[2].gfp", "print *handles[2].page", "print contig_page_data.node_zones[2]",
        "print contig_page_data.node_zones[2].free_area[2]", "k-buddy Normal", "k-check", "k-owner",
    ], [SPLIT])
    cases = Cases(talk)
    page = frame_in(talk["print page"])
    before, after = blocks(talk[BUDDY]), blocks(talk[BUDDY + " -v"])
    cases.says("info symbol $pc", "^start_kernel in section .text")
    cases.says("k-zones", "^the zones are not set up yet")
    cases.says("continue", r"free_everything \(")
    cases.says("k-page page", f"^frame {page} ", "^  type +buddy$",
               f"^  state +free: 1st of 8 pages of the block at frame {page}, order 3$")
    cases.says(BUDDY, r"\(verified\)", "zone->lock is held",
               f"order 3 .*frames {page} to {page + 7},")
    cases.says("k-buddy Normal", r"^zone Normal: .* \(verified\)")
    cases.says("finish", f"Value returned is .*frame {page}")
    cases.add("the block is gone, and its parts are there",
              before - after == {(3, page)}
              and after - before == {(2, page + 4), (1, page + 2), (0, page + 1)},
              f"before: {before}\nafter: {after}")
    cases.says("print handles[2].page", f"frame {page}")
    cases.says("k-page handles[2].page", f"^frame {page} ", "^  refcount +1$",
               f"^  state +in use: the block at frame {page}, order 0, GFP_KERNEL",
               r"^ +cmd_alloc_page\+")
    cases.says("k-whatis handles[2].page", f"^0x.*: struct page of frame {page}$")
    cases.says("print handles[2].gfp", r"= GFP_KERNEL\|__GFP_RECLAIMABLE$")
    cases.says("print *handles[2].page", f"= frame {page}, zone Normal, count 1, flags none = ")
    cases.says("print contig_page_data.node_zones[2]", r"= zone Normal, \d+ of \d+ pages free = ")
    cases.says("print contig_page_data.node_zones[2].free_area[2]", "Reclaimable = 1 link, ")
    cases.says("k-check", "^k-check: all is well$", "^ok    translations")
    cases.says("k-owner", r"\(verified\)$", r"^    cmd_alloc_page\+")
    return cases.results


def mid_split() -> list[Result]:
    """In the middle of a split pages are on their way: k-buddy and k-check say so."""
    talk = gdb_session.live([AT_SPLIT, "continue", "break __add_to_free_list", "continue",
                             "k-buddy Normal", "k-check"], [SPLIT])
    cases = Cases(talk)
    cases.says("k-buddy Normal", "^zone Normal: .* MISMATCH$", "^  nr_free_pages is",
               "zone->lock is held")
    cases.says("k-check", "^zone Normal is locked")
    return cases.results


def events() -> list[Result]:
    """k-trace-alloc sees a request that splits a block, and its way back."""
    talk = gdb_session.live([
        "tbreak cmd_alloc_page", "continue", "k-trace-alloc", "k-trace-alloc finish",
        "tbreak free_handle", "continue ", "k-trace-alloc finish ", "k-trace-alloc nonsense",
    ], [f"run=alloc page 4 {GFP}; free all"])
    cases = Cases(talk)
    cases.says("k-trace-alloc", "^no event$")
    cases.says("k-trace-alloc finish",
               r"^TAKE +order 10, frame (\d+), split down to order 4, from zone Normal$",
               r"^ALLOC +order 4, frame \d+, GFP_KERNEL\|.*__GFP_RECLAIMABLE.*, by monitor_alloc")
    cases.says("k-trace-alloc finish ", "^FREE +order 4, frame .* by free_handle",
               "^GIVE +order 4, frame .* to zone Normal$")
    cases.says("k-trace-alloc nonsense", 'Undefined command: "nonsense"')
    return cases.results


def states() -> list[Result]:
    """Frames and addresses of every kind are told for what they are."""
    table = ("python import re; table = re.search('table ([0-9a-f]+)',"
             " gdb.execute('k-walk start_kernel', to_string=True))[1]")
    said = {
        "k-page handles[0].page": ("^  zone +HighMem", "^  virtual +none: highmem$",
                                   "^  state +in use: the block at frame"),
        "k-page $page": ("^  state +free, in the lists of CPU 0: the block at frame .*, order 0$",),
        "k-buddy Normal -f 8192": ("^frame 8192 is the 1st of 1024 pages of the free block 8192",),
        "k-buddy -f handles[0].page": ("is in no free block$",),
        "k-page 0": ("^  virtual +0xc0000000$", "^  state +not usable: low memory",),
        "k-page phys:0x100000": ("^frame 256 .*, taken as a physical address$",
                                 "^  flags +reserved$", "^  state +reserved: kernel entry code$"),
        "python gdb.execute(f'k-page phys:0x{table}')": ("the page directory for c0000000$",),
        "k-whatis swapper_pg_dir": (": kernel data: swapper_pg_dir$",
                                    "reserved: the top page table$"),
        "k-whatis start_kernel": (": kernel text: start_kernel$", "mapped r-x to"),
        "k-whatis zone_pcp": (r": per-CPU variable of CPU 0: zone_pcp$",),
        "k-whatis init_stack_guard": ("the guard page of the boot's stack$", "not mapped"),
        "k-whatis 0xc1000000": ("region: direct map$", "free: 1st of 1024 pages"),
        "k-whatis high_memory": ("region: gap behind lowmem$", "not mapped"),
        "k-whatis 0xffffffff": ("region: never mapped$", "not mapped"),
        "k-whatis 16": ("region: user space$", "not mapped: the PDPTE"),
        "k-page handles[0].page + 0": ("^  type +bad$", "^  state +bad: "),
        "k-page 99999999": ("no struct page: no RAM is there",),
    }
    before_bad, *_ = [line for line in said if line.endswith("+ 0")]
    lines = ["tbreak free_handle", "continue", "set $page = handle->page", "tbreak cmd_handles",
             "continue", table, *said]
    lines.insert(lines.index(before_bad), "set var handles[0].page->page_type = ~0x800")
    talk = gdb_session.live(lines, [
        "-m", "128", "vmalloc=960M",
        "run=alloc page 0 GFP_HIGHUSER; alloc page 0 GFP_KERNEL; free 2; handles"])
    cases = Cases(talk)
    for line, patterns in said.items():
        cases.says(line, *patterns)
    return cases.results


WALKED = ("_stext", "&contig_page_data", "0xc0000000", "0xc2000123", "init_stack_guard",
          "high_memory", "0xffe00000", "0xfffff000", "0", "0xbffff000", "$esp")


def translations() -> list[Result]:
    """k-walk leads where QEMU's own translation leads."""
    lines = [line for address in WALKED
             for line in (f"k-walk {address}", f"eval \"monitor gva2gpa %#lx\", (long){address}")]
    talk = gdb_session.live([*AT_PROMPT, *lines])
    cases = Cases(talk)
    for walk, qemu in zip(lines[::2], lines[1::2]):
        walked = re.search(r"is physical 0x([0-9a-f]+),", talk[walk])
        said = re.search(r"gpa: (?:0x)?([0-9a-f]+)", talk[qemu])
        agree = (walked and int(walked[1], 16)) == (said and int(said[1], 16))
        clear = bool(walked) != ("is not mapped" in talk[walk])
        cases.add(f"{walk} agrees with QEMU", agree and clear, talk[walk] + talk[qemu])
    return cases.results


def core(image: str) -> list[Result]:
    """All commands work on a core file; what needs a machine says so."""
    with gdb_session.folder() as place:
        file = place / "memkern.core"
        wrong = gdb_session.dump(file, [f"run=alloc page 3 {GFP}"], image)
        if wrong:
            return [Result("a core file is written", False, wrong)]
        talk = gdb_session.on_core(file, [
            "k-zones", "k-meminfo", "k-buddy", BUDDY, "k-slab", "k-page handles[0].page",
            "k-whatis handles[0].page", "k-whatis $esp", "k-walk 0xc2000123", "k-vmmap", "k-owner",
            "k-owner --by-caller", "k-trace-alloc", "k-check", "bt",
        ], image)
    cases = Cases(talk)
    cases.says("k-zones", "^Normal +0x001000000-0x003fdffff +12256 ")
    cases.says("k-meminfo", "^Normal +", "^RAM +16254 pages")
    cases.says("k-buddy", r"^zone DMA: .* \(verified\)$", r"^zone Normal: .* \(verified\)$")
    cases.says(BUDDY, "^  order 3 Reclaimable: frames")
    cases.says("k-page handles[0].page", "^  state +in use: 1st of 8 pages", "cmd_alloc_page")
    cases.says("k-whatis handles[0].page", ": struct page of frame", "reserved: struct pages")
    cases.says("k-whatis $esp", "the boot's stack")
    cases.says("k-walk 0xc2000123", "of swapper_pg_dir", "^c2000123 is physical 0x2000123,")
    cases.says("k-vmmap", "r-x  kernel text$", "none writable and executable$")
    cases.says("k-slab", r"^kmem_cache .*\(verified\)$")
    cases.says("k-owner", r"\(verified\)$")
    cases.says("k-owner --by-caller", "cmd_alloc_page|monitor_alloc")
    cases.says("k-trace-alloc", "^a core file does not run")
    cases.says("k-check", "^k-check: all is well$", "^skip  translations")
    cases.says("bt", r"idle \(\)", r"start_kernel \(")
    return cases.results


MACHINES = {
    "4M": ("-m", "4"),
    "17M": ("-m", "17"),
    "highmem": ("-m", "128", "vmalloc=960M"),
    "no-NX": ("--cpu", "pentium3"),
    "above-4G": ("-M", "pc,max-ram-below-4g=64M", "-m", "128"),
    "no-owner": ("page_owner=off",),
}


def machine(options: tuple[str, ...], image: str) -> list[Result]:
    """Whatever the machine is, what the commands say adds up."""
    talk = gdb_session.live([*AT_PROMPT, "k-zones", "k-meminfo", "k-buddy", "k-vmmap", "k-check"],
                            options, image)
    cases = Cases(talk)
    verdicts = re.findall("^zone .*", talk["k-buddy"], re.MULTILINE)
    cases.add("k-buddy verifies all zones",
              bool(verdicts) and all(line.endswith("(verified)") for line in verdicts))
    cases.says("k-check", "^k-check: all is well$")
    cases.add("GDB's status is 0", talk.status == 0, f"it is {talk.status}")
    return cases.results


def nonsense() -> list[Result]:
    """Whatever is typed, at whatever moment, the answer is a sentence."""
    words = ("", "zebra", "-n", "-f", "-t zebra", "0xffffffffffff", "1 2 3", "99999999", "page:0",
             "virt:0", "phys:0x3ffffff000", "-1")
    lines = [f"{name} {word}".rstrip() for name in COMMANDS if name != "k-trace-alloc"
             for word in words]
    early = gdb_session.live([*COMMANDS[:-2], *lines, "print *(struct page *)0xc1000000",
                              "print contig_page_data"])
    late = gdb_session.live([*AT_PROMPT, *lines, "print *(struct page *)0",
                             "print *(struct page *)0xc1000000", "print (struct page *)0x1000",
                             *(f"help {name}" for name in COMMANDS)])
    without = gdb_session.on_core(pathlib.Path("/nonexistent"), COMMANDS, "debug")
    results = []
    for when, talk in (("before mm_init", early), ("at the prompt", late), ("no memory", without)):
        cases = Cases(talk)
        cases.add("GDB goes on to the end", len(talk.answers) > 8 and talk.status in (0, 1))
        results += [dataclasses.replace(case, name=f"{when}: {case.name}")
                    for case in cases.results]
    for name in COMMANDS:
        ok = f"{name} " in late[f"help {name}"] or f"{name}:" in late[f"help {name}"]
        results.append(Result(f"help {name}", ok or name == "k-vtop", late[f"help {name}"]))
    return results


def is_answering(path: pathlib.Path) -> bool:
    """Whether a QEMU still listens at its control socket."""
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(str(path))
        except (FileNotFoundError, ConnectionRefusedError):
            return False
    return True


def wait_until(condition: Callable[[], bool], limit: float = 15.0) -> bool:
    deadline = time.monotonic() + limit
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def ends() -> list[Result]:
    """Ctrl-C is for GDB, QEMU lives on; whatever the script dies of, QEMU dies with it."""
    with gdb_session.folder() as place:
        printed = place / "printed"
        with printed.open("wb") as out:
            process = PROCESSES.start(
                ["scripts/debug", "--kernel", str(IMAGES["debug"].kernel), "--folder", str(place)],
                cwd=ROOT, stdin=subprocess.PIPE, stdout=out, stderr=subprocess.STDOUT)
        try:
            assert process.stdin
            process.stdin.write(b"continue\n")
            process.stdin.flush()
            log = place / "serial.log"
            up = wait_until(lambda: log.exists() and b"memkern> " in log.read_bytes())
            os.killpg(process.pid, signal.SIGINT)  # as a terminal does: script and GDB
            stopped = wait_until(lambda: b"SIGINT" in printed.read_bytes())
            lived = is_answering(place / "qmp")
            process.kill()
            process.wait()
            gone = wait_until(lambda: not is_answering(place / "qmp"))
        finally:
            PROCESSES.end(process)
        text = printed.read_text("utf-8", "replace")
    return [Result("the kernel runs on from there", up, text),
            Result("Ctrl-C stops the kernel, and GDB says so", stopped, text),
            Result("QEMU lives on", lived, text),
            Result("QEMU ends with the script", gone, text)]


def constants() -> list[Result]:
    """What the commands have by hand is what the headers say, by the compiler."""
    sys.path.insert(0, str(ROOT / "scripts" / "gdb"))
    from memkern import constants as by_hand  # it does not need GDB

    names = by_hand.compared()
    lines = [f"#include <{header}.h>" for header in
             ("linux/mm", "linux/percpu", "linux/poison", "linux/sched", "linux/irqdesc",
              "asm/fixmap")]
    lines += [f'#include "mm/{header}.h"' for header in ("internal", "slab", "vmalloc")]
    lines += [f'_Static_assert((unsigned long long){name} == {value}ULL, "{name}");'
              for name, value in names.items()]
    with gdb_session.folder() as place:
        file = place / "constants.c"
        file.write_text("\n".join(lines) + "\n")
        compiler = "i686-linux-gnu-gcc"
        _, own = command([compiler, "-print-file-name=include"], 10, ROOT)
        status, said = command(
            [compiler, "-m32", "-mregparm=3", "-std=gnu11", "-ffreestanding", "-fsyntax-only",
             "-nostdinc", "-isystem", own.strip(), "-Iinclude", "-I.", "-D__KERNEL__",
             '-DKBUILD_MODNAME="constants"', "-Wno-pointer-to-int-cast", str(file)], 60, ROOT)
    return [Result(f"{len(names)} constants are those of the headers",
                   status == 0 and len(names) > 20, said)]


def jobs() -> list[Job]:
    sessions: dict[str, Callable[[], list[Result]]] = {
        "split": split, "mid-split": mid_split, "events": events, "states": states,
        "translations": translations,
        "nonsense": nonsense, "ends": ends, "constants": constants,
    }
    for image in ("default", "debug"):
        sessions[f"core-{image}"] = functools.partial(core, image)
        sessions[f"vmalloc-core-{image}"] = functools.partial(gdb_vmalloc.core, image)
    for name, options in MACHINES.items():
        sessions[f"machine-{name}"] = functools.partial(machine, options, "debug")
    sessions["machine-default-build"] = functools.partial(machine, (), "default")
    sessions |= {"seeds": gdb_seeds.seeds, "seeded-core": gdb_seeds.core}
    sessions |= {"slab": gdb_slab.objects, "slab-debugged": gdb_slab.debugged,
                 "slab-seeds": gdb_slab.seeds, "slab-poison": gdb_slab.poison}
    sessions |= gdb_reclaim.SESSIONS
    sessions |= {"vmalloc": gdb_vmalloc.areas, "vmalloc-seeds": gdb_vmalloc.seeds}
    sessions |= gdb_threads.SESSIONS | gdb_smp.SESSIONS
    return [Job(f"gdb/{name}", work, ("default", "debug")) for name, work in sessions.items()]
