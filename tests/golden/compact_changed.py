#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""teiten compact of a day within which the configuration was changed: databases, rules, lengths of intervals, sizes of tables. All become
one, and say what the parts said.

    compact_changed.py TEITEN

TT_SEED=N repeats a run."""
import collections
import shutil

import compact_bed
from compact_bed import Bed, ROOT, manifest, run, snapshots, table

COUNTRIES = ["AT", "BR", "CN", "DE", "JP", "US"]
TARGET = "protocol target code class backscatter"


class Changed(Bed):
    def halves(self, spool, one, other, interval=10, interval_other=10):
        """Half of a minute with one set of options, and half with another."""
        for i, (options, seconds) in enumerate(((one, interval), (other, interval_other))):
            half = self.spool(f"half{i}")
            self.read(half, self.capture["measures"], seconds, *options)
            for path in snapshots(half):
                if (int(path.name[13:15]) < 30) == (i == 0):
                    to = spool / path.relative_to(half)
                    to.parent.mkdir(parents=True, exist_ok=True)
                    shutil.move(path, to)
        return snapshots(spool)

    def sums(self, spool):
        found = collections.Counter()
        for name, column in (("targets", "packets"), ("countries", "bytes"), ("destinations", "packets"), ("talkers", "packets"),
                             ("source_ports", "packets"), ("backscatter", "packets"), ("signatures", "detections"), ("distributions", "packets")):
            for row in table(spool, name):
                found[name, row.get("country"), row.get("class"), row.get("sid")] += int(row[column])
        return found

    def compacted(self, spool):
        before = self.sums(spool)
        run("compact", "--per", "day", "--now", "2026-01-07", spool)
        self.intact(spool)
        self.assertEqual(self.sums(spool), before)
        whole, = snapshots(spool)
        return whole

    # 1. Databases.

    def geo(self, name):
        """Countries of a sixteenth of a /8 each, and of a /16 of IPv6 each, drawn by chance."""
        v4, v6 = self.at / f"{name}.geoip", self.at / f"{name}.geoip6"
        v4.write_text("".join(f"{i << 20},{(i + 1 << 20) - 1},{self.random.choice(COUNTRIES)}\n" for i in range(4096) if i % 7))
        v6.write_text("".join(f"{i:x}::,{i:x}:{':'.join(['ffff'] * 7)},{self.random.choice(COUNTRIES)}\n" for i in range(0x2000, 0x4000) if i % 7))
        return ["--geo", f"{v4},{v6}"]

    def test_a_source_that_moved_counts_where_its_packets_were_counted(self):
        spool = self.spool("spool")
        parts = self.halves(spool, self.geo("old"), self.geo("new"))
        pairs = [row for part in parts for row in table(part, "pairs")]
        detected = self.detected(*parts)
        whole = self.compacted(spool)
        self.assertIn(" + ", manifest(whole)["geo"])
        self.expect(whole, pairs)
        self.assertEqual(self.detected(whole), detected)

    def detected(self, *paths):
        """Detections by rule, source and country: a report of IPv4 takes those of IPv6 from the countries that signatures has them in."""
        found = collections.Counter()
        for path in paths:
            for row in table(path, "signature_sources"):
                found[tuple(row[c] for c in ("gid", "sid", "rev", "src_ip", "country"))] += int(row["detections"])
        self.assertGreater(len(found), len({key[:4] for key in found}) if len(paths) > 1 else 0)
        return found

    def expect(self, whole, pairs):
        own = {r["src_ip"]: r["country"] for r in table(whole, "sources")}
        of_row, of_target = collections.defaultdict(set), collections.defaultdict(set)
        of_side, of_pair, moved = collections.defaultdict(set), collections.Counter(), collections.defaultdict(set)
        for row in pairs:
            key = tuple(row[c] for c in TARGET.split())
            of_row[key + (row["country"],)].add(row["src_ip"])
            of_target[key[:2]].add(row["src_ip"])
            of_side[row["country"], row["class"], row["backscatter"]].add(row["src_ip"])
            of_pair[tuple(v for c, v in row.items() if c not in ("interval_start", "packets", "bytes"))] += int(row["packets"])
            moved[row["src_ip"]].add(row["country"])
        self.assertGreater(sum(len(c) > 1 for c in moved.values()), 100)
        rows = table(whole, "targets")
        self.assertEqual({tuple(r[c] for c in TARGET.split()) + (r["country"],): int(r["uniq_src_ip"]) for r in rows},
                         {key: len(s) for key, s in of_row.items()})
        sums = collections.Counter()
        for r in rows:
            sums[r["protocol"], r["target"]] += int(r["uniq_src_ip_target"])
        self.assertEqual(sums, {key: len(s) for key, s in of_target.items()})
        rows = table(whole, "countries")
        self.assertEqual({(r["country"], r["class"], r["backscatter"]): int(r["uniq_src_ip"]) for r in rows},
                         {key: len(s) for key, s in of_side.items()})
        sums = collections.Counter()
        for r in rows:
            sums[r["country"]] += int(r["uniq_src_ip_country"])
        self.assertEqual(+sums, collections.Counter(own.values()))
        self.assertEqual({tuple(v for c, v in r.items() if c not in ("interval_start", "packets", "bytes")): int(r["packets"])
                          for r in table(whole, "pairs")}, of_pair)

    def test_neither_order_nor_grouping_of_databases_matters(self):
        spool = self.spool("spool")
        for i in range(3):
            one = self.spool(f"one{i}")
            self.read(one, self.capture["measures"], 10, *self.geo(f"geo{i}"))
            for path in snapshots(one)[i::3]:
                to = spool / path.relative_to(one)
                to.parent.mkdir(parents=True, exist_ok=True)
                shutil.move(path, to)
        for limits in [], ["--pair-rows", 1500, "--contact-rows", 900]:
            self.intact(self.groupings(snapshots(spool), limits, "s"))

    # 2. What else an option changes.

    def test_other_options_are_joined(self):
        mine = self.at / "mine.yaml"
        text = (ROOT / "rules" / "fingerprints.yaml").read_text()
        first, *rules = text.split("  - id: ")
        mine.write_text(first.replace("version: 1", "version: 2") + "".join("  - id: " + r for r in [*rules[:0:-1], "x" + rules[0]]))
        for name, one, other, lengths in (
                ("fingerprints", [], ["--fingerprints", mine], (10, 10)), ("no fingerprints", [], ["--fingerprints", "none"], (10, 10)),
                ("no rules", [], ["--rules", "none"], (10, 10)), ("intervals", [], [], (5, 15)), ("interval and part", [], [], (10, 30)),
                ("pairs", ["--pairs", 4096], [], (10, 10)), ("rows", ["--pair-rows", 1024], ["--contact-rows", 1024], (10, 10)),
                ("heavy", ["--talkers", 1, "--source-ports", 100], ["--talkers", 100, "--source-ports", 1], (10, 10)),
                ("sketches", ["--sketch-rows", 0], [], (10, 10)), ("memory", [], ["--remember", 3600, "--remember-sources", 1024], (10, 10)),
                ("packets", ["--keep-packets", 2], ["--keep-packets", 5], (10, 10))):
            with self.subTest(name):
                spool = self.spool("spool")
                self.halves(spool, one, other, *lengths)
                self.compacted(spool)

    # 3. What one snapshot cannot hold.

    def test_what_cannot_be_joined_says_what_can(self):
        rules = []
        for first in 0, 10:
            rules.append(self.at / f"rules{first}.yaml")
            rules[-1].write_text("version: 1\nfingerprints:\n" + "".join(
                f"  - id: rule-{i}\n    title: Rule {i}\n    where: tcp.flags & 0x3f == syn\n    match: tcp.srcport == {6000 + i}\n"
                f"    chance: 1/65536\n    source: {{packets: 3, percent: 50}}\n    origin: tests\n" for i in range(first, first + 10)))
        spaces = [",".join(f"203.0.{112 + (i >> 6)}.{i % 64 * 4 + odd}" for i in range(3000)) for odd in (0, 2)]
        for why, option, values in (("more than 16 fingerprint rules together", "--fingerprints", rules),
                                    ("6000 separate prefixes, at most 4096", "--monitored", spaces)):
            with self.subTest(why):
                spool = self.spool("spool")
                parts = self.halves(spool, *([option, value] for value in values))
                self.refused(f"{why}; compact to shorter periods, such as --per hour, or merge fewer sensors$",
                             "compact", "--per", "day", "--now", "2026-01-07", spool)
                self.assertEqual(snapshots(spool), parts)
                run("compact", "--per", 30, spool)
                self.assertEqual(len(snapshots(spool)), 2)


if __name__ == "__main__":
    compact_bed.main()
