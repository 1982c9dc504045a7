import { describe, expect, it } from 'vitest';
import { retryAfterMs } from '../../../../src/connectors/retryAfterMs.js';

const date = 'Wed, 21 Oct 2015 07:28:00 GMT';

describe('retryAfterMs', () => {
  it.each([
    ['seconds', { 'retry-after': '120' }, 120_000],
    ['0', { 'retry-after': '0' }, 0],
    [
      'a date, against the response’s own',
      { 'retry-after': 'Wed, 21 Oct 2015 07:29:30 GMT', date },
      90_000,
    ],
    ['a date that is past', { 'retry-after': 'Wed, 21 Oct 2015 07:27:59 GMT', date }, undefined],
    ['a date without one to compare', { 'retry-after': date }, undefined],
    ['no header', { date }, undefined],
    ['nonsense', { 'retry-after': 'soon', date }, undefined],
    ['a negative number', { 'retry-after': '-1', date }, undefined],
    ['a day', { 'retry-after': '86400' }, 86_400_000],
    ['more than a day, which is cut', { 'retry-after': '86401' }, 86_400_000],
    ['more digits than a number has', { 'retry-after': '9'.repeat(400) }, 86_400_000],
  ])('reads %s', (_title, headers, expected) => {
    expect(retryAfterMs(headers)).toBe(expected);
  });
});
