import { type ConnectContext, constantBackoff, createReconnectActor } from 'schmoozer';
import { virtualClock } from 'schmoozer/testing';
import { expect, it } from 'vitest';
import { collectGarbage } from '../../support/collectGarbage.js';

/** A link whose attempts fail, each with an error that holds its own context, as a stack may. */
function failing() {
  const clock = virtualClock();
  const errors: WeakRef<Error>[] = [];
  const seen: unknown[] = [];
  const late: unknown[] = [];
  let previous: ConnectContext | undefined;
  const connector = {
    async connect(attempt: ConnectContext): Promise<never> {
      late.push(previous?.lastError);
      previous = attempt;
      await Promise.resolve();
      seen.push((attempt.lastError as Error | undefined)?.message);
      const error = Object.assign(new Error(`refused ${seen.length}`), { attempt });
      errors.push(new WeakRef(error));
      throw error;
    },
    run: () => Promise.reject(new Error('never')),
  };
  const link = createReconnectActor(connector, {
    backoff: constantBackoff(1),
    clock,
    now: clock.now,
  });
  link.start();
  return { clock, errors, seen, late, link };
}

it('is there for the whole attempt, and for no longer', async () => {
  const { clock, seen, late, link } = failing();
  await clock.advance(3);
  expect(seen).toEqual([undefined, 'refused 1', 'refused 2', 'refused 3']);
  expect(late).toEqual([undefined, undefined, undefined, undefined]);
  link.send({ type: 'stop' });
  await clock.drain();
});

it('keeps no error alive but the last, whatever the errors hold', async () => {
  const { clock, errors, link } = failing();
  await clock.advance(50);
  // What a WeakRef has shown in this turn stays.
  await new Promise((resolve) => setImmediate(resolve));
  collectGarbage();
  expect(errors.length).toBe(51);
  expect(errors.filter((one) => one.deref() !== undefined).length).toBeLessThan(4);
  link.send({ type: 'stop' });
  await clock.drain();
});
