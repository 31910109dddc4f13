# SPDX-License-Identifier: BSD-3-Clause
"""Packets of all sorts, and captures of them. A packet is the bytes from its IP header on; checksums are
left 0, as nothing looks at them."""
import ipaddress
import struct

ME = "198.51.100.7"
DARK = "192.0.2.10"
ICMP, TCP, UDP, ICMP6 = 1, 6, 17, 58
FIN, SYN, RST, PSH, ACK, URG, ECE, CWR = (1 << i for i in range(8))
MSS = b"\x02\x04\x05\xb4"
SYSTEM = MSS + b"\x04\x02\x08\x0a\0\0\0\x01\0\0\0\0\x01\x03\x03\x07"  # the options of a SYN of Linux


def ip(protocol, payload, src=ME, dst=DARK, ttl=52):
    source, destination = ipaddress.ip_address(src), ipaddress.ip_address(dst)
    if source.version == 6:
        head = struct.pack("!IHBB", 6 << 28, len(payload), protocol, ttl)
    else:
        head = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(payload), 7, 0, ttl, protocol, 0)
    return head + source.packed + destination.packed + payload


def udp(port, data=b"", sport=40000, **of_ip):
    return ip(UDP, struct.pack("!HHHH", sport, port, 8 + len(data), 0) + data, **of_ip)


def tcp(port, data=b"", flags=SYN, sport=40000, seq=0x10203040, ack=0, options=SYSTEM, **of_ip):
    head = struct.pack("!HHIIBBHHH", sport, port, seq, ack, (20 + len(options)) << 2, flags, 29200, 0, 0)
    return ip(TCP, head + options + data, **of_ip)


def icmp(kind, data=b"abcdefgh" * 4, code=0, **of_ip):
    protocol = ICMP6 if ":" in of_ip.get("dst", DARK) else ICMP
    return ip(protocol, struct.pack("!BBHHH", kind, code, 0, 1, 1) + data, **of_ip)


def name(text):
    return b"".join(bytes([len(label)]) + label.encode() for label in text.split(".") if label) + b"\0"


def dns(text, kind, cls=1, flags=0x0100, edns=None):
    """A message of one question, with an OPT record of that size if edns."""
    opt = b"" if edns is None else struct.pack("!BHHIH", 0, 41, edns, 0, 0)
    head = struct.pack("!HHHHHH", 0x1234, flags, 1, 0, 0, 0 if edns is None else 1)
    return head + name(text) + struct.pack("!HH", kind, cls) + opt


def host(number):
    """The number-th address of a darknet."""
    return str(ipaddress.ip_address("203.0.113.1") + number % 250 + number // 250 * 256)


def write(path, packets, seconds=0.01, start=1_700_000_000):
    """A capture of Ethernet frames of these packets, so far apart, from that time on."""
    with open(path, "wb") as out:
        out.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1))
        for i, packet in enumerate(packets):
            us = start * 1_000_000 + int(i * seconds * 1e6)
            frame = b"\x02\0\0\0\0\x01\x02\0\0\0\0\x02" + (
                b"\x86\xdd" if packet[0] >> 4 == 6 else b"\x08\0") + packet
            out.write(struct.pack("<IIII", us // 1000000, us % 1000000, len(frame), len(frame)))
            out.write(frame)
