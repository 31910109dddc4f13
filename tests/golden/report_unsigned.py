#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""What the report says of detections where some sensors, or some of the time, had no signatures: what they are divided by, also once
snapshots were merged, and that nothing fell because nobody looked.

    report_unsigned.py TEITEN"""
import json
import pathlib
import sys
import tempfile
import unittest

import snapshots
from packets import udp, write

START = 1767571200  # 2026-01-05T00:00:00Z, the day that is reported on
HOUR, DAY = 3600, 86400
RULES = 'alert udp any any -> any 1434 (msg:"a worm"; metadata:category Worm; sid:1; rev:1;)\n'
MORE = RULES + 'alert udp any any -> any 1435 (msg:"another"; metadata:category Worm; sid:2; rev:1;)\n'
TOO_LOW = {"en": "too low", "ja": "実際より小さ"}
CHANGED = "The signatures of the two periods are not the same"
teiten = ""


class Unsigned(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.base = pathlib.Path(directory.name)
        self.spool = self.base / "spool"

    def read(self, sensor, rules, worms=0, monitored="192.0.2.0/28", hour=0, hours=24):
        """A snapshot of these hours, all observed, with so many detections if it has signatures."""
        seconds = hours * HOUR
        packets = [udp(port, b"x") for port in (9, *[1434] * worms, 9)]
        write(self.base / "pcap", packets, start=START + hour * HOUR, seconds=(seconds - 1) / (len(packets) - 1))
        if rules != "none":
            (self.base / "rules").write_text(rules)
            rules = self.base / "rules"
        snapshots.run(teiten, "read", "--spool", self.spool, "--sensor", sensor, "--interval", seconds, "--monitored", monitored,
                      "--rules", rules, self.base / "pcap")

    def merged(self, earlier=()):
        """All sensors as one. earlier: of these sensors, or of "all", a program wrote it that did not say how long signatures were loaded."""
        for sensor in earlier:
            for path in self.spool.glob(f"{sensor}/*/[0-9]*"):
                snapshots.forget_loaded(path)
        snapshots.run(teiten, "merge", "--spool", self.base / "merged", "--sensor", "all", "--per", "day", self.spool)
        if "all" in earlier:
            for path in self.base.glob("merged/all/*/[0-9]*"):
                snapshots.forget_loaded(path)
        return self.base / "merged"

    def report(self, spool=None, language="en", period="2026-01-05"):
        found = json.loads(snapshots.run(teiten, "report", "--quiet", "--format", "json", "--lang", language, "--period", period, spool or self.spool))
        return found, [e[key] for s in found["sections"] for e in s["elements"] for key in ("text", "item", "warning") if key in e]

    def rates(self, spool):
        tables = self.report(spool)[0]["tables"]
        return tables["categories"]["rows"][0]["rate"], tables["days"]["rows"][0]["detection_rate"]

    def told(self, spool, wanted):
        for language, words in TOO_LOW.items():
            said = self.report(spool, language)[1]
            self.assertEqual([words in text for text in said].count(True), wanted, said)

    def test_nothing_fell_where_nobody_looked(self):
        self.read("a", RULES, worms=16 * 3, hour=-24)
        self.read("b", "none")
        for language, worm in ("en", "Worm"), ("ja", "Worm"):
            said = self.report(language=language)[1]
            self.assertFalse([text for text in said if worm in text], said)
        self.assertTrue([text for text in said if text.startswith("シグネチャを用いていない")], said)

    def test_sensors_of_as_many_addresses(self):
        self.read("a", RULES, worms=16 * 3)
        self.read("b", "none", monitored="192.0.2.0/28")
        self.read("c", "none", monitored="192.0.2.0/29,192.0.2.24/29")
        self.assertEqual(self.rates(self.spool), (3, 3))
        self.assertEqual(self.rates(self.merged()), (3, 3))
        self.told(self.merged(), 0)

    def test_part_of_a_day(self):
        """Also beside IPv6, of which there may be more addresses than are counted."""
        for monitored in "192.0.2.0/28", "192.0.2.0/28,2001:db8::/48":
            with self.subTest(monitored):
                self.spool = self.base / monitored[-2:]
                self.read("a", "none", monitored=monitored, hours=12)
                self.read("a", RULES, worms=16 * 3, monitored=monitored, hour=12, hours=12)
                self.assertEqual(self.rates(self.spool), (6, 6))
                snapshots.run(teiten, "compact", "--per", "day", self.spool)
                self.assertEqual(self.report()[0]["tables"]["sensors"]["rows"][0]["snapshots"], 1)
                self.assertEqual(self.rates(self.spool), (6, 6))
                self.told(self.spool, 0)

    def test_sensors_that_differ(self):
        """Of 16, 32 and 8 addresses, with signatures all day, never, and for half of it: 60 detections in 16 + 8 / 2 address-days."""
        for ipv6 in "", ",2001:db8::/48":
            with self.subTest(ipv6):
                self.setUp()
                self.read("a", RULES, worms=48, monitored="192.0.2.0/28" + ipv6)
                self.read("b", "none", monitored="192.0.2.0/27")
                self.read("c", "none", monitored="192.0.2.8/29" + ipv6, hours=12)
                self.read("c", MORE, worms=12, monitored="192.0.2.8/29" + ipv6, hour=12, hours=12)
                self.assertEqual(self.rates(self.spool), (3, 3))
                self.told(self.spool, 0)
                snapshots.run(teiten, "compact", "--per", "day", self.spool)
                self.assertEqual(self.rates(self.spool), (3, 3))
                self.assertEqual(self.rates(self.merged()), (3, 3))
                self.told(self.merged(), 0)
                snapshots.run(teiten, "verify", self.base / "merged")

    def test_networks_of_ipv6(self):
        """Of three, one had signatures all day and one for half of it; the last packet of either comes a second before the end."""
        self.read("a", RULES, monitored="2001:db8::/48")
        self.read("b", "none", monitored="2001:db8:1::/48")
        self.read("c", "none", monitored="2001:db8:2::/48", hours=12)
        self.read("c", RULES, monitored="2001:db8:2::/48", hour=12, hours=12)
        snapshots.run(teiten, "compact", "--per", "day", self.spool)
        loaded = json.loads(next(self.merged().glob("all/*/[0-9]*/manifest.json")).read_text())["signatures_loaded"]
        us = (DAY - 1 + DAY // 2 - 1) * 10**6
        self.assertEqual(loaded, {"observed_us": us, "ipv4_us": "0", "address_us": str(us * (2**63 - 1))})

    def test_days_of_sensors(self):
        """Of so many addresses, detections are divided by days of sensors as packets are, of which a merged spool has one: 60 of each of two, of 62
        packets; and where half of the addresses had no signatures, by half of its day."""
        for rules, detections in (RULES, 120), ("none", 120):
            with self.subTest(rules):
                self.setUp()
                self.read("a", RULES, worms=60, monitored="128.0.0.0/1")
                self.assertEqual(self.rates(self.spool), (60, 60))
                self.read("b", rules, worms=60, monitored="128.0.0.0/1")
                self.assertEqual(self.rates(self.spool), (60, 60))
                rows = self.report(self.merged())[0]["tables"]
                self.assertEqual((rows["days"]["rows"][0]["rate"], *self.rates(self.base / "merged")), (124, detections, detections))

    def test_sensors_that_differ_of_an_earlier_program(self):
        """By address, it is not known how much of the time was that of which: by all of it, which is said."""
        self.read("a", RULES, worms=16 * 3)
        self.read("b", "none", monitored="192.0.2.0/27")
        self.assertEqual(self.rates(self.merged(earlier=("all",))), (1, 1))
        self.told(self.base / "merged", 1)

    def test_parts_of_an_earlier_program(self):
        """Of those that had signatures all the time, or never, it follows; of one that had both, it does not: 48 in 56 address-days."""
        self.read("a", RULES, worms=16 * 3)
        self.read("b", "none", monitored="192.0.2.0/27")
        self.assertEqual(self.rates(self.merged(earlier="ab")), (3, 3))
        self.told(self.merged(), 0)
        self.read("c", "none", monitored="192.0.2.0/29", hours=12)
        self.read("c", RULES, monitored="192.0.2.0/29", hour=12, hours=12)
        snapshots.run(teiten, "compact", "--per", "day", self.spool)
        self.assertEqual(self.rates(self.merged(earlier="c")), (0.86, 0.86))
        self.told(self.merged(), 1)

    def test_rules_that_differ(self):
        """How long either set was loaded is known, and not how long any was; but where a rule was all the time, it is."""
        self.read("a", RULES, worms=16)
        self.read("b", MORE, worms=16)
        self.assertEqual(self.rates(self.merged()), (1, 1))
        self.told(self.merged(), 0)
        self.read("c", "none")
        self.assertEqual(self.rates(self.spool), (1, 1))
        self.assertEqual(self.rates(self.merged()), (1, 1))
        self.told(self.merged(), 0)

    def test_the_same_rules(self):
        """That some time had none changes no signatures."""
        self.read("a", RULES, hour=-24)
        self.read("a", RULES, worms=1)
        self.read("b", "none")
        self.assertFalse([text for text in self.report(self.merged())[1] if CHANGED in text])
        self.assertFalse([text for text in self.report(self.spool)[1] if CHANGED in text])
        self.read("c", MORE)
        self.assertTrue([text for text in self.report(self.merged())[1] if CHANGED in text])
        self.assertTrue([text for text in self.report(self.spool)[1] if CHANGED in text])

    def rules_of_16(self, day, shift=0):
        """Sixteen sensors, each with rules of its own, on a day that begins at that hour."""
        for i in range(16):
            self.read(f"s{i:02}", RULES + f'alert udp any any -> any {2000 + i + shift} (msg:"port"; sid:{9 + i + shift}; rev:1;)\n', hour=day)

    def test_rules_of_which_one_period_tells_all(self):
        """The same sensors, merged in the one period and not in the other: nobody knows, either, unless they are fewer than a snapshot names."""
        untold = "more sets of signatures than a merged snapshot names"
        self.rules_of_16(-24)
        spool = self.merged()
        for hour in -24, 0:
            with self.subTest(hour):
                self.spool = self.base / f"beside{hour}"
                self.rules_of_16(hour) if hour == 0 else self.read("s00", RULES, hour=0)
                found = json.loads(snapshots.run(teiten, "report", "--quiet", "--format", "json", "--period", "2026-01-05", spool, self.spool))
                said = [e["warning"] for s in found["sections"] for e in s["elements"] if "warning" in e]
                self.assertEqual([untold in text for text in said].count(True), hour == 0, said)
                self.assertEqual([CHANGED in text for text in said].count(True), hour != 0, said)

    def test_more_rules_than_are_told(self):
        """Where neither period tells all of its rules, nobody knows whether they are the same."""
        for day, shift in (-24, 0), (0, 24):
            self.rules_of_16(day, shift)
        spool = self.merged()
        for language, wanted in ("en", "more sets of signatures than a merged snapshot names"), ("ja", "双方のシグネチャが同一かどうか分からない"):
            found, said = self.report(spool, language)
            facts = {row["key"]: row for row in found["tables"]["method"]["rows"]}["signatures"]
            self.assertEqual((facts["now"], facts["before"]), ("mixed", "mixed"))
            self.assertEqual([wanted in text for text in said].count(True), 1, said)


if __name__ == "__main__":
    teiten = sys.argv.pop(1)
    unittest.main()
