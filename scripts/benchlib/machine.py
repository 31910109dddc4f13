# SPDX-License-Identifier: BSD-3-Clause
"""The machine: CPUs, huge pages, and programs in the background that are ended by their ids."""
import contextlib
import ctypes
import fcntl
import os
import pathlib
import pty
import re
import signal
import struct
import subprocess
import termios
import threading
import time

from . import Failure

SCRIPTS = pathlib.Path(__file__).resolve().parents[1]
NR_HUGEPAGES = pathlib.Path("/sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages")
LIBC = ctypes.CDLL(None)
PR_SET_PDEATHSIG = 1


def wait_for(seconds, condition, pause=0.1):
    """Until it is true; returns whether it became so in time."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(pause)
    return True


def parse_cpus(text):
    """"2-4,7" -> [2, 3, 4, 7]"""
    cpus = []
    for part in text.split(","):
        first, _, last = part.partition("-")
        cpus += range(int(first), int(last or first) + 1)
    return cpus


def place(cpus, workers):
    """(CPUs of teitend, CPUs of the generator, whether none is shared); the first of each is for
    management. Where there are too few, the two managements share one, then the generator joins
    them, then workers share theirs."""
    shared = cpus[0]
    rest = cpus[1:] or cpus
    if len(cpus) >= workers + 3:
        return [shared, *rest[:workers]], [rest[workers + 1], rest[workers]], True
    counting = [rest[i % len(rest)] for i in range(workers)]
    sending = rest[workers] if len(rest) > workers else shared
    return [shared, *counting], [shared, sending], False


def lcores(cpus):
    """EAL's argument that puts lcore 0, 1, … on these CPUs."""
    return "--lcores=" + ",".join(f"{i}@{cpu}" for i, cpu in enumerate(cpus))


@contextlib.contextmanager
def huge_pages(mib, ordinary_mib):
    """EAL's arguments for so much memory in pages of 2 MiB, or in ordinary ones where these are not
    to be had. What was reserved is given back in the end."""
    before = NR_HUGEPAGES.read_text() if NR_HUGEPAGES.exists() else None
    try:
        done = subprocess.run([SCRIPTS / "huge-pages", str(mib // 2), str(ordinary_mib)],
                              stdout=subprocess.PIPE, text=True, check=True)
        yield done.stdout.split()
    finally:
        with contextlib.suppress(OSError):  # not root: nothing was reserved
            if before is not None:
                NR_HUGEPAGES.write_text(before)


def end_with_us():
    """In the child: it is told to end should this process be killed."""
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


class Process:
    """A program in the background. What it prints, and what DPDK keeps of it, is in `directory`."""
    started = []

    def __init__(self, args, directory, name, **streams):
        self.name = name
        self.directory = directory
        self.log = directory / f"{name}.log"
        env = {**os.environ, "RUNTIME_DIRECTORY": str(directory), "TERM": "xterm"}
        with self.log.open("wb") as out:
            streams = {"stdin": subprocess.DEVNULL, "stdout": out, "stderr": out, **streams}
            self.child = subprocess.Popen(
                [str(arg) for arg in args], env=env, start_new_session=True,
                preexec_fn=end_with_us, **streams)
        self.started.append(self)

    @classmethod
    def end_all(cls):
        """Whatever is still running of what was started."""
        while cls.started:
            cls.started.pop().kill()

    def alive(self):
        return self.child.poll() is None

    def text(self):
        return self.log.read_text(errors="replace")

    def fail(self, what):
        plain = re.sub(r"\x1b(\[[0-9;?]*)?.|[\x00-\x08\x0b-\x1f]", "", self.text())
        last = "\n".join(plain.splitlines()[-12:])
        raise Failure(f"{self.name} {what}; what it printed last:\n{last}")

    def wait_for(self, seconds, condition, what):
        """Until it is true; fails as `what` where that is not in time, or it has ended before."""
        if not wait_for(seconds, lambda: condition() or not self.alive()) or not self.alive():
            self.fail(what)

    def wait(self, seconds):
        """Its exit status; None where it did not end in time and was killed."""
        try:
            return self.child.wait(seconds)
        except subprocess.TimeoutExpired:
            self.kill()
            return None

    def kill(self):
        if self.alive():
            self.child.kill()
            self.child.wait()


class OnTerminal(Process):
    """A program on a terminal of its own, at which one can type."""

    def __init__(self, args, directory, name):
        self.keyboard, screen = pty.openpty()
        fcntl.ioctl(screen, termios.TIOCSWINSZ, struct.pack("HHHH", 50, 132, 0, 0))
        super().__init__(args, directory, name, stdin=screen, stdout=screen, stderr=screen)
        os.close(screen)
        threading.Thread(target=self._copy, daemon=True).start()

    def _copy(self):
        """From the screen to the log: a program whose screen is not read stands still."""
        with self.log.open("ab", buffering=0) as out:
            try:
                while data := os.read(self.keyboard, 65536):
                    out.write(data)
            except OSError:
                pass  # it has ended

    def type(self, line):
        os.write(self.keyboard, line.encode() + b"\r")
