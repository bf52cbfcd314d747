# SPDX-License-Identifier: MIT
"""Tasks: who there is, in which state, on which stack. linux/sched.h, kernel/fork.c."""

from __future__ import annotations

import dataclasses
import struct
from collections.abc import Callable, Iterator

import gdb

from . import constants as c, kernel, links, percpu, target

TASKS_AT_MOST = 1 << 12
FRAME_WORDS = ("edi", "esi", "ebx", "ebp", "eip")  # struct inactive_task_frame
STATES = (
    (c.TASK_DEAD, "dead"),
    (c.TASK_NEW, "new"),
    (c.TASK_PARKED, "parked"),
    (c.TASK_NOLOAD, "idle"),
    (c.TASK_UNINTERRUPTIBLE, "waits"),
    (c.TASK_INTERRUPTIBLE, "sleeps"),
)


@dataclasses.dataclass(frozen=True)
class Task:
    """A struct task_struct; its members are read when they are asked for."""

    value: gdb.Value

    def number(self, member: str) -> int:
        """A member that is a number or a pointer."""
        return int(self.value[member])

    @property
    def address(self) -> int:
        return int(self.value.address)

    @property
    def name(self) -> str:
        """Its comm."""
        return target.read_string(int(self.value["comm"].address), c.TASK_COMM_LEN)

    @property
    def pid(self) -> int:
        return self.number("pid")

    @property
    def cpu(self) -> int:
        """Where it runs, or ran last."""
        return self.number("cpu")

    @property
    def is_running(self) -> bool:
        """Its registers are a CPU's."""
        return bool(self.number("on_cpu"))

    @property
    def state(self) -> str:
        """In the word of `ps`. Who is in the queue is awake, whatever it says of itself."""
        if self.is_running:
            return "runs"
        if self.number("on_rq") or self.number("flags") & c.PF_IDLE:
            return "ready"
        said = self.number("__state")
        return next((word for bit, word in STATES if said & bit), f"state {said:#x}")

    @property
    def stack(self) -> tuple[int, int]:
        start = self.number("stack")
        return start, start + c.THREAD_SIZE

    def used(self) -> int:
        """The most bytes of its stack that it ever used: stacks are zeroed first."""
        start, end = self.stack
        return len(target.read(start, end - start).lstrip(b"\0"))

    def registers(self) -> dict[str, int]:
        """What switch_to() has left of them on the stack. gdb.GdbError: it cannot be that."""
        sp, (start, end) = self.number("sp"), self.stack
        size = 4 * len(FRAME_WORDS)
        if sp % 4 or not start <= sp <= end - size:
            raise gdb.GdbError(f"WRONG: sp is {sp:#x}, its stack {start:#x}-{end:#x}")
        saved = dict(zip(FRAME_WORDS, struct.unpack(f"<{len(FRAME_WORDS)}I",
                                                    target.read(sp, size))))
        return saved | {"esp": sp + size}


def idle() -> Task:
    """The boot CPU's idle task, which is in no list."""
    return Task(kernel.variable("init_task"))


def idles() -> list[Task]:
    """The idle task of each CPU: in no list, and all of them have number 0."""
    others = (int(percpu.variable("runqueues", cpu)["idle"])
              for cpu in range(1, len(percpu.offsets())))
    return [idle(), *(at(address) for address in others if address)]


def at(address: int) -> Task:
    kind = gdb.lookup_type("struct task_struct").pointer()
    return Task(gdb.Value(address).cast(kind).dereference())


def walk() -> Iterator[Task]:
    """The idle tasks, then all others. links.Broken where their list is damaged."""
    yield from idles()
    head = kernel.variable("__task_list")
    if not int(head["next"]):
        return  # before the list is set up
    offset = kernel.offset_of("struct task_struct", "tasks")
    for link in links.walk(int(head.address), TASKS_AT_MOST):
        yield at(link - offset)


def reachable() -> list[Task]:
    """Those that are met before the list's end, or before what is wrong with it."""
    found = []
    try:
        for task in walk():
            found.append(task)
    except links.Broken:
        pass
    return found


def named(words: str, number: Callable[[str], int]) -> Task:
    """A task by its name, or by its pid, an expression."""
    found = list(walk())
    for task in found:
        if task.name == words:
            return task
    pid = number(words)
    for task in found:
        if task.pid == pid:
            return task
    raise gdb.GdbError(f"there is no task {pid}: k-threads lists them")
