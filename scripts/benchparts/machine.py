# SPDX-License-Identifier: BSD-3-Clause
"""The machine: what it is, who else uses it, its huge pages."""
import contextlib
import os
import pathlib
import resource
import time

HUGE = pathlib.Path("/sys/kernel/mm/hugepages/hugepages-2048kB")


def cpu_model():
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return "unknown"


def describe():
    return {"cpu": cpu_model(), "cpus": sorted(os.sched_getaffinity(0)),
            "kernel": os.uname().release,
            "memory_mib": os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") >> 20}


def _busy_s():
    """CPU seconds that anything used since the machine's start."""
    user, nice, system, _, _, irq, softirq, steal = map(
        int, pathlib.Path("/proc/stat").read_text().split(None, 9)[1:9])
    return (user + nice + system + irq + softirq + steal) / os.sysconf("SC_CLK_TCK")


def _own_s():
    return sum(used.ru_utime + used.ru_stime for used in map(
        resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)))


class Load:
    """How many CPUs others used since it was made."""

    def __init__(self):
        self.before = time.monotonic(), _busy_s(), _own_s()

    def others(self):
        then, busy, own = self.before
        used = _busy_s() - busy - (_own_s() - own)
        return max(0, used) / max(time.monotonic() - then, 1e-9)


def _read(name):
    with contextlib.suppress(OSError, ValueError):
        return int((HUGE / name).read_text())
    return 0


class Pages:
    """Huge pages of 2 MiB: reserved as they are needed, given back in the end."""

    def __init__(self):
        self.added = 0

    def ensure(self, n):
        """Are n of them free, or could they be made so?"""
        lacking = n - _read("free_hugepages")
        if lacking > 0:
            before = _read("nr_hugepages")
            with contextlib.suppress(OSError):
                (HUGE / "nr_hugepages").write_text(str(before + lacking))
            self.added += _read("nr_hugepages") - before
        return _read("free_hugepages") >= n

    def give_back(self):
        with contextlib.suppress(OSError):
            if self.added > 0:
                (HUGE / "nr_hugepages").write_text(str(_read("nr_hugepages") - self.added))
        self.added = 0
