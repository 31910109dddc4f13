# SPDX-License-Identifier: BSD-3-Clause
"""dpdk-testpmd as generator: forwards a capture file, read again and again, to the port. It has no
clock to pace by: it sends as fast as it can, or as it is let."""
import subprocess

from .generator import Generator
from .machine import Process, lcores

SPARE_MBUFS = 16384  # beside those that hold the file


class Testpmd(Generator):
    name = "dpdk-testpmd"
    pools_mib = 128

    def __init__(self, program, device, eal, cpus, traffic, directory):
        args = [program, *eal, "--file-prefix=testpmd", lcores(cpus), *device.generator,
                "--vdev", f"net_pcap0,rx_pcap={traffic.capture},infinite_rx=1", "--", "-i",
                "--forward-mode=io", "--no-flush-rx",
                f"--total-num-mbufs={traffic.frames.number + SPARE_MBUFS}"]
        process = Process(args, directory, "testpmd", stdin=subprocess.PIPE)
        super().__init__(process, device)
        self._type("set fwd io retry")

    def _type(self, line):
        self.process.child.stdin.write(line.encode() + b"\n")
        self.process.child.stdin.flush()

    def begin(self, pps, count):
        self._type("start")

    def cease(self):
        self._type("stop")

    def quit(self):
        self._type("quit")
