#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""kill -9 at random moments while packets come and the disk fails, fills and empties: every packet
is on disk, or was sent in a gap that a snapshot states; every snapshot that was said to be written
is there; no gap begins before the last of them ends, nor goes on after the next start.

TEITEN_KILLS: how many times (20); TEITEN_SEED: repeats the choices.

    daemon_kills.py TEITEND TEITEN FAULTS"""
import json
import os
import pathlib
import random
import re
import sys
import time

from durable import SECOND, Account, Bed, microseconds

RATE = 1000
START_US = 10 * SECOND  # from the first packet that a daemon counts to its line that it runs
FAULTS = ["", "", "", "all EIO 30", "fsync EIO", "all EROFS", "write ENOSPC 20", "fsync 100",
          "write 5", "rename EIO 2", "full", "full"]


def trouble(bed, chance, until):
    """Goes from one fault to another until the time comes."""
    while time.monotonic() < until:
        fault = chance.choice(FAULTS)
        if fault == "full":
            bed.fill()
        bed.fault("" if fault == "full" else fault)
        time.sleep(min(chance.uniform(0.1, 1.5), max(0, until - time.monotonic())))
        bed.empty()


class Life:
    """When a daemon ran, and until when it said that its snapshots reach."""

    def __init__(self, bed, *options, **more):
        self.daemon = bed.start(*options, **more)
        self.started = time.time_ns() // 1000
        self.wrote = []

    def end(self, how):
        how()
        self.wrote = re.findall(r"wrote (\S+):", self.daemon.said())
        self.check()

    def check(self):
        lacking = [path for path in self.wrote if not pathlib.Path(path, "manifest.json").exists()]
        assert not lacking, "said to be written, and not there: %s" % lacking

    def reaches(self):
        ends = [json.loads(pathlib.Path(path, "manifest.json").read_text())["interval"]["end"]
                for path in self.wrote]
        return max(map(microseconds, ends), default=0)


def check_gaps(gaps, lives):
    for begin, end in gaps:
        following = [i for i, life in enumerate(lives) if life.started >= end]
        assert following, "a gap until %d, and no start after it" % end
        after = following[0]
        assert lives[after].started - end < START_US, (begin, end, lives[after].started)
        said = max((life.reaches() for life in lives[:after]), default=0)
        assert begin >= said, "a gap from %d on, and snapshots were said to reach to %d" % (
            begin, said)


def one_life(bed, chance):
    """Seconds each, or long intervals in parts: what one run leaves, another one finishes."""
    interval, parts = chance.choice([(1, "0"), (1, "0"), (10, "1"), (10, "1"), (20, "2")])
    memory = chance.choice(["1M", "64M"])
    bed.fault("")
    bed.empty()
    life = Life(bed, "--pending-memory", memory, "--checkpoint", parts, interval=interval)
    # Time for a few snapshots before the trouble begins, or for none.
    until = time.monotonic() + chance.uniform(0.0, 6.0)
    calm = chance.uniform(0.0, 3.0)
    time.sleep(min(calm, max(0.0, until - time.monotonic())))
    trouble(bed, chance, until)
    life.end(life.daemon.kill)
    return life


def main():
    kills = int(os.environ.get("TEITEN_KILLS", "20"))
    seed = int(os.environ.get("TEITEN_SEED", time.time()))
    chance = random.Random(seed)
    print("seed %d, %d kills" % (seed, kills), flush=True)
    with Bed(*sys.argv[1:4]) as bed:
        bed.mount_tmpfs("256m")
        bed.start_sender(RATE)
        lives = [one_life(bed, chance) for _ in range(kills)]
        bed.fault("")
        bed.empty()
        lives.append(Life(bed))
        lives[-1].daemon.wait_for("wrote ", 60)
        time.sleep(2.2)
        sent, _ = bed.stop_sender()
        time.sleep(0.5)
        lives[-1].end(lives[-1].daemon.stop)
        account = Account(bed)
        gaps = account.check(sent)
        assert len(gaps) <= kills, "%d gaps of %d kills" % (len(gaps), kills)
        for life in lives:
            life.check()
        check_gaps(gaps, lives)
        print("%d packets sent, %d in %d snapshots, %d in %d stated gaps of %.1f s" % (
            len(sent), len(account.packets), len(account.intervals),
            len(account.lacking(sent)), len(gaps), sum(b - a for a, b in gaps) / 1e6))


main()
