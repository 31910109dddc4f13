#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Two capture files are two queues; the run ends by itself, every frame is in a snapshot, and
# the order of the packets in the files makes no difference.
set -eu
dir=$(dirname "$0")
. "$dir/lib.sh"

python3 "$dir/pcap_gen.py" "$work/a.pcap" 20000 30
python3 "$dir/pcap_gen.py" "$work/b.pcap" 10000 60 7

timeout 300 "$teitend" $eal "$(lcores 3)" \
	--vdev "net_pcap0,rx_pcap=$work/a.pcap,rx_pcap=$work/b.pcap" -- \
	$own --interval 1 --monitored 192.0.2.0/24 --exit-at-eof \
	>"$work/out" 2>"$work/err" || fail "exit status $?"
[ "$(number counted)" -eq 30000 ] || fail "not 30000 packets counted"
grep -q 'ledger closes' "$work/out" || fail "the ledger does not close"
[ "$(snapshots | wc -l)" -eq 60 ] || fail "$(snapshots | wc -l) snapshots instead of 60"
verify || fail "a snapshot is damaged"
