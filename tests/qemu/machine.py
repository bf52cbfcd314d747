# SPDX-License-Identifier: MIT
"""Runs QEMU and Bochs: starts them, talks over their serial line, always ends them.

The serial line of QEMU is a pipe of its own, so that what QEMU itself says
never mixes into what the kernel says.
"""

from __future__ import annotations

import codecs
import contextlib
import dataclasses
import fcntl
import os
import pathlib
import re
import select
import subprocess
import tempfile
import time
from collections.abc import Iterator

from processes import PROCESSES

MAX_OUTPUT = 16 << 20
FIFO_SIZE = 1 << 20
ANSI = re.compile(r"\x1b(?:\[[0-9;?]*(?:[A-Za-z]|\Z)|\Z)")  # one that is not all there yet, too
QEMU = (
    "-display", "none", "-monitor", "none", "-no-reboot", "-nic", "none",
    "-device", "isa-debug-exit,iobase=0xf4,iosize=0x04",
)


def icount(shift: int) -> tuple[str, ...]:
    """An instruction takes 2^shift ns, also for the clock of the day; who is idle does not wait."""
    return ("-icount", f"shift={shift},sleep=off", "-rtc", "base=2024-01-01,clock=vm")


ICOUNT = icount(0)


@dataclasses.dataclass(frozen=True)
class Outcome:
    """How a machine ended. `status` is None where it had to be ended at its time limit."""

    log: str
    status: int | None
    seconds: float
    emulator: str = ""
    overflow: bool = False


@dataclasses.dataclass(frozen=True)
class Setup:
    """A machine to boot. `kernel` is the ELF file, or with `iso` the image that holds it."""

    kernel: pathlib.Path
    cmdline: str = ""
    memory: str = "64"
    cpu: str = "max"
    extra: tuple[str, ...] = ()
    iso: bool = False
    program: str = "qemu-system-i386"

    def argv(self) -> list[str]:
        boot = ["-cdrom", str(self.kernel)]
        if not self.iso:
            boot = ["-kernel", str(self.kernel), "-append", self.cmdline]
        size = ["-m", self.memory] if self.memory else []
        return [self.program, *QEMU, "-cpu", self.cpu, *size, *self.extra, *boot]


def plain(text: str) -> str:
    """Serial text as a person sees it: no carriage returns, no escape sequences."""
    return ANSI.sub("", text.replace("\r", ""))


class Machine:
    """A QEMU that runs, and its serial line. Use `boot()`, which ends it.

    The line is two FIFOs, since QEMU gives a byte up after a few tries: a socket
    takes some hundred writes of one byte before it is full, a FIFO takes them all.
    """

    def __init__(self, setup: Setup) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._printed = ""
        self._files = contextlib.ExitStack()
        try:
            folder = self._files.enter_context(tempfile.TemporaryDirectory(prefix="memkern-"))
            self._said = self._files.enter_context(open(f"{folder}/said", "wb+"))
            self._to, self._from = self._fifo(f"{folder}/com1.in"), self._fifo(f"{folder}/com1.out")
            serial = ["-chardev", f"pipe,id=com1,path={folder}/com1", "-serial", "chardev:com1"]
            self.begin = time.monotonic()
            self._process = PROCESSES.start(
                setup.argv() + serial,
                stdin=subprocess.DEVNULL, stdout=self._said, stderr=subprocess.STDOUT,
            )
            self._files.callback(PROCESSES.end, self._process)
            self._exit = os.pidfd_open(self._process.pid)
            self._files.callback(os.close, self._exit)
        except BaseException:
            self._files.close()
            raise

    def _fifo(self, path: str) -> int:
        """Both ends in one, so that it never ends by itself."""
        os.mkfifo(path)
        number = os.open(path, os.O_RDWR | os.O_NONBLOCK)
        self._files.callback(os.close, number)
        with contextlib.suppress(PermissionError):
            fcntl.fcntl(number, fcntl.F_SETPIPE_SZ, FIFO_SIZE)
        return number

    def narrow(self) -> None:
        """From now on the serial line holds a page that nobody has read, and the machine waits."""
        fcntl.fcntl(self._from, fcntl.F_SETPIPE_SZ, 4096)

    @property
    def text(self) -> str:
        """All that was printed so far; what is there stays there."""
        return plain(self._printed)

    @property
    def seconds(self) -> float:
        return time.monotonic() - self.begin

    @property
    def cpu_seconds(self) -> float:
        """What QEMU has used of the host's CPUs, whoever else runs there."""
        with open(f"/proc/{self._process.pid}/stat") as file:
            fields = file.read().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def send(self, text: str) -> None:
        """Types text."""
        os.write(self._to, text.encode())

    def read(self, deadline: float) -> bool:
        """Waits for output until `deadline`; False: none came, or the machine has left."""
        left = max(0.0, deadline - time.monotonic())
        if self._from not in select.select([self._from, self._exit], [], [], left)[0]:
            return False
        self._printed += self._decoder.decode(os.read(self._from, FIFO_SIZE))
        return True

    def expect(self, pattern: str, start: int = 0, limit: float = 10.0) -> re.Match[str] | None:
        """Reads until `pattern` is found in the text behind `start`; None: it did not come."""
        deadline = time.monotonic() + limit
        while True:
            if match := re.compile(pattern, re.MULTILINE).search(self.text, start):
                return match
            if len(self._printed) > MAX_OUTPUT or not self.read(deadline):
                return None

    def finish(self, limit: float) -> Outcome:
        """Reads until the machine leaves, at most `limit` seconds from its start; ends it then."""
        deadline = self.begin + limit
        while len(self._printed) <= MAX_OUTPUT and self.read(deadline):
            pass
        status = self._process.poll()
        seconds = self.seconds
        PROCESSES.end(self._process)
        self._said.seek(0)
        said = self._said.read().decode("utf-8", "replace")
        return Outcome(self.text, status, seconds, said, len(self._printed) > MAX_OUTPUT)

    def end(self) -> None:
        self._files.close()


@contextlib.contextmanager
def boot(setup: Setup) -> Iterator[Machine]:
    """A running machine, which ends with the block."""
    machine = Machine(setup)
    try:
        yield machine
    finally:
        machine.end()


def run(setup: Setup, limit: float) -> Outcome:
    """Boots a machine that needs no typing, and waits for it to leave."""
    with boot(setup) as machine:
        return machine.finish(limit)


BOCHSRC = """\
config_interface: textconfig
display_library: rfb, options="timeout=0"
romimage: file=/usr/share/seabios/bios.bin
vgaromimage: file=/usr/share/seabios/vgabios.bin
cpu: model={cpu}, count=1, ips=50000000, reset_on_triple_fault=0
memory: guest={memory}, host={memory}
clock: sync=none
ata0-master: type=cdrom, path={iso}, status=inserted
boot: cdrom
com1: enabled=1, mode=file, dev={serial}
panic: action=fatal
error: action=report
info: action=ignore
debug: action=ignore
log: {log}
sound: driver=dummy
"""


def run_bochs(iso: pathlib.Path, cpu: str, memory: str, limit: float, over: str,
              more: str = "") -> Outcome:
    """Boots an ISO in Bochs. Its status is always 1, so it tells nothing, and it is None.

    `over` is what the last line to expect looks like: Bochs is ended when it appears. `more`
    are lines for its configuration.
    """
    begin = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="memkern-bochs-") as folder:
        here = pathlib.Path(folder)
        serial, log = here / "serial", here / "log"
        (here / "bochsrc").write_text(
            BOCHSRC.format(cpu=cpu, memory=memory, iso=iso.resolve(), serial=serial, log=log)
            + more
        )
        (here / "go").write_text("c\n")  # Debian's Bochs has the debugger, and waits for this
        with (here / "said").open("wb") as said:
            process = PROCESSES.start(
                ["bochs", "-q", "-f", "bochsrc", "-rc", "go"], cwd=folder,
                stdin=subprocess.DEVNULL, stdout=said, stderr=subprocess.STDOUT,
            )
        try:
            text = ""
            while time.monotonic() < begin + limit:
                text = plain(serial.read_text("utf-8", "replace")) if serial.exists() else ""
                if process.poll() is not None or re.search(over, text, re.MULTILINE):
                    break
                time.sleep(0.05)
            seconds = time.monotonic() - begin
        finally:
            PROCESSES.end(process)
        text = plain(serial.read_text("utf-8", "replace")) if serial.exists() else ""
        words = "\n".join((here / name).read_text("utf-8", "replace")[-2000:]
                          for name in ("said", "log") if (here / name).exists())
    return Outcome(text, None, seconds, words)
