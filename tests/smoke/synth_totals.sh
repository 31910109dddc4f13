#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# teiten synth: standard output and a file get the same bytes, and the totals that it states are
# those of the file.
#
#   synth_totals.sh TEITEN
set -u
teiten=$1
profile=$(dirname "$0")/../../profiles/measures.yaml
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

"$teiten" synth --profile "$profile" --packets 30000 --out "$dir/a.pcap" \
	--truth "$dir/truth.json" >/dev/null || exit 1
"$teiten" synth --profile "$profile" --packets 30000 --out - >"$dir/b.pcap" 2>/dev/null || exit 1
cmp "$dir/a.pcap" "$dir/b.pcap" || exit 1

python3 - "$dir/truth.json" "$dir/a.pcap" <<'END' || exit 1
import json, os, sys

truth = json.load(open(sys.argv[1]))
parts = truth["components"]
packets = sum(part["packets"] for part in parts)
# A header of 24 bytes, and one of 16 for each frame.
size = 24 + 16 * packets + sum(part["frame_bytes"] for part in parts)
assert packets == truth["packets"] == 30000, packets
assert size == os.path.getsize(sys.argv[2]), size
assert all(0 < part["sources"] <= part["packets"] for part in parts), parts
END

# The files that are written are those that are named.
for names in "1 $dir/s.pcap" "2 $dir/s-0.pcap and $dir/s-1.pcap" "3 $dir/s-0.pcap to $dir/s-2.pcap"; do
	said=$("$teiten" synth --profile "$profile" --packets 30 --split "${names%% *}" --out "$dir/s.pcap") || exit 1
	case $said in
	"${names#* }: 30 packets of "*) ;;
	*) echo "not \"${names#* }\": $said"; exit 1 ;;
	esac
	[ "$(ls "$dir"/s*.pcap | wc -l)" -eq "${names%% *}" ] || { ls "$dir"; exit 1; }
	rm "$dir"/s*.pcap
done

if "$teiten" synth --profile "$profile" --packets 5 --out "$dir/c.pcap" --truth /dev/full \
	>/dev/null 2>"$dir/err"; then
	echo "totals that could not be written, and no failure"
	exit 1
fi
grep -q '/dev/full: No space left' "$dir/err" || { cat "$dir/err"; exit 1; }

# A signal leaves the file that was there, and no other. (A shell starts what runs beside it without SIGINT.)
for signal in TERM:143 INT:130; do
	mkdir "$dir/stopped"
	echo before >"$dir/stopped/big.pcap"
	python3 - "$teiten" "$profile" "$dir/stopped" "$signal" <<'END' || exit 1
import os, pathlib, signal, subprocess, sys, time

teiten, profile, at, (name, status) = *sys.argv[1:4], sys.argv[4].split(":")
for split in "1", "2":
    run = subprocess.Popen([teiten, "synth", "--profile", profile, "--packets", "1000000000", "--split", split,
                            "--out", at + "/big.pcap"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    end = time.monotonic() + 60
    while not list(pathlib.Path(at).glob(".big*.tmp")):
        assert run.poll() is None and time.monotonic() < end
        time.sleep(0.01)
    run.send_signal(getattr(signal, "SIG" + name))
    out, err = run.communicate(timeout=60)
    assert (run.returncode, out) == (int(status), ""), (run.returncode, out)
    assert err.splitlines()[-1] == f"teiten synth: stopped by SIG{name}", err
    assert os.listdir(at) == ["big.pcap"], os.listdir(at)
END
	[ "$(cat "$dir/stopped/big.pcap")" = before ] || exit 1
	rm -r "$dir/stopped"
done
