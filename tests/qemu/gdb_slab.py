# SPDX-License-Identifier: MIT
"""What GDB's commands say of slabs and objects, sound and corrupted."""

from __future__ import annotations

import gdb_seeds
import gdb_session
from gdb_seeds import Seed
from gdb_session import Cases
from result import Result

# Two objects of a fresh slab, of a set of caches that no driver uses; the second given back.
MASK = "GFP_KERNEL|__GFP_RECLAIMABLE"
WORDS = f"run=alloc kmalloc 500 {MASK}; alloc kmalloc 500 {MASK}; free 2; handles"
AT_HANDLES = ("tbreak cmd_handles", "continue")


def objects() -> list[Result]:
    """A slab, its objects and what they are is told right, the same as by the monitor."""
    item = "handles[0].object"
    talk = gdb_session.live([
        *AT_HANDLES, "k-slab", "k-slab -a", "k-slab kmalloc-rcl-512", "k-slab kmalloc-rcl-512 -v",
        f"k-slab contains {item}", f"k-slab contains {item} + 0x2ff", f"k-slab contains {item} - 1",
        "k-slab contains &handles", f"k-whatis {item} + 1", f"k-page {item}", "k-slab kmalloc",
        "k-slab -v", "k-check",
    ], [WORDS])
    cases = Cases(talk)
    cases.says("k-slab", r"^kmalloc-rcl-512 +1 +8 +512 +8 +0 +1 +0 +7  \(verified\)$",
               r"^kmem_cache .*\(verified\)$", r"^\d+ caches without slabs: k-slab -a$")
    cases.add("all caches are listed", "dma-kmalloc-8k " in talk["k-slab -a"]
              and "WRONG" not in talk["k-slab -a"], talk["k-slab -a"])
    cases.says("k-slab kmalloc-rcl-512",
               r"^  1 of 8 objects used, 0 free in slabs, 7 in CPUs' lists;"
               r" 1 slab, 0 partial \(verified\)$", "^  0x[0-9a-f]+  #ccccccc$")
    cases.says("k-slab kmalloc-rcl-512 -v", r"^    \[0x[0-9a-f]+000\]$",
               "^     0x[0-9a-f]+200   free, in the list of CPU 0, next 0x[0-9a-f]+400$",
               "e00   free, in the list of CPU 0, next 0x0$")
    cases.says(f"k-slab contains {item}", r" \+ 0x0 of kmalloc-rcl-512, in use; number 0 of 8 in")
    cases.says(f"k-slab contains {item} + 0x2ff",
               r" \+ 0xff of kmalloc-rcl-512, free, in the list of CPU 0; number 1 of 8 in")
    cases.says("k-slab contains &handles", ": in no slab$")
    cases.says(f"k-whatis {item} + 1", r"^  object 0x[0-9a-f]+ \+ 0x1 of kmalloc-rcl-512, in use;")
    cases.says("k-slab kmalloc", "^there is no cache 'kmalloc'")
    cases.says("k-slab -v", "^usage: k-slab ")
    cases.says("k-check", "^ok    objects: ", "^k-check: all is well$")
    return cases.results


def debugged() -> list[Result]:
    """Red zones, poison, links that are hidden: the lists are read all the same."""
    results = []
    for words, marks in (("slub_debug=FZPU", "#[.]{3,}"), ("slab_freelist_hardened=1", "#[.]{7}"),
                         ("slab_freelist_random=1", "[#c]{8}")):
        talk = gdb_session.live([*AT_HANDLES, "k-slab kmalloc-rcl-512", "k-check"], [words, WORDS])
        cases = Cases(talk)
        # In random order the one in use is anywhere, and so it may be with poison.
        cases.says("k-slab kmalloc-rcl-512", r"^  1 of \d+ objects used, .* \(verified\)$",
                   f"^  0x[0-9a-f]+  {marks}$")
        cases.says("k-check", "^k-check: all is well$")
        results += [Result(f"{words}: {case.name}", case.ok, case.detail)
                    for case in cases.results]
    return results


# A slab of 512 objects, of which the CPU has 60 at most.
PLANT_WORDS = f"run=alloc kmalloc 8 {MASK}; handles"
PREPARE = (
    *AT_HANDLES,
    "set $cache = kmalloc_caches[KMALLOC_RECLAIM][3]",
    "set $cpu = $cache->cpu_slab",
    "set $slab = (struct slab *)((char *)$cache->node.partial.next"
    " - (unsigned long)&((struct slab *)0)->slab_list)",
    "set $link = (void **)((char *)$slab->freelist + $cache->offset)",
    "set $cpu_link = (void **)((char *)$cpu->freelist + $cache->offset)",
)
SAVED = ("*$cache", "*$cpu", "*$slab", "*$link", "*$cpu_link")
LOOK = "k-slab kmalloc-rcl-8"
SEEDS = (
    Seed("a link leads nowhere", "*$link = (void *)0x10", "the link of 0x.* is 0x10, which is no",
         LOOK),
    Seed("a link leads between objects", "*$link = (char *)*$link + 4", "which is no object", LOOK),
    Seed("a link leads to another slab", "*$link = (char *)*$link + 8192", "which is no object",
         LOOK),
    Seed("a link leads back", "*$link = $slab->freelist", "cycle: the link of 0x", LOOK),
    Seed("a slab's list begins nowhere", "$slab->freelist = (void *)0xc0000000",
         "begins with 0xc0000000, which is no object", LOOK),
    Seed("a slab's list ends early", "*$link = 0", "inuse 60, found 511", LOOK),
    Seed("a slab's counter", "$slab->inuse += 1", "inuse 61, found 60", LOOK),
    Seed("a CPU's list has a ring", "*$cpu_link = $cpu->freelist", "cycle: the link of 0x", LOOK),
    Seed("a CPU's list leads nowhere", "*$cpu_link = (void *)0xffffffff", "which is no object",
         LOOK),
    Seed("a CPU's list ends early", "*$cpu_link = 0", "is said to have 59 objects, found 1", LOOK),
    Seed("a CPU's counter", "$cpu->room -= 1", "is said to have 60 objects, found 59", LOOK),
    Seed("an object in two lists", "*$cpu_link = $slab->freelist",
         "is in the list of CPU 0 and in its slab's", LOOK),
    Seed("the counter of slabs", "$cache->node.nr_slabs += 1", "1 partial MISMATCH$", LOOK),
    Seed("the counter of objects", "$cache->node.total_objects -= 1", "1 partial MISMATCH$", LOOK),
    Seed("the counter of partial slabs", "$cache->node.nr_partial = 0", "1 partial MISMATCH$",
         LOOK),
    Seed("a slab's cache", "$slab->slab_cache = (void *)0x10", "is of a slab, but of no cache",
         "k-slab"),
    Seed("a slab that is none", "((struct page *)$slab)->flags &= ~(1 << PG_slab)", "MISMATCH",
         LOOK),
    Seed("an object's slab is broken", "*$link = (void *)0x10",
         "in use; number 0 of 512 .* .not verified", "k-slab contains handles[0].object"),
    Seed("the objects, by k-check", "$slab->inuse += 1", "^WRONG objects: .*\n.*inuse 61, found 60",
         'python import memkern.check as checks, memkern.frames as frames;'
         ' checks.Check.make(checks.objects, frames.MemMap())'),
)


def seeds() -> list[Result]:
    """Slabs, free lists, counters."""
    return gdb_seeds.plant(SEEDS, PREPARE, SAVED, PLANT_WORDS)


def poison() -> list[Result]:
    """A free object that was written to is told by the byte."""
    look = "k-slab kmalloc-rcl-512"
    talk = gdb_session.live([
        *AT_HANDLES, "set $cache = kmalloc_caches[KMALLOC_RECLAIM][9]",
        "set $slab = (struct slab *)((char *)$cache->node.partial.next"
        " - (unsigned long)&((struct slab *)0)->slab_list)",
        "set var *((char *)$slab->freelist + 3) = 1", look, "k-slab",
    ], ["slub_debug=P", WORDS])
    cases = Cases(talk)
    cases.says(look, "^  WRONG: 0x[0-9a-f]+ is free, but byte 3 is 0x01, not 0x6b$",
               r"partial \(not verified: see below\)$")
    cases.says("k-slab", "^  WRONG: kmalloc-rcl-512: 0x[0-9a-f]+ is free, but")
    return cases.results
