#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""teiten merge and teiten compact: what they make is, to the byte, what one long interval would have
counted; neither order nor grouping of the parts matters; sums and unique counts are those of a plain
reference.

    compact.py TEITEN

TT_SEED=N repeats a run."""
import collections
import datetime
import hashlib
import ipaddress
import json
import shutil

import compact_bed
from compact_bed import OWN, SHARED, Bed, manifest, run, snapshots, table


class Compact(Bed):
    # 1. One long interval.

    def test_minutes_become_what_one_long_interval_counts(self):
        for profile, capture in self.capture.items():
            with self.subTest(profile):
                short, long = self.spool("short"), self.spool("long")
                self.read(short, capture, 5)
                self.read(long, capture, 60)
                run("compact", "--per", 60, short)
                self.intact(short)
                self.assertEqual(len(snapshots(short)), len(snapshots(long)))
                for a, b in zip(snapshots(short), snapshots(long)):
                    self.same(a, b, OWN)

    def test_real_captures_become_what_one_long_interval_counts(self):
        captures = sorted((SHARED / "pcap").glob("[dis][aco]*/*.pcap*"))
        if not captures:
            self.skipTest("no captures in " + str(SHARED / "pcap"))
        for capture in captures:
            with self.subTest(capture.name):
                short, long = self.spool("short"), self.spool("long")
                self.read(long, capture, 86400, monitored="0.0.0.0/0,::/0")
                if len(snapshots(long)) != 1:
                    continue
                self.read(short, capture, self.short(snapshots(long)[0]), monitored="0.0.0.0/0,::/0")
                run("compact", "--per", "day", "--now", "9999-01-01", short)
                self.intact(short)
                for a, b in zip(snapshots(short), snapshots(long)):
                    if "--" in a.name:
                        self.same_counts(a, b)

    def short(self, long):
        """An interval that cuts the packets of a snapshot into a dozen or so."""
        rows = table(long, "sources")
        times = [datetime.datetime.fromisoformat(r[c]) for r in rows for c in ("first_seen", "last_seen")]
        seconds = (max(times) - min(times)).total_seconds() if times else 0
        return next(n for n in (1, 5, 10, 60, 300, 1800, 7200) if n * 12 >= seconds)

    def same_counts(self, a, b):
        """Of a capture that ends inside its day, the long interval reaches to the end of the day."""
        for name in ("targets", "ipv6_targets", "countries", "sources", "talkers", "source_ports", "destinations", "backscatter",
                     "victims", "fingerprints", "fingerprint_rules", "source_fingerprints", "distributions",
                     "sketches", "pairs", "contacts", "signature_rules", "signatures", "signature_sources"):
            x, y = table(a, name), table(b, name)
            for row in x + y:
                row.pop("interval_start")
                row.pop("loaded_us", None)
            self.assertEqual(x, y, name)

    # 2. Order and grouping.

    def test_grouping_of_intervals_makes_no_difference(self):
        spool = self.spool("parts")
        self.read(spool, self.capture["measures"], 10)
        self.groupings(snapshots(spool), [], "s")

    def test_grouping_makes_no_difference_where_samples_are_taken(self):
        spool = self.spool("parts")
        self.read(spool, self.capture["measures"], 10, "--pair-rows", 2000, "--contact-rows", 3000)
        whole = self.groupings(snapshots(spool), ["--pair-rows", 1500, "--contact-rows", 900], "s")
        interval = manifest(whole)["interval"]
        self.assertGreater(interval["pair_rows_one_in"], 1)
        self.assertGreater(interval["contact_rows_one_in"], 1)
        self.assertEqual(interval["uniques"], "estimated")
        run("verify", whole)

    def test_grouping_of_sensors_makes_no_difference(self):
        spool = self.spool("parts")
        for i, profile in enumerate(sorted(self.capture)):
            self.read(spool, self.capture[profile], 20, sensor=f"sensor{i}")
        whole = self.groupings(snapshots(spool), [], "all")
        self.assertEqual({row["origin"] for row in table(whole, "coverage")}, {"sensor0", "sensor1", "sensor2"})
        self.assertIn("sensor0/capture-files", {row["port"] for row in table(whole, "ledger")})
        run("verify", whole)

    def test_samples_of_sensors_with_different_spaces_join(self):
        """A contact is in the sample or not by source and destination, whoever monitors what beside it."""
        halves, both = self.spool("halves"), self.spool("both")
        space = ipaddress.ip_network(self.monitored_of(self.capture["measures"]).split(",")[0])
        limits = ["--pair-rows", 100000, "--contact-rows", 3000]
        for i, half in enumerate(space.subnets()):
            self.read(halves, self.capture["measures"], 60, *limits, sensor=f"sensor{i}", monitored=half)
        self.read(both, self.capture["measures"], 60, *limits, monitored=space)
        parts, whole = snapshots(halves), snapshots(both)[0]
        self.assertNotEqual(manifest(parts[0])["monitored"], manifest(parts[1])["monitored"])
        merged = self.merge(self.spool("merged"), parts, *limits, sensor="s")
        self.intact(halves)
        self.intact(merged)
        rate = max(manifest(s)["interval"]["contact_rows_one_in"] for s in (merged, whole))
        self.assertGreater(rate, 1)
        contacts = self.contacts_of(whole, rate)
        self.assertGreater(len(contacts), 0)
        self.assertEqual(self.contacts_of(merged, rate), contacts)

    def contacts_of(self, snapshot, rate):
        """The rows of the sample of one in so many."""
        rows = table(snapshot, "contacts")
        return [{name: value for name, value in row.items() if name not in ("interval_start", "sensor")}
                for row in rows if 1 << int(row["sample_bits"]) >= rate]

    def rename_sample(self, snapshot, name):
        path = snapshot / "manifest.json"
        m = json.loads(path.read_text())
        digits = m["run"]["manifest_sha256"]
        text = path.read_text().replace(f'"sample": "{m["interval"]["sample"]}"', f'"sample": "{name}"')
        digest = hashlib.sha256(text.replace(digits, "0" * 64).encode()).hexdigest()
        path.write_text(text.replace(digits, digest))

    def test_samples_by_another_hash_are_hashed_anew_or_refused(self):
        for name in "public", "0123456789abcdef":
            for rows in 100000, 3000:
                with self.subTest(name, rows=rows):
                    limits = ["--pair-rows", rows, "--contact-rows", rows]
                    spool, out = self.spool("spool"), self.spool("out")
                    self.read(spool, self.capture["measures"], 30, *limits)
                    whole = self.merge(self.spool("whole"), snapshots(spool), *limits, sensor="s")
                    self.rename_sample(snapshots(spool)[0], name)
                    self.intact(spool)
                    if rows == 3000:
                        self.refused("different secrets or hashes", "merge", "--spool", out, "--sensor", "s",
                                     "--per", "all", *limits, *snapshots(spool))
                        continue
                    merged = self.merge(out, snapshots(spool), *limits, sensor="s")
                    self.intact(merged)
                    self.assertEqual(manifest(merged)["interval"]["sample"], "public-2")
                    self.same(merged, whole)

    # 3. A plain reference.

    KEYS = {"targets": "protocol target code class backscatter country", "countries": "country class backscatter",
            "ipv6_targets": "protocol target code class backscatter country",
            "destinations": "destination class", "distributions": "distribution class value",
            "talkers": "protocol target class src_ip", "source_ports": "protocol target class source_port",
            "backscatter": "protocol type code class attacked_protocol attacked_target",
            "pairs": "src_ip protocol target code class backscatter attacked_protocol attacked_target matched tested",
            "contacts": "src_ip destination host class", "sources": "src_ip"}

    def test_sums_and_uniques_are_those_of_a_plain_reference(self):
        spool = self.spool("parts")
        self.read(spool, self.capture["measures"], 10)
        parts = snapshots(spool)
        whole = self.merge(self.spool("whole"), parts)
        for name, key in self.KEYS.items():
            with self.subTest(name):
                self.assertEqual(self.sums(name, key.split(), [whole]), self.sums(name, key.split(), parts))
        pairs = [row for part in parts for row in table(part, "pairs")]
        contacts = [row for part in parts for row in table(part, "contacts")]
        self.uniques(whole, "targets", "protocol target", pairs, "uniq_src_ip_target", True)
        self.uniques(whole, "targets", self.KEYS["targets"], pairs, "uniq_src_ip", False)
        self.uniques(whole, "countries", "country class backscatter", pairs, "uniq_src_ip", False)
        self.uniques(whole, "countries", "country", pairs, "uniq_src_ip_country", True)
        self.uniques(whole, "destinations", "destination class", contacts, "uniq_src_ip", False)
        self.uniques(whole, "destinations", "destination", contacts, "uniq_src_ip_destination", True)
        self.sources(whole, pairs, contacts)

    def sums(self, name, key, paths):
        sums = collections.Counter()
        for path in paths:
            for row in table(path, name):
                for column in ("packets", "bytes"):
                    if column in row:
                        sums[tuple(row[c] for c in key) + (column,)] += int(row[column])
        return sums

    def uniques(self, whole, name, key, rows, column, add_up):
        key = key.split()
        expected = collections.defaultdict(set)
        for row in rows:
            expected[tuple(row[c] for c in key)].add(row["src_ip"])
        counted = collections.Counter()
        for row in table(whole, name):
            at = tuple(row[c] for c in key)
            self.assertTrue(add_up or at not in counted)
            counted[at] += int(row[column])
        self.assertEqual(dict(counted), {k: len(v) for k, v in expected.items()}, (name, column))

    def sources(self, whole, pairs, contacts):
        targets, destinations = collections.defaultdict(set), collections.defaultdict(set)
        for row in pairs:
            targets[row["src_ip"]].add((row["protocol"], row["target"]))
        for row in contacts:
            destinations[row["src_ip"]].add((row["destination"], row["host"]))
        rows = table(whole, "sources")
        self.assertEqual({r["src_ip"]: (int(r["targets"]), int(r["destinations"])) for r in rows},
                         {s: (len(targets[s]), len(destinations[s])) for s in targets})
        self.assertEqual(manifest(whole)["totals"]["uniq_src_ip"], len(targets))

    def test_estimates_lie_within_their_error_of_exact_numbers(self):
        spool, long = self.spool("parts"), self.spool("long")
        self.read(spool, self.capture["measures"], 10)
        self.read(long, self.capture["measures"], 60)
        whole = self.merge(self.spool("whole"), snapshots(spool), "--pair-rows", 1000, "--contact-rows", 1000)
        exact = snapshots(long)[0]
        estimate, truth = table(whole, "interval")[0], table(exact, "interval")[0]
        self.assertGreater(int(estimate["uniq_src_ip_stderr"]), 0)
        self.near(int(estimate["uniq_src_ip"]), int(truth["uniq_src_ip"]), int(estimate["uniq_src_ip_stderr"]))
        truths = {(r["country"], r["class"], r["backscatter"]): r for r in table(exact, "countries")}
        for row in table(whole, "countries"):
            other = truths.pop((row["country"], row["class"], row["backscatter"]))
            self.assertEqual((row["packets"], row["bytes"]), (other["packets"], other["bytes"]))
            self.near(int(row["uniq_src_ip"]), int(other["uniq_src_ip"]), int(row["uniq_src_ip_stderr"]))
        self.assertEqual(truths, {})
        self.assertEqual((whole / "sketches.parquet").stat().st_size, (exact / "sketches.parquet").stat().st_size)

    def near(self, estimate, truth, error):
        self.assertLessEqual(abs(estimate - truth), 5 * error + 1)

    FEW = """name: few
start: 2026-11-01T00:00:00Z
duration: 4h
monitored: 198.51.100.0/24
components:
  - {target: 445/TCP, rate: "4000/day/address", sources: 2000}
  - {name: flood, target: 6379/TCP, packets: 40000, sources: new, from: 1h, to: 2h}
  - {name: three, target: 3389/TCP, packets: 3000, sources: 3, from: 2h, to: 4h}
  - {name: one, target: 5555/TCP, packets: 3000, sources: 1, from: 0h, to: 1h}
"""

    def ranked(self, spool, *more):
        rows = map(json.loads, run("top-targets", "--format", "jsonl", *more, spool).stdout.splitlines())
        return {row["target"]: (row["max_uniq_src_ip"], row["sources_estimated"]) for row in rows}

    def test_few_sources_of_a_target_stay_known_where_samples_are_taken(self):
        """A sample of one source in 16 has none of three; the talkers are all of them, and a sketch is nearer."""
        profile, capture, spool = self.at / "few.yaml", self.at / "few.pcap", self.spool("parts")
        profile.write_text(self.FEW)
        run("synth", "--profile", profile, "--geo", "none", "--out", capture)
        run("read", "--spool", spool, "--sensor", "s", "--monitored", "198.51.100.0/24", "--interval", 3600,
            "--geo", "none", "--asn", "none", capture)
        self.assertEqual(self.ranked(spool), {"445/TCP": (2000, False), "6379/TCP": (40000, False),
                                              "3389/TCP": (3, False), "5555/TCP": (1, False)})
        merged = self.merge(self.spool("merged"), snapshots(spool), "--pair-rows", 5000)
        k = manifest(merged)["interval"]["sources_one_in"]
        self.assertGreaterEqual(k, 16)
        for more in ([], ["--class", "tcp-syn"]):
            found = self.ranked(merged, *more)
            self.assertEqual((found["3389/TCP"], found["5555/TCP"]), ((3, False), (1, False)))
            self.assertEqual((found["445/TCP"][1], found["6379/TCP"][1]), (True, True))
        found = self.ranked(merged)
        self.near(found["445/TCP"][0], 2000, 2000 * 0.046)
        self.near(found["6379/TCP"][0], 40000, (40000 * k) ** 0.5)
        self.assertLessEqual(found["6379/TCP"][0], 40000)
        # What is exact beside a sampled snapshot stays so: that has no packet of the target, or all its talkers.
        run("compact", "--per", 7200, "--pair-rows", 5000, "--now", "2026-11-02", spool)
        rates = [manifest(s)["interval"]["sources_one_in"] for s in snapshots(spool)]
        self.assertEqual((rates[0] > 1, rates[1]), (True, 1))
        self.assertEqual(self.ranked(spool)["3389/TCP"], (3, False))

    def test_no_more_sources_return_than_there_are(self):
        """After a flood, returning sources are counted in a sample, which may stand for more than there are."""
        profile, capture, spool = self.at / "return.yaml", self.at / "return.pcap", self.spool("parts")
        profile.write_text(self.FEW.replace("duration: 4h", "duration: 8h").replace("sources: 2000", "sources: 20"))
        run("synth", "--profile", profile, "--geo", "none", "--out", capture)
        run("read", "--spool", spool, "--sensor", "s", "--monitored", "198.51.100.0/24", "--interval", 1200,
            "--geo", "none", "--asn", "none", "--remember-sources", 2000, capture)
        for per in 1200, 7200:
            run("compact", "--per", per, "--now", "2026-11-02", spool)
            self.intact(spool)
            rows = table(spool, "interval")
            numbers = [tuple(int(row[c]) for c in ("uniq_src_ip", "uniq_src_ip_returning", "returning_one_in"))
                       for row in rows]
            self.assertTrue(all(returning <= uniq for uniq, returning, _ in numbers), numbers)
            self.assertTrue(any(0 < returning == uniq < one_in for uniq, returning, one_in in numbers), numbers)

    def test_a_category_that_was_changed_keeps_what_was_counted_under_it(self):
        spool, rules = self.spool("spool"), self.at / "k.rules"
        rules.write_text('alert tcp any any -> any 23 (msg:"telnet"; classtype:mine; sid:50; rev:1;)\n')
        for i, category in enumerate(("Scan", "Worm")):
            classes = self.at / f"{category}.config"
            classes.write_text(f"config classification: mine,x,2,{category}\n")
            other = self.spool(category)
            self.read(other, self.capture["demo"], 20, "--rule-classes", classes, rules=rules)
            for path in snapshots(other)[i::2]:
                (spool / "s" / path.parent.name).mkdir(parents=True, exist_ok=True)
                shutil.move(path, spool / "s" / path.parent.name / path.name)

        def by_category():
            sums = collections.Counter()
            for row in table(spool, "signatures"):
                sums[row["category"], row["country"]] += int(row["detections"])
            return sums
        before = by_category()
        self.assertEqual({category for category, _ in before}, {"Scan", "Worm"})
        run("compact", "--per", 60, spool)
        self.assertEqual(by_category(), before)
        self.intact(spool)


if __name__ == "__main__":
    compact_bed.main()
