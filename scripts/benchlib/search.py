# SPDX-License-Identifier: BSD-3-Clause
"""The search of RFC 2544, section 26.1: the highest rate at which no packet is lost."""


class Search:
    """Begins with the highest rate; halves what lies between the highest rate that passed and the
    lowest that failed, until that is no wider than `width`."""

    def __init__(self, highest, width):
        self.highest = highest
        self.width = width
        self.passed = 0.0
        self.failed = None

    def next(self):
        """The rate to try; None at the end. The result is then `passed`, 0 for none."""
        if self.passed == self.highest:
            return None
        if self.failed is None:
            return self.highest
        if self.failed - self.passed <= self.width:
            return None
        return (self.passed + self.failed) / 2

    def note(self, rate, passed):
        if passed:
            self.passed = rate
        else:
            self.failed = rate
