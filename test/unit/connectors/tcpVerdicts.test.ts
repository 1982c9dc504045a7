import { readFileSync } from 'node:fs';
import { isRetryableTcpError } from 'schmoozer/tcp';
import { describe, expect, it } from 'vitest';
import { tcpReasons } from '../../../src/explain/tcpReasons.js';
import {
  certificateCodes,
  permanentCodes,
  transientCodes,
} from '../../../src/connectors/tcpVerdicts.js';

const withCode = (code: string) => Object.assign(new Error(code), { code });

const verdicts = Object.entries(tcpReasons).map(([code, reason]) => {
  const isTransient = (transientCodes as readonly string[]).includes(code);
  return { code, verdict: isTransient ? 'transient' : 'permanent', reason };
});

describe('the table of error codes', () => {
  it('has a reason for each verdict, and no other', () => {
    const codes = [...permanentCodes, ...certificateCodes, ...transientCodes];
    expect(Object.keys(tcpReasons).toSorted()).toEqual(codes.toSorted());
    expect(new Set(codes).size).toBe(codes.length);
    expect(Object.values(tcpReasons)).not.toContain('');
  });

  it.each(verdicts)('$code is $verdict', ({ code, verdict }) => {
    expect(isRetryableTcpError(withCode(code))).toBe(verdict === 'transient');
  });

  it('is the table in docs/tcp.md', () => {
    const page = readFileSync(new URL('../../../docs/tcp.md', import.meta.url), 'utf8');
    const rows = [...page.matchAll(/^\| `(\w+)` \| (transient|permanent) \| (.*) \|$/gm)].map(
      ([, code, verdict, reason]) => [code, verdict, reason],
    );
    expect(rows).toEqual(verdicts.map(({ code, verdict, reason }) => [code, verdict, reason]));
  });
});

describe('isRetryableTcpError', () => {
  it.each([
    ['a certificate code that is not listed', withCode('ERROR_IN_CERT_NOT_AFTER_FIELD'), false],
    ['a code of TLS that is not listed', withCode('ERR_SSL_BRAND_NEW'), false],
    ['a bad record of TLS', withCode('ERR_SSL_DECRYPTION_FAILED_OR_BAD_RECORD_MAC'), true],
    ['an alert of a bad record', withCode('ERR_SSL_SSL/TLS_ALERT_BAD_RECORD_MAC'), true],
    ['an end amid the handshake', withCode('ERR_SSL_UNEXPECTED_EOF_WHILE_READING'), true],
    ['a cancelled handshake', withCode('ERR_SSL_TLSV1_ALERT_USER_CANCELLED'), true],
    ['an error of streams', withCode('ERR_STREAM_BRAND_NEW'), true],
    ['a code that is not listed', withCode('E_OWN'), true],
    ['a code that every object has', withCode('constructor'), true],
    [
      'a code as OpenSSL 3.2 and later spell it',
      withCode('ERR_SSL_SSL/TLS_ALERT_HANDSHAKE_FAILURE'),
      false,
    ],
    ['an error without a code', new Error('x'), true],
    ['nothing', undefined, true],
    [
      'a TypeError with a code',
      Object.assign(new TypeError('x'), { code: 'ERR_INVALID_ARG_TYPE' }),
      false,
    ],
    ['a TypeError without a code, which the library sorts', new TypeError('x'), undefined],
    ['another programmer error without a code', new ReferenceError('x is not defined'), false],
    ['fetches that have failed', new AggregateError([new TypeError('fetch failed')]), true],
    ['an empty AggregateError', new AggregateError([]), true],
    [
      'all addresses permanent',
      new AggregateError([withCode('EAFNOSUPPORT'), withCode('EBADNAME')]),
      false,
    ],
    [
      'one address transient',
      new AggregateError([withCode('EAFNOSUPPORT'), withCode('ECONNREFUSED')]),
      true,
    ],
  ])('%s: %#', (_name, error, expected) => {
    expect(isRetryableTcpError(error)).toBe(expected);
  });

  it('judges an AggregateError by its errors and not by its own code', () => {
    const error = new AggregateError([withCode('EAFNOSUPPORT')]);
    expect(isRetryableTcpError(Object.assign(error, { code: 'ECONNREFUSED' }))).toBe(false);
  });
});
