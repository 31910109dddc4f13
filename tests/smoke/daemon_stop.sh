#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# SIGTERM in the middle of a replay: what was counted is written, what was not replayed is said,
# the ledger closes and the exit status is 0; also if the signal comes twice at once, as from
# timeout(1).
set -eu
dir=$(dirname "$0")
. "$dir/lib.sh"

# Every packet is of another interval than the one before, which no machine replays in a second.
python3 "$dir/pcap_gen.py" "$work/a.pcap" 300000 100 3
"$teitend" $eal "$(lcores 2)" --vdev "net_pcap0,rx_pcap=$work/a.pcap" -- \
	$own --interval 1 --monitored 192.0.2.0/24 --exit-at-eof \
	>"$work/out" 2>"$work/err" &
pid=$!
pids=$pid
wait_for 60 running || fail "does not start"
sleep 1
kill -TERM "$pid"
kill -TERM "$pid"
wait "$pid" || fail "exit status $?"
pids=
[ ! -s "$work/err" ] || fail "something on standard error"
grep -q 'were not replayed' "$work/out" || fail "what was left out is not said"
grep -q 'ledger closes' "$work/out" || fail "the ledger does not close"
[ "$(number counted)" -gt 0 ] || fail "nothing was counted"
verify || fail "a snapshot is damaged"
