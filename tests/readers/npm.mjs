// SPDX-License-Identifier: BSD-3-Clause
// Finds a package that scripts/install-readers installed.
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const folder = resolve(process.env.TT_NODE_DIR ?? resolve(here, '../../build-node'));

// The URL to import a package by. Where it is not installed, says so and exits with 77.
export function locate(name) {
	if (!existsSync(resolve(folder, 'node_modules', name))) {
		console.error(`${name} is not installed in ${folder}: run scripts/install-readers`);
		process.exit(77);
	}
	return pathToFileURL(createRequire(resolve(folder, 'package.json')).resolve(name));
}
