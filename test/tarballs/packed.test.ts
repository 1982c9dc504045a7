import { cpSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exec, root, tool } from '../support/exec.js';
import { consumer, pack, xstateVersion } from '../support/packed.js';
import { surface } from '../package/surface.js';

const manifest = JSON.parse(readFileSync(`${root}package.json`, 'utf8')) as {
  dependencies: Record<string, string>;
  peerDependencies: Record<string, string>;
  exports: Record<string, string>;
};
/** `.` and the subpaths that are code. */
const entries = Object.keys(manifest.exports).filter((entry) => entry !== './package.json');

const versions = [
  ['xstate', '5.28.0'],
  ['xstate-newest', '5.33.3'],
] as const;
const resolutions = [
  ['NodeNext', 'NodeNext'],
  ['ESNext', 'bundler'],
] as const;
const combinations = versions.flatMap(([xstate, version]) =>
  resolutions.map(([module, resolution]) => ({ xstate, version, module, resolution })),
);

let packed: ReturnType<typeof pack>;
const projects: Record<string, string> = {};

beforeAll(() => {
  packed = pack();
  for (const [xstate] of versions) projects[xstate] = consumer(packed, xstate);
}, 60_000);

afterAll(() => rmSync(packed.folder, { recursive: true, force: true }));

function project(xstate: string): string {
  return projects[xstate] ?? expect.fail(`no project for ${xstate}`);
}

/** Compiles a file of the consumer's; what the compiler prints, and where the result lies. */
function compile(
  file: string,
  options: { xstate: string; module: string; resolution: string; exact?: boolean },
) {
  const cwd = project(options.xstate);
  cpSync(`${root}test/tarballs/fixtures/${file}`, join(cwd, file));
  const outDir = `out-${options.resolution}`;
  const compilerOptions = {
    target: 'ES2022',
    lib: ['ES2023', 'ESNext.Disposable'],
    module: options.module,
    moduleResolution: options.resolution,
    types: ['node'],
    strict: true,
    exactOptionalPropertyTypes: options.exact ?? false,
    skipLibCheck: false,
    outDir,
  };
  const config = `tsconfig.${options.resolution}.json`;
  writeFileSync(join(cwd, config), JSON.stringify({ compilerOptions, files: [file] }));
  const { stdout, stderr, status } = tool('tsc', ['-p', config], cwd);
  return { status, printed: stdout + stderr, emitted: join(outDir, file.replace(/ts$/, 'js')) };
}

describe('the packed tarball', () => {
  it('holds the build, the sources its maps point to, documents, examples, and nothing else', () => {
    const unexpected = packed.files.filter(
      (file) =>
        !/^dist\/[\w/-]+(\.(generated|browser))?\.(js|d\.ts|js\.map|d\.ts\.map)$/.test(file) &&
        !/^src\/[\w/-]+(\.(generated|browser))?\.ts$/.test(file) &&
        !/^docs\/[\w/-]+\.(md|svg)$/.test(file) &&
        !/^(bench|examples|packages\/cli)\/decisions\/[\w-]+\.md$/.test(file) &&
        !/^examples\/[\w/-]+\.(tsx?|html|css)$/.test(file) &&
        !/^packages\/[\w-]+\/(README\.md|inspector\.png)$/.test(file) &&
        !['LICENSE', 'README.md', 'CHANGELOG.md', 'package.json'].includes(file),
    );
    expect(unexpected).toEqual([]);
    expect(packed.files).toEqual(
      expect.arrayContaining(['LICENSE', 'CHANGELOG.md', 'package.json']),
    );
  });

  it.each(entries)('has the code and the types of entry %s', (entry) => {
    const file = (manifest.exports[entry] ?? '').replace('./', '');
    expect(packed.files).toContain(file);
    expect(packed.files).toContain(file.replace(/js$/, 'd.ts'));
  });

  it.each(versions)('is given %s %s', (xstate, version) => {
    expect(xstateVersion(project(xstate))).toBe(version);
  });

  describe.each(combinations)('with xstate $version, $resolution', (options) => {
    it('type-checks a program in strict mode, library files included, and runs it', () => {
      const { status, printed, emitted } = compile('consumer.ts', options);
      expect(printed).toBe('');
      expect(status).toBe(0);
      const ran = exec(process.execPath, [emitted], project(options.xstate));
      expect(ran.stderr).toBe('');
      expect(JSON.parse(ran.stdout)).toEqual({
        value: 'port 1',
        opened: [1, 2],
        output: { status: 'completed', value: 'port 1' },
        app: { status: 'completed' },
      });
      expect(ran.status).toBe(0);
    }, 60_000);

    // XState's own declarations do not compile under exactOptionalPropertyTypes, which `strict` leaves out.
    it('has no error of its own under exactOptionalPropertyTypes, only those of XState', () => {
      const { printed } = compile('consumer.ts', { ...options, exact: true });
      const places = printed.split('\n').filter((line) => /^\S.*error TS/.test(line));
      expect(places.filter((line) => !line.startsWith('node_modules/xstate/'))).toEqual([]);
    }, 60_000);
  });

  it('no longer type-checks when the actor degrades to any', () => {
    const types = join(
      project('xstate'),
      'node_modules/schmoozer/dist/machine/reconnectActor.d.ts',
    );
    const original = readFileSync(types, 'utf8');
    try {
      writeFileSync(
        types,
        `export declare const createReconnectActor: any;
         export declare class ReconnectActor<T> { field: T }
         export type ReconnectActorOptions = any;`,
      );
      const { printed } = compile('consumer.ts', combinations[0] ?? expect.fail());
      expect(printed).toMatch(/TS2578: Unused '@ts-expect-error' directive/);
    } finally {
      writeFileSync(types, original);
    }
  }, 60_000);
});

describe('what comes along', () => {
  it('is one package beside xstate, and no command', () => {
    expect(Object.keys(manifest.dependencies)).toEqual(['is-network-error']);
    expect(Object.keys(manifest.peerDependencies)).toEqual(['xstate']);
    expect(manifest).not.toHaveProperty('bin');
  });
});

describe('the public surface', () => {
  it('is written down for every entry', () => {
    expect(Object.keys(surface).toSorted()).toEqual(entries.toSorted());
  });

  it.each(Object.entries(surface))('of %s is exactly what is listed', (entry, names) => {
    const specifier = entry.replace('.', 'schmoozer');
    const code = `console.log(JSON.stringify(Object.keys(await import('${specifier}'))))`;
    const args = ['--input-type=module', '--eval', code];
    const { stdout, stderr } = exec(process.execPath, args, project('xstate'));
    expect(stderr).toBe('');
    expect((JSON.parse(stdout) as string[]).toSorted()).toEqual(names.values.toSorted());
  });

  it.each(Object.entries(surface))('of %s lists every exported type', (entry, names) => {
    const file = (manifest.exports[entry] ?? '').replace(/js$/, 'd.ts');
    const declarations = join(project('xstate'), 'node_modules/schmoozer', file);
    expect(existsSync(declarations)).toBe(true);
    // With what it takes over from another file as a whole.
    const text = readFileSync(declarations, 'utf8').replace(
      /export \* from '(\.\/.+)\.js';/g,
      (_, other: string) => readFileSync(join(dirname(declarations), `${other}.d.ts`), 'utf8'),
    );
    const lists = [...text.matchAll(/export (type )?\{([^}]*)\}/g)].flatMap(([, all, list = '']) =>
      list
        .split(',')
        .map((name) => name.trim())
        .filter((name) => name !== '' && (all !== undefined || name.startsWith('type ')))
        .map((name) => name.replace(/^type /, '')),
    );
    expect(lists.toSorted()).toEqual(names.types.toSorted());
  });
});
