# SPDX-License-Identifier: BSD-3-Clause
"""What is sent: a profile's packets in a capture file, or Pktgen's own ranges."""
import dataclasses
import pathlib
import subprocess

from . import Failure, captures


@dataclasses.dataclass(frozen=True)
class Traffic:
    name: str
    monitored: str
    frames: captures.Frames
    capture: pathlib.Path | None  # None: ranges

    @property
    def target(self):
        """The prefix that ranges aim at: Pktgen wants one of IPv4."""
        return next((p for p in self.monitored.split(",") if ":" not in p), None)


def ranges(monitored, frame):
    one = captures.Frames(1, frame - captures.FCS)
    traffic = Traffic("ranges of sources and ports, in TCP SYNs", monitored, one, None)
    if traffic.target is None:
        raise Failure("ranges need a profile with a monitored IPv4 prefix")
    return traffic


def synthetic(teiten, profile, monitored, packets, frame, path):
    done = subprocess.run([teiten, "synth", "--profile", profile, "--packets", str(packets),
                           "--out", path], capture_output=True, text=True)
    if done.returncode != 0:
        raise Failure(done.stderr.strip())
    padded, frames = captures.pad(path.read_bytes(), frame)
    path.write_bytes(padded)
    name = (f"{frames.number} packets of {profile.name}, again and again, "
            f"{frames.mean:.1f} bytes on average")
    return Traffic(name, monitored, frames, path)


def make(options, teiten, frame, directory):
    monitored = captures.monitored(options.profile.read_text())
    if monitored is None:
        raise Failure(f"{options.profile}: no line \"monitored: PREFIXES\"")
    if options.traffic == "ranges":
        return ranges(monitored, frame)
    return synthetic(teiten, options.profile, monitored, options.packets, frame,
                     directory / "traffic.pcap")
