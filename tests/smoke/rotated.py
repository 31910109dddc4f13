#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""teiten read of a capture that was rotated into files, whose ends share intervals: with --leave-last each
file with the one before it gives the snapshots of all files read at once, and files that are missing, and
frames that no snapshot has, are told.

    rotated.py TEITEN"""
import gzip
import os
import signal
import struct
import subprocess
import sys
import unittest

import read

START = 1700002800  # an hour
HOUR = 3600
AGAIN = ["--skip-existing", "--leave-last"]


def frame(at, src=0x01020304, port=445):
    """A record at that many seconds after START, to the microsecond."""
    second, us = divmod(round(at * 1000000), 1000000)
    record = read.record(START - read.START + second, src=src, port=port)
    return record[:4] + struct.pack("<I", us) + record[8:]


class Rotated(read.Read):
    """The tests of read.Read are not repeated: load_tests, below."""

    interval = 300

    def command(self, files, options=(), spool="spool", tables=("--pairs", "4096")):
        return super().command(files, ["--interval", str(self.interval), *options], spool, tables)

    def rotate(self, hours=4, step=7.3, hole=()):
        """Files of an hour, the last packet of each a moment past it, as `tcpdump -G 3600` leaves them."""
        files = []
        for hour in range(hours):
            times = [hour * HOUR + 0.1 + i * step for i in range(int(HOUR / step))]
            times = [t for t in times if not hole or not hole[0] <= t < hole[1]]
            times.append((hour + 1) * HOUR + 0.0001)
            files.append(self.file(f"h_{hour}.pcap", [
                frame(t, 0x01020300 + int(t) * 31 % 200, int(t) * 7 % 90) for t in times]))
        return files

    def recipe(self, files, spool="recipe", turned=False):
        """As cron would; the last run is that of a capture that has ended."""
        self.read(files[0], options=AGAIN, spool=spool)
        for pair in zip(files, files[1:]):
            self.read(*(reversed(pair) if turned else pair), options=AGAIN, spool=spool)
        self.read(*files[-2:], options=["--skip-existing"], spool=spool)

    def left(self, spool="spool"):
        path = self.at / spool / "s" / ".left"
        return int(path.read_text().split()[3]) if path.exists() else None

    def frames(self, spool="spool"):
        return sum(m["totals"]["frames"] for m in self.snapshots(spool).values())

    def test_each_file_with_the_one_before_it_gives_what_all_at_once_give(self):
        files = self.rotate()
        self.read(*files, spool="once")
        for name, turned in ("recipe", False), ("turned", True):
            self.recipe(files, name, turned)
            self.same_spools("once", name)
        self.assertEqual(len(self.snapshots("recipe")), 4 * 12 + 1)

    def test_an_outage_between_files_is_the_same_gap(self):
        files = self.rotate(step=2, hole=(HOUR + 1000, 2 * HOUR - 1000))
        files[1].write_bytes(read.capture([frame(HOUR + i) for i in range(1000)]))
        self.read(*files, spool="once")
        self.recipe(files)
        self.same_spools("once", "recipe")

    def test_an_empty_file_keeps_nobody_from_going_on(self):
        """tcpdump was killed before its first frame was on the disk: of ten files the fifth is empty, or what was packed
        of it, or has a part of its header. Each hour the newest that has ended and the two before it."""
        for interval in 300, HOUR:
            self.interval = interval
            files = self.rotate(10, step=61.3)
            for name, content, what in (("empty", b"", " at byte 0: it is empty"),
                                        ("packed", gzip.compress(b""), ": it ends before its first frame"),
                                        ("header", read.capture([])[:20], ": it ends before its first frame")):
                files[4].write_bytes(content)
                line = f"teiten read: {files[4]}: truncated{what}; the other files are read\n"
                spool = f"{name}-{interval}"
                for n in range(1, 11):
                    cut = 5 <= n <= 7
                    self.read(*files[max(n - 3, 0):n], options=AGAIN, spool=spool,
                              status=int(cut), said=line if cut else "")
                self.read(*files[7:], options=["--skip-existing"], spool=spool)
                self.assertEqual(self.left(spool), None)
                self.read(*files, spool=spool + "-once", status=1, said=line)
                self.read(*files[:4], *files[5:], spool=spool + "-without")
                self.same_spools(spool + "-without", spool + "-once")
                self.same_spools(spool + "-without", spool)
                self.assertEqual(self.frames(spool), 9 * 59)

    def test_one_line_says_what_was_left(self):
        files = self.rotate(2)
        out = self.read(files[0], options=AGAIN)
        self.assertIn("\n  1 frame of the last interval, from 2023-11-15T00:00:00Z on, left for the next run", out)
        self.assertEqual(self.left(), 1)
        before = self.snapshots()
        self.assertIn("0 snapshots", self.read(files[0], options=AGAIN))
        self.assertEqual((self.snapshots(), self.left()), (before, 1))
        self.verify()
        self.assertNotIn(" left ", self.read(*files, options=["--skip-existing"]))
        self.assertEqual(self.left(), None)
        self.verify()

    def test_frames_of_a_single_interval_are_all_left(self):
        path = self.file("a.pcap", [frame(t) for t in (1, 2, 3)])
        out = self.read(path, options=AGAIN)
        self.assertIn("3 frames, 0 snapshots", out)
        self.assertIn("  3 frames of the last interval, ", out)
        self.assertEqual(self.snapshots(), {})
        # Nor is anything remembered of them.
        self.assertFalse((self.at / "spool" / "s" / ".recall").exists())
        self.read(path, self.file("b.pcap", [frame(4), frame(600)]), options=AGAIN)
        self.assertEqual([m["totals"]["frames"] for m in self.snapshots().values()], [4, 0])

    def test_a_file_may_come_by_a_pipe(self):
        files = self.rotate(2)
        self.read(*files, spool="once", options=["--leave-last"])
        self.read(files[0], options=AGAIN)
        done = subprocess.run(self.command([files[0], "-"], AGAIN), input=files[1].read_bytes(),
                              capture_output=True)
        self.assertEqual((done.returncode, done.stderr), (0, b""))
        self.same_spools("once", "spool")

    def test_an_interval_that_is_in_more_files_than_were_given_is_refused(self):
        """Of an hour, which the last packet of the first file begins; that of the second file does not end it."""
        files = self.rotate(3)
        files[1].write_bytes(files[1].read_bytes()[:-76])
        self.interval = HOUR
        for n in 1, 2:
            self.read(*files[:n], options=AGAIN)
        before = self.snapshots()
        self.assertEqual(self.left(), 494)
        for some, found in (files[1:], 493), (files[2:], 0):
            self.read(*some, options=AGAIN, status=1, said=(
                "spool/s/.left: an earlier run left 494 frames of the interval from "
                f"2023-11-15T00:00:00Z on, and {found} of that interval are in these files: give its last files "
                "again with these, or remove this note to go on without\n"))
        # What is older does not touch it.
        older = self.file("older.pcap", [frame(t) for t in (-4 * HOUR, -3 * HOUR)])
        self.assertIn("1 snapshot ", self.read(older, options=AGAIN))
        self.assertEqual((len(self.snapshots()), self.left()), (len(before) + 1, 494))
        self.read(*files, options=AGAIN, spool="spool")
        self.read(*files, options=AGAIN, spool="other")
        self.assertEqual(self.frames(), self.frames("other") + 1)

    def test_a_run_that_is_killed_is_taken_up_by_the_same_command(self):
        path = self.slow_file()
        self.interval = 1
        self.start_slowly(path, ["--leave-last"])
        self.running.send_signal(signal.SIGKILL)
        self.running.communicate()
        self.read(path, options=AGAIN)
        self.read(path, spool="whole", options=["--leave-last"])
        self.same_spools("spool", "whole")
        self.assertEqual(len(self.snapshots()), self.N - 1)

    def test_frames_that_are_skipped_and_in_no_snapshot_are_told(self):
        files = self.rotate(3)
        one = self.read(files[0])
        self.assertNotIn("skipped", one)
        # As without --leave-last.
        self.assertIn("  1 interval with 42 frames skipped: it has a snapshot already, of 1 frame\n",
                      self.read(files[1], options=["--skip-existing"]))
        self.assertIn("  13 intervals with 536 frames skipped: they have a snapshot already, 2 of them of another "
                      "number of frames, such as 2023-11-15/20231115T000000Z: it has 1, and 42 were skipped\n",
                      self.read(*files[1:], options=["--skip-existing"]))
        self.assertIn("skipped: it has a snapshot already\n",
                      self.read(self.file("same.pcap", [frame(2 * HOUR + 0.0001)]), options=["--skip-existing"]))


def load_tests(loader, tests, pattern):
    return unittest.TestSuite(Rotated(name) for name in sorted(vars(Rotated)) if name.startswith("test_"))


if __name__ == "__main__":
    read.teiten = os.path.abspath(sys.argv.pop(1))
    unittest.main()
