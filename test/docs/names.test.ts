import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { commands, emittedTypes, tags } from '../../src/machine/vocabulary.js';
import { documents, read, root, rowsOf, sourceFiles } from '../support/documents.js';

/** The same members, in any order. */
const sorted = (list: readonly unknown[]): string[] =>
  list.map((member) => JSON.stringify(member)).toSorted((a, b) => (a < b ? -1 : 1));
/** What people have written: the reference has every name by itself. */
const everything = documents
  .filter((file) => !file.startsWith('docs/reference/'))
  .map(read)
  .join('\n');

/** The members of a union of string literals in a source text. */
function literalsOf(source: string, type: string): string[] {
  const union = new RegExp(`type ${type} =([^;]+);`).exec(source)?.[1] ?? '';
  return [...union.matchAll(/'([^']+)'/g)].map(([, literal]) => literal as string);
}

describe('errors in the documents', () => {
  // Each area declares its own.
  const sources = sourceFiles.map(read).filter((source) => /extends SchmoozerError\b/.test(source));
  const codes = sources.flatMap((source) => [
    ...literalsOf(source, '\\w*ErrorCode'),
    ...[...source.matchAll(/extends SchmoozerError<'(ERR_\w+)'>/g)].map(([, code]) => code),
  ]);
  const classes = sources.flatMap((source) =>
    [
      ...source.matchAll(
        /^export class (\w+) extends (?:SchmoozerError<|AbortReason)(?:.|\n)+?\n}$/gm,
      ),
    ].flatMap(([text, name]) => {
      const code = /super\(\s*'(ERR_\w+)'/.exec(text)?.[1];
      // One class for several codes is told which.
      const all = code === undefined ? literalsOf(source, `${name}Code`) : [code];
      return all.map((each) => [each, name]);
    }),
  );
  const pairs = (file: string) => rowsOf(file, 'code').map(([code, name]) => [code, name]);

  it('docs/errors.md has every code of every area with its class, and no other', () => {
    expect(codes).toEqual(
      expect.arrayContaining(['ERR_CONNECT_TIMEOUT', 'ERR_WEBSOCKET_CLOSED', 'ERR_OFFLINE']),
    );
    expect(sorted(pairs('docs/errors.md').map(([code]) => code))).toEqual(sorted(codes));
    expect(sorted(pairs('docs/errors.md'))).toEqual(sorted(classes));
  });

  it('the guide has rows of that table only', () => {
    const shown = pairs('docs/guide/errors-and-retries.md');
    expect(shown.length).toBeGreaterThan(3);
    for (const pair of shown) expect(classes).toContainEqual(pair);
  });
});

describe('events in the documents', () => {
  const source = read('src/machine/vocabulary.ts');

  it('each emitted event has a row with exactly its fields', () => {
    const emitted = source.split('export type ReconnectEmitted')[1]?.split(';\n\n')[0] ?? '';
    const events = emitted
      .split(/type: '/)
      .slice(1)
      .map((text) => ({
        type: /^[\w.]+/.exec(text)?.[0] as string,
        fields: [...text.matchAll(/readonly (\w+\??):/g)]
          .map(([, f]) => f as string)
          .filter((f) => f !== 'type'),
      }));
    expect(events.map(({ type }) => type)).toEqual(emittedTypes);
    const rows = rowsOf('docs/events.md', 'event').map(([type, fields]) => ({
      type,
      fields: [...(fields ?? '').matchAll(/\w+\??/g)].map(([field]) => field),
    }));
    const byType = (list: readonly { readonly type?: string | undefined }[]) =>
      list.toSorted((a, b) => String(a.type).localeCompare(String(b.type)));
    expect(byType(rows)).toEqual(byType(events));
  });

  it('each cause, command, status and tag has a row', () => {
    const shown = (heading: string) => rowsOf('docs/events.md', heading).map(([cell]) => cell);
    const output = source.split('export type ReconnectOutput')[1]?.split('\n\n')[0] ?? '';
    const statuses = [...output.matchAll(/status: '(\w+)'/g)].map(([, status]) => status);
    expect(sorted(shown('cause'))).toEqual(sorted(literalsOf(source, 'CloseCause')));
    expect(sorted(shown('cause of closing'))).toEqual(sorted(literalsOf(source, 'ClosingCause')));
    expect(sorted(shown('command'))).toEqual(sorted(commands));
    expect(sorted(shown('status'))).toEqual(sorted(statuses));
    expect(sorted(shown('tag'))).toEqual(sorted(tags));
  });
});

describe('public names', () => {
  const entries = Object.values(JSON.parse(read('package.json')).exports as Record<string, string>)
    .map((path) => path.replace(/^\.\/dist\/(.+)\.js$/, 'src/$1.ts'))
    .filter((path) => path.endsWith('.ts') && existsSync(join(root, path)));

  /** With what it takes over from another file as a whole. */
  const sourceOf = (entry: string): string =>
    read(entry).replace(/export \* from '\.\/(.+)\.js';/g, (_, file) => read(`src/${file}.ts`));

  it.each(entries)('every export of %s is mentioned in the documents', (entry) => {
    const names = [...sourceOf(entry).matchAll(/export (?:type )?\{([^}]+)\}/g)]
      .flatMap(([, list]) => (list as string).split(','))
      .map((name) => name.trim().replace(/^type | as default$/g, ''))
      .filter((name) => name !== '');
    expect(names.length).toBeGreaterThan(0);
    const isMentioned = (name: string) => new RegExp(`\\b${name}\\b`).test(everything);
    expect(names.filter((name) => !isMentioned(name))).toEqual([]);
  });

  it('that look like a code or an error class in the documents exist in the sources', () => {
    const mentioned = [...everything.matchAll(/`(ERR_\w+|[A-Z]\w*Error)`/g)].map(
      ([, name]) => name as string,
    );
    const native = [
      'TypeError',
      'ReferenceError',
      'SyntaxError',
      'RangeError',
      'URIError',
      'AbortError',
    ];
    native.push('AggregateError', 'SecurityError');
    const testing = read('src/testing/coverage.ts') + read('src/testing/modelTestError.ts');
    const known = [
      'src/core/errors.ts',
      'src/machine/linkEndedError.ts',
      'src/browser/offlineError.ts',
      'src/many/discoveryError.ts',
      'src/many/queueFullError.ts',
      'src/many/group/groupStoppedError.ts',
      'src/many/budgetError.ts',
      'src/many/lockError.ts',
      'src/outbox/errors.ts',
      'src/outbox/file/errors.ts',
      'src/connectors/tcp/errors.ts',
      'src/connectors/messages/errors.ts',
      'src/connectors/sse/errors.ts',
      'src/connectors/silenceError.ts',
      'src/connectors/tcpVerdicts.ts',
      'src/connectors/tcp/errors.ts',
      'src/connectors/websocket/errors.ts',
      'packages/cli/src/commandError.ts',
    ]
      .map(read)
      .concat(testing)
      .join('\n');
    expect(mentioned.filter((name) => !native.includes(name) && !known.includes(name))).toEqual([]);
  });
});
