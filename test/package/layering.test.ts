import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, posix } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { entries, floors, rows } from '../../scripts/floors.mjs';
import { root, tool } from '../support/exec.js';

/** A line of code in a file, and the rule that it breaks; undefined if it breaks none. */
type Case = readonly [path: string, code: string, rule: string | undefined];

const FLOORS = 'floors(imports)';
const CIRCLE = 'import(no-cycle)';
const TIME = 'eslint(no-restricted-globals)';
const CHANCE = 'eslint(no-restricted-properties)';
const ANY = 'typescript(no-explicit-any)';
const FLOATING = 'typescript(no-floating-promises)';
const RULES = [FLOORS, CIRCLE, TIME, CHANCE, ANY, FLOATING];
// What is imported is no file of the scratch copy: `a` never imports `a`, or there would be circles.
const folders = rows.map(({ folder }) => folder);
const fileIn = (folder: string, name = 'a'): string => `src/${folder}/${name}.ts`;
const importOf = (from: string, to: string): string =>
  `import '${posix
    .relative(dirname(from), to)
    .replace(/^(?!\.)/, './')
    .replace('.ts', '.js')}';`;

const pairs: Case[] = rows.flatMap(({ folder, imports }) =>
  folders.map((other): Case => {
    const isAllowed = other === folder || imports.includes(other);
    const code = importOf(fileIn(folder), fileIn(other, 'b'));
    return [fileIn(folder), code, isAllowed ? undefined : FLOORS];
  }),
);

const fromEntries: Case[] = entries.flatMap(({ entry, imports }) =>
  folders.map((folder): Case => {
    const path = `src/${entry}.ts`;
    const isAllowed = imports.includes(folder);
    return [path, importOf(path, fileIn(folder, 'b')), isAllowed ? undefined : FLOORS];
  }),
);

const toEntries: Case[] = [...folders.map((folder) => fileIn(folder)), 'src/tcp.ts'].flatMap(
  (path): Case[] => [
    ...entries
      .filter(({ entry }) => path !== `src/${entry}.ts`)
      .map(({ entry }): Case => [path, importOf(path, `src/${entry}.ts`), FLOORS]),
    [path, "import 'schmoozer';", FLOORS],
    [path, "import 'schmoozer/testing';", FLOORS],
  ],
);

/** The files that may import XState; the table does not say so a second time. */
const XSTATE = [
  'src/actors/taskLogic.ts',
  'src/compiled/compiledActor.ts',
  'src/compiled/reconnectLogic.ts',
  'src/machine/reconnectActor.ts',
  'src/machine/reconnectMachine.ts',
  'src/machine/setup.ts',
  'src/many/group/groupLogic.ts',
];
const toPackages: Case[] = [
  ...XSTATE.map((path): Case => [path, "import type { Actor } from 'xstate';", undefined]),
  ...[...folders.map((folder) => fileIn(folder)), 'src/index.ts', 'src/testing.ts'].flatMap(
    (path): Case[] => [
      [path, "import 'xstate';", FLOORS],
      [path, "import type { Actor } from 'xstate';", FLOORS],
      [path, "import 'xstate/graph';", FLOORS],
      [path, "import '@xstate/react';", FLOORS],
      [path, "import 'ws';", FLOORS],
      [path, "import 'vitest';", FLOORS],
      [
        path,
        "import isNetworkError from 'is-network-error';",
        path === fileIn('policy') ? undefined : FLOORS,
      ],
    ],
  ),
];

const toNode: Case[] = rows.flatMap(({ folder, node = [] }): Case[] =>
  [
    'diagnostics_channel',
    'events',
    'fs',
    'net',
    'process',
    'timers',
    'timers/promises',
    'tls',
  ].flatMap((module): Case[] => {
    const rule = node.includes(module.split('/')[0] as string) ? undefined : FLOORS;
    return [
      [fileIn(folder), `import 'node:${module}';`, rule],
      [fileIn(folder), `import '${module}';`, rule],
    ];
  }),
);

/** Every way to write an import from `machine` to a folder above it. */
const ways: Case[] = [
  "import x1 from '../inspect/x.js';",
  "import { x2 } from './../inspect/x.js';",
  "import * as x3 from '../../src/inspect/x.js';",
  "import type { X4 } from '../actors/../inspect/x.js';",
  "import { type X5 } from '.././inspect/x.js';",
  "import '../inspect/x.js';",
  "import x7 = require('../inspect/x.js');",
  "export { x8 } from '../inspect/x.js';",
  "export type { X9 } from '../inspect/x.js';",
  "export * from '../inspect/x.js';",
  "export * as x11 from '../inspect/x.js';",
  "export const x12 = import('../inspect/x.js');",
  'export const x13 = import(`../inspect/x.js`);',
  "export const x14 = import('../inspect/' + 'x.js');",
  "export type X15 = import('../inspect/x.js').X;",
  "export let x16: typeof import('../inspect/x.js');",
  "declare module '../inspect/x.js' { interface X { x17: 1 } }",
  "import '../inspect';",
  "import '..';",
  "import '../../package.json';",
  "import '../../test/support/exec.js';",
  "import '/src/inspect/x.js';",
  "import '#inspect/x.js';",
].map((code): Case => ['src/machine/ways.ts', code, FLOORS]);

/** What passed before there was a table: these stand whatever the table says. */
const leaks: Case[] = (
  [
    ['core', 'policy'],
    ['core', 'inspect'],
    ['policy', 'inspect'],
    ['policy', 'connectors/tcp'],
    ['actors', 'inspect'],
    ['actors', 'browser'],
    ['machine', 'inspect'],
    ['machine', 'browser'],
    ['machine', 'connectors/tcp'],
    ['machine', 'explain'],
    ['machine', 'testing'],
    ['connectors/tcp', 'browser'],
    ['connectors/tcp', 'inspect'],
    ['connectors/websocket', 'connectors/tcp'],
    ['connectors/websocket', 'browser'],
    ['browser', 'inspect'],
    ['browser', 'machine'],
    ['inspect', 'testing'],
    ['inspect', 'connectors/websocket'],
  ] as const
).map(([from, to]): Case => {
  const path = fileIn(from, 'leak');
  return [path, importOf(path, fileIn(to, 'b')), FLOORS];
});

const time: Case[] = ['machine', 'browser', 'connectors/tcp', 'inspect', 'testing'].flatMap(
  (folder): Case[] => [
    [fileIn(folder), 'export const chance = Math.random();', CHANCE],
    [fileIn(folder), 'export const date = Date.now();', CHANCE],
    [fileIn(folder), 'export const now = performance.now();', CHANCE],
    [fileIn(folder), 'setTimeout(() => {}, 1);', TIME],
    [fileIn(folder), 'setInterval(() => {}, 1);', TIME],
  ],
);

const others: Case[] = [
  ['src/machine/a.ts', 'export let loose: any;', ANY],
  ['src/machine/a.ts', 'Promise.resolve(1);', FLOATING],
  ['src/inspect/backgroundClock.ts', 'setTimeout(() => {}, 1);', undefined],
  ['src/inspect/messages.ts', 'export const date = Date.now();', undefined],
  // A folder or an entry that no row is about.
  ['src/machine/deeper/a.ts', 'export {};', FLOORS],
  ['src/other/a.ts', 'export {};', FLOORS],
  ['src/other.ts', 'export {};', FLOORS],
  // A circle, though of types alone.
  ['src/policy/ring.ts', "export type { Back } from './gnir.js';", CIRCLE],
  ['src/policy/gnir.ts', "import type { Ring } from './ring.js'; export type Back = Ring;", CIRCLE],
  // Tests and examples import what they like.
  ['test/a.ts', "import '../src/machine/b.js';", undefined],
  ['test/a.ts', "import '../src/index.js';", undefined],
];

interface Diagnostic {
  readonly code: string;
  readonly filename: string;
  readonly labels: readonly { readonly span: { readonly line: number } }[];
}

/** The lines of each file: one run of the linter tells the cases apart by line. */
function linesOf(cases: readonly Case[]): Map<string, string[]> {
  const lines = new Map<string, Set<string>>();
  for (const [path, code] of cases) lines.set(path, (lines.get(path) ?? new Set()).add(code));
  return new Map([...lines].map(([path, codes]) => [path, [...codes]]));
}

/** Lints the cases in a scratch copy of all that the linter reads. */
function lint(cases: readonly Case[], changeTable = (table: string) => table): Diagnostic[] {
  // Real, for the plugin compares paths, and a temporary folder may be behind a link.
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'schmoozer-layering-')));
  try {
    symlinkSync(`${root}node_modules`, join(folder, 'node_modules'));
    for (const file of ['.oxlintrc.json', 'tsconfig.json', 'scripts/floorsPlugin.mjs']) {
      cpSync(root + file, join(folder, file));
    }
    const table = readFileSync(`${root}scripts/floors.mjs`, 'utf8');
    writeFileSync(join(folder, 'scripts/floors.mjs'), changeTable(table));
    mkdirSync(join(folder, 'test'));
    for (const [path, lines] of linesOf(cases)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), `${lines.join('\n')}\nexport {};\n`);
    }
    const { stdout } = tool('oxlint', ['--format=json', 'src', 'test'], folder);
    return (JSON.parse(stdout) as { diagnostics: Diagnostic[] }).diagnostics;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Of the rules that this test is about, those that a line breaks. */
function rulesBrokenBy(found: readonly Diagnostic[], path: string, line: number): string[] {
  return found
    .filter(({ filename, labels }) => filename === path && labels[0]?.span.line === line)
    .map(({ code }) => code)
    .filter((code) => RULES.includes(code));
}

describe('the linter', () => {
  const cases = {
    'from folder to folder': pairs,
    'from an entry to a folder': fromEntries,
    'to an entry': toEntries,
    'to a package': toPackages,
    'to a module of Node': toNode,
    'in every way to write an import': ways,
    'where nothing refused it before there was a table': leaks,
    'of time and chance': time,
    'of other kinds': others,
  };
  const all = Object.values(cases).flat();
  const lines = linesOf(all);
  let found: readonly Diagnostic[] = [];
  beforeAll(() => {
    found = lint(all);
  }, 120_000);

  describe.each(Object.entries(cases))('%s', (_, some) => {
    it.each(some)('in %s, of %s, thinks %s', (path, code, rule) => {
      const line = (lines.get(path) as string[]).indexOf(code) + 1;
      expect(rulesBrokenBy(found, path, line)).toEqual(rule === undefined ? [] : [rule]);
    });
  });

  it('takes its word from the table: with a looser row a leak passes', () => {
    const leak: Case = ['src/policy/a.ts', "import '../inspect/b.js';", FLOORS];
    const loosened = lint([leak], (table) =>
      table.replace(/(folder: 'policy',[^}]*imports: \[)/, "$1'inspect', "),
    );
    expect(rulesBrokenBy(lint([leak]), leak[0], 1)).toEqual([FLOORS]);
    expect(rulesBrokenBy(loosened, leak[0], 1)).toEqual([]);
  });
});

describe('the table', () => {
  const floorOf = (folder: string) =>
    floors.findIndex((floor) => floor.some((row) => row.folder === folder));

  it.each(rows)('lets $folder import lower floors only', ({ folder, imports }) => {
    const floor = floorOf(folder);
    expect(imports.filter((other) => !(floorOf(other) >= 0 && floorOf(other) < floor))).toEqual([]);
  });

  it('lets nothing that runs in a browser import what needs Node', () => {
    const onNode = rows.filter(({ node }) => node !== undefined).map(({ folder }) => folder);
    const inBrowsers = rows.filter(({ node }) => node === undefined);
    expect(
      inBrowsers.flatMap(({ imports }) => imports.filter((other) => onNode.includes(other))),
    ).toEqual([]);
    expect(inBrowsers.map(({ folder }) => folder)).toEqual(
      expect.arrayContaining([
        'core',
        'policy',
        'actors',
        'machine',
        'compiled',
        'connectors',
        'connectors/websocket',
        'browser',
      ]),
    );
  });

  it('names XState for seven files, which exist', () => {
    const files = rows.flatMap(({ folder, xstate = [] }) =>
      xstate.map((file) => `src/${folder}/${file}`),
    );
    expect(files.toSorted()).toEqual(XSTATE);
    expect(files.filter((file) => !existsSync(root + file))).toEqual([]);
  });

  it('has the entries that exist', () => {
    expect(entries.filter(({ entry }) => !existsSync(`${root}src/${entry}.ts`))).toEqual([]);
  });
});
