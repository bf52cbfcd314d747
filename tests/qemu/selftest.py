# SPDX-License-Identifier: MIT
"""Tests of the runner: tiny kernels that go wrong in known ways, and the pure parts.

Part of every run; alone: /usr/bin/python3 tests/qemu/selftest.py
"""

from __future__ import annotations

import functools
import pathlib
import re
import tempfile
import unittest

import judge
import ktap
import machine
import oops
import replay
import result
import transcript
import watermarks
import zones
from processes import command
from result import Job, Result
from session import NoAnswer, Session

FAKE = pathlib.Path(__file__).parent / "fake"
LIMIT = 15.0
GOLDEN = (  # managed pages, min_free_kbytes, then per zone: marks, atomic floor, reserves
    ({"DMA": 4096, "Normal": 12288}, 1024,
     {"DMA": ((64, 80, 96), 24, {"Normal": 48}), "Normal": ((192, 240, 288), 72, {})}),
    ({"DMA": 4096, "Normal": 61440}, 2048,
     {"DMA": ((32, 40, 48), 12, {"Normal": 240}), "Normal": ((480, 600, 720), 180, {})}),
    ({"DMA": 4096, "Normal": 225280, "HighMem": 32768}, 3831,
     {"DMA": ((17, 21, 25), 7, {"Normal": 880, "HighMem": 1008}),
      "Normal": ((939, 1173, 1407), 353, {"HighMem": 1024}), "HighMem": ((32, 66, 100), 12, {})}),
    ({"DMA": 4096, "Normal": 225280, "HighMem": 557056}, 3831,
     {"DMA": ((17, 21, 25), 7, {"Normal": 880, "HighMem": 3056}),
      "Normal": ((939, 1173, 1407), 353, {"HighMem": 17408}),
      "HighMem": ((128, 709, 1290), 48, {})}),
    ({"DMA": 4096, "DMA32": 782336, "Normal": 1310720}, 11585,
     {"DMA32": ((1080, 1862, 2644), 405, {"Normal": 5120}),
      "Normal": ((1810, 3120, 4430), 679, {})}),
)


class Fakes(unittest.TestCase):
    """Each fake kernel is seen for what it is."""

    folder: tempfile.TemporaryDirectory[str]

    @classmethod
    def setUpClass(cls) -> None:
        cls.folder = tempfile.TemporaryDirectory(prefix="memkern-fake-")

    @classmethod
    def tearDownClass(cls) -> None:
        cls.folder.cleanup()

    def setup(self, name: str) -> machine.Setup:
        kernel = pathlib.Path(self.folder.name) / f"{name}.elf"
        status, output = command(
            ["i686-linux-gnu-gcc", "-nostdlib", "-no-pie", "-static", "-Wl,--build-id=none",
             "-Wl,-Ttext=0x100000", "-Wl,-z,noexecstack", "-o", str(kernel), f"{FAKE / name}.S"],
            60, FAKE,
        )
        self.assertEqual((status, output), (0, ""))
        return machine.Setup(kernel)

    def boot(self, name: str, limit: float = LIMIT) -> machine.Outcome:
        return machine.run(self.setup(name), limit)

    def judged(self, name: str, limit: float = LIMIT) -> tuple[list[str], str]:
        """The names of the failed cases, and what is said of the boot as a whole."""
        results = judge.tests(self.boot(name, limit))
        return [case.name for case in results if not case.ok], results[-1].detail

    def test_pass(self) -> None:
        results = judge.tests(self.boot("pass"))
        self.assertTrue(all(case.ok for case in results))
        self.assertEqual([case.name for case in results[:-1]], ["fake.first", "fake.second"])
        self.assertEqual([case.skipped for case in results], [False, True, False])

    def test_fail(self) -> None:
        results = judge.tests(self.boot("fail"))
        failed = [case for case in results if not case.ok]
        self.assertEqual([case.name for case in failed], ["fake.second"])
        self.assertIn("EXPECTATION FAILED at fake.c:7\n    Expected a == b", failed[0].detail)

    def test_fails_but_says_passed(self) -> None:
        failed, said = self.judged("liar")
        self.assertEqual(failed, ["fake.first", "the boot as a whole"])
        self.assertIn("but cases failed", said)

    def test_silent(self) -> None:
        failed, said = self.judged("silent", 2)
        self.assertEqual(failed, ["the boot as a whole"])
        self.assertIn("hung: ended after 2 s", said)

    def test_hang_in_mid_line(self) -> None:
        failed, said = self.judged("hang", 2)
        self.assertEqual(failed, ["the boot as a whole"])
        for words in ("hung", "ends in mid-line", "2 planned, 1 seen", "# second: about to"):
            self.assertIn(words, said)

    def test_endless(self) -> None:
        failed, said = self.judged("endless", 3)
        self.assertEqual(failed, ["the boot as a whole"])
        self.assertRegex(said, "hung|without end")

    def test_reboot(self) -> None:
        failed, said = self.judged("reboot")
        self.assertEqual(failed, ["the boot as a whole"])
        self.assertIn("triple fault", said)

    def test_half_a_line(self) -> None:
        failed, said = self.judged("half")
        self.assertEqual(failed, ["the boot as a whole"])
        self.assertIn("ends in mid-line", said)
        self.assertIn("2 planned, 1 seen", said)

    def test_undeclared_report(self) -> None:
        failed, said = self.judged("warning")
        self.assertEqual(failed, ["the boot as a whole"])
        self.assertIn("no case declared", said)
        self.assertIn("WARNING: at mm/fake.c:7", said)

    def test_short(self) -> None:
        failed, said = self.judged("short")
        self.assertEqual(failed, ["the boot as a whole"])
        self.assertIn("fake: 3 planned, 2 seen", said)

    def test_odd_status(self) -> None:
        failed, said = self.judged("odd")
        self.assertEqual(failed, ["the boot as a whole"])
        self.assertIn("exit status 43 (it means nothing)", said)

    def test_no_kernel(self) -> None:
        outcome = machine.run(machine.Setup(pathlib.Path("/nonexistent")), LIMIT)
        self.assertIn("could not open kernel file", judge.tests(outcome)[-1].detail)

    def test_oops(self) -> None:
        declared, other = "NULL pointer dereference", "stack guard page"
        self.assertTrue(judge.oops(self.boot("oops"), declared)[0].ok)
        self.assertIn("does not say", judge.oops(self.boot("oops"), other)[0].detail)
        self.assertIn("2 reports", judge.oops(self.boot("oopses"), declared)[0].detail)
        self.assertIn("not a panic", judge.oops(self.boot("pass"), declared)[0].detail)
        self.assertFalse(judge.tests(self.boot("oops"))[-1].ok)

    def test_session(self) -> None:
        with machine.boot(self.setup("prompt")) as running:
            session = Session(running, LIMIT)
            self.assertIn("64 MiB", session.prompt())
            self.assertEqual(session.command("free"), "free pages: 3962\nat 0xc0100000\n")
            session.limit = 3
            with self.assertRaisesRegex(NoAnswer, "(?s)waited 3 s for 'elephant', saw"):
                session.wait("elephant")
            session.type("q")
            self.assertEqual(running.finish(LIMIT).status, judge.PASSED)


class Ktap(unittest.TestCase):
    """Logs that are wrong in ways that a boot seldom is."""

    HEAD = "noise\nKTAP version 1\n1..1\n    KTAP version 1\n    # Subtest: s\n"

    def read(self, text: str) -> ktap.Log:
        return ktap.read(text)

    def test_parameters_are_cases(self) -> None:
        log = self.read(
            self.HEAD + "    1..1\n        KTAP version 1\n        # Subtest: c\n"
            "        ok 1 a\n        not ok 2 b\n    not ok 1 c\nnot ok 1 s\n"
        )
        self.assertEqual([(c.name, c.ok) for c in log.cases], [("s.c.a", True), ("s.c.b", False)])
        self.assertEqual(log.problems, [])

    def test_number_skipped(self) -> None:
        log = self.read(self.HEAD + "    1..2\n    ok 1 a\n    ok 3 b\nok 1 s\n")
        self.assertIn("s.b: numbered 3, is the 2. of its level", log.problems)

    def test_suite_hides_failure(self) -> None:
        log = self.read(self.HEAD + "    1..1\n    not ok 1 a\nok 1 s\n")
        self.assertIn("s: said to be ok, but 1 of its cases failed", log.problems)

    def test_suite_fails_alone(self) -> None:
        log = self.read(self.HEAD + "    1..1\n    ok 1 a\n    # s: exit hook failed\nnot ok 1 s\n")
        self.assertEqual([c.name for c in log.failed], ["s"])
        self.assertIn("exit hook failed", log.failed[0].detail)

    def test_suite_missing(self) -> None:
        log = self.read(self.HEAD.replace("1..1", "1..2") + "    1..1\n    ok 1 a\nok 1 s\n")
        self.assertIn("the whole run: 2 planned, 1 seen", log.problems)

    def test_no_plan(self) -> None:
        log = self.read(self.HEAD + "    ok 1 a\nok 1 s\n")
        self.assertIn("s: no plan", log.problems)

    def test_second_start(self) -> None:
        log = self.read(2 * (self.HEAD + "    1..1\n    ok 1 a\nok 1 s\n"))
        self.assertTrue(any("start anew" in problem for problem in log.problems))

    def test_nothing(self) -> None:
        self.assertEqual(self.read("hello\n").problems, ["no KTAP in the output"])


class Pure(unittest.TestCase):
    """Watermarks, transcripts, results."""

    def test_golden_vectors(self) -> None:
        for managed, free_kbytes, expected in GOLDEN:
            self.assertEqual(watermarks.min_free_kbytes(managed), free_kbytes)
            computed = watermarks.marks(managed)
            for zone, (marks, floor, reserve) in expected.items():
                with self.subTest(zone=zone, managed=managed):
                    self.assertEqual(computed[zone].low_to_high, marks)
                    self.assertEqual(computed[zone].atomic_floor, floor)
                    self.assertEqual(computed[zone].reserve, reserve)

    def test_small_and_empty_zones(self) -> None:
        self.assertEqual(watermarks.min_free_kbytes({"DMA": 100}), 128)
        self.assertEqual(watermarks.min_free_kbytes({"Normal": 1 << 34}), 262144)
        computed = watermarks.marks({"DMA": 0, "Normal": 1000, "HighMem": 0})
        self.assertEqual(computed["DMA"].reserve, {"Normal": 0, "HighMem": 0})
        self.assertEqual(computed["HighMem"].low_to_high, (32, 32, 32))

    def test_zones_of_a_boot(self) -> None:
        log = (
            "Zone ranges:\n"
            "  DMA      [mem 0x000001000-0x000ffffff] 4096 pages managed,"
            " min 64 low 80 high 96, reserve 0 0 48 48\n"
            "  DMA32    empty\n"
            "  Normal   [mem 0x001000000-0x003fdffff] 12288 pages managed,"
            " min 192 low 240 high 288, reserve 0 0 0 0\n"
            "  HighMem  empty\n"
            "min_free_kbytes 1024, total reserve 432 pages\n"
        )
        self.assertEqual(zones.compare(log), [])
        for right, wrong in (
            ("low 80", "low 81"), ("0 0 48 48", "0 0 48 49"), ("12288 pages", "12290 pages"),
            ("1024", "1025"), ("432", "433"), ("000ffffff", "001000fff"),
            ("  HighMem  empty\n", ""),
        ):
            with self.subTest(wrong=wrong):
                self.assertNotEqual(zones.compare(log.replace(right, wrong)), [])

    def test_list_of_cases(self) -> None:
        log = "# a.b\n# a.c [slow]\n# a.d [oops: NULL pointer]\n# a.e [slow] [oops: x [y]]\nd.e\n"
        self.assertEqual(oops.listed(log), {"a.d": "NULL pointer", "a.e": "x [y]"})

    def test_reports(self) -> None:
        for line in (
            "WARNING: CPU: 0 PID: 0 at mm/a.c:1 f+0x1/0x2", "BUG: Bad page state in process a",
            "kernel BUG at mm/a.c:1!", "Oops: 0002 [#1]", "invalid opcode: 0000 [#1]",
            "Kernel panic - not syncing: x", "a: page allocation failure: order:4",
        ):
            with self.subTest(line=line):
                self.assertEqual(judge.reports(f"ok 1 a\n{line}\n"), [f"{line}\n"])
        for line in ("    ok 1 oops_warning", "    not ok 2 BUG: # SKIP Oops", "zone DMA: 1 page"):
            with self.subTest(line=line):
                self.assertEqual(judge.reports(line), [])

    def test_lines_of_one_form(self) -> None:
        for one, other in (
            ("zone DMA: 992 pages", "zone DMA:  12345 pages"),
            ("  992 free", "12345 free"),
            ("[mem 0x1000-0x2000]", "[mem 0xffffffff-0x1]"),
            ("00100000-03fdffff", "fffc0000-ffffffff"),
            ("16777216 bytes", "5 bytes"),
            ("[    0.123456] x", "[12.1] x"),
            ("left 12      right", "left 123456  right"),
            ("alloc_pages+0x1c/0x80", "alloc_pages+0x1/0x1c"),
            ("pfn:00f2a", "pfn:f2a10"),
        ):
            with self.subTest(one=one):
                self.assertTrue(transcript.same(one, other))
                self.assertFalse(transcript.same(one, other, exact=True))
                self.assertFalse(transcript.same(one, other, exact=re.compile("")))
                self.assertTrue(transcript.same(one, other, exact=re.compile("nowhere")))

    def test_lines_that_differ(self) -> None:
        for one, other in (
            ("zone DMA: 992 pages", "zone DMA32: 992 pages"),
            ("64 MiB", "64 KiB"),
            ("4M", "8M"),
            ("1", "-1"),
            ("a  b", "a b"),
            ("  a", "a"),
            ("at 0x10", "at 10"),
            ("03fdffff", "fdffff"),
            ("pfn:00f2a", "pfn:added"),
            ("free", "freed"),
            ("free 1", "free 1 "  "of 2"),
        ):
            with self.subTest(one=one):
                self.assertFalse(transcript.same(one, other))

    def test_lines_left_out(self) -> None:
        lines = ["a", "b", "c", "d", "c", "e"]
        for pattern, ok in (
            ("a b c d c e", True), ("a ... e", True), ("... c e", True), ("a ...", True),
            ("...", True), ("a ... c d ... e", True), ("a b", False), ("b ...", False),
            ("... d e", False), ("a ... b d ...", False), ("a b c d c e f", False),
        ):
            with self.subTest(pattern=pattern):
                self.assertEqual(transcript.matches(pattern.split(), lines, False), ok)

    def test_difference_names_the_line(self) -> None:
        said = transcript.compare(["free 1", "used 2"], ["free 7", "uses 2"], False)
        self.assertIn("the transcript says:\n    | used 2\nprinted is:\n    | uses 2", said)

    def test_blocks(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder) / "page.md"
            text = "```sh\n```\n```transcript monitor -m 8 exact\nmemkern> a\nb\nmemkern>\n```\n"
            file.write_text(text)
            (block,) = transcript.blocks(file)
            self.assertEqual((block.kind, block.words, block.exact), ("monitor", ["-m", "8"], True))
            self.assertEqual(block.line, 3)
            steps = [(step.typed, step.printed) for step in transcript.steps(block, "memkern> ")]
            self.assertEqual(steps, [("a", ["b"]), ("", [])])
            file.write_text("```transcript boot\n")
            self.assertEqual([block.kind for block in transcript.blocks(file)], [transcript.NO_END])
            self.assertFalse(replay.replay(transcript.blocks(file)[0])[0].ok)

    def test_second_chances(self) -> None:
        runs: list[str] = []

        def done(name: str, ok: bool) -> result.Done:
            return result.Done(Job(name, lambda: ()), [Result("case", ok)], 0.0)

        def once_more(job: Job) -> result.Done:
            runs.append(job.name)
            return done(job.name, job.name == "unstable")

        first = [done("fine", True), done("unstable", False), done("broken", False)]
        second = result.second_chances(first, once_more)
        self.assertEqual(runs, ["unstable", "broken"])
        self.assertEqual([(one.job.name, one.failed) for one in second],
                         [("fine", 0), ("unstable", 0), ("broken", 1)])
        many = [done(f"unstable {i}", False) for i in range(result.SECOND_CHANCES + 1)]
        self.assertIs(result.second_chances(many, once_more), many)

    def test_job_that_raises_or_has_no_case(self) -> None:
        done = result.run(Job("broken", lambda: [][0]))
        self.assertEqual((done.passed, done.failed), (0, 1))
        self.assertIn("IndexError", "\n".join(done.lines()))
        self.assertEqual(result.run(Job("empty", lambda: [])).failed, 1)


class Collect(unittest.TestResult):
    """Turns unittest's verdicts into results."""

    def __init__(self) -> None:
        super().__init__()
        self.cases: list[Result] = []

    def addSuccess(self, test: unittest.TestCase) -> None:
        self.cases.append(Result(test.id().split(".", 1)[1], True))

    def stopTestRun(self) -> None:
        for test, text in self.failures + self.errors:
            self.cases.append(Result(test.id().split(".", 1)[1], False, text))


def run_class(tests: type[unittest.TestCase]) -> list[Result]:
    collect = Collect()
    unittest.defaultTestLoader.loadTestsFromTestCase(tests).run(collect)
    collect.stopTestRun()
    return collect.cases


def jobs() -> list[Job]:
    return [
        Job(f"selftest/{tests.__name__.lower()}", functools.partial(run_class, tests))
        for tests in (Fakes, Ktap, Pure)
    ]


if __name__ == "__main__":
    unittest.main()
