# SPDX-License-Identifier: BSD-3-Clause
"""The management core: merging table sets and writing a snapshot, as tests/bench/bench_merge does.
Each line of JSON that it prints is a row: the text under "step", and numbers."""
from . import figures
from .bench import Job


class Merge:
    name = "merge"

    @staticmethod
    def jobs(bench):
        return [Job("merge", "merge and snapshot", lambda: bench.lines("bench_merge"))]

    @staticmethod
    def tell(bench, results, report):
        rounds = results.get("merge")
        if not rounds:
            return
        numbers = [key for key, value in rounds[0][0].items() if isinstance(value, (int, float))]
        report.table("Merge and snapshot", ["", *numbers], [
            [line["step"], *(figures.of([lines[i][key] for lines in rounds]) for key in numbers)]
            for i, line in enumerate(rounds[0])])
