import { describe, expect, it } from 'vitest';
import { options } from '../src/parseArguments.js';
import { inProcess } from './support/command.js';
import { read, rowsOf } from '../../../test/support/documents.js';

const file = 'docs/command.md';

async function help(): Promise<string> {
  const { out, code } = inProcess(['--help']);
  await code;
  return String(out);
}

describe('docs/command.md', () => {
  it('has the options of --help, with the same default and the same words', async () => {
    expect(rowsOf(file, 'option')).toEqual(
      options.map(({ flags, defaultValueDescription = 'off', description }) => [
        flags,
        defaultValueDescription,
        description,
      ]),
    );
    const text = (await help()).replaceAll(/\s+/g, ' ');
    for (const [flags, fallback, words] of rowsOf(file, 'option')) {
      const shown = fallback === 'off' ? words : `${words} (default: ${fallback})`;
      expect(text).toContain(`${flags} ${shown} `);
    }
  });

  it('has the exit codes of --help', async () => {
    const [, list = ''] = /Exit codes:\n([^]*?)\n\n/.exec(await help()) ?? [];
    const codes = list.split('\n').map((line) => line.trim().split(/\s{2,}/));
    expect(rowsOf(file, 'exit code')).toEqual(codes);
    expect(codes.length).toBe(7);
  });

  it('has every event of --json with all its fields', () => {
    const union = read('packages/cli/src/report.ts').split('export type CommandEvent =')[1] ?? '';
    const events = (union.split('\n\n')[0] ?? '')
      .split("event: '")
      .slice(1)
      .map((text) => [
        /^\w+/.exec(text)?.[0],
        [...text.matchAll(/(\w+):/g)].map(([, field]) => field),
      ]);
    const shown = rowsOf(file, 'event').map(([event, fields]) => [
      event,
      [...(fields ?? '').matchAll(/\w+/g)].map(([field]) => field),
    ]);
    expect(shown).toEqual(events);
    expect(shown.length).toBe(9);
  });

  it('has every code of the command itself', () => {
    const [, union = ''] =
      /readonly code:([^,]+),/.exec(read('packages/cli/src/commandError.ts')) ?? expect.fail();
    const codes = [...union.matchAll(/'(\w+)'/g)].map(([, code]) => code as string);
    const listed = rowsOf(file, 'code').map(([code]) => code as string);
    expect(listed).toEqual(codes.toSorted());
  });
});
