#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# What a device loses is said while it happens: a warning for the interval, or part of a long one, whose ledger
# has it, and none for others; and telemetry has the sums. The losses come from a preloaded library
# (daemon_loss.c), the third argument.
set -eu
. "$(dirname "$0")/lib.sh"

# A sanitizer's run-time wants to be the first library; it is then the program's own.
ldd "$teitend" | grep -q 'lib[al]san' && skip "built with a sanitizer"
loss=$3
eal="--no-huge -m 512 --no-pci --no-shconf"

# lose MISSED NO-MBUF ERRORS: in one moment, or the daemon may read half of it.
lose() {
	echo "$*" >"$work/control.new"
	mv "$work/control.new" "$work/control"
}
begin() {
	rm -rf "$work/out" "$work/control" "$spool"
	mkdir -p "$work/run"
	RUNTIME_DIRECTORY=$work/run TT_LOSS_CONTROL=$work/control LD_PRELOAD=$loss \
		"$teitend" $eal "$(lcores 2)" --vdev net_null0,copy=1 -- \
		$own --monitored 0.0.0.0/0 --rx-queues 1 "$@" >"$work/out" 2>"$work/err" &
	pid=$!
	pids=$pid
	wait_for 60 running || fail "does not start"
}
end() {
	kill -INT "$pid"
	wait "$pid" || fail "exit status $?"
	pids=
	grep -q 'ledger closes' "$work/out" || fail "the ledger does not close"
	[ "$(number missed) $(number no-mbuf) $(number errors)" = "$1" ] || fail "lost at the end: not $1"
	verify || fail "a snapshot is damaged"
}
warnings() {
	[ "$(count 'warning: .*: lost ' "$work/err")" -ge "$1" ]
}
written() {
	[ "$(count 'wrote' "$work/out")" -ge "$1" ]
}
# ask COMMAND: what telemetry answers to it, as JSON.
ask() {
	python3 - "$work/run" "$1" <<-'END'
		import glob, socket, sys
		(path,) = glob.glob(sys.argv[1] + "/**/dpdk_telemetry.v2*", recursive=True)
		s = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
		s.connect(path)
		s.recv(65536)
		s.send(sys.argv[2].encode())
		print(s.recv(65536).decode())
	END
}
# told: does telemetry's ledger close, and does it have these losses?
told() {
	ask /teitend/ledger | python3 -c '
import json, sys
d = json.load(sys.stdin)["/teitend/ledger"]
lost = [d[x] for x in ("missed", "no_mbuf", "errors")]
by = [d.pop(x) for x in ("delivered_by_worker", "counted_by_worker")]
rest = {"intervals", "intervals_written", "offered", "missed", "no_mbuf", "errors", "delivered", "late"}
fates = sum(n for name, n in d.items() if name not in rest)
good = (lost == [int(x) for x in sys.argv[1:]] and d["offered"] == sum(lost) + d["delivered"]
        and d["delivered"] == fates > 0 and by == [[d["delivered"]], [d["counted"]]]
        and d["intervals"] >= d["intervals_written"] >= 2)
sys.exit(not good and "telemetry: %s, by worker %s" % (d, by))' "$@" 2>"$work/told"
}

begin --interval 1
wait_for 60 written 2 || fail "no two snapshots"
lose 1000 20 3
wait_for 60 warnings 1 || fail "a loss is not told"
n=$(count 'wrote' "$work/out")
wait_for 60 written $((n + 2)) || fail "no more snapshots"
wait_for 60 told 1000 20 3 || fail "$(cat "$work/told")"
lose 1007 20 3
wait_for 60 warnings 2 || fail "a second loss is not told"
end "1007 20 3"
[ "$(lines "$work/err")" -eq 2 ] || fail "intervals without a loss are warned of"
# The line is about the snapshot whose ledger has it.
path=$(sed -n '1s/teitend: warning: \(.*\): lost .*/\1/p' "$work/err")
packets() {
	"$teiten" export --table ledger "$path" | awk -F, -v r="$1" '$5 == "nic" && $6 == r { print $7 }'
}
delivered=$(packets delivered)
[ "$(packets missed) $(packets no-mbuf) $(packets errors)" = "1000 20 3" ] || fail "$path: other losses"
said="lost 1023 of $((delivered + 1023)) packets offered: net_null0 missed 1000, net_null0 no-mbuf 20, net_null0 errors 3"
[ "$(sed -n '1s/.*: lost/lost/p' "$work/err")" = "$said" ] || fail "not: $said"
sed -n 2p "$work/err" | grep -q 'packets offered: net_null0 missed 7$' || fail "not: missed 7"

# A long interval says it by part.
begin --interval 3600 --checkpoint 1
sleep 2
lose 5 0 0
wait_for 60 warnings 1 || fail "a loss in a part is not told"
wait_for 60 told 5 0 0 || fail "parts: $(cat "$work/told")"
end "5 0 0"
[ "$(lines "$work/err")" -eq 1 ] || fail "other parts are warned of"
grep -q '/\.part-[^/]*--[^/]*: lost 5 of [0-9]* packets offered: net_null0 missed 5$' "$work/err" || fail "the part is not named"
