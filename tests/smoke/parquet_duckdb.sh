#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# DuckDB, which shares no code with us, reads what our writer writes, and our reader what DuckDB
# writes.
#
#   parquet_duckdb.sh PARQUET_SAMPLE     (the helper of parquet_sample.c)
#
# Skipped (77) where node or DuckDB is not installed.
set -eu

sample=$1
query=$(dirname "$0")/../readers/duckdb.mjs
command -v node >/dev/null || { echo "skipped: no node"; exit 77; }

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
failed=0

sql() {
	node "$query" "$1"
}

# same WHAT EXPECTED FOUND
same() {
	if [ "$2" = "$3" ]; then
		echo "ok: $1"
	else
		printf 'not ok: %s\n  expected: %s\n  found:    %s\n' "$1" "$2" "$3"
		failed=1
	fi
}

status=0
sql "SELECT 1" >"$dir/out" 2>&1 || status=$?
if [ "$status" = 77 ]; then
	echo "skipped: $(cat "$dir/out")"
	exit 77
fi
same "DuckDB works" 1 "$(cat "$dir/out")"

tab=$(printf '\t')
rows=2300000 # three row groups
sums=$("$sample" "$dir/big.parquet" $rows)
hash_sum=${sums%%"$tab"*}
sha256=${sums##*"$tab"}
big="read_parquet('$dir/big.parquet')"

same "the hash is that of the file" "$sha256" "$(sha256sum <"$dir/big.parquet" | cut -d' ' -f1)"

same "DuckDB finds every value of many row groups and pages" \
	"$rows${tab}$rows${tab}$hash_sum${tab}$rows" "$(sql "
	SELECT count(*), count(DISTINCT row), sum(hash), count(*) FILTER (
		small = row % 1000
		AND signed = if(row % 2 = 0, -2147483648, 2147483647)
		AND epoch_us(time) = 1795388100000000 + row * 1000000
		AND country = ['CN', 'US', 'JP', '', '日'][row // 50 % 5 + 1]
		AND text = 't' || row
		AND constant = 'sensor-1')
	FROM $big")"

same "the types are what they were written as" \
	"BIGINT INTEGER TIMESTAMP WITH TIME ZONE VARCHAR" "$(sql "
	SELECT typeof(row), typeof(small), typeof(time), typeof(text)
	FROM $big LIMIT 1" | tr '\t' ' ')"

# Filters that the statistics of the row groups decide: outside of all, in one, at an edge.
same "filters find their rows where statistics decide on row groups" \
	"0${tab}1${tab}251424${tab}0${tab}1" "$(sql "
	SELECT (SELECT count(*) FROM $big WHERE row > 9000000),
		(SELECT count(*) FROM $big WHERE row = 2200000),
		(SELECT count(*) FROM $big WHERE row >= 2048576),
		(SELECT count(*) FROM $big WHERE text > 'u'),
		(SELECT count(*) FROM $big WHERE time = make_timestamptz(1795388100000000))")"

same "every chunk has its statistics and no nulls" "24${tab}24${tab}0${tab}3" "$(sql "
	SELECT count(stats_min_value), count(stats_max_value), sum(stats_null_count),
		count(DISTINCT row_group_id)
	FROM parquet_metadata('$dir/big.parquet')")"

same "who wrote it and the metadata are there" "teiten version${tab}a sample" "$(sql "
	SELECT (SELECT regexp_extract(created_by, '^[a-z]+ [a-z]+')
			FROM parquet_file_metadata('$dir/big.parquet')),
		(SELECT decode(value) FROM parquet_kv_metadata('$dir/big.parquet')
			WHERE decode(key) = 'what')")"

"$sample" "$dir/none.parquet" 0 >/dev/null
"$sample" "$dir/one.parquet" 1 >/dev/null
same "files of no row and of one row are read" "0${tab}1" "$(sql "
	SELECT (SELECT count(*) FROM read_parquet('$dir/none.parquet')),
		(SELECT count(*) FROM read_parquet('$dir/one.parquet') WHERE text = 't0')")"

ours=$("$sample" "$dir/big.parquet")
for codec in zstd snappy; do
	sql "COPY (FROM $big) TO '$dir/$codec.parquet' (FORMAT parquet, COMPRESSION $codec)" \
		>/dev/null
	same "our reader reads DuckDB's file ($codec)" "$ours" \
		"$("$sample" "$dir/$codec.parquet")"
done

sql "COPY (FROM $big LIMIT 10) TO '$dir/brotli.parquet' (FORMAT parquet, COMPRESSION brotli)" \
	>/dev/null
same "another codec is refused by name" \
	"parquet_sample: $dir/brotli.parquet: column row: codec BROTLI is not read" \
	"$("$sample" "$dir/brotli.parquet" 2>&1 || true)"

sql "COPY (SELECT CASE WHEN i = 7 THEN NULL ELSE i END AS i FROM range(10) t(i))
	TO '$dir/null.parquet' (FORMAT parquet, COMPRESSION zstd)" >/dev/null
same "a null is refused by name" 1 \
	"$("$sample" "$dir/null.parquet" 2>&1 | grep -c 'null.parquet: column i at offset [0-9]*: null values are not read')"

exit $failed
