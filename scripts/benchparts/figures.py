# SPDX-License-Identifier: BSD-3-Clause
"""Figures: a median with its spread."""
import dataclasses
import statistics


@dataclasses.dataclass(frozen=True)
class Figure:
    """The median of n runs between the quartiles; of three runs or fewer, between the extremes."""
    median: float
    low: float
    high: float
    n: int

    def text(self, digits=1):
        if self.n == 1:
            return f"{self.median:.{digits}f}"
        return f"{self.median:.{digits}f} [{self.low:.{digits}f} {self.high:.{digits}f}]"


def of(samples):
    ordered = sorted(samples)
    rank = 0 if len(ordered) <= 3 else len(ordered) // 4
    return Figure(statistics.median(ordered), ordered[rank], ordered[-1 - rank], len(ordered))


def mpps(ns):
    """Million packets per second of a worker that takes so many nanoseconds for each."""
    return of([1000 / sample for sample in ns])


def ratio(above, below):
    """Of samples that were taken in the same runs, so that a slow run is slow in both."""
    return of([a / b for a, b in zip(above, below, strict=True)])
