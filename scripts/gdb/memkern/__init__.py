# SPDX-License-Identifier: MIT
"""memkern's memory, seen by GDB: in a running QEMU or in a core file.

What the modules are for, from the ground up:

    target      reading memory, physical and virtual, and the CPU's registers
    kernel      symbols, types and the layout of structures, from the debug information
    constants   values that the debug information does not have
    links       bounded walks of linked lists
    text        numbers, flags and addresses in words
    command     what all commands have in common
    frames      page frames, struct pages and sections, found from each other
    pagetable   the CPU's page tables
    tasks       tasks, their states, their stacks
    regions     what the kernel's addresses are for
    argument    which page frame a person means
    zones       zones and per-CPU lists; k-zones
    meminfo     k-meminfo
    buddy       the free areas, walked and verified; k-buddy
    owner       who allocated what; k-owner
    state       which state a page frame is in
    slab        slab caches and objects; k-slab
    page        k-page
    whatis      k-whatis
    walk        k-walk
    vmalloc     the areas of the vmalloc window; k-vmalloc
    vmmap       mappings, merged; k-vmmap
    reclaim     page cache, LRU lists, kswapd, shrinkers, counters; k-cache, k-reclaim, k-vmstat
    trace       events of the allocator; k-trace-alloc
    check       k-check: all that can be compared with something else
    printers    pretty-printers
    task_printers  those of tasks, locks, wait queues and timers
    vmalloc_printers  those of the vmalloc window's areas
    commands    all of it, brought to GDB
"""
