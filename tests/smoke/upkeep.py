#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""What befalls a spool over the months: intervals of another length, directories that cannot be read,
foreign files, a disk that is full, spans that cut through compacted hours. Each is said in one line that
names the place, nothing is counted twice or deleted in silence, and the exit status tells.

    upkeep.py TEITEN"""
import csv
import io
import os
import pathlib
import shutil
import struct
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
START = 1767571200  # 2026-01-05, an hour
teiten = ""


def record(second, src=0x01020304, port=445):
    """A SYN to a monitored address."""
    tcp = struct.pack(">HHIIBBHHH", 6000, port, 1, 0, 0x50, 2, 1024, 0, 0)
    ip = struct.pack(">BBHHHBBHII", 0x45, 0, 40, 0, 0, 64, 6, 0, src, 0xC0000201)
    data = (b"\2\0\0\0\0\1\2\0\0\0\0\2\x08\0" + ip + tcp).ljust(60, b"\0")
    return struct.pack("<IIII", START + second, 0, len(data), len(data)) + data


class Upkeep(unittest.TestCase):
    def setUp(self):
        self.directory = tempfile.TemporaryDirectory()
        self.addCleanup(self.directory.cleanup)
        self.at = pathlib.Path(self.directory.name)
        self.spool = self.at / "spool"
        self.prefix = []

    def capture(self, seconds, name="capture.pcap"):
        path = self.at / name
        path.write_bytes(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1)
                         + b"".join(record(s, 0x01020304 + s) for s in seconds))
        return path

    def run_it(self, *args, status=0, said=None, lines=None, **more):
        """Runs teiten; said: what standard error has, None for nothing there."""
        done = subprocess.run([*self.prefix, teiten, *map(str, args)], capture_output=True, text=True, **more)
        self.assertEqual(done.returncode, status, f"{args}\n{done.stdout}{done.stderr}")
        for text in [said] if isinstance(said, str) else said or []:
            self.assertIn(text, done.stderr)
        if lines is None:
            lines = 1 if isinstance(said, str) else len(said or [])
        self.assertEqual(done.stderr.count("\n"), lines, done.stderr)
        return done.stdout

    def read(self, capture, interval=60, *more, spool=None, sensor="s", **expect):
        return self.run_it("read", "--spool", spool or self.spool, "--sensor", sensor, "--monitored",
                           "192.0.2.0/24", "--geo", "none", "--asn", "none", "--fingerprints",
                           ROOT / "rules" / "fingerprints.yaml", "--pairs", "1024",
                           "--remember-sources", "4096", "--interval", interval, *more, capture, **expect)

    def names(self, sensor="s", spool=None):
        return sorted(p.parent.name for p in ((spool or self.spool) / sensor).rglob("manifest.json"))

    def path(self, name, sensor="s"):
        return self.spool / sensor / "2026-01-05" / name

    def packets(self):
        text = subprocess.run([teiten, "export", "--table", "interval", self.spool], capture_output=True,
                              text=True, check=True).stdout
        return sum(int(row["packets"]) for row in csv.DictReader(io.StringIO(text)))

    # Time that is there already, in intervals of another length.

    def test_shorter_intervals_of_the_same_hour_are_refused(self):
        capture = self.capture(range(0, 3600, 30))
        self.read(capture, 3600)
        for more in range(0, 60, 20):  # the whole hour, and what begins inside it
            part = self.capture(range(60 * more, 3600, 30), "part.pcap")
            said = f"{self.path('20260105T000000Z')}: the interval length differs: this snapshot of 3600 s"
            done = self.read(part, 60, status=1, said=said)
            self.assertEqual(self.names(), ["20260105T000000Z"], done)
        self.read(capture, 3600, status=1, said="or give --skip-existing")
        self.assertIn("60 intervals with 120 frames skipped", self.read(capture, 60, "--skip-existing"))
        self.assertEqual(self.names(), ["20260105T000000Z"])
        self.assertEqual(self.packets(), 120)
        self.run_it("verify", self.spool)

    def test_a_longer_interval_over_shorter_ones_is_refused(self):
        self.read(self.capture(range(600, 1200, 30), "some.pcap"), 60)
        whole = self.capture(range(0, 3600, 30))
        for option in [], ["--skip-existing"]:
            self.read(whole, 3600, *option, status=1, said="the interval length differs: this snapshot of 60 s")
        self.read(whole, 90, status=1, said="the interval length differs")
        self.run_it("compact", "--per", "600", "--now", "2026-01-06", self.spool)
        self.read(whole, 3600, "--skip-existing", status=1,
                  said="20260105T001000Z--20260105T002000Z: the interval length differs")
        self.assertIn("10 intervals with 20 frames skipped", self.read(whole, 60, "--skip-existing"))
        self.assertEqual(self.packets(), 120)
        self.run_it("verify", self.spool)

    def test_intervals_that_adjoin_are_not_refused(self):
        self.read(self.capture(range(0, 600, 30), "a.pcap"), 300)
        self.read(self.capture(range(600, 1200, 30), "b.pcap"), 60)
        self.read(self.capture(range(1200, 1800, 30), "c.pcap"), 600)
        self.assertEqual(self.packets(), 60)
        self.run_it("verify", self.spool)

    def test_time_that_is_there_twice_is_told(self):
        capture = self.capture(range(0, 600, 30))
        self.read(capture, 600)
        self.read(capture, 60, spool=self.at / "other")
        for name in ["20260105T000200Z", "20260105T000500Z"]:
            shutil.copytree(self.at / "other" / "s" / "2026-01-05" / name, self.path(name))
        said = (f"sensor s: 120 s are there twice, from 2026-01-05T00:02:00Z on "
                f"({self.path('20260105T000000Z')}, {self.path('20260105T000200Z')})")
        self.run_it("verify", self.spool, status=1, said=said)
        for command in ["info"], ["top-targets"], ["export", "--table", "interval"]:
            self.run_it(*command, self.spool, said=said)

    # Failures name the place.

    def on_tmpfs(self):
        """Mounts one at the spool, that another spool is copied to; the rest of it is filled."""
        self.read(self.capture(range(0, 600, 30)), 60, spool=self.at / "made")
        self.spool.mkdir()
        if os.geteuid() != 0 or subprocess.run(
                ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", self.spool], capture_output=True).returncode:
            self.skipTest("a tmpfs cannot be mounted here")
        self.addCleanup(subprocess.run, ["umount", self.spool], check=True)
        shutil.copytree(self.at / "made" / "s", self.spool / "s")

    def fill(self, left):
        """Fills the spool's file system but for so many bytes."""
        (self.spool / ".filler").unlink(missing_ok=True)
        free = os.statvfs(self.spool)
        (self.spool / ".filler").write_bytes(bytes(max(0, free.f_bavail * free.f_bsize - left)))

    def test_a_full_disk_is_said_with_the_snapshot_that_was_to_be(self):
        self.on_tmpfs()
        self.fill(16384)
        said = (f"teiten compact: {self.path('20260105T000000Z--20260105T001000Z')}: ", "No space left on device")
        self.run_it("compact", "--per", "hour", "--now", "2026-01-06", self.spool, status=1, said=said, lines=1)
        self.assertEqual(len(self.names()), 10)

    def test_a_disk_that_is_read_only_is_said_with_the_file(self):
        self.on_tmpfs()
        subprocess.run(["mount", "-o", "remount,ro", self.spool], check=True)
        self.run_it("compact", "--per", "hour", self.spool, status=1,
                    said=f"teiten compact: {self.spool}/s/.compact: Read-only file system")

    def test_an_export_leaves_no_temporary_file_on_a_full_disk(self):
        self.on_tmpfs()
        for left in 0, 4096, 65536:
            self.fill(left)
            self.run_it("export", "--table", "all", "--format", "parquet", "--out", self.spool / "out",
                        self.spool, status=1, said="No space left on device")
            self.assertEqual([p for p in (self.spool / "out").rglob("*.tmp")], [])

    def test_a_report_says_that_the_disk_is_full_and_leaves_no_temporary_file(self):
        """Wherever the room ends: in whatever file, at its end too, after which a few bytes may fit again."""
        self.on_tmpfs()
        out = self.spool / "out"
        command = ["report", "--out", out, "--period", "2026-01-05..2026-01-06", self.spool]
        self.run_it(*command)
        pages = sum(-(-p.stat().st_size // 4096) for p in out.iterdir())
        self.assertGreater(pages, 10)
        shutil.rmtree(out)
        for left in range(1, pages):
            self.fill(4096 * left)
            self.run_it(*command, status=1, said="No space left on device")
            self.assertEqual([p for p in out.rglob("*.tmp")], [])
            shutil.rmtree(out, ignore_errors=True)

    def test_synth_leaves_no_cut_off_file(self):
        self.on_tmpfs()
        out, truth = self.spool / "out.pcap", self.spool / "truth.json"
        out.write_text("older")
        synth = ["synth", "--profile", ROOT / "profiles" / "demo.yaml", "--geo", "none", "--out", out, "--truth", truth]
        for split in [], ["--split", "2"]:
            for left in 4096, 65536:
                self.fill(left)
                self.run_it(*synth, *split, "--duration", "5m", status=1, said="No space left on device")
                self.assertEqual(out.read_text(), "older")
                self.assertEqual(sorted(p.name for p in self.spool.iterdir()), [".filler", "out.pcap", "s"])
        self.fill(1 << 20)
        self.run_it(*synth, "--duration", "1m", "--packets", "100")
        self.assertEqual(sorted(p.name for p in self.spool.iterdir()), [".filler", "out.pcap", "s", "truth.json"])
        self.assertGreater(out.stat().st_size, 6000)
        for wrong in "0", "5x", "-1", "400d":
            self.run_it(*synth, "--duration", wrong, status=2, said="is not a duration such as 90s, 5m, 24h")

    def test_both_snapshots_of_the_same_time_are_named(self):
        capture = self.capture(range(0, 120, 30))
        self.read(capture, 60)
        self.read(capture, 120, spool=self.at / "other")
        one, other = self.path("20260105T000100Z"), self.at / "other" / "s" / "2026-01-05" / "20260105T000000Z"
        done = subprocess.run([teiten, "merge", "--spool", self.at / "out", "--sensor", "all", "--per", "all",
                               self.spool, self.at / "other"], capture_output=True, text=True)
        self.assertEqual((done.returncode, done.stderr.count("\n")), (1, 1), done.stderr)
        self.assertIn(str(other), done.stderr)
        self.assertIn(str(self.spool / "s" / "2026-01-05"), done.stderr)

    # A directory that cannot be read.

    def as_user(self):
        """Programs that start from here on may not read everything, though they may be root's."""
        if os.geteuid() != 0:
            return
        lacking = ["setpriv", "--bounding-set", "-dac_override,-dac_read_search"]
        if shutil.which("setpriv") is None or subprocess.run([*lacking, "true"], capture_output=True).returncode:
            self.skipTest("capabilities cannot be dropped here")
        self.prefix = lacking

    def test_a_directory_that_cannot_be_read_stops_nothing_else(self):
        for sensor in "a", "b", "c":
            self.read(self.capture(range(0, 300, 30)), 60, sensor=sensor)
        self.as_user()
        day = self.spool / "b" / "2026-01-05"
        for closed in day, self.spool / "a":
            closed.chmod(0)
            self.addCleanup(closed.chmod, 0o755)
        said = [f"{closed}: Permission denied; what is in it is passed over" for closed in (self.spool / "a", day)]
        self.assertIn("5 snapshots, all intact", self.run_it("verify", self.spool, status=1, said=said))
        self.assertIn("sensor c", self.run_it("info", self.spool, status=1, said=said))
        for command in (["top-targets"], ["uniques"], ["export", "--table", "interval"],
                        ["compact", "--dry-run", "--keep-for", "1d"],
                        ["merge", "--spool", self.at / "out", "--sensor", "all"]):
            self.run_it(*command, self.spool, status=1, said=said)
        self.run_it("compact", "--per", "120", "--keep-for", "1d", "--now", "2026-02-01", self.spool, status=1,
                    said=said)
        self.assertEqual(self.names("c"), ["20260105T000400Z"])
        day.chmod(0o755)
        self.assertEqual(len(self.names("b")), 5)

    # What a dry run says is what a run does.

    def compact(self, *options, now="2026-01-05T12:00:00Z"):
        return self.run_it("compact", *options, "--now", now, self.spool)

    def test_a_dry_run_takes_merged_periods_for_merged(self):
        self.read(self.capture(range(0, 10800, 60)), 600)
        options = ["--per", "hour", "--keep-for", "10h"]
        # Some of the second hour are older than that one by one; the hour is not.
        now = "2026-01-05T11:30:00Z"
        dry = self.compact("--dry-run", *options, now=now)
        self.assertEqual([line.split(": ", 1)[1] for line in dry.splitlines()], [
            *["would become one with the 5 that follow it"] * 3,
            "would be deleted with the 5 that follow it, once they are one, older than 10 h (--keep-for)"])
        self.compact(*options, now=now)
        self.assertEqual(self.names(), ["20260105T010000Z--20260105T020000Z", "20260105T020000Z--20260105T030000Z"])

    def test_how_long_is_kept_is_written_out(self):
        """90m are minutes, and may have been meant as months."""
        self.read(self.capture(range(0, 7200, 60)), 600)
        for keep, now, said in (("90m", "2026-01-05T01:41:00Z", "1 h 30 min"), ("5400s", "2026-01-05T01:41:00Z", "1 h 30 min"),
                                ("400d", "2027-12-05", "400 d"), ("90061s", "2026-01-06T01:11:02Z", "1 d 1 h 1 min 1 s")):
            dry = self.compact("--dry-run", "--keep-for", keep, now=now)
            self.assertRegex(dry.splitlines()[0], rf"/20260105T000000Z: would be deleted, older than {said} \(--keep-for\), \d+ bytes$")

    def test_a_dry_run_does_not_guess_at_the_quota(self):
        self.read(self.capture(range(0, 7200, 60)), 600)
        dry = self.compact("--dry-run", "--per", "hour", "--quota", "512K")
        self.assertIn("what --quota would delete is not known before the merge", dry)
        self.assertNotIn("would be deleted", dry)
        self.compact("--per", "hour", "--quota", "512K")
        self.assertEqual(len(self.names()), 2)
        dry = self.run_it("compact", "--dry-run", "--per", "hour", "--quota", "1K", self.spool, status=1,
                          said="over --quota")
        self.assertIn(f"{self.path('20260105T000000Z--20260105T010000Z')}: would be deleted", dry)

    # Sensors whose intervals differ in length.

    def test_merge_without_per_wants_intervals_of_one_length(self):
        capture = self.capture(range(0, 3600, 30))
        self.read(capture, 60, sensor="a")
        self.read(capture, 3600, sensor="b")
        out = self.at / "out"
        self.run_it("merge", "--spool", out, "--sensor", "all", self.spool, status=1,
                    said=f"{self.path('20260105T000000Z', 'a')} is of 60 s, and "
                         f"{self.path('20260105T000000Z', 'b')}, which starts with it, of 3600 s: give --per")
        self.assertEqual(self.names("all", out), [])
        self.run_it("merge", "--spool", out, "--sensor", "all", "--per", "hour", self.spool)
        self.assertEqual(self.names("all", out), ["20260105T000000Z--20260105T010000Z"])

    # Foreign files.

    def test_a_snapshot_with_a_foreign_entry_is_left_as_it_is(self):
        self.read(self.capture(range(0, 3600, 60)), 600)
        odd = self.path("20260105T002000Z")
        files = sorted(odd.iterdir())
        for make, name in ((lambda p: p.write_text("mine"), "notes.txt"), (lambda p: p.mkdir(), "more"),
                           (lambda p: p.symlink_to("manifest.json"), "link")):
            make(odd / name)
            said = f"{odd}: it has {name}, which is no file of a snapshot; the snapshot is left as it is"
            for options in (["--per", "hour"], ["--dry-run", "--per", "hour"]):
                for _ in range(2):
                    self.run_it("compact", *options, "--now", "2026-01-06", self.spool, status=1, said=said)
                    self.assertEqual(len(self.names()), 6)
            self.run_it("compact", "--keep-for", "1h", "--now", "2026-01-05T01:31:00Z", "--dry-run", self.spool,
                        status=1, said=said)
            self.assertEqual(sorted(odd.iterdir()), sorted([*files, odd / name]))
            (odd / name).rmdir() if name == "more" else (odd / name).unlink()
        (odd / "notes.txt").write_text("mine")
        said = f"{odd}: it has notes.txt"
        self.run_it("compact", "--keep-for", "1h", "--now", "2026-01-06", self.spool, status=1, said=said)
        self.assertEqual(self.names(), [odd.name, "20260105T005000Z"])
        self.run_it("compact", "--quota", "1K", self.spool, status=1, said=[said, "are left, over --quota"])
        self.assertEqual((odd / "notes.txt").read_text(), "mine")
        (odd / "notes.txt").unlink()
        self.compact("--per", "hour", now="2026-01-06")
        self.assertEqual(self.names(), ["20260105T002000Z--20260105T010000Z"])

    def test_what_an_earlier_run_cannot_have_deleted_is_said_each_time(self):
        self.read(self.capture(range(0, 1200, 60)), 600)
        hidden = self.spool / "s" / ".compact-old-20260104T000000Z"
        (hidden / "mine").mkdir(parents=True)
        for _ in range(2):
            self.run_it("compact", "--per", "hour", "--now", "2026-01-06", self.spool, status=1,
                        said=f"{hidden}: cannot delete what an earlier run left: ")
        self.assertEqual(len(self.names()), 1)
        self.assertTrue((hidden / "mine").is_dir())

    # Spans that cut through compacted hours.

    def test_what_reaches_into_a_span_and_is_left_out_is_said(self):
        self.read(self.capture(range(0, 10800, 60)), 600)
        self.compact("--per", "hour")
        hour = self.path("20260105T010000Z--20260105T020000Z")
        said = (f"1 snapshot from 2026-01-05T01:00:00Z on reaches into this span and is left out: {hour}")
        span = ["--from", "2026-01-05T01:30:00Z", "--to", "2026-01-06"]
        for command in (["export", "--table", "interval"], ["top-targets"], ["uniques"],
                        ["merge", "--spool", self.at / "out", "--sensor", "all"]):
            self.run_it(*command, *span, self.spool, said=said)
            self.run_it(*command, "--from", "2026-01-05T02:00:00Z", self.spool)
            self.run_it(*command, "--from", "2026-01-05T02:00:00Z", "--to", "2026-01-05T01:00:00Z", self.spool,
                        status=2, said="--from is later than --to")


if __name__ == "__main__":
    teiten = os.path.abspath(sys.argv.pop(1))
    unittest.main()
