# SPDX-License-Identifier: BSD-3-Clause
"""A part of a month's traffic: what becomes one component of the profile."""
import dataclasses

DAY, HOUR, MINUTE = 86400, 3600, 60
SYSTEM = "mss 1460, nop, nop, sackok"


@dataclasses.dataclass
class Part:
    """`packets` go to `target`; their countries are fixed, or follow from all sums together by `bias`: how
    much more a country sends here than elsewhere ("" is any other country)."""
    name: str
    target: str
    packets: int
    countries: dict | None = None
    bias: dict = dataclasses.field(default_factory=dict)
    sources: object = None  # a number, "new", or None: follows from the packets
    span: tuple | None = None  # seconds since the start
    keys: dict = dataclasses.field(default_factory=dict)
    only: tuple = ()  # countries that may send here, all if empty
    category: str = ""  # of the detections that its packets make, one each but for `silent` ones
    silent: int = 0

    def detections(self):
        return self.packets - self.silent if self.category else 0


def days(first, last):
    """From the beginning of day `first` of the month to the end of day `last`."""
    return (first - 1) * DAY, last * DAY
