import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fencesOf, read } from '../support/documents.js';
import { exec, root, tool } from '../support/exec.js';
import { consumer, pack } from '../support/packed.js';
import { surface } from '../package/surface.js';

// What the README's section "What your project needs" says, shown on the packed package.

/** Entries that a browser has no use for; all others compile without the types of Node. */
const NEEDS_NODE = ['./tcp'];

const NODE = { lib: ['ES2022'], types: ['node'] };
const BROWSER = { lib: ['ES2022', 'DOM'], types: [] };
const NODE_NEXT = { module: 'NodeNext' };
const BUNDLER = { module: 'ESNext', moduleResolution: 'bundler' };

let packed: ReturnType<typeof pack>;
/** Has the types of Node; `bare` has not. */
let project: string;
let bare: string;

beforeAll(() => {
  packed = pack();
  project = consumer(packed, 'xstate');
  bare = consumer(packed, 'xstate-newest');
  rmSync(join(bare, 'node_modules/@types'), { recursive: true });
}, 120_000);

afterAll(() => rmSync(packed.folder, { recursive: true, force: true }));

/** What the compiler objects to; XState's own declarations are XState's to mend. */
function objections(cwd: string, file: string, code: string, options: object): string {
  writeFileSync(join(cwd, file), code);
  const compilerOptions = {
    target: 'ES2022',
    strict: true,
    skipLibCheck: false,
    noEmit: true,
    ...options,
  };
  writeFileSync(join(cwd, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: [file] }));
  const { stdout, stderr } = tool('tsc', ['-p', '.'], cwd);
  const errors = (stdout + stderr).split(/\n(?=\S)/);
  return errors.filter((error) => !error.startsWith('node_modules/xstate/')).join('\n');
}

/** Does something while the project is a package of that type. */
function typed<T>(type: 'module' | 'commonjs', cwd: string, act: () => T): T {
  const manifest = join(cwd, 'package.json');
  const before = readFileSync(manifest, 'utf8');
  writeFileSync(manifest, JSON.stringify({ name: 'consumer', type }));
  try {
    return act();
  } finally {
    writeFileSync(manifest, before);
  }
}

const importOf = (entry: string, i = 0) =>
  `export * as entry${i} from '${entry.replace('.', 'schmoozer')}';\n`;

describe('a TypeScript project for Node', { timeout: 120_000 }, () => {
  const programs = fencesOf('README.md').filter(({ info }) => info.startsWith('ts'));
  const code = programs[1]?.code ?? expect.fail('the README has a WebSocket, then a socket of TCP');

  it.each(
    programs.flatMap(({ line, code: each }) =>
      [NODE_NEXT, BUNDLER].map((module) => ({ line, module, each })),
    ),
  )('compiles the README’s program at line $line with $module', ({ module, each }) => {
    expect(objections(project, 'program.ts', each, { ...NODE, ...module })).toBe('');
  });

  it('runs the first program of the guide, which needs no compiler', () => {
    const [first] = fencesOf('docs/guide/first-link.md').filter(({ info }) => info === 'ts run');
    writeFileSync(join(project, 'first.mjs'), first?.code ?? expect.fail('no program'));
    const { status, stdout } = exec(process.execPath, ['first.mjs'], project);
    expect(stdout).toContain("{ status: 'completed', value: 'done' }");
    expect(status).toBe(0);
  });

  it('needs `"type": "module"` for it', () => {
    typed('commonjs', project, () => {
      const options = { ...NODE, ...NODE_NEXT };
      expect(objections(project, 'program.ts', code, options)).toMatch(/TS1309.*'await'/);
    });
  });

  it('needs @types/node for it', () => {
    const options = { ...NODE_NEXT, ...BROWSER };
    expect(objections(bare, 'program.ts', code, options)).toMatch(/'node:net'/);
  });

  it('needs @types/ws to pass the class of `ws`', () => {
    const withWs = `
      import { Continue } from 'schmoozer';
      import { webSocketConnector } from 'schmoozer/websocket';
      import { WebSocket } from 'ws';
      const run = () => Promise.resolve(Continue());
      export const connector = webSocketConnector({ url: 'wss://example.com', WebSocket, run });
    `;
    const options = { ...NODE, ...NODE_NEXT };
    cpSync(`${root}node_modules/ws`, join(project, 'node_modules/ws'), { recursive: true });
    expect(objections(project, 'ws.ts', withWs, options)).toMatch(/TS7016.*'ws'/);
    const types = 'node_modules/@types/ws';
    cpSync(join(root, types), join(project, types), { recursive: true });
    expect(objections(project, 'ws.ts', withWs, options)).toBe('');
  });
});

describe('a TypeScript project for a browser', { timeout: 120_000 }, () => {
  const entries = Object.keys(surface).filter((entry) => !NEEDS_NODE.includes(entry));

  // One by one: what an entry's declarations bring along is not to help the next.
  it.each(entries)('compiles %s without the types of Node', (entry) => {
    expect(objections(bare, 'entry.ts', importOf(entry), { ...BROWSER, ...BUNDLER })).toBe('');
  });

  it('compiles them together as Node resolves them, too', () => {
    const code = entries.map(importOf).join('');
    expect(objections(bare, 'entries.ts', code, { ...BROWSER, ...NODE_NEXT })).toBe('');
  });

  it.each(NEEDS_NODE)('needs the types of Node for %s', (entry) => {
    const options = { ...BROWSER, ...BUNDLER };
    expect(objections(bare, 'entry.ts', importOf(entry), options)).toMatch(/'node:/);
  });
});

describe('a CommonJS project', { timeout: 120_000 }, () => {
  const program = `
    const { createActor, setup } = require('xstate');
    const { Break, reconnectMachine } = require('schmoozer');
    const connector = { connect: async () => 'up', run: async (up) => Break(up) };
    const invoke = { src: 'link', input: { connector }, onDone: 'done' };
    const machine = setup({ actors: { link: reconnectMachine } }).createMachine({
      initial: 'busy',
      states: { busy: { invoke }, done: { type: 'final' } },
    });
    createActor(machine).start().subscribe({ complete: () => console.log('done') });
  `;
  const run = (...flags: string[]) => {
    writeFileSync(join(project, 'program.cjs'), program);
    return exec(process.execPath, [...flags, 'program.cjs'], project);
  };

  it('requires the package beside its own XState', () => {
    expect(run()).toEqual({ status: 0, stdout: 'done\n', stderr: '' });
    const xstate = `
      import { createRequire } from 'node:module';
      import { createActor } from 'xstate';
      console.log(createRequire(import.meta.url)('xstate').createActor === createActor);
    `;
    const args = ['--input-type=module', '--eval', xstate];
    expect(exec(process.execPath, args, project).stdout).toBe('true\n');
  });

  it('cannot where Node does not load ES modules so', () => {
    expect(run('--no-experimental-require-module').stderr).toContain('ERR_REQUIRE_ESM');
  });

  it('is understood by the compiler with NodeNext, not with Node16', () => {
    const code = `import { run } from 'schmoozer'; export const result = run;`;
    expect(objections(project, 'required.cts', code, { ...NODE, ...NODE_NEXT })).toBe('');
    const older = { ...NODE, module: 'Node16' };
    expect(objections(project, 'required.cts', code, older)).toMatch(/TS1479/);
  });
});

describe('Jest 29', { timeout: 120_000 }, () => {
  const esm = `import { run } from 'schmoozer';
    test('imports', () => expect(typeof run).toBe('function'));`;
  const cjs = `test('imports', async () => {
    const { run } = await import('schmoozer');
    expect(typeof run).toBe('function');
  });`;
  const jest = (type: 'module' | 'commonjs', code: string, ...flags: string[]) => {
    writeFileSync(join(bare, 'some.test.js'), code);
    const args = [...flags, `${root}node_modules/jest/bin/jest.js`, '--ci', '--rootDir', bare];
    const { status, stderr } = typed(type, bare, () => exec(process.execPath, args, bare));
    return { passed: status === 0, stderr };
  };

  it.each([
    ['module', esm],
    ['commonjs', cjs],
  ] as const)(
    'runs a test of a package of type %s with the flag, not without',
    (type, code) => {
      expect(jest(type, code, '--experimental-vm-modules')).toMatchObject({
        passed: true,
        stderr: expect.stringContaining('Tests:       1 passed'),
      });
      expect(jest(type, code).passed).toBe(false);
    },
    120_000,
  );
});

it('the README names the settings that are tried here, and no fewer', () => {
  const section = read('README.md').split('## What your project needs')[1]?.split('\n## ')[0] ?? '';
  const words = section.replaceAll(/\s+/g, ' ');
  const setting = (options: object) =>
    Object.entries(options).map(([key, value]) =>
      `"${key}": ${JSON.stringify(value)}`.replaceAll(',', ', '),
    );
  for (const text of [
    ...setting({ type: 'module', ...NODE, ...NODE_NEXT, lib: BROWSER.lib }),
    ...setting({ lib: NODE.lib }),
    `"${BUNDLER.module}"\` with \`"moduleResolution": "bundler"\``,
    ...NEEDS_NODE.map((entry) => `\`${entry.replace('.', 'schmoozer')}\``),
    '@types/node',
    '@types/ws',
    '"Node16"',
    'NODE_OPTIONS=--experimental-vm-modules',
  ]) {
    expect(words).toContain(text);
  }
});
