import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { showable } from '../../../src/connectors/showable.js';

const nasty = '\u001B[31m\u009B\u202E\u2028\u007F';
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;

/** All that a logger may write of it. */
function logged(error: unknown): string {
  return `${String(error)}${(error as Error).stack}${inspect(error, { depth: 9 })}`.replaceAll(
    '\n',
    '',
  );
}

describe('showable', () => {
  it('leaves an error that needs no change as it is, and what is none', () => {
    const error = Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:1'), {
      code: 'ECONNREFUSED',
      port: 1,
      nothing: null,
    });
    const before = inspect(error);
    expect(showable(error)).toBe(error);
    expect(inspect(error)).toBe(before);
    expect(Object.keys(error)).toEqual(['code', 'port', 'nothing']);
    for (const other of [undefined, null, 'text', { message: nasty }]) {
      expect(showable(other)).toBe(other);
    }
  });

  it('escapes its texts, hides its objects, and keeps them for who asks', () => {
    const cert = { subject: { CN: nasty } };
    const error = Object.assign(new RangeError(`not ${nasty}\nschmoozer: connected`), {
      code: 'ERR_TLS_CERT_ALTNAME_INVALID',
      reason: nasty,
      cert,
    });
    expect(showable(error)).toBe(error);
    expect(logged(error)).not.toMatch(UNPRINTABLE);
    expect(error.message).toBe(
      'not \\u{1B}[31m\\u{9B}\\u{202E}\\u{2028}\\u{7F}\\u{0A}schmoozer: connected',
    );
    expect(error.stack).toContain('showable.test.ts');
    expect(error.stack).toContain(error.message);
    expect(error.cert).toBe(cert);
    expect(JSON.stringify(error)).not.toContain('CN');
  });

  it('does so with causes, in a circle too', () => {
    const inner = new Error(nasty);
    const outer = new Error('outer', { cause: inner });
    inner.cause = outer;
    showable(outer);
    expect(logged(inner)).not.toMatch(UNPRINTABLE);
  });

  it('shows of addresses what is no secret', () => {
    const error = Object.assign(new Error('Invalid URL: ws://u:hunter2@h/?hunter2'), {
      input: 'ws://u:hunter2@h/?hunter2',
    });
    expect(logged(showable(error))).not.toContain('hunter2');
  });

  it('shows no value that Node has refused', () => {
    const refused =
      'The "options.passphrase" property must be of type string. Received type number (123456)';
    const error = Object.assign(new TypeError(refused), { code: 'ERR_INVALID_ARG_TYPE' });
    expect(logged(showable(error))).not.toContain('123456');
    expect(error.message).toBe('The "options.passphrase" property must be of type string');
  });

  it.each([
    ['a message that is no text', { message: { token: 1 } }],
    ['a stack that is no text', { message: nasty, stack: ['at here'] }],
    ['a stack that is null', { message: nasty, stack: null }],
  ])('is content with %s', (_what, fields) => {
    const error = Object.assign(new Error('x'), fields);
    expect(showable(error)).toBe(error);
    expect(typeof error.message).toBe('string');
    expect(logged(error)).not.toMatch(UNPRINTABLE);
  });

  it('is content with an error that has no stack, or can be changed no more', () => {
    const bare = Object.assign(new Error(nasty), { stack: undefined });
    expect(showable(bare).message).not.toMatch(UNPRINTABLE);
    const frozen = Object.freeze(new Error(nasty));
    expect(showable(frozen)).toBe(frozen);
  });
});
