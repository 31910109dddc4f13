#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""The project's own rules: all load, each finds what it is for and not what nearly is that, and none finds
anything in what a browser sends and gets. Slammer, once, in the capture that has it.

    own_rules.py TEITEN"""
import csv
import io
import pathlib
import re
import struct
import subprocess
import sys
import tempfile

import own_rules_cases
from packets import ACK, FIN, ME, PSH, RST, SYN, SYSTEM, dns, host, tcp, udp, write

ROOT = pathlib.Path(__file__).resolve().parents[2]
FILES = sorted((ROOT / "rules").glob("*.rules"))
MONITORED = "192.0.2.0/24,203.0.113.0/24,2001:db8:1::/48"
SLAMMER = ROOT.parent / "shared" / "pcap" / "darknet" / "wswiki-slammer.pcap"


def match(teiten, capture, *options):
    """sid → (category, detections)."""
    rules = [word for path in FILES for word in ("--rules", path)]
    done = subprocess.run([teiten, "rules", "match", "--csv", "--all", *rules, *options, capture],
                          capture_output=True, text=True, check=True)
    return {int(row["sid"]): (row["category"], int(row["detections"]))
            for row in csv.DictReader(io.StringIO(done.stdout))}


def connection(number):
    """What a client and a server of the web send each other; every other one without timestamps."""
    server, port = host(number), (80, 443)[number % 2]
    client = {"dst": server, "ttl": 64, "sport": 32768 + number * 97}
    back = {"src": server, "dst": ME, "sport": port}
    stamps = b"\x01\x01\x08\x0a\0\0\0\x02\0\0\0\x01" if number % 2 else b""
    hello = b"\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03" + bytes(range(256)) + b"\0" * 245
    get = b"GET /?a=${b} HTTP/1.1\r\nHost: example.org\r\nUser-Agent: Mozilla/5.0\r\n\r\n"
    page = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<p>${jndi:ldap://example.org} ${${a}}"
    yield tcp(port, **client)
    yield tcp(client["sport"], flags=SYN | ACK, ack=1, options=SYSTEM, **back)
    yield tcp(port, flags=ACK, ack=9, options=stamps, **client)
    yield tcp(port, hello if port == 443 else get, flags=PSH | ACK, ack=9, options=stamps, **client)
    yield tcp(client["sport"], page, flags=ACK, ack=9, options=stamps, **back)
    yield tcp(port, flags=ACK, ack=99, options=stamps, **client)
    yield tcp(client["sport"], flags=FIN | ACK, ack=9, options=stamps, **back)
    yield tcp(port, flags=(FIN | ACK, RST)[number % 2], ack=100, options=stamps, **client)


def lookups(number):
    """DNS over UDP and TCP, of two resolvers, and answers, to ports of traceroute too."""
    resolver, port = ("9.9.9.9", "149.112.112.112")[number % 2], 33434 + number
    for kind in (1, 28, 65):
        ask = {"edns": (None, 1232, 4096)[number % 3]}
        yield udp(53, dns(f"www{number}.example.org", kind, **ask), dst=resolver, sport=port, ttl=64)
        yield udp(port, dns(f"www{number}.example.org", kind, flags=0x8180, **ask), src=resolver, dst=ME,
                  sport=53, ttl=9)
    yield tcp(53, dst=resolver, sport=port, ttl=64)


def browsing():
    """Two minutes of a browser: pages of sixty servers, with what belongs to it."""
    for number in range(60):
        yield from lookups(number)
        yield from connection(number)
        quic = b"\xc3\0\0\0\x01\x08" + bytes(range(200))
        yield udp(443, quic.ljust(1200, b"\0"), dst=host(number), sport=50000 + number, ttl=64)
        yield udp(33434 + number, quic.ljust(1200, b"\0"), src=host(number), dst=ME, sport=443, ttl=4)
    yield from (tcp(port, dst=host(7)) for port in (8080, 8443, 8080, 8080))
    yield udp(123, b"\x23" + bytes(47), dst=host(9), ttl=64)
    yield udp(40000, b"\x24\x02" + bytes(46), src=host(9), dst=ME, sport=123)
    yield udp(1900, own_rules_cases.SEARCH % b"239.255.255.250", dst="239.255.255.250", ttl=1)
    yield udp(5353, dns("_googlecast._tcp.local", 12, flags=0), sport=5353, dst="224.0.0.251", ttl=255)
    yield udp(3478, struct.pack("!HHI", 1, 0, 0x2112A442) + bytes(12), dst=host(11))


def written():
    """sid → category, of the files, one file a category."""
    names = {"worm": "Worm", "scan": "Scan", "udp-spam": "UDP spam", "dos": "DoS", "dns": "DNS",
             "others": "Others"}
    return {int(sid): names[path.stem] for path in FILES
            for sid in re.findall(r"\bsid:(\d+);", path.read_text())}


def complaints(teiten, capture):
    """Yields what is wrong."""
    categories = {sid: category for category, cases in own_rules_cases.CATEGORIES.items() for sid in cases}
    if categories != written():
        yield f"not of rules and of cases: {sorted(set(categories.items()) ^ set(written().items()))}"
    for cases in own_rules_cases.CATEGORIES.values():
        for sid, (found, near) in cases.items():
            for packets, expected in ((found, 1), (near, 0)):
                write(capture, packets)
                for options in ((), ("--reference",), ("--home-net", MONITORED)):
                    got = match(teiten, capture, *options).get(sid)
                    if got != (categories[sid], expected):
                        yield f"sid {sid} {options}: {got}, expected {expected} ({len(packets)} packets)"
    write(capture, browsing(), seconds=0.1)
    for options in ((), ("--home-net", ME)):
        fired = {sid: got for sid, (_, got) in match(teiten, capture, *options).items() if got}
        if fired:
            yield f"browsing: {fired}"
    if SLAMMER.exists() and match(teiten, SLAMMER)[3000001][1] != 1:
        yield f"Slammer is not once in {SLAMMER}"


def main(teiten):
    check = subprocess.run([teiten, "rules", "check", "--strict", *FILES], capture_output=True, text=True)
    wrong = [check.stdout] if check.returncode else []
    with tempfile.TemporaryDirectory() as directory:
        wrong += complaints(teiten, pathlib.Path(directory) / "own.pcap")
    print("\n".join(wrong) or f"{len(written())} rules; Slammer "
          + ("found once" if SLAMMER.exists() else f"not tried: {SLAMMER} is absent"))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
