# SPDX-License-Identifier: BSD-3-Clause
"""Which programs take part. Nothing is fetched: what is not installed is not there."""
import collections
import shutil

from . import Failure
from .options import ROOT
from .pktgen import Pktgen
from .testpmd import Testpmd

Programs = collections.namedtuple("Programs", "teitend teiten generator kind")

NO_PKTGEN = "no Pktgen-DPDK (--pktgen, $PKTGEN, PATH)"
FALLBACK = (NO_PKTGEN + ": dpdk-testpmd sends instead. It cannot pace,\n"
            "so there is no search: it sends what it can, and the maximum is told")


def find(given, *places):
    return next(filter(None, map(shutil.which, [given] if given else places)), None)


def find_generator(options):
    """(program, class); says so where it is not the one to be expected."""
    program = find(options.pktgen, "pktgen")
    if options.pktgen and not program and options.generator != "testpmd":
        raise Failure(f"{options.pktgen}: no program")
    if options.generator == "pktgen" and not program:
        raise Failure(f"{NO_PKTGEN}; it is in no package, see docs/bench-pktgen.md")
    if program and options.generator != "testpmd":
        return program, Pktgen
    if not options.generator:
        print(FALLBACK)
    program = find(None, "dpdk-testpmd")
    if not program:
        raise Failure("no dpdk-testpmd either: it is in the package dpdk-dev")
    return program, Testpmd


def find_all(options):
    teitend = find(options.teitend, str(ROOT / "build/app/teitend/teitend"), "teitend")
    teiten = find(options.teiten, str(ROOT / "build/app/teiten/teiten"), "teiten")
    if not teitend or not teiten:
        raise Failure("teitend and teiten are not there: build them, or name them")
    program, kind = find_generator(options)
    if kind is Pktgen and not options.ports and options.device == "memif":
        raise Failure("Pktgen-DPDK does not start on memif, which refuses an MTU: "
                      "--device vhost, or --generator testpmd")
    if kind is Testpmd and options.traffic == "ranges":
        raise Failure("ranges are made by Pktgen-DPDK; testpmd sends a profile's packets")
    return Programs(teitend, teiten, program, kind)
