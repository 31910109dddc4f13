#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""teiten merge and teiten compact: what they refuse they name, and leave as it is.

    compact_refused.py TEITEN"""
import hashlib
import json
import re
import shutil

import compact_bed
from compact_bed import Bed, run, snapshots


class Refused(Bed):
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

    def test_what_a_sensor_counted_itself_is_not_merged_into(self):
        spool = self.spool("spool")
        for sensor in "ab":
            self.read(spool, self.capture["demo"], 20, sensor=sensor)
        before = self.totals(spool)
        command = ["merge", "--spool", spool, "--sensor", "a", "--beside", "--per"]
        for per in "interval", "hour":
            self.refused(f"^teiten merge: {snapshots(spool)[0]}: was not merged, a is a sensor itself", *command, per, spool)
        # Of another time as well; and compacted ones are still its own.
        self.refused("a is a sensor itself", *command, "interval", snapshots(spool)[-1])
        run("compact", "--per", 60, spool / "a")
        self.refused("a is a sensor itself", *command, "hour", spool)
        self.assertEqual(self.totals(spool)[0], before[0])
        self.assertEqual(len(list(spool.glob("a/*/[0-9]*"))), 1)

    def test_what_was_merged_gets_more_also_once_it_was_compacted(self):
        spool, out = self.spool("spool"), self.spool("out")
        for sensor in "ab":
            self.read(spool, self.capture["demo"], 20, sensor=sensor)
        run("merge", "--spool", out, "--sensor", "all", spool)
        run("compact", "--per", 60, out)
        self.read(spool, self.capture["demo"], 20, sensor="c")
        run("merge", "--spool", out, "--sensor", "all", "--per", "hour", spool)
        self.assertEqual(len(snapshots(out)), 1)
        self.assertEqual(self.totals(out), self.totals(spool))

    def test_a_result_beside_what_it_is_merged_of_has_to_be_asked_for(self):
        spool, out = self.spool("spool"), self.spool("out")
        for sensor in "ab":
            self.read(spool, self.capture["demo"], 20, sensor=sensor)
        self.assertEqual(run("merge", "--spool", out, "--sensor", "all", spool).stderr, "")
        self.assertEqual(run("merge", "--spool", out, "--sensor", "all", spool).stderr, "")
        command = ["merge", "--spool", spool / "b" / "..", "--sensor", "all"]
        wanted = f": lies in {spool}/b/.., which is to be written to: "
        before = self.totals(spool)
        for given in ([spool], [spool / "b"], [snapshots(spool)[1], out]):
            done = run(*command, *given, status=1)
            self.assertIn(wanted, done.stderr)
            self.assertRegex(done.stderr, f"^teiten merge: {spool}/[ab]/2026-01-05/\\S+: lies in .*--beside$")
            self.assertEqual(done.stderr.count("\n"), 1)
            self.assertFalse((spool / "all").exists())
        self.assertEqual(self.totals(spool), before)
        self.assertEqual(run(*command, "--beside", spool).stderr, "")
        self.assertEqual(self.totals(spool / "all")[0], before[0])

    def test_who_adds_up_a_result_and_its_parts_is_warned(self):
        spool = self.spool("spool")
        for sensor in "ab":
            self.read(spool, self.capture["demo"], 20, sensor=sensor)
        readers = ["top-targets", spool], ["export", "--table", "targets", spool]
        for reader in readers:
            self.assertEqual(run(*reader).stderr, "")
        run("merge", "--spool", spool, "--sensor", "all", "--beside", "--per", "hour", spool)
        for reader in readers:
            done = run(*reader)
            self.assertRegex(done.stderr, f"^teiten {reader[0]}: warning: {spool}/a/\\S+: packets of this snapshot are in one of "
                             rf"the sensor all as well \({spool}/all/\S+\), and count twice; --sensor says which ones count$")
            self.assertEqual(done.stderr.count("\n"), 1)
            for sensor in "all", "a,b":
                self.assertEqual(run(*reader, "--sensor", sensor).stderr, "")
            self.assertEqual(run(*reader[:-1], spool / "a").stderr, "")
        # Each sensor by itself, or each address once: nothing counts twice.
        for reader in ["info", spool], ["uniques", spool]:
            self.assertEqual(run(*reader).stderr, "")

    def test_a_copy_of_one_sensor_gets_more_also_once_it_was_compacted(self):
        spool = self.spool("spool")
        self.read(spool, self.capture["demo"], 20)
        # However it is named: the sensor is the one that the manifest names.
        named = spool, spool / "s", f"{spool}/s/", spool / "s" / "2026-01-05", *[snapshots(spool)]
        for number, given in enumerate(named):
            out = self.spool(f"out{number}")
            command = ["merge", "--spool", out, "--sensor", "s", "--per"]
            run(*command, "interval", "--to", "2026-01-05T00:00:40Z", spool)
            run("compact", "--per", 60, out)
            self.assertEqual([json.loads((s / "manifest.json").read_text())["run"]["program"] for s in snapshots(out)], ["teiten compact"])
            run(*command, "hour", *(given if isinstance(given, list) else [given]))
            self.assertEqual(self.totals(out), self.totals(spool), given)

    def test_a_copy_of_one_sensor_that_was_compacted_gets_another_sensor(self):
        spool, once = self.spool("spool"), self.spool("once")
        for sensor in "st":
            self.read(spool, self.capture["demo"], 20, sensor=sensor)
        run("merge", "--spool", once, "--sensor", "s", "--per", "hour", spool)
        for number, periods in enumerate(([40], [60], [40, 60])):
            out = self.spool(f"out{number}")
            run("merge", "--spool", out, "--sensor", "s", spool / "s")
            for per in periods:
                run("compact", "--per", per, out)
            run("merge", "--spool", out, "--sensor", "s", "--per", "hour", spool)
            self.same(snapshots(out)[0], snapshots(once)[0])
            self.assertEqual(self.totals(out), self.totals(spool))

    def test_what_a_sensor_counted_is_its_own_also_compacted_with_a_copy(self):
        spool, out = self.spool("spool"), self.spool("out")
        for sensor in "st":
            self.read(spool, self.capture["demo"], 20, sensor=sensor)
        run("merge", "--spool", out, "--sensor", "s", "--to", "2026-01-05T00:00:20Z", spool / "s")
        for part in snapshots(spool)[1:3]:
            shutil.copytree(part, out / part.relative_to(spool))
        run("compact", "--per", 60, out)
        self.refused("s is a sensor itself", "merge", "--spool", out, "--sensor", "s", "--per", "hour", spool)

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


if __name__ == "__main__":
    compact_bed.main()
