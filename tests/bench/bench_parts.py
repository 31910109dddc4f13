#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""The logic of scripts/bench, without measuring: figures, tables, ledgers, rounds."""
import contextlib
import datetime
import io
import os
import pathlib
import sys
import tempfile
import types
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "scripts"))

from benchparts import (Failure, LeftOut, bench, daemon, figures, files, receive, report,  # noqa: E402
                        scaling, traffic, worker)

SAID = ("teitend: net_null0: offered {} = missed {} + no-mbuf 0 + errors 0 + delivered {}; "
        "delivered = counted {}\nteitend: ledger closes\n")


def snapshot(frames, exact=True):
    return daemon.Snapshot(datetime.datetime(2026, 1, 5), 1.0, frames, exact)


class Figures(unittest.TestCase):
    def test_median_between_quartiles(self):
        self.assertEqual(figures.of([9, 1, 5, 3, 7]), figures.Figure(5, 3, 7, 5))

    def test_few_runs_have_their_extremes(self):
        self.assertEqual(figures.of([3, 1, 2]), figures.Figure(2, 1, 3, 3))

    def test_ratio_is_taken_within_a_run(self):
        self.assertEqual(figures.ratio([20, 40], [10, 20]).text(2), "2.00 [2.00 2.00]")

    def test_one_run_has_no_spread(self):
        self.assertEqual(figures.mpps([50]).text(), "20.0")


class Targets(unittest.TestCase):
    def test_at_least(self):
        target = report.Target("", "Mpps", 10, 20)
        self.assertEqual([target.verdict(v) for v in (20, 10, 9.9)], ["goal", "floor", "missed"])

    def test_at_most(self):
        target = report.Target("", "s", 5, 1, at_most=True)
        self.assertEqual([target.verdict(v) for v in (1, 5, 5.1)], ["goal", "floor", "missed"])

    def test_table_is_aligned(self):
        text = report.format_table("T", ["", "ns"], [["a", 1.0], ["bcd", figures.of([20.0])]])
        self.assertEqual(text, "\nT\n         ns\n  a     1.0\n  bcd  20.0")


class Ledgers(unittest.TestCase):
    def test_all_packets_are_there(self):
        daemon.check(SAID.format(30, 0, 30, 30), [snapshot(10), snapshot(20)])

    def test_a_missed_packet_fails(self):
        with self.assertRaises(Failure):
            daemon.check(SAID.format(31, 1, 30, 30), [snapshot(30)])

    def test_the_packets_of_all_ports_count(self):
        said = SAID.format(30, 0, 30, 30) + SAID.format(12, 0, 12, 12).replace("null0", "null1")
        daemon.check(said, [snapshot(10), snapshot(32)])
        with self.assertRaises(Failure):
            daemon.check(said, [snapshot(12)])

    def test_a_packet_that_the_second_port_missed_fails(self):
        said = SAID.format(30, 0, 30, 30) + SAID.format(13, 1, 12, 12).replace("null0", "null1")
        with self.assertRaises(Failure):
            daemon.check(said, [snapshot(42)])

    def test_a_packet_in_no_snapshot_fails(self):
        with self.assertRaises(Failure):
            daemon.check(SAID.format(30, 0, 30, 30), [snapshot(29)])

    def test_an_open_ledger_fails(self):
        with self.assertRaises(Failure):
            daemon.check(SAID.format(30, 0, 30, 30), [snapshot(30, exact=False)])
        with self.assertRaises(Failure):
            daemon.check("teitend: ledger does not close", [])

    def test_manifest(self):
        parsed = daemon.parse_manifest("""{"interval": {"start": "2026-01-05T00:04:00.25Z",
            "observed_us": 1500000}, "run": {"ledger": {"delivered": 7, "offered": 8,
            "closes": true}}}""")
        self.assertEqual((parsed.seconds, parsed.frames, parsed.exact), (1.5, 7, False))
        self.assertEqual(parsed.start.microsecond, 250000)

    def test_what_teiten_read_says(self):
        said = ("memory at most: 2 table sets of 7 pairs 665.4 MiB, merge 685.9 MiB\n"
                "205500 frames, 5 snapshots in spool\n  counted                      205499\n"
                "  not-ip                            1\n"
                "  pairs 499286, talkers 82227: packets that these tables lack\n")
        self.assertEqual(files.frames_of(said), (205500, 205499))
        with self.assertRaises(Failure):
            files.frames_of(said.replace("205499", "205498"))
        self.assertEqual(files.frames_of("1 frame, 1 snapshot in spool\n  counted   1\n"), (1, 1))


class Scaling(unittest.TestCase):
    def test_numbers_of_workers_end_with_the_most(self):
        self.assertEqual([scaling.counts(n) for n in (1, 2, 6, 8)],
                         [[1], [1, 2], [1, 2, 4, 6], [1, 2, 4, 8]])

    def test_each_worker_has_a_device(self):
        device = daemon.Device("", "net_pcap0,rx_pcap=0,infinite_rx=1", "")
        self.assertEqual(device.args(), ["--vdev", "net_pcap0,rx_pcap=0,infinite_rx=1"])
        self.assertEqual(device.times(2).args()[2:], ["--vdev", "net_pcap1,rx_pcap=0,infinite_rx=1"])

    def test_a_table_holds_them_against_one(self):
        told = report.Report()
        with contextlib.redirect_stdout(io.StringIO()) as out:
            scaling.tell(told, "T", {1: [10.0], 2: [16.0]})
        self.assertIn("2        16.0        8.0   0.80", out.getvalue())


class OfUser(unittest.TestCase):
    """Traffic of a file that the user names. What bench_worker would say of it is said by echo."""

    def of(self, name, monitored=None,
           said='{"monitored": "192.0.2.0/24", "fresh": true, "frame_bytes": 560}'):
        with tempfile.TemporaryDirectory() as directory:
            path = pathlib.Path(directory, name)
            path.touch()
            program = pathlib.Path(directory, "says")
            program.write_text(f"#!/bin/sh\necho '{said}'\n")
            program.chmod(0o700)
            standing = types.SimpleNamespace(program=lambda name: program,
                                             cpu=min(os.sched_getaffinity(0)))
            return traffic.of_user(standing, path, monitored)

    def test_a_profile_says_what_it_is(self):
        made = self.of("mine.yaml")
        self.assertEqual((made.title, made.monitored, made.fresh), ("mine.yaml", "192.0.2.0/24", True))
        self.assertEqual(made.args(), ["--profile", made.profile])

    def test_a_capture_needs_prefixes_and_a_profile_none(self):
        made = self.of("mine.pcap", "192.0.2.0/24")
        self.assertEqual(made.args(), ["--capture", made.capture, "--monitored", "192.0.2.0/24"])
        with self.assertRaisesRegex(Failure, "needs --monitored"):
            self.of("mine.pcap")
        with self.assertRaisesRegex(Failure, "says itself"):
            self.of("mine.yaml", "192.0.2.0/24")

    def test_a_file_that_is_not_there(self):
        with self.assertRaisesRegex(Failure, "no such file"):
            traffic.of_user(None, "/nonexistent", None)

    def test_a_capture_that_a_program_fails_on_is_left_out(self):
        """As `teiten read` does on one that is cut off: what else is measured goes on."""
        def run(name, *args):
            raise Failure(f"{name} ended with 1")
        failing = types.SimpleNamespace(run=run, directory=pathlib.Path("/nonexistent"))
        made = self.of("mine.pcap", "192.0.2.0/24")
        for measured in (files.read, files.loop):
            with self.assertRaisesRegex(LeftOut, "ended with 1"):
                measured(failing, made, 7)
        said = report.Report()
        files.Files.tell(types.SimpleNamespace(traffic=made), {"read-few": [{"wall_ns": 1.0}]}, said)
        self.assertEqual(said.tables, [])

    def test_floors_follow_from_the_traffic(self):
        self.assertEqual(worker.everything(self.of("mine.yaml")).floor, 10)
        self.assertEqual(worker.everything(traffic.ZIPF).floor, 20)
        self.assertEqual(receive.line_rate(traffic.ZIPF), 14.88)
        self.assertEqual(receive.line_rate(self.of("mine.yaml")), 2.14)  # of 560 + 24 bytes

    def test_shapes_are_that_one_alone(self):
        made = self.of("mine.yaml")
        shown = worker.shapes(types.SimpleNamespace(traffic=made))
        self.assertEqual([(shape.traffic, shape.passes) for shape in shown.values()], [(made, 3)])
        self.assertEqual(len(worker.shapes(types.SimpleNamespace(traffic=traffic.ZIPF))), 10)


class Rounds(unittest.TestCase):
    def measure(self, *jobs):
        self.report = report.Report()
        return bench.measure(types.SimpleNamespace(rounds=2), [
            bench.Job(name, name, job) for name, job in jobs], self.report, lambda text: None)

    def test_jobs_take_turns(self):
        order = []
        self.measure(("a", lambda: order.append("a")), ("b", lambda: order.append("b")))
        self.assertEqual(order, ["a", "b", "a", "b"])

    def test_what_cannot_run_is_left_out_and_the_rest_goes_on(self):
        def lacking():
            raise LeftOut("not installed")
        self.assertEqual(self.measure(("a", lacking), ("b", lambda: 1)), {"b": [1, 1]})
        self.assertEqual(self.report.left_out, [("a", "not installed")])

    def test_a_failure_ends_it(self):
        def failing():
            raise Failure("a packet is missing")
        with self.assertRaisesRegex(Failure, "a: a packet is missing"):
            self.measure(("a", failing))


class Tables(unittest.TestCase):
    def test_features_are_held_against_the_machine(self):
        made = {step: {"ns": 10.0, "page": "2m", "pairs": 1} for step, _ in worker.FEATURES}
        limits = [{"kib": 65536, "update_ns": 5.0}]
        said = report.Report()
        worker.Features.tell(types.SimpleNamespace(traffic=traffic.ZIPF), {"features": [made], "limits-2m": [limits]}, said)
        self.assertEqual(said.tables[0]["rows"][1]["x update"], "2.00")
        self.assertEqual([target.name for target, _ in said.targets],
                         ["worker: headers, port histograms, 60 bytes", "worker: everything, Zipf"])


if __name__ == "__main__":
    unittest.main()
