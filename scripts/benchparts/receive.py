# SPDX-License-Identifier: BSD-3-Clause
"""The whole of teitend, one worker, and the receive loop of dpdk-testpmd on the same device."""
import functools
import re
import time

from . import daemon, figures, programs, worker
from .bench import Job
from .report import Target

PAGES = 760
PAIRS = 196608
IN_FILE = 16384   # packets that net_pcap gives again and again
BUFFERS = 40000   # more than these
LINE_RATE = 14.88  # million frames of 64 bytes per second on 10GbE
RX_PPS = re.compile(r"Rx-pps:\s+(\d+)")

RATE = Target("teitend on {}, one worker", "Mpps", LINE_RATE, LINE_RATE)
SUM = Target("teitend over receive loop + worker, {}", "x", 0.9, 0.9)


def devices(bench):
    file = bench.capture("zipf", IN_FILE)
    return {"null": daemon.Device("net_null, copy=1", "net_null0,copy=1", "192.0.2.0/24"),
            "pcap": daemon.Device("net_pcap, infinite_rx",
                                  f"net_pcap0,rx_pcap={file},infinite_rx=1", "198.18.0.0/16")}


def bare(bench, device):
    """Packets per second of testpmd, once it is warm."""
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


def alone(bench, device):
    """Nanoseconds of a packet of the same traffic, without a device."""
    shape = "zipf" if "pcap" in device.vdev else None
    return worker.run(bench, shape, ["pipeline"], packets=IN_FILE, pairs=PAIRS,
                      passes=bench.size.packets * bench.size.passes // IN_FILE)["pipeline"]["ns"]


def measured(bench, device):
    return daemon.rate(bench, device, PAGES, "--pairs", PAIRS, "--mbufs", BUFFERS)


class Receive:
    name = "receive"

    @staticmethod
    def jobs(bench):
        jobs = []
        for name, device in devices(bench).items():
            jobs += [Job(f"bare-{name}", f"testpmd on {device.title}",
                         functools.partial(bare, bench, device)),
                     Job(f"alone-{name}", f"the worker alone, as on {device.title}",
                         functools.partial(alone, bench, device)),
                     Job(f"teitend-{name}", f"teitend on {device.title}",
                         functools.partial(measured, bench, device))]
        return jobs

    @staticmethod
    def tell(bench, results, report):
        rows = []
        for name, device in devices(bench).items():
            whole = results.get(f"teitend-{name}", [])
            bare_ns = [1e9 / pps for pps in results.get(f"bare-{name}", [])]
            alone_ns = results.get(f"alone-{name}", [])
            together = figures.of([pps / 1e6 for pps in whole]) if whole else None
            share = None
            if whole and bare_ns and alone_ns:
                share = figures.of([pps * (a + b) / 1e9
                                    for pps, a, b in zip(whole, bare_ns, alone_ns, strict=True)])
            rows.append([device.title, figures.of(bare_ns) if bare_ns else "-",
                         figures.of(alone_ns) if alone_ns else "-", together or "-",
                         share.text(2) if share else "-"])
            tell_targets(report, device, together, share)
        report.table("The whole of teitend, one worker; nothing missed", [
            "", "receive loop, ns", "worker alone, ns", "teitend, Mpps", "x sum"], rows,
            "receive loop: dpdk-testpmd --forward-mode=rxonly; x sum: 1 where teitend takes as",
            "long as both together. The frames of net_null are no IP: counted as exceptions.")


def tell_targets(report, device, together, share):
    for target, figure in ((RATE, together), (SUM, share)):
        if figure is not None:
            report.target(Target(target.name.format(device.title), target.unit, target.floor,
                                 target.goal), figure)
