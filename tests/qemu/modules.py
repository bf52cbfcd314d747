# SPDX-License-Identifier: MIT
"""Modules: files from outside the tree in the image, as `make MODULES=...` puts them there."""

from __future__ import annotations

import functools
import pathlib
import re
import tempfile

import judge
import ktap
import machine
from builds import IMAGES, ROOT
from processes import command
from result import Job, Result
from session import Session

LIMIT = 30.0


def examples() -> list[Result]:
    """The examples of docs/: each does what its comment says, and can be removed."""
    outcome = boot("examples", "kunit.filter=example_lookup hello.times=2 hello.who=you "
                   "hello.marks=1,20,300 phonebook.entries=grace:1906,ada:1815 gather.pieces=9 "
                   "exit "
                   'run="lsmod; rmmod phonebook; rmmod hello; rmmod hello; rmmod producer; '
                   'rmmod pipeline; rmmod counters; rmmod big_buffers; rmmod nobody; rmmod gather; '
                   'rmmod small_edu; lsmod; check"')
    return [
        judge.ended(outcome),
        *says(outcome, "parameters are set", "hello: hello, you\nhello: hello, you\n"
              "hello: 3 numbers, together 321\n",
              "phonebook: ada has 1815\nphonebook: grace has 1906"),
        *says(outcome, "a failed init function", "module no_room: no_room_init failed with error"
              " -12 (-ENOMEM)", r"/^no_room +\d+ +\d+ +0  failed -ENOMEM$"),
        *says(outcome, "threads", "producer: 1000 items through 8 slots, 0 of them wrong"),
        *says(outcome, "contexts", "pipeline: packet 4, sum 800", "pipeline: 5 done, 0 lost"),
        *says(outcome, "pools", "counters: 100 requests begun, 100 ended"),
        *says(outcome, "virtual memory", "big_buffers: image of 512 KiB: as it was written",
              "big_buffers: window over 16 pages: shows them"),
        *says(outcome, "DMA", "gather gather: 9 pieces, 45000 bytes, sum 285000\n"),
        *says(outcome, "its KUnit suite", "ok 1 example_lookup", "kunit: 2 passed, 0 failed"),
        *says(outcome, "exit functions", "> rmmod hello\nhello: goodbye, you\n",
              "> rmmod hello\nhello does not run: removed", "there is no module 'nobody'",
              r"/^hello +\d+ +\d+ +0  removed who=you times=2 marks=1,20,300$"),
        *says(outcome, "nothing is broken", "no problems\n"),
        Result("no report", not judge.reports(outcome.log), "\n".join(judge.reports(outcome.log))),
    ]


def driver(interrupt: str, words: str, *extra: str) -> list[Result]:
    """A PCI driver: takes the device from the kernel's own, works it, and gives it back."""
    edu = "0000:00:03.0"
    outcome = boot("examples", f"kunit=off small_edu.number=12 {words} exit run=\"unbind {edu}; "
                   f"bind {edu} small_edu; unbind {edu}; bind {edu} small_edu; rmmod small_edu; "
                   f'bind {edu} small_edu; bind {edu}; check"', "-device", "edu", *extra)
    worked = (rf"/^small_edu {edu}: {interrupt} \d+, buffer at 0x0*[0-9a-f]{{1,7}}\n"
              rf"small_edu {edu}: 12! = 479001600\n"
              rf"small_edu {edu}: 2048 bytes there and back\n{edu}: small_edu\n"
              rf"memkern> (unbind {edu}|rmmod small_edu)\nsmall_edu {edu}: let go$")
    times = len(re.findall(worked[1:], outcome.log, re.M))
    refused = boot("examples", f"kunit=off small_edu.number=13 {words} exit "
                   f'run="unbind {edu}; bind {edu} small_edu; bind {edu}; check"',
                   "-device", "edu", *extra)
    return [
        judge.ended(outcome),
        Result("it works, twice", times == 2, f"{times} times\n{judge.tail(outcome)}"),
        *says(outcome, "without it the kernel's own does", "there is no driver 'small_edu'",
              rf"/^{edu}: edu\n", "no problems\n"),
        *says(refused, "a probe that fails", f"small_edu does not take {edu}: -EINVAL\n",
              rf"/^{edu}: edu\n", "no problems\n"),
        judge.ended(refused),
    ]


def suites() -> list[Result]:
    """API.md 17 from outside, a case each; a module that failed has its suite left out."""
    outcome = boot("modules-test", "kunit=all kunit.filter=module_* failing.level=-12345 exit")
    log = ktap.read(outcome.log)
    named = {case.name.split(": ")[-1] for case in log.cases}
    wanted = {"api_L2_printf", "api_L3_rcu", "api_L4_threads", "api_L5_deferred", "api_L6_virtual",
              "api_L8_named_resources", "api_L9_slab_errors"}
    missing = {name for name in wanted if not any(name in case for case in named)}
    return [
        *log.cases,
        judge.ended(outcome),
        Result("the log is in order", not log.problems, "\n".join(log.problems)),
        Result("all suites run", not missing, f"{missing}\n{judge.tail(outcome)}"),
        *says(outcome, "but that of a module that failed",
              r"/^ok \d module_failing # SKIP its module failing does not run$"),
        *says(outcome, "an error without a name",
              r"/^module failing: init_module failed with error -12345$"),
    ]


def parameters() -> list[Result]:
    """All kinds of parameters; names in either spelling; two modules of one name, and exports."""
    outcome = boot("modules-test", "kunit=off twin.value=5 odd-name.callback=7 odd_name.flag "
                   "odd_name.no-flag=y odd_name.text=1234567 odd_name.keeps=1 "
                   "odd_name.big=18446744073709551615 odd_name.numbers=1,-2,0x3 "
                   "odd_name.nothing=1 dotted-1.2.value=6 "
                   "nobody.value=1 exit "
                   'run="lsmod; modinfo odd-name; rmmod odd_name; lsmod --json; modinfo twin; '
                   'rmmod twin; rmmod twin; rmmod twin; rmmod failing"')
    bad = boot("modules-test", "kunit=off odd-name.callback=101 twin.value=x failing.level "
               "odd_name.numbers=1,2,3,4,5 careless.leaves exit run=lsmod")
    return [
        judge.ended(outcome),
        *says(outcome, "each kind", "odd_name: callback 7, flag 1, inverse 0, text 1234567, "
              "big 18446744073709551615, 3 numbers",
              "live callback=7 flag=Y no_flag=Y text=1234567 big=18446744073709551615 "
              "numbers=1,-2,3 keeps=1"),
        *says(outcome, "the same names in two files", "left twin: value 5, number 15\n",
              "right twin: value 5, number 25, left's 16"),
        *says(outcome, "each of one name is reached",
              r"/^filename: +tests/qemu/modules/left/twin.c\n(.*\n)*"
              r"filename: +tests/qemu/modules/right/twin.c$",
              "> rmmod twin\nleft twin: the end\n", "> rmmod twin\nright twin: the end\n",
              "> rmmod twin\ntwin does not run: removed\n",
              "> rmmod failing\nfailing does not run: failed\n"),
        *says(outcome, "a name with dots", "dotted: 6\n"),
        *says(outcome, "unknown names", "odd_name: unknown parameter 'nothing' ignored",
              "Unknown kernel command line parameter 'nobody.value=1'"),
        *says(outcome, "a result that is no errno", "module odd_name: odd_init returned 3, not 0"),
        *says(outcome, "users", "odd_name: 1 users of odd_name", "odd_name is in use by 1"),
        *says(outcome, "what it says of itself",
              "filename:       tests/qemu/modules/odd-name.c\n", "author:         Another\n",
              "parm:           callback:up to 100\n", "parm:           numbers:array of int\n",
              "version:        1.2\n", "colour:         green\n"),
        *says(outcome, "JSON", r'/^\{"name":"failing","text_bytes":\d+,"data_bytes":\d+,"users":0,'
              r'"state":"failed","error":-5\}$'),
        *says(bad, "what an init function leaves behind is put right",
              "initcall careless_init+0x0/", "returned with preemption imbalance",
              "returned with disabled interrupts"),
        *says(bad, "bad values", "odd_name: `101' invalid for parameter `callback'",
              "module odd_name is not started: error -34 (-ERANGE)",
              "twin: `x' invalid for parameter `value'",
              "failing: `' invalid for parameter `level'",
              r"/^failing +\d+ +\d+ +0  failed -EINVAL level=0$"),
    ]


def monitor() -> list[Result]:
    """The monitor of a kernel without modules says so, and its image has none."""
    with machine.boot(machine.Setup(IMAGES["default"].kernel, "kunit=off")) as running:
        talk = Session(running, LIMIT)
        talk.prompt()
        said = talk.command("lsmod") + talk.command("modinfo") + talk.command("rmmod hello")
    wanted = ("no modules: make MODULES=", "usage: modinfo MODULE", "there is no module 'hello'")
    return [Result("the plain kernel has no modules", all(text in said for text in wanted), said)]


HELLO = """#include <linux/module.h>
static int __init start(void) { int unused; printk("NAME is here\\n"); return 0; }
module_init(start);
"""
BAD = """#include <linux/module.h>
#include <linux/netdevice.h>
#include <linux/buffer_head.h>
#include <linux/input.h>
#include "mine.h"
#include <linux/no_such_thing.h>
"""


def make(folder: pathlib.Path, modules: str, *goals: str) -> tuple[int, str]:
    argv = ["make", f"MODULES={modules}", f"IMAGE={folder}/image", *goals]
    return command(argv, 120, ROOT)


def outside() -> list[Result]:
    """Files from anywhere, by absolute and relative paths; what was built before is gone."""
    with tempfile.TemporaryDirectory(prefix="memkern-modules-") as name:
        folder = pathlib.Path(name)
        for module in ("one", "two"):
            (folder / f"{module}.c").write_text(HELLO.replace("NAME", module))
        (folder / "bad.c").write_text(BAD)
        kernel = folder / "image/memkern.elf"
        _, relative = command(["realpath", "--relative-to=.", str(folder / "two.c")], 10, ROOT)

        status, said = make(folder, str(folder / "one.c"))
        first = machine.run(machine.Setup(kernel, "kunit=off exit run=lsmod"), LIMIT)
        again = make(folder, str(folder / "one.c"))
        results = [
            Result("a warning is no error", not status and "warning: unused" in said, said),
            Result("an absolute path", "one is here" in first.log, judge.tail(first)),
            Result("nothing is built twice", again == (0, ""), again[1]),
        ]
        status, said = make(folder, relative.strip())
        second = machine.run(machine.Setup(kernel, "kunit=off exit run=lsmod"), LIMIT)
        ok = "two is here" in second.log and "one is here" not in second.log
        results.append(Result("a relative path, and the other one is gone", not status and ok,
                              f"{said}\n{judge.tail(second)}"))

        status, said = make(folder, str(folder / "bad.c"), f"{folder}/image{folder}/bad.ko.o")
        wanted = ("<linux/netdevice.h>: memkern has no network\n",
                  "<linux/buffer_head.h>: the page cache is in linux/pagemap.h",
                  "<linux/input.h>: memkern has no drivers", "<mine.h>: not beside your file\n",
                  "<linux/no_such_thing.h>: memkern has no such header\n", "docs/modules.md")
        results.append(Result("missing headers are named", status != 0 and
                              all(text in said for text in wanted), said))
        status, said = make(folder, f"{folder}/nothing.c")
        results.append(Result("so is a file that is not there", status != 0 and
                              f"there is no file {folder}/nothing.c" in said, said))
    return results


def paths() -> list[Result]:
    """What make cannot take is refused before anything is built; a link goes by its own name."""
    results = []
    with tempfile.TemporaryDirectory(prefix="memkern-paths-") as name:
        folder = pathlib.Path(name)
        (folder / "hello.c").write_text(HELLO)
        for odd in ("a b.c", "co:lon.c", "q'uote.c", "$dollar.c", "back\\slash.c"):
            (folder / odd).symlink_to("hello.c")
            for script, wanted in (("scripts/run", 3), ("scripts/debug", 1)):
                status, said = command([script, "--module", f"{folder}/{odd}"], 60, ROOT)
                ok = status == wanted and f"in a path: {folder}/{odd}\n" in said
                results.append(Result(f"{script} refuses {odd}", ok, f"{status}\n{said}"))
        status, said = command(["scripts/run", "--module", f"{folder}/none/x.c"], 60, ROOT)
        ok = status == 3 and f"there is no file {folder}/none/x.c" in said
        results.append(Result("a folder that is not there", ok, f"{status}\n{said}"))
        status, said = make(folder, f"{folder}/a b.c")
        ok = status != 0 and f"{folder}/a is no C file (a path with a blank?)" in said
        results.append(Result("make asks whether it is a blank", ok, said))
    return results


def boot(image: str, words: str, *extra: str) -> machine.Outcome:
    return machine.run(machine.Setup(IMAGES[image].kernel, words, extra=extra), LIMIT)


def says(outcome: machine.Outcome, what: str, *wanted: str) -> list[Result]:
    """A case: all these texts (with a / in front: regular expressions) are in the log."""
    missing = [text for text in wanted if not (
        re.search(text[1:], outcome.log, re.M) if text[0] == "/" else text in outcome.log)]
    return [Result(what, not missing, f"nothing says {missing}\n{judge.tail(outcome)}")]


def jobs() -> list[Job]:
    return [
        Job("modules/examples", examples, ("examples",)),
        Job("modules/driver-msi", functools.partial(driver, "MSI", "", "-smp", "2"),
            ("examples",)),
        Job("modules/driver-intx", functools.partial(driver, "INTx", "nolapic"), ("examples",)),
        Job("modules/suites", suites, ("modules-test",)),
        Job("modules/parameters", parameters, ("modules-test",)),
        Job("modules/none", monitor, ("default",)),
        Job("modules/outside", outside, ("default",)),
        Job("modules/paths", paths),
    ]
