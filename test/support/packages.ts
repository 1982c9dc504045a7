import {
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
} from 'node:fs';
import { join } from 'node:path';
import { exec, root } from './exec.js';

export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly private?: boolean;
  readonly publishConfig?: { readonly access?: string };
  readonly bin?: Readonly<Record<string, string>>;
  readonly exports: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>;
}

/** A package as `npm pack` leaves it. */
export interface PackedPackage {
  /** Relative to the root. */
  readonly folder: string;
  readonly manifest: Manifest;
  readonly tarball: string;
  /** What the tarball holds, relative to the package. */
  readonly files: readonly string[];
}

/** The folders of all packages that are published, relative to the root: the library first. */
export const folders: readonly string[] = [
  '.',
  ...readdirSync(`${root}packages`).map((name) => `packages/${name}`),
].filter((folder) => existsSync(join(root, folder, 'package.json')) && !manifestIn(folder).private);

export function manifestIn(folder: string): Manifest {
  return JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')) as Manifest;
}

/**
 * Packs every package, in a copy of this repository that has never been built. So a package that does not
 * build itself when it is packed shows, and the builds that other tests read stay as they are.
 */
export function packAll(target: string): PackedPackage[] {
  const copy = join(target, 'repository');
  const isMade = new Set(['node_modules', 'dist', 'coverage', '.git', '.tmp']);
  for (const folder of ['.', 'packages', ...folders.slice(1)]) {
    mkdirSync(join(copy, folder), { recursive: true });
    for (const name of readdirSync(join(root, folder))) {
      if (isMade.has(name) || (folder === '.' && name === 'packages')) continue;
      if (folder === 'packages' && existsSync(join(root, folder, name, 'package.json'))) continue;
      cpSync(join(root, folder, name), join(copy, folder, name), { recursive: true });
    }
    const modules = join(root, folder, 'node_modules');
    if (existsSync(modules)) linkModules(modules, join(copy, folder, 'node_modules'));
  }
  return folders.map((folder) => packOne(copy, folder, join(target, 'tarballs', folder)));
}

/**
 * Links what is installed. The packages of this repository are those of the copy, as they are for a maintainer who packs:
 * the compiler writes paths between them into declarations.
 */
function linkModules(from: string, to: string): void {
  mkdirSync(to);
  for (const name of readdirSync(from)) {
    const [source, target] = [join(from, name), join(to, name)];
    if (name === '@schmoozer') linkModules(source, target);
    else if (lstatSync(source).isSymbolicLink()) symlinkSync(readlinkSync(source), target);
    else symlinkSync(source, target);
  }
}

function packOne(copy: string, folder: string, target: string): PackedPackage {
  mkdirSync(target, { recursive: true });
  const pack = exec('npm', ['pack', '--pack-destination', target], join(copy, folder));
  if (pack.status !== 0) throw new Error(`npm pack failed in ${folder}: ${pack.stderr}`);
  const [name] = readdirSync(target).filter((file) => file.endsWith('.tgz'));
  if (name === undefined) throw new Error(`npm pack made nothing of ${folder}: ${pack.stdout}`);
  const tarball = join(target, name);
  const list = exec('tar', ['-tzf', tarball]);
  if (list.status !== 0) throw new Error(`tar failed: ${list.stderr}`);
  const files = list.stdout.trimEnd().split('\n');
  return {
    folder,
    manifest: manifestIn(folder),
    tarball,
    files: files.map((file) => file.replace(/^package\//, '')),
  };
}
