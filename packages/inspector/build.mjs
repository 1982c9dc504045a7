// Compiles the package, and puts beside the page what its own connection runs on: the page asks no other host.
import { execFileSync } from 'node:child_process';
import { cpSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const require = createRequire(import.meta.url);
const here = dirname(fileURLToPath(import.meta.url));
const library = join(here, '../..');
const xstate = dirname(require.resolve('xstate/package.json'));
const isNetworkError = join(xstate, '../is-network-error');

rmSync(join(here, 'dist'), { recursive: true, force: true });
const tsc = join(dirname(require.resolve('typescript/package.json')), 'bin/tsc');
execFileSync(process.execPath, [tsc, '-p', join(here, 'tsconfig.build.json')], {
  stdio: 'inherit',
});

vendor('schmoozer', library, 'dist/index.js', 'LICENSE');
vendor('xstate', xstate, 'dist/xstate.esm.js', 'LICENSE');
vendor('is-network-error', isNetworkError, 'index.js', 'license');

/** Copies an entry, all that it imports by relative paths, and the licence. */
function vendor(name, from, entry, licence) {
  const target = join(here, 'dist/vendor', name);
  const files = new Set([join(from, entry)]);
  for (const file of files) {
    for (const [, path] of readFileSync(file, 'utf8').matchAll(
      /^(?:im|ex)port .*?'(\.[^']+)';$/gms,
    )) {
      files.add(join(dirname(file), path));
    }
    cpSync(file, join(target, relative(from, file)));
  }
  cpSync(join(from, licence), join(target, 'LICENSE'));
}
