import { describe, expect, it } from 'vitest';
import { fencesOf, read, rowsOf } from '../../../test/support/documents.js';
import { parseFrame } from '../src/server/frame.js';
import { settingsOf } from '../src/server/options.js';

const file = 'packages/inspector/README.md';
const fences = fencesOf(file);
const plain = (text = '') => Number(text.replaceAll(' ', ''));

describe('packages/inspector/README.md', () => {
  const frames = fences.filter(({ info }) => info === 'json').map(({ code }) => code);

  it('has a frame of each type that is accepted', () => {
    const kinds = frames.map((text) => parseFrame(text, 0)?.kind);
    expect(kinds).toEqual(['actor', 'event', 'snapshot', 'microstep', 'missed']);
  });

  it('has nothing in them that is not read', () => {
    const parsed = frames.map((text) => parseFrame(text, 0));
    expect(parsed[0]).toMatchObject({ name: 'link', rootId: 'x:0', at: 1_700_000_000_000 });
    expect(parsed[1]).toMatchObject({ sourceId: 'x:1' });
    expect(parsed[2]).toMatchObject({ after: [{ delayMs: 550 }] });
    expect(parsed[3]).toMatchObject({ transitions: [{ source: 'm.a', guard: 'isReady' }] });
  });

  it('has every option with its default', () => {
    const source = read('packages/inspector/src/server/options.ts');
    const body = /interface InspectorOptions \{([^]*?)\n\}/.exec(source)?.[1] ?? '';
    const rows = rowsOf(file, 'option');
    expect(rows.map(([name]) => name)).toEqual(
      [...body.matchAll(/readonly (\w+)\?:/g)].map(([, name]) => name),
    );
    const { limits, port, host } = settingsOf({});
    const known: Record<string, unknown> = { ...limits, port };
    for (const [name = '', value] of rows) {
      if (name in known) expect([name, plain(value)]).toEqual([name, known[name]]);
    }
    expect(rows.find(([name]) => name === 'host')?.[1]).toBe(host);
  });

  it('has every flag of the command', () => {
    const source = read('packages/inspector/src/main.ts');
    const flags = [...source.matchAll(/(--[\w-]+) </g)].map(([, flag]) => flag);
    expect(rowsOf(file, 'flag').map(([flag]) => flag)).toEqual(flags);
  });
});
