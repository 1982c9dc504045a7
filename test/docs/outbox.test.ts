import { outbox } from 'schmoozer/outbox';
import { fileStore } from 'schmoozer/outbox-file';
import { describe, expect, it } from 'vitest';
import { defaults } from '../../src/outbox/options.js';
import { proseOf, read, rowsOf } from '../support/documents.js';

const file = 'docs/outbox.md';
const toNumber = (cell: string | undefined) => Number((cell ?? '').replaceAll(/[\s\u00a0]/g, ''));
const namesIn = (path: string, type: string) => {
  const [, source] = read(path).split(`export interface ${type}`);
  const matches = (source?.split('\n}')[0] ?? '').matchAll(/^ {2}(?:readonly )?(\w+)[?:(]/gm);
  return Array.from(matches, ([, name]) => name as string).toSorted();
};
const shown = (head: string) => rowsOf(file, head).map(([name]) => name as string);
const send = () => {};

describe('docs/outbox.md', () => {
  it('has a row for each option, method and value', () => {
    expect(shown('option').toSorted()).toEqual(namesIn('src/outbox/options.ts', 'OutboxOptions'));
    expect(shown('file option').toSorted()).toEqual(
      namesIn('src/outbox/file/fileStore.ts', 'FileStoreOptions'),
    );
    const methods = shown('method').map((cell) => cell.replace(/\W.*/, ''));
    expect(methods).toEqual(['load', 'append', 'remove', 'close']);
    expect(methods.toSorted()).toEqual(namesIn('src/outbox/store.ts', 'OutboxStore'));
    for (const ack of shown('value of ack'))
      expect(() => outbox({ send, ack: unquoted(ack) })).not.toThrow();
    for (const onFull of shown('value of onFull')) {
      expect(() => outbox({ send, onFull: unquoted(onFull) })).not.toThrow();
    }
    expect([shown('value of ack').length, shown('value of onFull').length]).toEqual([3, 4]);
  });

  it('names every count', () => {
    for (const name of namesIn('src/outbox/contract.ts', 'OutboxStats')) {
      expect(proseOf(file)).toContain(`\`${name}\``);
    }
  });

  it.each(rowsOf(file, 'option').filter(([, , bounds]) => /^(integer|1 to)/.test(bounds ?? '')))(
    '%s: default %s, bounds %s',
    (name, fallback, bounds) => {
      expect(defaults[name as 'window']).toBe(toNumber(fallback));
      const make = (value: number) => () => outbox({ send, ack: 'each', [name as string]: value });
      expect(make(1)).not.toThrow();
      expect(make(0.99)).toThrow(`\`${name}\``);
      const [, most] = /^1 to (\d+)/.exec(bounds as string) ?? [];
      if (most !== undefined) expect(make(Number(most))).not.toThrow();
      if (most !== undefined) expect(make(Number(most) + 1)).toThrow(`\`${name}\``);
      const isEndless = (bounds as string).includes('Infinity');
      if (isEndless) expect(make(Infinity)).not.toThrow();
      else expect(make(Infinity)).toThrow(`\`${name}\``);
    },
  );

  it('names the defaults of words', () => {
    for (const [name, fallback] of rowsOf(file, 'option')) {
      const value = defaults[name as 'ack'] as unknown;
      if (typeof value === 'string') expect(fallback).toBe(`'${value}'`);
    }
    const [, , , , compact] = rowsOf(file, 'file option');
    expect(toNumber(compact?.[1])).toBe(2 ** 20);
    expect(() => fileStore({ path: 'a', compactBytes: 0 })).not.toThrow();
  });

  it('says how long the example and the stores are', () => {
    const lengthOf = (path: string) => read(path).trimEnd().split('\n').length;
    expect(proseOf(file)).toContain(
      `a whole program of ${lengthOf('examples/market-data.ts')} lines`,
    );
    const lengths = ['redis', 'postgres'].map((name) => lengthOf(`examples/outbox-${name}.ts`));
    expect(proseOf(file)).toContain(`stores of ${lengths.join(' and ')} lines`);
  });
});

function unquoted(cell: string): never {
  return cell.replaceAll("'", '') as never;
}
