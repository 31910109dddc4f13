// SPDX-License-Identifier: BSD-3-Clause
// Reads an Avro file with Polars and prints its number of rows and, for each column, a line with its name and
// the sum of its integers, the number of its distinct texts, or its least and greatest time in microseconds:
//
//   node polars.mjs FILE
//
// scripts/install-polars puts Polars into build-node/ of the source tree; TT_NODE_DIR names another
// folder that holds node_modules. Exits with 77 where Polars is not installed.
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const folder = resolve(process.env.TT_NODE_DIR ?? resolve(here, '../../build-node'));

if (!existsSync(resolve(folder, 'node_modules/nodejs-polars'))) {
	console.error(`polars.mjs: Polars is not installed in ${folder}: run scripts/install-polars`);
	process.exit(77);
}

let polars;
try {
	polars = createRequire(resolve(folder, 'package.json'))('nodejs-polars');
} catch (error) {
	console.error(`polars.mjs: Polars does not load here: ${error.message.split('\n')[0]}`);
	process.exit(77);
}
const pl = polars.default ?? polars;
const frame = pl.readAvro(process.argv[2]);

// Times through Int64, since a Date of JavaScript has milliseconds only.
const fact = (name) => {
	const type = String(frame.schema[name]);

	if (type.includes('String') || type.includes('Utf8'))
		return frame.height === 0 ? 0 : frame.getColumn(name).nUnique();
	if (type.includes('Datetime')) {
		const us = frame.select(pl.col(name).cast(pl.Int64)).getColumn(name);

		return frame.height === 0 ? '- -' : `${us.min()} ${us.max()}`;
	}
	return frame.height === 0 ? 0 : frame.select(pl.col(name).cast(pl.Int64)).getColumn(name).sum();
};

console.log(frame.height);
for (const name of frame.columns)
	console.log(`${name}\t${fact(name)}`);
