#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Live packets over a veth pair between two network namespaces made for the test: all that
# tcpreplay sends is counted; and the link's going down and coming up is told.
set -eu
dir=$(dirname "$0")
. "$dir/lib.sh"

[ "$(id -u)" -eq 0 ] || skip "network namespaces need root"
command -v tcpreplay >/dev/null || skip "tcpreplay is not installed"
a=teiten-a-$$
b=teiten-b-$$
remove_namespaces() {
	ip netns del "$a" 2>/dev/null || :
	ip netns del "$b" 2>/dev/null || :
}
at_exit=remove_namespaces
ip netns add "$a" 2>/dev/null && ip netns add "$b" || skip "no network namespaces here"
ip -n "$a" link add tap type veth peer name tap netns "$b" || skip "no veth here"
for ns in "$a" "$b"; do
	ip netns exec "$ns" sh -c 'echo 1 >/proc/sys/net/ipv6/conf/all/disable_ipv6' || :
	ip -n "$ns" link set tap arp off up
done
# The kernel says so a moment later; a link that is down at the start is another matter.
is_up() {
	ip -n "$b" link show tap | grep -q 'state UP'
}
wait_for 30 is_up || fail "the link does not come up"

# The kernel's ring has room for all of it: on a busy machine the worker may stand still for seconds.
frames=20000
python3 "$dir/pcap_gen.py" "$work/send.pcap" $frames 10
ip netns exec "$b" "$teitend" $eal "$(lcores 2)" \
	--vdev net_af_packet0,iface=tap,framecnt=32768,blocksz=4194304,framesz=2048 -- \
	$own --interval 1 --monitored 192.0.2.0/24 >"$work/out" 2>"$work/err" &
pid=$!
pids=$pid
wait_for 60 running || fail "does not start"
ip netns exec "$a" tcpreplay -q -i tap --pps 10000 "$work/send.pcap" >"$work/sent" 2>&1 \
	|| fail "tcpreplay: $(tail -1 "$work/sent")"
sleep 0.5
# A cable that is pulled, and plugged in again, is one line each; packets come as before.
told() {
	[ "$(grep -c "$1" "$2")" -eq 1 ]
}
ip -n "$a" link set tap down
wait_for 30 told '^teitend: warning: net_af_packet0: the link is down: ' "$work/err" || fail "the link is down, and it is not told"
ip -n "$a" link set tap up
wait_for 30 told '^teitend: net_af_packet0: the link is up again, after [0-9]* s$' "$work/out" \
	|| fail "the link is up again, and it is not told"
ip netns exec "$a" tcpreplay -q -i tap --pps 10000 "$work/send.pcap" >"$work/sent" 2>&1 \
	|| fail "tcpreplay: $(tail -1 "$work/sent")"
frames=$((2 * frames))
sleep 0.5
kill -INT "$pid"
wait "$pid" || fail "exit status $?"
pids=
told 'the link is down' "$work/err" && told 'the link is up' "$work/out" || fail "the link is told more than once"
[ "$(number counted)" -eq $frames ] || fail "$(number counted) of $frames packets counted"
grep -q 'ledger closes' "$work/out" || fail "the ledger does not close"
verify || fail "a snapshot is damaged"
# The ledger has how long it was.
down=$("$teiten" info "$spool" | sed -n 's/^  link  *down for \([0-9]*\)\.*[0-9]* s, which counts as observed$/\1/p')
[ "${down:-0}" -ge 3 ] || fail "the link was down for ${down:-no} s: $("$teiten" info "$spool")"

# What waits in a ring of the kernel's when the end is ordered is counted as well, also where it
# is many times the number of descriptors.
rm -rf "$spool" "$work/out"
frames=40000
python3 "$dir/pcap_gen.py" "$work/send.pcap" $frames 10
ip netns exec "$b" "$teitend" $eal "$(lcores 2)" \
	--vdev net_af_packet0,iface=tap,framecnt=65536,blocksz=4194304,framesz=256 -- \
	$own --interval 60 --monitored 192.0.2.0/24 --rx-descriptors 64 \
	>"$work/out" 2>"$work/err" &
pid=$!
pids=$pid
wait_for 60 running || fail "does not start"
kill -STOP "$pid"
ip netns exec "$a" tcpreplay -q -i tap --pps 10000 "$work/send.pcap" >"$work/sent" 2>&1 \
	|| fail "tcpreplay: $(tail -1 "$work/sent")"
kill -TERM "$pid"
kill -CONT "$pid"
wait "$pid" || fail "exit status $?"
pids=
[ "$(number counted)" -eq $frames ] || fail "$(number counted) of $frames waiting packets counted"
grep -q 'kept arriving' "$work/out" && fail "packets are said to arrive that do not"
grep -q 'ledger closes' "$work/out" || fail "the ledger does not close"
