# SPDX-License-Identifier: MIT
"""Where memory and registers come from: QEMU's stub, or a core file.

QEMU reads physical memory when it is told to; in a core file it is found in the direct
mapping, which starts at PAGE_OFFSET and holds all page tables.
"""

from __future__ import annotations

import gdb

from . import constants

CR0_PG = 1 << 31
STRING_PIECE = 16  # bytes; a piece never crosses a page
CR3_TABLE_MASK = 0xFFFFFFE0  # the table of the top level is aligned to its own size
PHYSICAL_MODE = "maint packet Qqemu.PhyMemMode:{}"


def is_live() -> bool:
    """Whether a machine is connected that can run on, and not a core file."""
    connection = gdb.selected_inferior().connection
    return connection is not None and connection.type in ("remote", "extended-remote")


def is_there() -> bool:
    """Whether there is memory to look at."""
    inferior = gdb.selected_inferior()
    return inferior.connection is not None and bool(inferior.threads())


def require() -> None:
    """Raises a user's error where there is no memory to look at."""
    if not is_there():
        raise gdb.GdbError("there is no memory to look at: attach to QEMU, or load a core file")


def read(address: int, size: int) -> bytes:
    """Virtual memory. gdb.MemoryError where there is none."""
    return bytes(gdb.selected_inferior().read_memory(address, size))


def read_string(address: int, limit: int = 64) -> str:
    """A C string, or its beginning; never reads further than the string's end asks for."""
    found = b""
    while b"\0" not in found and len(found) < limit:
        found += read(address + len(found), STRING_PIECE - (address + len(found)) % STRING_PIECE)
    return found.split(b"\0")[0][:limit].decode("ascii", "replace")


def _knows_physical_mode() -> bool:
    reply = gdb.execute("maint packet qqemu.PhyMemMode", to_string=True)
    return 'received: "0"' in reply or 'received: "1"' in reply


def read_physical(address: int, size: int) -> bytes:
    """Physical memory. The mode is on only during the read: GDB itself must not meet it."""
    if not is_live() or not _knows_physical_mode():
        return read(constants.PAGE_OFFSET + address, size)
    gdb.execute(PHYSICAL_MODE.format(1), to_string=True)
    try:
        return read(address, size)
    finally:
        gdb.execute(PHYSICAL_MODE.format(0), to_string=True)


def register(name: str) -> int | None:
    """A register that QEMU shows and a core file does not have."""
    value = gdb.parse_and_eval(f"${name}")
    return None if value.type.code == gdb.TYPE_CODE_VOID else int(value) & 0xFFFFFFFF


def paging_is_on() -> bool:
    cr0 = register("cr0")
    return cr0 is None or bool(cr0 & CR0_PG)


def cr3() -> tuple[int, str]:
    """What CR3 holds, and where that was learnt."""
    value = register("cr3")
    if value is not None:
        return value, ""
    table = int(gdb.parse_and_eval("(unsigned long)&swapper_pg_dir"))
    return table - constants.PAGE_OFFSET, ", of swapper_pg_dir: a core file has no CR3"


def monitor(words: str) -> str:
    """Asks QEMU's own monitor; only where is_live()."""
    return str(gdb.execute(f"monitor {words}", to_string=True))
