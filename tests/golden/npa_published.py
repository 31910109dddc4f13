# SPDX-License-Identifier: BSD-3-Clause
"""The tables 3-1, 3-2, 4-1 and 4-2 of the monthly report of the National Police Agency of Japan for July 2009
(我が国におけるインターネット治安情勢, 平成21年7月期), cell by cell: rank now, rank before, name, count now, per cent, difference,
rank among rises, rank among falls. Counts are per day and monitored address."""

NONE, NEGLIGIBLE = "検知なし", "ごく僅か"

TARGETS = """
1  1  445/TCP  131.08 -4.2  -5.68 .  1
2  2  135/TCP  57.28  +1.9  +1.07 5  .
3  3  8/ICMP   30.69  +11.9 +3.27 1  .
4  4  1433/TCP 26.84  +11.9 +2.85 2  .
5  7  4899/TCP 10.48  +21.6 +1.86 4  .
6  5  2967/TCP 10.09  -33.6 -5.11 .  2
13 74 1521/TCP 2.03   .     +1.96 3  .
17 8  23/TCP   1.29   -76.8 -4.26 .  3
.  13 1026/UDP ごく僅か  -99.9 -2.80 .  4
.  17 1027/UDP 検知なし  .     -2.08 .  5
"""

COUNTRIES = """
1  1  CN 114.66 -30.8 -51.09 .  1
2  2  JP 73.94  -10.9 -9.07  .  2
3  3  US 23.99  -1.6  -0.38  .  .
4  4  RU 14.64  -3.1  -0.47  .  .
5  5  TW 13.36  +8.8  +1.08  2  .
6  7  KR 11.51  +22.1 +2.08  1  .
7  6  BR 11.16  +8.0  +0.82  3  .
9  12 AR 5.62   +13.4 +0.66  4  .
11 9  IN 5.45   -9.6  -0.58  .  4
23 18 TR 2.00   -26.7 -0.73  .  3
31 41 IL 1.17   +58.7 +0.43  5  .
74 42 PE 0.11   -83.9 -0.58  .  5
"""

CATEGORIES = """
1  1  Worm     6.19 -10.4 -0.72 .  2
2  2  Scan     3.99 -12.5 -0.57 .  3
3  5  DoS      0.36 +16.8 +0.05 1  .
4  4  DNS      0.26 -47.3 -0.23 .  4
.  3  UDP_spam 検知なし  .     -4.36 .  1
"""

DETECTED = """
1  1  CN 7.48 -42.1  -5.45 .  1
2  2  US 1.06 -12.6  -0.15 .  3
3  4  TW 0.37 -2.7   -0.01 .  .
4  5  HK 0.36 +7.3   +0.02 3  .
5  6  JP 0.23 -14.8  -0.04 .  4
7  7  CA 0.18 -16.8  -0.04 .  5
8  3  DE 0.18 -54.3  -0.21 .  2
9  9  SE 0.18 +13.8  +0.02 4  .
10 16 BR 0.08 +160.8 +0.05 2  .
11 33 MX 0.07 +678.3 +0.06 1  .
17 27 IT 0.03 +131.7 +0.02 5  .
"""

# Text of sections 1 and 4-1: count now, difference, per cent.
ACCESSES = ("360.1", "-58.8", "-14.0")
DETECTIONS = ("11.0", "-5.9", "-34.8")


def rows(table):
    """(rank, rank before, name, count, per cent, difference, rise rank, fall rank), None where nothing stands."""
    for line in table.split("\n"):
        if line:
            now, before, name, *cells, rise, fall = (None if word == "." else word for word in line.split())
            yield (*(word and int(word) for word in (now, before)), name.replace("_", " "), *cells,
                   *(word and int(word) for word in (rise, fall)))
