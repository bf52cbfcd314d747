# SPDX-License-Identifier: MIT
"""Watermarks and reserves, computed anew from what each zone manages.

Written from the formulas W1 to W4 of the contract and from nothing in mm/, so
that the two can be compared after every boot. Sizes are in pages of 4 KiB.
"""

from __future__ import annotations

import dataclasses
import math

ORDER = ("DMA", "DMA32", "Normal", "HighMem", "Movable")
RATIO = {"DMA": 256, "DMA32": 256, "Normal": 32, "HighMem": 0, "Movable": 0}
NOT_LOWMEM = ("HighMem", "Movable")
SCALE_FACTOR = 10


@dataclasses.dataclass(frozen=True)
class Marks:
    """What a zone keeps back: three marks, and a reserve against each higher zone by name."""

    low_to_high: tuple[int, int, int]
    reserve: dict[str, int]

    @property
    def atomic_floor(self) -> int:
        """How far GFP_ATOMIC may dig (W7)."""
        least = self.low_to_high[0]
        least -= least // 2
        return least - least // 4


def min_free_kbytes(managed: dict[str, int]) -> int:
    """W1: the root of the lowmem in kB times 16, within limits."""
    lowmem = sum(pages for zone, pages in managed.items() if zone not in NOT_LOWMEM)
    return max(128, min(262144, math.isqrt(lowmem * 4 * 16)))


def marks(managed: dict[str, int], free_kbytes: int | None = None) -> dict[str, Marks]:
    """W2 to W4 for every zone in `managed` (zone name: pages), empty ones included."""
    lowmem = sum(pages for zone, pages in managed.items() if zone not in NOT_LOWMEM)
    pages_min = (min_free_kbytes(managed) if free_kbytes is None else free_kbytes) >> 2
    zones = [zone for zone in ORDER if zone in managed]
    result = {}
    for number, zone in enumerate(zones):
        share = pages_min * managed[zone] // lowmem if lowmem else 0
        least = share
        if zone in NOT_LOWMEM:
            least = max(32, min(128, managed[zone] // 1024))
        delta = max(share >> 2, managed[zone] * SCALE_FACTOR // 10000)
        reserve, above = {}, 0
        for higher in zones[number + 1 :]:
            above += managed[higher]
            empty = not managed[zone] or not RATIO[zone]
            reserve[higher] = 0 if empty else above // RATIO[zone]
        result[zone] = Marks((least, least + delta, least + 2 * delta), reserve)
    return result
