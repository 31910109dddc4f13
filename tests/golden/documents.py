#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""The SQL of the documents, in DuckDB: the query of docs/snapshot-format.md that estimates unique counts
from sketches gives what `teiten uniques` gives, over intervals and sensors; the SQL that counts sources from
pairs gives what the rows have; tables are the marginals of pairs and contacts; and the queries of
docs/measures.md run. An unfinished snapshot lies in the spool, and is not read. Skipped where
DuckDB is not installed. (The recipes of docs/analysis.md have analysis.py.)

    documents.py TEITEN"""
import json
import re
import sys
import tempfile

import engines
import packets
import readers
import snapshots

MEASURES = snapshots.ROOT / "docs/measures.md"
FORMAT = snapshots.ROOT / "docs/snapshot-format.md"


def documented_sql(spool):
    """The query of the format's document, over the spool, of all keys and without its limit."""
    block = FORMAT.read_text().split("    WITH merged AS (")[1].split("\n\n")[0]
    sql = "WITH merged AS (" + block
    for old, new in (("SPOOL/*/2026-11-22/[0-9]*/", f"{spool}/*/*/[0-9]*/"), ("LIKE 'sources/target/%'", "LIKE '%'"),
                     ("LIMIT 20;", "")):
        if old not in sql:
            raise AssertionError(f"{FORMAT}: no \"{old}\" in the query of sketches")
        sql = sql.replace(old, new)
    return sql


def uniques(teiten, spool, *args):
    """{key: estimate}; by sensor without a pattern."""
    told = json.loads(snapshots.run(teiten, "uniques", "--json", *args, spool))
    return {line.get("sensor", line["key"]): line["estimate"] for line in told["uniques"]}


def sketches(teiten, spool):
    """Number of differences. Both round the same estimator, so one address is the most."""
    want = uniques(teiten, spool, "--keys", "*", "-n", 1 << 30)
    got = {key: int(count) for key, count in engines.duckdb(documented_sql(spool))}
    far = [key for key in want.keys() | got.keys() if abs(want.get(key, -9) - got.get(key, -9)) > 1]
    print(f"sketches: {len(want)} keys, sources {want['sources']}")
    for key in far[:5]:
        print(f"{key}: uniques {want.get(key)}, DuckDB {got.get(key)}")
    if uniques(teiten, spool)[None] != want["sources"]:
        print(f"all sensors: {uniques(teiten, spool)}, the key sources {want['sources']}")
        return len(far) + 1
    return len(far) if want["sources"] > 0 else 1


# (table, keys, sums, unique counts) of the table, and what these are of the other.
MARGINALS = (
    ("pairs", "targets", "protocol, target, code, class, backscatter, country",
     "sum(packets) AS packets, sum(bytes) AS bytes, count(DISTINCT src_ip) AS uniq_src_ip"),
    ("pairs", "countries", "country, class, backscatter",
     "sum(packets) AS packets, sum(bytes) AS bytes, count(DISTINCT src_ip) AS uniq_src_ip"),
    ("pairs", "sources", "src_ip, country",
     "sum(packets) AS packets, sum(bytes) AS bytes, count(DISTINCT (protocol, target)) AS targets"),
    ("contacts", "destinations", "destination, class",
     "sum(packets) AS packets, count(DISTINCT src_ip) AS uniq_src_ip"),
    ("contacts", "sources", "src_ip", "count(DISTINCT (destination, host)) AS destinations"),
)


def marginals(spool):
    """Number of tables that are not what pairs or contacts make them: all of these have all rows."""
    wrong = 0
    for source, table, keys, facts in MARGINALS:
        names = [fact.split(" AS ")[1] for fact in facts.split(", ") if " AS " in fact]
        keys = "interval_start, sensor, " + keys
        differ = " OR ".join(f"a.{name} IS DISTINCT FROM b.{name}" for name in names)
        rows = engines.duckdb(f"""
            WITH a AS (SELECT {keys}, {facts} FROM read_parquet('{spool}/*/*/[0-9]*/{source}.parquet')
                       GROUP BY {keys}),
                 b AS (FROM read_parquet('{spool}/*/*/[0-9]*/{table}.parquet'))
            SELECT count(*), count(*) FILTER ({differ}) FROM a FULL JOIN b USING ({keys})""")
        print(f"{table} from {source}: {rows[0][0]} rows")
        if int(rows[0][0]) == 0 or int(rows[0][1]) != 0:
            print(f"{table}: {rows[0][1]} rows are not as {source} make them")
            wrong += 1
    return wrong


def sources_of_days(teiten, spool):
    """Number of targets whose sources, by the query of the format's document, are not those of pairs."""
    want = {}
    for row in snapshots.export(teiten, spool, "pairs"):
        want.setdefault((row["protocol"], row["target"]), set()).add(row["src_ip"])
    block = FORMAT.read_text().split("    WITH rate AS (")[1].split("\n\n")[0]
    sql = ("WITH rate AS (" + block).replace("SPOOL/*/2026-11-22/[0-9]*/", f"{spool}/*/*/[0-9]*/")
    got = {(row[0], row[1]): int(row[2]) for row in engines.duckdb(sql.replace("LIMIT 20;", ""))}
    far = [key for key in want.keys() | got.keys() if len(want.get(key, ())) != got.get(key)]
    print(f"sources of {len(want)} targets over all intervals")
    for key in far[:5]:
        print(f"{key}: {len(want.get(key, ()))} sources in pairs, DuckDB {got.get(key)}")
    return len(far) if want else 1


def documented_queries():
    """(query, rows that it prints) of the section of queries."""
    section = MEASURES.read_text().split("\n## Questions and queries\n")[1].split("\n## ")[0]
    blocks = re.findall(r"((?:^    .*\n)+)\nprints\n\n((?:^    .*\n)+)", section, re.M)
    return [(sql, [line[4:].split("\t") for line in rows.splitlines()]) for sql, rows in blocks]


def answers(spool):
    """Number of documented queries that give no rows of the documented width. Their numbers are
    those of another spool, and of one edition of the database of countries."""
    wrong = 0
    queries = documented_queries()
    for sql, told in queries:
        rows = engines.duckdb(sql.replace("spool/demo/", f"{spool}/one/"))
        if not rows or len(rows[0]) != len(told[0]):
            print(f"{MEASURES}: {sql}gives {rows}, where the document has {told}")
            wrong += 1
    print(f"{len(queries)} queries of docs/measures.md")
    return wrong if len(queries) == 6 else wrong + 1


def rates_of_ipv4(teiten, spool):
    """Number of targets whose rate of IPv4, by the query of the format's document, is not that of `teiten top-targets`."""
    sql = "WITH observed AS (" + FORMAT.read_text().split("    WITH observed AS (")[1].split("\n\n")[0]
    for old, new in (("SPOOL/*/2026-11-22/[0-9]*/", f"{spool}/*/*/[0-9]*/"), ("LIMIT 20;", "")):
        if old not in sql:
            raise AssertionError(f"{FORMAT}: no \"{old}\" in the query of rates")
        sql = sql.replace(old, new)
    lines = snapshots.run(teiten, "top-targets", "--ip-version", "4", "--format", "csv", "-n", 1 << 30, spool).splitlines()[1:]
    want = sorted(f"{float(line.split(',')[6]):.3f}" for line in lines)
    got = sorted(f"{float(rate):.3f}" for *_, rate in engines.duckdb(sql) if float(rate) > 0)
    print(f"rates of IPv4: {len(want)} targets")
    far = sum(abs(float(a) - float(b)) > 0.002 for a, b in zip(want, got)) + abs(len(want) - len(got))
    return far if want else 1


def mixed_spool(teiten, directory):
    """A sensor of both IP versions, one of whose targets has packets of both."""
    capture, spool = f"{directory}/mixed.pcap", f"{directory}/mixed"
    six = {"src": "2001:db8:1::1", "dst": "2001:db8::1"}
    packets.write(capture, [packets.tcp(23)] * 30 + [packets.tcp(23, **six)] * 50 + [packets.tcp(445, **six)] * 20 + [packets.tcp(22)] * 7, start=1767571200,
                  seconds=1)
    snapshots.run(teiten, "read", "--spool", spool, "--sensor", "s", "--interval", 60, "--monitored", packets.DARK + "/31,2001:db8::/64", "--geo", "none", capture)
    return spool


def main(teiten):
    with tempfile.TemporaryDirectory() as directory:
        spool = f"{directory}/spool"
        readers.make_spool(teiten, directory, spool)
        readers.leave_unfinished(spool)
        try:
            wrong = sketches(teiten, spool) + answers(spool)
            wrong += rates_of_ipv4(teiten, spool) + rates_of_ipv4(teiten, mixed_spool(teiten, directory))
            wrong += marginals(spool) + sources_of_days(teiten, spool)
        except engines.NotInstalled as missing:
            print(f"skipped: {missing}")
            return snapshots.SKIP
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
