import { ModelTestError } from 'schmoozer/testing';
import { describe, expect, it } from 'vitest';
import type { Mistake } from '../../examples/status-bar/mistakes.js';
import { statusBarTest } from '../../examples/status-bar/model.js';
import { read } from '../support/documents.js';

/** The first path that fails. */
async function firstFailure(mistake: Mistake): Promise<ModelTestError> {
  for (const path of statusBarTest(mistake).paths({ cover: 'edges', maxAttempt: 1 })) {
    try {
      await path.run();
    } catch (error) {
      return error as ModelTestError;
    }
  }
  throw new Error('no path has failed');
}

describe('the status bar without a mistake', () => {
  const test = statusBarTest();

  it.each(test.paths())('passes $name', (path) => path.run());

  it('passes every sequence of 3 events and fewer', async () => {
    // Counted by hand: 1 empty, 7 of one event, 26 of two, 99 of three.
    expect(await test.explore({ depth: 3 })).toEqual({ depth: 3, sequences: 133 });
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
      'after connectTimeout',
      'the assertion of `waiting`',
      "'Offline'",
      ['after connectTimeout'],
    ],
    [
      'stale online',
      'run.continue',
      'the assertion of `waiting`',
      "'Online'",
      ['connect.ok', 'run.continue'],
    ],
    ['forgets to close', 'stop', '0 of `sockets` open in stopped', '1', ['connect.ok', 'stop']],
    ['throws after stop', 'stop (at the end)', 'nothing left behind to throw', 'TypeError', []],
  ] as const)('is found out: %s, at %s', async (mistake, step, expected, seen, shortest) => {
    const error = await firstFailure(mistake);
    expect(error).toBeInstanceOf(ModelTestError);
    expect(error).toMatchObject({ code: 'ERR_MODEL_TEST', step, shortest });
    expect(error.expected).toContain(expected);
    expect(error.seen).toContain(seen);
    expect(error.message).toContain(`"${step}"`);
  });

  it('fails with the message that docs/model-testing.md shows', async () => {
    const { message } = await firstFailure('throws after stop');
    const shown = message.split('\n').map((line) => `> ${line.trim()}`);
    expect(read('docs/model-testing.md')).toContain(shown.join('<br>\n'));
  });
});
