#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""The clock was set back: what is counted has a time that snapshots have already, of other packets. All of
it is on disk, beside what was there, and says so.

    daemon_setback.py TEITEND TEITEN FAULTS [NAME…]: one after the other, or these alone"""
import json
import shutil
import struct
import subprocess
import sys
import time

from durable import Bed, table

RATE = 1000
LONG = 3600  # seconds; its end is seldom so near that it has to be waited for
SAID = "another snapshot has its time already"


def capture(path, start, seconds):
    """One packet in each second from start on, to the monitored addresses."""
    ip = struct.pack("!BBHHHBBHII", 0x45, 0, 40, 0, 0, 64, 6, 0, 0x08080808, 0xC0000201)
    tcp = struct.pack("!HHIIBBHHH", 6000, 445, 1, 0, 0x50, 2, 1024, 0, 0)
    frame = b"\2\0\0\0\0\1\2\0\0\0\0\2\x08\0" + ip + tcp + b"\0" * 6
    with open(path, "wb") as out:
        out.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1))
        for i in range(seconds):
            out.write(struct.pack("<IIII", start + i, 0, len(frame), len(frame)) + frame)


def fill_the_future(bed, seconds):
    """Snapshots of what is to come, compacted: as if the clock had been ahead. Returns their packets."""
    pcap = bed.at / "future.pcap"
    start = int(time.time()) - 10
    capture(pcap, start, seconds)
    subprocess.run([bed.teiten, "read", "--spool", bed.spool, "--sensor", "smoke", "--interval", "1",
                    "--monitored", "192.0.2.0/24", "--geo=none", "--asn=none", "--fingerprints=none", pcap],
                   check=True, capture_output=True)
    subprocess.run([bed.teiten, "compact", "--per", "day", "--now", "9999-01-01", bed.spool], check=True,
                   capture_output=True)
    return seconds


def all_are_there(bed, sent, ahead):
    """Every packet that was sent is counted once, beside those of the future."""
    done = subprocess.run([bed.teiten, "verify", bed.spool], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    counts = {}
    for row in table(bed, "sources"):
        counts[row["src_ip"]] = counts.get(row["src_ip"], 0) + int(row["packets"])
    assert counts.pop("8.8.8.8") == ahead
    lacking = [n for n in range(len(sent)) if "10.%d.%d.%d" % (n >> 16, n >> 8 & 255, n & 255) not in counts]
    assert not lacking, "%d of %d packets lack: %s" % (len(lacking), len(sent), lacking[:10])
    assert set(counts.values()) == {1}, "packets counted twice"
    return done.stdout


def beside_compacted(bed):
    """An interval whose time is in a compacted snapshot does not hold up those that come."""
    ahead = fill_the_future(bed, 600)
    daemon = bed.start(log="beside")
    bed.start_sender(RATE)
    daemon.wait_for("wrote ", 60, 5)
    sent, _ = bed.stop_sender()
    time.sleep(0.5)
    daemon.stop(seconds=60)
    assert daemon.said().count(SAID) == 1, daemon.said()
    told = all_are_there(bed, sent, ahead)
    assert told.count("and not in it; counted beside it") >= 5, told
    again = [row for row in table(bed, "ledger") if row["reason"] == "time-again"]
    assert len(again) >= 5 and all(row["packets"] == "1" for row in again), again
    done = subprocess.run([bed.teiten, "compact", "--per", "day", "--now", "9999-01-01", bed.spool],
                          capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    all_are_there(bed, sent, ahead)
    print("%d packets beside a compacted snapshot" % len(sent))


def wait_for_room():
    """Until a long interval goes on for two minutes at least."""
    left = LONG - time.time() % LONG
    if left < 120:
        time.sleep(left + 0.1)


def parts_beside_compacted(bed):
    """The same of an interval in parts."""
    ahead = fill_the_future(bed, 600)
    daemon = bed.start("--checkpoint", "1", interval=120, log="parts")
    bed.start_sender(RATE)
    time.sleep(4)
    sent, _ = bed.stop_sender()
    time.sleep(0.5)
    daemon.stop(seconds=60)
    all_are_there(bed, sent, ahead)
    assert list(bed.spool.glob("smoke/*/.part-*")) == []
    print("%d packets in parts beside a compacted snapshot" % len(sent))


def wait_for_parts(spool, daemon):
    """The first takes longer where memory comes slowly."""
    until = time.monotonic() + 60
    while len(list(spool.glob("smoke/*/.part-*"))) < 5:
        assert time.monotonic() < until, daemon.said()
        time.sleep(0.1)


def packets_of(paths):
    return sum(json.loads((path / "manifest.json").read_text())["totals"]["packets"] for path in paths)


def parts_of_another_run(bed):
    """Parts in the time of an interval that is finished, and not of it, are not taken for what it is made
    of. Two daemons count the same packets: the parts of the one are put beside the snapshot of the other."""
    wait_for_room()
    first = bed.start("--checkpoint", "1", interval=LONG, log="first")
    other = bed.at / "other"
    bed.spool, kept = other, bed.spool
    second = bed.start("--checkpoint", "1", interval=LONG, log="second")
    bed.spool = kept
    bed.start_sender(RATE)
    wait_for_parts(other, second)
    bed.stop_sender()
    second.kill()
    time.sleep(1.5)
    first.stop(seconds=60)
    whole = list(kept.glob("smoke/*/2*"))
    assert len(whole) == 1, first.said()
    parts = list(other.glob("smoke/*/.part-*"))
    assert len(parts) >= 4, second.said()
    expected = packets_of(whole), packets_of(parts)
    for part in parts:
        shutil.copytree(part, kept / part.relative_to(other))
    daemon = bed.start(interval=1, log="finishes")
    daemon.wait_for("in %d parts" % len(parts), 60)
    daemon.stop(seconds=60)
    assert list(kept.glob("smoke/*/.part-*")) == []
    counted = [int(row["packets"]) for row in table(bed, "interval")]
    assert sorted(counted)[-2:] == sorted(expected), (counted, expected)
    assert "another snapshot has some of its time" in daemon.said(), daemon.said()
    print("%d packets of the one run, %d of the other" % expected)


def parts_of_a_damaged_snapshot(bed):
    """Parts that a snapshot is made of stay where it is damaged: moved away, it is made of them again."""
    wait_for_room()
    kept = bed.at / "kept"
    daemon = bed.start("--checkpoint", "1", interval=LONG, log="whole")
    bed.start_sender(RATE)
    wait_for_parts(bed.spool, daemon)
    bed.stop_sender()
    time.sleep(1.5)
    shutil.copytree(bed.spool, kept)
    daemon.stop(seconds=60)
    whole, = bed.spool.glob("smoke/*/2*")
    parts = list(kept.glob("smoke/*/.part-*"))
    assert len(parts) >= 4, daemon.said()
    for part in parts:
        shutil.copytree(part, bed.spool / part.relative_to(kept))
    (whole / "targets.parquet").write_bytes(b"PAR1")
    daemon = bed.start(interval=1, log="keeps")
    daemon.wait_for("%d parts of this interval are snapshots of their own" % len(parts), 60)
    daemon.stop(seconds=60)
    shutil.move(whole, bed.at / "damaged")
    counted = sum(int(row["packets"]) for row in table(bed, "interval"))
    assert counted >= packets_of(parts) > 0, (counted, packets_of(parts))
    print("%d packets in %d parts of a damaged snapshot" % (counted, len(parts)))


def main():
    only = sys.argv[4:]
    for run in beside_compacted, parts_beside_compacted, parts_of_another_run, parts_of_a_damaged_snapshot:
        if only and run.__name__ not in only:
            continue
        with Bed(*sys.argv[1:4]) as bed:
            bed.mount_tmpfs("64m")
            bed.fault("")
            run(bed)


main()
