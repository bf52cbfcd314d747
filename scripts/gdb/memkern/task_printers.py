# SPDX-License-Identifier: MIT
"""Pretty-printers of what threads are made of; printers.py registers them."""

from __future__ import annotations

import gdb

from . import kernel, links, target, tasks, text

WAITERS_SHOWN = 16


class TaskPrinter:
    """struct task_struct: who, and in which state; then its members."""

    def __init__(self, value: gdb.Value) -> None:
        self._value = value

    def to_string(self) -> str:
        task = tasks.Task(self._value)
        return f"{task.name}[{task.pid}], {task.state}"

    def children(self) -> kernel.Members:
        return kernel.members(self._value)


class TaskPointerPrinter:
    """A pointer to a struct task_struct: who."""

    def __init__(self, value: gdb.Value) -> None:
        self._value = value

    def to_string(self) -> str:
        address = int(self._value)
        if not address:
            return "NULL"
        known = {task.address: task for task in tasks.reachable()}
        task = known.get(address)
        return f"{address:#x} ({task.name}[{task.pid}])" if task else f"{address:#x} (no task)"


class SpinlockPrinter:
    """spinlock_t: whether it is held, and how many wait."""

    def __init__(self, value: gdb.Value) -> None:
        self._value = value

    def to_string(self) -> str:
        drawn, entered = int(self._value["next"]), int(self._value["owner"])
        ahead = (drawn - entered) & 0xFFFF
        if not ahead:
            return "unlocked"
        return f"locked{f', {ahead - 1} waiting' if ahead > 1 else ''}"


class WaitQueuePrinter:
    """wait_queue_head_t: who waits."""

    def __init__(self, value: gdb.Value) -> None:
        self._value = value

    def to_string(self) -> str:
        if self._value.address is None:
            return "a copy"
        names = []
        try:
            for link in links.walk(int(self._value["head"].address), WAITERS_SHOWN):
                names.append(self._waiter(link))
        except links.TooLong:
            names.append("more")
        except links.Broken as broken:
            return f"BROKEN: {broken}"
        return f"waiting: {', '.join(names)}" if names else "nobody waits"

    @staticmethod
    def _waiter(link: int) -> str:
        start = link - kernel.offset_of("struct wait_queue_entry", "entry")
        private = start + kernel.offset_of("struct wait_queue_entry", "private")
        task = tasks.at(int.from_bytes(target.read(private, 4), "little"))
        return f"{task.name}[{task.pid}]"


class TimerPrinter:
    """struct timer_list: whether it is pending, when it expires, what it calls."""

    def __init__(self, value: gdb.Value) -> None:
        self._value = value

    def to_string(self) -> str:
        function = int(self._value["function"])
        calls = (text.symbol(function) or hex(function)) if function else "not set up"
        if not int(self._value["entry"]["pprev"]):
            return f"not pending, {calls}"
        left = (int(self._value["expires"]) - int(kernel.variable("jiffies"))) & 0xFFFFFFFF
        left -= (left >> 31) << 32
        return f"pending, in {text.counted(left, 'jiffy').replace('jiffys', 'jiffies')}, {calls}"


STRUCTURES = {
    "task_struct": TaskPrinter, "spinlock": SpinlockPrinter,
    "wait_queue_head": WaitQueuePrinter, "timer_list": TimerPrinter,
}
POINTERS = {"task_struct": TaskPointerPrinter}
