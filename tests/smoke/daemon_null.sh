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
wait_for 20 running || fail "does not start"
sleep 3
before=$(count 'wrote' "$work/out")
kill -USR1 "$pid"
sleep 0.3
kill -INT "$pid"
wait "$pid" || fail "exit status $?"
pids=
[ "$before" -ge 2 ] || fail "only $before snapshots after 3 s"
grep -q 'ledger closes' "$work/out" || fail "the ledger does not close"
cut=$(snapshots | grep -c '\.[0-9]*Z$') || fail "no interval begins where SIGUSR1 cut one"
[ "$cut" -ge 2 ] || fail "SIGUSR1 closed no interval"
last=$(snapshots | tail -1)
grep -q '"status": "partial"' "$last/manifest.json" || fail "the last one is not partial"
verify || fail "a snapshot is damaged"
