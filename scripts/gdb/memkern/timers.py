# SPDX-License-Identifier: MIT
"""Timers that wait for their moment: k-timers. kernel/timer_wheel.c, kernel/hrtimer.c."""

from __future__ import annotations

from collections.abc import Iterator

import gdb

from . import command, kernel, percpu, text

BUCKET_AT_MOST = 1 << 12
DEPTH_AT_MOST = 64
WORD = 1 << 32


def bucket(head: gdb.Value) -> Iterator[gdb.Value]:
    """The struct timer_lists of a bucket. gdb.GdbError where a link is wrong."""
    before, link = int(head["first"].address), int(head["first"])
    for _ in range(BUCKET_AT_MOST):
        if not link:
            return
        timer = kernel.container_of(link, "struct timer_list", "entry")
        if int(timer["entry"]["pprev"]) != before:
            raise gdb.GdbError(f"WRONG: pprev of {link:#x} is not {before:#x} that leads to it")
        yield timer
        before, link = int(timer["entry"]["next"].address), int(timer["entry"]["next"])
    raise gdb.GdbError(f"truncated after {BUCKET_AT_MOST} timers")


def wheel(base: gdb.Value) -> Iterator[gdb.Value]:
    """The timers of a CPU's wheel."""
    buckets = base["wheel"]["bucket"]
    for index in range(kernel.length(buckets)):
        if int(buckets[index]["first"]):
            yield from bucket(buckets[index])


def in_order(node: gdb.Value, depth: int = 0) -> Iterator[gdb.Value]:
    """The struct hrtimers of a tree, the first to fire first."""
    if not int(node):
        return
    if depth == DEPTH_AT_MOST:
        raise gdb.GdbError(f"WRONG: the tree is deeper than {DEPTH_AT_MOST}: a link leads back")
    yield from in_order(node["rb_left"], depth + 1)
    yield kernel.container_of(int(node), "struct hrtimer", "node")
    yield from in_order(node["rb_right"], depth + 1)


class Timers(command.Command):
    """k-timers: the timers that are pending, of each CPU: when, and which function.

    Those of the wheel (struct timer_list) in jiffies of a millisecond from now, the
    high-resolution ones (struct hrtimer) as the moment of the clock."""

    name = "k-timers"

    def run(self, arguments: list[str]) -> None:
        if arguments:
            raise self.usage()
        now = int(kernel.variable("jiffies"))
        for cpu in range(len(percpu.offsets())):
            self.show_wheel(cpu, percpu.variable("timer_bases", cpu), now)
            self.show_hrtimers(cpu, percpu.variable("hrtimer_bases", cpu))

    @staticmethod
    def show_wheel(cpu: int, base: gdb.Value, now: int) -> None:
        found, wrong = [], ""
        try:
            for timer in wheel(base):
                found.append(timer)
        except (gdb.GdbError, gdb.MemoryError) as error:
            wrong = f"  {error}"
        counter = int(base["wheel"]["nr"])
        verdict = "(verified)" if counter == len(found) else f"MISMATCH: nr is {counter}"
        print(f"CPU {cpu} timer_list: {len(found)} pending {verdict}")
        delay = {int(timer.address): (int(timer["expires"]) - now + WORD // 2) % WORD - WORD // 2
                 for timer in found}
        for timer in sorted(found, key=lambda timer: delay[int(timer.address)]):
            address, function = int(timer.address), int(timer["function"])
            print(f"  {delay[address]:+10} jiffies  {text.symbol(function) or hex(function)},"
                  f" at {address:#x}")
        if wrong:
            print(wrong)

    @staticmethod
    def show_hrtimers(cpu: int, base: gdb.Value) -> None:
        print(f"CPU {cpu} hrtimer: {int(base['nr'])} queued")
        count = 0
        try:
            for timer in in_order(base["active"]["rb_root"]["rb_node"]):
                count += 1
                if count > BUCKET_AT_MOST:
                    raise gdb.GdbError(f"truncated after {BUCKET_AT_MOST} timers")
                function = int(timer["function"])
                print(f"  {int(timer['expires']):>18,} ns "
                      f" {text.symbol(function) or hex(function)}, at {int(timer.address):#x}")
        except (gdb.GdbError, gdb.MemoryError) as error:
            print(f"  {error}")
        if count != int(base["nr"]):
            print(f"  MISMATCH: {count} found")
