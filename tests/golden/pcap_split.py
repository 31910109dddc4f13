#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Splits a classic pcap file into N files, for tests that want the same packets on N queues.

    pcap_split.py IN.pcap N MODE PREFIX      MODE: turns | halves | shuffled

writes PREFIX0.pcap ... : frames in turns, in N runs of the same length, or dealt out and reordered
at random (seed 1). Exit status 3 if IN.pcap is not classic pcap with microseconds."""
import random
import struct
import sys

MAGICS = {b"\xd4\xc3\xb2\xa1": "<", b"\xa1\xb2\xc3\xd4": ">"}


def read(path):
    """The file's header and its whole records, as bytes."""
    with open(path, "rb") as f:
        data = f.read()
    order = MAGICS.get(data[:4])
    if order is None:
        sys.exit(3)
    records, at = [], 24
    while at + 16 <= len(data):
        captured = struct.unpack_from(order + "I", data, at + 8)[0]
        if at + 16 + captured > len(data):
            break
        records.append(data[at:at + 16 + captured])
        at += 16 + captured
    return data[:24], records


def deal(records, n, mode):
    if mode == "turns":
        return [records[i::n] for i in range(n)]
    if mode == "halves":
        size = (len(records) + n - 1) // n
        return [records[i * size:(i + 1) * size] for i in range(n)]
    rng = random.Random(1)
    parts = [[] for _ in range(n)]
    for record in records:
        parts[rng.randrange(n)].append(record)
    for part in parts:
        rng.shuffle(part)
    return parts


def main(path, n, mode, prefix):
    header, records = read(path)
    for i, part in enumerate(deal(records, int(n), mode)):
        with open(f"{prefix}{i}.pcap", "wb") as f:
            f.write(header + b"".join(part))


if __name__ == "__main__":
    main(*sys.argv[1:])
