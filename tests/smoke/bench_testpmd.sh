#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# scripts/bench-pktgen with dpdk-testpmd as generator: every packet that was sent is in the ledger
# and counted, and nothing is left behind: no process, no file, no huge page.
set -eu
. "$(dirname "$0")/lib.sh"

command -v dpdk-testpmd >/dev/null || skip "dpdk-testpmd is not installed (dpdk-dev)"
pages=/sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages
before=$(cat $pages 2>/dev/null || :)
mkdir "$work/tmp"
TMPDIR=$work/tmp "$(dirname "$0")/../../scripts/bench-pktgen" --generator testpmd --device memif \
	--packets 4096 --seconds 1 --settle 0.5 --table-memory 700 --teitend "$teitend" \
	--teiten "$teiten" --json "$work/json" -- --geo=none --asn=none --fingerprints "$rules" \
	>"$work/out" 2>"$work/err" || fail "exit status $?"
python3 - "$work/json" <<'END' || fail "wrong numbers"
import json, sys
size, = json.load(open(sys.argv[1]))["sizes"]
trial, = size["trials"]
print(trial)
assert trial["sent"] > 1000
assert trial["missing"] == 0 and trial["why"] is None
assert trial["sent"] == trial["offered"] == trial["delivered"] == trial["counted"]
assert size["result_pps"] > 1000 and not size["searched"]
END
grep -q 'at most .* without loss' "$work/out" || fail "no result"
[ "$(cat $pages 2>/dev/null || :)" = "$before" ] || fail "huge pages are not given back"
[ -z "$(ls "$work/tmp")" ] || fail "files are left: $(ls "$work/tmp")"
! pgrep -f "$work/tmp" >/dev/null || fail "a process is left"
