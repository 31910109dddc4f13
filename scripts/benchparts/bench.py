# SPDX-License-Identifier: BSD-3-Clause
"""What all parts share: where things are, how much is measured, and the rounds.

A job is run once in each round, so that what slows the machine for a while slows all of them, and a
figure is a median over the rounds. Ratios are taken within a round."""
import dataclasses
import os
import pathlib
import subprocess

from . import Failure, LeftOut, programs, traffic
from .machine import Pages
from .traffic import ROOT

RULES = ROOT / "rules/fingerprints.yaml"


@dataclasses.dataclass(frozen=True)
class Size:
    """How much is measured."""
    rounds: int
    packets: int        # made of a profile for the worker
    passes: int         # over these
    capture: int        # packets of the capture that is read
    peer_capture: int   # of the one that peers read as well
    window_s: float     # how long a daemon is watched
    table_memory: str   # of the daemon whose start is timed
    pages: int          # of 2 MiB that this daemon needs


FULL = Size(5, 1 << 20, 4, 10_000_000, 500_000, 2.5, "4G", 2400)
QUICK = Size(3, 1 << 17, 3, 1_000_000, 50_000, 0.6, "1G", 800)


@dataclasses.dataclass(frozen=True)
class Job:
    name: str      # for results
    title: str     # for the user
    measure: object  # () -> what tell() finds in results[name], one for each round


class Bench:
    def __init__(self, options, directory):
        self.size = QUICK if options.quick else FULL
        self.rounds = options.rounds or self.size.rounds
        self.with_peers = options.peers
        self.build = pathlib.Path(options.build).resolve()
        self.directory = pathlib.Path(directory)
        self.priority = options.priority
        self.pages = Pages()
        self.cpus = sorted(os.sched_getaffinity(0))
        self.cpu = self.cpus[-1]
        self.traffic = traffic.ZIPF  # of all parts that have none of their own
        if options.traffic:
            self.traffic = traffic.of_user(self, options.traffic, options.monitored)
        elif options.monitored:
            raise Failure(f"--monitored {options.monitored}: is for a capture, --traffic")

    def program(self, name):
        path = self.build / {"teiten": "app/teiten/teiten",
                             "teitend": "app/teitend/teitend"}.get(name, f"tests/bench/{name}")
        if not path.exists():
            raise LeftOut("not built")
        return path

    def run(self, name, *args, cwd=None):
        return programs.run([self.program(name), *args], self.cpu, self.priority, cwd)

    def lines(self, name, *args):
        """What one of tests/bench prints."""
        return programs.json_lines(self.run(name, *args).out)

    def page_size(self, needed):
        """"2m" where so many huge pages can be had."""
        return "2m" if self.pages.ensure(needed) else "4k"

    def eal(self, pages, workers=1):
        """EAL's arguments for memory and cores: one to manage, and one for each worker."""
        done = subprocess.run([ROOT / "scripts/lcores", str(workers)], stdout=subprocess.PIPE, text=True,
                              check=True)
        memory = ["--in-memory"] if self.pages.ensure(pages) else [
            "--no-huge", "-m", str(2 * pages), "--no-shconf"]
        return [*memory, "--no-pci", "--no-telemetry", done.stdout.strip()]


def measure(bench, jobs, report, progress):
    """Runs the jobs round by round. Returns name -> one result for each round; jobs that this
    machine cannot run are missing. A Failure ends everything."""
    results = {job.name: [] for job in jobs}
    for number in range(bench.rounds):
        for job in jobs:
            if job.name not in results:
                continue
            progress(f"round {number + 1} of {bench.rounds}: {job.title}")
            try:
                results[job.name].append(job.measure())
            except LeftOut as why:
                report.leave_out(job.title, str(why))
                del results[job.name]
            except Failure as why:
                raise Failure(f"{job.title}: {why}") from why
    return results
