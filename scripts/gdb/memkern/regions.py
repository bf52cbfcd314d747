# SPDX-License-Identifier: MIT
"""What the kernel's addresses are for: asm/pgtable.h, linker.ld, docs/paging.md."""

from __future__ import annotations

import dataclasses

from . import constants as c, frames, kernel, percpu, tasks

END = 1 << 32
USER = "user space"


@dataclasses.dataclass(frozen=True)
class Region:
    """[start, end) and what it is for."""

    start: int
    end: int
    name: str

    def holds(self, address: int) -> bool:
        return self.start <= address < self.end


STACKS = (
    ("init_stack", "init_stack_end", "the boot's stack, now the idle task's"),
    ("irq_stack", "irq_stack_end", "the interrupt stack of CPU 0"),
    ("double_fault_stack", "double_fault_stack_end", "the double fault's stack of CPU 0"),
)
CPU_STACKS = (
    ("irq_stack_top", "the interrupt stack"),
    ("double_fault_stack_top", "the double fault's stack"),
)
GUARDS = (
    ("init_stack_guard", "the guard page of the boot's stack"),
    ("irq_stack_guard", "the guard page of the interrupt stack of CPU 0"),
    ("double_fault_stack_guard", "the guard page of the double fault's stack of CPU 0"),
)


def _page_up(address: int) -> int:
    return (address + c.PAGE_SIZE - 1) & ~(c.PAGE_SIZE - 1)


def _thread_stacks() -> list[Region]:
    """Each but the boot's has one of its own; of a damaged list, what can be reached."""
    _, *others = tasks.reachable()
    return [Region(*task.stack, f"the stack of {task.name}[{task.pid}]") for task in others]


def _cpu_stacks() -> list[Region]:
    """Those of the other CPUs, which were allocated when these were started."""
    found = []
    for cpu in range(1, len(percpu.offsets())):
        for name, words in CPU_STACKS:
            top = int(percpu.variable(name, cpu))
            if percpu.is_online(cpu):
                found.append(Region(top - c.THREAD_SIZE, top, f"{words} of CPU {cpu}"))
    return found


def _allocated() -> list[Region]:
    return _cpu_stacks() + _thread_stacks()


def stacks() -> list[Region]:
    fixed = [Region(kernel.label(start), kernel.label(end), name) for start, end, name in STACKS]
    return fixed + _allocated()


def guards() -> list[Region]:
    """Pages below stacks, which must not be mapped."""
    fixed = [Region(kernel.label(start), kernel.label(start) + c.PAGE_SIZE, name)
             for start, name in GUARDS]
    return fixed + [
        Region(stack.start - c.PAGE_SIZE, stack.start, f"the guard page of {stack.name}")
        for stack in _allocated()]


def image() -> list[Region]:
    """The parts of the kernel image, in whole pages."""
    start = c.PAGE_OFFSET + kernel.label("__kernel_phys_start")
    text, rodata, data = (kernel.label(name) for name in ("_stext", "__start_rodata", "_sdata"))
    return [
        Region(start, text, "kernel entry code"),
        Region(text, _page_up(kernel.label("_etext")), "kernel text"),
        Region(rodata, _page_up(kernel.label("__end_rodata")), "kernel constants"),
        Region(data, kernel.label("_end"), "kernel data"),
    ]


def layout() -> list[Region]:
    """The whole address space, in order, without gaps."""
    parts = image()
    high = frames.high_memory()
    if high == c.PAGE_OFFSET:  # the boot page tables: the first GiB at 0 and here
        return [Region(0, c.PAGE_OFFSET, USER),
                Region(c.PAGE_OFFSET, parts[0].start, "boot mapping"),
                *parts,
                Region(parts[-1].end, END, "boot mapping")]
    vmalloc_start = high + c.VMALLOC_OFFSET
    found = [Region(0, c.PAGE_OFFSET, USER),
             Region(c.PAGE_OFFSET, parts[0].start, "direct map, below the image"),
             *parts,
             Region(parts[-1].end, high, "direct map"),
             Region(high, vmalloc_start, "gap behind lowmem"),
             Region(vmalloc_start, c.PKMAP_BASE - 2 * c.PAGE_SIZE, "vmalloc"),
             Region(c.PKMAP_BASE - 2 * c.PAGE_SIZE, c.PKMAP_BASE, "gap behind vmalloc"),
             Region(c.PKMAP_BASE, c.FIXADDR_START, "kmap"),
             Region(c.FIXADDR_START, c.FIXADDR_TOP, "fixmap"),
             Region(c.FIXADDR_TOP, END, "never mapped")]
    return [region for region in found if region.start < region.end]


def name_of(address: int) -> str:
    """What an address is for."""
    return next(region.name for region in layout() if region.holds(address))
