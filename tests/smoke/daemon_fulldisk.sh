#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# A full spool. A live daemon says so once, goes on counting, and writes all of it once there is
# room again; a replay ends with one line and exit status 1.
set -eu
dir=$(dirname "$0")
. "$dir/lib.sh"

[ "$(id -u)" -eq 0 ] || skip "mounting a small file system needs root"
mkdir "$spool"
mount -t tmpfs -o size=512k none "$spool" 2>/dev/null || skip "no tmpfs can be mounted here"
at_exit="umount $spool"

fill() {
	dd if=/dev/zero of="$spool/filler" bs=4k 2>/dev/null || :
}
failing() {
	grep -q 'tried again every second' "$work/err"
}
again() {
	grep -q 'written again' "$work/out"
}

"$teitend" $eal "$(lcores 2)" --vdev net_null0,copy=1 -- $own --interval 1 \
	--monitored 0.0.0.0/0 --rx-queues 1 >"$work/out" 2>"$work/err" &
pid=$!
pids=$pid
wait_for 20 running || fail "does not start"
fill
wait_for 10 failing || fail "a full disk is not noticed"
sleep 5
[ "$(wc -l <"$work/err")" -eq 1 ] || fail "a full disk is more than one line"
rm "$spool/filler"
wait_for 10 again || fail "writing is not resumed"
kill -INT "$pid"
wait "$pid" || fail "exit status $?"
pids=
grep -q 'ledger closes' "$work/out" || fail "something was lost"
verify || fail "a snapshot is damaged"

rm -rf "$spool/smoke"
python3 "$dir/pcap_gen.py" "$work/a.pcap" 10000 60
mkdir "$spool/smoke"
fill
rm -f "$spool/smoke/.probe"
truncate -s -20k "$spool/filler"
status=0
timeout 60 "$teitend" $eal "$(lcores 2)" --vdev "net_pcap0,rx_pcap=$work/a.pcap" -- \
	$own --interval 1 --monitored 192.0.2.0/24 --exit-at-eof \
	>"$work/out" 2>"$work/err" || status=$?
[ "$status" -eq 1 ] || fail "a replay onto a full disk ends with status $status"
[ "$(wc -l <"$work/err")" -eq 1 ] || fail "a replay onto a full disk is not one line"
grep -qi 'space' "$work/err" || fail "the line does not say that space is short"
