#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# SIGHUP, as from a closed ssh session, ends a run as SIGTERM does: the open interval is written.
# Where it is ignored (nohup) it stays so.
set -eu
. "$(dirname "$0")/lib.sh"

start() {
	rm -f "$work/out" # or what the one before said is taken for its own
	"$@" "$teitend" $eal "$(lcores 2)" --vdev net_null0,copy=1 -- $own --interval 3600 \
		--monitored 192.0.2.0/24 --rx-queues 1 >"$work/out" 2>"$work/err" &
	pid=$!
	pids=$pid
	wait_for 20 running || fail "does not start"
	sleep 1
	kill -HUP "$pid"
}

# As if from a terminal, also where the tests themselves run under nohup.
start env --default-signal=HUP
wait "$pid" || fail "exit status $? after SIGHUP"
pids=
grep -q 'ledger closes' "$work/out" || fail "the ledger does not close"
[ "$(snapshots | wc -l)" -eq 1 ] || fail "the open interval was not written"

start nohup
sleep 1
kill -0 "$pid" || fail "nohup is of no use"
kill -TERM "$pid"
wait "$pid" || fail "exit status $? under nohup"
pids=
verify || fail "a snapshot is damaged"
