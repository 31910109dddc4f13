#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""`teiten report` beside `teiten compact`: while one makes longer snapshots of those that the other reads, every report counts what the
first one did, and shows nothing as damaged. A directory that cannot be read is named, and nothing of it counts.

    report_beside.py TEITEN"""
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile
import threading

import snapshots

SECONDS, INTERVAL = 300, 10
ROUNDS = 2


def check(what, condition):
    if not condition:
        raise AssertionError(what)


def report(teiten, spool, *args):
    return subprocess.run([*args, teiten, "report", "--period", "2026-01-05", "--format", "json", spool], capture_output=True, text=True)


def said(found):
    return [e["warning"] for s in found["sections"] for e in s["elements"] if "warning" in e]


def counts(found):
    """What does not depend on how long snapshots are."""
    rows = [(name, row["key"], row.get("packets", row.get("detections")), row["rate"])
            for name in ("targets", "categories") for row in found["tables"][name]["rows"]]
    days = [(row["day"], row["packets"], row["sources"]) for row in found["tables"]["days"]["rows"]]
    return rows, days, found["figures"]["target_shares"]["series"], said(found)


def verify_beside(teiten, spool):
    """What went is not damaged; and nothing is missing in silence."""
    done = subprocess.run([teiten, "verify", spool], capture_output=True, text=True)
    check(f"verify: {done.stdout}{done.stderr}", "damaged" not in done.stdout and not done.stderr and "all intact" in done.stdout
          and done.returncode == (1 if "verify again" in done.stdout else 0))
    done = subprocess.run([teiten, "top-targets", spool], capture_output=True, text=True)
    lines = done.stderr.splitlines()
    check(f"top-targets: {done.stderr}", done.returncode == (1 if lines else 0)
          and all("merged or deleted since it was listed" in line for line in lines))


def beside_compact(teiten, spool, base):
    """Halves, minutes and twenties of the same, one sensor after the other, as fast as it goes, until all is one snapshot."""
    first = report(teiten, spool)
    check(first.stderr, first.returncode == 0)
    wanted = counts(json.loads(first.stdout))
    reports = 0
    for i in range(ROUNDS):
        copy = base / f"copy-{i}"
        shutil.copytree(spool, copy)

        def compact():
            for per in (20, 60, 150, 300):
                snapshots.run(teiten, "compact", "--per", per, "--now", "2026-02-01", copy)

        thread = threading.Thread(target=compact)
        thread.start()
        while thread.is_alive():
            done = report(teiten, copy)
            check(f"beside compact: {done.stderr}", done.returncode == 0 and all(": waiting for " in line for line in done.stderr.splitlines()))
            found = counts(json.loads(done.stdout))
            check(f"beside compact: {found}, not {wanted}", found == wanted)
            reports += 1
            verify_beside(teiten, copy)
        thread.join()
        check("compacted", len(list(copy.glob("*/*/*Z"))) == 2)
    print(f"{reports} reports while {ROUNDS} x {len(list(spool.glob('*/*/*Z')))} snapshots became one for each sensor")


def closed_directory(teiten, spool):
    """It is no snapshot, and of neither period."""
    lacking = ["setpriv", "--bounding-set", "-dac_override,-dac_read_search"]
    if shutil.which("setpriv") is None or subprocess.run([*lacking, "true"], capture_output=True).returncode:
        print("skipped: a directory that cannot be read, since capabilities cannot be dropped here")
        return
    (spool / "a").chmod(0)
    try:
        done = report(teiten, spool, *lacking)
    finally:
        (spool / "a").chmod(0o755)
    check(f"closed: {done.stderr}", done.returncode == 1
          and done.stderr == f"teiten report: {spool / 'a'}: Permission denied; what is in it is passed over\n")
    warnings = [text for text in said(json.loads(done.stdout)) if "damaged" in text or "could not be read" in text]
    check(f"closed: {warnings}", len(warnings) == 1 and "nothing is counted: 1;" in warnings[0]
          and warnings[0].endswith(f"{spool.name}/a."))


def main(teiten):
    with tempfile.TemporaryDirectory() as directory:
        base = pathlib.Path(directory)
        spool = base / "spool"
        for i, sensor in enumerate("ab"):
            made = base / f"{sensor}.pcap"
            snapshots.run(teiten, "synth", "--profile", snapshots.ROOT / "profiles/demo.yaml", "--seed", i, "--packets", 20000,
                          "--duration", SECONDS, "--out", made)
            snapshots.run(teiten, "read", "--spool", spool, "--sensor", sensor, "--interval", INTERVAL, "--pairs", 8192, "--monitored",
                          "203.0.113.0/24,198.51.100.0/24", "--rules", snapshots.RULES, made)
        closed_directory(teiten, spool)
        beside_compact(teiten, spool, base)


if __name__ == "__main__":
    main(sys.argv[1])
