#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""teiten merge and teiten compact: nothing is lost or counted twice, whenever they are killed or the disk is full.

    compact_killed.py TEITEN

TT_SEED=N repeats a run; TT_KILLS=N kills so many times (100)."""
import collections
import datetime
import os
import shutil
import subprocess
import time

import compact_bed
from compact_bed import KILLS, Bed, run, snapshots, table


class Killed(Bed):
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


if __name__ == "__main__":
    compact_bed.main()
