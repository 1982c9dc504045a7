import fc from 'fast-check';
import { constantBackoff, Continue, createReconnectActor } from 'schmoozer';
import { memoryStore, outbox, type OutboxOptions, type OutboxStore } from 'schmoozer/outbox';
import { virtualClock } from 'schmoozer/testing';
import { describe, expect, it } from 'vitest';
import { type Chance, chance } from '../../support/chance.js';

type Ack = 'send' | 'each' | 'cumulative';

interface Case {
  readonly seed: number;
  readonly messages: number;
  readonly ack: Ack;
  /** A cut comes within so many messages. */
  readonly cutWithin: number;
  readonly options?: Partial<OutboxOptions<number, Wire>>;
}

/** What the peer got. */
interface Heard {
  readonly session: number;
  readonly message: number;
}

/** One connection that is cut at random: what is on its way then is lost, in one direction or in both. */
interface Wire {
  send(message: number): void;
  /** What the peer acknowledges. */
  onAck: (key: number) => void;
  /** Settles with the cut. */
  readonly closed: Promise<void>;
}

/** Sends numbers in order over links that are cut at random, and answers what the peer got, in its order. */
async function deliver({ seed, messages, ack, cutWithin, options = {} }: Case) {
  const { below } = chance(seed);
  const clock = virtualClock();
  const heard: Heard[] = [];
  let wires = 0;
  const wireOf = (): Wire => {
    const session = ++wires;
    let left = 1 + below(cutWithin);
    let isCut = false;
    let close = () => {};
    let pending: number[] = [];
    const wire = {
      closed: new Promise<void>((resolve) => (close = resolve)),
      onAck: (_key: number) => {},
      send(message: number) {
        left -= 1;
        if (left === 0) clock.setTimeout(() => [(isCut = true), close()], below(5));
        if (left < 0 && ack !== 'send') return; // swallowed
        if (isCut || left < 0) throw new Error('cut');
        heard.push({ session, message });
        if (pending.push(message) > 1) return;
        clock.setTimeout(() => {
          const keys = ack === 'cumulative' ? pending.slice(-1) : pending;
          pending = [];
          if (!isCut) for (const key of keys) wire.onAck(key);
        }, below(3));
      },
    };
    return wire;
  };
  const box = outbox<number, Wire>({
    clock,
    ack,
    key: String,
    onFull: 'wait',
    send: (wire, message) => {
      if (below(3) > 0) return wire.send(message);
      return Promise.resolve().then(() => wire.send(message));
    },
    ...options,
  });
  const link = createReconnectActor<Wire>(
    {
      connect: async () => wireOf(),
      closed: (wire) => wire.closed,
      run: box.serve(async (wire, { signal }) => {
        wire.onAck = (key) => {
          if (ack !== 'send') box.ack(key);
        };
        await new Promise((resolve) => signal.addEventListener('abort', resolve));
        return Continue();
      }),
    },
    { clock, now: clock.now, backoff: constantBackoff(1) },
  );
  link.start();
  let refused = 0;
  const add = async (message: number): Promise<void> => {
    try {
      await box.add(message);
    } catch {
      // The store was away: whoever adds it asks again.
      refused += 1;
      await add(message);
    }
  };
  const adding = (async () => {
    for (let message = 0; message < messages; message += 1) {
      // Mostly without waiting; one that the store refused keeps its place.
      const added = add(message);
      if (options.store !== undefined || below(50) === 0) await added;
    }
  })();
  const end = { isDrained: false };
  // A store that is away is asked again.
  const drain = (): Promise<void> => box.drained().catch(drain);
  const drained = adding.then(drain).then(() => (end.isDrained = true));
  for (let steps = 0; !end.isDrained && steps < 20_000; steps += 1) {
    if (!(await clock.next())) await clock.drain();
  }
  expect(end.isDrained).toBe(true);
  await drained;
  const stats = box.stats();
  link.send({ type: 'stop' });
  await clock.drain();
  expect(link.getSnapshot().status).toBe('done');
  await box.close().catch(() => {});
  // What the wires themselves still have to say.
  await clock.advance(10);
  expect(clock.pending).toEqual([]);
  return { heard, stats, refused, sessions: link.getSnapshot().context.epoch };
}

/** At least once, in order; within one session each message once. Answers how many came again. */
function expectInOrder(heard: readonly Heard[], messages: number): number {
  let next = 0;
  let last: Heard = { session: 0, message: -1 };
  for (const each of heard) {
    if (each.session === last.session) expect(each.message).toBeGreaterThan(last.message);
    expect(each.message).toBeLessThanOrEqual(next);
    if (each.message === next) next += 1;
    last = each;
  }
  expect(next).toBe(messages);
  return heard.length - messages;
}

/** A store that is away now and then. */
function moodyStore(mood: Chance): OutboxStore<number> {
  const memory = memoryStore<number>();
  const maybe = async <T>(work: () => T): Promise<T> => {
    if (mood.below(8) === 0) throw new Error('away');
    return work();
  };
  return {
    load: () => memory.load(),
    append: (items) => maybe(() => memory.append(items)),
    remove: (seqs) => maybe(() => memory.remove(seqs)),
    close: () => {},
  };
}

describe('a link that is cut at random', () => {
  it.each(['send', 'each', 'cumulative'] as const)(
    "with `ack: '%s'` brings 10 000 messages at least once, in order",
    async (ack) => {
      const property = fc.asyncProperty(fc.nat(), async (seed) => {
        const { heard, stats, sessions } = await deliver({
          seed,
          ack,
          messages: 10_000,
          cutWithin: 500,
        });
        const duplicates = expectInOrder(heard, 10_000);
        expect(sessions).toBeGreaterThan(20);
        expect(stats).toMatchObject({ items: 0, added: 10_000, acknowledged: 10_000, dropped: 0 });
        expect(stats.resent).toBeGreaterThanOrEqual(duplicates);
        // A lost acknowledgement is what duplicates come from; where there are none, there are none.
        if (ack === 'send') expect(duplicates).toBe(0);
        else expect(duplicates).toBeGreaterThan(0);
      });
      await fc.assert(property, { numRuns: 1 });
    },
  );

  it('does so with any window, bound and store', async () => {
    const cases = fc.record({
      seed: fc.nat(),
      ack: fc.constantFrom<Ack>('send', 'each', 'cumulative'),
      messages: fc.integer({ min: 1, max: 120 }),
      cutWithin: fc.integer({ min: 1, max: 60 }),
      window: fc.integer({ min: 1, max: 20 }),
      maxItems: fc.integer({ min: 1, max: 40 }),
      isMoody: fc.boolean(),
    });
    const property = fc.asyncProperty(cases, async ({ window, maxItems, isMoody, ...rest }) => {
      const options = {
        maxItems,
        ...(rest.ack !== 'send' && { window }),
        ...(isMoody && { store: moodyStore(chance(rest.seed)) }),
      };
      const { heard, stats, refused } = await deliver({ ...rest, options });
      expectInOrder(heard, rest.messages);
      expect(stats).toMatchObject({ items: 0, added: rest.messages, bytes: 0, waiting: 0 });
      if (!isMoody) expect(refused).toBe(0);
    });
    await fc.assert(property, { numRuns: 30 });
  });
});
