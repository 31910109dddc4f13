#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""The same packets give the same bytes: through `teiten read` of the whole capture or of its
parts, and through `teitend` with one, two and four workers over as many parts, however the
packets were dealt out.

    identity.py TEITEN TEITEND"""
import pathlib
import sys
import tempfile

import snapshots

INTERVAL = 600


def split(capture, n, mode, directory):
    prefix = f"{directory}/{mode}{n}-"
    snapshots.run(sys.executable, snapshots.ROOT / "tests/golden/pcap_split.py", capture, n, mode,
                  prefix)
    return [f"{prefix}{i}.pcap" for i in range(n)]


def variants(teiten, teitend, capture, directory):
    """(name, function that fills a spool) for each way to count the capture."""
    yield "read again", lambda spool: snapshots.read(teiten, spool, [capture], INTERVAL)
    yield "teitend, 1", lambda spool: snapshots.replay(teitend, spool, [capture], INTERVAL)
    for n, mode in ((2, "turns"), (2, "halves"), (4, "turns"), (4, "halves"), (4, "shuffled")):
        parts = split(capture, n, mode, directory)
        yield (f"read, {n} {mode}",
               lambda spool, p=parts: snapshots.read(teiten, spool, p, INTERVAL))
        yield (f"teitend, {n} {mode}",
               lambda spool, p=parts: snapshots.replay(teitend, spool, p, INTERVAL))


def check(teiten, teitend, capture):
    wrong = 0
    with tempfile.TemporaryDirectory() as directory:
        snapshots.read(teiten, f"{directory}/whole", [capture], INTERVAL)
        want = snapshots.digests(f"{directory}/whole")
        for i, (name, fill) in enumerate(variants(teiten, teitend, capture, directory)):
            fill(f"{directory}/{i}")
            got = snapshots.digests(f"{directory}/{i}")
            different = sorted(k for k in set(want) | set(got) if want.get(k) != got.get(k))
            if different:
                print(f"{capture.name}, {name}: {len(different)} files differ: {different[:3]}")
                wrong += 1
        print(f"{capture.name}: {len(want)} files, {i + 1} variants")
    return wrong


def main(teiten, teitend):
    wrong = 0
    with tempfile.TemporaryDirectory() as directory:
        made = pathlib.Path(directory) / "synth.pcap"
        snapshots.run(teiten, "synth", "--profile", snapshots.ROOT / "profiles/demo.yaml",
                      "--seed", 7, "--packets", 20000, "--out", made)
        wrong += check(teiten, teitend, made)
    if (snapshots.SHARED / "pcap").is_dir():
        for name in ("darknet/crafter-hbot.pcap", "darknet/blaster.pcap",
                     "darknet/stopddos-amp.dns.RRSIG.fragmented.pcap",
                     "darknet/stopddos-pkt.TCP.synflood.spoofed.pcap"):
            wrong += check(teiten, teitend, snapshots.SHARED / "pcap" / name)
    else:
        print("no captures in ../shared/pcap: synthetic traffic only")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
