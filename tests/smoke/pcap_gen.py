#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Writes a capture of small TCP SYNs: pcap_gen.py FILE FRAMES SECONDS [SHUFFLE-SEED|- [START]].

SHUFFLE-SEED: "-" for none; START: seconds since the epoch."""
import random
import struct
import sys


def checksum(data):
    total = sum(struct.unpack("!%dH" % (len(data) // 2), data))
    total = (total & 0xFFFF) + (total >> 16)
    return ~(total + (total >> 16)) & 0xFFFF


def frame(number):
    src = 0xC6336400 + number % 200  # 198.51.100.0/24
    dst = 0xC0000200 + number % 250  # 192.0.2.0/24
    port = (22, 23, 80, 445, 1433)[number % 5]
    ip = struct.pack("!BBHHHBBHII", 0x45, 0, 40, number & 0xFFFF, 0, 64, 6, 0, src, dst)
    ip = ip[:10] + struct.pack("!H", checksum(ip)) + ip[12:]
    tcp = struct.pack("!HHIIHHHH", 1024 + number % 60000, port, number, 0, 0x5002, 1024, 0, 0)
    return b"\x02\0\0\0\0\x01\x02\0\0\0\0\x02\x08\0" + ip + tcp + b"\0" * 6


def main():
    path, count, seconds = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    order = list(range(count))
    start = int(sys.argv[5]) if len(sys.argv) > 5 else 1700000000
    if len(sys.argv) > 4 and sys.argv[4] != "-":
        random.Random(int(sys.argv[4])).shuffle(order)
    with open(path, "wb") as out:
        out.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1))
        for i in order:
            us = start * 1000000 + i * seconds * 1000000 // count
            data = frame(i)
            out.write(struct.pack("<IIII", us // 1000000, us % 1000000, len(data), len(data)))
            out.write(data)


main()
