#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Tables that are far too small: every packet is counted, what tables lack is said and is in the
# ledger, which closes. A live run says it while it runs, once.
set -eu
dir=$(dirname "$0")
. "$dir/lib.sh"

"$teiten" synth --profile "$dir/../../profiles/demo.yaml" --packets 60000 --split 2 \
	--out "$work/demo.pcap" >"$work/out" 2>"$work/err" || fail "teiten synth"
timeout 300 "$teitend" $eal "$(lcores 3)" \
	--vdev "net_pcap0,rx_pcap=$work/demo-0.pcap,rx_pcap=$work/demo-1.pcap" -- \
	$own --pairs 1024 --monitored 0.0.0.0/0 --exit-at-eof >"$work/out" 2>"$work/err" \
	|| fail "exit status $?"
[ "$(number counted)" -eq 60000 ] || fail "$(number counted) of 60000 packets counted"
grep -q 'ledger closes' "$work/out" || fail "the ledger does not close"
said=$(sed -n 's/^teitend: pairs \([0-9]*\), contacts .*: packets that these tables lack.*/\1/p' \
	"$work/out")
[ "${said:-0}" -gt 0 ] || fail "what tables lack is not said"
written=$("$teiten" export --table ledger "$spool" |
	awk -F, '$5 == "tables" && $6 == "pairs" { n += $7 } END { print n + 0 }')
[ "$written" -eq "$said" ] || fail "the ledger has $written packets, and $said are said"
for table in targets countries; do
	packets=$("$teiten" export --table $table "$spool" | awk -F, -v table=$table '
		NR == 1 { for (i = 1; i <= NF; i++) if ($i == "packets") c = i; next }
		{ n += $c } END { print n + 0 }')
	[ "$packets" -eq 60000 ] || fail "$packets of 60000 packets in $table"
done
verify || fail "a snapshot is damaged"

# Of a live port, each full table is said once, and not of every interval; the ledgers have it of each.
rm -r "$spool"
"$teiten" synth --profile "$dir/../../profiles/demo.yaml" --packets 8000 --out "$work/live.pcap" \
	>"$work/out" 2>"$work/err" || fail "teiten synth"
"$teitend" $eal "$(lcores 2)" --vdev "net_pcap0,infinite_rx=1,rx_pcap=$work/live.pcap" -- \
	$own --pairs 1024 --interval 1 --monitored 0.0.0.0/0 >"$work/out" 2>"$work/err" &
pids=$!
five_written() {
	[ "$(count 'wrote' "$work/out")" -ge 5 ]
}
wait_for 100 five_written || fail "no five snapshots in 100 s of one-second intervals"
kill -TERM "$pids"
wait "$pids" || fail "exit status $? of a live run"
pids=
[ "$(count '^teitend: warning: .*[: ]pairs [0-9]*[:,].*full' "$work/err")" -eq 1 ] \
	|| fail "full pairs are not said once"
grep -q '^teitend: warning: [^:]*/[0-9T.]*Z: .*; said once until there is room again' "$work/err" \
	|| fail "the snapshot is not named"
lacking=$("$teiten" export --table ledger "$spool" |
	awk -F, '$5 == "tables" && $6 == "pairs" && $7 > 0 { n++ } END { print n + 0 }')
[ "$lacking" -ge 2 ] || fail "$lacking intervals lack rows, and one line would have said all"
