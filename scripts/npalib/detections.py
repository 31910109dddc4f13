# SPDX-License-Identifier: BSD-3-Clause
"""The packets that the project's rules detect, so many of each category and country as were published. A packet of
these is also one of its target. Where a rule counts, hosts stay far below its threshold but in the sweeps."""
from . import fillers, fitting
from .figures import (CATEGORIES, DETECTED_COUNTRIES, DETECTIONS, NACHI_OF_WORMS, NEAR, SLAMMER_OF_WORMS)
from .parts import DAY, HOUR, MINUTE, Part, days

PROXIES = ("1080/TCP", "3128/TCP", "6588/TCP", "8118/TCP", "9050/TCP")
SWEPT, UNNOTICED = 256, 15  # a sweep's addresses, and those that it takes to be one: rules/scan.rules, sid 3001001
SWEEPS = {"june": "CN CN US CN TW CN CN HK CN".split(), "july": "CN US CN CN TW CN CN CN".split()}
ACK_PINGS = 0.90  # per day and address, June
WORMS = {"US": {"june": 0.75, "july": 0.66}, "JP": {"june": 0.205, "july": 0.19}}

SLAMMER = {"payload_hex": "04 " + "01 " * 96 + "dc c9 b0 42 eb 0e 01 01 01 01 01 01 01 70 ae 42 01 70 ae 42",
           "ip_length": 404}
NACHI = {"payload_hex": "aa" * 64, "ttl": "100-120"}
POPUP = {"payload_hex": "04 00 28 00 10 00 00 00" + " 00" * 16 + " f8 91 7b 5a 00 ff d0 11 a9 b2 00 c0 4f b6 e6 fc"
         + " 00" * 28 + " 00 00 ff ff ff ff 10 00 00 00 00 00", "ip_length": 540}
QUESTION = "12 34 01 00 00 01 00 00 00 00 00 00 07 65 78 61 6d 70 6c 65 03 6f 72 67 00 "
ALL_RECORDS = {"payload_hex": QUESTION + "00 ff 00 01"}
TKEY = {"payload_hex": QUESTION + "00 f9 00 01"}
ISAKMP = {"payload_hex": "1b 2c 3d 4e 5f 60 71 82 00 00 00 00 00 00 00 00 0d 10 02 00 00 00 00 00 00 00 00 30 00 00 00 14 "
          "af ca d7 13 68 a1 f1 c9 6b 86 96 fc 77 57 01 00", "source_port": "500"}
SIP = {"payload": '"OPTIONS sip:100@198.51.100.64 SIP/2.0\\r\\nVia: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK-1\\r\\n'
       'Max-Forwards: 70\\r\\nCSeq: 1 OPTIONS\\r\\nContent-Length: 0\\r\\n\\r\\n"', "source_port": "5060-5200"}
CHINESE = {"CN": 12.0}


def category_counts(month):
    i = ("june", "july").index(month)
    counts = {row.name: fitting.pair(row)[i] for row in CATEGORIES}
    counts["Others"] = fitting.pair(DETECTIONS)[i] - sum(counts.values())
    return counts


def country_counts(month):
    i = ("june", "july").index(month)
    counts = {row.name: fitting.pair(row, NEAR.get(row.name))[i] for row in DETECTED_COUNTRIES}
    counts |= {name: fitting.packets(both[i], month) for name, both in fillers.DETECTED_HIGH.items()}
    rest = fitting.pair(DETECTIONS)[i] - sum(counts.values())
    weights = fillers.falling(1, 0.7, len(fillers.DETECTED_SMALL))
    return counts | fitting.shares(rest, dict(zip(fillers.DETECTED_SMALL, weights)))


def worms(month, total):
    slammer = round(total * SLAMMER_OF_WORMS)
    nachi = total - slammer
    for country, part in NACHI_OF_WORMS.items():
        count = fitting.packets(WORMS[country][month], month)
        of_nachi = round(count * part)
        yield Part(f"Nachi {country}", "8/ICMP", of_nachi, {country: of_nachi}, keys=NACHI, category="Worm")
        yield Part(f"Slammer {country}", "1434/UDP", count - of_nachi, {country: count - of_nachi}, keys=SLAMMER,
                   category="Worm")
        slammer -= count - of_nachi
        nachi -= of_nachi
    yield Part("Slammer", "1434/UDP", slammer, bias=CHINESE | dict.fromkeys(NACHI_OF_WORMS, 0), keys=SLAMMER,
               category="Worm")
    yield Part("Nachi", "8/ICMP", nachi, bias={"CN": 0.1, "TW": 3} | dict.fromkeys(NACHI_OF_WORMS, 0), keys=NACHI,
               category="Worm")


def sweeps(month):
    for i, country in enumerate(SWEEPS[month]):
        begin = (2 + 3 * i) * DAY + (3 + 2 * i) * HOUR + 10 * MINUTE
        yield Part(f"sweep {i + 1}", "22/TCP", SWEPT, {country: SWEPT}, sources=1, span=(begin, begin + 5 * MINUTE),
                   keys={"scan": "sequential", "source_port": "ephemeral", "ttl": "40-56", "window": 5840},
                   category="Scan", silent=UNNOTICED)


def scans(month, total, targets):
    """In July all of 23/TCP are bare SYNs, which the rules take for probes; in June so many of them as fit."""
    left = total
    for target in PROXIES:
        yield Part(f"{target} proxy probe", target, targets[target], bias=CHINESE, category="Scan")
        left -= targets[target]
    for part in sweeps(month):
        yield part
        left -= part.detections()
    pings = left - targets["23/TCP"] if month == "july" else fitting.packets(ACK_PINGS, month)
    yield Part("80/TCP ACK ping", "80/TCP", pings, bias=CHINESE, category="Scan",
               keys={"class": "tcp-ack", "seq": 0, "window": 1024})
    yield Part("23/TCP probe", "23/TCP", left - pings, bias=CHINESE, category="Scan", keys={"window": 5840})


def reflections(month, total, site):
    chargen = fitting.packets(0.05, month)
    yield Part("chargen", "19/UDP", chargen, category="DoS")
    if month == "july":
        yield site
        total -= site.packets
    yield Part("echo replies", "0/ICMP", total - chargen, bias={"KR": 0.3}, category="DoS")


def lookups(total):
    counts = fitting.shares(total, {"all": 6, "none": 3, "tkey": 1})
    yield Part("DNS all records", "53/UDP", counts["all"], bias=CHINESE, keys=ALL_RECORDS, category="DNS")
    yield Part("DNS no message", "53/UDP", counts["none"], bias=CHINESE, keys={"payload_hex": "00 00 00 00"},
               category="DNS")
    yield Part("DNS TKEY", "53/UDP", counts["tkey"], keys=TKEY, category="DNS")


def others(total):
    counts = fitting.shares(total, {"traceroute": 35, "isakmp": 25, "sip": 40})
    yield Part("traceroute", "UDP", counts["traceroute"], category="Others",
               keys={"destination_port": "33434-33534", "ttl": "2-16"})
    yield Part("ISAKMP", "500/UDP", counts["isakmp"], keys=ISAKMP, category="Others")
    yield Part("SIP", "5060/UDP", counts["sip"], keys=SIP, category="Others")


def spam(total, targets):
    first = round(total * targets["1026/UDP"] / (targets["1026/UDP"] + targets["1027/UDP"]))
    for target, count in (("1026/UDP", first), ("1027/UDP", total - first)):
        yield Part(f"{target} popup spam", target, count, bias={"CN": 60.0}, keys=POPUP, category="UDP spam",
                   span=days(1, 19))


def parts(month, targets, site):
    """The parts of a month, countries and all. targets: packets of each target; site: the echo replies of July."""
    counts = category_counts(month)
    made = [*worms(month, counts["Worm"]), *scans(month, counts["Scan"], targets),
            *reflections(month, counts["DoS"], site), *lookups(counts["DNS"]), *others(counts["Others"])]
    if counts["UDP spam"]:
        made += spam(counts["UDP spam"], targets)
    columns = country_counts(month)
    for part in made:
        for country, count in (part.countries or {}).items():
            columns[country] -= count - part.silent
    free = {part.name: part for part in made if part.countries is None}
    seed = {name: {c: n * part.bias.get(c, part.bias.get("", 1)) for c, n in columns.items() if part.bias.get(c) != 0}
            for name, part in free.items()}
    for name, cells in fitting.fitted(seed, {n: p.packets for n, p in free.items()}, columns).items():
        free[name].countries = cells
    return made
