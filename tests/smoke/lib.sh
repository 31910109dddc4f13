# SPDX-License-Identifier: BSD-3-Clause
# What the daemon's smoke tests share. A test sources this file after `set -eu`, with the paths
# of the programs as arguments: teitend, and teiten where it uses it. Everything that a test
# starts is stopped by its process id, and everything it makes lies under $work, when it ends.

teitend=$1
teiten=${2:-}
work=$(mktemp -d /tmp/teiten-smoke.XXXXXX)
spool=$work/spool
pids=
at_exit=:

cleanup() {
	for pid in $pids; do kill -KILL "$pid" 2>/dev/null || :; done
	wait
	$at_exit
	rm -rf "$work"
}
trap cleanup EXIT
trap 'exit 1' INT TERM HUP

skip() {
	echo "SKIP: $*"
	exit 77
}

fail() {
	echo "FAIL: $*"
	for f in "$work"/out "$work"/err; do
		[ -f "$f" ] && sed "s|^|$(basename "$f"): |" "$f"
	done
	exit 1
}

# lcores N: EAL's argument for N lcores, the first of which manages.
lcores() {
	"$(dirname "$0")/../../scripts/lcores" $(($1 - 1))
}

# Without huge pages and network cards, and not in the way of another DPDK program.
eal="--no-huge -m 512 --no-pci --no-shconf --no-telemetry"
rules=$(dirname "$0")/../../rules/fingerprints.yaml
# A table set takes about 150 MiB however few the pairs are.
own="--spool $spool --sensor smoke --pairs 16384 --remember-sources 4096 --geo=none --asn=none"
own="$own --fingerprints $rules"

# count PATTERN FILE: number of lines; 0 is no failure.
count() {
	grep -c "$1" "$2" || :
}

# wait_for SECONDS COMMAND…: until it succeeds. Fails after that time.
wait_for() {
	tries=$(($1 * 10))
	shift
	until "$@"; do
		tries=$((tries - 1))
		[ "$tries" -gt 0 ] || return 1
		sleep 0.1
	done
}

running() {
	grep -qs "running, management" "$work/out"
}

# number REASON: what the closing account at the daemon's end says of a reason, over all ports.
number() {
	awk -v r="$1" '/: offered /{
		for (i = 1; i < NF; i++) if ($i == r) { sub(/;/, "", $(i + 1)); n += $(i + 1); break }
	} END { print n + 0 }' "$work/out"
}

snapshots() {
	find "$spool/smoke" -mindepth 2 -maxdepth 2 -type d ! -name '.*' 2>/dev/null | sort
}

# lines FILE: their number, but for the one that comes at the end where a device gives zeros, which are no IP.
lines() {
	grep -cv 'no packet was counted, to no address: no frame is an IP packet that can be read: not-ip [0-9]*$' "$1" || :
}

# verify: is every snapshot in the spool whole? Needs the teiten program.
verify() {
	[ -n "$teiten" ] || return 0
	"$teiten" verify "$spool" >"$work/verify" 2>&1 || { cat "$work/verify"; return 1; }
}
