#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# --ports NAME=QUEUES: the ports that are named, by name or by number, each with its own number of
# queues; others are left alone. The ledger has a row for every way a frame can end, zeros too.
set -eu
dir=$(dirname "$0")
. "$dir/lib.sh"

"$teitend" $eal "$(lcores 5)" --vdev net_null0,copy=1 --vdev net_null1,copy=1 \
	--vdev net_null2,copy=1 -- $own --interval 3600 --monitored 192.0.2.0/24 --rx-queues 1 \
	--ports net_null2=2,0 >"$work/out" 2>"$work/err" &
pid=$!
pids=$pid
wait_for 60 running || fail "does not start"
kill -INT "$pid"
wait "$pid" || fail "exit status $?"
pids=
grep -q 'net_null2: 2 queues' "$work/out" || fail "net_null2 has not 2 queues"
grep -q 'net_null0: 1 queue$' "$work/out" || fail "net_null0 has not 1 queue"
grep -q 'net_null1' "$work/out" && fail "net_null1 is used"

# The same exceptions as `teiten read` writes.
python3 "$dir/pcap_gen.py" "$work/a.pcap" 100 1
"$teiten" read --spool "$work/read" --sensor smoke --monitored 192.0.2.0/24 --pairs 16384 \
	--geo=none --asn=none "$work/a.pcap" >"$work/out" 2>"$work/err" || fail "teiten read"
"$teiten" export --table ledger "$work/read" | awk -F, '$5 == "frames" { print $6 }' \
	>"$work/wanted"
"$teiten" export --table ledger "$spool" |
	awk -F, '$3 == "net_null2" && $4 == 1 && $5 == "frames" { print $6 }' >"$work/rows"
[ -s "$work/wanted" ] || fail "no rows to compare"
diff "$work/wanted" "$work/rows" || fail "the ledger's rows are not those of teiten read"
