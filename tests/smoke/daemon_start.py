#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""A worker counts as soon as its first table set is there: on a machine that gives memory slowly the others come
meanwhile, no interval is lost, and a run can be ended; where there is no memory for them the run ends with one line,
and what was counted is kept. A replay touches no more than it uses.

    daemon_start.py TEITEND TEITEN SLOW_MEMORY"""
import datetime
import json
import os
import pathlib
import re
import signal
import struct
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
TEITEND, TEITEN, SLOW_MEMORY = sys.argv[1:4]
EAL = "--no-huge -m 256 --no-pci --no-shconf --no-telemetry".split()
OWN = "--sensor smoke --geo=none --asn=none --fingerprints=none --monitored 192.0.2.0/24".split()
READY = re.compile(r"the last table set was ready ([0-9.]+) s after the start")


def lcores():
    return subprocess.run([HERE / "../../scripts/lcores", "2"], check=True, capture_output=True,
                          text=True).stdout.strip()


def resident(pid):
    """KiB."""
    status = pathlib.Path("/proc/%d/status" % pid).read_text()
    return int(re.search(r"VmRSS:\s+(\d+)", status)[1])


class Daemon:
    """A run on a device that always has packets, with memory that comes slowly."""

    def __init__(self, work, slow_us, **more):
        self.spool = work / "spool"
        self.log = open(work / "log", "w+b")
        self.none = work / "none"
        env = dict(os.environ, LD_PRELOAD=SLOW_MEMORY, SLOW_MEMORY_US=str(slow_us),
                   SLOW_MEMORY_NONE=str(self.none), **more)
        self.process = subprocess.Popen(
            [TEITEND, *EAL, lcores(), "--vdev", "net_null0,copy=1", "--", "--spool", self.spool, *OWN,
             "--pairs", "16384", "--interval", "1"], env=env, stdout=self.log, stderr=self.log)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        self.log.close()

    def said(self):
        return (self.log.flush(), pathlib.Path(self.log.name).read_text())[1]

    def wait_for(self, text, seconds=120):
        until = time.monotonic() + seconds
        while text not in self.said():
            assert self.process.poll() is None, self.said()
            assert time.monotonic() < until, "no %s in:\n%s" % (text, self.said())
            time.sleep(0.02)

    def end(self):
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(60)

    def snapshots(self):
        return [json.loads(p.read_text()) for p in sorted(self.spool.glob("smoke/*/*/manifest.json"))]


def span(interval):
    """Seconds."""
    start, end = (datetime.datetime.fromisoformat(interval[k].replace("Z", "+00:00")) for k in ("start", "end"))
    return (end - start).total_seconds()


def verify(spool):
    subprocess.run([TEITEN, "verify", spool], check=True, stdout=subprocess.DEVNULL)


def the_others_come_while_it_counts(work):
    with Daemon(work, 10000) as daemon:
        daemon.wait_for("running, management")
        at_start = resident(daemon.process.pid)
        daemon.wait_for("the last table set was ready")
        at_end = resident(daemon.process.pid)
        ready_s = float(READY.search(daemon.said())[1])
        written = daemon.said().count("teitend: wrote")
        until = time.monotonic() + 60
        while daemon.said().count("teitend: wrote") < written + 2 and time.monotonic() < until:
            time.sleep(0.05)
        assert daemon.end() == 0, daemon.said()
        assert "ledger closes" in daemon.said(), daemon.said()
        assert at_start < at_end * 0.6, "%d KiB before the first packet, %d in the end" % (at_start, at_end)
        verify(daemon.spool)
        spans = [span(m["interval"]) for m in daemon.snapshots()]
        # Intervals follow each other without a gap, and those without a set to go on in are longer.
        assert sum(spans) >= ready_s - 1, (spans, ready_s)
        assert len(spans) >= 3, (spans, daemon.said())


def it_can_be_ended_meanwhile(work):
    with Daemon(work, 20000) as daemon:
        daemon.wait_for("running, management")
        assert daemon.end() == 0, daemon.said()
        assert "ledger closes" in daemon.said(), daemon.said()
        assert "was ready" not in daemon.said(), daemon.said()
        verify(daemon.spool)
        assert daemon.snapshots(), daemon.said()


def an_older_kernel_has_it_written(work):
    with Daemon(work, 0) as daemon:
        daemon.wait_for("running, management")
        asked = resident(daemon.process.pid)
        assert daemon.end() == 0, daemon.said()
    with Daemon(work, 0, SLOW_MEMORY_OLD="1") as daemon:
        daemon.wait_for("running, management")
        written = resident(daemon.process.pid)
        assert daemon.end() == 0, daemon.said()
    assert written > asked * 0.6, "%d KiB where the kernel is asked, %d written" % (asked, written)


def no_memory_is_one_line(work):
    (work / "none").touch()
    with Daemon(work, 1000) as daemon:
        assert daemon.process.wait(60) == 1, daemon.said()
        assert "teitend: no memory for the tables: Cannot allocate memory" in daemon.said(), daemon.said()


def no_memory_later_keeps_what_was_counted(work):
    with Daemon(work, 20000) as daemon:
        daemon.wait_for("running, management")
        daemon.none.touch()
        assert daemon.process.wait(120) == 1, daemon.said()
        assert "no memory for the tables: Cannot allocate memory" in daemon.said(), daemon.said()
        verify(daemon.spool)
        assert daemon.snapshots(), daemon.said()


def a_replay_touches_what_it_uses(work):
    frame = bytes.fromhex("020000000001020000000002080045000028000000004006000001020304c0000201"
                          "1f9001bd00000000000000005002040000000000") + bytes(6)
    with open(work / "one.pcap", "wb") as out:
        out.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1))
        out.write(struct.pack("<IIII", 1700000000, 0, len(frame), len(frame)) + frame)
    with subprocess.Popen(
            [TEITEND, *EAL, lcores(), "--vdev", "net_pcap0,rx_pcap=%s" % (work / "one.pcap"), "--", "--spool",
             work / "spool", *OWN, "--table-memory", "2G", "--exit-at-eof"], stdout=subprocess.DEVNULL) as run:
        _, status, usage = os.wait4(run.pid, 0)
        run.returncode = status
    assert status == 0, status
    verify(work / "spool")
    assert usage.ru_maxrss < 1 << 20, "%d KiB" % usage.ru_maxrss


def main():
    for test in (the_others_come_while_it_counts, it_can_be_ended_meanwhile,
                 an_older_kernel_has_it_written, no_memory_is_one_line,
                 no_memory_later_keeps_what_was_counted, a_replay_touches_what_it_uses):
        with tempfile.TemporaryDirectory() as work:
            test(pathlib.Path(work))
        print("ok:", test.__name__)


if __name__ == "__main__":
    main()
