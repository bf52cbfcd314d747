# SPDX-License-Identifier: MIT
"""Talks to QEMU's monitor: what a person at the machine would do, such as pulling a floppy out."""

from __future__ import annotations

import json
import pathlib
import socket
import time
import typing

LIMIT = 15.0


class Qmp:
    """A QEMU that was started with `arguments()`."""

    def __init__(self, path: pathlib.Path) -> None:
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.settimeout(LIMIT)
        deadline = time.monotonic() + LIMIT
        while self._socket.connect_ex(str(path)):
            if time.monotonic() > deadline:
                raise TimeoutError(f"QEMU does not listen at {path}")
            time.sleep(0.01)
        self._lines = self._socket.makefile("r")
        self._lines.readline()  # its greeting
        self.ask("qmp_capabilities")

    def ask(self, command: str, **arguments: object) -> typing.Any:
        """The answer to a command, which may be {}; events that come before are skipped."""
        message = {"execute": command, "arguments": arguments}
        self._socket.sendall(json.dumps(message).encode())
        while line := self._lines.readline():
            answer = json.loads(line)
            if "return" in answer:
                return answer["return"]
            if "error" in answer:
                raise RuntimeError(f"{command}: {answer['error']['desc']}")
        raise RuntimeError(f"{command}: QEMU has gone")

    def close(self) -> None:
        self._lines.close()
        self._socket.close()


def arguments(path: pathlib.Path) -> tuple[str, ...]:
    return ("-qmp", f"unix:{path},server=on,wait=off")
