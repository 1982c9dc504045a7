import { ModelTestError } from 'schmoozer/testing';
import { describe, expect, it } from 'vitest';
import type { Mistake } from '../../examples/status-bar/mistakes.js';
import { statusBarTest } from '../../examples/status-bar/model.js';

describe('the status bar without a mistake', () => {
  const test = statusBarTest();

  it.each(test.paths())('passes $name', (path) => path.run());

  it('passes every sequence of 3 events and fewer', async () => {
    expect(await test.explore({ depth: 3 })).toEqual({ depth: 3, sequences: 87 });
  });

  it('has taken every edge', () => test.coverage.assertComplete());
});

describe('a status bar with a mistake', () => {
  it.each([
    ['retries 401', 'connect.fatal', 'stopped, failed', 'waiting, attempt 1', ['connect.fatal']],
    [
      'ignores Break',
      'run.break',
      'stopped, completed',
      'waiting, attempt 1',
      ['connect.ok', 'run.break'],
    ],
    [
      'no countdown',
      'connect.retryable',
      'the assertion of `waiting`',
      "'Offline'",
      ['connect.retryable'],
    ],
    [
      'stale online',
      'run.continue',
      'the assertion of `waiting`',
      "'Online'",
      ['connect.ok', 'run.continue'],
    ],
    [
      'forgets to close',
      'stop (at the end)',
      '0 of `sockets` open in stopped',
      '1',
      ['connect.ok'],
    ],
    ['throws after stop', 'stop (at the end)', 'nothing left behind to throw', 'TypeError', []],
  ] as const)('is found out: %s, at %s', async (mistake, step, expected, seen, shortest) => {
    const error: unknown = await statusBarTest(mistake)
      .explore({ depth: 2 })
      .catch((reason: unknown) => reason);
    if (!(error instanceof ModelTestError)) throw new Error('nothing was found');
    expect(error).toMatchObject({ code: 'ERR_MODEL_TEST', step, shortest });
    expect(error.expected).toContain(expected);
    expect(error.seen).toContain(seen);
    expect(error.message).toContain(`"${step}"`);
  });
});
