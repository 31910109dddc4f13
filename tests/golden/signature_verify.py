#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Rule tests of Suricata (suricata-verify), which lie outside the project: those about single packets
give the counts that they expect. Those that are about something else are listed here, with the reason.

    signature_verify.py TEITEN"""
import csv
import io
import pathlib
import subprocess
import sys

SHARED = pathlib.Path(__file__).resolve().parents[3] / "shared" / "suricata-verify"
SKIP = 77

SESSION = "about sessions: what an exception policy makes of one"
VERDICT = "about verdicts: pass and drop rules, and what they make of a session"
ONCE = "a rule of addresses alone is tried once for each direction of a session, and pass rules end it"
BY_FLOW = "tracks sessions (track by_flow)"
CONFIG = "about a file beside the rules (threshold.config)"
# Tests that are not about single packets: path → why.
LEFT_OUT = {
    "bug-7725-04": "looks into a tunnel (IP in IP); here the outermost IP header counts",
    "decode-nsh-type2": "looks into a tunnel (network service header)",
    "detect-bytetest-02": "its packet has IPv4-mapped IPv6 addresses, which no packet may have "
                          "(RFC 4291 section 2.5.5.2), and counts the stream as a second packet",
    "exception-policy-master-switch/exception-policy-master-switch-01": SESSION,
    "exception-policy-master-switch/exception-policy-master-switch-02": SESSION,
    "exception-policy-master-switch/exception-policy-master-switch-04": SESSION,
    "exception-policy-master-switch/exception-policy-master-switch-05": SESSION,
    "exception-policy-midstream-05": SESSION,
    "flow-drop-iponly-02": VERDICT,
    "ips-state-1": VERDICT,
    "threshold/detection_filter-rule-flow": BY_FLOW,
    "threshold/threshold-rule-flow": BY_FLOW,
    "threshold/threshold-config-rate-filter-alert-flow": CONFIG,
    "threshold/threshold-config-suppress-bydst-ip": CONFIG,
    "threshold/threshold-config-suppress-bydst-ipsubnet": CONFIG,
    "threshold/threshold-config-suppress-bydst-ipvar": CONFIG,
    "threshold/threshold-config-suppress-byeither-ip": CONFIG,
    "threshold/threshold-config-suppress-byeither-ipsubnet": CONFIG,
    "threshold/threshold-config-suppress-byeither-ipvar": CONFIG,
    "threshold/threshold-config-suppress-bysrc-ip": CONFIG,
    "threshold/threshold-config-suppress-bysrc-ipsubnet": CONFIG,
    "threshold/threshold-config-suppress-bysrc-ipvar": CONFIG,
    "threshold/threshold-config-threshold-both-flow": CONFIG,
    "threshold/threshold-config-threshold-limit-flow": CONFIG,
    "threshold/threshold-config-threshold-threshold-flow": CONFIG,
    "util-action-tests/util-action-01": ONCE,
    "util-action-tests/util-action-02": ONCE,
    "util-action-tests/util-action-05": VERDICT,
    "util-action-tests/util-action-06": VERDICT,
    "util-action-tests/util-action-08": VERDICT,
    "util-action-tests/util-action-09": VERDICT,
    "util-action-tests/util-action-10": VERDICT,
    "util-action-tests/util-action-11": VERDICT,
    "util-action-tests/util-action-12": VERDICT,
    "util-action-tests/util-action-13": VERDICT,
    "util-action-tests/util-action-14": VERDICT,
    "util-action-tests/util-action-15": VERDICT,
    "util-action-tests/util-action-16": ONCE,
}


def scalar(text):
    text = text.split(" #")[0].strip().strip("\"'")
    return int(text) if text.lstrip("-").isdigit() else text


def checks_of(path):
    """The filters of a test.yaml, as far as they are needed: [{key: value}, …], and its capture."""
    filters, capture, current, indent = [], None, None, 0
    for line in path.read_text().splitlines():
        if not line.strip() or line.strip().startswith("#"):
            continue
        key, _, value = line.strip().removeprefix("- ").partition(":")
        depth = len(line) - len(line.lstrip())
        if line.startswith("pcap:"):
            capture = value.strip()
        if key == "filter":
            current, indent = {}, depth
            filters.append(current)
        elif key in ("shell", "stats", "file-compare"):
            current = None
        elif current is not None and depth > indent and value.strip():
            current[key] = scalar(value)
    return filters, capture


def expected(path):
    """sid or None (all rules) → alerts, of filters that ask for nothing but an alert and its rule."""
    filters, capture = checks_of(path)
    wanted = {}
    for entry in filters:
        if entry.get("event_type") != "alert":
            continue
        wanted.setdefault(entry.get("alert.signature_id"), []).append(entry)
    return wanted, capture


def capture_of(directory, named):
    """The capture of a test; one of another test may lie among the captures by both their names."""
    if named:
        path = (directory / named).resolve()
        other = SHARED.parent.rglob(f"suricata-verify-{path.parent.name}-{path.name}")
        return path if path.exists() else next(other, None)
    found = sorted(p for p in directory.iterdir() if p.suffix in (".pcap", ".pcapng", ".cap"))
    return found[0] if len(found) == 1 else None


def detections(teiten, rules, capture):
    done = subprocess.run([teiten, "rules", "match", "--csv", "--all", "--rules", rules, capture],
                          capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise SystemExit(f"{rules}: {done.stderr}")
    return {int(row["sid"]): int(row["detections"]) for row in csv.DictReader(io.StringIO(done.stdout))}


def run(teiten, directory):
    """What is wrong with a test's counts, as lines; None where it cannot run."""
    wanted, named = expected(directory / "test.yaml")
    capture = capture_of(directory, named)
    rules = sorted(directory.glob("*.rules"))
    if capture is None or not capture.exists() or len(rules) != 1:
        return None
    got, wrong = detections(teiten, rules[0], capture), []
    for sid, entries in wanted.items():
        count = sum(got.values()) if sid is None else got.get(sid, 0)
        total = max(entry["count"] for entry in entries)
        if any("pcap_cnt" in entry for entry in entries):
            total = sum(entry["count"] for entry in entries)
        if count != total:
            wrong.append(f"sid {sid or 'any'}: {count}, not {total}")
    return wrong


def main(teiten):
    if not SHARED.is_dir():
        print(f"skipped: {SHARED} is absent")
        return SKIP
    good, left, absent, bad = 0, [], [], []
    for path in sorted(SHARED.rglob("test.yaml")):
        name = str(path.parent.relative_to(SHARED))
        wrong = run(teiten, path.parent)
        if wrong is None:
            absent.append(name)
        elif name in LEFT_OUT:
            left.append(name)
            if not wrong:
                print(f"{name}: left out ({LEFT_OUT[name]}), but gives what is expected")
        elif wrong:
            bad.append(name)
            print(f"{name}: {'; '.join(wrong)}")
        else:
            good += 1
    print(f"{good} tests give the counts that they expect, {len(bad)} do not; "
          f"{len(left)} are left out; of {len(absent)} there is no capture:")
    for name in left:
        print(f"  {name}: {LEFT_OUT[name]}")
    for name in absent:
        print(f"  {name}: its capture or its rules are not there")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
