#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""A long interval in parts: killed and started again in the middle, it is one snapshot that lacks
the seconds between and says so; what a run left is finished by the next one, whatever that is.

    daemon_checkpoint.py TEITEND TEITEN FAULTS"""
import signal
import sys
import time

from durable import SECOND, Account, Bed, table

RATE = 1000
PARTS = ("--checkpoint", "1")
LONG = 3600  # seconds; its end is seldom so near that it has to be waited for


def wait_for_room(length, seconds):
    """Until the interval that goes on has so many seconds left. Returns its start."""
    left = length - time.time() % length
    if left < seconds:
        time.sleep(left + 0.1)
    return int(time.time()) // length * length


def hidden(bed):
    return sorted(x.name for x in bed.spool.glob("smoke/*/.part-*"))


def end_early(bed, daemon):
    """SIGUSR1 ends the interval, and the daemon is stopped in the next. Returns (frames sent, account)."""
    time.sleep(3)
    daemon.process.send_signal(signal.SIGUSR1)
    daemon.wait_for("wrote ", 60)
    time.sleep(1.5)
    sent, _ = bed.stop_sender()
    time.sleep(0.5)
    daemon.stop()
    assert hidden(bed) == [], hidden(bed)
    return sent, Account(bed)


def killed_inside(bed):
    """kill -9 and start again, twice in one interval. SIGUSR1 ends it as it ends a short one."""
    wait_for_room(LONG, 120)
    for log in "first", "second":
        daemon = bed.start(*PARTS, interval=LONG, log=log)
        time.sleep(3.5)
        daemon.kill()
    assert hidden(bed), "no parts"
    daemon = bed.start(*PARTS, interval=LONG, log="third")
    sent, account = end_early(bed, daemon)
    gaps = account.check(sent)
    first = account.intervals[0]
    assert len(account.intervals) == 2, account.intervals
    assert len(account.coverage[first[0]]) == 3, account.coverage
    assert first[4] == "partial", first
    assert len(gaps) == 2, gaps
    print("one snapshot with gaps of %s s" % ", ".join(
        "%.1f" % ((b - a) / SECOND) for a, b in gaps))


def configured_anew(bed):
    """Started again with another space, of which destinations are addresses and no prefixes."""
    wait_for_room(LONG, 120)
    daemon = bed.start(*PARTS, "--monitored", "192.0.0.0/8", interval=LONG, log="wide")
    time.sleep(3.5)
    daemon.kill()
    daemon = bed.start(*PARTS, interval=LONG, log="narrow")
    sent, account = end_early(bed, daemon)
    assert len(account.intervals) == 2, account.intervals
    first, second = account.intervals
    assert len(account.coverage[first[0]]) == 2, account.coverage
    counted = first[3] + second[3]
    assert 0 < counted <= len(sent), (counted, len(sent))
    sizes = {len(d.split("/")) for d in (row["destination"] for row in table(bed, "destinations"))}
    assert sizes == {1, 2}, sizes
    print("one snapshot of two spaces")


def finished_later(bed):
    """The interval ends while nobody runs: the next run finishes it, at once, also one that does
    not count in parts."""
    start = wait_for_room(30, 20)
    daemon = bed.start(*PARTS, interval=30, log="left")
    time.sleep(4.5)
    daemon.kill()
    parts = hidden(bed)
    assert len(parts) >= 2, parts
    time.sleep(max(0, start + 30.5 - time.time()))
    daemon = bed.start(interval=1, log="finishes")
    daemon.wait_for("in %d parts" % len(parts), 60)
    daemon.wait_for("wrote ", 60, 3)
    sent, _ = bed.stop_sender()
    time.sleep(0.5)
    daemon.stop()
    assert hidden(bed) == [], hidden(bed)
    account = Account(bed)
    account.check(sent)
    assert account.intervals[0][4] == "partial"
    print("%d parts became one snapshot" % len(parts))


def full_at_the_end(bed):
    """The disk is full when the parts are to become one: tried again, nothing lost."""
    wait_for_room(LONG, 120)
    daemon = bed.start(*PARTS, interval=LONG, log="full")
    time.sleep(3)
    bed.fault("write ENOSPC")
    daemon.process.send_signal(signal.SIGUSR1)
    daemon.wait_for("writing is tried again", 60)
    time.sleep(4)
    bed.fault("")
    daemon.wait_for("wrote ", 60)
    sent, _ = bed.stop_sender()
    time.sleep(0.5)
    daemon.stop()
    assert hidden(bed) == [], hidden(bed)
    account = Account(bed)
    assert account.check(sent) == [], account.gaps()
    print("%d packets in %d snapshots" % (len(sent), len(account.intervals)))


def main():
    for run in killed_inside, configured_anew, finished_later, full_at_the_end:
        with Bed(*sys.argv[1:4]) as bed:
            bed.mount_tmpfs("64m")
            bed.fault("")
            bed.start_sender(RATE)
            run(bed)


main()
