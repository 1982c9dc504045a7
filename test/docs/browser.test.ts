import { createReconnectActor, InvalidOptionError } from 'schmoozer';
import { whileOnline, reconnectOnWake } from 'schmoozer/browser';
import { virtualClock } from 'schmoozer/testing';
import { describe, expect, it } from 'vitest';
import { proseOf, read, rowsOf } from '../support/documents.js';
import { Surroundings } from '../support/surroundings.js';

const connector = { connect: async () => 0, run: () => new Promise<never>(() => {}) };
const makers: Record<string, (options: object) => unknown> = {
  reconnectOnWake: (options) => {
    const { window, document, navigator } = new Surroundings();
    const actor = createReconnectActor(connector, { clock: virtualClock() });
    return reconnectOnWake(actor, { window, document, navigator, ...options });
  },
  whileOnline: (options) => whileOnline(connector, options),
};

describe('docs/browser.md', () => {
  const rows = rowsOf('docs/browser.md', 'option');
  const maker = (name: string) => makers[name === 'probeMs' ? 'whileOnline' : 'reconnectOnWake'];
  const source = read('src/browser/reconnectOnWake.ts') + read('src/browser/whileOnline.ts');

  it('has every option with its default', () => {
    const written = [...source.matchAll(/^const defaults = \{\n([^}]+)\n\};$/gm)].map(
      ([, body]) => body,
    );
    const defaults = [...written.join('\n').matchAll(/^ {2}(\w+): (?:\(\) => )?([\w.]+)/gm)].map(
      ([, name, value]) => [name, value?.replace('_', '')],
    );
    expect(defaults.length).toBe(11);
    const shown = rows.map(([name, value]) => [
      name,
      value?.replaceAll('`', '').replaceAll(/(?<=\d) (?=\d)/g, ''),
    ]);
    expect(shown).toEqual(defaults);
  });

  it.each(rows.filter(([, , bounds]) => bounds?.startsWith('>')))(
    '%s: default %s, bounds %s',
    (name, _default, bounds) => {
      const make = (value: number) => maker(name as string)?.({ [name as string]: value });
      const [, sign, bound] = /^(>=?) (\d+)/.exec(bounds as string) ?? [];
      if (sign === '>=') expect(() => make(Number(bound))).not.toThrow();
      else expect(() => make(Number(bound))).toThrow(InvalidOptionError);
      expect(() => make(Number(bound) - 0.001)).toThrow(InvalidOptionError);
      expect(() => make(Number(bound) + 0.001)).not.toThrow();
      expect(() => make(Infinity)).not.toThrow();
    },
  );

  it('has every reason', () => {
    const [, union] = /type WakeReason = (.+);/.exec(source) ?? [];
    const shown = rowsOf('docs/browser.md', 'reason').map(([reason]) => `'${reason}'`);
    expect(shown.join(' | ')).toBe(union);
  });

  it('says how much longer a jump must be while the page is hidden', () => {
    const [, ms] = /HIDDEN_MS = ([\d_]+);/.exec(read('src/browser/watchClock.ts')) ?? [];
    expect(proseOf('docs/browser.md')).toContain(
      `a jump must be ${ms?.replace('_', ' ')} ms longer`,
    );
  });
});
