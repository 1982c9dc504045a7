import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { basename, dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { exec, type Outcome, root } from './exec.js';
import type { PackedPackage } from './packages.js';

/** Against a hang. */
const DEADLINE_MS = 120_000;

export interface Registry {
  /** A new folder below `work` that has nothing but what npm installs into it. */
  project(name: string, packages: readonly string[], manifest?: object): Promise<string>;
  /** Runs npm, or npx, which asks this registry alone and keeps its cache below `work`. */
  run(command: 'npm' | 'npx', args: readonly string[], cwd: string): Promise<Outcome>;
  close(): void;
}

interface Release {
  readonly manifest: { readonly name: string; readonly version: string };
  /** Reads the tarball; it is made when it is first asked for. */
  readonly tarball: () => Buffer;
}

/**
 * A registry on loopback that has the packed packages, and whatever this repository has installed. npm resolves
 * names and ranges as it does for any user, so a dependency that is missing from a manifest is missing.
 */
export async function serveRegistry(
  packed: readonly PackedPackage[],
  work: string,
): Promise<Registry> {
  const releases = new Map<string, Release[]>();
  const add = (release: Release) => {
    const { name } = release.manifest;
    releases.set(name, [...(releases.get(name) ?? []), release]);
  };
  for (const { manifest, tarball } of packed)
    add({ manifest, tarball: () => readFileSync(tarball) });
  for (const [index, folder] of installedFolders().entries()) {
    const manifest = readFileSync(join(folder, 'package.json'), 'utf8');
    const tarball = () => archive(folder, join(work, 'archives', `${index}.tgz`));
    add({ manifest: JSON.parse(manifest) as Release['manifest'], tarball });
  }
  mkdirSync(join(work, 'archives'), { recursive: true });

  const server = createServer(({ url = '/' }, response) => {
    const [name = '', version] = url.slice(1).split('?')[0]?.split('/-/') ?? [];
    const found = releases.get(decodeURIComponent(name)) ?? [];
    const release = found.find(({ manifest }) => `${manifest.version}.tgz` === version);
    if (found.length > 0 && version === undefined) response.end(packument(found, address()));
    else if (release !== undefined) response.end(release.tarball());
    else response.writeHead(404).end('{}');
  });
  const address = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const env = {
    ...process.env,
    npm_config_registry: address(),
    npm_config_noproxy: '127.0.0.1',
    npm_config_cache: join(work, 'cache'),
    npm_config_userconfig: join(work, 'no-such-npmrc'),
    npm_config_audit: 'false',
    npm_config_fund: 'false',
    npm_config_ignore_scripts: 'true',
    npm_config_update_notifier: 'false',
  };
  const run: Registry['run'] = (command, args, cwd) => execAsync(command, args, cwd, env);
  return {
    run,
    async project(name, packages, manifest = { type: 'module' }) {
      const cwd = join(work, 'projects', name);
      mkdirSync(cwd, { recursive: true });
      writeFileSync(join(cwd, 'package.json'), JSON.stringify({ name: 'consumer', ...manifest }));
      const { status, stderr } = await run('npm', ['install', ...packages], cwd);
      if (status !== 0) throw new Error(`npm install ${packages.join(' ')} failed: ${stderr}`);
      return cwd;
    },
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** As `exec`, while this process goes on serving. */
async function execAsync(
  command: string,
  args: readonly string[],
  cwd: string,
  env: NodeJS.ProcessEnv,
): Promise<Outcome> {
  const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const kill = setTimeout(() => child.kill('SIGKILL'), DEADLINE_MS);
  const [stdout, stderr, [status]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close') as Promise<[number | null]>,
  ]);
  clearTimeout(kill);
  return { status, stdout, stderr };
}

/** Every installed package, also those that lie in a `node_modules` of a package's own. */
function installedFolders(): string[] {
  const lock = JSON.parse(readFileSync(`${root}package-lock.json`, 'utf8')) as {
    packages: Record<string, { link?: boolean }>;
  };
  return Object.entries(lock.packages)
    .filter(([path, { link }]) => path.includes('node_modules/') && link !== true)
    .map(([path]) => join(root, path))
    .filter((folder) => existsSync(join(folder, 'package.json')));
}

/** What a registry says about a name. */
function packument(releases: readonly Release[], address: string): string {
  const { name } = (releases[0] as Release).manifest;
  const versions = releases.map(({ manifest }) => {
    const tarball = `${address}/${encodeURIComponent(name)}/-/${manifest.version}.tgz`;
    return [manifest.version, { ...manifest, dist: { tarball } }];
  });
  const [latest] = releases.map(({ manifest }) => manifest.version).toSorted(descending);
  return JSON.stringify({
    name,
    'dist-tags': { latest },
    versions: Object.fromEntries(versions),
  });
}

function archive(folder: string, file: string): Buffer {
  if (!existsSync(file)) {
    const args = [
      '-czf',
      file,
      '--exclude',
      'node_modules',
      '-C',
      dirname(folder),
      basename(folder),
    ];
    const { status, stderr } = exec('tar', args);
    if (status !== 0) throw new Error(`tar failed: ${stderr}`);
  }
  return readFileSync(file);
}

function descending(a: string, b: string): number {
  return b.localeCompare(a, 'en', { numeric: true });
}
