# SPDX-License-Identifier: MIT
"""What GDB's commands say of the page cache, of reclaim and its counters, sound and corrupted."""

from __future__ import annotations

import re

import gdb_seeds
import gdb_session
from gdb_seeds import Seed
from gdb_session import Cases
from result import Result

DISK_SIZE = 1 << 20
# 75 pages read, and what is read ahead; of these five are dirty, as they are written to.
WORDS = "run=cache read hda 0 300K; cache write hda 8K 20K; handles"
AT_HANDLES = ("tbreak cmd_handles", "continue")


def found(talk: gdb_session.Talk, typed: str, pattern: str) -> list[int]:
    """The numbers of a line."""
    match = re.search(pattern, talk[typed], re.MULTILINE)
    return [int(number) for number in match.groups()] if match else []


def cache() -> list[Result]:
    """What was read and written is told, by device, by page and by list, and adds up."""
    with gdb_session.folder() as place:
        disk = place / "disk.img"
        disk.write_bytes(bytes(DISK_SIZE))
        talk = gdb_session.live([
            *AT_HANDLES, "k-cache", "k-cache hda", "k-cache nodisk", "k-cache hda hda",
            "k-reclaim", "k-vmstat", "k-vmstat -c", "k-vmstat x", "k-check",
        ], ["--disk", str(disk), WORDS])
    cases = Cases(talk)
    row = r"^hda +(\d+) +(\d+) +(\d+) +(\d+)  \(verified\)$"
    pages, dirty, writeback, active = found(talk, "k-cache", row) or [0] * 4
    cases.add("a device's pages are counted", pages >= 75 and (dirty, writeback) == (5, 0),
              talk["k-cache"])
    cases.says("k-cache", rf"^all +{pages} +5 +0 +{active}  \(verified\)$")
    cases.says("k-cache hda", "^page 2: frame [0-9]+, count 1, .*uptodate.*dirty.*lru",
               r"^\.\.\. truncated after 64 pages$")
    cases.says("k-cache nodisk", "^there is no device 'nodisk' with a page cache")
    cases.says("k-cache hda hda", "^usage: k-cache ")
    lists = re.findall(r"inactive (\d+) \(verified\), active (\d+) \(verified\)",
                       talk["k-reclaim"])
    cases.add("the lists have all of them",
              sum(int(number) for pair in lists for number in pair) == pages, talk["k-reclaim"])
    cases.says("k-reclaim", r"^kswapd \[\d+\] is not asked for anything; 0 runs", "^0 shrinkers$")
    cases.says("k-vmstat", rf"^nr_file_pages +{pages}$", r"^nr_file_dirty +5$",
               rf"^pgpgin +{pages * 8}$", r"^pgalloc_normal +[1-9]\d*$", r"^pgfree +[1-9]\d*$")
    cases.add("what never happened has no line", "oom_kill" not in talk["k-vmstat"])
    cases.says("k-vmstat -c", rf"^pgpgin +{pages * 8} +{pages * 8}$")
    cases.says("k-vmstat x", "^usage: k-vmstat ")
    cases.says("k-check", "^ok    page cache: ", "^k-check: all is well$")
    return cases.results


PREPARE = (
    *AT_HANDLES,
    "set $mapping = (struct address_space *)((char *)'mm/filemap.c'::mappings.prev"
    " - (unsigned long)&((struct address_space *)0)->list)",
    "set $node = $mapping->i_pages.xa_head",
    "set $lruvec = &contig_page_data.node_zones[2].lruvec",
    "set $page = (struct page *)((char *)$lruvec->lists[0].next"
    " - (unsigned long)&((struct page *)0)->lru)",
)
SAVED = ("*$mapping", "*$node", "*$lruvec", "*$page", "vm_node_stat")
SEEDS = (
    Seed("nrpages", "$mapping->nrpages += 1", "MISMATCH: nrpages is ", "k-cache"),
    Seed("the dirty pages' counter", "vm_node_stat[NR_FILE_DIRTY].counter = 3",
         "^all .*MISMATCH: NR_FILE_DIRTY is 3$", "k-cache"),
    Seed("a page of nobody", "$page->mapping = 0", "MISMATCH: page .* is of mapping 0x0",
         "k-cache"),
    Seed("an entry that is no page", "$node->shift = 0, $node->slots[3] = (void *)0xc0000010",
         "MISMATCH: page .* no struct page", "k-cache"),
    Seed("a node's shift", "$node->shift = 5", "MISMATCH: the node .* is of shift 5", "k-cache"),
    Seed("a list's counter", "$lruvec->nr[1] += 1", "active .* MISMATCH: nr is ", "k-reclaim"),
    Seed("a page in the wrong list", "$page->flags |= 1 << PG_active",
         "inactive .* MISMATCH: frame .* does not belong there", "k-reclaim"),
    Seed("a list is bent into a ring", "$page->lru.next = &$page->lru", "MISMATCH: cycle",
         "k-reclaim"),
    Seed("the cache, by k-check", "$mapping->nrpages += 1", "^WRONG page cache: .*\n.*nrpages is",
         'python import memkern.check as checks, memkern.frames as frames;'
         ' checks.Check.make(checks.page_cache, frames.MemMap())'),
)


def seeds() -> list[Result]:
    """Trees, lists, counters."""
    with gdb_session.folder() as place:
        disk = place / "disk.img"
        disk.write_bytes(bytes(DISK_SIZE))
        return gdb_seeds.plant(SEEDS, PREPARE, SAVED, "--disk", str(disk), WORDS)


SESSIONS = {"reclaim": cache, "reclaim-seeds": seeds}
