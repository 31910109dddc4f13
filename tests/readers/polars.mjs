// SPDX-License-Identifier: BSD-3-Clause
// Runs JavaScript in which pl is Polars and which names a frame `answer`, lazy or not; prints its
// rows, tab-separated, null as \N:
//
//   node polars.mjs 'const answer = pl.scanParquet("a.parquet").select(pl.len())'
//
// scripts/install-readers puts Polars into build-node/ of the source tree; TT_NODE_DIR names
// another folder that holds node_modules. Exits with 77 where it is not installed, 1 where the
// program fails.
import { locate } from './npm.mjs';

if (process.argv.length !== 3) {
	console.error("usage: node polars.mjs 'PROGRAM'");
	process.exit(2);
}
const { default: pl } = await import(locate('nodejs-polars'));

const text = (value) => (value === null ? '\\N'
	: value instanceof Date ? value.toISOString() : String(value));

try {
	const answer = new Function('pl', `${process.argv[2]}\nreturn answer;`)(pl);
	const rows = (answer.collect ? await answer.collect() : answer).rows();

	process.stdout.write(rows.map((row) => row.map(text).join('\t') + '\n').join(''));
} catch (error) {
	console.error(`polars.mjs: ${error.message}`);
	process.exitCode = 1;
}
