#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""teiten merge and teiten compact of snapshots that monitored spaces of other sizes, so that destinations are /24 in one and addresses
in the next: sums, unique counts and order are those of a plain reference, and neither order nor grouping of the parts matters.

    compact_spaces.py TEITEN

TT_SEED=N repeats a run."""
import collections
import ipaddress
import json
import shutil

import compact_bed
import packets
from compact_bed import Bed, manifest, run, snapshots, table

START = 1_767_571_200  # 2026-01-05T00:00:00Z
SECONDS, EACH = 20, 1500  # of each space
# Units are /24 and /48; addresses; /30 and /120; /16 and addresses of IPv4 alone, the /64 being monitored as such.
SPACES = ["192.0.0.0/8,198.51.100.0/24,2001:db8::/32", "192.0.2.0/26,198.51.100.7/32,2001:db8::/120",
          "192.0.0.0/14,2001:db8::/104", "0.0.0.0/1,192.0.0.0/2,2001:db8::/127"]
UNITS = 65537


def ranges(space, version):
    found = ipaddress.collapse_addresses(n for n in map(ipaddress.ip_network, space.split(",")) if n.version == version)
    joined = []
    for net in found:
        first, last = int(net[0]), int(net[-1])
        if joined and joined[-1][1] + 1 == first:
            joined[-1][1] = last
        else:
            joined.append([first, last])
    return joined


class Units:
    """How one interval tells destinations apart, as docs/snapshot-format.md says."""
    def __init__(self, space):
        self.ranges = {v: ranges(space, v) for v in (4, 6)}
        self.bits = {v: next(b for b in range(129) if sum((z >> b) - (a >> b) + 1 for a, z in r) <= UNITS)
                     for v, r in self.ranges.items()}

    def monitors(self, address):
        return any(a <= int(address) <= z for a, z in self.ranges[address.version])

    def of(self, address):
        bits, number = self.bits[address.version], int(address)
        a, z = next((a, z) for a, z in self.ranges[address.version] if a <= number <= z)
        first, last = max(a, number >> bits << bits), min(z, number | (1 << bits) - 1)
        if first == last:
            return str(address)
        return str(ipaddress.ip_network((number >> bits << bits, address.max_prefixlen - bits)))


def in_order(text):
    net = ipaddress.ip_network(text)
    return (int(net[0]) + (0xffff << 32 if net.version == 4 else 0), net.prefixlen + (96 if net.version == 4 else 0))


class Spaces(Bed):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        import random
        draw = random.Random(compact_bed.SEED)
        v4 = [f"192.0.2.{i}" for i in range(0, 64, 3)] + ["198.51.100.7", "192.0.3.9", "192.3.1.1", "192.77.0.1"]
        v6 = [f"2001:db8::{i:x}" for i in range(0, 256, 9)] + ["2001:db8::1", "2001:db8::1234", "2001:db8:9::1"]
        cls.packets = []
        for i in range(len(SPACES) * EACH):
            six = draw.random() < 0.4
            src = str(ipaddress.ip_address("2001:4860::" if six else "203.0.113.0") + min(int(draw.expovariate(0.1)), 200))
            dst = draw.choice(v6 if six else v4)
            cls.packets.append((src, dst, draw.choice(("tcp-syn", "udp"))))
        cls.capture["spaces"] = cls.at / "spaces.pcap"
        packets.write(cls.capture["spaces"], [packets.tcp(23, src=s, dst=d) if k == "tcp-syn" else packets.udp(9, src=s, dst=d)
                                              for s, d, k in cls.packets], seconds=SECONDS / EACH, start=START)
        cls.expect()

    @classmethod
    def expect(cls):
        """Rows of the tables as they are to be."""
        cls.counts, cls.contacts = collections.Counter(), collections.Counter()
        cls.sources, cls.reached = collections.defaultdict(set), collections.defaultdict(set)
        for i, (src, dst, kind) in enumerate(cls.packets):
            units, address = Units(SPACES[i // EACH]), ipaddress.ip_address(dst)
            if not units.monitors(address):
                continue
            unit = units.of(address)
            cls.counts[unit, kind] += 1
            cls.sources[unit, kind].add(src)
            host = int(address) - int(ipaddress.ip_network(unit)[0]) if address.version == 4 else 0
            cls.contacts[src, unit, host, kind] += 1
            cls.reached[src].add(address if address.version == 4 else unit)

    def spread(self, spool, interval, sensors=False, spaces=SPACES):
        """Every space in its time, as one sensor whose configuration was changed; or as sensors of their own, all the time."""
        for i, space in enumerate(spaces):
            one = self.spool(f"space{i}")
            self.read(one, self.capture["spaces"], interval, sensor=f"s{i}" if sensors else "s", monitored=space)
            for path in snapshots(one):
                after = int(path.name[9:15][2:4]) * 60 + int(path.name[13:15])
                if sensors or i * SECONDS <= after < (i + 1) * SECONDS:
                    to = spool / path.relative_to(one)
                    to.parent.mkdir(parents=True, exist_ok=True)
                    shutil.move(path, to)
        return snapshots(spool)

    def nests(self, rows):
        nets = [ipaddress.ip_network(d) for d in {r["destination"] for r in rows}]
        return {net.version for net in nets for other in nets
                if net != other and net.version == other.version and net.subnet_of(other)} == {4, 6}

    def test_a_day_that_monitored_several_spaces_is_compacted(self):
        spool = self.spool("spool")
        parts = self.spread(spool, 10)
        self.assertEqual(len(parts), 8)
        before = self.totals(spool)
        run("compact", "--per", "day", "--now", "2026-01-07", spool)
        self.assertEqual(self.totals(spool), before)
        self.intact(spool)
        whole, = snapshots(spool)
        rows = table(whole, "destinations")
        self.assertTrue(self.nests(rows))
        self.assertEqual({(r["destination"], r["class"]): int(r["packets"]) for r in rows}, dict(self.counts))
        self.assertEqual({(r["destination"], r["class"]): int(r["uniq_src_ip"]) for r in rows},
                         {key: len(sources) for key, sources in self.sources.items()})
        keys = [(in_order(r["destination"]), r["class"] == "udp") for r in rows]
        self.assertEqual(keys, sorted(set(keys)))
        self.assertEqual(sum(int(r["packets"]) for r in rows), manifest(whole)["totals"]["packets"])
        self.assertEqual(manifest(whole)["totals"]["destinations"], len({unit for unit, _ in self.counts}))
        by_unit = collections.Counter()
        for r in rows:
            by_unit[r["destination"]] += int(r["uniq_src_ip_destination"])
        self.assertEqual(by_unit, {unit: len(set().union(*(s for (u, _), s in self.sources.items() if u == unit)))
                                   for unit, _ in self.counts})

    def test_what_a_source_reached_in_several_spaces_counts_once(self):
        spool = self.spool("spool")
        self.spread(spool, 10)
        run("compact", "--per", "day", "--now", "2026-01-07", spool)
        whole, = snapshots(spool)
        contacts = table(whole, "contacts")
        self.assertEqual({(r["src_ip"], r["destination"], int(r["host"]), r["class"]): int(r["packets"]) for r in contacts},
                         dict(self.contacts))
        keys = [(in_order(r["src_ip"]), in_order(r["destination"]), int(r["host"]), r["class"] == "udp") for r in contacts]
        self.assertEqual(keys, sorted(set(keys)))
        rows = {r["src_ip"]: int(r["destinations"]) for r in table(whole, "sources")}
        self.assertEqual(rows, {src: len(reached) for src, reached in self.reached.items()})
        told_apart = {src: len({c[1:3] for c in self.contacts if c[0] == src}) for src in rows}
        self.assertNotEqual(rows, told_apart)

    def test_neither_order_nor_grouping_of_spaces_matters(self):
        self.groupings(self.spread(self.spool("spool"), 5), [], "s")

    def test_neither_order_nor_grouping_matters_to_samples(self):
        limits = ["--contact-rows", 1000, "--pair-rows", 100]
        whole = self.groupings(self.spread(self.spool("spool"), 5), limits, "s")
        self.assertGreater(manifest(whole)["interval"]["contact_rows_one_in"], 1)
        self.assertGreater(manifest(whole)["interval"]["pair_rows_one_in"], 1)
        self.intact(whole)
        self.assertTrue(self.nests(table(whole, "contacts")))

    def test_sensors_of_several_spaces_are_merged(self):
        spool = self.spool("spool")
        whole = self.groupings(self.spread(spool, 40, True), [], "all")
        self.intact(whole)
        rows = table(whole, "destinations")
        self.assertTrue(self.nests(rows))
        self.assertEqual({r["origin"] for r in table(whole, "coverage")}, {f"s{i}" for i in range(len(SPACES))})
        self.assertEqual(sum(int(r["packets"]) for r in rows), manifest(whole)["totals"]["packets"])

    def test_hours_and_days_are_compacted_to_the_same_bytes(self):
        steps, once = self.spool("steps"), self.spool("once")
        self.spread(steps, 5)
        shutil.copytree(steps, once)
        for period in 15, 30, "day":
            run("compact", "--per", period, "--now", "2026-01-07", steps)
            self.intact(steps)
        run("compact", "--per", "day", "--now", "2026-01-07", once)
        self.same(*snapshots(steps), *snapshots(once))

    def test_sketches_of_prefixes_of_several_sizes_estimate_what_they_did(self):
        spool = self.spool("spool")
        self.spread(spool, 10)
        uniques = self.estimates(spool)
        run("compact", "--per", "day", "--now", "2026-01-07", spool)
        whole, = snapshots(spool)
        self.assertEqual(self.estimates(spool), uniques)
        keys = [r["key"].split("/", 2)[2] for r in table(whole, "sketches") if r["key"].startswith("sources/prefix/")]
        order = [in_order(k) for k in keys]
        self.assertEqual(order, sorted(order))
        nested = {"192.0.0.0/10", "192.0.0.0/17", "192.0.2.0/24", "2001:db8::/42", "2001:db8::/64"}
        self.assertEqual(set(keys) & nested, nested)

    def estimates(self, spool):
        found = json.loads(run("uniques", "--json", "--keys", "sources*", "-n", 100000, spool).stdout)
        return {key["key"]: key["estimate"] for key in found["uniques"]}

    # Rates by sensor; by address; by address of IPv4 where there is IPv6 at times.
    REPORTED = [SPACES, ["192.0.0.0/14", "192.0.2.0/26", "192.0.0.0/8", "192.0.2.0/28"],
                ["192.0.2.0/26,2001:db8::/32", "192.0.2.0/26", "192.0.2.0/24", "192.0.2.0/26,2001:db8::/127"]]

    def test_reports_say_of_a_day_what_they_said_of_its_parts(self):
        for i, spaces in enumerate(self.REPORTED):
            with self.subTest(spaces):
                spool = self.spool(f"spool{i}")
                self.spread(spool, 10, spaces=spaces)
                seen, before = self.seen(spool), self.report(spool, f"before{i}")
                run("compact", "--per", "day", "--now", "2026-01-07", spool)
                self.assertEqual(len(snapshots(spool)), 1)
                self.assertEqual(self.seen(spool), seen)
                after = self.report(spool, f"after{i}")
                if i != 1:
                    # coverage does not tell how many of its addresses were of IPv4.
                    for row in before["sensors"] + after["sensors"]:
                        row.pop("addresses_least")
                self.assertEqual(after, before)

    def seen(self, spool):
        """How long and how much was observed, as info has it."""
        found, = json.loads(run("info", "--json", spool).stdout)["sensors"]
        return [found["observed_us"], found["packets"], found["monitored_addresses"]]

    def report(self, spool, name):
        """What a report says, without how many snapshots there were. Days times addresses of a merged snapshot are rounded."""
        out = self.spool(name)
        run("report", "--period", "2026-01-05", "--quiet", "--out", out, spool)
        found = json.loads((out / "report.json").read_text())
        return {key: [{k: v for k, v in row.items() if k != "snapshots"} for row in t["rows"]
                      if row.get("key") not in ("snapshots", "address_days")] for key, t in found["tables"].items()}


if __name__ == "__main__":
    compact_bed.main()
