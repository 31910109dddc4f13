#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Odd and broken captures pass through `teiten read` without a crash or a report of a sanitizer:
the exit status is 0 or 1, and snapshots that were written verify. Give it a build with sanitizers.

    torture.py TEITEN [PART PARTS]     PART of PARTS, from 1: every PARTS-th of what is read at once"""
import itertools
import os
import pathlib
import subprocess
import sys
import tarfile
import tempfile

import snapshots

INTERVAL = 86400


def unpack(archive, directory):
    directory.mkdir()
    with tarfile.open(archive) as tar:
        for member in tar:
            if member.isfile():
                name = member.name.replace("/", "_")
                (directory / name).write_bytes(tar.extractfile(member).read())


def pass_through(teiten, captures, spool):
    """What is wrong with reading the captures, all at once, or None."""
    done = subprocess.run(
        [teiten, "read", "--spool", spool, "--sensor", "s", "--interval", str(INTERVAL), "--pairs",
         "1024", "--geo", "none", "--asn=none", "--max-gap", str(INTERVAL), "--monitored", "0.0.0.0/0,::/0",
         *map(str, captures)],
        capture_output=True, env={**os.environ, "UBSAN_OPTIONS": "halt_on_error=1"})
    report = done.stderr.decode(errors="replace")
    if done.returncode not in (0, 1) or "Sanitizer" in report or "runtime error" in report:
        return report
    if any(pathlib.Path(spool).rglob("manifest.json")):
        verified = subprocess.run([teiten, "verify", spool], capture_output=True)
        if verified.returncode != 0:
            return verified.stderr.decode(errors="replace")
    return None


def check(teiten, captures):
    """The number of captures that went wrong; several at once are told apart if any did."""
    with tempfile.TemporaryDirectory() as spool:
        report = pass_through(teiten, captures, spool)
    if report is None:
        return 0
    if len(captures) > 1:
        return sum(check(teiten, [capture]) for capture in captures)
    print(f"{captures[0].name}: {report[:2000]}")
    return 1


def cases(odd, flags, pcap):
    """All captures, in the lists in which they are read: one by one, and those of the flags in hundreds."""
    for capture in sorted(odd.iterdir()) + sorted(pcap.glob("*/*.*cap*")):
        if capture.suffix != ".tsv":
            yield [capture]
    whole = sorted(flags.iterdir())
    for i in range(0, len(whole), 200):
        yield whole[i:i + 200]


def main(teiten, part=1, parts=1):
    pcap = snapshots.SHARED / "pcap"
    if not pcap.is_dir():
        print("skipped: no captures in ../shared/pcap")
        return snapshots.SKIP
    wrong = n = 0
    with tempfile.TemporaryDirectory() as directory:
        odd, flags = pathlib.Path(directory) / "odd", pathlib.Path(directory) / "flags"
        unpack(pcap / "tcpdump-tests.tar.gz", odd)
        unpack(pcap / "esnet-tcp-flag-exhaustive.tar.gz", flags)
        for captures in itertools.islice(cases(odd, flags, pcap), int(part) - 1, None, int(parts)):
            n += len(captures)
            wrong += check(teiten, captures)
    print(f"{n} captures, {wrong} wrong")
    return 1 if wrong or n == 0 else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
