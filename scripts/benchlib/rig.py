# SPDX-License-Identifier: BSD-3-Clause
"""Generator and teitend, joined by a device, and trials on them."""
import time

from . import Failure
from .ledger import Ledger
from .machine import wait_for
from .trial import Trial, pace

WARM_UP_PPS = 10000
WARM_UP_S = 0.1
TRIES = 3
MOST_PACKETS = 2**31 - 1  # that Pktgen can be told to send


class Rig:
    def __init__(self, teitend, generator, device, settle_s):
        self.teitend = teitend
        self.generator = generator
        self.device = device
        self.settle_s = settle_s
        self.before = Ledger()

    def warm_up(self):
        """A few packets, to see that they arrive. A card's link takes its time to come up, and so
        does a program until it obeys."""
        if not self.device.pushes_back and not wait_for(
                20, lambda: self.generator.link()["status"] == "UP"):
            raise Failure(f"{self.device.name}: the generator's link stays down")
        for _ in range(TRIES):
            trial = self.trial(WARM_UP_PPS if self.generator.paces else None, WARM_UP_S)
            if trial.sent != 0:
                break
        else:
            self.generator.process.fail("sent nothing")
        if trial.ledger.delivered == 0:
            raise Failure(f"{self.device.name}: of {trial.sent} packets none arrived at teitend")

    def trial(self, pps, seconds):
        """pps None: as fast as it goes."""
        planned = min(int(pps * seconds), MOST_PACKETS) if pps else None
        before = self.generator.sent()
        readings = self.generator.send(pps, planned, seconds)
        sent, ledger = self._account(before)
        return Trial(pps, planned, sent, pace(readings), ledger)

    def _account(self, before):
        """(packets sent, their ledger). What does not agree yet is asked for again: on a busy
        machine a burst may be late, at either end."""
        for _ in range(TRIES):
            time.sleep(self.settle_s)
            sent, now = self.generator.sent(), self.teitend.ledger()
            ledger = now - self.before
            if sent - before == ledger.offered and sent == self.generator.sent():
                break
        self.before = now
        return sent - before, ledger

    def end(self):
        """teitend first: when its peer leaves, the driver of memif unmaps rings that it polls."""
        self.teitend.end()
        self.generator.end()
