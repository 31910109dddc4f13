# SPDX-License-Identifier: BSD-3-Clause
"""Traffic: capture files of `teiten synth`, with frames of the size that is asked for."""
import dataclasses
import re
import struct

FCS = 4        # a frame's check sequence: part of its size, in no capture file
ON_WIRE = 20   # preamble, start of frame and gap between frames

RECORD = struct.Struct("<IIII")
FILE_HEADER = 24


@dataclasses.dataclass(frozen=True)
class Frames:
    """What a capture file holds."""
    number: int
    octets: int  # without check sequences

    @property
    def mean(self):
        """Mean size of a frame with its check sequence."""
        return self.octets / self.number + FCS

    def line_rate(self, mbps):
        """Frames per second that a line of so many Mbit/s has room for."""
        return mbps * 1e6 / 8 / (self.mean + ON_WIRE)


def pad(capture, size):
    """(capture, Frames) with zeros behind each frame that is shorter than `size`, which counts the
    check sequence. Longer frames stay as they are."""
    padded, number, octets, at = [capture[:FILE_HEADER]], 0, 0, FILE_HEADER
    while at < len(capture):
        seconds, micros, length, _ = RECORD.unpack_from(capture, at)
        data = capture[at + RECORD.size:at + RECORD.size + length].ljust(size - FCS, b"\0")
        padded += [RECORD.pack(seconds, micros, len(data), len(data)), data]
        number += 1
        octets += len(data)
        at += RECORD.size + length
    return b"".join(padded), Frames(number, octets)


def monitored(profile):
    """The prefixes that a profile's traffic is sent to."""
    found = re.search(r"^monitored:\s*([^\s#]+)", profile, re.MULTILINE)
    return found.group(1) if found else None
