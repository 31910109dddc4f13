#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Two workers of which one has more table sets to go on in than the other, because memory came slowly at the start,
while the disk is away: what the one counts ahead takes no more memory than pending-memory says, which is told. Once the
disk is back all of it is written, and the ledger closes.

    daemon_ahead.py TEITEND TEITEN FAULTS SLOW_MEMORY"""
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
TEITEND, TEITEN, FAULTS, SLOW_MEMORY = sys.argv[1:5]
EAL = "--no-huge -m 1024 --no-pci --no-shconf --no-telemetry".split()
OWN = ("--sensor smoke --geo=none --asn=none --fingerprints=none --monitored 192.0.2.0/24 --sketch-rows 0 "
       "--remember-sources 4096 --pairs 131072 --interval 1 --pending-memory 1M").split()
SOURCES = 40000
AWAY_S = 20
GROWTH_KIB = 12 << 10  # of a resident memory that would grow by several MiB in a second


def resident(pid):
    return int(re.search(r"VmRSS:\s+(\d+)", pathlib.Path("/proc/%d/status" % pid).read_text())[1])


def capture(path, first):
    """A packet of each source, to be sent over and over again."""
    with open(path, "wb") as out:
        out.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1))
        for i in range(SOURCES):
            frame = (b"\2\0\0\0\0\1\2\0\0\0\0\2\x08\0"
                     + struct.pack("!BBHHHBBHII", 0x45, 0, 40, 0, 0, 64, 6, 0, first + i, 0xC0000200 + i % 250)
                     + struct.pack("!HHIIHHHH", 1024 + i % 60000, 23, 0, 0, 0x5002, 1024, 0, 0) + bytes(6))
            out.write(struct.pack("<IIII", 1700000000, i, len(frame), len(frame)) + frame)


def wait_for(daemon, log, text, seconds):
    until = time.monotonic() + seconds
    while text not in log.read_text():
        assert daemon.poll() is None, log.read_text()
        assert time.monotonic() < until, "no %s in:\n%s" % (text, log.read_text())
        time.sleep(0.05)


def run(work):
    spool, control, log = work / "spool", work / "control", work / "log"
    for i in range(2):
        capture(work / ("%d.pcap" % i), 0x0A000000 + (i << 24))
    lcores = subprocess.run([HERE / "../../scripts/lcores", "2"], check=True, capture_output=True,
                            text=True).stdout.strip()
    env = dict(os.environ, LD_PRELOAD="%s:%s" % (FAULTS, SLOW_MEMORY), SLOW_MEMORY_US="12000",
               TT_FAULTS_PREFIX=str(spool), TT_FAULTS_CONTROL=str(control))
    device = "net_pcap0,rx_pcap=%s/0.pcap,rx_pcap=%s/1.pcap,infinite_rx=1" % (work, work)
    with open(log, "wb") as out:
        daemon = subprocess.Popen([TEITEND, *EAL, lcores, "--vdev", device, "--", "--spool", spool, *OWN],
                                  env=env, stdout=out, stderr=out)
    try:
        wait_for(daemon, log, "running, management", 60)
        control.write_text("all EIO\n")
        wait_for(daemon, log, "the last table set was ready", 120)
        sizes, until = [], time.monotonic() + AWAY_S
        while time.monotonic() < until:
            sizes.append(resident(daemon.pid))
            time.sleep(0.5)
        assert "wrote" not in log.read_text(), log.read_text()
        assert max(sizes) - sizes[0] < GROWTH_KIB, "KiB, twice in a second: %s" % sizes
        assert "there is no more pending-memory" in log.read_text(), log.read_text()
        control.unlink()
        wait_for(daemon, log, "wrote", 60)
        time.sleep(2)
        daemon.send_signal(signal.SIGTERM)
        assert daemon.wait(60) == 0, log.read_text()
        assert "ledger closes" in log.read_text(), log.read_text()
        subprocess.run([TEITEN, "verify", spool], check=True, stdout=subprocess.DEVNULL)
    finally:
        daemon.kill()
        daemon.wait()


with tempfile.TemporaryDirectory(prefix="teiten-smoke.") as directory:
    run(pathlib.Path(directory))
