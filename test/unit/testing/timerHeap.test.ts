import fc from 'fast-check';
import { type VirtualClock, virtualClock } from 'schmoozer/testing';
import { expect, it } from 'vitest';
import { naiveClock } from './naiveClock.js';

// Few values, so that many timers are due together; fractions, as a jitter gives them; and what is overdue.
const dueInMs = fc.oneof(
  fc.integer({ min: -2, max: 5 }),
  fc.nat(30),
  fc.double({ min: 0, max: 30, noNaN: true }),
);
/** One of the timers that were set so far, whether it is still there or not. */
const which = fc.nat(1000);
const onFire = fc.oneof(
  { weight: 3, arbitrary: fc.constant({}) },
  fc.record({ setMs: dueInMs, inMicrotask: fc.boolean() }),
  fc.record({ clear: which }),
);
const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ setMs: dueInMs, onFire }) },
  { weight: 2, arbitrary: fc.record({ clear: which }) },
  fc.record({ advanceMs: fc.nat(10) }),
  fc.constant({ next: true }),
);

interface Deed {
  readonly setMs?: number;
  readonly onFire?: Deed;
  readonly inMicrotask?: boolean;
  readonly clear?: number;
  readonly advanceMs?: number;
  readonly next?: boolean;
}

/** Plays the steps on a clock, then lets all that is left fire; tells what could be seen. */
async function play(steps: readonly Deed[], clock: VirtualClock): Promise<unknown[]> {
  const seen: unknown[] = [];
  const ids: number[] = [];
  const set = (ms: number, then?: Deed) => {
    const name = ids.length;
    const fire = () => {
      seen.push(`timer ${name} at ${clock.now()} ms`);
      if (then?.inMicrotask) queueMicrotask(() => act(then));
      else if (then) act(then);
    };
    ids.push(clock.setTimeout(fire, ms));
  };
  const act = ({ setMs, onFire: then, clear }: Deed) => {
    if (setMs !== undefined) set(setMs, then);
    if (clear !== undefined && ids.length > 0)
      clock.clearTimeout(ids[clear % ids.length] as number);
  };
  for (const deed of steps) {
    act(deed);
    if (deed.advanceMs !== undefined) await clock.advance(deed.advanceMs);
    if (deed.next) seen.push(await clock.next());
    seen.push(clock.now(), clock.pending);
  }
  while (await clock.next()) seen.push(clock.pending);
  return seen;
}

it('fires as a sorted list would, whatever is set, cleared and moved', async () => {
  const steps = fc.array(step, { maxLength: 100, size: 'max' });
  await fc.assert(
    fc.asyncProperty(steps, async (deeds) => {
      const clock = virtualClock();
      expect(await play(deeds, clock)).toEqual(await play(deeds, naiveClock(clock)));
    }),
  );
});
