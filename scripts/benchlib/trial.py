# SPDX-License-Identifier: BSD-3-Clause
"""One trial: what was sent, what the ledger says became of it, and whether that is a pass."""
import dataclasses

from .ledger import Ledger


@dataclasses.dataclass(frozen=True)
class Trial:
    asked_pps: float | None  # None: as fast as the generator can
    planned: int | None      # packets; likewise
    sent: int                # by the counter of the generator's own port
    pps: float               # at which that was sent, as measured
    ledger: Ledger           # of this trial alone

    @property
    def missing(self):
        """Packets that were sent and are nowhere in the ledger; negative: more came than that."""
        return self.sent - self.ledger.offered

    @property
    def accounted(self):
        return self.missing == 0 and self.ledger.closes


def judge(trial, tolerance):
    """None if the trial passed, otherwise why not. tolerance: the share by which the rate may
    differ from the one that was asked for."""
    ledger = trial.ledger
    if trial.missing > 0:
        return f"{trial.missing} packets missing: sent, and nowhere in the ledger"
    if trial.missing < 0:
        return (f"{-trial.missing} packets more than were sent: late ones of the trial before, or "
                "something else sends to this port")
    if not ledger.closes:
        return f"of {ledger.delivered} packets delivered {sum(ledger.frames.values())} are told of"
    if trial.sent == 0:
        return "nothing was sent"
    if ledger.lost:
        return f"lost {ledger.lost}"
    if trial.asked_pps is None:
        return None
    if trial.sent < trial.planned or trial.pps < trial.asked_pps * (1 - tolerance):
        return "pushed back"
    if trial.pps > trial.asked_pps * (1 + tolerance):
        return "the generator did not keep its pace"
    return None


def pace(readings):
    """Packets per second, from readings (second, packets sent so far) of which the first is from
    before the start: from the last at which nothing had been sent to the first at which all had. A
    lower bound, by the time between two readings at either end."""
    sent = readings[-1][1]
    begin = max(at for at, n in readings if n == 0)
    end = min(at for at, n in readings if n == sent)
    return sent / (end - begin) if end > begin else 0.0
