#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""`teiten report` and the lock of whoever merges: stopped in the middle, while snapshots are merged, it begins anew; waits for those
alone whose snapshots it reads, holding no other meanwhile, says so, and not for ever; and keeps them all out while it reads again, for
which they wait. `teiten merge` that waits for it has no lock meanwhile.

    report_waits.py TEITEN"""
import contextlib
import ctypes
import fcntl
import json
import os
import pathlib
import resource
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time

import snapshots
from report_beside import check, counts

SECONDS, INTERVAL, PACKETS = 120, 10, 40000
FILES = 24
IN_OPEN = 0x20
WAITING = "waiting for a program that merges or deletes its snapshots"
libc = ctypes.CDLL(None, use_errno=True)


@contextlib.contextmanager
def opened(path):
    """Gives a function that returns once somebody opens the file, or after so many seconds: has somebody?"""
    fd = libc.inotify_init1(os.O_CLOEXEC)
    check(f"inotify: {os.strerror(ctypes.get_errno())}", fd >= 0 and libc.inotify_add_watch(fd, bytes(path), IN_OPEN) >= 0)
    try:
        yield lambda seconds=60: bool(select.select([fd], [], [], seconds)[0] and os.read(fd, 4096))
    finally:
        os.close(fd)


@contextlib.contextmanager
def locked(sensor):
    """As by a compact that does nothing."""
    with open(sensor / ".compact", "a", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield lock


def line_of(process):
    """The next line that it says."""
    check("nothing was said", select.select([process.stderr], [], [], 60)[0])
    return process.stderr.readline()


class Report:
    running = []

    def __init__(self, teiten, spool, *args):
        self.process = subprocess.Popen([teiten, "report", "--period", "2026-01-05", "--format", "json", *args, spool],
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.running.append(self.process)

    def stop(self):
        self.process.send_signal(signal.SIGSTOP)
        _, status = os.waitpid(self.process.pid, os.WUNTRACED)
        check(f"the report was not stopped: {status}", os.WIFSTOPPED(status))

    def go_on(self):
        self.process.send_signal(signal.SIGCONT)

    def go_on_and_wait_for(self, sensor):
        self.go_on()
        line = line_of(self.process)
        check(line, line == f"teiten report: {sensor}: {WAITING}\n")

    def end(self):
        """What it found, and what it said."""
        try:
            out, err = self.process.communicate(timeout=60)
        except subprocess.TimeoutExpired:
            raise AssertionError("the report does not end") from None
        check(err, self.process.returncode == 0)
        return counts(json.loads(out)), err


def first(sensor):
    """The targets of its first snapshot."""
    return min(sensor.glob("*/*Z")) / "targets.parquet"


def compact(teiten, sensor, per):
    return [teiten, "compact", "--per", str(per), "--now", "2026-02-01", sensor]


def stopped_report(teiten, spool, *args):
    """One that has read what is no longer there once it goes on."""
    with opened(first(spool / "a")) as wait:
        report = Report(teiten, spool, *args)
        wait()
        report.stop()
    snapshots.run(*compact(teiten, spool / "a", 60))
    return report


def others_do_not_matter(teiten, spool):
    wanted, _ = Report(teiten, spool, "--sensor", "a").end()
    report = stopped_report(teiten, spool, "--sensor", "a")
    with locked(spool / "b"):
        report.go_on()
        found, said = report.end()
    check(f"{found}, not {wanted}", found == wanted)
    check(said, said == "")


def waits_and_says_so(teiten, spool):
    wanted, _ = Report(teiten, spool).end()
    report = stopped_report(teiten, spool)
    with locked(spool / "a"):
        report.go_on_and_wait_for(spool / "a")
    found, said = report.end()
    check(f"{found}, not {wanted}", found == wanted)
    check(said, said == "")


def does_not_wait_for_ever(teiten, spool):
    wanted, _ = Report(teiten, spool).end()
    report = stopped_report(teiten, spool, "--wait", "2s")
    with locked(spool / "a"):
        report.go_on()
        found, said = report.end()
    check(f"{found}, not {wanted}", found == wanted)
    check(said, said == f"teiten report: {spool}/a: {WAITING}\nteiten report: {spool}/a: nothing was merged in 2 s, and its lock is held "
                        "still: going on beside it\n")


def locks_of(sensor):
    """Of a sensor that was never merged, the directory."""
    lock = sensor / ".compact"
    return lock if lock.exists() else sensor


def is_held(sensor):
    fd = os.open(locks_of(sensor), os.O_RDONLY)
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(fd)
    return False


def holds_all(teiten, spool):
    """Also where what was merged was missed before a table was read; and a sensor that was never merged."""
    wanted, _ = Report(teiten, spool).end()
    manifest = first(spool / "a").with_name("manifest.json")
    with opened(manifest) as wait:
        report = Report(teiten, spool)
        wait()
        report.stop()
    snapshots.run(*compact(teiten, spool / "b", 60))
    with opened(manifest) as wait:
        report.go_on()
        wait()
        report.stop()
    held = [sensor for sensor in "ab" if is_held(spool / sensor)]
    check(f"held are {held}", held == ["a", "b"])
    report.go_on()
    found, said = report.end()
    check(f"{found}, not {wanted}", found == wanted)
    check(said, said == "")


def holds_none_while_it_waits(teiten, spool):
    wanted, _ = Report(teiten, spool).end()
    report = stopped_report(teiten, spool)
    with locked(spool / "b"):
        report.go_on_and_wait_for(spool / "b")
        other = subprocess.run([str(arg) for arg in compact(teiten, spool / "a", 600)], capture_output=True, text=True, check=True, timeout=60)
        check(other.stderr, other.stderr == "")
    found, said = report.end()
    check(f"{found}, not {wanted}", found == wanted)
    check(said, said == "")


def lock_that_cannot_be_had(teiten, spool):
    wanted, _ = Report(teiten, spool).end()
    report = stopped_report(teiten, spool)
    (spool / "b/.compact").symlink_to(".compact")
    report.go_on()
    found, said = report.end()
    check(f"{found}, not {wanted}", found == wanted)
    check(said, said == f"teiten report: {spool}/b: its lock cannot be had (Too many levels of symbolic links): going on beside whoever "
                        "merges its snapshots\n")


def deleted_by_hand(teiten, spool):
    """In every try one, or more where it is stopped late."""
    with opened(first(spool / "a")) as wait:
        report = Report(teiten, spool)
        for path in sorted((spool / "b").glob("*/*Z"))[1:]:
            while not wait(0.1) and report.process.poll() is None:
                pass
            if report.process.poll() is not None:
                break
            report.stop()
            shutil.rmtree(path)
            wait(0)
            report.go_on()
    _, said = report.process.communicate(timeout=60)
    check(said, report.process.returncode == 1 and "deleted or replaced while it was being read, as others were in 4 tries, by something "
                                                   "that takes no lock" in said)


def short_waits_add_up(teiten, spool):
    """One sensor or the other is always locked, neither for long."""
    wanted, _ = Report(teiten, spool).end()
    report = stopped_report(teiten, spool, "--wait", "1s")
    with locked(spool / "b"):
        pass
    ended = threading.Event()

    def take_turns():
        with contextlib.ExitStack() as held:
            while not ended.is_set():
                for sensor in "ab":
                    with contextlib.ExitStack() as before:
                        before.push(held.pop_all())
                        held.enter_context(locked(spool / sensor))
                    time.sleep(0.3)

    thread = threading.Thread(target=take_turns)
    thread.start()
    time.sleep(0.2)
    try:
        report.go_on()
        found, said = report.end()
    finally:
        ended.set()
    thread.join(60)
    check(f"{found}, not {wanted}", found == wanted)
    check(said, WAITING in said and "the last of the sensors whose locks it waited for" in said)


def merge_waits(teiten, spool):
    """It holds up no writer, and knows what was compacted meanwhile."""
    out = spool.with_name(f"{spool.name}-merged")
    merge = [teiten, "merge", "--spool", out, "--sensor", "m"]
    snapshots.run(*merge, "--to", "2026-01-05T00:01:00Z", spool / "a")
    with open(out / "m/.compact", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_SH)
        other = subprocess.Popen([str(arg) for arg in (*merge, spool / "a")], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        Report.running.append(other)
        line = line_of(other)
        check(line, line == f"teiten merge: {out}/m: waiting for a report that reads its snapshots\n")
        with open(out / "m/.lock", encoding="ascii") as writer:
            fcntl.flock(writer, fcntl.LOCK_EX | fcntl.LOCK_NB)
        snapshots.run(*compact(teiten, spool / "a", 60))
    _, said = other.communicate(timeout=60)
    check(said, other.returncode == 0 and said == "")


def merge_finds_nothing(teiten, spool):
    """What was deleted while it waited is said, and what had nothing before is said once."""
    out = spool.with_name(f"{spool.name}-merged")
    merge = [teiten, "merge", "--spool", out, "--sensor", "m"]
    snapshots.run(*merge, "--to", "2026-01-05T00:01:00Z", spool / "a")
    (spool / "none").mkdir()
    with open(out / "m/.compact", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_SH)
        other = subprocess.Popen([str(arg) for arg in (*merge, spool / "none", spool / "b")], stdout=subprocess.DEVNULL,
                                 stderr=subprocess.PIPE, text=True)
        Report.running.append(other)
        lines = [line_of(other), other.stderr.readline()]
        check(lines, lines == [f"teiten merge: no snapshots in {spool}/none\n",
                               f"teiten merge: {out}/m: waiting for a report that reads its snapshots\n"])
        for path in (spool / "b").glob("*/*Z"):
            shutil.rmtree(path)
    _, said = other.communicate(timeout=60)
    check(said, other.returncode == 1 and said == f"teiten merge: no snapshots in {spool}/b\n")


def compact_waits(teiten, spool):
    wanted, _ = Report(teiten, spool).end()
    report = stopped_report(teiten, spool)
    with opened(first(spool / "a")) as wait:
        report.go_on()
        wait()
        report.stop()
    other = subprocess.Popen(compact(teiten, spool / "a", 600), stderr=subprocess.PIPE, text=True)
    line = line_of(other)
    check(line, line == f"teiten compact: {spool}/a: waiting for a report that reads its snapshots\n")
    check("it was merged while it was held", len(list((spool / "a").glob("*/*Z"))) == SECONDS // 60)
    report.go_on()
    found, said = report.end()
    check(f"{found}, not {wanted}", found == wanted)
    check(said, said == "")
    _, said = other.communicate(timeout=60)
    check(said, other.returncode == 0 and said == "" and len(list((spool / "a").glob("*/*Z"))) == 1)


def more_sensors_than_files(teiten, spool):
    """A lock is an open file; the limit that is raised is the soft one."""
    capture = spool.parent / "few.pcap"
    snapshots.run(teiten, "synth", "--profile", snapshots.ROOT / "profiles/demo.yaml", "--packets", 100, "--duration", 60, "--out", capture)
    for i in range(FILES):
        snapshots.run(teiten, "read", "--spool", spool, "--sensor", f"c{i}", "--interval", 60, "--monitored",
                      "203.0.113.0/24,198.51.100.0/24", "--table-memory", "560M", capture)
    wanted, _ = Report(teiten, spool).end()
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (FILES, hard))
    try:
        report = stopped_report(teiten, spool)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    with locked(spool / "a"):
        report.go_on_and_wait_for(spool / "a")
    found, said = report.end()
    check(f"{found}, not {wanted}", found == wanted)
    check(said, said == "")


def main(teiten):
    with tempfile.TemporaryDirectory() as directory:
        base = pathlib.Path(directory)
        spool = base / "spool"
        for i, sensor in enumerate("ab"):
            made = base / f"{sensor}.pcap"
            snapshots.run(teiten, "synth", "--profile", snapshots.ROOT / "profiles/demo.yaml", "--seed", i, "--packets", PACKETS,
                          "--duration", SECONDS, "--out", made)
            snapshots.run(teiten, "read", "--spool", spool, "--sensor", sensor, "--interval", INTERVAL, "--monitored",
                          "203.0.113.0/24,198.51.100.0/24", "--rules", snapshots.RULES, made)
        try:
            for test in (others_do_not_matter, waits_and_says_so, does_not_wait_for_ever, holds_all, holds_none_while_it_waits,
                         lock_that_cannot_be_had, short_waits_add_up, deleted_by_hand, merge_waits, merge_finds_nothing, compact_waits,
                         more_sensors_than_files):
                copy = base / test.__name__
                shutil.copytree(spool, copy)
                test(teiten, copy)
                print(f"ok: {test.__name__}")
        finally:
            for process in Report.running:
                process.kill()


if __name__ == "__main__":
    main(sys.argv[1])
