#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Twenty days of hours in which the truth is known, one of which has a flood of new sources, so that its snapshot has a sample of
them: chapter 2 of the report, and `teiten watch`, say of other targets how many sources they have, and of which country, exactly
where the flood was not, and elsewhere with an error that is true. What is an estimate is said to be one.

    notable_sampled.py TEITEN"""
import csv
import json
import pathlib
import re
import subprocess
import sys
import tempfile

import snapshots

PROFILE = """
name: sampled
start: 2026-01-05T00:00:00Z
duration: 20d
monitored: 203.0.113.0/26
components:
  - {target: 445/TCP, rate: 40/day/address, sources: 200}
  - {target: 23/TCP, rate: 60/day/address, sources: 40, countries: "BR 1"}
  - {target: 23/TCP, name: rise, rate: 90/day/address, from: 12d, sources: 40, countries: "TR 1"}
  - {target: 6379/TCP, name: flood, packets: 60000, sources: new, from: 322h, to: 323h}
  - {target: 5555/TCP, packets: 9000, sources: 1, from: 318h, to: 326h, countries: "KR 1"}
  - {target: 8291/TCP, packets: 8000, sources: 7, from: 324h, to: 334h, countries: "RU 1"}
"""
COUNTRIES = ("BR", "KR", "RU", "TR")
FLOOD_DAY = "2026-01-18"
RISE_DAY = "2026-01-17"
# The tables are too small for the flood; or they are not, and the snapshot has rows of a sample of the pairs.
LIMITS = ("--pairs", 4096), ("--pair-rows", 2048)


def make_spool(teiten, directory, capture, limit):
    spool = directory / limit[0].strip("-")
    snapshots.run(teiten, "read", "--spool", spool, "--sensor", "n", "--monitored", "203.0.113.0/26", "--interval", 3600, "--geo",
                  directory / "geo", *limit, capture)
    return spool


def make_capture(teiten, directory):
    (directory / "geo").write_text("".join(f"{(20 + i) << 24},{((21 + i) << 24) - 1},{country}\n" for i, country in enumerate(COUNTRIES)))
    (directory / "sampled.yaml").write_text(PROFILE)
    capture = directory / "sampled.pcap"
    snapshots.run(teiten, "synth", "--profile", directory / "sampled.yaml", "--seed", 3, "--geo", directory / "geo", "--out", capture)
    return capture


def report(teiten, spool, language):
    return json.loads(snapshots.run(teiten, "report", "--period", "2026-01-15..2026-01-24", "--format", "json", "--quiet", "--lang",
                                    language, spool))


def said(found, number):
    """What the section with that number, or that begins with this title, says."""
    section = next(s for s in found["sections"] if s["number"] == number or "/" in number and s["title"].startswith(number))
    return section["id"], [e[key] for e in section["elements"] for key in ("text", "item", "warning") if e.get(key)]


def number_of(text):
    return int(text.replace(",", ""))


def sentence(lines, pattern):
    return next((re.search(pattern, line) for line in lines if re.search(pattern, line)), None)


def judge_few(found):
    """One address, and some that are not there in the hour of the flood: exact, whatever the flood has, since `talkers` names them all."""
    for target, count, country in (("5555/TCP", 1, "South Korea"), ("8291/TCP", 7, "Russia")):
        _, lines = said(found, target)
        told = sentence(lines, rf"It came from {count} address(?:es)?, in the period before from none\.")
        if told is None:
            yield f"{target}: {lines}"
        if not sentence(lines, rf"one address \(country: {country}\)") or any("unknown" in line or "No address" in line for line in lines):
            yield f"{target} is not of {country}: {lines}"
        row = next(r for r in found["tables"][said(found, target)[0] + "_parts"]["rows"] if r["part"] == "source addresses")
        if row["now"] != count or row["before"] != 0 or row.get("stderr", -1) != 0 or row.get("stderr_before", -1) != 0:
            yield f"{target}: {row}"


def judge_days(found, rows):
    """40 sources a day, 80 from the rise on: the day of the flood alone is an estimate."""
    figure = found["figures"][said(found, "23/TCP")[0] + "_sources"]
    for row, day, value, error in zip(rows, figure["x"], figure["series"][0]["values"], figure.get("stderr", [0] * 10)):
        truth = 40 if day < RISE_DAY else 80
        if [row["day"], number_of(row["sources"]), number_of(row.get("stderr", "0"))] != [day, value, error]:
            yield f"CSV has {row}, JSON {day} {value} {error}"
        if (error > 0) != (day == FLOOD_DAY) or abs(value - truth) > 4 * error or error > 8:
            yield f"23/TCP on {day}: {value} sources, error {error}, truth {truth}"
    if not any("estimate: 1," in note for note in figure["notes"]):
        yield f"notes of the figure: {figure['notes']}"


def judge_change(lines):
    told = sentence(lines, r"It came from about (\d+) addresses \(standard error (\d+)\), in the period before from 40\.")
    if told is None or abs(int(told[1]) - 80) > 4 * int(told[2]) or int(told[2]) > 8 or int(told[1]) < 80:
        yield f"23/TCP: {lines}"
    if not sentence(lines, r"a day rose on 17 January: its median was 80 from then on, and 40 before"):
        yield f"23/TCP, its days: {lines}"
    if not sentence(lines, r"Days of which the number of source addresses is an estimate: 1, with a standard error of \d at most"):
        yield f"23/TCP, the estimated day is not told: {lines}"


def judge(teiten, spool, directory):
    found = report(teiten, spool, "en")
    snapshots.run(teiten, "report", "--period", "2026-01-15..2026-01-24", "--quiet", "--out", directory / "out", spool)
    with open(directory / "out" / f"{said(found, '23/TCP')[0]}_sources.csv", encoding="utf-8") as file:
        yield from judge_days(found, list(csv.DictReader(file)))
    yield from judge_few(found)
    yield from judge_change(said(found, "23/TCP")[1])
    _, lines = said(found, "6379/TCP")
    # One snapshot has them all: where it has counted them, their number is known.
    told = sentence(lines, r"It came from (about )?([\d,]+) addresses(?: \(standard error ([\d,]+)\))?, in the period before from none")
    if told is None or bool(told[1]) != (spool.name == "pairs") or abs(number_of(told[2]) - 60000) > 4 * number_of(told[3] or "0"):
        yield f"the flood: {lines}"
    for number in ("1", "5"):
        if not sentence(said(found, number)[1], r"numbers of source addresses are estimates for \d of \d targets"):
            yield f"chapter {number} does not tell of estimates: {said(found, number)}"
    japanese = report(teiten, spool, "ja")
    for number, text in ("1", "件の発信元IPアドレス数は、"), ("5", "件の発信元IPアドレス数は、"), ("23/TCP", "発信元IPアドレス数が推定値である日は1日あり"), ("5555/TCP", "韓国"), ("8291/TCP", "7個"):
        if not any(text in line for line in said(japanese, number)[1]):
            yield f"in Japanese, {number}: {said(japanese, number)}"


def judge_watch(teiten, spool):
    done = subprocess.run([str(teiten), "watch", "--once", str(spool)], capture_output=True, text=True, check=True)
    causes = {line["target"]: line["cause"] for line in map(json.loads, done.stdout.splitlines()) if line.get("cause")}
    for target, count, country in (("5555/TCP", 1, "KR"), ("8291/TCP", 7, "RU")):
        cause = causes.get(target)
        if cause is None or cause["sources"]["now"] != count or cause["countries"] != [{"country": country, "share": 1.0}]:
            yield f"watch: {target}: {cause}"
        elif cause.get("one_address", {"country": country})["country"] != country:
            yield f"watch: {target}: {cause['one_address']}"


def judge_ranking(teiten, spool):
    """That sources are estimated is told of targets that a sampled snapshot has, and whose sources `talkers` does not name all."""
    rows = list(csv.DictReader(snapshots.run(teiten, "top-targets", "--format", "csv", spool).splitlines()))
    estimated = {row["target"] for row in rows if row["sources_estimated"] == "1"}
    if estimated != ({"445/TCP", "23/TCP", "6379/TCP"} if spool.name == "pairs" else set()):
        yield f"top-targets: estimated are {sorted(estimated)}"
    text = snapshots.run(teiten, "top-targets", spool).splitlines()
    if spool.name == "pairs" and not (any("8291/TCP" in line and " 7 " in line for line in text) and any("~" in line and "6379/TCP" in line for line in text)):
        yield f"top-targets: {text}"


# A day that is merged, so that its sources are a sample. 23/TCP has no sketch while others have more packets, and one of its few sources
# later on.
MERGED = """
name: merged
start: 2026-01-05T00:00:00Z
duration: 36h
monitored: 203.0.113.0/26
components:
  - {target: 445/TCP, packets: 72000, sources: 3000}
  - {target: 22/TCP, packets: 40000, sources: 2000, from: 24h, to: 29h}
  - {target: 23/TCP, packets: 6000, sources: 1000, from: 24h, to: 28h}
  - {target: 23/TCP, name: few, packets: 9000, sources: 20, from: 30h, to: 32h}
  - {target: 6379/TCP, name: flood, packets: 60000, sources: new, from: 33h, to: 34h}
"""


def judge_merged(teiten, directory):
    """A sketch of a merged snapshot that some of its parts had not is of some packets alone."""
    (directory / "merged.yaml").write_text(MERGED)
    spool, capture = directory / "merged", directory / "merged.pcap"
    snapshots.run(teiten, "synth", "--profile", directory / "merged.yaml", "--seed", 3, "--geo", "none", "--out", capture)
    snapshots.run(teiten, "read", "--spool", spool, "--sensor", "n", "--monitored", "203.0.113.0/26", "--interval", 3600, "--geo", "none",
                  "--sketch-rows", 1200, capture)
    snapshots.run(teiten, "compact", "--per", "day", "--pair-rows", 8000, "--now", "2026-01-08", spool)
    found = json.loads(snapshots.run(teiten, "report", "--period", "2026-01-06", "--format", "json", "--quiet", spool))
    _, lines = said(found, "23/TCP")
    told = sentence(lines, r"It came from about ([\d,]+) addresses \(standard error ([\d,]+)\)")
    if told is None or abs(number_of(told[1]) - 1020) > 4 * number_of(told[2]):
        yield f"23/TCP, of 1020 sources: {lines}"


def main(teiten):
    wrong = []
    with tempfile.TemporaryDirectory() as name:
        directory = pathlib.Path(name)
        capture = make_capture(teiten, directory)
        for limit in LIMITS:
            spool = make_spool(teiten, directory, capture, limit)
            rows = snapshots.run(teiten, "export", "--format", "csv", "--table", "interval", spool)
            sampled = sum(int(row["pair_rows_one_in"]) > 1 for row in csv.DictReader(rows.splitlines()))
            wrong += [f"{limit[0]}: {sampled} sampled snapshots"] if sampled != 1 else []
            wrong += [f"{limit[0]}: {what}" for what in judge(teiten, spool, directory)]
            wrong += [f"{limit[0]}: {what}" for what in judge_watch(teiten, spool)]
            wrong += [f"{limit[0]}: {what}" for what in judge_ranking(teiten, spool)]
        wrong += [f"merged: {what}" for what in judge_merged(teiten, directory)]
    for what in wrong:
        print(what)
    print(f"{len(LIMITS)} spools, {len(wrong)} problems")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
