#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""`teiten watch` while things go wrong: what it tells is the same in the end, each event once, and each trouble in one line.

    watch_disturbed.py TEITEN"""
import contextlib
import ctypes
import json
import os
import pathlib
import random
import re
import resource
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import time

import snapshots
import watch

NOBODY = 65534
IN_OPEN = 0x20
WAIT_S = 120
CUT = 9  # days after which the first event begins


def days_of(sensor):
    return sorted(sensor.glob("2026-*"))


def is_beginning(line):
    return re.fullmatch(r"teiten watch: following /\S+, a look every \d+ s", line) is not None


class Watch:
    """A watch that follows a spool, with its lines and errors in files."""

    def __init__(self, teiten, directory, name, *args, **how):
        self.stdout, self.stderr = directory / f"{name}.lines", directory / f"{name}.errors"
        with self.stdout.open("w") as out, self.stderr.open("w") as err:
            self.process = subprocess.Popen([str(teiten), "watch", "--poll", "1", *map(str, args)],
                                            stdout=how.pop("stdout", out), stderr=err, **how)

    def lines(self, path=None):
        """Those that are whole."""
        return [json.loads(line) for line in (path or self.stdout).read_text().split("\n")[:-1]]

    def errors(self):
        """What is said after the first line, which says that it has begun."""
        lines = self.stderr.read_text().splitlines()
        if lines and not is_beginning(lines[0]):
            raise AssertionError(lines)
        return lines[1:]

    def stop(self, number=signal.SIGTERM):
        if self.process.poll() is None:
            self.process.send_signal(number)
        return self.process.wait(WAIT_S)


@contextlib.contextmanager
def following(*args, **how):
    program = Watch(*args, **how)
    try:
        yield program
    finally:
        program.stop(signal.SIGKILL)


def until(is_so):
    end = time.monotonic() + WAIT_S
    while not is_so() and time.monotonic() < end:
        time.sleep(0.1)
    return is_so()


class Opens:
    """How often these files and directories are opened."""

    def __init__(self, *paths):
        libc = ctypes.CDLL(None, use_errno=True)
        self.fd = libc.inotify_init1(os.O_NONBLOCK)
        for path in paths:
            if libc.inotify_add_watch(self.fd, os.fsencode(path), IN_OPEN) < 0:
                raise OSError(ctypes.get_errno(), "inotify_add_watch")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        os.close(self.fd)

    def n(self):
        """Since it was asked last."""
        n = 0
        with contextlib.suppress(BlockingIOError):
            while data := os.read(self.fd, 65536):
                while data:
                    n += 1
                    data = data[16 + struct.unpack_from("I", data, 12)[0]:]
        return n


def two_sensors(teiten, directory, spool, whole):
    """A sensor that sends no more costs no listing of what others send; one that comes late with all its past is taken up."""
    copy, state = directory / "sensors", directory / "state-sensors"
    shutil.copytree(spool, copy)
    for day in days_of(copy / "w")[3:]:
        shutil.rmtree(day)
    arrived = directory / "v" / "v"
    arrived.rename(copy / "v")
    expected = sorted((line["event"], line["target"], line["time"]) for line in whole)
    args = (teiten, directory, "sensors", "--from", watch.START, "--state", state, copy)
    with following(*args) as program:
        if not until(lambda: len(program.lines()) >= len(whole)):
            yield f"of the first sensor: {program.lines()}"
        time.sleep(4)  # days settle
        with Opens(*days_of(copy / "v"), *days_of(copy / "w")) as opens:
            time.sleep(4)
            opened = opens.n()
        if opened:
            yield f"days were listed {opened} times, though nothing was new"
        (directory / "u" / "u").rename(copy / "u")
        if not until(lambda: len(program.lines()) >= 2 * len(whole)):
            yield f"of a sensor that came late: {watch.told(program.lines())}"
        for sensor in "uv":
            told = sorted((line["event"], line["target"], line["time"]) for line in program.lines()
                          if line["sensor"] == sensor)
            if told != expected:
                yield f"of sensor {sensor}: {told}"
        if program.errors():
            yield f"errors: {program.errors()}"


def unreadable(teiten, directory, spool, whole):
    """Days that cannot be read for a while, and a spool that is away, are told once and read later."""
    copy, state = directory / "unreadable", directory / "state-unreadable"
    shutil.copytree(spool, copy)
    closed = days_of(copy / "w")[CUT:]
    for day in closed:
        day.chmod(0)
    how = {"user": NOBODY} if os.geteuid() == 0 else {}
    args = (teiten, directory, "unreadable", "--from", watch.START, copy)
    with following(*args, **how) as program:
        until(lambda: len(program.errors()) >= len(closed))
        copy.rename(directory / "away")
        until(lambda: len(program.errors()) > len(closed))
        time.sleep(2.5)
        (directory / "away").rename(copy)
        time.sleep(2.5)
        if len(program.errors()) != len(closed) + 1 or f"{copy}: No such" not in program.errors()[-1]:
            yield f"told: {program.errors()}"
        for day in closed:
            day.chmod(0o755)
        if not until(lambda: len(program.lines()) >= len(whole)):
            yield f"once they could be read: {watch.told(program.lines())}"
        if program.stop() != 128 + signal.SIGTERM or watch.told(program.lines()) != watch.told(whole):
            yield f"exit status {program.process.returncode}, {watch.told(program.lines())}"


def limited():
    resource.setrlimit(resource.RLIMIT_FSIZE, (2000, resource.RLIM_INFINITY))


def full(teiten, directory, spool, whole):
    """A state that cannot be written is told once by its name, and lines wait for it: a kill loses none, and none comes twice."""
    state, link = directory / "behind", directory / "state-full"
    link.symlink_to(state)
    watch.watch(teiten, "--once", "--state", link, "--to", watch.START, spool, status=1)
    how = {"preexec_fn": limited, "restore_signals": False}
    args = (teiten, directory, "full", "--state", link, spool)
    with following(*args, **how) as program:
        until(lambda: program.errors())
        time.sleep(3)
        if [f"{link}: cannot be written" in line for line in program.errors()] != [True]:
            yield f"told: {program.errors()}"
        if program.lines():
            yield f"lines without their state: {watch.told(program.lines())}"
        program.stop(signal.SIGKILL)
    with following(*args, **how) as program:
        until(lambda: program.errors())
        resource.prlimit(program.process.pid, resource.RLIMIT_FSIZE,
                         (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        until(lambda: len(program.lines()) >= len(whole))
        time.sleep(2)
        program.stop(signal.SIGKILL)
        if watch.told(program.lines()) != watch.told(whole):
            yield f"once there was room: {watch.told(program.lines())}"
    if watch.watch(teiten, "--once", "--state", link, spool)[0] or not link.is_symlink():
        yield "told again after a kill, or the link is gone"


def out_full(teiten, directory, spool, whole):
    """A file of lines that cannot be written to is told once, and has all lines in the end."""
    out = directory / "full.jsonl"
    out.write_text("{}\n" * 600)
    args = (teiten, directory, "out-full", "--from", watch.START, "--out", out, spool)
    with following(*args, preexec_fn=limited, restore_signals=False) as program:
        until(lambda: program.errors())
        time.sleep(2.5)
        if [str(out) in line for line in program.errors()] != [True]:
            yield f"told: {program.errors()}"
        resource.prlimit(program.process.pid, resource.RLIMIT_FSIZE,
                         (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        until(lambda: out.read_text().count("\n") >= 600 + len(whole))
        told = program.lines(out)[600:]
        if watch.told(told) != watch.told(whole):
            yield f"in the file: {watch.told(told)}"


def killed(teiten, directory, spool, whole):
    """Killed again and again, with lines in a file, it tells each once."""
    out, state = directory / "killed.jsonl", directory / "state-killed"
    draw = random.Random(7)
    args = [str(teiten), "watch", "--from", watch.START, "--once", "--state", str(state), "--out", str(out),
            str(spool)]
    for _ in range(12):
        with subprocess.Popen(args) as program:
            time.sleep(draw.uniform(0, 0.5))
            program.kill()
    subprocess.run(args, check=True)
    told = [json.loads(line) for line in out.read_text().splitlines()]
    if watch.told(told) != watch.told(whole):
        yield f"told: {watch.told(told)}"


def reader_gone(teiten, directory, spool, whole):
    """Lines that nobody read are told by the next run."""
    state = directory / "state-gone"
    get, put = os.pipe()
    os.close(get)
    done = subprocess.run([str(teiten), "watch", "--from", watch.START, "--state", str(state), str(spool)],
                          stdout=put, stderr=subprocess.PIPE, text=True, check=False, timeout=WAIT_S)
    os.close(put)
    if done.returncode != 0 or done.stderr.count("\n") != 1 or not is_beginning(done.stderr.rstrip("\n")):
        yield f"exit status {done.returncode}: {done.stderr}"
    lines, _ = watch.watch(teiten, "--once", "--state", state, spool)
    if watch.told(lines) != watch.told(whole):
        yield f"the next run: {watch.told(lines)}"


def replaced(teiten, directory, spool, whole):
    """A snapshot that seems damaged, and is replaced before the next look, is judged as ever. One that stays damaged is told once."""
    copy = directory / "replaced"
    shutil.copytree(spool, copy)
    first = min(whole, key=lambda line: line["time"])
    hours = sorted(copy.glob("w/*/*"))
    end = hours.index(copy / "w" / first["time"][:10] / f"{first['time'][:13].replace('-', '')}0000Z")
    for hour in hours[end:]:
        shutil.rmtree(hour)
    victims = [hours[end - 1], hours[end - 30]]
    right = [directory / f"right-{victim.name}" for victim in victims]
    for victim, whole_one in zip(victims, right):
        shutil.copytree(victim, whole_one)
        targets = victim / "targets.parquet"
        targets.write_bytes(targets.read_bytes()[:-9])
    with Opens(victims[0] / "manifest.json") as opens:
        args = (teiten, directory, "replaced", "--from", watch.START, "--poll", "5", copy)
        with following(*args) as program:
            until(opens.n)
            victims[0].rename(directory / "wrong")
            right[0].rename(victims[0])
            until(lambda: program.errors() and program.lines())
            time.sleep(6)
            if watch.told(program.lines()) != watch.told([first]):
                yield f"told: {watch.told(program.lines())}"
            if [str(victims[1]) in line for line in program.errors()] != [True]:
                yield f"errors: {program.errors()}"


def two_watches(teiten, directory, spool, _):
    """A second watch with the same state, or of the same file, is refused; errors name what was given."""
    state, out = directory / "state-two", directory / "two.jsonl"
    with following(teiten, directory, "two", "--state", state, "--out", out, spool) as program:
        until(state.exists)
        for args, name in ((("--state", state), state), (("--out", out), out)):
            _, errors = watch.watch(teiten, "--once", *args, spool, status=1)
            if errors.count("\n") != 1 or f" {name}: another watch " not in errors:
                yield f"{args[0]}: {errors}"
        if program.stop() != 128 + signal.SIGTERM:
            yield f"exit status {program.process.returncode}"
    missing = directory / "missing" / "state"
    _, errors = watch.watch(teiten, "--once", "--state", missing, spool, status=1)
    if errors.count("\n") != 1 or f" {missing}: No such file" not in errors:
        yield f"no directory: {errors}"
    watch.watch(teiten, "--once", "--state", out, "--out", out, spool, status=2)


def begun_once(teiten, directory, spool, whole):
    """What was there before the state was begun is no news after a kill either."""
    copy, state = directory / "begun", directory / "state-begun"
    shutil.copytree(spool, copy)
    with following(teiten, directory, "begun", "--state", state, copy) as program:
        until(state.exists)
        program.stop(signal.SIGKILL)
    lines, _ = watch.watch(teiten, "--once", "--state", state, copy)
    if lines:
        yield f"told: {watch.told(lines)}"


def beside_compact(teiten, directory, spool, whole):
    """What is merged while it is read is no trouble, and is counted once."""
    copy, state = directory / "beside", directory / "state-beside"
    shutil.copytree(spool, copy)
    compact = subprocess.Popen([str(teiten), "compact", "--per", "day", str(copy)], stdout=subprocess.DEVNULL)
    rounds = []
    while compact.poll() is None or len(rounds) < 2:
        rounds.append(watch.watch(teiten, "--once", "--state", state, copy))
    lines = [line for told, _ in rounds for line in told]
    if any(errors for _, errors in rounds):
        yield f"errors: {[errors for _, errors in rounds]}"
    if {line["target"] for line in lines} != {line["target"] for line in whole} or len(lines) != len(whole):
        yield f"told: {watch.told(lines)}"


def ipv6(teiten, directory, *_):
    """Rates of an IPv6 sensor: by address where it has few, by sensor where it has /64s."""
    profile = """
name: six
start: 2026-01-05T00:00:00Z
duration: 9d
monitored: {monitored}
components:
  - {{target: 22/TCP, rate: 1600/day, sources: 20, ip_version: 6}}
  - {{target: 8080/TCP, rate: 4800/day, from: 8d, sources: 1, ip_version: 6}}
"""
    for name, monitored, addresses in (("few", "2001:db8::/122", 64), ("one", "2001:db8::/64", 1),
                                       ("two", "2001:db8::/64,2001:db8:1::/64", 1)):
        (directory / "six.yaml").write_text(profile.format(monitored=monitored))
        snapshots.run(teiten, "synth", "--profile", directory / "six.yaml", "--out", directory / "six.pcap")
        snapshots.run(teiten, "read", "--spool", directory / "six", "--sensor", name, "--monitored", monitored,
                      "--interval", 3600, "--pairs", 8192, "--geo", "none", directory / "six.pcap")
        lines, _ = watch.watch(teiten, "--once", directory / "six" / name)
        if [(line["event"], line["target"]) for line in lines] != [("new", "8080/TCP")]:
            yield f"{name}: {lines}"
            continue
        line = lines[0]
        rate = line["packets"] * 24 / addresses / line["window_hours"]
        if abs(line["rate"] / rate - 1) > 0.001 or ":" not in line["cause"]["one_address"]["address"]:
            yield f"{name}: {line}, {rate}"


def read_now(teiten, directory, spool, after_s):
    """Three snapshots of a second each, of which the first begins so much later than now. Returns when the last one ends."""
    start = int(time.time()) + after_s
    text = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(start))
    (directory / "now.yaml").write_text("name: now\nduration: 3s\nmonitored: 203.0.113.0/26\ncomponents:\n"
                                        "  - {target: 445/TCP, rate: 500000/day/address, sources: 60}\n")
    snapshots.run(teiten, "synth", "--profile", directory / "now.yaml", "--start", text, "--out", directory / "now.pcap")
    snapshots.run(teiten, "read", "--spool", spool, "--sensor", "now", "--monitored", "203.0.113.0/26", "--interval", 1,
                  "--pairs", 8192, "--geo", "none", directory / "now.pcap")
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(start + 3))


def overdue(teiten, directory, spool, whole):
    """A sensor that sends no more snapshots is told once, also over a restart, and when it is back; those that ended long ago are not."""
    copy, state = directory / "overdue", directory / "state-overdue"
    shutil.copytree(spool, copy)
    ended = read_now(teiten, directory, copy, 5)
    args = ("--overdue", "20s", "--state", state, copy)
    with following(teiten, directory, "overdue-1", *args) as program:
        if not until(program.lines):
            yield f"nothing is told: {program.errors()}"
            return
        program.stop()
        begin, *more = program.lines()
    expected = {"event": "silent", "id": f"now/snapshots/{ended}", "sensor": "now", "without": "snapshots", "since": ended,
                "allowed_s": 20, "time": begin["time"]}
    if begin != expected or more or not begin["time"] > ended:
        yield f"told: {begin}, {more}"
    with following(teiten, directory, "overdue-2", *args) as program:
        time.sleep(3)
        read_now(teiten, directory, copy, 0)
        if not until(program.lines):
            yield f"its end is not told: {program.errors()}"
            return
        program.stop()
        lines = program.lines()
    expected = {"event": "end", "id": begin["id"], "sensor": "now", "without": "snapshots", "began": ended, "reason": "back",
                "time": lines[0]["time"]}
    if lines != [expected]:
        yield f"of its end: {lines}"


CASES = (two_sensors, unreadable, full, out_full, killed, reader_gone, replaced, two_watches, begun_once, beside_compact, ipv6, overdue)


def make_more(teiten, directory):
    """The same packets as two more sensors, that are not in the spool yet."""
    for sensor in "uv":
        snapshots.run(teiten, "read", "--spool", directory / sensor, "--sensor", sensor, "--monitored",
                      "203.0.113.0/26", "--interval", 3600, directory / "watch.pcap")


def main(teiten, only):
    with tempfile.TemporaryDirectory() as name:
        directory = pathlib.Path(name)
        directory.chmod(0o755)
        spool = watch.make_spool(teiten, directory)
        make_more(teiten, directory)
        whole, _ = watch.watch(teiten, "--once", spool)
        wrong = []
        for case in CASES:
            if not only or case.__name__ in only:
                wrong += [f"{case.__name__}: {what}" for what in case(teiten, directory, spool, whole)]
    for what in wrong:
        print(what)
    print(f"{len(whole)} lines, {len(wrong)} problems")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
