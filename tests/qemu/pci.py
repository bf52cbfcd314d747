# SPDX-License-Identifier: MIT
"""PCI: what the kernel finds is what QEMU says that there is, and drivers can have all of it.

The kernel's list of devices, with their addresses, is compared with that of QEMU's own monitor.
"""

from __future__ import annotations

import functools
import json
import pathlib
import re
import tempfile
import typing
from collections.abc import Iterator

import judge
import ktap
import machine
from builds import IMAGES
from qmp import Qmp, arguments
from result import Job, Result
from session import Session

WORDS = "kunit=all kunit.filter=[pm][cs]i*"
LIMIT = 90.0
UNMAPPED = (1 << 64) - 1
ROM = 6
IDE = 0x0101  # whose first BARs are ports of 1986, which QEMU does not list

EDU = ("-device", "edu", "-device", "pci-testdev")
BRIDGES = (
    "-device", "pci-bridge,id=outer,chassis_nr=1",
    "-device", "pci-bridge,id=inner,chassis_nr=2,bus=outer,addr=5",
    "-device", "pci-testdev,bus=inner,addr=1f", "-device", "edu,bus=inner,addr=2",
    "-device", "e1000,bus=outer,addr=7",
)
# A BAR of 64 bits, for which there is room above 4 GiB only; devices with several functions
LARGE = ("-device", "pci-testdev,membar=8G",
         "-device", "edu,addr=9.0,multifunction=on", "-device", "pci-testdev,addr=9.7")
EXPRESS = (
    "-M", "q35", *EDU, "-device", "pcie-root-port,id=root1,chassis=3",
    "-device", "e1000e,bus=root1", "-device", "i82801b11-bridge,id=old",
    "-device", "pci-testdev,bus=old,addr=3",
)
# A second host bridge, and a bridge behind it
ROOTS = ("-device", "pxb,id=second,bus_nr=64", "-device", "edu,bus=second,addr=2",
         "-device", "pci-testdev,bus=pci.0")
# The image, how many CPUs, what there is
MACHINES: dict[str, tuple[str, int, tuple[str, ...]]] = {
    "pc": ("default", 1, ()),
    "edu-2-cpus": ("debug", 2, EDU),
    "bridges": ("default", 1, BRIDGES),
    "large": ("debug", 1, LARGE),
    "roots": ("default", 1, ROOTS),
    "q35-3-cpus": ("default", 3, EXPRESS),
}
# Machines whose kernel finds none
WITHOUT = {"isapc": ("-M", "isapc"), "microvm": ("-M", "microvm,isa-serial=on")}

Device = dict[str, typing.Any]


def devices_of(buses: list[typing.Any]) -> Iterator[Device]:
    for bus in buses:
        for device in bus["devices"]:
            yield device
            behind = device.get("pci_bridge")
            yield from devices_of([behind]) if behind and behind.get("devices") else ()


def as_qemu_has_it(device: Device) -> Device:
    """What lspci --json should say of a device, where QEMU knows it."""
    name = f"0000:{device['bus']:02x}:{device['slot']:02x}.{device['function']}"
    expected: Device = {"device": name, "vendor_id": device["id"]["vendor"],
                        "device_id": device["id"]["device"]}
    for region in device["regions"]:
        start, size = region["address"], region["size"]
        if region["bar"] == ROM or start in (0, UNMAPPED):
            continue
        digits, kind = (4, "io ") if region["type"] == "io" else (8, "mem")
        flags = " 64bit" if region.get("mem_type_64") else ""
        flags += " pref" if region.get("prefetch") else ""
        expected[f"bar{region['bar']}"] = (
            f"[{kind} {start:#0{digits + 2}x}-{start + size - 1:#0{digits + 2}x}{flags}]")
    return expected


def differences(qemu: list[Device], kernel: list[Device]) -> list[str]:
    found = {device["device"]: device for device in kernel}
    wrong = []
    for device in qemu:
        wanted = as_qemu_has_it(device)
        seen = found.pop(wanted["device"], {})
        for key, value in wanted.items():
            if seen.get(key) != value:
                wrong.append(f"{wanted['device']}: {key} is {value}, the kernel: {seen.get(key)}")
        extra = {key for key in seen if key.startswith("bar")} - set(wanted)
        if device["class_info"]["class"] == IDE:
            extra -= {"bar0", "bar1", "bar2", "bar3"}
        mapped = {f"bar{region['bar']}" for region in device["regions"]}
        wrong += [f"{wanted['device']}: there is no {key}" for key in extra - mapped]
    return wrong + [f"there is no {name}" for name in found]


def found(image: str, cpus: int, extra: tuple[str, ...]) -> list[Result]:
    """The cases, and the two lists."""
    with tempfile.TemporaryDirectory(prefix="memkern-") as folder:
        socket = pathlib.Path(folder) / "qmp"
        setup = machine.Setup(IMAGES[image].kernel, WORDS,
                              extra=("-smp", str(cpus), *extra, *arguments(socket)))
        with machine.boot(setup) as running:
            talk = Session(running, LIMIT)
            talk.prompt()
            qmp = Qmp(socket)
            qemu = list(devices_of(qmp.ask("query-pci")))
            qmp.close()
            listing = talk.command("lspci --json")
            talk.enter("poweroff")
            outcome = running.finish(LIMIT)
    kernel = [json.loads(line) for line in re.findall(r"^\{.*\}$", listing, re.MULTILINE)]
    wrong = differences(qemu, kernel)
    results = judge.tests(outcome, exits=False)
    skipped = [case.name for case in ktap.read(outcome.log).cases if case.skipped]
    return [
        *results,
        Result("each device, each address", bool(qemu) and not wrong, "\n".join(wrong)),
        Result("with edu no case skips", "edu" not in " ".join(extra) or not skipped,
               "\n".join(skipped)),
    ]


def absent(extra: tuple[str, ...]) -> list[Result]:
    setup = machine.Setup(IMAGES["default"].kernel, f'{WORDS} run="lspci; devices" exit',
                          extra=extra)
    outcome = machine.run(setup, LIMIT)
    return [*judge.tests(outcome),
            Result("the monitor says so", "there is no PCI bus" in outcome.log,
                   judge.tail(outcome))]


def jobs() -> list[Job]:
    return [
        *(Job(f"pci/{name}", functools.partial(found, *row), (row[0],))
          for name, row in MACHINES.items()),
        *(Job(f"pci/{name}", functools.partial(absent, extra), ("default",))
          for name, extra in WITHOUT.items()),
    ]
