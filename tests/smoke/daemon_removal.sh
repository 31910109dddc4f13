#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# A device that goes away under a running daemon gets one warning that names it; the other port is
# captured on. The removal comes from a preloaded library (daemon_removal.c), the third argument.
set -eu
. "$(dirname "$0")/lib.sh"

# A sanitizer's run-time wants to be the first library; it is then the program's own.
ldd "$teitend" | grep -q 'lib[al]san' && skip "built with a sanitizer"
LD_PRELOAD=$3 "$teitend" $eal "$(lcores 3)" --vdev net_null0,copy=1 --vdev net_null1,copy=1 -- \
	$own --interval 1 --monitored 0.0.0.0/0 --rx-queues 1 >"$work/out" 2>"$work/err" &
pid=$!
pids=$pid
told() {
	grep -q 'net_null0: the device is being removed' "$work/err"
}
wait_for 60 running || fail "does not start"
wait_for 60 told || fail "a removed device is not told"
sleep 2
kill -INT "$pid"
wait "$pid" || fail "exit status $?"
pids=
[ "$(lines "$work/err")" -eq 1 ] || fail "more than one line"
grep -q 'ledger closes' "$work/out" || fail "the ledger does not close"
verify || fail "a snapshot is damaged"
