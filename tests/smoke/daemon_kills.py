#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""kill -9 at random moments while packets come and the disk fails, fills and empties, and while the spool
is compacted and merged into another one, which are killed as well: every packet is on disk, or was sent in
a gap that a snapshot states; every snapshot that was said to be written is there, or a longer one in its
place; no gap begins before the last of them ends, nor goes on after the next start. What was merged has
the same packets.

TEITEN_KILLS: how many times (20); TEITEN_SEED: repeats the choices.

    daemon_kills.py TEITEND TEITEN FAULTS"""
import os
import pathlib
import random
import re
import signal
import subprocess
import sys
import time

from durable import SECOND, Account, Bed, microseconds, table

RATE = 1000
MERGE_S = 20  # in which a compact that runs is done, on a machine that is busy with other things
START_US = 10 * SECOND  # from the first packet that a daemon counts to its line that it runs
FAULTS = ["", "", "", "all EIO 30", "fsync EIO", "all EROFS", "write ENOSPC 20", "fsync 100",
          "write 5", "rename EIO 2", "full", "full"]


class Tools:
    """teiten compact, and teiten merge into a spool of its own, one after the other while the daemon
    runs, each killed after a while or left to its end. The disk fails for them as for the daemon."""

    def __init__(self, bed, chance):
        self.bed, self.chance, self.child, self.killed, self.started = bed, chance, None, 0, 0
        self.merged = bed.mount / "merged"
        self.env = dict(os.environ, LD_PRELOAD=bed.faults, TT_FAULTS_PREFIX=str(bed.mount),
                        TT_FAULTS_CONTROL=str(bed.control))

    def command(self, name):
        if name == "compact":
            return [self.bed.teiten, "compact", "--per", "20", self.bed.spool]
        return [self.bed.teiten, "merge", "--spool", self.merged, "--sensor", "all", "--per", "hour",
                self.bed.spool]

    def end(self):
        if self.child is not None and self.child.poll() is None:
            self.child.kill()
            self.child.wait()
            self.killed += 1

    def step(self):
        """Starts the next, and ends it soon, or at the next step, if it takes so long."""
        self.end()
        self.child = subprocess.Popen(self.command(self.chance.choice(["compact", "compact", "merge"])),
                                      env=self.env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.bed.children.append(self.child)
        self.started += 1
        if self.chance.random() < 0.7:
            time.sleep(self.chance.uniform(0, 0.1))
            self.end()

    def finish(self):
        """All of it becomes what it is to be."""
        self.end()
        for name in "compact", "merge":
            done = subprocess.run(self.command(name), capture_output=True, text=True)
            assert done.returncode == 0, (name, done.stdout, done.stderr)


def trouble(bed, chance, until, tools):
    """Goes from one fault to another until the time comes."""
    while time.monotonic() < until:
        tools.step()
        fault = chance.choice(FAULTS)
        if fault == "full":
            bed.fill()
        bed.fault("" if fault == "full" else fault)
        time.sleep(min(chance.uniform(0.1, 1.5), max(0, until - time.monotonic())))
        bed.empty()


def coverage_of(bed, path):
    """Of a snapshot, or of the longer one that it is in by now: until when was observed from its start on,
    without a gap. None where there is neither."""
    path = pathlib.Path(path)
    start = microseconds("%s-%s-%sT%s:%s:%s" % tuple(path.name[x:y] for x, y in (
        (0, 4), (4, 6), (6, 8), (9, 11), (11, 13), (13, -1))))
    until = time.monotonic() + MERGE_S
    while time.monotonic() < until:
        longer = [x for x in path.parent.glob("*--*")
                  if x.name.split("--")[0] <= path.name < x.name.split("--")[1]]
        for found in [path, *longer]:
            try:
                rows = table(bed, "coverage", found)
            except subprocess.CalledProcessError:
                continue
            ends = [microseconds(row["observed_until"]) for row in rows
                    if microseconds(row["observed_from"]) <= start < microseconds(row["observed_until"])]
            if ends:
                return ends[0]
        time.sleep(0.1)  # it may have become a part of a longer one meanwhile, and that again
    return None


class Life:
    """When a daemon ran, and until when it said that its snapshots reach."""

    def __init__(self, bed, *options, **more):
        self.bed, self.daemon = bed, bed.start(*options, **more)
        self.started = time.time_ns() // 1000
        self.wrote = []

    def end(self, how):
        how()
        self.wrote = re.findall(r"wrote (\S+):", self.daemon.said())
        self.check()

    def check(self):
        lacking = [path for path in self.wrote if not coverage_of(self.bed, path)]
        assert not lacking, "said to be written, and not there: %s" % lacking

    def reaches(self):
        return max((coverage_of(self.bed, path) for path in self.wrote[-2:]), default=0)


def check_gaps(gaps, lives):
    for begin, end in gaps:
        following = [i for i, life in enumerate(lives) if life.started >= end]
        assert following, "a gap until %d, and no start after it" % end
        after = following[0]
        assert lives[after].started - end < START_US, (begin, end, lives[after].started)
        said = max((life.reaches() for life in lives[:after]), default=0)
        assert begin >= said, "a gap from %d on, and snapshots were said to reach to %d" % (
            begin, said)


def one_life(bed, chance, tools):
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
    trouble(bed, chance, until, tools)
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
        tools = Tools(bed, chance)
        lives = [one_life(bed, chance, tools) for _ in range(kills)]
        bed.fault("")
        bed.empty()
        lives.append(Life(bed))
        lives[-1].daemon.wait_for("wrote ", 60)
        time.sleep(2.2)
        sent, _ = bed.stop_sender()
        time.sleep(0.5)
        lives[-1].end(lives[-1].daemon.stop)
        tools.finish()
        account = Account(bed)
        gaps = account.check(sent)
        merged = Account(bed, tools.merged)
        assert merged.packets == account.packets, "merged, there are others"
        assert len(gaps) <= kills, "%d gaps of %d kills" % (len(gaps), kills)
        for life in lives:
            life.check()
        check_gaps(gaps, lives)
        print("compact and merge: %d runs, %d of them killed" % (tools.started, tools.killed))
        print("%d packets sent, %d in %d snapshots, %d in %d stated gaps of %.1f s" % (
            len(sent), len(account.packets), len(account.intervals),
            len(account.lacking(sent)), len(gaps), sum(b - a for a, b in gaps) / 1e6))


main()
