#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""The profiles of June and July 2009 against the published report: made, counted with the project's own rules, and
compared in every number, rank and sign of its four tables, and in what it tells of single targets.

    npa_profiles.py TEITEN [SPOOL…]

SPOOL: of both months, or of each, counted already, in intervals of up to three hours."""
import collections
import concurrent.futures
import csv
import datetime
import operator
import pathlib
import subprocess
import sys
import tempfile

import npa_published as published
import npa_stories
import npa_watch
import snapshots

ROOT = snapshots.ROOT
GEO = pathlib.Path("/usr/share/tor/geoip")
RULES = ",".join(str(path) for path in sorted((ROOT / "rules").glob("*.rules")))
MONITORED = "198.51.100.64/26,198.51.100.128/26,203.0.113.64/26,203.0.113.128/26"
JAPAN = datetime.timedelta(hours=9)
JUNE, JULY = "2009-06", "2009-07"


def make(teiten, directory):
    """Both months at a time, a spool each."""
    def count(month):
        capture = directory / f"{month}.pcap"
        snapshots.run(teiten, "synth", "--profile", ROOT / f"profiles/npa-{month}.yaml", "--geo", GEO, "--out", capture)
        snapshots.run(teiten, "read", "--spool", directory / "spools" / month, "--sensor", "npa",
                      "--monitored", MONITORED, "--geo", GEO, "--rules", RULES, "--rule-classes", ROOT / "rules/classification.config",
                      "--interval", 3 * 3600, "--pairs", 65536, "--sketch-rows", 0, capture)
        capture.unlink()
        return directory / "spools" / month
    with concurrent.futures.ThreadPoolExecutor() as pool:
        return list(pool.map(count, (JUNE, JULY)))


def export(teiten, spools, table, columns, since="2009-05-31"):
    """The columns of a table, row by row; "when" is the time in Japan at which the interval begins."""
    for spool in spools:
        command = [teiten, "export", "--quiet", "--format", "csv", "--table", table, "--from", since, spool]
        with subprocess.Popen([str(word) for word in command], stdout=subprocess.PIPE, text=True) as process:
            rows = csv.reader(process.stdout)
            names = next(rows)
            wanted = columns.replace("when", "interval_start").split()
            pick = operator.itemgetter(*(names.index(name) for name in wanted))
            begins = {}
            for row in rows:
                begin, *rest = pick(row)
                if begin not in begins:
                    begins[begin] = (datetime.datetime.fromisoformat(begin.rstrip("Z")) + JAPAN).isoformat()
                yield begins[begin], *rest
        assert process.returncode == 0, command


class Counts:
    """What the tables need: one pass over each."""

    def __init__(self, teiten, spools):
        self.observed, self.accesses, self.detections = (collections.Counter() for _ in range(3))
        self.targets, self.countries, self.categories, self.detected = (collections.defaultdict(collections.Counter)
                                                                        for _ in range(4))
        self.cells = collections.Counter()  # (day, target, or None for most, class, country)
        self.signatures = collections.Counter()  # (month, message, country)
        self.popups = collections.Counter()  # day
        for when, us, addresses, n in export(teiten, spools, "interval",
                                             "when observed_us monitored_addresses packets"):
            self.observed[when[:7]] += int(us) / 86400e6 * int(addresses)
            self.accesses[when[:7]] += int(n)
        for when, protocol, number, kind, country, n in export(teiten, spools, "targets",
                                                               "when protocol target class country packets"):
            target = f"{number}/{protocol}"
            self.targets[target][when[:7]] += int(n)
            self.cells[when[:10], target if target in npa_stories.TARGETS else None, kind, country] += int(n)
        for when, country, n in export(teiten, spools, "countries", "when country packets"):
            self.countries[country][when[:7]] += int(n)
        for when, message, category, country, n in export(teiten, spools, "signatures",
                                                          "when message category country detections"):
            self.categories[category][when[:7]] += int(n)
            self.detected[country][when[:7]] += int(n)
            self.signatures[when[:7], message, country] += int(n)
            self.detections[when[:7]] += int(n)
            if category == "UDP spam":
                self.popups[when[:10]] += int(n)

    def per_day(self, counts, month):
        """Per day and monitored address, of the time that was observed."""
        return counts[month] / self.observed[month]

    def of(self, days, target=None, country=None, classes=None):
        """Packets per day and address on these days: to a target, from a country, of these classes."""
        return sum(n for (day, to, kind, source), n in self.cells.items() if day in days and target in (None, to)
                   and country in (None, source) and (classes is None or kind in classes)) / len(days) / 256


def ranks(sizes):
    """Name → rank, from 1, of those above 0, the largest first."""
    order = sorted((key for key, size in sizes.items() if size > 0), key=lambda key: -sizes[key])
    return {key: i + 1 for i, key in enumerate(order)}


def ranked(c, counts, others=()):
    """(now, before, ranks now, before, of rises, of falls) of name → month → count."""
    now = {key: c.per_day(months, JULY) for key, months in counts.items()}
    before = {key: c.per_day(months, JUNE) for key, months in counts.items()}
    change = {key: now[key] - before[key] for key in counts if key not in others}
    return now, before, ranks(now), ranks(before), ranks(change), ranks({key: -d for key, d in change.items()})


def count_text(now, before):
    if now == 0:
        return published.NONE
    return published.NEGLIGIBLE if round(now, 2) == 0 else f"{now:.2f}"


def table(title, text, c, counts, others=()):
    """Yields each cell that is another than published. The ranks of rises and falls beyond 5 are not shown."""
    now, before, rank, was, rise, fall = ranked(c, counts, others)
    rows = list(published.rows(text))
    for place, earlier, key, *cells in rows:
        shown = place if place is not None else None
        got = (rank.get(key) if shown else None, was.get(key), count_text(now[key], before[key]),
               cells[1] and f"{(now[key] - before[key]) / before[key] * 100:+.1f}", f"{now[key] - before[key]:+.2f}",
               *(ranking.get(key) if ranking.get(key, 6) < 6 else None for ranking in (rise, fall)))
        want = (place, earlier, *cells)
        for column, a, b in zip(("rank", "rank before", "count", "per cent", "difference", "rise", "fall"), got, want):
            if a != b:
                yield f"{title}, {key}: {column} is {a}, published {b}"
    for number, ranking in ((6, rise), (7, fall)):
        shown = {row[2] for row in rows if row[number] is not None}
        beyond = {key for key, place in ranking.items() if place <= len(shown)} - shown
        if beyond:
            yield f"{title}: {beyond} among the first in column {number}"


def total(title, want, c, counts):
    now, before = (c.per_day(counts, month) for month in (JULY, JUNE))
    got = f"{now:.1f}", f"{now - before:+.1f}", f"{(now - before) / before * 100:+.1f}"
    if got != want:
        yield f"{title}: {got}, published {want}"


def tables(c):
    yield from total("accesses", published.ACCESSES, c, c.accesses)
    yield from total("detections", published.DETECTIONS, c, c.detections)
    yield from table("table 3-1", published.TARGETS, c, c.targets)
    yield from table("table 3-2", published.COUNTRIES, c, c.countries)
    yield from table("table 4-1", published.CATEGORIES, c, c.categories, ("Others",))
    yield from table("table 4-2", published.DETECTED, c, c.detected)


def main(teiten, *spools):
    if not GEO.exists():
        print(f"skipped: {GEO} is absent (Debian's tor-geoipdb)")
        return snapshots.SKIP
    snapshots.run(ROOT / "scripts/make-npa-profiles", "--check")
    with tempfile.TemporaryDirectory() as directory:
        spools = spools or make(teiten, pathlib.Path(directory))
        counts = Counts(teiten, spools)
        wrong = [*tables(counts), *npa_stories.differences(counts, teiten, spools, export),
                 *npa_watch.differences(teiten, spools)]
    print("\n".join(wrong) or "four tables, and what is told of targets, countries and signatures: as published")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
