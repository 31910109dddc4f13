# SPDX-License-Identifier: BSD-3-Clause
"""teitend on a virtual device: started, watched for a while, ended; its own ledger says what came
of it."""
import contextlib
import dataclasses
import datetime
import json
import pathlib
import re
import shutil
import signal
import time

from . import Failure, programs

ACCOUNT = re.compile(r"offered (\d+) = missed (\d+) \+ no-mbuf (\d+) \+ errors (\d+) \+ "
                     r"delivered (\d+)")
RUNNING = "running, management on"
LAST_S = 60  # until it has written its last snapshot


@dataclasses.dataclass(frozen=True)
class Device:
    title: str
    vdev: str
    monitored: str
    n: int = 1  # so many of it, a queue and a worker each

    def times(self, n):
        return dataclasses.replace(self, n=n)

    def args(self):
        """EAL's, one for each; the name of a device ends with its number."""
        name, options = self.vdev.split("0,", 1)
        return [arg for i in range(self.n) for arg in ("--vdev", f"{name}{i},{options}")]


@dataclasses.dataclass(frozen=True)
class Snapshot:
    start: datetime.datetime
    seconds: float
    frames: int
    exact: bool  # the ledger closes, and nothing was missed


def parse_time(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))


def parse_manifest(text):
    manifest = json.loads(text)
    interval, ledger = manifest["interval"], manifest["run"]["ledger"]
    return Snapshot(parse_time(interval["start"]), interval["observed_us"] / 1e6,
                    ledger["delivered"],
                    ledger["closes"] and ledger["offered"] == ledger["delivered"])


def check(said, snapshots):
    """Is every packet of all ports there? said: what teitend printed. Failure if not."""
    accounts = ACCOUNT.findall(said)
    if not accounts or "ledger closes" not in said:
        raise Failure(f"no ledger that closes:\n{said}")
    offered, missed, no_mbuf, errors, delivered = (
        sum(map(int, column)) for column in zip(*accounts, strict=True))
    written = sum(snapshot.frames for snapshot in snapshots)
    if missed + no_mbuf + errors > 0 or offered != delivered:
        raise Failure(f"packets were lost: offered {offered}, missed {missed}, "
                      f"no-mbuf {no_mbuf}, errors {errors}, delivered {delivered}")
    if written != delivered or not all(snapshot.exact for snapshot in snapshots):
        raise Failure(f"{written} packets are in snapshots, and not {delivered}")


@dataclasses.dataclass(frozen=True)
class Run:
    """A teitend that counts."""
    child: object
    log: pathlib.Path
    spool: pathlib.Path
    started: datetime.datetime  # when it was called


@contextlib.contextmanager
def running(bench, device, pages, *options):
    log, spool = bench.directory / "teitend.log", bench.directory / "spool"
    shutil.rmtree(spool, ignore_errors=True)
    args = [bench.program("teitend"), *bench.eal(pages, device.n), *device.args(), "--",
            "--spool", spool, "--sensor", "bench", "--interval", "86400", "--rx-queues", "1", "--monitored",
            device.monitored, *options]
    started = datetime.datetime.now(datetime.timezone.utc)
    with programs.background(args, log) as child:
        programs.wait_for(child, log, lambda text: RUNNING in text, 120, "does not start")
        yield Run(child, log, spool, started)


def end(run):
    """Ends it. Returns its snapshots, first to last, once they were checked."""
    programs.interrupt(run.child, run.log, LAST_S)
    manifests = run.spool.rglob("manifest.json")
    snapshots = sorted((parse_manifest(path.read_text()) for path in manifests),
                       key=lambda snapshot: snapshot.start)
    check(run.log.read_text(errors="replace"), snapshots)
    return snapshots


def rate(bench, device, pages, *options):
    """Packets per second between two cuts of the interval, of which each snapshot knows the moment
    to the microsecond."""
    with running(bench, device, pages, *options) as run:
        for pause in (0.5, bench.size.window_s):
            time.sleep(pause)
            cut(run)
        snapshots = end(run)
    inside = snapshots[1:-1]
    if not inside:
        raise Failure("no snapshot between two cuts")
    return sum(s.frames for s in inside) / sum(s.seconds for s in inside)


def cut(run):
    """Closes the interval and waits until its snapshot is written: two wishes at once are one."""
    before = run.log.read_text(errors="replace").count("wrote")
    run.child.send_signal(signal.SIGUSR1)
    programs.wait_for(run.child, run.log, lambda text: text.count("wrote") > before, LAST_S,
                      "writes no snapshot")
