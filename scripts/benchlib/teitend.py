# SPDX-License-Identifier: BSD-3-Clause
"""The appliance under test, and its ledger."""
import datetime
import signal
import subprocess

from . import Failure, ledger
from .machine import Process, lcores

SENSOR = "bench"


class Teitend:
    def __init__(self, programs, device, eal, cpus, options, directory):
        self.teiten = programs.teiten
        self.spool = directory / "spool"
        args = [programs.teitend, *eal, "--no-telemetry", "--file-prefix=teitend", lcores(cpus),
                *device.teitend, "--", "--spool", self.spool, "--sensor", SENSOR,
                "--rx-queues", len(cpus) - 1, *options]
        self.process = Process(args, directory, "teitend")
        self.process.wait_for(120, self._running, "does not start")

    def _running(self):
        return "running, management" in self.process.text()

    def _export(self, table):
        done = subprocess.run([self.teiten, "export", "--table", table, self.spool],
                              capture_output=True, text=True)
        if done.returncode != 0 and "no snapshots" not in done.stderr:
            raise Failure(f"teiten export --table {table}: {done.stderr.strip()}")
        return done.stdout

    def _covers(self, moment):
        return self.spool.is_dir() and ledger.covered(self._export("interval")) >= moment

    def ledger(self):
        """What all snapshots say, of everything that came until now."""
        now = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%f")
        self.process.child.send_signal(signal.SIGUSR1)  # closes the interval
        self.process.wait_for(60, lambda: self._covers(now), "wrote no snapshot")
        return ledger.parse(self._export("ledger"))

    def end(self):
        """Ends it and holds it to its word: a ledger that closes, snapshots that are intact."""
        self.process.child.send_signal(signal.SIGINT)
        status = self.process.wait(120)
        if status != 0 or "ledger closes" not in self.process.text():
            self.process.fail(f"ended with {status}")
        done = subprocess.run([self.teiten, "verify", self.spool], capture_output=True, text=True)
        if done.returncode != 0:
            raise Failure(f"teiten verify: {done.stdout}{done.stderr}".rstrip())
