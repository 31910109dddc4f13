# SPDX-License-Identifier: BSD-3-Clause
"""What the tests of `teiten merge` and `teiten compact` share: captures, spools, and what these hold."""
import csv
import filecmp
import io
import json
import os
import pathlib
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
SHARED = pathlib.Path(os.environ.get("TT_SHARED", ROOT.parent / "shared"))
RULES = ROOT / "rules" / "fingerprints.yaml"
SIGNATURES = ROOT / "tests" / "golden" / "detections.rules"
SEED = int(os.environ.get("TT_SEED", random.randrange(1 << 32)))
KILLS = int(os.environ.get("TT_KILLS", 100))
# Wide enough for no table to be full, and for every talker, port and sketch to have its row.
WIDE = ["--pairs", "65536", "--talkers", "65536", "--source-ports", "65536", "--sketch-rows", "100000000",
        "--signature-hits", "1048576"]
# The one differs since it says of how many intervals it is; the other names ports and queues.
OWN = {"coverage.parquet"}
teiten = ""


def run(*args, status=0, **more):
    done = subprocess.run([teiten, *map(str, args)], capture_output=True, text=True, **more)
    if status is not None and done.returncode != status:
        raise AssertionError(f"{args}: {done.returncode}\n{done.stdout}{done.stderr}")
    return done


def snapshots(spool):
    """The snapshots in a spool that are no part of a longer one, as paths by start."""
    found = sorted(p for p in pathlib.Path(spool).glob("*/????-??-??/[0-9]*") if p.is_dir())
    longer = [p.name.split("--") for p in found if "--" in p.name]
    return [p for p in found
            if not any(s <= p.name.split("--")[0] < e and p.name != f"{s}--{e}" for s, e in longer)]


def table(path, name):
    text = run("export", "--table", name, path).stdout
    return list(csv.DictReader(io.StringIO(text)))


def manifest(path, with_run=False):
    m = json.loads((path / "manifest.json").read_text())
    if not with_run:
        del m["run"]
        m["files"] = {k: v for k, v in m["files"].items() if k not in OWN}
    return m


class Bed(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.directory = tempfile.TemporaryDirectory()
        cls.at = pathlib.Path(cls.directory.name)
        cls.capture = {}
        for profile, seconds in (("measures", 60), ("backscatter", 60), ("demo", 60)):
            cls.capture[profile] = cls.at / f"{profile}.pcap"
            run("synth", "--profile", ROOT / "profiles" / f"{profile}.yaml", "--duration", seconds,
                "--out", cls.capture[profile])

    @classmethod
    def tearDownClass(cls):
        cls.directory.cleanup()

    def setUp(self):
        self.random = random.Random(SEED)
        self.addCleanup(lambda: self.note_seed())

    def note_seed(self):
        outcome = getattr(self, "_outcome", None)
        if outcome is not None and not getattr(outcome, "success", True):
            print(f"# TT_SEED={SEED}", file=sys.stderr)

    def spool(self, name):
        path = self.at / f"{self._testMethodName}-{name}"
        shutil.rmtree(path, ignore_errors=True)
        return path

    def read(self, spool, capture, interval, *more, sensor="s", monitored=None, rules=SIGNATURES):
        options = ["--geo", "none", "--asn", "none", "--fingerprints", RULES, "--rules", rules, *WIDE]
        if monitored is None:
            monitored = self.monitored_of(capture)
        run("read", "--spool", spool, "--sensor", sensor, "--monitored", monitored, "--interval", interval,
            *options, *more, capture)

    def monitored_of(self, capture):
        for line in (ROOT / "profiles" / f"{capture.stem}.yaml").read_text().splitlines():
            if line.startswith("monitored:"):
                return line.split(":", 1)[1].strip().strip("[]").replace(" ", "")
        raise AssertionError(capture)

    def same(self, a, b, skip=()):
        """Are two snapshots equal to the byte, but for the files in skip and what says when it ran?"""
        differ = [f.name for f in sorted(a.iterdir())
                  if f.name != "manifest.json" and f.name not in skip
                  and not filecmp.cmp(f, b / f.name, shallow=False)]
        self.assertEqual(differ, [], f"{a} {b}")
        self.assertEqual(manifest(a), manifest(b))

    def intact(self, spool):
        run("verify", spool)

    def merge(self, out, paths, *more, sensor="s"):
        run("merge", "--spool", out, "--sensor", sensor, "--per", "all", *more, *paths)
        found = snapshots(out)
        self.assertEqual(len(found), 1)
        return found[0]

    def grouped(self, parts, limits, sensor, depth=0):
        """Merges parts in groups drawn by chance, these in groups again, and so on."""
        parts = parts[:]
        while len(parts) > 1:
            self.random.shuffle(parts)
            n = self.random.randint(2, min(4, len(parts)))
            out = self.spool(f"group-{sensor}-{depth}")
            depth += 1
            parts = parts[n:] + [self.merge(out, parts[:n], *limits, sensor=sensor)]
        return parts[0]

    def groupings(self, parts, limits, sensor):
        whole = self.merge(self.spool("whole"), parts, *limits, sensor=sensor)
        for turn in range(4):
            self.same(self.grouped(parts, limits, sensor, 100 * turn), whole)
        return whole

    def totals(self, spool):
        """What all tools count from a spool: packets, frames, and the intervals of each sensor."""
        done = json.loads(run("info", "--json", spool, status=None).stdout)
        text = run("export", "--table", "interval", spool).stdout
        rows = list(csv.DictReader(io.StringIO(text)))
        covered = run("export", "--table", "coverage", spool).stdout
        return (sum(int(r["packets"]) for r in rows), sum(int(r["frames"]) for r in rows),
                sum(int(r["intervals"]) for r in csv.DictReader(io.StringIO(covered))), bool(done))

    def kill_at_random(self, command, longest):
        """Starts the command and kills it. Returns whether it was still running."""
        child = subprocess.Popen([teiten, *map(str, command)], stdout=subprocess.DEVNULL,
                                 stderr=subprocess.DEVNULL)
        time.sleep(self.random.uniform(0, longest))
        alive = child.poll() is None
        child.send_signal(signal.SIGKILL)
        child.wait()
        return alive

    def refused(self, why, *command):
        done = run(*command, status=1)
        self.assertRegex(done.stderr, why)
        self.assertEqual(done.stderr.count("\n"), 1, done.stderr)


def main():
    global teiten
    teiten = os.path.abspath(sys.argv[1])
    unittest.main(argv=[sys.argv[0], *sys.argv[2:]])
