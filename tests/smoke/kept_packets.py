#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""detections.pcapng: the first packets of each signature, the same from any number of workers and in whatever
order, of minutes as of the hour that is made of them; and a damaged one is found.

    kept_packets.py TEITEN [TEITEND]"""
import collections
import json
import pathlib
import random
import shutil
import struct
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
TEITEN = sys.argv[1]
TEITEND = sys.argv[2] if len(sys.argv) > 2 else None
START = 1700006400
EACH = 3
RULES = '''alert udp any any -> any 1434 (msg:"to 1434, naïve"; sid:1; rev:2;)
alert udp any any -> any any (msg:"datagrams; all"; sid:2; gid:7;)
alert udp any any -> any 53 (msg:"never"; sid:3;)
alert udp any any -> any 1434 (flowbits:set,x; flowbits:noalert; sid:4;)
'''
Frame = collections.namedtuple("Frame", "us data")


def frame(us, number):
    """A datagram; some are longer than what is kept."""
    payload = struct.pack("!I", number) + b"x" * (0 if number % 5 else 1900)
    udp = struct.pack("!HHHH", 1000 + number % 7, 1434 if number % 3 == 0 else 99, 8 + len(payload), 0)
    ip = struct.pack("!BBHHHBBHII", 0x45, 0, 28 + len(payload), 0, 0, 64, 17, 0, 0xC6336400 + number % 90, 0xC0000201)
    return Frame(us, b"\2\0\0\0\0\1\2\0\0\0\0\2\x08\0" + ip + udp + payload)


def capture(path, frames):
    with open(path, "wb") as out:
        out.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1))
        for f in frames:
            out.write(struct.pack("<IIII", f.us // 1000000, f.us % 1000000, len(f.data), len(f.data)) + f.data)


def blocks(data):
    at = 0
    while at < len(data):
        kind, length = struct.unpack_from("<II", data, at)
        assert length >= 12 and length % 4 == 0 and struct.unpack_from("<I", data, at + length - 4)[0] == length
        yield kind, data[at + 8:at + length - 4]
        at += length
    assert at == len(data)


def kept(snapshot):
    """(comment, time, bytes, length on the wire) of each packet, read by the format's own definition."""
    found = []
    for kind, body in blocks((snapshot / "detections.pcapng").read_bytes()):
        if kind != 6:
            continue
        interface, high, low, n, length = struct.unpack_from("<5I", body)
        option, size = struct.unpack_from("<HH", body, 20 + (n + 3) // 4 * 4)
        assert interface == 0 and option == 1
        comment = body[24 + (n + 3) // 4 * 4:][:size].decode()
        found.append((comment, high << 32 | low, body[20:20 + n], length))
    return found


def wanted(frames):
    """The same by the plain definition."""
    found = []
    for comment, matches in (("[1:1:2] to 1434, naïve", lambda f: f.data[36:38] == b"\x05\x9a"),
                             ("[7:2:0] datagrams; all", lambda f: True)):
        first = sorted((f.us, len(f.data), f.data[:1536]) for f in frames if matches(f))[:EACH]
        found += [(comment, us, data, length) for us, length, data in first]
    return found


def snapshots(spool):
    return sorted(p for p in spool.glob("s/*/[0-9]*"))


def read(work, spool, files, *more):
    subprocess.run([TEITEN, "read", "--spool", spool, "--sensor", "s", "--monitored", "192.0.2.0/24", "--geo=none",
                    "--asn=none", "--fingerprints=none", "--rules", work / "a.rules", "--interval", "60", "--keep-packets",
                    str(EACH), *more, *files], check=True, capture_output=True)


def replay(work, spool, files):
    lcores = subprocess.run([HERE / "../../scripts/lcores", str(len(files))], check=True, capture_output=True,
                            text=True).stdout.strip()
    device = "net_pcap0" + "".join(",rx_pcap=%s" % f for f in files)
    subprocess.run([TEITEND, *"--no-huge -m 512 --no-pci --no-shconf --no-telemetry".split(), lcores, "--vdev",
                    device, "--", "--spool", spool, "--sensor", "s", "--monitored", "192.0.2.0/24", "--geo=none", "--asn=none",
                    "--fingerprints=none", "--rules", work / "a.rules", "--interval", "60", "--keep-packets", str(EACH),
                    "--pairs", "16384", "--exit-at-eof"], check=True, capture_output=True)


def verify(spool):
    return subprocess.run([TEITEN, "verify", spool], capture_output=True, text=True)


def by_minute(frames):
    minutes = collections.defaultdict(list)
    for f in frames:
        minutes[f.us // 60000000].append(f)
    return [minutes[m] for m in sorted(minutes)]


def damage(spool):
    """Each is named."""
    victim = snapshots(spool)[0] / "detections.pcapng"
    good = victim.read_bytes()
    for bad, why in ((good[:-4], "bytes; the manifest says"), (good[:-1] + b"\1", "its bytes changed")):
        victim.write_bytes(bad)
        done = verify(spool)
        assert done.returncode == 1 and str(victim) in done.stderr + done.stdout, done
        assert why in done.stderr + done.stdout, done
    victim.unlink()
    assert verify(spool).returncode == 1
    victim.write_bytes(good)
    assert verify(spool).returncode == 0


def main():
    with tempfile.TemporaryDirectory(prefix="teiten-smoke.") as name:
        work = pathlib.Path(name)
        (work / "a.rules").write_text(RULES)
        # Times that come often, so that length and bytes decide; three minutes.
        frames = [frame(START * 1000000 + i // 40 * 1000000, i) for i in range(5000)]
        frames += [frames[0]] * 2
        whole = work / "whole.pcap"
        capture(whole, frames)
        read(work, work / "one", [whole])
        for snapshot, part in zip(snapshots(work / "one"), by_minute(frames), strict=True):
            got = kept(snapshot)
            assert sorted(got) == sorted(wanted(part)), (got, wanted(part))
            assert [k[1] for k in got] == sorted(k[1] for k in got)
            said = json.loads((snapshot / "manifest.json").read_text())["packets"]
            assert said["packets"] == len(got) == 2 * EACH and said["per_signature"] == EACH, said
        assert verify(work / "one").returncode == 0, verify(work / "one").stderr
        spools = ["shuffled"]
        random.Random(1).shuffle(frames)
        parts = [work / ("%d.pcap" % i) for i in range(3)]
        for i, path in enumerate(parts):
            capture(path, frames[i::3])
        read(work, work / "shuffled", parts)
        if TEITEND:
            for i, path in enumerate(parts):
                capture(path, sorted(frames[i::3], key=lambda f: f.us))
            replay(work, work / "workers", parts)
            spools.append("workers")
        for spool in spools:
            for a, b in zip(snapshots(work / "one"), snapshots(work / spool), strict=True):
                assert (a / "detections.pcapng").read_bytes() == (b / "detections.pcapng").read_bytes(), spool
        if shutil.which("tshark"):
            text = subprocess.run(["tshark", "-r", snapshots(work / "one")[0] / "detections.pcapng", "-T", "fields",
                                   "-e", "frame.comment", "-e", "udp.dstport"], check=True, capture_output=True,
                                  text=True).stdout
            assert text.count("[1:1:2] to 1434, naïve\t1434") == EACH, text
        text = subprocess.run([TEITEN, "info", snapshots(work / "one")[0]], check=True, capture_output=True,
                              text=True).stdout
        assert "detections.pcapng" in text and "%d packets" % (2 * EACH) in text, text
        damage(work / "one")
        subprocess.run([TEITEN, "compact", "--per", "hour", "--now", "9999-01-01", work / "one"], check=True,
                       capture_output=True)
        read(work, work / "hour", [whole], "--interval", "3600")
        (merged,), (hour,) = snapshots(work / "one"), snapshots(work / "hour")
        assert (merged / "detections.pcapng").read_bytes() == (hour / "detections.pcapng").read_bytes()
        assert verify(work / "one").returncode == 0, verify(work / "one").stderr
        read(work, work / "none", [whole], "--keep-packets", "0")
        assert not list(work.glob("none/s/*/*/detections.pcapng"))
        print("%d frames, in %s" % (len(frames), ", ".join(["one"] + spools)))


main()
