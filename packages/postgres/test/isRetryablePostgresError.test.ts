import { describe, expect, it } from 'vitest';
import { rowsOf } from '../../../test/support/documents.js';
import { isRetryablePostgresError } from '../src/index.js';

const withCode = (code: string) => Object.assign(new Error('x'), { code });

describe('isRetryablePostgresError', () => {
  it.each(['08006', '08P01', '40001', '40P01', '53100', '53200', '53300', '55006', '55P03'])(
    'is true of %s',
    (code) => expect(isRetryablePostgresError(withCode(code))).toBe(true),
  );
  it.each(['25006', '25P03', '57014', '57P01', '57P02', '57P03', '57P05', '58000', '58030'])(
    'is true of %s',
    (code) => expect(isRetryablePostgresError(withCode(code))).toBe(true),
  );
  it.each([
    '0A000',
    '22P02',
    '23505',
    '25P02',
    '28000',
    '28P01',
    '3D000',
    '3F000',
    '42501',
    '42P01',
  ])('is false of %s', (code) => expect(isRetryablePostgresError(withCode(code))).toBe(false));
  it.each(['54000', '55P02', '57P04', 'P0001'])('is false of %s', (code) =>
    expect(isRetryablePostgresError(withCode(code))).toBe(false),
  );

  it('does not know what it does not know, and takes it for transient', () => {
    expect(isRetryablePostgresError(withCode('ZZ999'))).toBe(true);
    expect(isRetryablePostgresError(new Error('SASL'))).toBe(true);
    expect(isRetryablePostgresError(undefined)).toBe(true);
  });

  it('sorts what is no SQLSTATE as TCP errors are', () => {
    expect(isRetryablePostgresError(withCode('EPIPE'))).toBe(true);
    expect(isRetryablePostgresError(withCode('ECONNREFUSED'))).toBe(true);
    expect(isRetryablePostgresError(withCode('CERT_HAS_EXPIRED'))).toBe(false);
    expect(isRetryablePostgresError(new TypeError('x'))).toBeUndefined();
  });

  it('does as the README says', () => {
    const rows = rowsOf('packages/postgres/README.md', 'SQLSTATE');
    expect(rows).not.toEqual([]);
    for (const [codes = '', verdict] of rows) {
      const known = codes.match(/\b[0-9A-Z]{5}\b|\b[0-9A-Z]{2}\b/g) ?? [];
      expect(known).not.toEqual([]);
      for (const code of known) {
        const full = code.padEnd(5, '0');
        expect([code, isRetryablePostgresError(withCode(full))]).toEqual([
          code,
          verdict === 'transient',
        ]);
      }
    }
  });
});
