# SPDX-License-Identifier: MIT
"""Threads and what they are at: k-threads, k-thread.

A task that does not run has left its registers on its stack. An unwinder of ours tells GDB
that these are the caller's of frame 0, so that `bt`, `frame` and `info locals` go there:
nothing is written to the machine, so it works on a core file too.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import gdb
import gdb.FrameDecorator
import gdb.unwinder

from . import command, cpus, kernel, links, tasks

FRAMES_SHOWN = 32


class _Place:
    """A frame's identity, as GDB wants it."""

    def __init__(self, sp: gdb.Value, pc: gdb.Value) -> None:
        self.sp, self.pc = sp, pc


class Unwinder(gdb.unwinder.Unwinder):
    """The CPU's function is shown, as ever; behind it comes the task that was chosen.

    GDB asks for the frames of functions, from the innermost on, but not for those of what is
    inlined in one: so the first that it asks for is the CPU's, whatever its level.
    """

    def __init__(self) -> None:
        super().__init__("memkern-task")
        self.task: tasks.Task | None = None
        self._first: dict[int, int] = {}  # by GDB's thread: the level

    def choose(self, task: tasks.Task | None) -> None:
        """The task whose frames are shown; None: those of the CPU."""
        if task != self.task:
            self.task = task
            self._first.clear()
            gdb.invalidate_cached_frames()

    def __call__(self, pending: Any) -> Any:
        if self.task is None:
            return None
        level = pending.level()
        if self._first.setdefault(gdb.selected_thread().num, level) != level:
            return None
        saved = self.task.registers()
        if saved["eip"] == kernel.label("ret_from_fork"):
            saved["eip"] += 1  # it has never run: as if its first frame had called something
        kinds = {name: pending.read_register(name).type for name in saved}
        values = {name: gdb.Value(value).cast(kinds[name]) for name, value in saved.items()}
        place = _Place(gdb.Value(self.task.number("sp")).cast(kinds["esp"]), values["eip"])
        info = pending.create_unwind_info(place)
        for name, value in values.items():
            info.add_saved_register(name, value)
        return info


class _Entry(gdb.FrameDecorator.FrameDecorator):
    """Where an interrupt or exception came in: GDB says "signal handler" to all such frames."""

    def function(self) -> str:
        return str(self.inferior_frame().name())

    def line(self) -> int:
        return int(self.inferior_frame().find_sal().line)


class _Filter:
    """What `bt` shows: entries by their names, and of a chosen task not the CPU's frame."""

    name, enabled, priority = "memkern", True, 100

    def filter(self, frames: Iterator[Any]) -> Iterator[Any]:
        shown = itertools.islice(frames, own_frames(), None) if UNWINDER.task else frames
        return (_Entry(frame) if frame.inferior_frame().type() == gdb.SIGTRAMP_FRAME else frame
                for frame in shown)


UNWINDER = Unwinder()


def register() -> None:
    """Makes GDB ask; and look at the CPU again as soon as it runs."""
    gdb.unwinder.register_unwinder(None, UNWINDER, replace=True)
    gdb.frame_filters[_Filter.name] = _Filter()
    gdb.events.cont.connect(lambda _: UNWINDER.choose(None))


def own_frames() -> int:
    """How many frames the CPU's function is: one, and those that are inlined at this moment."""
    frame, count = gdb.newest_frame(), 1
    while frame is not None and frame.type() == gdb.INLINE_FRAME:
        frame, count = frame.older(), count + 1
    return count


def frames_of(task: tasks.Task) -> Iterator[gdb.Frame]:
    """The frames of a task, the innermost first. Ends where GDB can go no further.

    Leaves GDB at the task, or at the CPU that runs it.
    """
    UNWINDER.choose(None if task.is_running else task)
    if task.is_running:
        cpus.select(task.cpu)
    frame = gdb.newest_frame()
    for _ in range(0 if task.is_running else own_frames()):
        frame = frame.older()
    while frame is not None and frame.pc():  # a CPU's first function returns to 0
        yield frame
        frame = frame.older()


def describe(frame: gdb.Frame) -> str:
    """function (file:line)."""
    line = frame.find_sal()
    where = f" ({line.symtab.filename}:{line.line})" if line.symtab else ""
    return f"{frame.name() or hex(frame.pc())}{where}"


def waits_in(task: tasks.Task) -> str:
    """The function that called what put it to sleep."""
    if task.state in ("runs", "ready"):
        return "-"
    start, end = kernel.label("__sched_text_start"), kernel.label("__sched_text_end")
    for frame in itertools.islice(frames_of(task), FRAMES_SHOWN):
        if not start <= frame.pc() <= end:
            return frame.name() or hex(frame.pc())
    return "?"


class Threads(command.Command):
    """k-threads [-v | PID | NAME]: all tasks, or one: state, stack, what it waits in.

    The states are those of the monitor's ps: "runs" has the CPU, "ready" waits for it;
    "sleeps", "waits" (uninterruptible) and "idle" (so, and may be for ever) go on when what
    WAITS IN names lets them, the innermost function that is not the scheduler's. STACK is the
    most that it ever used, of 8192 bytes. CPU is where it runs, or ran last. Each CPU has an idle
    task, swapper/CPU, and all of these have number 0.

        -v     with the backtrace of each
        PID    only this one, with its backtrace; k-thread PID goes there"""

    name = "k-threads"

    def run(self, arguments: list[str]) -> None:
        verbose = command.take_option(arguments, "-v")
        if len(arguments) > 1:
            raise self.usage()
        one = tasks.named(arguments[0], command.number) if arguments else None
        chosen = UNWINDER.task
        print(f"{'pid':>5} {'comm':<16} {'state':<9} {'CPU':>3} {'stack':>5}  waits in")
        with cpus.selection():
            try:
                if one:
                    self.show(one, True)
                else:
                    self.show_all(verbose)
            finally:
                UNWINDER.choose(chosen)

    def show_all(self, verbose: bool) -> None:
        try:
            for task in tasks.walk():
                self.show(task, verbose)
        except links.Broken as error:
            print(f"  WRONG: the list of tasks: {error}")

    @staticmethod
    def show(task: tasks.Task, verbose: bool) -> None:
        """A line, and the backtrace below it; or what keeps it from being told."""
        try:
            if not task.is_running:
                task.registers()
            line = f"{task.used():5}  {waits_in(task)}"
        except (gdb.GdbError, gdb.MemoryError) as error:
            print(f"{task.pid:5} {task.name:<16} {task.state:<9} {task.cpu:3} {error}")
            return
        print(f"{task.pid:5} {task.name:<16} {task.state:<9} {task.cpu:3} {line}")
        if not verbose:
            return
        frame = None
        for frame in itertools.islice(frames_of(task), FRAMES_SHOWN):
            print(f"      {describe(frame)}")
        reason = frame.unwind_stop_reason() if frame is not None else gdb.FRAME_UNWIND_NO_REASON
        if reason > gdb.FRAME_UNWIND_OUTERMOST:
            print(f"      WRONG: {gdb.frame_stop_reason_string(reason)}")


class Thread(command.Command):
    """k-thread [PID | NAME]: goes to a task's stack: bt, up, info locals.

    To the CPU that runs it, or to where it waits. Without PID, and as soon as the kernel runs
    on, GDB shows the CPU again."""

    name = "k-thread"

    def run(self, arguments: list[str]) -> None:
        if len(arguments) > 1:
            raise self.usage()
        task = tasks.named(arguments[0], command.number) if arguments else None
        if task is None or task.is_running:
            UNWINDER.choose(None)
            if task is not None:
                cpus.select(task.cpu)
            gdb.execute("frame 0")
            return
        task.registers()
        UNWINDER.choose(task)
        gdb.execute(f"frame {own_frames()}")
