import {
  type ConnectContext,
  type Connector,
  constantBackoff,
  createReconnectActor,
} from 'schmoozer';
import { whileOnline } from 'schmoozer/browser';
import { exclusive, type LockHold } from 'schmoozer/exclusive';
import { endpoints } from 'schmoozer/many';
import { type VirtualClock, virtualClock } from 'schmoozer/testing';
import { expect, it } from 'vitest';
import { collectGarbage } from '../../support/collectGarbage.js';

type Wrap = (connector: Connector<never>, clock: VirtualClock) => Connector<unknown>;

let fence = 0;
/** A lock that is free. */
const lock = {
  acquire: async (): Promise<LockHold> => ({
    fence: ++fence,
    lost: new AbortController().signal,
    release: async () => {},
  }),
};

const online = { window: new EventTarget(), navigator: { onLine: true } };

/** What may stand around a connector, and makes contexts of its own. */
const wraps: [string, Wrap][] = [
  ['alone', (connector) => connector],
  ['whileOnline', (connector) => whileOnline(connector, online as never)],
  ['exclusive', (connector) => exclusive(connector, { lock, name: 'one' })],
  [
    'endpoints',
    (connector, clock) =>
      endpoints(['a.test', 'b.test'], () => connector, {
        clock,
        now: clock.now,
        eject: { consecutiveFailures: 1000 },
      }),
  ],
];

/** A link whose attempts fail, each with an error that holds its own context, as a stack may. */
function failing(wrap: Wrap) {
  const clock = virtualClock();
  const errors: WeakRef<Error>[] = [];
  const seen: unknown[] = [];
  const late: unknown[] = [];
  let previous: ConnectContext | undefined;
  const connector: Connector<never> = {
    async connect(attempt) {
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
  const link = createReconnectActor(wrap(connector, clock), {
    backoff: constantBackoff(1),
    clock,
    now: clock.now,
  });
  link.start();
  const fail = async (times: number) => {
    while (errors.length < times) {
      expect(await clock.next(), `a timer after ${errors.length} failures`).toBe(true);
    }
  };
  return { clock, errors, seen, late, link, fail };
}

it.each(wraps)('is there for the whole attempt, and for no longer: %s', async (_name, wrap) => {
  const { clock, seen, late, link, fail } = failing(wrap);
  await fail(4);
  // Endpoints add the name of the one that has failed.
  const refused = (n: number) => expect.stringContaining(`refused ${n}`);
  expect(seen.slice(0, 4)).toEqual([undefined, refused(1), refused(2), refused(3)]);
  expect(late.filter((error) => error !== undefined)).toEqual([]);
  link.send({ type: 'stop' });
  await clock.drain();
});

it.each(wraps)(
  'keeps no error alive but the last, whatever errors hold: %s',
  async (_name, wrap) => {
    const { clock, errors, link, fail } = failing(wrap);
    await fail(50);
    // What a WeakRef has shown in this turn stays.
    await new Promise((resolve) => setImmediate(resolve));
    collectGarbage();
    expect(errors.length).toBeGreaterThan(49);
    expect(errors.filter((one) => one.deref() !== undefined).length).toBeLessThan(6);
    link.send({ type: 'stop' });
    await clock.drain();
  },
);
