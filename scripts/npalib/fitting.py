# SPDX-License-Identifier: BSD-3-Clause
"""Whole numbers of packets that meet published roundings, and tables whose sums are given."""
import functools

from .figures import ADDRESSES, DAYS


def packets(per_day, month):
    """A count per day and address as packets of the whole month."""
    return round(per_day * DAYS[month] * ADDRESSES)


def room(value, published, decimals):
    """How far `value` is from where it would be rounded to another figure than `published`: 1 in the middle,
    0 at the border, negative beyond it."""
    return 1 - abs(value - published) * 2 * 10 ** decimals


@functools.cache
def pair(row, near=None):
    """(June, July) in packets, of all that meet the figures of a row the one that meets them with most room; where
    `near` is given, a count of July, of those within 0.001 of it."""
    june_unit, july_unit = DAYS["june"] * ADDRESSES, DAYS["july"] * ADDRESSES
    middle, width = (row.july, 0.5 / 10 ** row.decimals) if near is None else (near, 0.001)
    best = (0, None)
    for july in range(max(0, int((middle - width) * july_unit)), int((middle + width) * july_unit) + 2):
        now = july / july_unit
        if room(now, row.july, row.decimals) <= best[0]:
            continue
        middles = [now - row.change] + ([] if row.percent is None else [now / (1 + row.percent / 100)])
        middles.append(sum(middles) / len(middles))
        for june in {max(1, int(at * june_unit) + i) for at in middles for i in (-2, -1, 0, 1, 2)}:
            before = june / june_unit
            more = [room(now, row.july, row.decimals), room(now - before, row.change, row.decimals)]
            if row.percent is not None:
                more.append(room((now - before) / before * 100, row.percent, 1))
            score = min(more)
            if score > best[0]:
                best = (score, (june, july))
    if best[1] is None:
        raise ValueError(f"{row.name}: no whole numbers of packets at {ADDRESSES} addresses meet its figures")
    return best[1]


def shares(total, weights):
    """`total` in whole parts in the proportions of weights (dict), by largest remainders."""
    whole = sum(weights.values())
    exact = {key: total * weight / whole for key, weight in weights.items()}
    parts = {key: int(value) for key, value in exact.items()}
    short = total - sum(parts.values())
    for key in sorted(exact, key=lambda k: (parts[k] - exact[k], k))[:short]:
        parts[key] += 1
    return parts


def proportional(seed, rows, columns, rounds=2000):
    """Iterative proportional fitting: scales seed[row][column] (dicts, absent means never) to the sums rows and
    columns. Raises where they do not go together."""
    negative = {c: n for c, n in columns.items() if n < 0}
    if negative:
        raise ValueError(f"fixed parts have too many packets of {negative}")
    table = {r: dict(cells) for r, cells in seed.items()}
    for _ in range(rounds):
        for r, cells in table.items():
            scale = rows[r] / sum(cells.values())
            for c in cells:
                cells[c] *= scale
        sums = dict.fromkeys(columns, 0.0)
        for cells in table.values():
            for c, value in cells.items():
                sums[c] += value
        if max(abs(sums[c] - columns[c]) for c in columns) < 0.5:
            return table
        for cells in table.values():
            for c in cells:
                cells[c] *= columns[c] / sums[c]
    worst = max(columns, key=lambda c: abs(sums[c] - columns[c]))
    raise ValueError(f"no table has these sums: {worst} has {sums[worst]:.1f} of {columns[worst]}")


def rounded(table, rows, columns):
    """The table in whole numbers that keep both sums."""
    whole = {r: shares(rows[r], cells) for r, cells in table.items()}
    over = {c: sum(cells.get(c, 0) for cells in whole.values()) - columns[c] for c in columns}
    by_size = sorted(whole, key=lambda r: -rows[r])
    for give in columns:
        for take in columns:
            for r in by_size:
                while over[give] > 0 > over[take] and take in whole[r] and whole[r].get(give, 0) > 1:
                    whole[r][give] -= 1
                    whole[r][take] += 1
                    over[give] -= 1
                    over[take] += 1
    if any(over.values()):
        raise ValueError(f"rounding leaves {over}")
    return whole


def fitted(seed, rows, columns):
    """Whole numbers in the proportions of seed with these sums, without the zeros."""
    table = rounded(proportional(seed, rows, columns), rows, columns)
    return {r: {c: n for c, n in cells.items() if n} for r, cells in table.items()}
