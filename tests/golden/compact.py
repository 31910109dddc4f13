#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""teiten merge and teiten compact: what they make is, to the byte, what one long interval would have
counted; neither order nor grouping of the parts matters; sums and unique counts are those of a plain
reference; and nothing is lost or counted twice, whenever they are killed.

    compact.py TEITEN

TT_SEED=N repeats a run; TT_KILLS=N kills so many times (100)."""
import collections
import csv
import datetime
import filecmp
import hashlib
import io
import ipaddress
import json
import os
import pathlib
import random
import re
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


class Compact(unittest.TestCase):
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

    # 1. One long interval.

    def test_minutes_become_what_one_long_interval_counts(self):
        for profile, capture in self.capture.items():
            with self.subTest(profile):
                short, long = self.spool("short"), self.spool("long")
                self.read(short, capture, 5)
                self.read(long, capture, 60)
                run("compact", "--per", 60, short)
                self.intact(short)
                self.assertEqual(len(snapshots(short)), len(snapshots(long)))
                for a, b in zip(snapshots(short), snapshots(long)):
                    self.same(a, b, OWN)

    def test_real_captures_become_what_one_long_interval_counts(self):
        captures = sorted((SHARED / "pcap").glob("[dis][aco]*/*.pcap*"))
        if not captures:
            self.skipTest("no captures in " + str(SHARED / "pcap"))
        for capture in captures:
            with self.subTest(capture.name):
                short, long = self.spool("short"), self.spool("long")
                self.read(long, capture, 86400, monitored="0.0.0.0/0,::/0")
                if len(snapshots(long)) != 1:
                    continue
                self.read(short, capture, self.short(snapshots(long)[0]), monitored="0.0.0.0/0,::/0")
                run("compact", "--per", "day", "--now", "9999-01-01", short)
                self.intact(short)
                for a, b in zip(snapshots(short), snapshots(long)):
                    if "--" in a.name:
                        self.same_counts(a, b)

    def short(self, long):
        """An interval that cuts the packets of a snapshot into a dozen or so."""
        rows = table(long, "sources")
        times = [datetime.datetime.fromisoformat(r[c]) for r in rows for c in ("first_seen", "last_seen")]
        seconds = (max(times) - min(times)).total_seconds() if times else 0
        return next(n for n in (1, 5, 10, 60, 300, 1800, 7200) if n * 12 >= seconds)

    def same_counts(self, a, b):
        """Of a capture that ends inside its day, the long interval reaches to the end of the day."""
        for name in ("targets", "countries", "sources", "talkers", "source_ports", "destinations", "backscatter",
                     "victims", "fingerprints", "fingerprint_rules", "source_fingerprints", "distributions",
                     "sketches", "pairs", "contacts", "signature_rules", "signatures", "signature_sources"):
            x, y = table(a, name), table(b, name)
            for row in x + y:
                row.pop("interval_start")
                row.pop("loaded_us", None)
            self.assertEqual(x, y, name)

    # 2. Order and grouping.

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

    def test_grouping_of_intervals_makes_no_difference(self):
        spool = self.spool("parts")
        self.read(spool, self.capture["measures"], 10)
        self.groupings(snapshots(spool), [], "s")

    def test_grouping_makes_no_difference_where_samples_are_taken(self):
        spool = self.spool("parts")
        self.read(spool, self.capture["measures"], 10, "--pair-rows", 2000, "--contact-rows", 3000)
        whole = self.groupings(snapshots(spool), ["--pair-rows", 1500, "--contact-rows", 900], "s")
        interval = manifest(whole)["interval"]
        self.assertGreater(interval["pair_rows_one_in"], 1)
        self.assertGreater(interval["contact_rows_one_in"], 1)
        self.assertEqual(interval["uniques"], "estimated")
        run("verify", whole)

    def test_grouping_of_sensors_makes_no_difference(self):
        spool = self.spool("parts")
        for i, profile in enumerate(sorted(self.capture)):
            self.read(spool, self.capture[profile], 20, sensor=f"sensor{i}")
        whole = self.groupings(snapshots(spool), [], "all")
        self.assertEqual({row["origin"] for row in table(whole, "coverage")}, {"sensor0", "sensor1", "sensor2"})
        self.assertIn("sensor0/capture-files", {row["port"] for row in table(whole, "ledger")})
        run("verify", whole)

    def test_samples_of_sensors_with_different_spaces_join(self):
        """A contact is in the sample or not by source and destination, whoever monitors what beside it."""
        halves, both = self.spool("halves"), self.spool("both")
        space = ipaddress.ip_network(self.monitored_of(self.capture["measures"]).split(",")[0])
        limits = ["--pair-rows", 100000, "--contact-rows", 3000]
        for i, half in enumerate(space.subnets()):
            self.read(halves, self.capture["measures"], 60, *limits, sensor=f"sensor{i}", monitored=half)
        self.read(both, self.capture["measures"], 60, *limits, monitored=space)
        parts, whole = snapshots(halves), snapshots(both)[0]
        self.assertNotEqual(manifest(parts[0])["monitored"], manifest(parts[1])["monitored"])
        merged = self.merge(self.spool("merged"), parts, *limits, sensor="s")
        self.intact(halves)
        self.intact(merged)
        rate = max(manifest(s)["interval"]["contact_rows_one_in"] for s in (merged, whole))
        self.assertGreater(rate, 1)
        contacts = self.contacts_of(whole, rate)
        self.assertGreater(len(contacts), 0)
        self.assertEqual(self.contacts_of(merged, rate), contacts)

    def contacts_of(self, snapshot, rate):
        """The rows of the sample of one in so many."""
        rows = table(snapshot, "contacts")
        return [{name: value for name, value in row.items() if name not in ("interval_start", "sensor")}
                for row in rows if 1 << int(row["sample_bits"]) >= rate]

    def rename_sample(self, snapshot, name):
        path = snapshot / "manifest.json"
        m = json.loads(path.read_text())
        digits = m["run"]["manifest_sha256"]
        text = path.read_text().replace(f'"sample": "{m["interval"]["sample"]}"', f'"sample": "{name}"')
        digest = hashlib.sha256(text.replace(digits, "0" * 64).encode()).hexdigest()
        path.write_text(text.replace(digits, digest))

    def test_samples_by_another_hash_are_hashed_anew_or_refused(self):
        for name in "public", "0123456789abcdef":
            for rows in 100000, 3000:
                with self.subTest(name, rows=rows):
                    limits = ["--pair-rows", rows, "--contact-rows", rows]
                    spool, out = self.spool("spool"), self.spool("out")
                    self.read(spool, self.capture["measures"], 30, *limits)
                    whole = self.merge(self.spool("whole"), snapshots(spool), *limits, sensor="s")
                    self.rename_sample(snapshots(spool)[0], name)
                    self.intact(spool)
                    if rows == 3000:
                        self.refused("different secrets or hashes", "merge", "--spool", out, "--sensor", "s",
                                     "--per", "all", *limits, *snapshots(spool))
                        continue
                    merged = self.merge(out, snapshots(spool), *limits, sensor="s")
                    self.intact(merged)
                    self.assertEqual(manifest(merged)["interval"]["sample"], "public-2")
                    self.same(merged, whole)

    # 3. A plain reference.

    KEYS = {"targets": "protocol target code class backscatter country", "countries": "country class backscatter",
            "destinations": "destination class", "distributions": "distribution class value",
            "talkers": "protocol target class src_ip", "source_ports": "protocol target class source_port",
            "backscatter": "protocol type code class attacked_protocol attacked_target",
            "pairs": "src_ip protocol target code class backscatter attacked_protocol attacked_target matched tested",
            "contacts": "src_ip destination host class", "sources": "src_ip"}

    def test_sums_and_uniques_are_those_of_a_plain_reference(self):
        spool = self.spool("parts")
        self.read(spool, self.capture["measures"], 10)
        parts = snapshots(spool)
        whole = self.merge(self.spool("whole"), parts)
        for name, key in self.KEYS.items():
            with self.subTest(name):
                self.assertEqual(self.sums(name, key.split(), [whole]), self.sums(name, key.split(), parts))
        pairs = [row for part in parts for row in table(part, "pairs")]
        contacts = [row for part in parts for row in table(part, "contacts")]
        self.uniques(whole, "targets", "protocol target", pairs, "uniq_src_ip_target", True)
        self.uniques(whole, "targets", self.KEYS["targets"], pairs, "uniq_src_ip", False)
        self.uniques(whole, "countries", "country class backscatter", pairs, "uniq_src_ip", False)
        self.uniques(whole, "countries", "country", pairs, "uniq_src_ip_country", True)
        self.uniques(whole, "destinations", "destination class", contacts, "uniq_src_ip", False)
        self.uniques(whole, "destinations", "destination", contacts, "uniq_src_ip_destination", True)
        self.sources(whole, pairs, contacts)

    def sums(self, name, key, paths):
        sums = collections.Counter()
        for path in paths:
            for row in table(path, name):
                for column in ("packets", "bytes"):
                    if column in row:
                        sums[tuple(row[c] for c in key) + (column,)] += int(row[column])
        return sums

    def uniques(self, whole, name, key, rows, column, add_up):
        key = key.split()
        expected = collections.defaultdict(set)
        for row in rows:
            expected[tuple(row[c] for c in key)].add(row["src_ip"])
        counted = collections.Counter()
        for row in table(whole, name):
            at = tuple(row[c] for c in key)
            self.assertTrue(add_up or at not in counted)
            counted[at] += int(row[column])
        self.assertEqual(dict(counted), {k: len(v) for k, v in expected.items()}, (name, column))

    def sources(self, whole, pairs, contacts):
        targets, destinations = collections.defaultdict(set), collections.defaultdict(set)
        for row in pairs:
            targets[row["src_ip"]].add((row["protocol"], row["target"]))
        for row in contacts:
            destinations[row["src_ip"]].add((row["destination"], row["host"]))
        rows = table(whole, "sources")
        self.assertEqual({r["src_ip"]: (int(r["targets"]), int(r["destinations"])) for r in rows},
                         {s: (len(targets[s]), len(destinations[s])) for s in targets})
        self.assertEqual(manifest(whole)["totals"]["uniq_src_ip"], len(targets))

    def test_estimates_lie_within_their_error_of_exact_numbers(self):
        spool, long = self.spool("parts"), self.spool("long")
        self.read(spool, self.capture["measures"], 10)
        self.read(long, self.capture["measures"], 60)
        whole = self.merge(self.spool("whole"), snapshots(spool), "--pair-rows", 1000, "--contact-rows", 1000)
        exact = snapshots(long)[0]
        estimate, truth = table(whole, "interval")[0], table(exact, "interval")[0]
        self.assertGreater(int(estimate["uniq_src_ip_stderr"]), 0)
        self.near(int(estimate["uniq_src_ip"]), int(truth["uniq_src_ip"]), int(estimate["uniq_src_ip_stderr"]))
        truths = {(r["country"], r["class"], r["backscatter"]): r for r in table(exact, "countries")}
        for row in table(whole, "countries"):
            other = truths.pop((row["country"], row["class"], row["backscatter"]))
            self.assertEqual((row["packets"], row["bytes"]), (other["packets"], other["bytes"]))
            self.near(int(row["uniq_src_ip"]), int(other["uniq_src_ip"]), int(row["uniq_src_ip_stderr"]))
        self.assertEqual(truths, {})
        self.assertEqual((whole / "sketches.parquet").stat().st_size, (exact / "sketches.parquet").stat().st_size)

    def near(self, estimate, truth, error):
        self.assertLessEqual(abs(estimate - truth), 5 * error + 1)

    # 4. Killed.

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

    def test_a_killed_compact_loses_nothing_and_counts_nothing_twice(self):
        original, spool = self.spool("original"), self.spool("spool")
        self.read(original, self.capture["measures"], 5)
        before = self.totals(original)
        command = ["compact", "--per", 60, spool]
        shutil.copytree(original, spool)
        begun = time.monotonic()
        run(*command)
        longest = time.monotonic() - begun
        killed = 0
        for _ in range(KILLS):
            shutil.rmtree(spool)
            shutil.copytree(original, spool)
            killed += self.kill_at_random(command, longest)
            self.assertEqual(self.totals(spool), before)
            run(*command)
            self.assertEqual(self.totals(spool), before)
            self.assertEqual([p.name for p in spool.glob("s/.compact-*")], [])
            self.assertEqual(len(list(spool.glob("s/*/[0-9]*"))), len(snapshots(spool)))
        self.intact(spool)
        self.assertGreater(killed, KILLS // 4)

    def rows(self, spool, name):
        if not any(spool.glob("*/*/[0-9]*")):
            return []
        return table(spool, name)

    def account(self, spool, parts):
        """Which of the parts are in a spool, as its coverage says: (sensor, time) of each 10 s. Each is there
        once, and every snapshot has the packets of its parts."""
        had, packets = set(), collections.Counter()
        for row in self.rows(spool, "coverage"):
            at, until = (datetime.datetime.fromisoformat(row[c]) for c in ("observed_from", "observed_until"))
            while at < until:
                self.assertNotIn((row["origin"], at), had)
                had.add((row["origin"], at))
                packets[row["interval_start"]] += parts[row["origin"], at]
                at += datetime.timedelta(seconds=10)
        there = {row["interval_start"]: int(row["packets"]) for row in self.rows(spool, "interval")}
        self.assertEqual(there, dict(packets))
        return had

    def test_a_killed_merge_loses_nothing_and_counts_nothing_twice(self):
        """Killed while it merges what is new, what an earlier run left out, and a sensor that came late: each
        packet of what was there is there still, and after the next run all are, once."""
        spool, out = self.spool("parts"), self.spool("out")
        for i, profile in enumerate(sorted(self.capture)):
            self.read(spool, self.capture[profile], 10, sensor=f"sensor{i}")
        parts = {(r["sensor"], datetime.datetime.fromisoformat(r["interval_start"])): int(r["packets"])
                 for r in table(spool, "interval")}
        killed = 0
        for per in ("interval", "hour"):
            begun = []
            for given in ([], sorted(spool.iterdir())[:2], sorted(spool.glob("*/*/*Z"))[::2]):
                begun.append(self.spool(f"{per}-{len(begun)}"))
                begun[-1].mkdir()
                if given:
                    run("merge", "--spool", begun[-1], "--sensor", "all", "--per", per, *given)
            command = ["merge", "--spool", out, "--sensor", "all", "--per", per, spool]
            started = time.monotonic()
            run(*command)
            longest = time.monotonic() - started
            for _ in range(max(KILLS // 2, 1)):
                shutil.rmtree(out)
                shutil.copytree(self.random.choice(begun), out)
                before = self.account(out, parts)
                killed += self.kill_at_random(command, longest)
                self.assertLessEqual(before, self.account(out, parts))
                run(*command)
                self.assertEqual(self.account(out, parts), parts.keys())
                self.assertEqual([p.name for p in out.glob("all/.compact-*")], [])
            self.intact(out)
            self.assertEqual(len(list(out.glob("all/*/[0-9]*"))), 6 if per == "interval" else 1)
            shutil.rmtree(out)
        self.assertGreater(killed, KILLS // 4)

    # 5. Full disk, and what else is refused.

    def test_a_full_disk_leaves_all_as_it_was(self):
        if os.geteuid() != 0:
            self.skipTest("mounting a small file system takes root")
        spool = self.spool("small")
        spool.mkdir()
        original = self.spool("original")
        self.read(original, self.capture["measures"], 5)
        size = sum(f.stat().st_size // 4096 * 4 + 4 for f in original.rglob("*")) + 100
        if subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}k,nr_inodes=100000", "none", spool],
                          capture_output=True).returncode != 0:
            self.skipTest("a tmpfs cannot be mounted here")
        try:
            shutil.copytree(original / "s", spool / "s")
            before = self.totals(spool)
            done = run("compact", "--per", 60, spool, status=1)
            self.assertRegex(done.stderr, r"^teiten compact: \S+.*No space left on device\n$")
            self.assertEqual(self.totals(spool), before)
            self.assertEqual([p.name for p in spool.glob("s/.compact-*")], [])
            self.intact(spool)
        finally:
            subprocess.run(["umount", spool], check=True)

    def test_a_category_that_was_changed_keeps_what_was_counted_under_it(self):
        spool, rules = self.spool("spool"), self.at / "k.rules"
        rules.write_text('alert tcp any any -> any 23 (msg:"telnet"; classtype:mine; sid:50; rev:1;)\n')
        for i, category in enumerate(("Scan", "Worm")):
            classes = self.at / f"{category}.config"
            classes.write_text(f"config classification: mine,x,2,{category}\n")
            other = self.spool(category)
            self.read(other, self.capture["demo"], 20, "--rule-classes", classes, rules=rules)
            for path in snapshots(other)[i::2]:
                (spool / "s" / path.parent.name).mkdir(parents=True, exist_ok=True)
                shutil.move(path, spool / "s" / path.parent.name / path.name)

        def by_category():
            sums = collections.Counter()
            for row in table(spool, "signatures"):
                sums[row["category"], row["country"]] += int(row["detections"])
            return sums
        before = by_category()
        self.assertEqual({category for category, _ in before}, {"Scan", "Worm"})
        run("compact", "--per", 60, spool)
        self.assertEqual(by_category(), before)
        self.intact(spool)

    def refused(self, why, *command):
        done = run(*command, status=1)
        self.assertRegex(done.stderr, why)
        self.assertEqual(done.stderr.count("\n"), 1, done.stderr)

    def test_the_same_time_of_one_sensor_is_refused(self):
        one, two = self.spool("one"), self.spool("two")
        self.read(one, self.capture["demo"], 30)
        self.read(two, self.capture["demo"], 60)
        self.refused("sensor s: two snapshots have its time from 2026-01-05T00:00:00Z on", "merge", "--spool",
                     self.spool("out"), "--sensor", "all", "--per", "all", one, two)

    def test_a_damaged_part_is_named_and_kept(self):
        spool = self.spool("spool")
        self.read(spool, self.capture["demo"], 20)
        damaged = snapshots(spool)[1] / "targets.parquet"
        bytes_ = bytearray(damaged.read_bytes())
        bytes_[len(bytes_) // 2] ^= 1
        damaged.write_bytes(bytes_)
        self.refused(f"{damaged}", "compact", "--per", 60, spool)
        self.assertEqual(len(snapshots(spool)), 3)

    def test_a_running_compact_keeps_others_out(self):
        import fcntl
        spool = self.spool("spool")
        self.read(spool, self.capture["demo"], 20)
        with open(spool / "s" / ".compact", "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            self.refused("another running program merges this sensor's snapshots", "compact", "--per", 60, spool)

    def test_a_file_that_is_not_the_one_of_its_manifest_is_named_before_it_is_read(self):
        spool = self.spool("spool")
        self.read(spool, self.capture["demo"], 20)
        before = self.totals(spool)
        parts = snapshots(spool)
        # The one table that is made anew of others is not read.
        tables = {p.name for p in parts[1].iterdir()} - {"source_fingerprints.parquet"}
        for name in sorted(tables):
            with self.subTest(name):
                path = parts[1] / name
                kept = path.read_bytes()
                if name == "manifest.json":
                    path.write_bytes(kept.replace(b'"host": "', b'"host": "x'))
                else:
                    path.write_bytes(self.other_bytes(kept, parts[2] / name))
                self.refused(f"^teiten compact: {path}: ", "compact", "--per", 60, spool)
                path.write_bytes(kept)
        self.assertEqual(self.totals(spool), before)

    def other_bytes(self, own, other):
        """Those of another interval's file, or own ones with one that differs where it has the same."""
        if other.read_bytes() != own:
            return other.read_bytes()
        return own[:8] + bytes([own[8] ^ 1]) + own[9:]

    # 6. Names, and how long snapshots are kept.

    def test_what_lies_within_a_longer_snapshot_is_not_listed(self):
        spool, copy = self.spool("spool"), self.spool("copy")
        self.read(spool, self.capture["demo"], 20)
        shutil.copytree(spool, copy)
        before = self.totals(spool)
        run("compact", "--per", 60, spool)
        for part in snapshots(copy):
            shutil.copytree(part, spool / part.relative_to(copy))
        self.assertEqual(self.totals(spool), before)
        self.assertEqual(run("verify", spool).stdout.split(",")[0], "1 snapshot")
        done = run("compact", "--per", 60, spool)
        self.assertIn("3 left by an earlier run, deleted", done.stdout)
        self.assertEqual(len(list(spool.glob("s/*/[0-9]*"))), 1)

    def test_parts_of_a_damaged_snapshot_are_kept(self):
        spool, copy = self.spool("spool"), self.spool("copy")
        self.read(spool, self.capture["demo"], 20)
        shutil.copytree(spool, copy)
        run("compact", "--per", 60, spool)
        for part in snapshots(copy):
            shutil.copytree(part, spool / part.relative_to(copy))
        longer = snapshots(spool)[0] / "targets.parquet"
        longer.write_bytes(longer.read_bytes()[:-1])
        self.refused("what it is made of is kept", "compact", "--per", 60, spool)
        self.assertEqual(len(list(spool.glob("s/*/[0-9]*"))), 4)

    def test_a_damaged_snapshot_whose_parts_are_kept_keeps_nothing_else_from_being_done(self):
        spool, copy = self.spool("spool"), self.spool("copy")
        self.read(spool, self.capture["demo"], 10)
        shutil.copytree(spool, copy)
        run("compact", "--per", 30, "--now", "2026-01-05T00:00:30Z", spool)
        for part in snapshots(copy)[:3]:
            shutil.copytree(part, spool / part.relative_to(copy))
        longer = next(spool.glob("s/*/*--*"))
        (longer / "targets.parquet").write_bytes(b"PAR1")
        self.refused("what it is made of is kept", "compact", "--per", 30, spool)
        self.assertEqual(len(list(spool.glob("s/*/*--*"))), 2)
        # By age it is deleted like others, and what it was made of is there again.
        self.refused("what it is made of is kept", "compact", "--keep-for", "20s", "--now", "2026-01-05T00:00:59Z",
                     spool)
        self.assertEqual(len(list(spool.glob("s/*/[0-9]*"))), 4)
        self.assertEqual(self.totals(spool), self.totals(copy))

    def test_somebody_elses_file_keeps_what_was_merged_from_being_replaced(self):
        spool, out = self.spool("spool"), self.spool("out")
        for i in range(2):
            self.read(spool, self.capture["demo"], 20, sensor=f"sensor{i}")
        command = ["merge", "--spool", out, "--sensor", "all", "--per", "hour"]
        run(*command, spool / "sensor0")
        notes = snapshots(out)[0] / "notes.txt"
        notes.write_text("mine")
        before = self.totals(out)
        self.refused("it has notes.txt, which is no file of a snapshot", *command, spool)
        self.assertEqual(notes.read_text(), "mine")
        self.assertEqual(self.totals(out), before)

    def forget_parts(self, snapshot):
        """As a version merged it that did not note of what."""
        path = snapshot / "manifest.json"
        text = re.sub(r'\n *"parts": "[0-9a-f ]*",', "", path.read_text())
        digits = json.loads(text)["run"]["manifest_sha256"]
        digest = hashlib.sha256(text.replace(digits, "0" * 64).encode()).hexdigest()
        path.write_text(text.replace(digits, digest))
        self.assertNotIn("parts", json.loads(path.read_text())["run"])

    def test_what_does_not_say_of_what_it_is_made_hides_and_deletes_nothing(self):
        spool, copy = self.spool("spool"), self.spool("copy")
        self.read(spool, self.capture["demo"], 10)
        shutil.copytree(spool, copy)
        before = self.totals(spool)
        run("compact", "--per", 30, spool)
        self.forget_parts(snapshots(spool)[0])
        self.intact(spool)
        self.assertEqual(self.totals(spool), before)
        late = snapshots(copy)[2]
        shutil.copytree(late, spool / late.relative_to(copy))
        found = [p.name for p in sorted(spool.glob("s/*/[0-9]*"))]
        self.assertIn("and not in it; counted beside it", run("verify", spool).stdout)
        run("compact", "--per", 30, spool)
        self.assertEqual([p.name for p in sorted(spool.glob("s/*/[0-9]*"))], found)
        shutil.rmtree(spool / late.relative_to(copy))
        # It becomes a part of longer ones like any other.
        run("compact", "--per", 60, spool)
        self.assertEqual(self.totals(spool), before)
        self.assertEqual(len(list(spool.glob("s/*/[0-9]*"))), 1)

    def test_nothing_is_merged_into_what_does_not_say_of_what_it_is_made(self):
        spool, out = self.spool("spool"), self.spool("out")
        self.read(spool, self.capture["demo"], 20)
        command = ["merge", "--spool", out, "--sensor", "all", "--per", "hour"]
        run(*command, spool)
        before = self.totals(out)
        self.forget_parts(snapshots(out)[0])
        for part in snapshots(spool):
            self.refused("does not say of what it was merged", *command, part)
            self.assertEqual(self.totals(out), before)

    def test_a_merge_that_would_count_time_twice_or_not_at_all_is_refused(self):
        spool, result = self.spool("spool"), self.spool("result")
        self.read(spool, self.capture["demo"], 20)
        run("merge", "--spool", result, "--sensor", "all", "--to", "2026-01-05T00:00:20Z", spool)
        before = self.totals(result)
        run("compact", "--per", 60, spool)
        self.refused("has a part of its time already", "merge", "--spool", result, "--sensor", "all", spool)
        self.assertEqual(self.totals(result), before)

    def late(self, per):
        """A spool of six intervals, of which the fourth came when the others were one already; it is in the
        place where a writer puts it. Returns the spool, and the same without compaction."""
        spool, original = self.spool("spool"), self.spool("original")
        self.read(original, self.capture["demo"], 10)
        shutil.copytree(original, spool)
        part = snapshots(spool)[3]
        shutil.move(part, self.at / part.name)
        run("compact", "--per", per, spool)
        shutil.move(self.at / part.name, part)
        return spool, original, part

    def test_a_snapshot_that_came_late_counts_and_becomes_one_with_the_others(self):
        spool, original, part = self.late(60)
        before = self.totals(original)
        self.assertEqual(self.totals(spool), before)
        longer = next(spool.glob("s/*/*--*"))
        told = f"{part}: in the time of {longer} and not in it; counted beside it\n"
        self.assertIn(told, run("verify", spool).stdout)
        self.assertIn(told, run("info", spool).stdout)
        self.assertEqual(json.loads(run("info", "--json", spool).stdout)["beside"], [str(part)])
        run("compact", "--per", 30, spool)
        self.assertEqual(self.totals(spool), before)
        self.assertEqual(len(list(spool.glob("s/*/[0-9]*"))), 1)
        run("compact", "--per", 60, original)
        self.same(snapshots(spool)[0], snapshots(original)[0])
        self.intact(spool)

    def test_a_late_snapshot_is_not_lost_by_a_killed_compact(self):
        spool, original, part = self.late(60)
        copy, before = self.spool("copy"), self.totals(original)
        shutil.copytree(spool, copy)
        command = ["compact", "--per", 60, spool]
        started = time.monotonic()
        run(*command)
        longest = time.monotonic() - started
        for _ in range(max(KILLS // 4, 1)):
            shutil.rmtree(spool)
            shutil.copytree(copy, spool)
            self.kill_at_random(command, longest)
            self.assertEqual(self.totals(spool), before)
            run(*command)
            self.assertEqual(self.totals(spool), before)
            self.assertEqual(len(list(spool.glob("s/*/[0-9]*"))), 1)

    def test_what_a_late_reader_brings_is_no_part_of_what_it_lacked(self):
        """Files that were read after the others had become one, with --skip-existing as it is for them all."""
        spool, original, part = self.late(60)
        shutil.rmtree(part)
        self.read(spool, self.capture["demo"], 10, "--skip-existing")
        self.assertEqual(self.totals(spool)[:3], self.totals(original)[:3])

    def test_time_that_is_there_twice_stays_beside_what_has_it(self):
        """A clock that was set back: other packets of the same time."""
        spool, other = self.spool("spool"), self.spool("other")
        self.read(spool, self.capture["demo"], 10)
        self.read(other, self.capture["backscatter"], 10)
        run("compact", "--per", 30, spool)
        twice = snapshots(other)[1:3]
        for part in twice:
            shutil.copytree(part, spool / part.relative_to(other))
        before = self.totals(spool)
        self.assertEqual(before[2], 8)
        names = sorted(p.name for p in spool.glob("s/*/[0-9]*"))
        run("compact", "--per", 30, spool)
        self.assertEqual(sorted(p.name for p in spool.glob("s/*/[0-9]*")), names)
        done = run("compact", "--per", 60, spool)
        self.assertIn("2 snapshots of time that it has already", done.stdout)
        self.assertEqual(self.totals(spool), before)
        self.assertEqual(len(list(spool.glob("s/*/[0-9]*"))), 3)
        for part in twice:
            self.assertIn(f"{spool / part.relative_to(other)}: in the time of", run("verify", spool).stdout)
        out = self.spool("out")
        for _ in range(2):
            run("merge", "--spool", out, "--sensor", "all", "--per", "hour", spool)
            self.assertEqual(self.totals(out), before)

    def test_a_sensor_that_came_late_is_added_to_what_was_merged(self):
        spool, out, once = self.spool("spool"), self.spool("out"), self.spool("once")
        for i, profile in enumerate(sorted(self.capture)):
            self.read(spool, self.capture[profile], 20, sensor=f"sensor{i}")
        sensors = sorted(spool.iterdir())
        for per in ("interval", "hour"):
            with self.subTest(per):
                more = ["--sensor", "all", "--per", per]
                run("merge", "--spool", once, *more, *sensors)
                run("merge", "--spool", out, *more, *sensors[:2])
                # Of what was merged, nothing need be there any more.
                done = run("merge", "--spool", out, *more, sensors[0], sensors[2])
                self.assertIn("3 snapshots passed over, of which it is made already", done.stdout)
                self.assertEqual(self.totals(out), self.totals(once))
                for a, b in zip(snapshots(out), snapshots(once), strict=True):
                    self.same(a, b)
                self.intact(out)
                self.assertIn("9 snapshots passed over", run("merge", "--spool", out, *more, spool).stdout)
                shutil.rmtree(out)
                shutil.rmtree(once)

    def test_what_got_more_since_it_was_merged_is_made_anew_of_all_that_was_chosen(self):
        spool, out = self.spool("spool"), self.spool("out")
        for i in range(2):
            self.read(spool, self.capture["demo"], 10, sensor=f"sensor{i}")
        whole = self.totals(spool)
        part = snapshots(spool)[3]
        shutil.move(part, self.at / part.name)
        command = ["merge", "--spool", out, "--sensor", "all", "--per", "hour"]
        run(*command, spool)
        before = self.totals(out)
        self.assertEqual(before[2], 11)
        shutil.move(self.at / part.name, part)
        run("compact", "--per", 60, spool)
        self.refused("all is made of a part of it, and of others that were not given", *command, spool / "sensor0")
        self.assertEqual(self.totals(out), before)
        run(*command, spool)
        self.assertEqual(self.totals(out), whole)
        self.assertEqual(len(list(out.glob("all/*/[0-9]*"))), 1)
        self.intact(out)

    def test_a_merge_says_how_many_sensors_came(self):
        spool, out = self.spool("spool"), self.spool("out")
        for i in range(2):
            self.read(spool, self.capture["demo"], 20, sensor=f"sensor{i}")
        shutil.rmtree(snapshots(spool)[-1])
        lines = run("merge", "--spool", out, "--sensor", "all", spool).stdout.splitlines()
        self.assertEqual([", of 1 of 2 sensors" in line for line in lines], [False, False, True])

    def test_what_was_compacted_since_it_was_merged_is_passed_over(self):
        spool, out = self.spool("spool"), self.spool("out")
        for i in range(2):
            self.read(spool, self.capture["demo"], 20, sensor=f"sensor{i}")
        command = ["merge", "--spool", out, "--sensor", "all", spool]
        run(*command)
        before = self.totals(out)
        run("compact", "--per", 60, spool)
        self.assertIn("2 snapshots passed over", run(*command).stdout)
        self.read(spool, self.capture["backscatter"], 20, sensor="sensor2")
        run(*command)
        self.assertEqual(self.totals(out)[2], before[2] + 3)
        run("compact", "--per", 60, out)
        self.assertIn("5 snapshots passed over", run(*command).stdout)

    def test_an_interval_that_was_merged_is_not_written_again(self):
        spool = self.spool("spool")
        self.read(spool, self.capture["demo"], 20)
        run("compact", "--per", 60, spool)
        with self.assertRaisesRegex(AssertionError, "there is a snapshot of this interval already"):
            self.read(spool, self.capture["demo"], 20)
        self.read(spool, self.capture["demo"], 20, "--skip-existing")
        self.assertEqual(len(list(spool.glob("s/*/[0-9]*"))), 1)

    def test_hours_become_days(self):
        spool = self.spool("spool")
        self.read(spool, self.capture["demo"], 10)
        before = self.totals(spool)
        for seconds in (20, 30, 60):
            run("compact", "--per", seconds, spool)
            self.assertEqual(self.totals(spool), before)
        self.assertEqual([p.name for p in snapshots(spool)], ["20260105T000000Z--20260105T000100Z"])
        self.intact(spool)

    def test_periods_that_are_not_over_stay(self):
        spool = self.spool("spool")
        self.read(spool, self.capture["demo"], 10)
        run("compact", "--per", 30, "--now", "2026-01-05T00:00:30Z", spool)
        self.assertEqual([len(p.name) for p in snapshots(spool)], [34, 16, 16, 16])
        run("compact", "--per", 30, "--older-than", "1h", "--now", "2026-01-05T00:59:00Z", spool)
        self.assertEqual(len(snapshots(spool)), 4)

    def test_the_oldest_are_deleted_first(self):
        spool = self.spool("spool")
        self.read(spool, self.capture["demo"], 10)
        names = [p.name for p in snapshots(spool)]
        dry = run("compact", "--keep-for", "30s", "--now", "2026-01-05T00:00:50Z", "--dry-run", spool).stdout
        self.assertEqual(dry.count("would be deleted"), 2)
        self.assertEqual([p.name for p in snapshots(spool)], names)
        run("compact", "--keep-for", "30s", "--now", "2026-01-05T00:00:50Z", spool)
        self.assertEqual([p.name for p in snapshots(spool)], names[2:])
        size = [sum(f.stat().st_size for f in p.iterdir()) for p in snapshots(spool)]
        done = run("compact", "--quota", sum(size[1:]), spool)
        self.assertEqual(done.stdout.count(", deleted") + done.stdout.count(": deleted"), 1)
        self.assertEqual([p.name for p in snapshots(spool)], names[3:])
        self.refused("bytes are left, over --quota", "compact", "--quota", 1, spool)
        self.assertEqual([p.name for p in snapshots(spool)], names[5:])
        run("compact", "--keep-for", "30s", "--now", "2099-01-01T00:00:00Z", spool)
        self.assertEqual([p.name for p in snapshots(spool)], names[5:])


if __name__ == "__main__":
    teiten = os.path.abspath(sys.argv[1])
    unittest.main(argv=[sys.argv[0], *sys.argv[2:]])
