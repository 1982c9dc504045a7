import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { root, tool } from '../support/exec.js';

/** A file that breaks a rule, the rule, and where it stands. */
const offences: readonly [path: string, code: string, rule: string][] = [
  ...[
    'policy/a',
    'core/errors',
    'connectors/a',
    'tcp',
    'websocket',
    'connectors/websocket/a',
  ].flatMap((file): [string, string, string][] => [
    [`src/${file}.ts`, "import 'xstate';", 'no-restricted-imports'],
    [`src/${file}.ts`, "import '../machine/machine.js';", 'no-restricted-imports'],
    [`src/${file}.ts`, "import '../actors/task.js';", 'no-restricted-imports'],
  ]),
  ...[
    'policy/a',
    'core/errors',
    'actors/a',
    'machine/a',
    'machine/run',
    'browser/a',
    'connectors/a',
    'testing/a',
  ].flatMap((file): [string, string, string][] => [
    [`src/${file}.ts`, "import '../index.js';", 'no-restricted-imports'],
    [`src/${file}.ts`, "import 'schmoozer';", 'no-restricted-imports'],
  ]),
  ...['policy/a', 'actors/a', 'machine/a', 'browser/a', 'connectors/a'].map(
    (file): [string, string, string] => [
      `src/${file}.ts`,
      "import '../testing/virtualClock.js';",
      'no-restricted-imports',
    ],
  ),
  ...['websocket', 'connectors/websocket/a', 'connectors/perAttempt'].flatMap(
    (file): [string, string, string][] => [
      [`src/${file}.ts`, "import 'node:net';", 'no-restricted-imports'],
      [`src/${file}.ts`, "import 'ws';", 'no-restricted-imports'],
      [`src/${file}.ts`, "import 'schmoozer';", 'no-restricted-imports'],
      [`src/${file}.ts`, "import '../testing/virtualClock.js';", 'no-restricted-imports'],
    ],
  ),
  ['src/actors/a.ts', "import '../machine/machine.js';", 'no-restricted-imports'],
  ['src/actors/a.ts', "import '../machine/reconnectActor.js';", 'no-restricted-imports'],
  ['src/machine/a.ts', "import 'node:timers';", 'no-restricted-imports'],
  ['src/machine/a.ts', 'export const chance = Math.random();', 'no-restricted-properties'],
  ['src/machine/a.ts', 'export const date = Date.now();', 'no-restricted-properties'],
  ['src/machine/a.ts', 'export const now = performance.now();', 'no-restricted-properties'],
  ['src/machine/a.ts', 'setTimeout(() => {}, 1);', 'no-restricted-globals'],
  ['src/machine/a.ts', 'setInterval(() => {}, 1);', 'no-restricted-globals'],
  ['src/browser/a.ts', 'setTimeout(() => {}, 1);', 'no-restricted-globals'],
  ['src/browser/a.ts', 'export const date = Date.now();', 'no-restricted-properties'],
  ['src/machine/a.ts', 'export let loose: any;', 'no-explicit-any'],
  ['src/machine/a.ts', 'Promise.resolve(1);', 'no-floating-promises'],
];

/** What each layer may do. */
const allowed: readonly [path: string, code: string][] = [
  ['src/policy/ok.ts', "import '../core/errors.js';"],
  ['src/actors/ok.ts', "import 'xstate';"],
  ['src/machine/ok.ts', "import '../actors/task.js';"],
  ['src/testing/ok.ts', "import './virtualClock.js';"],
  ['src/connectors/ok.ts', "import 'node:timers';"],
];

interface Diagnostic {
  readonly code: string;
  readonly filename: string;
  readonly labels: readonly { readonly span: { readonly line: number } }[];
}

let folder = '';
let found: readonly Diagnostic[] = [];

/** All lines of all cases, by file: one run of the linter tells them apart by line. */
const files = new Map<string, string[]>();
for (const [path, code] of [...offences, ...allowed]) {
  files.set(path, [...(files.get(path) ?? []), code]);
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'schmoozer-layering-'));
  symlinkSync(`${root}node_modules`, join(folder, 'node_modules'));
  for (const config of ['.oxlintrc.json', 'tsconfig.json']) {
    cpSync(root + config, join(folder, config));
  }
  for (const [path, lines] of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), `${lines.join('\n')}\nexport {};\n`);
  }
  const { stdout } = tool('oxlint', ['--format=json', 'src'], folder);
  found = (JSON.parse(stdout) as { diagnostics: Diagnostic[] }).diagnostics;
}, 60_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function rulesBrokenBy(path: string, code: string): string[] {
  const line = (files.get(path) ?? []).indexOf(code) + 1;
  return found
    .filter(({ filename, labels }) => filename === path && labels[0]?.span.line === line)
    .map((diagnostic) => diagnostic.code);
}

describe('the linter', () => {
  it.each(offences)('in %s refuses %s', (path, code, rule) => {
    expect(rulesBrokenBy(path, code).join()).toContain(`(${rule})`);
  });

  it.each(allowed)('in %s allows %s', (path, code) => {
    expect(rulesBrokenBy(path, code).filter((rule) => rule.includes('restricted'))).toEqual([]);
  });
});
