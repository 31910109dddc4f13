#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""A disk that is full, read-only, slow, or returns errors, while packets come: none is lost. What
cannot be written waits, in order; past pending-memory intervals become longer.

    daemon_faults.py TEITEND TEITEN FAULTS [NAME…]: one after the other, or these alone"""
import shutil
import signal
import sys
import time

from durable import Account, Bed

RATE = 2000
NOTHING = "nothing waits for the disk any more"
AGAIN = "written again"
# A snapshot takes a few dozen writes, and as many fsyncs as it has files.
FAULTS = ["fsync EIO", "all EROFS", "write ENOSPC", "rename EIO", "mkdir EIO", "open EIO",
          "all EIO 20"]


def every_error(daemon, bed):
    """Each kind of failure in turn: said, borne, got over."""
    for i, fault in enumerate(FAULTS):
        failures = daemon.said().count("writing is tried again")
        bed.fault(fault)
        daemon.wait_for("writing is tried again", 60, failures + 1)
        time.sleep(2)
        bed.fault("")
        daemon.wait_for(AGAIN, 60, i + 1)


def wait_until_written(daemon, seconds=120):
    """All that waited, once the disk takes it again."""
    until = time.monotonic() + seconds
    while True:
        said = daemon.out.read_text()
        if said.rfind(NOTHING) > said.rfind(AGAIN):
            return
        if time.monotonic() > until:
            daemon.fail("intervals still wait")
        time.sleep(0.05)


def full_disk(daemon, bed):
    again = daemon.said().count(AGAIN)
    bed.fill()
    daemon.wait_for("No space left", 60)
    time.sleep(4)
    bed.empty()
    daemon.wait_for(AGAIN, 60, again + 1)
    wait_until_written(daemon)


def slow_disk(daemon, bed):
    """Seconds for a snapshot: intervals wait, and keep their length."""
    bed.fault("fsync 250")
    daemon.wait_for("the disk is slow", 60)
    bed.fault("")
    daemon.wait_for(NOTHING, 60)


def exhausted_memory(daemon, bed, said):
    """A few intervals' worth of memory and a disk that is away for longer."""
    bed.fault("all EIO")
    daemon.wait_for(said, 60)
    time.sleep(6)
    bed.fault("")
    daemon.wait_for(NOTHING, 60)


def late_rename(daemon, bed):
    """A rename that was done, and failed: it is no second snapshot, and no failure."""
    wrote = daemon.said().count("wrote ")
    bed.fault("rename +EIO")
    daemon.wait_for("wrote ", 60, wrote + 4)
    bed.fault("")


def unknown_rename(daemon, bed):
    """A rename that failed, done or not, and then the disk does not say which: it is asked until it does,
    and one snapshot comes of it."""
    for fault in "rename +EIO\nrenamed EIO", "rename EIO\nrenamed EIO":
        unknown, again = (daemon.said().count(x) for x in ("does not say whether", AGAIN))
        bed.fault(fault)
        daemon.wait_for("does not say whether", 60, unknown + 1)
        time.sleep(2)
        bed.fault("")
        daemon.wait_for(AGAIN, 60, again + 1)
        time.sleep(1)


def days():
    """Today and tomorrow, in UTC: the names of the directories that snapshots of now have."""
    return [time.strftime("%Y-%m-%d", time.gmtime(time.time() + s)) for s in (0, 86400)]


def last_fsync(bed):
    """Only the last fsync fails, that of the day in which a snapshot has just got its name: the snapshot
    is there, and no other follows until its name is durable."""
    daemon = bed.start(log="last")
    bed.start_sender(RATE)
    daemon.wait_for("wrote ", 60, 2)
    for again in 1, 2:
        bed.fault("\n".join("fsync@/%s EIO" % day for day in days()))
        daemon.wait_for("writing is tried again", 60, again)
        named = len(list(bed.spool.glob("smoke/*/2*")))
        time.sleep(2.5)
        assert len(list(bed.spool.glob("smoke/*/2*"))) == named, daemon.said()
        bed.fault("")
        daemon.wait_for(AGAIN, 60, again)
    time.sleep(1.5)
    sent, burst = bed.stop_sender()
    time.sleep(0.5)
    daemon.stop()
    account = Account(bed)
    assert account.gaps() == [], account.gaps()
    lacking = account.lacking(sent)
    assert not lacking, "%d of %d packets lack: %s" % (len(lacking), len(sent), lacking[:10])
    assert len(account.packets) <= len(sent) + burst, (len(account.packets), len(sent), burst)
    assert len(set(account.intervals)) == len(account.intervals), account.intervals
    assert "ledger closes" in daemon.said(), daemon.said()
    print("%d packets in %d snapshots, the names of some late" % (
        len(account.packets), len(account.intervals)))


def last_name(bed):
    """The name of the last snapshot cannot be made durable: the end waits for it as for a snapshot that
    cannot be written, and says so."""
    for well, status in (True, 0), (False, 1):
        daemon = bed.start(log="name%d" % status, interval=10)
        bed.start_sender(RATE)
        left = 10 - time.time() % 10
        time.sleep(left + 1 if left < 5 else 2)
        bed.fault("\n".join("fsync@/%s EIO" % day for day in days()))
        bed.stop_sender()
        time.sleep(0.5)
        daemon.process.send_signal(signal.SIGTERM)
        daemon.wait_for("writing is tried again", 60)
        if well:
            bed.fault("")
        daemon.stop(status=status)
        bed.fault("")
        lines = [line for line in daemon.said().splitlines() if "are in no snapshot" in line]
        assert len(lines) == status, daemon.said()
        assert all("%s: Input/output error; 0 of" % days()[0] in line for line in lines), lines


def get_over(bed):
    """All of it, one after the other, in one run."""
    daemon = bed.start("--pending-memory", "64M", log="over")
    bed.start_sender(RATE)
    ready_us = daemon.wait_for_tables()
    for trouble in every_error, full_disk, slow_disk, late_rename, unknown_rename:
        trouble(daemon, bed)
    time.sleep(1.5)
    sent, burst = bed.stop_sender()
    time.sleep(0.5)
    daemon.stop()
    assert "ledger closes" in daemon.said(), daemon.said()
    account = Account(bed)
    assert account.gaps() == [], account.gaps()
    lacking = account.lacking(sent)
    assert not lacking, "%d of %d packets lack: %s" % (len(lacking), len(sent), lacking[:10])
    assert len(account.packets) <= len(sent) + burst
    # No trouble made an interval longer. The last one begins when all is well, and ends when the worker hears of the end.
    intervals = [x for x in account.intervals[:-1] if x[0] >= ready_us]
    assert len(intervals) > 30 and all(x[1] - x[0] <= 1000000 for x in intervals), account.intervals
    assert account.reason("joined-intervals") == 0
    print("%d packets in %d snapshots" % (len(account.packets), len(account.intervals)))


def outlast_memory(bed, rate, regulars, said):
    """With next to no memory, intervals become longer, and nothing is lost. Returns how many were
    joined."""
    daemon = bed.start("--pending-memory", "1M", log="memory")
    bed.start_sender(rate, regulars)
    # All that wait are to have about as much in them, which the interval that the sender begins in has not.
    bed.wait_for_sender()
    daemon.wait_for("wrote ", 60, daemon.said().count("wrote ") + 2)
    exhausted_memory(daemon, bed, said)
    time.sleep(1.5)
    sent, burst = bed.stop_sender()
    time.sleep(0.5)
    daemon.stop()
    account = Account(bed)
    lacking = account.lacking(sent)
    assert not lacking, "%d of %d packets lack: %s" % (len(lacking), len(sent), lacking[:10])
    assert account.gaps() == [], account.gaps()
    assert any(x[1] - x[0] > 1000000 for x in account.intervals), account.intervals
    joined = account.reason("joined-intervals")
    print("%d packets in %d snapshots, %d intervals joined" % (
        len(account.packets), len(account.intervals), joined))
    return joined


def join(bed):
    assert outlast_memory(bed, RATE // 4, RATE, "adjoining ones become one") > 1


def keep_apart(bed):
    """No source comes twice: joining would free next to nothing of intervals of about one size. The
    sender may be stalled once, and leave one that is small: that and its neighbour are joined."""
    assert outlast_memory(bed, RATE, 0, "there is no more pending-memory") <= 2


def vanished(bed):
    """The spool is removed, then its disk unmounted and mounted again: what was there is gone, all
    that comes later is not."""
    daemon = bed.start(log="vanished")
    bed.start_sender(RATE)
    daemon.wait_for("wrote ", 60)
    shutil.rmtree(bed.spool)
    daemon.wait_for("wrote ", 60, daemon.said().count("wrote ") + 2)
    assert len(list(bed.spool.glob("smoke/*/2*"))) >= 1, daemon.said()
    bed.unmount_lazily()
    daemon.wait_for("is not mounted", 60)
    assert not bed.spool.exists()
    time.sleep(2)
    bed.mount_tmpfs("64m")
    daemon.wait_for(AGAIN, 60)
    time.sleep(1.5)
    bed.stop_sender()
    time.sleep(0.5)
    daemon.stop()
    account = Account(bed)
    assert account.gaps() == [], account.gaps()
    assert account.intervals[-1][1] - account.intervals[0][0] > 3000000, account.intervals
    print("%d packets in %d snapshots after that" % (
        len(account.packets), len(account.intervals)))


def fail_late(bed):
    """The end is ordered while a write hangs, which fails when more time has gone than failing
    writes have: they have it from then on."""
    daemon = bed.start(log="late")
    bed.start_sender(RATE)
    daemon.wait_for("wrote ", 60)
    bed.fault("mkdir 13000\nmkdir EIO")
    time.sleep(2)
    sent, _ = bed.stop_sender()
    time.sleep(0.5)
    daemon.process.send_signal(signal.SIGTERM)
    bed.fault("")
    daemon.stop()
    account = Account(bed)
    lacking = account.lacking(sent)
    assert not lacking, "%d of %d packets lack: %s" % (len(lacking), len(sent), lacking[:10])


def hang_at_the_end(bed):
    """What is recalled cannot be kept, since the disk hangs: the end waits for it as long as for a
    snapshot."""
    daemon = bed.start(log="hang")
    bed.start_sender(RATE)
    daemon.wait_for("wrote ", 60)
    bed.fault("rename@/.recall 100000")
    sent, _ = bed.stop_sender()
    time.sleep(0.5)
    began = time.monotonic()
    daemon.stop(status=1)
    took = time.monotonic() - began
    assert took < 80, "%d s to end" % took
    assert "no answer from the disk" in daemon.said(), daemon.said()
    bed.fault("")
    lacking = Account(bed).lacking(sent)
    assert not lacking, "%d of %d packets lack: %s" % (len(lacking), len(sent), lacking[:10])


def end_by_it(bed):
    """The disk does not come back: the end is bounded, and says what is lost."""
    daemon = bed.start(log="lost")
    bed.start_sender(RATE)
    daemon.wait_for("wrote ", 60)
    bed.fault("all EIO")
    daemon.wait_for("writing is tried again", 60)
    time.sleep(2)
    sent, _ = bed.stop_sender()
    time.sleep(0.5)
    began = time.monotonic()
    daemon.stop(status=1)
    took = time.monotonic() - began
    assert took < 40, "%d s to end" % took
    bed.fault("")
    account = Account(bed)
    said = [line for line in daemon.err.read_text().splitlines() if "are in no snapshot" in line]
    assert len(said) == 1, daemon.said()
    lost, offered = map(int, said[0].partition(": ")[2].partition("; ")[2].split(" frames")[0].split(" of "))
    assert offered >= len(sent), (offered, len(sent))
    assert lost + account.reason("delivered") == offered, (lost, account.reason("delivered"), offered)
    print("%d of %d packets lost, and said so, after %d s" % (lost, offered, took))


def main():
    only = sys.argv[4:]
    for run in get_over, last_fsync, last_name, join, keep_apart, vanished, fail_late, hang_at_the_end, end_by_it:
        if only and run.__name__ not in only:
            continue
        with Bed(*sys.argv[1:4]) as bed:
            bed.mount_tmpfs("64m")
            bed.fault("")
            run(bed)


main()
