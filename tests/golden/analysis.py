#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""The recipes of docs/analysis.md for one engine, run word by word over a spool as the page describes it:
two sensors, days of two months, one capture cut short, one that is monitored in part, one sensor
without signatures beside them, and an unfinished snapshot. Their answers are those of `teiten top-targets`, `teiten uniques`, and plain sums
over `teiten export`. Skipped where the engine is not installed.

    analysis.py ENGINE TEITEN     of duckdb, clickhouse, polars"""
import collections
import datetime
import fractions
import json
import math
import pathlib
import re
import shutil
import sys
import tempfile

import engines
import snapshots

PAGE = snapshots.ROOT / "docs/analysis.md"
NOW, BEFORE = "2026-11-22", "2026-11-21"
BOTH = "203.0.113.0/24,198.51.100.0/24"
# sensor, day, seed, packets, monitored; kyoto has no signatures
CAPTURES = (("tokyo", BEFORE, 1, 12000, BOTH), ("tokyo", NOW, 2, 9000, BOTH),
            ("osaka", NOW, 3, 8000, "203.0.113.0/24"), ("osaka", "2026-12-01", 4, 4000, BOTH),
            ("kyoto", NOW, 5, 12000, BOTH))


class Spool:
    """What `teiten` says of the spool, as the recipes name it."""

    def __init__(self, teiten, path):
        self.teiten, self.path = teiten, path

    def run(self, *args):
        return snapshots.run(self.teiten, *args, self.path)

    def rows(self, table, day=""):
        """Rows of intervals whose start begins with this text."""
        return [row for row in snapshots.export(self.teiten, self.path, table)
                if row["interval_start"].startswith(day)]

    def sums(self, table, day, *keys, where=lambda row: True):
        """{key: packets} of a day."""
        found = collections.Counter()
        for row in filter(where, self.rows(table, day)):
            found[tuple(row[key] for key in keys)] += int(row["packets"])
        return found

    def address_days(self, day, where=lambda row: True):
        return sum(fractions.Fraction(int(row["observed_us"]) * int(row["monitored_addresses"]), 86400 * 10**6)
                   for row in filter(where, self.rows("interval", day)))


def make_spool(teiten, directory):
    spool = pathlib.Path(directory) / "spool"
    for sensor, day, seed, packets, monitored in CAPTURES:
        made = pathlib.Path(directory) / "made.pcap"
        snapshots.run(teiten, "synth", "--profile", snapshots.ROOT / "profiles/demo.yaml", "--seed", seed,
                      "--packets", packets, "--start", f"{day}T00:00:00Z", "--geo", "/usr/share/tor/geoip",
                      "--out", made)
        if seed == 1:
            made.write_bytes(made.read_bytes()[:-10])
        snapshots.run(teiten, "read", "--spool", spool, "--sensor", sensor, "--interval", 60,
                      "--pairs", 1024 if sensor == "kyoto" else 8192, "--pair-rows", 1024 if seed == 2 else 100000, "--rules", "none" if sensor == "kyoto" else snapshots.RULES,
                      "--signature-hits", 256 if seed == 2 else 65536, "--geo", "/usr/share/tor/geoip", "--monitored", monitored, made, ok=(0, 1))
    last = sorted(spool.glob(f"tokyo/{NOW}/2*Z"))[-1]
    shutil.copytree(last, last.with_name(".tmp-" + last.name))
    return Spool(teiten, spool)


def make_overlap(teiten, directory):
    """Three minutes as one snapshot, the second of them once more, and those after: nothing is missing."""
    spool, coarse = (pathlib.Path(directory) / name for name in ("spool", "coarse"))
    made = pathlib.Path(directory) / "made.pcap"
    snapshots.run(teiten, "synth", "--profile", snapshots.ROOT / "profiles/demo.yaml", "--packets", 3000,
                  "--start", f"{NOW}T00:00:00Z", "--out", made)
    for path, seconds in ((spool, 60), (coarse, 180)):
        snapshots.run(teiten, "read", "--spool", path, "--sensor", "osaka", "--interval", seconds, "--pairs", 8192,
                      "--monitored", BOTH, "--geo=none", "--asn=none", made)
    fine, wide = sorted(spool.glob(f"osaka/{NOW}/2*Z")), sorted(coarse.glob(f"osaka/{NOW}/2*Z"))
    for part in (fine[0], fine[2]):
        shutil.rmtree(part)
    wide[0].rename(fine[0])
    return Spool(teiten, spool)


def recipes(engine):
    """{title: query}: each section that has queries has one for each engine."""
    found = {}
    for section in re.split(r"^## ", PAGE.read_text(), flags=re.M)[1:]:
        queries = dict(re.findall(r"^\*\*(\w+)\*\*\n\n```\w+\n(.*?)^```$", section, re.M | re.S))
        if queries:
            found[section.split("\n")[0]] = {name.lower(): query for name, query in queries.items()}[engine]
    return found


def most(sums, n):
    """The n greatest of {key: number}, then by key, numbers in it by value."""
    order = {key: tuple(int(part) if re.fullmatch(r"-?\d+", part) else part for part in key) for key in sums}
    return sorted(sums.items(), key=lambda item: (-item[1], order[item[0]]))[:n]


def observed(spool):
    for sensor, day in sorted({(row["sensor"], row["interval_start"][:10]) for row in spool.rows("interval")}):
        rows = [row for row in spool.rows("interval", day) if row["sensor"] == sensor]
        seconds = sum(int(row["observed_us"]) for row in rows) / 1e6
        days = seconds / 86400 * int(rows[0]["monitored_addresses"])
        yield sensor, day, len(rows), seconds / 3600, days, sum(int(row["packets"]) for row in rows) / days


def top_targets(spool, day, next_day):
    """{target: packets}, whose rates are those of the page's denominator."""
    lines = spool.run("top-targets", "--format", "csv", "-n", 1 << 30, "--from", day, "--to", next_day)
    days = spool.address_days(day)
    packets = {}
    for _, target, count, _, _, _, rate, *_ in (line.split(",") for line in lines.splitlines()[1:]):
        packets[target] = int(count)
        if not math.isclose(int(count) / days, float(rate), abs_tol=1e-6):
            raise AssertionError(f"top-targets: {target} {rate}, not {int(count) / days}")
    return packets


def rank(values, value):
    return 1 + sum(other > value for other in values)


def ranking(spool):
    now, before = top_targets(spool, NOW, "2026-11-23"), top_targets(spool, BEFORE, NOW)
    rate_now = {target: count / spool.address_days(NOW) for target, count in now.items()}
    rate_before = {target: count / spool.address_days(BEFORE) for target, count in before.items()}
    change = {target: rate_now.get(target, 0) - rate_before.get(target, 0) for target in now.keys() | before.keys()}
    falls = [-difference for difference in change.values()]
    keyed = {tuple(reversed(target.split("/"))): count for target, count in now.items()}
    for (protocol, number), _ in most(keyed, 20):
        target = f"{number}/{protocol}"
        was, difference = rate_before.get(target, 0), change[target]
        yield (rank(rate_now.values(), rate_now[target]), rank(rate_before.values(), was) if was else None, target,
               rate_now[target], difference, 100 * difference / was if was else None,
               rank(change.values(), difference) if difference > 0 else None,
               rank(falls, -difference) if difference < 0 else None)


def by_country_then(spool):
    now, before = (spool.sums("countries", day, "country") for day in (NOW, BEFORE))
    for (country,), count in most({key: now[key] for key in now.keys() | before.keys()}, 10):
        yield country, count, count / spool.address_days(NOW), before[country,] / spool.address_days(BEFORE)


def as_numbers(spool):
    """Of each source as many as it stands for: one snapshot at least has a sample of them, and one has all."""
    one_in = {(row["sensor"], row["interval_start"]): int(row["sources_one_in"]) for row in spool.rows("interval", NOW)}
    if not min(one_in.values()) == 1 < max(one_in.values()):
        raise AssertionError(f"sources are sampled, one in {set(one_in.values())}")
    packets, sources = collections.Counter(), collections.defaultdict(set)
    for row in spool.rows("sources", NOW):
        packets[row["asn"],] += int(row["packets"]) * one_in[row["sensor"], row["interval_start"]]
        sources[row["asn"],].add(row["src_ip"])
    if len(packets) < 10:
        raise AssertionError(f"{len(packets)} AS numbers: is libloc-database installed?")
    for key, count in most(packets, 10):
        yield key[0], count, 100 * count / sum(packets.values()), len(sources[key])


def uniques(spool):
    """Both round the same estimate, so that one address is the most that they may differ by."""
    told = [line for pattern in ("sources", "sources/country/*")
            for line in json.loads(spool.run("uniques", "--json", "--keys", pattern, "-n", 1000, "--from", "2026-11-01",
                                             "--to", "2026-12-01"))["uniques"]]
    told.sort(key=lambda line: (-line["estimate"], line["key"]))
    for line in told[:10]:
        yield line["key"], Near(line["estimate"], 1), Near(line["stderr"], 1)


def by_country(spool):
    sums = spool.sums("targets", NOW, "protocol", "target", "country")
    rows = []
    for (protocol, target), whole in most(spool.sums("targets", NOW, "protocol", "target"), 15):
        of_target = {key: count for key, count in sums.items() if key[:2] == (protocol, target)}
        rows += [(f"{target}/{protocol}", country, count, 100 * count / whole)
                 for (_, _, country), count in most(of_target, 3)]
    return rows[:15]


def source_ports(spool):
    sums = spool.sums("source_ports", NOW, "source_port",
                      where=lambda row: row["protocol"] == "TCP" and row["target"] == "1433")
    whole = spool.sums("targets", NOW, "protocol", "target")["TCP", "1433"]
    for (port,), count in most(sums, 5):
        yield port, count, 100 * count / whole


def heaviest(spool):
    sums = spool.sums("talkers", NOW, "protocol", "target", "src_ip")
    whole = spool.sums("targets", NOW, "protocol", "target")
    named = {key: count for key, count in sums.items() if key[2] != "*"}
    for (protocol, target, source), count in most(named, 10):
        yield f"{target}/{protocol}", source, count, 100 * count / whole[protocol, target]


def loss(spool):
    lost = uncounted = False
    sums = collections.defaultdict(collections.Counter)
    for row in spool.rows("ledger"):
        sums[row["sensor"], row["interval_start"][:10]][row["account"], row["reason"]] += int(row["packets"])
    for (sensor, day), packets in sorted(sums.items()):
        offered = sum(count for (account, _), count in packets.items() if account == "nic")
        gone = packets["nic", "missed"] + packets["nic", "no-mbuf"] + packets["nic", "errors"]
        other = packets["nic", "delivered"] - packets["frames", "counted"]
        lost, uncounted = lost or gone > 0, uncounted or other > 0
        yield sensor, day, offered, gone, 100 * gone / offered, other
    if not (lost and uncounted):
        raise AssertionError("the spool has no loss to tell of")


def gaps(spool):
    time = datetime.datetime.fromisoformat
    for origin in ("osaka", "tokyo"):
        rows = sorted([time(row[name].replace("Z", "+00:00")) for name in ("observed_from", "observed_until")]
                      for row in spool.rows("coverage") if row["origin"] == origin)
        latest = None
        for start, end in rows:
            if latest not in (None, start):
                yield origin, f"{latest:%Y-%m-%d %H:%M:%S}", (start - latest).total_seconds()
            latest = max(latest or end, end)


def sources_of_port(spool):
    """In Python, by the definition of a sample: rows of which the rate is one in k or coarser."""
    k = max(int(row["pair_rows_one_in"]) for row in spool.rows("interval", "2026-11"))
    if k == 1:
        raise AssertionError("no snapshot has a sample of the pairs")
    sources = collections.defaultdict(set)
    for row in spool.rows("pairs", "2026-11"):
        if (row["protocol"], row["target"]) == ("TCP", "445") and 1 << int(row["sample_bits"]) >= k:
            sources[row["country"],].add(row["src_ip"])
    for (country,), n in most({key: k * len(found) for key, found in sources.items()}, 10):
        yield country, n, Near(math.ceil(math.sqrt(n * (k - 1))), 0)


def addresses(spool):
    sums = spool.sums("contacts", NOW, "src_ip", "destination", "host")
    (widest,), _ = most(collections.Counter((source,) for source, _, _ in sums), 1)[0]
    for key, count in most({key: count for key, count in sums.items() if key[0] == widest}, 20):
        yield *key, count


def detections_by_day(spool):
    sums = collections.Counter()
    for row in spool.rows("signatures"):
        sums[row["interval_start"][:10], row["category"]] += int(row["detections"])
    for (day, category), count in sorted(sums.items()):
        yield day, category, count, count / spool.address_days(day, lambda row: row["sensor"] != "kyoto")


def messages(spool, day):
    """{(gid, sid): text}, of the greatest revision."""
    rows = sorted(spool.rows("signatures", day), key=lambda row: int(row["rev"]))
    return {(row["gid"], row["sid"]): row["message"] for row in rows}


def top_signatures(spool):
    texts, sums = messages(spool, NOW), collections.Counter()
    for row in spool.rows("signatures", NOW):
        if row["detections"] != "0":
            sums[row["country"], row["gid"], row["sid"]] += int(row["detections"])
    whole = collections.Counter()
    for (country, _, _), count in sums.items():
        whole[country,] += count
    rows = []
    for (country,), of_country in most(whole, len(whole)):
        of_this = {key: count for key, count in sums.items() if key[0] == country}
        rows += [(country, f"{gid}:{sid}", texts[gid, sid], count, 100 * count / of_country)
                 for (_, gid, sid), count in most(of_this, 3)]
    return rows[:15]


def sources_of_signature(spool):
    k = max(int(row["signature_sources_one_in"]) for row in spool.rows("interval", "2026-11"))
    if k == 1:
        raise AssertionError("no snapshot has a sample of the sources of signatures")
    texts, sources = messages(spool, "2026-11"), collections.defaultdict(set)
    for row in spool.rows("signature_sources", "2026-11"):
        if 1 << int(row["sample_bits"]) >= k:
            sources[row["gid"], row["sid"]].add(row["src_ip"])
    for key, n in most({key: k * len(found) for key, found in sources.items()}, 10):
        yield ":".join(key), texts[key], n, Near(math.ceil(math.sqrt(n * (k - 1))), 0)


WANTED = {"What was observed": observed, "Ranking of targets, now and before": ranking,
          "Ranking of countries, now and before": by_country_then, "AS numbers": as_numbers,
          "Unique sources of a month": uniques, "Ports by country": by_country,
          "Source ports of a target": source_ports, "Heaviest sources": heaviest, "Loss per day": loss, "Gaps": gaps,
          "Unique sources of a port by country": sources_of_port, "Addresses that a source talks to": addresses,
          "Detections by category and day": detections_by_day, "Top signatures by country": top_signatures,
          "Unique sources of a signature": sources_of_signature}


class Near(collections.namedtuple("Near", "value tolerance")):
    """A number that may differ by so much."""


def agree(got, want):
    if want is None:
        return got == "\\N"
    if isinstance(want, Near):
        return abs(float(got) - want.value) <= want.tolerance
    if isinstance(want, (float, fractions.Fraction)):
        return math.isclose(float(got), want, rel_tol=1e-9, abs_tol=1e-9)
    return got == str(want)


def compare(title, got, want):
    """How many lines are wrong, which are printed."""
    print(f"{title}: {len(want)} rows")
    wrong = 0
    if not want or len(got) != len(want):
        print(f"{title}: {len(got)} rows, not {len(want)}")
        wrong += 1
    for line, expected in zip(got, want):
        if len(line) != len(expected) or not all(map(agree, line, expected)):
            print(f"{title}: {line}, not {expected}")
            wrong += 1
    return wrong


def main(engine, teiten):
    wrong = 0
    queries = recipes(engine)
    if queries.keys() != WANTED.keys():
        print(f"{PAGE}: tested and documented recipes differ: {queries.keys() ^ WANTED.keys()}")
        wrong += 1
    with tempfile.TemporaryDirectory() as directory, tempfile.TemporaryDirectory() as other:
        spool, overlap = make_spool(teiten, directory), make_overlap(teiten, other)
        try:
            for title in queries.keys() & WANTED.keys():
                wrong += compare(title, engines.QUERY[engine](queries[title], cwd=directory), list(WANTED[title](spool)))
            if len(want := list(gaps(overlap))) != 1:
                raise AssertionError(f"the spool of overlaps has {want}")
            wrong += compare("Gaps, of overlaps", engines.QUERY[engine](queries["Gaps"], cwd=other), want)
        except engines.NotInstalled as missing:
            print(f"skipped: {missing}")
            return snapshots.SKIP
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
