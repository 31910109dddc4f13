#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Tables that are far too small: every packet is counted, what tables lack is said and is in the
# ledger, which closes.
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
