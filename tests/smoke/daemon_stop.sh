#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# SIGTERM in the middle of a replay: what was counted is written, what was not replayed is said,
# the ledger closes and the exit status is 0; also if the signal comes twice at once, as from
# timeout(1).
# A signal before anything is counted ends the start at once, and says so in one line.
set -eu
dir=$(dirname "$0")
. "$dir/lib.sh"

# The set-up waits for a file of rules that nobody writes.
mkfifo "$work/rules.yaml"
eal_is_up() {
	grep -qs 'no huge pages' "$work/out"
}
# A process that has ended stays a zombie until it is waited for.
gone() {
	! grep -qs '^State:.[^Z]' "/proc/$1/status"
}
# starting SIGNAL STATUS
starting() {
	rm -f "$work/out"
	"$teitend" $eal "$(lcores 2)" --vdev net_null0 -- \
		$own --fingerprints "$work/rules.yaml" --monitored 192.0.2.0/24 >"$work/out" 2>"$work/err" &
	pid=$!
	pids=$pid
	wait_for 60 eal_is_up || fail "EAL does not start"
	kill -"$1" "$pid"
	wait_for 5 gone "$pid" || fail "SIG$1 does not end the set-up"
	status=0
	wait "$pid" || status=$?
	pids=
	[ "$status" -eq "$2" ] || fail "exit status $status, not $2"
	[ "$(cat "$work/err")" = "teitend: stopped by SIG$1 during the set-up, before anything was counted: nothing was written" ] ||
		fail "not that line"
}
starting TERM 143
starting INT 130

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
