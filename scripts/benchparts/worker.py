# SPDX-License-Identifier: BSD-3-Clause
"""The worker alone: features one by one, shapes of traffic, sizes of bursts and pages."""
import functools

from . import figures
from .bench import PROFILES, ROOT, RULES, Job
from .report import Target

PAGES = 420  # of 2 MiB: one table set, traffic, the country table

FEATURES = [("decode", "decode"), ("monitored", "+ is it monitored?"),
            ("headers", "+ headers, port histograms"), ("backscatter", "+ backscatter details"),
            ("pairs", "+ pairs (ports follow from them)"), ("contacts", "+ contacts"),
            ("ports", "+ source ports"), ("sketches", "+ sketches"),
            ("fingerprints", "+ fingerprints: everything"), ("pipeline", "the burst pipeline"),
            ("plain", "packet by packet")]

# name -> profile, its title, fragments, passes and packets in relation to the others'
SHAPES = {"zipf": (PROFILES / "zipf.yaml", "Zipf", "no", 1, 1),
          "uniform": (PROFILES / "uniform.yaml", "uniform", "no", 1, 1),
          "flood": (ROOT / "profiles/flood.yaml", "flood: every source and port new", "no", 3, 1),
          "flood-port": (PROFILES / "flood-port.yaml", "flood of one port", "no", 3, 1),
          "flood-echo": (PROFILES / "flood-echo.yaml", "flood of echo requests", "no", 3, 1),
          "flood-answers": (PROFILES / "flood-answers.yaml", "flood of answers", "no", 3, 1),
          "backscatter": (PROFILES / "backscatter.yaml", "backscatter", "no", 1, 1),
          "tunnels": (PROFILES / "tunnels.yaml", "VLAN, QinQ, IPv6, fragments", "yes", 1, 1),
          "zipf6": (PROFILES / "zipf6.yaml", "IPv6 alone, Zipf", "no", 1, 1),
          "large": (PROFILES / "large.yaml", "1500 bytes", "no", 8, 1 / 8)}

BURSTS = [16, 32, 64, 128, 256]

RING = 4096  # buffers
KINDS = [RING * 4 ** k for k in range(5)]  # so many frames, before the first comes again

HEADERS = Target("worker: headers, port histograms, 60 bytes", "Mpps", 50, 74.4)
EVERYTHING = Target("worker: everything, Zipf", "Mpps", 20, 37.2)
SAME = Target(f"worker: everything, Zipf, the same {RING} frames", "Mpps", 20, 37.2)
FLOOD = Target("worker: everything, flood", "Mpps", 10, 18.6)
STAGED = Target("burst pipeline over packet by packet, Zipf", "x", 2.5, 4)


def run(bench, shape="zipf", steps=None, burst=64, page=None, packets=None, passes=None,
        pairs=None):
    """step -> what bench_worker says of it. shape None: the frames of net_null."""
    profile, _, fragments, passes_x, packets_x = SHAPES.get(shape, (None, None, "no", 1, 1))
    args = ["--rules", RULES, "--burst", burst, "--page", page or bench.page_size(PAGES),
            "--packets", packets or int(bench.size.packets * packets_x), "--fragments", fragments,
            "--passes", passes or bench.size.passes * passes_x]
    args += ["--profile", profile] if profile else []
    args += ["--steps", ",".join(steps)] if steps else []
    args += ["--pairs", pairs] if pairs else []
    return {line["step"]: line for line in bench.lines("bench_worker", *args)}


def ns(results, step, key="ns"):
    """One sample of each round."""
    return [result[step][key] for result in results]


class Features:
    name = "features"

    @staticmethod
    def jobs(bench):
        return [Job("features", "the worker's features", functools.partial(run, bench))]

    @staticmethod
    def tell(bench, results, report):
        rounds = results.get("features")
        if not rounds:
            return
        limit = update_ns(results, rounds[0]["pipeline"]["page"])
        rows, before = [], None
        for step, title in FEATURES:
            samples = ns(rounds, step)
            rows.append([title, figures.of(samples), added(samples, before),
                         figures.mpps(samples).median,
                         figures.ratio(samples, limit).text(2) if limit else "-"])
            before = samples if step != "pipeline" else None
        one = rounds[0]["pipeline"]
        report.table("Features, one added to the other: Zipf, bursts of 64, pages of "
                     f"{one['page']}, {one['pairs']} pairs",
                     ["", "ns", "+ ns", "Mpps", "x update"], rows,
                     "x update: as many random updates of a table of 64 MiB take as long")
        report.target(HEADERS, figures.mpps(ns(rounds, "headers")))
        report.target(EVERYTHING, figures.mpps(ns(rounds, "pipeline")))


def added(samples, before):
    if before is None:
        return "-"
    return f"{figures.of([a - b for a, b in zip(samples, before)]).median:+.1f}"


def update_ns(results, page):
    """What an update of memory takes in each round; None if that was not measured."""
    rounds = results.get(f"limits-{page}")
    if not rounds:
        return None
    return [next(line["update_ns"] for line in lines if line["kib"] == 65536) for lines in rounds]


class Shapes:
    name = "shapes"

    @staticmethod
    def jobs(bench):
        return [Job(f"shape-{shape}", f"traffic: {title}",
                    functools.partial(run, bench, shape, ["pipeline", "plain"]))
                for shape, (_, title, *_) in SHAPES.items()]

    @staticmethod
    def tell(bench, results, report):
        rows = []
        for shape, (_, title, *_) in SHAPES.items():
            rounds = results.get(f"shape-{shape}")
            if not rounds:
                continue
            staged, plain = ns(rounds, "pipeline"), ns(rounds, "plain")
            gain = figures.ratio(plain, staged)
            mean = ns(rounds, "pipeline", "mean_ns")
            rows.append([title, figures.of(staged), figures.mpps(staged).median, figures.of(mean),
                         figures.of(ns(rounds, "pipeline", "first_ns")), figures.of(plain),
                         gain.text(2)])
            if shape == "zipf":
                report.target(STAGED, gain)
            if shape == "flood":
                report.target(FLOOD, figures.mpps(mean))
        report.table("Shapes of traffic, everything on", [
            "", "ns", "Mpps", "mean, ns", "first pass, ns", "packet by packet, ns", "x"], rows,
            "mean: of all rings, with what few of them bear; first pass: while tables fill; "
            "x: how many times as fast as packet by packet")


class Bursts:
    name = "bursts"

    @staticmethod
    def jobs(bench):
        return [Job(f"burst-{burst}", f"bursts of {burst}",
                    functools.partial(run, bench, "zipf", ["pipeline"], burst))
                for burst in BURSTS]

    @staticmethod
    def tell(bench, results, report):
        report.table("Sizes of bursts, everything on, Zipf", ["", "ns", "Mpps"], [
            [f"{burst}", figures.of(samples), figures.mpps(samples).median] for burst in BURSTS
            for samples in [ns(results.get(f"burst-{burst}", []), "pipeline")] if samples])


class Variety:
    """What traffic costs that differs more and more: tables leave the caches."""

    name = "variety"

    @staticmethod
    def jobs(bench):
        most = bench.size.packets
        return [Job(f"variety-{packets}", f"{packets} frames",
                    functools.partial(run, bench, "zipf", ["pipeline"], packets=packets,
                                      passes=bench.size.passes * most // packets))
                for packets in KINDS if packets <= most]

    @staticmethod
    def tell(bench, results, report):
        rows = []
        for packets in KINDS:
            rounds = results.get(f"variety-{packets}")
            if not rounds:
                continue
            samples, used = ns(rounds, "pipeline"), rounds[0]["pipeline"]
            rows.append([packets, figures.of(samples), figures.mpps(samples).median,
                         used["pairs_used"], used["contacts_used"]])
            if packets == RING:
                report.target(SAME, figures.mpps(samples))
        report.table("How many frames differ, everything on, Zipf",
                     ["frames", "ns", "Mpps", "pairs", "contacts"], rows,
                     "frames: before the first comes again")


class PageSizes:
    name = "pages"

    @staticmethod
    def jobs(bench):
        def with_pages(page):
            bench.pages.ensure(PAGES if page == "2m" else 0)
            return run(bench, "zipf", ["pipeline"], page=page)
        return [Job(f"page-{page}", f"pages of {page}", functools.partial(with_pages, page))
                for page in ("4k", "2m")]

    @staticmethod
    def tell(bench, results, report):
        report.table("Sizes of pages, everything on, Zipf", ["", "ns", "Mpps"], [
            [page, figures.of(samples), figures.mpps(samples).median] for page in ("4k", "2m")
            for samples in [ns(results.get(f"page-{page}", []), "pipeline")] if samples])
