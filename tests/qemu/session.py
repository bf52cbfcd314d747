# SPDX-License-Identifier: MIT
"""Types at the monitor's prompt and reads what it answers."""

from __future__ import annotations

import re

from machine import Machine

PROMPT = "memkern> "
AT_PROMPT = r"^memkern> "
ENTER = "\r"


class NoAnswer(AssertionError):
    """What was waited for did not come."""


class Session:
    """A monitor that is talked to. Every wait has a limit, and a failed one shows the output."""

    def __init__(self, machine: Machine, limit: float = 15.0) -> None:
        self.machine = machine
        self.limit = limit
        self.mark = 0  # what lies before it was read already

    def wait(self, pattern: str) -> re.Match[str]:
        """Waits for a pattern in what was not read yet, and moves behind it."""
        match = self.machine.expect(pattern, self.mark, self.limit)
        if match is None:
            seen = self.machine.text[self.mark :].split("\n")[-40:]
            raise NoAnswer(f"waited {self.limit:.0f} s for {pattern!r}, saw:\n" + "\n".join(seen))
        self.mark = match.end()
        return match

    def prompt(self) -> str:
        """Waits for the prompt; returns what was printed until it came."""
        start = self.mark
        end = self.wait(AT_PROMPT).start()
        return self.machine.text[start:end]

    def type(self, keys: str) -> None:
        """Sends keys, and no Enter."""
        self.machine.send(keys)

    def enter(self, line: str = "") -> None:
        """Types a line and Enter, and waits until the line was taken."""
        self.machine.send(line + ENTER)
        self.wait(r"\n")

    def command(self, line: str) -> str:
        """Types a line at the prompt; returns what it printed, up to the next prompt."""
        self.enter(line)
        return self.prompt()

    def last_words(self, line: str) -> str:
        """Types a line that ends the machine; returns what it printed."""
        self.enter(line)
        start = self.mark
        self.machine.finish(self.machine.seconds + self.limit)
        return self.machine.text[start:]
