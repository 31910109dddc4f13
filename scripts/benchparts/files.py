# SPDX-License-Identifier: BSD-3-Clause
"""A capture file in the page cache: `teiten read`, and a plain loop of libpcap."""
import functools
import re
import shutil

from . import Failure, LeftOut, figures, programs
from .bench import Job
from .report import Target
from .traffic import ZIPF

FEW = 4096  # packets of a capture that shows what a start costs
ENOUGH = 1_000_000  # of one that shows more than that
FATE = re.compile(r"^  (\S+)  +(\d+)$", re.MULTILINE)
FRAMES = re.compile(r"^(\d+) frames?,", re.MULTILINE)

READ = Target("teiten read, page cache", "Mpps", 5, 5)
COST = Target("CPU of teiten read over that of a plain libpcap loop", "x", 3, 1, at_most=True)


def used(done, packets):
    """What a program used, of which every packet came out."""
    return {"wall_ns": done.wall_s * 1e9 / packets, "cpu_ns": done.cpu_s * 1e9 / packets,
            "wall_s": done.wall_s, "cpu_s": done.cpu_s, "packets": packets}


def frames_of(said):
    """What `teiten read` says: how many frames there were, and of them the packets counted. Failure unless every
    frame is in one of its lines."""
    frames = [int(n) for n in FRAMES.findall(said)]
    fates = {fate: int(n) for fate, n in FATE.findall(said)}
    if frames != [sum(fates.values())]:
        raise Failure(f"not every frame is accounted for:\n{said}")
    return frames[0], fates.get("counted", 0)


def of_file(bench, traffic, packets, name, *args):
    """Runs a program with a capture of the user's as it is, or so many packets of a profile. LeftOut where it fails on
    the user's, which may be cut off, or of a kind that libpcap does not read."""
    file = traffic.capture or traffic.first(bench, packets)
    try:
        return bench.run(name, *args, file)
    except Failure as why:
        if not traffic.capture:
            raise
        raise LeftOut(str(why)) from why


def read(bench, traffic, packets):
    spool = bench.directory / "read"
    shutil.rmtree(spool, ignore_errors=True)
    done = of_file(bench, traffic, packets, "teiten", "read", "--spool", spool, "--sensor", "bench",
                   "--monitored", traffic.monitored)
    frames, counted = frames_of(done.out)
    if not traffic.capture and (frames, counted) != (packets, packets):
        raise Failure(f"not {packets} packets are counted:\n{done.out}")
    return used(done, frames)


def loop(bench, traffic, packets):
    done = of_file(bench, traffic, packets, "bench_pcap_loop")
    frames = programs.json_lines(done.out)[0]["frames"]
    if not traffic.capture and frames != packets:
        raise Failure(f"{frames} frames, and not {packets}")
    return used(done, frames)


def row(title, results):
    cpu = [result["cpu_ns"] for result in results]
    wall = [result["wall_ns"] for result in results]
    return [title, figures.of(wall), figures.mpps(wall).text(2), figures.of(cpu)]


COLUMNS = ["", "wall, ns", "Mpps", "CPU, ns"]


class Files:
    name = "files"
    takes_traffic = True

    @staticmethod
    def jobs(bench):
        own, packets = bench.traffic, bench.size.capture
        return [Job("loop", "a plain libpcap loop", functools.partial(loop, bench, own, packets)),
                Job("read", "teiten read", functools.partial(read, bench, own, packets)),
                Job("read-few", "teiten read of few packets",
                    functools.partial(read, bench, ZIPF, FEW))]

    @staticmethod
    def tell(bench, results, report):
        loops, reads, few = (results.get(name, []) for name in ("loop", "read", "read-few"))
        rows = [row(title, samples) for title, samples in (
            ("plain libpcap loop, counting ports", loops), ("teiten read", reads)) if samples]
        packets = [result["packets"] for result in [*reads, *loops]]
        if not packets:
            return
        if len(set(packets)) > 1:
            raise Failure(f"frames of the same capture: {packets}")
        enough = max(packets) >= ENOUGH
        if reads and few and enough:
            more = packets[0] - FEW
            rows.append(row("teiten read, without its start", [
                {f"{kind}_ns": (all_["%s_s" % kind] - start["%s_s" % kind]) * 1e9 / more
                 for kind in ("wall", "cpu")} for all_, start in zip(reads, few)]))
        report.table(f"A capture of {max(packets)} packets in the page cache, "
                     f"{bench.traffic.title}", COLUMNS, rows,
                     "teiten read ends with a snapshot; that is in its figures."
                     + ("" if enough else " So few packets are mostly its start."))
        if reads and enough:
            report.target(READ, figures.mpps([result["wall_ns"] for result in reads]))
        if reads and loops and enough:
            report.target(COST, figures.ratio([result["cpu_ns"] for result in reads],
                                              [result["cpu_ns"] for result in loops]))
