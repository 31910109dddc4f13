#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Twenty days of hours in which the truth is known: chapter 2 of the report says of each notable target what is so, and nothing
else. Numbers of sources are those that the rows of `pairs` give.

    notable.py TEITEN"""
import csv
import io
import json
import pathlib
import re
import sys
import tempfile

import snapshots

PROFILE = """
name: notable
start: 2026-01-05T00:00:00Z
duration: 20d
monitored: 203.0.113.0/26
components:
  - {target: 445/TCP, rate: 20/day/address, sources: 60}
  - {target: 23/TCP, rate: 10/day/address, to: 10d, sources: 20, hosts: bots, daily_amplitude: 0.8, daily_peak: 3}
  - {target: 23/TCP, name: more, rate: 12/day/address, from: 10d, sources: 20, hosts: bots, daily_amplitude: 0.8, daily_peak: 3}
  - {target: 1521/TCP, rate: 0.5/day/address, sources: 5}
  - {target: 1521/TCP, name: rise, rate: 4/day/address, from: 13d, sources: 30, source_port: 6000}
  - {target: 5900/TCP, rate: 3/day/address, to: 10d, sources: 10}
  - {target: 8/ICMP, rate: 10/day/address, sources: 40}
  - {target: 8/ICMP, name: one, rate: 5/day/address, from: 15d, to: 17d, sources: 1}
  - {target: TCP, class: tcp-synack, source_port: 80, packets: 300, from: 12d, to: 14d, sources: 1}
"""
BEFORE, NOW, END = "2026-01-05", "2026-01-15", "2026-01-25"

# Title, and what its sentences are, as patterns; {now} and {before}: numbers of sources.
SECTIONS = [
    ("1521/TCP: a rise", [
        r"1521/TCP: 3\.30 \(per day and address\), after 0\.50 in the period before \(\+2\.80\)\.",
        r"It rose on 18 January: the median was 4\.50 packets per day and monitored address from then on, and 0\.50 before\.",
        r"Since 18 January, by country: unknown 100\.0%\.",
        r"The change by country: unknown \+2\.80\.",
        r"Since 18 January, at least 8[89]\.\d% came from source port 6000\.",
        r"It came from {now} addresses, in the period before from {before}\.",
        r"The number of source addresses a day rose on 18 January: its median was 3\d from then on, and 5 before\.",
        r"8[89]\.\d% of the packets match the fingerprint source-port-6000\."]),
    ("23/TCP: a rise", [
        r"23/TCP: 12\.00 .*, after 10\.00 .* \(\+2\.00\)\.",
        r"By country: unknown 100\.0%\.",
        r"The change by country: unknown \+2\.00\.",
        r"It came from {now} addresses, in the period before from {before}\.",
        r"Accesses from this country follow a cycle of 24 hours:",
        r"unknown: 20 addresses, amplitude (79|80)\.\d% of the mean, peak at about 03:00 \(03:00 UTC\)"]),
    ("8/ICMP: a rise", [
        r"8/ICMP: 11\.00 .*, after 10\.00 .* \(\+1\.00\)\.",
        r"By country: unknown 100\.0%\.",
        r"The change by country: unknown \+1\.00\.",
        r"It came from {now} addresses, in the period before from {before}\.",
        r"From 20 January to 21 January, at least 33\.3% of the accesses came from one address \(country: unknown\)\."]),
    ("5900/TCP: gone", [
        r"5900/TCP: none, after 3\.00 \(per day and address\) in the period before \(−3\.00\)\.",
        r"It fell on 15 January: the median was 0\.00 packets per day and monitored address from then on, and 3\.00 before\.",
        r"The change by country: unknown −3\.00\.",
        r"No address sent any; in the period before, {before} did\."]),
    ("Backscatter from one address (country: unknown)", [
        r"From 17 January to 18 January, 300 packets of backscatter came from one address\. .*"]),
]


def make_spool(teiten, directory):
    (directory / "notable.yaml").write_text(PROFILE)
    snapshots.run(teiten, "synth", "--profile", directory / "notable.yaml", "--seed", 3, "--out",
                  directory / "notable.pcap")
    snapshots.run(teiten, "read", "--spool", directory / "spool", "--sensor", "n", "--monitored",
                  "203.0.113.0/26", "--interval", 3600, "--geo", "none", "--fingerprints",
                  snapshots.ROOT / "rules/fingerprints.yaml", directory / "notable.pcap")
    return directory / "spool"


def sources(teiten, spool, start, end):
    """Distinct addresses of each target."""
    text = snapshots.run(teiten, "export", "--format", "csv", "--table", "pairs", "--from", start,
                         "--to", end, spool)
    found = {}
    for row in csv.DictReader(io.StringIO(text)):
        found.setdefault(f"{row['target']}/{row['protocol']}", set()).add(row["src_ip"])
    return {target: len(addresses) for target, addresses in found.items()}


def chapter(teiten, spool, *options, number="2-"):
    document = json.loads(snapshots.run(teiten, "report", "--period", "2026-01-15..2026-01-24",
                                        "--format", "json", "--quiet", *options, spool))
    return [(section["title"], [element["text"] for element in texts(section)])
            for section in document["sections"] if str(section["number"]).startswith(number)]


def texts(section):
    for element in section["elements"]:
        for key in ("text", "item", "warning"):
            if element.get(key):
                yield {"text": element[key]}


def judge(told, now, before):
    titles = [title for title, _ in told]
    if titles != [title for title, _ in SECTIONS]:
        yield f"sections: {titles}"
        return
    for (title, said), (_, wanted) in zip(told, SECTIONS):
        target = title.split(":")[0]
        numbers = {"now": now.get(target, 0), "before": before.get(target, 0)}
        patterns = [re.sub(r"\{(now|before)\}", lambda m: str(numbers[m[1]]), p) for p in wanted]
        if len(said) != len(patterns):
            yield f"{title}: {said}"
            continue
        for sentence, pattern in zip(said, patterns):
            if not re.fullmatch(pattern, sentence):
                yield f"{title}: \"{sentence}\" is not {pattern}"


def main(teiten):
    with tempfile.TemporaryDirectory() as name:
        directory = pathlib.Path(name)
        spool = make_spool(teiten, directory)
        wrong = list(judge(chapter(teiten, spool), sources(teiten, spool, NOW, END),
                           sources(teiten, spool, BEFORE, NOW)))
        japanese = chapter(teiten, spool, "--lang", "ja")
        if len(japanese) != len(SECTIONS) or "1月18日から増加し" not in japanese[0][1][1]:
            wrong.append(f"in Japanese: {japanese[:1]}")
        for language, icmp in (("en", "8/ICMP is an echo request"), ("ja", "ICMP Echo Requestを「8/ICMP」とする")):
            summary = chapter(teiten, spool, "--lang", language, number="1")
            if not any(icmp in text for text in summary[0][1]):
                wrong.append(f"8/ICMP is not explained: {summary[0]}")
    for what in wrong:
        print(what)
    print(f"{len(SECTIONS)} sections, {len(wrong)} problems")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
