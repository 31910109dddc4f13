#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# A live port: an interval each second, one more at SIGUSR1; SIGINT writes the open interval as
# partial and exits 0.
set -eu
. "$(dirname "$0")/lib.sh"

"$teitend" $eal "$(lcores 2)" --vdev net_null0,copy=1 -- \
	$own --interval 1 --monitored 192.0.2.0/24 --rx-queues 1 >"$work/out" 2>"$work/err" &
pid=$!
pids=$pid
two_written() {
	[ "$(count 'wrote' "$work/out")" -ge 2 ]
}
cut_written() {
	snapshots | grep -q '\.[0-9]*Z$' && [ "$(snapshots | grep -c '\.[0-9]*Z$')" -ge 2 ]
}
wait_for 60 running || fail "does not start"
wait_for 60 two_written || fail "no two snapshots in a minute of one-second intervals"
kill -USR1 "$pid"
wait_for 60 cut_written || fail "SIGUSR1 closed no interval"
kill -INT "$pid"
wait "$pid" || fail "exit status $?"
pids=
grep -q 'ledger closes' "$work/out" || fail "the ledger does not close"
last=$(snapshots | tail -1)
grep -q '"status": "partial"' "$last/manifest.json" || fail "the last one is not partial"
verify || fail "a snapshot is damaged"
