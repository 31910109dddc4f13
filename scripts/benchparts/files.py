# SPDX-License-Identifier: BSD-3-Clause
"""A capture file in the page cache: `teiten read`, and a plain loop of libpcap."""
import functools
import re
import shutil

from . import Failure, figures, programs
from .bench import Job
from .report import Target

MONITORED = "198.18.0.0/16"
FEW = 4096  # packets of a capture that shows what a start costs
COUNTED = re.compile(r"^\s*counted\s+(\d+)", re.MULTILINE)
FRAMES = re.compile(r"^(\d+) frames,", re.MULTILINE)

READ = Target("teiten read, page cache", "Mpps", 5, 5)
COST = Target("CPU of teiten read over that of a plain libpcap loop", "x", 3, 1, at_most=True)


def used(done, packets):
    """What a program used, of which every packet came out."""
    return {"wall_ns": done.wall_s * 1e9 / packets, "cpu_ns": done.cpu_s * 1e9 / packets,
            "wall_s": done.wall_s, "cpu_s": done.cpu_s}


def read(bench, packets):
    spool = bench.directory / "read"
    shutil.rmtree(spool, ignore_errors=True)
    done = bench.run("teiten", "read", "--spool", spool, "--sensor", "bench", "--monitored",
                     MONITORED, bench.capture("zipf", packets))
    found = [int(n) for pattern in (FRAMES, COUNTED) for n in pattern.findall(done.out)]
    if found != [packets, packets]:
        raise Failure(f"not {packets} packets are counted:\n{done.out}")
    return used(done, packets)


def loop(bench, packets):
    done = bench.run("bench_pcap_loop", bench.capture("zipf", packets))
    frames = programs.json_lines(done.out)[0]["frames"]
    if frames != packets:
        raise Failure(f"{frames} frames, and not {packets}")
    return used(done, packets)


def row(title, results):
    cpu = [result["cpu_ns"] for result in results]
    wall = [result["wall_ns"] for result in results]
    return [title, figures.of(wall), figures.mpps(wall).text(2), figures.of(cpu)]


COLUMNS = ["", "wall, ns", "Mpps", "CPU, ns"]


class Files:
    name = "files"

    @staticmethod
    def jobs(bench):
        return [Job("loop", "a plain libpcap loop",
                    functools.partial(loop, bench, bench.size.capture)),
                Job("read", "teiten read", functools.partial(read, bench, bench.size.capture)),
                Job("read-few", "teiten read of few packets", functools.partial(read, bench, FEW))]

    @staticmethod
    def tell(bench, results, report):
        loops, reads, few = (results.get(name, []) for name in ("loop", "read", "read-few"))
        rows = [row(title, samples) for title, samples in (
            ("plain libpcap loop, counting ports", loops), ("teiten read", reads)) if samples]
        if reads and few:
            more = bench.size.capture - FEW
            rows.append(row("teiten read, without its start", [
                {f"{kind}_ns": (all_["%s_s" % kind] - start["%s_s" % kind]) * 1e9 / more
                 for kind in ("wall", "cpu")} for all_, start in zip(reads, few)]))
        report.table(f"A capture of {bench.size.capture} packets in the page cache, Zipf", COLUMNS,
                     rows, "teiten read ends with a snapshot; that is in its figures.")
        if reads:
            report.target(READ, figures.mpps([result["wall_ns"] for result in reads]))
        if reads and loops:
            report.target(COST, figures.ratio([result["cpu_ns"] for result in reads],
                                              [result["cpu_ns"] for result in loops]))
