#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# A full spool. A live daemon says so once, goes on counting, and writes all of it once there is
# room again, an interval for each second; a replay ends with one line and exit status 1.
set -eu
dir=$(dirname "$0")
. "$dir/lib.sh"

[ "$(id -u)" -eq 0 ] || skip "mounting a small file system needs root"
mkdir "$spool"
mount -t tmpfs -o size=4m none "$spool" 2>/dev/null || skip "no tmpfs can be mounted here"
at_exit="umount $spool"

fill() {
	dd if=/dev/zero of="$spool/filler" bs=4k 2>/dev/null || :
}
failing() {
	grep -q 'writing is tried again' "$work/err"
}
again() {
	grep -q 'written again' "$work/out"
}

"$teitend" $eal "$(lcores 2)" --vdev net_null0,copy=1 -- $own --interval 1 \
	--monitored 0.0.0.0/0 --rx-queues 1 >"$work/out" 2>"$work/err" &
pid=$!
pids=$pid
wait_for 60 running || fail "does not start"
fill
wait_for 60 failing || fail "a full disk is not noticed"
sleep 5
[ "$(wc -l <"$work/err")" -eq 1 ] || fail "a full disk is more than one line"
rm "$spool/filler"
wait_for 60 again || fail "writing is not resumed"
kill -INT "$pid"
wait "$pid" || fail "exit status $?"
pids=
[ "$(lines "$work/err")" -eq 1 ] || fail "an error that was got over is said again"
grep -q 'ledger closes' "$work/out" || fail "something was lost"
verify || fail "a snapshot is damaged"

rm -rf "$spool/smoke"
mount -o remount,size=512k "$spool"
python3 "$dir/pcap_gen.py" "$work/a.pcap" 10000 60
mkdir "$spool/smoke"
fill
rm -f "$spool/smoke/.probe"
truncate -s -20k "$spool/filler"
status=0
timeout 300 "$teitend" $eal "$(lcores 2)" --vdev "net_pcap0,rx_pcap=$work/a.pcap" -- \
	$own --interval 1 --monitored 192.0.2.0/24 --exit-at-eof \
	>"$work/out" 2>"$work/err" || status=$?
[ "$status" -eq 1 ] || fail "a replay onto a full disk ends with status $status"
[ "$(wc -l <"$work/err")" -eq 1 ] || fail "a replay onto a full disk is not one line"
grep -qi 'space' "$work/err" || fail "the line does not say that space is short"
grep -q 'of 10000 frames are in no snapshot; a replay can be repeated' "$work/err" \
	|| fail "what is missing is not said"
grep -q 'ledger' "$work/out" && fail "an alarm about the ledger"

# What was finished before the disk was full is kept, all that is said to be.
rm -rf "$spool/smoke" "$spool/filler"
mount -o remount,size=700k "$spool"
"$teiten" synth --profile "$dir/../../profiles/demo.yaml" --split 2 --out "$work/demo.pcap" \
	>"$work/out" 2>"$work/err" || fail "teiten synth"
status=0
timeout 300 "$teitend" $eal "$(lcores 3)" \
	--vdev "net_pcap0,rx_pcap=$work/demo-0.pcap,rx_pcap=$work/demo-1.pcap" -- \
	$own --monitored 198.51.100.0/24,203.0.113.0/24 --exit-at-eof \
	>"$work/out" 2>"$work/err" || status=$?
[ "$status" -eq 1 ] || fail "a replay onto a small disk ends with status $status"
said=$(sed -n 's/^teitend: [0-9]* frames\{0,1\} in \([0-9]*\) snapshots\{0,1\} on disk.*/\1/p' "$work/out")
[ "${said:-0}" -gt 0 ] || fail "not one snapshot fits; the test is of no use"
[ "$(snapshots | wc -l)" -eq "$said" ] || fail "$(snapshots | wc -l) of $said snapshots are there"
last=$(sed -n 's/.*the last one: //p' "$work/out")
[ "$last" = "$(snapshots | tail -1)" ] || fail "the last one is not $last"
grep -q 'own counter' "$work/out" && fail "a device that did not lose count is suspected"
verify || fail "a snapshot is damaged"
