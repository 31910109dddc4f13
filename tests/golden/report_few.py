#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""What the report and `top-targets` say of a few packets: in the singular where there is one of a kind, and of which version of IP.

    report_few.py TEITEN"""
import json
import pathlib
import subprocess
import sys
import tempfile
import unittest

import snapshots
from packets import DARK, tcp, write

START, DAY = 1767571200, 86400  # 2026-01-05T00:00:00Z
GEO, JAPAN = pathlib.Path("/usr/share/tor/geoip"), "13.78.0.9"
SIX = {"src": "2001:db8:1::1", "dst": "2001:db8::1"}
teiten = ""


def run(*args, ok=(0,)):
    return snapshots.run(teiten, *args, ok=ok)


class Few(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.base = pathlib.Path(directory.name)
        self.spool = self.base / "spool"

    def read(self, packets, monitored=DARK + "/32", day=0, sensor="s", more=(), geo="none"):
        """A snapshot of a day, all of it observed."""
        seconds = (DAY - 1) / (len(packets) - 1)
        write(self.base / "pcap", packets, start=START + day * DAY, seconds=seconds)
        run("read", "--spool", self.spool, "--sensor", sensor, "--interval", DAY, "--monitored", monitored, "--geo", geo, *more, self.base / "pcap")

    def said(self, language="en", period="2026-01-05", options=()):
        found = json.loads(run("report", "--quiet", "--format", "json", "--lang", language, "--period", period, *options, self.spool))
        return "\n".join(e[key] for s in found["sections"] for e in s["elements"] for key in ("text", "item", "warning") if key in e)

    def test_one_of_a_kind(self):
        """One source, one other target, one monitored address."""
        self.read([tcp(23, src="192.0.0.9")] * 2 + [tcp(port) for port in range(100, 110)] * 2, day=-1)
        self.read([tcp(23, src="192.0.0.9")] * 300 + [tcp(445)] * 2, f"{DARK}/31")
        said = self.said()
        for wanted in "It came from 1 address, in the period before from 1.", "s monitored 1 address until 4 January 2026, 2 since 5 January 2026":
            self.assertIn(wanted, said)
        self.assertNotRegex(said, "[^0-9,]1 (addresses|sources|packets|targets|other)")
        self.assertIn("発信元IPアドレス数は1個（前期は1個）である。", self.said("ja"))

    def test_packets_come_and_signatures_detect(self):
        """Of packets, Japanese sentences say アクセス, of detections 検知; tables have the word of published ones."""
        (self.base / "rules").write_text('alert tcp any any -> any 23 (msg:"telnet"; classtype:misc-attack; sid:1;)\n')
        for day, port in (-1, 22), (0, 23):
            self.read([tcp(port)] * 400, day=day, more=("--rules", self.base / "rules"))
        said = self.said("ja")
        self.assertIn("23/TCPは400.00件、全体の100.0%で、2026年1月4日はアクセスがなかった。", said)
        self.assertIn("（前期アクセスなし、今期400.00、＋400.00）", said)
        self.assertIn("（前期400.00、今期アクセスなし、－400.00）", said)
        self.assertIn("23/TCPに対するアクセスは400.00（件/日・IP）で、前期はアクセスがなかったのに対し", said)
        self.assertIn("22/TCPに対するアクセスはなく、前期の400.00（件/日・IP）に対し", said)
        self.assertRegex(said, "不正侵入等の検知件数は、.*件で、2026年1月4日は検知がなかった。")
        text = run("report", "--quiet", "--format", "text", "--lang", "ja", "--period", "2026-01-05", self.spool)
        self.assertRegex(text, r"\n +1 位 +－ +23/TCP +400\.00 [^\n]*\n(.*\n)? +－ +1 位 +22/TCP +検知なし")

    def test_brief_text_has_no_figures(self):
        """Every line of it is one of the whole text, in its order; it is of text alone."""
        for day in range(2):
            self.read([tcp(22)] * 400, day=day)
        options = ("report", "--quiet", "--period", "2026-01-05..2026-01-06")
        whole, brief = (run(*options, *more, self.spool).splitlines() for more in ((), ("--brief",)))
        self.assertEqual([line for line in brief if line.startswith("Figure")], [])
        self.assertGreater(len([line for line in whole if line.startswith("Figure")]), 1)
        self.assertEqual(*([line for line in lines if line.startswith("Table")] for lines in (whole, brief)))
        rest = iter(whole)
        self.assertTrue(all(line in rest for line in brief))
        run(*options, "--brief", "--out", self.base / "out", self.spool)
        self.assertEqual((self.base / "out/report.txt").read_text().splitlines(), brief)
        done = subprocess.run([teiten, *options, "--brief", "--format", "json", self.spool], capture_output=True, text=True)
        self.assertEqual((done.returncode, done.stderr.splitlines()[0]), (2, "teiten report: --brief: it is of text, which --format does not have"))

    def test_no_packets_no_shares(self):
        """The table of a target that is gone has no empty column; its data file has the same columns as others."""
        self.read([tcp(22)] * 400, day=-1)
        self.read([tcp(23)] * 400)
        for language, share, gone in ("en", "Share", "Table 2-2  22/TCP: what changed"), ("ja", "占める割合", "表 2-2"):
            text = run("report", "--quiet", "--format", "text", "--lang", language, "--period", "2026-01-05", self.spool)
            there, table = text.split(gone)[0], text.split(gone)[1].split("\n3 ")[0]
            self.assertIn(share, there)
            self.assertNotIn(share, table)
            self.assertIn({"en": "\nUnit: packets per day and address; of sources, their number\n", "ja": "\n単位：件/日・IP（発信元IPアドレス数は個）\n"}[language], table)
        run("report", "--quiet", "--period", "2026-01-05", "--out", self.base / "out", self.spool)
        heads = {(self.base / "out" / f"notable_{i}_parts.csv").read_text().splitlines()[0] for i in (1, 2)}
        self.assertEqual(len(heads), 1, heads)

    def test_one_other_target(self):
        """Six rose: five are named."""
        self.read([tcp(port) for port in range(100, 106)], day=-1)
        self.read([tcp(port) for port in range(100, 106) for _ in range(port - 90)])
        self.assertIn("The other target: +9.00.", self.said())
        self.assertIn("その他の宛先1個の増減は、+9.00である。".replace("+", "＋"), self.said("ja"))
        self.assertIn("There was 1 source in all;", self.said())

    def test_days_with_as_much_are_counted(self):
        """Of days with the same number as it is shown, the first is named, and how many more there are."""
        for day, packets in enumerate((100, 50, 100, 50, 50)):
            self.read([tcp(445)] * packets, day=day)
        period = "2026-01-05..2026-01-09"
        self.assertIn("445/TCP: the most on 5 January and 1 more day (100.00), the least on 6 January and 2 more days (50.00).", self.said(period=period))
        self.assertIn("445/TCPは、1月5日を含む2日間（100.00件）が最も多く、1月6日を含む3日間（50.00件）が最も少なかった。", self.said("ja", period))

    def test_figures_are_of_the_rows_that_lead(self):
        """The fifth of the table has a figure, and not one with as many packets that was seen before."""
        self.read([tcp(port) for port in (1, 2, 3, 4) for _ in range(50)] + [tcp(200)] * 20)
        self.read([tcp(port) for port in (1, 2, 3, 4) for _ in range(50)] + [tcp(100)] * 20, day=1)
        found = json.loads(run("report", "--quiet", "--format", "json", "--period", "2026-01-05..2026-01-06", self.spool))
        self.assertEqual([row["key"] for row in found["tables"]["targets"]["rows"]][4:], ["100/TCP", "200/TCP"])
        self.assertIn("target_100_tcp_days", found["figures"])
        self.assertNotIn("target_200_tcp_days", found["figures"])

    @unittest.skipUnless(GEO.exists(), f"no {GEO}")
    def test_a_packet_is_no_series(self):
        """What is shown as 0.00 in the period is among the others."""
        for day, port in (0, 300), (1, 100):
            self.read([tcp(445, src=JAPAN)] * 300 + [tcp(port, src=JAPAN)], "192.0.2.0/24", day, geo=GEO)
        found = json.loads(run("report", "--quiet", "--format", "json", "--period", "2026-01-05..2026-01-06", self.spool))
        self.assertEqual([s["id"] for s in found["figures"]["country_jp_days"]["series"]], ["445_tcp", "others"])

    def test_what_changed_by_nothing_to_speak_of_neither_rose_nor_fell(self):
        """Nearly equal days: 4001 of 4000 is +0.0%."""
        self.read([tcp(23)] * 4000 + [tcp(22)] * 4001, day=-1)
        self.read([tcp(23)] * 4001 + [tcp(22)] * 4000)
        self.assertNotRegex(self.said(), "rose most|fell most|The other target")
        self.assertNotRegex(self.said("ja"), "増加が大きい|減少が大きい|その他の宛先")
        self.read([tcp(23)] * 4005 + [tcp(22)] * 4000, day=1)
        said = self.said(period="2026-01-06")
        self.assertIn("What rose most: 23/TCP (+4.00).", said)
        self.assertNotIn("fell most", said)

    def test_what_is_of_unknown_country_neither_rose_nor_fell_by_nothing_to_speak_of(self):
        """8004 of 8001 is +0.0%, though more than what is next to nothing of all."""
        self.read([tcp(23)] * 8001, day=-1)
        self.read([tcp(23)] * 8004)
        self.read([tcp(23)] * 8014, day=1)
        self.assertNotIn("Packets of unknown country", self.said())
        self.assertIn("Packets of unknown country: from 8,004.09 to 8,014.09", self.said(period="2026-01-06"))

    def test_one_source_of_ipv6(self):
        self.read([tcp(23), tcp(23, **SIX), tcp(23)], f"{DARK}/32,2001:db8::/64")
        self.assertIn("divided by nothing: 1 on 5 January 2026, from about 1 source (chapter 5).", self.said())
        self.assertIn("2026年1月5日に約1個の発信元IPアドレスからの1個を計数した", self.said("ja"))

    def test_days_of_utc(self):
        """Where no day of the offset can be told, it is said what to do."""
        for day in range(3):
            self.read([tcp(23)] * 10, day=day)
        options = ("--utc-offset", "+09:00")
        wanted = {"en": "as their snapshots are of days of UTC and reach over midnight of UTC+09:00: 2 of 2. Days of UTC+09:00 are made of snapshots of hours: "
                        "merge with teiten compact --per hour instead",
                  "ja": "UTCの1日単位のスナップショットがUTC+09:00の日をまたぐため、2日中2日は日別の数値がない。UTC+09:00の日別の集計には、1時間単位のスナップショットを要する（teiten compact --per hour による。"}
        for language, words in wanted.items():
            self.assertIn(words, self.said(language, "2026-01-05..2026-01-06", options=options))
            self.assertNotIn("compact", self.said(language, "2026-01-05..2026-01-06"))
        done = subprocess.run([teiten, "report", "--period", "2026-01-06", *options, self.spool], capture_output=True, text=True)
        self.assertEqual(done.returncode, 1)
        self.assertEqual(done.stderr.splitlines()[-1], "teiten report: snapshots of days of UTC have no days of another offset: "
                         "give --utc-offset +00:00, or merge to hours (teiten compact --per hour)")

    def test_days_of_utc_at_half_hours(self):
        """Hours have no whole days of such an offset either: it is said what has."""
        for day in range(4):
            self.read([tcp(23)] * 10, day=day)
        for offset, seconds in ("+05:30", 1800), ("-03:30", 1800), ("+05:45", 900), ("-05:00", None), ("+00:05", 300):
            options = ("--utc-offset", offset)
            length, per = ("hours", "hour") if seconds is None else (f"{seconds} s", seconds)
            self.assertIn(f"snapshots of {length}: merge with teiten compact --per {per} instead", self.said("en", "2026-01-06..2026-01-07", options=options))
            ja = self.said("ja", "2026-01-06..2026-01-07", options=options)
            self.assertIn(f"teiten compact --per {per} による", ja)
            self.assertIn(f"{'1時間' if seconds is None else f'{seconds}秒'}単位のスナップショットを要する", ja)
            done = subprocess.run([teiten, "report", "--period", "2026-01-06", *options, self.spool], capture_output=True, text=True)
            self.assertRegex(done.stderr.splitlines()[-1], f"or merge to {length} .teiten compact --per {per}.$")
            run("compact", "--dry-run", "--per", per, self.spool)

    def test_half_hours_have_whole_days_of_half_hours(self):
        """What it says helps: no time of any day is left out."""
        for day in range(2):
            self.read([tcp(23)] * 48, day=day, more=("--interval", "1800"))
        options = ("--utc-offset", "+05:30")
        self.assertNotIn("midnight", run("report", "--quiet", "--format", "text", "--period", "2026-01-06", *options, self.spool))
        run("compact", "--per", "hour", self.spool)
        self.assertIn("Days of which a part is left out, as snapshots reach over midnight: 1.",
                      run("report", "--quiet", "--format", "text", "--period", "2026-01-06", *options, self.spool))

    def test_time_without_a_link_is_told(self):
        """By the manifest, as teitend writes it; less than a second in a thousand is not worth a note."""
        self.read([tcp(23)] * 4)
        path = next((self.spool / "s").glob("*/*"))
        manifest = json.loads((path / "manifest.json").read_text())
        note = "Ports of the sensors had no link for 3,600 s together"
        for down_us, told in ((3600 * 10**6, True), (80 * 10**6, False)):
            manifest["run"]["ledger"]["link_down_us"] = down_us
            snapshots.put_manifest(path, manifest)
            self.assertEqual(note in self.said(), told)
            self.assertIn(f"  link         down for {down_us // 10**6} s, which counts as observed\n", run("info", self.spool))
            self.assertEqual("3,600秒" in self.said("ja"), told)

    def test_top_targets_says_of_which_version(self):
        """Shares are of all packets, rates of IPv4 alone."""
        self.read([tcp(23)] + [tcp(445, **SIX)] * 3 + [tcp(23)], f"{DARK}/32,2001:db8::/64")
        lines = run("top-targets", self.spool).splitlines()
        self.assertIn("60.00%", next(line for line in lines if "445/TCP" in line))
        self.assertEqual(lines[-1], "packets, share, bytes, sources: of IPv4 and IPv6; packets/day/address: packets of IPv4 by monitored IPv4 addresses")
        self.assertEqual(self.ranked("4"), ["1,23/TCP,2,1.000000,120,,2.000023,2.000023,0,0,0"])
        six = self.ranked("6")
        self.assertEqual(len(six), 1)
        self.assertRegex(six[0], r"^1,445/TCP,3,1\.000000,\d+,,0\.0+,3\.000035,0,0,0$")
        text = run("top-targets", "--ip-version", "6", self.spool)
        self.assertIn(" 3 packets of IPv6, 1 target\n", text)
        self.assertIn("packets/day/sensor", text)
        self.assertRegex(text, "445/TCP +3 100.00% +[0-9]+ +- +3.00\n")
        self.assertTrue(text.endswith("\n-: sources are not told apart by IP version\n"))
        found = json.loads(run("top-targets", "--ip-version", "4", "--format", "jsonl", self.spool))
        self.assertEqual([found[key] for key in ("packets", "bytes", "max_uniq_src_ip", "packets_per_day_address", "packets_per_day_sensor")], [2, 120, None, 2.000023, 2.000023])
        done = subprocess.run([teiten, "top-targets", "--ip-version", "5", self.spool], capture_output=True, text=True)
        self.assertEqual((done.returncode, done.stderr.splitlines()[0]), (2, 'teiten top-targets: --ip-version: "5" is none of 4, 6'))
        self.spool = self.base / "four"
        self.read([tcp(23)] * 2)
        self.assertNotIn("IPv6", run("top-targets", self.spool))
        both = run("top-targets", "--format", "csv", self.spool).splitlines()[1:]
        self.assertEqual(self.ranked("4"), both)
        self.assertEqual(self.ranked("6"), [])

    def test_packets_of_ipv6_are_divided_by_its_addresses(self):
        """Those of IPv4 besides are of another sensor."""
        self.read([tcp(445, **SIX)] * 3, "2001:db8::/127", sensor="t")
        self.assertEqual(self.ranked("6"), run("top-targets", "--format", "csv", self.spool).splitlines()[1:])
        self.read([tcp(23)] * 3, f"{DARK}/32,2001:db8::/127")
        self.assertRegex(self.ranked("6")[0], r"^1,445/TCP,3,1\.000000,\d+,,0\.7500\d\d,1\.5000\d\d,0,0,0$")

    def ranked(self, version):
        return run("top-targets", "--format", "csv", "--ip-version", version, self.spool).splitlines()[1:]


if __name__ == "__main__":
    teiten = sys.argv.pop(1)
    unittest.main()
