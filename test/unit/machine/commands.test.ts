import { Break, Continue, fatal, type ReconnectCommand } from 'schmoozer';
import { describe, expect, it } from 'vitest';
import { commands } from '../../../src/machine/vocabulary.js';
import {
  everywhere,
  goTo,
  type Harness,
  harness,
  type Place,
  places,
  settle,
  told,
} from '../../support/harness.js';

type Command = ReconnectCommand['type'];
type Row = { readonly [Name in Command]?: Place | 'stopped' };

const dropping = { stop: 'running.stopping', suspend: 'running.suspending' } as const;
const ending = { ...dropping, reconnect: 'running.reconnecting' } as const;
const attempt = {
  stop: 'connecting.stopping',
  reconnect: 'connecting.restarting',
  suspend: 'connecting.suspending',
} as const;
const waiting = {
  stop: 'stopped',
  reconnect: 'connecting.attempting',
  suspend: 'waiting.suspended',
} as const;

/** Where each command leads at once; what is missing is ignored. */
const table: Readonly<Record<Place, Row>> = {
  'connecting.queued': { stop: 'stopped', suspend: 'waiting.suspended' },
  'connecting.attempting': attempt,
  'connecting.overdue': attempt,
  'connecting.restarting': { stop: 'connecting.stopping', suspend: 'connecting.suspending' },
  'connecting.suspending': { stop: 'connecting.stopping', resume: 'connecting.restarting' },
  'connecting.stopping': {},
  'running.settling': ending,
  'running.stable': ending,
  'running.draining': ending,
  'running.closing': ending,
  'running.reconnecting': dropping,
  'running.suspending': { stop: 'running.stopping', resume: 'running.reconnecting' },
  'running.stopping': {},
  'waiting.deciding': waiting,
  'waiting.delaying': waiting,
  'waiting.suspended': { stop: 'stopped', resume: 'connecting.attempting' },
};

const every = places.flatMap((place) => commands.map((command) => [place, command] as const));
const isIgnored = ([place, command]: readonly [Place, Command]) =>
  table[place][command] === undefined;
const isOnline = (place: Place) => place === 'running.settling' || place === 'running.stable';

/** All that a command could have changed. */
function look(h: Harness) {
  const { value, context, status } = h.actor.getSnapshot();
  const calls = [...h.script.connects, ...h.script.runs, ...h.script.retryDelays];
  return {
    value,
    context: { ...context },
    status,
    emitted: [...h.emitted],
    timers: h.clock.pending,
    reasons: calls.map(({ argument }) => argument.signal.reason as unknown),
    calls: calls.length + h.script.closes.length + h.script.probes.length,
    requests: h.permits?.requests.map(({ isCancelled }) => isCancelled),
    permits: h.permits?.permits.map(({ outcomes }) => [...outcomes]),
  };
}

describe('a command', () => {
  it.each(every.filter((one) => !isIgnored(one)))(
    'in %s: %s leads on at once',
    async (place, command) => {
      const h = harness(everywhere);
      await goTo(h, place);
      h.actor.send({ type: command });
      const next = table[place][command] as Place | 'stopped';
      expect(h.state()).toBe(next);
      expect(h.actor.getSnapshot().status).toBe(next === 'stopped' ? 'done' : 'active');
    },
  );

  it.each(every.filter((one) => isIgnored(one) && !(one[1] === 'probe' && isOnline(one[0]))))(
    'in %s: %s changes nothing',
    async (place, command) => {
      const h = harness(everywhere);
      await goTo(h, place);
      const before = look(h);
      h.actor.send({ type: command, reason: 'again' });
      expect(look(h)).toEqual(before);
      await h.clock.drain();
      expect(look(h)).toEqual(before);
    },
  );

  it.each(places.filter(isOnline))('in %s: probe asks, and changes nothing else', async (place) => {
    const h = harness(everywhere);
    await goTo(h, place);
    const before = look(h);
    h.actor.send({ type: 'probe' });
    await h.clock.drain();
    expect(h.script.probes).toHaveLength(1);
    expect(look(h)).toEqual({ ...before, calls: before.calls + 1 });
  });

  it('is each in the table, and there are no others', () => {
    expect(commands.toSorted()).toEqual(['probe', 'reconnect', 'resume', 'stop', 'suspend']);
    expect(every).toHaveLength(16 * 5);
  });
});

describe('between ending states', () => {
  const sequences: readonly (readonly [Place, readonly Command[], Place])[] = [
    ['connecting.attempting', ['reconnect', 'suspend', 'resume', 'stop'], 'connecting.stopping'],
    ['connecting.attempting', ['suspend', 'resume', 'suspend', 'stop'], 'connecting.stopping'],
    ['running.stable', ['reconnect', 'suspend', 'resume', 'stop'], 'running.stopping'],
    ['running.stable', ['suspend', 'resume', 'suspend', 'stop'], 'running.stopping'],
    ['running.closing', ['reconnect', 'suspend', 'resume', 'stop'], 'running.stopping'],
  ];

  it.each(sequences)('from %s by %j: the signal is aborted once', async (place, list, end) => {
    const h = harness(everywhere);
    await goTo(h, place);
    const call = h.script.runs.at(-1) ?? h.script.connects.at(-1);
    const signal = call?.argument.signal as AbortSignal;
    let aborts = signal.aborted ? 1 : 0;
    signal.addEventListener('abort', () => aborts++);
    const reasons: unknown[] = [];
    for (const type of list) {
      h.actor.send({ type });
      reasons.push(signal.reason);
    }
    expect(h.state()).toBe(end);
    expect(aborts).toBe(1);
    expect(new Set(reasons).size).toBe(1);
    const code = { reconnect: 'ERR_RECONNECT_REQUESTED', suspend: 'ERR_SUSPEND_REQUESTED' };
    expect(reasons[0]).toMatchObject({
      code: place === 'running.closing' ? 'ERR_CONNECTION_LOST' : code[list[0] as 'suspend'],
    });
  });

  it.each(sequences)(
    'from %s by %j: each starts the grace period anew',
    async (place, list, end) => {
      const h = harness({ ...everywhere, gracePeriodMs: 3000 });
      await goTo(h, place);
      for (const type of list) {
        await h.clock.advance(2999);
        h.actor.send({ type });
      }
      await h.clock.advance(2999);
      expect(h.state()).toBe(end);
      await h.clock.advance(1);
      expect(h.state()).toBe('stopped');
    },
  );
});

describe('an attempt that was given up', () => {
  it.each([
    ['connecting.restarting', 'connecting.queued'],
    ['connecting.suspending', 'waiting.suspended'],
    ['connecting.stopping', 'stopped'],
  ] as const)('%s leads to %s, however `connect` ends, and is no failure', async (place, next) => {
    const endings: ((h: Harness) => void)[] = [
      (h) => h.script.connects[0]?.reject(h.script.connects[0].argument.signal.reason),
      (h) => h.script.connects[0]?.reject(new Error('refused')),
      (h) => h.script.connects[0]?.reject(new TypeError('x is not a function')),
      (h) => h.script.connects[0]?.resolve(),
    ];
    for (const end of endings) {
      const h = harness(everywhere);
      await goTo(h, place);
      await settle(h, () => end(h));
      expect(h.state()).toBe(next);
      expect(h.script.runs).toEqual([]);
      expect(h.script.live).toBe(0);
      expect(h.actor.getSnapshot().context).toMatchObject({ attempt: 0, epoch: 0 });
      expect(told(h, 'attempt.failed')).toEqual([]);
      expect(told(h, 'attempt.aborted')).toHaveLength(1);
    }
  });

  it.each([
    ['connecting.restarting', 'connecting.queued'],
    ['connecting.suspending', 'waiting.suspended'],
    ['connecting.stopping', 'stopped'],
  ] as const)(
    '%s leads to %s at 5000 ms when `connect` ignores its signal; what comes later is released',
    async (place, next) => {
      const h = harness(everywhere);
      await goTo(h, place);
      await h.clock.advance(4999);
      expect(h.state()).toBe(place);
      await h.clock.advance(1);
      expect(h.state()).toBe(next);
      await settle(h, () => h.script.connects[0]?.resolve());
      expect(h.state()).toBe(next);
      expect(h.script.connections).toEqual([{ id: 1, releases: 1 }]);
      expect(h.script.runs).toEqual([]);
    },
  );

  it.each(['connecting.restarting', 'connecting.suspending'] as const)(
    '%s ends the loop by an error that is marked fatal',
    async (place) => {
      const h = harness(everywhere);
      await goTo(h, place);
      const revoked = new Error('revoked');
      await settle(h, () => h.script.connects[0]?.reject(fatal(revoked)));
      expect(h.actor.getSnapshot().output).toEqual({ status: 'failed', error: revoked });
    },
  );

  it('calls `connect` again after reconnect, with the same numbers', async () => {
    const h = harness();
    await settle(h, () => h.script.connects[0]?.reject(new Error('refused')));
    await h.clock.advance(1000);
    h.actor.send({ type: 'reconnect', reason: 'new network' });
    const first = h.script.connects[1]?.argument;
    expect(first?.signal.reason).toMatchObject({
      code: 'ERR_RECONNECT_REQUESTED',
      reason: 'new network',
    });
    await settle(h, () => h.script.connects[1]?.reject(first?.signal.reason));
    expect(h.script.connects[2]?.argument).toMatchObject({ attempt: 1, epoch: 1 });
    expect(h.emitted.slice(-3)).toEqual([
      { type: 'attempt.started', attempt: 1, epoch: 1 },
      { type: 'attempt.aborted', attempt: 1, epoch: 1, cause: 'reconnect' },
      { type: 'attempt.started', attempt: 1, epoch: 1 },
    ]);
    expect(h.clock.pending).toEqual([20_000]);
  });
});

describe('a session that was dropped', () => {
  it.each(['running.reconnecting', 'running.suspending'] as const)(
    'in %s a Break or a marked fatal still ends the loop',
    async (place) => {
      const revoked = new Error('revoked');
      for (const [cause, end, output] of [
        [
          'break',
          (h: Harness) => h.script.runs[0]?.resolve(Break('done')),
          { status: 'completed', value: 'done' },
        ],
        [
          'fatal',
          (h: Harness) => h.script.runs[0]?.reject(fatal(revoked)),
          { status: 'failed', error: revoked },
        ],
      ] as const) {
        const h = harness(everywhere);
        await goTo(h, place);
        await settle(h, () => end(h));
        expect(h.actor.getSnapshot().output).toEqual(output);
        expect(told(h, 'connection.closed')).toMatchObject([{ cause }]);
      }
    },
  );

  it.each([
    ['running.reconnecting', 'connecting.queued', 'reconnect'],
    ['running.suspending', 'waiting.suspended', 'suspend'],
    ['running.stopping', 'stopped', 'stop'],
  ] as const)('in %s whatever else comes leads to %s', async (place, next, cause) => {
    const endings: ((h: Harness) => void)[] = [
      (h) => h.script.runs[0]?.resolve(Continue()),
      (h) => h.script.runs[0]?.reject(h.script.runs[0].argument.signal.reason),
      (h) => h.script.runs[0]?.reject(new DOMException('aborted', 'AbortError')),
      (h) => h.script.runs[0]?.reject(new Error('half')),
    ];
    for (const [i, end] of endings.entries()) {
      const h = harness(everywhere);
      await goTo(h, place);
      await settle(h, () => end(h));
      expect(h.state()).toBe(next);
      expect(h.script.connections).toEqual([{ id: 1, releases: 1 }]);
      expect(h.actor.getSnapshot().context.attempt).toBe(0);
      // Only what is more than "ended as asked" is an error.
      expect(told(h, 'connection.closed')).toEqual([
        {
          type: 'connection.closed',
          epoch: 1,
          cause,
          upMs: 0,
          isStable: false,
          ...(i === 3 && { error: new Error('half') }),
        },
      ]);
    }
  });
});

describe('a release', () => {
  it.each([
    ['running.reconnecting', 'connecting.attempting'],
    ['running.suspending', 'waiting.suspended'],
    ['running.stopping', 'stopped'],
  ] as const)('in %s has a grace period of its own', async (place, next) => {
    let finish = () => {};
    const h = harness({ gracePeriodMs: 3000 });
    h.script.connector.disconnect = () => new Promise<void>((resolve) => (finish = resolve));
    await goTo(h, place);
    await h.clock.advance(2999);
    await settle(h, () => h.script.runs[0]?.resolve(Continue()));
    await h.clock.advance(2999);
    expect(h.state()).toBe(place);
    await settle(h, () => finish());
    expect(h.state()).toBe(next);
    const closed = told(h, 'connection.closed');
    expect(closed).toHaveLength(1);
    expect(closed[0]).not.toHaveProperty('error');
    expect(closed[0]).not.toHaveProperty('releaseError');
  });
});

describe('stop', () => {
  const others = commands.filter((command) => command !== 'stop');
  const sequences: (readonly Command[])[] = [
    [],
    ...others.map((a) => [a]),
    ...others.flatMap((a) => others.map((b) => [a, b])),
    ...others.flatMap((a) => others.flatMap((b) => others.map((c) => [a, b, c]))),
  ];

  /** A link whose methods ignore their signals and whose releases never settle. */
  function unruly(): Harness {
    const h = harness({ ...everywhere, gracePeriodMs: 3000 });
    const disconnect = h.script.connector.disconnect as (connection: unknown) => void;
    h.script.connector.disconnect = (connection) => {
      disconnect(connection);
      return new Promise(() => {});
    };
    return h;
  }

  function expectOver(h: Harness, what: string): void {
    expect(h.state(), what).toBe('stopped');
    expect(h.actor.getSnapshot().output, what).toMatchObject({
      status: 'stopped',
      reason: 'night',
    });
    expect(h.clock.pending, what).toEqual([]);
    expect(h.script.live, what).toBe(0);
    for (const { outcomes } of h.permits?.permits ?? []) expect(outcomes, what).toHaveLength(1);
  }

  const isStopping = (place: Place) => place.endsWith('stopping');

  it.each(places.filter((place) => !isStopping(place)))(
    'in %s, after any three commands, ends within the grace period when nothing gives in',
    async (place) => {
      for (const sequence of sequences) {
        for (const gapMs of [0, 1000]) {
          const h = unruly();
          await goTo(h, place);
          for (const type of sequence) {
            h.actor.send({ type });
            if (gapMs > 0) await h.clock.advance(gapMs);
          }
          h.actor.send({ type: 'stop', reason: 'night' });
          await h.clock.advance(3000);
          expectOver(h, `${place} ${sequence.join(' ')} every ${gapMs} ms`);
        }
      }
    },
  );

  it.each(places.filter((place) => !isStopping(place)))(
    'in %s, after any two commands, ends one release later when all gives in at the last moment',
    async (place) => {
      for (const sequence of sequences.filter(({ length }) => length < 3)) {
        const h = unruly();
        await goTo(h, place);
        for (const type of sequence) h.actor.send({ type });
        h.actor.send({ type: 'stop', reason: 'night' });
        await h.clock.advance(2999);
        await settle(h, () => {
          for (const call of h.script.connects) if (!call.isSettled) call.resolve();
          for (const call of h.script.runs) if (!call.isSettled) call.resolve(Continue());
        });
        await h.clock.advance(3000);
        expectOver(h, `${place} ${sequence.join(' ')}`);
      }
    },
  );
});
