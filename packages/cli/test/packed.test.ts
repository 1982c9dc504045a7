import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exec, root } from '../../../test/support/exec.js';
import { closedPort } from '../../../test/support/loopback.js';
import { pack } from '../../../test/support/packed.js';

const DEADLINE_MS = 60_000;
const here = `${root}packages/cli/`;
const { version } = JSON.parse(readFileSync(`${here}package.json`, 'utf8')) as { version: string };

let library: ReturnType<typeof pack>;
let packed: ReturnType<typeof pack>;
let project: string;

beforeAll(() => {
  library = pack();
  packed = pack(here);
  project = mkdtempSync(join(tmpdir(), 'schmoozer-command-'));
}, DEADLINE_MS);

afterAll(() => {
  for (const folder of [library.folder, packed.folder, project]) {
    rmSync(folder, { recursive: true, force: true });
  }
});

describe('the tarball of the command', () => {
  it('holds the build, the sources its maps point to, and nothing else', () => {
    const unexpected = packed.files.filter(
      (file) =>
        !/^dist\/\w+\.(js|d\.ts|js\.map|d\.ts\.map)$/.test(file) && !/^src\/\w+\.ts$/.test(file),
    );
    expect(unexpected.toSorted()).toEqual(['LICENSE', 'README.md', 'package.json']);
    expect(packed.files).toContain('dist/cli.js');
  });

  it('has a command that begins with the name of its interpreter', () => {
    expect(readFileSync(`${here}dist/cli.js`, 'utf8')).toMatch(/^#!\/usr\/bin\/env node\n/);
  });

  // What both depend on comes from this repository: no registry is asked.
  it('runs where npm has installed it beside the library', { timeout: DEADLINE_MS }, async () => {
    writeFileSync(join(project, 'package.json'), '{ "name": "consumer", "type": "module" }\n');
    const needed = ['commander', 'ws', 'is-network-error', 'xstate'];
    const sources = needed.map((name) => `${root}node_modules/${name}`);
    const flags = ['--offline', '--ignore-scripts', '--no-audit', '--no-fund'];
    const tarballs = [library.tarball, packed.tarball];
    const install = exec('npm', ['install', ...flags, ...tarballs, ...sources], project);
    expect(install).toMatchObject({ status: 0 });

    const command = join(project, 'node_modules/.bin/schmoozer');
    expect(exec(command, ['--version'], project)).toEqual({
      status: 0,
      stdout: `${version}\n`,
      stderr: '',
    });
    expect(exec(command, ['--help'], project)).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('Usage: schmoozer [options] <url>'),
      stderr: '',
    });
    expect(exec(command, ['tcp://localhost'], project).status).toBe(2);
    const nobody = [`tcp://127.0.0.1:${await closedPort()}`, '--no-stdin', '--max-attempts', '1'];
    expect(exec(command, nobody, project)).toMatchObject({
      status: 1,
      stdout: '',
      stderr: expect.stringContaining('ECONNREFUSED'),
    });
  });
});

describe('the library that the lock file names', () => {
  it('is the one in this repository, wherever a package asks for it', () => {
    const { packages } = JSON.parse(readFileSync(`${root}package-lock.json`, 'utf8')) as {
      packages: Record<string, { resolved?: string; link?: boolean }>;
    };
    const places = Object.entries(packages).filter(([path]) =>
      /(^|\/)node_modules\/schmoozer$/.test(path),
    );
    expect(places).toEqual([['node_modules/schmoozer', { resolved: '', link: true }]]);
  });
});
