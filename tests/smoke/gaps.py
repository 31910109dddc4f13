#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""teiten read does not count an outage in capture files as observed time: between files, and by
--max-gap within one, inside an interval and over its ends; and a quiet telescope has no gaps.

    gaps.py TEITEN"""
import datetime
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

import read

HOUR = 3600
START = 1700006400  # 00:00 UTC of a day
teiten = ""


class Gaps(unittest.TestCase):
    def setUp(self):
        self.directory = tempfile.TemporaryDirectory()
        self.addCleanup(self.directory.cleanup)
        self.at = pathlib.Path(self.directory.name)

    def file(self, name, *spans, step=20):
        """Packets every step seconds of each span (first, last) after START."""
        path = self.at / name
        path.write_bytes(read.capture([read.record(START - read.START + second)
                                       for first, last in spans
                                       for second in range(first, last + 1, step)]))
        return path

    def read(self, spool, interval, *files, options=()):
        """Of each snapshot: (observed s, intervals of gap before it, status)."""
        done = subprocess.run([teiten, "read", "--spool", self.at / spool, "--sensor", "s",
                        "--monitored", "192.0.2.0/24", "--geo", "none", "--asn", "none",
                        "--fingerprints", "none", "--pairs", "1024", "--interval", str(interval),
                        *options, *files], check=True, capture_output=True, text=True)
        self.said = [line for line in done.stdout.splitlines() if "not observed" in line or "outage" in line]
        subprocess.run([teiten, "verify", self.at / spool], check=True, capture_output=True)
        self.add_up(spool)
        return self.intervals(spool, interval)

    def add_up(self, spool):
        """Is what info says was not observed, and what was, all of the time? Returns it."""
        done = subprocess.run([teiten, "info", "--json", self.at / spool], check=True,
                              capture_output=True)
        (s,) = json.loads(done.stdout)["sensors"]
        start, end = (datetime.datetime.fromisoformat(s[x]) for x in ("start", "end"))
        parts = {x: (s[x]["n"], s[x]["us"] / 1e6) for x in ("gaps", "in_part", "missing")}
        self.assertEqual(s["observed_us"] / 1e6 + sum(part[1] for part in parts.values()),
                         (end - start).total_seconds())
        return parts

    def intervals(self, spool, interval):
        rows = []
        for path in sorted((self.at / spool).rglob("manifest.json")):
            i = json.loads(path.read_text())["interval"]
            rows.append((i["observed_us"] / 1e6, i["gap_before_us"] / interval / 1e6, i["status"]))
        return rows

    def test_a_hole_between_files_is_not_observed_in_one_run_as_in_two(self):
        """Of days; the hole is 01:00 of the second to 23:00 of the third."""
        a = self.file("a.pcap", (0, 25 * HOUR))
        b = self.file("b.pcap", (71 * HOUR, 96 * HOUR - 20))
        day = 24 * HOUR
        days = [(day, 0, "complete"), (HOUR, 0, "partial"), (HOUR, 0, "partial"),
                (day - 20, 0, "partial")]
        self.assertEqual(self.read("one", day, a, b), days)
        self.assertEqual(self.read("turned", day, b, a), days)
        self.read("two", day, a)
        self.assertEqual(self.read("two", day, b), days)
        whole = self.file("whole.pcap", (0, 25 * HOUR), (71 * HOUR, 96 * HOUR - 20))
        self.assertEqual(self.read("whole", day, whole), days)
        self.assertEqual(self.said, [f"  {46 * HOUR} s were not observed, in 1 gap: silences of "
                                     "more than 176400 s (max-gap), of more than 10800 s where it "
                                     "is not quiet, or between files"])
        self.assertEqual(self.read("usual", day, whole, options=["--max-gap", "176400"]), days)
        self.read("word", day, whole, options=["--max-gap", "176399"])
        self.assertEqual(self.said, [])
        self.assertEqual(self.read("asked", day, whole, options=["--max-gap", "600"]), days)
        self.assertEqual(self.said, [f"  {46 * HOUR} s were not observed, in 1 gap: silences of "
                                     "more than 600 s (max-gap), or between files"])

    def test_a_hole_with_little_around_it_is_told_and_counts_as_observed(self):
        """Of 40 hours, with 8 before and after it; and for a max-gap that was given it is a gap."""
        day = 24 * HOUR
        whole = self.file("whole.pcap", (0, 8 * HOUR), (48 * HOUR, 56 * HOUR))
        self.assertEqual(self.read("usual", day, whole), [
            (day, 0, "complete"), (day, 0, "complete"), (8 * HOUR, 0, "partial")])
        self.assertEqual(self.said, [f"  1 silence of more than 10800 s, the longest {40 * HOUR} s from 2023-11-15T08:00:00Z on, may have "
                                     "been an outage: too little was heard around to tell, and it counts as observed; a lower max-gap makes it a gap"])
        self.assertEqual(self.read("asked", day, whole, options=["--max-gap", "10800"]), [
            (8 * HOUR, 0, "partial"), (8 * HOUR, 1, "partial")])

    def test_a_hole_within_one_interval_and_over_whole_ones(self):
        a = self.file("a.pcap", (0, HOUR + 300))
        b = self.file("b.pcap", (2 * HOUR - 300, 3 * HOUR), (3 * HOUR + 20, 4 * HOUR))
        self.assertEqual(self.read("within", HOUR, a, b)[:3],
                         [(HOUR, 0, "complete"), (600, 0, "partial"), (HOUR, 0, "complete")])
        c = self.file("c.pcap", (5 * HOUR - 300, 6 * HOUR + 20))
        self.assertEqual(self.read("over", HOUR, a, c)[1:4],
                         [(300, 0, "partial"), (300, 2, "partial"), (HOUR, 0, "complete")])

    def test_info_counts_what_was_not_observed_in_part_before_compaction_and_after_it(self):
        """Silences of 1800 s over whole minutes, of 70 s over two, and of 50 s at the end."""
        a = self.file("a.pcap", (0, 600), (2400, 3000), (3070, 3550))
        self.read("spool", 60, a, options=["--max-gap", "60"])
        parts = self.add_up("spool")
        self.assertEqual(parts, {"gaps": (1, 1740), "in_part": (4, 60 + 70 + 50), "missing": (0, 0)})
        for per in "hour", "day":
            subprocess.run([teiten, "compact", "--per", per, "--now", "2024-01-01", self.at / "spool"],
                           check=True, capture_output=True)
            self.assertEqual(self.add_up("spool"), parts)
        text = subprocess.run([teiten, "info", self.at / "spool"], check=True, capture_output=True,
                              text=True).stdout
        self.assertIn("  in part      4 intervals, 180 s of them not observed\n", text)
        # Of two sensors, what was observed is a mean, and these are sums.
        self.read("other", 60, a, options=["--max-gap", "60", "--sensor", "t"])
        subprocess.run([teiten, "merge", "--spool", self.at / "both", "--sensor", "all", "--per", "day", self.at / "spool",
                        self.at / "other"], check=True, capture_output=True)
        text = subprocess.run([teiten, "info", self.at / "both"], check=True, capture_output=True, text=True).stdout
        self.assertIn("  gaps         2, 3480 s in all, of 2 sensors together\n", text)
        self.assertRegex(text, "  in part      [0-9]+ intervals, 360 s of them not observed, of 2 sensors together\n")

    def test_files_that_go_on_from_each_other_are_as_one(self):
        whole = self.file("whole.pcap", (0, 4 * HOUR))
        a, b = self.file("a.pcap", (0, 2 * HOUR)), self.file("b.pcap", (2 * HOUR + 60, 4 * HOUR))
        self.assertEqual(self.read("one", HOUR, whole), self.read("two", HOUR, a, b))
        self.assertEqual(self.said, [])

    def test_a_packet_of_1970_does_not_hide_a_hole_before_its_file(self):
        """A clock that is set after the capture has begun; the hole is 1:05 to 1:55."""
        a = self.file("a.pcap", (0, HOUR + 300))
        b = self.file("b.pcap", (-START, -START), (2 * HOUR - 300, 3 * HOUR))
        self.assertEqual(self.read("one", HOUR, a, b)[2:4],
                         [(HOUR - 3000, 0, "partial"), (HOUR, 0, "complete")])

    def test_a_small_telescope_in_files_of_a_minute_has_no_gaps(self):
        """A packet after 10 s and after 110 s, by turns: no file is as long as a silence."""
        seconds = [0]
        while seconds[-1] < HOUR:
            seconds.append(seconds[-1] + 10 + seconds[-1] * 7 % 15 * 10)
        files = [self.file(f"{minute:02}.pcap", *((s, s) for s in seconds if s // 60 == minute))
                 for minute in range(60)]
        self.assertEqual(self.read("spool", 1200, *files)[:2], [(1200, 0, "complete")] * 2)

    def test_a_telescope_with_a_packet_an_hour_has_no_gaps(self):
        """It does where a smaller max-gap is asked for."""
        step = HOUR + 60
        a = self.file("a.pcap", (0, 3 * step), step=step)
        b = self.file("b.pcap", (4 * step, 7 * step), step=step)
        for interval in 600, HOUR, 24 * HOUR:
            rows = self.read(f"s{interval}", interval, a, b)
            self.assertEqual({row[1] for row in rows}, {0})
            self.assertEqual({row[2] for row in rows[1:-1]} - {"complete"}, set())
        rows = self.read("asked", HOUR, a, b, options=["--max-gap", "3600"])
        self.assertEqual({row[0] for row in rows}, {0})


if __name__ == "__main__":
    teiten = os.path.abspath(sys.argv.pop(1))
    unittest.main()
