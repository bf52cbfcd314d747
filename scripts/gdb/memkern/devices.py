# SPDX-License-Identifier: MIT
"""Devices, their drivers, and what they hold: k-devices. drivers/base.c, devres.c, pci.c."""

from __future__ import annotations

from collections.abc import Iterator

import gdb

from . import command, kernel, links, target, text


def devices() -> Iterator[gdb.Value]:
    """All registered struct devices. links.Broken where the list is."""
    head = int(gdb.parse_and_eval("&'drivers/base.c'::devices"))
    for link in links.walk(head):
        yield kernel.container_of(link, "struct device", "node")


def name_of(pointer: gdb.Value) -> str:
    """The name of a bus or a driver, of NULL a dash."""
    return target.read_string(int(pointer["name"])) if int(pointer) else "-"


def pci_of(device: gdb.Value) -> gdb.Value | None:
    """The struct pci_dev that it is a part of."""
    if int(device["bus"]) != int(gdb.parse_and_eval("&pci_bus_type")):
        return None
    return kernel.container_of(int(device.address), "struct pci_dev", "dev")


def bits(mask: int) -> str:
    return str(mask.bit_length()) if mask else "-"


class Devices(command.Command):
    """k-devices [-v]: all devices: their bus and driver, references, interrupt, and DMA masks.

    The interrupt is a PCI device's; k-irqs has all. Masks are numbers of address bits.

        -v     what each holds, too: resources, the last first, by what gives them back; DMA
               pools; a PCI device's BARs"""

    name = "k-devices"

    def run(self, arguments: list[str]) -> None:
        verbose = command.take_option(arguments, "-v")
        if arguments:
            raise self.usage()
        print(f"{'device':<22} {'bus':<9} {'driver':<12} {'refs':>4} {'irq':>4} {'DMA bits':>9}"
              f" {'coherent':>9}")
        number = 0
        try:
            for device in devices():
                number += 1
                self.show(device, verbose)
        except (links.Broken, gdb.MemoryError) as error:
            print(f"WRONG: {error}")
            return
        print(f"{text.counted(number, 'device')} (verified)")

    def show(self, device: gdb.Value, verbose: bool) -> None:
        pci = pci_of(device)
        irq = int(pci["irq"]) if pci is not None else 0
        streaming = int(device["dma_mask"].dereference()) if int(device["dma_mask"]) else 0
        references = int(device["kref"]["refcount"]["refs"]["counter"])
        print(f"{target.read_string(int(device['name'])):<22} {name_of(device['bus']):<9}"
              f" {name_of(device['driver']):<12} {references:4}"
              f" {irq or '-':>4} {bits(streaming):>9} {bits(int(device['coherent_dma_mask'])):>9}")
        if not int(device["registered"]):
            print("    WRONG: it is in the list, and not registered")
        if verbose:
            self.show_held(device, pci)

    @staticmethod
    def show_held(device: gdb.Value, pci: gdb.Value | None) -> None:
        for link in links.walk(int(device["devres_head"].address)):
            release = int(kernel.container_of(link, "struct devres", "entry")["release"])
            print(f"    {text.symbol(release) if release else 'devm_kmalloc'}: {link:#x}")
        for link in links.walk(int(gdb.parse_and_eval("&'mm/dmapool.c'::pools"))):
            pool = kernel.container_of(link, "struct dma_pool", "list")
            if int(pool["dev"]) == int(device.address):
                print(f"    dma_pool {target.read_string(int(pool['name'].address))}:"
                      f" blocks of {text.counted(int(pool['size']), 'byte')}")
        bars = pci["resource"] if pci is not None else None
        for bar in range(kernel.length(bars)) if bars is not None else ():
            if int(bars[bar]["end"]):
                print(f"    BAR {bar} {int(bars[bar]['start']):#x}-{int(bars[bar]['end']):#x}")
