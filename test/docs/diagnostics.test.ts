import { channels, type DiagnosticsChannelName } from 'schmoozer/diagnostics';
import { describe, expect, it } from 'vitest';
import { read } from '../support/documents.js';

const sections = new Map(
  read('docs/diagnostics.md')
    .split('\n### ')
    .slice(1)
    .map((text) => [/^`(.+?)`/.exec(text)?.[1] as string, text.split('\n## ')[0] as string]),
);

describe('docs/diagnostics.md', () => {
  it('has a section for each channel, and no other', () => {
    expect([...sections.keys()].toSorted()).toEqual(Object.keys(channels).toSorted());
  });

  it.each(Object.keys(channels) as DiagnosticsChannelName[])(
    '%s: when, fields, example',
    (name) => {
      const text = sections.get(name) as string;
      const { kind, when, fields } = channels[name];
      expect(text).toContain(when);
      expect(/^`.+`, a trace/.test(text)).toBe(kind === 'trace');
      const message = /^Message, `\w+`: .+$/m.exec(text)?.[0] as string;
      for (const field of fields) {
        expect(message).toContain(`\`${field}\``);
      }
      const [example = ''] = /^const message = \{[\s\S]+?^\};/m.exec(text) ?? [];
      const named = Array.from(example.matchAll(/^  (\w+):/gm), ([, field]) => field);
      expect(named.length).toBeGreaterThan(0);
      expect(fields).toEqual(expect.arrayContaining(named));
    },
  );
});
