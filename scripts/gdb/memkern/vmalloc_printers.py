# SPDX-License-Identifier: MIT
"""Pretty-printers of the vmalloc window's areas; printers.py registers them."""

from __future__ import annotations

import gdb

from . import kernel, text, vmalloc


class AreaPrinter:
    """struct vmap_area: its range; then what it is for."""

    def __init__(self, value: gdb.Value) -> None:
        self._value = value

    def to_string(self) -> str:
        start, end = int(self._value["va_start"]), int(self._value["va_end"])
        return f"{start:08x}-{end - 1:08x}, {text.size(end - start)}"

    def children(self) -> kernel.Members:
        """Without what means something in one state only, but for the vm_struct."""
        return ((name, value) for name, value in kernel.members(self._value)
                if name in ("va_start", "va_end", "vm"))


class AreaPointerPrinter:
    """A pointer to a struct vmap_area: its range."""

    def __init__(self, value: gdb.Value) -> None:
        self._value = value

    def to_string(self) -> str:
        address = int(self._value)
        if not address:
            return "NULL"
        return f"{address:#x} ({AreaPrinter(self._value.dereference()).to_string()})"


class VmPrinter:
    """struct vm_struct: what kind it is, where, and whose; then its members."""

    def __init__(self, value: gdb.Value) -> None:
        self._value = value

    def to_string(self) -> str:
        address, size, caller = (int(self._value[name]) for name in ("addr", "size", "caller"))
        by = f", by {text.symbol(caller) or hex(caller)}" if caller else ""
        kind = vmalloc.kind_of(int(self._value["flags"]))
        return f"{kind} at {address:#x}, {text.size(size)} with the guard page{by}"

    def children(self) -> kernel.Members:
        return kernel.members(self._value)


STRUCTURES = {"vmap_area": AreaPrinter, "vm_struct": VmPrinter}
POINTERS = {"vmap_area": AreaPointerPrinter}
