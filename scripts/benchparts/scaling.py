# SPDX-License-Identifier: BSD-3-Clause
"""More workers: alone, each with tables and traffic of its own, and in one teitend."""
import functools

from . import daemon, figures, programs, receive, worker
from .bench import Job
from .traffic import ZIPF

RUNS = 5        # of each worker; the first and the last may lack company, and are left out
OF_OTHERS = 160  # pages of 2 MiB of teitend, whatever the number of its workers


def counts(most):
    """1, 2, 4, 8 and so on, and the most."""
    powers = [1 << i for i in range(most.bit_length()) if 1 << i < most]
    return [*powers, most]


def alone(bench, n):
    """Nanoseconds of a packet of each of n workers that run at once, on a CPU each."""
    args = [bench.program("bench_worker"), "--rules", worker.RULES, *ZIPF.args(),
            "--steps", "pipeline", "--runs", RUNS,
            "--page", bench.page_size(n * worker.PAGES), "--packets", bench.size.packets,
            "--passes", bench.size.passes]
    done = programs.run_at_once([args] * n, bench.cpus[-n:], bench.priority)
    lines = [programs.json_lines(one.out)[1:-1] for one in done]
    return [figures.of([line["ns"] for line in of_one]).median for of_one in lines]


def whole(bench, n):
    """Packets per second of n workers of one teitend, a device each."""
    device = receive.pcap(ZIPF).device(bench).times(n)
    pages = OF_OTHERS + n * (receive.PAGES - OF_OTHERS)
    return daemon.rate(bench, device, pages, "--pairs", receive.PAIRS,
                       "--mbufs", n * receive.BUFFERS)


class Scaling:
    name = "scaling"
    takes_traffic = False

    @staticmethod
    def jobs(bench):
        cpus = len(bench.cpus)
        jobs = [Job(f"workers-{n}", f"workers at once: {n}", functools.partial(alone, bench, n))
                for n in counts(cpus)]
        return jobs + [Job(f"teitend-workers-{n}", f"teitend with {n} workers",
                           functools.partial(whole, bench, n))
                       for n in counts(max(1, cpus - 1))]

    @staticmethod
    def tell(bench, results, report):
        cpus = len(bench.cpus)
        mpps = {n: [sum(1000 / ns for ns in workers) for workers in results[f"workers-{n}"]]
                for n in counts(cpus) if results.get(f"workers-{n}")}
        tell(report, "Workers at once, a CPU each: everything on, Zipf", mpps)
        mpps = {n: [pps / 1e6 for pps in results[f"teitend-workers-{n}"]]
                for n in counts(max(1, cpus - 1)) if results.get(f"teitend-workers-{n}")}
        tell(report, "Workers of one teitend, net_pcap with infinite_rx each; nothing missed", mpps)


def tell(report, title, mpps):
    """mpps: number of workers -> million packets per second of all, one for each round."""
    rows = []
    for n, samples in mpps.items():
        each = [sample / n for sample in samples]
        share = figures.ratio(each, mpps[1]).text(2) if 1 in mpps else "-"
        rows.append([f"{n}", figures.of(samples), figures.of(each), share])
    if rows:
        report.table(title, ["workers", "Mpps", "Mpps each", "x one"], rows,
                     "x one: what each does, in relation to one that is alone")
