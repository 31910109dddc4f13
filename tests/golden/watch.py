#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Thirteen days of hours with a rise, a new target, and a slow sweep: `teiten watch` tells the first two once, with its cause, in one run or in several,
live or afterwards, whatever is missing, damaged or merged.

    watch.py TEITEN"""
import datetime
import json
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time

import snapshots

PROFILE = """
name: watch
start: 2026-01-05T00:00:00Z
duration: 13d
monitored: 203.0.113.0/26
components:
  - {target: 445/TCP, rate: 20/day/address, sources: 60}
  - {target: 23/TCP, rate: 10/day/address, sources: 20, daily_amplitude: 0.8, daily_peak: 3}
  - {target: 1521/TCP, rate: 0.5/day/address, sources: 5}
  - {target: 1521/TCP, name: rise, rate: 4/day/address, from: 9d, sources: 30, source_port: 6000}
  - {target: 8080/TCP, rate: 40/day/address, from: 10d, to: 244h, sources: 1}
  - {target: 7777/TCP, rate: 1.5/day/address, from: 270h, to: 294h, sources: 1}
"""
# Beside a flood, `pairs` have a sample of sources: one in 32 or so.
SAMPLED = """
name: watch
start: 2026-01-05T00:00:00Z
duration: 10d
monitored: 203.0.113.0/26
components:
  - {target: 445/TCP, rate: 20/day/address, sources: 100000}
  - {target: 1521/TCP, rate: 0.5/day/address, sources: 5}
  - {target: 1521/TCP, name: rise, rate: 3/day/address, from: 9d, sources: 20}
  - {target: 2323/TCP, rate: 1.5/day/address, from: 9d, sources: 12}
  - {target: 8181/TCP, rate: 3.5/day/address, from: 9d, sources: 30}
  - {target: 445/TCP, name: flood, rate: 12288/day/address, from: 215h, to: 240h, sources: 200000}
"""
# Eight hours without a packet.
SILENT = """
name: silent
start: 2026-01-05T00:00:00Z
duration: 60h
monitored: 203.0.113.0/26
components:
  - {target: 445/TCP, rate: 20/day/address, sources: 60, to: 40h}
  - {target: 445/TCP, name: back, rate: 20/day/address, sources: 60, from: 48h}
"""
START = "2026-01-05"
RISE_DAY = "2026-01-14"
NEW_DAY = "2026-01-15"
WAIT_S = 120


def make_spool(teiten, directory, profile=PROFILE, *options):
    directory.mkdir(exist_ok=True)
    (directory / "watch.yaml").write_text(profile)
    snapshots.run(teiten, "synth", "--profile", directory / "watch.yaml", "--seed", 7, "--out",
                  directory / "watch.pcap")
    snapshots.run(teiten, "read", "--spool", directory / "spool", "--sensor", "w", "--monitored",
                  "203.0.113.0/26", "--interval", 3600, *options, directory / "watch.pcap")
    return directory / "spool"


def watch(teiten, *args, status=0):
    """The lines, and standard error."""
    done = subprocess.run([str(teiten), "watch", *map(str, args)], capture_output=True, text=True,
                          check=False)
    if done.returncode != status:
        raise SystemExit(f"watch {args}: exit status {done.returncode}: {done.stderr}")
    return [json.loads(line) for line in done.stdout.splitlines()], done.stderr


def told(lines):
    return sorted((line["event"], line["id"], line["time"]) for line in lines)


def judge(lines):
    """What is wrong with the lines of the whole time."""
    begun = [line for line in lines if line["event"] != "end"]
    if [(line["event"], line["target"]) for line in begun] != [("surge", "1521/TCP"),
                                                               ("new", "8080/TCP")]:
        yield f"told: {[(line['event'], line['target'], line['time']) for line in lines]}"
        return
    rise, new = begun
    if rise["time"][:10] != RISE_DAY or rise["cause"]["since"][:10] != RISE_DAY:
        yield f"the rise begins at {rise['time']}, since {rise['cause']['since']}"
    if [port["port"] for port in rise["cause"]["source_ports"]] != [6000]:
        yield f"source ports of the rise: {rise['cause']['source_ports']}"
    if not 5 <= rise["cause"]["sources"]["now"] <= 35 or "one_address" in rise["cause"]:
        yield f"sources of the rise: {rise['cause']}"
    if not 0.4 < rise["usual"]["rate"] < 0.6:
        yield f"usual before the rise: {rise['usual']}"
    if new["time"][:10] != NEW_DAY or new["cause"]["one_address"]["share_at_least"] != 1:
        yield f"new: {new}"
    if new["cause"]["sources"] != {"now": 1, "now_stderr": 0, "before_24h": 0,
                                   "before_24h_stderr": 0}:
        yield f"sources of the new target: {new['cause']['sources']}"
    ends = [line["target"] for line in lines if line["event"] == "end"]
    if ends != ["8080/TCP"]:
        yield f"ended: {ends}"


def restarts(teiten, directory, spool, whole):
    """In three runs with a state, the same is told; in a fourth nothing."""
    state = directory / "state"
    lines = []
    for to in ("2026-01-14T07:00:00Z", "2026-01-15T09:00:00Z", "2026-02-01", "2026-02-01"):
        more, _ = watch(teiten, "--once", "--state", state, "--to", to, spool)
        lines.append(more)
    if told(sum(lines, [])) != told(whole):
        yield f"with restarts: {told(sum(lines, []))}"
    if lines[3]:
        yield f"told again: {told(lines[3])}"


def nothing(teiten, directory, spool, whole):
    """A first run that has nothing to tell says what it looked at; the next one, which goes on from its state, nothing."""
    state = directory / "state-nothing"
    start = datetime.datetime.fromisoformat(START.replace("Z", "+00:00"))
    first, third = ((start + datetime.timedelta(hours=hours)).strftime("%Y-%m-%dT%H:%M:%SZ") for hours in (2, 3))
    want = f"teiten watch: 2 snapshots up to {first}, and nothing to tell; a target is judged once 24 hours of its past are known (docs/watch.md)\n"
    for options, to, said in ((), first, want), (("--state", state), first, want), (("--state", state), third, ""):
        got = watch(teiten, "--once", *options, "--to", to, spool)
        if got != ([], said):
            yield f"{options}, {to}: {got}"


def output_file(teiten, directory, spool, whole):
    """Without its state, what the file has is not written again; half a line is cut off."""
    out = directory / "out.jsonl"
    watch(teiten, "--once", "--out", out, spool)
    text = out.read_text()
    if told(json.loads(line) for line in text.splitlines()) != told(whole):
        yield "--out has other lines"
    out.write_text(text[:-20])
    watch(teiten, "--once", "--out", out, spool)
    if out.read_text() != text:
        yield "--out has lines twice, or not all"


def merged(teiten, directory, spool, whole):
    """Days that were merged since then are known again; of days alone, the same targets are told."""
    state = directory / "state-merged"
    copy = directory / "merged"
    shutil.copytree(spool, copy)
    watch(teiten, "--once", "--state", state, copy)
    snapshots.run(teiten, "compact", "--per", "day", copy)
    lines, _ = watch(teiten, "--once", "--state", state, copy)
    if lines:
        yield f"told of merged snapshots: {told(lines)}"
    lines, _ = watch(teiten, "--once", copy)
    names = {line["target"] for line in lines}
    if names != {line["target"] for line in whole} or not all(line.get("coarse") for line in lines):
        yield f"told of days: {lines}"


def merged_between(teiten, directory, spool, whole):
    """An event has the same packets where what came since it began was merged before it was counted, and says so. A sweep of which
    the first day was merged, and the second not, is none either."""
    state, copy = directory / "state-between", directory / "between"
    days = sorted((spool / "w").glob("2026-*"))
    for day in days[9:12]:
        shutil.copytree(day, copy / "w" / day.name)
    first, _ = watch(teiten, "--once", "--state", state, "--to", "2026-01-15T20:00:00Z", spool)
    snapshots.run(teiten, "compact", "--per", "day", copy)
    shutil.copytree(days[12], copy / "w" / days[12].name)
    rest, _ = watch(teiten, "--once", "--state", state, copy)
    if any("coarse" in line for line in first) or not all(line.get("coarse") for line in rest):
        yield f"coarse: {first + rest}"
    expected = [line["packets"] for line in whole if line["event"] == "end"]
    if [line["packets"] for line in rest] != expected:
        yield f"packets are {expected}: {rest}"


def damaged(teiten, directory, spool, whole):
    """A snapshot that is damaged, and a day that is missing, change nothing that is told."""
    copy = directory / "damaged"
    shutil.copytree(spool, copy)
    victim = copy / "w/2026-01-08/20260108T050000Z/targets.parquet"
    data = bytearray(victim.read_bytes())
    data[len(data) // 2] ^= 1
    victim.write_bytes(bytes(data))
    shutil.rmtree(copy / "w/2026-01-11")
    lines, errors = watch(teiten, "--once", copy, status=1)
    if told(lines) != told(whole):
        yield f"with a gap: {told(lines)}"
    if errors.count("\n") != 1 or "20260108T050000Z/targets.parquet" not in errors:
        yield f"of the damage: {errors}"


def sampled(teiten, directory, spool, whole):
    """What rises slowly is told where its sources cannot be counted, as none or few of them are in the sample."""
    lines, _ = watch(teiten, "--once", make_spool(teiten, directory / "sampled", SAMPLED, "--pair-rows", 1024))
    names = sorted(line["target"] for line in lines)
    if names != ["1521/TCP", "2323/TCP", "445/TCP", "8181/TCP"]:
        yield f"told: {told(lines)}"


def future(teiten, directory, spool, whole):
    """A snapshot of a clock that was wrong does not end what is told of the right ones."""
    copy, state = directory / "future", directory / "state-future"
    shutil.copytree(spool, copy)
    days = sorted((copy / "w").glob("2026-*"))
    for day in days[9:]:
        day.rename(directory / f"later-{day.name}")
    profile = snapshots.ROOT / "profiles/demo.yaml"
    snapshots.run(teiten, "synth", "--profile", profile, "--packets", 100, "--start", "2100-01-01T00:00:00Z", "--out",
                  directory / "future.pcap")
    snapshots.run(teiten, "read", "--spool", copy, "--sensor", "w", "--interval", 3600, "--pairs", 8192, "--geo", "none",
                  "--monitored", "203.0.113.0/24,198.51.100.0/24", directory / "future.pcap")
    first, errors = watch(teiten, "--once", "--state", state, copy, status=1)
    if errors.count("\n") != 1 or "later than now" not in errors:
        yield f"of the future: {errors}"
    for day in days[9:]:
        (directory / f"later-{day.name}").rename(day)
    rest, _ = watch(teiten, "--once", "--state", state, copy, status=1)
    if told(first + rest) != told(whole):
        yield f"after the future: {told(first + rest)}"


def silent(teiten, directory, spool, whole):
    """A sensor without packets is told once, and when they are back, in one run or in several; never with --silent 0, nor where the time was
    not observed."""
    for name, gap, n in (("silent", "1d", 2), ("away", "1h", 0)):
        found = make_spool(teiten, directory / name, SILENT, "--max-gap", gap)
        lines, _ = watch(teiten, "--once", found)
        if len(lines) != n:
            yield f"{name}: {lines}"
    found = directory / "silent/spool"
    lines, _ = watch(teiten, "--once", found)
    begin, end = lines
    since = begin["since"]
    if not "2026-01-06T15:00:00Z" <= since <= "2026-01-06T16:00:00Z" or begin["id"] != f"w/packets/{since}":
        yield f"begins: {begin}"
    expected = {"event": "end", "id": begin["id"], "time": "2026-01-07T01:00:00Z", "sensor": "w", "without": "packets",
                "began": since, "reason": "back"}
    if end != expected or (begin["event"], begin["without"], begin["frames"], begin["link_down_s"]) != ("silent", "packets", 0, 0):
        yield f"lines: {lines}"
    state, more = directory / "state-silent", []
    for to in (begin["time"], "2026-01-06T20:00:00Z", "2026-02-01"):
        more.append(watch(teiten, "--once", "--state", state, "--to", to, found)[0])
    if more != [[begin], [], [end]]:
        yield f"with restarts: {more}"
    if watch(teiten, "--once", "--silent", 0, found)[0]:
        yield "told with --silent 0"


def live(teiten, directory, spool, whole):
    """What comes while it runs is told; a signal ends it with its state saved."""
    copy, out, state = directory / "live", directory / "live.jsonl", directory / "state-live"
    days = sorted((spool / "w").glob("2026-*"))
    (copy / "w").mkdir(parents=True)
    for day in days[:9]:
        shutil.copytree(day, copy / "w" / day.name)
    program = subprocess.Popen([str(teiten), "watch", "--from", START, "--poll", "1", "--state", state,
                                "--out", out, copy])
    for day in days[9:]:
        shutil.copytree(day, copy / "w" / f".tmp-{day.name}")
        (copy / "w" / f".tmp-{day.name}").rename(copy / "w" / day.name)
    until = time.monotonic() + WAIT_S
    while time.monotonic() < until and (not out.exists()
                                        or out.read_text().count("\n") < len(whole)):
        time.sleep(0.2)
    program.send_signal(signal.SIGTERM)
    if program.wait(WAIT_S) != 128 + signal.SIGTERM:
        yield f"exit status {program.returncode}"
    if told(json.loads(line) for line in out.read_text().splitlines()) != told(whole):
        yield f"live: {out.read_text()}"
    if watch(teiten, "--once", "--state", state, copy)[0]:
        yield "told again after it was stopped"


def main(teiten):
    with tempfile.TemporaryDirectory() as name:
        directory = pathlib.Path(name)
        spool = make_spool(teiten, directory)
        whole, _ = watch(teiten, "--once", spool)
        wrong = list(judge(whole))
        for case in (restarts, nothing, output_file, merged, merged_between, damaged, sampled, future, silent, live):
            wrong += [f"{case.__name__}: {what}" for what in case(teiten, directory, spool, whole)]
    for what in wrong:
        print(what)
    print(f"{len(whole)} lines, {len(wrong)} problems")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
