#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""`teiten report` of a week and the one before, in hours, and once `teiten compact` made days of them: the same to the byte, but for
the number of snapshots and what is said of cycles within a day. Counts are halves of the last place, which go away from zero. Then the
same of a day in which targets, and addresses of one target, have as many packets: chapter 2 has them in the order of the tables.

    report_merged.py TEITEN"""
import csv
import io
import json
import pathlib
import sys
import tempfile

import packets
import snapshots

HOURS, START = 7 * 24, 1_767_571_200  # 2026-01-05T00:00:00Z
ADDRESSES = "192.0.2.0/26,192.0.2.64/28"  # 80: in a week, 14 packets are 0.025 per day and address
# packets by port, in either week, and what is shown of them
PORTS = {8080: (294, 42, 0.53, 0.08, 0.45), 23: (126, 574, 0.23, 1.03, -0.8), 445: (14, 28, 0.03, 0.05, -0.03), 80: (322, 322, 0.58, 0.58, 0)}


def check(what, condition):
    if not condition:
        raise AssertionError(what)


def write_weeks(path):
    """Every hour has a packet at its very beginning, as has the one after the last, so that all of it was observed."""
    hours = [[packets.udp(9, dst="192.0.2.1")] for _ in range(2 * HOURS + 1)]
    for port, (now, before, *_) in PORTS.items():
        for i in range(before):
            hours[i * HOURS // before].append(packets.tcp(port, dst="192.0.2.1"))
        for i in range(now):
            hours[HOURS + i * HOURS // now].append(packets.tcp(port, dst="192.0.2.1"))
    with open(path, "wb") as whole:
        for i, hour in enumerate(hours):
            packets.write(path.with_suffix(".hour"), hour, start=START + i * 3600)
            whole.write(path.with_suffix(".hour").read_bytes()[24 if i else 0:])


def report(teiten, spool, out):
    snapshots.run(teiten, "report", "--period", "2026-W03", "--quiet", "--out", out, spool)
    return {p.name: p.read_text() for p in sorted(out.iterdir()) if p.suffix in (".csv", ".json")}


def without_snapshots(name, text):
    """Rows and columns that tell how many snapshots there were are left out, and the sentences of JSON."""
    if name.endswith(".csv"):
        tables, more = {name: list(csv.DictReader(io.StringIO(text)))}, None
    else:
        found = json.loads(text)
        tables, more = {key: table["rows"] for key, table in found["tables"].items()}, found["figures"]
    return more, {key: [{k: v for k, v in row.items() if k != "snapshots"} for row in rows if row.get("key") != "snapshots"]
                  for key, rows in tables.items()}


def write_ties(path):
    """Seven ports with as many packets, the highest first, and of one more four addresses with as many; each of these has an hour."""
    hours = [[packets.tcp(port, src=f"198.51.100.{i}") for i in range(8)] * 40 for port in range(7007, 7000, -1)]
    hours += [[packets.tcp(9, src=f"198.51.100.{last}")] * 100 for last in range(104, 100, -1)]
    with open(path, "wb") as whole:
        for i, hour in enumerate(hours):
            packets.write(path.with_suffix(".hour"), hour, start=START + i * 3600)
            whole.write(path.with_suffix(".hour").read_bytes()[24 if i else 0:])


def chapter_2(teiten, spool):
    found = json.loads(snapshots.run(teiten, "report", "--period", "2026-01-05", "--quiet", "--format", "json", spool))
    return [(section["title"], [e["text"] for e in section["elements"] if "text" in e]) for section in found["sections"]
            if str(section["number"]).startswith("2")]


def ties(teiten, base):
    capture, spool, countries = base / "ties.pcap", base / "ties", base / "countries.csv"
    write_ties(capture)
    countries.write_text("".join(f"{3325256704 + last},{3325256704 + last},{code}\n" for last, code in ((101, "BR"), (102, "CN"), (103, "JP"), (104, "US"))))
    snapshots.run(teiten, "read", "--spool", spool, "--sensor", "s", "--interval", 3600, "--monitored", "192.0.2.10/32", "--geo", countries, capture)
    hours = chapter_2(teiten, spool)
    titles = [title.split(":")[0] for title, _ in hours[1:]]
    check(f"in order: {titles}", titles == ["9/TCP", *(f"{port}/TCP" for port in range(7001, 7005))])
    said = [sentence[-3:-2] for sentence in hours[1][1] if "address (country" in sentence]
    check(f"in order: {hours[1]}", said == ["l", "a", "n"])  # Brazil, China, Japan
    snapshots.run(teiten, "compact", "--per", "day", spool)
    days = chapter_2(teiten, spool)
    check(f"{hours}\n{days}", [title for title, _ in hours] == [title for title, _ in days])


def main(teiten):
    with tempfile.TemporaryDirectory() as directory:
        ties(teiten, pathlib.Path(directory))
    with tempfile.TemporaryDirectory() as directory:
        base = pathlib.Path(directory)
        capture, spool = base / "weeks.pcap", base / "spool"
        write_weeks(capture)
        snapshots.run(teiten, "read", "--spool", spool, "--sensor", "s", "--interval", 3600, "--monitored", ADDRESSES, capture, ok=(0, 1))
        hours = report(teiten, spool, base / "hours")
        rows = {row["name"]: row for row in json.loads(hours["report.json"])["tables"]["targets"]["rows"]}
        for port, (_, _, *wanted) in PORTS.items():
            row = rows[f"{port}/TCP"]
            check(row, [row["rate"], row["rate_before"], row["change"]] == wanted)
        rates = [s["values"] for name, figure in json.loads(hours["report.json"])["figures"].items() if name.startswith("notable_1") for s in figure["series"]]
        check(f"by day: {rates}", [0.525] * 7 in rates)  # 42 packets a day to 8080/TCP
        snapshots.run(teiten, "compact", "--per", "day", spool)
        days = report(teiten, spool, base / "days")
        check(f"{list(hours)}, {list(days)}", list(hours) == list(days))
        no_cycles = "Cycles of 24 hours are not looked for, as some snapshots are longer than an hour."
        check("what is said of cycles", [no_cycles in found["report.json"] for found in (hours, days)] == [False, True])
        long = "Cycles of 24 hours are not looked for in periods of more than 62 days."
        for end, wanted in ("2026-03-07", False), ("2026-03-08", True):  # 62 and 63 days
            found = snapshots.run(teiten, "report", "--period", f"2026-01-05..{end}", "--format", "json", spool)
            check(f"what is said of cycles until {end}", [long in found, no_cycles in found] == [wanted, not wanted])
        for name, text in hours.items():
            check(f"{name}: {text}\n{days[name]}", without_snapshots(name, text) == without_snapshots(name, days[name]))


if __name__ == "__main__":
    main(sys.argv[1])
