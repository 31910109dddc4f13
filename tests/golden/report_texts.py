#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""What the report says in words, of two months and two sensors in which the truth is known, the second of which begins in the midst.

    report_texts.py TEITEN"""
import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

import snapshots

# Day 31 is 1 February. The second sensor begins on day 45, 15 February.
ALPHA = """
name: alpha
start: 2026-01-01T00:00:00Z
duration: 59d
monitored: 203.0.113.0/28
components:
  - {target: 8080/TCP, rate: 20/day/address, to: 31d, sources: 60, hosts: web}
  - {target: 8080/TCP, name: again, rate: 15/day/address, from: 46d, sources: 60, hosts: web}
  - {target: 445/TCP, rate: 5/day/address, sources: 40, hosts: worms}
  - {target: 445/TCP, name: more, rate: 10/day/address, from: 35d, sources: 40, hosts: worms}
  - {target: 445/TCP, name: most, rate: 15/day/address, from: 50d, sources: 40, hosts: worms}
  - {target: 3389/TCP, rate: 10/day/address, from: 40d, sources: 60, source_port: 6000, countries: "CN 1, US 1, JP 1, KR 1, BR 1, IN 1"}
  - {target: 22/TCP, rate: 6/day/address, to: 31d, sources: 20, countries: CN 1}
""" + "".join(f"  - {{target: 22/TCP, name: of {country}, rate: {rate}/day/address, from: 31d, sources: 20, countries: {country} 1}}\n"
              for country, rate in (("KR", 2.4), ("BR", 2), ("IN", 1.6), ("US", 1), ("JP", 1))) + """
  - {target: TCP, class: tcp-synack, source_port: 80, packets: 300, from: 33d, to: 34d, sources: 1}
  - {target: TCP, class: tcp-synack, name: other, source_port: 443, packets: 200, from: 35d, to: 36d, sources: 1}
"""
BETA = """
name: beta
start: 2026-02-15T00:00:00Z
duration: 14d
monitored: 198.51.100.0/28
components:
  - {target: 445/TCP, rate: 15/day/address, sources: 80, hosts: others}
  - {target: 445/TCP, name: most, rate: 15/day/address, from: 5d, sources: 80, hosts: others}
  - {target: 8080/TCP, rate: 15/day/address, from: 1d, sources: 20}
"""
# As many packets on each of four days.
EVEN = """
name: even
start: 2026-03-01T00:00:00Z
duration: 4d
monitored: 192.0.2.0/28
components:
""" + "".join(f"  - {{target: 23/TCP, name: day {day}, packets: 32, from: {day}d, to: {day + 1}d, sources: 2}}\n" for day in range(4))
# As many packets on two days, but for three.
ALMOST = """
name: almost
start: 2026-03-02T00:00:00Z
duration: 2d
monitored: 192.0.2.128/26
components:
  - {target: 445/TCP, packets: 9000, to: 1d, sources: 2}
  - {target: 445/TCP, name: more, packets: 9003, from: 1d, sources: 2}
"""
# Five addresses that were attacked.
ATTACKED = """
name: attacked
start: 2026-03-04T00:00:00Z
duration: 1d
monitored: 192.0.2.192/28
components:
""" + "".join(f"  - {{target: TCP, class: tcp-synack, name: {n}, source_port: 80, packets: {n}, sources: 1}}\n" for n in (90, 150, 200, 300, 400))
# One packet of thousands is there on the first day alone.
SMALL = """
name: small
start: 2026-03-01T00:00:00Z
duration: 2d
monitored: 192.0.2.0/26
components:
  - {target: 445/TCP, packets: 4000, to: 1d, sources: 2}
  - {target: 445/TCP, name: more, packets: 4400, from: 1d, sources: 2}
  - {target: 80/TCP, packets: 1, to: 1d, sources: 1}
"""
# Most comes from where the table of countries that it is read with knows nothing of, JP.
UNKNOWN = '''
name: unknown
start: 2026-04-01T00:00:00Z
duration: 4d
monitored: 192.0.2.16/28
components:
  - {target: 23/TCP, packets: 640, to: 2d, sources: 4, countries: CN 1}
  - {target: 23/TCP, name: of few, packets: 320, sources: 2, countries: US 1}
  - {target: 445/TCP, packets: 3200, to: 2d, sources: 4, countries: JP 1}
  - {target: 445/TCP, name: more, packets: 6400, from: 2d, sources: 4, countries: JP 1}
  - {target: 23/TCP, name: later, packets: 320, from: 2d, sources: 4, countries: CN 1}
'''
# One packet less in four days.
LESS = '''
name: less
start: 2026-05-21T00:00:00Z
duration: 8d
monitored: 192.0.2.0/26
components:
  - {target: 445/TCP, packets: 26, to: 4d, sources: 2}
  - {target: 445/TCP, name: later, packets: 25, from: 4d, sources: 2}
'''
# Six countries that rose, each by less than the one before it.
RISES = '''
name: rises
start: 2026-06-01T00:00:00Z
duration: 4d
monitored: 192.0.2.80/28
components:
''' + "".join(f"  - {{target: 23/TCP, name: {country} {day}, packets: {640 + day * more}, from: {day}d, to: {day + 2}d, sources: 2, countries: {country} 1}}\n"
              for country, more in (("CN", 320), ("US", 272), ("JP", 224), ("KR", 176), ("BR", 128), ("IN", 80)) for day in (0, 2))
# What comes from JP comes no more.
GONE = '''
name: gone
start: 2026-04-05T00:00:00Z
duration: 4d
monitored: 192.0.2.32/28
components:
  - {target: 445/TCP, packets: 3200, to: 2d, sources: 4, countries: JP 1}
  - {target: 23/TCP, packets: 640, to: 2d, sources: 4, countries: CN 1}
  - {target: 23/TCP, name: later, packets: 320, from: 2d, sources: 4, countries: CN 1}
'''
# Few packets: one more or less of them is a difference that is shown as 0.00, but a twentieth of all.
FEW = '''
name: few
start: 2026-05-01T00:00:00Z
duration: 8d
monitored: 192.0.2.0/26
components:
  - {target: 445/TCP, packets: 26, to: 4d, sources: 2}
  - {target: 445/TCP, name: later, packets: 25, from: 4d, sources: 2}
  - {target: 23/TCP, packets: 10, to: 4d, sources: 2}
  - {target: 23/TCP, name: later, packets: 16, from: 4d, sources: 2}
'''
# More to one and less to the other on the last day alone, of which a table is damaged.
DAMAGED = '''
name: damaged
start: 2026-05-11T00:00:00Z
duration: 4d
monitored: 192.0.2.64/28
components:
  - {target: 23/TCP, packets: 3200, to: 2d, sources: 3}
  - {target: 23/TCP, name: later, packets: 1600, from: 2d, to: 3d, sources: 3}
  - {target: 23/TCP, name: more, packets: 2000, from: 3d, sources: 3}
  - {target: 22/TCP, packets: 3200, to: 2d, sources: 3}
  - {target: 22/TCP, name: later, packets: 1600, from: 2d, to: 3d, sources: 3}
  - {target: 22/TCP, name: less, packets: 1200, from: 3d, sources: 3}
'''
# As many to each address on all days, of one sensor, and of another one that is enlarged in the midst of the second month.
STEADY = """
name: steady
start: 2026-07-01T00:00:00Z
duration: {}
monitored: {}
components:
  - {{target: {}/TCP, rate: 60/day/address, sources: 100}}
"""
COUNTRIES = ("CN", "US", "JP", "KR", "BR", "IN")
failed = 0


def check(what, condition):
    global failed
    if not condition:
        print(what)
        failed += 1


def capture(teiten, directory, sensor, profile, monitored, geo="geo", options=()):
    (directory / f"{sensor}.yaml").write_text(profile)
    snapshots.run(teiten, "synth", "--profile", directory / f"{sensor}.yaml", "--seed", 5, "--geo", directory / "geo", "--out", directory / f"{sensor}.pcap")
    snapshots.run(teiten, "read", "--spool", directory / "spool", "--sensor", sensor, "--monitored", monitored, "--interval", 21600,
                  "--geo", directory / geo, "--pairs", 8192, *options, directory / f"{sensor}.pcap")
    return directory / "spool"


class Report:
    def __init__(self, teiten, spool, language, *options, period="2026-02", ok=(0,)):
        self.found = json.loads(snapshots.run(teiten, "report", "--period", period, "--lang", language, "--format", "json", "--quiet",
                                              *options, spool, ok=ok))

    def said(self, section):
        """The sentences of a section, by the beginning of its title or by its number."""
        return [text for s in self.found["sections"] if str(s["number"]) == section or s["title"].startswith(section)
                for e in s["elements"] for text in (e.get("text"), e.get("item"), e.get("warning")) if text]

    def says(self, section, *sentences):
        said = self.said(section)
        for sentence in sentences:
            check(f"{section} does not say \"{sentence}\": {said}", any(sentence in text for text in said))

    def table(self, number):
        return next(t for t in self.found["tables"].values() if t["number"] == number)


def directions(ja, en):
    """What follows a change says whether it goes on or turns."""
    check("ICMP is explained, of which there is none", not any("8/ICMP" in text for text in en.said("1")))
    ja.says("8080/TCP", "2月1日から減少し、一日・1IPアドレス当たりの件数の中央値は、それまでの20.", "件に対し、その後2月15日までは0.00件であった。",
            "2月16日からは一転して増加し、中央値は0.00件から15.")
    ja.says("445/TCP", "2月5日から増加し", "件に対し、その後2月19日までは15.", "2月20日からはさらに増加し、中央値は15.")
    en.says("8080/TCP", "It fell on 1 February: the median was 0.00 packets per day and monitored address from then to 15 February, and 20.",
            "Then, on 16 February, it rose from 0.00 to 15.")
    en.says("445/TCP", "It rose on 5 February", "packets per day and monitored address from then to 19 February, and 5.",
            "Then, on 20 February, it rose from 15.")
    check("8080/TCP rose further", not any("さらに" in text for text in ja.said("8080/TCP")))


def columns(ja, en):
    """A heading is one thing in all tables: a difference is no percentage."""
    for column, found in (("change", {"増減"}), ("change_percent", {"前期比"})):
        headings = {c["heading"] for t in ja.found["tables"].values() for c in t["columns"] if c["id"] == column}
        check(f"columns {column}: {headings}", headings == found)
    headings = {c["heading"] for t in en.found["tables"].values() for c in t["columns"] if c["id"] == "change"}
    check(f"columns change: {headings}", headings == {"Change"})


def sensors(ja, en, alone):
    """A sensor that came is named, and is no rise of sources; what counts are divided by is no reason for all that changes."""
    en.says("2", "The sensors were not the same all the time: beta observed on 14 of 59 days, 15 February 2026 to 28 February 2026.", "--sensor")
    ja.says("2", "betaは59日中14日、2026年2月15日～2026年2月28日", "--sensor")
    check("one sensor alone changes", not any("not the same" in text for text in alone.said("2")))
    en.says("445/TCP", "was 40 before 15 February and 120 from then on, but the sensors changed at that time (beta came)")
    ja.says("445/TCP", "2月15日の前は40個、以降は120個であるが、この頃に観測センサーが変わっており（betaの観測開始）")
    en.says("8080/TCP", "The sensors changed at that time (beta came), and networks differ in what they get")
    check("a sensor that came later is told", not any("sensors changed" in text for text in alone.said("8080/TCP")))
    check("sources of a new sensor rose", not any("addresses a day rose on 15" in text for text in en.said("445/TCP")))
    alone.says("8080/TCP", "The number of source addresses a day rose on 16 February")
    for report, weak in ((en, "Networks differ in what they get"), (ja, "ネットワークによるアクセスの傾向の違いは除かれない")):
        report.says("5", weak)
        check("counts cannot be bent", not any("do not bend" in text or "影響を受けない" in text for text in report.said("5")))


def read_steady(teiten, directory, spool, sensor, first, days, monitored, port):
    (directory / "steady.yaml").write_text(STEADY.format(days, monitored, port))
    snapshots.run(teiten, "synth", "--profile", directory / "steady.yaml", "--start", f"{first}:00:00Z", "--duration", days, "--out", directory / "steady.pcap")
    snapshots.run(teiten, "read", "--spool", spool, "--sensor", sensor, "--monitored", monitored, "--interval", 21600, "--geo", "none",
                  directory / "steady.pcap")


def resized(teiten, directory, name, at, ends):
    """A sensor that was enlarged is named, and is told where something rises or falls on that day."""
    spool = directory / name
    read_steady(teiten, directory, spool, "a", "2026-07-01T00", "62d", "203.0.113.0/28", 23)
    read_steady(teiten, directory, spool, "b", "2026-07-01T00", ends, "198.51.100.0/29", 3389)
    read_steady(teiten, directory, spool, "b", at, "16d", "198.51.100.0/28", 3389)
    return spool


def sizes(teiten, directory):
    spool = resized(teiten, directory, "resized", "2026-08-16T00", "46d")
    en, ja = (Report(teiten, spool, language, period="2026-08") for language in ("en", "ja"))
    en.says("2", "The sensors did not monitor as many addresses all the time: b monitored 8 addresses until 15 August 2026, 16 since 16 August 2026. Counts are", "--sensor")
    ja.says("2", "監視アドレス数は全期間を通じて同一ではない（bは2026年8月15日まで8アドレス、2026年8月16日から16）。", "--sensor")
    for report, turned in ((en, "The sensors changed at that time (b monitored 16 addresses, and 8 before), and networks differ"),
                           (ja, "この頃に観測センサーが変わっており（bの監視規模が8から16アドレスに変化）")):
        for port in (23, 3389):
            said = report.said(f"{port}/TCP")
            change = next(i for i, text in enumerate(said) if "on 16 August: the median was" in text or "8月16日から" in text)
            check(f"{port}: {said}", said[change + 1].startswith(turned))
    text = snapshots.run(teiten, "report", "--period", "2026-08", "--format", "text", "--quiet", spool)
    check("the text has no note of sizes", "! Note: The sensors did not monitor as many addresses all the time: b" in text)
    check("a sensor of as many addresses is named", not any("a monitored" in text for text in en.said("2")))
    for options, period in ((("--sensor", "a"), "2026-08"), ((), "2026-07-05..2026-07-10"), ((), "2026-08-24..2026-08-26")):
        other = Report(teiten, spool, "en", *options, period=period)
        check(f"{options} {period}: {other.said('2')}", not any("as many addresses" in text for text in other.said("2")))
    turned = Report(teiten, spool, "en", "--against", "2026-08-20..2026-08-25", period="2026-07-20..2026-07-25")
    turned.says("2", "b monitored 8 addresses until 25 July 2026, 16 since 20 August 2026.")
    hourly = Report(teiten, spool, "en", period="2026-08-15..2026-08-18")
    hourly.says("3389/TCP", "It rose at 00:00 on 16 August 2026", "The sensors changed at that time (b monitored 16 addresses, and 8 before)")


def merged_of_several(teiten, directory):
    """Of one sensor, which was merged of two of which one was enlarged, none is left that --sensor could choose."""
    snapshots.run(teiten, "merge", "--spool", directory / "merged", "--sensor", "all", "--per", "day", directory / "resized")
    for language, wanted in (("en", "all monitored 24 addresses until 15 August 2026, 32 since 16 August 2026. Counts are"), ("ja", "監視アドレス数の変化によることがある。")):
        merged = Report(teiten, directory / "merged", language, period="2026-08")
        merged.says("2", wanted)
        check(f"merged: {merged.said('2')}", not any("--sensor" in text for text in merged.said("2")))


def sizes_within_a_day(teiten, directory):
    """Within a day, also where that is one snapshot."""
    spool = resized(teiten, directory, "noon", "2026-08-15T12", "1092h")
    for merged in (False, True):
        if merged:
            snapshots.run(teiten, "compact", "--per", "day", spool)
        en = Report(teiten, spool, "en", period="2026-08")
        en.says("2", "b monitored 8 addresses until 14 August 2026, 8 to 16 until 15 August 2026, 16 since 16 August 2026.")
        en.says("3389/TCP", "The sensors changed at that time (b monitored 16 addresses, and 8 before)")


def outages(teiten, directory):
    """Days on which one of two sensors did not observe are named, and no rise or fall is dated by them."""
    spool = directory / "outages"
    read_steady(teiten, directory, spool, "a", "2026-07-01T00", "35d", "203.0.113.0/28", 23)
    read_steady(teiten, directory, spool, "a", "2026-08-07T00", "13d", "203.0.113.0/28", 23)
    read_steady(teiten, directory, spool, "a", "2026-08-21T00", "11d", "203.0.113.0/28", 445)
    read_steady(teiten, directory, spool, "b", "2026-07-01T00", "62d", "198.51.100.0/29", 3389)
    en, ja = (Report(teiten, spool, language, period="2026-08") for language in ("en", "ja"))
    en.says("2", "all the time: a observed on 59 of 62 days, 1 July 2026 to 31 August 2026 (not on 5 August 2026 to 6 August 2026 and 20 August 2026). Counts")
    ja.says("2", "（aは62日中59日、2026年7月1日～2026年8月31日、うち2026年8月5日～2026年8月6日及び2026年8月20日は観測なし）")
    en.says("23/TCP", "It fell between 20 August and 21 August (not wholly observed in between): the median was 0.00 packets per day and monitored address from then on, and 40.")
    en.says("445/TCP", "It rose between 20 August and 21 August (not wholly observed in between)")
    said = [text for port in (23, 445, 3389) for text in en.said(f"{port}/TCP")]
    check(f"outages: {said}", not any(re.search("sensors changed|Then, |on (5|7|20|21) August|between [0-9]+ August and 7", text) for text in said))
    # Periods that have days in common: a day on which it was out in both is told once.
    for against, period in (("2026-07-20..2026-08-10", "2026-08"), ("2026-07-20..2026-08-20", "2026-08-06..2026-08-31")):
        common = Report(teiten, spool, "en", "--against", against, period=period)
        common.says("2", "(not on 5 August 2026 to 6 August 2026 and 20 August 2026)")
    hourly = Report(teiten, spool, "en", period="2026-08-19..2026-08-22")
    hourly.says("23/TCP", "It fell at 00:00 on 20 August 2026", "The sensors changed at that time (a went)")
    later = Report(teiten, spool, "en", "--against", "2026-08-15..2026-08-25", period="2026-07-25..2026-08-05")
    later.says("2", "a observed on 21 of 23 days, 25 July 2026 to 25 August 2026 (not on 5 August 2026 and 20 August 2026).")
    damaged_days(teiten, directory, spool)
    # For a week and more: it went, and came again.
    for path in spool.glob("a/*/202608*"):
        if "20260807" <= path.name < "20260814":
            shutil.rmtree(path)
    en = Report(teiten, spool, "en", period="2026-08")
    en.says("2", "(not on 5 August 2026 to 13 August 2026 and 20 August 2026)")
    en.says("23/TCP", "It fell on 5 August", "The sensors changed at that time (a went)")


def damaged_days(teiten, directory, spool):
    """A sensor of which all snapshots of a day are damaged was there that day, whichever file is damaged; it did not go, if that is where it ends."""
    copy = directory / "damaged"
    shutil.copytree(spool, copy)
    for day, name in (("16", "targets.parquet"), ("17", "manifest.json"), ("30", "targets.parquet"), ("31", "targets.parquet")):
        for path in (copy / "a" / f"2026-08-{day}").glob(f"*/{name}"):
            path.write_bytes(b"")
    en, ja = (Report(teiten, copy, language, period="2026-08", ok=(1,)) for language in ("en", "ja"))
    en.says("2", "a observed on 55 of 62 days, 1 July 2026 to 29 August 2026 (not on 5 August 2026 to 6 August 2026 and 20 August 2026; "
            "snapshots damaged or unreadable: 16 August 2026 to 17 August 2026 and 30 August 2026 to 31 August 2026). Counts")
    ja.says("2", "aは62日中55日、2026年7月1日～2026年8月29日、うち2026年8月5日～2026年8月6日及び2026年8月20日は観測なし、"
            "2026年8月16日～2026年8月17日及び2026年8月30日～2026年8月31日はスナップショットの破損又は読取不能")
    en.says("3389/TCP", "(snapshots of a damaged or unreadable)")
    for report, wanted in ((en, "Not observed, or of snapshots that are damaged or unreadable: "), (ja, "観測していない時間及び破損等により除いた時間は、")):
        report.says("1", wanted)
    for path in (copy / "a").glob("2026-08-*/*/targets.parquet"):
        path.write_bytes(b"")
    en = Report(teiten, copy, "en", period="2026-08", ok=(1,))
    en.says("1", "Of sensor a, no snapshot of August 2026 is intact and readable, as those of the other period are.")
    check(f"a: {en.said('1')}", not any("a observed nothing" in text for text in en.said("1")))


def many_turned(teiten, directory):
    """Of sensors that changed where something rose, four are named, and how many more there are."""
    spool = directory / "many"
    for i in range(7):
        first, days = ("2026-08-16T00", "16d") if i else ("2026-07-01T00", "62d")
        read_steady(teiten, directory, spool, f"s{i}", first, days, f"203.0.113.{16 * i}/28", 3389 if i else 23)
    for language, wanted in (("en", "(s1 came, s2 came, s3 came, s4 came and 2 more)"),
                             ("ja", "（s1の観測開始、s2の観測開始、s3の観測開始、s4の観測開始及びほか2台）")):
        Report(teiten, spool, language, period="2026-08").says("3389/TCP", wanted)


def sources(ja, en, alone):
    """The line of the source names the sensors, and the time that is shown."""
    parts = "notable_1_parts"
    for report, group, name, source in (
            (en, "tables", "targets", "teiten, sensors alpha and beta, February 2026, compared with January 2026"),
            (en, "tables", parts, "teiten, sensors alpha and beta, February 2026, compared with January 2026 (tables"),
            (en, "figures", "target_445_tcp_days", "teiten, sensors alpha and beta, February 2026"),
            (en, "figures", "target_445_tcp_months", "teiten, sensors alpha and beta, January 2026 to February 2026"),
            (ja, "tables", "targets", "teiten、センサー alpha及びbeta、2026年2月（前期：2026年1月）"),
            (ja, "figures", "target_445_tcp_months", "teiten、センサー alpha及びbeta、2026年1月～2026年2月"),
            (alone, "figures", "target_445_tcp_days", "teiten, sensor alpha, February 2026")):
        found = report.found[group][name]["source"]
        check(f"source of {name}: {found}", found == source or (source.endswith("(tables") and found.startswith(source)))


def number(text):
    return float(text.replace("\u2212", "-"))


def since(ja, en):
    """What is of the time since a change has its date, as there may be several changes."""
    en.says("3389/TCP: new", ", after none in the period before (+", "the period before from none in 31 days", "Since 10 February, by country: ", "Since 10 February, all came from source port 6000.")
    ja.says("3389/TCP", "（件/日・IP）で、前期はアクセスがなかったのに対し＋", "（前期は31日間でなし）", "2月10日以降のアクセスを発信元国・地域別にみると", "2月10日以降のアクセスの全ては、発信元ポート6000")
    headings = {c["heading"] for t in en.found["tables"].values() for c in t["columns"] if c["id"] == "share_since"}
    check(f"shares: {headings}", {f"Share of packets since {day} February" for day in (1, 5, 10)} <= headings)
    headings = {c["heading"] for t in ja.found["tables"].values() for c in t["columns"] if c["id"] == "share_since"}
    check(f"shares: {headings}", {f"2月{day}日以降の件数に占める割合" for day in (1, 5, 10)} <= headings)


def whole(en):
    """The parts of a rise or a fall add up to it."""
    for target in ("3389/TCP", "445/TCP", "8080/TCP"):
        said = en.said(target)
        change = number(re.search(r"\((\S+)\)\.$", said[0])[1])
        parts = re.search(r"The change by country: (.*)\.$", "\n".join(said), re.MULTILINE)[1].split(", ")
        check(f"{target} changed by {change}: {parts}", abs(sum(number(part.split()[-1]) for part in parts) - change) < 0.03)
        check(f"{target}: {parts}", (target != "3389/TCP") or (len(parts) == 4 and parts[-1].startswith("others +")))


def contrary(en):
    """Who went the other way is named where it is as much as others; the table has all that the sentence names."""
    en.says("22/TCP", "The change by country: China −6.00, South Korea +2.40, Brazil +2.00, India +1.60, others +2.00.")
    rows = next(t["rows"] for t in en.found["tables"].values() if t["title"].startswith("22/TCP"))
    rows = {row["key"]: row["change"] for row in rows if row["key"]}
    check(f"rows of 22/TCP: {rows}", rows.get("CN") == -6 and set(rows) >= {"KR", "BR", "IN"} and all(rows.values()))


def explained(ja, en):
    """What a country's rise or fall is made of went the same way."""
    for report in en, ja:
        items = [text for text in report.said("By country") + report.said("発信元国・地域別") if "most of all" in text or "については" in text]
        check(f"no country is explained: {items}", items)
        for text in items:
            signs = re.findall(r"[(（]([+＋\u2212－])", text)
            check(f"{text}: {signs}", len(signs) > 1 and all(s == signs[0] for s in signs))
            check(text, report is en or f"の{'増加' if signs[0] == '＋' else '減少'}が大き" in text)


def units(ja, en):
    """The table of days has counts of three kinds, each with its unit."""
    for report, unit in ((en, "packets per day and address; of detections, detections per day and address"),
                         (ja, "件/日・IP（シグネチャ検知は検知件数/日・IP、発信元IPアドレス数は個）")):
        check(f"unit of days: {report.found['tables']['days']['unit']}", report.found["tables"]["days"]["unit"] == unit)


def greater_first(en):
    """Of each kind, the summary tells the greater of rise and fall first."""
    changes = {}
    for text in en.said("1"):
        parts = re.fullmatch(r"(Packets to|Packets from|Detections of) .* (?:rose|fell) most: .* \((\S+)\)\.", text)
        if parts:
            changes.setdefault(parts[1], []).append(abs(number(parts[2])))
    check(f"the greater first: {changes}", all(own == sorted(own, reverse=True) for own in changes.values()))
    check(f"rises and falls: {changes}", any(len(own) == 2 for own in changes.values()))


def about_as_many(ja, en):
    """A change that rounds to 0.0 % is none to speak of."""
    en.says("1", ", about as many as on 2 March 2026.")
    ja.says("1", "で、2026年3月2日と比較してほぼ横ばいであった。")
    check(f"summary: {en.said('1')}", not any("(0.0%)" in text for text in en.said("1")))


def attacked(ja, en):
    """Of the addresses with backscatter three are shown, and how many more there are is said."""
    en.says("2", "Of the addresses that were attacked, the 3 with most backscatter are shown; others with at least 0.01% of all packets, and at least 100 packets: 1.")
    ja.says("2", "攻撃を受けたIPアドレスについては、跳ね返りパケットの多い3個を示す。このほか1個が、全パケットの")
    for report, name in ((en, "SYN+ACK"), (ja, "SYN/ACK")):
        tables = [t for key, t in report.found["tables"].items() if key.endswith("_answers")]
        check(f"answers: {tables}", len(tables) == 3 and all((r.get("answer"), r["class"]) == (name, "tcp-synack") for t in tables for r in t["rows"]))
        check("readers see ids of classes", name in report.text and "tcp-synack" not in report.text)
    titles = [s["title"] for s in en.found["sections"] if s["title"].startswith("Backscatter")]
    check(f"titles: {titles}", [title[-18:] for title in titles] == [f"no. {n} of the 3 shown)"[-18:] for n in (1, 2, 3)])


def small(en):
    """The summary names no rise and no fall of next to nothing, though there are ranks of them."""
    en.says("1", "Packets to 445/TCP rose most")
    check(f"summary: {en.said('1')}", not any(" 80/TCP" in text for text in en.said("1")))
    rows = {row["key"]: row for row in en.table("3-1")["rows"]}
    check(f"ranks: {rows}", rows["80/TCP"]["fall_rank"] == 1)


def lengths(ja, en):
    """Numbers of sources of 28 and 31 days are no difference."""
    en.says("445/TCP", "It came from 120 addresses in 28 days, in the period before from 40 in 31 days.")
    ja.says("445/TCP", "発信元IPアドレス数は28日間で120個（前期は31日間で40個）である。")
    for report, note in ((en, "of 28 days now and of 31 days in the period before"), (ja, "今期が28日間、前期が31日間")):
        table = next(t for t in report.found["tables"].values() if t["title"].startswith("445/TCP"))
        check(f"sources: {table}", table["rows"][-1]["change"] is None and any(note in text for text in table["notes"]))


def footnotes(*reports):
    """Each footnote of a table has a mark, that of what is not the same length in the cell that is empty for it."""
    for report in reports:
        for name, table in report.found["tables"].items():
            marks = {mark for row in table["rows"] for mark in row.get("notes", {}).values()}
            check(f"notes of {name}: {table['notes']}, marks {marks}", marks == set(range(1, len(table["notes"]) + 1)))
        rows = next(t["rows"] for t in report.found["tables"].values() if t["title"].startswith("3389/TCP"))
        check(f"3389/TCP: {rows}", all(row.get("notes", {}).get("part") == (1 if row["key"] == "6000" else None) for row in rows))
        check(f"3389/TCP: {rows}", rows[-1]["notes"]["change"] == 2)


def titles(ja, en, even):
    """A title says what comes in the end, and no two are the same."""
    for report, wanted in ((en, ("8080/TCP: a fall, then a rise", "445/TCP: a rise", "Backscatter from one address (country: unknown; no. 1 of the 2 shown)")),
                           (ja, ("8080/TCPに対するアクセスの減少とその後の増加", "445/TCPに対するアクセスの増加", "不明の特定の1IPアドレスからの跳ね返りパケット（掲載した2件中2件目）"))):
        found = [s["title"] for s in report.found["sections"] if str(s["number"]).startswith("2-")]
        check(f"titles: {found}", len(set(found)) == len(found) and set(wanted) <= set(found))
    even.says("By target", "23/TCP was steady, at 2.00 every day.")


def articles(ja, en):
    """The names of some countries take an article within a sentence."""
    titles = {f["title"] for f in en.found["figures"].values()}
    check(f"titles: {titles}", any(t.startswith("Packets from the United States") for t in titles) and any(t.startswith("Packets from South Korea, ") for t in titles))
    said = [text for report in (ja, en) for text in report.said("1")]
    check(f"the summary: {said}", any("from China" in text or " the United States (" in text for text in said)
          and not any(" United States" in text.replace("the United States", "") or "the 米国" in text for text in said))


def other_period(ja, en, even):
    """What is compared is the period before only where it is that: a later one is named."""
    en.says("1", "The period compared, February 2026, is the later one: what is said to have risen was more in this period than later, and what")
    ja.says("1", "比較期間（2026年2月）は今期より後であり、「増加」は今期の方が多いこと、「減少」は今期の方が少ないことを示す。")
    check("a period before is called later", not any("the later one" in text for text in even.said("1")))
    en.says("1", "more than in February 2026.", " fewer than in February 2026.")
    en.says("3389/TCP", "3389/TCP: none, against 4.52 (per day and address) in February 2026 (−4.52).", "; in February 2026, 60 did.")
    en.says("5", "than 0.03% of all packets, or detections, in February 2026 were there")
    titles = [[s["title"] for s in report.found["sections"] if s["title"].startswith("3389/TCP")] for report in (ja, en)]
    check(f"titles: {titles}", titles == [["3389/TCPに対するアクセス（比較期間のみ）"], ["3389/TCP: only in the period compared"]])
    ja.says("3389/TCP", "3389/TCPに対するアクセスはなく、2026年2月の4.52（件/日・IP）に対し－4.52であった。", "（2026年2月は60個）")
    for report, words, heading in ((en, ("eriod before", "Rank before", "Count before"), "in the period compared"), (ja, ("前期",), "比較期間")):
        text = json.dumps(report.found, ensure_ascii=False)
        check(f"it has one of {words}", not any(word in text for word in words))
        headings = {c["heading"] for t in report.found["tables"].values() for c in t["columns"]}
        check(f"headings: {headings}", any(h.endswith(heading) or h.startswith(heading) for h in headings))


def unknown(ja, en):
    """No country is said to have most where more is of unknown country, which has a row, and series."""
    en.says("1", "Of the packets whose country is known, most came from China (10.00) and the United States (5.00); of unknown country: 200.03 (93.0% of all).",
            "Packets of unknown country: from 100.00 to 200.03 (+100.03).")
    ja.says("1", "発信元の国・地域が判明しているものでは中国（10.00）及び米国（5.00）の順であった。国・地域が不明のものは200.03件（全体の93.0%）である。",
            "発信元国・地域が不明のもの（前期100.00、今期200.03、＋100.03）。")
    for report, name in ((en, "unknown"), (ja, "不明")):
        rows = {row["key"]: row for row in report.table("3-2")["rows"]}
        check(f"unknown: {rows}", rows["??"]["rank"] is None and rows["??"]["rate"] == 200.03)
        check(f"the text has no row of {name}", re.search(f"^ +[–－] +[–－] +{name} +200.03", report.text, re.MULTILINE))
        series = {f: [s["id"] for s in report.found["figures"][f]["series"]] for f in ("country_shares", "targets_by_country", "target_445_tcp_days")}
        check(f"series: {series}", all("unknown" in ids for ids in series.values()) and "others" not in series["country_shares"])


def unknown_detected(ja, en):
    """So it is with detections."""
    for report, name in ((en, "unknown"), (ja, "不明")):
        rows = {row["key"]: row for row in report.table("4-2")["rows"]}
        check(f"detected: {rows}", rows["??"]["rank"] is None and rows["??"]["detections"] == 6400 and rows["CN"]["rank"] == 1)
        check(f"table 4-2 has no row of {name}", re.search(f"^ +[–－] +[–－] +{name} +200.03", report.text.split("4-2 ")[-1], re.MULTILINE))
        series = {f: [s["id"] for s in report.found["figures"][f]["series"]]
                  for f in ("detected_country_shares", "categories_by_country", "detected_country_days")}
        check(f"series: {series}", all(ids == ["unknown", "cn", "us"] for ids in series.values()))


def unknown_rose(fifth, sixth):
    """Among the five that rose most it has a row; no sentence, where another rose more and it does not lead."""
    for report, there in ((fifth, True), (sixth, False)):
        rows = {row["key"]: row for row in report.table("3-2")["rows"]}
        check(f"rose: {rows}", rows["??"]["rate"] > 20)
        check(f"a row of it: {there}", there == bool(re.search("^ +– +– +unknown +[0-9]", report.text, re.MULTILINE)))
        check(f"{report.said('1')}", not any("unknown" in text for text in report.said("1")))
        ids = [s["id"] for s in report.found["figures"]["target_23_tcp_days"]["series"]]
        check(f"series: {ids}", "unknown" not in ids and ids[-1] == "others")


def unknown_behind(first, second):
    """It is told where it would be among the first, and not where it would be the next."""
    check(f"{second.said('1')}", "Most packets came from Japan (100.01)." in first.said("1"))
    second.says("1", "Of the packets whose country is known, most came from Japan (100.01); of unknown country: 20.00 (16.7% of all).")
    for report, there in ((first, False), (second, True)):
        ids = [s["id"] for s in report.found["figures"]["country_shares"]["series"]]
        check(f"series: {ids}", ("unknown" in ids) == there and ("others" in ids) != there)


def unknown_alone(ja, en):
    """Where no country is known at all, that is said, and is no table."""
    en.says("1", "Of unknown country: 215.03 (100.0% of all).", "Packets of unknown country: from 125.00 to 215.03 (+90.03).")
    ja.says("1", "発信元の国・地域が不明のものは215.03件（全体の100.0%）である。", "発信元国・地域が不明のもの（前期125.00、今期215.03、＋90.03）。")
    for report in (ja, en):
        check("countries", "countries" not in report.found["tables"] and not any("leading" in text for text in report.said("1")))
    en.says("By country of the source", "The country of no source is known")


def unknown_gone(ja, en):
    """What is of unknown country no more has a row, as any country would, and no series; no country fell as much."""
    en.says("1", "Most packets came from China (10.", "Packets from China fell most", "Packets of unknown country: from 100.01 to none (−100.01).")
    ja.says("1", "発信元国・地域が不明のもの（前期100.01、今期アクセスなし、－100.01）。")
    for report in (ja, en):
        rows = {row["key"]: row for row in report.table("3-2")["rows"]}
        check(f"gone: {rows}", rows["??"]["rank"] is None and rows["??"]["fall_rank"] is None and rows["??"]["change"] == -100.01)
        check("the text has no row of it", re.search("^ +[–－] +[–－] +(unknown|不明) +(none|検知なし)", report.text, re.MULTILINE))
        ids = [i for name, figure in report.found["figures"].items() if not name.startswith("notable") for i in (s["id"] for s in figure["series"])]
        check(f"series: {ids}", "unknown" not in ids)


def known_before(report):
    """Where no country is known any more, the countries of the period before are in table 3-2 still."""
    rows = {row["key"]: row for row in report.table("3-2")["rows"]}
    check(f"lost: {rows}", rows["JP"]["rank_before"] == 1 and rows["JP"]["fall_rank"] == 1 and rows["??"]["packets"] == 320)
    check("of no source", not any("no source" in text for text in report.said("By country of the source")))


def next_to_nothing(report):
    """What is shown as ±0.00 is called neither a rise nor a fall."""
    rows = {row["key"]: row for row in report.table("3-1")["rows"]}
    check(f"few: {rows}", rows["445/TCP"]["change"] == 0 and rows["445/TCP"]["packets"] < rows["445/TCP"]["packets_before"])
    titles = [s["title"] for s in report.found["sections"] if str(s["number"]).startswith("2-")]
    check(f"titles: {titles}", [t for t in titles if "rise" in t or "fall" in t] == ["23/TCP: a rise"])


def damaged(whole, found):
    """Without the snapshots that are damaged, 0.1 % of all may not be reached any more: then it is no rise and no fall."""
    titles = [[s["title"] for s in report.found["sections"] if str(s["number"]).startswith("2-")] for report in (whole, found)]
    check(f"titles: {titles}", titles[0] == ["23/TCP: a rise", "22/TCP: a fall"] and not any("rise" in t or "fall" in t for t in titles[1]))


def for_programs(*reports):
    """A series has an id, which is in small letters in all figures."""
    for report in reports:
        ids = {(name, s["id"]) for name, figure in report.found["figures"].items() for s in figure["series"]}
        check(f"ids: {ids}", all(re.fullmatch("[a-z0-9_]+", i) for _, i in ids))
        check(f"ids: {ids}", {i for name, i in ids if re.fullmatch("notable_[0-9]+_countries", name)} > {"others"})


def main(teiten):
    with tempfile.TemporaryDirectory() as name:
        directory = pathlib.Path(name)
        (directory / "geo").write_text("".join(f"{(20 + i) << 24},{((21 + i) << 24) - 1},{country}\n" for i, country in enumerate(COUNTRIES)))
        sizes(teiten, directory)
        merged_of_several(teiten, directory)
        sizes_within_a_day(teiten, directory)
        outages(teiten, directory)
        many_turned(teiten, directory)
        capture(teiten, directory, "alpha", ALPHA, "203.0.113.0/28")
        spool = capture(teiten, directory, "beta", BETA, "198.51.100.0/28")
        capture(teiten, directory, "gamma", EVEN, "192.0.2.0/28")
        even = Report(teiten, spool, "en", "--sensor", "gamma", period="2026-03-02..2026-03-03")
        capture(teiten, directory, "delta", SMALL, "192.0.2.0/26")
        capture(teiten, directory, "epsilon", ALMOST, "192.0.2.128/26")
        almost = [Report(teiten, spool, language, "--sensor", "epsilon", period="2026-03-03") for language in ("ja", "en")]
        capture(teiten, directory, "zeta", ATTACKED, "192.0.2.192/28")
        many = [Report(teiten, spool, language, "--sensor", "zeta", period="2026-03-04") for language in ("ja", "en")]
        one_day = [Report(teiten, spool, language, "--sensor", "gamma,zeta", period="2026-03-03..2026-03-04") for language in ("ja", "en")]
        for report, language in zip(many, ("ja", "en")):
            report.text = snapshots.run(teiten, "report", "--period", "2026-03-04", "--lang", language, "--format", "text", "--quiet", "--sensor", "zeta", spool)
        (directory / "rules").write_text('alert tcp any any -> any any (msg:"any"; metadata:category Scan; sid:1; rev:1;)\n')
        (directory / "few").write_text("".join(line for line in open(directory / "geo") if "JP" not in line))
        capture(teiten, directory, "eta", UNKNOWN, "192.0.2.16/28", "few", ("--rules", directory / "rules"))
        no_country = [Report(teiten, spool, language, "--sensor", "eta", period="2026-04-03..2026-04-04") for language in ("ja", "en")]
        for report, language in zip(no_country, ("ja", "en")):
            report.text = snapshots.run(teiten, "report", "--period", "2026-04-03..2026-04-04", "--lang", language, "--format", "text", "--quiet",
                                        "--sensor", "eta", spool)
        (directory / "none").write_text("1,1,ZZ\n")
        (directory / "one").write_text("".join(line for line in open(directory / "geo") if "JP" in line))
        capture(teiten, directory, "iota", UNKNOWN, "192.0.2.16/28", "none")
        no_one = [Report(teiten, spool, language, "--sensor", "iota", period="2026-04-03..2026-04-04") for language in ("ja", "en")]
        capture(teiten, directory, "kappa", GONE, "192.0.2.32/28", "few")
        gone = [Report(teiten, spool, language, "--sensor", "kappa", period="2026-04-07..2026-04-08") for language in ("ja", "en")]
        for report, language in zip(gone, ("ja", "en")):
            report.text = snapshots.run(teiten, "report", "--period", "2026-04-07..2026-04-08", "--lang", language, "--format", "text", "--quiet",
                                        "--sensor", "kappa", spool)
        capture(teiten, directory, "lambda", GONE, "192.0.2.32/28", "one")
        behind = [Report(teiten, spool, "en", "--sensor", "lambda", "--leading", n, period="2026-04-05..2026-04-06") for n in (1, 2)]
        capture(teiten, directory, "nu", LESS, "192.0.2.0/26", "none")
        less = Report(teiten, spool, "en", "--sensor", "nu", period="2026-05-25..2026-05-28")
        rose = []
        for sensor, country in (("xi", "BR"), ("omicron", "IN")):
            (directory / "but").write_text("".join(line for line in open(directory / "geo") if country not in line))
            capture(teiten, directory, sensor, RISES, "192.0.2.80/28", "but")
            options = ("--sensor", sensor, "--leading", 3)
            rose.append(Report(teiten, spool, "en", *options, period="2026-06-03..2026-06-04"))
            rose[-1].text = snapshots.run(teiten, "report", "--period", "2026-06-03..2026-06-04", "--format", "text", "--quiet", *options, spool)
        lost = Report(teiten, spool, "en", "--sensor", "lambda", period="2026-04-07..2026-04-08")
        capture(teiten, directory, "theta", FEW, "192.0.2.0/26")
        few = Report(teiten, spool, "en", "--sensor", "theta", period="2026-05-05..2026-05-08")
        capture(teiten, directory, "mu", DAMAGED, "192.0.2.64/28")
        undamaged = Report(teiten, spool, "en", "--sensor", "mu", period="2026-05-13..2026-05-14")
        for path in (spool / "mu" / "2026-05-14").glob("*/pairs.parquet"):
            data = bytearray(path.read_bytes())
            data[len(data) // 2] ^= 255
            path.write_bytes(data)
        in_part = Report(teiten, spool, "en", "--sensor", "mu", period="2026-05-13..2026-05-14", ok=(1,))
        of_one = Report(teiten, spool, "en", "--sensor", "delta", period="2026-03-02")
        ja, en = Report(teiten, spool, "ja"), Report(teiten, spool, "en")
        later = [Report(teiten, spool, language, "--against", "2026-02", period="2026-01") for language in ("ja", "en")]
        alone = Report(teiten, spool, "en", "--sensor", "alpha")
        for sensor, error in (("nosuch", 'there is no sensor "nosuch"'), ("gamma", 'no snapshots of the sensor "gamma" in this time')):
            done = subprocess.run([teiten, "report", "--period", "2026-02", "--sensor", sensor, spool], capture_output=True, text=True)
            check(f"--sensor {sensor}: {done.stderr}", done.returncode == 1 and error in done.stderr)
    directions(ja, en)
    columns(ja, en)
    sensors(ja, en, alone)
    one_day[1].says("2", "zeta observed on 1 of 4 days, 4 March 2026 alone.")
    one_day[0].says("2", "（zetaは4日中1日、2026年3月4日のみ）")
    sources(ja, en, alone)
    since(ja, en)
    whole(en)
    contrary(alone)
    explained(ja, en)
    lengths(ja, en)
    footnotes(ja, en)
    small(of_one)
    unknown(*no_country)
    unknown_detected(*no_country)
    unknown_behind(*behind)
    unknown_rose(*rose)
    check(f"a packet less: {less.said('1')}", not any("unknown country: from" in text for text in less.said("1")))
    unknown_alone(*no_one)
    unknown_gone(*gone)
    known_before(lost)
    next_to_nothing(few)
    check("digits", 0.0625 in few.found["figures"]["target_23_tcp_days"]["series"][-1]["values"])
    damaged(undamaged, in_part)
    for_programs(ja, en, *no_country)
    attacked(*many)
    about_as_many(*almost)
    units(ja, en)
    greater_first(en)
    greater_first(later[1])
    articles(ja, en)
    titles(ja, en, even)
    other_period(*later, even)
    print(f"{failed} problems")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
