#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""What scripts/test says at its end: scripts/count-tests, given logs as meson writes them;
scripts/test-targets, given what meson says of a build; and scripts/test itself, with meson and
ninja played."""
import json
import os
import pathlib
import shutil
import stat
import subprocess
import sys
import tempfile
import unittest

SCRIPTS = pathlib.Path(__file__).resolve().parents[2] / "scripts"

# meson's log of one program that speaks TAP and some that do not; one of these ran out of time, of
# which the log says nothing.
JUNIT = """<?xml version='1.0' encoding='utf-8'?>
<testsuites tests="6" errors="0" failures="2">
<testsuite name="teiten.teiten:unit / mem"><testcase name="one"/><testcase name="two">{two}</testcase></testsuite>
<testsuite name="teiten"><testcase name="teiten:golden / slow"/>
<testcase name="teiten:golden / good"/><testcase name="teiten:golden / absent"><skipped/></testcase>
<testcase name="teiten:golden / bad">{bad}</testcase></testsuite></testsuites>
"""


def log(directory, stage, results, printed="", junit=JUNIT, two="<failure/>", bad="<failure/>"):
    """Writes the logs of a stage, whose tests that are named in results did not end well."""
    path = directory / stage / "meson-logs"
    path.mkdir(parents=True)
    (path / "testlog.junit.xml").write_text(junit.format(two=two, bad=bad))
    names = dict.fromkeys(["teiten:golden / good", "teiten:unit / mem"], "OK") | results
    (path / "testlog.json").write_text("".join(
        json.dumps({"name": name, "result": result, "stdout": printed, "stderr": "an error\n", "duration": 3.2})
        + "\n" for name, result in names.items()))
    return path / "testlog.junit.xml"


class Counts(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.directory = pathlib.Path(directory.name)

    def count(self, *args, encoding="utf-8"):
        done = subprocess.run([sys.executable, SCRIPTS / "count-tests", *args], capture_output=True, text=True,
                              env=os.environ | {"PYTHONIOENCODING": encoding})
        self.assertEqual(done.stderr, "")
        self.lines = done.stdout.splitlines()
        return done.returncode, self.lines[-1]

    def failures(self):
        return [line for line in self.lines if line.startswith("FAILED: ")]

    def test_good_ones(self):
        path = log(self.directory, "build", {}, two="", bad="")
        self.assertEqual(self.count(path), (0, "5 passed, 0 failed, 1 skipped"))
        self.assertEqual(self.lines[:-1], ["skipped: build: teiten: teiten:golden / absent"])

    def test_nothing_that_ran_is_no_success(self):
        self.assertEqual(self.count(), (1, "0 passed, 0 failed, 0 skipped"))

    def test_what_failed_is_named_with_its_stage(self):
        good = log(self.directory, "build", {}, two="", bad="")
        path = log(self.directory, "build-sanitize", {
            "teiten:unit / mem": "FAIL", "teiten:golden / bad": "FAIL", "teiten:golden / slow": "TIMEOUT"})
        self.assertEqual(self.count(good, path), (1, "7 passed, 3 failed, 2 skipped"))
        self.assertEqual(self.failures(), [
            "FAILED: build-sanitize: teiten.teiten:unit / mem: two",
            "FAILED: build-sanitize: teiten: teiten:golden / bad",
            "FAILED: build-sanitize: teiten:golden / slow: TIMEOUT"])
        self.assertEqual(self.lines[-4:-1], self.failures())

    def test_the_end_of_what_a_failed_one_printed_is_shown(self):
        printed = "".join(f"line {i}\n" for i in range(100))
        path = log(self.directory, "build", {"teiten:golden / slow": "TIMEOUT"}, printed, two="", bad="")
        self.count(path)
        self.assertEqual(self.lines[1:-2], [
            "---- build: teiten:golden / slow: TIMEOUT after 3 s, its last 40 lines",
            *[f"line {i}" for i in range(61, 100)], "an error"])

    def test_many_failures_are_not_all_shown(self):
        path = log(self.directory, "build", {f"teiten:golden / {i}": "FAIL" for i in range(20)}, two="", bad="")
        self.assertEqual(self.count(path), (1, "5 passed, 20 failed, 1 skipped"))
        self.assertEqual(sum(line.startswith("---- build: ") for line in self.lines), 8)
        self.assertIn("---- and 12 more, whose logs are in their build directories", self.lines)

    def test_a_log_that_is_not_whole_is_a_failure(self):
        good = log(self.directory, "build", {}, two="", bad="")
        cut = log(self.directory, "build-fuzz", {}, junit="<testsuites>")
        self.assertEqual(self.count(good, cut, self.directory / "none"), (1, "5 passed, 2 failed, 1 skipped"))
        self.assertIn(str(cut), self.failures()[0])

    def test_what_xml_forbids_hides_no_failure(self):
        path = log(self.directory, "build", {"teiten:golden / bad": "FAIL"}, two="",
                   bad="<failure/><system-out>\0\x1b[31mred\ufffe\uffff</system-out>")
        self.assertEqual(self.count(path), (1, "4 passed, 1 failed, 1 skipped"))
        self.assertEqual(self.failures(), ["FAILED: build: teiten: teiten:golden / bad"])

    def test_what_the_locale_lacks_hides_no_count(self):
        path = log(self.directory, "build", {"teiten:golden / slow": "TIMEOUT"}, "naïve …\n", two="", bad="")
        self.assertEqual(self.count(path, encoding="ascii"), (1, "4 passed, 1 failed, 1 skipped"))

    def test_what_is_not_built_is_a_failure(self):
        good = log(self.directory, "build", {}, two="", bad="")
        stage = self.directory / "build-fuzz"
        stage.mkdir()
        (stage / "build.log").write_text("tests/x.c:1: error: no\n")
        self.assertEqual(self.count("--not-built", stage, good), (1, "5 passed, 1 failed, 1 skipped"))
        self.assertIn("tests/x.c:1: error: no", self.lines)
        self.assertEqual(self.failures(), [f"FAILED: {stage}: it could not be built"])


class Targets(unittest.TestCase):
    TESTS = [{"name": "a", "suite": ["teiten:unit"], "depends": ["1", "3"]},
             {"name": "b", "suite": ["teiten:fuzz"], "depends": ["2"]}]

    def targets(self, *suites):
        with tempfile.TemporaryDirectory() as directory:
            root = pathlib.Path(directory).resolve()
            told = {"tests": self.TESTS, "targets": [
                {"id": str(i), "filename": [str(root / "build" / f"x/{i}")]} for i in range(5)]}
            for what, value in told.items():
                (root / f"--{what}").write_text(json.dumps(value))
            meson = root / "meson"
            meson.write_text(f'#!/bin/sh\ncat "{root}/$2"\n')
            meson.chmod(meson.stat().st_mode | stat.S_IXUSR)
            done = subprocess.run([sys.executable, SCRIPTS / "test-targets", root / "build", *suites],
                                  capture_output=True, text=True, env={"PATH": f"{root}:/usr/bin:/bin"})
        return done.returncode, done.stdout.split(), done.stderr

    def test_those_of_the_suites_alone(self):
        self.assertEqual(self.targets("fuzz"), (0, ["x/2"], ""))
        self.assertEqual(self.targets("fuzz", "unit"), (0, ["x/1", "x/2", "x/3"], ""))

    def test_a_suite_without_tests_is_an_error(self):
        status, targets, said = self.targets("fuzz", "unti")
        self.assertEqual((status, targets), (1, ["x/2"]))
        self.assertIn("no test of suite unti", said)


# meson's and ninja's parts: what is built is written down, and what meson knows is of $dir/known until
# ninja has made build.ninja anew.
MESON = """#!/bin/sh
case $1 in
setup) mkdir -p "$2" && touch "$2/build.ninja" ;;
introspect) cat "$3/known$2" ;;
test) exit 1 ;;
esac
"""
NINJA = """#!/bin/sh
echo "$*" >>built
[ "$3" != build.ninja ] || sed -i s/old/new/g "$2"/known--*
"""


class Stages(unittest.TestCase):
    """The stages of scripts/test in build directories of an earlier run, in which all tests passed."""

    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.root = pathlib.Path(directory.name).resolve()
        (self.root / "scripts").mkdir()
        for name in ("test", "test-targets", "count-tests"):
            shutil.copy(SCRIPTS / name, self.root / "scripts")
        for name, text in (("scripts/install-packages", "#!/bin/sh\n"), ("scripts/install-readers", "#!/bin/sh\n"),
                           ("meson", MESON), ("ninja", NINJA)):
            (self.root / name).write_text(text)
            (self.root / name).chmod(0o755)
        for stage in ("build", "build-sanitize", "build-fuzz"):
            log(self.root, stage, {}, two="", bad="")
            (self.root / stage / "build.ninja").touch()
            suites = [f"teiten:{suite}" for suite in ("unit", "check", "torture", "fuzz")]
            told = {"tests": [{"name": "a", "suite": suites, "depends": ["old"]}],
                    "targets": [{"id": "old", "filename": [str(self.root / stage / "old")]}]}
            for what, value in told.items():
                (self.root / stage / f"known--{what}").write_text(json.dumps(value))
        self.done = subprocess.run([self.root / "scripts/test"], capture_output=True, text=True,
                                   env={"PATH": f"{self.root}:/usr/sbin:/usr/bin:/sbin:/bin"})

    def test_tests_that_do_not_start_are_not_those_of_an_earlier_run(self):
        self.assertEqual(self.done.returncode, 1)
        self.assertEqual(self.done.stdout.splitlines()[-1], "0 passed, 3 failed, 0 skipped")

    def test_what_is_built_is_what_tests_need_now(self):
        built = (self.root / "built").read_text().splitlines()
        self.assertEqual([line.split()[-1] for line in built if "sanitize" in line], ["build.ninja", "new"])


if __name__ == "__main__":
    unittest.main()
