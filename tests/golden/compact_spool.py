#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""teiten compact: what a spool holds after it, by name, period, age and size.

    compact_spool.py TEITEN"""
import os
import pty
import re
import shutil
import subprocess

import compact_bed
from compact_bed import Bed, run, snapshots


class Spool(Bed):
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

    def test_a_terminal_shows_how_far_it_is_and_the_end_how_long_it_took(self):
        spool, copy = self.spool("spool"), self.spool("copy")
        self.read(spool, self.capture["demo"], 10)
        shutil.copytree(spool, copy)
        done = run("compact", "--per", 20, spool)
        self.assertEqual(done.stderr, "")
        lines = done.stdout.splitlines()
        self.assertEqual(len(lines), 4)
        self.assertRegex(lines[3], r"^3 snapshots made of 6 in [0-9]+\.[0-9] s$")
        self.assertNotIn("made of", run("compact", "--per", 60, spool).stdout)
        ours, theirs = pty.openpty()
        done = subprocess.run([compact_bed.teiten, "compact", "--per", "20", str(copy)], stdout=subprocess.PIPE, stderr=theirs, text=True)
        shown = os.read(ours, 1 << 16).decode()
        os.close(ours)
        os.close(theirs)
        self.assertEqual(done.returncode, 0)
        self.assertRegex(shown, r"\[ *#+ *\] +50 %  s, 1 of 3: 1 of 2 checked ")
        self.assertTrue(re.search(r"\r +\r$", shown), shown)

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
        # What they take of the disk, as du has it, which is more than what is in the files.
        size = [512 * sum(f.stat().st_blocks for f in (p, *p.iterdir())) for p in snapshots(spool)]
        self.assertLess(sum(f.stat().st_size for p in snapshots(spool) for f in p.iterdir()), sum(size) - 1)
        self.assertEqual(run("compact", "--quota", f"{sum(size)}B", spool).stdout, "")
        done = run("compact", "--quota", f"{sum(size) - 1}B", spool)
        self.assertIn(f", the oldest, over --quota, {size[0]} bytes", done.stdout)
        self.assertEqual(done.stdout.count(", deleted") + done.stdout.count(": deleted"), 1)
        self.assertEqual([p.name for p in snapshots(spool)], names[3:])
        self.refused("bytes are left, over --quota", "compact", "--quota", "1B", spool)
        self.assertEqual([p.name for p in snapshots(spool)], names[5:])
        run("compact", "--keep-for", "30s", "--now", "2099-01-01T00:00:00Z", spool)
        self.assertEqual([p.name for p in snapshots(spool)], names[5:])


if __name__ == "__main__":
    compact_bed.main()
