# SPDX-License-Identifier: MIT
"""What GDB's commands say of corrupted memory: that it is, and where. None hangs.

In one session memory is corrupted in many ways, one after the other; what each time
is overwritten was saved before, and is restored.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Sequence

import gdb_session
from gdb_session import AT_PROMPT, Cases
from result import Result

ZONE = "contig_page_data.node_zones[2]"
AREA = f"{ZONE}.free_area[10]"
LIST = f"{AREA}.free_list[MIGRATE_MOVABLE]"
ORDER_1, ORDER_9 = (f"{ZONE}.free_area[{order}].free_list[MIGRATE_MOVABLE]" for order in (1, 9))
# At `handles` a block of eight pages is allocated.
WORDS = "run=alloc page 3 GFP_KERNEL; handles"
PREPARE = (
    "tbreak cmd_handles", "continue",
    f"set $first = {LIST}.next",
    "set $page = (struct page *)((char *)$first - (unsigned long)&((struct page *)0)->lru)",
    f"set $last = {LIST}.prev",
    "set $used = handles[0].page",
    "python import re; pte = lambda address: '0xc' + re.search(r'\\bPTE +at 0([0-9a-f]+)',"
    " gdb.execute(f'k-walk {address}', to_string=True))[1]",
    "python gdb.execute(f'set $text_pte = (unsigned long long *){pte(\"_stext\")}')",
    "python gdb.execute(f'set $low_pte = (unsigned long long *){pte(\"0xc0001000\")}')",
    "python import memkern.check as checks, memkern.frames as frames",
    "python check = lambda name: checks.Check.make(getattr(checks, name), frames.MemMap())",
)
SAVED = ("contig_page_data", "zone_pcp", "init_task", "__address_mem_map_base", "mem_section[4]",
         "__nr_mem_sections", "$page[0]", "$page[1]", "$page[512]", "*$last", "*$used", "traces[1]",
         "*$text_pte", "*$low_pte")


@dataclasses.dataclass(frozen=True)
class Seed:
    """A corruption: what makes it, the command that looks, and what that must say."""

    name: str
    corrupt: str
    says: str
    look: str = "k-buddy Normal"


def listed(head: str, order: int, *pages: str) -> str:
    """Makes the pages, and nothing else, the free blocks of a list."""
    links = [f"&{head}", *(f"&{page}.lru" for page in pages)]
    doubled = zip(links, links[1:] + links[:1])
    parts = [f"((struct list_head *){one})->next = (void *){two},"
             f" ((struct list_head *){two})->prev = (void *){one}" for one, two in doubled]
    parts += [f"{page}.private = {order}, {page}.page_type = ~0x80" for page in pages]
    return ", ".join(parts)


def checked(name: str) -> str:
    """One of k-check's checks, by the name of its function."""
    return f'python check("{name}")'


SEEDS = (
    Seed("a block's next is itself", "$first->next = $first", "cycle: next of"),
    Seed("the list's next is the list", f"{LIST}.next = &{LIST}", "prev of the head"),
    Seed("a list is bent into a ring", "$last->next = $first", "cycle: next of|prev of"),
    Seed("next leads nowhere", "$first->next = 0x10", "which cannot be read"),
    Seed("next leads to no link", "$first->next = (void *)&contig_page_data", "prev of .*, not"),
    Seed("a link is in no page",
         f"{LIST}.next = (void *)&init_task, {LIST}.prev = (void *)&init_task,"
         f" *(void **)&init_task = &{LIST}, *((void **)&init_task + 1) = &{LIST}",
         "is in no struct page"),
    Seed("prev leads astray", "$first->prev = $first", "prev of .*, not"),
    Seed("an order's counter", f"{AREA}.nr_free += 1", "nr_free .*, found"),
    Seed("a zone's counter", f"{ZONE}.nr_free_pages += 1", "^zone Normal: .* MISMATCH$"),
    Seed("a head without type", "$page->page_type = ~0", "its page_type is 0xffffffff"),
    Seed("a head of another order", "$page->private = 3", "its order 3"),
    Seed("a head with a reference", "$page->_refcount.counter = 1", "its head is not at rest"),
    Seed("a head of another zone", "$page->flags &= ~(3 << __NR_PAGEFLAGS)", "of another zone"),
    Seed("a pageblock's type", "mem_section[4].pageblock_type[0] = MIGRATE_RECLAIMABLE",
         "the pageblock of frame 4096 is Reclaimable"),
    Seed("a block that is not aligned", listed(ORDER_1, 1, "$page[1]"), "is not aligned"),
    Seed("a block in a block", listed(ORDER_9, 9, "$page[512]"),
         r"is in two blocks: \d+ of order 10"),
    Seed("buddies that are apart", listed(ORDER_9, 9, "$page[0]", "$page[512]"),
         "the free buddies .* of order 9 are apart"),
    Seed("the number of sections", "__nr_mem_sections = 99999999", "it was overwritten"),
    Seed("a CPU's counter", "zone_pcp[2].count += 1", "count .* found"),
    Seed("a list's head, printed", "$first->next = $first", "BROKEN: cycle", f"print {LIST}"),
    Seed("a struct page's section", "$page->flags ^= 4 << __NR_PAGEFLAGS", "names section",
         checked("sections")),
    Seed("virt_to_page()'s table", "__address_mem_map_base[4] += 32", "is wrong in section 4",
         checked("addresses")),
    Seed("managed pages", f"{ZONE}.managed_pages = 1 << 30", "managed 1073741824",
         checked("zone_numbers")),
    Seed("a watermark", f"{ZONE}._watermark[1] = 1", "watermarks", checked("zone_numbers")),
    Seed("the free lists", "$first->next = $first", "^WRONG .*\n.* cycle:", checked("free_lists")),
    Seed("the CPU lists", "zone_pcp[2].count += 1", "count .* found", checked("cpu_lists")),
    Seed("a tail that says it is free", "$page[1].page_type = ~0x80", "it is in no list",
         checked("free_frames")),
    Seed("a head that says it is not", "$page->page_type = ~0", "its struct page says otherwise",
         checked("free_frames")),
    Seed("a trace's counter", "traces[1].pages += 1", "are not those of the frames",
         checked("owners")),
    Seed("a trace's counter, by k-owner", "traces[1].pages += 1", "MISMATCH\n  WRONG: trace 1",
         "k-owner"),
    Seed("an owned page without reference", "$used->_refcount.counter = 0",
         "is owned, but its count is 0", checked("owners")),
    Seed("text that can be written", "*$text_pte |= 2", "kernel text can be written",
         checked("permissions")),
    Seed("text that can be written, by k-vmmap", "*$text_pte |= 2",
         "4 KiB rwx  kernel text  W.X VIOLATION\n(.*\n)*.*writable and executable: 1$", "k-vmmap"),
    Seed("text that can be written, by k-walk", "*$text_pte |= 2", "writable, executable$",
         "k-walk _stext"),
    Seed("a page that is mapped elsewhere", "*$low_pte += 0x1000", "^ +c0001000 maps 0x2000$",
         checked("direct_map")),
)


def plant(seeds: Sequence[Seed], prepare: Sequence[str], variables: Sequence[str],
          *words: str) -> list[Result]:
    """Every kind of corruption is reported, and gone when the variables are restored."""
    with gdb_session.folder() as place:
        saved = [f"{place}/{number}" for number in range(len(variables))]
        lines = [*prepare]
        lines += [f"dump binary value {file} {what}" for file, what in zip(saved, variables)]
        lines += ["k-check"]
        for number, seed in enumerate(seeds):
            # The remark makes each command one of its own.
            lines += [f"set var {seed.corrupt}", remarked(seed.look, number)]
            lines += [f"restore {file} binary &{what}" for file, what in zip(saved, variables)]
        talk = gdb_session.live([*lines, "k-check "], words)
    cases = Cases(talk)
    cases.says("k-check", "^k-check: all is well$")
    for number, seed in enumerate(seeds):
        printed = talk[remarked(seed.look, number)]
        ok = bool(re.search(seed.says, printed, re.MULTILINE))
        cases.add(f"is told: {seed.name}", ok, f"nothing matches {seed.says!r} in:\n{printed}")
    cases.says("k-check ", "^k-check: all is well$")
    cases.add("GDB's status is 0", talk.status == 0, f"it is {talk.status}")
    return cases.results


def seeds() -> list[Result]:
    """Pages, zones, page tables, page owner."""
    return plant(SEEDS, PREPARE, SAVED, WORDS)


def remarked(line: str, number: int) -> str:
    """The command with so many blanks behind it: it means the same."""
    return line + " " * (number + 2)


def core() -> list[Result]:
    """A core file of a machine that is being debugged, with a list that is broken."""
    with gdb_session.folder() as place:
        file = place / "memkern.core"
        dump = (f"shell scripts/debug --core --qmp {place}/qmp --output {file} >/dev/null"
                " && echo dumped")
        live = gdb_session.live([
            *AT_PROMPT, f"set $first = {LIST}.next", "set var $first->next = $first", dump,
            "k-zones",
        ], ["--folder", str(place)])
        if not file.exists():
            return [Result("a core file is written", False, live.tail())]
        talk = gdb_session.on_core(file, ["k-buddy Normal", "k-check", "k-zones"], "debug")
    cases = Cases(talk)
    cases.says("k-buddy Normal", "cycle: next of", "MISMATCH")
    cases.says("k-check", "^WRONG free lists", r"^k-check: \d+ problems?$")
    cases.add("k-check ends GDB, with status 1", talk.status == 1 and len(talk.answers) == 3,
              f"it is {talk.status}")
    lives = Result("the machine lives on", "Normal" in live["k-zones"], live.tail())
    return [*cases.results, lives]
