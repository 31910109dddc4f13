#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Counts of real captures against counts made with tshark: packets and unique sources per port
and ICMP type/code, packets per TCP flags and IP protocol; through `teiten read` and, if it is
given, through `teitend`.

    expected.py TEITEN [TEITEND]"""
import collections
import sys
import tempfile

import snapshots


def wanted(path):
    """(metric, key) -> (packets, unique sources or None), from a file of expected counts."""
    rows = {}
    for line in path.read_text().splitlines():
        metric, key, packets, uniq = (line.split("\t") + ["", ""])[:4]
        if metric in ("dport", "icmp"):
            rows[metric, key] = (int(packets), int(uniq))
        elif metric in ("tcpflags", "ipproto"):
            rows[metric, key] = (int(packets), None)
    return rows


def counted(teiten, spool):
    """The same, from a spool."""
    rows = collections.defaultdict(lambda: (0, 0))

    def add(metric, key, packets, uniq):
        rows[metric, key] = (rows[metric, key][0] + packets, rows[metric, key][1] + uniq)

    for row in snapshots.export(teiten, spool, "targets"):
        packets = int(row["packets"])
        if row["protocol"] in ("TCP", "UDP") and row["target"] != "-1":
            add("dport", f"{row['target']}/{row['protocol'].lower()}", packets,
                int(row["uniq_src_ip_target"]))
        elif row["protocol"] == "ICMP" and row["target"] != "-1":
            add("icmp", f"{row['target']}/{row['code']}", packets, int(row["uniq_src_ip"]))
    for row in snapshots.export(teiten, spool, "distributions"):
        if row["distribution"] == "tcp-flags":
            add("tcpflags", f"0x{int(row['value']):02x}", int(row["packets"]), 0)
        elif row["distribution"] == "ip-protocol":
            add("ipproto", row["value"], int(row["packets"]), 0)
    return {key: (packets, None if key[0] in ("tcpflags", "ipproto") else uniq)
            for key, (packets, uniq) in rows.items()}


def compare(capture, want, got, how):
    different = [(k, want.get(k), got.get(k)) for k in sorted(set(want) | set(got))
                 if want.get(k) != got.get(k)]
    for key, expected, found in different[:5]:
        print(f"{capture.name}, {how}: {' '.join(key)}: expected {expected}, counted {found}")
    return not different


def main(teiten, teitend=None):
    right = n = 0
    for capture, expected in snapshots.captures():
        want = wanted(expected)
        with tempfile.TemporaryDirectory() as spool:
            snapshots.read(teiten, spool, [capture])
            n += 1
            right += compare(capture, want, counted(teiten, spool), "teiten read")
        if teitend is None:
            continue
        with tempfile.TemporaryDirectory() as spool:
            snapshots.replay(teitend, spool, [capture])
            n += 1
            right += compare(capture, want, counted(teiten, spool), "teitend")
    print(f"{right} of {n} runs agree")
    return 0 if right == n > 0 else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
