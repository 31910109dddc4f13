#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""The logic of scripts/bench-pktgen: the search, what a trial is judged by, the ledger, traffic."""
import contextlib
import io
import pathlib
import struct
import sys
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.dont_write_bytecode = True
sys.path.insert(0, str(ROOT / "scripts"))

from benchlib import Failure, captures, ledger, machine, options, pktgen, traffic  # noqa: E402
from benchlib.ledger import Ledger  # noqa: E402
from benchlib.search import Search  # noqa: E402
from benchlib.trial import Trial, judge, pace  # noqa: E402

LINE = 14880952.4

# As `teiten export` prints it: two intervals of a port with two queues.
LEDGER = """interval_start,sensor,port,queue,account,reason,packets,keys
2026-01-05T00:00:00Z,b,net_vhost0,-1,nic,missed,7,0
2026-01-05T00:00:00Z,b,net_vhost0,-1,nic,no-mbuf,2,0
2026-01-05T00:00:00Z,b,net_vhost0,-1,nic,errors,1,0
2026-01-05T00:00:00Z,b,net_vhost0,0,nic,delivered,100,0
2026-01-05T00:00:00Z,b,net_vhost0,0,frames,counted,90,0
2026-01-05T00:00:00Z,b,net_vhost0,0,frames,not-monitored,10,0
2026-01-05T00:00:00Z,b,net_vhost0,0,note,late,3,0
2026-01-05T00:00:00Z,b,net_vhost0,0,note,frame-bytes,6000,0
2026-01-05T00:00:00Z,b,net_vhost0,1,nic,delivered,50,0
2026-01-05T00:00:00Z,b,net_vhost0,1,frames,counted,50,0
2026-01-05T00:01:00Z,b,net_vhost0,-1,nic,missed,5,0
2026-01-05T00:01:00Z,b,net_vhost0,-1,nic,no-mbuf,0,0
2026-01-05T00:01:00Z,b,net_vhost0,-1,nic,errors,0,0
2026-01-05T00:01:00Z,b,net_vhost0,0,nic,delivered,20,0
2026-01-05T00:01:00Z,b,net_vhost0,0,frames,counted,20,0
"""


def closed(delivered, missed=0):
    return Ledger(missed, 0, 0, delivered, ledger.collections.Counter(counted=delivered))


def searched(limit, highest=LINE, width=LINE / 100):
    """(result, rates that were tried) on a machine that passes up to a limit."""
    search, tried = Search(highest, width), []
    while (rate := search.next()) is not None:
        tried.append(rate)
        search.note(rate, rate <= limit)
    return search.passed, tried


class TheSearch(unittest.TestCase):
    def test_finds_any_limit_to_within_its_width_from_below(self):
        for limit in [LINE * share / 997 for share in range(10, 997)]:
            found, tried = searched(limit)
            self.assertLessEqual(found, limit)
            self.assertGreater(found, limit - LINE / 100)
            self.assertLessEqual(len(tried), 8)

    def test_is_over_after_one_trial_at_the_line_rate(self):
        self.assertEqual(searched(LINE), (LINE, [LINE]))

    def test_finds_nothing_where_nothing_passes(self):
        found, tried = searched(0)
        self.assertEqual(found, 0)
        self.assertLessEqual(tried[-1], LINE / 64)

    def test_never_tries_a_rate_twice(self):
        for limit in (0, LINE / 3, LINE / 2, LINE):
            _, tried = searched(limit)
            self.assertEqual(len(tried), len(set(tried)))


class TheLedger(unittest.TestCase):
    def test_is_the_sum_over_intervals_queues_and_reasons_without_notes(self):
        found = ledger.parse(LEDGER)
        self.assertEqual((found.missed, found.no_mbuf, found.errors, found.delivered),
                         (12, 2, 1, 170))
        self.assertEqual((found.lost, found.offered, found.counted), (15, 185, 160))
        self.assertEqual(found.exceptions, {"not-monitored": 10})
        self.assertTrue(found.closes)

    def test_of_a_trial_is_what_came_on_top(self):
        before = ledger.parse(LEDGER[:LEDGER.index("2026-01-05T00:01")])
        found = ledger.parse(LEDGER) - before
        self.assertEqual((found.missed, found.no_mbuf, found.delivered, found.counted),
                         (5, 0, 20, 20))
        self.assertEqual(found.exceptions, {})

    def test_does_not_close_where_a_delivered_packet_is_told_of_nowhere(self):
        self.assertFalse(ledger.parse(LEDGER.replace("counted,90", "counted,89")).closes)

    def test_covers_time_until_the_latest_end_with_and_without_fractions(self):
        text = ("interval_start,sensor,interval_end\n"
                "2026-01-05T00:00:00Z,b,2026-01-05T00:00:59.5Z\n"
                "2026-01-05T00:00:59.5Z,b,2026-01-05T00:01:00Z\n")
        self.assertEqual(ledger.covered(text), "2026-01-05T00:01:00.000000")
        self.assertLess(ledger.covered(text[:text.index("2026-01-05T00:00:59.5Z,b")]),
                        "2026-01-05T00:00:59.500001")
        self.assertEqual(ledger.covered(""), "")


class ATrial(unittest.TestCase):
    def judged(self, sent, told, asked=1e6, planned=1000, pps=1e6):
        return judge(Trial(asked, planned, sent, pps, told), 0.01)

    def test_passes_where_all_was_sent_in_time_and_delivered(self):
        self.assertIsNone(self.judged(1000, closed(1000)))
        self.assertIsNone(self.judged(1000, closed(1000), pps=0.991e6))

    def test_fails_where_a_packet_is_in_no_line_of_the_ledger(self):
        self.assertIn("1 packets missing", self.judged(1000, closed(999)))
        self.assertIn("1 packets missing", self.judged(1000, closed(900, missed=99)))

    def test_fails_where_more_came_than_was_sent(self):
        self.assertIn("3 packets more", self.judged(1000, closed(1003)))

    def test_fails_where_the_ledger_does_not_close(self):
        told = Ledger(0, 0, 0, 1000, ledger.collections.Counter(counted=998))
        self.assertEqual(self.judged(1000, told), "of 1000 packets delivered 998 are told of")

    def test_fails_on_a_single_loss_that_the_ledger_names(self):
        self.assertEqual(self.judged(1000, closed(999, missed=1)), "lost 1")

    def test_fails_where_the_generator_was_pushed_back(self):
        self.assertEqual(self.judged(1000, closed(1000), pps=0.98e6), "pushed back")
        self.assertEqual(self.judged(999, closed(999)), "pushed back")

    def test_fails_where_the_generator_ran_ahead(self):
        self.assertIn("pace", self.judged(1000, closed(1000), pps=1.1e6))

    def test_fails_where_nothing_was_sent(self):
        self.assertEqual(self.judged(0, closed(0)), "nothing was sent")

    def test_without_a_rate_is_judged_by_the_ledger_alone(self):
        self.assertIsNone(self.judged(1000, closed(1000), asked=None, planned=None, pps=5.0))
        self.assertEqual(self.judged(1000, closed(990, 10), asked=None, planned=None), "lost 10")

    def test_has_the_pace_from_its_last_empty_reading_to_its_first_full_one(self):
        self.assertEqual(pace([(10, 0), (11, 0), (12, 500), (13, 1000), (20, 1000)]), 500)
        self.assertEqual(pace([(10, 0), (12, 700)]), 350)

    def test_has_no_pace_where_nothing_was_sent(self):
        self.assertEqual(pace([(10, 0), (11, 0)]), 0)


class TheTraffic(unittest.TestCase):
    def capture(self, *lengths):
        records = b"".join(struct.pack("<IIII", 5, i, n, n) + bytes([i + 1]) * n
                           for i, n in enumerate(lengths))
        return struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1) + records

    def test_is_padded_to_the_frame_size_without_its_check_sequence(self):
        padded, frames = captures.pad(self.capture(60, 60), 128)
        self.assertEqual((frames.number, frames.octets, frames.mean), (2, 248, 128))
        self.assertEqual(len(padded), 24 + 2 * (16 + 124))
        self.assertEqual(padded[24:40], struct.pack("<IIII", 5, 0, 124, 124))
        self.assertEqual(padded[40:164], b"\1" * 60 + b"\0" * 64)

    def test_keeps_frames_that_are_longer(self):
        capture = self.capture(60, 500)
        padded, frames = captures.pad(capture, 64)
        self.assertEqual(padded, capture)
        self.assertEqual(frames.mean, 284)

    def test_fills_a_10gbe_line_as_the_field_counts(self):
        for size, rate in ((64, 14880952), (128, 8445945), (1518, 812743)):
            self.assertEqual(int(captures.Frames(1, size - 4).line_rate(10000)), rate)

    def test_is_sent_to_the_addresses_of_the_profile(self):
        for name in ("demo", "flood", "backscatter", "measures"):
            text = (ROOT / f"profiles/{name}.yaml").read_text()
            self.assertRegex(captures.monitored(text), r"^[0-9.]+/\d+")
        self.assertIsNone(captures.monitored("name: x\n# monitored: 192.0.2.0/24\n"))

    def test_of_ranges_aims_at_an_ipv4_prefix_or_is_refused(self):
        self.assertEqual(traffic.ranges("2001:db8::/32,192.0.2.0/24", 64).target, "192.0.2.0/24")
        with self.assertRaises(Failure):
            traffic.ranges("2001:db8::/32", 64)


class Pktgen(unittest.TestCase):
    def test_gets_a_percentage_that_its_own_arithmetic_makes_the_rate_again(self):
        for mean in (64, 64.9, 79.1, 512):
            line = captures.Frames(1000, round((mean - 4) * 1000)).line_rate(10000)
            for pps in (line / 100, line / 3, line / 2):
                share = float(f"{pktgen.percent(pps, mean, 10000):.4f}")
                bits = (int(mean - 4) + 24) * 8
                self.assertAlmostEqual((10**10 // bits) * share / 100 / pps, 1, delta=1e-4)

    def test_is_never_asked_for_more_than_the_whole_line(self):
        self.assertEqual(pktgen.percent(20e6, 64, 10000), 100)

    def test_gets_ranges_within_the_monitored_prefix(self):
        script = pktgen.start_script(128, "198.18.0.0/15")
        self.assertIn("range 0 dst ip 198.18.0.0 198.18.0.0 198.19.255.255 0.0.0.1", script)
        self.assertIn("set 0 size 128", script)
        self.assertEqual(script[-1], "enable 0 range")

    def test_gets_a_capture_file_as_it_is(self):
        self.assertEqual(pktgen.start_script(None, None), ["off", "enable 0 pcap"])

    def test_tells_its_version_between_escape_sequences(self):
        self.assertEqual(pktgen.version("\x1b[24;1H-- Pktgen 23.06.1 (DPDK 22.11.11)"), "23.06.1")
        self.assertEqual(pktgen.version("*** Pktgen  created by"), "")


class TheMachine(unittest.TestCase):
    def test_gives_all_a_cpu_of_their_own_where_there_are_enough(self):
        self.assertEqual(machine.place([0, 1, 2, 3], 1), ([0, 1], [3, 2], True))
        self.assertEqual(machine.place([2, 3, 4, 5, 8], 2), ([2, 3, 4], [8, 5], True))

    def test_has_generator_and_management_share_first(self):
        self.assertEqual(machine.place([0, 1, 2], 1), ([0, 1], [0, 2], False))
        self.assertEqual(machine.place([0, 1], 1), ([0, 1], [0, 0], False))
        self.assertEqual(machine.place([0, 1, 2], 2), ([0, 1, 2], [0, 0], False))

    def test_does_with_a_single_cpu(self):
        self.assertEqual(machine.place([3], 1), ([3, 3], [3, 3], False))

    def test_names_lcores_from_0_on(self):
        self.assertEqual(machine.lcores([0, 5]), "--lcores=0@0,1@5")
        self.assertEqual(machine.parse_cpus("2-4,7"), [2, 3, 4, 7])


class TheCommandLine(unittest.TestCase):
    def refused(self, *argv):
        said = io.StringIO()
        with self.assertRaises(SystemExit) as left, contextlib.redirect_stderr(said):
            options.parse(argv, "")
        self.assertEqual(left.exception.code, 2)
        return said.getvalue()

    def test_has_teitends_options_after_a_double_dash(self):
        found = options.parse(["--frame", "64,128", "--", "--interval", "10"], "")
        self.assertEqual((found.frame, found.rest), ([64, 128], ["--interval", "10"]))

    def test_takes_pci_addresses_with_and_without_domain(self):
        found = options.parse(["--ports", "01:00.0,0001:02:00.1", "--workers", "2"], "")
        self.assertEqual(found.ports, ["0000:01:00.0", "0001:02:00.1"])

    def test_says_what_is_wrong(self):
        self.assertIn("64 to 1518", self.refused("--frame", "60"))
        self.assertIn("more than 0", self.refused("--seconds", "0"))
        self.assertIn("two PCI addresses", self.refused("--ports", "01:00.0"))
        self.assertIn("need --ports", self.refused("--workers", "2"))
        self.refused("--cpus", "one")


if __name__ == "__main__":
    unittest.main()
