# SPDX-License-Identifier: BSD-3-Clause
"""What Pktgen and testpmd have in common as generators: DPDK programs with a port that counts."""
import time

from .machine import wait_for
from .telemetry import Telemetry

READING_S = 0.01
FIRST_S = 30  # until the first packet: Pktgen makes those of ranges anew at each start
SPEED_UNKNOWN = 0xFFFFFFFF
MBPS_10GBE = 10000  # what a device that is no card is taken for, as Pktgen does


class Generator:
    name = ""       # as it is told to the user
    paces = False   # whether it can be told at what rate to send
    pools_mib = 0   # memory that it takes beside the packets of a capture

    def __init__(self, process, device):
        self.process = process
        self.is_card = not device.pushes_back
        self.telemetry = Telemetry(process.directory, process.name)
        process.wait_for(60, self.telemetry.connect, "does not start")
        self.port = self.telemetry.port(device.port)
        if self.port is None:
            process.fail(f"has no port {device.port}")

    def _ask(self, command):
        answer = self.telemetry.ask(f"{command},{self.port}")
        return self.process.fail("does not answer") if answer is None else answer

    def sent(self):
        """Packets that the port took, since the program's start."""
        return self._ask("/ethdev/stats")["opackets"]

    def link(self):
        return self._ask("/ethdev/link_status")

    def mbps(self):
        speed = self.link().get("speed", SPEED_UNKNOWN)
        return speed if self.is_card and 0 < speed < SPEED_UNKNOWN else MBPS_10GBE

    def begin(self, pps, count):
        """Starts to send: count packets at a rate if it paces, otherwise all it can."""
        raise NotImplementedError

    def cease(self):
        raise NotImplementedError

    def _read(self, before, readings):
        """Appends another reading; returns its number of packets."""
        asked = time.monotonic()
        sent = self.sent() - before
        readings.append(((asked + time.monotonic()) / 2, sent))
        return sent

    def send(self, pps, count, seconds):
        """Sends for so long, or a little longer where it is pushed back. Returns readings (second,
        packets sent so far) as trial.pace wants them. A burst may still be on its way."""
        before, readings = self.sent(), [(time.monotonic(), 0)]
        self.begin(pps, count)
        most = count or float("inf")
        wait_for(FIRST_S, lambda: self._read(before, readings) > 0, READING_S)
        limit = readings[-1][0] + (seconds * 1.1 + 1 if count else seconds)
        while readings[-1][0] < limit and 0 < readings[-1][1] < most:
            time.sleep(READING_S)
            self._read(before, readings)
        self.cease()
        return readings

    def quit(self):
        raise NotImplementedError

    def end(self):
        self.telemetry.close()
        if self.process.alive():
            self.quit()
            self.process.wait(15)
