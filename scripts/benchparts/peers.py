# SPDX-License-Identifier: BSD-3-Clause
"""Other programs on a short capture, where they are installed."""
import functools
import shutil

from . import programs
from .bench import Job
from .files import COLUMNS, loop, read, row, used
from .traffic import ZIPF

# What they make of it; {file} and {directory} are filled in.
PEERS = {"tracereport": ["{file}"],
         "nfpcapd": ["-r", "{file}", "-w", "{directory}"],
         "pmacctd": ["-I", "{file}", "-P", "print", "-c", "src_host,dst_port,proto", "-O", "csv",
                     "-o", "{directory}/pmacctd.csv"],
         "tshark": ["-n", "-q", "-r", "{file}", "-z", "endpoints,ip"]}
TITLES = {"loop": "plain libpcap loop, counting ports", "read": "teiten read",
          **{name: name for name in PEERS}}


def peer(bench, name):
    directory = bench.directory / name
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir()
    packets = bench.size.peer_capture
    file = ZIPF.first(bench, packets)
    args = [arg.format(file=file, directory=directory) for arg in PEERS[name]]
    return used(programs.run([programs.find(name), *args], bench.cpu, bench.priority, directory),
                packets)


class Peers:
    name = "peers"
    takes_traffic = False

    @staticmethod
    def jobs(bench):
        packets = bench.size.peer_capture
        measures = {"loop": functools.partial(loop, bench, ZIPF, packets),
                    "read": functools.partial(read, bench, ZIPF, packets),
                    **{name: functools.partial(peer, bench, name) for name in PEERS}}
        return [Job(f"peer-{name}", f"{TITLES[name]}, short capture", measure)
                for name, measure in measures.items()]

    @staticmethod
    def tell(bench, results, report):
        rows = [row(title, results[f"peer-{name}"]) for name, title in TITLES.items()
                if results.get(f"peer-{name}")]
        report.table(f"Other programs, a capture of {bench.size.peer_capture} packets, "
                     "start included", COLUMNS, rows,
                     "They count other things than teiten, and fewer.")
