# SPDX-License-Identifier: MIT
"""What GDB shows of threads, interrupts and timers: live, on a core file, and corrupted."""

from __future__ import annotations

import functools
import pathlib
import re
from collections.abc import Callable

import gdb_session
from builds import IMAGES, ROOT
from gdb_seeds import Seed, plant
from gdb_session import Cases
from processes import command
from result import Result

# The kernel's own tests of contexts interrupt a thread that is known.
IN_HANDLER = ("tbreak in_interrupt_handler", "continue")
CONTEXTS = ("kunit=all", "kunit.filter=*context*")
# As soon as all wait: the first tick of the idle task.
AT_IDLE = ("tbreak monitor_start", "continue", "tbreak do_idle", "continue",
           "tbreak tick_event", "continue")

LISTED = (r"^    0 swapper/0 +runs ",
          r"^    1 init +sleeps +0 +\d+  (schedule_timeout|console_\w+)$",
          r"^    2 ksoftirqd/0 +idle +0 +\d+  run_ksoftirqd$")
WAITS = (r"^    1 init .*\n      __schedule \(kernel/sched.c:\d+\)\n(      .*\n)*"
         r"      monitor_start \(.*\n      init \(.*\n      kthread_entry \(.*\n"
         r"      ret_from_fork \(")
INTERRUPTED = (r"^#\d+ .*in do_interrupt \(regs=.*\n"
               r"#\d+ +handle_interrupt \(\) at kernel/x86/entry.S:\d+\n#\d+ +.*(safe_halt|do_idle) \(\) at (.*\n)*#\d+ .* in start_kernel \(")


def idle() -> list[Result]:
    """All threads wait; the idle task is interrupted by the tick."""
    talk = gdb_session.live([
        *AT_IDLE, "bt", "frame function do_interrupt", "info symbol regs->ip", "k-threads",
        "k-threads -v", "k-threads 2", "k-whatis $esp", "k-whatis irq_stack_top - 8192 - 1",
        "k-whatis init_task.stack", "k-whatis ((struct task_struct *)__task_list.next)->stack",
        "k-irqs", "k-irqs -a", "k-devices", "k-devices -v", "k-timers", "k-check", "k-thread 1",
        "up 2",
        "bt -frame-arguments none",
        "k-thread", "print current_task", "print tasklist_lock", "k-thread 2", "stepi", "bt 1",
    ])
    cases = Cases(talk)
    cases.says("bt", r"^#0 .*tick_event \(", INTERRUPTED)
    cases.says("info symbol regs->ip", r"^(do_idle|safe_halt)\b")
    cases.says("k-threads", *LISTED)
    cases.says("k-threads -v", WAITS,
               r"^    0 .*\n      tick_event \((.*\n)*      handle_interrupt \(")
    cases.says("k-threads 2", r"\A +pid .*\n    2 ksoftirqd/0 .*\n      __schedule \(.*\n"
               r"(      .*\n)*      ret_from_fork \(kernel/x86/switch.S:\d+\)\n\Z")
    cases.says("k-whatis $esp", "the interrupt stack of CPU 0, ")
    cases.says("k-whatis irq_stack_top - 8192 - 1", "guard page of the interrupt stack",
               "not mapped")
    cases.says("k-whatis init_task.stack", "the boot's stack, now the idle task's, 8192 bytes")
    cases.says("k-irqs", r"^   4 +\d+ +0  IO-APIC 4, edge +-\n     ttyS0: serial_interrupt,",
               "^spurious 0, ")
    cases.says("k-irqs -a", r"^   1 +0 +0 ")
    cases.says("k-devices", r"^0000:00:01.1 +pci +ide +\d+ +- +32 +32$",
               r"^floppy +platform +floppy +\d+ +- +24 +24\n\d+ devices \(verified\)$")
    cases.says("k-devices -v", r"^0000:00:01.1 .*\n(    .*\n)*    dma_pool ide prd: blocks of "
               r"\d+ bytes\n(    BAR .*\n)*    BAR 4 0xc\w+-0xc\w+$", "^    release_irq: 0x")
    cases.says("k-timers", r"^CPU 0 timer_list: \d+ pending \(verified\)$",
               "^CPU 0 hrtimer: 0 queued$")
    cases.says("k-check", "^ok    stacks: ", "^k-check: all is well$")
    cases.says("k-thread 1", r"^#1 .* in __schedule \(")
    cases.says("bt -frame-arguments none", r"\A#1 .* in __schedule ", "^#.* in ret_from_fork ")
    cases.says("k-thread", r"^#0 .*tick_event ")
    cases.says("print current_task", r"= 0x[0-9a-f]+ \(swapper/0\[0\]\)$")
    cases.says("print tasklist_lock", "= unlocked$")
    cases.says("bt 1", r"\A#0 ")  # the kernel went a step: GDB shows the CPU again
    return cases.results


def handler(image: str) -> list[Result]:
    """In an interrupt's handler the backtrace goes on into the thread that it stopped."""
    talk = gdb_session.live([*IN_HANDLER, "bt", "print current_task", "k-threads",
                             "tbreak in_tasklet", "continue ", "bt "], CONTEXTS, image)
    cases = Cases(talk)
    cases.says("bt", r"^#0 .*in_interrupt_handler \(", r"^#\d+ .*in do_interrupt \(.*\n"
               r"#\d+ +handle_interrupt \(\) at .*\n"
               r"#\d+ +.*(interrupt_myself|start|run_in_context) \(",
               r" run_in_context \(.*\n(.*\n)*#\d+ .* in ret_from_fork \(")
    cases.says("print current_task", r"\(init\[1\]\)$")
    cases.says("k-threads", r"^    1 init +runs ")
    cases.says("bt ", r"^#0 .*in_tasklet \((.*\n)*#\d+ .*(call_on_irq_stack|handle_interrupt) \("
               r"(.*\n)*#\d+ .* in (ret_from_fork|start_kernel) \(")
    return cases.results


def core(image: str) -> list[Result]:
    """A core file from within an interrupt shows the same."""
    with gdb_session.folder() as place:
        file = place / "memkern.core"
        dump = (f"shell scripts/debug --core --qmp {place}/qmp --output {file} >/dev/null"
                " && echo dumped")
        live = gdb_session.live([*AT_IDLE, dump], ["--folder", str(place)], image)
        if not file.exists():
            return [Result("a core file is written", False, live.tail())]
        talk = gdb_session.on_core(file, [
            "bt", "k-whatis $esp", "k-threads", "k-threads -v", "k-thread 2", "bt ", "k-irqs",
            "k-devices", "k-timers", "k-check"], image)
    cases = Cases(talk)
    cases.says("bt", r"do_interrupt \(.*\n#\d+ +handle_interrupt \(\) at ")
    cases.says("k-threads", r"^    2 ksoftirqd/0 +idle +0 +\d+  run_ksoftirqd$")
    cases.says("k-threads -v", r"^    2 .*\n      __schedule \((.*\n)*      run_ksoftirqd \(.*\n"
               r"      kthread_entry \(.*\n      ret_from_fork \(")
    cases.says("bt ", r"\A#1 .* in __schedule ", "^#.* in ret_from_fork ")
    cases.says("k-irqs", "^     ttyS0: serial_interrupt,")
    cases.says("k-devices", r"devices \(verified\)$")
    cases.says("k-timers", r"\(verified\)$")
    cases.says("k-whatis $esp", "the interrupt stack of CPU 0, ")
    cases.says("k-check", "^k-check: all is well$")
    return cases.results


TASK = ("((struct task_struct *)((char *)__task_list.prev"
        " - (unsigned long)&((struct task_struct *)0)->tasks))")
DEVICE = ("((struct device *)((char *)'drivers/base.c'::devices.prev"
          " - (unsigned long)&((struct device *)0)->node))")
SEEDS = (
    Seed("a task's next is itself", "__task_list.next->next = __task_list.next",
         "WRONG: .* cycle: next of", "k-threads"),
    Seed("a task's next leads nowhere", "__task_list.next->next = 0x10", "which cannot be read",
         "k-threads -v"),
    Seed("a task's prev leads astray", "__task_list.next->prev = __task_list.next", "prev of .*, not",
         "k-threads"),
    Seed("a saved stack pointer", "$task->sp = 0xc0000000", "WRONG: sp is 0xc0000000, its stack",
         "k-threads"),
    Seed("a saved stack pointer, by k-check", "$task->sp += 2",
         "^WRONG  *stacks: .*\n.*WRONG: sp is", 'python check("stacks")'),
    Seed("a stack that is nowhere", "$task->stack = 0", "WRONG: sp is", "k-threads"),
    Seed("a return address", "*(long *)($task->sp + 16) = 0x12345678", "^ .*0x12345678$",
         "k-threads -v"),
    Seed("a state without a name", "$task->__state = 0x8000, $task->on_rq = 0",
         "state 0x8000", "k-threads"),
    Seed("users of a line in a ring", "irq_descs[4].action->next = irq_descs[4].action",
         "WRONG: more than 32 users", "k-irqs"),
    Seed("users of a line, nowhere", "irq_descs[4].action = 0x10", "Cannot access memory",
         "k-irqs"),
    Seed("a device's next leads nowhere", "'drivers/base.c'::devices.next->next = 0x10",
         "WRONG: next of .* which cannot be read", "k-devices"),
    Seed("a device's resource is left out",
         "$device->devres_head.next = $device->devres_head.next->next", "WRONG: prev of .*, not",
         "k-devices -v"),
    Seed("a device that is not registered", "$device->registered = 0",
         "^    WRONG: it is in the list, and not registered", "k-devices"),
    Seed("the wheel's counter", "timer_bases.wheel.nr += 1", "MISMATCH: nr is", "k-timers"),
    Seed("a bucket of the wheel", "timer_bases.wheel.bucket[7].first = (void *)&init_task",
         "WRONG: pprev of .* is not", "k-timers"),
    Seed("a tree of hrtimers in a ring",
         "hrtimer_bases.active.rb_root.rb_node = (void *)&init_task, init_task.sp = 0,"
         " *((void **)&init_task + 1) = &init_task, *((void **)&init_task + 2) = 0",
         "WRONG: the tree is deeper", "k-timers"),
)
SAVED = ("init_task", "__task_list", "*__task_list.next", "*$task", "*(long *)($task->sp + 16)",
         "irq_descs[4]", "*irq_descs[4].action", "*'drivers/base.c'::devices.next", "*$device",
         "timer_bases", "hrtimer_bases")


def seeds() -> list[Result]:
    """What is corrupted is told, and no walk hangs."""
    prepare = ("tbreak cmd_handles", "continue", f"set $task = {TASK}",
               f"set $device = {DEVICE}",
               "python import memkern.check as checks, memkern.frames as frames",
               "python check = lambda name: checks.Check.make(getattr(checks, name),"
               " frames.MemMap())")
    return plant(SEEDS, prepare, SAVED, "run=handles")


def recorded(log: pathlib.Path) -> list[str]:
    """The line that sums a torture up: its hash is that of all it did, in order."""
    return re.findall(r"seed \d+: \d+ operations, \d+ refused, hash 0x[0-9a-f]+",
                      log.read_text("utf-8", "replace") if log.exists() else "")


def replay() -> list[Result]:
    """A recorded run is the same again under GDB, with stops that would make it another."""
    words = ["torture_seed=7", "kunit.filter=torture.api_X4_all_contexts_at_once", "exit"]
    with gdb_session.folder() as place:
        file, again = place / "run", place / "again"
        status, said = command(
            ["scripts/debug", "--record", str(file), "--folder", str(place), "--kernel",
             str(IMAGES["default"].kernel), *words], gdb_session.LIMIT, ROOT)
        first = recorded(place / "serial.log")
        if status or not first:
            return [Result("is recorded", False, said)]
        talk = gdb_session.live(
            ["break torture.c:operate", "ignore 2 999", "continue", "info breakpoints",
             "ignore 2 1000000", "continue "],
            ["--replay", str(file), "--folder", str(again), *words], "default")
        second = recorded(again / "serial.log")
    cases = Cases(talk)
    cases.says("info breakpoints", "breakpoint already hit 1000 times")
    cases.add("it is the same run", first == second, f"{first}, replayed {second}")
    return cases.results


SESSIONS: dict[str, Callable[[], list[Result]]] = {
    "threads": idle, "threads-seeds": seeds, "replay": replay,
    **{f"threads-handler-{image}": functools.partial(handler, image)
       for image in ("default", "debug")},
    **{f"threads-core-{image}": functools.partial(core, image) for image in ("default", "debug")},
}
