# SPDX-License-Identifier: BSD-3-Clause
"""The worker alone: features one by one, shapes of traffic, sizes of bursts and pages."""
import dataclasses
import functools

from . import figures
from .bench import RULES, Job
from .report import Target
from .traffic import PROFILES, RING, ROOT, ZIPF, Traffic

PAGES = 420  # of 2 MiB: one table set, traffic, the country table

FEATURES = [("decode", "decode"), ("monitored", "+ is it monitored?"),
            ("headers", "+ headers, port histograms"), ("backscatter", "+ backscatter details"),
            ("pairs", "+ pairs (ports follow from them)"), ("contacts", "+ contacts"),
            ("ports", "+ source ports"), ("sketches", "+ sketches"),
            ("fingerprints", "+ fingerprints: everything"), ("pipeline", "the burst pipeline"),
            ("plain", "packet by packet")]


@dataclasses.dataclass(frozen=True)
class Shape:
    traffic: Traffic
    fragments: str = "no"
    passes: int = 1  # this and the next in relation to the others'
    packets: float = 1


def of_profile(name, title, **more):
    return Shape(Traffic(title, PROFILES / f"{name}.yaml"), **more)


SHAPES = {"zipf": Shape(ZIPF),
          "uniform": of_profile("uniform", "uniform"),
          "flood": Shape(Traffic("flood: every source and port new", ROOT / "profiles/flood.yaml"),
                         passes=3),
          "flood-port": of_profile("flood-port", "flood of one port", passes=3),
          "flood-echo": of_profile("flood-echo", "flood of echo requests", passes=3),
          "flood-answers": of_profile("flood-answers", "flood of answers", passes=3),
          "backscatter": of_profile("backscatter", "backscatter"),
          "tunnels": of_profile("tunnels", "VLAN, QinQ, IPv6, fragments", fragments="yes"),
          "zipf6": of_profile("zipf6", "IPv6 alone, Zipf"),
          "large": of_profile("large", "1500 bytes", passes=8, packets=1 / 8)}


def usual(bench):
    """What parts measure with that compare something else than traffic."""
    return Shape(bench.traffic, passes=3 if bench.traffic.fresh else 1)


def shapes(bench):
    """All of them, or that of the user alone."""
    return SHAPES if bench.traffic == ZIPF else {"own": usual(bench)}


BURSTS = [16, 32, 64, 128, 256]

KINDS = [RING * 4 ** k for k in range(5)]  # so many frames, before the first comes again

FLOOD = Target("worker: everything, flood", "Mpps", 10, 18.6)


def headers(traffic):
    return Target(f"worker: headers, port histograms, {traffic.frame_bytes:.0f} bytes", "Mpps", 50,
                  74.4)


def everything(traffic):
    floor, goal = (FLOOD.floor, FLOOD.goal) if traffic.fresh else (20, 37.2)
    return Target(f"worker: everything, {traffic.title}", "Mpps", floor, goal)


def same(traffic):
    target = everything(traffic)
    return dataclasses.replace(target, name=f"{target.name}, the same {RING} frames")


def staged(traffic):
    return Target(f"burst pipeline over packet by packet, {traffic.title}", "x", 2.5, 4)


def run(bench, shape, steps=None, burst=64, page=None, packets=None, passes=None, pairs=None):
    """step -> what bench_worker says of it."""
    args = ["--rules", RULES, "--burst", burst, "--page", page or bench.page_size(PAGES),
            "--packets", packets or int(bench.size.packets * shape.packets),
            "--fragments", shape.fragments,
            "--passes", passes or bench.size.passes * shape.passes, *shape.traffic.args()]
    args += ["--steps", ",".join(steps)] if steps else []
    args += ["--pairs", pairs] if pairs else []
    return {line["step"]: line for line in bench.lines("bench_worker", *args)}


def ns(results, step, key="ns"):
    """One sample of each round."""
    return [result[step][key] for result in results]


class Features:
    name = "features"
    takes_traffic = True

    @staticmethod
    def jobs(bench):
        return [Job("features", "the worker's features", functools.partial(run, bench, usual(bench)))]

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
        report.table(f"Features, one added to the other: {bench.traffic.title}, bursts of 64, pages "
                     f"of {one['page']}, {one['pairs']} pairs",
                     ["", "ns", "+ ns", "Mpps", "x update"], rows,
                     "x update: as many random updates of a table of 64 MiB take as long")
        report.target(headers(bench.traffic), figures.mpps(ns(rounds, "headers")))
        report.target(everything(bench.traffic), figures.mpps(ns(
            rounds, "pipeline", "mean_ns" if bench.traffic.fresh else "ns")))


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
    takes_traffic = True

    @staticmethod
    def jobs(bench):
        return [Job(f"shape-{name}", f"traffic: {shape.traffic.title}",
                    functools.partial(run, bench, shape, ["pipeline", "plain"]))
                for name, shape in shapes(bench).items()]

    @staticmethod
    def tell(bench, results, report):
        rows = []
        for name, shape in shapes(bench).items():
            rounds = results.get(f"shape-{name}")
            if not rounds:
                continue
            in_bursts, plain = ns(rounds, "pipeline"), ns(rounds, "plain")
            gain = figures.ratio(plain, in_bursts)
            mean = ns(rounds, "pipeline", "mean_ns")
            rows.append([shape.traffic.title, figures.of(in_bursts),
                         figures.mpps(in_bursts).median, figures.of(mean),
                         figures.of(ns(rounds, "pipeline", "first_ns")), figures.of(plain),
                         gain.text(2)])
            if shape.traffic == bench.traffic:
                report.target(staged(shape.traffic), gain)
            if name == "flood":
                report.target(FLOOD, figures.mpps(mean))
        report.table("Shapes of traffic, everything on", [
            "", "ns", "Mpps", "mean, ns", "first pass, ns", "packet by packet, ns", "x"], rows,
            "mean: of all rings, with what few of them bear; first pass: while tables fill; "
            "x: how many times as fast as packet by packet")


class Bursts:
    name = "bursts"
    takes_traffic = True

    @staticmethod
    def jobs(bench):
        return [Job(f"burst-{burst}", f"bursts of {burst}",
                    functools.partial(run, bench, usual(bench), ["pipeline"], burst))
                for burst in BURSTS]

    @staticmethod
    def tell(bench, results, report):
        report.table(f"Sizes of bursts, everything on, {bench.traffic.title}", ["", "ns", "Mpps"], [
            [f"{burst}", figures.of(samples), figures.mpps(samples).median] for burst in BURSTS
            for samples in [ns(results.get(f"burst-{burst}", []), "pipeline")] if samples])


class Variety:
    """What traffic costs that differs more and more: tables leave the caches."""

    name = "variety"
    takes_traffic = True

    @staticmethod
    def jobs(bench):
        most = bench.size.packets
        return [Job(f"variety-{packets}", f"{packets} frames",
                    functools.partial(run, bench, usual(bench), ["pipeline"], packets=packets,
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
                report.target(same(bench.traffic), figures.mpps(samples))
        report.table(f"How many frames differ, everything on, {bench.traffic.title}",
                     ["frames", "ns", "Mpps", "pairs", "contacts"], rows,
                     "frames: before the first comes again")


class PageSizes:
    name = "pages"
    takes_traffic = True

    @staticmethod
    def jobs(bench):
        def with_pages(page):
            bench.pages.ensure(PAGES if page == "2m" else 0)
            return run(bench, usual(bench), ["pipeline"], page=page)
        return [Job(f"page-{page}", f"pages of {page}", functools.partial(with_pages, page))
                for page in ("4k", "2m")]

    @staticmethod
    def tell(bench, results, report):
        report.table(f"Sizes of pages, everything on, {bench.traffic.title}", ["", "ns", "Mpps"], [
            [page, figures.of(samples), figures.mpps(samples).median] for page in ("4k", "2m")
            for samples in [ns(results.get(f"page-{page}", []), "pipeline")] if samples])
