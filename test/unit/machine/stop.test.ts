import {
  ActorStopped,
  Break,
  constantBackoff,
  Continue,
  createReconnectActor,
  GracePeriodError,
  type ReconnectActor,
  StopRequested,
} from 'schmoozer';
import { virtualClock } from 'schmoozer/testing';
import { describe, expect, it } from 'vitest';
import {
  everywhere,
  goTo,
  type Harness,
  harness,
  places,
  settle,
  told,
} from '../../support/harness.js';

/** Lets the connector's methods give in to their signal, as a well-behaved connector does. */
function giveIn({ script }: Harness): void {
  for (const call of [...script.connects, ...script.runs]) {
    if (!call.isSettled && call.argument.signal.aborted) call.reject(call.argument.signal.reason);
  }
}

/** What must be true once an actor is over, however it came to that. */
async function expectNothingLeft(h: Harness, connectsBefore: number): Promise<void> {
  // Whatever is still pending settles late: an opened connection must be released all the same.
  for (const call of h.script.connects) if (!call.isSettled) call.resolve();
  for (const call of h.script.runs) if (!call.isSettled) call.resolve(Continue());
  for (const call of h.script.retryDelays) if (!call.isSettled) call.resolve(Continue(0));
  await h.clock.drain();
  expect(h.clock.pending).toEqual([]);
  await h.clock.advance(60_000);
  expect(h.script.connects).toHaveLength(connectsBefore);
  expect(h.script.connections.map(({ releases }) => releases)).toEqual(
    h.script.connections.map(() => 1),
  );
}

describe('stop', () => {
  it.each(places)('in %s ends in stopped with its reason', async (place) => {
    const h = harness(everywhere);
    await goTo(h, place);
    const connects = h.script.connects.length;
    h.actor.send({ type: 'stop', reason: 'night' });
    await settle(h, () => giveIn(h));
    expect(h.state()).toBe('stopped');
    expect(h.actor.getSnapshot().output).toEqual(
      // There the first stop, without a reason, is the one that counts.
      place.endsWith('stopping') ? { status: 'stopped' } : { status: 'stopped', reason: 'night' },
    );
    await expectNothingLeft(h, connects);
  });

  it.each(places)('twice in %s changes nothing', async (place) => {
    const h = harness(everywhere);
    await goTo(h, place);
    h.actor.send({ type: 'stop', reason: 'first' });
    const { value, context } = h.actor.getSnapshot();
    h.actor.send({ type: 'stop', reason: 'second' });
    for (const type of ['reconnect', 'suspend', 'resume', 'probe'] as const) h.actor.send({ type });
    expect(h.actor.getSnapshot().value).toEqual(value);
    expect(h.actor.getSnapshot().context).toEqual(context);
  });

  it.each(places)('of the actor itself in %s releases the connection', async (place) => {
    const h = harness(everywhere);
    await goTo(h, place);
    const connects = h.script.connects.length;
    h.actor.stop();
    expect(h.script.live).toBe(0);
    await expectNothingLeft(h, connects);
  });

  const settlings: Record<
    string,
    { place: (typeof places)[number]; settle: (h: Harness) => void }
  > = {
    'connect resolves': {
      place: 'connecting.attempting',
      settle: ({ script }) => script.connects.at(-1)?.resolve(),
    },
    'connect rejects': {
      place: 'connecting.attempting',
      settle: ({ script }) => script.connects.at(-1)?.reject(new Error('refused')),
    },
    'run returns Continue': {
      place: 'running.settling',
      settle: ({ script }) => script.runs.at(-1)?.resolve(Continue()),
    },
    'run throws': {
      place: 'running.stable',
      settle: ({ script }) => script.runs.at(-1)?.reject(new Error('reset')),
    },
    'run gives in to reconnect': {
      place: 'running.reconnecting',
      settle: ({ script }) => script.runs.at(-1)?.reject(new Error('reset')),
    },
    'retryDelay answers 0': {
      place: 'waiting.deciding',
      settle: ({ script }) => script.retryDelays.at(-1)?.resolve(Continue(0)),
    },
  };
  const ticks = [0, 1, 2, 3, 4, 5, 6, 7];
  const windows = Object.entries(settlings).flatMap(([name, how]) =>
    ticks.map((tick) => [name, tick, how] as const),
  );

  it.each(windows)('after %s, %i microticks later, leaks nothing', async (_, tick, how) => {
    for (const end of ['stop', 'actor.stop()'] as const) {
      const h = harness({ retryDelay: true });
      await goTo(h, how.place);
      how.settle(h);
      for (let i = 0; i < tick; i++) await Promise.resolve();
      if (end === 'stop') h.actor.send({ type: 'stop' });
      else h.actor.stop();
      const connects = h.script.connects.length;
      await settle(h, () => giveIn(h));
      if (end === 'stop') expect(h.actor.getSnapshot().output).toMatchObject({ status: 'stopped' });
      await expectNothingLeft(h, connects);
    }
  });

  it('wins over a Break that run returns while stopping', async () => {
    const h = harness();
    await goTo(h, 'running.stopping');
    await settle(h, () => h.script.runs[0]?.resolve(Break('result')));
    expect(h.actor.getSnapshot().output).toEqual({ status: 'stopped' });
    expect(h.emitted.slice(-2)).toEqual([
      { type: 'connection.closed', epoch: 1, cause: 'stop', upMs: 0, isStable: false },
      { type: 'link.ended', output: { status: 'stopped' } },
    ]);
  });

  it.each(['connecting.stopping', 'running.stopping'] as const)(
    'keeps an error other than the reason of the abort that comes in %s',
    async (place) => {
      const h = harness();
      await goTo(h, place);
      const lost = new Error('half of the data was lost');
      const call = place === 'running.stopping' ? h.script.runs[0] : h.script.connects[0];
      await settle(h, () => call?.reject(lost));
      expect(h.actor.getSnapshot().output).toEqual({ status: 'stopped', error: lost });
    },
  );

  it.each([
    ['the reason itself', (reason: unknown) => reason],
    ['an AbortError', () => new DOMException('aborted', 'AbortError')],
    ['an error caused by it', (reason: unknown) => new Error('aborted', { cause: reason })],
  ])('keeps no error when run rejects with %s', async (_, errorOf) => {
    const h = harness();
    await goTo(h, 'running.stopping');
    const [run] = h.script.runs;
    await settle(h, () => run?.reject(errorOf(run.argument.signal.reason)));
    expect(h.actor.getSnapshot().output).toEqual({ status: 'stopped' });
  });

  it('tells the method why: StopRequested with the reason of the command', async () => {
    const h = harness();
    await goTo(h, 'running.settling');
    h.actor.send({ type: 'stop', reason: 'night' });
    const reason: unknown = h.script.runs[0]?.argument.signal.reason;
    expect(reason).toBeInstanceOf(StopRequested);
    expect(reason).toMatchObject({ code: 'ERR_STOP_REQUESTED', reason: 'night' });
  });

  it.each(['connecting.attempting', 'running.stable', 'waiting.deciding'] as const)(
    'of the actor itself in %s tells the method ActorStopped',
    async (place) => {
      const h = harness({ retryDelay: true });
      await goTo(h, place);
      const call = [h.script.retryDelays, h.script.runs, h.script.connects].find((c) => c.length);
      const signal = call?.[0]?.argument.signal;
      h.actor.stop();
      expect(signal?.reason).toBeInstanceOf(ActorStopped);
    },
  );

  it('in waiting.deciding tells retryDelay StopRequested', async () => {
    const h = harness({ retryDelay: true });
    await goTo(h, 'waiting.deciding');
    const signal = h.script.retryDelays[0]?.argument.signal;
    h.actor.send({ type: 'stop' });
    expect(signal?.reason).toBeInstanceOf(StopRequested);
  });

  it('from a listener of connection.opened releases the connection of that session', async () => {
    const h = harness();
    h.actor.on('connection.opened', () => h.actor.send({ type: 'stop' }));
    await settle(h, () => h.script.connects[0]?.resolve());
    await settle(h, () => giveIn(h));
    expect(h.state()).toBe('stopped');
    await expectNothingLeft(h, 1);
  });

  it.each(['connect', 'run', 'retryDelay'] as const)(
    'from inside %s ends in stopped',
    async (method) => {
      const clock = virtualClock();
      const calls: string[] = [];
      const enter = (name: string) => {
        calls.push(name);
        if (name === method) actor.send({ type: 'stop' });
      };
      const actor: ReconnectActor<void> = createReconnectActor(
        {
          connect: async () => {
            enter('connect');
            return {};
          },
          run: async () => {
            enter('run');
            return Continue();
          },
          retryDelay: () => {
            enter('retryDelay');
            return Continue(0);
          },
          disconnect: () => void calls.push('disconnect'),
        },
        { clock },
      ).start();
      await clock.drain();
      expect(actor.getSnapshot().output).toEqual({ status: 'stopped' });
      const whole = ['connect', 'run', 'disconnect', 'retryDelay'];
      expect(calls).toEqual(
        method === 'connect'
          ? ['connect', 'disconnect']
          : method === 'run'
            ? whole.slice(0, 3)
            : whole,
      );
      expect(clock.pending).toEqual([]);
    },
  );
});

describe('a stop that is sent in the same breath', () => {
  it('as start() never calls connect', async () => {
    const h = harness();
    h.actor.send({ type: 'stop' });
    await h.clock.drain();
    expect(h.script.connects).toEqual([]);
    expect(h.actor.getSnapshot().output).toEqual({ status: 'stopped' });
  });

  it('as start(), by actor.stop(), never calls connect', async () => {
    const h = harness();
    h.actor.stop();
    await h.clock.drain();
    expect(h.script.connects).toEqual([]);
  });

  it.each(['retry.scheduled', 'connection.closed'] as const)(
    'as %s is heard leaves the next connect uncalled',
    async (type) => {
      const h = harness({ backoff: constantBackoff(0) });
      h.actor.on(type, () => h.actor.send({ type: 'stop' }));
      await settle(h, () => h.script.connects[0]?.resolve());
      await settle(h, () => h.script.runs[0]?.resolve(Continue()));
      expect(h.actor.getSnapshot().output).toEqual({ status: 'stopped' });
      expect(h.script.connects).toHaveLength(1);
    },
  );
});

describe('a connector that ignores its signal', () => {
  it('connect: the machine leaves after gracePeriodMs, the late connection is released', async () => {
    const h = harness({ gracePeriodMs: 3000 });
    await goTo(h, 'connecting.stopping');
    await h.clock.advance(2999);
    expect(h.state()).toBe('connecting.stopping');
    await h.clock.advance(1);
    expect(h.state()).toBe('stopped');
    await settle(h, () => h.script.connects[0]?.resolve());
    expect(h.script.connections).toEqual([{ id: 1, releases: 1 }]);
    expect(h.clock.pending).toEqual([]);
  });

  it('connect: a connection that comes while stopping is released before stopped', async () => {
    const h = harness();
    await goTo(h, 'connecting.stopping');
    await settle(h, () => h.script.connects[0]?.resolve());
    expect(h.state()).toBe('stopped');
    expect(h.actor.getSnapshot().output).toEqual({ status: 'stopped' });
    expect(h.script.connections).toEqual([{ id: 1, releases: 1 }]);
    expect(h.script.runs).toEqual([]);
  });

  it.each([
    ['running.stopping', 'stopped', 'stop'],
    ['running.reconnecting', 'connecting.attempting', 'reconnect'],
  ] as const)(
    'run in %s: the machine goes on to %s after gracePeriodMs',
    async (place, next, cause) => {
      const h = harness({ gracePeriodMs: 3000 });
      await goTo(h, place);
      await h.clock.advance(2999);
      expect(h.state()).toBe(place);
      expect(h.script.live).toBe(1);
      await h.clock.advance(1);
      expect(h.state()).toBe(next);
      expect(h.script.connections).toEqual([{ id: 1, releases: 1 }]);
      expect(told(h, 'connection.closed')).toEqual([
        {
          type: 'connection.closed',
          epoch: 1,
          cause,
          upMs: 0,
          isStable: false,
          error: new GracePeriodError(3000),
        },
      ]);
      await settle(h, () => h.script.runs[0]?.resolve(Continue()));
      expect(h.script.connections).toEqual([{ id: 1, releases: 1 }]);
    },
  );

  it('with gracePeriodMs 0 the machine leaves at the next turn of the clock', async () => {
    const h = harness({ gracePeriodMs: 0 });
    await goTo(h, 'running.stopping');
    expect(h.state()).toBe('running.stopping');
    await h.clock.advance(0);
    expect(h.state()).toBe('stopped');
    expect(h.script.live).toBe(0);
  });
});
