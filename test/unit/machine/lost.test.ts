import {
  Break,
  type ConnectionEnd,
  ConnectionLost,
  Continue,
  fatal,
  GracePeriodError,
  InvalidControlFlowError,
  retryable,
} from 'schmoozer';
import { describe, expect, it } from 'vitest';
import { goTo, type Harness, harness, settle, told, toldTypes } from '../../support/harness.js';

const reset = Object.assign(new Error('ECONNRESET'), { code: 'ECONNRESET' });
const broke = new Error('read failed');
const mistake = new TypeError('x is not a function');
const never = () => new Promise<never>(() => {});

/** A link whose connection was lost in a place. */
async function lostIn(
  place: 'running.settling' | 'running.stable',
  end: ConnectionEnd | undefined,
  options = {},
): Promise<Harness> {
  const h = harness({ closed: true, gracePeriodMs: 3000, ...options });
  await goTo(h, place);
  await settle(h, () => h.script.closes[0]?.resolve(end));
  return h;
}

const signalOf = (h: Harness) => h.script.runs[0]?.argument.signal as AbortSignal;

describe('a connection that is lost', () => {
  it.each(['running.settling', 'running.stable'] as const)(
    'in %s is not online from that tick on, and `run` hears of it at once',
    async (place) => {
      const h = harness({ closed: true });
      await goTo(h, place);
      const seen: unknown[] = [];
      signalOf(h).addEventListener('abort', () => seen.push(signalOf(h).reason));
      const tagged: boolean[] = [];
      h.actor.subscribe((snapshot) => void tagged.push(snapshot.hasTag('online')));
      await settle(h, () => h.script.closes[0]?.reject(reset));
      expect(h.state()).toBe('running.closing');
      expect(tagged).toEqual([false]);
      expect(seen).toEqual([new ConnectionLost({ error: reset })]);
      expect(seen[0]).toMatchObject({ code: 'ERR_CONNECTION_LOST', cause: reset });
      // The connection is the user's until `run` has settled.
      expect(h.script.live).toBe(1);
      expect(h.clock.pending).toEqual([5000]);
    },
  );

  it('in order has no cause', async () => {
    const h = await lostIn('running.settling', undefined);
    expect(signalOf(h).reason).toEqual(new ConnectionLost());
    expect('cause' in (signalOf(h).reason as Error)).toBe(false);
  });

  it('with a marked error tells `run` the error itself', async () => {
    const h = await lostIn('running.settling', { error: retryable(reset, { delayMs: 5 }) });
    expect(signalOf(h).reason).toMatchObject({ cause: reset });
    expect(told(h, 'connection.closing')).toMatchObject([{ error: reset }]);
  });

  it('is told as it was, and counts once', async () => {
    const h = harness({ closed: true });
    await goTo(h, 'running.settling');
    await h.clock.advance(700);
    await settle(h, () => h.script.closes[0]?.resolve({ error: reset, detail: { code: 1006 } }));
    const closing = {
      type: 'connection.closing',
      epoch: 1,
      cause: 'lost',
      error: reset,
      detail: { code: 1006 },
      upMs: 700,
    };
    expect(h.emitted.at(-1)).toEqual(closing);
    await h.clock.advance(300);
    await settle(h, () => h.script.runs[0]?.reject(broke));
    expect(h.emitted.slice(2)).toEqual([
      closing,
      {
        type: 'connection.closed',
        epoch: 1,
        cause: 'lost',
        upMs: 700,
        isStable: false,
        error: reset,
        detail: { code: 1006 },
      },
      { type: 'retry.scheduled', attempt: 1, delayMs: 1000, error: reset, verdict: 'transient' },
    ]);
    expect(h.actor.getSnapshot().context).toMatchObject({ attempt: 1, epoch: 1 });
    expect(h.script.connections).toEqual([{ id: 1, releases: 1 }]);
    await h.clock.advance(1000);
    expect(h.script.connects[1]?.argument).toMatchObject({
      attempt: 1,
      epoch: 2,
      lastError: reset,
    });
  });

  it.each([
    [9999, false, 1],
    [10_000, true, 1],
  ])('after %d ms was a good session: %s', async (ageMs, isStable, attempt) => {
    const h = harness({ closed: true, resumePoint: { attempt: 0, epoch: 0 } });
    await settle(h, () => h.script.connects[0]?.reject(broke));
    await h.clock.advance(1000);
    await settle(h, () => h.script.connects[1]?.resolve());
    await h.clock.advance(ageMs);
    await settle(h, () => h.script.closes[0]?.resolve());
    // What `run` takes to see it makes the session no longer and no better.
    await h.clock.advance(4999);
    await settle(h, () => h.script.runs[0]?.resolve(Continue()));
    expect(told(h, 'connection.closed')).toMatchObject([{ upMs: ageMs, isStable }]);
    expect(told(h, 'retry.scheduled').at(-1)?.attempt).toBe(isStable ? attempt : 2);
  });

  it('that `run` outlives is left after gracePeriodMs', async () => {
    for (const [end, error] of [
      [{ error: reset }, reset],
      [undefined, new ConnectionLost()],
    ] as const) {
      const h = await lostIn('running.settling', end);
      await h.clock.advance(2999);
      expect(h.state()).toBe('running.closing');
      expect(h.script.live).toBe(1);
      await h.clock.advance(1);
      expect(h.state()).toBe('waiting.delaying');
      expect(h.script.connections).toEqual([{ id: 1, releases: 1 }]);
      expect(told(h, 'connection.closed')).toMatchObject([{ cause: 'lost', error }]);
      expect(told(h, 'retry.scheduled')).toMatchObject([{ attempt: 1, error }]);
      await settle(h, () => h.script.runs[0]?.resolve(Break('too late')));
      expect(h.state()).toBe('waiting.delaying');
    }
  });

  it('whose release lasts gives that a grace period of its own', async () => {
    const h = await lostIn('running.settling', undefined);
    h.script.connector.disconnect = never;
    await h.clock.advance(2999);
    await settle(h, () => h.script.runs[0]?.resolve(Continue()));
    expect(h.state()).toBe('running.closing');
    await h.clock.advance(2999);
    expect(h.state()).toBe('running.closing');
    await h.clock.advance(1);
    expect(h.state()).toBe('waiting.delaying');
    expect(told(h, 'connection.closed')).toMatchObject([
      { cause: 'lost', releaseError: new GracePeriodError(3000) },
    ]);
    expect(told(h, 'connection.closing')).toHaveLength(1);
  });
});

describe('which failure it is after a loss', () => {
  const wins = 'the answer of run';
  const lost = 'what closed said';
  const said = 'what run threw';
  const nothing = 'no error';
  type Outcome = typeof wins | typeof lost | typeof said | typeof nothing;

  const answers: Record<string, readonly [(h: Harness) => void, Outcome, Outcome]> = {
    Break: [(h) => h.script.runs[0]?.resolve(Break('done')), wins, wins],
    'fatal(e)': [(h) => h.script.runs[0]?.reject(fatal(broke)), wins, wins],
    'an answer that is none': [(h) => h.script.runs[0]?.resolve('done' as never), wins, wins],
    Continue: [(h) => h.script.runs[0]?.resolve(Continue()), lost, nothing],
    'an error': [(h) => h.script.runs[0]?.reject(broke), lost, said],
    'retryable(e)': [(h) => h.script.runs[0]?.reject(retryable(broke)), lost, said],
    'the reason': [(h) => h.script.runs[0]?.reject(signalOf(h).reason), lost, nothing],
    'an AbortError': [
      (h) => h.script.runs[0]?.reject(new DOMException('aborted', 'AbortError')),
      lost,
      nothing,
    ],
    'an error around the reason': [
      (h) => h.script.runs[0]?.reject(new Error('aborted', { cause: signalOf(h).reason })),
      lost,
      nothing,
    ],
    'an AbortError around the reason': [
      (h) =>
        h.script.runs[0]?.reject(
          Object.assign(new Error('aborted', { cause: signalOf(h).reason }), {
            name: 'AbortError',
          }),
        ),
      lost,
      nothing,
    ],
  };

  const cases = Object.keys(answers).flatMap((answer) =>
    (['running.closing', 'running.draining'] as const)
      // While `run` reads on its signal has no reason yet.
      .filter((place) => place === 'running.closing' || !answer.includes('the reason'))
      .flatMap((place) => [true, false].map((hasError) => [answer, place, hasError] as const)),
  );

  it.each(cases)('run: %s in %s, closed with an error: %s', async (answer, place, hasError) => {
    const h = await lostIn('running.settling', {
      ...(hasError && { error: reset }),
      ...(place === 'running.draining' && { drained: never() }),
    });
    expect(h.state()).toBe(place);
    const [settleRun, withError, without] = answers[answer] as (typeof answers)[string];
    const outcome = hasError ? withError : without;
    await settle(h, () => settleRun(h));
    expect(h.script.connections).toEqual([{ id: 1, releases: 1 }]);
    if (outcome === wins) {
      const [output, cause] = {
        Break: [{ status: 'completed', value: 'done' }, 'break'],
        'fatal(e)': [{ status: 'failed', error: broke }, 'fatal'],
        'an answer that is none': [
          { status: 'failed', error: new InvalidControlFlowError('done') },
          'fatal',
        ],
      }[answer] as [object, string];
      expect(h.actor.getSnapshot().output).toEqual(output);
      expect(told(h, 'connection.closed')).toMatchObject([{ cause }]);
      return;
    }
    const error = { [lost]: reset, [said]: broke, [nothing]: undefined }[outcome];
    const [closed] = told(h, 'connection.closed');
    expect(closed).toMatchObject({ cause: 'lost' });
    expect(told(h, 'connection.closed')).toHaveLength(1);
    const [retry] = told(h, 'retry.scheduled');
    expect(retry).toMatchObject({ attempt: 1 });
    for (const event of [closed, retry]) {
      expect(event?.error).toBe(error);
      expect('error' in (event as object)).toBe(error !== undefined);
    }
    expect(retry?.verdict).toBe(error && 'transient');
  });

  it('the error of closed is sorted in the phase run, and its hint kept', async () => {
    const seen: unknown[] = [];
    const h = harness({ closed: true });
    Object.assign(h.script.connector, {
      isRetryable: (error: unknown, facts: unknown) => void seen.push([error, facts]),
    });
    await goTo(h, 'running.settling');
    await settle(h, () => h.script.closes[0]?.resolve({ error: reset }));
    await settle(h, () => h.script.runs[0]?.reject(broke));
    expect(seen).toEqual([[reset, { phase: 'run', attempt: 0, epoch: 1, hasBeenStable: false }]]);
    const hinted = await lostIn('running.settling', {
      error: retryable(reset, { delayMs: 9000, spreadMs: 0 }),
    });
    await settle(hinted, () => hinted.script.runs[0]?.resolve(Continue()));
    expect(told(hinted, 'retry.scheduled')).toEqual([
      { type: 'retry.scheduled', attempt: 1, delayMs: 9000, error: reset, verdict: 'transient' },
    ]);
  });

  it('an error of closed that does not count keeps `attempt`', async () => {
    const h = await lostIn('running.settling', {
      error: retryable(reset, { delayMs: 300, consumesAttempt: false }),
    });
    await settle(h, () => h.script.runs[0]?.resolve(Continue()));
    expect(told(h, 'retry.scheduled')).toMatchObject([{ attempt: 0, delayMs: 300, error: reset }]);
  });

  it.each(['fatal(e)', 'a permanent error'] as const)(
    '%s of closed ends the loop when `run` has settled, or its time is over',
    async (kind) => {
      const error = kind === 'fatal(e)' ? reset : mistake;
      for (const isDeaf of [false, true]) {
        const h = await lostIn('running.settling', {
          error: kind === 'fatal(e)' ? fatal(reset) : mistake,
        });
        expect(h.state()).toBe('running.closing');
        if (isDeaf) await h.clock.advance(3000);
        else await settle(h, () => h.script.runs[0]?.resolve(Continue()));
        expect(h.actor.getSnapshot().output).toEqual({ status: 'failed', error });
        expect(told(h, 'connection.closed')).toMatchObject([{ cause: 'fatal', error }]);
      }
    },
  );

  it('a permanent error of closed is retried after a good session, and said to be one', async () => {
    const h = await lostIn('running.stable', { error: mistake });
    await settle(h, () => h.script.runs[0]?.resolve(Continue()));
    expect(told(h, 'retry.scheduled')).toMatchObject([{ attempt: 1, verdict: 'permanent' }]);
  });

  it('ConnectionLost is not asked about, whatever isRetryable would say', async () => {
    const h = harness({ closed: true, gracePeriodMs: 3000 });
    Object.assign(h.script.connector, { isRetryable: () => false });
    await goTo(h, 'running.settling');
    await settle(h, () => h.script.closes[0]?.resolve());
    await h.clock.advance(3000);
    expect(told(h, 'retry.scheduled')).toMatchObject([{ verdict: 'transient' }]);
  });
});

describe('what had arrived on a lost connection', () => {
  it('is read before `run` is told', async () => {
    let drain = () => {};
    const drained = new Promise<void>((resolve) => (drain = resolve));
    const h = await lostIn('running.settling', { error: reset, drained });
    expect(h.state()).toBe('running.draining');
    expect(signalOf(h).aborted).toBe(false);
    expect(told(h, 'connection.closing')).toMatchObject([{ cause: 'lost', upMs: 0 }]);
    await h.clock.advance(2000);
    await settle(h, () => drain());
    expect(h.state()).toBe('running.closing');
    expect(signalOf(h).reason).toEqual(new ConnectionLost({ error: reset }));
    // From then on `run` has the whole grace period.
    await h.clock.advance(2999);
    expect(h.state()).toBe('running.closing');
    await h.clock.advance(1);
    expect(h.state()).toBe('waiting.delaying');
    expect(told(h, 'connection.closing')).toHaveLength(1);
  });

  it.each([
    ['never settles', never],
    // oxlint-disable-next-line unicorn/no-thenable -- that is what is tested
    ['has a `then` that does nothing', () => ({ then: () => {} })],
  ])('that %s is given up after gracePeriodMs', async (_, make) => {
    const h = await lostIn('running.settling', { drained: make() as PromiseLike<unknown> });
    await h.clock.advance(2999);
    expect(h.state()).toBe('running.draining');
    expect(signalOf(h).aborted).toBe(false);
    await h.clock.advance(1);
    expect(h.state()).toBe('running.closing');
    expect(signalOf(h).reason).toEqual(new ConnectionLost());
    await h.clock.advance(3000);
    expect(h.state()).toBe('waiting.delaying');
  });

  it.each<[string, () => unknown]>([
    ['rejects', () => Promise.reject<never>(new Error('half'))],
    ['has settled already', () => Promise.resolve()],
    [
      'has a `then` that throws',
      () => ({
        // oxlint-disable-next-line unicorn/no-thenable -- that is what is tested
        then: () => {
          throw new Error('half');
        },
      }),
    ],
    ['is null', () => null],
    ['is true', () => true],
    ['is an object', () => ({})],
  ])('that %s is no more to be waited for', async (_, make) => {
    const h = harness({ closed: true });
    await goTo(h, 'running.settling');
    await settle(h, () => {
      const drained = make() as PromiseLike<unknown>;
      h.script.closes[0]?.resolve({ error: reset, drained });
    });
    expect(h.state()).toBe('running.closing');
    expect(signalOf(h).reason).toMatchObject({ cause: reset });
    await settle(h, () => h.script.runs[0]?.reject(signalOf(h).reason));
    expect(told(h, 'retry.scheduled')).toMatchObject([{ error: reset }]);
  });

  it('needs no signal when `run` has seen the end itself', async () => {
    const h = await lostIn('running.settling', { drained: never() });
    await settle(h, () => h.script.runs[0]?.resolve(Continue()));
    expect(h.state()).toBe('waiting.delaying');
    expect(signalOf(h).aborted).toBe(false);
    expect(h.clock.pending).toEqual([1000]);
  });

  it('that is read after `run` has settled changes nothing', async () => {
    let drain = () => {};
    const drained = new Promise<void>((resolve) => (drain = resolve));
    const h = await lostIn('running.settling', { drained });
    h.script.connector.disconnect = never;
    await settle(h, () => h.script.runs[0]?.resolve(Continue()));
    expect(h.state()).toBe('running.closing');
    const { emitted } = h;
    const before = emitted.length;
    await settle(h, () => drain());
    expect(emitted).toHaveLength(before);
    expect(signalOf(h).aborted).toBe(false);
    await h.clock.advance(3000);
    expect(h.state()).toBe('waiting.delaying');
  });

  it.each([
    ['stop', 'stopped', 'ERR_STOP_REQUESTED'],
    ['reconnect', 'connecting.attempting', 'ERR_RECONNECT_REQUESTED'],
    ['suspend', 'waiting.suspended', 'ERR_SUSPEND_REQUESTED'],
  ] as const)('is not waited for when %s comes', async (type, next, code) => {
    const h = await lostIn('running.settling', { drained: never() });
    h.actor.send({ type });
    expect(signalOf(h).reason).toMatchObject({ code });
    await settle(h, () => h.script.runs[0]?.reject(signalOf(h).reason));
    expect(h.state()).toBe(next);
  });
});

describe('a loss and a command', () => {
  it.each(['running.draining', 'running.closing'] as const)(
    'reconnect in %s: the failure counts, the delay is skipped and no policy is asked',
    async (place) => {
      for (const error of [reset, undefined]) {
        const h = harness({ closed: true, retryDelay: true });
        await goTo(h, 'running.settling');
        await settle(h, () =>
          h.script.closes[0]?.resolve({
            error,
            ...(place === 'running.draining' && { drained: never() }),
          }),
        );
        expect(h.state()).toBe(place);
        h.actor.send({ type: 'reconnect' });
        await settle(h, () => h.script.runs[0]?.reject(signalOf(h).reason));
        expect(h.script.connects[1]?.argument).toMatchObject({ attempt: 1, epoch: 2 });
        expect(h.script.connects[1]?.argument.lastError).toBe(error);
        expect(h.script.retryDelays).toEqual([]);
        const [closed] = told(h, 'connection.closed');
        expect(closed).toMatchObject({ cause: 'lost' });
        expect(closed?.error).toBe(error);
        expect(told(h, 'connection.closing')).toMatchObject([{ cause: 'lost' }]);
        expect(told(h, 'retry.scheduled')).toEqual([]);
      }
    },
  );

  it('reconnect after a loss: a session that outlives it is left, and its failure counts', async () => {
    const h = await lostIn('running.settling', { error: reset });
    h.actor.send({ type: 'reconnect' });
    await h.clock.advance(3000);
    expect(h.state()).toBe('connecting.attempting');
    expect(h.script.connects[1]?.argument).toMatchObject({ attempt: 1, lastError: reset });
    expect(told(h, 'connection.closed')).toMatchObject([{ cause: 'lost', error: reset }]);
  });

  it('reconnect after a loss that is fatal ends the loop', async () => {
    const h = await lostIn('running.settling', { error: fatal(reset) });
    h.actor.send({ type: 'reconnect' });
    await settle(h, () => h.script.runs[0]?.resolve(Continue()));
    expect(h.actor.getSnapshot().output).toEqual({ status: 'failed', error: reset });
  });

  it('suspend after a loss: no failure is counted, none follows until resume', async () => {
    const h = await lostIn('running.settling', { error: reset });
    h.actor.send({ type: 'suspend' });
    await settle(h, () => h.script.runs[0]?.reject(signalOf(h).reason));
    expect(h.state()).toBe('waiting.suspended');
    expect(told(h, 'connection.closed')).toMatchObject([{ cause: 'lost', error: reset }]);
    expect(h.clock.pending).toEqual([]);
  });

  it('stop after a loss ends in stopped; what closed said is in connection.closed', async () => {
    const h = await lostIn('running.settling', { error: reset, detail: 1006 });
    h.actor.send({ type: 'stop' });
    await settle(h, () => h.script.runs[0]?.reject(signalOf(h).reason));
    expect(h.actor.getSnapshot().output).toEqual({ status: 'stopped' });
    expect(told(h, 'connection.closed')).toMatchObject([
      { cause: 'lost', error: reset, detail: 1006 },
    ]);
  });

  it.each([
    ['running.reconnecting', 'reconnect'],
    ['running.suspending', 'suspend'],
    ['running.stopping', 'stop'],
  ] as const)('in %s closed only supplies the detail', async (place, cause) => {
    const h = harness({ closed: true });
    await goTo(h, place);
    const reason: unknown = signalOf(h).reason;
    await settle(h, () => h.script.closes[0]?.resolve({ error: reset, detail: 1001 }));
    expect(h.state()).toBe(place);
    expect(signalOf(h).reason).toBe(reason);
    await settle(h, () => h.script.runs[0]?.resolve(Continue()));
    expect(told(h, 'connection.closing')).toEqual([
      { type: 'connection.closing', epoch: 1, cause, upMs: 0 },
    ]);
    expect(told(h, 'connection.closed')).toEqual([
      { type: 'connection.closed', epoch: 1, cause, upMs: 0, isStable: false, detail: 1001 },
    ]);
    expect(h.actor.getSnapshot().context.attempt).toBe(0);
  });
});

describe('a loss beside the end of `run`', () => {
  it('that comes while the release lasts only supplies the detail', async () => {
    let finish = () => {};
    const h = harness({ closed: true });
    h.script.connector.disconnect = () => new Promise<void>((resolve) => (finish = resolve));
    await goTo(h, 'running.settling');
    await settle(h, () => h.script.runs[0]?.resolve(Continue()));
    await settle(h, () => h.script.closes[0]?.resolve({ error: reset, detail: 1000 }));
    expect(signalOf(h).aborted).toBe(false);
    await settle(h, () => finish());
    expect(h.emitted.slice(2, 4)).toEqual([
      { type: 'connection.closing', epoch: 1, cause: 'settled', upMs: 0 },
      {
        type: 'connection.closed',
        epoch: 1,
        cause: 'continue',
        upMs: 0,
        isStable: false,
        detail: 1000,
      },
    ]);
  });

  it('that comes after it is nothing, and a rejection of what it brings has a taker', async () => {
    for (const lose of [
      (h: Harness) => h.script.closes[0]?.reject(reset),
      (h: Harness) => h.script.closes[0]?.resolve({ drained: Promise.reject(reset) }),
    ]) {
      const h = harness({ closed: true });
      await goTo(h, 'running.settling');
      await settle(h, () => h.script.runs[0]?.resolve(Continue()));
      const before = h.emitted.length;
      await settle(h, () => lose(h));
      expect(h.emitted).toHaveLength(before);
      expect(h.actor.getSnapshot().context.attempt).toBe(1);
    }
  });

  it.each([
    [
      'loss first',
      (h: Harness) => {
        h.script.closes[0]?.reject(reset);
        h.script.runs[0]?.reject(broke);
      },
    ],
    [
      'run first',
      (h: Harness) => {
        h.script.runs[0]?.reject(broke);
        h.script.closes[0]?.reject(reset);
      },
    ],
  ])('in the same tick counts once: %s', async (_, both) => {
    for (let ticks = 0; ticks < 6; ticks++) {
      const h = harness({ closed: true });
      await goTo(h, 'running.settling');
      await settle(h, () => both(h));
      expect(toldTypes(h).slice(2)).toEqual([
        'connection.closing',
        'connection.closed',
        'retry.scheduled',
      ]);
      expect(told(h, 'retry.scheduled')).toMatchObject([{ attempt: 1 }]);
      expect(h.script.connections).toEqual([{ id: 1, releases: 1 }]);
    }
  });

  it('several losses, of closed and of a probe, are one: the first', async () => {
    const h = harness({ closed: true, probe: true });
    await goTo(h, 'running.settling');
    h.actor.send({ type: 'probe' });
    await settle(h, () => {
      h.script.probes[0]?.reject(new Error('no pong'));
      h.script.closes[0]?.resolve({ error: reset, detail: 1006 });
    });
    await settle(h, () => h.script.runs[0]?.resolve(Continue()));
    const error = new Error('no pong');
    expect(h.emitted.slice(2)).toEqual([
      { type: 'connection.closing', epoch: 1, cause: 'lost', error, upMs: 0 },
      { type: 'connection.closed', epoch: 1, cause: 'lost', error, upMs: 0, isStable: false },
      { type: 'retry.scheduled', attempt: 1, delayMs: 1000, error, verdict: 'transient' },
    ]);
  });
});

describe('closed is called', () => {
  it('once for each session, right after `run`, on the connector, with the connection', async () => {
    const calls: unknown[] = [];
    const h = harness();
    const { connector } = h.script;
    const { run } = connector;
    Object.assign(connector, {
      run: (...args: Parameters<typeof run>) => {
        calls.push('run');
        return run(...args);
      },
      closed(this: unknown, connection: unknown) {
        calls.push(this === connector ? connection : 'another connector');
        return never();
      },
    });
    await goTo(h, 'running.stable');
    expect(calls).toEqual(['run', { id: 1, releases: 0 }]);
    await settle(h, () => h.script.runs[0]?.resolve(Continue()));
    await h.clock.advance(1000);
    await settle(h, () => h.script.connects[1]?.resolve());
    expect(calls.slice(2)).toEqual(['run', { id: 2, releases: 0 }]);
  });

  it('also when `run` has stopped the actor at once: what it says then is nothing', async () => {
    const h = harness({ closed: true });
    const { connector } = h.script;
    connector.run = () => {
      h.actor.stop();
      return never();
    };
    await settle(h, () => h.script.connects[0]?.resolve());
    expect(h.script.live).toBe(0);
    const before = h.emitted.length;
    await settle(h, () => h.script.closes[0]?.reject(reset));
    expect(h.emitted).toHaveLength(before);
    expect(h.script.connections).toEqual([{ id: 1, releases: 1 }]);
  });
});
