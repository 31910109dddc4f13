#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""`teiten top-countries` and `teiten top-networks` are plain sums over `teiten export`: of countries exactly, of AS numbers as many as each
source stands for, with the error of that; by class, time, sensor and IP version. Where both versions are monitored, rates are of IPv4, or not told.

    origins.py TEITEN"""
import collections
import csv
import io
import json
import math
import pathlib
import subprocess
import sys
import tempfile

import analysis
import snapshots

MIXED = """
name: mixed
start: 2026-03-02T00:00:00Z
duration: 1d
monitored: 192.0.2.0/26, 2001:db8::/122
components:
  - {target: 445/TCP, rate: 10/day/address, sources: 20}
  - {target: 445/TCP, name: six, ip_version: 6, packets: 500, sources: 10}
"""
DAY = analysis.NOW
OF_DAY = ("--from", DAY, "--to", "2026-11-23")


def ranking(spool, command, *options):
    text = spool.run(command, "--format", "csv", "-n", 1 << 30, *options)
    rows = list(csv.DictReader(io.StringIO(text)))
    lines = [json.loads(line) for line in spool.run(command, "--format", "jsonl", "-n", 1 << 30, *options).splitlines()]
    if [list(row) for row in rows] != [list(line) for line in lines]:
        raise AssertionError(f"{command}: csv and jsonl have other keys")
    for row, line in zip(rows, lines):
        same = {key: {"": None, "0": False, "1": True}.get(value, value) if isinstance(line[key], (bool, type(None))) else type(line[key])(value)
                for key, value in row.items()}
        if same != line:
            raise AssertionError(f"{command}: {row} and {line}")
    return rows


def one_in(spool):
    return {(row["sensor"], row["interval_start"]): int(row["sources_one_in"]) for row in spool.rows("interval")}


def snapshot_of(row):
    return row["sensor"], row["interval_start"]


def countries(spool, where=lambda row: True):
    """{country: [packets, bytes, most sources of a snapshot]}; of a sample, one at least and no more than packets."""
    found, sources, packets, k = collections.defaultdict(lambda: [0, 0, 0]), collections.Counter(), collections.Counter(), one_in(spool)
    for row in filter(where, spool.rows("countries")):
        found[row["country"]][0] += int(row["packets"])
        found[row["country"]][1] += int(row["bytes"])
        sources[row["country"], snapshot_of(row)] += int(row["uniq_src_ip_country"])
        packets[row["country"], snapshot_of(row)] += int(row["packets"])
    for (country, at), n in sources.items():
        n = n if k[at] == 1 else max(1, min(n, packets[country, at]))
        found[country][2] = max(found[country][2], n)
    return found


def networks(spool, where=lambda row: True):
    """{AS number: [packets, bytes, most sources of a snapshot, standard error]}"""
    k = one_in(spool)
    found, sources = collections.defaultdict(lambda: [0, 0, 0, 0]), collections.Counter()
    squares = collections.Counter()
    for row in filter(where, spool.rows("sources")):
        of, here = found[row["asn"]], k[snapshot_of(row)]
        of[0] += int(row["packets"]) * here
        of[1] += int(row["bytes"]) * here
        sources[row["asn"], snapshot_of(row)] += here
        squares[row["asn"], snapshot_of(row)] += here * (here - 1) * int(row["packets"])**2
    for (asn, at), n in sources.items():
        found[asn][2] = max(found[asn][2], n)
        found[asn][3] += math.sqrt(squares[asn, at])
    return found


def differences(name, rows, key, wanted, days=None):
    whole = sum(values[0] for values in wanted.values())
    order = sorted(wanted, key=lambda k: (-wanted[k][0], int(k) if k.isdigit() else 0 if k == "??" else 1, k))
    if [row[key] for row in rows] != order or len(order) < 10:
        yield f"{name}: {[row[key] for row in rows][:8]}, not {order[:8]}"
        return
    for i, row in enumerate(rows):
        packets, size, sources, *stderr = wanted[row[key]]
        told = [int(row["rank"]), int(row["packets"]), int(row["bytes"]), int(row["max_uniq_src_ip"])]
        if told != [i + 1, packets, size, sources] or not math.isclose(float(row["share"]), packets / whole, abs_tol=1e-6):
            yield f"{name}: {row}, not {wanted[row[key]]}"
        if stderr and int(row["packets_stderr"]) != math.ceil(round(stderr[0], 6)):
            yield f"{name}: {row}: standard error {stderr[0]}"
        if days and not math.isclose(float(row["packets_per_day_address"]), packets / days, abs_tol=1e-6):
            yield f"{name}: {row}: rate {packets / days}"


def sums(spool):
    """All of a spool in which one snapshot has a sample of sources, and a day, a sensor, a class of it."""
    k = one_in(spool).values()
    if not min(k) == 1 < max(k):
        yield f"sources are sampled, one in {set(k)}"
    of_day = lambda row: row["interval_start"].startswith(DAY)
    days = float(spool.address_days(DAY))
    for command, key, want in ("top-countries", "country", countries), ("top-networks", "asn", networks):
        yield from differences(command, ranking(spool, command), key, want(spool))
        yield from differences(f"{command} of a day", ranking(spool, command, *OF_DAY), key, want(spool, of_day), days)
        yield from differences(f"{command} of a sensor", ranking(spool, command, "--sensor", "osaka"), key,
                               want(spool, lambda row: row["sensor"] == "osaka"))
    rows = ranking(spool, "top-countries", "--class", "udp")
    wanted = countries(spool, lambda row: row["class"] == "udp")
    if {row["country"]: int(row["packets"]) for row in rows} != {key: value[0] for key, value in wanted.items()}:
        yield "top-countries --class udp"
    for name, rows in (("all", ranking(spool, "top-networks")), ("osaka", ranking(spool, "top-networks", "--sensor", "osaka"))):
        marks = {(row["packets_estimated"], row["sources_estimated"]) for row in rows}
        is_sampled = any(n > 1 for (sensor, _), n in one_in(spool).items() if name in ("all", sensor))
        if (("1", "1") in marks) != is_sampled or not marks <= {("0", "0"), ("1", "1")}:
            yield f"{name}: {marks}, sampled {is_sampled}"
        if any((row["packets_estimated"] == "1") != (row["packets_stderr"] != "0") for row in rows):
            yield f"{name}: estimates and their errors are of other rows"
        exact = {row["packets_stderr"] for row in rows} == {"0"}
        if exact == is_sampled:
            yield f"{name}: exact {exact}, sampled {is_sampled}"


def text(spool):
    """Estimates are marked, and only these."""
    marked = spool.run("top-networks", "-n", 3)
    if not all("~" in line for line in marked.splitlines()[3:6]) or "~: estimated from a sample of sources" not in marked:
        yield marked
    plain = spool.run("top-networks", "-n", 3, "--sensor", "osaka")
    if "~" in plain or "AS" not in plain.splitlines()[4]:
        yield plain
    if any("~" in line.split("%")[0] for line in spool.run("top-countries", "-n", 3).splitlines()[3:6]):
        yield "packets of countries are marked as estimates"


def mixed(teiten, directory):
    """IPv4 and IPv6, 64 addresses each, and the same where nobody sends to those of IPv6."""
    (directory / "mixed.yaml").write_text(MIXED)
    snapshots.run(teiten, "synth", "--profile", directory / "mixed.yaml", "--out", directory / "mixed.pcap")
    for name, monitored in ("both", "192.0.2.0/26,2001:db8::/122"), ("unsent", "192.0.2.0/26,2001:db8:1::/122"):
        snapshots.run(teiten, "read", "--spool", directory / name, "--sensor", "m", "--monitored", monitored, "--interval", 86400,
                      "--pairs", 8192, "--geo", "none", "--asn", "none", directory / "mixed.pcap")
    both, unsent = (analysis.Spool(teiten, directory / name) for name in ("both", "unsent"))
    packets = {"4": 0, "6": 0}
    for row in both.rows("sources"):
        packets["6" if ":" in row["src_ip"] else "4"] += int(row["packets"])
    days = float(both.address_days("")) / 2
    if min(packets.values()) < 100:
        yield f"packets: {packets}"
    for version, n in packets.items():
        row, = ranking(both, "top-networks", "--ip-version", version)
        if int(row["packets"]) != n or not math.isclose(float(row["packets_per_day_address"]), n / days, rel_tol=1e-6):
            yield f"of IPv{version}: {row}, not {n}"
    row, = ranking(both, "top-networks")
    if int(row["packets"]) != sum(packets.values()) or not math.isclose(float(row["packets_per_day_address"]), packets["4"] / days, rel_tol=1e-6):
        yield f"of both: {row}"
    row, = ranking(both, "top-countries")
    if int(row["packets"]) != sum(packets.values()) or row["packets_per_day_address"] != "":
        yield f"countries of both: {row}"
    if "packets/day/sensor" not in both.run("top-countries") or "no rates by address" not in both.run("top-countries"):
        yield both.run("top-countries")
    row, = ranking(unsent, "top-countries")
    if int(row["packets"]) != packets["4"] or not math.isclose(float(row["packets_per_day_address"]), packets["4"] / days, rel_tol=1e-6):
        yield f"countries of IPv4 alone: {row}"


FEW = """
name: few
start: 2026-10-05T01:00:00Z
duration: 2h
monitored: 198.51.100.0/24
components:
  - {target: 6379/TCP, packets: 60000, sources: new, to: 20m, countries: "US 1"}
  - {target: 5555/TCP, packets: 900, sources: 1, to: 50m, countries: "KR 1"}
  - {target: 5557/TCP, packets: 400, sources: 15, from: 70m, to: 90m, countries: "JP 1"}
"""


def few(teiten, directory):
    """Of a sample, no packets without a source are told, nor more sources than packets; what the sampled snapshot has nothing of is exact."""
    (directory / "geo").write_text("".join(f"{(20 + i) << 24},{((21 + i) << 24) - 1},{c}\n" for i, c in enumerate(("JP", "KR", "US"))))
    (directory / "few.yaml").write_text(FEW)
    snapshots.run(teiten, "synth", "--profile", directory / "few.yaml", "--seed", 1, "--geo", directory / "geo", "--out", directory / "few.pcap")
    snapshots.run(teiten, "read", "--spool", directory / "few", "--sensor", "f", "--monitored", "198.51.100.0/24", "--interval", 3600,
                  "--pairs", 4096, "--geo", directory / "geo", "--asn", "none", directory / "few.pcap")
    spool = analysis.Spool(teiten, directory / "few")
    for more in (), ("--class", "tcp-syn"):
        rows = {row["country"]: row for row in ranking(spool, "top-countries", *more)}
        told = {c: (row["packets"], row["sources_estimated"]) for c, row in rows.items()}
        if told != {"US": ("60000", "1"), "KR": ("900", "1"), "JP": ("400", "0")}:
            yield f"few: {told}"
        if rows["JP"]["max_uniq_src_ip"] != "15" or any(not 0 < int(row["max_uniq_src_ip"]) <= int(row["packets"]) for row in rows.values()):
            yield f"few: {rows}"
    text = spool.run("top-countries").splitlines()
    if not any(" JP " in line and " 15 " in line for line in text) or not any(" KR " in line and "~" in line for line in text):
        yield "\n".join(text)


def damaged(teiten, spool):
    """A snapshot of which the table is damaged is named, and adds nothing."""
    for command, table, key, want in ("top-countries", "countries", "country", countries), ("top-networks", "sources", "asn", networks):
        victim = sorted(spool.path.glob(f"tokyo/{analysis.BEFORE}/2*/{table}.parquet"))[1]
        name = victim.parent.name
        start = f"{analysis.BEFORE}T{name[9:11]}:{name[11:13]}"
        wanted = want(spool, lambda row: row["sensor"] != "tokyo" or not row["interval_start"].startswith(start))
        whole = want(spool)
        keep = victim.read_bytes()
        victim.write_bytes(keep[:len(keep) // 2] + bytes([keep[len(keep) // 2] ^ 1]) + keep[len(keep) // 2 + 1:])
        done = subprocess.run([str(teiten), command, "--format", "csv", "-n", "1000000", str(spool.path)], capture_output=True, text=True)
        victim.write_bytes(keep)
        if done.returncode != 1 or done.stderr.count(str(victim)) != 1 or wanted == whole:
            yield f"{command}: {done.returncode}, {done.stderr}"
        yield from differences(f"{command} but {name}", list(csv.DictReader(io.StringIO(done.stdout))), key, wanted)


def main(teiten):
    with tempfile.TemporaryDirectory() as name, tempfile.TemporaryDirectory() as other:
        spool = analysis.make_spool(teiten, name)
        wrong = [*sums(spool), *text(spool), *mixed(teiten, pathlib.Path(other)), *few(teiten, pathlib.Path(other)), *damaged(teiten, spool)]
    for what in wrong:
        print(what)
    print(f"{len(wrong)} problems")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
