#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# The tools' command lines: what is wrong with them is said in one line, with the right status.
# Usage: tools.sh TEITEN
set -u
teiten=$1
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
failed=0

# expect STATUS PATTERN ARGUMENT...: status, and a single line on stderr that has the pattern.
expect() {
	status=$1 pattern=$2
	shift 2
	"$teiten" "$@" >"$dir/out" 2>"$dir/err"
	got=$?
	if [ "$got" -ne "$status" ] || ! grep -q -e "$pattern" "$dir/err" ||
		[ "$(wc -l <"$dir/err")" -ne 1 ]; then
		echo "teiten $*: status $got, expected $status and \"$pattern\":"
		cat "$dir/err"
		failed=1
	fi
}

# prints PATTERN ARGUMENT...: status 0, the pattern on stdout, nothing on stderr.
prints() {
	pattern=$1
	shift
	if ! "$teiten" "$@" >"$dir/out" 2>"$dir/err" || [ -s "$dir/err" ] ||
		! grep -q -e "$pattern" "$dir/out"; then
		echo "teiten $*: expected \"$pattern\":"
		cat "$dir/out" "$dir/err"
		failed=1
	fi
}

mkdir "$dir/empty"
expect 2 "no command"
expect 2 'unknown command: frobnicate; teiten --help lists the commands$' frobnicate
expect 2 'unknown command: help; teiten --help lists the commands$' help
expect 2 'unknown option: --spool; teiten --help lists the commands, which come before their options$' --spool a
expect 2 'unknown option: --frobnicate' --frobnicate
expect 2 'unknown command: inf; did you mean info?' inf
expect 2 'unknown option: --fromt; did you mean --from?' top-targets --fromt
expect 2 'unknown option: --qouta=5G; did you mean --quota?' compact --qouta=5G
expect 2 '--spol: unknown option; did you mean --spool?' read --spol
for command in info verify export report rules top-targets top-countries top-networks uniques; do
	prints "Usage: teiten $command" $command --help
	expect 2 'unknown option: --frobnicate' $command --frobnicate
	expect 2 'unknown option: -x' $command -x
done
for command in info verify top-targets top-countries top-networks 'export --table targets'; do
	expect 2 'PATH is missing' $command
	[ "$command" = info ] || expect 2 'too many operands: b' $command a b
	expect 1 "$dir/none: No such file" $command "$dir/none"
	expect 1 "/dev/null: Not a directory" $command /dev/null
done
expect 2 '--monitored: 198.18.0.0/17 198.18.128.0/17: not a CIDR prefix: a blank in it' read \
	--spool "$dir/x" --sensor a --monitored '198.18.0.0/17 198.18.128.0/17' /dev/null
prints 'the configuration is sound' read --spool "$dir/x/y" --sensor a --monitored 192.0.2.0/24 --geo none \
	--asn none --check-config
prints '^monitored: 1 address of IPv4 in 1 prefix$' read --spool "$dir/x/y" --sensor a --monitored 198.18.0.0 \
	--geo none --asn none --check-config
# checks PATTERN SPOOL: what --check-config says against the spool is what a run would stop at.
checks() {
	set -- "$1" read --spool "$2" --sensor a --monitored 192.0.2.0/24 --geo none --asn none
	expect 2 "$@" --check-config
	expect 1 "$@" "$dir/no.pcap"
}
echo no capture >"$dir/no.pcap"
checks '/dev/null/x.*: Not a directory' /dev/null/x
ln -s "$dir/nowhere" "$dir/dangling"
checks "$dir/dangling.*: No such file" "$dir/dangling"
for spool in /proc /proc/x/y /proc/self; do
	expect 2 'spool: /proc[^:]*: a file system of the kernel (proc or sysfs), in which nothing can be made' read \
		--spool $spool --sensor a --monitored 192.0.2.0/24 --geo none --asn none --check-config
	expect 1 '^teiten read: /proc[^:]*: a file system of the kernel (proc or sysfs), in which nothing can be made: '$spool/a'$' \
		read --spool $spool --sensor a --monitored 192.0.2.0/24 --geo none --asn none "$dir/no.pcap"
done
mkdir -p "$dir/linked" "$dir/locked/a"
ln -s "$dir/nowhere" "$dir/linked/a"
checks "$dir/linked/a.*: No such file" "$dir/linked"
[ -e "$dir/nowhere" ] && echo "--check-config made something" && failed=1
# Root may read and write anywhere, so that others have to try.
as=
[ "$(id -u)" -eq 0 ] && as='setpriv --reuid=65534 --regid=65534 --clear-groups'
chmod 755 "$dir"
mkdir -m 555 "$dir/closed"
mkdir -m 333 "$dir/unread"
touch "$dir/locked/a/.lock"
chmod 444 "$dir/locked/a/.lock"
chmod 777 "$dir/locked/a"
touch "$dir/out" "$dir/err"
if $as "$teiten" --version >/dev/null 2>&1; then
	own=$teiten teiten=$dir/other
	printf '#!/bin/sh\nexec %s %s "$@"\n' "$as" "$own" >"$teiten"
	chmod 755 "$teiten"
	checks "$dir/closed.*: Permission denied" "$dir/closed/x"
	expect 1 "^teiten read: $dir/closed: Permission denied: $dir/closed/x/a cannot be made there\$" read --spool "$dir/closed/x" \
		--sensor a --monitored 192.0.2.0/24 --geo none --asn none "$dir/no.pcap"
	checks "$dir/unread.*: Permission denied" "$dir/unread"
	checks "$dir/locked/a/.lock: Permission denied" "$dir/locked"
	teiten=$own
fi
# An empty name of a file, as of a variable that is not set, is told: it is not none.
for option in geo asn fingerprints rules rule-variables rule-classes; do
	expect 2 "--$option: an empty path; name a file, or none\$" read --spool "$dir/x" --sensor a \
		--monitored 192.0.2.0/24 --$option '' "$dir/no.pcap"
done
expect 2 '--geo: an empty path; name a file, or none$' synth --geo '' --profile x --out "$dir/x.pcap"
prints 'countries by none' synth --profile "$(dirname "$0")/../../profiles/demo.yaml" --geo none --packets 10 \
	--out "$dir/synth.pcap"
# Without a database, countries mean anywhere: that is said, unless it is asked for, or there are none.
expect 0 'teiten synth: warning: .*demo.yaml names countries, and without a country database (--geo) all sources come from anywhere$' \
	synth --profile "$(dirname "$0")/../../profiles/demo.yaml" --packets 10 --out "$dir/synth.pcap"
printf 'name: a\nduration: 1h\nmonitored: 203.0.113.0/24\ncomponents:\n- {target: 445/TCP, rate: 1/s}\n' >"$dir/anywhere.yaml"
prints 'countries by none' synth --profile "$dir/anywhere.yaml" --packets 10 --out "$dir/synth.pcap"
expect 2 'SPOOL is missing' uniques
expect 1 "$dir/none: No such file" uniques "$dir/none"
expect 1 "$dir/none: No such file" uniques "$dir/none" "$dir/empty"
expect 1 "/dev/null: Not a directory" uniques /dev/null
expect 2 'without its value: --keys' uniques --keys
expect 2 'empty pattern' uniques --keys '' "$dir/empty"
expect 2 '"0" is no number' uniques --keys 'sources*' -n 0 "$dir/empty"
expect 2 'without --keys' uniques -n 5 "$dir/empty"
expect 2 '"noon" is no time' uniques --to noon "$dir/empty"
expect 1 'no snapshots' uniques "$dir/empty"
# What a long interval has so far is told, from the spool down to the day.
mkdir -p "$dir/open/s/2026-01-05/.part-20260105T000000Z--20260105T000010Z"
said='1 part of an unfinished interval, which teitend finishes, the run that is on or the next one$'
for place in open open/s open/s/2026-01-05; do
	expect 1 "teiten info: no snapshots in $dir/$place; $said" info "$dir/$place"
done
mkdir "$dir/open/s/2026-01-05/.part-20260105T000010Z--20260105T000020Z"
expect 1 '; 2 parts of an unfinished interval, ' verify "$dir/open"
expect 1 'no snapshots' uniques --json "$dir/empty"
expect 2 '--period is missing' report "$dir/empty"
expect 2 'SPOOL is missing' report --period 2009-07
expect 2 '"2009-13" is no period' report --period 2009-13 "$dir/empty"
expect 2 'ends before it begins' report --period 2009-07-02..2009-07-01 "$dir/empty"
expect 2 '--against: "x" is no period' report --period 2009-07 --against x "$dir/empty"
expect 2 '"JST" is no offset' report --period 2009-07 --utc-offset JST "$dir/empty"
expect 2 '"fr" is no language' report --period 2009-07 --lang fr "$dir/empty"
expect 2 '"Japan" is no country' report --period 2009-07 --home Japan "$dir/empty"
expect 2 '--home: "QQ" is no country' report --period 2009-07 --home QQ "$dir/empty"
expect 2 '"html,pdf" is no format' report --period 2009-07 --format html,pdf "$dir/empty"
expect 2 'times of --utc-offset without a Z (2009-07-01T12:00..2009-07-08T12:00)' report --period 2009-07-01T12:00Z "$dir/empty"
expect 2 '--format csv: that is a file for each table and figure: give --out DIR' report --period 2009-07 --format csv "$dir/empty"
expect 2 'only one of html, text and json' report --period 2009-07 --format html,text "$dir/empty"
expect 2 '--out: an empty path' report --period 2009-07 --out '' "$dir/empty"
expect 1 "no snapshots of 2009-07 in $dir/empty, nor of any other time: give the directory that was --spool" report --period 2009-07 "$dir/empty"
expect 1 'there is no sensor "x"' report --period 2009-07 --sensor x "$dir/empty"
expect 1 "$dir/none: No such file" report --period 2009-07 "$dir/none"
expect 2 'unknown table: x' export --table x "$dir/empty"
expect 2 'unknown format: xml' export --format xml "$dir/empty"
expect 2 'unknown format: xml' top-targets --format xml "$dir/empty"
expect 2 'unknown class: x' top-targets --class x "$dir/empty"
expect 2 'unknown class: x' top-countries --class x "$dir/empty"
expect 2 'unknown option: --ip-version' top-countries --ip-version 4 "$dir/empty"
expect 2 'unknown option: --class' top-networks --class udp "$dir/empty"
expect 2 '"5" is none of 4, 6' top-networks --ip-version 5 "$dir/empty"
for option in --older-than --keep-for; do
	expect 2 "$option: \"0s\" is no time at all; the shortest is 1s\$" compact $option 0s "$dir/empty"
	for value in 6 500ms 1500ms 1w; do
		expect 2 "$option: \"$value\" is no duration such as 90s, 30m, 6h, 400d (whole seconds, minutes, hours or days)" \
			compact $option $value "$dir/empty"
	done
done
expect 1 "no snapshots in $dir/empty" compact --keep-for 2000ms "$dir/empty"
expect 2 '--quota: "0" is no number of bytes' compact --quota 0 "$dir/empty"
expect 2 '--quota: "5X" is no number of bytes such as 500B, 512M, 20GiB' compact --quota 5X "$dir/empty"
for value in 0B B 5BB 5iB 1.5B 99999999999999999999B; do
	expect 2 "--quota: \"$value\" is no number of bytes" compact --quota $value "$dir/empty"
done
for value in 1 500 1048575; do
	expect 2 "--quota: \"$value\" has no unit: ${value}B if so few bytes are meant, else such as ${value}G\$" \
		compact --quota $value "$dir/empty"
	expect 1 "no snapshots in $dir/empty" compact --quota ${value}B "$dir/empty"
done
for value in 500b 000000000000000000000000000000001B; do
	expect 1 "no snapshots in $dir/empty" compact --quota $value "$dir/empty"
done
expect 2 'table-memory: 1 MiB are too little: ' read --spool "$dir/x" --sensor a --monitored 192.0.2.0/24 --geo none \
	--asn none --table-memory 1048576B --check-config
expect 1 "no snapshots in $dir/empty" compact --quota 1048576 "$dir/empty"
expect 1 "no snapshots in $dir/empty" compact --quota 5gib "$dir/empty"
expect 2 '--poll: "10x" is no duration such as 90s' watch --poll 10x "$dir/empty"
expect 2 '--poll: "0" is no number' watch --poll 0 "$dir/empty"
expect 2 '--poll: "0ms" is no time at all' watch --poll 0ms "$dir/empty"
expect 1 "no snapshots in $dir/empty" watch --once --poll 500ms "$dir/empty"
expect 1 "no snapshots in $dir/empty" watch --once --poll 2 "$dir/empty"
expect 2 '--silent: "-1" is no number above 0' watch --silent -1 "$dir/empty"
expect 2 '--overdue: "3" is no duration such as 90s' watch --overdue 3 "$dir/empty"
expect 1 "no snapshots in $dir/empty" watch --once --silent 0 --overdue 0 "$dir/empty"
expect 2 '--rule-variables: an empty path; name a file, or none' rules check --rule-variables '' x.rules
expect 2 '--rule-classes: an empty path; name a file, or none' rules check --rule-classes= x.rules
expect 2 '--rule-variables: an empty path' rules match --vars '' --rules x.rules x.pcap
expect 1 '^teiten rules: "": No such file' rules check ''
expect 2 '"0" is no number' top-targets -n 0 "$dir/empty"
expect 2 'without its value: -n' top-targets -n
expect 2 'without its value: --table' export --table
expect 2 '"noon" is no time' export --from noon "$dir/empty"
expect 1 'no snapshots' export --table targets "$dir/empty"
expect 1 '/dev/full: No space left' export --table targets --out /dev/full "$dir/empty"
expect 1 "no snapshots in $dir/empty" info "$dir/empty"
expect 1 "no snapshots in $dir/empty" verify "$dir/empty"
for format in text csv jsonl; do
	for what in targets countries networks; do
		expect 1 "no snapshots in $dir/empty" top-$what --format $format "$dir/empty"
	done
done
expect 1 "no snapshots in $dir/empty" compact --per hour "$dir/empty"
expect 1 "no such snapshots in $dir/empty" uniques --from 2026-01-01 "$dir/empty"
expect 2 '--out: an empty path' export --table targets --out '' "$dir/empty"
expect 2 '--table: an empty name' export --table '' "$dir/empty"
prints '^ledger: interval_start sensor port queue account reason packets keys$' export --list-tables
prints '^teiten [0-9]' --version
for command in $("$teiten" --help | sed -n 's/^  \([a-z-]*\)  *.*/\1/p'); do
	prints '^Usage: teiten ' "$command" --help
	prints '^teiten [0-9]' "$command" --version
	expect 2 -- "$command" --no-such-option
done
prints '^teiten [0-9]' rules check --version
prints '^teiten [0-9]' rules match --version
prints '^teiten [0-9]' verify "$dir/empty" --version
expect 1 '--version: ' verify -- --version
expect 2 'too many operands: --version' verify -- "$dir/empty" --version
for command in info verify watch top-targets top-countries top-networks; do
	expect 2 "^teiten $command: PATH: an empty path" "$command" ''
done
exit $failed
