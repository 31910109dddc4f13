#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""A reader that shares no code with us reads every table of a spool: the same rows, sums of integers
and numbers of distinct texts as `teiten export` prints. The spool has two sensors of synthetic
traffic, a third of the real captures where they are there, and an unfinished snapshot, which is
not read. Skipped where the reader is not installed.

    readers.py READER TEITEN      of duckdb, clickhouse, polars, hyparquet"""
import collections
import csv
import pathlib
import shutil
import subprocess
import sys
import tempfile

import engines
import snapshots

CAPTURES = snapshots.SHARED / "pcap"
DEMO = (snapshots.ROOT / "profiles/demo.yaml").read_text()
# An IPv6 network small enough that sums of monitored addresses stay within an integer.
BOTH = """
name: both
duration: 5m
monitored: 203.0.113.0/24,2001:db8::/112
components:
  - {target: 23/TCP, rate: 9/s, sources: 200}
  - {target: 23/TCP, name: six, ip_version: 6, rate: 9/s, sources: 100}
  - {target: 53/UDP, name: six asks, ip_version: 6, rate: 5/s, sources: 40, payload: abcd}
  - {target: 128/ICMPv6, rate: 3/s, sources: 20}
"""


def tables(teiten):
    return [line.split(":")[0]
            for line in snapshots.run(teiten, "export", "--list-tables").splitlines()]


def from_export(teiten, spool, table):
    """(number of rows, {column: sum or number of distinct texts})."""
    text = snapshots.run(teiten, "export", "--format", "csv", "--table", table, spool)
    names, *rows = csv.reader(text.splitlines())
    facts = {}
    for name, values in zip(names, zip(*rows)):
        try:
            facts[name] = sum(map(int, values))
        except ValueError:
            facts[name] = len(set(values))
    return len(rows), facts


def make_spool(teiten, directory, spool):
    """Two sensors, of which the second saw a part of what the first did, then some other sources, and
    on its last day IPv6 as well."""
    ipv4, both = "0.0.0.0/0", "0.0.0.0/0,2001:db8::/112"
    for sensor, profile, seed, packets, day, monitored in (
            ("one", DEMO, 3, 20000, 5, ipv4), ("two", DEMO, 3, 10000, 5, ipv4),
            ("two", DEMO, 4, 10000, 6, ipv4), ("two", BOTH, 5, 5000, 7, both)):
        made = pathlib.Path(directory) / f"{sensor}{seed}.pcap"
        made.with_suffix(".yaml").write_text(profile)
        snapshots.run(teiten, "synth", "--profile", made.with_suffix(".yaml"), "--seed", seed, "--packets", packets,
                      "--start", f"2026-01-{day:02}T00:00:00Z", "--out", made)
        snapshots.run(teiten, "read", "--rules", snapshots.RULES, "--spool", spool, "--sensor", sensor,
                      "--interval", 60, "--pairs", 65536, "--monitored", monitored, made)


def add_real(teiten, spool):
    """A sensor for each of some real captures. Returns how many were read without a complaint."""
    read = collections.Counter(
        subprocess.run([str(a) for a in (
            teiten, "read", "--rules", snapshots.RULES, "--spool", spool, "--sensor", f"real-{i}",
            "--interval", snapshots.YEAR, "--pairs", 8192, "--monitored", "0.0.0.0/0", capture)], capture_output=True).returncode
        for i, capture in enumerate(sorted(CAPTURES.glob("*/*.pcap*"))[::16]))
    return read[0]


def leave_unfinished(spool):
    """A copy of a snapshot as a killed program leaves it."""
    snapshot = sorted(pathlib.Path(spool).glob("one/*/2*Z"))[0]
    shutil.copytree(snapshot, snapshot.with_name(".tmp-" + snapshot.name))


def main(reader, teiten):
    read_table = engines.TABLE[reader]
    wrong = 0
    with tempfile.TemporaryDirectory() as directory:
        spool = f"{directory}/spool"
        make_spool(teiten, directory, spool)
        try:
            read_table(spool, "interval")
        except engines.NotInstalled as missing:
            print(f"skipped: {missing}")
            return snapshots.SKIP
        print(f"{add_real(teiten, spool)} real captures")
        leave_unfinished(spool)
        for table in tables(teiten):
            want, got = from_export(teiten, spool, table), read_table(spool, table)
            print(f"{table}: {want[0]} rows, {len(want[1])} columns")
            if want != got or want[0] == 0:
                print(f"{table}: export {want}, {reader} {got}")
                wrong += 1
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
