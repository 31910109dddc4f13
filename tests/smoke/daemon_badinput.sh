#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Bad input gets one line on standard error that names what is wrong, and exit status 1 or 2.
set -eu
dir=$(dirname "$0")
. "$dir/lib.sh"

good="--monitored 192.0.2.0/24 --interval 1 --exit-at-eof"
python3 "$dir/pcap_gen.py" "$work/good.pcap" 100 2
replay="--vdev net_pcap0,rx_pcap=$work/good.pcap"
echo 'no capture' >"$work/text.pcap"
: >"$work/empty.pcap"
gzip -c "$work/good.pcap" >"$work/zipped.pcap"
xz -c "$work/good.pcap" >"$work/xz.pcap"
echo 'neither text of tor nor MMDB' >"$work/bad.geo"
three=$(lcores 3)
two=$(lcores 2)

# refused WORDS ARGUMENT…: teitend fails, and its one line holds the words.
refused() {
	words=$1
	shift
	status=0
	timeout 300 "$teitend" "$@" >"$work/out" 2>"$work/err" || status=$?
	[ "$status" -eq 1 ] || [ "$status" -eq 2 ] || fail "status $status for: $*"
	[ "$(wc -l <"$work/err")" -eq 1 ] || fail "not one line for: $*"
	grep -qF -- "$words" "$work/err" || fail "not \"$words\" for: $*"
}

refused "$work/none.pcap: No such file" $eal "$three" \
	--vdev "net_pcap0,rx_pcap=$work/none.pcap" -- $own $good
refused "$work/text.pcap: not a capture file" $eal "$three" \
	--vdev "net_pcap0,rx_pcap=$work/good.pcap,rx_pcap=$work/text.pcap" -- $own $good
refused "it is empty" $eal "$three" --vdev "net_pcap0,rx_pcap=$work/empty.pcap" -- $own $good
refused "compressed (gzip)" $eal "$three" \
	--vdev="net_pcap0,rx_pcap=$work/zipped.pcap" -- $own $good
refused "compressed (xz)" $eal "$three" --vdev="net_pcap0,rx_pcap=$work/xz.pcap" -- $own $good
printf 'BZh91AY' >"$work/bzip2.pcap"
refused "compressed (bzip2); unpack it" $eal "$three" --vdev="net_pcap0,rx_pcap=$work/bzip2.pcap" -- $own $good
printf '\004\042\115\030' >"$work/lz4.pcap"
refused "compressed (lz4); unpack it" $eal "$three" --vdev="net_pcap0,rx_pcap=$work/lz4.pcap" -- $own $good
tar -C "$work" -cf "$work/tar.pcap" good.pcap
refused "it is a tar archive; extract it" $eal "$three" --vdev="net_pcap0,rx_pcap=$work/tar.pcap" -- $own $good
refused "not a regular file" $eal "$three" --vdev "net_pcap0,rx_pcap=$work" -- $own $good
refused "192.0.2.0/33" $eal "$three" $replay -- $own --monitored 192.0.2.0/33
refused "no-such-option" $eal "$three" $replay -- $own $good --no-such-option
refused "no-such-option" $eal "$three" --no-such-option $replay -- $own $good
refused "--spool=$spool: teitend's own option; these stand after the" --spool="$spool" $eal "$three" $replay -- $good
refused "--config: teitend's own option; these stand after the" --config "$work/a.yaml" $eal "$three" $replay -- $own
refused "--check-config: teitend's own option; these stand after the" --check-config $eal "$three" $replay -- $own $good
refused "monitored" $eal "$three" $replay -- $own
refused "no port found" $eal "$three" -- $own --monitored 192.0.2.0/24
refused "more workers than lcores: 2 RX queues need 3 lcores, EAL has 2" $eal "$two" \
	--vdev "net_pcap0,rx_pcap=$work/good.pcap,rx_pcap=$work/good.pcap" -- $own $good
refused "more workers than lcores" $eal "$two" --vdev net_null0 --vdev net_null1 -- \
	$own --monitored 192.0.2.0/24
refused "2 rx_pcap files are 2 queues, but rx-queues is 1" $eal "$three" \
	--vdev "net_pcap0,rx_pcap=$work/good.pcap,rx_pcap=$work/good.pcap" -- \
	$own $good --rx-queues 1
refused "exit-at-eof" $eal "$three" --vdev net_null0 -- $own $good
refused "there is no port \"net_null7\"" $eal "$three" --vdev net_null0 -- \
	$own --monitored 192.0.2.0/24 --ports net_null7
refused "net_af_packet0" $eal "$three" --vdev net_af_packet0,iface=teiten-none -- \
	$own --monitored 192.0.2.0/24
echo "eal: \"$eal --vdev net_null0\"" >"$work/eal.yaml"
refused "net_null0 has no end" "$three" -- --config "$work/eal.yaml" $own $good
refused "net_memif0: does not start: Operation not permitted; DPDK: memif_connect" $eal "$two" \
	--vdev "net_memif0,role=client,socket=$work/none.sock" -- \
	$own --monitored 192.0.2.0/24
refused "/no/such/geo" $eal "$three" $replay -- $own $good --geo /no/such/geo
refused "$work/bad.geo" $eal "$three" $replay -- $own $good --geo "$work/bad.geo"
refused "/no/such/asn" $eal "$three" $replay -- $own $good --asn /no/such/asn
refused "$work/bad.geo" $eal "$three" $replay -- $own $good --asn "$work/bad.geo"
sed '/^ *match: ip.id == 54321/s/54321//' "$rules" >"$work/rules.yaml"
line=$(grep -n '^ *match: ip.id == $' "$work/rules.yaml" | cut -d: -f1)
refused "$work/rules.yaml:$line" $eal "$three" $replay -- $own $good \
	--fingerprints "$work/rules.yaml"
refused "$work/rules.yaml:$line" $own $good --fingerprints "$work/rules.yaml" --check-config
refused "/no/such/rules" $own $good --fingerprints /no/such/rules
refused "$work/text.pcap/spool" $eal "$three" $replay -- $own $good \
	--spool "$work/text.pcap/spool"
refused "$work/none.yaml" --config "$work/none.yaml"
refused "reserve huge pages (dpdk-setup.md), or do without them: --no-huge" "$three" --no-pci \
	--no-shconf --no-telemetry --huge-dir "$work" -- $own $good
refused "--no-huge: an EAL argument" $eal "$three" $replay $own $good
refused "-l: an EAL argument" -l 0-2 $replay $own $good
refused '"secondary" is not possible' $eal --file-prefix a --proc-type=secondary -- $own $good
refused '"auto" is not possible' $eal --proc-type auto -- $own $good
for m in "-m 1g" -m1GiB; do
	refused '": EAL takes a number of MiB, such as -m 1024' --no-huge $m --no-pci --no-shconf --no-telemetry "$three" $replay -- \
		$own $good
done
refused "do not fit into EAL's memory on NUMA node 0: Cannot allocate memory; give it more (-m, in MiB, or huge pages)" \
	--no-huge -m 1 --no-pci --no-shconf --no-telemetry "$three" $replay -- $own $good
refused "--spol: unknown option" --spol "$spool"
refused ": 1 rx_pcap file is 1 queue, but its number in ports is 2" $eal "$three" $replay -- \
	$own $good --ports net_pcap0=2
refused '"0" is named twice' $eal "$three" --vdev net_null0 -- $own --monitored 192.0.2.0/24 \
	--ports net_null0=1,0

# More tables than memory: refused before the kernel's out-of-memory killer comes. Each of the 16
# sets would fit by itself. The limit is for a daemon that does not look.
total=$(awk '/^MemTotal:/ { print $2 }' /proc/meminfo)
limit=$(ulimit -v)
# An address sanitizer's own map of memory does not fit under any limit.
ldd "$teitend" | grep -q libasan || ulimit -S -v $((total / 2 + 1048576))
pairs=$(awk -v kib="$total" 'BEGIN { n = int(kib * 1024 / 8 / 592); print n < 2^29 ? n : 2^29 }')
refused "MiB of memory are free; take fewer pairs" $eal "$two" $replay -- $own $good \
	--pairs "$pairs" --table-sets 16
ulimit -S -v "$limit"

# The memory of tables is what all workers' sets and the merge take; the least that works is said.
sets="--spool $spool --sensor smoke --geo=none --asn=none"
refused "table-memory: not together with pairs" $eal "$three" $replay -- $own $good \
	--table-memory 2G
refused "table-memory: 64 MiB are too little: 3 table sets and the merge take " $eal "$two" \
	$replay -- $sets $good --table-memory 64M
least=$(sed 's/.* merge take \([0-9]*M\) at least.*/\1/' "$work/err")
refused "table-memory: 1 worker with 3 table sets of" $eal "$two" $replay -- $sets $good \
	--table-memory 64T

# What it can do besides running.
"$teitend" -h -- >"$work/out" 2>"$work/err" || fail "status $? for EAL's help"
grep -q 'EAL common options' "$work/out" || fail "-h -- is not EAL's help"
# EAL takes it for --help, and ends the program where its words are held back.
"$teitend" $eal --hel -- $own $good >"$work/out" 2>&1 || fail "status $? for EAL's help, shortened"
grep -q 'EAL common options' "$work/out" || fail "--hel -- is not EAL's help"
"$teitend" --help >"$work/out" || fail "status $? for --help"
grep -q '^Exit status: 0 .*, 1 .*, 2 wrong usage' "$work/out" || fail "--help does not tell the exit status"
"$teitend" $own --monitored 192.0.2.0/24 --check-config >"$work/out" 2>"$work/err" \
	|| fail "status $? for --check-config"
[ "$(cat "$work/out")" = "monitored: 256 addresses of IPv4 in 1 prefix
the configuration is sound" ] || fail "--check-config says something else"

refused "mbufs: 64 are fewer than" $eal "$three" $replay -- $own $good --mbufs 64
refused "each in a run of its own" $eal "$three" $replay --vdev net_null0 -- \
	$own --monitored 192.0.2.0/24 --rx-queues 1

check="--check-config --spool $spool --sensor smoke --monitored 192.0.2.0/24"
refused "table-memory: 900 MiB are too little: 9 table sets" $check --geo=none --asn=none \
	--table-memory 900M --ports a=2,b
refused "pairs: 3 table sets of 536870912 pairs, the merge and remember-sources take" $check \
	--geo=none --asn=none --pairs 536870912
refused "--geo: an empty path; name a file, or none" $check --asn=none --geo=
echo 'rules: ""' >"$work/void.yaml"
refused "$work/void.yaml:1: rules: an empty path; name a file, or none" --config "$work/void.yaml" $check
refused "$work/bad.geo" $check --asn=none --geo "$work/bad.geo"
refused "$work/bad.geo" $check --geo=none --asn "$work/bad.geo"
refused 'asn: "," names an empty file' $check --geo=none --asn ,

# A truncated capture: what was whole is kept, and said; the device counts one error.
head -c 1000 "$work/good.pcap" >"$work/cut.pcap"
refused "whole frames before that are replayed" $eal "$three" \
	--vdev "net_pcap0,rx_pcap=$work/cut.pcap" -- $own $good
[ "$(wc -l <"$work/err")" -eq 1 ] || fail "not one line for a truncated capture"
grep -q 'whole frames before that are replayed' "$work/err" || fail "truncation is not said"
[ "$(number errors)" -eq 1 ] && [ "$(number counted)" -eq 12 ] \
	|| fail "truncated: not 12 counted and 1 error"

timeout 300 "$teitend" $eal "$two" $replay -- $sets --sensor least $good --table-memory "$least" \
	>"$work/out" 2>"$work/err" || fail "status $? with --table-memory $least"
grep -q '^teitend: 3 table sets of [0-9]* pairs [0-9.]* MiB, merge ' "$work/out" \
	|| fail "the size of the tables is not printed"
grep -q '^teitend: monitored: [0-9]* addresses of IPv4 in 1 prefix$' "$work/out" || fail "what is monitored is not said"
grep -q '^teitend: memory on NUMA node 0: [0-9.]* MiB, of which [a-zA-Z/0-9 ]* [0-9.]*\(, [a-zA-Z/0-9 ]* [0-9.]*\)\{3\}, others [0-9.]*; tables in huge' \
	"$work/out" || fail "not the memory, and what takes most of it"
grep -q '^teitend: net_pcap0: 1 queue, one file$' "$work/out" || fail "one file is not one"

# It is said before the tables are set up, which may take long: also where the start then fails.
refused "$work/good.pcap" $eal "$two" $replay -- --spool "$work/good.pcap" --sensor least $good --table-memory "$least"
grep -q '^teitend: 3 table sets of [0-9]* pairs [0-9.]* MiB, merge ' "$work/out" \
	|| fail "the size of the tables is not said before they are set up"

# A prefix, or rules, with which nothing is found are no error, but one line each.
echo 'alert nonsense' >"$work/none.rules"
timeout 300 "$teitend" $eal "$two" $replay -- $own --sensor nothing --monitored 198.51.100.0/24 --interval 1 \
	--exit-at-eof --rules "$work/none.rules" >"$work/out" 2>"$work/err" || fail "status $? with a wrong prefix"
[ "$(wc -l <"$work/err")" -eq 2 ] || fail "not two lines for a wrong prefix and wrong rules"
grep -qF "teitend: warning: no packet to a monitored address was counted (monitored: 198.51.100.0/24); 100 went to others" \
	"$work/err" || fail "nothing is said of a wrong prefix"
grep -qF "teitend: warning: rules: no signature of $work/none.rules is loaded" "$work/err" \
	|| fail "nothing is said of rules that are none"

# Snapshots that are there already stay as they are.
refused "there is a snapshot of this interval already" $eal "$three" $replay -- $own $good

# Nor is a sensor's directory a spool, in which nobody would look for another.
refused "$spool/smoke: is the directory of a sensor, and not a spool" $eal "$three" $replay -- $own --spool "$spool/smoke" $good
[ ! -e "$spool/smoke/smoke" ] || fail "a sensor's directory in one"

# Zeros that were never written are no frames, though the driver gives them as such; and what ends a
# file is said as teiten read says it.
python3 - "$work" <<'END'
import struct, sys
at = sys.argv[1]
good = open(at + "/good.pcap", "rb").read()[:24 + 12 * 76]
open(at + "/tail.pcap", "wb").write(good + bytes(70000))
open(at + "/hole.pcap", "wb").write(good + bytes(70000) + good[24:])
open(at + "/void.pcap", "wb").write(good + bytes(16 * 3) + good[24:100] + bytes(17))
open(at + "/bad.pcap", "wb").write(good + b"\xff" * 50)
def block(kind, body):
    size = struct.pack("<I", len(body) + 12)
    return struct.pack("<I", kind) + size + body + size
ng = block(0x0A0D0D0A, struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1))
ng += block(1, struct.pack("<HHI", 1, 0, 0))
for i in range(40, len(good), 76):
    ng += block(6, struct.pack("<IIIII", 0, 0x60a24, i, 60, 60) + good[i:i + 60])
open(at + "/tail.pcapng", "wb").write(ng + bytes(70000))
END
for name in tail.pcap hole.pcap void.pcap bad.pcap tail.pcapng; do
	rm -rf "$spool"
	refused "whole frames before that are replayed" $eal "$three" \
		--vdev "net_pcap0,rx_pcap=$work/$name" -- $own $good
	n=12
	[ "$name" != void.pcap ] || n=16
	[ "$(number errors)" -eq 1 ] && [ "$(number delivered)" -eq $n ] \
		|| fail "$name: not $n delivered and 1 error"
	[ "$name" = void.pcap ] || [ ! -e "$spool/smoke/1970-01-01" ] || fail "$name: 1970"
	sed 's/^teitend: warning: //; s/ replayed$//' "$work/err" >"$work/words"
	mv "$spool" "$work/spool-$name"
	"$teiten" read --spool "$spool" --sensor smoke --pairs 1024 --geo=none --asn=none --interval 1 \
		--monitored 192.0.2.0/24 --fingerprints "$rules" "$work/$name" >"$work/out" \
		2>"$work/err" && fail "$name: teiten read says nothing"
	sed 's/^teiten read: //; s/ kept$//' "$work/err" | cmp -s - "$work/words" \
		|| fail "$name: not what teitend says: $(cat "$work/words")"
	for of in "$spool" "$work/spool-$name"; do
		"$teiten" export --table targets "$of" | grep -v '^interval_start' | sort
		"$teiten" export --table ledger "$of" | grep -c ',errors,1'
	done >"$work/both"
	half=$(($(wc -l <"$work/both") / 2))
	head -n "$half" "$work/both" >"$work/one"
	[ "$half" -gt 5 ] && tail -n "$half" "$work/both" | cmp -s - "$work/one" \
		|| fail "$name: not counted alike"
done

# A file behind another is none to the driver, whose frames it would be: nothing of it is counted.
python3 "$dir/pcap_gen.py" "$work/second.pcap" 50 2
cat "$work/good.pcap" "$work/second.pcap" >"$work/joined.pcap"
rm -rf "$spool"
refused "another capture file begins at byte $(wc -c <"$work/good.pcap"), and is not replayed: teiten read goes on there; the 100 whole" \
	$eal "$three" --vdev "net_pcap0,rx_pcap=$work/joined.pcap" -- $own $good
[ "$(number delivered)" -eq 100 ] || fail "not the frames of the first file"
[ -z "$(find "$spool" -name '20[3-9]*')" ] || fail "a snapshot of the header's time"
{ cat "$work/good.pcap"; printf '\064\315\262\241'; tail -c +5 "$work/second.pcap"; } >"$work/joined.pcap"
rm -rf "$spool"
refused 'it is a "modified" pcap file (magic a1b2cd34); editcap converts it; the 100 whole' \
	$eal "$three" --vdev "net_pcap0,rx_pcap=$work/joined.pcap" -- $own $good
