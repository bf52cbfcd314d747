# SPDX-License-Identifier: MIT
"""memkern's memory, seen by GDB: in a running QEMU or in a core file.

What the modules are for, from the ground up:

    target      reading memory, physical and virtual, and the CPU's registers
    kernel      symbols, types and the layout of structures, from the debug information
    constants   values that the debug information does not have
    links       bounded walks of linked lists
    frames      page frames, struct pages and sections, found from each other
    text        numbers, flags and addresses in words
    zones       zones, per-CPU lists; k-zones, k-meminfo
    buddy       the free areas, walked and verified; k-buddy
    pagetable   the CPU's page tables; k-walk
    regions     what the kernel's addresses are for
    vmmap       mappings, merged; k-vmmap
    owner       who allocated what; k-owner
    state       which state a page frame is in; k-page
    whatis      what an address is; k-whatis
    trace       events of the allocator; k-trace-alloc
    check       k-check: all that can be compared with something else
    printers    pretty-printers
"""
