#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""The rules and the captures that lie outside the project: the compiled matcher finds what the plain
reference finds, rule by rule; and Slammer once in the capture that has it.

    signature_captures.py TEITEN"""
import csv
import io
import pathlib
import subprocess
import sys
import tarfile
import tempfile

SHARED = pathlib.Path(__file__).resolve().parents[3] / "shared"
RULES = SHARED / "rules" / "snort-2005-gpl-sessionless.rules"
SLAMMER = 2003
SKIP = 77


def match(teiten, captures, *options):
    """sid → (matches, detections). Files that are no captures, or broken ones, are passed over."""
    done = subprocess.run([teiten, "rules", "match", "--csv", "--rules", RULES, *options, *captures],
                          capture_output=True, check=False)
    text = done.stdout.decode("utf-8", "replace")
    return {int(row["sid"]): (int(row["matches"]), int(row["detections"]))
            for row in csv.DictReader(io.StringIO(text))}


def main(teiten):
    if not RULES.exists() or not (SHARED / "pcap").is_dir():
        print(f"skipped: {RULES} or {SHARED / 'pcap'} is absent")
        return SKIP
    slammer = match(teiten, [SHARED / "pcap" / "darknet" / "wswiki-slammer.pcap"]).get(SLAMMER)
    with tempfile.TemporaryDirectory() as directory:
        for archive in sorted((SHARED / "pcap").glob("*.tar.gz")):
            with tarfile.open(archive) as tar:
                tar.extractall(directory)
        captures = sorted(path for root in (SHARED / "pcap", pathlib.Path(directory))
                          for path in root.rglob("*")
                          if path.is_file() and path.suffix not in (".tsv", ".gz", ".txt"))
        compiled, reference = match(teiten, captures), match(teiten, captures, "--reference")
    for sid in sorted(set(compiled) | set(reference)):
        if compiled.get(sid) != reference.get(sid):
            print(f"sid {sid}: {compiled.get(sid)}, reference {reference.get(sid)}")
    print(f"{len(captures)} files, {len(reference)} rules matched, "
          f"{sum(matches for matches, _ in reference.values())} matches; Slammer: {slammer}")
    return 0 if compiled == reference and reference and slammer == (1, 1) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
