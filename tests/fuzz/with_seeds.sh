#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Runs a fuzz target on files that another program makes:
#
#   with_seeds.sh SEED_PROGRAM FUZZ_TARGET [OPTION…]
set -eu

seeds=$1
target=$2
shift 2
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
"$seeds" "$dir"
"$target" "$@" "$dir"
