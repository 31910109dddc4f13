#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""One bit of a snapshot, anywhere in its files, is flipped, 1,000 times: `teiten verify` finds each, and
names the file. So it does where a file ends early. Undamaged again, the snapshot is intact.

    bitflips.py TEITEN [SEED]"""
import contextlib
import pathlib
import random
import subprocess
import sys
import tempfile
import time

import snapshots

FLIPS = 1000
CUTS = 10  # of each file


def make(teiten, directory):
    """The directory of a snapshot of some thousand packets."""
    capture = f"{directory}/traffic.pcap"
    snapshots.run(teiten, "synth", "--profile", snapshots.ROOT / "profiles/demo.yaml", "--packets", 3000,
                  "--out", capture)
    snapshots.read(teiten, f"{directory}/spool", [capture], options=("--sketch-rows", 2000))
    return next(pathlib.Path(directory).glob("spool/s/*/[0-9]*Z"))


def found(teiten, snapshot, name):
    """Does verify find damage in the file of this name?"""
    done = subprocess.run([teiten, "verify", snapshot], capture_output=True, text=True)
    return done.returncode == 1 and f"/{name}: " in done.stderr


@contextlib.contextmanager
def damaged(path, data):
    """The file has these bytes for the while."""
    whole = path.read_bytes()
    path.write_bytes(data)
    try:
        yield
    finally:
        path.write_bytes(whole)


def flip(teiten, snapshot, at):
    """Flips bit `at` of all files together. Returns what was not found, or None."""
    for path in sorted(snapshot.iterdir()):
        data = bytearray(path.read_bytes())
        if at < len(data) * 8:
            data[at // 8] ^= 1 << at % 8
            with damaged(path, data):
                return None if found(teiten, snapshot, path.name) else f"bit {at} of {path.name}"
        at -= len(data) * 8
    raise AssertionError("no such bit")


def cut(teiten, snapshot, path, size):
    with damaged(path, path.read_bytes()[:size]):
        return None if found(teiten, snapshot, path.name) else f"{path.name} of {size} bytes"


def main(teiten, seed=None):
    seed = int(seed or time.time())
    chance = random.Random(seed)
    with tempfile.TemporaryDirectory() as directory:
        snapshot = make(teiten, directory)
        sizes = {path: path.stat().st_size for path in sorted(snapshot.iterdir())}
        bits = sum(sizes.values()) * 8
        flips = [flip(teiten, snapshot, chance.randrange(bits)) for _ in range(FLIPS)]
        cuts = [cut(teiten, snapshot, path, size) for path, whole in sizes.items()
                for size in {0, whole - 1, *(chance.randrange(whole) for _ in range(CUTS - 2))}]
        snapshots.run(teiten, "verify", snapshot)
    missed = [what for what in flips + cuts if what is not None]
    print(f"seed {seed}: {flips.count(None)} of {len(flips)} flipped bits found in {bits // 8} bytes of "
          f"{len(sizes)} files, {cuts.count(None)} of {len(cuts)} files cut short")
    for what in missed:
        print(f"not found: {what}")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
