# SPDX-License-Identifier: MIT
"""What a test came to, and the pieces that a run is made of."""

from __future__ import annotations

import dataclasses
import textwrap
import time
import traceback
from collections.abc import Callable, Iterable


@dataclasses.dataclass(frozen=True)
class Result:
    """One test case: its name, whether it passed, and what to show where it did not."""

    name: str
    ok: bool
    detail: str = ""
    skipped: bool = False


@dataclasses.dataclass(frozen=True)
class Job:
    """A part of the run that stands alone: a boot, a build, a program's tests.

    `work` returns the results of its cases; what it raises is a failed case. `images`
    names the kernels that must be built before.
    """

    name: str
    work: Callable[[], Iterable[Result]]
    images: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True)
class Done:
    """A job that ran: its results and the seconds it took."""

    job: Job
    results: list[Result]
    seconds: float

    @property
    def passed(self) -> int:
        return sum(result.ok and not result.skipped for result in self.results)

    @property
    def failed(self) -> int:
        return sum(not result.ok for result in self.results)

    @property
    def skipped(self) -> int:
        return sum(result.skipped for result in self.results)

    def lines(self) -> list[str]:
        """One line that sums the job up, then each failed case with its lines."""
        counts = f"{self.passed} passed" if self.passed or not self.failed else ""
        if self.failed:
            counts += f"{', ' if counts else ''}{self.failed} failed"
        if self.skipped:
            counts += f", {self.skipped} skipped"
        word = "FAILED" if self.failed else "ok"
        lines = [f"{word:7}{self.job.name:44} {self.seconds:6.1f} s  {counts}"]
        for result in self.results:
            if not result.ok:
                lines.append(f"    FAILED {self.job.name}: {result.name}")
                lines += textwrap.indent(result.detail, "        ").splitlines()
        return lines


def run(job: Job) -> Done:
    """Runs a job. A job that passes nothing and fails nothing is broken: it counts as failed."""
    begin = time.monotonic()
    try:
        results = list(job.work())
    except Exception:  # whatever went wrong is this job's failure, not the run's end
        results = [Result("runs to its end", False, traceback.format_exc())]
    if not results:
        results = [Result("has a case", False, "no test case was executed")]
    return Done(job, results, time.monotonic() - begin)


SECOND_CHANCES = 5


def second_chances(done: list[Done], once_more: Callable[[Job], Done]) -> list[Done]:
    """The runs that count: of few that failed the second one.

    Most boots are the same to the instruction each time and fail again. Some run by the host's
    clock, which may have been away for seconds; but not for many of them.
    """
    if sum(bool(one.failed) for one in done) > SECOND_CHANCES:
        return done
    return [once_more(one.job) if one.failed else one for one in done]
