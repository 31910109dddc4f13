#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Reports made by hand, as a report has them and with hostile texts, in both languages: the HTML is
well-formed, accessible and stands alone; all formats have the same numbers; and where Chromium is
installed, nothing overlaps or is cut on the screen, and it prints.

    report_html.py REPORT_SAMPLE"""
import collections
import csv
import functools
import io
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET

import browser

ROOT = pathlib.Path(__file__).resolve().parents[2]
H, S = "{http://www.w3.org/1999/xhtml}", "{http://www.w3.org/2000/svg}"
CSP = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
SIGNS = str.maketrans({"−": "-", "－": "-", "＋": "+"})
WORDS = {"none": "0.00", "検知なし": "0.00", "negligible": "0.00", "ごく僅か": "0.00", "–": "", "-": "",
         "not observed": "", "未観測": ""}
FORMULAS = tuple("=+-@＝＋－＠")
failed = 0


def check(true, *what):
    global failed
    if not true:
        failed += 1
        if failed <= 20:
            print("FAILED:", *what)


def sample(program, *args):
    return subprocess.run([program, *args], check=True, capture_output=True).stdout


def words(element):
    return "".join(element.itertext())


def plain(text):
    """What is shown as programs have it: "＋1,234.5%" → "1234.5"."""
    text = text.translate(SIGNS).strip()
    text = WORDS.get(text, text)
    if re.fullmatch(r"[-+±]?[\d,]+(\.\d+)?%?( 位)?", text):
        text = text.replace(",", "").replace(" 位", "").strip("+±%")
    return text


def structure(name, page):
    """Returns the root of a page that has what a reader needs, and nothing from elsewhere."""
    check(page.startswith("<!DOCTYPE html>\n"), name, "doctype")
    root = ET.fromstring(page.split("\n", 1)[1])
    check(root.get("lang") == name[-2:], name, "lang")
    check([m.get("content") for m in root.iter(H + "meta") if m.get("http-equiv")] == [CSP], name, "CSP")
    tags = {e.tag.split("}")[1] for e in root.iter()}
    check(not tags & {"script", "link", "img", "iframe", "object", "embed", "base", "form", "image",
                      "foreignObject", "use", "animate", "set"}, name, tags)
    for e in root.iter():
        for key, value in e.attrib.items():
            check(not key.startswith("on") and key not in ("src", "srcset", "style"), name, key)
            check(key != "href" or value.startswith("#"), name, "href", value)
    style = "".join(map(words, root.iter(H + "style")))
    check("url(" not in style and "@import" not in style, name, "style")
    ids = collections.Counter(e.get("id") for e in root.iter() if e.get("id"))
    check(max(ids.values()) == 1, name, ids.most_common(3))
    wanted = {e.get("href")[1:] for e in root.iter(H + "a")}
    wanted |= {i for e in root.iter(S + "svg") for i in e.get("aria-labelledby").split()}
    wanted |= set(re.findall(r"url\(#([^)]*)\)", page))
    check(wanted <= set(ids), name, "no such id", wanted - set(ids))
    return root


def accessible(name, root):
    for table in root.iter(H + "table"):
        heads = [th for th in table.iter(H + "th")]
        check(heads and all(th.get("scope") in ("row", "col") for th in heads), name, "scope")
    for div in root.iter(H + "div"):
        if div.get("class", "").startswith("table"):
            check(words(div.find(f"{H}table/{H}caption")).strip(), name, "caption")
    figures = list(root.iter(H + "figure"))
    for figure in figures:
        svg = figure.find(f"{H}div/{S}svg")
        check(svg.get("role") == "img" and words(svg.find(S + "title")), name, "title of a figure")
        check(words(svg.find(S + "desc")) and words(figure.find(H + "figcaption")), name, "description")
        check(figure.find(f".//{H}details//{H}table") is not None, name, "data of a figure")
        check(figure.find(f".//{H}ol") is None, name, "numbers of notes without marks")
    return figures


def rows_of(table):
    """The cells of the body, [row][column]; an ellipsis is a row of one."""
    return [[plain("".join(t for t in cell_texts(cell))) for cell in row]
            for row in table.find(H + "tbody")]


def cell_texts(cell):
    """Without the marks of footnotes."""
    yield cell.text or ""
    for child in cell:
        if child.tag != H + "sup":
            yield words(child)
        yield child.tail or ""


def read_csv(given, element):
    data = given(f"csv={element}").decode()
    check(data.endswith("\r\n") and "\n" not in data.replace("\r\n", ""), element, "ends of lines")
    rows = list(csv.reader(io.StringIO(data, newline="")))
    for cell in (cell for row in rows for cell in row if cell.lstrip().startswith(FORMULAS)):
        check(re.fullmatch(r"-[\d.]+", cell), element, "a formula in CSV", cell)
    return [[cell.removeprefix("'") for cell in row] for row in rows]


def same_json(name, rows, values):
    """CSV and JSON: the same texts, and numbers of the same value."""
    for row, value_row in zip(rows, values, strict=True):
        for text, value in zip(row, value_row, strict=True):
            if isinstance(value, (int, float)):
                check(float(text) == value, name, "JSON", text, value)
            else:
                check(text == (value or ""), name, "JSON", text, value)


def same_table(name, head, rows, table, document, text):
    same_json(name, rows, [[row[c] for c in head] for row in document["rows"]])
    shown = [row for row in rows_of(table) if len(row) > 1]
    named = {tuple(cell.strip() for cell in row[:len(shown[0])]) for row in rows}
    for row in shown:
        if "Z" not in "".join(row):
            check(tuple(row) in named or name.startswith("kinds"), name, "HTML", row)
    check(not numbers(shown) - text, name, "text", numbers(shown) - text)


def numbers(cells):
    """How often each number is among cells, or rows of cells."""
    flat = (c for row in cells for c in (row if isinstance(row, list) else [row]))
    return collections.Counter(c for c in map(plain, flat) if re.fullmatch(r"-?\d+(\.\d+)?", c))


def same_rows(name, head, rows, table, document, text):
    """The same of a report: it has columns that are not shown, and days as readers have them."""
    same_json(name, rows, [[row[c] for c in head] for row in document["rows"]])
    of_rows = [numbers(row) for row in rows]
    for row in (row for row in rows_of(table) if len(row) > 1):
        check(any(not numbers(row) - found for found in of_rows), name, "HTML", row)
        check(not numbers(row) - text, name, "text", numbers(row) - text)


def same_figures(shown, values):
    """Rates have two decimals for readers, and more for programs."""
    return len(shown) == len(values) and all(
        s == v or (re.fullmatch(r"\d+\.\d\d", s) and re.fullmatch(r"\d+\.\d{3,}", v) and abs(float(s) - float(v)) < 0.00501)
        for s, v in zip(shown, values))


def same_figure(name, rows, figure, document, text):
    values = [row[1:] for row in rows[1:]]
    check([row[0] for row in rows[1:]] == document["x"], name, "x")
    columns = [(s["id"], s["values"]) for s in document["series"]]
    if "observed" in document:
        columns.append(("observed", document["observed"]))
    # For programs: readers have a note.
    errors = "stderr" in document
    if errors:
        columns.append(("stderr", document["stderr"]))
    check(rows[0][1:] == [i for i, _ in columns], name, "series")
    same_json(name, values, list(zip(*(v for _, v in columns))) or [()] * len(values))
    values = [row[:-1] for row in values] if errors else values
    columns = columns[:-1] if errors else columns
    # Readers see what was observed where some of it is missing, in a last column; else more series than places are rows.
    shown = [row[1:] for row in rows_of(figure.find(f".//{H}details//{H}table"))]
    heads = len(figure.findall(f".//{H}details//{H}thead//{H}th"))
    tells_observed = "observed" in document and heads == len(columns) + 1 and len(shown) == len(values)
    if "observed" in document and not tells_observed:
        values = [row[:-1] for row in values]
    if len(document["series"]) > len(values) and not tells_observed:
        shown = [list(column) for column in zip(*shown)]
    check(len(shown) == len(values) and all(map(same_figures, shown, values)), name, "HTML", shown[:2], values[:2])
    check(not numbers(shown) - text, name, "text", numbers(shown) - text)


def same_numbers(name, given, root, tables=same_table):
    """given: the bytes of html, json, text, csv=ID, and of csv the ids."""
    document = json.loads(given("json"))
    text = given("text").decode()
    check(not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e]", text), name, "control in text")
    text = numbers(text.split())
    elements = {e.get("id"): e for e in root.iter() if (e.get("id") or "")[:2] in ("t-", "f-")}
    ids = given("csv").decode().split()
    check(len(ids) == len(elements) and ids, name, "elements", ids)
    for i in ids:
        head, *rows = read_csv(given, i)
        check(all(len(row) == len(head) for row in rows), i, "columns")
        if i in document["tables"]:
            tables(f"{i} {name}", head, rows, elements["t-" + i].find(H + "table"),
                   document["tables"][i], text)
        else:
            same_figure(f"{i} {name}", [head, *rows], elements["f-" + i], document["figures"][i], text)


# Names in legends of rows, which stand behind their swatches.
CUT = "[...document.querySelectorAll('svg g > * + text')].map(t => t.lastChild.data).filter(s => s.endsWith('\u2026'))"
PAGES = 4  # of the plain document, printed
def report_is_sound(name, directory):
    """All formats of a report in a directory of its own: stands alone, accessible, the same numbers. name ends in its language."""
    def given(form):
        if form == "csv":
            return "\n".join(path.stem for path in directory.glob("*.csv")).encode()
        return (directory / (f"{form[4:]}.csv" if form.startswith("csv=") else f"report.{form.replace('text', 'txt')}")).read_bytes()

    before = failed
    root = structure(name, given("html").decode())
    accessible(name, root)
    same_numbers(name, given, root, same_rows)
    if failed > before:
        raise AssertionError(f"{name}: {failed - before} differences")


GEOMETRY = """
(() => {
  const found = [];
  for (const svg of document.querySelectorAll('svg')) {
    const all = svg.viewBox.baseVal, name = svg.getAttribute('aria-labelledby');
    const texts = [...svg.querySelectorAll('text')].map(t => [t.getBBox(), t.textContent.slice(0, 40)]);
    texts.forEach(([a, s], i) => {
      if (a.x < -1 || a.x + a.width > all.width + 1 || a.y < -1 || a.y + a.height > all.height + 1)
        found.push([name, 'outside', s]);
      for (const [b, t] of texts.slice(i + 1))
        if (a.x + 1 < b.x + b.width && b.x + 1 < a.x + a.width && a.y + 4 < b.y + b.height
            && b.y + 4 < a.y + a.height)
          found.push([name, 'overlap', s, t]);
    });
  }
  return found;
})()
"""
# A sign at the end of a line and its number in the next: a range of both that has two rectangles.
PARTED = r"""
(() => {
  const found = [], walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), range = document.createRange();
  while (walker.nextNode()) {
    const text = walker.currentNode.data;
    for (const match of text.matchAll(/[+＋－−±]\d/g)) {
      range.setStart(walker.currentNode, match.index);
      range.setEnd(walker.currentNode, match.index + 2);
      const tops = new Set([...range.getClientRects()].map(r => Math.round(r.top)));
      if (tops.size > 1)
        found.push(text.slice(match.index, match.index + 12));
    }
  }
  return found;
})()
"""
# Words of headings in Japanese that are broken: between two kana of one script, or two ideographs.
BROKEN = r"""
(() => {
  const found = [], range = document.createRange();
  for (const th of document.querySelectorAll('thead th:lang(ja)'))
    for (const node of [...th.childNodes].filter(n => n.nodeType === 3))
      for (const match of node.data.matchAll(/[ァ-ヺー一-龠](?=[ァ-ヺー一-龠])/g)) {
        range.setStart(node, match.index);
        range.setEnd(node, match.index + 2);
        if (new Set([...range.getClientRects()].map(r => Math.round(r.top))).size > 1)
          found.push(node.data);
      }
  return found;
})()
"""
WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


def looks(name, path, directory, pages=None):
    """pages: so many at most when it is printed, and no name is cut; None: not asked, of hostile names."""
    for width in (1280, 400):
        with browser.Page(path, width=width) as page:
            check(not page.evaluate(WIDE), name, width, "wider than the window")
            check(not page.evaluate(PARTED), name, width, "signs parted from numbers", page.evaluate(PARTED))
            check(not page.evaluate(BROKEN), name, width, "headings broken", page.evaluate(BROKEN))
            if width != 1280:
                continue
            for what in page.evaluate(GEOMETRY):
                check(False, name, *what)
            check(page.evaluate("document.scripts.length") == 0, name, "scripts")
            logs = [e["params"] for e in page.events if e["method"] == "Log.entryAdded"]
            check(not logs, name, logs)
            urls = {e["params"]["request"]["url"] for e in page.events
                    if e["method"] == "Network.requestWillBeSent"}
            check(urls == {path.as_uri()}, name, urls)
            page.pdf(directory / "report.pdf")
            printed = (directory / "report.pdf").read_bytes()
            check(printed.startswith(b"%PDF"), name, "PDF")
            if pages is not None:
                check(not page.evaluate(CUT), name, "cut", page.evaluate(CUT))
                n = len(re.findall(rb"/Type\s*/Page\b", printed))
                check(0 < n <= pages, name, "printed pages", n)


def validate(name, path):
    """The rules of HTML5 by html-validate, if it is installed; its opinions on style are no errors."""
    tool = ROOT / "build-node/node_modules/.bin/html-validate"
    if not tool.exists():
        return False
    config = path.with_name(".htmlvalidate.json")
    config.write_text(json.dumps({"root": True, "extends": ["html-validate:standard"], "rules": {
        "void-style": "off", "no-inline-style": "off", "no-trailing-whitespace": "off",
        "long-title": "off", "wcag/h63": "off"}}))
    run = subprocess.run([tool, "--config", config, "--formatter", "text", path], capture_output=True,
                         text=True)
    check(run.returncode == 0, name, run.stdout[:3000], run.stderr[:300])
    return True


def main(program):
    seen = bool(browser.find())
    with tempfile.TemporaryDirectory() as directory:
        for which in ("plain", "hostile"):
            for language in ("en", "ja"):
                name = f"{which} {language}"
                page = sample(program, which, language, "html").decode()
                path = pathlib.Path(directory, f"{which}-{language}.html")
                path.write_text(page)
                root = structure(name, page)
                figures = accessible(name, root)
                same_numbers(name, functools.partial(sample, program, which, language), root)
                valid = validate(name, path)
                if seen:
                    looks(name, path, pathlib.Path(directory), PAGES if which == "plain" else None)
                print(f"{name}: {len(page)} characters, {len(figures)} figures")
    print("" if seen else "skipped: how it looks, since Chromium is not installed",
          "" if valid else "skipped: html-validate, see scripts/install-readers", sep="\n")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
