# SPDX-License-Identifier: MIT
"""Per-CPU variables: each CPU's copy, by name. k-percpu."""

from __future__ import annotations

from collections.abc import Iterator

import gdb

from . import command, constants, kernel

CHUNKS_AT_MOST = 1 << 12


def offsets() -> list[int]:
    """What is added to a per-CPU variable's address, a CPU each."""
    table = kernel.variable("__per_cpu_offset")
    count = min(int(kernel.variable("nr_cpu_ids")), kernel.length(table))
    return [int(table[cpu]) for cpu in range(count)]


def copy(value: gdb.Value, cpu: int) -> gdb.Value:
    """A CPU's copy of a per-CPU variable, or of a part of one."""
    there = gdb.Value(int(value.address) + offsets()[cpu])
    return there.cast(value.type.pointer()).dereference()


def variable(name: str, cpu: int) -> gdb.Value:
    """A CPU's copy of a variable, as it is now."""
    return copy(kernel.variable(name), cpu)


def _chunks() -> Iterator[int]:
    """Where CPU 0's parts of the chunks are that alloc_percpu() serves from."""
    chunk = kernel.variable("first_chunk")
    for _ in range(CHUNKS_AT_MOST):
        yield int(chunk["base"])
        if not int(chunk["next"]):
            break
        chunk = chunk["next"].dereference()


def allocated_by(address: int) -> int | None:
    """The CPU in whose part of a chunk an address is."""
    bases = list(_chunks())
    for cpu, offset in enumerate(offsets()):
        if any(base <= address - offset < base + constants.PCPU_MIN_UNIT_SIZE for base in bases):
            return cpu
    return None


def is_online(cpu: int) -> bool:
    return bool(int(kernel.variable("__cpu_online_mask")["bits"][0]) >> cpu & 1)


class PerCpu(command.Command):
    """k-percpu NAME [CPU]: a per-CPU variable, of each CPU or of one.

    NAME may be a part of one, runqueues.nr_running, or what a pointer to one leads to:
    *cache->cpu_slab. What print NAME shows is the boot CPU's copy."""

    name = "k-percpu"

    def run(self, arguments: list[str]) -> None:
        if not arguments or len(arguments) > 2:
            raise self.usage()
        value = self.find(arguments[0])
        cpus = range(len(offsets()))
        if len(arguments) == 2:
            wanted = command.number(arguments[1])
            if wanted not in cpus:
                raise gdb.GdbError(f"there is no CPU {wanted}; k-cpus lists them")
            cpus = range(wanted, wanted + 1)
        for cpu in cpus:
            there = copy(value, cpu)
            print(f"CPU {cpu}, at {int(there.address):#x}: {there.format_string()}")

    @staticmethod
    def find(expression: str) -> gdb.Value:
        """What lies in the image of the per-CPU variables, or in CPU 0's part of a chunk."""
        value = gdb.parse_and_eval(expression)
        start, end = kernel.label("__per_cpu_start"), kernel.label("__per_cpu_end")
        if value.address is None or not (start <= int(value.address) < end
                                         or allocated_by(int(value.address)) == 0):
            raise gdb.GdbError(f"{expression} is no per-CPU variable")
        return value
