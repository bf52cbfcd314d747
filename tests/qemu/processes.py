# SPDX-License-Identifier: MIT
"""Starts programs in process groups of their own, so that nothing of them is ever left behind."""

from __future__ import annotations

import contextlib
import os
import pathlib
import signal
import subprocess
import threading

class Processes:
    """The programs that run now, so that an interrupted run can end them all."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._running: set[subprocess.Popen[bytes]] = set()

    def start(self, argv: list[str], **options: object) -> subprocess.Popen[bytes]:
        """Starts a program in a process group of its own."""
        with self._lock:
            process: subprocess.Popen[bytes] = subprocess.Popen(  # type: ignore[call-overload]
                argv, start_new_session=True, **options
            )
            self._running.add(process)
        return process

    def end(self, process: subprocess.Popen[bytes]) -> None:
        """Kills what is left of a program's process group, and waits for the program."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        with self._lock:
            self._running.discard(process)

    def end_all(self) -> None:
        with self._lock:
            running = list(self._running)
        for process in running:
            self.end(process)


PROCESSES = Processes()


def command(argv: list[str], limit: float, cwd: pathlib.Path,
            typed: str | None = None) -> tuple[int, str]:
    """Runs a program, without input or with a pipe; returns its status and all it printed.

    At the time limit it and all it started are killed, and the status is 124.
    """
    # An outer make leaves its options in the environment, and they are not for ours.
    clean = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    process = PROCESSES.start(
        argv, cwd=cwd, env=clean,
        stdin=subprocess.DEVNULL if typed is None else subprocess.PIPE,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )
    try:
        printed, _ = process.communicate(typed and typed.encode(), timeout=limit)
        status, late = process.returncode, ""
    except subprocess.TimeoutExpired:
        PROCESSES.end(process)
        printed, _ = process.communicate()
        status, late = 124, f"\n{argv[0]} was ended after {limit:.0f} s"
    finally:
        PROCESSES.end(process)
    return status, printed.decode("utf-8", "replace") + late
