# SPDX-License-Identifier: BSD-3-Clause
"""What scripts/bench-pktgen is made of. search, ledger, trial and captures are logic alone and know
no DPDK; the others start programs and ask them."""


class Failure(Exception):
    """The benchmark cannot go on; the text says why, for the user."""
