# SPDX-License-Identifier: MIT
"""What GDB's commands say of the vmalloc window, sound and corrupted, live and in a core file."""

from __future__ import annotations

import gdb_seeds
import gdb_session
from gdb_seeds import Seed
from gdb_session import Cases
from result import Result

# Three areas side by side; the one in the middle is freed: lazily.
WORDS = ("run=alloc vmalloc 9000; alloc vmalloc 20000 GFP_KERNEL; alloc vmalloc 1; free 2;"
         " handles; vmalloc")
AT_HANDLES = ("tbreak cmd_handles", "continue")
FIRST, LAST = "(unsigned long)handles[0].object", "(unsigned long)handles[2].object"


def check(cases: Cases) -> None:
    """Of the commands that a core file answers as well as a machine."""
    cases.says("k-vmalloc",
               r"^c47e0000-c47e3fff +16 KiB +3 pages vmalloc +by cmd_alloc_vmalloc\+\d+"
               r" \(mm/monitor/alloc.c:\d+\), guard c47e3000$",
               "^c47ea000-c47ebfff +8 KiB +1 page  vmalloc ",
               r"^2 areas, 24 KiB busy, 24 KiB lazily unmapped, \d+\.\d MiB free, the largest hole"
               r" \d+\.\d MiB; 1 page table, 0 purges \(verified\)$")
    cases.says(f"k-whatis {FIRST} + 4101",
               r"^0xc47e1005: vmalloc area c47e0000-c47e3fff \+ 0x1005, page 1, by cmd_alloc_vmall",
               "^  mapped rw- to physical 0x",
               "^  in use: .*page 1 of the vmalloc area c47e0000-c47e3fff$")
    cases.says(f"k-whatis {FIRST} + 12288", ": guard page of the vmalloc area c47e0000-c47e3fff,",
               "^  not mapped: ")
    cases.says(f"k-whatis {FIRST} + 16384", ": lazily unmapped, c47e4000-c47e9fff: a TLB may")
    cases.says(f"k-whatis {LAST} + 8192", ": free: in a hole of the vmalloc window, c47ec000-ffb")
    cases.says("k-whatis 0xffffe000", ": fixmap: registers of the local APIC$")
    cases.says("k-whatis 0xffc03000", ": kmap slot 3$")
    cases.says("k-whatis kmalloc_caches[0][7]->cpu_slab",
               ": per-CPU memory of CPU 0, of alloc_percpu[(][)]$")
    cases.says("k-percpu kmalloc_caches[0][7]->cpu_slab->room", r"\ACPU 0, at 0x\w+: \d+\n\Z")
    cases.says("k-vmmap", r"^c47e0000-c47e2fff +12 KiB rw-  vmalloc: cmd_alloc_vmalloc\+\d+$",
               r"^c47ea000-c47eafff +4 KiB rw-  vmalloc: ")
    cases.says("k-check", "^ok    areas: ", "^k-check: all is well$")
    cases.says("print *$area", "= c47e0000-c47e3fff, 16 KiB = .*vm = vmalloc at 0xc47e0000, 16 KiB"
               r" with the guard page, by cmd_alloc_vmalloc\+\d+ = ")
    cases.says("print $area", r"= 0x[0-9a-f]+ \(c47e0000-c47e3fff, 16 KiB\)$")


AREA = ("set $area = (struct vmap_area *)((char *)vmap_busy_root.rb_node"
        " - (unsigned long)&((struct vmap_area *)0)->rb_node)",
        "python gdb.execute('set $area = $area->va_start == 0xc47e0000 ? $area : (struct vmap_area"
        " *)((char *)$area->rb_node.rb_left - (unsigned long)&((struct vmap_area *)0)->rb_node)')")
LOOKS = ("k-vmalloc", f"k-whatis {FIRST} + 4101", f"k-whatis {FIRST} + 12288",
         f"k-whatis {FIRST} + 16384", f"k-whatis {LAST} + 8192", "k-whatis 0xffffe000",
         "k-whatis 0xffc03000", "k-whatis kmalloc_caches[0][7]->cpu_slab",
         "k-percpu kmalloc_caches[0][7]->cpu_slab->room", "k-vmmap", "k-check", *AREA,
         "print *$area", "print $area")


def areas() -> list[Result]:
    """The monitor and GDB say the same of the same areas."""
    talk = gdb_session.live([*AT_HANDLES, *LOOKS, "tbreak cmd_vmalloc", "continue", "k-vmalloc -a",
                             "k-vmalloc zebra"], [WORDS])
    cases = Cases(talk)
    check(cases)
    cases.says("k-vmalloc -a", "^2 areas, ")
    cases.says("k-vmalloc zebra", "^usage: k-vmalloc ")
    return cases.results


def core(image: str) -> list[Result]:
    """All of it in a core file."""
    with gdb_session.folder() as place:
        file = place / "memkern.core"
        wrong = gdb_session.dump(file, [WORDS.replace("; vmalloc", "")], image)
        if wrong:
            return [Result("a core file is written", False, wrong)]
        talk = gdb_session.on_core(file, LOOKS, image)
    cases = Cases(talk)
    check(cases)
    return cases.results


PREPARE = (
    *AT_HANDLES, *AREA,
    "set $hole = (struct vmap_area *)((char *)vmap_free_root.rb_node"
    " - (unsigned long)&((struct vmap_area *)0)->rb_node)",
    "python import re; pte = lambda address: '0xc' + re.search(r'\\bPTE +at 0([0-9a-f]+)',"
    " gdb.execute(f'k-walk {address}', to_string=True))[1]",
    "python gdb.execute(f'set $pte = (unsigned long long *){pte(\"0xc47e0000\")}')",
    "python import memkern.check as checks, memkern.frames as frames",
)
SAVED = ("*$area", "*$hole", "vmap_busy_root", "vmap_free_root", "vmap_lazy_list", "vmap_stats",
         "vmap_lock", "$pte[0]", "$pte[1]", "$pte[2]", "$pte[3]", "$pte[5]", "$pte[15]")
CHECK = "python checks.Check.make(checks.areas, frames.MemMap())"
SEEDS = (
    Seed("an area that is too short", "$area->va_end -= 4096", "c47e3000-c47e3fff is in no area",
         CHECK),
    Seed("an area that is too long", "$area->va_end += 4096", "c47e4000-c47e4fff is in two areas",
         CHECK),
    Seed("an area that is empty", "$area->va_end = $area->va_start", "the busy area at 0x", CHECK),
    Seed("an area's order in the tree", "$area->va_start = 0xd0000000",
         "^ +the busy tree has d0000000-c47e3fff before c47ea000", CHECK),
    Seed("subtree_max_size", "$hole->subtree_max_size -= 4096",
         "the free area c47ec000-.* says that its subtree has at most 0x", CHECK),
    Seed("a node's child is itself", "$area->rb_node.rb_right = &$area->rb_node",
         "cycle: a child of 0x|the parent of 0x", CHECK),
    Seed("a node's child is nowhere", "$area->rb_node.rb_left = 0x10", "which cannot be read",
         CHECK),
    Seed("a node's parent", "$area->rb_node.__rb_parent_color ^= 64", "the parent of 0x", CHECK),
    Seed("a root that is lost", "vmap_busy_root.rb_node = 0", "c47e0000-c47e3fff is in no area",
         CHECK),
    Seed("the lazy list", "vmap_lazy_list.next = 0", "stopped early: ", CHECK),
    Seed("a counter", "vmap_stats.busy += 1", r"^  WRONG: vmap_stats.busy is 24577, found 24576$",
         "k-vmalloc"),
    Seed("the number of areas", "vmap_stats.areas += 1", "vmap_stats.areas is 3, found 2", CHECK),
    Seed("a page that is not mapped", "$pte[1] = 0",
         r"c47e0000-c47e3fff: page 1 is frame \d+, but nothing is mapped there", CHECK),
    Seed("a page that is mapped elsewhere", "$pte[2] += 4096",
         r"page 2 is frame \d+, but 0x[0-9a-f]+ is mapped there", CHECK),
    Seed("a guard page that is mapped", "$pte[3] = $pte[0]", "the guard page c47e3000 of", CHECK),
    Seed("a lazy page that is mapped", "$pte[5] = $pte[0]", "c47e5000 is mapped, but lazy", CHECK),
    Seed("a free page that is mapped", "$pte[15] = $pte[0]", "c47ef000 is mapped, but free", CHECK),
    Seed("a number of pages", "$area->vm.nr_pages = 99", "is said to have 99 pages", CHECK),
    Seed("the lock is held", "vmap_lock.next += 1", "^skip  areas: .*: vmap_lock is held$", CHECK),
    Seed("the areas in k-vmmap", "$area->rb_node.rb_left = 0x10", "rw-  vmalloc$", "k-vmmap"),
    Seed("the areas in k-vmalloc", "$area->rb_node.rb_left = 0x10",
         "^k-vmalloc: a list is broken: a child of 0x", "k-vmalloc"),
)


def seeds() -> list[Result]:
    """Trees, lists, page tables and counters that were overwritten."""
    return gdb_seeds.plant(SEEDS, PREPARE, SAVED, WORDS)
