# SPDX-License-Identifier: BSD-3-Clause
"""What the report for July 2009 tells of single targets, countries and signatures, against what was counted: shares to
the rounding, numbers of hosts exactly, and what only a figure shows by what is said of it."""
import collections
import functools

TARGETS = {"445/TCP", "1521/TCP", "4899/TCP", "8/ICMP", "1026/UDP", "1027/UDP"}  # those of which anything is told
SITE = {("ICMP", "8"), ("TCP", "80"), ("UDP", "80")}  # attacked services that answers of the Korean site tell of


def days(month, first, last):
    return {f"2009-{month:02}-{day:02}" for day in range(first, last + 1)}


def july(first, last=None):
    return days(7, first, last or first)


def rounds(title, part, whole, want):
    """`part` in per cent of `whole`, to the decimals of `want`."""
    decimals = len(want.partition(".")[2])
    if f"{part / whole * 100:.{decimals}f}" != want:
        yield f"{title}: {part / whole * 100:.2f} %, published {want} %"


def holds(title, true, *numbers):
    if not true:
        yield f"{title}: {' '.join(str(round(n, 3)) if isinstance(n, float) else str(n) for n in numbers)}"


class Hosts:
    """Of July: who called what, heaviest sources, source ports, victims."""

    def __init__(self, export):
        self.sources = collections.defaultdict(set)  # (target, country) and (target, day)
        self.hours = collections.Counter()  # (target, country, three hours of the day)
        self.talkers, self.ports = collections.Counter(), collections.Counter()  # (day, target, address or port)
        self.victims = collections.defaultdict(collections.Counter)  # (address, country) → (day, attacked)
        for when, source, country, protocol, number, n in export(
                "pairs", "when src_ip country protocol target packets"):
            target = f"{number}/{protocol}"
            if target in ("1521/TCP", "4899/TCP"):
                self.sources[target, country].add(source)
                self.sources[target, when[:10]].add(source)
                self.hours[target, country, int(when[11:13]) // 3] += int(n)
        for when, protocol, number, source, n in export("talkers", "when protocol target src_ip packets"):
            self.talkers[when[:10], f"{number}/{protocol}", source] += int(n)
        for when, protocol, number, port, n in export("source_ports", "when protocol target source_port packets"):
            if (number, protocol) == ("1521", "TCP"):
                self.ports[when[:10], port] += int(n)
        for when, source, country, protocol, number, n in export(
                "victims", "when src_ip country attacked_protocol attacked_target packets"):
            if country == "KR":
                self.victims[source][when[:10], (protocol, number)] += int(n)

    def heaviest(self, target, period):
        """(address, packets per day and address) of the heaviest source of a target in a period."""
        sums = collections.Counter()
        for (day, to, source), n in self.talkers.items():
            if day in period and to == target and source != "*":
                sums[source] += n
        source, n = sums.most_common(1)[0]
        return source, n / len(period) / 256


def oracle(c, hosts):
    period = july(8, 31)
    whole = c.of(period, "1521/TCP") * len(period) * 256
    from_6000 = sum(n for (day, port), n in hosts.ports.items() if day in period and port == "6000")
    yield from rounds("1521/TCP from port 6000", from_6000, whole, "99")
    yield from rounds("1521/TCP from China", c.of(period, "1521/TCP", "CN") * len(period) * 256, whole, "92")
    before, since, late = (c.of(d, "1521/TCP") for d in (july(1, 7), july(8, 22), july(23, 31)))
    yield from holds("1521/TCP per day to 7, to 22, to 31 July", 0 < before < 0.24 and since > 5 * before
                     and late > 3 * since, before, since, late)
    daily = [len(hosts.sources["1521/TCP", day]) for day in sorted(july(8, 31))]
    yield from holds("hosts of 1521/TCP by day", min(daily[-5:]) > 5 * max(daily[:5]), *daily)


def echo(c, hosts):
    last, others = july(30, 31), july(1, 29)
    rise = c.of(last, "8/ICMP", "CN") - c.of(others, "8/ICMP", "CN")
    source, calls = hosts.heaviest("8/ICMP", last)
    yield from holds("8/ICMP from China, 30 and 31 July, and of one host", rise > 5 and abs(calls / rise - 1) < 0.05,
                     rise, calls)
    earlier = sum(n for (day, to, talker), n in hosts.talkers.items()
                  if to == "8/ICMP" and talker == source and day in others)
    yield from holds("that host's earlier packets", earlier == 0, earlier)


def radmin(c, hosts):
    for country, number in (("AR", 468), ("CO", 461), ("VE", 275)):
        got = len(hosts.sources["4899/TCP", country])
        yield from holds(f"sources of 4899/TCP in {country}, of {number}", got == number, got)
        by_hour = [hosts.hours["4899/TCP", country, hour] for hour in range(8)]
        yield from holds(f"4899/TCP from {country} by hour", max(by_hour) > 4 * min(by_hour), *by_hour)
    by_hour = [hosts.hours["4899/TCP", "KR", hour] for hour in range(8)]
    yield from holds("4899/TCP from KR by hour", max(by_hour) < 1.5 * min(by_hour), *by_hour)
    during, others = july(10, 16), july(1, 9) | july(17, 31)
    rise = c.of(during, "4899/TCP", "KR") - c.of(others, "4899/TCP", "KR")
    _, calls = hosts.heaviest("4899/TCP", during)
    yield from holds("4899/TCP from Korea, 10 to 16 July, and of one host", rise > 5 and abs(calls / rise - 1) < 0.05,
                     rise, calls)


def backscatter(c, hosts):
    sites = [seen for seen in hosts.victims.values() if {attacked for _, attacked in seen} >= SITE]
    yield from holds("Korean sites whose answers tell of all three attacks", len(sites) == 1, len(sites))
    for attacked, first, last in ((("ICMP", "8"), 8, 9), (("TCP", "80"), 7, 9), (("UDP", "80"), 8, 8)) if sites else ():
        seen = {day for day, kind in sites[0] if kind == attacked}
        yield from holds(f"days with answers to {attacked}", seen == july(first, last), *sorted(seen))
    classes = {"tcp-synack", "tcp-rst"}
    during, others = (c.of(d, None, "US", classes) for d in (july(2, 5), july(1) | july(6, 31)))
    yield from holds("answers from the US, 2 to 5 July and else", during > 5 * others, during, others)
    elsewhere = [c.of(d, None, "KR", classes) for d in (july(8, 9), july(10, 31))]
    yield from holds("answers from Korea, 8 and 9 July and later", elsewhere[0] > 5 * elsewhere[1], *elsewhere)


def spam(c, _hosts):
    for target in ("1026/UDP", "1027/UDP"):
        before, since = c.of(days(6, 1, 19), target, "CN"), c.of(days(6, 20, 30) | july(1, 31), target, "CN")
        yield from holds(f"{target} from China to 19 June and later", before > 2 and since == 0, before, since)
    yield from holds("days with popups", set(c.popups) == days(6, 1, 19), *sorted(c.popups))


def japan(c, _hosts):
    change = c.of(july(1, 31), "445/TCP", "JP") - c.of(days(6, 1, 30), "445/TCP", "JP")
    yield from holds("445/TCP from Japan", f"{change:.1f}" == "-11.2", change)
    share = (c.countries["CN"]["2009-07"] + c.countries["JP"]["2009-07"]) / c.accesses["2009-07"]
    yield from holds("China's and Japan's part of all", 0.5 < share < 0.55, share)


def worms(c, _hosts):
    def detections(message, country=None):
        return sum(n for (month, text, source), n in c.signatures.items()
                   if month == "2009-07" and text == message and country in (None, source))

    for country, want in ((None, "25"), ("US", "87.8"), ("JP", "89.5")):
        nachi, slammer = detections("Nachi, echo request", country), detections("SQL Slammer", country)
        yield from rounds(f"Nachi's part of the worms, {country or 'all'}", nachi, nachi + slammer, want)
    slammer, nachi = detections("SQL Slammer", "CN"), detections("Nachi, echo request", "CN")
    yield from holds("China's worms are Slammer", slammer > 10 * nachi, slammer, nachi)
    yield from holds("no other worms", c.categories["Worm"]["2009-07"] == detections("SQL Slammer")
                     + detections("Nachi, echo request"))


def differences(counts, teiten, spools, export):
    """Yields what is not as the report tells it."""
    hosts = Hosts(functools.partial(export, teiten, spools[-1:], since="2009-06-30T15:00:00Z"))
    for story in (oracle, echo, radmin, backscatter, spam, japan, worms):
        yield from story(counts, hosts)
