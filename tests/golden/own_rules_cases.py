# SPDX-License-Identifier: BSD-3-Clause
"""For every rule of the project: packets that it must find once, and ones that nearly are that, which
it must not find."""
import struct

from packets import (ACK, ECE, FIN, MSS, PSH, SYN, URG, dns, host, icmp, tcp, udp)

V6 = {"src": "2001:db8::7", "dst": "2001:db8:1::9"}
SSRP = b"\x04" + b"\x01" * 96
SLAMMER = (SSRP + b"\xdc\xc9\xb0\x42").ljust(376, b"\x90")
MESSENGER = bytes.fromhex("5a7b91f8ff0011d0a9b200c04fb6e6fc")
MESSENGER_LE = bytes.fromhex("f8917b5a00ffd011a9b200c04fb6e6fc")
SEARCH = b"M-SEARCH * HTTP/1.1\r\nHOST:%s:1900\r\nMAN:\"ssdp:discover\"\r\nMX:1\r\nST:ssdp:all\r\n\r\n"
DARK_NUMBER = 0xC000020A  # 192.0.2.10
MSTSHASH = b"\x03\0\0\x2b\x26\xe0\0\0\0\0\0Cookie: mstshash=hello\r\n\x01\0\x08\0\0\0\0\0"


def popup(interface, order, operation=0):
    """The header of connectionless DCE/RPC, and a message."""
    return (b"\x04\0\x20\0" + bytes([order, 0, 0, 0]) + bytes(16) + interface + bytes(16) + bytes(12)
            + struct.pack("<H", operation) + b"\xff\xff\xff\xff\0\0" + bytes(4) + b"BUY NOW")


def ldap(attribute):
    """A search of the root for that attribute's presence."""
    search = (b"\x04\0\x0a\x01\0\x0a\x01\0\x02\x01\0\x02\x01\0\x01\x01\0\x87"
              + bytes([len(attribute)]) + attribute + b"\x30\0")
    operation = b"\x02\x01\x01\x63" + bytes([len(search)]) + search
    return b"\x30" + bytes([len(operation)]) + operation


def ike(next_payload, version=0x10, behind=0, responder=0):
    """An ISAKMP header, and a payload of 12 bytes that says what is behind it."""
    return (struct.pack("!QQBBBBII", 0x1122334455667788, responder, next_payload, version, 2, 0, 0, 40)
            + bytes([behind, 0, 0, 12]) + bytes(8))


def swept(n, make):
    return [make(host(i)) for i in range(n)]


def one(packet, *near):
    return [packet], list(near)


def counted(count, make, *more):
    """The count-th and one more; the count-th alone, and what must not count."""
    return make(count + 1), make(count) + list(more)


WORM = {
    3000001: one(udp(1434, SLAMMER), udp(1434, SLAMMER[:-1]), udp(1435, SLAMMER),
                 udp(1434, b"\x03" + SLAMMER[1:]), udp(1434, SLAMMER.replace(b"\xdc\xc9", b"\xdc\xc8"))),
    3000002: one(udp(1434, SSRP), udp(1434, SLAMMER), udp(1434, b"\x04MSSQLSERVER\0"), udp(1434, b"\x02"),
                 udp(1434, b"\x04" + b"A" * 32 + b"\0A"), udp(1434, b"\x04" + b"A" * 33), udp(1433, SSRP),
                 udp(1434, b"\x03" + SSRP[1:])),
    3000003: one(icmp(8, b"\xaa" * 64), icmp(8, b"\xaa" * 63), icmp(8, b"\xaa" * 63 + b"\xab"),
                 icmp(0, b"\xaa" * 64), icmp(8, b"\xaa" * 65)),
    3000004: one(tcp(5554), tcp(5555), tcp(5554, flags=SYN | ACK), tcp(80, sport=5554)),
    3000005: one(tcp(9898), tcp(9899), tcp(9898, flags=ACK)),
    3000006: one(tcp(37215, seq=DARK_NUMBER, options=b""), tcp(23, seq=DARK_NUMBER + 1, options=b""),
                 tcp(23, seq=DARK_NUMBER, flags=SYN | ACK),
                 tcp(23, seq=DARK_NUMBER, **V6), tcp(24, seq=DARK_NUMBER)),
}
SCAN = {
    3001001: counted(15, lambda n: swept(n, lambda a: tcp(22, dst=a)), tcp(22, dst=host(0)),
                     tcp(80, dst=host(20)), tcp(22, dst=host(21), flags=ACK)),
    3001002: counted(15, lambda n: swept(n, lambda a: tcp(80, dst=a, options=MSS)),
                     tcp(80, dst=host(20)), tcp(22, dst=host(21), options=MSS),
                     tcp(80, dst=host(22), options=MSS, flags=ACK)),
    3001003: counted(200, lambda n: swept(n, lambda a: tcp(443, dst=a)), tcp(22, dst=host(220)),
                     tcp(443, dst=host(221), flags=ACK)),
    3001004: counted(15, lambda n: swept(n, lambda a: udp(161, dst=a)), udp(161, sport=53, dst=host(20)),
                     udp(53, dst=host(21))),
    3001005: counted(15, lambda n: swept(n, lambda a: icmp(8, dst=a)), icmp(0, dst=host(20))),
    3001011: counted(15, lambda n: [tcp(1000 + i) for i in range(n)], tcp(1000),
                     tcp(2000, flags=SYN | ACK)),
    3001012: counted(15, lambda n: [udp(100 + i) for i in range(n)], udp(2000), udp(90, sport=53)),
    3001021: one(tcp(80, flags=0), tcp(80, flags=PSH)),
    3001022: one(tcp(80, flags=FIN), tcp(80, flags=FIN | ACK)),
    3001023: one(tcp(80, flags=FIN | PSH | URG), tcp(80, flags=FIN | PSH | ACK)),
    3001024: one(tcp(80, flags=SYN | FIN | PSH), tcp(80, flags=SYN | ACK), tcp(80, flags=SYN | ECE)),
    3001031: one(tcp(80, flags=ACK, seq=0, ack=9), tcp(80, flags=ACK, ack=9),
                 tcp(80, b"x", flags=ACK, seq=0), tcp(80, seq=0)),
    3001032: one(tcp(80, flags=ACK, ack=0), tcp(80, flags=ACK, ack=1), tcp(80, flags=SYN, ack=0),
                 tcp(80, flags=ACK, seq=0, ack=0), tcp(80, b"x", flags=ACK, ack=0)),
    3001033: counted(200, lambda n: swept(n, lambda a: tcp(80, flags=ACK, ack=9, options=b"", dst=a)),
                     tcp(80, flags=ACK, ack=9, dst=host(220)), tcp(80, options=b"", dst=host(221)),
                     tcp(80, b"x", flags=ACK, ack=9, options=b"", dst=host(222)),
                     tcp(80, flags=ACK, ack=9, options=b"", sport=80, dst=host(223))),
    3001041: one(tcp(3128), tcp(3127), tcp(80, sport=1080), tcp(1080, flags=ACK)),
    3001042: counted(3, lambda n: swept(n, lambda a: tcp(8080, dst=a)), tcp(8080, dst=host(0)),
                     tcp(8082, dst=host(9)), tcp(8080, dst=host(10), flags=ACK)),
    3001051: one(tcp(2323), tcp(2322), tcp(23, flags=SYN | ACK)),
    3001052: one(tcp(5555), tcp(5556), udp(5555), tcp(5555, flags=ACK)),
    3001053: one(tcp(3389, MSTSHASH, flags=PSH | ACK), tcp(3389, MSTSHASH[:11] + b"\x01\0", flags=PSH | ACK),
                 tcp(3389, b"\x02" + MSTSHASH[1:], flags=PSH | ACK),
                 tcp(3389, MSTSHASH.replace(b"\xe0", b"\xd0"), flags=PSH | ACK)),
}
SPAM = {
    3002001: one(udp(1026, popup(MESSENGER_LE, 0x10)), udp(1026, popup(MESSENGER_LE, 0x10, 1)),
                 udp(1031, popup(MESSENGER_LE, 0x10)), udp(1026, popup(MESSENGER, 0x10)),
                 udp(1026, popup(MESSENGER_LE, 0)),
                 udp(1026, b"\x04\x02" + popup(MESSENGER_LE, 0x10)[2:])),
    3002002: one(udp(135, popup(MESSENGER, 0)), udp(135, popup(MESSENGER, 0, 256)),
                 udp(135, popup(MESSENGER_LE, 0)), udp(135, popup(MESSENGER, 0x10)),
                 udp(135, b"\x04\x02" + popup(MESSENGER, 0)[2:]), udp(137, popup(MESSENGER, 0))),
}
DOS = {
    3003001: one(icmp(8, dst="192.0.2.255"), icmp(8, dst="192.0.2.254"), icmp(0, dst="192.0.2.255"),
                 icmp(8, dst="192.255.2.1")),
    3003002: one(icmp(8, dst="192.0.2.0"), icmp(8, dst="192.0.0.1"), icmp(13, dst="192.0.2.0")),
    3003003: one(icmp(0), icmp(8), icmp(3)),
    3003004: one(icmp(129, **V6), icmp(128, **V6), icmp(129)),
    3003011: one(udp(123, b"\x17\0\x03\x2a" + bytes(4)), udp(123, b"\x97\0\x03\x2a" + bytes(4)),
                 udp(123, b"\x17\0\x03\x2b" + bytes(4)), udp(123, b"\x17\0\x04\x2a" + bytes(4)),
                 udp(123, b"\x17\0\x01\x2a" + bytes(4)), udp(124, b"\x17\0\x03\x2a" + bytes(4)),
                 udp(123, b"\x23\0\x03\x2a" + bytes(44))),
    3003012: one(udp(123, b"\x16\x02\0\x01" + bytes(8)), udp(123, b"\x16\x82\0\x01" + bytes(8)),
                 udp(123, b"\x23\x02\0\x01" + bytes(44)), udp(124, b"\x16\x02\0\x01" + bytes(8))),
    3003013: one(udp(1900, SEARCH % b"192.0.2.10"), udp(1900, SEARCH % b"x", dst="239.255.255.250"),
                 udp(1900, b"M-SEARCH * HTTP/1.1\r\n\r\n"), udp(1901, SEARCH % b"192.0.2.10"),
                 udp(1900, (SEARCH % b"x")[2:]), udp(1900, b"NOTIFY * HTTP/1.1\r\nNTS:ssdp:alive\r\n\r\n")),
    3003014: one(udp(11211, b"\0\x01\0\0\0\x01\0\0stats\r\n"), udp(11211, b"\0\x01\0\0\0\x02\0\0stats\r\n"),
                 udp(11211, b"\0\x01\0\0\0\x01\0\0statistics\r\n"), udp(11211, b"stats\r\n"),
                 udp(11212, b"\0\x01\0\0\0\x01\0\0stats\r\n")),
    3003015: one(udp(389, ldap(b"objectclass")), udp(389, ldap(b"DnsDomain")),
                 udp(389, ldap(b"objectclass").replace(b"\1\x63", b"\1\x64")),
                 udp(389, b"\x31" + ldap(b"objectclass")[1:]), udp(390, ldap(b"objectClass"))),
    3003016: one(udp(19, b"\x01"), udp(20, b"\x01"), tcp(19)),
}
DNS = {
    3004001: one(udp(53, dns("example.org", 255)), udp(53, dns("example.org", 255, flags=0x8180)),
                 udp(53, dns("example.org", 1, edns=1232)), udp(53, dns("example.org", 65, cls=255)),
                 udp(53, dns("", 2, edns=255 * 256)), udp(53, dns("example.org", 1) + b"\0\0\xff\0\1"),
                 udp(5353, dns("example.org", 255))),
    3004002: one(udp(53, dns("VERSION.BIND", 16, 3)), udp(53, dns("version.bind", 16, 1)),
                 udp(53, dns("hostname.bind", 16, 3)), udp(53, dns("version.bind", 16, 3, flags=0x8400)),
                 udp(5353, dns("version.bind", 16, 3))),
    3004011: counted(4, lambda n: swept(n, lambda a: tcp(53, dst=a)), tcp(53, dst=host(0)),
                     tcp(853, dst=host(9)), tcp(53, flags=ACK, dst=host(10))),
    3004012: counted(4, lambda n: swept(n, lambda a: udp(53, dns("example.org", 1), dst=a)),
                     udp(53, dns("example.org", 1, flags=0), dst=host(9)),
                     udp(53, dns("example.org", 1, flags=0x8180), dst=host(10)),
                     udp(5353, dns("example.org", 1), dst=host(11))),
    3004013: one(udp(53, b"\0" * 11), udp(53, b"\0" * 12), udp(54)),
    3004021: one(udp(53, dns("example.org", 1, edns=65535)), udp(53, dns("example.org", 1, edns=4096)),
                 udp(53, dns("example.org", 1, edns=65535, flags=0x8180)), udp(53, dns("a", 41, 65535)),
                 udp(53, dns("example.org", 1, edns=65535).replace(b"\0\x29", b"\0\x2a")),
                 udp(5353, dns("example.org", 1, edns=65535))),
    3004022: one(udp(53, dns("example.org", 249)), udp(53, dns("example.org", 250)),
                 udp(53, dns("example.org", 249, flags=0x8180)),
                 udp(53, dns("example.org", 1) + b"\0\0\xf9\0\1"), udp(5353, dns("example.org", 249))),
}
OTHERS = {
    3005001: one(udp(33440, b"@" * 32, ttl=1), udp(33440, b"@" * 32, ttl=17), udp(33433, ttl=1),
                 udp(33440, sport=443, ttl=1)),
    3005002: one(icmp(8, ttl=4), icmp(8, ttl=5), icmp(0, ttl=1)),
    3005003: one(icmp(128, ttl=4, **V6), icmp(128, ttl=5, **V6), icmp(135, ttl=1, **V6)),
    3005004: one(tcp(80, ttl=4), tcp(80, ttl=5), tcp(80, ttl=1, flags=ACK)),
    3005011: one(udp(500, ike(1, behind=13)), udp(500, ike(1)), udp(500, ike(33, 0x20, 43)),
                 udp(500, ike(13, responder=1)), udp(500, ike(1, 0x20, 13)), udp(501, ike(13))),
    3005012: one(udp(4500, bytes(4) + ike(13)), udp(4500, ike(13)), udp(4500, bytes(4) + ike(1)),
                 udp(4500, b"\1\0\0\0" + ike(13)), udp(500, bytes(4) + ike(13))),
    3005021: one(udp(5060, b"OPTIONS sip:100@192.0.2.10 SIP/2.0\r\nVia: SIP/2.0/UDP 198.51.100.7\r\n\r\n"),
                 udp(5060, b"SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP 198.51.100.7\r\n\r\n"),
                 udp(5060, b"OPTIONS / RTSP/1.0\r\n\r\n"), udp(5060, b"GET / SIP/2.0\r\n"),
                 udp(5059, b"OPTIONS sip:a SIP/2.0\r\n")),
    3005031: one(tcp(80, b"GET / HTTP/1.1\r\nUser-Agent: ${JNDI:ldap://a/b}\r\n\r\n", flags=PSH | ACK),
                 tcp(80, b"GET /?q=jndi:ldap HTTP/1.1\r\n\r\n", flags=PSH | ACK),
                 tcp(40000, b"HTTP/1.1 200 OK\r\n\r\n${jndi:ldap://a/b}", sport=80, flags=PSH | ACK)),
    3005032: one(udp(5060, b"OPTIONS sip:${jndi:dns://a/b}@192.0.2.10 SIP/2.0\r\n"), udp(5060, b"{jndi:dns}"),
                 tcp(80, b"${jndi:dns}", flags=PSH | ACK)),
}
CATEGORIES = {"Worm": WORM, "Scan": SCAN, "UDP spam": SPAM, "DoS": DOS, "DNS": DNS, "Others": OTHERS}
