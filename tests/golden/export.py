#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Every format of `teiten export` holds the same rows, of every table: CSV and JSON Lines are read with Python, SQLite
with its sqlite3, Avro with avrocat and Polars, Parquet in the layout of Hive with DuckDB. Spans and
sensors chosen apart add up to the whole; tables without rows are read as well; the same rows give the same bytes;
the time series of corsaro3 are what the tables say. Readers that are not installed are named and left out.

    export.py TEITEN"""
import collections
import csv
import datetime
import filecmp
import io
import json
import pathlib
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile

import engines
import readers
import snapshots

EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)
MIDDLE = "2026-01-05T00:02:00Z"


def microseconds(text):
    return (datetime.datetime.fromisoformat(text.replace("Z", "+00:00")) - EPOCH) \
        // datetime.timedelta(microseconds=1)


def value(text):
    """A value of JSON, or a text of CSV that is no number; times become microseconds."""
    if isinstance(text, int):
        return text
    if re.fullmatch(r"\d{4}-\d\d-\d\dT[\d:.]+Z", text):
        return microseconds(text)
    return text


class Table:
    """The rows of a table and what is an integer, a time or a text, as JSON Lines has it."""

    def __init__(self, teiten, spool, name, *options):
        lines = snapshots.run(teiten, "export", "--format", "jsonl", "--table", name, *options, spool)
        objects = [json.loads(line) for line in lines.splitlines()]
        header = snapshots.run(teiten, "export", "--list-tables")
        self.name = name
        self.columns = re.search(rf"^{name}: (.*)$", header, re.M).group(1).split()
        assert all(list(o) == self.columns for o in objects), f"{name}: keys of JSON Lines"
        self.rows = [tuple(value(v) for v in o.values()) for o in objects]
        self.times = {c for o in objects[:1] for c, v in o.items() if v != value(v)}
        self.texts = {c for o in objects[:1] for c, v in o.items()
                      if isinstance(v, str) and c not in self.times}

    def dicts(self):
        return [dict(zip(self.columns, row)) for row in self.rows]

    def of(self, column):
        at = self.columns.index(column)
        return [row[at] for row in self.rows]


def check(what, condition):
    """1 where the condition is false, which is printed."""
    if not condition:
        print(f"WRONG: {what}")
    return 0 if condition else 1


def csv_rows(path, table):
    with open(path, newline="") as f:
        rows = list(csv.reader(f))
    assert rows[0] == table.columns
    return [tuple(value(v) if c in table.times | table.texts else int(v)
                  for c, v in zip(table.columns, row)) for row in rows[1:]]


def avrocat_rows(path):
    done = subprocess.run(["avrocat", path], capture_output=True, text=True, check=True)
    return [tuple(json.loads(line).values()) for line in done.stdout.splitlines()]


def polars_facts(path, table):
    """[number of rows, what each column is, its sum, its least and greatest time or its number of distinct texts]."""
    facts = ", ".join(f'pl.col("{c}").nUnique().alias("{c}")' if c in table.texts
                      else f'pl.col("{c}").cast(pl.Int64).min().alias("{c}"), '
                           f'pl.col("{c}").cast(pl.Int64).max().alias("{c}, greatest")' if c in table.times
                      else f'pl.col("{c}").cast(pl.Int64).sum().alias("{c}")' for c in table.columns)
    return engines.polars(f"""
        const frame = pl.readAvro({str(path)!r});
        const kinds = frame.columns.map((name, i) => `${{name}} ${{frame.dtypes[i]}}`.replace(/Int(32|64)/, 'Int'));
        const answer = {{ rows: () => [[frame.height], kinds, frame.select({facts}).row(0)] }};""")


def facts_for_polars(table):
    kinds, facts = [], []
    for column in table.columns:
        values = table.of(column)
        if column in table.texts:
            kinds.append(f"{column} DataType(String)")
            facts.append(len(set(values)))
        elif column in table.times:
            kinds.append(f"{column} DataType(Datetime(us,UTC))")
            facts += [min(values), max(values)]
        else:
            kinds.append(f"{column} DataType(Int)")
            facts.append(sum(values))
    return [[str(len(table.rows))], kinds, [str(fact) for fact in facts]]


def hive_rows(directory, table):
    """[rows, and for each column a sum or the number of distinct texts] by DuckDB, with the keys of the layout."""
    source = f"read_parquet('{directory}/table={table.name}/*/*/*.parquet', hive_partitioning = true)"
    facts = ", ".join(f'count(DISTINCT "{c}")' if c in table.texts
                      else f'sum(epoch_us("{c}"))' if c in table.times else f'sum("{c}")'
                      for c in table.columns)
    wrong = "count(*) FILTER (strftime(interval_start AT TIME ZONE 'UTC', '%Y-%m-%d') <> date::VARCHAR)"
    row = engines.duckdb(f"SELECT count(*), {facts}, {wrong} FROM {source}")[0]
    return [int(v) for v in row]


def facts_for_duckdb(table):
    return [len(table.rows)] + [len(set(table.of(c))) if c in table.texts else sum(table.of(c))
                                for c in table.columns] + [0]


def same_rows(teiten, spool, directory, have):
    """Exports all tables in every format, and reads them back."""
    wrong = 0
    for form, out in (("csv", "csv"), ("jsonl", "jsonl"), ("avro", "avro"), ("parquet", "hive"),
                      ("sqlite", "all.db")):
        snapshots.run(teiten, "export", "--table", "all", "--format", form, "--out",
                      directory / out, spool)
    base = sqlite3.connect(directory / "all.db")
    wrong += check("SQLite: integrity", base.execute("PRAGMA integrity_check").fetchone() == ("ok",))
    total = 0
    for name in readers.tables(teiten):
        t = Table(teiten, spool, name)
        total += len(t.rows)
        wrong += check(f"{name}: has rows", len(t.rows) > 0)
        wrong += check(f"{name}: CSV", csv_rows(directory / f"csv/{name}.csv", t) == t.rows)
        wrong += check(f"{name}: SQLite", base.execute(f'SELECT * FROM "{name}"').fetchall() == t.rows)
        if have["avrocat"]:
            wrong += check(f"{name}: avrocat", avrocat_rows(directory / f"avro/{name}.avro") == t.rows)
        if have["Polars"]:
            wrong += check(f"{name}: Polars",
                           polars_facts(directory / f"avro/{name}.avro", t) == facts_for_polars(t))
        if have["DuckDB"]:
            wrong += check(f"{name}: DuckDB", hive_rows(directory / "hive", t) == facts_for_duckdb(t))
    print(f"{total} rows of {len(readers.tables(teiten))} tables")
    return wrong


def same_bytes(teiten, spool, directory):
    wrong = 0
    for form, name in (("avro", "a"), ("sqlite", "b"), ("csv", "c")):
        for turn in "12":
            snapshots.run(teiten, "export", "--table", "targets", "--format", form, "--out",
                          directory / (name + turn), spool)
        wrong += check(f"{form}: the same bytes",
                       filecmp.cmp(directory / (name + "1"), directory / (name + "2"), shallow=False))
    return wrong


def spans_and_sensors(teiten, spool, directory):
    """Parts that together are all there is."""
    whole = Table(teiten, spool, "targets").rows
    halves = [Table(teiten, spool, "targets", *o).rows
              for o in (("--to", MIDDLE), ("--from", MIDDLE))]
    sensors = [Table(teiten, spool, "targets", "--sensor", s).rows for s in ("one", "two")]
    wrong = check("halves are parts", all(0 < len(part) < len(whole) for part in halves + sensors))
    wrong += check("halves add up", sorted(halves[0] + halves[1]) == sorted(whole))
    wrong += check("sensors add up", sensors[0] + sensors[1] == whole)
    wrong += check("both sensors", Table(teiten, spool, "targets", "--sensor", "one,two").rows == whole)
    wrong += check("a sensor's directory", Table(teiten, spool / "two", "targets", "--sensor", "two").rows
                   == sensors[1])
    done = subprocess.run([teiten, "export", "--table", "targets", "--sensor", "two,none", spool],
                          capture_output=True, text=True)
    wrong += check("a sensor that is not there is said",
                   done.returncode == 1 and "no such snapshots of sensor none" in done.stderr)
    # Two exports into one layout are one whole.
    for options in (("--to", MIDDLE), ("--from", MIDDLE)):
        snapshots.run(teiten, "export", "--table", "targets", "--format", "parquet", *options, "--out",
                      directory / "halves", spool)
    names = [p.name for p in sorted((directory / "halves").rglob("*")) if p.is_file()]
    # Sensor one has one day in two halves, sensor two has two days besides.
    return wrong + check(f"files of the halves: {names}", len(names) == 6)


def no_rows(teiten, directory, have):
    """An interval without a single packet. Polars refuses Avro files without rows, libavro's own as well."""
    spool, wrong = directory / "empty-spool", 0
    capture = next(pathlib.Path(directory).glob("*.pcap"))
    snapshots.run(teiten, "read", "--rules", snapshots.RULES, "--spool", spool, "--sensor", "s",
                  "--interval", snapshots.YEAR, "--pairs", 65536, "--monitored", "203.0.114.0/24", capture)
    for form, out in (("avro", "empty.avro"), ("sqlite", "empty.db"), ("csv", "empty.csv"), ("parquet", "empty-hive")):
        snapshots.run(teiten, "export", "--table", "victims", "--format", form, "--out",
                      directory / out, spool)
    rows = sqlite3.connect(directory / "empty.db").execute("SELECT * FROM victims").fetchall()
    wrong += check("SQLite without rows", rows == [])
    wrong += check("CSV without rows", (directory / "empty.csv").read_text().count("\n") == 1)
    if have["avrocat"]:
        wrong += check("avrocat without rows", avrocat_rows(directory / "empty.avro") == [])
    if have["DuckDB"]:
        count = engines.duckdb(f"SELECT count(*) FROM read_parquet('{directory}/empty-hive/**/*.parquet')")
        wrong += check("DuckDB without rows", count == [["0"]])
    return wrong


PROTOCOLS = {"ICMP": 1, "TCP": 6, "UDP": 17}


def expected_series(teiten, spool, sensor):
    """{(series, time): value} worked out from the tables, but for unique destinations of ports."""
    want = collections.Counter()
    asns = collections.defaultdict(set)

    def table(name):
        for row in Table(teiten, spool, name, "--sensor", sensor).dicts():
            yield row, row["interval_start"] // 1000000

    def add(name, at, leaf, n):
        want[f"darknet.{sensor}.{name}.{leaf}", at] += n

    for row, at in table("interval"):
        for leaf, column in (("pkt_cnt", "packets"), ("ip_len", "bytes"), ("uniq_src_ip", "uniq_src_ip")):
            add("overall", at, leaf, row[column])
    for row, at in table("countries"):
        for leaf, column in (("pkt_cnt", "packets"), ("ip_len", "bytes"), ("uniq_src_ip", "uniq_src_ip_country")):
            add(row["country"], at, leaf, row[column])
    for row, at in table("targets"):
        port = row["protocol"] in ("TCP", "UDP") and row["target"] >= 0
        name = (f"traffic.port.{row['protocol'].lower()}.dst_port.{row['target']}" if port else
                f"traffic.icmp.type.{row['target']}.code.{row['code']}")
        if port or row["protocol"] == "ICMP":
            add(name, at, "pkt_cnt", row["packets"])
            add(name, at, "ip_len", row["bytes"])
            add(name, at, "uniq_src_ip", row["uniq_src_ip_target" if port else "uniq_src_ip"])
    for row, at in table("distributions"):
        if row["distribution"] == "ip-protocol":
            add(f"traffic.protocol.{row['value']}", at, "pkt_cnt", row["packets"])
            add(f"traffic.protocol.{row['value']}", at, "ip_len", row["bytes"])
        elif row["distribution"].endswith("-source-port"):
            add(f"traffic.port.{row['distribution'][:3]}.src_port.{row['value']}", at, "pkt_cnt", row["packets"])
    for row, at in table("sources"):
        if row["asn"] > 0:
            name = f"routing.asn.{row['asn']}"
            add(name, at, "pkt_cnt", row["packets"])
            add(name, at, "ip_len", row["bytes"])
            add(name, at, "uniq_src_ip", 1)
        for name in ("overall", row["country"]):
            asns[f"darknet.{sensor}.{name}.uniq_src_asn", at] |= {row["asn"]} - {0}
    if any(asns.values()):
        want.update({key: len(numbers) for key, numbers in asns.items()})
    return want


def series(teiten, spool):
    """The time series of corsaro3. Continents are summed over their countries."""
    text = snapshots.run(teiten, "export", "--format", "corsaro", spool)
    got, continents, wrong = {}, collections.Counter(), 0
    for line in text.splitlines():
        name, number, at = line.split(" ")
        got[name, int(at)] = int(number)
    wrong += check("each value once", len(got) == text.count("\n") > 10000)
    plain = {}
    for (name, at), number in got.items():
        country = re.fullmatch(r"(darknet\.\w+)\.geo\.maxmind\.(..)\.(..)\.(\w+)", name)
        if country is None:
            plain[name, at] = number
            continue
        sensor, continent, letters, leaf = country.groups()
        plain[f"{sensor}.{letters}.{leaf}", at] = number
        if leaf != "uniq_src_asn":
            continents[f"{sensor}.geo.maxmind.{continent}.{leaf}", at] += number
    for key, number in continents.items():
        wrong += check(f"{key}: {plain.get(key)}, its countries have {number}", plain.pop(key, None) == number)
    for key in [k for k in plain if ".geo." in k[0]]:
        wrong += check(f"{key}", key[0].endswith(".uniq_src_asn"))
        del plain[key]
    destinations = {k: plain.pop(k) for k in list(plain) if k[0].endswith(".uniq_dst_ip")}
    want = {**expected_series(teiten, spool, "one"), **expected_series(teiten, spool, "two")}
    for key in want.keys() ^ plain.keys():
        wrong += check(f"{key}: {plain.get(key)}, the tables say {want.get(key)}", False)
    for key in want.keys() & plain.keys():
        wrong += check(f"{key}: {plain[key]}, the tables say {want[key]}", plain[key] == want[key])
    for (name, at), number in destinations.items():
        packets = got[name.replace("uniq_dst_ip", "pkt_cnt"), at]
        wrong += check(f"{name}: {number} destinations of {packets} packets", 0 < number <= packets * 1.3)
    print(f"{len(got)} values of time series, {len(destinations)} of them numbers of destinations")
    return wrong


def installed():
    """{reader: whether it is installed}."""
    have = {"avrocat": shutil.which("avrocat") is not None}
    for name, ask, nothing in (("DuckDB", engines.duckdb, "SELECT 1"),
                               ("Polars", engines.polars, "const answer = { rows: () => [] };")):
        try:
            ask(nothing)
            have[name] = True
        except engines.NotInstalled:
            have[name] = False
    for name, there in have.items():
        if not there:
            print(f"left out: {name} is not installed")
    return have


def main(teiten):
    have, wrong = installed(), 0
    with tempfile.TemporaryDirectory() as name:
        directory = pathlib.Path(name)
        spool = directory / "spool"
        readers.make_spool(teiten, directory, spool)
        wrong += same_rows(teiten, spool, directory, have)
        wrong += same_bytes(teiten, spool, directory)
        wrong += spans_and_sensors(teiten, spool, directory)
        wrong += no_rows(teiten, directory, have)
        wrong += series(teiten, spool)
        left = [str(p) for p in directory.rglob(".*tmp")]
        wrong += check(f"hidden files are left: {left}", not left)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
