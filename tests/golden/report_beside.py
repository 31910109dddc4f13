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


def report(teiten, spool, *before, args=()):
    return subprocess.run([*before, teiten, "report", "--period", "2026-01-05", "--format", "json", *args, spool], capture_output=True, text=True)


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


def lacking_rights():
    """What runs a program without the right to read what it may not; none where that cannot be."""
    lacking = ["setpriv", "--bounding-set", "-dac_override,-dac_read_search"]
    if shutil.which("setpriv") is not None and subprocess.run([*lacking, "true"], capture_output=True).returncode == 0:
        return lacking
    print("skipped: what cannot be read, since capabilities cannot be dropped here")
    return None


def closed_directory(teiten, spool):
    """It is no snapshot, and of neither period."""
    lacking = lacking_rights()
    if lacking is None:
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


def left_out(teiten, spool, base):
    """The file that is damaged or gone is named; a snapshot that may not be read is not called damaged."""
    copy = base / "damaged"
    shutil.copytree(spool, copy)
    lacking = lacking_rights()
    gone, flat, changed, closed = sorted(copy.glob("a/*/*Z"))[:4]
    (gone / "countries.parquet").unlink()
    (flat / "manifest.json").unlink()
    data = bytearray((changed / "targets.parquet").read_bytes())
    data[-20:-12] = b"\xff" * 8
    (changed / "targets.parquet").write_bytes(data)
    closed.chmod(0 if lacking else 0o755)
    try:
        done = report(teiten, copy, *(lacking or []))
        page = report(teiten, copy, *(lacking or []), args=("--lang", "ja")) if lacking else None
    finally:
        closed.chmod(0o755)
    wanted = [f"{gone}/countries.parquet: No such file or directory; left out", f"{flat}/manifest.json: No such file or directory; left out",
              f"{changed}/targets.parquet: "]
    wanted += [f"{closed}/manifest.json: Permission denied; left out"] if lacking else []
    lines = sorted(done.stderr.splitlines())
    check(f"left out: {done.stderr}", done.returncode == 1 and len(lines) == len(wanted)
          and all(line.startswith(f"teiten report: {want}") and line.endswith("; left out") for line, want in zip(lines, sorted(wanted))))
    found = [text for text in said(json.loads(done.stdout)) if "left out: " in text]
    check(f"damaged: {found}", any("that are damaged and left out: 3;" in text for text in found)
          and (not lacking or any(f"that are unreadable and left out: 1; the first: {'/'.join(closed.parts[-3:])}" in text for text in found)))
    check("in Japanese", page is None or any("読み取れないスナップショット1個" in text for text in said(json.loads(page.stdout))))


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
        left_out(teiten, spool, base)
        beside_compact(teiten, spool, base)


if __name__ == "__main__":
    main(sys.argv[1])
