# SPDX-License-Identifier: BSD-3-Clause
"""Tables for the reader, and the same as JSON."""
import dataclasses

from .figures import Figure


@dataclasses.dataclass(frozen=True)
class Target:
    """What is wanted of a figure: at least, or at most, the floor; better the goal."""
    name: str
    unit: str
    floor: float
    goal: float
    at_most: bool = False

    def verdict(self, value):
        reached = (lambda limit: value <= limit) if self.at_most else (lambda limit: value >= limit)
        return "goal" if reached(self.goal) else "floor" if reached(self.floor) else "missed"


def cell(value):
    if isinstance(value, Figure):
        return value.text()
    return f"{value:.1f}" if isinstance(value, float) else str(value)


def plain(value):
    """For JSON."""
    return dataclasses.asdict(value) if dataclasses.is_dataclass(value) else value


def format_table(title, columns, rows):
    """The first column is text; the others stand at the right."""
    lines = [list(columns)] + [[cell(value) for value in row] for row in rows]
    widths = [max(len(line[i]) for line in lines) for i in range(len(columns))]
    text = [f"\n{title}"]
    for line in lines:
        first, rest = line[0].ljust(widths[0]), zip(line[1:], widths[1:])
        text.append("  ".join(["", first, *(value.rjust(width) for value, width in rest)]).rstrip())
    return "\n".join(text)


class Report:
    """Prints tables as they come. to_json has all of them."""

    def __init__(self):
        self.tables, self.left_out, self.targets = [], [], []

    def table(self, title, columns, rows, *notes):
        rows = list(rows)
        if not rows:
            return
        print(format_table(title, columns, rows))
        for note in notes:
            print(f"  {note}")
        self.tables.append({"title": title, "notes": list(notes), "rows": [
            {column: plain(value) for column, value in zip(columns, row)} for row in rows]})

    def leave_out(self, what, why):
        if (what, why) not in self.left_out:
            self.left_out.append((what, why))

    def target(self, target, figure):
        self.targets.append((target, figure))

    def finish(self):
        digits = {"x": 2, "us": 1, "s": 2, "GiB": 2}
        self.table("Targets", ["", "measured", "floor", "goal", "unit", "reached"], [
            [target.name, figure.text(digits.get(target.unit, 1)), f"{target.floor:g}",
             f"{target.goal:g}", target.unit, target.verdict(figure.median)]
            for target, figure in self.targets])
        for what, why in self.left_out:
            print(f"left out: {what}: {why}")

    def to_json(self, **more):
        return {**more, "tables": self.tables,
                "targets": [{**plain(target), "figure": plain(figure),
                             "reached": target.verdict(figure.median)}
                            for target, figure in self.targets],
                "left_out": [{"what": what, "why": why} for what, why in self.left_out]}
