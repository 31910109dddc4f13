#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""SIGHUP has signatures read again, at the start of an interval, with no packet lost; files that do not load
change nothing. It ends a run whose terminal was closed, in the foreground or the background, and no run that was
detached from it. Where it is ignored (nohup) it stays so.

    daemon_hup.py TEITEND TEITEN"""
import csv
import io
import json
import os
import pathlib
import pty
import signal
import struct
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
TEITEND, TEITEN = sys.argv[1:3]
# Runs a command with its input as terminal of the session, of which it is the leader; or a shell is, which passes
# on what it is told.
LEADER = [sys.executable, "-c", """
import fcntl, os, signal, subprocess, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
if sys.argv[1] == "exec":
    os.execv(sys.argv[2], sys.argv[2:])
job = subprocess.Popen(sys.argv[2:], process_group=0)
signal.signal(signal.SIGHUP, lambda *_: job.send_signal(signal.SIGHUP))
signal.signal(signal.SIGUSR1, lambda *_: job.send_signal(signal.SIGHUP))
sys.exit(job.wait())
"""]
LIMIT = "threshold:type limit,track by_rule,count 1,seconds 3600;"


def rule(sid, options="", rev=1):
    return 'alert tcp any any -> any any (msg:"rule %d"; %s sid:%d; rev:%d;)\n' % (sid, options, sid, rev)


def capture(path, frames):
    """SYNs to monitored addresses, of some sources."""
    with open(path, "wb") as out:
        out.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1))
        for i in range(frames):
            ip = struct.pack("!BBHHHBBHII", 0x45, 0, 40, 0, 0, 64, 6, 0, 0xC6336400 + i % 50, 0xC0000201)
            tcp = struct.pack("!HHIIBBHHH", 6000, 445, i, 0, 0x50, 2, 1024, 0, 0)
            frame = b"\2\0\0\0\0\1\2\0\0\0\0\2\x08\0" + ip + tcp + b"\0" * 6
            out.write(struct.pack("<IIII", 1700000000, i, len(frame), len(frame)) + frame)


class Daemon:
    """A run over a device that gives the packets of two files again and again, in today's time."""

    def __init__(self, work, *options, before=(), interval=1, terminal=None, early=()):
        self.spool = work / "spool"
        self.log = open(work / "log", "w+b")
        lcores = subprocess.run([HERE / "../../scripts/lcores", "2"], check=True, capture_output=True,
                                text=True).stdout.strip()
        devices = "net_pcap0,infinite_rx=1" + "".join(",rx_pcap=%s" % p for p in sorted(work.glob("*.pcap")))
        self.process = subprocess.Popen(
            [*before, TEITEND, *"--no-huge -m 512 --no-pci --no-shconf --no-telemetry".split(), lcores,
             "--vdev", devices, "--", "--spool", self.spool, "--sensor", "smoke", "--pairs", "16384",
             "--remember-sources", "4096", "--geo=none", "--asn=none", "--fingerprints=none", "--monitored",
             "192.0.2.0/24", "--interval", str(interval), *options],
            stdin=terminal, stdout=self.log, stderr=self.log, start_new_session=True)
        if early:
            self.wait_for("teitend: ")
        for number in early:
            self.process.send_signal(number)
        self.wait_for("running, management")

    def said(self):
        return (self.log.flush(), pathlib.Path(self.log.name).read_text())[1]

    def wait_for(self, text, times=1, seconds=60):
        until = time.monotonic() + seconds
        while self.said().count(text) < times:
            assert self.process.poll() is None, self.said()
            assert time.monotonic() < until, "no %s in:\n%s" % (text, self.said())
            time.sleep(0.05)

    def hang_up(self):
        self.process.send_signal(signal.SIGHUP)

    def end(self, number=signal.SIGTERM):
        if number is not None:
            self.process.send_signal(number)
        status = self.process.wait(60)
        assert status == 0, "exit status %d:\n%s" % (status, self.said())
        assert "ledger closes" in self.said(), self.said()

    def snapshots(self):
        return sorted(p for p in self.spool.glob("smoke/*/[0-9]*"))


def table(snapshot, name):
    text = subprocess.run([TEITEN, "export", "--table", name, snapshot], check=True, capture_output=True,
                          text=True).stdout
    return list(csv.DictReader(io.StringIO(text)))


def manifest(snapshot):
    return json.loads((snapshot / "manifest.json").read_text())


def reload(daemon, rules, text):
    rules.write_text(text)
    daemon.hang_up()


def refusals(daemon, rules):
    """Files that do not load: one line each, and the rules stay."""
    good = rules.read_text()
    reload(daemon, rules, good + rule(4, 'content:"|0";'))
    daemon.wait_for("SIGHUP: the rules were not changed: %s:4: sid 4: broken: content: unfinished" % rules)
    reload(daemon, rules, good + 'alert udp any any -> any any (msg:"nameless"; rev:1;)\n')
    daemon.wait_for("SIGHUP: the rules were not changed: %s:4: broken: no sid" % rules)
    reload(daemon, rules, "")
    daemon.wait_for("SIGHUP: the rules were not changed: %s: no rule loads" % rules)
    rules.unlink()
    daemon.hang_up()
    daemon.wait_for("SIGHUP: the rules were not changed: %s: No such file" % rules)
    reload(daemon, rules, good)
    daemon.wait_for("rules: the same as before, 3 rules sha256:")
    assert daemon.said().count("warning") == 4, daemon.said()


def check_rows(daemon):
    """Every packet matches the rule of its time, and no other; a window goes on over the change."""
    matches, packets, once, names = {}, 0, {}, []
    for snapshot in daemon.snapshots():
        m = manifest(snapshot)
        rows = {int(r["sid"]): r for r in table(snapshot, "signatures")}
        assert len(rows) == 0 or (1 in rows) != (2 in rows) or " + " in m["signatures"], (m, rows)
        if m["signatures"] not in names:
            names.append(m["signatures"])
        packets += m["totals"]["packets"]
        for sid in rows:
            to = once if sid > 2 else matches
            to[sid] = to.get(sid, 0) + int(rows[sid]["detections" if sid > 2 else "matches"])
    assert matches[1] > 0 and matches[2] > 0 and matches[1] + matches[2] == packets, (matches, packets)
    assert once == {10: 1, 11: 2}, "windows of rules that stay, that change: %s" % once
    assert len([n for n in names if " + " not in n]) == 2, names
    return packets


def rules_change(work):
    rules = work / "some.rules"
    rules.write_text(rule(1) + rule(10, LIMIT) + rule(11, LIMIT))
    daemon = Daemon(work, "--rules", rules)
    daemon.wait_for("wrote ", 3)
    reload(daemon, rules, rule(2) + rule(10, LIMIT) + rule(11, LIMIT, 2))
    daemon.wait_for("rules: 3 signatures; from the next interval on")
    daemon.wait_for("rules: every worker counts by 3 rules sha256:")
    written = daemon.said().count("wrote ")
    daemon.wait_for("wrote ", written + 3)
    refusals(daemon, rules)
    daemon.wait_for("wrote ", daemon.said().count("wrote ") + 2)
    daemon.end()
    subprocess.run([TEITEN, "verify", daemon.spool], check=True, capture_output=True)
    print("%d packets in %d snapshots over a change of rules" % (check_rows(daemon), len(daemon.snapshots())))


def nothing_to_read(work):
    daemon = Daemon(work)
    daemon.hang_up()
    daemon.wait_for("SIGHUP: there are no rules to read again")
    daemon.end()


def during_the_start(work):
    """What comes while tables are set up ends nothing; SIGHUP is heard once the workers run."""
    daemon = Daemon(work, early=[signal.SIGHUP, signal.SIGUSR1])
    daemon.wait_for("SIGHUP: there are no rules to read again")
    daemon.end()


def terminal_closed(work):
    """The kernel says so to the leader of the session: the open interval is written."""
    master, slave = pty.openpty()
    daemon = Daemon(work, interval=3600, before=[*LEADER, "exec"], terminal=slave)
    os.close(slave)
    daemon.hang_up()
    daemon.wait_for("SIGHUP: there are no rules")
    os.close(master)
    daemon.end(None)
    assert daemon.snapshots(), daemon.said()


def shell_says_so(work):
    """A job in the background is told by its shell."""
    master, slave = pty.openpty()
    daemon = Daemon(work, interval=3600, before=[*LEADER, "shell"], terminal=slave)
    os.close(slave)
    os.kill(daemon.process.pid, signal.SIGUSR1)  # the shell's own kill
    daemon.wait_for("SIGHUP: there are no rules")
    os.close(master)
    daemon.end(None)
    assert daemon.snapshots(), daemon.said()


def detached(work):
    """Its input was a terminal of a session that it does not belong to: once that is gone, nothing changes."""
    master, slave = pty.openpty()
    daemon = Daemon(work, terminal=slave)
    os.close(slave)
    os.close(master)
    daemon.hang_up()
    daemon.wait_for("SIGHUP: there are no rules")
    daemon.hang_up()
    daemon.wait_for("SIGHUP: there are no rules", 2)
    daemon.end()


def ignored(work):
    daemon = Daemon(work, before=["nohup"])
    daemon.hang_up()
    time.sleep(1)
    assert "SIGHUP" not in daemon.said(), daemon.said()
    daemon.end()


def main():
    signal.signal(signal.SIGHUP, signal.SIG_DFL)  # also where the tests themselves run under nohup
    for test in (rules_change, nothing_to_read, during_the_start, terminal_closed, shell_says_so, detached, ignored):
        with tempfile.TemporaryDirectory(prefix="teiten-smoke.") as name:
            work = pathlib.Path(name)
            for i in range(2):
                capture(work / ("%d.pcap" % i), 200)
            test(work)
            print("ok", test.__name__)


main()
