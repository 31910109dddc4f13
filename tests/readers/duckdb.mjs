// SPDX-License-Identifier: BSD-3-Clause
// Runs SQL in DuckDB and prints the rows, tab-separated, NULL as \N:
//
//   node duckdb.mjs "SQL"
//
// scripts/install-readers puts DuckDB into build-node/ of the source tree; TT_NODE_DIR names
// another folder that holds node_modules. Exits with 77 where DuckDB is not installed, 1 where
// the query fails. Extensions are never fetched.
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const folder = resolve(process.env.TT_NODE_DIR ?? resolve(here, '../../build-node'));

if (process.argv.length !== 3) {
	console.error('usage: node duckdb.mjs "SQL"');
	process.exit(2);
}
if (!existsSync(resolve(folder, 'node_modules/@duckdb/node-api'))) {
	console.error(`duckdb.mjs: DuckDB is not installed in ${folder}: run scripts/install-readers`);
	process.exit(77);
}

const require = createRequire(resolve(folder, 'package.json'));
const { DuckDBInstance } = await import(pathToFileURL(require.resolve('@duckdb/node-api')));

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
