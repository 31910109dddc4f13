#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# A device that goes away under a running daemon gets one warning that names it; the other port is
# captured on. A link that is down, and of which nobody says any more how it is, is not told to be up again; nor is one
# taken for up that was found down, which was not told yet. All come from a preloaded library (daemon_removal.c), the
# third argument.
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

rm "$work/out" "$work/err"
export TT_LINK_DOWN="$work/down" TT_LINK_NONE="$work/none"
LD_PRELOAD=$3 "$teitend" $eal "$(lcores 2)" --vdev net_null7,copy=1 -- \
	$own --interval 1 --monitored 0.0.0.0/0 --rx-queues 1 >"$work/out" 2>"$work/err" &
pid=$!
pids=$pid
says() {
	cat "$work/out" "$work/err" | grep -q "net_null7: the link is $1"
}
wait_for 60 running || fail "does not start"
touch "$TT_LINK_DOWN"
wait_for 60 says down || fail "a link that is down is not told"
touch "$TT_LINK_NONE"
sleep 7
! says up || fail "a link is told to be up, of which nobody says so"
rm "$TT_LINK_DOWN" "$TT_LINK_NONE"
wait_for 60 says "up again" || fail "a link that is up again is not told"
says_down_again() {
	[ "$(count 'net_null7: the link is down' "$work/err")" -eq 2 ]
}
touch "$TT_LINK_DOWN"
sleep 2
touch "$TT_LINK_NONE"
wait_for 15 says_down_again || fail "a link that was found down is not told, since nobody says how it is"
kill -INT "$pid"
wait "$pid" || fail "exit status $?"
pids=
verify || fail "a snapshot is damaged"
