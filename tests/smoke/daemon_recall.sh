#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# A run knows what runs before it saw: sources that come back, targets that are not new. What it
# keeps for that is what `teiten read` would keep. A damaged memory is told in one line.
set -eu
dir=$(dirname "$0")
. "$dir/lib.sh"

# replay FILE
replay() {
	timeout 300 "$teitend" $eal "$(lcores 2)" --vdev "net_pcap0,rx_pcap=$work/$1.pcap" -- \
		$own --interval 1 --monitored 192.0.2.0/24 --exit-at-eof >"$work/out" 2>"$work/err" \
		|| fail "exit status $? for $1"
}
# column TABLE NUMBER SNAPSHOTS: how often each value is there
column() {
	"$teiten" export --table "$1" "$spool" | tr -d '\r' | grep "^2023-11-14T$3" |
		cut -d, -f"$2" | sort | uniq -c | tr -s ' \n' ' '
}

python3 "$dir/pcap_gen.py" "$work/a.pcap" 1000 5
python3 "$dir/pcap_gen.py" "$work/b.pcap" 1000 5 - 1700000060
python3 "$dir/pcap_gen.py" "$work/c.pcap" 1000 5 - 1700000120
replay a
[ "$(column sources 16 22:13:20Z)" = " 200 0 " ] || fail "sources come back in the first interval"
[ "$(column sources 16 22:13:21Z)" = " 200 1 " ] || fail "sources do not come back in the second"
replay b
[ ! -s "$work/err" ] || fail "something on standard error"
[ "$(column sources 16 22:14:20Z)" = " 200 1 " ] || fail "a later run does not know sources"
[ "$(column targets 14 22:14:20Z)" = " 5 0 " ] || fail "a later run does not know targets"

"$teiten" read --spool "$work/read" --sensor smoke --monitored 192.0.2.0/24 --interval 1 \
	--pairs 16384 --remember-sources 4096 --geo=none --asn=none --fingerprints "$rules" \
	"$work/a.pcap" "$work/b.pcap" >"$work/out" 2>"$work/err" || fail "teiten read"
cmp "$work/read/smoke/.recall" "$spool/smoke/.recall" || fail "not what teiten read keeps"

truncate -s -1 "$spool/smoke/.recall"
replay c
[ "$(wc -l <"$work/err")" -eq 1 ] || fail "a damaged memory is not one line"
grep -qF "$spool/smoke/.recall: " "$work/err" || fail "a damaged memory is not named"
[ "$(column sources 16 22:15:20Z)" = " 200 0 " ] || fail "a damaged memory is believed"
[ "$(column sources 16 22:15:21Z)" = " 200 1 " ] || fail "nothing is remembered any more"
verify || fail "a snapshot is damaged"
