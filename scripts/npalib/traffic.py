# SPDX-License-Identifier: BSD-3-Clause
"""All parts of a month: the published targets, what is told of them, detections, and what fills the rest."""
from . import fillers, fitting
from .figures import (ADDRESSES, COUNTRIES, JAPAN_445_CHANGE, ORACLE_BEFORE, ORACLE_FROM_6000, ORACLE_FROM_CHINA,
                      RADMIN_SOURCES, TARGETS, TOTAL)
from .parts import DAY, HOUR, SYSTEM, Part, days

FROM_6000 = {"source_port": "6000", "ip_id": 256, "window": 16384, "ttl": "100-112"}
WORM = {"window": 65535, "tcp_options": SYSTEM, "ttl": "100-120"}
HIGH_PORTS = {"destination_port": "10000-65535"}  # above all targets that are to have exact numbers
SITE = {"hosts": "site", "ttl": "48-60"}  # one Korean web site
ONE_HOST = 7  # per day and address: fewer than fifteen packets in ten minutes, so that no rule takes it for a sweep
JAPAN_445 = 49.30  # per day and address, July
# South America's sources of 4899/TCP, per day and address, and the hour of their day in which most come, UTC.
RADMIN = {"AR": (0.30, 0.34, 0), "CO": (0.29, 0.33, 2), "VE": (0.18, 0.20, 1), "CL": (0.11, 0.12, 1),
          "BR": (0.40, 0.45, 0)}
# 1521/TCP from 8 July on: first and last day, calls per day and address before scaling, hosts.
ORACLE = ((8, 12, 0.6, 5), (13, 17, 0.9, 10), (18, 22, 1.3, 18), (23, 27, 4.6, 80), (28, 31, 6.2, 160))


def target_counts(month):
    """Packets of each target that is published or named in fillers.py."""
    i = ("june", "july").index(month)
    counts = {row.name: fitting.pair(row)[i] for row in TARGETS}
    counts |= {name: fitting.packets(both[i], month) for name, both in fillers.TARGETS_HIGH.items()}
    low = fillers.falling(fillers.LOW_FIRST, fillers.LOW_LAST, len(fillers.TARGETS_LOW))
    part = (1, fillers.LOW_FALL)[i]
    return counts | {name: fitting.packets(count * part, month) for name, count in zip(fillers.TARGETS_LOW, low)}


def country_counts(month):
    i = ("june", "july").index(month)
    counts = {row.name: fitting.pair(row)[i] for row in COUNTRIES}
    counts |= {name: fitting.packets(both[i], month) for name, both in fillers.COUNTRIES_HIGH.items()}
    small = fillers.falling(fillers.SMALL_FIRST, 0.01, len(fillers.COUNTRIES_SMALL))
    counts |= {name: fitting.packets(count, month) for name, count in zip(fillers.COUNTRIES_SMALL, small)}
    rest = fitting.pair(TOTAL)[i] - sum(counts.values())
    middle = fillers.falling(fillers.MIDDLE_FIRST, fillers.MIDDLE_LAST, len(fillers.COUNTRIES_MIDDLE))
    return counts | fitting.shares(rest, dict(zip(fillers.COUNTRIES_MIDDLE, middle)))


def japan_445(month):
    """Falling in the second half of June, level since."""
    july = fitting.packets(JAPAN_445, "july")
    keys = WORM | {"hosts": "conficker", "daily_amplitude": 0.35, "daily_peak": 13, "zipf": 0.4}
    if month == "july":
        yield Part("445/TCP Japan", "445/TCP", july, {"JP": july}, sources=9000, keys=keys)
        return
    spans = {(1, 15): 15 * 65.5, (16, 23): 8 * 58.0, (24, 30): 7 * 52.6}
    for span, count in fitting.shares(fitting.packets(JAPAN_445 - JAPAN_445_CHANGE, month), spans).items():
        yield Part(f"445/TCP Japan, {span[0]} June on", "445/TCP", count, {"JP": count}, sources=9000, span=days(*span),
                   keys=keys)


def site_replies():
    count = fitting.packets(0.053, "july")
    return Part("site: echo replies", "0/ICMP", count, {"KR": count}, sources=1, span=(7 * DAY + 2 * HOUR, 9 * DAY),
                keys=SITE, category="DoS")


def site_answers():
    """Answers of the site to SYNs and datagrams that carried forged addresses."""
    evening, end = 6 * DAY + 18 * HOUR, 9 * DAY
    for name, target, per_day, span, keys in (
            ("RST", "TCP", 0.10, (evening, end), HIGH_PORTS | {"class": "tcp-rst", "source_port": "80", "window": 0}),
            ("SYN+ACK", "TCP", 0.08, (evening, end), HIGH_PORTS | {"class": "tcp-synack", "source_port": "80"}),
            ("unreachable", "3.3/ICMP", 0.04, days(8, 8), {"quotes": "80/UDP"})):
        count = fitting.packets(per_day, "july")
        yield Part(f"site: {name}", target, count, {"KR": count}, sources=1, span=span, keys=SITE | keys)


def american_answers():
    """Answers to other forged SYNs, 2 to 5 July."""
    for name, per_day in (("tcp-synack", 0.35), ("tcp-rst", 0.20)):
        count = fitting.packets(per_day, "july")
        yield Part(f"American sites: {name}", "TCP", count, {"US": count}, sources=7, span=days(2, 5),
                   keys=HIGH_PORTS | {"class": name, "source_port": "80", "ttl": "48-60"})


def oracle(month, total):
    if month == "june":
        yield Part("1521/TCP", "1521/TCP", total, bias={"CN": 2}, keys={"tcp_options": SYSTEM})
        return
    before = fitting.packets(ORACLE_BEFORE, "july") * 7 // 31
    since = total - before
    scan = round(since * ORACLE_FROM_6000)
    china = round(since * ORACLE_FROM_CHINA)
    other = {"CN": (since - scan) // 2, "US": (since - scan) // 4}
    other["KR"] = since - scan - sum(other.values())
    yield Part("1521/TCP before", "1521/TCP", before, bias={"CN": 2}, span=days(1, 7), keys={"tcp_options": SYSTEM})
    yield Part("1521/TCP other ports", "1521/TCP", since - scan, other, sources=30, span=days(8, 31),
               keys={"tcp_options": SYSTEM, "source_port": "ephemeral"})
    weights = {row: (row[1] - row[0] + 1) * row[2] for row in ORACLE}
    from_china = fitting.shares(china - other["CN"], weights)
    for row, count in fitting.shares(scan, weights).items():
        rest = fitting.shares(count - from_china[row], {"US": 4, "KR": 3, "TW": 2, "HK": 1})
        yield Part(f"1521/TCP from 6000, {row[0]} July on", "1521/TCP", count, {"CN": from_china[row]} | rest,
                   sources=row[3], span=days(row[0], row[1]), keys=FROM_6000 | {"hosts": "oracle", "zipf": 0.3})


def radmin(month):
    """4899/TCP: South America, whose hosts are at work by day, and one Korean host."""
    for country, (june, july, peak) in RADMIN.items():
        count = fitting.packets(june if month == "june" else july, month)
        keys = {"hosts": f"radmin {country}", "daily_amplitude": 0.85, "daily_peak": peak, "tcp_options": SYSTEM}
        hosts = RADMIN_SOURCES.get(country, 200)
        # Each host once, then any of them: so that there are as many as were counted.
        yield Part(f"4899/TCP {country}, once each", "4899/TCP", hosts, {country: hosts}, sources="new", keys=keys)
        yield Part(f"4899/TCP {country}", "4899/TCP", count - hosts, {country: count - hosts}, sources=hosts, keys=keys)
    if month == "july":
        count = ONE_HOST * 7 * ADDRESSES
        yield Part("4899/TCP one Korean host", "4899/TCP", count, {"KR": count}, sources=1, span=days(10, 16),
                   keys={"scan": "sequential", "ttl": "48-60", "window": 16384})


def symantec(month):
    """2967/TCP, nearly all from China and from port 6000."""
    count = fitting.packets(13.4 if month == "june" else 8.6, month)
    return Part("2967/TCP from 6000", "2967/TCP", count, {"CN": count}, sources=350, keys=FROM_6000 | {"zipf": 0.4})


def dcom(month):
    count = fitting.packets(29.5 if month == "june" else 27.2, month)
    return Part("135/TCP from 6000", "135/TCP", count, {"CN": count}, sources=900, keys=FROM_6000 | {"zipf": 0.4})


def told(month, targets):
    """What the report tells, but for detections and 1521/TCP."""
    yield from japan_445(month)
    yield symantec(month)
    yield dcom(month)
    yield from radmin(month)
    yield from oracle(month, targets["1521/TCP"])
    if month == "july":
        count = ONE_HOST * 2 * ADDRESSES
        yield Part("8/ICMP one Chinese host", "8/ICMP", count, {"CN": count}, sources=1, span=days(30, 31),
                   keys={"scan": "sequential", "ttl": "100-112"})
        yield from site_answers()
        yield from american_answers()
