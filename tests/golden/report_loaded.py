#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Table 5-4 of the report: how many signatures were loaded, and which stand for each category, in all formats and both languages; where it
is not known of all of the period, there is no such table. Table 4-3, of which signatures detected most, with numbers worked out by hand; and where table 4-1 shows those of no
category.

    report_loaded.py TEITEN"""
import csv
import io
import json
import pathlib
import sys
import tempfile
import unittest

import snapshots
from packets import udp, write

START = 1767571200  # 2026-01-05T00:00:00Z, where the period begins
HOUR = 3600
teiten = ""


def rule(sid, port, message, category=None):
    metadata = f" metadata:category {category};" if category else ""
    return f'alert udp any any -> any {port} (msg:"{message}";{metadata} sid:{sid}; rev:1;)\n'


# Seven signatures of a category, in no order, and two of one name; a category that has nothing; and what has no category.
SPAM = "".join(rule(sid, port, message, "UDP spam") for sid, port, message in
               ((17, 1017, "never seen"), (11, 1011, "one of few"), (13, 1013, "most"), (12, 1012, "as few"), (14, 1014, "second"),
                (15, 1015, "second"), (16, 1016, "nor this one")))
WORMS = rule(21, 2021, "a worm, of two names", "Worm")
REST = rule(1, 3001, "of no category")
RULES = REST + SPAM + WORMS
# Of the later hour: one more worm, and one that came to be a scan.
LATER = rule(21, 2021, "a worm, of two names", "Scan") + rule(22, 2022, "another worm", "Worm") + REST
SPAM_TEXTS = {"en": "most; second; one of few; as few; nor this one; and 1 more", "ja": "most、second、one of few、as few、nor this one、ほか1種類"}
HEADINGS = {"en": ["Category", "Signatures", "Representative signatures"], "ja": ["分類", "シグネチャ数", "代表的なシグネチャ"]}
OTHERS = {"en": "Others", "ja": "その他"}
SENTENCES = {"en": "{} signatures were loaded.", "ja": "シグネチャは{}種類が登録されている。"}


class Hours(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.base = pathlib.Path(directory.name)
        self.spool = self.base / "spool"

    def read(self, hour, rules, *ports, monitored="192.0.2.0/28"):
        """An hour with packets to these ports, and one to another port at either end; returns its snapshot."""
        packets = [udp(port, b"x") for port in (9, *ports, 9)]
        write(self.base / "pcap", packets, start=START + hour * HOUR, seconds=3599 / (len(packets) - 1))
        if rules != "none":
            (self.base / "rules").write_text(rules)
            rules = self.base / "rules"
        snapshots.run(teiten, "read", "--spool", self.spool, "--sensor", "s", "--interval", HOUR, "--monitored", monitored,
                      "--rules", rules, self.base / "pcap")
        return max(self.spool.glob("s/*/2*"))

    def report(self, language="en", spool=None, ok=(0,), period="2026-01-05"):
        out = self.base / f"out-{language}"
        for path in out.glob("*"):
            path.unlink()
        snapshots.run(teiten, "report", "--quiet", "--period", period, "--lang", language, "--out", out, spool or self.spool, ok=ok)
        found = json.loads((out / "report.json").read_text())
        said = [e["text"] for s in found["sections"] if str(s["number"]) == "5" for e in s["elements"] if "text" in e]
        return found, said, {path.name: path.read_text() for path in out.iterdir()}


class Loaded(Hours):
    def rows(self, *args, **options):
        table = self.report(*args, **options)[0]["tables"]["loaded"]
        return [tuple(row[c] for c in ("category", "signatures", "representative")) for row in table["rows"]]

    def is_not_told(self, spool=None, language="en"):
        found, said, files = self.report(language, spool)
        self.assertNotIn("loaded", found["tables"])
        self.assertNotIn("loaded.csv", files)
        self.assertFalse([text for text in said if "5-4" in text])

    def test_a_row_for_each_category(self):
        """Those with most detections of the period first; what the period before had does not count."""
        self.read(-24, RULES, *[1017] * 9, *[1016] * 9)
        self.read(0, RULES, 3001, 1011, 1012, *[1013] * 3, *[1014] * 2, 1015)
        for language in "en", "ja":
            found, said, files = self.report(language)
            table = found["tables"]["loaded"]
            self.assertEqual(str(table["number"]), "5-4")
            self.assertEqual([c["heading"] for c in table["columns"]], HEADINGS[language])
            wanted = [("UDP spam", 7, SPAM_TEXTS[language]), ("Worm", 1, "a worm, of two names"), (OTHERS[language], 1, "of no category")]
            self.assertEqual(self.rows(language), wanted)
            self.assertTrue([text for text in said if text.startswith(SENTENCES[language].format(9))], said)
            rows = csv.DictReader(io.StringIO(files["loaded.csv"]))
            self.assertEqual([(r["category"], int(r["signatures"]), r["representative"]) for r in rows], wanted)
            for text in files["report.html"], files["report.txt"]:
                self.assertIn("5-4", text)
            for _, _, named in wanted:
                self.assertIn(named, files["report.html"])
                # A line is as long as the terminal is wide: nothing is cut.
                for word in named.split():
                    self.assertIn(word, files["report.txt"].split("5-4 ")[-1])

    def test_all_that_were_loaded_in_some_of_the_period(self):
        """A signature counts once, and in each category that it had."""
        self.read(0, RULES, 2021)
        self.read(1, LATER, 2021, 2022, 2022)
        self.read(2, "none")
        wanted = [("Scan", 1, "a worm, of two names"),
                  ("UDP spam", 7, "one of few; as few; most; second; nor this one; and 1 more"),
                  ("Worm", 2, "another worm; a worm, of two names"), ("Others", 1, "of no category")]
        self.assertEqual(self.rows(), wanted)
        self.assertTrue(self.report()[1][-1].startswith("10 signatures were loaded."), self.report()[1])
        snapshots.run(teiten, "merge", "--spool", self.base / "merged", "--sensor", "all", self.spool)
        self.assertEqual(self.rows(spool=self.base / "merged"), wanted)
        self.assertEqual(self.rows(period="2026-01-05T01:00..2026-01-05T02:00"),
                         [("Scan", 1, "a worm, of two names"), ("Worm", 1, "another worm"), ("Others", 1, "of no category")])

    def test_what_is_damaged_loads_nothing(self):
        """Its rules were read when its targets turn out to be damaged: none of them is left."""
        self.read(0, REST)
        path = self.read(1, LATER)
        data = bytearray((path / "targets.parquet").read_bytes())
        data[len(data) // 3] ^= 1
        (path / "targets.parquet").write_bytes(data)
        self.assertEqual(self.rows(ok=(1,)), [("Others", 1, "of no category")])
        self.assertTrue(self.report(ok=(1,))[1][-1].startswith("1 signature was loaded"))

    def test_what_is_not_told_of_all_of_the_period(self):
        """Schema version 4 has those with matches alone, also in what it was merged to."""
        old = self.read(0, RULES, 2021)
        self.read(1, LATER, 2022)
        snapshots.downgrade(old, 4)
        self.is_not_told()
        self.is_not_told(language="ja")
        snapshots.run(teiten, "merge", "--spool", self.base / "merged", "--sensor", "all", self.spool)
        self.is_not_told(self.base / "merged")

    def test_version_4_without_signatures_loaded_none(self):
        old = self.read(0, "none")
        self.is_not_told()
        self.read(1, REST)
        snapshots.downgrade(old, 4)
        self.assertEqual(self.rows(), [("Others", 1, "of no category")])


# Of an hour of 16 addresses, 2/3 of an address-day: a detection is 1.50. Of equal counts the lower number comes first.
RANKED = (  # rank, rank before, signature, category, count, change in per cent, change, rank of rises and of falls, key, detections, before
    (1, 5, "second", "UDP spam", 7.50, 400.0, 6.00, 1, None, "1:14", 5, 1),
    (2, None, "most", "UDP spam", 4.50, None, 4.50, 2, None, "1:13", 3, 0),
    (3, None, "of no category", "Others", 1.50, None, 1.50, 3, None, "1:1", 1, 0),
    (4, 3, "one of few", "UDP spam", 1.50, -50.0, -1.50, None, 3, "1:11", 1, 2),
    (5, None, "as few", "UDP spam", 1.50, None, 1.50, 4, None, "1:12", 1, 0),
    (6, None, "second", "UDP spam", 1.50, None, 1.50, 5, None, "1:15", 1, 0),
    # Loaded in one of the periods only, as it is another signature in another category: neither a rise nor a fall.
    (7, None, "a worm, of two names", "Scan", 1.50, None, None, None, None, "1:21", 1, 0),
    (None, 1, "never seen", "UDP spam", 0.00, None, -13.50, None, 1, "1:17", 0, 9),
    (None, 2, "nor this one", "UDP spam", 0.00, None, -6.00, None, 2, "1:16", 0, 4),
    (None, 4, "a worm, of two names", "Worm", None, None, None, None, None, "1:21", 0, 2))
COLUMNS = ("rank", "rank_before", "name", "category", "rate", "change_percent", "change", "rise_rank", "fall_rank", "key", "detections", "detections_before")
RANKED_HEADINGS = {"en": ["Rank now", "Rank before", "Signature", "Category", "Count now"], "ja": ["今期順位", "前期順位", "シグネチャ", "攻撃手法", "今期件数"]}
ROSE = {"en": "What rose most: second (+6.00), most (+4.50), of no category (+1.50), as few (+1.50) and second (+1.50).",
        "ja": "増加が大きいものは、second（＋6.00）、most（＋4.50）、of no category（＋1.50）、as few（＋1.50）及びsecond（＋1.50）である。"}


class Ranked(Hours):
    """The greatest first, each with its category; one that changed it has a row for each."""

    def table(self, language="en", **options):
        found, _, files = self.report(language, **options)
        table = found["tables"]["signatures"]
        self.assertEqual(str(table["number"]), "4-3")
        return found, table, files

    def test_ranks(self):
        self.read(-24, RULES, *[1017] * 9, *[1016] * 4, 1014, *[1011] * 2, *[2021] * 2)
        self.read(0, RULES.replace("category Worm", "category Scan"), 3001, 1011, 1012, *[1013] * 3, *[1014] * 5, 1015, 2021)
        for language in "en", "ja":
            found, table, files = self.table(language)
            wanted = [tuple(OTHERS[language] if cell == "Others" else cell for cell in row) for row in RANKED]
            self.assertEqual([tuple(row[c] for c in COLUMNS) for row in table["rows"]], wanted)
            self.assertEqual([c["heading"] for c in table["columns"]][:5], RANKED_HEADINGS[language])
            said = [e["text"] for s in found["sections"] if str(s["number"]) == "4-3" for e in s["elements"] if "text" in e]
            self.assertEqual(said[0], ROSE[language])
            rows = list(csv.DictReader(io.StringIO(files["signatures.csv"])))
            self.assertEqual([(row["key"], row["category"], float(row["rate"]) if row["rate"] else None) for row in rows], [(r[9], r[3], r[4]) for r in wanted])
            text = files["report.txt"].split("4-3 ")[-1].split("5-1")[0]
            page = files["report.html"].split('id="t-signatures"')[1].split("</table>")[0]
            for name in "second", "never seen", "nor this one", "as few":
                self.assertIn(name, page)
                self.assertIn(name, text)
            # The seventh is neither among the first five nor among rises or falls.
            self.assertNotIn("Scan", page + text)

    def test_without_a_message(self):
        """A rule need not have one: its numbers are its name, in tables 4-3 and 5-4 alike."""
        self.read(0, REST.replace('msg:"of no category"; ', "") + rule(2, 3002, ""), 3001, 3001, 3002)
        for language, named in ("en", "1:1; 1:2"), ("ja", "1:1、1:2"):
            found, table, files = self.table(language)
            self.assertEqual([(row["rank"], row["name"], row["key"]) for row in table["rows"]], [(1, "1:1", "1:1"), (2, "1:2", "1:2")])
            self.assertEqual([row["representative"] for row in found["tables"]["loaded"]["rows"]], [named])
            self.assertIn("1:2", files["report.txt"].split("4-3 ")[-1].split("5-1")[0])

    def test_nothing_before(self):
        self.read(0, RULES, 3001, 1011, 1011)
        _, table, _ = self.table()
        self.assertEqual([(row["rank"], row["name"], row["category"], row["rate"]) for row in table["rows"]],
                         [(1, "one of few", "UDP spam", 3.00), (2, "of no category", "Others", 1.50)])
        self.assertNotIn("change", table["rows"][0])


class Named(Hours):
    """Of each category the signature that detected most, and the second where it has a twentieth or more; of equal ones the lower numbers."""

    def said(self, language="en"):
        found, _, _ = self.report(language)
        return [e["item"] for s in found["sections"] if str(s["number"]) == "4-1" for e in s["elements"] if "item" in e]

    def test_one_that_has_nearly_all(self):
        self.read(0, RULES, *[1013] * 39, *[1014] * 2, 2021)
        self.assertEqual(self.said(), ["UDP spam was detected most often by most (95.1%).", "Worm was detected most often by a worm, of two names (100.0%)."])
        self.assertEqual(self.said("ja")[0], "UDP spamの検知件数のうち、most（95.1%）が多い。")

    def test_the_lower_numbers_first(self):
        self.read(0, SPAM.replace(rule(11, 1011, "one of few", "UDP spam"), ""), *[1013] * 3, *[1012] * 2)
        self.read(1, SPAM, 1011)  # loaded half of the time, so that it counts for two
        self.assertEqual(self.said(), ["UDP spam was detected most often by most (42.9%) and one of few (28.6%)."])

    def test_time_without_signatures_has_a_word(self):
        self.read(0, RULES, 1013)
        self.read(1, "none")
        for language, end in ("en", " and none"), ("ja", "及びなし"):
            row, = (row for row in self.report(language)[0]["tables"]["method"]["rows"] if row["key"] == "signatures")
            self.assertTrue(row["now"].endswith(end), row)


SHOWN = {"en": ("–", "Others"), "ja": ("－", "その他")}


class OfNoCategory(Hours):
    """Unranked in table 4-1: on the page where they are all that there is, or where a category that has less, or changed less, would be shown
    before them; in data files always."""

    def others(self, before, now):
        """Of so many detections of no category and of UDP spam, before and now: the row of data files, and whether the page and the text have it."""
        for hour, (others, spam) in ((-24, before), (0, now)):
            self.read(hour, RULES, *[3001] * others, *[1013] * spam)
        for language in "en", "ja":
            found, _, files = self.report(language)
            row, = (row for row in found["tables"]["categories"]["rows"] if row["key"] == "Others")
            data, = (row for row in csv.DictReader(io.StringIO(files["categories.csv"])) if row["key"] == "Others")
            self.assertEqual((float(data["rate"]), data["rank"]), (row["rate"], ""))
            page = files["report.html"].split('id="t-categories"')[1].split("</table>")[0]
            text = files["report.txt"].split(" 4-1  ")[-1]
            text = text[:text.index("Source" if language == "en" else "出典")]
            shown = {f">{OTHERS[language]}<" in page, any(tuple(line.split()[i] for i in (0, 2)) == SHOWN[language] for line in text.split("\n") if len(line.split()) > 3)}
            self.assertEqual(len(shown), 1, page + text)
        return (*(row[c] for c in COLUMNS if c not in ("category", "name", "key")), shown.pop())

    def test_own_rules_without_categories(self):
        self.assertEqual(self.others((3, 0), (7, 0)), (None, None, 10.50, 133.3, 6.00, None, None, 7, 3, True))

    def test_more_than_a_category(self):
        self.assertEqual(self.others((2, 1), (2, 1)), (None, None, 3.00, 0.0, 0.00, None, None, 2, 2, True))

    def test_less_than_the_categories(self):
        self.assertEqual(self.others((1, 2), (1, 2)), (None, None, 1.50, 0.0, 0.00, None, None, 1, 1, False))

    def test_rose_more_than_a_category(self):
        self.assertEqual(self.others((1, 5), (3, 6)), (None, None, 4.50, 200.0, 3.00, None, None, 3, 1, True))

    def test_fell_more_than_a_category(self):
        self.assertEqual(self.others((3, 6), (1, 5)), (None, None, 1.50, -66.7, -3.00, None, None, 1, 3, True))

    def test_fell_less_than_the_categories(self):
        self.assertEqual(self.others((2, 6), (1, 4)), (None, None, 1.50, -50.0, -1.50, None, None, 1, 2, False))


class RoseMost(Hours):
    """The summary names what rose or fell most, unless that is next to nothing."""

    def said_of(self, before, now, monitored="192.0.2.0/28"):
        self.spool = self.base / f"{before}-{now}"
        for hour, n in (-24, before), (0, now):
            self.read(hour, RULES, *[1013] * n, monitored=monitored)
        found = self.report()[0]
        return [e["item"] for s in found["sections"] if str(s["number"]) == "1" for e in s["elements"] if "item" in e and "UDP spam" in e["item"]]

    def test_what_rounding_may_make(self):
        """Of 4096 addresses, for an hour, a detection is 0.00586."""
        self.assertEqual(self.said_of(100, 102, "192.0.0.0/20"), [])
        self.assertEqual(self.said_of(100, 103, "192.0.0.0/20"), ["Detections of UDP spam rose most: from 0.59 to 0.60 (+0.02)."])


class OfNoCategoryInTheSummary(Hours):
    """Said where it has more than a category that is named there."""

    def said_of(self, others, spam, language="en"):
        self.spool = self.base / f"{others}-{spam}-{language}"
        self.read(0, RULES, *[3001] * others, *[1013] * spam)
        return [e["text"] for s in self.report(language)[0]["sections"] if str(s["number"]) == "1" for e in s["elements"] if "text" in e][-1]

    def test_more_than_a_category(self):
        self.assertEqual(self.said_of(3, 1), "Of the detections in a category of their own, most were of UDP spam (1.50); in Others: 4.50 (75.0% of all).")
        self.assertEqual(self.said_of(3, 1, "ja"), "検知件数の最も多い攻撃手法は、その他を除くとUDP spam（1.50）であった。その他は4.50件（全体の75.0%）である。")

    def test_less(self):
        self.assertEqual(self.said_of(1, 2), "Most detections were of UDP spam (3.00).")

    def test_alone(self):
        self.assertEqual(self.said_of(2, 0), "All detections were in Others: 3.00.")
        self.assertEqual(self.said_of(2, 0, "ja"), "検知は全てその他に分類されるもので、3.00件である。")


if __name__ == "__main__":
    teiten = sys.argv.pop(1)
    unittest.main()
