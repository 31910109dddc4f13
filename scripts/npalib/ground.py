# SPDX-License-Identifier: BSD-3-Clause
"""The ordinary traffic below what is told: each target's rest, high ports, and who sends how much of it."""
from . import detections, fillers, fitting, traffic
from .figures import TOTAL
from .parts import SYSTEM, Part, days

# How much more of its packets a country sends here than to other targets.
BIAS = {
    "445/TCP": {"JP": 0, "CN": 0.25, "RU": 2, "BR": 2, "TW": 1.5, "IT": 1.5, "RO": 1.5, "AR": 1.5, "UA": 1.5},
    "135/TCP": {"CN": 0.1, "JP": 4},
    "8/ICMP": {"US": 2, "JP": 1.2},
    "1433/TCP": {"CN": 5},
    "2967/TCP": {"CN": 0.3},
    "4899/TCP": {"CN": 2} | dict.fromkeys(traffic.RADMIN, 0),
    "23/TCP": {"CN": 3, "KR": 2, "BR": 2},
    "1026/UDP": {"CN": 20},
    "1027/UDP": {"CN": 20},
}
# In June, four of five packets to 23/TCP carry PSH beside SYN: sid 3001051 takes every bare SYN there for a probe, and
# the published detections of scans are fewer than the published packets to 23/TCP.
PUSHED = {"flags": "SYN+PSH", "window": 5840}
PARTS = {
    "445/TCP": {"sources": 20000, "keys": traffic.WORM | {"daily_amplitude": 0.2, "daily_peak": 12, "zipf": 0.4}},
    "135/TCP": {"sources": 9000, "keys": traffic.WORM | {"daily_amplitude": 0.2, "daily_peak": 12, "zipf": 0.3}},
    "8/ICMP": {"sources": 6000, "keys": {"zipf": 0.5, "payload": "abcdefghijklmnopqrstuvwabcdefghi"}},
    "1433/TCP": {"sources": 4000, "keys": {"zipf": 0.5, "tcp_options": SYSTEM, "source_port": "ephemeral"}},
    "1026/UDP": {"span": days(1, 19), "keys": {"payload": "hello"}},
    "1027/UDP": {"span": days(1, 19), "keys": {"payload": "hello"}},
    "23/TCP": {"keys": PUSHED},
    "53/UDP": {"keys": {"payload_hex": detections.QUESTION + "00 01 00 01"}},
    "3/ICMP": {"keys": {"quotes": "53/UDP"}},
}
# Per day and address: what comes to ports above 9999 but for UDP, which has the rest.
HIGH = {"june": {"tcp-syn": 13.0, "tcp-synack": 3.2, "tcp-rst": 2.6},
        "july": {"tcp-syn": 9.0, "tcp-synack": 3.0, "tcp-rst": 2.5}}
HIGH_UDP = ("10000-33433", "33535-65535")  # without the ports of traceroute
MANY = 1.0  # per day and address: a smaller part has not all countries


def rests(month, targets, made):
    """Of each target what no other part of it has."""
    left = dict(targets)
    for part in made:
        name = part.target.replace("3.3/", "3/")
        if name in left:
            left[name] -= part.packets
    for target, count in left.items():
        if count < 0:
            raise ValueError(f"{month}: the parts of {target} have {-count} packets too many")
        if count == 0 or target in detections.PROXIES:
            continue
        bias, extra = BIAS.get(target, {"CN": 2}), dict(PARTS.get(target, {}))
        if month == "july" and target == "1026/UDP":  # few, none of which is from China
            bias, extra = {"CN": 0}, {}
        yield Part(target, target, count, bias=bias, **extra)


def high_ports(month, rest):
    """The rest of all packets, spread over so many ports that none is among the leading ones."""
    for name, per_day in HIGH[month].items():
        keys = traffic.HIGH_PORTS | {"class": name}
        if name != "tcp-syn":
            keys |= {"source_port": "80"}
        count = fitting.packets(per_day, month)
        rest -= count
        yield Part(f"high ports, {name}", "TCP", count, bias={"CN": 2}, sources=8000 if name == "tcp-syn" else 400,
                   keys=keys)
    counts = fitting.shares(rest, dict.fromkeys(HIGH_UDP, 1))
    for ports, count in counts.items():
        yield Part(f"high ports, UDP {ports}", "UDP", count, bias={"CN": 6}, sources=9000,
                   keys={"destination_port": ports, "source_port": "1024-65535", "payload_hex": "32 00 00 00"})


def reach(part, month, index, countries):
    """The countries that may send a part's packets: of a small one the twelve that send most and some others."""
    named = [c for c in countries if part.bias.get(c) != 0]
    if part.packets >= fitting.packets(MANY, month):
        return named
    leading = sorted(named, key=lambda c: -countries[c])[:12]
    others = [c for c in fillers.COUNTRIES_HIGH if c in named and c not in leading]
    return leading + [others[(index * 5 + k * 7) % len(others)] for k in range(4)]


def parts(month):
    """All parts of a month, each with its countries."""
    targets = traffic.target_counts(month)
    site = traffic.site_replies()
    made = [*detections.parts(month, targets, site), *traffic.told(month, targets)]
    made += rests(month, targets, made)
    total = fitting.pair(TOTAL)[("june", "july").index(month)]
    made += high_ports(month, total - sum(part.packets for part in made))
    columns = traffic.country_counts(month)
    for part in made:
        for country, count in (part.countries or {}).items():
            columns[country] -= count
    free = {part.name: part for part in made if part.countries is None}
    seed = {name: {c: columns[c] * part.bias.get(c, 1) for c in reach(part, month, i, columns)}
            for i, (name, part) in enumerate(free.items())}
    for name, cells in fitting.fitted(seed, {n: p.packets for n, p in free.items()}, columns).items():
        free[name].countries = cells
    return made
