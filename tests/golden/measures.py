#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Measures of real captures against other counts of the same packets: source ports as tshark
counted them, scanners whose tool is known, the class of every TCP flag combination, and what ICMP
errors quote.

    measures.py TEITEN"""
import collections
import pathlib
import struct
import sys
import tarfile
import tempfile

import frames
import snapshots

# Sources that sent these captures, and the packets that their tool left its mark on.
ZMAP, MASSCAN = "zmap-ip-id", "masscan-ip-id"
SCANNERS = {
    "ScannerRecognition-zmap.pcap": {("192.168.37.132", ZMAP): 10000},
    "ScannerRecognition-masscan.pcap": {("192.168.37.135", MASSCAN): 600},
    "curated-tcp_0_1000_20190821.pcap": {("172.31.15.102", MASSCAN): 1001},
}


def differences(name, want, got):
    """Prints up to five keys of which the counts differ; returns whether there are any."""
    keys = sorted((k for k in set(want) | set(got) if want.get(k) != got.get(k)), key=str)
    for key in keys[:5]:
        print(f"{name}: {key}: expected {want.get(key)}, counted {got.get(key)}")
    return bool(keys)


def source_ports(teiten, spool, expected):
    want = {}
    for line in expected.read_text().splitlines():
        metric, key, packets = line.split("\t")[:3]
        if metric == "sport":
            want[key] = int(packets)
    got = collections.Counter()
    for row in snapshots.export(teiten, spool, "distributions"):
        protocol = row["distribution"].removesuffix("-source-port")
        if protocol != row["distribution"]:
            got[f"{row['value']}/{protocol}"] += int(row["packets"])
    return want, got


def scanners(teiten, spool):
    return {(row["src_ip"], row["fingerprint"]): int(row["packets"])
            for row in snapshots.export(teiten, spool, "source_fingerprints")
            if row["carried"] == "1"}


def attacked_of(ip):
    """(type, code, attacked protocol, attacked number) of an ICMP packet that is an answer."""
    if ip.protocol != frames.ICMP or ip.offset != 0 or len(ip.payload) < 4:
        return None
    kind, code = ip.payload[:2]
    if kind in frames.ICMP_ERRORS:
        protocol, number = frames.quoted(ip.payload)
        return kind, code, protocol, number
    if kind in frames.ICMP_REQUESTS:
        return kind, code, frames.ICMP, frames.ICMP_REQUESTS[kind]
    return None


def attacked_name(protocol):
    """As the table names it; protocols that are neither of these three are one to this test."""
    return "" if protocol in (None, 0) else frames.PROTOCOLS.get(protocol, "other")


def backscatter(teiten, spool, capture):
    """ICMP alone."""
    want, got = collections.Counter(), collections.Counter()
    for ip in frames.packets(capture):
        key = attacked_of(ip)
        if key is not None:
            want[*key[:2], attacked_name(key[2]), key[3]] += 1
    names = ("", *frames.PROTOCOLS.values())
    for row in snapshots.export(teiten, spool, "backscatter"):
        if row["protocol"] == "ICMP":
            name = row["attacked_protocol"]
            got[int(row["type"]), int(row["code"]), name if name in names else "other",
                int(row["attacked_target"])] += int(row["packets"])
    return want, got


def tcp_class(flags):
    """By SYN, ACK, RST and FIN; no other flag matters."""
    names = {"S": "tcp-syn", "SA": "tcp-synack", "R": "tcp-rst", "RA": "tcp-rst", "A": "tcp-ack"}
    letters = "".join(letter for letter, bit in (("S", 2), ("R", 4), ("A", 16), ("F", 1))
                      if flags & bit)
    return names.get(letters, "tcp-other")


def flags(teiten, captures):
    want, got = collections.Counter(), collections.Counter()
    for capture in captures:
        for ip in frames.packets(capture):
            if ip.protocol == frames.TCP and ip.offset == 0 and len(ip.payload) >= 14:
                value = struct.unpack_from(">H", ip.payload, 12)[0] & 0xfff
                want[value, tcp_class(value)] += 1
    with tempfile.TemporaryDirectory() as spool:
        snapshots.read(teiten, spool, captures)
        for row in snapshots.export(teiten, spool, "distributions"):
            if row["distribution"] == "tcp-flags-all":
                got[int(row["value"]), row["class"]] += int(row["packets"])
    return want, got


def unpack(archive, directory):
    """The captures of an archive, as files side by side."""
    captures = []
    with tarfile.open(archive) as tar:
        for member in tar:
            if member.isfile() and member.name.endswith(".pcap"):
                captures.append(directory / member.name.replace("/", "_"))
                captures[-1].write_bytes(tar.extractfile(member).read())
    return captures


def check_flags(teiten):
    archive = snapshots.SHARED / "pcap/esnet-tcp-flag-exhaustive.tar.gz"
    wrong, seen = 0, set()
    with tempfile.TemporaryDirectory() as directory:
        captures = unpack(archive, pathlib.Path(directory))
        for i in range(0, len(captures), 500):
            want, got = flags(teiten, captures[i:i + 500])
            wrong += differences("flags", want, got)
            seen |= set(want)
    print(f"{len(seen)} TCP flag combinations in {len(captures)} captures")
    return wrong


def check(teiten, capture, expected):
    with tempfile.TemporaryDirectory() as spool:
        snapshots.read(teiten, spool, [capture])
        wrong = differences(f"{capture.name}, source ports",
                            *source_ports(teiten, spool, expected))
        wrong += differences(f"{capture.name}, scanners", SCANNERS.get(capture.name, {}),
                             scanners(teiten, spool))
        want, got = backscatter(teiten, spool, capture)
        wrong += differences(f"{capture.name}, ICMP backscatter", want, got)
    return wrong, sum(want.values())


def main(teiten):
    wrong = n = answers = 0
    for capture, expected in snapshots.captures():
        result = check(teiten, capture, expected)
        wrong, answers, n = wrong + result[0], answers + result[1], n + 1
    print(f"{n} captures, {answers} ICMP answers")
    wrong += check_flags(teiten)
    return 1 if wrong or n == 0 else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
