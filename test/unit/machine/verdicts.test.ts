import { Break, Continue, fatal, type FailFast, retryable } from 'schmoozer';
import { describe, expect, it, vi } from 'vitest';
import { goTo, harness, type HarnessOptions, settle } from '../../support/harness.js';

const refused = new Error('refused');
const mistake = new TypeError('x is not a function');

/** A life in which `connect` or `run` throws, before or after the link has had a good session. */
async function lifeWith(
  error: unknown,
  { phase = 'connect', isLate = false, ...options }: Life = {},
) {
  const h = harness(options);
  if (isLate) {
    await goTo(h, 'running.stable');
    if (phase === 'connect') {
      await settle(h, () => h.script.runs.at(-1)?.resolve(Continue()));
      await h.clock.advance(1000);
    }
  } else await goTo(h, phase === 'connect' ? 'connecting.attempting' : 'running.settling');
  const calls = phase === 'connect' ? h.script.connects : h.script.runs;
  await settle(h, () => calls.at(-1)?.reject(error));
  return h;
}
interface Life extends HarnessOptions {
  readonly phase?: 'connect' | 'run';
  readonly isLate?: boolean;
}

const isOver = async (error: unknown, life: Life) =>
  (await lifeWith(error, life)).actor.getSnapshot().status === 'done';

describe('failFast', () => {
  it.each([
    ['startup', false, true],
    ['startup', true, false],
    ['always', false, true],
    ['always', true, true],
    ['never', false, false],
    ['never', true, false],
  ] as const)(
    '%s: a permanent error, after a good session %s, ends the loop: %s',
    async (failFast, isLate, ends) => {
      for (const phase of ['connect', 'run'] as const) {
        expect(await isOver(mistake, { failFast, isLate, phase })).toBe(ends);
        expect(await isOver(fatal(refused), { failFast, isLate, phase })).toBe(true);
        expect(await isOver(retryable(mistake), { failFast, isLate, phase })).toBe(false);
        expect(await isOver(refused, { failFast, isLate, phase })).toBe(false);
      }
    },
  );

  it('is startup by default, and a session is good from `stableAfterMs` on, not a millisecond before', async () => {
    for (const [ageMs, ends] of [
      [9999, true],
      [10_000, false],
    ] as const) {
      const h = harness();
      await goTo(h, 'running.settling');
      await h.clock.advance(ageMs);
      await settle(h, () => h.script.runs[0]?.reject(mistake));
      expect(h.actor.getSnapshot().status).toBe(ends ? 'done' : 'active');
    }
  });

  it('takes a link that was resumed with an epoch for one that has worked', async () => {
    expect(await isOver(mistake, { resumePoint: { attempt: 0, epoch: 0 } })).toBe(true);
    expect(await isOver(mistake, { resumePoint: { attempt: 0, epoch: 1 } })).toBe(false);
  });

  it('says in `retry.scheduled` that a permanent error is retried', async () => {
    const h = await lifeWith(mistake, { isLate: true });
    expect(h.emitted.at(-1)).toEqual({
      type: 'retry.scheduled',
      attempt: 2,
      delayMs: 1000,
      error: mistake,
      verdict: 'permanent',
    });
    const continued = await lifeWith(refused, { phase: 'run' });
    await continued.clock.advance(1000);
    await settle(continued, () => continued.script.connects.at(-1)?.resolve());
    await settle(continued, () => continued.script.runs.at(-1)?.resolve(Continue()));
    expect(continued.emitted.at(-1)).toEqual({
      type: 'retry.scheduled',
      attempt: 2,
      delayMs: 1000,
    });
  });

  it('leaves an answer of run that is none fatal, whatever is told', async () => {
    const h = harness({ failFast: 'never' });
    await goTo(h, 'running.stable');
    await settle(h, () => h.script.runs[0]?.resolve('a bare value' as never));
    expect(h.actor.getSnapshot().output).toMatchObject({
      status: 'failed',
      error: { code: 'ERR_INVALID_CONTROL_FLOW' },
    });
  });

  it.each(['sometimes', 1, true])('refuses %j', (failFast) => {
    expect(() => harness({ failFast: failFast as FailFast })).toThrow(
      /^`failFast` must be 'startup', 'always' or 'never'; received/,
    );
  });
});

describe('isRetryable', () => {
  it.each([
    [true, false, false],
    ['transient', false, false],
    ['permanent', true, false],
    [false, true, true],
    ['fatal', true, true],
  ])(
    'that answers %j ends the loop before a good session: %s, after it: %s',
    async (answer, before, after) => {
      for (const [isLate, ends] of [
        [false, before],
        [true, after],
      ] as const) {
        for (const phase of ['connect', 'run'] as const) {
          const h = harness();
          Object.assign(h.script.connector, { isRetryable: () => answer });
          expect(await isOver(mistake, withConnector(h, { isLate, phase }))).toBe(ends);
        }
      }
    },
  );

  it('that answers undefined, or anything else, leaves the error to the library', async () => {
    for (const answer of [undefined, null, 'maybe', 1, Promise.resolve(true)]) {
      const make = () => {
        const h = harness();
        Object.assign(h.script.connector, { isRetryable: () => answer });
        return h;
      };
      expect(await isOver(mistake, withConnector(make(), {}))).toBe(true);
      expect(await isOver(refused, withConnector(make(), {}))).toBe(false);
    }
  });

  it('that throws makes the error permanent, and is told with both errors', async () => {
    const broken = new Error('broken');
    const make = () => {
      const h = harness();
      const isRetryable = () => {
        throw broken;
      };
      Object.assign(h.script.connector, { isRetryable });
      return h;
    };
    const early = await lifeWith(refused, withConnector(make(), {}));
    expect(early.actor.getSnapshot().output).toMatchObject({
      status: 'failed',
      error: { code: 'ERR_IS_RETRYABLE', error: refused, cause: broken },
    });
    const late = await lifeWith(refused, withConnector(make(), { isLate: true }));
    expect(late.emitted.at(-1)).toMatchObject({ verdict: 'permanent' });
  });

  it('is asked once for each error, with the facts', async () => {
    const h = harness();
    const isRetryable = vi.fn(() => true);
    Object.assign(h.script.connector, { isRetryable });
    await goTo(h, 'connecting.attempting');
    await settle(h, () => h.script.connects[0]?.reject(refused));
    await h.clock.advance(1000);
    await settle(h, () => h.script.connects[1]?.resolve());
    await h.clock.advance(10_000);
    await settle(h, () => h.script.runs[0]?.reject(mistake));
    await h.clock.advance(1000);
    await settle(h, () => h.script.connects[2]?.resolve());
    await settle(h, () => h.script.runs[1]?.resolve(Break()));
    expect(isRetryable.mock.calls).toEqual([
      [refused, { phase: 'connect', attempt: 0, epoch: 0, hasBeenStable: false }],
      [mistake, { phase: 'run', attempt: 0, epoch: 1, hasBeenStable: true }],
    ]);
  });
});

/** The options of a life on a connector that another harness has made. */
function withConnector(h: ReturnType<typeof harness>, life: Life): Life {
  h.actor.send({ type: 'stop' });
  return { ...life, script: { ...h.script } };
}

it('the marks are known across copies of the package', async () => {
  const foreign = Object.assign(new Error('fatal'), { cause: refused, schmoozerMark: 'fatal' });
  expect(await isOver(foreign, { isLate: true })).toBe(true);
  const hint = { cause: mistake, delayMs: 7000, spreadMs: 0, consumesAttempt: true };
  const other = Object.assign(new Error('retryable'), { ...hint, schmoozerMark: 'retryable' });
  const h = await lifeWith(other);
  expect(h.emitted.at(-1)).toMatchObject({ error: mistake, delayMs: 7000, verdict: 'transient' });
});
