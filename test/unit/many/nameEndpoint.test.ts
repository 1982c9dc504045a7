import { expect, it } from 'vitest';
import { nameEndpoint } from '../../../src/many/nameEndpoint.js';

it('puts the endpoint before the message, and into the stack', () => {
  const error = new Error('refused');
  nameEndpoint(error, 'db1:5432');
  expect(error.message).toBe('db1:5432: refused');
  expect(error.stack).toMatch(/^Error: db1:5432: refused\n/);
  expect(Object.keys(error)).toEqual([]);
});

it('leaves a message that names it as it is', () => {
  const error = new Error('connect ECONNREFUSED db1:5432');
  nameEndpoint(error, 'db1:5432');
  expect(error.message).toBe('connect ECONNREFUSED db1:5432');
});

it('names the latest endpoint alone in an error that is thrown again and again', () => {
  const error = new Error('refused');
  for (const name of ['a', 'b', 'b']) nameEndpoint(error, name);
  expect(error.message).toBe('b: refused');
  expect(error.stack).toMatch(/^Error: b: refused\n/);
});

it('takes what is no error, has no stack, or is frozen', () => {
  nameEndpoint('a text', 'a');
  nameEndpoint(undefined, 'a');
  const bare = new Error('refused');
  delete bare.stack;
  nameEndpoint(bare, 'a');
  expect(bare.message).toBe('a: refused');
  const frozen = Object.freeze(new Error('refused'));
  nameEndpoint(frozen, 'a');
  expect(frozen.message).toBe('refused');
});
