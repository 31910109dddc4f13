# SPDX-License-Identifier: BSD-3-Clause
"""The management core: merging table sets and writing a snapshot, as tests/bench/bench_merge does.
Each phase that it prints is a row."""
from . import figures
from .bench import Job


class Merge:
    name = "merge"
    takes_traffic = False

    @staticmethod
    def jobs(bench):
        return [Job("merge", "merge and snapshot", lambda: bench.lines(
            "bench_merge", "--rounds", 3, "--dir", bench.directory / "merged"))]

    @staticmethod
    def tell(bench, results, report):
        rounds = results.get("merge")
        if not rounds:
            return
        times = {}
        for lines in rounds:
            for line in lines:
                if "phase" in line:
                    times.setdefault(line["phase"], []).append(line["median_s"] * 1000)
        size = next(line for line in rounds[0] if "workers" in line)
        report.table(f"Merge of {size['workers']} workers, {size['sources']} sources, "
                     f"{size['target_rows']} rows of targets", ["", "ms"],
                     [[phase, figures.of(values)] for phase, values in times.items()])
