# SPDX-License-Identifier: BSD-3-Clause
"""What signatures cost a packet, by what it has for a payload. Rules are generated; with those of
../shared among them, where they are."""
from . import figures
from .bench import RULES as FINGERPRINTS, Job
from .report import Target
from .traffic import PROFILES, ROOT
from .worker import PAGES

RULES = ROOT.parent / "shared/rules/snort-2005-gpl-sessionless.rules"
SYN = Target("signatures on a SYN", "ns", 10, 5, at_most=True)
SYN_RATE = Target("SYN traffic, rate with signatures over rate without", "x", 0.9, 0.95)
SLAMMER = Target("Slammer frames matched", "Mpps", 2.8, 2.8)
SLAMMER_WORKER = Target("worker: Slammer frames, with signatures", "Mpps", 2.8, 2.8)
CASES = {"syn": "SYN, no payload", "slammer": "Slammer's length and strings",
         "text": "1,472 bytes, nothing to find", "near": "1,472 bytes of the rules' own patterns"}


WORKER = {"worker syn": "SYNs of zipf.yaml", "worker syn plain": "the same, --simd-bits 128",
          "worker slammer": "Slammer, 512 sources"}


def rules():
    return ["--rules", RULES] if RULES.exists() else []


def run(bench):
    return bench.lines("bench_signature", *rules(), "--rounds", 1)


def run_worker(bench):
    def lines(*more):
        return bench.lines("bench_signature_worker", "--profile", PROFILES / "syn.yaml",
                           "--fingerprints", FINGERPRINTS, *rules(), "--page", bench.page_size(PAGES), *more)

    return lines() + [dict(line, case=line["case"] + " plain")
                      for line in lines("--only", "syn", "--simd-bits", 128)]


def tell_worker(rounds, report):
    lines = {case: [line for of_round in rounds for line in of_round if line["case"] == case]
             for case in WORKER}

    def of(case, key):
        return [line[key] for line in lines[case]]

    report.table("The whole worker, without and with signatures",
                 ["", "ns without", "ns with", "Mpps with", "rate over rate", "matches a packet"],
                 [[WORKER[case], figures.of(of(case, "without_ns")),
                   figures.of(of(case, "with_ns")), figures.mpps(of(case, "with_ns")).median,
                   figures.of(of(case, "rate")).text(2), of(case, "matches")[0]]
                  for case in WORKER],
                 "CPU time; rings of 4,096 frames without and with in turn, matches counted.")
    report.target(SYN_RATE, figures.of(of("worker syn", "rate")))
    report.target(SLAMMER_WORKER, figures.mpps(of("worker slammer", "with_ns")))


class Signatures:
    name = "signatures"
    takes_traffic = False

    @staticmethod
    def jobs(bench):
        return [Job("signatures", "signatures", lambda: run(bench)),
                Job("signatures-worker", "the worker with signatures", lambda: run_worker(bench))]

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
        worker = results.get("signatures-worker")
        if worker:
            tell_worker(worker, report)
