# SPDX-License-Identifier: MIT
"""All commands, and how they come to GDB."""

from __future__ import annotations

import gdb

from . import (buddy, check, cpus, devices, irqs, meminfo, owner, page, percpu, printers,
               reclaim, slab, threads, timers, trace, vmalloc, vmmap, walk, whatis, zones)

COMMANDS = (
    zones.Zones, meminfo.MemInfo, buddy.Buddy, slab.SlabCommand, page.PageCommand, whatis.WhatIs,
    owner.OwnerCommand, walk.Walk, vmmap.VmMap, vmalloc.VMalloc, trace.TraceAlloc, threads.Threads,
    threads.Thread, cpus.Cpus, percpu.PerCpu, irqs.Irqs, devices.Devices, timers.Timers,
    reclaim.Cache, reclaim.Reclaim, reclaim.VmStat, check.Check,
)
ALIASES = {"k-vtop": "k-walk"}


def load() -> None:
    """Defines the commands, their aliases, and the pretty-printers."""
    for kind in COMMANDS:
        kind()
    for alias, name in ALIASES.items():
        gdb.execute(f"alias {alias} = {name}")
    printers.register()
    threads.register()
    print("memkern: " + " ".join(kind.name for kind in COMMANDS) + " (help user-defined)")
