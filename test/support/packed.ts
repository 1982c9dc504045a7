import { cpSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exec, root } from './exec.js';

export interface Packed {
  /** A folder to delete in the end. */
  readonly folder: string;
  /** What the tarball holds, relative to the package. */
  readonly files: readonly string[];
}

/** Packs a built package, the library by default; fails loudly when npm does. */
export function pack(from = root): Packed & { readonly tarball: string } {
  const folder = mkdtempSync(join(tmpdir(), 'schmoozer-packed-'));
  // The build is made once, before the tests; --ignore-scripts keeps prepack from clearing dist under other tests.
  const args = ['pack', '--json', '--ignore-scripts', '--pack-destination', folder];
  const { status, stdout, stderr } = exec('npm', args, from);
  if (status !== 0) throw new Error(`npm pack failed: ${stderr}`);
  const report = JSON.parse(stdout) as PackReport[] | Record<string, PackReport>;
  const [packed] = Object.values(report);
  if (packed === undefined) throw new Error(`npm pack reported nothing: ${stdout}`);
  return {
    folder,
    tarball: join(folder, packed.filename),
    files: packed.files.map(({ path }) => path),
  };
}

interface PackReport {
  readonly filename: string;
  readonly files: readonly { readonly path: string }[];
}

/** A consumer's project that has the tarball and one xstate installed, and nothing else of ours. */
export function consumer(
  { folder, tarball }: { folder: string; tarball: string },
  xstate: 'xstate' | 'xstate-newest',
): string {
  const project = join(folder, xstate);
  const installed = join(project, 'node_modules');
  mkdirSync(join(installed, 'schmoozer'), { recursive: true });
  const { status, stderr } = exec('tar', [
    '-xzf',
    tarball,
    '-C',
    join(installed, 'schmoozer'),
    '--strip-components=1',
  ]);
  if (status !== 0) throw new Error(`tar failed: ${stderr}`);
  const modules = `${root}node_modules/`;
  cpSync(modules + xstate, join(installed, 'xstate'), { recursive: true });
  for (const name of ['is-network-error', '@types/node', 'undici-types']) {
    cpSync(modules + name, join(installed, name), { recursive: true });
  }
  writeFileSync(join(project, 'package.json'), '{ "name": "consumer", "type": "module" }\n');
  return project;
}

/** The version of xstate a consumer has. */
export function xstateVersion(project: string): string {
  const file = join(project, 'node_modules/xstate/package.json');
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}
