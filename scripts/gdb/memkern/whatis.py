# SPDX-License-Identifier: MIT
"""k-whatis: what an address is: symbol, struct page, stack, page, mapping, or nothing."""

from __future__ import annotations

from . import (command, constants, frames, kernel, pagetable, percpu, regions, slab, state, text,
               vmalloc)


def _cpu_variable(address: int) -> str:
    """A CPU's copy of a per-CPU variable. The boot CPU's is the variable itself."""
    owner = percpu.allocated_by(address)
    if owner is not None:
        return f"per-CPU memory of CPU {owner}, of alloc_percpu()"
    start, end = kernel.label("__per_cpu_start"), kernel.label("__per_cpu_end")
    for cpu, offset in enumerate(percpu.offsets()):
        if start <= address - offset < end:
            return f"per-CPU variable of CPU {cpu}: {text.symbol(address - offset)}"
    return ""


def _stack(address: int) -> str:
    for region in regions.stacks():
        if region.holds(address):
            return f"{region.name}, {region.end - address} bytes below its top"
    for region in regions.guards():
        if region.holds(address):
            return region.name
    return ""


def _symbol(address: int) -> str:
    """A symbol of the image, with the part of the image that it is in."""
    for region in regions.image():
        if region.holds(address):
            name = text.symbol(address)
            return f"{region.name}: {name or 'between symbols'}"
    return ""


def _struct_page(address: int, memmap: frames.MemMap) -> str:
    pfn = memmap.pfn_of(address)
    if pfn is None:
        return ""
    offset = address - memmap.page_address(pfn)
    return f"struct page of frame {pfn}{f', byte {offset}' if offset else ''}"


def _slot(address: int) -> str:
    """A slot of kmap or of the fixmap."""
    if constants.PKMAP_BASE <= address < constants.FIXADDR_START:
        return f"kmap slot {(address - constants.PKMAP_BASE) >> constants.PAGE_SHIFT}"
    if not constants.FIXADDR_START <= address < constants.FIXADDR_TOP:
        return ""
    index = (constants.FIXADDR_TOP - address - 1 >> constants.PAGE_SHIFT) + 1
    first, last, apic, io_apic, io_apic_end = (
        kernel.enumerator(f"FIX_{name}") for name in
        ("KMAP_BEGIN", "KMAP_END", "APIC_BASE", "IO_APIC_BASE_0", "IO_APIC_BASE_END"))
    if index == apic:
        return "fixmap: registers of the local APIC"
    if io_apic <= index <= io_apic_end:
        return f"fixmap: registers of IO-APIC {index - io_apic}"
    if first <= index <= last:
        cpu, slot = divmod(index - first, constants.KM_MAX_IDX)
        return f"fixmap: kmap_local slot {slot} of CPU {cpu}"
    return "fixmap: a slot that nobody has"


def identify(address: int) -> list[str]:
    """What an address is, the most special first."""
    found = [_stack(address) or _cpu_variable(address) or _symbol(address)]
    if not int(kernel.variable("max_pfn")):
        return [words for words in found if words] + ["the memory manager is not set up yet"]
    states = state.States()
    found.append(_struct_page(address, states.memmap))
    found.append(vmalloc.identify(address) or _slot(address))
    found.append(f"region: {regions.name_of(address)}")
    walk = pagetable.walk(address)
    if walk.physical is None:
        found.append(f"not mapped: the {pagetable.NAMES[walk.last.level]} is not present")
    else:
        pfn = walk.physical >> constants.PAGE_SHIFT
        found.append(f"mapped {walk.last.rwx} to physical {walk.physical:#x}, frame {pfn}")
        found.append(_object(states.memmap, pfn, address))
        found.append(_frame(states, pfn))
    return [words for words in found if words]


def _object(memmap: frames.MemMap, pfn: int, address: int) -> str:
    """The object of a slab, where the frame is of one."""
    if not memmap.has(pfn) or not memmap.read(pfn).has("PG_slab"):
        return ""
    return slab.identify(address, slab.Slabs())


def _frame(states: state.States, pfn: int) -> str:
    """The frame's state, and who owns it."""
    found = states.of(pfn)
    if not found.owner:
        return found.words
    entries = states.owners.trace(found.owner.trace).entries
    return found.words + "".join(f"\n    {text.caller(entry)}" for entry in entries)


class WhatIs(command.Command):
    """k-whatis ADDRESS: what a virtual address is.

    A symbol, a per-CPU variable, a stack or its guard page, a struct page, an area or a hole
    of the vmalloc window, a slot of kmap or the fixmap; then the region it is in, where it
    is mapped to, the object of a slab, and the state of that page frame: free, in a CPU's
    lists, in use and by whom, a page table, reserved and for what."""

    name = "k-whatis"

    def run(self, arguments: list[str]) -> None:
        if not arguments:
            raise self.usage()
        address = command.number(" ".join(arguments)) & 0xFFFFFFFF
        first, *rest = identify(address)
        print(f"{address:#x}: {first}")
        for words in rest:
            print(f"  {words}")
