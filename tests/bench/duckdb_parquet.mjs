// SPDX-License-Identifier: BSD-3-Clause
// What DuckDB takes, with one thread, to read all columns of a Parquet file and to write its rows from
// memory into another one with zstd; one JSON object a line, seconds of CPU:
//
//   node duckdb_parquet.mjs FILE OTHER
//
// scripts/install-readers puts DuckDB into build-node/ of the source tree; TT_NODE_DIR names another folder that
// holds node_modules. Exits with 77 where it is not installed.
import { locate } from '../readers/npm.mjs';

const [file, other] = process.argv.slice(2);
const { DuckDBInstance } = await import(locate('@duckdb/node-api'));
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
