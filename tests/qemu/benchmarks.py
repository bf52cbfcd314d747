# SPDX-License-Identifier: MIT
"""What the allocators cost: no row dearer than committed, each target met; scripts/bench judges."""

from __future__ import annotations

import importlib.machinery
import importlib.util
import json
import re
import types

from builds import IMAGES, ROOT
from processes import command
from result import Job, Result

KERNEL = IMAGES["default"].kernel
LIMIT = 60.0


def script() -> types.ModuleType:
    """scripts/bench as a module."""
    path = str(ROOT / "scripts" / "bench")
    loader = importlib.machinery.SourceFileLoader("bench", path)
    spec = importlib.util.spec_from_loader("bench", loader)
    assert spec
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    return module


def measure() -> tuple[str, str]:
    """A whole run: the table with what is left in bench.json; and what goes by the clock."""
    status, printed = command(["scripts/bench", "--kernel", str(KERNEL)], LIMIT, ROOT)
    if status:
        raise RuntimeError(printed)
    counted, heading, timed = printed.partition(f"\n{script().THROUGHPUT}")
    return counted + KERNEL.with_name("bench.json").read_text(), heading + timed


def rows() -> list[Result]:
    """A case a row. Instructions are counted, so a second run must say the same."""
    bench = script()
    (first, timed), (second, _) = measure(), measure()
    now = json.loads(KERNEL.with_name("bench.json").read_text())
    wrong = bench.dearer(now, bench.read_figures()) | bench.misses(now)
    names = [row["name"] for row in now]
    names += [name for name in wrong if name not in names]
    results = [Result(f"bench {name}", name not in wrong, wrong.get(name, "")) for name in names]
    # Work that stays on its CPU; by a line such as "page pair  9.1  17.6  1.93   zone->lock 0.00".
    apart = re.findall(r"^(page pair|kmalloc 128) +\d.*zone->lock 0\.0\d .*list_lock 0\.0\d ", timed,
                       re.MULTILINE)
    return results + [
        Result("two runs are the same, byte by byte", first == second),
        Result("two CPUs beside one, and no lock shared by pairs", len(apart) == 2, timed)]


def judge() -> list[Result]:
    """What the judge must find, and what it must let pass."""
    bench = script()

    def row(name: str, least: float, unit: str = "instructions") -> dict[str, object]:
        return {"name": name, "min": least, "mean": least, "unit": unit}

    pair, blocks = "alloc_pages o0", "frag order-9 blocks"
    was = [row(pair, 100), row(blocks, 33, "blocks")]
    cases = {
        "the same passes": (was, []),
        "3 % more passes": ([row(pair, 103), was[1]], []),
        "4 % more is found": ([row(pair, 104), was[1]], [pair]),
        "a block less passes": ([was[0], row(blocks, 32, "blocks")], []),
        "two blocks less are found": ([was[0], row(blocks, 31, "blocks")], [blocks]),
        "a row that is gone is found": ([was[0]], [blocks]),
        "a row that nobody committed is found": ([*was, row("new", 1)], ["new"]),
    }
    results = [
        Result(name, sorted(bench.dearer(now, was)) == found) for name, (now, found) in cases.items()
    ]
    targets = {
        "a met target passes": ([row(pair, 130), row(blocks, 32, "blocks")], []),
        "a missed share is found": ([row(pair, 131)], [pair]),
        "too few blocks are found": ([row(blocks, 31, "blocks")], [blocks]),
        "a price that grows with the size is found": (
            [row("alloc_pages o4", 400), row("alloc_pages o10", 441)], ["alloc_pages o10"]),
        "zeroing is taken off": ([row("get_zeroed_page", 1024 + 421)], []),
        "a cost that grows with the live areas is found": (
            [row("vmalloc 4K, 1000 live", 1000), row("vmalloc 4K, 10000 live", 1251)],
            ["vmalloc 4K, 10000 live"]),
        "a mapping that costs too much is found": ([row("kmap_local_page", 41)], ["kmap_local_page"]),
        "a pool may cost 45 more": (
            [row("kmem_cache 128", 50), row("mempool of kmem_cache 128", 95)], []),
        "a pool that costs 46 more is found": (
            [row("kmem_cache 128", 50), row("mempool of kmem_cache 128", 96)],
            ["mempool of kmem_cache 128"]),
    }
    return results + [
        Result(name, sorted(bench.misses(now)) == found) for name, (now, found) in targets.items()
    ]


def jobs() -> list[Job]:
    return [Job("bench/rows", rows, ("default",)), Job("bench/judge", judge)]
