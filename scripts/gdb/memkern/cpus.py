# SPDX-License-Identifier: MIT
"""CPUs: what each is at, and which of GDB's threads it is. k-cpus."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import gdb

from . import command, kernel, percpu, target, tasks

NO_RESCHEDULE = 1 << 31  # of a preempt count: set as long as nobody else should run


def thread_of(cpu: int) -> gdb.InferiorThread | None:
    """GDB's thread of a CPU: whose %fs has its offset; where that is unknown, by its number."""
    threads = {thread.num: thread for thread in gdb.selected_inferior().threads()}
    offset = percpu.offsets()[cpu]
    first = threads.get(cpu + 1)
    with selection():
        for thread in [first, *threads.values()]:
            if thread is not None:
                thread.switch()
                if target.register("fs_base") in (offset, None):
                    return thread
    return first


@contextlib.contextmanager
def selection() -> Iterator[None]:
    """The thread that is selected is so again afterwards."""
    before = gdb.selected_thread()
    try:
        yield
    finally:
        if before is not None and gdb.selected_thread() != before:
            before.switch()


def select(cpu: int) -> None:
    """Goes to a CPU's registers."""
    thread = thread_of(cpu)
    if thread is not None and gdb.selected_thread() != thread:
        thread.switch()


class Cpus(command.Command):
    """k-cpus: the CPUs: which thread of GDB's each is, what it runs, what waits there.

    RUNNABLE are the tasks that have it or wait for it. COUNT is its preempt count: bits 0 to 7
    sections that keep it, 8 to 15 softirqs, 16 to 19 interrupts. `thread N` goes there."""

    name = "k-cpus"

    def run(self, arguments: list[str]) -> None:
        if arguments:
            raise self.usage()
        print(f"CPU APIC thread {'runs':<20} runnable switches    count  in")
        with selection():
            for cpu in range(len(percpu.offsets())):
                print(f"{cpu:3} {int(kernel.variable('x86_cpu_to_apicid')[cpu]):4}"
                      f" {self.describe(cpu)}")

    @staticmethod
    def describe(cpu: int) -> str:
        """What it is at."""
        if not percpu.is_online(cpu):
            return "       does not run"
        queue = percpu.variable("runqueues", cpu)
        if not int(queue["curr"]):
            return "       has no tasks yet"
        task, thread = tasks.at(int(queue["curr"])), thread_of(cpu)
        count = int(percpu.variable("__preempt_count", cpu)) & 0xFFFFFFFF & ~NO_RESCHEDULE
        if thread is not None:
            thread.switch()
        frame = gdb.newest_frame()
        return (f"{thread.num if thread else '?':>6} {f'{task.name}[{task.pid}]':<20}"
                f" {int(queue['nr_running']):8} {int(queue['nr_switches']):8} {count:#8x}"
                f"  {frame.name() or hex(frame.pc())}")
