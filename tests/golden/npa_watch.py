# SPDX-License-Identifier: BSD-3-Clause
"""What `teiten watch` tells of July 2009, replayed after June: the stories of the report that it can find, and no others."""
import json
import pathlib
import tempfile

import snapshots

# Target, the days (UTC) on which it may be told, the country of its cause, and is it one address?
TOLD = (("0/ICMP", ("07", "08"), "KR", True), ("3/ICMP", ("07", "08"), "KR", True), ("1521/TCP", ("08", "09"), "CN", True),
        ("1521/TCP", ("28", "29", "30"), "CN", False), ("4899/TCP", ("09", "10"), "KR", True), ("8/ICMP", ("29", "30"), "CN", True))


def replay(teiten, spools):
    with tempfile.TemporaryDirectory() as directory:
        state = pathlib.Path(directory) / "state"
        text = "".join(snapshots.run(teiten, "watch", "--once", "--state", state, spool) for spool in spools)
    return [json.loads(line) for line in text.splitlines()]


def differences(teiten, spools):
    lines = [line for line in replay(teiten, spools) if line["event"] != "end"]
    for target, days, country, is_one in TOLD:
        found = [line for line in lines if line["target"] == target and line["time"][:8] == "2009-07-" and line["time"][8:10] in days]
        if len(found) != 1:
            yield f"watch: {target} on {days}: {len(found)} lines"
            continue
        lines.remove(found[0])
        cause = found[0]["cause"]
        if cause["countries"][0]["country"] != country or ("one_address" in cause) != is_one:
            yield f"watch: {target}: {cause}"
        if target == "1521/TCP" and (cause["source_ports"][0]["port"], cause["source_ports"][0]["share_at_least"] > 0.9) != (6000, True):
            yield f"watch: source ports of {target}: {cause['source_ports']}"
    for line in lines:
        yield f"watch: told of {line['target']} at {line['time']}"
