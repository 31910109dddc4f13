#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# `teiten export` that does not come to its end: killed, told to stop, on a full disk, without a reader. Nothing
# half-written has a final name, and what is wrong is one line. And its command line, and the progress bar.
# Usage: exports.sh TEITEN
set -u
teiten=$(realpath "$1")
dir=$(mktemp -d)
disk=
trap '[ -z "$disk" ] || umount "$disk"; rm -rf "$dir"' EXIT
failed=0
spool=$dir/spool
profile=$(dirname "$0")/../../profiles/demo.yaml

wrong() {
	echo "FAIL: $*"
	[ -s "$dir/err" ] && sed 's/^/err: /' "$dir/err"
	failed=1
}

# says STATUS PATTERN ARGUMENT…: that status, and one line on standard error that has the pattern.
says() {
	status=$1 pattern=$2
	shift 2
	"$teiten" export "$@" >"$dir/out" 2>"$dir/err"
	got=$?
	[ "$got" -eq "$status" ] || wrong "export $*: status $got, not $status"
	[ "$(wc -l <"$dir/err")" -eq 1 ] && grep -q -e "$pattern" "$dir/err" ||
		wrong "export $*: not one line with \"$pattern\""
}

"$teiten" synth --profile "$profile" --packets 30000 --out "$dir/a.pcap" >"$dir/out" 2>"$dir/err" &&
	"$teiten" read --spool "$spool" --sensor one --interval 10 --pairs 65536 --geo=none --asn=none \
		--monitored 198.51.100.0/24,203.0.113.0/24 "$dir/a.pcap" >"$dir/out" 2>"$dir/err" ||
	{ wrong "no spool"; exit 1; }

says 2 'several tables need --out' --table targets,sources "$spool"
says 2 'several tables need --out' --table all --format avro "$spool"
says 2 'sqlite needs --out' --table targets --format sqlite "$spool"
says 2 'parquet needs --out' --table targets --format parquet "$spool"
says 2 'takes no --table' --table targets --format corsaro "$spool"
says 2 'go with --format corsaro' --table targets --prefix x "$spool"
says 2 'empty or has blanks' --format corsaro --prefix 'a b' "$spool"
says 2 'unknown table: x' --table targets,x "$spool"
says 2 'table: an empty name' --table targets, "$spool"
says 2 'is no sensor' --table targets --sensor ../x "$spool"
says 1 'no such snapshots of sensor two' --table targets --sensor two "$spool"
says 1 'no such snapshots of sensor two' --table targets --sensor two,one,two "$spool"
"$teiten" export --table targets "$spool" >"$dir/plain"
(cd "$dir" && "$teiten" export --table targets --out - "$spool" >"$dir/out") && cmp -s "$dir/plain" "$dir/out" \
	&& [ ! -e "$dir/-" ] || wrong "--out - is not standard output"
says 2 'several tables need --out' --table targets,sources --out - "$spool"
"$teiten" export --table targets --sensor one,one "$spool" >"$dir/out" 2>"$dir/err"
[ $? -eq 0 ] && [ ! -s "$dir/err" ] || wrong "a sensor that is named twice"
says 1 'Is a directory' --table targets --out "$dir" "$spool"
says 1 'not a regular file' --table targets --format sqlite --out /dev/null "$spool"
says 1 'No such file' --table targets --out "$dir/none/x.csv" "$spool"

# A file that has no place beside an older one is left out and said; those of other spans are there.
"$teiten" export --table interval,targets --format parquet --out "$dir/lake" --to 2026-01-05T00:00:20Z "$spool" 2>"$dir/err" ||
	wrong "no lake"
rm -r "$dir/lake/table=targets"
says 1 'holds a part of the same time' --table interval,targets --format parquet --out "$dir/lake" \
	--from 2026-01-05T00:00:10Z "$spool"
[ "$(find "$dir/lake/table=targets" -name '*.parquet' | wc -l)" -eq 1 ] || wrong "nothing after the file that was left out"

# A damaged table is passed over whole, and said; a damaged manifest is said once for all tables.
cp -r "$spool" "$dir/damaged"
first=$(find "$dir/damaged/one" -mindepth 2 -maxdepth 2 -type d | sort | head -n 1)
: >"$first/targets.parquet"
says 1 "$first/targets.parquet" --table targets "$dir/damaged"
"$teiten" export --table targets --from "2026-01-05T00:00:10Z" "$spool" | cmp -s - "$dir/out" ||
	wrong "the rest is not what there is beside a damaged table"
: >"$first/manifest.json"
says 1 "$first/manifest.json" --table all --out "$dir/damaged.csv" "$dir/damaged"

# Without a reader: silence, as of other commands.
for format in csv jsonl avro; do
	"$teiten" export --table sources --format $format "$spool" 2>"$dir/err" | head -c 100 >"$dir/out"
	[ -s "$dir/err" ] && wrong "$format without a reader"
done
{ "$teiten" export --format corsaro "$spool" 2>"$dir/err"; echo $? >"$dir/status"; } | head -n 1 >"$dir/out"
[ "$(cat "$dir/status")" = 1 ] && grep -q 'standard output: Broken pipe' "$dir/err" ||
	wrong "corsaro without a reader: status $(cat "$dir/status")"

# Without room: every format alike.
says 1 '/dev/full: No space left' --table sources --format jsonl --out /dev/full "$spool"
says 1 '/dev/full: No space left' --format corsaro --out /dev/full "$spool"
"$teiten" export --table sources "$spool" >/dev/full 2>"$dir/err"
[ $? -eq 1 ] && grep -q '^teiten export: standard output: No space left' "$dir/err" &&
	[ "$(wc -l <"$dir/err")" -eq 1 ] || wrong "a full standard output"
mkdir "$dir/disk"
if mount -t tmpfs -o size=64k tmpfs "$dir/disk" 2>/dev/null; then
	disk=$dir/disk
	for format in csv jsonl avro sqlite parquet; do
		says 1 'No space left' --table sources,sketches,targets --format $format --out "$disk/x" "$spool"
		find "$disk" -name '.*.tmp' | grep . && wrong "$format leaves a part on a full disk"
		[ -e "$disk/x" ] && [ "$format" = sqlite ] && wrong "half a database has its name"
		rm -rf "$disk/x"
	done
else
	echo "skipped: no tmpfs to fill"
fi

# Told to stop, or killed, once something is being written: what has no final name yet never gets one.
stop_it() {
	signal=$1 format=$2 tries=0
	rm -rf "$dir/stopped"
	mkdir "$dir/stopped"
	"$teiten" export --table all --format "$format" --out "$dir/stopped/x" "$dir/slow" 2>"$dir/err" &
	pid=$!
	until find "$dir/stopped" -name '.*.tmp' | grep -q . || [ $tries -eq 1000 ]; do
		tries=$((tries + 1))
		sleep 0.01
	done
	kill -s "$signal" $pid 2>/dev/null || wrong "$format was too fast to be stopped"
	wait $pid 2>/dev/null
	status=$?
}

# Many times the same minutes, as sensors.
mkdir "$dir/slow"
for i in 1 2 3 4 5 6 7 8; do
	cp -r "$spool/one" "$dir/slow/one$i"
done
for format in csv avro sqlite parquet; do
	stop_it TERM $format
	[ $status -eq 143 ] && [ "$(wc -l <"$dir/err")" -eq 1 ] && grep -q 'stopped by SIGTERM' "$dir/err" ||
		wrong "$format, SIGTERM: status $status"
	find "$dir/stopped" -name '.*.tmp' | grep . && wrong "$format leaves a part when it is stopped"
	stop_it KILL $format
	[ $status -eq 137 ] || wrong "$format, SIGKILL: status $status"
	find "$dir/stopped" -type f ! -name '.*.tmp' -size 0 | grep . && wrong "$format, killed, has an empty file"
	[ "$format" = sqlite ] && [ -e "$dir/stopped/x" ] && wrong "a killed export has a database"
done
# Told to stop while it waits for a pipe: for somebody to open it, or to read from it.
stop_waiting() {
	signal=$1 wanted=$2
	"$teiten" export --table sources --quiet --out "$dir/pipe" "$dir/slow" 2>"$dir/err" &
	pid=$! tries=0
	until grep -q '^State:.*sleeping' /proc/$pid/status || [ $tries -eq 500 ]; do
		tries=$((tries + 1))
		sleep 0.01
	done
	sleep 0.3
	kill -s "$signal" $pid
	(sleep 60 && kill -s KILL $pid) >"$dir/guard" 2>&1 &  # its sleep outlives it, and holds no output of ours
	guard=$!
	wait $pid 2>/dev/null
	status=$?
	kill $guard 2>/dev/null
	[ $status -eq "$wanted" ] && grep -q "stopped by SIG$signal" "$dir/err" ||
		wrong "waiting for a pipe, SIG$signal: status $status"
}
mkfifo "$dir/pipe"
stop_waiting TERM 143
# Under nohup SIGHUP is ignored, and stays so in what is started.
if [ $((0x$(sed -n 's/^SigIgn:[[:space:]]*//p' /proc/$$/status) & 1)) -eq 0 ]; then
	stop_waiting HUP 129
fi
exec 3<>"$dir/pipe"
stop_waiting TERM 143
exec 3>&-

# What has a name after all this is whole: the same as an export that was not killed.
stop_it KILL csv
for file in "$dir/stopped/x"/*.csv; do
	[ -e "$file" ] || continue
	table=$(basename "$file" .csv)
	"$teiten" export --table "$table" "$dir/slow" 2>"$dir/err" | cmp -s - "$file" ||
		wrong "a killed export left half of $table.csv"
done

# The bar: on a terminal, wiped away at the end, and not with --quiet.
if command -v script >/dev/null; then
	for quiet in '' --quiet; do
		script -qec "$teiten export $quiet --table all --format avro --out $dir/bar $dir/slow" /dev/null \
			</dev/null >"$dir/out" 2>&1 || wrong "export on a terminal"
		bars=$(tr '\r' '\n' <"$dir/out" | grep -c 'million rows')
		[ -n "$quiet" ] && [ "$bars" -gt 0 ] && wrong "a bar with --quiet"
		[ -z "$quiet" ] && [ "$bars" -eq 0 ] && wrong "no bar on a terminal"
	done
else
	echo "skipped: no script(1) for a terminal"
fi
exit $failed
