# SPDX-License-Identifier: BSD-3-Clause
"""The engines that read snapshots without our code: how each is asked, and what a table holds
by it. scripts/install-readers installs them."""
import pathlib
import shutil
import subprocess
import sys

import snapshots

PROGRAMS = snapshots.ROOT / "tests/readers"


class NotInstalled(Exception):
    """The engine is not installed; the text says what is missing."""


def ask(program, *args, cwd=None):
    """The rows that a program of tests/readers prints, as lists of text."""
    runner = sys.executable if program.endswith(".py") else shutil.which("node")
    if runner is None:
        raise NotInstalled("no node")
    done = subprocess.run([runner, PROGRAMS / program, *map(str, args)], capture_output=True, text=True,
                          cwd=cwd)
    if done.returncode == snapshots.SKIP:
        raise NotInstalled(done.stderr.strip())
    if done.returncode != 0:
        raise AssertionError(f"{program} {' '.join(map(str, args))[:2000]}: {done.stderr}")
    return [line.split("\t") for line in done.stdout.splitlines()]


def duckdb(sql, cwd=None):
    return ask("duckdb.mjs", sql, cwd=cwd)


def clickhouse(sql, cwd=None):
    return ask("clickhouse.py", sql, cwd=cwd)


def polars(program, cwd=None):
    return ask("polars.mjs", program, cwd=cwd)


def duckdb_table(spool, table):
    """(number of rows, {column: sum, or number of distinct values of what is no integer})."""
    source = f"read_parquet('{spool}/*/*/[0-9]*/{table}.parquet')"
    columns = duckdb(f"SELECT column_name, column_type FROM (DESCRIBE SELECT * FROM {source})")
    facts = ", ".join(f'sum("{name}")' if kind in ("BIGINT", "INTEGER")
                      else f'count(DISTINCT "{name}")' for name, kind in columns)
    return counts([name for name, _ in columns], duckdb(f"SELECT count(*), {facts} FROM {source}"))


def clickhouse_table(spool, table):
    source = f"file('{spool}/*/*/{{1,2}}*/{table}.parquet')"
    columns = [row[:2] for row in clickhouse(f"DESCRIBE {source}")]
    facts = ", ".join(f'sum("{name}")' if kind in ("Int64", "Int32")
                      else f'uniqExact("{name}")' for name, kind in columns)
    return counts([name for name, _ in columns], clickhouse(f"SELECT count(), {facts} FROM {source}"))


def polars_table(spool, table):
    """Its names and its counts are the two rows of one answer."""
    names, row = polars(f"""
        const table = pl.readParquet({str(sorted_parts(spool, table)[0])!r});
        const facts = table.columns.map((name, i) => /^Int(32|64)$/.test(table.dtypes[i].variant)
            ? pl.col(name).cast(pl.Int64).sum() : pl.col(name).nUnique());
        const all = pl.scanParquet("{spool}/*/*/[0-9]*/{table}.parquet").select(pl.len().alias("rows"), ...facts)
        const answer = {{ rows: () => [["rows", ...table.columns], all.collectSync().row(0)] }};""")
    return counts(names[1:], [row])


def hyparquet_table(spool, table):
    rows = ask("hyparquet.mjs", *sorted_parts(spool, table))
    return int(rows[0][1]), {name: int(value) for name, value in rows[1:]}


def sorted_parts(spool, table):
    return sorted(pathlib.Path(spool).glob(f"*/*/[0-9]*/{table}.parquet"))


def counts(names, rows):
    return int(rows[0][0]), dict(zip(names, map(int, rows[0][1:])))


TABLE = {"duckdb": duckdb_table, "clickhouse": clickhouse_table, "polars": polars_table,
         "hyparquet": hyparquet_table}
QUERY = {"duckdb": duckdb, "clickhouse": clickhouse, "polars": polars}
