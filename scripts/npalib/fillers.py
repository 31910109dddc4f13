# SPDX-License-Identifier: BSD-3-Clause
"""What was not published: the targets and countries between and behind the rows shown, chosen so that the published
ranks come out. Counts per day and address, as (June, July); the unlisted that rise do so by less than the fifth of the
published rises, and likewise for falls. None of these numbers is an observation."""

# Ranks 6, 9 to 12, 14 to 16 of June; 7 to 12 and 14 to 16 of July, of which 5060/UDP is the last.
TARGETS_HIGH = {
    "22/TCP": (9.90, 8.85), "1434/UDP": (5.28, 4.74), "139/TCP": (4.60, 4.12), "80/TCP": (3.90, 3.52),
    "8080/TCP": (3.20, 2.92), "5900/TCP": (2.70, 2.41), "3389/TCP": (2.50, 1.90), "3306/TCP": (2.20, 1.62),
    "5060/UDP": (1.95, 1.42),
}
# Ranks 19 to 73 of June but for 0/ICMP, of which each packet is a detection: names, heaviest first.
TARGETS_LOW = (
    "137/UDP 25/TCP 3/ICMP 7212/TCP 6881/UDP 8000/TCP 2968/TCP 21/TCP 443/TCP 12174/TCP 4662/TCP 53/UDP 4672/UDP "
    "11/ICMP 110/TCP 1080/TCP 9415/TCP 8088/TCP 10000/TCP 3128/TCP 38/UDP 1025/TCP 5000/TCP 808/TCP 8085/TCP 9000/TCP 6588/TCP "
    "42/TCP 111/TCP 161/UDP 1723/TCP 2100/TCP 500/UDP 5901/TCP 8118/TCP 6129/TCP 8090/TCP 3127/TCP 15118/TCP 6000/TCP "
    "389/TCP 9050/TCP 554/TCP 1024/TCP 1027/TCP 1028/UDP 1029/UDP 6667/TCP 8443/TCP 41523/TCP 10001/TCP 5631/TCP "
    "9090/TCP 27977/TCP"
).split()
LOW_FIRST, LOW_LAST = 1.88, 0.088  # June, of the first and the last of them
LOW_FALL = 0.66  # July's part of June's

# Ranks 8, 10, 11 of June, 13 to 17, 19 to 23, 24 to 30, and ten more before Israel; all fall or rise a little.
COUNTRIES_HIGH = {
    "IT": (7.90, 7.70), "DE": (5.75, 5.54), "RO": (5.30, 5.20),
    "HK": (4.60, 4.64), "UA": (4.20, 4.08), "FR": (3.80, 3.72), "PL": (3.40, 3.42), "TH": (3.00, 2.97),
    "GB": (2.65, 2.58), "ES": (2.58, 2.49), "CA": (2.50, 2.41), "ID": (2.42, 2.35), "CO": (2.35, 2.47),
    "VN": (1.95, 1.92), "CL": (1.85, 1.88), "MX": (1.75, 1.82), "NL": (1.65, 1.58), "BG": (1.55, 1.49),
    "VE": (1.45, 1.53), "PH": (1.35, 1.33),
    "SE": (1.28, 1.14), "HU": (1.22, 1.11), "MY": (1.16, 1.09), "PT": (1.10, 1.05), "SG": (1.04, 0.99),
    "CZ": (0.98, 0.95), "GR": (0.92, 0.90), "EG": (0.87, 0.84), "SA": (0.82, 0.80), "KZ": (0.77, 0.75),
}
# Behind Israel and Peru in June, before Peru in July.
COUNTRIES_MIDDLE = ("AU PK RS LT AE IR MA LV HR CH AT BE ZA DK NO FI NZ SK SI BY EE IE KW EC UY DO TN BD GE DZ PA "
                    "NG").split()
MIDDLE_FIRST, MIDDLE_LAST = 0.66, 0.155
# Behind Peru in July.
COUNTRIES_SMALL = ("MD CR BA MK AZ QA BO PY LK KE JO PR LB GT OM BH CY SV AM NP KH LU AL MT MO JM HN UZ KG MN IS GH TT PS "
                   "NI MU SN SY").split()
SMALL_FIRST = 0.092

# Of the countries of detections: ranks 6 (before it 8), 12 to 16 (10 to 14), and 18 (15); 17 to 26 of June; 28 to 32.
DETECTED_HIGH = {
    "KR": (0.192, 0.196), "RU": (0.076, 0.066), "GB": (0.069, 0.061), "FR": (0.061, 0.054), "NL": (0.053, 0.047),
    "IN": (0.045, 0.041), "TH": (0.036, 0.028),
    "AU": (0.028, 0.0260), "ES": (0.026, 0.0245), "PL": (0.025, 0.0240), "VN": (0.024, 0.0230), "TR": (0.023, 0.0215),
    "ID": (0.021, 0.0205), "PH": (0.020, 0.0190), "CL": (0.019, 0.0185), "AR": (0.018, 0.0190), "UA": (0.017, 0.0165),
    "RO": (0.0125, 0.0120), "BG": (0.0120, 0.0118), "MY": (0.0115, 0.0113), "CO": (0.0111, 0.0115),
    "IL": (0.0105, 0.0110),
}
DETECTED_SMALL = "HU VE PT SG CZ GR EG SA KZ PK RS LT AE IR MA LV HR CH AT BE ZA DK NO FI NZ".split()


def falling(first, last, n):
    """n numbers from first to last, each the same part of the one before."""
    return [first * (last / first) ** (i / (n - 1)) for i in range(n)]
