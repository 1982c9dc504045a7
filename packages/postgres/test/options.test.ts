import pg from 'pg';
import { InvalidOptionError } from 'schmoozer';
import { describe, expect, it } from 'vitest';
import { postgresLock } from '../src/index.js';

const client = () => new pg.Client();

describe('postgresLock', () => {
  it.each<[string, unknown]>([
    ['client', undefined],
    ['client', new pg.Client()],
    ['client', 'postgres://user:secret@localhost'],
    ['table', 7],
    ['table', ''],
    ['table', 'a; drop table b'],
    ['table', 'a.b.c'],
    ['lifeMs', 499],
    ['pollMs', 0],
    ['life', 1000],
  ])('refuses `%s`: %s', (name, value) => {
    const call = () => postgresLock({ client, [name]: value });
    expect(call).toThrow(InvalidOptionError);
    expect(call).toThrow(`\`${name}\``);
    expect(call).not.toThrow('secret');
  });

  it.each([undefined, null, 'postgres://user:secret@localhost'])(
    'refuses %s for its options',
    (value) => {
      expect(() => postgresLock(value as never)).toThrow('`options` must be an object');
    },
  );

  it('takes the least, and a table of a schema', () => {
    expect(() => postgresLock({ client, table: 'ops.locks_1', lifeMs: 500 })).not.toThrow();
  });
});
