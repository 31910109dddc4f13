# SPDX-License-Identifier: BSD-3-Clause
"""Runs programs, one at a time, on the CPU that measurements have for themselves."""
import concurrent.futures
import contextlib
import dataclasses
import json
import os
import pathlib
import shutil
import signal
import subprocess
import tempfile
import time

from . import Failure, LeftOut

SKIPPED = 77  # as in the tests


@dataclasses.dataclass(frozen=True)
class Done:
    out: str
    wall_s: float
    cpu_s: float


def find(name):
    """A program of the system. LeftOut where it is not installed."""
    found = shutil.which(name) or shutil.which(name, path="/usr/sbin:/sbin")
    if found is None:
        raise LeftOut("not installed")
    return found


def _prepare(cpu, priority):
    """In the child: a CPU, and a real-time priority where one is asked for."""
    def prepare():
        os.sched_setaffinity(0, {cpu})
        if priority > 0:
            os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(priority))
    return prepare


def run(args, cpu, priority=0, cwd=None):
    """Runs a program to its end; what it used is its own. Failure unless it exits with 0."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        start = time.monotonic()
        child = subprocess.Popen([str(arg) for arg in args], stdin=subprocess.DEVNULL, stdout=out,
                                 stderr=err, cwd=cwd, preexec_fn=_prepare(cpu, priority))
        try:
            _, status, used = os.wait4(child.pid, 0)
        except BaseException:
            child.kill()
            child.wait()
            raise
        wall_s = time.monotonic() - start
        child.returncode = os.waitstatus_to_exitcode(status)
        texts = [stream.seek(0) or stream.read().decode(errors="replace") for stream in (out, err)]
    if child.returncode == SKIPPED:
        raise LeftOut(texts[1].strip() or "it cannot run here: too few huge pages")
    if child.returncode != 0:
        raise Failure(f"{pathlib.Path(args[0]).name} ended with {child.returncode}: "
                      f"{texts[1].strip() or texts[0].strip()}")
    return Done("".join(texts), wall_s, used.ru_utime + used.ru_stime)


def run_at_once(commands, cpus, priority=0):
    """Runs them all at once, a CPU each. Failure, or LeftOut, unless all exit with 0."""
    with concurrent.futures.ThreadPoolExecutor(len(commands)) as pool:
        return list(pool.map(lambda args, cpu: run(args, cpu, priority), commands, cpus))


def json_lines(text):
    return [json.loads(line) for line in text.splitlines() if line.startswith("{")]


@contextlib.contextmanager
def background(args, log):
    """A program that runs meanwhile; what it prints is in the file `log`. Killed if it is still
    there in the end."""
    with log.open("wb") as out:
        child = subprocess.Popen([str(arg) for arg in args], stdin=subprocess.DEVNULL, stdout=out,
                                 stderr=subprocess.STDOUT, start_new_session=True)
    try:
        yield child
    finally:
        if child.poll() is None:
            child.kill()
            child.wait()


def wait_for(child, log, condition, seconds, what):
    """Until it is true of what the program printed; Failure if not in time, or if it has ended."""
    end = time.monotonic() + seconds
    while not condition(log.read_text(errors="replace")):
        if child.poll() is not None or time.monotonic() > end:
            fail(child, log, what)
        time.sleep(0.02)


def interrupt(child, log, seconds):
    """SIGINT, then its exit status has to be 0."""
    child.send_signal(signal.SIGINT)
    try:
        status = child.wait(seconds)
    except subprocess.TimeoutExpired:
        fail(child, log, "does not end")
    if status != 0:
        fail(child, log, f"ended with {status}")


def fail(child, log, what):
    last = "\n".join(log.read_text(errors="replace").splitlines()[-8:])
    raise Failure(f"{pathlib.Path(child.args[0]).name} {what}; what it printed last:\n{last}")
