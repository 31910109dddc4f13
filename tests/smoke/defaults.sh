#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Default files that are not there: what is off without them is said, unless none was asked for.
# Usage: defaults.sh ABSENT TEITEN [TEITEND]   (ABSENT: the module of absent.c)
set -u
absent=$1 teiten=$2 teitend=${3:-}
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
failed=0
if ldd "$teiten" | grep -q libasan; then
	echo "SKIP: the sanitizer wants to be loaded before anything else"
	exit 77
fi

# says STATUS LINES PATTERN MISSING COMMAND...: with files of that name missing, the status, so many
# lines on stderr, and one of them with the pattern.
says() {
	status=$1 lines=$2 pattern=$3 missing=$4
	shift 4
	LD_PRELOAD=$absent TT_ABSENT=$missing "$@" >"$dir/out" 2>"$dir/err"
	got=$?
	if [ "$got" -ne "$status" ] || [ "$(wc -l <"$dir/err")" -ne "$lines" ] ||
		{ [ -n "$pattern" ] && ! grep -q -e "$pattern" "$dir/err"; }; then
		echo "$* without $missing: status $got, expected $status, $lines lines and \"$pattern\":"
		cat "$dir/err"
		failed=1
	fi
}

printf 'alert udp any any -> any 1 (msg:"m"; classtype:attempted-recon; sid:7; rev:1;)\n' >"$dir/a.rules"
options="--spool $dir/spool --sensor s --monitored 192.0.2.0/24 --pairs 4096"
options="$options --geo none --asn none --rules $dir/a.rules"
off='warning: no fingerprints, since neither .*/fingerprints.yaml nor .*/fingerprints.yaml can be read; --fingerprints'

# shellcheck disable=SC2086
for program in "$teiten read" $teitend; do
	says 0 1 "$off" fingerprints.yaml $program $options --check-config
	says 2 2 "$off" fingerprints.yaml $program $options --check-config=strict
	says 2 2 'fingerprints: the default is not there; name a file, or none' fingerprints.yaml \
		$program $options --check-config=strict
	says 0 0 '' fingerprints.yaml $program $options --fingerprints none --check-config=strict
	says 0 1 'classtypes of signatures have no category' classification $program $options --check-config
	says 0 0 '' nothing $program $options --check-config=strict
done
# Said before a run as well.
says 1 2 "$off" fingerprints.yaml "$teiten" read $options "$dir/none.pcap"
for what in "check $dir/a.rules" "match --rules $dir/a.rules $dir/none.pcap"; do
	case $what in check*) status=0 lines=1 ;; *) status=1 lines=2 ;; esac
	says $status $lines 'no category, since .*--rule-classes names a file, or none' classification \
		"$teiten" rules $what
	says $status $((lines - 1)) '' classification "$teiten" rules $what --rule-classes none
done
exit $failed
