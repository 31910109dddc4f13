#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# A generator in a second process, dpdk-testpmd over shared memory (net_memif): every packet that
# the device says it delivered is counted or a named exception.
set -eu
. "$(dirname "$0")/lib.sh"

testpmd=$(command -v dpdk-testpmd) || skip "dpdk-testpmd is not installed (dpdk-dev)"
memif="socket=$work/memif.sock,socket-abstract=no"
"$teitend" $eal "$(lcores 2)" --vdev "net_memif0,role=server,$memif" -- \
	$own --interval 1 --monitored 198.18.0.0/15 --rx-queues 1 \
	>"$work/out" 2>"$work/err" &
pid=$!
pids=$pid
wait_for 60 running || fail "does not start"
counting() {
	grep -qE 'wrote .*: [1-9][0-9]{3,} packets' "$work/out"
}
# The generator outlives teitend: when its peer leaves, the driver of DPDK 22.11 unmaps rings that it
# polls. testpmd ends at the end of its input.
mkfifo "$work/typed"
timeout 300 "$testpmd" --no-huge -m 256 --no-pci --no-shconf --no-telemetry \
	--file-prefix="teiten$$" "$(lcores 2)" --vdev "net_memif1,role=client,$memif" -- \
	--forward-mode=txonly --total-num-mbufs=4096 --no-flush-rx --auto-start -i \
	<"$work/typed" >"$work/testpmd" 2>&1 &
generator=$!
pids="$pid $generator"
exec 3>"$work/typed"
wait_for 60 counting || { tail -5 "$work/testpmd"; fail "nothing was counted"; }
echo stop >&3
kill -INT "$pid"
wait "$pid" || fail "exit status $?"
exec 3>&-
wait "$generator" || :
pids=
[ "$(number delivered)" -gt 1000 ] || { tail -5 "$work/testpmd"; fail "nothing came"; }
[ "$(number counted)" -gt 1000 ] || fail "nothing was counted"
grep -q 'ledger closes' "$work/out" || fail "the ledger does not close"
verify || fail "a snapshot is damaged"
