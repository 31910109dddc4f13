# SPDX-License-Identifier: BSD-3-Clause
"""What the golden tests share: running the programs, and reading what they wrote."""
import csv
import hashlib
import io
import json
import os
import pathlib
import subprocess
import zlib

ROOT = pathlib.Path(__file__).resolve().parents[2]
SHARED = ROOT / ".." / "shared"
RULES = ROOT / "tests" / "golden" / "detections.rules"
SKIP = 77
YEAR = 365 * 86400


def run(*args, ok=(0,)):
    """Runs a command; returns its standard output. Any other exit status is a failure."""
    done = subprocess.run([str(a) for a in args], capture_output=True, text=True)
    if done.returncode not in ok:
        raise AssertionError(f"{' '.join(map(str, args))}: exit {done.returncode}\n{done.stderr}")
    return done.stdout


def read(teiten, spool, files, interval=YEAR, monitored="0.0.0.0/0", ok=(0,), options=()):
    run(teiten, "read", "--spool", spool, "--sensor", "s", "--interval", interval, "--pairs",
        65536, "--monitored", monitored, "--rules", RULES, *options, *files, ok=ok)


def replay(teitend, spool, files, interval=YEAR, monitored="0.0.0.0/0", ok=(0,)):
    """Replays files as the queues of one net_pcap port, one worker each."""
    lcores = run(ROOT / "scripts/lcores", len(files)).strip()
    device = "net_pcap0," + ",".join(f"rx_pcap={f}" for f in files)
    run(teitend, "--no-huge", "-m", 512, "--no-shconf", "--no-pci", lcores, "--vdev", device, "--",
        "--spool", spool, "--sensor", "s", "--interval", interval, "--pairs", 65536,
        "--monitored", monitored, "--rules", RULES, "--exit-at-eof", ok=ok)


def export(teiten, spool, table):
    """The rows of a table as dictionaries."""
    return list(csv.DictReader(io.StringIO(
        run(teiten, "export", "--format", "csv", "--table", table, spool))))


def digests(spool):
    """What has to be the same for the same packets: path -> hash."""
    found = {}
    for path in sorted(pathlib.Path(spool).rglob("*")):
        name = str(path.relative_to(spool))
        if path.is_dir() or path.name in ("ledger.parquet", ".lock"):
            continue
        data = path.read_bytes()
        if path.name == "manifest.json":
            manifest = json.loads(data)
            del manifest["run"]
            data = json.dumps(manifest, sort_keys=True).encode()
        found[name] = hashlib.sha256(data).hexdigest()
    return found


def captures():
    """The real captures that have expected counts: (capture, expected file)."""
    if not (SHARED / "pcap/expected").is_dir():
        print("skipped: no captures in ../shared/pcap")
        raise SystemExit(SKIP)
    for expected in sorted((SHARED / "pcap/expected").glob("*.tsv")):
        yield next((SHARED / "pcap").glob(f"*/{expected.stem}")), expected


def with_checksum(data):
    """A data file whose footer was changed; its checksum is that of the footer with zeros in its place."""
    length = int.from_bytes(data[-8:-4], "little")
    footer = data[-8 - length:-8]
    at = footer.index(b"teiten.footer_crc32") + len(b"teiten.footer_crc32") + 2
    zeros = footer[:at] + b"0" * 8 + footer[at + 8:]
    return data[:-8 - length] + footer[:at] + b"%08x" % zlib.crc32(zeros) + footer[at + 8:] + data[-8:]


def put_manifest(path, manifest):
    """Writes a snapshot's manifest, with the right hash of itself."""
    manifest["run"]["manifest_sha256"] = "0" * 64
    text = json.dumps(manifest, indent=2, sort_keys=True, ensure_ascii=False) + "\n"
    text = text.replace("0" * 64, hashlib.sha256(text.encode()).hexdigest())
    (path / "manifest.json").write_text(text)


def forget_loaded(path):
    """Makes the snapshot one of a program that did not say how long signatures were loaded."""
    manifest = json.loads((path / "manifest.json").read_text())
    del manifest["signatures_loaded"]
    put_manifest(path, manifest)


def downgrade(path, version):
    """Makes the snapshot one of version 4 or 5: without what came since then, and each file of that version."""
    manifest = json.loads((path / "manifest.json").read_text())
    now = manifest["schema_version"]
    manifest["schema_version"] = version
    for name in ("ipv6_targets.parquet",) + ("signature_rules.parquet",) * (version == 4):
        (path / name).unlink()
        del manifest["files"][name]
    del manifest["monitored_ipv4"], manifest["monitored_ipv4_us"], manifest["totals"]["ipv6_packets"], manifest["signatures_loaded"]
    for files in (manifest["files"], manifest["run"]["files"]):
        for name, entry in files.items():
            data = (path / name).read_bytes()
            old, new = (b"teiten.schema_version\x18\x01%d" % v for v in (now, version))
            assert data.count(old) == 1, name
            data = with_checksum(data.replace(old, new))
            (path / name).write_bytes(data)
            entry["sha256"] = hashlib.sha256(data).hexdigest()
    put_manifest(path, manifest)
