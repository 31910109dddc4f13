// SPDX-License-Identifier: BSD-3-Clause
// Reads Parquet files of one schema with hyparquet, which is JavaScript alone, and prints the number
// of rows, then for each column its name and the sum of its integers, or how many different values
// there are of what is no integer:
//
//   node hyparquet.mjs FILE...
//
// scripts/install-readers puts it into build-node/ of the source tree; TT_NODE_DIR names another
// folder that holds node_modules. Exits with 77 where it is not installed.
import { locate } from './npm.mjs';

const { asyncBufferFromFile, parquetReadObjects, parquetMetadataAsync } = await import(locate('hyparquet'));
const { compressors } = await import(locate('hyparquet-compressors'));

// Times as the integers that they are, since JavaScript's dates end at milliseconds.
const parsers = { timestampFromMicroseconds: (us) => us };
const isInteger = (column) => column.type.startsWith('INT') && !column.logical_type;
const columns = new Map(); // name -> {sum} or {values}
let rows = 0;

function add(name, integer, value) {
	if (!columns.has(name)) {
		columns.set(name, integer ? { sum: 0n } : { values: new Set() });
	}
	const column = columns.get(name);

	if (integer) {
		column.sum += BigInt(value);
	} else {
		column.values.add(value);
	}
}

for (const path of process.argv.slice(2)) {
	const file = await asyncBufferFromFile(path);
	const metadata = await parquetMetadataAsync(file);
	const schema = metadata.schema.slice(1);
	const objects = await parquetReadObjects({ file, metadata, compressors, parsers });

	rows += objects.length;
	for (const object of objects) {
		for (const column of schema) {
			add(column.name, isInteger(column), object[column.name]);
		}
	}
}
console.log(`\t${rows}`);
for (const [name, column] of columns) {
	console.log(`${name}\t${column.sum ?? column.values.size}`);
}
