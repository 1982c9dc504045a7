import { constantBackoff, Continue, limitDownTime } from 'schmoozer';
import { describe, expect, it } from 'vitest';
import { delayOf } from '../../support/failure.js';

describe('limitDownTime', () => {
  const backoff = limitDownTime(() => Continue(5), 60_000);

  it('asks the backoff at 59 999 ms, and gives up at 60 000 ms', () => {
    expect(delayOf(backoff, { downMs: 59_999 })).toBe(5);
    expect(() => delayOf(backoff, { downMs: 60_000 })).toThrow(
      'gave up after 60000 ms without a stable session',
    );
  });

  it('refuses 0', () => {
    expect(() => limitDownTime(constantBackoff(5), 0)).toThrow('`maxDownMs` must be a number > 0');
  });
});
