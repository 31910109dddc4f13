#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""A capture with a time that no clock shows becomes snapshots that our own readers take: the time
is clamped, and the interval that holds it, however long, ends in a year of four digits.

    faraway.py TEITEN"""
import struct
import sys
import tempfile

import snapshots

LENGTHS = (1, 60, 86400, 31622400)


def block(kind, body):
    """A pcapng block (draft-ietf-opsawg-pcapng section 3.1)."""
    body += bytes(-len(body) % 4)
    length = struct.pack("<I", len(body) + 12)
    return struct.pack("<I", kind) + length + body + length


def packet(ticks):
    """An enhanced packet block with a UDP datagram to 192.0.2.1:53."""
    udp = struct.pack(">HHHH", 1000, 53, 8, 0)
    ip = struct.pack(">BBHHHBBH4B4B", 0x45, 0, 28, 0, 0, 64, 17, 0, 198, 51, 100, 7,
                     192, 0, 2, 1)
    frame = bytes(12) + b"\x08\x00" + ip + udp
    return block(6, struct.pack("<5I", 0, ticks >> 32, ticks & 0xffffffff, len(frame),
                                len(frame)) + frame)


def capture():
    return (block(0x0a0d0d0a, struct.pack("<IHHq", 0x1a2b3c4d, 1, 0, -1))
            + block(1, struct.pack("<HHI", 1, 0, 0))
            + packet(1795387500 * 10**6) + packet(2**64 - 1))


def problems(teiten, directory, length):
    spool = f"{directory}/{length}"
    snapshots.run(teiten, "read", "--spool", spool, "--sensor", "far", "--monitored",
                  "192.0.2.0/24", "--interval", length, f"{directory}/far.pcapng")
    snapshots.run(teiten, "verify", spool)
    if "sensor far" not in snapshots.run(teiten, "info", spool):
        yield "info does not describe it"
    rows = snapshots.export(teiten, spool, "interval")
    if sum(int(row["packets"]) for row in rows) != 2:
        yield f"the packets are {[row['packets'] for row in rows]}"
    last = rows[-1]
    if last["interval_start"][:5] != "9997-" or last["interval_end"][:5] not in (
            "9997-", "9998-"):
        yield f"the last interval is {last['interval_start']} to {last['interval_end']}"


def main(teiten):
    wrong = 0
    with tempfile.TemporaryDirectory() as directory:
        with open(f"{directory}/far.pcapng", "wb") as file:
            file.write(capture())
        for length in LENGTHS:
            for problem in problems(teiten, directory, length):
                print(f"intervals of {length} s: {problem}")
                wrong += 1
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
