# SPDX-License-Identifier: MIT
"""The serial line, both ways: nothing is lost, however fast one side writes or slowly one reads."""

from __future__ import annotations

import functools
import re
import time

import judge
import machine
from builds import IMAGES
from result import Job, Result
from session import ENTER

LIMIT = 120.0
LISTINGS = 40
IRQ_4 = re.compile(r"^ +4: +([0-9 ]+) +\S.*ttyS0", re.M)


def typed(kib: int, after: str, extra: tuple[str, ...]) -> list[Result]:
    """So much, as fast as the port takes it, while the tests run and nobody reads it.

    Each line, which is nobody's command, is answered at the prompt in its turn, whole. `after` is
    what has been printed when the typing begins: with nothing, that is with power-on.
    """
    lines = [f"w{number:05}".ljust(63, "x") for number in range(kib * 16)]
    setup = machine.Setup(IMAGES["default"].kernel, "kunit=quick", extra=extra)
    with machine.boot(setup) as running:
        running.expect(after)
        running.send("".join(line + ENTER for line in lines))
        running.expect(rf"^unknown command '{lines[-1]}'", limit=LIMIT)
        said = running.text
    answers = re.findall(r"^unknown command '(\w+)'", said, re.M)
    wrong = [pair for pair in zip(lines, answers) if pair[0] != pair[1]]
    detail = f"{len(answers)} of {len(lines)} lines, the first wrong: {wrong[:1]}\n{said[-2000:]}"
    verdict = re.search(r"^kunit: [1-9]\d* passed, (\d+) failed", said, re.M)
    failed = re.findall(r"(?:^ +# .*\n)*(?:^    [E ].*\n)*^ +not ok .*\n", said, re.M)
    return [
        Result("every line is read, in its turn", answers == lines, detail),
        Result("the tests pass meanwhile", verdict is not None and verdict[1] == "0",
               f"{verdict and verdict[0]}\n{''.join(failed)[-2000:]}"),
    ]


def read_slowly(words: str, pause: float, extra: tuple[str, ...] = ()) -> machine.Outcome:
    """A page at a time, with a pause before each: the transmitter is busy nearly always."""
    setup = machine.Setup(IMAGES["default"].kernel, words, extra=extra)
    with machine.boot(setup) as running:
        running.narrow()
        while running.read(running.begin + LIMIT):
            time.sleep(pause)
        return running.finish(LIMIT)


def slow_listings(extra: tuple[str, ...]) -> list[Result]:
    """The monitor's output: by interrupt, complete, in order."""
    outcome = read_slowly(f'kunit=off run="{"help;" * LISTINGS} irq" exit', 0.02, extra)
    listings = outcome.log.split("memkern> help\n")[1:]
    same = [listing for listing in listings[:-1] if listing == listings[0]]
    counts = IRQ_4.search(outcome.log)
    interrupts = sum(int(count) for count in counts[1].split()) if counts else 0
    detail = f"{judge.meaning(outcome)}, {len(same)} listings\n{judge.tail(outcome)}"
    return [
        Result("all of it comes", len(same) == LISTINGS - 1 and outcome.status == judge.PASSED,
               detail),
        # nobody types: each page that was read made room, and that was an interrupt
        Result("by interrupt", interrupts > LISTINGS // 4, f"{interrupts} interrupts"),
    ]


def slow_messages() -> list[Result]:
    """What printk() says, with interrupts on and off: complete KTAP."""
    return judge.tests(read_slowly("kunit=quick kunit.filter=*printk* exit", 0.02))


def pausing_reader() -> list[Result]:
    """One who does not read for longer than anybody would poll."""
    setup = machine.Setup(IMAGES["default"].kernel, 'kunit=off run="help;help;help;help" exit')
    with machine.boot(setup) as running:
        running.narrow()
        while "memkern> help" not in running.text:
            running.read(running.begin + LIMIT)
        time.sleep(6.0)
        outcome = running.finish(LIMIT)
    listings = outcome.log.split("memkern> help\n")[1:]
    ok = len(listings) == 4 and listings[0].strip() == listings[3].strip()
    return [Result("the rest comes when he goes on", ok and outcome.status == judge.PASSED,
                   f"{judge.meaning(outcome)}\n{judge.tail(outcome)}")]


def slow_panic() -> list[Result]:
    """What is waiting to be sent is sent before the panic's words, and those are polled."""
    outcome = read_slowly('kunit=off run="help;help;crash panic"', 0.1)
    listings = re.split(r"memkern> (?:help|crash panic)\n", outcome.log)[1:]
    ok = len(listings) == 3 and listings[0] == listings[1] and outcome.status == judge.PANIC
    ok = ok and re.search(r"Kernel panic.*(?s:.*)---\[ end Kernel panic", listings[2]) is not None
    return [Result("all before it, and all of it", ok,
                   f"{judge.meaning(outcome)}\n{judge.tail(outcome)}")]


def jobs() -> list[Job]:
    default, two_cpus = ("default",), ("-smp", "2")
    return [
        Job("serial/typed", functools.partial(typed, 64, "^memkern: ", ()), default),
        Job("serial/typed-smp-2", functools.partial(typed, 64, "^memkern: ", two_cpus), default),
        Job("serial/typed-at-power-on", functools.partial(typed, 4, "", ()), default),
        # Its interrupt is another one: what is written and typed then goes by polling.
        Job("serial/typed-polled", functools.partial(
            typed, 4, "^ttyS0: no interrupt comes on irq 4: it is polled",
            ("-global", "isa-serial.irq=5")), default),
        Job("serial/slow-listings", functools.partial(slow_listings, ()), default),
        Job("serial/slow-listings-smp-2", functools.partial(slow_listings, two_cpus), default),
        Job("serial/slow-messages", slow_messages, default),
        Job("serial/pausing-reader", pausing_reader, default),
        Job("serial/slow-panic", slow_panic, default),
    ]
