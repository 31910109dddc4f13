# SPDX-License-Identifier: BSD-3-Clause
"""A small reader of captures and headers, independent of teiten's: pcap and pcapng, Ethernet, PPP
and raw IP, IPv4. What it does not know it leaves out."""
import collections
import ipaddress
import struct

ETHERNET, PPP, RAW = 1, 9, 101
ICMP, TCP, UDP = 1, 6, 17
PROTOCOLS = {ICMP: "ICMP", TCP: "TCP", UDP: "UDP"}
ICMP_ERRORS = (3, 4, 5, 11, 12)
ICMP_REQUESTS = {0: 8, 14: 13, 16: 15, 18: 17}

Ip = collections.namedtuple("Ip", "src dst ident protocol offset payload")


def of_pcap(data):
    order = "<" if data[:4] in (b"\xd4\xc3\xb2\xa1", b"\x4d\x3c\xb2\xa1") else ">"
    link = struct.unpack_from(order + "I", data, 20)[0] & 0xffff
    at = 24
    while at + 16 <= len(data):
        captured = struct.unpack_from(order + "I", data, at + 8)[0]
        yield link, data[at + 16:at + 16 + captured]
        at += 16 + captured


def of_pcapng(data):
    at, order, links = 0, "<", []
    while at + 12 <= len(data):
        if data[at:at + 4] == b"\x0a\x0d\x0d\x0a":
            order = "<" if data[at + 8:at + 12] == b"\x4d\x3c\x2b\x1a" else ">"
            links = []
        kind, length = struct.unpack_from(order + "II", data, at)
        if kind == 1:
            links.append(struct.unpack_from(order + "H", data, at + 8)[0])
        elif kind == 6:
            interface, _, _, captured = struct.unpack_from(order + "IIII", data, at + 8)
            yield links[interface], data[at + 28:at + 28 + captured]
        at += length


def read(path):
    """Yields (link type, frame)."""
    data = path.read_bytes()
    yield from (of_pcapng if data[:4] == b"\x0a\x0d\x0d\x0a" else of_pcap)(data)


def ip_bytes(link, frame):
    """The bytes from the IPv4 header on, or nothing."""
    if link == RAW:
        return frame
    if link == PPP:
        at = 2 if frame[:2] == b"\xff\x03" else 0
        return frame[at + 2:] if frame[at:at + 2] == b"\x00\x21" else b""
    at = 12
    while frame[at:at + 2] in (b"\x81\x00", b"\x88\xa8"):
        at += 4
    return frame[at + 2:] if frame[at:at + 2] == b"\x08\x00" else b""


def parse_ip(data):
    """An IPv4 header whose bytes are all there, and what of its payload is; or None."""
    if len(data) < 20 or data[0] >> 4 != 4:
        return None
    size, total = (data[0] & 15) * 4, struct.unpack_from(">H", data, 2)[0]
    if size < 20 or len(data) < size:
        return None
    ident, fragment = struct.unpack_from(">HH", data, 4)
    return Ip(data[12:16], data[16:20], ident, data[9], fragment & 0x1fff,
              data[size:max(total, size)])


def packets(path):
    """Yields the outermost IPv4 header of each frame that has one."""
    for link, frame in read(path):
        ip = parse_ip(ip_bytes(link, frame))
        if ip is not None:
            yield ip


def text(address):
    return str(ipaddress.ip_address(address))


def quoted(message):
    """What an ICMP error says was attacked: (protocol, port or type), -1 for none."""
    ip = parse_ip(message[8:])
    if ip is None:
        return None, -1
    number = -1
    if ip.offset == 0 and ip.protocol in (TCP, UDP) and len(ip.payload) >= 4:
        number = struct.unpack_from(">H", ip.payload, 2)[0]
    elif ip.offset == 0 and ip.protocol == ICMP and len(ip.payload) >= 1:
        number = ip.payload[0]
    return ip.protocol, number
