# SPDX-License-Identifier: MIT
"""Symbols, types and layouts of the kernel, from its debug information.

Symbols are looked up in the whole program and never in the frame that is selected, so
that a local variable cannot hide one. What is read is never kept: memory changes.
"""

from __future__ import annotations

import functools
import operator
import struct
from collections.abc import Iterator
from typing import Any

import gdb

Members = Iterator[tuple[str, gdb.Value]]


def _forget(_: object) -> None:
    """Another program may have another layout."""
    for function in (_symbol, enumerator, size_of, offset_of, label, record):
        function.cache_clear()


@functools.cache
def _symbol(name: str) -> gdb.Symbol:
    symbol = gdb.lookup_global_symbol(name) or gdb.lookup_static_symbol(name)
    if symbol is None:
        raise gdb.GdbError(f"this program has no {name}: is it memkern, with debug information?")
    return symbol


def variable(name: str) -> gdb.Value:
    """A variable, as it is now."""
    return _symbol(name).value()


def has(name: str) -> bool:
    """Whether the program has a variable or function of that name."""
    try:
        return bool(_symbol(name))
    except gdb.GdbError:
        return False


@functools.cache
def label(name: str) -> int:
    """The address of a label of the linker script or of assembly code."""
    try:
        return int(gdb.parse_and_eval(f"(unsigned long)&{name}"))
    except gdb.error as error:
        raise gdb.GdbError(f"this program has no {name}: is it memkern?") from error


@functools.cache
def enumerator(name: str) -> int:
    """The value of an enum's constant."""
    symbol = _symbol(name)
    return int(symbol.value())


@functools.cache
def size_of(type_name: str) -> int:
    return int(gdb.lookup_type(type_name).sizeof)


def _find(kind: gdb.Type, name: str) -> int | None:
    """The offset in bits of a member, looked for in unnamed members as well."""
    for field in kind.fields():
        if field.name == name:
            return int(field.bitpos)
        if not field.name and (inner := _find(field.type.strip_typedefs(), name)) is not None:
            return int(field.bitpos) + inner
    return None


@functools.cache
def offset_of(type_name: str, member: str) -> int:
    """The offset in bytes of a member, such as offset_of("struct page", "lru")."""
    bits = _find(gdb.lookup_type(type_name), member)
    if bits is None:
        raise gdb.GdbError(f"{type_name} has no {member}")
    return bits // 8


def container_of(address: int, type_name: str, member: str) -> gdb.Value:
    """What has its member there, as its type: what a link of a list or a tree is in."""
    start = address - offset_of(type_name, member)
    return gdb.Value(start).cast(gdb.lookup_type(type_name).pointer()).dereference()


class Record:
    """Members of a structure that are read from many of them in one go.

    Members are named with what the struct module calls their type.
    """

    def __init__(self, type_name: str, members: dict[str, str]) -> None:
        self.size = size_of(type_name)
        offsets = sorted((offset_of(type_name, name), name) for name in members)
        form, end = "<", 0
        for offset, name in offsets:
            form += f"{offset - end}x{members[name]}"
            end = offset + struct.calcsize(members[name])
        self._struct = struct.Struct(f"{form}{self.size - end}x")
        names = [name for _, name in offsets]
        self._pick = operator.itemgetter(*(names.index(name) for name in members))

    def decode(self, raw: bytes) -> Iterator[tuple[Any, ...]]:
        """The members of each of the structures in the bytes, in the order of the names."""
        return map(self._pick, self._struct.iter_unpack(raw))


@functools.cache
def record(type_name: str, *members: tuple[str, str]) -> Record:
    """The Record of a structure: record("struct page", ("flags", "I"), ...)."""
    return Record(type_name, dict(members))


def members(value: gdb.Value) -> Members:
    """All members of a structure, as GDB itself shows them: what a printer's children are."""
    for field in value.type.strip_typedefs().fields():
        yield field.name or "<union>", value[field]


def length(array: gdb.Value) -> int:
    """How many elements an array has."""
    first, last = array.type.strip_typedefs().range()
    return int(last) - int(first) + 1


gdb.events.new_objfile.connect(_forget)
