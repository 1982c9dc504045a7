import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, normalize } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { proseOf } from '../support/documents.js';
import { exec, root, tool } from '../support/exec.js';
import { closedPort } from '../support/loopback.js';
import { folders, manifestIn, packAll, type PackedPackage } from '../support/packages.js';
import { type Registry, serveRegistry } from '../support/registry.js';

const work = mkdtempSync(join(tmpdir(), 'schmoozer-installed-'));
let packages: readonly PackedPackage[];
let registry: Registry;

beforeAll(async () => {
  packages = packAll(work);
  registry = await serveRegistry(packages, work);
}, 600_000);

afterAll(() => {
  registry.close();
  rmSync(work, { recursive: true, force: true });
}, 600_000);

const names = folders.map((folder) => manifestIn(folder).name);
const commands = folders.flatMap((folder) => {
  const { name, version, bin = {} } = manifestIn(folder);
  return Object.keys(bin).map((command) => ({ name, version, command }));
});

function packed(name: string): PackedPackage {
  return (
    packages.find(({ manifest }) => manifest.name === name) ?? expect.fail(`${name} is packed`)
  );
}

/** The text of a file that a tarball holds and that no build has made. */
function source({ folder }: PackedPackage, file: string): string {
  return readFileSync(join(root, folder, file), 'utf8');
}

/** Asks an inspector for its page and for all that follows from it: prints each path with its status. */
const PAGE_WALK = `
  import { startInspector } from '@schmoozer/inspector';
  const inspector = await startInspector({ port: 0 });
  const waiting = new Set([inspector.url]);
  const answers = [];
  for (const url of waiting) {
    const response = await fetch(url, { headers: { connection: 'close' } });
    const { pathname } = new URL(url);
    answers.push([pathname, response.status]);
    const text = await response.text();
    const add = (path) => waiting.add(new URL(path, url).href);
    const paths = /(?:src|href)="([^"#]+)"|"(\\/code\\/[^"]+)"/g;
    if (pathname === '/') for (const [, a, b] of text.matchAll(paths)) add(a ?? b);
    const imports = /^(?:im|ex)port .*?'(\\.[^']+)';$/gms;
    if (pathname.startsWith('/code/')) for (const [, path] of text.matchAll(imports)) add(path);
  }
  console.log(JSON.stringify(answers));
  await inspector.close();
`;

describe.each(names)('the tarball of %s', (name) => {
  it('holds what its manifest names, a README and the licence', () => {
    const { manifest, files } = packed(name);
    const targets = [...Object.values(manifest.exports), ...Object.values(manifest.bin ?? {})];
    expect(files).toEqual(
      expect.arrayContaining([...targets.map((target) => normalize(target)), 'README.md']),
    );
    expect(source(packed(name), 'LICENSE')).toBe(readFileSync(`${root}LICENSE`, 'utf8'));
    expect(files).toContain('LICENSE');
  });

  it('is published for everybody: a name with a scope is private unless its manifest says so', () => {
    const { name: published, publishConfig } = packed(name).manifest;
    if (published.startsWith('@')) expect(publishConfig).toEqual({ access: 'public' });
    else expect(publishConfig).toBeUndefined();
  });

  it('holds whatever its documents link to', () => {
    const { folder, files } = packed(name);
    const held = new Set(files.flatMap((file) => [file, ...foldersAbove(file)]));
    const dead = files
      .filter((file) => file.endsWith('.md'))
      .flatMap((file) =>
        [...proseOf(join(folder, file)).matchAll(/\]\(([^)\s]+)\)/g)]
          .map(([, target]) => (target as string).split('#')[0] as string)
          .filter((target) => target !== '' && !target.startsWith('https://'))
          .filter((target) => !held.has(normalize(join(dirname(file), target))))
          .map((target) => `${file}: ${target}`),
      );
    expect(dead).toEqual([]);
  });

  it('holds whatever its examples import by path', () => {
    const { files } = packed(name);
    const dead = files
      .filter((file) => /^examples\/.*\.tsx?$/.test(file))
      .flatMap((file) =>
        [...source(packed(name), file).matchAll(/from '(\.[^']+)'/g)]
          .map(([, path]) => normalize(join(dirname(file), path as string)))
          .filter((path) => {
            const [stem] = path.split(/\.js$/);
            return ![`${stem}.ts`, `${stem}.tsx`].some((candidate) => files.includes(candidate));
          })
          .map((path) => `${file}: ${path}`),
      );
    expect(dead).toEqual([]);
  });

  it('has declarations that import by path only what it holds', () => {
    const { tarball, files } = packed(name);
    const declarations = files.filter((file) => file.endsWith('.d.ts'));
    const folder = mkdtempSync(join(work, 'declarations-'));
    expect(exec('tar', ['-xzf', tarball, '-C', folder])).toMatchObject({ status: 0 });
    const dead = declarations.flatMap((file) =>
      [
        ...readFileSync(join(folder, 'package', file), 'utf8').matchAll(
          /(?:\bfrom |\bimport |\bimport\()["'](\.[^"']*)["']/g,
        ),
      ]
        .map(([, path]) => normalize(join(dirname(file), path as string)))
        .filter((path) => !files.includes(path))
        .map((path) => `${file}: ${path}`),
    );
    expect(dead).toEqual([]);
  });

  it('tells npx to fetch only packages that have a command', () => {
    const texts = packed(name).files.filter((file) => /^(?!dist).*\.(md|tsx?|html)$/.test(file));
    const fetched = texts.flatMap((file) =>
      [...source(packed(name), file).matchAll(/\bnpx (?:-\S+ )*(@?[\w/-]+)/g)].map(
        ([, fetches]) => ({ file, fetches }),
      ),
    );
    // `tsx` runs the TypeScript of the guide.
    const known = new Set(['tsx', ...commands.map((command) => command.name)]);
    expect(fetched.filter(({ fetches }) => !known.has(fetches as string))).toEqual([]);
  });
});

/** Packages whose client has types that need the DOM's: MQTT.js has timers in workers of a browser. */
const clientsOfTheDom: readonly string[] = ['@schmoozer/mqtt'];

describe.each(names)('%s, installed by npm into an empty folder', (name) => {
  let cwd: string;

  beforeAll(async () => {
    const folder = folders[names.indexOf(name)] as string;
    // What npm leaves to the user: some entries need one of them.
    const { peerDependencies = {}, peerDependenciesMeta = {} } = manifestIn(folder);
    const optional = Object.keys(peerDependenciesMeta).map(
      (peer) => `${peer}@${peerDependencies[peer]}`,
    );
    cwd = await registry.project(`alone-${folder}`, [name, '@types/node', ...optional]);
  }, 240_000);

  it('loads by each of its entries', () => {
    for (const entry of entriesOf(name)) {
      const code = `console.log(Object.keys(await import('${entry}')).length > 0)`;
      const run = exec(process.execPath, ['--input-type=module', '--eval', code], cwd);
      expect({ entry, ...run }).toEqual({ entry, status: 0, stdout: 'true\n', stderr: '' });
    }
  }, 120_000);

  it('compiles in strict mode, library files included', () => {
    const lines = entriesOf(name).map((entry, i) => `export * as entry${i} from '${entry}';`);
    writeFileSync(join(cwd, 'consumer.ts'), lines.join('\n'));
    const compilerOptions = {
      target: 'ES2022',
      lib: ['ES2022', ...(clientsOfTheDom.includes(name) ? ['DOM'] : [])],
      module: 'NodeNext',
      types: ['node'],
      strict: true,
      skipLibCheck: false,
      noEmit: true,
    };
    const config = JSON.stringify({ compilerOptions, files: ['consumer.ts'] });
    writeFileSync(join(cwd, 'tsconfig.json'), config);
    const { stdout, stderr } = tool('tsc', ['-p', '.'], cwd);
    expect(stdout + stderr).toBe('');
  }, 120_000);

  it.each(commands.filter((command) => command.name === name))(
    'has the command $command, which npx $name finds',
    async ({ version, command }) => {
      const bin = join(cwd, 'node_modules/.bin', command);
      const answer = { status: 0, stdout: `${version}\n`, stderr: '' };
      expect(exec(bin, ['--version'], cwd)).toEqual(answer);
      expect(exec(bin, ['--help'], cwd)).toMatchObject({
        status: 0,
        stdout: expect.stringContaining(`Usage: ${command}`),
        stderr: '',
      });
      const elsewhere = await registry.project('elsewhere', []);
      const fetched = await registry.run('npx', ['--yes', name, '--version'], elsewhere);
      expect(fetched).toMatchObject({ status: 0, stdout: `${version}\n` });
    },
    240_000,
  );
});

describe('@schmoozer/inspector, installed by npm', () => {
  it('serves its page, and whatever the page loads', async () => {
    const cwd = await registry.project('page', ['@schmoozer/inspector']);
    const run = exec(process.execPath, ['--input-type=module', '--eval', PAGE_WALK], cwd);
    expect(run).toMatchObject({ status: 0, stderr: '' });
    const answers = JSON.parse(run.stdout) as [string, number][];
    expect(answers.filter(([, status]) => status !== 200)).toEqual([]);
    expect(answers.map(([path]) => path)).toEqual(
      expect.arrayContaining(['/style.css', '/elk/elk-api.js', '/code/page/main.js']),
    );
    expect(answers.length).toBeGreaterThan(60);
  }, 240_000);
});

describe('@schmoozer/nats, installed by npm', () => {
  it('needs no client of JetStream, but for the entry of that name', async () => {
    const cwd = await registry.project('nats-without-jetstream', ['@schmoozer/nats']);
    const load = (name: string) => {
      const code = `await import('${name}')`;
      return exec(process.execPath, ['--input-type=module', '--eval', code], cwd);
    };
    expect(load('@schmoozer/nats')).toMatchObject({ status: 0, stderr: '' });
    expect(load('@schmoozer/nats/jetstream')).toMatchObject({ status: 1 });
  }, 240_000);
});

describe('@schmoozer/redis, installed by npm', () => {
  it.each([
    ['ioredis', 'ioredis', 'node-redis'],
    ['redis', 'node-redis', 'ioredis'],
  ])(
    'needs no client but %s',
    async (client, entry, other) => {
      const cwd = await registry.project(`redis-by-${client}`, ['@schmoozer/redis', client]);
      const load = (name: string) => {
        const code = `await import('@schmoozer/redis/${name}')`;
        return exec(process.execPath, ['--input-type=module', '--eval', code], cwd);
      };
      expect(load(entry)).toMatchObject({ status: 0, stderr: '' });
      expect(load(other)).toMatchObject({ status: 1 });
    },
    240_000,
  );
});

describe('@schmoozer/cli, installed by npm', () => {
  it('tells by its exit code a wrong command line from a server that is not there', async () => {
    const cwd = await registry.project('command', ['@schmoozer/cli']);
    const command = join(cwd, 'node_modules/.bin/schmoozer');
    expect(exec(command, ['tcp://localhost'], cwd)).toMatchObject({ status: 2, stdout: '' });
    const nobody = [`tcp://127.0.0.1:${await closedPort()}`, '--no-stdin', '--max-attempts', '1'];
    expect(exec(command, nobody, cwd)).toMatchObject({
      status: 1,
      stdout: '',
      stderr: expect.stringContaining('ECONNREFUSED'),
    });
  }, 240_000);
});

describe('all packages in one project', () => {
  it('leave the app its XState 5', async () => {
    const optional = folders.flatMap((folder) => {
      const { peerDependencies = {}, peerDependenciesMeta = {} } = manifestIn(folder);
      return Object.keys(peerDependenciesMeta).map((peer) => `${peer}@${peerDependencies[peer]}`);
    });
    const cwd = await registry.project('together', [...names, 'xstate', ...optional]);
    const manifest = readFileSync(join(cwd, 'node_modules/xstate/package.json'), 'utf8');
    expect((JSON.parse(manifest) as { version: string }).version).toMatch(/^5\./);
    const imports = names.flatMap((name) => entriesOf(name)).map((entry) => `import '${entry}';`);
    const run = exec(process.execPath, ['--input-type=module', '--eval', imports.join('')], cwd);
    expect(run).toEqual({ status: 0, stdout: '', stderr: '' });
  }, 240_000);
});

/** What a user of a package may import. */
function entriesOf(name: string): string[] {
  return Object.keys(packed(name).manifest.exports)
    .filter((entry) => !entry.endsWith('.json'))
    .map((entry) => name + entry.slice(1));
}

function foldersAbove(file: string): string[] {
  const folder = dirname(file);
  return folder === '.' ? [] : [folder, ...foldersAbove(folder)];
}
