# SPDX-License-Identifier: MIT
"""Numbers, flags and addresses in words."""

from __future__ import annotations

import gdb

from . import kernel, target

NAMES_AT_MOST = 64


def counted(number: int, noun: str) -> str:
    """"1 page", "2 pages"."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def size(bytes_: int) -> str:
    """44 KiB, 62.5 MiB: from 1 MiB on with one decimal, cut off."""
    units, value = ["KiB", "MiB", "GiB"], bytes_ * 10 >> 10
    while value >= 10240 and len(units) > 1:
        value >>= 10
        units.pop(0)
    whole, tenth = divmod(value, 10)
    return f"{whole} KiB" if units[0] == "KiB" else f"{whole}.{tenth} {units[0]}"


def ordinal(number: int) -> str:
    """1st, 2nd, 11th."""
    suffix = {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{'th' if number % 100 // 10 == 1 else suffix}"


def flags(table: str, value: int) -> str:
    """A word of flags as the kernel's %pG names them, by the kernel's own table."""
    names = []
    array = kernel.variable(table)
    for index in range(NAMES_AT_MOST):
        mask, name = int(array[index]["mask"]), int(array[index]["name"])
        if not name:
            break
        if mask and value & mask == mask:
            names.append(target.read_string(name))
            value &= ~mask
    if value:
        names.append(f"{value:#x}")
    return "|".join(names) or "none"


def gfp(value: int) -> str:
    """gfp_t in words: GFP_KERNEL|__GFP_ZERO."""
    return flags("gfpflag_names", value)


def page_flags(value: int) -> str:
    """The PG_* flags of a page in words."""
    return flags("pageflag_names", value)


def symbol(address: int) -> str:
    """The symbol that holds an address, and the distance; empty where there is none."""
    printed = str(gdb.execute(f"info symbol {address:#x}", to_string=True))
    if printed.startswith("No symbol"):
        return ""
    return printed.split(" in section ")[0].strip().replace(" + ", "+")


def caller(return_address: int) -> str:
    """A return address as the call before it: function+offset (file:line).

    What follows a call that does not return may be another function.
    """
    line = gdb.find_pc_line(return_address - 1)
    where = f" ({line.symtab.filename}:{line.line})" if line.symtab else ""
    name, _, offset = symbol(return_address - 1).partition("+")
    return f"{name}+{int(offset or 0) + 1}{where}" if name else hex(return_address)
