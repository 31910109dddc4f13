#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""teiten read with odd inputs at odd times: what is wrong is said in one line that names it, what
is finished is kept, and nothing is left out in silence.

    read.py TEITEN"""
import csv
import filecmp
import fcntl
import gzip
import io
import json
import lzma
import os
import pathlib
import resource
import shutil
import signal
import struct
import subprocess
import sys
import tarfile
import tempfile
import time
import unittest

START = 1700000040  # a whole minute
RULES = pathlib.Path(__file__).resolve().parents[2] / "rules" / "fingerprints.yaml"
teiten = ""


def record(second, size=60, src=0x01020304, port=445):
    """A SYN to a monitored address, padded to size bytes."""
    tcp = struct.pack(">HHIIBBHHH", 6000, port, 1, 0, 0x50, 2, 1024, 0, 0)
    ip = struct.pack(">BBHHHBBHII", 0x45, 0, 40, 0, 0, 64, 6, 0, src, 0xC0000201)
    data = (b"\2\0\0\0\0\1\2\0\0\0\0\2\x08\0" + ip + tcp).ljust(size, b"\0")
    return struct.pack("<IIII", START + second, 0, len(data), len(data)) + data


def capture(records):
    return struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1) + b"".join(records)


def block(kind, body):
    """A block of pcapng."""
    body += b"\0" * (-len(body) % 4)
    size = struct.pack("<I", len(body) + 12)
    return struct.pack("<I", kind) + size + body + size


def capture_of_links(links, records):
    """pcapng: an interface of each link type, and records with the number of theirs."""
    out = block(0x0A0D0D0A, struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1))
    for link in links:
        out += block(1, struct.pack("<HHI", link, 0, 0))
    for interface, rec in records:
        at = struct.unpack("<I", rec[:4])[0] * 1000000
        frame = rec[16:]
        out += block(6, struct.pack("<IIIII", interface, at >> 32, at & 0xFFFFFFFF, len(frame),
                                    len(frame)) + frame)
    return out


class Read(unittest.TestCase):
    def setUp(self):
        self.directory = tempfile.TemporaryDirectory()
        self.addCleanup(self.directory.cleanup)
        self.at = pathlib.Path(self.directory.name)

    def file(self, name, records):
        path = self.at / name
        path.write_bytes(capture(records))
        return path

    def command(self, files, options=(), spool="spool", tables=("--pairs", "1024")):
        return [teiten, "read", "--spool", str(self.at / spool), "--sensor", "s", "--monitored",
                "192.0.2.0/24", "--geo", "none", "--asn", "none", "--fingerprints", str(RULES),
                "--remember-sources", "4096", *tables, *options, *map(str, files)]

    def read(self, *files, options=(), status=0, said="", spool="spool",
             tables=("--pairs", "1024"), **more):
        """Runs teiten read; returns its standard output."""
        done = subprocess.run(self.command(files, options, spool, tables), capture_output=True,
                              text=True, **more)
        self.assertEqual(done.returncode, status, done.stderr)
        self.assertEqual(done.stderr.count("\n"), 1 if said else 0, done.stderr)
        self.assertIn(said, done.stderr)
        return done.stdout

    def snapshots(self, spool="spool"):
        """start -> manifest, of what has its final name."""
        return {path.parent.name: json.loads(path.read_text())
                for path in sorted((self.at / spool).rglob("manifest.json"))
                if not path.parent.name.startswith(".")}

    def export(self, table, spool="spool"):
        """The rows of a table, as dictionaries."""
        done = subprocess.run([teiten, "export", "--table", table, str(self.at / spool)],
                              capture_output=True, text=True, check=True)
        return list(csv.DictReader(io.StringIO(done.stdout)))

    def verify(self, spool="spool"):
        done = subprocess.run([teiten, "verify", str(self.at / spool)], capture_output=True,
                              text=True)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    # That many snapshots of one packet each take seconds, and the file is larger than what is
    # read ahead of them.
    N = 400

    def slow_file(self):
        return self.file("slow.pcap", [record(i, 5000, src=0x01020300 + i % 7, port=i % 50)
                                       for i in range(self.N)])

    def start_slowly(self, path, options=()):
        """Starts reading and returns once it has begun to write snapshots."""
        self.running = subprocess.Popen(
            self.command([path], ["--interval", "1", *options]), stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True)
        self.addCleanup(self.running.kill)
        self.wait_for(lambda: any((self.at / "spool" / "s").glob("*/*T*")))

    def wait_for(self, condition):
        end = time.monotonic() + 60
        while not condition():
            self.assertLess(time.monotonic(), end)
            self.assertIsNone(self.running.poll())
            time.sleep(0.01)

    def finish(self, status, said):
        out, err = self.running.communicate(timeout=120)
        self.assertEqual(self.running.returncode, status, err)
        self.assertEqual(err.count("\n"), 1 if said else 0, err)
        self.assertIn(said, err)
        return out

    def same_spools(self, a, b):
        def compare(c):
            self.assertEqual((c.left_only, c.right_only, c.diff_files), ([], [], []))
            for sub in c.subdirs.values():
                compare(sub)
        compare(filecmp.dircmp(self.at / a, self.at / b, ignore=[]))

    def test_a_truncated_file_is_said_in_one_line(self):
        path = self.at / "cut.pcap"
        path.write_bytes(capture([record(0), record(1), record(70)])[:-7])
        self.assertIn("2 frames", self.read(path, status=1, said=(
            f"{path}: truncated: the file ends inside the record at byte 176; "
            "the 2 whole frames before that are kept")))

    def test_a_name_does_nothing_to_a_terminal(self):
        path = self.at / "a\x1b[31m.pcap"
        for data, said in ((capture([record(0), record(1)])[:-7], "truncated: "),
                           (capture_of_links([147], [(0, record(0))]),
                            "link type 147 is not decoded: 1 frame is in the ledger")):
            path.write_bytes(data)
            self.read(path, spool=said[:4], status=1, said=f"{self.at}/a\\x1b[31m.pcap: {said}")

    def test_a_damaged_file_is_said_in_one_line(self):
        path = self.at / "bad.pcap"
        path.write_bytes(capture([record(0), b"\xff" * 100]))
        self.read(path, status=1, said=f"{path}: damaged at byte 100: a frame of 4294967295 "
                  "captured bytes, more than the limit of 262144; the 1 whole frame before that "
                  "is kept")

    def test_zeros_that_were_never_written_are_no_packets_of_1970(self):
        tail, hole = self.at / "tail.pcap", self.at / "hole.pcap"
        records = [record(i * 40) for i in range(5)]
        tail.write_bytes(capture(records) + b"\0" * 100000)
        hole.write_bytes(capture(records) + b"\0" * 100000 + record(300))
        self.read(tail, spool="tail", status=1, said=(
            f"{tail}: truncated: from byte 404 on there are only zeros, which were never written; "
            "the 5 whole frames before that are kept"))
        self.read(hole, spool="hole", status=1, said=(
            f"{hole}: damaged at byte 404: zeros where records should be; "
            "the 5 whole frames before that are kept"))
        for spool in "tail", "hole":
            self.assertEqual(list(self.snapshots(spool)), [
                "20231114T221400Z", "20231114T221500Z", "20231114T221600Z"])
            ledger = self.export("ledger", spool)
            self.assertEqual([int(row["packets"]) for row in ledger if row["reason"] == "errors"],
                             [0, 0, 1])
            self.verify(spool)

    def test_compressed_files_give_the_same_snapshots(self):
        plain = self.file("plain.pcap", [record(i * 7, src=0x01020300 + i % 9) for i in range(30)])
        self.read(plain, spool="plain")
        for module in gzip, lzma:
            path = self.at / f"{module.__name__}.pcap"
            path.write_bytes(module.compress(plain.read_bytes()))
            self.read(path, spool=module.__name__)
            self.same_spools("plain", module.__name__)
            path.write_bytes(module.compress(plain.read_bytes())[:-20])
            self.read(path, spool=f"{module.__name__}-cut", status=1, said="data end early")

    def test_what_comes_after_an_input_broke_off_is_partial(self):
        whole = self.file("whole.pcap", [record(i) for i in range(0, 600, 5)] + [record(600)])
        cut = self.at / "cut.pcap"
        cut.write_bytes(capture([record(i) for i in range(0, 200, 5)])[:-1])
        self.read(whole, cut, status=1, said="cut.pcap: truncated")
        status = [m["interval"]["status"] for m in self.snapshots().values()]
        self.assertEqual(status, ["complete"] * 3 + ["partial"] * 8)

    def test_a_file_that_shrinks_is_an_error_that_names_it(self):
        path = self.slow_file()
        self.start_slowly(path)
        os.truncate(path, path.stat().st_size // 2)
        self.finish(1, f"{path}: changed while it was read")
        self.assertGreater(len(self.snapshots()), 0)
        self.assertLessEqual(len(self.snapshots()), self.N // 2)

    def test_what_is_counted_in_the_scan_is_what_the_second_reading_would_count(self):
        """Beside another file, though it is empty, nothing is counted in the scan."""
        empty = self.file("empty.pcap", [])
        up = [i * 150 // 400 for i in range(400)]
        orders = {"one": [5] * 600, "two": up[:300], "three": up, "third-starts-burst": [
            0] * 250 + [60] * 6 + [120] * 9, "third-ends-burst": [0] * 255 + [60, 120, 60],
                  "back": [0, 60, 0, 120, 0, 60, 180, 0], "down": up[::-1],
                  "third-first": [120] * 300 + [0, 60, 120] * 100, "none": []}
        for name, seconds in orders.items():
            path = self.file(f"{name}.pcap", [record(at, src=0x01020300 + i % 251, port=i % 300)
                                              for i, at in enumerate(seconds)])
            alone = self.read(path, spool=name)
            beside = self.read(path, empty, spool=f"{name}-2")
            self.assertEqual(alone, beside.replace(f"{name}-2", name))
            self.same_spools(name, f"{name}-2")
            # And what is there already is left out, or refused.
            if seconds:
                self.read(path, spool=name, status=1, said="a snapshot of this interval already")
                out = self.read(path, spool=name, options=["--skip-existing"])
                self.assertIn(f" {len(seconds)} frames skipped", out)

    def test_link_types_may_change_from_frame_to_frame(self):
        """Ethernet, and one that nobody knows (147, for private use)."""
        for unknown in (range(300, 400), range(64, 65), range(0, 600, 2), range(5), ()):
            path, spool = self.at / "links.pcapng", f"links-{len(unknown)}"
            path.write_bytes(capture_of_links((1, 147), [(int(i in unknown), record(0))
                                                         for i in range(600)]))
            self.read(path, spool=spool, status=int(len(unknown) > 0),
                      said=f"{path}: link type 147 is not decoded" if unknown else "")
            ledger = {row["reason"]: int(row["packets"]) for row in self.export("ledger", spool)}
            self.assertEqual(ledger.get("unknown-link-type", 0), len(unknown))
            self.assertEqual(sum(int(row["packets"]) for row in self.export("targets", spool)),
                             600 - len(unknown))

    def test_a_file_that_grows_is_read_as_it_was_scanned(self):
        path = self.slow_file()
        self.start_slowly(path)
        with open(path, "ab") as out:
            out.write(record(self.N - 1) * 1000 + record(self.N + 1000))
        self.assertIn(f"{self.N} frames, {self.N} snapshots", self.finish(0, ""))

    def test_more_files_than_may_be_open_are_refused_at_once(self):
        files = [self.file(f"{i}.pcap", [record(i)]) for i in range(100)]

        def limit(soft, hard):
            return lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        self.read(*files, status=1, preexec_fn=limit(64, 64),
                  said="100 files are read side by side, and only 64 may be open at once")
        self.assertFalse((self.at / "spool").exists())
        self.assertIn("100 frames", self.read(*files, preexec_fn=limit(64, 1024)))

    def test_a_spool_that_cannot_be_written_is_told_before_the_files_are_scanned(self):
        path = self.at / "cut.pcap"
        path.write_bytes(capture([record(0)])[:-1])
        (self.at / "file").write_bytes(b"")
        self.read(path, spool="file", status=1, said="file")
        (self.at / "spool" / "s").mkdir(parents=True)
        with open(self.at / "spool" / "s" / ".lock", "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            self.read(path, status=1, said="another running program")

    def test_a_file_given_twice_is_refused(self):
        path = self.file("a.pcap", [record(0)])
        (self.at / "b.pcap").symlink_to(path)
        os.link(path, self.at / "c.pcap")
        self.read(path, path, status=2, said="a.pcap: given twice")
        for other in "b.pcap", "c.pcap":
            self.read(path, self.at / other, status=2, said="the same file as")
        self.read(self.at, status=1, said="Is a directory")
        self.assertEqual(self.snapshots(), {})

    def test_what_there_is_one_of_is_said_of_one_and_long_times_in_days(self):
        self.assertIn("\n1 frame, 1 snapshot in ", self.read(self.file("a.pcap", [record(0)])))
        path = self.file("b.pcap", [record(0), record(200 * 86400)])
        out = self.read(path, options=["--skip-existing"])
        self.assertIn("\n2 frames, 1 snapshot in ", out)
        self.assertIn("\n  1 interval with 1 frame skipped: it has a snapshot already\n", out)
        self.assertIn("\n  17280000 s (200.0 days) were not observed, in 1 gap: ", out)
        said = subprocess.run([teiten, "info", str(self.at / "spool")], capture_output=True, text=True, check=True).stdout
        self.assertRegex(said, r"\n  (gaps|missing) +1, 172799[0-9.]* s \(200\.0 days\) in all\n")

    def test_what_is_printed_comes_before_the_error_that_follows_it(self):
        path = self.at / "bad.pcap"
        path.write_bytes(b"no capture, whatever it says".ljust(4096))
        done = subprocess.run(self.command([path]), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        lines = done.stdout.splitlines()
        self.assertTrue(lines[0].startswith("memory at most: "), lines)
        self.assertTrue(lines[-1].startswith(f"teiten read: {path}: "), lines)

    def test_a_snapshot_of_another_network_is_told_to_be_deleted(self):
        path = self.file("a.pcap", [record(0), record(61)])
        wrong = ["--monitored", "198.51.100.0/24"]
        self.read(path, options=wrong, said="no packet to a monitored address was counted")
        first = self.at / "spool/s/2023-11-14/20231114T221400Z"
        self.read(path, status=1, said=(
            f"teiten read: {first}: there is a snapshot of this interval already (2 of 2 intervals), in which nothing was "
            "counted (monitored: 198.51.100.0/24): if that was a mistake, delete it, and others like it, and read again\n"))
        # The same network again: nothing is wrong with what is there.
        self.read(path, options=wrong, status=1, said="choose another spool, or give --skip-existing\n")
        for snapshot in self.snapshots():
            shutil.rmtree(self.at / "spool/s/2023-11-14" / snapshot)
        self.assertIn("counted", self.read(path))
        self.read(path, options=wrong, status=1, said="choose another spool, or give --skip-existing\n")

    def test_of_another_network_all_is_compared(self):
        path = self.file("a.pcap", [record(0)])
        common = ",".join(f"198.51.100.{2 * i}/32" for i in range(20))
        wrong, right = ([f"--monitored={common},203.0.113.{last}/32"] for last in (1, 3))
        self.read(path, options=wrong, said="no packet to a monitored address was counted")
        self.read(path, options=wrong, status=1, said="choose another spool, or give --skip-existing\n")
        self.read(path, options=right, status=1, said=f"nothing was counted (monitored: {common[:119]}…): if that was a mistake")

    def test_a_pipe_other_than_standard_input_is_refused_by_a_line_that_says_what_to_do(self):
        path = self.file("a.pcap", [record(0), record(61)])
        os.mkfifo(self.at / "fifo")
        for pipe in "/dev/null", self.at / "fifo":
            for files in [pipe], [path, pipe]:
                self.read(*files, status=1, input="", said=(
                    f"{pipe}: is read twice, so it has to be a file and not a pipe: write it to a "
                    "file first, or pipe it to standard input (\"-\"); compressed ones (gzip, "
                    "zstd, xz) are read as they are\n"))
        self.read("-", status=1, stdin=subprocess.DEVNULL, said=(
            "teiten read: /dev/stdin: standard input is a terminal or a device such as /dev/null, which has no capture: "
            "redirect a file to it, pipe one to it, or name a file\n"))
        self.assertFalse((self.at / "spool").exists())

    def piped(self, files, data, status=0, said="", spool="spool", **more):
        """Runs teiten read with a pipe as its standard input; returns its standard output."""
        done = subprocess.run(self.command(files, spool=spool), input=data, capture_output=True, **more)
        self.assertEqual(done.returncode, status, done.stderr)
        self.assertEqual(done.stderr.decode(), said)
        return done.stdout.decode()

    def test_a_pipe_to_standard_input_gives_what_the_file_gives(self):
        """Also with a hole, which only all of it shows, beside a file, and compressed."""
        records = [record(i, 5000, port=i) for i in range(100)] + [record(90000 + i, port=9) for i in range(9)]
        path, other = self.file("a.pcap", records), self.file("b.pcap", [record(i, port=7) for i in range(200)])
        self.read(path, other, spool="files")
        for name, data in (("plain", path.read_bytes()), ("gzip", gzip.compress(path.read_bytes())),
                           ("xz", lzma.compress(path.read_bytes()))):
            said = self.piped(["-", other], data, spool=name)
            self.assertIn(f"standard input is a pipe: kept in {self.at / name / 's'} until it was read\n", said)
            self.assertIn("309 frames, 5 snapshots", said)
            self.same_spools("files", name)

    def test_files_that_were_joined_are_read_as_if_given_one_by_one(self):
        """`cat`, of several kinds, with an outage between them that is a gap only between files; also of packed ones."""
        def nanoseconds(records):
            return struct.pack(">IHHiIII", 0xA1B23C4D, 2, 4, 0, 0, 65535, 1) + b"".join(
                struct.pack(">4I", *struct.unpack("<4I", r[:16])) + r[16:] for r in records)

        first = [record(i, port=i % 50) for i in range(900)]
        second = [record(2000 + i, port=i % 60) for i in range(900)]
        third = capture_of_links([1], [(0, record(2900 + i, port=i)) for i in range(70)])
        for name, second in ("pcap", capture(second)), ("nanoseconds", nanoseconds(second)):
            parts = [capture(first), second, third, capture([record(2980)])]
            paths = []
            for i, part in enumerate(parts):
                paths.append(self.at / f"{name}-{i}")
                paths[-1].write_bytes(part)
            self.read(*paths, spool=name)
            self.assertIn("2023-11-14", str(list((self.at / name / "s").glob("2*"))))
            self.assertEqual(len(list((self.at / name / "s").glob("2*"))), 1)
            joined = self.at / f"{name}-joined"
            joined.write_bytes(b"".join(parts))
            self.assertIn("1 gap", self.read(joined, spool=f"{name}-plain"))
            self.same_spools(name, f"{name}-plain")
            joined.write_bytes(b"".join(map(gzip.compress, parts)))
            self.read(joined, spool=f"{name}-gzip")
            self.same_spools(name, f"{name}-gzip")
            self.piped(["-"], b"".join(parts), spool=f"{name}-pipe")
            self.same_spools(name, f"{name}-pipe")

    def test_an_outage_between_files_of_pcapng_is_a_gap_where_they_were_joined(self):
        """They are sections of one file then, in either order of time."""
        parts = [capture_of_links([1], [(0, record(at + i, port=i % 50)) for i in range(900)]) for at in (0, 2000)]
        paths = [self.at / "first.pcapng", self.at / "second.pcapng"]
        for path, part in zip(paths, parts):
            path.write_bytes(part)
        self.assertIn("1 gap", self.read(*paths, spool="files"))
        joined = self.at / "joined.pcapng"
        joined.write_bytes(b"".join(parts))
        self.assertIn("1 gap", self.read(joined, spool="joined"))
        self.same_spools("files", "joined")
        joined.write_bytes(b"".join(parts[::-1]))
        said = self.read(joined, spool="back")
        self.assertIn("1 gap", said)
        self.assertNotIn("the clock goes back", said)

    def test_tar_archives_are_named_and_what_is_in_them_may_be_piped(self):
        """In each format that Python writes, and the one from before; names that begin like other files."""
        files = [self.file(name, [record(i) for i in range(5)]) for name in ("snoop.pcap", "BZh.pcap")]
        path = self.at / "archive"
        for form in tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT, None:
            for mode, packed in ("w", ""), ("w:gz", ", compressed with gzip"), ("w:xz", ", compressed with xz"):
                with tarfile.open(path, mode, format=form) as tar:
                    for file in files:
                        tar.add(file, arcname=file.name)
                if form is None and mode == "w":
                    old = bytearray(path.read_bytes())
                    old[257:512] = bytes(255)
                    old[148:156] = b" " * 8
                    old[148:155] = b"%06o\0" % sum(old[:512])
                    path.write_bytes(old)
                self.read(path, status=1, said=f"teiten read: {path}: not a pcap or pcapng file: it is a tar archive"
                                               f"{packed}; extract it first\n")
        data = subprocess.run(["tar", "-xOf", path], capture_output=True, check=True).stdout
        self.assertIn("10 frames", self.piped(["-"], data))

    def test_a_clock_that_goes_back_is_said_once_a_file(self):
        """By the step from one frame to the next, within a burst, at its border, and where there are several."""
        def said(seconds, joined=()):
            self.n = getattr(self, "n", 0) + 1
            path = self.file(f"{self.n}.pcap", [record(s) for s in seconds])
            if joined:
                path.write_bytes(path.read_bytes() + capture([record(s) for s in joined]))
            other = self.file("sound.pcap", [record(7)])
            out = self.read(path, other, spool=f"s{self.n}")
            lines = [line for line in out.splitlines() if "the clock goes back" in line]
            self.assertLessEqual(len(lines), 1)
            self.assertNotIn("sound.pcap: ", out)
            return lines[0].replace(f"  {path}: ", "") if lines else ""

        up = list(range(400))
        self.assertEqual(said(up), "")
        self.assertEqual(said(up + [399] * 300 + [398]), "the clock goes back by 1 s at frame 701")
        self.assertEqual(said(up[:256] + [75] + up[256:]), "the clock goes back by 180 s at frame 257")
        self.assertEqual(said(up[:100] + up), "the clock goes back by 99 s at frame 101")
        self.assertEqual(said(up[:200] + up[:300] + up),
                         "the clock goes back by 299 s at frame 501, the furthest of 2 such steps")
        # The next frame is later again, and so is a file that was joined, where that is no step.
        self.assertEqual(said(up, joined=up), "")
        self.assertEqual(said(up, joined=up[:5] + up), "the clock goes back by 4 s at frame 406")

    def test_a_file_that_cannot_be_read_behind_another_is_named_with_its_place(self):
        path = self.at / "joined.pcap"
        path.write_bytes(capture([record(0)]) + b"\x34\xcd\xb2\xa1" + capture([record(1)])[4:])
        self.read(path, status=1, said=(
            f"teiten read: {path}: another capture file begins at byte 100: not a pcap or pcapng file: it is a "
            "\"modified\" pcap file (magic a1b2cd34); editcap converts it; the 1 whole frame before that is kept\n"))
        self.assertEqual(len(self.snapshots()), 1)

    def test_a_pipe_that_is_cut_or_no_capture_is_said_as_of_a_file(self):
        data = capture([record(0), record(61)])
        self.piped(["-"], data[:-1], status=1, said=(
            "teiten read: /dev/stdin: truncated: the file ends inside the record at byte "
            f"{len(data) - 76}; the 1 whole frame before that is kept\n"))
        self.assertEqual(len(self.snapshots()), 1)
        self.piped(["-"], b"", status=1, said="teiten read: /dev/stdin: not a capture file: it is empty\n")
        self.piped(["-", "-"], data, status=2, said="teiten read: /dev/stdin: given twice\n")

    def test_an_empty_file_alone_is_an_error(self):
        empty = self.at / "empty.pcap"
        empty.write_bytes(b"")
        self.read(empty, status=1, said=f"teiten read: {empty}: not a capture file: it is empty\n")
        self.read(empty, self.file("a.pcap", [record(0)]), status=1, said=(
            f"teiten read: {empty}: truncated at byte 0: it is empty; the other files are read\n"))
        self.assertEqual([m["interval"]["status"] for m in self.snapshots().values()], ["partial"])
        said = self.piped([self.file("b.pcap", [record(60), record(61)]), "-"], b"", status=1, said=(
            "teiten read: /dev/stdin: truncated at byte 0: it is empty; the other files are read\n"))
        self.assertIn("2 frames, 1 snapshot", said)

    def test_a_pipe_that_begins_like_no_capture_is_not_waited_for(self):
        self.running = subprocess.Popen(self.command(["-"]), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.addCleanup(self.running.communicate)
        self.addCleanup(self.running.kill)
        self.running.stdin.write(b"BZh9".ljust(1 << 20, b"1"))
        self.running.stdin.flush()
        self.assertEqual(self.running.wait(timeout=60), 1)
        self.assertEqual(self.running.stderr.read().decode(),
                         "teiten read: /dev/stdin: not a pcap or pcapng file: it is compressed with bzip2; decompress it first\n")

    def test_a_pipe_whose_header_is_longer_than_what_is_looked_at_is_read(self):
        comments = b"".join(struct.pack("<HH", 1, 65532) + bytes(65532) for _ in range(17))
        head = block(0x0A0D0D0A, struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1) + comments)
        self.assertGreater(len(head), 1 << 20)
        body = capture_of_links([1], [(0, record(i)) for i in range(70)])[28:]
        self.assertIn("70 frames, 2 snapshots", self.piped(["-"], head + body))

    def test_a_pipe_that_is_too_long_or_stopped_leaves_nothing(self):
        def limited():
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 18, resource.RLIM_INFINITY))
        self.piped(["-"], capture([record(i, 5000) for i in range(400)]), status=1, preexec_fn=limited, said=(
            f"teiten read: {self.at}/spool/s: has no room for more than {1 << 18} bytes of standard input, which is "
            "kept there until it was read: File too large\n"))
        # As many, in whatever pieces it comes.
        self.running = subprocess.Popen(self.command(["-"]), stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                                        preexec_fn=limited)
        self.addCleanup(self.running.kill)
        data = capture([record(i, 5000) for i in range(53)])
        for at in range(0, len(data), 60000):
            time.sleep(0.1)
            self.running.stdin.write(data[at:at + 60000])
            self.running.stdin.flush()
        self.assertIn(f"for more than {1 << 18} bytes of", self.running.communicate(timeout=60)[1].decode())
        self.running = subprocess.Popen(self.command(["-"]), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.addCleanup(self.running.kill)
        self.assertIn(b"memory", self.running.stdout.readline())
        while b"pipe" not in self.running.stdout.readline():
            pass
        self.running.stdin.write(capture([record(0)]))
        self.running.stdin.flush()
        time.sleep(0.2)
        self.running.send_signal(signal.SIGINT)
        self.assertEqual(self.running.wait(timeout=60), 130)
        self.assertEqual(self.running.stderr.read(), b"teiten read: stopped by SIGINT\n")
        self.running.communicate()
        self.assertEqual(sorted(p.name for p in (self.at / "spool" / "s").iterdir()), [".lock"])

    def test_a_sensor_s_own_directory_is_no_spool(self):
        path = self.file("a.pcap", [record(0)])
        self.read(path)
        before = sorted((self.at / "spool").rglob("*"))
        said = f"{self.at}/spool/s: is the directory of a sensor, and not a spool"
        self.read(path, spool="spool/s", status=1, said=said)
        self.read(options=["--check-config"], spool="spool/s", status=2, said=said)
        done = subprocess.run([teiten, "merge", "--spool", self.at / "spool" / "s", "--sensor", "all", "--per", "hour",
                               self.at / "spool"], capture_output=True, text=True)
        self.assertEqual((done.returncode, done.stderr.count("\n")), (1, 1), done.stderr)
        self.assertIn(said, done.stderr)
        self.assertEqual(sorted((self.at / "spool").rglob("*")), before)

    def test_standard_input_may_be_a_file(self):
        path = self.file("a.pcap", [record(0), record(61)])
        with open(path) as file:
            self.assertIn("2 frames, 2 snapshots", self.read("-", stdin=file))
            self.read(path, "-", status=2, said="the same file as", stdin=file)

    def test_options_of_the_daemon_are_no_options_here_but_may_stand_in_a_shared_file(self):
        path = self.file("a.pcap", [record(0)])
        usage = self.read(options=["--help"])
        self.assertIn("--skip-existing", usage)
        for option in "--table-sets", "--exit-at-eof":
            self.assertNotIn(option, usage)
            self.read(path, options=[option, "2"], status=2, said=option)
        shared = self.at / "both.yaml"
        shared.write_text("table-sets: 4\nexit-at-eof: true\nrx-queues: 2\n")
        self.read(path, options=["--config", str(shared)])

    def test_intervals_that_have_snapshots_are_told_before_anything_is_written(self):
        first = self.file("first.pcap", [record(i) for i in (60, 70, 200)])
        more = self.file("more.pcap", [record(i) for i in (0, 130, 300)])
        self.read(first)
        before = self.snapshots()
        # 60 and 180 have packets, 120 has none and a snapshot all the same.
        self.assertEqual(list(before), ["20231114T221500Z", "20231114T221600Z",
                                        "20231114T221700Z"])
        self.read(more, status=1, said=(
            "spool/s/2023-11-14/20231114T221500Z: there is a snapshot of this interval already "
            "(3 of 6 intervals); read files that share an interval together, choose another "
            "spool, or give --skip-existing"))
        self.assertEqual(self.snapshots(), before)
        out = self.read(more, options=["--skip-existing"])
        self.assertIn("3 frames, 3 snapshots", out)
        self.assertIn("3 intervals with 1 frame skipped: they have a snapshot already", out)
        after = self.snapshots()
        self.assertEqual(len(after), 6)
        self.assertEqual({k: after[k] for k in before}, before)
        self.verify()

    def test_intervals_that_are_skipped_for_a_longer_snapshot_are_told_apart(self):
        path = self.file("a.pcap", [record(second) for second in range(60)])
        self.read(path, options=["--interval", "1"])
        same = self.read(path, options=["--interval", "1", "--skip-existing"])
        self.assertIn(" skipped: they have a snapshot already\n", same)
        self.assertNotIn("longer", same)
        self.read(path, options=["--interval", "60"], spool="minutes")
        name, = self.snapshots("minutes")
        out = self.read(path, options=["--interval", "1", "--skip-existing"], spool="minutes")
        self.assertRegex(out, rf" skipped: they have a snapshot already\n    also longer ones, such as [-0-9]+/{name} of 60 s: "
                              "compacted, or of a run with another --interval\n")
        self.assertEqual(len(self.snapshots("minutes")), 1)

    def test_a_run_that_is_stopped_keeps_what_is_finished_and_can_be_gone_on_with(self):
        path = self.slow_file()
        self.start_slowly(path)
        # Two at once, as timeout(1) sends them.
        self.running.send_signal(signal.SIGTERM)
        self.running.send_signal(signal.SIGTERM)
        self.finish(143, "stopped by SIGTERM")
        some = len(self.snapshots())
        self.assertTrue(0 < some < self.N, some)
        for manifest in self.snapshots().values():
            self.assertEqual(manifest["interval"]["status"], "complete")
        out = self.read(path, options=["--interval", "1", "--skip-existing"])
        self.assertIn(f"{self.N} frames, {self.N - some} snapshots", out)
        self.read(path, options=["--interval", "1"], spool="whole")
        self.same_spools("spool", "whole")

    def test_a_run_that_is_killed_loses_no_more_than_a_moment(self):
        path = self.slow_file()
        self.start_slowly(path)
        self.running.send_signal(signal.SIGSTOP)
        time.sleep(1.1)
        self.running.send_signal(signal.SIGCONT)
        self.wait_for(self.snapshots)
        self.running.kill()
        self.running.communicate()
        # They appear when a second is over, not when a batch of 256 is full.
        self.assertGreater(len(self.snapshots()), 0)
        self.assertLess(len(list((self.at / "spool" / "s").glob("*/*T*"))), 256)
        # It kept nothing of what it saw, and yet the run that goes on gives what one run would.
        self.assertFalse((self.at / "spool" / "s" / ".recall").exists())
        self.read(path, options=["--interval", "1", "--skip-existing"])
        self.read(path, options=["--interval", "1"], spool="whole")
        self.same_spools("spool", "whole")
        self.verify()

    def test_the_same_capture_in_a_fresh_spool_gives_the_same_bytes(self):
        path = self.file("a.pcap", [record(i, src=0x01020300 + i % 90, port=i % 700)
                                    for i in range(900)])
        self.read(path, tables=())
        self.read(path, spool="again")
        self.same_spools("spool", "again")
        self.verify()

    def returning(self, spool="spool"):
        """(interval's minute, source) of those that came back."""
        return {(row["interval_start"][14:16], row["src_ip"])
                for row in self.export("sources", spool) if row["seen_before"] == "1"}

    def test_a_later_run_knows_what_an_earlier_one_saw(self):
        first = self.file("first.pcap", [record(0), record(60, src=0x01020305)])
        later = self.file("later.pcap", [record(120, port=80), record(180, src=0x01020306),
                                         record(180, src=0x01020305)])
        self.read(first)
        self.read(later)
        self.assertEqual(self.returning(), {("16", "1.2.3.4"), ("17", "1.2.3.5")})
        targets = [(row["interval_start"][14:16], row["target"], row["first_time"])
                   for row in self.export("targets")]
        self.assertEqual(targets, [("14", "445", "1"), ("15", "445", "0"), ("16", "80", "1"),
                                   ("17", "445", "0")])
        self.assertEqual({row["recall_since"] for row in self.export("interval")},
                         {"2023-11-14T22:14:00Z"})
        self.verify()
        # As if both had been read at once.
        self.read(first, later, spool="once")
        for table in "sources", "targets":
            self.assertEqual(self.export(table), self.export(table, "once"))
        # Another sensor, and a shorter memory.
        self.read(later, spool="spool", options=["--sensor", "other"])
        self.read(first, spool="short", options=["--remember", "60"])
        self.read(later, spool="short", options=["--remember", "60"])
        self.assertEqual(self.returning("short"), set())

    def test_a_damaged_memory_is_told_in_one_line_and_ignored(self):
        first = self.file("first.pcap", [record(0)])
        later = self.file("later.pcap", [record(60)])
        last = self.file("last.pcap", [record(120)])
        self.read(first)
        memory = self.at / "spool" / "s" / ".recall"
        whole = memory.read_bytes()
        memory.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
        self.read(later, said=f"{memory}: damaged")
        self.assertEqual(self.returning(), set())
        self.read(last)
        self.assertEqual(self.returning(), {("16", "1.2.3.4")})
        self.verify()

    def memory(self):
        return self.at / "spool" / "s" / ".recall"

    def flood(self, name, second, n, first=0):
        """A capture of so many sources in the minute that begins there."""
        return self.file(name, [record(second + i % 60, src=0x0B000000 + first + i,
                                       port=i % 50 + second % 7919) for i in range(n)])

    def test_a_memory_older_than_the_snapshots_learns_from_them(self):
        files = [self.flood("a.pcap", 0, 100), self.flood("b.pcap", 60, 5000),
                 self.flood("c.pcap", 120, 200, 50), self.flood("d.pcap", 240, 3000),
                 self.flood("e.pcap", 86400, 50)]
        self.read(files[0])
        stale = self.memory().read_bytes()
        self.read(*files[1:4])
        # As a kill would have left it.
        self.memory().write_bytes(stale)
        self.read(files[4])
        self.read(*files, spool="once")
        self.assertEqual(self.memory().read_bytes(),
                         (self.at / "once" / "s" / ".recall").read_bytes())
        for table in "sources", "targets":
            self.assertEqual(self.export(table), self.export(table, "once"))
        self.assertTrue(any(m["interval"]["sources_one_in"] > 1
                            for m in self.snapshots().values()))
        self.verify()

    def test_what_cannot_be_learnt_from_is_told_in_one_line_and_the_memory_starts_anew(self):
        self.read(self.flood("a.pcap", 0, 10))
        stale = self.memory().read_bytes()
        self.read(self.flood("b.pcap", 60, 10))
        self.memory().write_bytes(stale)
        table = next((self.at / "spool").rglob("20231114T221500Z/sources.parquet"))
        whole = table.read_bytes()
        table.write_bytes(whole[:-9])
        self.read(self.flood("c.pcap", 120, 10), said=str(table))
        table.write_bytes(whole)
        self.assertEqual([row["recall_since"] for row in self.export("interval")],
                         ["2023-11-14T22:14:00Z"] * 2 + ["2023-11-14T22:16:00Z"])
        # Nor is what it would have forgotten.
        self.memory().write_bytes(stale)
        self.read(self.flood("d.pcap", 240, 10), options=["--remember", "60"],
                  said=f"{self.memory()}: 120 s older than the latest snapshot; "
                       "what earlier intervals saw is not known")
        self.assertEqual(self.export("interval")[-1]["recall_since"], "2023-11-14T22:18:00Z")
        self.verify()

    def test_old_intervals_that_are_skipped_do_not_fill_the_memory(self):
        files = [self.flood("a.pcap", 0, 3000), self.flood("b.pcap", 600, 3000, 10000)]
        options = ["--remember", "60"]
        tables = ["--pairs", "16384"]
        self.read(*files, options=options, tables=tables)
        before = self.memory().read_bytes()
        out = self.read(*files, options=[*options, "--skip-existing"], tables=tables)
        self.assertIn("2 intervals with 6000 frames skipped", out)
        self.assertEqual(self.memory().read_bytes(), before)

    def test_of_an_interval_that_comes_late_nothing_is_claimed(self):
        self.read(self.file("b.pcap", [record(60, src=5), record(120, src=5)]))
        self.read(self.file("a.pcap", [record(0, src=5)]))
        self.read(self.file("c.pcap", [record(180, src=5)]))
        self.assertEqual([row["seen_before"] for row in self.export("sources")],
                         ["-1", "0", "1", "1"])
        self.assertEqual([row["first_time"] for row in self.export("targets")],
                         ["1", "1", "0", "0"])
        rows = self.export("interval")
        self.assertEqual([(row["recall_since"][14:16], row["uniq_src_ip_returning"],
                           row["returning_one_in"]) for row in rows],
                         [("14", "0", str(1 << 32)), ("15", "0", "1"), ("15", "1", "1"),
                          ("14", "1", "1")])
        self.verify()

    def test_the_memory_is_for_its_owner_only_and_a_replay_has_no_secret(self):
        self.read(self.file("a.pcap", [record(0)]))
        self.assertEqual(self.memory().stat().st_mode & 0o777, 0o600)
        self.assertEqual(self.memory().read_bytes()[72:80], bytes(8))

    def test_the_check_finds_what_a_run_would_stop_at(self):
        text = self.at / "text"
        text.write_text("nonsense\n")
        for options, said in ((["--geo", text], f"{text}:1: "), (["--asn", text], str(text)),
                              (["--asn", ","], 'asn: "," names an empty file')):
            self.read(options=["--check-config", *map(str, options)], status=2, said=said)
        self.read(options=["--check-config"], tables=["--table-memory", "100M"], status=2,
                  said="table-memory: 100 MiB are too little: 2 table sets")
        self.assertIn("sound", self.read(options=["--check-config"]))
        self.assertFalse((self.at / "spool").exists())

    def test_what_full_tables_lack_is_said_and_is_in_the_ledger(self):
        path = self.file("many.pcap", [record(i % 60, src=0x0B000000 + i) for i in range(5000)])
        out = self.read(path)
        manifest = list(self.snapshots().values())[0]
        lost = manifest["run"]["ledger"]["not_kept"]["pairs"]
        self.assertGreater(lost["packets"], 0)
        self.assertIn(f"  pairs {lost['packets']}, ", out)
        row = [row for row in self.export("ledger")
               if (row["account"], row["reason"]) == ("tables", "pairs")]
        self.assertEqual([(r["packets"], r["keys"]) for r in row],
                         [(str(lost["packets"]), str(lost["keys"]))])
        self.assertEqual(sum(int(row["packets"]) for row in self.export("targets")), 5000)
        self.verify()
        out = self.read(path, tables=["--pairs", "8192"], spool="large")
        self.assertNotIn("lack", out)

    def test_tables_take_no_more_than_table_memory(self):
        path = self.file("a.pcap", [record(0)])
        out = self.read(path, tables=["--table-memory", "1G"])
        tables, merge = [float(word) for line in out.splitlines() if "memory at most" in line
                         for word in line.replace(",", " ").split() if "." in word]
        self.assertLessEqual(tables + merge, 1024)
        self.assertGreater(tables + merge, 700)
        self.read(path, tables=["--table-memory", "64M"], status=2,
                  said="table-memory: 64 MiB are too little: 2 table sets and the merge take ")
        self.read(path, tables=["--table-memory", "1G", "--pairs", "4096"], status=2,
                  said="table-memory: not together with pairs")
        self.read(path, tables=["--table-memory", "many"], status=2,
                  said='--table-memory: "many" is not a size')

    def test_a_run_that_finds_nothing_since_the_prefix_or_the_rules_are_wrong_says_so(self):
        path = self.file("a.pcap", [record(0), record(1)])
        none = self.at / "none.rules"
        none.write_text("alert nonsense\n")
        one = self.at / "one.rules"
        one.write_text('alert tcp any any -> any 445 (msg:"x"; sid:1;)\n')
        said = "teiten read: warning: no packet to a monitored address was counted (monitored: {}); 2 went to others"
        self.assertIn("not-monitored", self.read(
            path, options=["--monitored", "198.51.100.0/24"], said=said.format("198.51.100.0/24")))
        self.read(path, options=["--monitored", "198.51.100.0/24", "--skip-existing"])
        self.read(path, self.file("b.pcap", [record(0, src=0xC0000207)]), spool="some")
        self.read(path, options=["--rules", str(none)], spool="rules",
                  said=f"teiten read: warning: rules: no signature of {none} is loaded")
        self.read(path, options=["--rules", f"{none},{one}"], spool="both")

    def test_a_prefix_whose_length_was_forgotten_is_seen_at_the_start_and_at_the_end(self):
        path = self.file("a.pcap", [record(0), record(1), record(2)])
        self.assertIn("\nmonitored: 256 addresses of IPv4 in 1 prefix\n", self.read(path))
        there = {"spool": "other", "options": ["--monitored", "192.0.2.0,198.51.100.0/24"]}
        self.assertIn("\nmonitored: 257 addresses of IPv4 in 2 prefixes\n",
                      self.read(path, **there, said="no packet to a monitored address was counted"))
        one = bytearray(record(3))
        one[16 + 14 + 19] = 0  # to 192.0.2.0
        some = self.file("b.pcap", [record(0), record(1), bytes(one)])
        self.read(some, spool="some", options=there["options"], said=(
            "teiten read: warning: 2 of 3 packets went to addresses that are not monitored (monitored: "
            "192.0.2.0/32,198.51.100.0/24): is a prefix missing, or its length?"))
        half = self.file("c.pcap", [record(0), bytes(one)])
        self.read(half, spool="half", options=there["options"])

    def test_what_is_wrong_with_rules_and_databases_is_said_with_its_place(self):
        path = self.file("a.pcap", [record(0)])
        rules = self.at / "rules.yaml"
        rules.write_text(RULES.read_text().replace("match: ip.id == 54321", "match: ip.id ==", 1))
        line = RULES.read_text().splitlines().index("    match: ip.id == 54321") + 1
        for options, status in ([], 1), (["--check-config"], 2):
            self.read(path, options=["--fingerprints", str(rules), *options], status=status,
                      said=f"{rules}:{line}:")
        self.read(path, options=["--fingerprints", str(self.at / "none.yaml")], status=2,
                  said=f"fingerprints: {self.at}/none.yaml: No such file")
        self.read(path, options=["--asn", str(self.at / "none.db")], status=2,
                  said=f"asn: {self.at}/none.db: No such file")
        self.read(path, options=["--asn", str(rules)], status=1, said=str(rules))
        self.assertEqual(self.snapshots(), {})
        self.read(path, options=["--fingerprints", "none"])
        manifest = list(self.snapshots().values())[0]
        self.assertEqual((manifest["asn"], manifest["fingerprints"]), ("none", "none"))


if __name__ == "__main__":
    teiten = os.path.abspath(sys.argv.pop(1))
    unittest.main()
