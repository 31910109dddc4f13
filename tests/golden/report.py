#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""`teiten report` against sums made of `teiten export` alone (and of DuckDB on the Parquet files, where it is installed): every row of
the tables, every value of the series by day and of the shares, distinct sources; then spools with gaps, one interval, no period
before, no geo data, IPv6 alone, no packets, ten sensors, damaged snapshots, intervals over the end; the same numbers in all formats,
and no address in any.

    report.py TEITEN"""
import collections
import csv
import io
import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

import engines
import report_html
import snapshots

GEO = "/usr/share/tor/geoip"
BOTH = "203.0.113.0/24,198.51.100.0/24"
LEAST, FEW = 0.005, 0.0003
# sensor, start, seed, packets, seconds, monitored: two months, a gap, address spaces that differ
CAPTURES = (("tokyo", "2009-06-10T00:00:00Z", 1, 9000, BOTH), ("tokyo", "2009-06-30T23:58:00Z", 2, 5000, BOTH),
            ("tokyo", "2009-07-08T00:00:00Z", 3, 8000, BOTH), ("osaka", "2009-07-08T12:00:00Z", 4, 6000, "203.0.113.0/24"),
            ("tokyo", "2009-07-20T23:58:00Z", 5, 7000, BOTH))


def check(what, condition):
    if not condition:
        raise AssertionError(what)


def near(what, found, expected, places=2):
    """A printed number against an exact one: the nearest, and either where it lies between two."""
    check(f"{what}: {found}, expected {expected}", abs(found - expected) <= 0.5 * 10**-places + 1e-9)


def same_digits(what, found, expected):
    """The same of a figure: six digits, or two decimals where these are more."""
    check(f"{what}: {found}, expected {expected}", abs(found - expected) <= min(5.001e-6 * expected, 0.005) + 1e-12)


def synth(teiten, path, start, seed, packets, geo=GEO):
    snapshots.run(teiten, "synth", "--profile", snapshots.ROOT / "profiles/demo.yaml", "--seed", seed, "--packets", packets,
                  "--start", start, "--geo", geo, "--out", path)


def read(teiten, spool, sensor, path, monitored=BOTH, geo=GEO, interval=60, ok=(0,), rules=snapshots.RULES):
    snapshots.run(teiten, "read", "--spool", spool, "--sensor", sensor, "--interval", interval, "--pairs", 8192, "--geo", geo,
                  "--monitored", monitored, "--rules", rules, path, ok=ok)


def report(teiten, *args, ok=(0,)):
    return json.loads(snapshots.run(teiten, "report", "--format", "json", *args, ok=ok))


def all_formats(teiten, *args, ok=(0,)):
    """The same, once its formats were found to have the same numbers, in both languages."""
    for language in ("ja", "en"):
        with tempfile.TemporaryDirectory() as directory:
            out = pathlib.Path(directory) / "out"
            snapshots.run(teiten, "report", "--lang", language, "--home", "JP", "--out", out, *args, ok=ok)
            report_html.report_is_sound(f"{' '.join(map(str, args))} {language}", out)
            found = json.loads((out / "report.json").read_text())
    return found


def check_packets(found, key, table):
    """Counts are packets by days and addresses, of all parts of a target."""
    facts = {row["key"]: row for row in found["tables"]["method"]["rows"]}
    days = facts["address_days" if "address" in table["unit"] else "sensor_days"]
    spans = [("now", "packets"), ("before", "packets_before")] if any(c["id"] == "before" for c in table["columns"]) else [("now", "packets")]
    for row in table["rows"][:-1]:
        for span, packets in spans:
            check(f"{key}: {row}, {days}", abs(row[packets] / days[span] - row[span]) <= 0.00501 + row[span] * 0.01 / days[span])
    check(f"{key}: sources", all(table["rows"][-1][packets] is None for _, packets in spans))


def check_shares(key, table, heading):
    """Shares of a handful of packets say nothing; those of the whole period are of the packets of the first row."""
    all_of_it, parts = table["rows"][0], table["rows"][1:-1]
    few = [note for note in table["notes"] if "too few" in note]
    check(f"{key}: {few}, {parts}", not few or all(row["share_since"] is None for row in parts))
    if heading == "Share of packets":
        is_few = 0 < all_of_it["packets"] < 100
        check(f"{key}: {few} of {all_of_it}", few == ([f"Packets that shares would be of: {all_of_it['packets']}, too few."] if is_few else []))
        check(f"{key}: {parts}", all((row["share_since"] is None) == (all_of_it["packets"] < 100) for row in parts))


def check_chapter_2(found):
    """No figures of next to nothing, no share since a change that is none; sources that name the sensors."""
    sections = {s["id"]: [e.get("text", "") for e in s["elements"]] for s in found["sections"]}
    parts = {key.removesuffix("_parts"): table for key, table in found["tables"].items() if key.endswith("_parts")}
    check("notable targets", parts)
    for key, table in parts.items():
        figures = [name for name in found["figures"] if name.startswith(key + "_")]
        few = any("too few for figures" in text for text in sections[key])
        now = table["rows"][0]["now"]
        check(f"{key}: figures of {now}", not (figures and (few or now == 0)))
        heading = next(c["heading"] for c in table["columns"] if c["id"] == "share_since")
        changed = any(text.startswith(("It rose on", "It fell on", "It rose at", "It fell at")) for text in sections[key])
        check(f"{key}: {heading}, {sections[key]}", heading == "Share of packets" or (changed and heading.startswith("Share of packets since ")))
        if now == 0:
            check(f"{key}: shares of {now}", few or all(row["share_since"] is None for row in table["rows"]))
        check_shares(key, table, heading)
        check_packets(found, key, table)
        for source in [table["source"]] + [found["figures"][name]["source"] for name in figures]:
            check(f"{key}: {source}", "sensor" in source.split("(")[0])


class Sums:
    """What the tables of a spool say of a period, summed here."""

    def __init__(self, tables, since, until):
        def within(row):
            start = row["interval_start"][:19]
            return since <= start < until

        self.intervals = [row for row in tables["interval"] if within(row)]
        self.targets = [row for row in tables["targets"] if within(row)]
        self.countries = [row for row in tables["countries"] if within(row)]
        self.signatures = [row for row in tables["signatures"] if within(row)]
        self.sketches = [row for row in tables["sketches"] if within(row) and row["key"] == "sources"]

    def address_days(self, day=""):
        return sum(int(row["observed_us"]) * int(row["monitored_addresses"]) for row in self.intervals
                   if row["interval_start"].startswith(day)) / 86400e6

    @staticmethod
    def add(rows, key, value="packets", day=""):
        found = collections.Counter()
        for row in rows:
            if row["interval_start"].startswith(day):
                found[key(row)] += int(row[value])
        return found


def target_of(row):
    return row["protocol"] if row["target"] == "-1" else f"{row['target']}/{row['protocol']}"


def signature_of(row):
    return f"{row['gid']}:{row['sid']}"


def country_of(row):
    return row["country"]


def expected_rows(now, before, days_now, days_before, unranked=()):
    """{key: (rank, rank_before, rate, percent or None, change)} by the rules of docs/report.md, without its code."""
    def ranks(counts, days):
        names = [k for k, n in counts.items() if n / days >= LEAST and k not in unranked]
        return {k: counts[k] for k in names}

    rows, first, second = {}, ranks(now, days_now), ranks(before, days_before)
    total = sum(before.values())
    for key in set(now) | set(before):
        rate, rate_before = now[key] / days_now, before[key] / days_before
        percent = None
        if now[key] and before[key] and before[key] >= FEW * total:
            percent = 100 * (rate - rate_before) / rate_before
        # Ranks of equal counts are by name: here only their span is known.
        rows[key] = (sum(n > now[key] for n in first.values()) + 1 if key in first else None,
                     sum(n >= now[key] for n in first.values()) if key in first else None,
                     sum(n > before[key] for n in second.values()) + 1 if key in second else None,
                     sum(n >= before[key] for n in second.values()) if key in second else None, rate, percent, rate - rate_before)
    return rows


def check_table(name, table, now, before, days_now, days_before, unranked=()):
    expected = expected_rows(now, before, days_now, days_before, unranked)
    rises = sorted((r[6] for r in expected.values() if r[6] >= LEAST), reverse=True)[:5]
    falls = sorted(r[6] for k, r in expected.items() if r[6] <= -LEAST and k not in unranked)[:5]
    for row in table["rows"]:
        low, high, low_before, high_before, rate, percent, change = expected.pop(row["key"])
        what = f"{name} {row['key']}"
        check(what + " rank", low <= row["rank"] <= high if low else row["rank"] is None)
        check(what + " rank before", low_before <= row["rank_before"] <= high_before if low_before else row["rank_before"] is None)
        near(what + " rate", row["rate"], rate)
        near(what + " change", row["change"], change)
        check(what + " percent", (row["change_percent"] is None) == (percent is None))
        if percent is not None:
            near(what + " percent", row["change_percent"], percent, 1)
        for place, ordered in (("rise_rank", rises), ("fall_rank", falls)):
            if row[place] is not None:
                near(f"{what} {place}", ordered[row[place] - 1], change, 6)
        count = row.get("packets", row.get("detections"))
        check(what + " counted", count == now[row["key"]])
    for place, ordered in (("rise_rank", rises), ("fall_rank", falls)):
        found = sorted(row[place] for row in table["rows"] if row[place] is not None)
        check(f"{name}: {place} {found}", unranked or found == list(range(1, len(ordered) + 1)))
    left = [k for k, r in expected.items() if r[0] or r[2]]
    check(f"{name} lacks {left}", not left)


def sentences(found, section):
    return [text for s in found["sections"] if s["id"] == section for e in s["elements"] for text in (e.get("text"), e.get("item")) if text]


def number(text):
    return 1 if text == "one" else float(text.replace("\u2212", "-").replace(",", ""))


def check_rests(found, now, before, days_now, days_before):
    """What the targets that are not named changed by together, and how many they are."""
    changes = {}
    for rows, days, sign in ((now.targets, days_now, 1), (before.targets, days_before, -1)):
        for row in rows:
            key = row["country"], target_of(row)
            changes[key] = changes.get(key, 0) + sign * int(row["packets"]) / days
    keys, told = {row["name"]: row["key"] for row in found["tables"]["countries"]["rows"]}, 0
    for text in sentences(found, "countries"):
        parts = re.fullmatch(r"(.*) \(\S+\): most of all (.*); the other (one|[\d,]+(?= together))(?: together)?: (\S+)\.", text)
        if not parts:
            continue
        own = {target: change for (country, target), change in changes.items() if country == keys[parts[1]]}
        named = re.findall(r"(\S+) \(\S+\)", parts[2])
        check(f"{text}: of {len(own)}", number(parts[3]) == len(own) - len(named))
        near(text, number(parts[4]), sum(own.values()) - sum(own[target] for target in named))
        told += 1
    check("countries with other targets", told)
    named = [row for row in found["tables"]["targets"]["rows"] if row["rise_rank"] or row["fall_rank"]]
    parts = next(m for m in (re.fullmatch(r"The other ([\d,]+) targets together: (\S+)\.", t) for t in sentences(found, "targets")) if m)
    check(f"other targets: {parts[0]}", number(parts[1]) == len({target for _, target in changes}) - len(named))
    own = sum(change for (_, target), change in changes.items() if target not in {row["key"] for row in named})
    near("other targets", number(parts[2]), own)


def check_causes(found, now, before, days_now, days_before):
    """Of detections: what a category's change is made of by country, and a country's by category; each sentence, and that there are all of them."""
    keys = {row["name"]: row["key"] for name in ("countries", "detected_countries") for row in found["tables"][name]["rows"]}
    for table, section, part, row_of, part_of in (("categories", "categories", "countries", lambda r: r["category"], country_of),
                                                  ("detected_countries", "detected_countries", "categories", country_of, lambda r: r["category"])):
        changes = {}
        for rows, days, sign in ((now.signatures, days_now, 1), (before.signatures, days_before, -1)):
            for row in rows:
                of = changes.setdefault(row_of(row), {})
                of[part_of(row)] = of.get(part_of(row), 0) + sign * int(row["detections"]) / days
        told = {}
        for text in sentences(found, section):
            parts = re.fullmatch(r"(.*) \((\S+)\): most of all%s (.*?)(?:; the other (one|[\d,]+(?= together))(?: together)?: (\S+))?\." % {"countries": " from", "categories": ""}[part], text)
            if parts:
                told[keys.get(parts[1], parts[1])] = text, parts
        for row in found["tables"][table]["rows"]:
            sign = 1 if row["rise_rank"] else -1
            own = changes.get(row["key"], {})
            causes = sorted((-sign * change, name) for name, change in own.items() if sign * change >= 0.005 and (part, name) != ("categories", "Others"))[:2]
            if not (row["rise_rank"] or row["fall_rank"]) or not causes:
                check(f"{section} {row['key']}: {told.get(row['key'])}", row["key"] not in told)
                continue
            check(f"{section} {row['key']} is not explained", row["key"] in told)
            text, parts = told[row["key"]]
            named = re.findall(r"(?:, | and |^)(.*?) \((\S+?)\)", parts[3])
            check(f"{text}: {causes}", [keys.get(name, name) for name, _ in named] == [name for _, name in causes])
            check(f"{text}: which way", (number(parts[2]) > 0) == (sign > 0))
            for (_, change), (cause, _) in zip(named, causes):
                near(text, number(change), -sign * cause)
            left = sum(own.values()) - sum(-sign * cause for cause, _ in causes)
            check(f"{text}: the rest {left}", (parts[4] is not None) == (len(own) > len(causes) and abs(left) >= 0.005))
            if parts[4]:
                check(f"{text}: of {len(own)}", number(parts[4]) == len(own) - len(causes))
                near(text, number(parts[5]), left)
        check(f"no cause in {section}", told)


def series_of(figure):
    return {s["id"]: s["values"] for s in figure["series"]}


def check_days(figure, sums, rows, part):
    """A figure by day: each of its series, by its id, and the rest are what the rows say."""
    for i, day in enumerate(figure["x"]):
        of = sums.address_days(day)
        values = {s["id"]: s["values"][i] for s in figure["series"]}
        if not of:
            check(f"{figure['title']} {day} is a gap", all(v is None for v in values.values()))
            continue
        counts = Sums.add(rows, part, day=day)
        for name, value in values.items():
            if name != "others":
                same_digits(f"{figure['title']} {day} {name}", value, counts.pop(name, 0) / of)
        same_digits(f"{figure['title']} {day} others", values.get("others", 0), sum(counts.values()) / of)


def slug(text):
    return re.sub("[^a-z0-9]", "_", text.lower())


def estimate(rows):
    """Distinct sources of rows of sketches, by the formula of docs/snapshot-format.md."""
    merged, m = {}, 2 ** int(rows[0]["precision"])
    for row in rows:
        merged[row["register"]] = max(merged.get(row["register"], 0), int(row["rho"]))
    x = (m - len(merged)) / m
    sigma = x + sum(x ** (2**k) * 2 ** (k - 1) for k in range(1, 60))
    return m * m / (2 * 0.6931471805599453) / (sum(2.0**-r for r in merged.values()) + m * sigma)


def same_sums(teiten, spool):
    tables = {t: snapshots.export(teiten, spool, t) for t in ("interval", "targets", "countries", "signatures", "sketches")}
    now, before = Sums(tables, "2009-07-01", "2009-08-01"), Sums(tables, "2009-06-01", "2009-07-01")
    days = now.address_days(), before.address_days()
    found = report(teiten, "--period", "2009-07", "--home", "JP", spool)
    for name, rows, key, value, unranked in (
            ("targets", "targets", target_of, "packets", ()), ("countries", "countries", country_of, "packets", ("??",)),
            ("categories", "signatures", lambda r: r["category"], "detections", ("Others",)),
            ("detected_countries", "signatures", country_of, "detections", ("??",)),
            ("signatures", "signatures", signature_of, "detections", ())):
        check_table(name, found["tables"][name], Sums.add(getattr(now, rows), key, value), Sums.add(getattr(before, rows), key, value), *days,
                    unranked)
    check_chapter_2(found)
    check_rests(found, now, before, *days)
    check_causes(found, now, before, *days)
    figures = found["figures"]
    leaders = [row["key"] for row in found["tables"]["targets"]["rows"][:5]]
    for target in leaders:
        check_days(figures[f"target_{slug(target)}_days"], now, [row for row in now.targets if target_of(row) == target],
                   lambda row: row["country"].lower())
    for row in found["tables"]["countries"]["rows"][:5]:
        check_days(figures[f"country_{row['key'].lower()}_days"], now, [r for r in now.targets if country_of(r) == row["key"]],
                   lambda r: slug(target_of(r)))
    shares = series_of(figures["target_shares_home"])
    home = Sums.add([row for row in now.targets if row["country"] == "JP"], target_of)
    for target, count in home.most_common(3):
        near(f"share of {target} in JP", shares[slug(target)][0], 100 * count / sum(home.values()), 1)
    by_day = {row["day"]: row for row in found["tables"]["days"]["rows"]}
    for day in ("2009-07-08", "2009-07-20"):
        sketches = [row for row in now.sketches if row["interval_start"].startswith(day)]
        check(f"sources of {day}", abs(by_day[day]["sources"] - estimate(sketches)) <= 1)
    months = figures[f"target_{slug(leaders[0])}_months"]
    check("months", months["x"] == ["2009-06", "2009-07"])
    total = sum(s["values"][1] for s in months["series"])
    near("a month of a target", total, Sums.add(now.targets, target_of)[leaders[0]] / days[0], 1)


def same_in_duckdb(teiten, spool):
    found = report(teiten, "--period", "2009-07", spool)
    try:
        rows = engines.duckdb(f"""SELECT protocol, target, sum(packets) FROM read_parquet('{spool}/*/2009-07-*/[0-9]*/targets.parquet')
                                  GROUP BY ALL""")
    except engines.NotInstalled as why:
        print(f"skipped: DuckDB: {why}")
        return
    sums = {protocol if target == "-1" else f"{target}/{protocol}": int(packets) for protocol, target, packets in rows}
    for row in found["tables"]["targets"]["rows"]:
        check(f"DuckDB: {row['key']}", sums.get(row["key"], 0) == row["packets"])


def same_in_all_formats(teiten, spool, directory):
    """A number in JSON is the one in CSV, HTML and text, and nobody's address is anywhere."""
    for language in ("en", "ja"):
        out = pathlib.Path(directory) / language
        snapshots.run(teiten, "report", "--period", "2009-07", "--lang", language, "--home", "JP", "--out", out, spool)
        found = json.loads((out / "report.json").read_text())
        page, text = (out / "report.html").read_text(), (out / "report.txt").read_text()
        for name, table in found["tables"].items():
            rows = list(csv.DictReader(io.StringIO((out / f"{name}.csv").read_text())))
            check(f"{name}.csv", len(rows) == len(table["rows"]))
            for row, other in zip(rows, table["rows"]):
                for column, value in ((c, v) for c, v in other.items() if c != "notes"):
                    given = row[column]
                    check(f"{name}.csv {column} {given} {value}", given == ("" if value is None else given) and (
                        value is None or isinstance(value, str) or float(given) == float(value)))
        for row in found["tables"]["targets"]["rows"][:5]:
            check("page", f"{row['rate']:,.2f}" in page and f"{row['rate']:,.2f}" in text)
        for name in sorted(path.name for path in out.iterdir()):
            check(f"{name} is a temporary file", not name.startswith("."))
        # Monitored addresses of the two networks above.
        chapters = page + text
        check("an address", not re.search(r"(203\.0\.113|198\.51\.100)\.\d+", chapters))


def said(found):
    return "\n".join(e.get("warning", "") for s in found["sections"] for e in s["elements"])


def missing(teiten, spool, directory):
    """Spools that lack something: a right report, or a clear statement."""
    base = pathlib.Path(directory)

    # Coverage of a month of which minutes were observed; a sensor that only one period has.
    found = all_formats(teiten, "--period", "2009-07", spool)
    check("coverage", "%" in said(found) and "osaka" in said(found) and " 0.0%" not in said(found))

    # One interval; nothing before.
    one = base / "one"
    read(teiten, one, "s", base / "0.pcap", interval=86400)
    found = all_formats(teiten, "--period", "2009-06-10", one)
    check("one interval", all(len(s["rows"]) > 0 for s in [found["tables"]["targets"]]))
    check("no rank before", "rank_before" not in found["tables"]["targets"]["rows"][0])
    check("nothing is compared", "9 June 2009: nothing was observed" in said(found))
    nothing_compared(teiten, one)

    # An interval over the end of the period: nothing but a statement.
    done = subprocess.run([teiten, "report", "--period", "2009-06-10T00:00..2009-06-10T12:00", one], capture_output=True, text=True)
    check("over the end", done.returncode == 1 and "left out" in done.stderr and done.stdout == "")

    # No geo data.
    nowhere = base / "nowhere"
    read(teiten, nowhere, "s", base / "0.pcap", geo="none")
    found = all_formats(teiten, "--period", "2009-06-10", nowhere)
    check("no countries", "The country of no source is known" in said(found) and "countries" not in found["tables"])

    rates_without_the_damaged(teiten, nowhere, base)

    # No signatures.
    unsigned = base / "unsigned"
    read(teiten, unsigned, "s", base / "0.pcap", rules="none")
    found = all_formats(teiten, "--period", "2009-06-10", unsigned)
    check("coverage of minutes", "0.0" not in {str(row["coverage"]) for row in found["tables"]["sensors"]["rows"]})
    check("no signatures", "No signatures were loaded" in said(found) and "categories" not in found["tables"])

    # No packet to what is monitored.
    empty = base / "empty"
    read(teiten, empty, "s", base / "0.pcap", monitored="192.0.2.0/24")
    found = all_formats(teiten, "--period", "2009-06-10", empty)
    day = found["tables"]["days"]["rows"][0]
    check("no packets", day["packets"] == 0 and day["sources"] == 0 and "targets" not in found["tables"])

    # So many addresses that nothing is left by address.
    everywhere = base / "everywhere"
    read(teiten, everywhere, "s", base / "0.pcap", monitored="0.0.0.0/0")
    found = all_formats(teiten, "--period", "2009-06-10", everywhere)
    first = found["tables"]["targets"]["rows"][0]
    check("by sensor", "for each sensor" in said(found) and first["rate"] > 1)

    # IPv6 beside IPv4, of which nothing came: its addresses change no rate.
    six = base / "six"
    read(teiten, six, "s", base / "0.pcap", monitored=BOTH + ",2001:db8::/32")
    found = all_formats(teiten, "--period", "2009-06-10", six)
    rows = found["tables"]["targets"]["rows"]
    read(teiten, base / "four", "s", base / "0.pcap", monitored=BOTH)
    four = all_formats(teiten, "--period", "2009-06-10", base / "four")
    check("by IPv4 address", "all counts are of IPv4" in said(found) and rows == four["tables"]["targets"]["rows"])

    # Ten sensors, of which two are asked for: the counts of ten are those of each.
    ten = base / "ten"
    for i in range(10):
        read(teiten, ten, f"s{i}", base / "0.pcap")
    all_of, two, single = (report(teiten, "--period", "2009-06-10", *args, ten) for args in ((), ("--sensor", "s1,s7"), ("--sensor", "s3")))
    for row, of_two, of_one in zip(*(x["tables"]["targets"]["rows"] for x in (all_of, two, single))):
        check("ten sensors", row["rate"] == of_two["rate"] == of_one["rate"])
        check("ten sensors", row["packets"] == 5 * of_two["packets"] == 10 * of_one["packets"])
    done = subprocess.run([teiten, "report", "--period", "2009-06-10", "--sensor", "s1,nobody", ten], capture_output=True, text=True)
    check("no such sensor", done.returncode == 1 and '"nobody"' in done.stderr)
    check(f"which there are: {done.stderr}", "sensor s0: the first snapshot begins at 2009-06-10T00:00Z, the last at 2009-06-10T00:" in done.stderr
          and "sensors besides: 5" in done.stderr)
    done = subprocess.run([teiten, "report", "--period", "2008-06", "--utc-offset", "+09:00", "--out", base / "nowhere-out", one],
                          capture_output=True, text=True)
    check(f"when there are: {done.stderr}", done.returncode == 1 and not (base / "nowhere-out").exists()
          and "sensor s: the first snapshot begins at 2009-06-10T09:00+09:00, the last at 2009-06-10T09:00+09:00" in done.stderr)
    found = report(teiten, "--period", "2009-06-10", "--home", "TV", one)
    check("nothing from the home country", "No packet came from Tuvalu: its shares of targets are not shown." in sentences(found, "targets")
          and "target_shares_home" not in found["figures"])

    hostile_names(teiten, base)
    few_packets(teiten, base)

    # A damaged snapshot is left out, and said to be.
    broken = base / "broken"
    shutil.copytree(spool, broken)
    victim = sorted(broken.glob("tokyo/2009-07-08/2*Z"))[1]
    packets = json.loads((victim / "manifest.json").read_text())["totals"]["packets"]
    data = bytearray((victim / "targets.parquet").read_bytes())
    data[len(data) // 3] ^= 1
    (victim / "targets.parquet").write_bytes(data)
    found = all_formats(teiten, "--period", "2009-07", broken, ok=(1,))
    whole = report(teiten, "--period", "2009-07", spool)
    check("damaged", "July 2009 that are damaged and left out: 1;" in said(found) and victim.name in said(found))
    # The first is the first in time, and not that of the sensor which comes first.
    late = sorted(broken.glob("osaka/2009-07-08/*Z"))[-1]
    (late / "targets.parquet").write_bytes(b"PAR1")
    two = report(teiten, "--period", "2009-07", broken, ok=(1,))
    check("the first damaged", f"are damaged and left out: 2; the first: tokyo/2009-07-08/{victim.name}" in said(two))
    shutil.copy(spool / late.relative_to(broken) / "targets.parquet", late / "targets.parquet")

    def total(document):
        return sum(row["packets"] or 0 for row in document["tables"]["days"]["rows"])

    check("damaged counts not at all", total(whole) - total(found) == packets)
    damaged_in_chapter_2(teiten, spool, whole, base)
    # The same spool twice would count all twice.
    done = subprocess.run([teiten, "report", "--period", "2009-07", spool, spool], capture_output=True, text=True)
    check("twice", done.returncode == 1 and "two of the spools" in done.stderr)
    merged_beside(teiten, spool, base)
    torn_days(teiten, base)


def nothing_compared(teiten, spool):
    """Where nothing is compared, nothing is judged, and no column is empty; sentences are whole all the same."""
    for what, name in (("no data before", ()), ("no data then", ("--against", "2008-06-10"))):
        found = report(teiten, "--period", "2009-06-10", *name, spool)
        text = " ".join(sentences(found, "notable"))
        day = "on 10 June 2008" if name else "on 9 June 2009"
        check(f"{what}: {text}", f"Rises and falls are not judged, as nothing was observed {day}." in text and "greatest rises" not in text
              and "these rules" not in text)
        for table in found["tables"].values():
            check(f"{what}: {table['columns']}", not any(c["id"] in ("before", "change") for c in table["columns"]))
    found = report(teiten, "--period", "2009-06-10", "--lang", "ja", spool)
    for text in sentences(found, "summary"):
        check(f"no verb: {text}", text.endswith(("であった。", "占めた。", "あった。", "ない。", "表記する。")))
    check("summary", any(re.search(r"[\d.]+件であった。$", text) for text in sentences(found, "summary")))


def damaged_in_chapter_2(teiten, spool, whole, base):
    """A table that chapter 2 alone reads: all else counts the snapshot, and the end says so."""
    broken = base / "broken-talkers"
    shutil.copytree(spool, broken)
    victim = sorted(broken.glob("tokyo/2009-07-08/2*Z"))[1]
    data = bytearray((victim / "talkers.parquet").read_bytes())
    data[len(data) // 3] ^= 1
    (victim / "talkers.parquet").write_bytes(data)
    done = subprocess.run([teiten, "report", "--period", "2009-07", "--format", "json", broken], capture_output=True,
                          text=True)
    check("damaged in chapter 2", done.returncode == 1 and victim.name in done.stderr
          and "left out of chapter 2" in done.stderr)
    found = json.loads(done.stdout)
    check("damaged in chapter 2 counts", found["tables"]["targets"] == whole["tables"]["targets"]
          and "are damaged and left out" not in said(found) and "in no figure of this chapter: 1." in said(found))


HOSTILE_RULES = r"""alert tcp any any -> any 445 (msg:"=cmd|' /C calc'!A0"; sid:1; rev:1; metadata:category Scan;)
alert tcp any any -> any 23 (msg:"<script>alert(1)</script> & +1"; sid:2; rev:1; metadata:category Scan;)
alert udp any any -> any any (msg:"@SUM(1+1)"; sid:3; rev:1; metadata:category Scan;)
alert icmp any any -> any any (msg:"-2+3"; sid:4; rev:1; metadata:category Scan;)
"""


FEW_PACKETS = """
name: few
start: 2026-03-02T00:00:00Z
duration: 2d
monitored: 192.0.2.0/24
components:
  - {target: 445/TCP, packets: 5000, to: 1d, sources: 80}
  - {target: 445/TCP, name: left, packets: 37, from: 1d, sources: 9}
  - {target: 23/TCP, packets: 90, from: 1d, sources: 5}
  - {target: 80/TCP, packets: 900, from: 1d, sources: 5}
"""


def few_packets(teiten, base):
    """Of 37 or 90 packets there are no shares, neither in a table nor in a sentence; of 900 there are."""
    (base / "few.yaml").write_text(FEW_PACKETS)
    snapshots.run(teiten, "synth", "--profile", base / "few.yaml", "--geo", GEO, "--out", base / "few.pcap")
    read(teiten, base / "few", "s", base / "few.pcap", monitored="192.0.2.0/24", interval=3600)
    found = all_formats(teiten, "--period", "2026-03-03", base / "few")
    check_chapter_2(found)
    sections = {s["id"]: s for s in found["sections"]}
    shown = {}
    for key, table in found["tables"].items():
        if key.endswith("_parts"):
            section = sections[key.removesuffix("_parts")]
            texts = [e.get("text", "") for e in section["elements"]]
            shown[section["title"].split(":")[0]] = (
                [note for note in table["notes"] if "too few" in note], any(row["share_since"] is not None for row in table["rows"]),
                any("by country: " in text and text.startswith("Since") for text in texts))
    few = "Packets that shares would be of: {}, too few."
    check(f"few packets: {shown}", shown == {"445/TCP": ([few.format(37)], False, False), "23/TCP": ([few.format(90)], False, False),
                                             "80/TCP": ([], True, True)})


def hostile_names(teiten, base):
    """Names of sensors and messages of signatures that markup, shells and spreadsheets take for something else."""
    rules, spool, out = base / "hostile.rules", base / "hostile", base / "hostile-out"
    rules.write_text(HOSTILE_RULES)
    for sensor in ("-rf", "--", "1e5", "NaN", "x" * 64):
        read(teiten, spool, sensor, base / "0.pcap", rules=rules)
    all_formats(teiten, "--period", "2009-06-10", spool)
    snapshots.run(teiten, "report", "--period", "2009-06-10", "--out", out, spool)
    sensors = [row["sensor"] for row in csv.DictReader(io.StringIO((out / "sensors.csv").read_text()))]
    check(f"sensors {sensors}", sensors == ["'--", "'-rf", "1e5", "NaN", "x" * 64])
    page = (out / "report.html").read_text()
    check("a message is markup", "<script" not in page and "&lt;script&gt;alert(1)&lt;/script&gt; &amp; +1" in page)


def rates_without_the_damaged(teiten, nowhere, base):
    """What chapter 2 leaves out is in none of its rates: all are of the one country that there is."""
    broken = base / "broken-minute"
    shutil.copytree(nowhere, broken)
    talkers = sorted(broken.glob("s/*/*Z"))[3] / "talkers.parquet"
    data = bytearray(talkers.read_bytes())
    data[len(data) // 3] ^= 1
    talkers.write_bytes(data)
    options = ("--period", "2009-06-10T00:02..2009-06-10T00:05", "--against", "2009-06-10T00:00..2009-06-10T00:02")
    found = report(teiten, *options, broken, ok=(1,))
    parts = [table["rows"] for key, table in found["tables"].items() if key.endswith("_parts")]
    check("parts", parts)
    for rows in parts:
        check(f"rates of {rows}", rows[1]["part"] == "country" and rows[0]["now"] == rows[1]["now"] and rows[0]["before"] == rows[1]["before"])
    # Of the period before, no table of talkers is left.
    for talkers in sorted(broken.glob("s/*/*Z/talkers.parquet"))[:2]:
        talkers.write_bytes(b"PAR1")
    found = report(teiten, *options, broken, ok=(1,))
    check("nothing to compare", "no snapshot is intact" in said(found) and not [key for key in found["tables"] if key.endswith("_parts")])


def merged_beside(teiten, spool, base):
    """What was merged of several sensors, beside their own, is refused; either alone counts once."""
    both = base / "both"
    shutil.copytree(spool, both)
    snapshots.run(teiten, "merge", "--spool", both, "--sensor", "all", "--beside", both)
    done = subprocess.run([teiten, "report", "--period", "2009-07", both], capture_output=True, text=True)
    check(f"merged beside its parts: {done.stderr}", done.returncode == 1 and "--sensor" in done.stderr and done.stdout == "")
    rows = report(teiten, "--period", "2009-07", spool)["tables"]["targets"]["rows"]
    wanted = [(row["key"], row["packets"], row["rate"]) for row in rows]
    for sensors in ("all", "tokyo,osaka"):
        found = report(teiten, "--period", "2009-07", "--sensor", sensors, both)
        rows = found["tables"]["targets"]["rows"]
        check(f"only {sensors}", [(row["key"], row["packets"], row["rate"]) for row in rows] == wanted)


def torn_days(teiten, base):
    """Days of UTC are no days of +09:00: chapter 2 has none either. Periods with common time both have it."""
    days = base / "utc-days"
    for i in range(2):
        read(teiten, days, "s", base / f"{i}.pcap", interval=86400)
    found = report(teiten, "--period", "2009-06-05..2009-07-15", "--against", "2009-06-05..2009-06-20", "--utc-offset", "+09:00", days)
    check("time in common", "have time in common: its packets count in both" in said(found))
    check("days that are torn", "midnight" in " ".join(found["tables"]["days"]["notes"]))
    notable = {key: f for key, f in found["figures"].items() if key.startswith("notable_")}
    check("notable targets", notable)
    for key, figure in notable.items():
        check(f"{key} has days that none are", all(v is None for s in figure["series"] for v in s["values"]))
    parts = found["tables"]["notable_1_parts"]["rows"][0]
    name = next(s["title"] for s in found["sections"] if s["id"] == "notable_1").split(":")[0]
    row = next(r for r in found["tables"]["targets"]["rows"] if r["name"] == name)
    values = [v for v in parts.values() if isinstance(v, float)]
    check(f"{name}: {parts}, {row}", row["rate"] in values and row["rate_before"] in values)


def whole_identities(teiten, spool):
    """Table 5-2 is there to identify what was used: the terminal has all of it."""
    rows = report(teiten, "--period", "2009-07", spool)["tables"]["method"]["rows"]
    text = snapshots.run(teiten, "report", "--quiet", "--period", "2009-07", "--format", "text", spool)
    table = text[text.index("Table 5-2"):text.index("Table 5-3")]
    words = {word for row in rows for word in f"{row['fact']} {row['now'] if isinstance(row['now'], str) else ''}".split() if "T0" not in word}
    missing = [word for word in words if word not in table.split()]
    check(f"{missing} not in\n{table}", not missing and "sha256:" in table and "…" not in table)


def wrong_usage(teiten, spool):
    for args, want in ((("--utc-offset", "+15:00"), '"+15:00" is no offset from -14:00 to +14:00'), (("--period", "2009-07-01T00:00..2009-07-01T00:00"),
                       "ends as it begins")):
        done = subprocess.run([teiten, "report", "--period", "2009-07", *args, spool], capture_output=True, text=True)
        check(f"{args}: {done.stderr}", done.returncode == 2 and want in done.stderr)
    # Where it cannot be written is said before anything is read.
    for out in ("/dev/null/report", "/proc/self/report"):
        done = subprocess.run([teiten, "report", "--period", "2009-07", "--out", out, "/nonexistent"], capture_output=True, text=True)
        check(f"--out {out}: {done.stderr}", done.returncode == 1 and done.stderr.startswith(f"teiten report: {out.rsplit('/', 1)[0]}")
              and "nonexistent" not in done.stderr)
    with open("/dev/full", "wb") as full:
        done = subprocess.run([teiten, "report", "--quiet", "--period", "2009-07", spool], stdout=full, stderr=subprocess.PIPE, text=True)
    check(f"full: {done.stderr}", done.returncode == 1 and done.stderr.startswith("teiten report: standard output: "))


def main(teiten):
    with tempfile.TemporaryDirectory() as directory:
        spool = pathlib.Path(directory) / "spool"
        for i, (sensor, start, seed, packets, monitored) in enumerate(CAPTURES):
            made = pathlib.Path(directory) / f"{i}.pcap"
            synth(teiten, made, start, seed, packets)
            read(teiten, spool, sensor, made, monitored)
        wrong_usage(teiten, spool)
        whole_identities(teiten, spool)
        same_sums(teiten, spool)
        same_in_duckdb(teiten, spool)
        same_in_all_formats(teiten, spool, directory)
        missing(teiten, spool, directory)


if __name__ == "__main__":
    if not pathlib.Path(GEO).exists():
        print(f"skipped: {GEO} is missing")
        sys.exit(snapshots.SKIP)
    main(sys.argv[1])
