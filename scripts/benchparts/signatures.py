# SPDX-License-Identifier: BSD-3-Clause
"""What signatures cost a packet, by what it has for a payload. Rules are generated; with those of
../shared among them, where they are."""
from . import figures
from .bench import ROOT, Job
from .report import Target

RULES = ROOT.parent / "shared/rules/snort-2005-gpl-sessionless.rules"
SYN = Target("signatures on a SYN", "ns", 10, 5, at_most=True)
SLAMMER = Target("Slammer frames matched", "Mpps", 2.8, 2.8)
CASES = {"syn": "SYN, no payload", "slammer": "Slammer's length and strings",
         "text": "1,472 bytes, nothing to find", "near": "1,472 bytes of the rules' own patterns"}


def run(bench):
    rules = ["--rules", RULES] if RULES.exists() else []
    return bench.lines("bench_signature", *rules, "--rounds", 1)


class Signatures:
    name = "signatures"

    @staticmethod
    def jobs(bench):
        return [Job("signatures", "signatures", lambda: run(bench))]

    @staticmethod
    def tell(bench, results, report):
        rounds = results.get("signatures")
        if not rounds:
            return
        compiled = rounds[0][0]
        times, cut, worst = {}, {}, {}
        for lines in rounds:
            for line in lines[1:]:
                if line["case"].startswith("worst"):
                    worst.setdefault(line["case"].partition(", ")[2], []).append(line["ns"] / 1000)
                    continue
                times.setdefault(line["case"], []).append(line["ns"])
                cut[line["case"]] = line["cut_short"]
        report.table(f"{compiled['rules']} signatures, compiled in {compiled['seconds']:.1f} s",
                     ["", "ns a packet", "Mpps", "cut short"],
                     [[CASES[case], figures.of(samples), figures.mpps(samples), f"{cut[case]:.0%}"]
                      for case, samples in times.items()],
                     "CPU time beyond that of decoding, in bursts of 64.")
        if worst:
            report.table("The dearest packets", ["", "µs a packet"],
                         [[case, figures.of(samples)] for case, samples in worst.items()],
                         "Payload of 1,472 bytes and rules that cost much on it, each by themselves.")
        report.target(SYN, figures.of(times["syn"]))
        report.target(SLAMMER, figures.mpps(times["slammer"]))
