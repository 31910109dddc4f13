# SPDX-License-Identifier: BSD-3-Clause
"""The appliance's ledger, as `teiten export` prints it: where every packet went."""
import collections
import csv
import dataclasses
import io

COUNTED = "counted"


@dataclasses.dataclass(frozen=True)
class Ledger:
    """offered = missed + no-mbuf + errors + delivered; delivered = counted + named exceptions."""
    missed: int = 0
    no_mbuf: int = 0
    errors: int = 0
    delivered: int = 0
    frames: collections.Counter = dataclasses.field(default_factory=collections.Counter)

    @property
    def lost(self):
        return self.missed + self.no_mbuf + self.errors

    @property
    def offered(self):
        return self.lost + self.delivered

    @property
    def counted(self):
        return self.frames[COUNTED]

    @property
    def exceptions(self):
        """reason -> packets, of those that were delivered and not counted."""
        return {reason: n for reason, n in sorted(self.frames.items()) if n and reason != COUNTED}

    @property
    def closes(self):
        return self.delivered == sum(self.frames.values())

    def __sub__(self, before):
        frames = collections.Counter(self.frames)
        frames.subtract(before.frames)
        return Ledger(self.missed - before.missed, self.no_mbuf - before.no_mbuf,
                      self.errors - before.errors, self.delivered - before.delivered, frames)


def parse(text):
    """The sum of all rows of the table `ledger` in CSV."""
    nic, frames = collections.Counter(), collections.Counter()
    for row in csv.DictReader(io.StringIO(text)):
        account = {"nic": nic, "frames": frames}.get(row["account"])
        if account is not None:
            account[row["reason"]] += int(row["packets"])
    return Ledger(nic["missed"], nic["no-mbuf"], nic["errors"], nic["delivered"], frames)


def covered(text):
    """Until when the snapshots tell everything: the latest end of an interval in the table
    `interval` in CSV, as text that sorts by time; empty without a snapshot."""
    ends = [row["interval_end"] for row in csv.DictReader(io.StringIO(text))]
    return max(map(sortable, ends), default="")


def sortable(time):
    """2026-01-05T00:00:00Z and …00.5Z, so that the order of the texts is that of the times."""
    seconds, _, fraction = time.rstrip("Z").partition(".")
    return f"{seconds}.{fraction:0<6}"
