# SPDX-License-Identifier: BSD-3-Clause
"""What scripts/bench is made of. A part is a module with `jobs(bench)`, which says what to run, and
`tell(bench, results, report)`, which makes tables of it. figures and report are logic alone."""


class Failure(Exception):
    """A measurement that is none: a packet is missing, a program failed. The text says why."""


class LeftOut(Exception):
    """Something that this machine does not have; the rest goes on."""
