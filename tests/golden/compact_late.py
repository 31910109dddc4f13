#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""teiten merge and teiten compact: snapshots and sensors that come when others were merged already count once, and beside what has
their time if they are no part of it.

    compact_late.py TEITEN

TT_SEED=N repeats a run; TT_KILLS=N kills a quarter of so many times (100)."""
import json
import shutil
import time

import compact_bed
from compact_bed import KILLS, Bed, run, snapshots


class Late(Bed):
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


if __name__ == "__main__":
    compact_bed.main()
