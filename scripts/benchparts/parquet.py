# SPDX-License-Identifier: BSD-3-Clause
"""The Parquet writer and reader on the table `targets`, and DuckDB, where it is installed, on the same
file, each with one thread."""
from . import LeftOut, figures, programs
from .bench import ROOT, Job
from .report import Target

DUCKDB = ROOT / "tests/bench/duckdb_parquet.mjs"
WRITE = Target("cells written to Parquet", "M/s", 2, 2)
READ = Target("cells read from Parquet", "M/s", 4, 4)


def ours(bench):
    (bench.directory / "parquet").mkdir(exist_ok=True)
    return bench.lines("bench_parquet", "--dir", bench.directory / "parquet", "--rounds", 1)


def duckdb(bench):
    file = bench.directory / "parquet/targets.parquet"
    if not file.exists():
        raise LeftOut("there is no file to read")
    done = programs.run([programs.find("node"), DUCKDB, file, file.with_name("duckdb.parquet")],
                        bench.cpu, bench.priority)
    return programs.json_lines(done.out)


def by_phase(rounds):
    """{phase: seconds of each round}."""
    times = {}
    for lines in rounds:
        for line in lines:
            times.setdefault(line["phase"], []).append(line["cpu_s"])
    return times


class Parquet:
    name = "parquet"
    takes_traffic = False

    @staticmethod
    def jobs(bench):
        return [Job("parquet", "Parquet", lambda: ours(bench)),
                Job("parquet-duckdb", "Parquet by DuckDB", lambda: duckdb(bench))]

    @staticmethod
    def tell(bench, results, report):
        rounds = results.get("parquet")
        if not rounds:
            return
        rows = rounds[0][0]["rows"]
        times = by_phase(rounds + [*results.get("parquet-duckdb", [])])
        rates = {phase: figures.of([rows / 1e6 / cpu_s for cpu_s in samples])
                 for phase, samples in times.items()}
        report.table(f"Parquet, {rows} cells of targets in {rounds[0][0]['bytes']} bytes",
                     ["", "ns a cell", "M/s"],
                     [[phase, figures.of([cpu_s * 1e9 / rows for cpu_s in samples]), rates[phase]]
                      for phase, samples in times.items()],
                     "CPU time; all columns, compressed with zstd, in the page cache, without fsync.")
        report.target(WRITE, rates["write"])
        report.target(READ, rates["read by batch"])
