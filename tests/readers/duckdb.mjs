// SPDX-License-Identifier: BSD-3-Clause
// Runs SQL in DuckDB and prints the rows, tab-separated, NULL as \N:
//
//   node duckdb.mjs "SQL"
//
// scripts/install-readers puts DuckDB into build-node/ of the source tree; TT_NODE_DIR names
// another folder that holds node_modules. Exits with 77 where DuckDB is not installed, 1 where
// the query fails. Extensions are never fetched.
import { locate } from './npm.mjs';

if (process.argv.length !== 3) {
	console.error('usage: node duckdb.mjs "SQL"');
	process.exit(2);
}
const { DuckDBInstance } = await import(locate('@duckdb/node-api'));

const text = (value) => (value === null ? '\\N'
	: value instanceof Uint8Array ? Buffer.from(value).toString() : String(value));

try {
	const db = await DuckDBInstance.create(':memory:', {
		autoinstall_known_extensions: 'false',
		autoload_known_extensions: 'false',
		threads: '2',
	});
	const connection = await db.connect();
	const result = await connection.runAndReadAll(process.argv[2]);
	const rows = result.getRows().map((row) => row.map(text).join('\t') + '\n');

	process.stdout.write(rows.join(''));
} catch (error) {
	console.error(`duckdb.mjs: ${error.message}`);
	process.exitCode = 1;
}
