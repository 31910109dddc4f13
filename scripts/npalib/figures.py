# SPDX-License-Identifier: BSD-3-Clause
"""Figures of the monthly report of the National Police Agency of Japan for July 2009
(我が国におけるインターネット治安情勢, 平成21年7月期): its tables 3-1, 3-2, 4-1, 4-2 and numbers of its text. Counts are
per day and monitored address; `change` is the difference to June, `percent` the same in per cent of June, None where
none is given."""
import dataclasses

DAYS = {"june": 30, "july": 31}
ADDRESSES = 256  # ours: as few as the roundings of all rows, +678.3 % of 0.07 above all, leave room for


@dataclasses.dataclass(frozen=True)
class Row:
    """A row of a table."""
    name: str
    july: float
    change: float
    percent: float | None
    decimals: int = 2


TOTAL = Row("all", 360.1, -58.8, -14.0, 1)
TARGETS = (
    Row("445/TCP", 131.08, -5.68, -4.2),
    Row("135/TCP", 57.28, 1.07, 1.9),
    Row("8/ICMP", 30.69, 3.27, 11.9),
    Row("1433/TCP", 26.84, 2.85, 11.9),
    Row("4899/TCP", 10.48, 1.86, 21.6),
    Row("2967/TCP", 10.09, -5.11, -33.6),
    Row("1521/TCP", 2.03, 1.96, None),
    Row("23/TCP", 1.29, -4.26, -76.8),
    Row("1026/UDP", 0, -2.80, -99.9),  # "negligible" in July
    Row("1027/UDP", 0, -2.08, None),  # none in July
)
COUNTRIES = (
    Row("CN", 114.66, -51.09, -30.8),
    Row("JP", 73.94, -9.07, -10.9),
    Row("US", 23.99, -0.38, -1.6),
    Row("RU", 14.64, -0.47, -3.1),
    Row("TW", 13.36, 1.08, 8.8),
    Row("KR", 11.51, 2.08, 22.1),
    Row("BR", 11.16, 0.82, 8.0),
    Row("AR", 5.62, 0.66, 13.4),
    Row("IN", 5.45, -0.58, -9.6),
    Row("TR", 2.00, -0.73, -26.7),
    Row("IL", 1.17, 0.43, 58.7),
    Row("PE", 0.11, -0.58, -83.9),
)
DETECTIONS = Row("all", 11.0, -5.9, -34.8, 1)
CATEGORIES = (
    Row("Worm", 6.19, -0.72, -10.4),
    Row("Scan", 3.99, -0.57, -12.5),
    Row("DoS", 0.36, 0.05, 16.8),
    Row("DNS", 0.26, -0.23, -47.3),
    Row("UDP spam", 0, -4.36, None),
)
DETECTED_COUNTRIES = (
    Row("CN", 7.48, -5.45, -42.1),
    Row("US", 1.06, -0.15, -12.6),
    Row("TW", 0.37, -0.01, -2.7),
    Row("HK", 0.36, 0.02, 7.3),
    Row("JP", 0.23, -0.04, -14.8),
    Row("CA", 0.18, -0.04, -16.8),
    Row("DE", 0.18, -0.21, -54.3),
    Row("SE", 0.18, 0.02, 13.8),
    Row("BR", 0.08, 0.05, 160.8),
    Row("MX", 0.07, 0.06, 678.3),
    Row("IT", 0.03, 0.02, 131.7),
)
# Equal at two decimals, but ranked: rank 7, 8 and 9.
NEAR = {"CA": 0.183, "DE": 0.180, "SE": 0.177, "IT": 0.0315}

ORACLE_BEFORE = 0.07  # 1521/TCP in June
ORACLE_FROM_6000, ORACLE_FROM_CHINA = 0.99, 0.92  # of those from 8 July on
JAPAN_445_CHANGE = -11.2
SLAMMER_OF_WORMS = 0.75
NACHI_OF_WORMS = {"US": 0.878, "JP": 0.895}
RADMIN_SOURCES = {"AR": 468, "CO": 461, "VE": 275}  # distinct ones that ask for 4899/TCP in July
