# SPDX-License-Identifier: BSD-3-Clause
"""The whole of teitend, one worker, and the receive loop of dpdk-testpmd on the same device."""
import dataclasses
import functools
import re

from . import daemon, figures, programs, worker
from .bench import Job
from .report import Target
from .traffic import NULL, ZIPF, Traffic

PAGES = 760
PAIRS = 196608
IN_FILE = 16384   # packets that net_pcap gives again and again
BUFFERS = 40000   # more than these
RX_PPS = re.compile(r"Rx-pps:\s+(\d+)")

SUM = Target("teitend over receive loop + worker, {}", "x", 0.9, 0.9)


@dataclasses.dataclass(frozen=True)
class Source:
    """A device, and what comes from it."""
    title: str
    traffic: Traffic

    def device(self, bench):
        if self.traffic == NULL:
            return daemon.Device(self.title, "net_null0,copy=1", self.traffic.monitored)
        file = self.traffic.first(bench, IN_FILE)
        return daemon.Device(self.title, f"net_pcap0,rx_pcap={file},infinite_rx=1",
                             self.traffic.monitored)


def pcap(traffic):
    return Source("net_pcap, infinite_rx", traffic)


def sources(bench):
    """By name; of the user's traffic that alone."""
    null = {"null": Source("net_null, copy=1", NULL)} if bench.traffic == ZIPF else {}
    return {**null, "pcap": pcap(bench.traffic)}


def line_rate(traffic):
    """Million frames per second of 10GbE: with checksum, preamble and gap 24 bytes more each."""
    return round(1e4 / 8 / (max(traffic.frame_bytes, 60) + 24), 2)


def bare(bench, source):
    """Packets per second of testpmd, once it is warm."""
    device = source.device(bench)
    log = bench.directory / "testpmd.log"
    args = [programs.find("dpdk-testpmd"), *bench.eal(PAGES), *device.args(), "--",
            "--forward-mode=rxonly", "--no-flush-rx", "--nb-cores=1", "--burst=64",
            "--stats-period=1", f"--total-num-mbufs={BUFFERS}"]
    readings = max(2, round(bench.size.window_s))
    with programs.background(args, log) as child:
        programs.wait_for(child, log, lambda text: len(RX_PPS.findall(text)) > readings, 60,
                          "does not receive")
        child.terminate()
        child.wait(20)
    said = RX_PPS.findall(log.read_text(errors="replace"))
    return figures.of([int(pps) for pps in said[1:]]).median


def alone(bench, source):
    """Nanoseconds of a packet of the same traffic, without a device."""
    return worker.run(bench, worker.Shape(source.traffic), ["pipeline"], packets=IN_FILE, pairs=PAIRS,
                      passes=bench.size.packets * bench.size.passes // IN_FILE)["pipeline"]["ns"]


def measured(bench, source):
    return daemon.rate(bench, source.device(bench), PAGES, "--pairs", PAIRS, "--mbufs", BUFFERS)


class Receive:
    name = "receive"
    takes_traffic = True

    @staticmethod
    def jobs(bench):
        jobs = []
        for name, source in sources(bench).items():
            jobs += [Job(f"bare-{name}", f"testpmd on {source.title}",
                         functools.partial(bare, bench, source)),
                     Job(f"alone-{name}", f"the worker alone, as on {source.title}",
                         functools.partial(alone, bench, source)),
                     Job(f"teitend-{name}", f"teitend on {source.title}",
                         functools.partial(measured, bench, source))]
        return jobs

    @staticmethod
    def tell(bench, results, report):
        rows = []
        for name, source in sources(bench).items():
            whole = results.get(f"teitend-{name}", [])
            bare_ns = [1e9 / pps for pps in results.get(f"bare-{name}", [])]
            alone_ns = results.get(f"alone-{name}", [])
            together = figures.of([pps / 1e6 for pps in whole]) if whole else None
            share = None
            if whole and bare_ns and alone_ns:
                share = figures.of([pps * (a + b) / 1e9
                                    for pps, a, b in zip(whole, bare_ns, alone_ns, strict=True)])
            rows.append([source.title, figures.of(bare_ns) if bare_ns else "-",
                         figures.of(alone_ns) if alone_ns else "-", together or "-",
                         share.text(2) if share else "-"])
            tell_targets(report, source, together, share)
        report.table(f"The whole of teitend, one worker, {bench.traffic.title}; nothing missed", [
            "", "receive loop, ns", "worker alone, ns", "teitend, Mpps", "x sum"], rows,
            "receive loop: dpdk-testpmd --forward-mode=rxonly; x sum: 1 where teitend takes as",
            "long as both together. The frames of net_null are no IP: counted as exceptions.")


def tell_targets(report, source, together, share):
    rate = line_rate(source.traffic)
    of_rate = Target(f"teitend on {source.title}, one worker", "Mpps", rate, rate)
    for target, figure in ((of_rate, together),
                           (dataclasses.replace(SUM, name=SUM.name.format(source.title)), share)):
        if figure is not None:
            report.target(target, figure)
