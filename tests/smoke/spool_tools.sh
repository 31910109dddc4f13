#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# The tools on a spool: what verify says of snapshots out of place, strangers and holes; what info
# and top-targets say of sensors and losses; a reader that goes away is no error.
# Usage: spool_tools.sh TEITEN
set -u
teiten=$(realpath "$1") # some run in another directory
profile=$(dirname "$0")/../../profiles/demo.yaml
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
failed=0

# says STATUS PATTERN ARGUMENT...: status, and the pattern in what is printed.
says() {
	status=$1 pattern=$2
	shift 2
	"$teiten" "$@" >"$dir/said" 2>&1
	got=$?
	if [ "$got" -ne "$status" ] || ! grep -q -e "$pattern" "$dir/said"; then
		echo "teiten $*: status $got, expected $status and \"$pattern\":"
		cat "$dir/said"
		failed=1
	fi
}

# unread ARGUMENT...: the reader of standard output goes away at once; nothing is said of it.
unread() {
	{
		sleep 0.3
		"$teiten" "$@" 2>"$dir/err"
		echo $? >"$dir/status"
	} | true
	if [ "$(cat "$dir/status")" != 0 ] || [ -s "$dir/err" ]; then
		echo "teiten $* without a reader: status $(cat "$dir/status"), expected 0:"
		cat "$dir/err"
		failed=1
	fi
}

spool=$dir/spool
"$teiten" synth --profile "$profile" --packets 60000 --out "$dir/a.pcap" >/dev/null || exit 1
# 1024 pairs of source and target are far too few.
for sensor in one two; do
	"$teiten" read --spool "$spool" --sensor $sensor --monitored 0.0.0.0/0 --pairs 1024 \
		--asn none "$dir/a.pcap" >/dev/null || exit 1
done
days=$(ls "$spool/one")
day=$spool/one/$days

says 0 '^10 snapshots, all intact$' verify "$spool"
says 0 'not kept  *about [0-9]* sources and targets, [0-9]* packets counted without them' \
	info "$spool"
says 0 'not kept  *at most [0-9]* talkers, [0-9]* packets counted without them' info "$spool"
says 0 '"not_kept": {' info --json "$spool"
says 0 '"pairs": {' info --json "$spool"
says 0 '^sensors one, two$' top-targets "$spool"
says 0 '^sensor one$' top-targets "$spool/one"

# Several places are told as one, by sensor; what is in two of them counts once.
info() {
	"$teiten" info "$@" 2>&1
}
whole=$(info "$spool")
[ "$(info "$spool/two" "$spool/one")" = "$whole" ] || { echo "info of two sensors: $(info "$spool/two" "$spool/one")"; failed=1; }
[ "$(info "$day" "$spool" "$spool/one/../one" "$day"/*)" = "$whole" ] || { echo "info of places that overlap"; failed=1; }
[ "$(info "$day"/*)" = "$(info "$spool/one")" ] || { echo "info of all snapshots: $(info "$day"/*)"; failed=1; }
[ "$(cd "$spool/one" && info . "$days")" = "$(info "$spool/one")" ] || { echo "info of relative paths"; failed=1; }
[ "$(info --json "$spool/two" "$spool/one")" = "$(info --json "$spool")" ] || { echo "info --json of two sensors"; failed=1; }
# What is in two places is told, as both count: here a copy.
cp -r "$spool" "$dir/copy"
says 0 "^$spool/one/.*: in the time of $dir/copy/one/.* and not in it; counted beside it\$" info "$spool" "$dir/copy"
[ "$(info "$spool" "$dir/copy" | grep -c 'counted beside it')" = "$(ls -d "$spool"/*/*/2* | wc -l)" ] || { echo "info of a copy"; failed=1; }
mkdir "$dir/nothing"
says 1 "no snapshots in $dir/nothing\$" info "$spool/one" "$dir/nothing"
says 1 '^sensor one' info "$spool/one" "$dir/nothing"
says 1 "$dir/none: No such file" info "$spool/one" "$dir/none"
says 2 'PATH: an empty path' info "$spool/one" ''

# --sensor: of these alone, however they are listed; one that is not there is told.
says 0 '^sensor one$' top-targets --sensor one "$spool"
says 0 '^sensors one, two$' top-targets --sensor two,one "$spool"
for command in top-targets top-countries top-networks uniques "watch --once"; do
	says 1 'no such snapshots of sensor three' $command --sensor three "$spool"
	says 1 'no such snapshots of sensor two' $command --sensor one,two "$spool/one"
	says 2 '"../x" is no sensor' $command --sensor ../x "$spool"
	if [ "$("$teiten" $command --sensor one "$spool" 2>&1)" != "$("$teiten" $command "$spool/one" 2>&1)" ]; then
		echo "teiten $command --sensor one is not that of its directory"
		failed=1
	fi
done
says 0 '^5 snapshots of 1 sensor, ' uniques --sensor two "$spool" "$spool/one"
says 0 ' 5 snapshots up to ' watch --once --sensor one "$spool"
# A time may have an offset from UTC.
says 0 '^5 snapshots of 1 sensor, ' uniques --from 2026-01-05T09:00+09:00 "$spool/one"
says 1 'no such snapshots' uniques --from 2026-01-05T09:00-09:00 "$spool/one"
says 2 'in place of the Z' uniques --from 2026-01-05+09:00 "$spool/one"
says 0 '^10 snapshots of 2 sensors, ' uniques "$spool"
says 0 '^\*  *sources  *[1-9]' uniques "$spool"
says 0 '^one  *sources  *[1-9].* 0\.81  *5$' uniques "$spool/one"
says 0 '^sources/target/445/TCP  *[1-9]' uniques --keys 'sources/target/*' "$spool/one" "$spool/two"
says 0 '^destinations/target/445/TCP  *[1-9].* 4\.60  *5$' uniques --keys '*s/target/445/*' "$spool/one"
says 0 '"estimate": [1-9]' uniques --json --keys 'sources/country/*' -n 1 "$spool"
says 0 'no key matches sources/planet/\*$' uniques --keys 'sources/planet/*' "$spool"

# Targets without sketches are told of.
"$teiten" read --spool "$dir/few" --sensor few --monitored 0.0.0.0/0 --pairs 65536 --asn none \
	--sketch-rows 1000 "$dir/a.pcap" >/dev/null || exit 1
says 0 '^note: 5 snapshots left out sketches of targets, [1-9]' uniques --keys '*/target/445/*' "$dir/few"
for keys in 'sources/country/*' 'sources'; do
	if "$teiten" uniques --keys "$keys" "$dir/few" | grep '^note'; then
		echo "teiten uniques --keys $keys: a note of targets, of which none is shown"
		failed=1
	fi
done
says 0 '"snapshots_without_some_targets": 5' uniques --json "$dir/few"

# Gaps are the same before compaction, when they lie between snapshots, and after, when they are within one; of
# a spool and of one snapshot. What lacks without being stated is a gap then.
for start in 00:00 00:20 00:42; do
	sed "s/^start:.*/start: 2026-01-05T$start:00Z/" "$profile" >"$dir/profile.yaml"
	"$teiten" synth --profile "$dir/profile.yaml" --packets 600 --out "$dir/$start.pcap" >/dev/null || exit 1
done
"$teiten" read --spool "$dir/torn" --sensor torn --monitored 0.0.0.0/0 --asn none --max-gap 60 "$dir"/00:*.pcap >/dev/null || exit 1
stated=$("$teiten" info "$dir/torn" | sed -n "s/^  gaps  *//p")
says 0 '^  gaps  *2, [1-9][0-9.]* s in all$' info "$dir/torn"
"$teiten" compact --per hour --now 2026-01-06 "$dir/torn" >/dev/null || exit 1
says 0 "^  gaps  *$stated\$" info "$dir/torn"
says 0 '^  missing  *none$' info "$dir/torn"
says 0 "^  gaps within  *$stated\$" info "$dir/torn/torn/2026-01-05"/*
says 0 "in 2 gaps\$" verify "$dir/torn"
"$teiten" read --spool "$dir/lack" --sensor lack --monitored 0.0.0.0/0 --asn none "$dir/a.pcap" >/dev/null || exit 1
rm -r "$dir/lack/lack/2026-01-05/20260105T000100Z" "$dir/lack/lack/2026-01-05/20260105T000200Z"
says 0 '^  missing  *1, 120 s in all$' info "$dir/lack"
"$teiten" compact --per hour --now 2026-01-06 "$dir/lack" >/dev/null || exit 1
says 0 '^  gaps  *1, 120 s in all$' info "$dir/lack"
says 0 '^  missing  *none$' info "$dir/lack"

# A damaged snapshot is passed over, by name.
first=$(ls "$dir/few/few/$days" | head -n 1)
: >"$dir/few/few/$days/$first/sketches.parquet"
says 1 "$first/sketches.parquet" uniques "$dir/few"
says 1 "$first/sketches.parquet: .*; left out\$" uniques "$dir/few"
says 1 '^4 snapshots of 1 sensor, ' uniques "$dir/few"
: >"$dir/few/few/$days/$first/targets.parquet"
says 1 "$first/targets.parquet: .*; left out\$" top-targets "$dir/few"

# A hole in time is told, and is no damage.
mv "$day/20260105T000200Z" "$dir"
says 0 '^sensor one: 60 s without a snapshot, in 1 place$' verify "$spool"
says 0 '^1 snapshot, all intact$' verify "$dir/20260105T000200Z"
says 0 'missing *1, 60 s' info "$spool/one"

# A copy in its place counts what is there already.
cp -r "$day/20260105T000100Z" "$day/20260105T000200Z"
says 1 'holds the snapshot 20260105T000100Z of sensor one' verify "$spool"
rm -r "$day/20260105T000200Z"
mv "$dir/20260105T000200Z" "$day"

: >"$day/notes.txt"
says 1 "$day/notes.txt: neither a snapshot" verify "$spool"
rm "$day/notes.txt"
says 0 '^10 snapshots, all intact$' verify "$spool"

says 2 'neither as a date' read --spool "$dir/x" --sensor 2026-11-22 --monitored 10.0.0.0/8 \
	--check-config
mkdir "$dir/wrong"
: >"$dir/wrong/file"
says 1 "no snapshots in $dir/wrong" verify "$dir/wrong"

mkdir -p "$spool/my sensor"
mv "$day" "$spool/my sensor/"
says 1 "$spool/my sensor: it has days of snapshots, and its name is no sensor's" verify "$spool"
mv "$spool/my sensor/${day##*/}" "$day"
rm -r "$spool/my sensor"

unread info "$spool"
unread info --json "$spool"
unread verify "$spool"
unread top-targets "$spool"
unread top-countries "$spool"
unread top-networks -n 100000 "$spool"
unread uniques --keys '*' -n 100000 "$spool"
unread export --table targets "$spool"
unread export --table sources --format jsonl "$spool"
unread synth --profile "$profile" --packets 3000 --geo none --out -
unread synth --profile "$profile" --packets 50000 --geo none --out -
unread --help
exit $failed
