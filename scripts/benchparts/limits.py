# SPDX-License-Identifier: BSD-3-Clause
"""What the machine can do, whatever the program."""
import functools

from . import figures
from .bench import Job

PAGES = 140
SIZES = ("4k", "2m")


class Limits:
    name = "limits"
    takes_traffic = True

    @staticmethod
    def jobs(bench):
        def with_pages(page):
            bench.pages.ensure(PAGES if page == "2m" else 0)
            return bench.lines("bench_machine", "--page", page, "--runs", 1)
        return [Job(f"limits-{page}", f"limits of the machine, pages of {page}",
                    functools.partial(with_pages, page)) for page in SIZES]

    @staticmethod
    def tell(bench, results, report):
        rows = []
        for page in SIZES:
            rounds = results.get(f"limits-{page}", [])
            for i, first in enumerate(rounds[0] if rounds else []):
                updates = [lines[i]["update_ns"] for lines in rounds]
                loads = figures.of([lines[i]["load_ns"] for lines in rounds])
                rows.append([f"{first['kib']} KiB", page, figures.of(updates),
                             figures.mpps(updates).median, loads])
        report.table("The machine's own limits, by size of table", [
            "", "pages", "update, ns", "M/s", "dependent load, ns"], rows,
            "updates: random, prefetched in bursts of 64")
