import { ModelTestError } from 'schmoozer/testing';
import { describe, expect, it } from 'vitest';
import type { Mistake } from '../../examples/status-bar/mistakes.js';
import { statusBarTest } from '../../examples/status-bar/model.js';
import { read } from '../support/documents.js';

/** The first path that fails. */
async function firstFailure(mistake: Mistake): Promise<ModelTestError> {
  for (const path of statusBarTest(mistake).paths({ cover: 'edges', maxAttempt: 2 })) {
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

/** Each mistake: at which step it is found, by which part of the configuration, what is said, and what is left of the path. */
const found: readonly (readonly [Mistake, string, string, string, string, readonly string[]])[] = [
  [
    'retries 401',
    'connect.fatal',
    'machine',
    'stopped, failed',
    'waiting, attempt 1',
    ['connect.fatal'],
  ],
  [
    'ignores Break',
    'run.break',
    'machine',
    'stopped, completed',
    'waiting, attempt 1',
    ['connect.ok', 'run.break'],
  ],
  [
    'no countdown',
    'after connectTimeout',
    'states.waiting',
    'the assertion of `waiting`',
    "'Offline'",
    ['after connectTimeout'],
  ],
  [
    'stale online',
    'run.continue',
    'states.waiting',
    'the assertion of `waiting`',
    "'Online'",
    ['connect.ok', 'run.continue'],
  ],
  [
    'forgets to close',
    'stop',
    'resources.sockets',
    '0 of `sockets` open in stopped',
    '1',
    ['connect.ok', 'stop'],
  ],
  [
    'throws after stop',
    'stop (at the end)',
    'machine',
    'nothing left behind to throw',
    'TypeError',
    [],
  ],
  [
    'ignores the signal',
    'stop',
    'allowGrace',
    '`run` to end when its signal is aborted',
    'the grace period of 5000 ms had to end running.stopping',
    ['connect.ok', 'stop'],
  ],
  [
    'keeps an attempt',
    'stop',
    'allowGrace',
    '`connect` to end when its signal is aborted',
    'the grace period of 5000 ms had to end connecting.stopping',
    ['stop'],
  ],
  [
    'online while closing',
    'stop',
    'states.stopping',
    'the assertion of `stopping`',
    "'Connecting …'",
    ['stop'],
  ],
  [
    'a listener per session',
    'reconnect',
    'steady.listeners of the link',
    'no more of `listeners of the link` with each round',
    '1, then 2, then 3',
    ['connect.ok', 'reconnect', 'connect.ok', 'reconnect'],
  ],
  [
    'a timer per session',
    'stop (at the end)',
    'timers',
    'no timer left on the clock when all has ended',
    '1',
    ['connect.ok'],
  ],
  [
    'counts down from the first delay',
    'after connectTimeout',
    'states.waiting',
    'the assertion of `waiting`',
    'in 3 s',
    ['connect.retryable', 'after retryDelay', 'after connectTimeout'],
  ],
];

describe('a status bar with a mistake', () => {
  it.each(found)(
    'is found out: %s, at %s, by %s',
    async (mistake, step, field, expected, seen, shortest) => {
      const before = process.cpuUsage();
      const error = await firstFailure(mistake);
      const { user, system } = process.cpuUsage(before);
      console.log(`${mistake}: ${field}, ${Math.round((user + system) / 1000)} ms CPU`);
      expect(error).toBeInstanceOf(ModelTestError);
      expect(error).toMatchObject({ code: 'ERR_MODEL_TEST', step, field, shortest });
      expect(error.expected).toContain(expected);
      expect(error.seen).toContain(seen);
      expect(error.message).toContain(`"${step}"`);
    },
  );

  it('fails with the message that docs/model-testing.md shows', async () => {
    const { message } = await firstFailure('throws after stop');
    const shown = message.split('\n').map((line) => `> ${line.trim()}`);
    const isShown = read('docs/model-testing.md').includes(shown.join('<br>\n'));
    expect(isShown ? '' : message).toBe('');
  });
});
