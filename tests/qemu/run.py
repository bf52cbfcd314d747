# SPDX-License-Identifier: MIT
"""Runs the tests: builds the kernels, boots them two at a time, sums up.

Started by scripts/test, which sets the machine up first.
"""

from __future__ import annotations

import argparse
import concurrent.futures
import dataclasses
import functools
import re
import signal
import sys
import time

import benchmarks
import builds
import clocks
import disk
import dma
import edu
import firmware
import floppy
import gdb_tests
import hosttests
import images
import matrix
import modules
import oops
import pci
import pressure
import repeat
import replay
import result
import selftest
import serial_line
import sessions
import sources
import timing
from builds import IMAGES
from processes import PROCESSES
from result import Done, Job


@dataclasses.dataclass
class Run:
    """What ran so far, and how."""

    pattern: str
    workers: int
    done: list[Done] = dataclasses.field(default_factory=list)
    begin: float = dataclasses.field(default_factory=time.monotonic)

    def wanted(self, jobs: list[Job]) -> list[Job]:
        return [job for job in jobs if re.search(self.pattern, job.name)]

    def note(self, done: Done) -> None:
        self.done.append(done)
        print("\n".join(done.lines()), flush=True)

    def one_by_one(self, jobs: list[Job]) -> None:
        """Runs jobs that want the machine for themselves."""
        for job in jobs:
            self.note(result.run(job))

    def together(self, jobs: list[Job]) -> None:
        pool = concurrent.futures.ThreadPoolExecutor(self.workers)
        try:
            futures = [pool.submit(result.run, job) for job in jobs]
            for future in concurrent.futures.as_completed(futures):
                self.note(future.result())
        finally:
            pool.shutdown(wait=False, cancel_futures=True)

    def once_more(self, job: Job) -> Done:
        """Runs a job alone that failed beside others."""
        print("       once more, alone, and that counts:")
        done = result.run(job)
        print("\n".join(done.lines()), flush=True)
        return done

    def second_chances(self) -> None:
        """For what a host that was busy or away may have made fail."""
        first, self.done = self.done, result.second_chances(self.done, self.once_more)
        unstable = [one.job.name for one, two in zip(first, self.done) if one.failed > two.failed == 0]
        if unstable:
            print(f"       unstable, failed once and passed alone: {', '.join(unstable)}")

    @property
    def passed(self) -> int:
        return sum(done.passed for done in self.done)

    @property
    def failed(self) -> int:
        return sum(done.failed for done in self.done)


def build_jobs(run: Run, jobs: list[Job], oopses: bool) -> list[Job]:
    """The builds that the jobs need, and those that are asked for by name."""
    needed = {name for job in jobs for name in job.images}
    if oopses:
        needed |= set(matrix.BOTH)
    found = []
    for image in IMAGES.values():
        job = Job(f"build/{image.name}", functools.partial(builds.build, image), (image.name,))
        if image.name in needed or run.wanted([job]):
            found.append(job)
    return found


def everything(run: Run) -> None:
    """All that the pattern asks for: first the kernels, last what wants to be alone."""
    apart = run.wanted(hosttests.jobs() + sources.jobs() + selftest.jobs())
    boots = matrix.jobs() + sessions.jobs() + gdb_tests.jobs() + replay.jobs() + benchmarks.jobs()
    boots = run.wanted(boots + images.jobs() + firmware.jobs() + repeat.jobs() + clocks.jobs()
                       + modules.jobs() + floppy.jobs() + disk.jobs() + serial_line.jobs()
                       + edu.jobs() + pci.jobs() + dma.jobs() + pressure.jobs())
    last = run.wanted(timing.jobs())
    # Which cases end in an oops only a built kernel can tell.
    oopses = bool(re.search(run.pattern, "oops/")) or "oops" in run.pattern
    run.one_by_one(build_jobs(run, boots + last, oopses))
    broken = {name for done in run.done if done.failed for name in done.job.images}
    if oopses:
        sound = [name for name in matrix.BOTH if name not in broken]
        boots += run.wanted([job for name in sound for job in oops.jobs(IMAGES[name])])
    run.together(apart + [job for job in boots if not broken.intersection(job.images)])
    run.second_chances()
    run.one_by_one([job for job in last if not broken.intersection(job.images)])
    if broken:
        print(f"       not booted, since it does not build: {', '.join(sorted(broken))}")


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/test", description="Runs every test there is.")
    parser.add_argument("-k", metavar="PATTERN", default="", dest="pattern",
                        help="only the parts whose name holds this regular expression, such as"
                        " boot/debug or oops or docs/README")
    parser.add_argument("-j", metavar="N", type=int, default=2, dest="workers",
                        help="how many machines run at once (2)")
    return parser.parse_args()


def main() -> int:
    chosen = arguments()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(130))
    run = Run(chosen.pattern, chosen.workers)
    try:
        everything(run)
    except KeyboardInterrupt:
        print("interrupted")
        return 130
    finally:
        PROCESSES.end_all()
    print(f"       {len(run.done)} parts, {time.monotonic() - run.begin:.0f} s")
    print(f"{run.passed} passed, {run.failed} failed", flush=True)
    return 0 if run.passed and not run.failed else 1


if __name__ == "__main__":
    sys.exit(main())
