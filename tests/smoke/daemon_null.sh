#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# A live port: an interval each second, one more at SIGUSR1; SIGINT writes the open interval as
# partial and exits 0. What it recalls has a secret, which the next run keeps and nobody else may
# read.
set -eu
. "$(dirname "$0")/lib.sh"

begin() {
	rm -f "$work/out"
	"$teitend" $eal "$(lcores 2)" --vdev net_null0,copy=1 -- \
		$own --interval 1 --monitored 192.0.2.0/24 --rx-queues 1 >"$work/out" 2>"$work/err" &
	pid=$!
	pids=$pid
	wait_for 60 running || fail "does not start"
}
secret() {
	od -An -tx8 -j72 -N8 "$spool/smoke/.recall"
}
begin
two_written() {
	[ "$(count 'wrote' "$work/out" 2>/dev/null)" -ge 2 ]
}
cut_written() {
	snapshots | grep -q '\.[0-9]*Z$' && [ "$(snapshots | grep -c '\.[0-9]*Z$')" -ge 2 ]
}
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

drawn=$(secret)
[ "$drawn" != " 0000000000000000" ] || fail "a live sensor without a secret"
[ "$(stat -c %a "$spool/smoke/.recall")" = 600 ] || fail "the secret can be read"
begin
wait_for 60 two_written || fail "no two snapshots in the second run"
kill -INT "$pid"
wait "$pid" || fail "exit status $? of the second run"
pids=
[ "$(secret)" = "$drawn" ] || fail "the second run has another secret"
# The device's frames are zeros.
grep -q '^teitend: warning: no packet was counted, to no address: no frame is an IP packet that can be read: not-ip [0-9]*$' "$work/err" \
	|| fail "that no frame is IP is not told"
[ "$(wc -l <"$work/err")" -eq 1 ] || fail "something else on standard error"
