# SPDX-License-Identifier: BSD-3-Clause
"""The end of an interval, as the worker sees it."""
from . import figures
from .bench import RULES, Job
from .report import Target
from .traffic import ZIPF

PAGES = 640
FLOOR_US = 20  # the goal is an ordinary burst's time


class Handover:
    name = "handover"
    takes_traffic = False

    @staticmethod
    def jobs(bench):
        return [Job("handover", "end of an interval", lambda: bench.lines(
            "bench_handover", *ZIPF.args(), "--rules", RULES, "--page",
            bench.page_size(PAGES))[0])]

    @staticmethod
    def tell(bench, results, report):
        rounds = results.get("handover")
        if not rounds:
            return
        us = {key: [result[key] / 1000 for result in rounds] for key in rounds[0]
              if key.endswith("_ns")}
        report.table("End of an interval, bursts of 64, Zipf", ["", "us"], [
            ["ordinary burst", figures.of(us["ordinary_ns"])],
            ["burst in which the table set changes", figures.of(us["crossing_ns"])],
            ["the longest of these", figures.of(us["crossing_max_ns"])],
            ["64 ordinary bursts", figures.of(us["ring_ordinary_ns"])],
            ["64 bursts into a new table set", figures.of(us["ring_after_ns"])]])
        held_up = [a - b for a, b in zip(us["crossing_ns"], us["ordinary_ns"])]
        burst = round(figures.of(us["ordinary_ns"]).median, 1)
        report.target(Target("end of an interval holds the worker up; goal: one burst", "us",
                             FLOOR_US, burst, at_most=True), figures.of(held_up))
