# SPDX-License-Identifier: MIT
"""Compares the zones that a boot printed with the independent recomputation.

The kernel prints, after "Zone ranges:", a line for each zone: its range, the pages
it manages, its three marks, and its reserve against each zone from the lowest on.
"""

from __future__ import annotations

import re

import watermarks
from result import Result

# The kernel's order, which is that of the reserves: DMA32 is there and empty.
ZONES = ("DMA", "DMA32", "Normal", "HighMem")
ZONE = re.compile(
    r"^  (?P<zone>\w+) +(?:empty|\[mem 0x(?P<first>[0-9a-f]+)-0x(?P<last>[0-9a-f]+)\]"
    r" (?P<managed>\d+) pages managed, min (?P<min>\d+) low (?P<low>\d+) high (?P<high>\d+),"
    r" reserve (?P<reserve>[\d ]+))$",
    re.MULTILINE,
)
FREE_KBYTES = re.compile(r"^min_free_kbytes (\d+), total reserve (\d+) pages$", re.MULTILINE)
LIMITS = {"DMA": (0, 16), "DMA32": (0, 0), "Normal": (16, 896), "HighMem": (0, 65536)}


def describe(marks: tuple[int, ...], reserve: list[int]) -> str:
    low_to_high = "min {} low {} high {}".format(*marks)
    return f"{low_to_high}, reserve {' '.join(str(pages) for pages in reserve)}"


def total_reserve(managed: dict[str, int], marks: dict[str, watermarks.Marks]) -> int:
    """W5: what no zone gives away lightly."""
    return sum(
        min(managed[zone], max([0, *marks[zone].reserve.values()]) + marks[zone].low_to_high[2])
        for zone in managed
    )


def compare(log: str, words: str = "") -> list[str]:
    """What is not as the formulas have it. A larger min_free_kbytes among the words is kept."""
    found = {match["zone"]: match for match in ZONE.finditer(log)}
    free = FREE_KBYTES.search(log)
    if set(found) != set(ZONES) or not free:
        return [f"the zones that are printed: {', '.join(found) or 'none'}; expected {ZONES}"]
    managed = {zone: int(found[zone]["managed"] or 0) for zone in ZONES}
    asked = re.search(r"min_free_kbytes=(\d+)", words)
    computed_free = max(watermarks.min_free_kbytes(managed), int(asked[1]) if asked else 0)
    marks = watermarks.marks(managed, computed_free)
    wrong = []
    for zone, match in found.items():
        if match["managed"] is None:
            continue
        printed = describe(tuple(int(match[mark]) for mark in ("min", "low", "high")),
                           [int(pages) for pages in match["reserve"].split()])
        reserve = [marks[zone].reserve.get(higher, 0) for higher in ZONES]
        computed = describe(marks[zone].low_to_high, reserve)
        if printed != computed:
            wrong.append(f"{zone}, {managed[zone]} pages: {printed}\n    computed: {computed}")
        lowest, highest = (mib << 20 for mib in LIMITS[zone])
        if int(match["first"], 16) < lowest or int(match["last"], 16) >= highest:
            wrong.append(f"{zone} lies at 0x{match['first']}-0x{match['last']}")
    if int(free[1]) != computed_free:
        wrong.append(f"min_free_kbytes {free[1]}, computed: {computed_free}")
    if int(free[2]) != total_reserve(managed, marks):
        wrong.append(f"total reserve {free[2]}, computed: {total_reserve(managed, marks)}")
    return wrong


def check(log: str, words: str = "") -> list[Result]:
    wrong = compare(log, words)
    return [Result("marks and reserves are the formulas'", not wrong, "\n".join(wrong))]
