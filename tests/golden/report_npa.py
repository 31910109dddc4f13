#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""`teiten report` of July 2009 against the report that was published: every cell of tables 3-1, 3-2, 4-1 and 4-2, and the totals. The
tables as text, in English and Japanese, are those of report_npa.en.txt and report_npa.ja.txt. Where Chromium is installed, the page in both is looked
at as report_html.py does, and printed.

    report_npa.py TEITEN [--write] [SPOOL…]

SPOOL: of both months, or of each, counted already. --write: write the two files anew."""
import json
import pathlib
import sys
import tempfile

import browser
import npa_profiles
import npa_published as published
import report_html
import snapshots
from report import check_chapter_2

HERE = pathlib.Path(__file__).parent
TABLES = (("targets", "3-1", published.TARGETS), ("countries", "3-2", published.COUNTRIES),
          ("categories", "4-1", published.CATEGORIES), ("detected_countries", "4-2", published.DETECTED))
PAGES = 30  # of the month, printed
OPTIONS = ("--period", "2009-07", "--utc-offset", "+09:00", "--home", "JP")


def report(teiten, spools, language, form):
    return snapshots.run(teiten, "report", *OPTIONS, "--lang", language, "--format", form, *spools)


def cell_texts(row):
    """The cells of a row as the transcription has them."""
    rate = f"{row['rate']:.2f}"
    if row["rank"] is None:
        rate = published.NEGLIGIBLE if row.get("packets", row.get("detections")) else published.NONE
    percent = row["change_percent"]
    return (row["rank"], row["rank_before"], row["key"], rate, None if percent is None else f"{percent:+.1f}", f"{row['change']:+.2f}",
            row["rise_rank"], row["fall_rank"])


def differences(found):
    for name, number, text in TABLES:
        rows = {row["key"]: cell_texts(row) for row in found["tables"][name]["rows"]}
        for want in published.rows(text):
            if rows.get(want[2]) != want:
                yield f"table {number}: {rows.get(want[2])}, published {want}"
        changed = {key for key, row in rows.items() if row[6] or row[7]}
        beyond = changed - {row[2] for row in published.rows(text)}
        if beyond:
            yield f"table {number}: {beyond} are among rises and falls"
    summary = json.dumps(found["sections"][0])
    for number in (*published.ACCESSES, *published.DETECTIONS):
        # The published text has one decimal, the report two of counts.
        digits = number.lstrip("-")
        values = [round(float(word.strip(".,;()")), 1) for word in summary.replace("\\u2212", "").replace("%", "").split()
                  if word.strip(".,;()").replace(".", "", 1).isdigit()]
        if float(digits) not in values:
            yield f"summary: no {number}"


def text_tables(text):
    """The four tables of the text, from their headings to their sources."""
    lines = text.split("\n")
    for _, number, _ in TABLES:
        begin = next(i for i, line in enumerate(lines) if line.startswith((f"Table {number} ", f"表 {number} ")))
        end = next(i for i in range(begin, len(lines)) if lines[i].startswith(("Source:", "出典")))
        yield "\n".join(lines[begin:end + 1])


def main(teiten, *arguments):
    if not npa_profiles.GEO.exists():
        print(f"skipped: {npa_profiles.GEO} is absent (Debian's tor-geoipdb)")
        return snapshots.SKIP
    write, spools = "--write" in arguments, [a for a in arguments if a != "--write"]
    with tempfile.TemporaryDirectory() as directory:
        spools = spools or npa_profiles.make(teiten, pathlib.Path(directory))
        found = json.loads(report(teiten, spools, "en", "json"))
        wrong = list(differences(found))
        check_chapter_2(found)
        if not any("too few for figures" in e.get("text", "") for s in found["sections"] for e in s["elements"]):
            wrong.append("1026/UDP is not said to have too few packets")
        for language in ("en", "ja"):
            golden = HERE / f"report_npa.{language}.txt"
            text = "\n\n".join(text_tables(report(teiten, spools, language, "text"))) + "\n"
            if write:
                golden.write_text(text)
            elif text != golden.read_text():
                wrong.append(f"the tables are not those of {golden.name}:\n{text}")
            if browser.find():
                path = pathlib.Path(directory, f"{language}.html")
                path.write_text(report(teiten, spools, language, "html"))
                report_html.looks(f"npa {language}", path, pathlib.Path(directory), PAGES)
        if report_html.failed:
            wrong.append("the page does not look right")
    print("\n".join(wrong) or "four tables as published, in both languages")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
