// SPDX-License-Identifier: BSD-3-Clause
// What DuckDB takes, with one thread, to read all columns of a Parquet file and to write its rows from
// memory into another one with zstd; one JSON object a line, seconds of CPU:
//
//   node duckdb_parquet.mjs FILE OTHER
//
// DuckDB is found as tests/smoke/duckdb/query.mjs does. Exits with 77 where it is not installed.
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const folder = resolve(process.env.TT_NODE_DIR ?? resolve(here, '../../build-node'));
const [file, other] = process.argv.slice(2);

if (!existsSync(resolve(folder, 'node_modules/@duckdb/node-api'))) {
	console.error('DuckDB is not installed: scripts/install-duckdb');
	process.exit(77);
}

const require = createRequire(resolve(folder, 'package.json'));
const { DuckDBInstance } = await import(pathToFileURL(require.resolve('@duckdb/node-api')));
const db = await DuckDBInstance.create(':memory:', { threads: '1' });
const connection = await db.connect();

const rows = async (sql) => (await connection.runAndReadAll(sql)).getRows();

async function timed(phase, sql) {
	const before = process.cpuUsage();
	const result = await rows(sql);
	const used = process.cpuUsage(before);

	console.log(JSON.stringify({ phase, cpu_s: (used.user + used.system) / 1e6 }));
	return result;
}

const source = `read_parquet('${file}')`;
const columns = await rows(`SELECT column_name, column_type FROM (DESCRIBE SELECT * FROM ${source})`);
const sums = columns.map(([name, type]) => (type === 'VARCHAR' ? `sum(strlen("${name}"))`
	: type.startsWith('TIMESTAMP') ? `sum(epoch_us("${name}"))` : `sum("${name}")`));

await timed('DuckDB read', `SELECT ${sums.join(', ')} FROM ${source}`);
await rows(`CREATE TABLE cells AS FROM ${source}`);
await timed('DuckDB write', `COPY cells TO '${other}' (FORMAT parquet, COMPRESSION zstd)`);
