#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# A replay into a spool that has some of its intervals already is refused before it begins: one
# line, exit status 1, nothing written and nothing changed.
set -eu
dir=$(dirname "$0")
. "$dir/lib.sh"

# replay FILE ARGUMENT…
replay() {
	file=$1
	shift
	timeout 300 "$teitend" $eal "$(lcores 2)" --vdev "net_pcap0,rx_pcap=$work/$file" -- \
		$own --interval 1 --monitored 192.0.2.0/24 --exit-at-eof "$@" \
		>"$work/out" 2>"$work/err"
}
state() {
	find "$spool/smoke" -type f ! -name .lock | sort | xargs sha256sum
}

python3 "$dir/pcap_gen.py" "$work/a.pcap" 1000 10
replay a.pcap || fail "exit status $?"
[ "$(snapshots | wc -l)" -eq 10 ] || fail "$(snapshots | wc -l) snapshots instead of 10"
kept=$(snapshots | tail -1)
for snapshot in $(snapshots | head -9); do rm -r "$snapshot"; done
state >"$work/before"

status=0
replay a.pcap || status=$?
[ "$status" -eq 1 ] || fail "exit status $status instead of 1"
[ "$(wc -l <"$work/err")" -eq 1 ] || fail "not one line"
grep -qF "$kept: there is a snapshot of this interval already (1 of 10 intervals)" "$work/err" \
	|| fail "the snapshot is not named"
grep -q 'ledger' "$work/out" && fail "an alarm about the ledger"
state >"$work/after"
cmp "$work/before" "$work/after" || fail "something was written"

status=0
replay a.pcap --interval 2 || status=$?
[ "$status" -eq 1 ] || fail "exit status $status of another interval length instead of 1"
grep -qF "$kept: the interval length differs: this snapshot of 1 s has time" "$work/err" \
	|| fail "the other length is not said"
state >"$work/after"
cmp "$work/before" "$work/after" || fail "something was written in another length"

replay a.pcap --sensor other || fail "another sensor is refused"
