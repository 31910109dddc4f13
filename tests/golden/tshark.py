#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""What `teiten read` counts against what tshark shows of the same captures: packets by protocol
with destination port or ICMP type and code; packets by TCP flags; and what each ICMP and ICMPv6
answer says was attacked. The captures are those of ../shared/pcap, with real ones of frame relay and
Cisco HDLC out of an archive there, and packets of some of them under each link type that none has
(but 205 and 206, which tshark does not know). Skipped where tshark is not installed.

    tshark.py TEITEN"""
import collections
import pathlib
import re
import shutil
import struct
import sys
import tempfile

import frames
import measures
import snapshots
import torture

# Each packet by itself.
PREFERENCES = ("ip.defragment", "ipv6.defragment", "tcp.desegment_tcp_streams",
               "tcp.reassemble_out_of_order", "tcp.analyze_sequence_numbers")

# What a layer tells of its packet, by the fields that tshark shows once of each. Where `whole` is
# shown, there is as much of a transport header as teiten needs to count the packet.
LAYERS = {
    "ip": {"protocol": "ip.proto", "offset": "ip.frag_offset"},
    "ipv6": {"protocol": "ipv6.nxt"},
    "ipv6.hopopts": {"protocol": "ipv6.hopopts.nxt"},
    "ipv6.routing": {"protocol": "ipv6.routing.nxt"},
    "ipv6.fraghdr": {"protocol": "ipv6.fraghdr.nxt", "offset": "ipv6.fraghdr.offset"},
    "ipv6.dstopts": {"protocol": "ipv6.dstopts.nxt"},
    "ah": {"protocol": "ah.next_header"},
    "tcp": {"number": "tcp.dstport", "whole": "tcp.hdr_len", "flags": "tcp.flags"},
    "udp": {"number": "udp.dstport", "whole": "udp.length"},
    "icmp": {"number": "icmp.type", "code": "icmp.code", "whole": "icmp.checksum"},
    "icmpv6": {"number": "icmpv6.type", "code": "icmpv6.code", "whole": "icmpv6.checksum"},
}
FIELDS = [field for layer in LAYERS.values() for field in layer.values()]

# An IP header, IPv6's extension headers (AH is one there alone), the transport right behind.
PACKET = re.compile(r"(?<![^:])(?:ip|ipv6(?::ipv6\.\w+|:ah)*)(?::(?:tcp|udp|icmp|icmpv6))?(?![^:])")

# What stands before IPv4 and before IPv6, by link type; and captures of Ethernet to take these from.
PFLOG = struct.pack(">BBBB16s16sIIIIIIBxxx", 61, 0, 0, 0, b"em0", b"", 1, 2**32 - 1, 0, 1, 0, 1, 1)
WRAPPINGS = (
    (51, b"\x11\0\0\1\xff\xff\0\x21", b"\x11\0\0\1\xff\xff\0\x57"),
    (100, b"\xaa\xaa\3\0\0\0\x08\0", b"\xaa\xaa\3\0\0\0\x86\xdd"),
    (104, b"\x0f\0\x08\0", b"\x8f\0\x86\xdd"),
    (107, b"\x18\x41\3\xcc", b"\x18\x41\3\x8e"),
    (107, b"\x18\x41\3\0\x80\0\0\0\x08\0", b"\x18\x41\3\0\x80\0\0\0\x86\xdd"),
    (107, b"\x18\x41\x08\0", b"\x18\x41\x86\xdd"),
    (107, b"\x18\x40\x03\3\xcc", b"\x18\x40\2\3\3\x8e"),
    (117, PFLOG[:1] + b"\2" + PFLOG[2:], PFLOG[:1] + b"\x1c" + PFLOG[2:]),
    (204, b"\0\xff\3\0\x21", b"\1\xff\3\0\x57"),
)
WRAPPED = ("darknet/blaster.pcap", "icmp/destunreachable.pcap",
           "darknet/wswiki-slammer.pcap", "darknet/stopddos-amp.dns.RRSIG.fragmented.pcap",
           "torture/tcpdump-icmpv6.pcap")
WRAPPED_PACKETS = 200
ARCHIVED = ("HDLC.pcap", "OSPFv3_NBMA_adjacencies.pcap", "icmp-icmp_print-oobr-2.pcap",
            "vrrp-vrrp_print-oobr.pcap")

ICMPV6 = 58
TRANSPORTS = (*frames.PROTOCOLS, ICMPV6)
EXTENSIONS = (0, 43, 44, 51, 60)
ERRORS = {frames.ICMP: frames.ICMP_ERRORS, ICMPV6: (1, 2, 3, 4)}
REQUESTS = {frames.ICMP: frames.ICMP_REQUESTS, ICMPV6: {129: 128}}


def packet_of(names, values):
    """The packet of these layers, whose fields are taken from values. An extension header that is
    not there hides the protocol."""
    packet = {"protocol": None, "offset": 0, "number": -1, "code": 0}
    for name in names:
        for key, field in LAYERS.get(name, {}).items():
            if values[field]:
                packet[key] = values[field].pop(0)
    if names[0] == "ipv6" and packet["protocol"] in EXTENSIONS and packet["offset"] == 0:
        packet["protocol"] = None
    return packet


def packets_of(line):
    """The IP packets of a frame, outermost first; what an ICMP error quotes is the second."""
    layers, *columns = line.split("\t")
    values = {field: [int(value, 0) for value in column.split(",") if value]
              for field, column in zip(FIELDS, columns)}
    return [packet_of(names.split(":"), values) for names in PACKET.findall(layers)]


def is_counted(packet):
    return packet["protocol"] is not None and (
        packet["offset"] > 0 or packet["protocol"] not in TRANSPORTS or "whole" in packet)


def attacked(outer, quoted=None):
    """(protocol, number) of what an ICMP answer says was attacked; None where it is no answer."""
    protocol, number = outer["protocol"], outer["number"]
    if number in ERRORS.get(protocol, ()):
        return (quoted["protocol"], quoted["number"]) if quoted else (None, -1)
    if number in REQUESTS.get(protocol, ()):
        return protocol, REQUESTS[protocol][number]
    return None


def shown(capture, names):
    """Packets by target, by TCP flags (None: not shown), and of ICMP answers what was attacked."""
    options = [option for name in PREFERENCES for option in ("-o", f"{name}:FALSE")]
    columns = [option for field in ("frame.protocols", *FIELDS) for option in ("-e", field)]
    text = snapshots.run("tshark", "-n", *options, "-T", "fields", "-E", "occurrence=a", *columns,
                         "-r", capture)
    targets, flags, answers = (collections.Counter() for _ in range(3))
    for packets in map(packets_of, text.splitlines()):
        if not packets or not is_counted(packets[0]):
            continue
        outer, service = packets[0], attacked(*packets[:2])
        target = names[outer["protocol"]], outer["number"], outer["code"]
        targets[target] += 1
        if outer["protocol"] == frames.TCP and outer["offset"] == 0:
            flags[outer.get("flags")] += 1
        if service is not None:
            # To the table, protocol 0 is none.
            answers[*target, names[service[0]] if service[0] else "", service[1]] += 1
    return {"targets": targets, "TCP flags": flags, "ICMP answers": answers}


def counted(teiten, spool):
    """The same, of a spool."""
    targets, flags, answers = (collections.Counter() for _ in range(3))
    for row in snapshots.export(teiten, spool, "targets"):
        targets[row["protocol"], int(row["target"]), int(row["code"])] += int(row["packets"])
    for row in snapshots.export(teiten, spool, "distributions"):
        if row["distribution"] == "tcp-flags-all":
            flags[int(row["value"])] += int(row["packets"])
    for row in snapshots.export(teiten, spool, "backscatter"):
        if row["protocol"].startswith("ICMP"):
            answers[row["protocol"], int(row["type"]), int(row["code"]), row["attacked_protocol"],
                    int(row["attacked_target"])] += int(row["packets"])
    return {"targets": targets, "TCP flags": flags, "ICMP answers": answers}


def read(teiten, spool, capture):
    """Without databases, which take most of the time. Some captures are damaged."""
    snapshots.read(teiten, spool, [capture], monitored="0.0.0.0/0,::/0", ok=(0, 1),
                   options=("--geo", "none", "--asn=none"))


def unwrapped():
    """The IPv4 and IPv6 packets of WRAPPED, the first of each."""
    for name in WRAPPED:
        for n, (link, frame) in enumerate(frames.read(snapshots.SHARED / "pcap" / name)):
            if link == frames.ETHERNET and frame[12:14] in (b"\x08\0", b"\x86\xdd"):
                yield frame[14:]
            if n == WRAPPED_PACKETS:
                break


def write_wrapped(directory):
    """A capture of each of WRAPPINGS; returns their paths."""
    packets, paths = list(unwrapped()), []
    for n, (link, ipv4, ipv6) in enumerate(WRAPPINGS):
        paths.append(pathlib.Path(directory, f"{n}-link-type-{link}.pcap"))
        with paths[-1].open("wb") as file:
            file.write(struct.pack("<IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, 65535, link))
            for packet in packets:
                frame = (ipv4 if packet[0] >> 4 == 4 else ipv6) + packet
                file.write(struct.pack("<IIII", 0, 0, len(frame), len(frame)) + frame)
    return paths


def unpack_archived(directory):
    """The captures of ARCHIVED; returns their paths."""
    torture.unpack(snapshots.SHARED / "pcap" / "tcpdump-tests.tar.gz", pathlib.Path(directory))
    return [pathlib.Path(directory, f"tests_{name}") for name in ARCHIVED]


def protocol_names(teiten):
    """How the tables write each protocol: the label of one packet of each."""
    with tempfile.TemporaryDirectory() as directory:
        capture, spool = pathlib.Path(directory, "protocols.pcap"), f"{directory}/spool"
        with capture.open("wb") as file:
            file.write(struct.pack("<IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, 65535, frames.RAW))
            for protocol in range(256):
                file.write(struct.pack("<IIII", 0, 0, 40, 40))
                file.write(struct.pack(">BBHHHBB30x", 0x45, 0, 40, 0, 0, 64, protocol))
        read(teiten, spool, capture)
        return {int(row["value"]): row["label"]
                for row in snapshots.export(teiten, spool, "distributions")
                if row["distribution"] == "ip-protocol"}


def check(teiten, capture, names):
    with tempfile.TemporaryDirectory() as spool:
        read(teiten, spool, capture)
        want, got = shown(capture, names), counted(teiten, spool)
    # tshark shows no flags of a TCP header that says it is shorter than 20 bytes.
    hidden = want["TCP flags"].pop(None, 0)
    if sum((got["TCP flags"] - want["TCP flags"]).values()) == hidden:
        got["TCP flags"] &= want["TCP flags"]
    wrong = sum(measures.differences(f"{capture.name}, {what}", want[what], got[what])
                for what in want)
    return wrong, want["targets"].total(), want["ICMP answers"].total()


def main(teiten):
    captures = [path for path in sorted((snapshots.SHARED / "pcap").glob("*/*.*cap*"))
                if path.suffix != ".tsv"]
    if not captures:
        print("skipped: no captures in ../shared/pcap")
        return snapshots.SKIP
    if shutil.which("tshark") is None:
        print("skipped: tshark is not installed")
        return snapshots.SKIP
    names = protocol_names(teiten)
    with tempfile.TemporaryDirectory() as directory:
        captures += write_wrapped(directory) + unpack_archived(f"{directory}/archived")
        results = [check(teiten, capture, names) for capture in captures]
    wrong, packets, answers = map(sum, zip(*results))
    print(f"{len(captures)} captures, {packets} packets, {answers} ICMP answers")
    return 1 if wrong or answers == 0 else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
