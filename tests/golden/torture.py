#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Odd and broken captures pass through `teiten read` without a crash or a report of a sanitizer:
the exit status is 0 or 1, and snapshots that were written verify. Give it a build with sanitizers.

    torture.py TEITEN"""
import os
import pathlib
import subprocess
import sys
import tarfile
import tempfile

import snapshots

INTERVAL = 86400


def unpack(archive, directory):
    with tarfile.open(archive) as tar:
        for member in tar:
            if member.isfile():
                name = member.name.replace("/", "_")
                (directory / name).write_bytes(tar.extractfile(member).read())


def pass_through(teiten, capture, spool):
    """What is wrong, or None."""
    done = subprocess.run(
        [teiten, "read", "--spool", spool, "--sensor", "s", "--interval", str(INTERVAL), "--pairs",
         "16384", "--max-gap", str(INTERVAL), "--monitored", "0.0.0.0/0,::/0", str(capture)],
        capture_output=True, env={**os.environ, "ASAN_OPTIONS": "abort_on_error=0",
                                  "UBSAN_OPTIONS": "halt_on_error=1"})
    report = done.stderr.decode(errors="replace")
    if done.returncode not in (0, 1) or "Sanitizer" in report or "runtime error" in report:
        return report
    if done.returncode == 0 and any(pathlib.Path(spool).rglob("manifest.json")):
        verified = subprocess.run([teiten, "verify", spool], capture_output=True)
        if verified.returncode != 0:
            return verified.stderr.decode(errors="replace")
    return None


def main(teiten):
    pcap = snapshots.SHARED / "pcap"
    if not pcap.is_dir():
        print("skipped: no captures in ../shared/pcap")
        return snapshots.SKIP
    wrong = n = 0
    with tempfile.TemporaryDirectory() as directory:
        directory = pathlib.Path(directory)
        for archive in ("tcpdump-tests.tar.gz", "esnet-tcp-flag-exhaustive.tar.gz"):
            unpack(pcap / archive, directory)
        for capture in sorted(directory.iterdir()) + sorted(pcap.glob("*/*.*cap*")):
            if capture.suffix == ".tsv":
                continue
            n += 1
            with tempfile.TemporaryDirectory() as spool:
                report = pass_through(teiten, capture, spool)
            if report is not None:
                wrong += 1
                print(f"{capture.name}: {report[:2000]}")
    print(f"{n} captures, {wrong} wrong")
    return 1 if wrong or n == 0 else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
