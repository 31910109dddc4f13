#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""What the report says of days, of three weeks in which the truth is known: where the period begins at noon, where days are missing, and
where a day, or a month, was observed in part.

    report_days.py TEITEN"""
import datetime
import json
import os
import pathlib
import re
import shutil
import sys
import tempfile

import snapshots

# Days are those of +09:00; day 0 is 5 January, day 13 is the 18th.
PROFILE = """
name: days
start: 2026-01-04T15:00:00Z
duration: 21d
monitored: 203.0.113.0/28
components:
  - {target: 445/TCP, rate: 60/day/address, sources: 400, hosts: clocks, daily_amplitude: 0.8, daily_peak: 3}
  - {target: 445/TCP, name: more, rate: 12/day/address, from: 13d, sources: 400, hosts: clocks, daily_amplitude: 0.8, daily_peak: 3}
  - {target: 1521/TCP, rate: 4/day/address, sources: 5}
  - {target: 1521/TCP, name: rise, rate: 36/day/address, from: 13d, sources: 30, source_port: 6000}
  - {target: 8/ICMP, rate: 10/day/address, sources: 40}
  - {target: 8/ICMP, name: one, rate: 10/day/address, from: 15d, to: 17d, sources: 1}
  - {target: TCP, class: tcp-synack, source_port: 80, packets: 300, from: 12d, to: 13d, sources: 1}
"""
# A second sensor, from the noon of the 16th; day 3.5 is the 20th.
BETA = """
name: beta
start: 2026-01-16T03:00:00Z
duration: 216h
monitored: 198.51.100.0/28
components:
  - {target: 8/ICMP, rate: 20/day/address, sources: 80}
  - {target: 5900/TCP, rate: 20/day/address, from: 84h, sources: 40}
"""
ZONE = datetime.timezone(datetime.timedelta(hours=9))
NOON = "2026-01-12T12:00..2026-01-24T12:00"
failed = 0


def check(what, condition):
    global failed
    if not condition:
        print(what)
        failed += 1


def read_profile(teiten, spool, sensor, profile, monitored, interval=3600):
    directory = spool.parent
    (directory / "days.yaml").write_text(profile)
    snapshots.run(teiten, "synth", "--profile", directory / "days.yaml", "--seed", 3, "--out", directory / "days.pcap")
    snapshots.run(teiten, "read", "--spool", spool, "--sensor", sensor, "--monitored", monitored, "--interval", interval,
                  "--geo", "none", directory / "days.pcap")


def make_spool(teiten, directory, name="spool", interval=3600, sensor="n"):
    read_profile(teiten, directory / name, sensor, PROFILE, "203.0.113.0/28", interval)
    return directory / name


def without(spool, name, *spans):
    """A copy that lacks the hours of spans, days or times of +09:00. Its files are those of the spool, and not to be written to."""
    copy = spool.parent / name
    shutil.copytree(spool, copy, copy_function=os.link)
    for begin, end in spans:
        begin, end = (datetime.datetime.fromisoformat(f"2026-01-{at}").replace(tzinfo=ZONE) for at in (begin, end))
        for path in copy.glob("*/*/*Z"):
            at = datetime.datetime.strptime(path.name, "%Y%m%dT%H%M%SZ").replace(tzinfo=datetime.timezone.utc)
            if begin <= at < end:
                shutil.rmtree(path)
    return copy


class Report:
    def __init__(self, teiten, spool, period, language="en", against=None, ok=(0,)):
        self.arguments = (teiten, "report", "--period", period, "--utc-offset", "+09:00", "--lang", language, "--quiet",
                          *(("--against", against) if against else ()))
        self.spool = spool
        self.found = json.loads(snapshots.run(*self.arguments, "--format", "json", spool, ok=ok))

    def text(self):
        return snapshots.run(*self.arguments, "--format", "text", self.spool)

    def said(self, section):
        """The sentences of a section, by the beginning of its title or by its number."""
        return [text for s in self.found["sections"] if str(s["number"]) == section or s["title"].startswith(section)
                for e in s["elements"] for text in (e.get("text"), e.get("item"), e.get("warning")) if text]

    def says(self, section, *sentences):
        said = self.said(section)
        for sentence in sentences:
            check(f"{section} does not say \"{sentence}\": {said}", any(sentence in text for text in said))

    def notable(self, target, what):
        section = next(s for s in self.found["sections"] if s["title"].startswith(target) and s["id"].startswith("notable_"))
        return self.found["figures"][f"{section['id']}_{what}"]


def begins_at_noon(teiten, spool):
    """Chapter 2 has the days of the calendar, as the others, of which the first and the last are cut."""
    en, ja = Report(teiten, spool, NOON), Report(teiten, spool, NOON, "ja")
    en.says("1521/TCP: a rise", "It rose on 18 January: the median was 40.", "Since 18 January, at least 90.0% came from source port 6000.",
            "The number of source addresses a day rose on 18 January")
    ja.says("1521/TCP", "1月18日から増加し", "一日当たりの発信元IPアドレス数は1月18日から増加し")
    en.says("8/ICMP", "From 20 January to 21 January, at least 50.0%")
    en.says("Backscatter", "On 17 January, 300 packets of backscatter came from one address.")
    answers = next(t["rows"] for key, t in en.found["tables"].items() if key.endswith("_answers"))
    check(f"answers: {answers}", {(r["first_day"], r["last_day"]) for r in answers} == {("2026-01-17", "2026-01-17")})
    days = [row["day"] for row in en.found["tables"]["days"]["rows"]]
    check(f"days {days}", days == [f"2026-01-{day}" for day in range(12, 25)])
    for name, figure in en.found["figures"].items():
        check(f"{name}: {figure['x']}", figure["axis"] != "day" or figure["x"] == days)
    by_country = en.notable("1521/TCP", "countries")["series"][0]["values"]
    check(f"1521/TCP by day: {by_country}", all(abs(v - (4 if day < 18 else 40)) < 0.5 for day, v in enumerate(by_country, 12)))


def less_than_a_week(teiten, spool):
    """Hours; a day that is cut takes no hours of the others, and a cycle is found in any 24 hours."""
    en = Report(teiten, spool, "2026-01-17T00:00..2026-01-19T12:00")
    en.says("1521/TCP: a rise", "It rose at 00:00 on 18 January 2026:")
    by_country = en.notable("1521/TCP", "countries")["series"][0]["values"]
    check(f"1521/TCP of 60 hours: {by_country}", all(abs(v - of) < 0.5 for v, of in zip(by_country, (4, 40, 40), strict=True)))
    en = Report(teiten, spool, "2026-01-17T12:00..2026-01-18T12:00")
    en.says("1521/TCP: a rise", "It rose at 00:00 on 18 January 2026:")
    en = Report(teiten, spool, "2026-01-14T12:00..2026-01-21T12:00")
    en.says("445/TCP", "peak at about 12:00 (03:00 UTC)")


def longer_snapshots(teiten, directory):
    """Hours in which no snapshot begins were observed all the same; what reaches over midnight is in none."""
    spool = make_spool(teiten, directory, "three", 10800)
    Report(teiten, spool, "2026-01-16T00:00..2026-01-20T12:00").says("1521/TCP: a rise", "It rose at 00:00 on 18 January 2026:")
    gap = without(spool, "three-gap", ("17T21:00", "18T09:00"))
    Report(teiten, gap, "2026-01-16T00:00..2026-01-20T12:00").says(
        "1521/TCP: a rise", "It rose between 21:00 on 17 January 2026 and 09:00 on 18 January 2026 (not observed in between):")
    Report(teiten, make_spool(teiten, directory, "six", 21600), "2026-01-16T00:00..2026-01-20T12:00").says(
        "1521/TCP: a rise", "It rose between 21:00 on 17 January 2026 and 03:00 on 18 January 2026 (not wholly observed in between):")


def over_midnight(teiten, directory):
    """What reaches over midnight is in no day, and not missing: no day has it."""
    for hours in (2, 6):
        spool = make_spool(teiten, directory, f"over-{hours}", hours * 3600)
        report = Report(teiten, spool, "2026-01-12..2026-01-24")
        report.says("1521/TCP: a rise", "It rose on 18 January: the median was 40.", "The number of source addresses a day rose on 18 January")
        report.says("By target", "445/TCP: the most on ")
        own = report.notable("1521/TCP", "sources")
        check(f"{hours} hours: {own}", "observed in part" not in report.text() and any("reach over midnight: 13" in note for note in own["notes"]))
        check(f"{hours} hours, by day: {own['series']}", [n > 10 for n in own["series"][0]["values"]] == 6 * [False] + 7 * [True])
        sources = report.found["figures"].get("sources_days", {"series": []})["series"]
        check(f"{hours} hours, sources: {sources}", all(value is None for s in sources for value in s["values"]))
        days = report.found["tables"]["days"]
        check(f"{hours} hours, days: {days['notes']}", any("reach over midnight: 13" in note for note in days["notes"]))
    outage = Report(teiten, without(spool, "over-out", ("14T09:00", "14T15:00")), "2026-01-12..2026-01-24")
    outage.says("By target", "445/TCP (of the 12 days that were observed whole)")


def rises_in_a_gap(teiten, spool):
    """A change while nothing was observed has no date."""
    spool = without(spool, "gap", ("17", "20"))
    en, ja = Report(teiten, spool, "2026-01-12..2026-01-24"), Report(teiten, spool, "2026-01-12..2026-01-24", "ja")
    en.says("1521/TCP: a rise", "It rose between 17 January and 20 January (not observed in between): the median was 40.",
            "Since 20 January, at least 90.0%",
            "The number of source addresses a day rose between 17 January and 20 January (not observed in between): its median")
    ja.says("1521/TCP", "1月17日から1月20日までの間（途中は未観測）に増加し", "一日当たりの発信元IPアドレス数は1月17日から1月20日までの間（途中は未観測）に増加し")
    en = Report(teiten, spool, "2026-01-16..2026-01-21")
    en.says("1521/TCP: a rise", "It rose between 00:00 on 17 January 2026 and 00:00 on 20 January 2026 (not observed in between):")


def rises_on_a_part(teiten, spool):
    """Of a day that was observed in part, the hours may be those of most packets, or of least."""
    spool = without(spool, "part", ("17T20:00", "18T10:00"))
    en, ja = Report(teiten, spool, "2026-01-12..2026-01-24"), Report(teiten, spool, "2026-01-12..2026-01-24", "ja")
    en.says("1521/TCP: a rise", "It rose between 17 January and 19 January (not wholly observed in between):")
    ja.says("1521/TCP", "1月17日から1月19日までの間（途中に未観測の時間あり）に増加し")


def extremes_are_of_whole_days(teiten, spool):
    """Half of a day of a target with a cycle has most or least of all."""
    night = without(spool, "night", ("14T06:00", "14T18:00"))
    en, ja = Report(teiten, night, "2026-01-12..2026-01-24"), Report(teiten, night, "2026-01-12..2026-01-24", "ja")
    en.says("By target", "445/TCP (of the 12 days that were observed whole): the most on 18 January and 6 more days (72.00), the least on 12 January and 4 more days (60.00).")
    ja.says("宛先ポート別", "445/TCP（終日観測した12日間）は、1月18日を含む7日間（72.00件）が最も多く、1月12日を含む5日間（60.00件）が最も少なかった。")
    check(f"14 January: {en.said('By target')}", not any("14 January" in text for text in en.said("By target")))
    noon = Report(teiten, spool, NOON).said("By target")
    check(f"12 and 24 January: {noon}", any("445/TCP (of the 11 days" in text for text in noon)
          and not any("on 12 January" in text or "on 24 January" in text for text in noon))
    for begin, end, whole in (("13T12:00", "15T12:00", False), ("13", "14", True)):
        said = Report(teiten, spool, f"2026-01-{begin}..2026-01-{end}").said("By target")
        check(f"{begin} to {end}: {said}", any("445/TCP was steady" in text for text in said) == whole
              and any("445/TCP" in text and ("steady" in text or "most on" in text) for text in said) == whole)


def lengths_are_of_the_period(teiten, spool):
    """Of a day that the period has a part of, that part counts; of one on which nothing was observed, nothing."""
    en = Report(teiten, spool, NOON, against="2026-01-05..2026-01-11")
    en.says("1521/TCP: a rise", "It came from 36 addresses in 12 days, in the time from 5 January 2026 to 11 January 2026 from 5 in 7 days.")
    ja = Report(teiten, spool, NOON, "ja", against="2026-01-05..2026-01-11")
    ja.says("1521/TCP", "発信元IPアドレス数は12日間で36個")
    en = Report(teiten, spool, "2026-01-17T12:00..2026-01-18T12:00", against="2026-01-16")
    en.says("1521/TCP: a rise", "It came from 36 addresses, on 16 January 2026 from 5.")
    gap = without(spool, "lengths", ("12", "13"), ("16", "17"))
    en = Report(teiten, gap, NOON, against="2026-01-05..2026-01-11")
    en.says("1521/TCP: a rise", "It came from 36 addresses in 252 hours, in the time from 5 January 2026 to 11 January 2026 from 5 in 7 days.")


def lacks_hours(teiten, spool):
    """Of half a day, what is missing is told, and that it may be why packets are more or fewer; numbers of sources are of that half."""
    half = without(spool, "half", ("18T12:00", "19"))
    lacks = "Less than 95.0% of 18 January 2026 was observed: rises and falls may come from that"
    en, ja = Report(teiten, half, "2026-01-18"), Report(teiten, half, "2026-01-18", "ja")
    en.says("1", "18 January 2026: 50.0% of the sensors' time was observed. Not observed: 18 January 2026, 12:00 to 19 January 2026, 00:00.", lacks)
    en.says("2", lacks)
    ja.says("1", "観測していない時間は、2026年1月18日 12:00～2026年1月19日 00:00である。", "2026年1月18日の観測率は95.0%に満たない。")
    ja.says("2", "2026年1月18日の観測率は95.0%に満たない。")
    en.says("1521/TCP: a rise", " addresses in 12 hours, in the period before from 6 in 1 day.")
    ja.says("1521/TCP", "発信元IPアドレス数は12時間で", "（前期は1日間で6個）")
    table = next(t for t in en.found["tables"].values() if t["title"].startswith("1521/TCP"))
    check(f"sources of half a day: {table}", table["rows"][-1]["change"] is None and any("of 12 hours now and of 1 day" in text for text in table["notes"]))
    Report(teiten, half, "2026-01-19").says("2", lacks)
    whole = Report(teiten, spool, "2026-01-18")
    check(f"whole days: {whole.said('1')}", not any("observed" in text for text in whole.said("1") + whole.said("2")))


def lacks_days(teiten, spool):
    """Of nine hours of ten days it is told as well, not of a week of them."""
    lacks = "Less than 95.0% of 5 January 2026 to 14 January 2026 was observed: rises and falls may come from that"
    hours = without(spool, "hours", ("05T09", "15"))
    en, ja = (Report(teiten, hours, "2026-01-15..2026-01-24", language) for language in ("en", "ja"))
    en.says("1", "5 January 2026 to 14 January 2026: 3.7% of the sensors' time was observed.", lacks)
    en.says("2", lacks)
    for number in "1", "2":
        ja.says(number, "2026年1月5日～2026年1月14日の観測率は95.0%に満たない。観測していない時間は、")
    for name, until, wanted in ("less of a week", "08T09", True), ("most of a week", "08T08", False):
        report = Report(teiten, without(spool, name, ("05", until)), "2026-01-15..2026-01-24")
        check(f"{name}: {report.said('1')}", [any(lacks in text for text in report.said(n)) for n in "12"] == [wanted] * 2)


def missing_days(teiten, spool):
    """The longest times that are missing are named, and how many more there are; of two sensors, whose they are."""
    gaps = without(spool, "missing", ("13T01:00", "13T02:00"), ("15", "16"), ("17", "20"), ("21T01:00", "21T03:00"))
    en, ja = Report(teiten, gaps, "2026-01-12..2026-01-24"), Report(teiten, gaps, "2026-01-12..2026-01-24", "ja")
    en.says("1", "Not observed: 15 January 2026, 17 January 2026 to 19 January 2026, 21 January 2026, 01:00 to 21 January 2026, 03:00 and 1 more.")
    ja.says("1", "観測していない時間は、2026年1月15日、2026年1月17日～2026年1月19日、2026年1月21日 01:00～2026年1月21日 03:00及びほか1件である。")
    check(f"two weeks: {en.said('2')}", not any("95.0%" in text for text in en.said("2")))
    read_profile(teiten, gaps, "b", BETA, "198.51.100.0/28")
    Report(teiten, without(gaps, "missing-both", ("22", "23")), "2026-01-16..2026-01-24").says(
        "1", "16 January 2026, 00:00 to 16 January 2026, 12:00 (sensor b), 17 January 2026 to 19 January 2026 (sensor n), 22 January 2026 and 2 more.")


def sensors_that_came_before_a_gap(teiten, spool):
    """Days that were observed in part lie between the last day without a sensor and the first with it; one without sources was observed too."""
    both = without(spool, "both")
    read_profile(teiten, both, "b", BETA, "198.51.100.0/28")
    both = without(both, "both-part", ("17T03:00", "17T08:00"), ("19T00:00", "19T12:00"))
    en = Report(teiten, both, "2026-01-12..2026-01-24")
    en.says("8/ICMP", " before 18 January and ", "but the sensors changed at that time (b came)")
    en.says("5900/TCP", "The number of source addresses a day rose between 19 January and 20 January (not wholly observed in between)")


def days_beside_a_long_period(teiten, spool):
    """Against so long a period, days are compared, also of less than a week: none that was observed in part, and no time of the clock."""
    part = without(spool, "long", ("18T00:00", "18T12:00"))
    en = Report(teiten, part, "2026-01-17..2026-01-20", against="2025-11-01..2026-01-16")
    en.says("1521/TCP: a rise", "It rose between 18 January and 19 January (not wholly observed in between):")


def days_in_part_are_told(teiten, spool):
    """What was observed of a day is told with its number of sources, which is divided by nothing, and in the table of days."""
    table = Report(teiten, spool, NOON).found["tables"]["days"]
    observed = [row["coverage"] for row in table["rows"]]
    check(f"observed: {observed}", observed == [50] + 11 * [100] + [50])
    notes = [row.get("notes", {}).get("coverage") for row in table["rows"]]
    check(f"notes: {notes} {table['notes']}", notes == [1] + 11 * [None] + [1] and table["notes"] == [
        "The period has only a part of this day; what was observed is given of the whole day."])
    for language, note in (("en", "12 January and 24 January: only a part lies in the period."), ("ja", "1月12日及び1月24日は一部のみが期間に含まれる。")):
        figure = Report(teiten, spool, NOON, language).found["figures"]["sources_days"]
        check(f"cut days: {figure['notes']}", figure["notes"][0] == note and len(figure["notes"]) == 2)
    out = spool.parent / "out"
    spool = without(spool, "sources", ("14T06:00", "14T18:00"), ("16", "17"), ("20T06:00", "20T07:00"))
    told = [100, 100, 50, 100, 0] + 3 * [100] + [95.8] + 4 * [100]
    for language, mark, heading, wanted in (("en", "observed in part", "Observed", (
                                     "Days of which less than 95.0% was observed, and so some sources are not counted: 1 (14 January).", "Days of which nothing was observed: 1 (16 January).")),
                                 ("ja", "一部のみ観測", "観測率", (
                                     "観測率が95.0%未満の日が1日（1月14日）あり、発信元の一部は計数していない。", "観測のない日が1日（1月16日）ある。"))):
        report = Report(teiten, spool, "2026-01-12..2026-01-24", language)
        snapshots.run(*report.arguments, "--out", out, spool)
        page, text = (out / "report.html").read_text(), (out / "report.txt").read_text()
        for name, figure in report.found["figures"].items():
            if not name.endswith("_sources") and name != "sources_days":
                check(f"{name} is of rates", "observed" not in figure)
                continue
            check(f"{name}: {figure['observed']}", figure["observed"] == told)
            check(f"{name}: {figure['notes']}", figure["notes"][:2] == list(wanted))
            head, *rows = (line.split(",") for line in (out / f"{name}.csv").read_text().split())
            check(f"{name}: {head}, {rows}", head[-1] == "observed" and [float(row[-1]) for row in rows] == told)
            svg = re.search(f'<figure id="f-{name}">.*?</figure>', page, re.DOTALL)[0]
            check(f"{name} is not marked", mark in svg and f">{heading}</th>" in svg)
            block = text[text.index(figure["title"], text.index(f"{figure['number']}  ")):]
            check(f"{name} in text: {block[:900]}", re.search(r"^(14 Jan|1/14) +\d+ +50\.0%$", block, re.MULTILINE))
    few = Report(teiten, without(spool, "few", ("12", "13"), ("14", "15")), "2026-01-05..2026-01-24").found["figures"]["sources_days"]["notes"]
    check(f"days without any: {few}", "Days of which nothing was observed: 3 (12 January, 14 January and 16 January)." in few)
    whole = Report(teiten, spool, "2026-01-17..2026-01-19").text()
    check("whole days are marked", "observed in part" not in whole and "less than 95" not in whole)


def a_sensor_comes(teiten, spool):
    """A day is whole by the sensors that it has: one that comes later takes nothing from the days before, but in what was observed of all."""
    late = make_spool(teiten, spool.parent, "late", sensor="m")
    for path in late.glob("m/*/*Z"):
        if path.name < "20260117T15":
            shutil.rmtree(path)
    shutil.copytree(spool / "n", late / "n")
    report = Report(teiten, late, "2026-01-12..2026-01-24")
    told = 6 * [50] + 7 * [100]
    report.says("By target", "445/TCP: the most on ")
    check("days before a sensor are marked", "observed in part" not in report.text() and "less than 95" not in report.text())
    for figure in (report.found["figures"]["sources_days"], report.notable("445/TCP", "sources")):
        check(f"a sensor comes: {figure['observed']}", figure["observed"] == told)
    for path in late.glob("m/*/20260119T0[1-6]*"):
        shutil.rmtree(path)
    figure = Report(teiten, late, "2026-01-12..2026-01-24").found["figures"]["sources_days"]
    check(f"a sensor paused: {figure}", any("was observed, and so some sources are not counted: 1 (19 January)." in note for note in figure["notes"]))


def left_out_of_the_chapter(teiten, spool):
    """What is damaged for chapter 2 alone is missing from its days, and from those of no other."""
    spool = without(spool, "broken")
    for path in (path for day, hours in (("13", "2[1-3]"), ("14", "0[0-8]")) for path in spool.glob(f"n/*/202601{day}T{hours}*/pairs.parquet")):
        data = bytearray(path.read_bytes())
        data[len(data) // 3] ^= 1
        path.unlink()
        path.write_bytes(data)
    report = Report(teiten, spool, "2026-01-12..2026-01-24", ok=(1,))
    own, all_sources = report.notable("1521/TCP", "sources"), report.found["figures"]["sources_days"]
    check(f"left out: {own['observed']}", own["observed"] == 2 * [100] + [50] + 10 * [100])
    check(f"left out: {own['notes']}", any("so some sources are not counted: 1 (14 January)." in note for note in own["notes"]))
    check(f"left out elsewhere: {all_sources['observed']}", all_sources["observed"] == 13 * [100])


# Nine hours of May in +09:00, June, and July; a second sensor in July's first ten days.
MONTHS = """
name: months
start: {}
duration: {}
monitored: {}
components:
  - {{target: 445/TCP, rate: 40/day/address, sources: 40}}
"""


def months_in_part_are_told(teiten, directory):
    """A month of a few hours is no month beside others: its figures shade it, say so, and have how much of it was observed."""
    spool = directory / "months"
    read_profile(teiten, spool, "n", MONTHS.format("2026-05-31T06:00:00Z", "1473h", "203.0.113.0/29"), "203.0.113.0/29")
    notes = {"en": "Months of which less than 95.0% was observed, so that their rates are of that time alone: {}.",
             "ja": "{}は観測率が95.0%未満であり、観測した時間のみの件数を掲載している。"}
    for language, months in (("en", "May 2026"), ("ja", "2026年5月")):
        report = Report(teiten, spool, "2026-07", language)
        figure = report.found["figures"]["target_445_tcp_months"]
        check(f"months: {figure['observed']}", [round(share, 1) for share in figure["observed"]] == [1.2, 100, 100])
        check(f"months: {figure['notes']}", notes[language].format(months) in figure["notes"])
        check(f"days: {report.found['figures']['target_445_tcp_days']}", "observed" not in report.found["figures"]["target_445_tcp_days"])
    text = Report(teiten, spool, "2026-07").text()
    check(f"months: {text}", re.search(r"Month +.* Observed\n.*\nMay 2026 .* 1\.2%\nJun 2026 .* 100\.0%\n", text))
    snapshots.run(teiten, "report", "--period", "2026-07", "--utc-offset", "+09:00", "--quiet", "--out", directory / "pages", spool)
    page = (directory / "pages" / "report.html").read_text()
    lines = (directory / "pages" / "target_445_tcp_months.csv").read_text().split()
    check(f"months: {lines}", lines[0].endswith(",observed") and [line.split(",")[0] for line in lines[1:]] == ["2026-05", "2026-06", "2026-07"]
          and round(float(lines[1].split(",")[-1]), 1) == 1.2)
    check("months: no shade", page.count(">observed in part<") > 0)
    figure = Report(teiten, spool, "2026-06").found["figures"]["target_445_tcp_months"]
    check(f"months: {figure['notes']}", notes["en"].format("May 2026") in figure["notes"] and len(figure["observed"]) == 2)
    for period, language, name, before in (
            ("2026-06..2026-07", "en", "June 2026 to July 2026", "in the time from April 2026 to May 2026"),
            ("2026-06..2026-07", "ja", "2026年6月～2026年7月", "2026年4月～2026年5月"),
            ("2026-Q3", "en", "quarter 3 of 2026 (July 2026 to September 2026)", "in quarter 2 of 2026 (April 2026 to June 2026)"),
            ("2026-Q3", "ja", "2026年第3四半期（2026年7月～2026年9月）", "2026年第2四半期（2026年4月～2026年6月）"),
            ("2026", "en", "2026", "in 2025"), ("2026", "ja", "2026年", "2025年")):
        lines = Report(teiten, spool, period, language).text().splitlines()
        check(f"{period}: {lines[:3]}", lines[1] == name)
        text = (" " if language == "en" else "").join(line.strip() for line in lines)
        check(f"{period}: no {before}", before in text)
    read_profile(teiten, spool, "b", MONTHS.format("2026-06-30T15:00:00Z", "10d", "198.51.100.0/29"), "198.51.100.0/29")
    figure = Report(teiten, spool, "2026-07").found["figures"]["target_445_tcp_months"]
    check(f"months: {figure['observed']}", [round(share) for share in figure["observed"]] == [1, 100, 66])
    check(f"months: {figure['notes']}", notes["en"].format("May 2026 and July 2026") in figure["notes"])


def main(teiten):
    with tempfile.TemporaryDirectory() as name:
        spool = make_spool(teiten, pathlib.Path(name))
        begins_at_noon(teiten, spool)
        less_than_a_week(teiten, spool)
        lacks_hours(teiten, spool)
        lacks_days(teiten, spool)
        missing_days(teiten, spool)
        longer_snapshots(teiten, spool.parent)
        over_midnight(teiten, spool.parent)
        rises_in_a_gap(teiten, spool)
        rises_on_a_part(teiten, spool)
        extremes_are_of_whole_days(teiten, spool)
        lengths_are_of_the_period(teiten, spool)
        sensors_that_came_before_a_gap(teiten, spool)
        days_beside_a_long_period(teiten, spool)
        days_in_part_are_told(teiten, spool)
        a_sensor_comes(teiten, spool)
        left_out_of_the_chapter(teiten, spool)
        months_in_part_are_told(teiten, spool.parent)
    print(f"{failed} problems")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
