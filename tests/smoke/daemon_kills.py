#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""kill -9 at random moments while packets come and the disk fails, fills and empties: every packet
is on disk, or was sent in a gap that a snapshot states.

TEITEN_KILLS: how many times (20); TEITEN_SEED: repeats the choices.

    daemon_kills.py TEITEND TEITEN FAULTS"""
import os
import random
import sys
import time

from durable import Account, Bed

RATE = 1000
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


def one_life(bed, chance):
    """Seconds each, or long intervals in parts: what one run leaves, another one finishes."""
    interval, parts = chance.choice([(1, "0"), (1, "0"), (10, "1"), (10, "1"), (20, "2")])
    memory = chance.choice(["1M", "64M"])
    bed.fault("")
    bed.empty()
    daemon = bed.start("--pending-memory", memory, "--checkpoint", parts, interval=interval)
    # Time for a few snapshots before the trouble begins, or for none.
    until = time.monotonic() + chance.uniform(0.0, 6.0)
    calm = chance.uniform(0.0, 3.0)
    time.sleep(min(calm, max(0.0, until - time.monotonic())))
    trouble(bed, chance, until)
    daemon.kill()


def main():
    kills = int(os.environ.get("TEITEN_KILLS", "20"))
    seed = int(os.environ.get("TEITEN_SEED", time.time()))
    chance = random.Random(seed)
    print("seed %d, %d kills" % (seed, kills), flush=True)
    with Bed(*sys.argv[1:4]) as bed:
        bed.mount_tmpfs("256m")
        bed.start_sender(RATE)
        for _ in range(kills):
            one_life(bed, chance)
        bed.fault("")
        bed.empty()
        daemon = bed.start()
        daemon.wait_for("wrote ", 60)
        time.sleep(1.2)
        sent, _ = bed.stop_sender()
        time.sleep(0.5)
        daemon.stop()
        account = Account(bed)
        gaps = account.check(sent)
        assert len(gaps) <= kills, "%d gaps of %d kills" % (len(gaps), kills)
        print("%d packets sent, %d in %d snapshots, %d in %d stated gaps of %.1f s" % (
            len(sent), len(account.packets), len(account.intervals),
            len(account.lacking(sent)), len(gaps), sum(b - a for a, b in gaps) / 1e6))


main()
