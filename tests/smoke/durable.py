# SPDX-License-Identifier: BSD-3-Clause
"""What the tests of durability share: packets that can be told apart over a veth pair, a daemon
that counts them onto a disk that fails, and the account of every packet.

Packet number n has the source address 10.0.0.0 + n; so the table `sources` of all snapshots says
which packets are on disk. Each has to be there once, or to have been sent in a gap that a snapshot
states. Others may be sent besides, from sources that come again and again; nobody accounts for
them."""
import array
import collections
import csv
import io
import os
import pathlib
import random
import re
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
SKIPPED = 77
SECOND = 1000000
IDS = 0x0A000000  # 10.0.0.0
REGULARS = 0xAC100000  # 172.16.0.0


def skip(why):
    print("SKIP:", why)
    sys.exit(SKIPPED)


def send(rate, regulars, path):
    """Sends until it is ended; writes number and time in microseconds of each burst's first packet
    to path, when the last one of the burst is out. regulars: so many sources send one each in a
    second, besides."""
    raw = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
    raw.bind(("tap", 0))
    tcp = struct.pack("!HHIIBBHHH", 6000, 445, 1, 0, 0x50, 2, 1024, 0, 0)
    n, burst, start = 0, max(1, rate // 200), time.monotonic()
    regular = 0

    def send_from(source, destination):
        ip = struct.pack("!BBHHHBBHII", 0x45, 0, 40, 0, 0, 64, 6, 0, source, destination)
        raw.send(b"\2\0\0\0\0\1\2\0\0\0\0\2\x08\0" + ip + tcp + b"\0" * 6)

    with open(path, "wb", buffering=0) as log:
        while True:
            us = time.time_ns() // 1000
            for i in range(n, n + burst):
                send_from(IDS + i, 0xC0000200 + i % 250)
            for i in range(regulars * burst // rate):
                send_from(REGULARS + regular, 0xC0000200)
                regular = (regular + 1) % regulars
            log.write(struct.pack("<qq", n, us))
            n += burst
            time.sleep(max(0.0, start + n / rate - time.monotonic()))


class Bed:
    """Two network namespaces, a sender in one, a spool; all gone at the end."""

    def __init__(self, teitend, teiten, faults):
        if os.geteuid() != 0:
            skip("network namespaces need root")
        self.teitend, self.teiten, self.faults = teitend, teiten, faults
        self.directory = tempfile.TemporaryDirectory(prefix="teiten-smoke.")
        self.at = pathlib.Path(self.directory.name)
        self.mount = self.at / "disk"
        self.spool = self.mount / "spool"
        self.control = self.at / "faults"
        self.names = ["teiten-%s-%d" % (x, os.getpid()) for x in "ab"]
        self.children, self.mounted, self.shared, self.sender = [], False, False, None
        self.mount.mkdir()

    def __enter__(self):
        try:
            self.set_up()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *unused):
        for child in self.children:
            if child.poll() is None:
                child.kill()
                child.wait()
        for name in self.names:
            subprocess.run(["ip", "netns", "del", name], capture_output=True)
        if self.mounted:
            subprocess.run(["umount", self.mount], check=True)
        if self.shared:
            subprocess.run(["umount", self.at], check=True)
        self.directory.cleanup()

    def set_up(self):
        for name in self.names:
            if subprocess.run(["ip", "netns", "add", name], capture_output=True).returncode != 0:
                skip("no network namespaces here")
        if subprocess.run(["ip", "-n", self.names[0], "link", "add", "tap", "type", "veth", "peer",
                           "name", "tap", "netns", self.names[1]],
                          capture_output=True).returncode != 0:
            skip("no veth here")
        for name in self.names:
            subprocess.run(["ip", "netns", "exec", name, "sh", "-c",
                            "echo 1 >/proc/sys/net/ipv6/conf/all/disable_ipv6"],
                           capture_output=True)
            subprocess.run(["ip", "-n", name, "link", "set", "tap", "arp", "off", "up"], check=True)

    def share_mounts(self):
        """ip netns exec has a mount namespace of its own; it learns of what is mounted later below
        a mount that is shared."""
        if subprocess.run(["mount", "--bind", self.at, self.at],
                          capture_output=True).returncode != 0:
            skip("nothing can be mounted here")
        self.shared = True
        subprocess.run(["mount", "--make-shared", self.at], check=True)

    def mount_tmpfs(self, size):
        if not self.shared:
            self.share_mounts()
        if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=" + size, "none", self.mount],
                          capture_output=True).returncode != 0:
            skip("no tmpfs can be mounted here")
        self.mounted = True

    def unmount_lazily(self):
        subprocess.run(["umount", "-l", self.mount], check=True)
        self.mounted = False

    def fill(self):
        """Fills the disk to its last block."""
        with open(self.mount / "filler", "wb", buffering=0) as filler:
            try:
                while True:
                    filler.write(b"\0" * 4096)
            except OSError:
                pass

    def empty(self):
        (self.mount / "filler").unlink(missing_ok=True)

    def fault(self, text):
        """From now on the disk is as text says (faults.c); "" for well."""
        new = self.at / "faults.new"
        new.write_text(text + "\n")
        new.rename(self.control)

    def start_sender(self, rate, regulars=0):
        self.sender = subprocess.Popen(["ip", "netns", "exec", self.names[0], sys.executable,
                                        __file__, "send", str(rate), str(regulars),
                                        self.at / "sent"])
        self.children.append(self.sender)

    def wait_for_sender(self):
        """Until bursts went out: a daemon may write an empty interval before that."""
        sent = self.at / "sent"
        while not sent.exists() or sent.stat().st_size < 32:
            assert self.sender.poll() is None, "the sender ended by itself"
            time.sleep(0.05)

    def stop_sender(self):
        """Ends the sender; returns the number of packets and the time of each."""
        sent = self.at / "sent"
        self.wait_for_sender()
        self.sender.send_signal(signal.SIGTERM)
        self.sender.wait()
        log = array.array("q", sent.read_bytes()[:-(sent.stat().st_size % 16) or None])
        numbers, times = log[0::2], log[1::2]
        burst = numbers[1] - numbers[0]
        # Of the burst that the end came in, some may be out.
        return [times[i // burst] for i in range(len(times) * burst)], burst

    def start(self, *options, interval=1, log="daemon"):
        return Daemon(self, options, interval, log)


class Daemon:
    def __init__(self, bed, options, interval, log):
        lcores = subprocess.run([HERE.parents[1] / "scripts" / "lcores", "1"], check=True,
                                capture_output=True, text=True).stdout.strip()
        self.out, self.err = bed.at / (log + ".out"), bed.at / (log + ".err")
        command = ["ip", "netns", "exec", bed.names[1], bed.teitend, "--no-huge", "-m", "256",
                   "--no-pci", "--no-shconf", "--no-telemetry", lcores, "--vdev",
                   "net_af_packet0,iface=tap,framecnt=65536,blocksz=4194304,framesz=256", "--",
                   "--spool", bed.spool, "--sensor", "smoke", "--pairs", "65536",
                   "--remember-sources", "4096", "--geo=none", "--asn=none", "--fingerprints=none",
                   "--monitored", "192.0.2.0/24", "--sketch-rows", "0", "--interval",
                   str(interval), *options]
        env = dict(os.environ, LD_PRELOAD=bed.faults, TT_FAULTS_PREFIX=str(bed.spool),
                   TT_FAULTS_CONTROL=str(bed.control))
        with open(self.out, "wb") as out, open(self.err, "wb") as err:
            self.process = subprocess.Popen(command, stdout=out, stderr=err, env=env)
        bed.children.append(self.process)
        self.wait_for("running, management", 60)

    def said(self):
        return self.out.read_text() + self.err.read_text()

    def fail(self, why):
        raise AssertionError("%s\n%s" % (why, self.said()))

    def wait_for(self, pattern, seconds, times=1):
        """Waits until so many lines hold the pattern."""
        until = time.monotonic() + seconds
        while len(re.findall(pattern, self.said())) < times:
            if self.process.poll() is not None:
                self.fail("it ended, with status %d" % self.process.returncode)
            if time.monotonic() > until:
                self.fail("no line with %s" % pattern)
            time.sleep(0.05)

    def has_tables(self):
        """Has it all the memory of its tables? The thread that touches it is gone, and has done it: some memory is of
        other things, so that neither says it alone."""
        sizes = re.search(r"table sets of \d+ pairs ([\d.]+) MiB, merge ([\d.]+) MiB", self.said())
        process = pathlib.Path("/proc/%d" % self.process.pid)
        resident = re.search(r"^VmRSS:\s+(\d+) kB", (process / "status").read_text(), re.M)
        if int(resident[1]) < 1024 * (float(sizes[1]) + float(sizes[2])):
            return False
        names = subprocess.run(["cat", *process.glob("task/*/comm")], capture_output=True, text=True)
        return names.returncode == 0 and "teitend-memory" not in names.stdout.split()

    def wait_for_tables(self, seconds=240):
        """Until it has all its table sets: where a machine is busy, their memory comes slowly, and the intervals before are
        longer (docs/operations.md, The first intervals are longer). Returns the time from which they are not."""
        until = time.monotonic() + seconds
        while not self.has_tables():
            if time.monotonic() > until:
                self.fail("it still lacks memory")
            time.sleep(0.05)
        # The management core hands the sets over between two intervals.
        self.wait_for("wrote ", 60, self.said().count("wrote ") + 2)
        return time.time() * SECOND

    def kill(self):
        if self.process.poll() is not None:
            self.fail("it had ended by itself")
        self.process.kill()
        self.process.wait()

    def stop(self, status=0, seconds=120):
        self.process.send_signal(signal.SIGTERM)
        if self.process.wait(seconds) != status:
            self.fail("exit status %d" % self.process.returncode)


def table(bed, name, spool=None):
    done = subprocess.run([bed.teiten, "export", "--table", name, spool or bed.spool], check=True,
                          capture_output=True, text=True)
    return list(csv.DictReader(io.StringIO(done.stdout)))


def microseconds(text):
    """Of "2026-11-22T22:55:00.123456Z", however many digits there are."""
    date, _, fraction = text.rstrip("Z").replace(" ", "T").partition(".")
    whole = time.strptime(date, "%Y-%m-%dT%H:%M:%S")
    import calendar
    return calendar.timegm(whole) * SECOND + int(fraction.ljust(6, "0") or 0)


class Account:
    """Everything on disk, and what it is worth."""

    def __init__(self, bed, spool=None):
        verify = subprocess.run([bed.teiten, "verify", spool or bed.spool], capture_output=True, text=True)
        assert verify.returncode == 0, verify.stdout + verify.stderr
        self.intervals = sorted(
            (microseconds(row["interval_start"]), microseconds(row["interval_end"]),
             int(row["gap_before_us"]), int(row["packets"]), row["status"],
             int(row["observed_us"])) for row in table(bed, "interval", spool))
        self.ledger = table(bed, "ledger", spool)
        self.coverage = collections.defaultdict(list)
        for row in table(bed, "coverage", spool):
            self.coverage[microseconds(row["interval_start"])].append(
                (microseconds(row["observed_from"]), microseconds(row["observed_until"])))
        self.packets = collections.Counter()
        regular = 0
        for row in table(bed, "sources", spool):
            a, b, c, d = map(int, row["src_ip"].split("."))
            source = a << 24 | b << 16 | c << 8 | d
            if source >= REGULARS:
                regular += int(row["packets"])
            else:
                self.packets[source - IDS] += int(row["packets"])
        # Every packet has an address of its own, so both are sums of the same.
        total = sum(x[3] for x in self.intervals)
        assert total == sum(self.packets.values()) + regular, "%d packets, %d of sources" % (
            total, sum(self.packets.values()) + regular)
        twice = [n for n, times in self.packets.items() if times != 1]
        assert not twice, "packets counted twice: %s" % twice[:10]

    def reason(self, name):
        return sum(int(row["packets"]) for row in self.ledger if row["reason"] == name)

    def spans(self):
        """What was observed, span by span. A snapshot begins where the one before ends, or states
        the gap; within one, its coverage states it."""
        for before, after in zip(self.intervals, self.intervals[1:]):
            hole = after[0] - before[1]
            assert hole >= 0, "snapshots overlap: %s, %s" % (before, after)
            assert after[2] == hole, "a gap of %d us, and %d are stated: %s, %s" % (
                hole, after[2], before, after)
        for start, end, _, _, status, observed in self.intervals:
            rows = self.coverage[start]
            assert rows[0][0] == start and rows[-1][1] == end, (start, end, rows)
            assert sum(b - a for a, b in rows) == observed, (observed, rows)
            assert len(rows) == 1 or status == "partial", (status, rows)
            yield from rows

    def gaps(self):
        """(from, to) of what was not observed between the first snapshot and the last."""
        spans = list(self.spans())
        return [(before[1], after[0]) for before, after in zip(spans, spans[1:])
                if after[0] != before[1]]

    def lacking(self, sent):
        return [n for n in range(len(sent)) if n not in self.packets]

    def check(self, sent, slack_us=SECOND):
        """Is every packet that was sent on disk, or was it sent in a stated gap? slack_us: how much
        later than it was sent a packet may have been counted."""
        gaps = self.gaps()
        first, last = self.intervals[0][0], self.intervals[-1][1]
        # What is open at both ends.
        gaps = [(0, first)] + gaps + [(last, 1 << 62)]
        at, lost = 0, []
        for n in self.lacking(sent):
            while sent[n] >= gaps[at][1]:
                at += 1
            if sent[n] < gaps[at][0] - slack_us:
                lost.append(n)
        assert not lost, "%d packets are neither on disk nor in a stated gap: %s" % (
            len(lost), lost[:10])
        return gaps[1:-1]


if __name__ == "__main__" and sys.argv[1:2] == ["send"]:
    send(int(sys.argv[2]), int(sys.argv[3]), sys.argv[4])
