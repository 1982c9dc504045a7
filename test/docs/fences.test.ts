import { execFile } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseArguments } from '../../packages/cli/src/parseArguments.js';
import { documents, type Fence, fencesOf, read, root } from '../support/documents.js';

// `ts`: compiled under the project's own settings, against the built library. `ts run`: executed as well; what it
// prints must be, line for line, what stands after each `// =>`. `sh`: every command is one we know.
// `ts declaration`: a signature out of a source, in the reference, which a test compares with the sources.
const LANGUAGES = ['ts', 'ts run', 'ts declaration', 'sh'];
const DEADLINE_MS = 60_000;

const folder = join(root, '.tmp', `docs-${process.pid}`);
const fences = documents.flatMap((file) => fencesOf(file));
/** Examples that docs/recipes.md shows whole: `npm run typecheck` compiles them, `npm run test:recipes` runs them. */
const recipes = new Set(
  readdirSync(join(root, 'examples/recipes')).map((name) =>
    read(`examples/recipes/${name}`).trimEnd(),
  ),
);
const programs = fences.filter(
  ({ info, code }) => ['ts', 'ts run'].includes(info) && !recipes.has(code),
);
const nameOf = ({ file, line }: Fence) => `${file.replaceAll(/[^\w]/g, '-')}-${line}`;
const where = ({ file, line }: Fence) => `${file}:${line}`;
const node = (...args: string[]) =>
  promisify(execFile)(process.execPath, args, {
    cwd: root,
    timeout: DEADLINE_MS,
    encoding: 'utf8',
  });

/** What a reader of docs/guide types; the file is the one that test/docs/guide.test.ts runs. */
const ofTheGuide = (installed: string) => [
  'npm init -y',
  `npm install ${installed} ws`,
  'node first.mjs',
];

/** What the compiler says of them. */
let complaints: string;

beforeAll(async () => {
  mkdirSync(folder, { recursive: true });
  // The names of our packages lead to dist/, as they do for users.
  const compilerOptions = { noEmit: false, rootDir: '.', outDir: 'out', paths: {} };
  const config = { extends: '../../tsconfig.json', compilerOptions, include: ['*.ts'] };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config));
  for (const fence of programs) writeFileSync(join(folder, `${nameOf(fence)}.ts`), fence.code);
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  complaints = await node(tsc, '-p', folder).then(
    ({ stdout }) => stdout,
    (error: { stdout: string }) => error.stdout,
  );
}, DEADLINE_MS);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('code in the documents', () => {
  it('is in a language that is checked here', () => {
    const unknown = fences.filter(({ info }) => !LANGUAGES.includes(info));
    expect(unknown.map((fence) => `${where(fence)} ${fence.info}`)).toEqual([]);
  });

  it('is a declaration in the reference alone', () => {
    const declarations = fences.filter(({ info }) => info === 'ts declaration');
    expect(declarations.filter(({ file }) => !file.startsWith('docs/reference/'))).toEqual([]);
    expect(programs.filter(({ file }) => file.startsWith('docs/reference/'))).toEqual([]);
  });

  it('compiles under the settings of this project', () => {
    expect(complaints).toBe('');
    expect(programs.length).toBeGreaterThan(5);
  });

  it.each(programs.filter(({ info }) => info === 'ts run').map((fence) => [where(fence), fence]))(
    'prints what it says it prints: %s',
    { timeout: DEADLINE_MS },
    async (_where, fence) => {
      const promised = [...fence.code.matchAll(/\/\/ => (.*)$/gm)].map(([, text]) => text);
      expect(promised).not.toEqual([]);
      const { stdout } = await node(join(folder, 'out', `${nameOf(fence)}.js`));
      expect(stdout.trimEnd().split('\n')).toEqual(promised);
    },
  );

  const { name, peerDependencies, scripts } = JSON.parse(read('package.json'));
  const commands = fences
    .filter(({ info }) => info === 'sh')
    .flatMap((fence) => fence.code.split(/\n| && /).map((command) => [where(fence), command]));

  it.each(commands)('names a command that exists: %s %s', (_where, command) => {
    const [, script] = /^npm (?:run )?([\w:]+)(?: -- .+)?$/.exec(command as string) ?? [];
    const isScript = script !== undefined && script in scripts;
    const [, args] = /^(?:echo [\w ]+ \| )?npx @schmoozer\/cli (.+)$/.exec(command as string) ?? [];
    // Throws when the command line is wrong.
    if (args !== undefined) return void parseArguments(args.split(' '), { out() {}, err() {} });
    const installed = [name, ...Object.keys(peerDependencies)].join(' ');
    const others = ['npm ci', `npm install ${installed}`, ...ofTheGuide(installed)];
    expect(isScript || others.includes(command as string)).toBe(true);
  });
});
