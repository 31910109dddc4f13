#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# kill -9 at random points: every snapshot with a final name is whole, none that was there
# before is gone, and the next run works on. Every other run is a live port, killed around the
# end of an interval; the others replay a file of many intervals.
# TEITEN_KILLS: how many times (50); TEITEN_SEED: repeats a run.
set -eu
dir=$(dirname "$0")
. "$dir/lib.sh"

kills=${TEITEN_KILLS:-50}
seed=${TEITEN_SEED:-$(date +%s)}
echo "seed $seed, $kills kills"
python3 "$dir/pcap_gen.py" "$work/a.pcap" 40000 4000
: >"$work/last"

# Milliseconds to live after the workers of a replay have started, or after the end of a second of a live port.
lives=$(awk -v seed="$seed" -v n="$kills" 'BEGIN {
	srand(seed); for (i = 0; i < n; i++) print int(rand() * (i % 2 ? 1500 : 150)) }')

# Has it all the memory of its tables? While that comes, slowly where the machine is busy, the first interval goes on.
has_memory() {
	wanted=$(awk '/table sets of/ { for (i = 2; i <= NF; i++) if ($i ~ /^MiB/) kib += 1024 * $(i - 1) }
		END { print int(kib) }' "$work/out" "$work/err")
	resident=$(awk '/^VmRSS:/ { print $2 }' "/proc/$pid/status")
	[ "$wanted" -gt 0 ] && [ "${resident:-0}" -ge "$wanted" ] \
		&& ! grep -qsx teitend-memory "/proc/$pid"/task/*/comm
}

# Every other one is killed once it has its memory; the others at times while that comes.
live() {
	"$teitend" $eal "$(lcores 2)" --vdev net_null0,copy=1 -- $own --interval 1 \
		--monitored 0.0.0.0/0 --rx-queues 1 >"$work/out" 2>"$work/err" &
	pid=$!
	pids=$pid
	wait_for 60 running || fail "does not start"
	[ $((i % 4)) -ne 0 ] || wait_for 240 has_memory || fail "it still lacks memory"
	sleep "$(date +%N | awk -v ms="$1" '{ print 1 - $1 / 1e9 + ms / 1000 }')"
}

replay() {
	rm -rf "$spool/replay"
	"$teitend" $eal "$(lcores 2)" --vdev "net_pcap0,rx_pcap=$work/a.pcap" -- $own \
		--sensor replay --interval 1 --monitored 192.0.2.0/24 \
		>"$work/out" 2>"$work/err" &
	pid=$!
	pids=$pid
	wait_for 60 running || fail "does not start"
	sleep "$(awk -v ms="$1" 'BEGIN { print ms / 1000 }')"
}

i=0
in_replays=0
for life in $lives; do
	if [ $((i % 2)) -eq 0 ]; then live "$life"; else replay "$life"; fi
	i=$((i + 1))
	kill -KILL "$pid" || fail "it had ended by itself"
	wait "$pid" 2>/dev/null || :
	pids=
	snapshots >"$work/now"
	[ -z "$(comm -23 "$work/last" "$work/now")" ] \
		|| fail "a finished snapshot is gone after $life ms"
	mv "$work/now" "$work/last"
	# What it said to be written is there.
	for path in $(sed -n 's/.*wrote \([^:]*\): .*/\1/p' "$work/out"); do
		[ -f "$path/manifest.json" ] || fail "$path was written and is not there"
	done
	in_replays=$((in_replays + $(find "$spool" -path '*/replay/*/2*Z' -type d | wc -l)))
	[ ! -s "$work/last" ] || verify || fail "a snapshot is damaged after $life ms"
done
[ -s "$work/last" ] || fail "no snapshot at all in $kills runs"
[ "$kills" -lt 20 ] || [ "$in_replays" -gt 0 ] || fail "no snapshot of a replay in $kills runs"
echo "$(wc -l <"$work/last") live snapshots and $in_replays of replays, all whole"
