# SPDX-License-Identifier: BSD-3-Clause
"""Parts as a profile for teiten synth: docs/profiles.md."""
import textwrap

from .figures import DAYS

# Without .0 and .255, at which every echo request is detected as one that is to be broadcast.
MONITORED = "198.51.100.64/26,198.51.100.128/26,203.0.113.64/26,203.0.113.128/26"
STARTS = {"june": "2009-05-31T15:00:00Z", "july": "2009-06-30T15:00:00Z"}
HEAD = """# SPDX-License-Identifier: BSD-3-Clause
# Written by scripts/make-npa-profiles: change that, not this. docs/profiles.md says what it is.
#
# {title} as a sensor network in Japan counted it: published figures, of the monthly report of the National Police
# Agency for July 2009 (我が国におけるインターネット治安情勢, 平成21年7月期), and between them numbers that were
# chosen. Days are those of Japan: the month begins at 15:00 UTC. Every packet counts: {packets} of them are the
# published accesses per day and address, times {days} days and 256 addresses.
name: {name}
start: {start}
duration: {days}d
monitored: {monitored}

components:
"""
TITLES = {"june": "June 2009", "july": "July 2009"}
KEPT = "\0"  # a blank at which no line is broken
HOSTS_DEFAULT = 3000  # at most, of a part that does not say


def duration(seconds):
    for unit, length in (("d", 86400), ("h", 3600), ("m", 60)):
        if seconds % length == 0:
            return f"{seconds // length}{unit}"
    return f"{seconds}s"


def hosts(part):
    """Enough for each country, and so many that none sends much in ten minutes."""
    if part.sources is not None:
        return part.sources
    return max(len(part.countries), min(HOSTS_DEFAULT, part.packets // 4))


def line(key, value):
    """`key: value`, folded; only at commas where there are any."""
    words = str(value).split(", ")
    whole = ", ".join(word.replace(" ", KEPT) for word in words) if len(words) > 1 else str(value)
    folded = textwrap.wrap(whole, 120, initial_indent=f"    {key}: ", subsequent_indent="      ",
                           break_long_words=False, break_on_hyphens=False)
    return "\n".join(folded).replace(KEPT, " ")


def component(part):
    """The lines of one part."""
    yield f"  - name: {part.name}" if ": " not in part.name else f'  - name: "{part.name}"'
    yield line("target", part.target)
    yield line("packets", part.packets)
    if part.span is not None:
        yield line("from", duration(part.span[0]))
        yield line("to", duration(part.span[1]))
    yield line("sources", hosts(part))
    for key, value in part.keys.items():
        yield line(key, value)
    yield line("countries", ", ".join(f"{country} {count}" for country, count in
                                      sorted(part.countries.items(), key=lambda item: (-item[1], item[0]))))


def profile(name, month, parts):
    lines = [text for part in parts for text in component(part)]
    head = HEAD.format(name=name, title=TITLES[month], start=STARTS[month], days=DAYS[month], monitored=MONITORED,
                       packets=sum(part.packets for part in parts))
    return head + "\n".join(lines) + "\n"
