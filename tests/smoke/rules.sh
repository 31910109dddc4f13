#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# teiten rules check: one line for each rule that is not loaded, numbers for each file, exit status.
# Usage: rules.sh TEITEN SOURCE_ROOT [TEITEND]
set -u
teiten=$1
root=$2
teitend=${3:-}
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
failed=0

# run STATUS ARGUMENT...: what it printed is in $dir/out and $dir/err.
run() {
	status=$1
	shift
	"$teiten" "$@" >"$dir/out" 2>"$dir/err"
	got=$?
	if [ "$got" -ne "$status" ]; then
		echo "teiten $*: status $got, expected $status"
		cat "$dir/err"
		failed=1
	fi
}

# has FILE LINE: a line of it.
has() {
	if ! grep -qxF -e "$2" "$dir/$1"; then
		echo "no line \"$2\" in:"
		cat "$dir/$1"
		failed=1
	fi
}

cat >"$dir/a.rules" <<'END'
alert udp $EXTERNAL_NET any -> $HOME_NET 1434 (msg:"a"; content:"|04|"; depth:1; sid:1; rev:2;)
alert tcp any any -> any any (flow:established; sid:2;)
alert tcp any any -> any any (asn1:oversize_length 5; sid:3; gid:4;)
alert tcp any any -> any any (content:"|0"; sid:5;)
alert udp any any -> $HOME_NET any (sid:1; rev:1;)
END
printf 'alert ip any any -> $PLACE any (classtype:x; sid:6;)\n' >"$dir/b.rules"
printf 'ipvar PLACE [192.0.2.0/24]\n' >"$dir/vars"
printf 'config classification: x,X,1,Scan\n' >"$dir/classes"

# says TEXT: somewhere on standard error.
says() {
	if ! grep -qF -e "$1" "$dir/err"; then
		echo "no \"$1\" in:"
		cat "$dir/err"
		failed=1
	fi
}

run 0 rules check "$dir/a.rules"
has out "$dir/a.rules:2: sid 2: unreachable: flow:established"
has out "$dir/a.rules:3: sid 4:3: unsupported: option asn1"
has out "$dir/a.rules:4: sid 5: broken: content: unfinished hexadecimal at column 40"
has out "$dir/a.rules:5: sid 1: duplicate: of revision 1, $dir/a.rules:1 has revision 2"
has out "$dir/a.rules: 5 rules: 1 loaded, 1 unreachable, 1 unsupported, 1 broken, 1 duplicate"
run 1 rules check --strict "$dir/a.rules"

# Where no sid was read, there is none to be named.
printf 'alert udp any any -> any 1 (msg:"x"; gid:7;)\nalert udp any any -> any (sid:5;)\n' >"$dir/none.rules"
run 0 rules check "$dir/none.rules"
has out "$dir/none.rules:1: broken: no sid at column 1"
if grep -q 'sid [0-9]*:*0:' "$dir/out"; then
	echo "a sid that is none:"
	cat "$dir/out"
	failed=1
fi
rm "$dir/none.rules"
run 1 rules check --strict --quiet "$dir/b.rules"
has out "$dir/b.rules: 1 rule: 0 loaded, 0 unreachable, 0 unsupported, 1 broken, 0 duplicate"
run 0 rules check --strict --rule-variables "$dir/vars" --rule-classes "$dir/classes" "$dir/b.rules"
has out "$dir/b.rules: 1 rule: 1 loaded, 0 unreachable, 0 unsupported, 0 broken, 0 duplicate"
# The names that these options had before, and none.
run 0 rules check --strict --vars "$dir/vars" --classification "$dir/classes" "$dir/b.rules"
run 1 rules check --strict --rule-variables "$dir/vars" --rule-variables none "$dir/b.rules"
run 0 rules check --rule-variables "$dir/vars" "$dir/a.rules" "$dir/b.rules"
has out "all files: 6 rules: 2 loaded, 1 unreachable, 1 unsupported, 1 broken, 1 duplicate"

run 0 rules check --summary "$dir/a.rules" "$dir/b.rules"
has out "       1 unreachable: flow:established (first: $dir/a.rules:2)"
has out "       1 duplicate: of revision (first: $dir/a.rules:5)"
has out '       1 broken: variable $PLACE is not defined (first: '"$dir/b.rules:1)"
run 0 rules check --json "$dir/a.rules"
has out '  "loaded": 1,'
has out '      "why": "option asn1"'

# More files than one, and what a check of the configuration says of them.
conf="--spool $dir/spool --sensor s --monitored 192.0.2.0/24 --pairs 4096 --geo none --asn none --check-config"
check="--rules $dir/a.rules --rule-variables $dir/vars --rules $dir/b.rules"
run 0 read $conf $check
has out "       1 unreachable: flow:established (first: $dir/a.rules:2)"
has out "$dir/a.rules: 5 rules: 1 loaded, 1 unreachable, 1 unsupported, 1 broken, 1 duplicate"
has out "$dir/b.rules: 1 rule: 1 loaded, 0 unreachable, 0 unsupported, 0 broken, 0 duplicate"
has out "all files: 6 rules: 2 loaded, 1 unreachable, 1 unsupported, 1 broken, 1 duplicate"
run 2 read $conf=strict $check
has err "teiten read: rules: 4 of 6 are not loaded (teiten rules check says which)"
run 0 read $conf=strict --rules "$dir/b.rules" --rule-variables "$dir/vars"
run 2 read $conf=loose
has err 'teiten read: --check-config: "loose"; it takes strict, or nothing'
run 0 read $conf=strict --rules "$dir/a.rules" --rules none
if [ -n "$teitend" ]; then
	"$teitend" $conf $check >"$dir/out" || failed=1
	has out "all files: 6 rules: 2 loaded, 1 unreachable, 1 unsupported, 1 broken, 1 duplicate"
	has out "the configuration is sound but for 1 rule that cannot be read"
	"$teitend" $conf=strict $check >"$dir/out" 2>"$dir/err"
	[ $? -eq 2 ] || failed=1
	has err "teitend: rules: 4 of 6 are not loaded (teiten rules check says which)"
fi
# Where no signature is loaded, a check says so, and fails where it is strict, also where there is no rule at all.
printf 'alert nonsense\n' >"$dir/wrong.rules"
printf '# to be written\n' >"$dir/empty.rules"
for file in wrong empty; do
	run 0 read $conf --rules "$dir/$file.rules"
	has out "rules: no signature of $dir/$file.rules is loaded, so nothing is detected (teiten rules check says why; --check-config=strict fails by it)"
	run 2 read $conf=strict --rules "$dir/$file.rules"
done
has err "teiten read: $dir/empty.rules: no rule in it"
run 0 read $conf --rules "$dir/wrong.rules" $check
! grep -q 'nothing is detected' "$dir/out" || { echo "some signatures are loaded"; failed=1; }
# What is broken is not sound, and a classtype that is not known is told there too.
run 0 read $conf $check
has out "the configuration is sound but for 1 rule that cannot be read"
printf 'alert ip any any -> any any (classtype:nowhere; sid:1;)\n' >"$dir/class.rules"
run 0 read $conf --rules "$dir/class.rules" --rule-classes "$dir/classes"
has out "       1 classtype of loaded rules is not known: category Others (first: $dir/class.rules:1)"
has out "the configuration is sound"
run 0 rules check --summary --rule-classes "$dir/classes" "$dir/class.rules"
has out "       1 classtype of loaded rules is not known: category Others (first: $dir/class.rules:1)"
printf 'rules:\n  - %s\n  - %s\n' "$dir/a.rules" "$dir/b.rules" >"$dir/teiten.yaml"
run 0 read $conf --config "$dir/teiten.yaml"
has out "all files: 6 rules: 1 loaded, 1 unreachable, 1 unsupported, 2 broken, 1 duplicate"

# What was detected is said of a spool, and of one snapshot.
run 0 synth --profile "$root/profiles/demo.yaml" --packets 300 --start 2026-11-22T00:00:00Z --out "$dir/a.pcap"
printf 'alert ip any any -> any any (msg:"all"; sid:1;)\n' >"$dir/all.rules"
run 0 read --spool "$dir/spool" --sensor s --monitored 203.0.113.0/24,198.51.100.0/24 --pairs 4096 --interval 86400 \
	--geo none --asn none --rules "$dir/all.rules" "$dir/a.pcap"
run 0 info "$dir/spool"
has out "  detections   300 by signatures"
run 0 info "$dir/spool/s/2026-11-22/20261122T000000Z"
has out "  detections   300 by signatures"
run 0 info --json "$dir/spool"
has out '      "detections": 300,'

# Where the rules keep SYNs from being sieved, a line says so and why: in the check, at the start, and nowhere else.
unsieved="SYNs are looked at one by one, not sieved 64 at once, which is only slower: the rules may match too many of them"
run 0 rules check "$dir/all.rules"
has out "$unsieved"
run 0 rules check --json "$dir/all.rules"
has out "  \"unsieved\": \"$unsieved\""
run 0 rules check --quiet "$dir/all.rules"
[ "$(wc -l <"$dir/out")" -eq 2 ] || { echo "not only numbers"; cat "$dir/out"; failed=1; }
run 0 read --spool "$dir/spool" --sensor u --monitored 192.0.2.0/24 --pairs 4096 --geo none --asn none --rules "$dir/all.rules" \
	"$dir/a.pcap"
has out "rules: $unsieved"
run 0 read --spool "$dir/spool" --sensor u --monitored 192.0.2.0/24 --rules "$dir/all.rules" --check-config
has out "$unsieved"
run 0 rules check "$dir/a.rules"
if grep -q sieved "$dir/out"; then
	echo "rules that are sieved are said not to be"
	failed=1
fi
run 0 rules check --json "$dir/a.rules"
has out '  "unsieved": null'

# The classes that come with teiten are the default.
printf 'alert udp any any -> any 1 (msg:"m"; classtype:attempted-recon; sid:7; rev:1;)\n' >"$dir/c.rules"
run 1 rules match --all --csv --rules "$dir/c.rules" /dev/null
has out '1,7,1,0,0,"Scan","m"'
run 1 rules match --all --csv --rules "$dir/all.rules" --rules none --rules "$dir/c.rules,$dir/b.rules" /dev/null
has out '1,7,1,0,0,"Scan","m"'
if grep -q ,all$ "$dir/out"; then
	echo "rules that were taken back are matched"
	failed=1
fi
run 1 rules match --all --csv --rule-classes none --rules "$dir/c.rules" /dev/null
has out '1,7,1,0,0,"Others","m"'

# Where counts are too low, one line says so, beside the CSV too.
{
	i=0
	while [ $i -lt 80 ]; do
		i=$((i + 1))
		echo "alert udp any any -> any any (pcre:\"/x$i/\"; sid:$i;)"
	done
} >"$dir/many.rules"
run 0 rules match --all --csv --rules "$dir/many.rules" "$dir/a.pcap"
if ! grep -Eqx 'teiten rules match: [0-9]+ packets cut short: rules can have matched more than that' "$dir/err"; then
	echo "no word of packets that were cut short:"
	cat "$dir/err"
	failed=1
fi
run 0 rules match --all --csv --rules "$dir/c.rules" "$dir/a.pcap"
if [ -s "$dir/err" ]; then
	echo "what is counted in full is warned of:"
	cat "$dir/err"
	failed=1
fi

run 0 synth --profile "$root/profiles/demo.yaml" --packets 1 --out "$dir/one.pcap"
run 0 rules match --all --rules "$dir/c.rules" "$dir/one.pcap"
grep -q '^1 frame, 1 IP packet among them, 1 rule' "$dir/out" || { echo "one frame is not one"; cat "$dir/out"; failed=1; }

# What engines warn of is said, and the rule is loaded.
run 0 rules check --strict --rule-variables "$dir/vars" "$dir/b.rules"
has out "$dir/b.rules:1: sid 6: loaded: classtype \"x\" is not known: priority 3, category Others"
run 0 rules check --strict --rule-variables "$dir/vars" --rule-classes none "$dir/b.rules"
if grep -q classtype "$dir/out"; then
	echo "a classtype is not known where none are"
	failed=1
fi

run 1 rules check "$dir/none.rules"
has err "teiten rules: $dir/none.rules: No such file or directory"
run 1 rules check --home-net nowhere "$dir/a.rules"
has err 'teiten rules: HOME_NET: no address: "nowhere"'
run 1 rules check --rule-classes "$dir/vars" "$dir/b.rules"
has err "teiten rules: $dir/vars:1: no line \"config classification: …\""
run 2 rules
says "teiten rules: what to do is missing: check"
run 2 rules frobnicate
says "teiten rules: unknown: frobnicate (check"
run 2 rules check
has err "teiten rules: FILE is missing"
run 0 rules check --strict --rule-classes "$root/rules/classification.config" /dev/null
exit $failed
