#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""What the report says of detections where some sensors, or some of the time, had no signatures: that nothing fell because nobody looked.

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

    def report(self, spool=None, language="en", period="2026-01-05"):
        found = json.loads(snapshots.run(teiten, "report", "--quiet", "--format", "json", "--lang", language, "--period", period, spool or self.spool))
        return found, [e[key] for s in found["sections"] for e in s["elements"] for key in ("text", "item", "warning") if key in e]

    def test_nothing_fell_where_nobody_looked(self):
        self.read("a", RULES, worms=16 * 3, hour=-24)
        self.read("b", "none")
        for language, worm in ("en", "Worm"), ("ja", "Worm"):
            said = self.report(language=language)[1]
            self.assertFalse([text for text in said if worm in text], said)
        self.assertTrue([text for text in said if text.startswith("シグネチャを用いていない")], said)


if __name__ == "__main__":
    teiten = sys.argv.pop(1)
    unittest.main()
