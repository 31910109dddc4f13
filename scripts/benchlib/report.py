# SPDX-License-Identifier: BSD-3-Clause
"""What the benchmark prints, and the same as JSON."""
import dataclasses
import os
import pathlib
import platform
import re
import subprocess

from .generator import Generator
from .traffic import Traffic

TITLES = ("trial", "asked Mpps", "sent Mpps", "sent", "delivered", "lost", "missing", "")
ROW = "{:>5} {:>11} {:>10} {:>12} {:>12} {:>9} {:>9}  {}"

PUSHED_BACK = (
    "note: this device loses nothing, it makes the generator wait. A rate passes where it was\n"
    "reached and every packet is in the ledger; what a card would have dropped cannot show.")


def mpps(pps):
    return "-" if pps is None else f"{pps / 1e6:.3f}"


def shared_cpus(cpus):
    n = len(cpus)
    return (f"note: {n} CPU{'s' * (n > 1)}, so management, workers and generator do not all have "
            "one of their own")


def heading(rig, traffic, workers, line_rate):
    return (f"\n{rig.generator.name}, {rig.device.name}, teitend with {workers} "
            f"worker{'s' * (workers > 1)}\n{traffic.name}; at {rig.generator.mbps()} Mbit/s "
            f"{mpps(line_rate)} Mpps")


def titles():
    return ROW.format(*TITLES).rstrip()


def row(number, trial, why):
    ledger = trial.ledger
    text = ROW.format(number, mpps(trial.asked_pps), mpps(trial.pps), trial.sent, ledger.delivered,
                      ledger.lost, trial.missing, why or "passed")
    if ledger.exceptions:
        told = ", ".join(f"{n} {reason}" for reason, n in ledger.exceptions.items())
        text += f"\n      delivered and not counted: {told}"
    return text


def trial_json(trial, why):
    ledger = trial.ledger
    return {"asked_pps": trial.asked_pps, "sent_pps": trial.pps, "sent": trial.sent,
            "offered": ledger.offered, "missed": ledger.missed, "no_mbuf": ledger.no_mbuf,
            "errors": ledger.errors, "delivered": ledger.delivered, "counted": ledger.counted,
            "exceptions": ledger.exceptions, "missing": trial.missing, "passed": why is None,
            "why": why}


@dataclasses.dataclass(frozen=True)
class Size:
    """What was found with one frame size."""
    frame: int
    device: str
    generator: Generator
    traffic: Traffic
    line_rate: float
    told: list  # of (trial, why it did not pass)

    @property
    def searched(self):
        return self.generator.paces

    @property
    def best(self):
        """The trial with the highest rate that passed; None for none."""
        return max((trial for trial, why in self.told if why is None), key=lambda t: t.pps,
                   default=None)

    def _share(self, trial):
        percent = 100 * trial.pps / self.line_rate
        return f"{mpps(trial.pps)} Mpps, {percent:.1f} % of the line's rate"

    def result(self):
        name = f"{self.frame}-byte frames: "
        if not self.searched:
            trial, why = self.told[0]
            return f"{name}at most {self._share(trial)}, {why or 'without loss'}; not searched for"
        if self.best is None:
            return f"{name}no rate passed, down to {mpps(self.told[-1][0].asked_pps)} Mpps"
        whole = " (the highest that was tried)" if len(self.told) == 1 else ""
        return f"{name}without loss {self._share(self.best)}{whole}"

    def json(self):
        return {"frame": self.frame, "mean_frame": self.traffic.frames.mean,
                "traffic": self.traffic.name, "device": self.device,
                "generator": self.generator.name, "searched": self.searched,
                "line_rate_pps": self.line_rate,
                "result_pps": self.best.pps if self.best else None, "result": self.result(),
                "trials": [trial_json(trial, why) for trial, why in self.told]}


def cpu_model():
    try:
        info = pathlib.Path("/proc/cpuinfo").read_text(errors="replace")
    except OSError:
        return ""
    found = re.search(r"^model name\s*: (.*)$", info, re.MULTILINE)
    return found.group(1) if found else ""


def whole_json(opts, found, eal, sizes):
    teitend = subprocess.run([found.teitend, "--version"], capture_output=True, text=True)
    return {"teitend": teitend.stdout.strip(), "teitend_options": opts.rest,
            "workers": opts.workers, "table_memory_mib": opts.table_memory,
            "huge_pages": "--in-memory" in eal, "cpu_model": cpu_model(),
            "machine_cpus": os.cpu_count(), "cpus": opts.cpus, "kernel": platform.release(),
            "seconds": opts.seconds, "precision_percent": opts.precision,
            "sizes": [size.json() for size in sizes]}
