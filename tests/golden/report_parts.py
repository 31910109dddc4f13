#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Detections of signatures that were loaded for some of the time, at some sensors, or in one of two periods only: each is divided by its own time,
what is said of that, and that nothing fell because nobody looked. All numbers are worked out by hand: an hour of 16 addresses is 2/3 of an
address-day, so that a detection in it is 1.50.

    report_parts.py TEITEN"""
import csv
import io
import json
import pathlib
import sys
import tempfile
import unittest

import snapshots
from packets import udp, write

START = 1767571200  # 2026-01-05T00:00:00Z, the day that is reported on
HOUR = 3600
teiten = ""


def rule(sid, port, message, category):
    return f'alert udp any any -> any {port} (msg:"{message}"; metadata:category {category}; sid:{sid}; rev:1;)\n'


WORM, SECOND, SCAN = rule(1, 1001, "a worm", "Worm"), rule(2, 1002, "second worm", "Worm"), rule(3, 1003, "a scan", "Scan")


class Hours(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.base = pathlib.Path(directory.name)
        self.spool = self.base / "spool"

    def read(self, hour, rules, *ports, sensor="s", monitored="192.0.2.0/28", geo="none"):
        packets = [udp(port, b"x") for port in (9, *ports, 9)]
        write(self.base / "pcap", packets, start=START + hour * HOUR, seconds=3599.999 / (len(packets) - 1))
        (self.base / "rules").write_text(rules)
        snapshots.run(teiten, "read", "--spool", self.spool, "--sensor", sensor, "--interval", HOUR, "--monitored", monitored,
                      "--geo", geo, "--rules", self.base / "rules", self.base / "pcap")

    def report(self, spool=None, language="en", period="2026-01-05"):
        out = self.base / f"out-{language}"
        snapshots.run(teiten, "report", "--quiet", "--period", period, "--lang", language, "--out", out, spool or self.spool)
        self.found = json.loads((out / "report.json").read_text())
        self.files = {path.name: path.read_text() for path in out.glob("*")}
        return self.found

    def said(self, number):
        return [e[key] for s in self.found["sections"] if str(s["number"]) == number for e in s["elements"]
                for key in ("text", "item", "warning") if key in e]

    def cells(self, table, *columns):
        """Of each row, its key and these columns, of JSON, which the CSV has as well."""
        rows = self.found["tables"][table]["rows"]
        data = list(csv.DictReader(io.StringIO(self.files[f"{table}.csv"])))
        for row, text in zip(rows, data, strict=True):
            for column in columns:
                self.assertEqual(text[column], "" if row[column] is None else f"{row[column]:.2f}", (table, column))
        return {row["key"]: row[columns[0]] if len(columns) == 1 else tuple(row[c] for c in columns) for row in rows}

    def rates(self, spool):
        self.report(spool)
        return tuple(self.cells(table, "rate") for table in ("signatures", "categories", "detected_countries"))


class Parts(Hours):
    def one_hour_of_two(self):
        """The second worm and the scan are loaded from the second hour on."""
        self.read(0, WORM, 1001, 1001)
        self.read(1, WORM + SECOND + SCAN, 1001, 1001, 1002, 1002, 1003)

    def test_some_of_the_time(self):
        """Four detections in two hours, and two and one in one; also once hours were merged."""
        self.one_hour_of_two()
        wanted = {"1:1": 3.00, "1:2": 3.00, "1:3": 1.50}, {"Worm": 6.00, "Scan": 1.50}, {"??": 7.50}
        self.assertEqual(self.rates(self.spool), wanted)
        self.assertEqual([text.split(" per ")[0] for text in self.said("1") if text.startswith("Signatures detected")], ["Signatures detected 7.50"])
        snapshots.run(teiten, "compact", "--per", "day", self.spool)
        self.assertEqual(self.rates(self.spool), wanted)

    def test_shares_and_days(self):
        """The figures are of what was detected per day, as tables are: on the second day each was loaded in half of the hours."""
        self.one_hour_of_two()
        self.read(24, WORM, 1001)
        self.read(25, WORM + SCAN, 1001, 1003)
        self.report(period="2026-01-05..2026-01-06")
        figures = {name: list(csv.DictReader(io.StringIO(self.files[f"{name}.csv"]))) for name in ("category_days", "detected_country_days", "category_shares")}
        self.assertEqual([(row["worm"], row["scan"]) for row in figures["category_days"]], [("6.00", "1.50"), ("1.50", "1.50")])
        self.assertEqual([row["unknown"] for row in figures["detected_country_days"]], ["7.50", "3.00"])
        # 6 worms in 4 hours, 2 in one of them, 2 scans in 2: 2.25 + 3.00 and 1.50 of 6.75.
        self.assertEqual([(row["worm"], row["scan"]) for row in figures["category_shares"]], [("77.8", "22.2")])

    def test_what_is_said_of_it(self):
        self.one_hour_of_two()
        for language, summary, chapter in (
                ("en", "5 January 2026: of the signatures that detected something, these were loaded for some of the time, or at some sensors, only: "
                       "Scan (1 of 1) and Worm (1 of 2).",
                 "5 January 2026: loaded for a part of the time in which any signatures were, all sensors taken together: a scan (50.0%) and second worm (50.0%)."),
                ("ja", "2026年1月5日：検知のあったシグネチャのうち、一部の時間又は一部のセンサーのみで用いたものは、Scan（1種類中1種類）及びWorm（2種類中1種類）である。",
                 "2026年1月5日：シグネチャを用いた時間（全センサー）の一部のみで用いたシグネチャは、a scan（50.0%）及びsecond worm（50.0%）である。")):
            self.report(language=language)
            self.assertEqual(len([text for text in self.said("1") if text.startswith(summary)]), 1, self.said("1"))
            self.assertIn(chapter, self.said("4"))

    def test_nothing_is_said_of_what_was_loaded_all_the_time(self):
        """Of one that was not, and detected nothing, neither."""
        self.read(0, WORM, 1001)
        self.read(1, WORM + SCAN, 1001)
        self.report()
        self.assertFalse([text for text in self.said("1") + self.said("4") if "loaded for" in text])

    def test_one_of_two_sensors(self):
        """As many addresses: also once both were merged to one."""
        self.read(0, WORM, 1001, 1001, 1003, sensor="b")
        self.read(0, SCAN, 1001, 1003, sensor="c")
        wanted = {"1:1": 3.00, "1:3": 1.50}, {"Worm": 3.00, "Scan": 1.50}, {"??": 4.50}
        self.assertEqual(self.rates(self.spool), wanted)
        snapshots.run(teiten, "merge", "--spool", self.base / "merged", "--sensor", "all", self.spool)
        self.assertEqual(self.rates(self.base / "merged"), wanted)
        self.assertFalse([text for text in self.said("1") if "too low" in text])

    def test_sensors_of_other_sizes(self):
        """16 and 32 addresses: beside each other, each is divided by its own; of the two as one it is only known that a signature was at no more than
        32 of them, which is said."""
        self.read(0, WORM, 1001, 1001, sensor="b")
        self.read(0, SCAN, 1003, 1003, sensor="c", monitored="192.0.2.0/27")
        self.assertEqual(self.rates(self.spool)[0], {"1:1": 3.00, "1:3": 1.50})
        self.assertFalse([text for text in self.said("1") if "too low" in text])
        snapshots.run(teiten, "merge", "--spool", self.base / "merged", "--sensor", "all", self.spool)
        self.assertEqual(self.rates(self.base / "merged")[0], {"1:1": 1.50, "1:3": 1.50})
        self.assertEqual(len([text for text in self.said("1") if "too low" in text]), 1, self.said("1"))

    def test_revisions_together(self):
        """Of one signature, each for one hour of two."""
        self.read(0, WORM, 1001)
        self.read(1, WORM.replace("rev:1", "rev:2"), 1001)
        self.assertEqual(self.rates(self.spool)[0], {"1:1": 1.50})
        snapshots.run(teiten, "compact", "--per", "day", self.spool)
        self.assertEqual(self.rates(self.spool)[0], {"1:1": 1.50})
        self.assertFalse([text for text in self.said("1") if "loaded for" in text])

    def test_a_category_that_was_not_loaded(self):
        """No fall, and no count: of the country and of all, changes are those of the worm, which both periods had."""
        self.read(-24, WORM + SCAN, 1001, *[1003] * 6)
        self.read(0, WORM, 1001, 1001, 1003)
        columns = "rate", "rate_before", "change"
        self.report()
        self.assertEqual(self.cells("categories", *columns), {"Worm": (3.00, 1.50, 1.50), "Scan": (None, 9.00, None)})
        self.assertEqual(self.cells("signatures", *columns), {"1:1": (3.00, 1.50, 1.50), "1:3": (None, 9.00, None)})
        self.assertEqual(self.cells("detected_countries", *columns), {"??": (3.00, 10.50, 1.50)})
        for language, total, lacks, one in (
                ("en", "Signatures detected 3.00 per day and monitored address. Of these, 3.00 were by signatures that were loaded in both "
                       "periods, 1.50 (100.0%) more than on 4 January 2026.", "No signature of Scan was loaded on 5 January 2026: ",
                 "Some signatures were loaded in one of the two periods only: "),
                ("ja", "2026年1月5日のシグネチャを用いた不正侵入等の検知件数は、一日・1IPアドレス当たり3.00件である。このうち双方の期間で用いたシグネチャによるものは3.00件で、"
                       "2026年1月4日と比較して＋1.50件（＋100.0%）と増加した。", "2026年1月5日はScanのシグネチャを用いていないため、", "一方の期間のみで用いたシグネチャがあるため、")):
            self.report(language=language)
            summary = self.said("1")
            self.assertIn(total, summary)
            for words in lacks, one:
                self.assertEqual(len([text for text in summary if text.startswith(words)]), 1, summary)
            self.assertEqual(len([text for text in self.said("4") if text.startswith(lacks)]), 1, self.said("4"))
            self.assertFalse([text for number in ("4-1", "4-2", "4-3") for text in self.said(number) if "fell" in text or "減少" in text])
            self.assertFalse([text for text in summary if "Scan" in text and ("fell" in text or "減少が" in text)])

    def test_a_category_that_was_not_loaded_before(self):
        self.read(-24, WORM, 1001, 1003)
        self.read(0, WORM + SCAN, 1001, 1003, 1003)
        for language, words, note in (("en", "No signature of Scan was loaded on 4 January 2026: ", "Scan (before not loaded, now 3.00)"),
                                      ("ja", "2026年1月4日はScanのシグネチャを用いていないため、", "Scan（前期シグネチャなし、今期3.00）")):
            self.report(language=language)
            self.assertEqual(self.cells("categories", "rate", "rate_before", "change"), {"Worm": (1.50, 1.50, 0.00), "Scan": (3.00, None, None)})
            self.assertEqual(len([text for text in self.said("1") if text.startswith(words)]), 1, self.said("1"))
            self.assertIn(note, self.files["report.html"])
            self.assertFalse([text for text in self.said("1") if "Scan" in text and ("rose" in text or "増加が" in text)])

    def test_nothing_in_common(self):
        self.read(-24, SCAN, 1003)
        self.read(0, WORM, 1001)
        self.report()
        self.assertIn("Signatures detected 1.50 per day and monitored address.", self.said("1"))
        self.assertEqual(self.cells("detected_countries", "rate", "change"), {"??": (1.50, None)})


class Changed(Hours):
    """Of signatures and databases of countries, each period for itself."""

    RULES = {"en": "the signatures were changed within this time, or are not the same at all sensors", "ja": "期間中又はセンサー間でシグネチャが異なる"}
    GEO = {"en": "the database of countries was changed within this time, or is not the same at all sensors",
           "ja": "期間中又はセンサー間で国・地域のデータベースが異なる"}

    def told(self, words, *periods):
        """Of these periods alone, in the summary of either language, also once hours were merged."""
        for merged in range(2):
            for language, word in words.items():
                self.report(language=language)
                days = {"en": "{} January 2026", "ja": "2026年1月{}日"}[language]
                self.assertEqual([text.startswith(days.format(day)) for day, text in zip(periods, (t for t in self.said("1") if word in t), strict=True)],
                                 [True] * len(periods), self.said("1"))
            if merged == 0:
                snapshots.run(teiten, "compact", "--per", "day", self.spool)

    def test_signatures(self):
        self.read(-24, WORM)
        self.read(0, WORM)
        self.read(1, WORM + SCAN)
        self.told(self.RULES, 5)
        self.told(self.GEO)

    def test_signatures_of_the_period_compared(self):
        self.read(-24, WORM)
        self.read(-23, WORM + SCAN)
        self.read(0, WORM)
        self.told(self.RULES, 4)

    def test_countries(self):
        for hour, country in (-24, "JP"), (0, "JP"), (1, "KR"):
            (self.base / "geo").write_text(f"0,4294967295,{country}\n")
            self.read(hour, WORM, geo=self.base / "geo")
        self.told(self.GEO, 5)
        self.told(self.RULES)

    def test_countries_for_some_of_the_time(self):
        (self.base / "geo").write_text("0,4294967295,JP\n")
        self.read(0, WORM)
        self.read(1, WORM, geo=self.base / "geo")
        self.told(self.GEO, 5)


if __name__ == "__main__":
    teiten = sys.argv.pop(1)
    unittest.main()
