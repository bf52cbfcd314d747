# SPDX-License-Identifier: MIT
"""ACPI tables that no sane firmware leaves, put into a machine's memory: it must boot.

The root pointer lies in the extended BIOS data area, where the kernel looks first, behind what
the BIOS keeps there; the tables lie in the middle of RAM. What the kernel says of them, and
which interrupt controllers it takes then, is checked.
"""

from __future__ import annotations

import functools
import pathlib
import re
import struct
import tempfile

import judge
import machine
from builds import IMAGES
from result import Job, Result

ROOT_POINTER, TABLES, MADT = 0x9FF00, 0x2000000, 0x2000100
LIMIT = 60.0
WORDS = "kunit=quick kunit.filter=irq run=cpus exit"
IOAPIC, PIC = "interrupts: IOAPIC", "interrupts: 8259 through local APIC"


def summed(table: bytes, at: int) -> bytes:
    """The table with the byte at `at` such that the sum is 0."""
    table = table[:at] + b"\0" + table[at + 1 :]
    return table[:at] + bytes([-sum(table) & 0xFF]) + table[at + 1 :]


def table(signature: bytes, body: bytes) -> bytes:
    head = struct.pack("<4sIBB6s8s12x", signature, 36 + len(body), 1, 0, b"TESTER", b"TESTTEST")
    return summed(head + body, 9)


def madt(*entries: bytes) -> bytes:
    return table(b"APIC", struct.pack("<II", 0xFEE00000, 1) + b"".join(entries))


def ioapic(number: int, address: int, base: int) -> bytes:
    return struct.pack("<BBBxII", 1, 12, number, address, base)


CPU = struct.pack("<BBBBI", 0, 8, 0, 0, 1)
TIMER_ON_2 = struct.pack("<BBBBIH", 2, 10, 0, 0, 2, 0)
# A second one that the machine does not have
NO_CPU = struct.pack("<BBBBI", 0, 8, 1, 1, 1)
SANE = (CPU, ioapic(0, 0xFEC00000, 0), TIMER_ON_2)
UNUSED = r"ACPI: the APIC table at 0x2000100 is not used: "

# The MADT, and lines that the boot log must hold.
CASES = {
    "sane": (madt(*SANE), (r"ACPI: MADT at 0x2000100: 1 CPU, 1 IOAPIC", IOAPIC)),
    "no-such-cpu": (
        madt(CPU, NO_CPU, ioapic(0, 0xFEC00000, 0), TIMER_ON_2),
        (r"ACPI: MADT at 0x2000100: 2 CPUs, 1 IOAPIC",
         r"smp: CPU 1 does not answer \(error -5\): it is left out", "smp: 1 of 2 CPUs run",
         r"  1     1  left out: it did not answer$"),
    ),
    "wrong-sum": (madt(*SANE)[:-1] + b"\x77", (UNUSED + "its checksum is wrong", PIC)),
    "zero-length": (madt(CPU, b"\0\0"), (UNUSED + "an entry is too short", PIC)),
    "cut-off": (madt(CPU, b"\x01\x0c\0"), (UNUSED + "it ends inside an entry", PIC)),
    "no-ioapic": (madt(CPU), (r"ACPI: MADT .* 1 CPU, 0 IOAPICs", PIC)),
    "ioapic-in-ram": (
        madt(CPU, ioapic(0, 0x100000, 0)),
        ("IOAPIC: ACPI's at 0x100000 is not used: RAM is there", PIC),
    ),
    "ioapic-twice": (
        madt(*SANE, ioapic(1, 0xFEC00000, 24)),
        ("IOAPIC: ACPI's at 0xfec00000 is not used: it is listed twice", IOAPIC),
    ),
    "no-such-ioapic": (
        madt(CPU, ioapic(0, 0xFEC01000, 0)),
        ("IOAPIC: ACPI's at 0xfec01000 is not used: nothing answers like one", PIC),
    ),
}


def loaded(folder: str, name: str, address: int, content: bytes) -> tuple[str, str]:
    file = pathlib.Path(folder, name)
    file.write_bytes(content)
    return "-device", f"loader,addr={address:#x},file={file},force-raw=on"


def boot(table_bytes: bytes, says: tuple[str, ...]) -> list[Result]:
    root = summed(struct.pack("<8sx6sxI", b"RSD PTR ", b"TESTER", TABLES), 8)
    listing = table(b"RSDT", struct.pack("<I", MADT)).ljust(MADT - TABLES, b"\0")
    with tempfile.TemporaryDirectory(prefix="memkern-") as folder:
        extra = loaded(folder, "root", ROOT_POINTER, root)
        extra += loaded(folder, "tables", TABLES, listing + table_bytes)
        setup = machine.Setup(IMAGES["default"].kernel, WORDS, extra=extra)
        outcome = machine.run(setup, LIMIT)
    silent = [line for line in says if not re.search(f"^{line}", outcome.log, re.MULTILINE)]
    detail = "no line matches\n" + "\n".join(silent) + "\n" + judge.tail(outcome)
    return [*judge.tests(outcome), Result("says what it should", not silent, detail)]


def jobs() -> list[Job]:
    return [Job(f"firmware/{name}", functools.partial(boot, *case), ("default",))
            for name, case in CASES.items()]
