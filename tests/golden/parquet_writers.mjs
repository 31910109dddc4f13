// SPDX-License-Identifier: BSD-3-Clause
// Writes Parquet files into a directory, by another program:
//
//   node parquet_writers.mjs duckdb|clickhouse|polars DIRECTORY ROWS
//
// Files of the rows that parquet_foreign.py knows are named WRITER-VARIANT.parquet; what our reader is
// to refuse is named refused-WRITER-VARIANT.parquet. The programs are those of tests/readers. Exits with 77
// where the one at hand is not installed.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { locate } from '../readers/npm.mjs';

const [writer, directory, rowsText] = process.argv.slice(2);
const rows = Number(rowsText);

const file = (variant) => `${directory}/${writer}-${variant}.parquet`;
const refused = (variant) => `${directory}/refused-${writer}-${variant}.parquet`;

async function duckdb() {
	const { DuckDBInstance } = await import(locate('@duckdb/node-api'));
	const connection = await (await DuckDBInstance.create(':memory:', { threads: '1' })).connect();
	const copy = (select, to, options) => connection.run(
		`COPY (${select}) TO '${to}' (FORMAT parquet, ${options})`);
	const cells = `SELECT (n * 7919 % 2147483648 - 1073741824)::INTEGER AS i,
		n * 1000003 * (1 - 2 * (n % 2)) AS big, make_timestamptz(1795388100000000 + n * 1000) AS time,
		['CN', 'US', 'JP', '', '日'][n // 50 % 5 + 1] AS place, 'u' || n AS name, 'sensor-1' AS same,
		(4294967295 - n)::UINTEGER AS u32, (n * 1099511627776)::UBIGINT AS u64
		FROM range(${rows}) t(n)`;
	const groups = 'ROW_GROUP_SIZE 20480';

	for (const codec of ['zstd', 'snappy', 'gzip', 'uncompressed'])
		await copy(cells, file(codec), `COMPRESSION ${codec}, ${groups}`);
	await copy(`SELECT * REPLACE (encode(place) AS place) FROM (${cells})`, file('blob'),
		`COMPRESSION zstd, ${groups}`);
	for (const codec of ['brotli', 'lz4_raw'])
		await copy(cells, refused(codec), `COMPRESSION ${codec}`);
	await copy(cells, refused('delta'), 'COMPRESSION zstd, PARQUET_VERSION V2');
	for (const [name, value] of Object.entries({ double: '1.5::DOUBLE', boolean: 'true', list: '[1, 2]',
		struct: "{'a': 1}", date: "DATE '2026-01-05'", time: "TIME '12:00:00'", decimal: '1.5::DECIMAL(9,2)',
		local: "TIMESTAMP '2026-01-05 00:00:00'", uuid: 'gen_random_uuid()', null: 'NULL::INTEGER',
		hugeint: '1::HUGEINT' }))
		await copy(`SELECT ${value} AS c`, refused(name), 'COMPRESSION zstd');
}

async function clickhouse() {
	const program = fileURLToPath(new URL('../readers/clickhouse.py', import.meta.url));
	const write = (select, to, settings) => {
		const sql = `SELECT ${select} INTO OUTFILE '${to}' FORMAT Parquet SETTINGS ${settings}`;
		const { status } = spawnSync('python3', [program, sql], { stdio: 'inherit' });

		if (status !== 0)
			process.exit(status ?? 1);
	};
	const cells = (unit) => `toInt32(number * 7919 % 2147483648 - 1073741824) AS i,
		toInt64(number * 1000003) * (1 - 2 * (number % 2)) AS big,
		toDateTime64(fromUnixTimestamp64Micro(toInt64(1795388100000000 + number * 1000), 'UTC'), ${unit}, 'UTC') AS time,
		['CN', 'US', 'JP', '', '日'][intDiv(number, 50) % 5 + 1] AS place,
		concat('u', toString(number)) AS name, 'sensor-1' AS same,
		toUInt32(4294967295 - number) AS u32, toUInt64(number * 1099511627776) AS u64
		FROM numbers(${rows})`;
	const groups = 'output_format_parquet_row_group_size = 20000, max_block_size = 20000';

	for (const codec of ['zstd', 'snappy', 'gzip', 'none'])
		write(cells(6), file(codec), `output_format_parquet_compression_method = '${codec}', ${groups}`);
	write(cells(3), file('millis'), groups);
	write(cells(9), file('nanos'), groups);
	write(cells(6), file('binary'), `output_format_parquet_string_as_string = 0, ${groups}`);
	write(cells(6), file('plain'), `output_format_parquet_max_dictionary_size = 0, ${groups}`);
	write(cells(6), refused('brotli'), "output_format_parquet_compression_method = 'brotli'");
	write("number % 2 = 0 ? NULL : number AS c FROM numbers(10)", refused('null'), groups);
	write("[number] AS c FROM numbers(10)", refused('list'), groups);
	write("number / 2 AS c FROM numbers(10)", refused('double'), groups);
	write("toFixedString('ab', 2) AS c", refused('fixed'), 'output_format_parquet_fixed_string_as_fixed_byte_array = 1');
}

async function polars() {
	const { default: pl } = await import(locate('nodejs-polars'));
	const numbers = Array.from({ length: rows }, (_, n) => n);
	const places = ['CN', 'US', 'JP', '', '日'];
	// A series of dates has no time zone, whatever type it is given; text with an offset has UTC.
	const times = numbers.map((n) => new Date(1795388100000 + n).toISOString().replace('Z', '+0000'));
	const cells = pl.DataFrame([
		pl.Series('i', numbers.map((n) => n * 7919 % 2147483648 - 1073741824), pl.Int32),
		pl.Series('big', numbers.map((n) => n * 1000003 * (1 - 2 * (n % 2))), pl.Int64),
		pl.Series('time', times, pl.Utf8),
		pl.Series('place', numbers.map((n) => places[Math.floor(n / 50) % 5]), pl.Utf8),
		pl.Series('name', numbers.map((n) => `u${n}`), pl.Utf8),
		pl.Series('same', numbers.map(() => 'sensor-1'), pl.Utf8),
		pl.Series('u32', numbers.map((n) => 4294967295 - n), pl.UInt32),
		pl.Series('u64', numbers.map((n) => BigInt(n) * 1099511627776n), pl.UInt64),
	]).withColumn(pl.col('time').str.strptime(pl.Datetime('ms'), '%Y-%m-%dT%H:%M:%S%.3f%z'));

	for (const compression of ['zstd', 'snappy', 'gzip', 'uncompressed'])
		cells.writeParquet(file(compression), { compression });
	for (const compression of ['brotli', 'lz4'])
		cells.writeParquet(refused(compression), { compression });
	pl.DataFrame([pl.Series('c', [1.5], pl.Float64)]).writeParquet(refused('double'));
	pl.DataFrame([pl.Series('c', [1, null], pl.Int32)]).writeParquet(refused('null'));
	pl.DataFrame([pl.Series('c', [[1, 2]])]).writeParquet(refused('list'));
	pl.DataFrame([pl.Series('c', [new Date(0)], pl.Datetime('ms'))]).writeParquet(refused('local'));
}

await { duckdb, clickhouse, polars }[writer]();
