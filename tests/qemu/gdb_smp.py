# SPDX-License-Identifier: MIT
"""What GDB shows of several CPUs: live, on a core file, and corrupted."""

from __future__ import annotations

import functools
from collections.abc import Callable

import gdb_session
from gdb_seeds import Seed, plant
from gdb_session import Cases
from gdb_threads import TASK
from result import Result

# A timer's function on CPU 1, in the tick of its idle task. By then CPU 0 has come to rest, but
# for the tick that it may be in; whose thread waits for the command's end is not said.
CPUS = ("--smp", "2", "run=on 1 in timer handles")
IN_TIMER = ("tbreak cmd_handles", "continue")
LOOKS = ("k-cpus", "k-threads", "k-threads -v", "k-percpu cpu_number",
         "k-percpu runqueues.cpu 1", "k-percpu cpu_number 2", "k-percpu jiffies",
         "k-percpu nonsense", "k-buddy Normal", "k-slab kmalloc-16", "k-timers", "k-check",
         "thread 1", "k-thread swapper/1", "bt", "k-whatis $esp", "k-thread on/1", "thread 1 ",
         "bt ")
STACKS = {  # what k-whatis is asked: what it says
    "*(unsigned long *)((char *)&irq_stack_top + __per_cpu_offset[1]) - 4":
        "^0x.*: the interrupt stack of CPU 1, 4 bytes below its top$",
    "*(unsigned long *)((char *)&irq_stack_top + __per_cpu_offset[1]) - 8192 - 1":
        "^0x.*: the guard page of the interrupt stack of CPU 1$",
    "*(unsigned long *)((char *)&double_fault_stack_top + __per_cpu_offset[1]) - 4":
        "^0x.*: the double fault's stack of CPU 1, 4 bytes below its top$",
    "*(unsigned long *)((char *)&double_fault_stack_top + __per_cpu_offset[1]) - 8193":
        "^0x.*: the guard page of the double fault's stack of CPU 1$",
    "(char *)&runqueues + __per_cpu_offset[1] + 1": r"per-CPU variable of CPU 1: runqueues\+1$",
    "&runqueues": "per-CPU variable of CPU 0: runqueues$",
}


def _judge(cases: Cases) -> None:
    """What is in LOOKS."""
    cases.says("k-cpus", r"^  0    0      1 \S+ +\d+ +\d+ +0x\w+  \w+$",
               r"^  1    1      2 swapper/1\[0\] +0 +\d+ +0x100  cmd_handles$")
    cases.says("k-threads", r"^    0 swapper/0 +(runs|ready) +0 ", r"^    0 swapper/1 +runs +1 ",
               r"^ +\d+ on/1 +sleeps +1 +\d+  run_in_context$",
               r"^    3 ksoftirqd/1 +idle +1 +\d+  run_ksoftirqd$")
    cases.says("k-threads -v", r"^    0 swapper/1 .*\n      cmd_handles \(.*\n(      .*\n)*"
               r"      do_idle \(.*\n      cpu_startup_entry \(.*\n      start_secondary \(.*\n    1 ")
    cases.says("k-percpu cpu_number", r"^CPU 0, at 0x\w+: 0\nCPU 1, at 0x\w+: 1$")
    cases.says("k-percpu runqueues.cpu 1", r"\ACPU 1, at 0x\w+: 1\n\Z")
    cases.says("k-percpu cpu_number 2", "there is no CPU 2; k-cpus lists them")
    cases.says("k-percpu jiffies", "jiffies is no per-CPU variable")
    cases.says("k-percpu nonsense", "nonsense is no per-CPU variable")
    cases.says("k-buddy Normal", r"^  CPU 0 lists: \d+ pages?, of", r"^  CPU 1 lists: \d+ pages?, of")
    cases.says("k-slab kmalloc-16", r"\(verified\)$")
    cases.says("k-timers", r"^CPU 1 timer_list: \d+ pending \(verified\)$", "^CPU 1 hrtimer: ")
    cases.says("k-check", "^k-check: all is well$")
    cases.says("k-thread swapper/1", r"^#0 .*cmd_handles \(")
    cases.says("bt", r"^#\d+ .* do_interrupt \(", r"^#\d+ .* start_secondary \(")
    cases.says("k-whatis $esp", r"^0x\w+: the interrupt stack of CPU 1, \d+ bytes below its top$")
    cases.says("k-thread on/1", r"^#\d+ .* in __schedule \(")
    cases.says("bt ", r"^#\d+ .*(start_kernel|ret_from_fork) \(")


def live(image: str) -> list[Result]:
    """Both CPUs, and stacks and variables of the second."""
    asked = [f"k-whatis {what}" for what in STACKS]
    talk = gdb_session.live([*IN_TIMER, *asked, *LOOKS], CPUS, image)
    cases = Cases(talk)
    _judge(cases)
    for what, says in STACKS.items():
        cases.says(f"k-whatis {what}", says)
    return cases.results


def call() -> list[Result]:
    """A function that CPU 0 has CPU 1 call: in its interrupt, on its own stack."""
    talk = gdb_session.live(
        ["tbreak generic_smp_call_function_interrupt", "continue", "bt", "k-whatis $esp",
         "k-percpu ipi_counts.calls_taken 1", "print $_thread", "k-cpus"], CPUS)
    cases = Cases(talk)
    cases.says("bt", r"^#0 .*generic_smp_call_function_interrupt \(",
               r"^#\d+ .*in do_interrupt \(.*\n#\d+ +handle_interrupt \(\) at ",
               r"^#\d+ .* start_secondary \(")
    cases.says("k-whatis $esp", "the interrupt stack of CPU 1, ")
    cases.says("k-percpu ipi_counts.calls_taken 1", r"\ACPU 1, at 0x\w+: [1-9]\d*\n")
    cases.says("print $_thread", "= 2$")
    cases.says("k-cpus", r"^  1    1      2 .*0x10000  generic_smp_call_function_interrupt$")
    return cases.results


def core(image: str) -> list[Result]:
    """A core file has the registers of both CPUs."""
    with gdb_session.folder() as place:
        file = place / "memkern.core"
        dump = (f"shell scripts/debug --core --qmp {place}/qmp --output {file} >/dev/null"
                " && echo dumped")
        before = gdb_session.live([*IN_TIMER, dump],
                                  ["--folder", str(place), *CPUS], image)
        if not file.exists():
            return [Result("a core file is written", False, before.tail())]
        talk = gdb_session.on_core(file, LOOKS, image)
    cases = Cases(talk)
    _judge(cases)
    return cases.results


SEEDS = (
    Seed("a CPU runs another task than its queue says", "$second->curr = &init_task",
         "CPU 1: current is 0x.*, the queue's is", 'python check("running")'),
    Seed("a task runs nowhere", "$task->on_cpu = 1", r"\[\d+\] runs on no CPU",
         'python check("running")'),
    Seed("the idle task of a CPU, nowhere", "$second->idle = 0x10", "Cannot access memory",
         "k-threads"),
    Seed("the offset of a CPU", "__per_cpu_offset[1] = 0x3fffff00", "Cannot access memory",
         "k-cpus"),
)
SAVED = ("*$second", "__per_cpu_offset", "*$task")


def seeds() -> list[Result]:
    """What is corrupted is told."""
    prepare = (*IN_TIMER,
               "set $second = (struct rq *)((char *)&runqueues + __per_cpu_offset[1])",
               f"set $task = {TASK}",
               "python import memkern.check as checks, memkern.frames as frames",
               "python check = lambda name: checks.Check.make(getattr(checks, name),"
               " frames.MemMap())")
    return plant(SEEDS, prepare, SAVED, *CPUS)


SESSIONS: dict[str, Callable[[], list[Result]]] = {
    "smp-call": call, "smp-seeds": seeds,
    **{f"smp-{image}": functools.partial(live, image) for image in ("default", "debug")},
    **{f"smp-core-{image}": functools.partial(core, image) for image in ("default", "debug")},
}
