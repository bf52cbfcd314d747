# SPDX-License-Identifier: MIT
"""Interrupt lines and who has them: k-irqs."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

import gdb

from . import command, constants as c, kernel, target, text

USERS_AT_MOST = 32
TRIGGERS = {
    c.IRQ_TYPE_EDGE_RISING: "edge", c.IRQ_TYPE_EDGE_FALLING: "edge, low",
    c.IRQ_TYPE_LEVEL_HIGH: "level", c.IRQ_TYPE_LEVEL_LOW: "level, low",
}
STATES = (
    (c.IRQS_SPURIOUS_DISABLED, "shut off"), (c.IRQS_INPROGRESS, "in progress"),
    (c.IRQS_DISABLED, "disabled"), (c.IRQS_MASKED, "masked"), (c.IRQS_PENDING, "pending"),
    (c.IRQS_REPLAY, "raised again"),
)


@dataclasses.dataclass(frozen=True)
class Line:
    """A struct irq_desc."""

    number: int
    value: gdb.Value

    @property
    def count(self) -> int:
        counts = self.value["kstat_irqs"]
        return sum(int(counts[cpu]) for cpu in range(kernel.length(counts)))

    @property
    def chip(self) -> str:
        data = self.value["irq_data"]
        trigger = TRIGGERS.get(int(data["trigger"]), "")
        name = target.read_string(int(data["chip"]["name"]))
        return f"{name} {int(data['hwirq'])}{f', {trigger}' if trigger else ''}"

    @property
    def state(self) -> str:
        """What is going on; a line without a user is disabled as a matter of course."""
        said = int(self.value["istate"])
        if not int(self.value["action"]):
            said &= ~(c.IRQS_DISABLED | c.IRQS_MASKED)
        return "|".join(word for bit, word in STATES if said & bit) or "-"

    def users(self) -> Iterator[gdb.Value]:
        """Its struct irqactions. gdb.GdbError where their list does not end."""
        action = self.value["action"]
        for _ in range(USERS_AT_MOST):
            if not int(action):
                return
            yield action.dereference()
            action = action["next"]
        raise gdb.GdbError(f"WRONG: more than {USERS_AT_MOST} users: their list is broken")


def lines() -> list[Line]:
    """Those that a controller has."""
    array = kernel.variable("irq_descs")
    found = (Line(number, array[number]) for number in range(kernel.length(array)))
    return [line for line in found if int(line.value["handle_irq"])]


class Irqs(command.Command):
    """k-irqs [-a]: interrupt lines: how often they came, for whom.

    UNHANDLED are those that no handler claimed; LEVELS and PINs are the controller's. A line
    that nobody has and that never came is left out.

        -a     these too"""

    name = "k-irqs"

    def run(self, arguments: list[str]) -> None:
        every = command.take_option(arguments, "-a")
        if arguments:
            raise self.usage()
        found = lines()
        if not found:
            print("no interrupt controller is set up yet")
            return
        print(f"{'irq':>4} {'count':>10} {'unhandled':>9}  {'chip, pin, trigger':<20} state")
        for line in found:
            if every or line.count or int(line.value["action"]):
                self.show(line)
        print(f"spurious {self.counter('irq_spurious_count')},"
              f" errors of the local APICs {self.counter('irq_err_count')}")

    @staticmethod
    def counter(name: str) -> int:
        return int(kernel.variable(name)["counter"])

    @staticmethod
    def show(line: Line) -> None:
        """A line, its users below it; or what is wrong with it."""
        print(f"{line.number:4} {line.count:10} {int(line.value['unhandled_total']):9}"
              f"  {line.chip:<20} {line.state}")
        try:
            for user in line.users():
                handler = int(user["handler"])
                print(f"     {target.read_string(int(user['name'])) if int(user['name']) else '?'}:"
                      f" {text.symbol(handler) or hex(handler)}, dev_id {int(user['dev_id']):#x}")
        except (gdb.GdbError, gdb.MemoryError) as error:
            print(f"     {error}")
