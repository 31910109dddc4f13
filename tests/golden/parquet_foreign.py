#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Our reader reads the flat Parquet files of DuckDB, ClickHouse and Polars, value by value, in each codec
that it knows, and refuses the rest of what they write by file and by what it is. Those that are not
installed (scripts/install-readers) are left out; skipped where none is.

    parquet_foreign.py PARQUET_PRINT"""
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

import snapshots

WRITERS = pathlib.Path(__file__).with_name("parquet_writers.mjs")
ROWS = 60000  # a few row groups and pages; more distinct names than a dictionary has room for
TYPES = {"i": "int32", "big": "int64", "time": "time", "place": "text", "name": "text", "same": "text",
         "u32": "int64", "u64": "int64"}

# What the reader says of the column or the page that it refuses.
REFUSED = {
    "brotli": "codec BROTLI is not read", "lz4_raw": "codec LZ4_RAW is not read", "lz4": "codec LZ4_RAW is not read",
    "delta": "encoding DELTA_[A-Z_]+ is not read", "double": "type DOUBLE is not read",
    "boolean": "type BOOLEAN is not read", "list": "nested columns are not read",
    "struct": "nested columns are not read", "date": r"type INT32 \(DATE\) is not read",
    "time": r"type INT64 \(TIME\) is not read", "decimal": r"type INT32 \(DECIMAL\) is not read",
    "local": "timestamps of local time are not read", "uuid": r"type FIXED_LEN_BYTE_ARRAY \(UUID\) is not read",
    "null": "null values are not read", "hugeint": "type DOUBLE is not read",
    "fixed": "type FIXED_LEN_BYTE_ARRAY is not read",
}


def cells():
    """The rows that every writer is given, as parquet_print prints them."""
    places = ["CN", "US", "JP", "", "日"]
    lines = ["\t".join(f"{name} {kind}" for name, kind in TYPES.items())]
    for n in range(ROWS):
        lines.append("\t".join(str(value) for value in (
            n * 7919 % 2**31 - 2**30, n * 1000003 * (1 - 2 * (n % 2)), 1795388100000000 + n * 1000,
            places[n // 50 % 5], f"u{n}", "sensor-1", 2**32 - 1 - n, n << 40)))
    return "\n".join(lines) + "\n"


def write(writer, directory):
    """False where it is not installed."""
    done = subprocess.run(["node", WRITERS, writer, directory, str(ROWS)], capture_output=True, text=True)
    if done.returncode == snapshots.SKIP:
        print(f"left out: {done.stderr.strip()}")
        return False
    if done.returncode != 0:
        raise AssertionError(f"{writer}: {done.stderr}")
    return True


def check(program, path, want):
    """None, or what is wrong."""
    done = subprocess.run([program, path], capture_output=True, text=True)
    if not path.name.startswith("refused-"):
        if done.returncode != 0:
            return done.stderr.strip()
        return None if done.stdout == want else first_difference(done.stdout, want)
    said = f"{re.escape(str(path))}: (column \\w+( at offset \\d+)?: )?{REFUSED[path.stem.split('-')[2]]}\n"
    if done.returncode != 1 or not re.fullmatch(f"parquet_print: {said}", done.stderr):
        return f"status {done.returncode}, {done.stderr.strip()}"
    return None


def first_difference(got, want):
    for n, lines in enumerate(zip(got.splitlines(), want.splitlines())):
        if lines[0] != lines[1]:
            return f"line {n}: {lines[0]!r}, not {lines[1]!r}"
    return f"{got.count(chr(10))} lines, not {want.count(chr(10))}"


def main(program):
    if shutil.which("node") is None:
        print("skipped: there is no node")
        return snapshots.SKIP
    want, wrong, files = cells(), 0, 0
    with tempfile.TemporaryDirectory() as directory:
        if not any([write(writer, directory) for writer in ("duckdb", "clickhouse", "polars")]):
            return snapshots.SKIP
        for path in sorted(pathlib.Path(directory).glob("*.parquet")):
            said = check(program, path, want)
            print(f"{path.stem}: {'ok' if said is None else said}")
            wrong += said is not None
            files += 1
    return 1 if wrong or files == 0 else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
