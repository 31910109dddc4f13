# SPDX-License-Identifier: BSD-3-Clause
"""From the command to the first packet that is counted, and the memory of a worker."""
from . import daemon, figures, receive, worker
from .bench import Job
from .report import Target
from .traffic import ZIPF

START = Target("start to first packet, {} of tables", "s", 5, 1, at_most=True)
MEMORY = Target("memory of a worker, three table sets", "GiB", 2, 1, at_most=True)
GIB = 1 << 30
TABLE_SETS = 3


def seconds(bench):
    """Until the first interval begins, in which the device has packets waiting."""
    device = receive.pcap(ZIPF).device(bench)
    with daemon.running(bench, device, bench.size.pages, "--table-memory", bench.size.table_memory,
                        "--mbufs", receive.BUFFERS) as run:
        snapshots = daemon.end(run)
    return (snapshots[0].start - run.started).total_seconds()


class Start:
    name = "start"
    takes_traffic = False

    @staticmethod
    def jobs(bench):
        return [Job("start", f"start of teitend with {bench.size.table_memory} of tables",
                    lambda: seconds(bench)),
                Job("memory", "memory of a table set", lambda: worker.run(
                    bench, None, ["decode"], packets=4096, passes=1)["decode"])]

    @staticmethod
    def tell(bench, results, report):
        if results.get("start"):
            target = Target(START.name.format(bench.size.table_memory), START.unit, START.floor,
                            START.goal, at_most=True)
            report.target(target, figures.of(results["start"]))
        if results.get("memory"):
            one = results["memory"][0]
            of_worker = TABLE_SETS * one["set_bytes"] / GIB
            report.table(f"Memory with the default of {one['pairs']} pairs", ["", "MiB"], [
                ["a table set", one["set_bytes"] / (1 << 20)],
                ["a worker: three table sets", of_worker * 1024],
                ["the merge, for one worker", one["merge_bytes"] / (1 << 20)]])
            report.target(MEMORY, figures.of([of_worker]))
