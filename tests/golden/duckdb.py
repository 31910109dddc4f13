#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""DuckDB reads every table of a spool with its plain read_parquet: the same rows, sums and texts
as `teiten export` prints. Skipped where node or DuckDB is not installed.

    duckdb.py TEITEN"""
import csv
import io
import pathlib
import shutil
import subprocess
import sys
import tempfile

import snapshots

QUERY = snapshots.ROOT / "tests/smoke/duckdb/query.mjs"
TABLES = ("interval", "targets", "sources", "distributions", "ledger")


def query(sql):
    """Rows of a query as lists of text; None where DuckDB is not installed."""
    done = subprocess.run(["node", QUERY, sql], capture_output=True, text=True)
    if done.returncode == snapshots.SKIP:
        return None
    if done.returncode != 0:
        raise AssertionError(f"{sql}: {done.stderr}")
    return [line.split("\t") for line in done.stdout.splitlines()]


def from_export(teiten, spool, table):
    """(number of rows, {column: sum or number of distinct texts})."""
    rows = list(csv.reader(io.StringIO(
        snapshots.run(teiten, "export", "--format", "csv", "--table", table, spool))))
    names, rows = rows[0], rows[1:]
    facts = {}
    for i, name in enumerate(names):
        values = [row[i] for row in rows]
        try:
            facts[name] = sum(int(v) for v in values)
        except ValueError:
            facts[name] = len(set(values))
    return len(rows), facts


def from_duckdb(spool, table):
    source = f"read_parquet('{spool}/*/*/*/{table}.parquet')"
    columns = query(f"SELECT column_name, column_type FROM (DESCRIBE SELECT * FROM {source})")
    facts = ", ".join(f"sum({name})" if kind in ("BIGINT", "INTEGER")
                      else f"count(DISTINCT {name})" for name, kind in columns)
    row = query(f"SELECT count(*), {facts} FROM {source}")[0]
    return int(row[0]), {name: int(value) for (name, _), value in zip(columns, row[1:])}


def main(teiten):
    if shutil.which("node") is None or query("SELECT 1") is None:
        print("skipped: node or DuckDB is not installed (scripts/install-duckdb)")
        return snapshots.SKIP
    wrong = 0
    with tempfile.TemporaryDirectory() as directory:
        made, spool = pathlib.Path(directory) / "synth.pcap", f"{directory}/spool"
        snapshots.run(teiten, "synth", "--profile", snapshots.ROOT / "profiles/demo.yaml",
                      "--seed", 3, "--packets", 50000, "--out", made)
        snapshots.read(teiten, spool, [made], 60)
        for table in TABLES:
            want, got = from_export(teiten, spool, table), from_duckdb(spool, table)
            print(f"{table}: {want[0]} rows, {len(want[1])} columns")
            if want != got or want[0] == 0:
                print(f"{table}: export {want}, DuckDB {got}")
                wrong += 1
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
