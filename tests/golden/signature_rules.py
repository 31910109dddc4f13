#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Which signatures a snapshot says were loaded: all of them, for how long, also where parts had others; that rules
which count take nothing from others; and that snapshots of schema version 4, which do not say it, can still be read.

    signature_rules.py TEITEN"""
import csv
import io
import json
import pathlib
import subprocess
import sys
import tempfile
import unittest

import snapshots
from packets import host, tcp, udp, write

START = 1767225600  # 2026-01-01T00:00:00Z
MINUTE = 60_000_000
PLAIN = 'alert udp any any -> any 53 (msg:"a plain one"; metadata:category DNS; sid:1; rev:2;)\n'
COUNTING = 'alert tcp any any -> any any (msg:"a sweep"; threshold:type limit, track by_src, count 1, seconds 60; sid:2;)\n'
SILENT = 'alert udp any any -> any 99 (msg:"never seen"; metadata:category Worm; sid:3;)\n'
teiten = ""


def run(*args, status=0):
    done = subprocess.run([teiten, *map(str, args)], capture_output=True, text=True)
    if done.returncode != status:
        raise AssertionError(f"{args}: {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


def table(path, name):
    return list(csv.DictReader(io.StringIO(run("export", "--table", name, path))))


def loaded(path):
    return {(int(r["sid"]), int(r["rev"])): (int(r["counts"]), int(r["sources_one_in"]), int(r["loaded_us"]))
            for r in table(path, "signature_rules")}


class SignatureRules(unittest.TestCase):
    def setUp(self):
        self.dir = tempfile.TemporaryDirectory()
        self.addCleanup(self.dir.cleanup)
        self.tmp = pathlib.Path(self.dir.name)

    def read(self, rules, packets, spool="spool", minute=0, *options):
        """One minute with a packet at its start and its end, and these; returns its snapshot."""
        (self.tmp / "rules").write_text(rules)
        ends = [udp(9, b"x", src="192.0.2.1")]
        write(self.tmp / "pcap", [*ends, *packets, *ends], start=START + 60 * minute, seconds=59.9 / (len(packets) + 1))
        run("read", "--spool", self.tmp / spool, "--sensor", "s", "--interval", 60, "--pairs", 65536, "--monitored",
            "0.0.0.0/0", "--rules", self.tmp / "rules", *options, self.tmp / "pcap")
        return self.newest(spool)

    def newest(self, spool):
        return max((self.tmp / spool).glob("*/*/2*"))

    def merge(self, spool, *parts, sensor="m"):
        run("merge", "--spool", self.tmp / spool, "--sensor", sensor, "--per", "all", *parts)
        return self.newest(spool)

    def test_all_that_were_loaded_have_a_row(self):
        path = self.read(PLAIN + COUNTING + SILENT, [udp(53, b"x")])
        rows = table(path, "signature_rules")
        self.assertEqual([(r["sid"], r["rev"], r["message"], r["category"]) for r in rows],
                         [("1", "2", "a plain one", "DNS"), ("2", "0", "a sweep", "Others"), ("3", "0", "never seen", "Worm")])
        observed = int(table(path, "interval")[0]["observed_us"])
        self.assertEqual(loaded(path), {(1, 2): (0, 1, observed), (2, 0): (1, 1, observed), (3, 0): (0, 1, observed)})
        self.assertEqual({r["sid"] for r in table(path, "signatures")}, {"1"})
        run("verify", path)

    def test_without_rules_there_are_none(self):
        path = self.read("", [])
        self.assertEqual(loaded(path), {})
        run("verify", path)

    def test_a_merged_snapshot_has_all_sets_and_how_long_each_was_loaded(self):
        sets = (PLAIN + SILENT, PLAIN + COUNTING, PLAIN + COUNTING)
        parts = [self.read(rules, [udp(53, b"x"), tcp(23)], f"spool{i}", i) for i, rules in enumerate(sets)]
        us = [int(table(p, "interval")[0]["observed_us"]) for p in parts]
        merged = self.merge("all", *parts)
        wanted = {(1, 2): (0, 1, sum(us)), (2, 0): (1, 1, us[1] + us[2]), (3, 0): (0, 1, us[0])}
        self.assertEqual(loaded(merged), wanted)
        run("verify", merged)
        # However parts are grouped.
        again = self.merge("again", self.merge("two", *parts[1:]), parts[0], sensor="n")
        self.assertEqual(loaded(again), wanted)

    def test_rules_that_count_take_nothing_from_others(self):
        """More sources of a rule that counts than there is room for, and few of another."""
        few = [udp(53, b"x", src=host(i)) for i in range(20)]
        many = [tcp(i % 9, src=f"10.{i % 40}.{i % 250}.{i % 17}") for i in range(4000)]
        path = self.read(PLAIN + COUNTING, few + many, "spool", 0, "--signature-hits", 256)
        other = self.read(PLAIN + COUNTING, few, "spool2", 1, "--signature-hits", 256)
        rates = {sid: one_in for (sid, _), (_, one_in, _) in loaded(path).items()}
        self.assertEqual(rates[1], 1)
        self.assertGreater(rates[2], 1)
        self.assertEqual(int(table(path, "interval")[0]["signature_sources_one_in"]), rates[2])
        row = next(r for r in table(path, "signatures") if r["sid"] == "1")
        self.assertEqual((row["detections"], row["detections_stderr"], row["uniq_src_ip"], row["uniq_src_ip_stderr"]),
                         ("20", "0", "20", "0"))
        self.assertEqual(sum(r["sid"] == "1" for r in table(path, "signature_sources")), 20)
        run("verify", path)
        merged = self.merge("all", path, other)
        run("verify", merged)
        self.assertEqual({k: v[1] for k, v in loaded(merged).items()}, {(1, 2): 1, (2, 0): rates[2]})
        row = next(r for r in table(merged, "signatures") if r["sid"] == "1")
        self.assertEqual((row["detections"], row["uniq_src_ip"]), ("40", "20"))

    def test_a_rule_renamed_without_a_new_revision_has_one_rate(self):
        """Its rows of either name have the rate at which its sources are kept."""
        many = [tcp(i % 9, src=f"10.{i % 40}.{i % 250}.{i % 17}") for i in range(4000)]
        for name in "a first name", "z last name":
            renamed = COUNTING.replace("a sweep", name)
            few = self.read(PLAIN + renamed, [tcp(23)], f"few {name}")
            full = self.read(PLAIN + COUNTING, many, f"full {name}", 1, "--signature-hits", 256)
            merged = self.merge(f"all {name}", few, full)
            rates = [int(r["sources_one_in"]) for r in table(merged, "signature_rules") if r["sid"] == "2"]
            self.assertEqual(rates, 2 * [loaded(full)[2, 0][1]])
            run("verify", merged)

    def test_version_4_can_be_read(self):
        old = self.read(PLAIN + SILENT, [udp(53, b"x")], "old")
        new = self.read(PLAIN + COUNTING, [udp(53, b"x"), tcp(23)], "new", 1)
        snapshots.downgrade(old, 4)
        run("verify", old)
        self.assertEqual(table(old, "signature_rules"), [])
        self.assertEqual([r["sid"] for r in table(old, "signatures")], ["1"])
        self.assertNotIn("signature_rules", run("info", old))
        self.assertEqual(json.loads(run("info", "--json", old))["schema_version"], 4)
        merged = self.merge("all", old, new)
        run("verify", merged)
        us = int(table(new, "interval")[0]["observed_us"])
        self.assertEqual(loaded(merged), {(1, 2): (0, 1, us), (2, 0): (1, 1, us)})
        # Where nobody said which were loaded, those that found something were.
        alone = self.merge("alone", old)
        self.assertEqual(loaded(alone), {(1, 2): (0, 1, 0)})
        run("verify", alone)


if __name__ == "__main__":
    teiten = sys.argv.pop(1)
    unittest.main()
