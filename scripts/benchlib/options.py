# SPDX-License-Identifier: BSD-3-Clause
"""The command line of scripts/bench-pktgen."""
import argparse
import os
import pathlib

from .machine import parse_cpus

ROOT = pathlib.Path(__file__).resolve().parents[2]


def parser(description):
    made = argparse.ArgumentParser(prog="bench-pktgen", description=description,
                                   usage="%(prog)s [options] [-- teitend's options]")
    where = made.add_argument_group("where").add_argument
    where("--ports", metavar="GENERATOR,TEITEND",
          help="PCI addresses of two ports with a cable between them, bound as in dpdk-setup.md")
    where("--device", choices=["vhost", "memif"], default="vhost",
          help="without --ports: memory that both processes share (default: %(default)s)")
    where("--cpus", metavar="LIST", help="such as 2-5,8: management, workers, generator "
          "(default: those that this process may use)")
    how = made.add_argument_group("what sends").add_argument
    how("--generator", choices=["pktgen", "testpmd"],
        help="default: Pktgen-DPDK if there is one, else dpdk-testpmd")
    how("--pktgen", metavar="PATH", default=os.environ.get("PKTGEN"),
        help="the program (default: $PKTGEN, else pktgen in PATH)")
    what = made.add_argument_group("what is sent").add_argument
    what("--profile", metavar="FILE", default=ROOT / "profiles/demo.yaml", type=pathlib.Path,
         help="for teiten synth; its addresses are monitored (default: profiles/demo.yaml)")
    what("--packets", metavar="N", type=int, default=65536,
         help="how many different ones; they are repeated (default: %(default)s)")
    what("--traffic", choices=["profile", "ranges"], default="profile",
         help="ranges: Pktgen's, of addresses and ports, instead (default: %(default)s)")
    what("--frame", metavar="BYTES[,BYTES...]", default="64",
         help="frames are padded to this size, check sequence included; a search for each "
         "(default: %(default)s)")
    trial = made.add_argument_group("trials").add_argument
    trial("--seconds", metavar="S", type=float, default=10,
          help="length of each (default: %(default)s)")
    trial("--settle", metavar="S", type=float, default=2,
          help="rest before its packets are accounted for (default: %(default)s)")
    trial("--precision", metavar="PERCENT", type=float, default=1,
          help="the search ends at so much of the line's rate (default: %(default)s)")
    trial("--max-rate", metavar="MPPS", type=float,
          help="where it begins (default: the line's rate)")
    under_test = made.add_argument_group("teitend").add_argument
    under_test("--workers", metavar="N", type=int, default=1,
               help="more than one needs --ports (default: %(default)s)")
    under_test("--table-memory", metavar="MIB", type=int, default=1024,
               help="for its tables (default: %(default)s)")
    under_test("--teitend", metavar="PATH", help="default: in build/, else in PATH")
    under_test("--teiten", metavar="PATH", help="likewise")
    made.add_argument("--json", metavar="FILE", help="write all numbers there")
    return made


def check(options):
    """Raises ValueError with what is wrong; makes lists of what is a list."""
    options.frame = [int(size) for size in options.frame.split(",")]
    options.cpus = parse_cpus(options.cpus) if options.cpus else sorted(os.sched_getaffinity(0))
    if not all(64 <= size <= 1518 for size in options.frame):
        raise ValueError("--frame: 64 to 1518")
    for name in ("packets", "seconds", "settle", "precision", "workers", "table_memory",
                 "max_rate"):
        value = getattr(options, name)
        if value is not None and not value > 0:
            raise ValueError(f"--{name.replace('_', '-')}: more than 0")
    if options.ports:
        options.ports = [pci if pci.count(":") == 2 else f"0000:{pci}"
                         for pci in options.ports.split(",")]
        if len(options.ports) != 2:
            raise ValueError("--ports: two PCI addresses, the generator's first")
    elif options.workers > 1:
        raise ValueError("--workers: shared memory has one queue here; more need --ports")


def parse(argv, description):
    """The options; what stands after "--" is in `rest`."""
    cut = argv.index("--") if "--" in argv else len(argv)
    made = parser(description)
    options = made.parse_args(argv[:cut])
    options.rest = argv[cut + 1:]
    try:
        check(options)
    except ValueError as error:
        made.error(str(error))
    return options
