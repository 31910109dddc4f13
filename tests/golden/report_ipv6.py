#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""What the report says where a sensor monitors IPv4 and IPv6: what it says of a sensor that has the IPv4 part alone, from the same
capture, and beside it what came by IPv6.

    report_ipv6.py TEITEN"""
import csv
import json
import pathlib
import shutil
import sys
import tempfile
import unittest

import snapshots

GEO = "/usr/share/tor/geoip,/usr/share/tor/geoip6"
IPV4, BOTH = "192.0.2.0/26", "192.0.2.0/26,2001:db8::/48"
# Two weeks; by IPv6 nearly everything comes that IPv4 gets, and other things, and rises that IPv4 does not have.
PROFILE = """
name: both
start: 2026-03-02T00:00:00Z
duration: 14d
monitored: 192.0.2.0/26, 2001:db8::/48
components:
  - {target: 445/TCP, rate: 12/day/address, sources: 80}
  - {target: 445/TCP, name: six, ip_version: 6, packets: 20000, from: 7d, sources: 40}
  - {target: 23/TCP, rate: 2/day/address, sources: 30}
  - {target: 23/TCP, name: rise, rate: 9/day/address, from: 9d, sources: 50}
  - {target: 8/ICMP, rate: 3/day/address, sources: 20}
  - {target: 8/ICMP, name: one, rate: 9/day/address, from: 11d, to: 13d, sources: 1}
  - {target: 128/ICMPv6, packets: 900, sources: 9}
  - {target: 5555/TCP, ip_version: 6, packets: 8000, from: 10d, to: 11d, sources: 1}
  - {target: TCP, class: tcp-synack, source_port: 80, packets: 600, from: 8d, to: 9d, sources: 1}
  - {target: TCP, name: six answers, ip_version: 6, class: tcp-synack, source_port: 443, packets: 700, from: 8d, to: 9d, sources: 1}
  - {target: 53/UDP, rate: 1/day/address, sources: 12, payload: abcd}
  - {target: 53/UDP, name: six asks, ip_version: 6, packets: 1500, sources: 25, payload: abcd}
"""
RULES = 'alert udp any any -> any 53 (msg:"asks"; metadata:category DNS; sid:1;)\n' \
        'alert tcp any any -> any 5555 (msg:"knocks"; metadata:category Scan; sid:2;)\n'
PERIOD = "2026-W11"
teiten = ""


def run(*args, ok=(0,)):
    return snapshots.run(teiten, *args, ok=ok)


def report(spool, out, *more):
    run("report", "--period", PERIOD, "--out", out, *more, spool)
    return json.loads((out / "report.json").read_text())


def said(out):
    """The text in one line."""
    return " ".join((out / "report.txt").read_text().split())


def without(thing, *keys):
    """JSON without what is told of both versions, or what names the unit."""
    if isinstance(thing, dict):
        return {k: without(v, *keys) for k, v in thing.items() if k not in keys}
    return [without(x, *keys) for x in thing] if isinstance(thing, list) else thing


class Ipv6(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.tmp = pathlib.Path(tempfile.mkdtemp())
        (cls.tmp / "both.yaml").write_text(PROFILE)
        (cls.tmp / "some.rules").write_text(RULES)
        run("synth", "--profile", cls.tmp / "both.yaml", "--geo", GEO, "--out", cls.tmp / "both.pcap", "--truth", cls.tmp / "truth.json")
        truth = json.loads((cls.tmp / "truth.json").read_text())
        cls.ipv6 = [c for c in truth["components"] if c["ip_version"] == 6]
        for name, monitored in ("mixed", BOTH), ("four", IPV4):
            cls.read(name, "m", monitored)
        cls.four = report(cls.tmp / "four", cls.tmp / "report four")
        cls.mixed = report(cls.tmp / "mixed", cls.tmp / "report mixed")

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.tmp)

    @classmethod
    def read(cls, spool, sensor, monitored, *more):
        run("read", "--spool", cls.tmp / spool, "--sensor", sensor, "--monitored", monitored, "--interval", 21600,
            "--rules", cls.tmp / "some.rules", *more, cls.tmp / "both.pcap")
        return cls.tmp / spool

    def fact(self, found, name, column="now"):
        return next(row for row in found["tables"]["method"]["rows"] if row["key"] == name)[column]

    def test_tables_and_figures_are_those_of_a_sensor_of_ipv4_alone(self):
        for kind, others in ("tables", ("sensors", "method")), ("figures", ("sources_days",)):
            self.assertEqual(list(self.mixed[kind]), list(self.four[kind]))
            for name in set(self.four[kind]) - set(others):
                with self.subTest(name):
                    both = [without(found[kind][name], "sources", "sources_before", "unit") for found in (self.mixed, self.four)]
                    self.assertEqual(*both)
        for name in "445/TCP", "23/TCP", "8/ICMP", "53/UDP":
            self.assertIn(name, {row["key"] for row in self.mixed["tables"]["targets"]["rows"]})
        for name in "5555/TCP", "128/ICMPv6":
            self.assertNotIn(name, {row["key"] for row in self.mixed["tables"]["targets"]["rows"]})

    def test_a_period_is_named_as_a_sentence_needs_it(self):
        out = self.tmp / "report of days"
        for period, when in ("2026-03-03..2026-03-04", "in the time from 3 March 2026 to 4 March 2026"), ("2026-03-10", "on 10 March 2026"):
            run("report", "--period", period, "--out", out, self.tmp / "mixed")
            self.assertRegex(said(out), f"divided by nothing: [0-9,]+ {when}, from about")
            shutil.rmtree(out)
        (self.tmp / "none.yaml").write_text("name: none\nstart: 2026-03-02T00:00:00Z\nduration: 1d\nmonitored: 192.0.2.0/26\n"
                                            "components:\n  - {target: 445/TCP, packets: 30}\n")
        run("synth", "--profile", self.tmp / "none.yaml", "--out", self.tmp / "none.pcap")
        run("read", "--spool", self.tmp / "none", "--sensor", "n", "--monitored", BOTH, "--interval", 21600, "--rules", self.tmp / "some.rules",
            self.tmp / "none.pcap")
        run("report", "--period", "2026-03-02", "--out", out, self.tmp / "none")
        self.assertIn("No packets of IPv6 came on 2 March 2026;", said(out))
        self.assertIn("The most accessed target was 445/TCP", said(out))

    def test_one_is_no_order(self):
        """Detections of IPv4 are of one category."""
        report(self.tmp / "mixed", self.tmp / "report in order", "--lang", "ja")
        text = said(self.tmp / "report in order").replace(" ", "")
        self.assertRegex(text, "検知件数の最も多い攻撃手法は、DNS（[0-9.]+）であった。")
        self.assertRegex(text, "アクセス件数の上位の宛先ポートは、445/TCP（.{1,200}の順であった。")

    def test_units_say_so_in_all_formats_and_languages(self):
        for language, of_ipv4 in ("en", "IPv4 address"), ("ja", "IPv4アドレス"):
            out = self.tmp / f"report in {language}"
            found = report(self.tmp / "mixed", out, "--lang", language)
            units = {thing["unit"] for kind in ("tables", "figures") for thing in found[kind].values() if thing["unit"]}
            per_day = {u for u in units if "per day and" in u or "件/日" in u}
            self.assertTrue(per_day and all(of_ipv4 in u for u in per_day), per_day)
            page, text = (out / "report.html").read_text(), (out / "report.txt").read_text()
            for unit in per_day:
                self.assertIn(unit, page)
                self.assertIn(unit, text)
            self.assertEqual(without(found["tables"]["targets"]["rows"], "target"),
                             without(self.mixed["tables"]["targets"]["rows"], "target"))
            with open(out / "targets.csv", encoding="utf-8", newline="") as file:
                rows = list(csv.DictReader(file))
            self.assertEqual([(r["key"], int(r["packets"])) for r in rows],
                             [(r["key"], r["packets"]) for r in found["tables"]["targets"]["rows"]])

    def test_what_came_by_ipv6_is_told_beside(self):
        """In the second week, all components but these two are in it as a whole, or evenly in both."""
        half = {"128/ICMPv6", "six asks"}
        packets = sum(c["packets"] // (1 + (c["name"] in half)) for c in self.ipv6)
        sources = sum(c["sources"] for c in self.ipv6)
        self.assertEqual(self.fact(self.mixed, "ipv6_packets"), packets)
        self.assertEqual(self.fact(self.mixed, "ipv6_packets", "before"), 450 + 750)
        self.assertEqual(self.fact(self.mixed, "ipv6_untold"), 0)
        self.assertEqual(self.fact(self.mixed, "ipv6_detections"), 8000 + 750)
        self.assertLess(abs(self.fact(self.mixed, "ipv6_sources") - sources), 0.1 * sources)
        for name in "packets", "address_days", "backscatter_packets", "detections":
            self.assertEqual(self.fact(self.mixed, name), self.fact(self.four, name), name)
        self.assertIn("all counts are of IPv4", said(self.tmp / "report mixed"))
        self.assertIn(f"divided by nothing: {packets:,} in week 11", said(self.tmp / "report mixed"))
        # Sources of prefixes are in smaller sketches.
        self.assertIn("the standard error is 0.8%, and 2.3% of those of IPv6 alone.", said(self.tmp / "report mixed"))
        self.assertIn("the standard error is 0.8%.", said(self.tmp / "report four"))
        self.assertNotIn("IPv4", said(self.tmp / "report four"))
        self.assertNotIn("IPv6", said(self.tmp / "report four"))

    def test_a_sensor_of_ipv6_changes_no_rate_of_one_of_ipv4(self):
        spool = self.read("apart", "m", IPV4)
        self.read("apart", "s", "2001:db8::/48")
        found = report(spool, self.tmp / "report apart")
        for name in "targets", "countries", "categories", "detected_countries", "signatures":
            self.assertEqual(without(found["tables"][name]["rows"]), without(self.four["tables"][name]["rows"]), name)
        self.assertEqual(self.fact(found, "ipv6_packets"), self.fact(self.mixed, "ipv6_packets"))
        rows = {row["sensor"]: row for row in found["tables"]["sensors"]["rows"]}
        self.assertEqual((rows["s"]["addresses_most"], rows["s"]["packets"]), (0, 0))
        self.assertEqual(rows["s"]["ipv6_packets"], self.fact(found, "ipv6_packets"))

    def apart(self, name, *gone):
        """A sensor of IPv4, without its snapshots of days that are gone, beside one of IPv6; and the report."""
        spool = self.read(name, "m", IPV4)
        self.read(name, "s", "2001:db8::/48")
        for day in gone:
            shutil.rmtree(spool / "m" / day)
        return report(spool, self.tmp / f"report {name}")

    def test_a_period_without_ipv4_is_not_one_without_packets(self):
        found = self.apart("no before", *(f"2026-03-{day:02}" for day in range(2, 9)))
        self.assertIn("nothing was observed, so that nothing is compared", said(self.tmp / "report no before"))
        self.assertNotIn("there were none", said(self.tmp / "report no before"))
        self.assertIn("445/TCP", {row["key"] for row in found["tables"]["targets"]["rows"]})
        self.assertNotIn("rate_before", found["tables"]["targets"]["rows"][0])
        # Where this period has none, its counts are of both, of each sensor.
        found = self.apart("no now", *(f"2026-03-{day:02}" for day in range(9, 16)))
        self.assertEqual(found["tables"]["targets"]["unit"], "packets per day and sensor")
        self.assertIn("5555/TCP", {row["key"] for row in found["tables"]["targets"]["rows"]})

    def test_a_day_without_ipv4_is_not_one_without_packets(self):
        found = self.apart("no day", "2026-03-11")
        days = {row["day"]: row for row in found["tables"]["days"]["rows"]}
        self.assertEqual([day for day, row in days.items() if row["rate"] is None], ["2026-03-11"])
        self.assertIsNone(days["2026-03-11"]["detection_rate"])
        names = [name for name in found["figures"] if name.endswith("_days") and name != "sources_days"]
        self.assertGreater(len(names), 5)
        for name in names:
            for series in found["figures"][name]["series"]:
                self.assertEqual([i for i, value in enumerate(series["values"]) if value is None], [2], (name, series["id"]))

    def test_what_only_a_sensor_of_ipv6_loaded_is_not_what_was_loaded(self):
        (self.tmp / "one.rules").write_text(RULES.splitlines()[0] + "\n")
        spool = self.tmp / "loaded"
        for sensor, monitored, rules in ("m", IPV4, "one.rules"), ("s", "2001:db8::/48", "some.rules"):
            run("read", "--spool", spool, "--sensor", sensor, "--monitored", monitored, "--interval", 21600,
                "--rules", self.tmp / rules, self.tmp / "both.pcap")
        found = report(spool, self.tmp / "report loaded")
        self.assertEqual([row["category"] for row in found["tables"]["loaded"]["rows"]], ["DNS"])
        shutil.rmtree(spool / "m")
        found = report(spool, self.tmp / "report loaded six")
        self.assertEqual([row["category"] for row in found["tables"]["loaded"]["rows"]], ["DNS", "Scan"])

    def test_source_ports_of_both_are_lower_bounds(self):
        profile = "name: ports\nstart: 2026-03-02T00:00:00Z\nduration: 14d\nmonitored: 192.0.2.0/26, 2001:db8::/48\ncomponents:\n" \
            "  - {target: 445/TCP, packets: 3000, from: 7d, source_port: 6000, sources: 9}\n" \
            "  - {target: 445/TCP, name: six, ip_version: 6, packets: 9000, from: 7d, source_port: 6000, sources: 9}\n" \
            "  - {target: 23/TCP, packets: 3000, from: 7d, source_port: 6000, sources: 9}\n" \
            "  - {target: 23/TCP, name: few, ip_version: 6, packets: 300, from: 7d, source_port: 6001, sources: 9}\n" \
            "  - {target: 5900/TCP, packets: 3000, from: 7d, sources: 9}\n" \
            "  - {target: 5900/TCP, name: other, ip_version: 6, packets: 9000, from: 7d, source_port: 7000, sources: 9}\n" \
            "  - {target: 22/TCP, packets: 900, sources: 9}\n"
        (self.tmp / "ports.yaml").write_text(profile)
        run("synth", "--profile", self.tmp / "ports.yaml", "--out", self.tmp / "ports.pcap", "--truth", self.tmp / "ports.json")
        run("read", "--spool", self.tmp / "ports", "--sensor", "m", "--monitored", BOTH, "--interval", 21600, self.tmp / "ports.pcap")
        found = report(self.tmp / "ports", self.tmp / "report ports")
        ports = [f for f in found["figures"].values() if "by source port" in f["title"]]
        self.assertTrue(ports)
        for series in (s for f in ports for s in f["series"]):
            self.assertLess(max(v for v in series["values"] if v is not None), 3000 / 7 / 64 * 1.2, series["id"])
        text = said(self.tmp / "report ports")
        self.assertIn("all came from source port 6000", text)
        self.assertIn("at least 90.0% came from source port 6000", text)
        self.assertIn("At least 90.0% of the packets match the fingerprint source-port-6000", text)
        self.assertIn("All of the packets match the fingerprint source-port-6000", text)
        self.assertNotIn("7000", text)

    def test_days_make_the_same_report(self):
        days = self.tmp / "days"
        shutil.copytree(self.tmp / "mixed", days)
        run("compact", "--per", "day", days)
        run("verify", days)
        found = report(days, self.tmp / "report days")
        for name in set(self.mixed["tables"]) - {"sensors", "method"}:
            self.assertEqual(without(found["tables"][name]["rows"], "sources"), without(self.mixed["tables"][name]["rows"], "sources"), name)
        for name in "address_days", "packets", "ipv6_packets", "ipv6_sources":
            self.assertEqual(self.fact(found, name), self.fact(self.mixed, name), name)

    def test_sensors_add_up(self):
        """One with IPv4 and IPv6, one with twice as much IPv4, for half of the time: beside each other, and merged."""
        spool = self.read("sensors", "a", BOTH)
        capture = self.tmp / "both.pcap"
        run("read", "--spool", spool, "--sensor", "b", "--monitored", "192.0.2.0/25", "--interval", 21600, "--rules", self.tmp / "some.rules",
            capture)
        for path in sorted((spool / "b").rglob("*T*Z"))[:40]:
            shutil.rmtree(path)
        beside = report(spool, self.tmp / "report beside")
        days = {n: self.fact(beside, n) for n in ("address_days", "packets", "ipv6_packets")}
        merged = self.tmp / "merged"
        run("merge", "--spool", merged, "--sensor", "all", "--per", "day", *sorted((spool / "a").rglob("*T*Z")), *sorted((spool / "b").rglob("*T*Z")))
        run("verify", merged)
        found = report(merged, self.tmp / "report merged")
        self.assertEqual({n: self.fact(found, n) for n in days}, days)
        self.assertEqual(without(found["tables"]["targets"]["rows"]), without(beside["tables"]["targets"]["rows"]))

    def test_snapshots_of_before_count_what_they_do_not_tell(self):
        old = self.tmp / "old"
        shutil.copytree(self.tmp / "mixed", old)
        for path in old.rglob("*T*Z"):
            snapshots.downgrade(path, 5)
        run("verify", old)
        found = report(old, self.tmp / "report old")
        packets = self.fact(self.mixed, "ipv6_packets")
        self.assertEqual(self.fact(found, "ipv6_packets"), packets)
        self.assertEqual(self.fact(found, "ipv6_untold"), packets)
        self.assertEqual(self.fact(found, "packets"), self.fact(self.mixed, "packets") + packets)
        self.assertEqual(self.fact(found, "address_days"), self.fact(self.mixed, "address_days"))
        self.assertIn(f"{packets:,} packets of IPv6 are in the counts", said(self.tmp / "report old"))
        self.assertIn("It came from 1 address", said(self.tmp / "report old"))  # 5555/TCP
        # Merged, they say as much.
        run("compact", "--per", "day", old)
        run("verify", old)
        again = report(old, self.tmp / "report old days")
        for name in "ipv6_packets", "ipv6_untold", "packets", "address_days":
            self.assertEqual(self.fact(again, name), self.fact(found, name), name)
        self.assertIn("at most", run("info", old) + run("top-targets", old))
        for spool, untold in (old, "1"), (self.tmp / "mixed", "0"):
            rows = list(csv.DictReader(run("top-targets", "--format", "csv", spool).splitlines()))
            self.assertEqual({row["ipv6_untold"] for row in rows}, {untold})

    def test_ipv6_alone_is_as_it_was(self):
        """Nothing of IPv4 is monitored: counts are of each sensor."""
        found = report(self.read("six", "s", "2001:db8::/48"), self.tmp / "report six")
        self.assertEqual(found["tables"]["targets"]["unit"], "packets per day and sensor")
        self.assertEqual(found["tables"]["targets"]["rows"][0]["key"], "445/TCP")
        self.assertNotIn("ipv6_packets", {row["key"] for row in found["tables"]["method"]["rows"]})
        # Nor do other tools print a rate of 0.00, or a number that stands for all that are larger.
        for text in run("info", self.tmp / "six"), run("info", next((self.tmp / "six" / "s").glob("*/*"))):
            self.assertRegex(text, r"rate +[0-9]+\.[0-9]{2} packets per day and sensor\n")
            self.assertRegex(text, r"2\^63 or more( monitored|\b)")
            self.assertNotRegex(text, r"9223372036854775807|\b0\.00 packets")
        summary = json.loads(run("info", "--json", self.tmp / "six"))["sensors"][0]
        observed = summary["observed_us"] / 86400e6
        self.assertIn(f"{summary['packets'] / observed:.2f} packets per day and sensor", run("info", self.tmp / "six"))
        lines = run("top-targets", self.tmp / "six").splitlines()
        self.assertIn("packets/day/sensor", lines[2])
        first = lines[3].split()
        self.assertEqual(first[1], "445/TCP")
        self.assertAlmostEqual(float(first[-1]), int(first[2]) / observed, delta=0.006)
        self.assertNotIn("packets/day/sensor", run("top-targets", self.tmp / "mixed") + run("top-targets", self.tmp / "four"))

    def test_rates_by_sensor_are_of_both(self):
        """So many addresses of IPv4 that a rate by them would be 0.00: the report and other tools count both versions for all sensors, as is right
        of sensors of one version each."""
        spool = self.read("wide", "m", "0.0.0.0/0")
        self.read("wide", "s", "2001:db8::/48")
        found = report(spool, self.tmp / "report wide")
        self.assertEqual(found["tables"]["targets"]["unit"], "packets per day and sensor")
        sensors = json.loads(run("info", "--json", spool))["sensors"]
        observed = sum(s["observed_us"] for s in sensors) / 86400e6
        text = run("top-targets", spool)
        self.assertNotIn("of IPv4", text)
        self.assertIn("packets/day/sensor", text)
        rows = [line.split() for line in text.splitlines()[3:7]]
        for row in rows:
            self.assertAlmostEqual(float(row[-1]), int(row[2]) / observed, delta=0.006)
        # Of one sensor with both likewise.
        both = self.read("wide both", "m", "0.0.0.0/0,2001:db8::/48")
        sensor, = json.loads(run("info", "--json", both))["sensors"]
        self.assertIn(f" {sensor['packets'] / sensor['observed_us'] * 86400e6:.2f} packets per day and sensor\n", run("info", both))

    def test_other_tools_say_the_same(self):
        summary, four = (json.loads(run("info", "--json", self.tmp / s))["sensors"][0] for s in ("mixed", "four"))
        self.assertEqual(summary["packets"] - summary["ipv6_packets"], four["packets"])
        self.assertEqual(summary["packets_per_day_address"], four["packets_per_day_address"])
        self.assertEqual((summary["rate_of_ipv4"], four["rate_of_ipv4"]), (True, False))
        self.assertEqual(summary["monitored_ipv4"], [64, 64])
        rates = []
        for spool in "mixed", "four":
            rows = csv.DictReader(run("top-targets", "--format", "csv", "-n", 100000, self.tmp / spool).splitlines())
            rates.append({r["target"]: r["packets_per_day_address"] for r in rows if float(r["packets_per_day_address"]) > 0})
        self.assertEqual(*rates)


if __name__ == "__main__":
    teiten = sys.argv.pop(1)
    unittest.main()
