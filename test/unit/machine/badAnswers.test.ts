import {
  Break,
  Continue,
  GracePeriodError,
  fatal,
  InvalidControlFlowError,
  InvalidRetryDelayError,
  IsRetryableError,
  ListenerError,
  ReleaseError,
  retryable,
} from 'schmoozer';
import { describe, expect, it, vi } from 'vitest';
import { lacking } from '../../support/engine.js';
import { goTo, type Harness, harness, settle, told } from '../../support/harness.js';

const refused = new Error('refused');

/** A harness whose connector has some methods replaced. */
function harnessWith(methods: Record<string, unknown>, options = {}): Harness {
  const h = harness(options);
  Object.assign(h.script.connector, methods);
  return h;
}

async function failOnce(h: Harness, error: unknown = refused): Promise<void> {
  await settle(h, () => h.script.connects.at(-1)?.reject(error));
}

describe('retryDelay', () => {
  it.each([
    ['Continue(NaN)', Continue(Number.NaN), Number.NaN],
    ['Continue(-1)', Continue(-1), -1],
    ["Continue('5')", Continue('5'), '5'],
    ['Continue(null)', Continue(null), null],
    ['a bare NaN', Number.NaN, Number.NaN],
    ['a bare -1', -1, -1],
    ["'5'", '5', '5'],
    ['undefined', undefined, undefined],
  ])('that answers %s ends in failed with InvalidRetryDelayError', async (_, answer, received) => {
    for (const retryDelay of [() => answer, async () => answer]) {
      const h = harnessWith({ retryDelay });
      await failOnce(h);
      const { output } = h.actor.getSnapshot();
      expect(output).toEqual({ status: 'failed', error: new InvalidRetryDelayError(received) });
      // A text may be a secret.
      const shown = typeof received === 'string' ? 'a string of 1 characters' : received;
      expect(output).toMatchObject({
        error: { code: 'ERR_INVALID_RETRY_DELAY', received: shown },
      });
      expect(h.clock.pending).toEqual([]);
    }
  });

  it.each([
    [0, 'connecting.attempting', []],
    [5, 'waiting.delaying', [5]],
    [Infinity, 'waiting.delaying', [2 ** 31 - 1]],
  ])('may answer the bare number %d, as Continue of it', async (answer, state, pending) => {
    for (const retryDelay of [() => answer, async () => answer, () => Continue(answer)]) {
      const h = harnessWith({ retryDelay });
      await failOnce(h);
      expect(h.state()).toBe(state);
      if (state === 'waiting.delaying') expect(h.clock.pending).toEqual(pending);
      expect(told(h, 'retry.scheduled')).toMatchObject([{ delayMs: answer }]);
    }
  });

  it('that answers 2^40 waits the longest time a timer can', async () => {
    const h = harnessWith({ retryDelay: () => Continue(2 ** 40) });
    await failOnce(h);
    expect(h.clock.pending).toEqual([2 ** 31 - 1]);
    expect(told(h, 'retry.scheduled')).toMatchObject([{ delayMs: 2 ** 31 - 1 }]);
    await h.clock.advance(2 ** 31 - 1);
    expect(h.state()).toBe('connecting.attempting');
  });

  it('that throws a falsy value ends in failed with that value', async () => {
    const h = harnessWith({
      retryDelay: () => {
        throw 0;
      },
    });
    await failOnce(h);
    expect(h.actor.getSnapshot().output).toEqual({ status: 'failed', error: 0 });
  });

  it('is asked again after each failure, with the delay it gave before', async () => {
    const retryDelay = vi.fn((_failure: { previousDelayMs: number }) => Continue(40));
    const h = harnessWith({ retryDelay });
    await failOnce(h);
    await h.clock.advance(40);
    await failOnce(h);
    expect(retryDelay.mock.calls.map(([{ previousDelayMs }]) => previousDelayMs)).toEqual([0, 40]);
  });

  it('sees a signal that is not aborted while it decides', async () => {
    const seen: boolean[] = [];
    const h = harnessWith({
      retryDelay: ({ signal }: { signal: AbortSignal }) => {
        seen.push(signal.aborted);
        return Continue(1);
      },
    });
    await failOnce(h);
    expect(seen).toEqual([false]);
  });

  it('is told the hint of retryable(e), raw, and has the last word, at once or later', async () => {
    const hints: unknown[] = [];
    const retryDelay = ({ hintMs }: { hintMs: unknown }) => {
      hints.push(hintMs);
      return 40;
    };
    for (const answer of [
      retryDelay,
      async (failure: { hintMs: unknown }) => retryDelay(failure),
    ]) {
      const h = harnessWith({ retryDelay: answer });
      await failOnce(h, retryable(refused, { delayMs: 300 }));
      expect(h.clock.pending).toEqual([40]);
      await h.clock.advance(40);
      await failOnce(h);
    }
    expect(hints).toEqual([300, undefined, 300, undefined]);
  });
});

describe('the hint of retryable(e) under a backoff', () => {
  /** The delay after one failure, where the backoff answers 200 + 800 × chance. */
  async function delayOf(hint: object, chances: number[]): Promise<number> {
    const h = harness({
      backoff: (_failure, random) => Continue(200 + 800 * random()),
      random: () => chances.shift() ?? expect.fail('no chance left'),
    });
    await failOnce(h, retryable(refused, hint));
    expect(chances).toEqual([]);
    return h.clock.pending[0] as number;
  }

  it.each([
    ['without a hint the backoff alone decides', {}, [0.5], 600],
    ['a lesser one changes nothing', { delayMs: 100, spreadMs: 0 }, [0.5, 0.9], 600],
    ['a greater one is waited', { delayMs: 5000, spreadMs: 0 }, [0.5, 0.9], 5000],
    ['chance spreads it', { delayMs: 5000, spreadMs: 2000 }, [0.5, 0.25], 5500],
    ['by default as far as the backoff could answer', { delayMs: 5000 }, [0.5, 0.5], 5500],
    ['a hint of 0 asks for nothing', { delayMs: 0 }, [0.5], 600],
    ['unless it is to be spread', { delayMs: 0, spreadMs: 4000 }, [0, 0.5], 2000],
  ])('%s', async (_what, hint, chances, delayMs) => {
    expect(await delayOf(hint, chances)).toBeCloseTo(delayMs, 6);
  });

  it('is not spread by a backoff that waits for ever, nor by one that gives up', async () => {
    const waits = harness({ backoff: () => Continue(Infinity), random: () => 0 });
    await failOnce(waits, retryable(refused, { delayMs: 5 }));
    expect(told(waits, 'retry.scheduled')).toMatchObject([{ delayMs: Infinity }]);
    let asked = 0;
    const givesUp = harness({
      backoff: () => {
        asked += 1;
        if (asked === 2) throw new Error('enough');
        return Continue(1);
      },
    });
    await failOnce(givesUp, retryable(refused, { delayMs: 5 }));
    expect(givesUp.actor.getSnapshot().output).toEqual({
      status: 'failed',
      error: new Error('enough'),
    });
  });
});

describe('an error that does not count', () => {
  const held = (delayMs: number) => retryable(refused, { delayMs, consumesAttempt: false });
  const answers = () => vi.fn(() => Continue(40));

  it('keeps `attempt`, asks no policy and waits its own delay', async () => {
    const retryDelay = answers();
    const h = harnessWith({ retryDelay });
    await failOnce(h, held(300));
    expect(retryDelay).not.toHaveBeenCalled();
    expect(told(h, 'retry.scheduled')).toEqual([
      { type: 'retry.scheduled', attempt: 0, delayMs: 300, error: refused, verdict: 'transient' },
    ]);
    await h.clock.advance(299);
    expect(h.script.connects).toHaveLength(1);
    await h.clock.advance(1);
    expect(h.script.connects[1]?.argument).toMatchObject({ attempt: 0, lastError: refused });
  });

  it('does not touch what the next failure is told of the delay before', async () => {
    const retryDelay = answers();
    const h = harnessWith({ retryDelay });
    await failOnce(h);
    await h.clock.advance(40);
    await failOnce(h, held(Infinity));
    expect(h.emitted.at(-1)).toMatchObject({ attempt: 1, delayMs: Infinity });
    h.actor.send({ type: 'reconnect' });
    await failOnce(h);
    expect(retryDelay.mock.lastCall).toMatchObject([{ attempt: 2, previousDelayMs: 40 }]);
  });

  it('of more than the longest timer waits the longest timer', async () => {
    const h = harnessWith({ retryDelay: answers() });
    await failOnce(h, held(2 ** 31));
    expect(h.clock.pending).toEqual([2 ** 31 - 1]);
  });

  it('may end a session too', async () => {
    const h = harnessWith({ retryDelay: answers() });
    await settle(h, () => h.script.connects[0]?.resolve());
    await settle(h, () => h.script.runs[0]?.reject(held(300)));
    expect(h.emitted.slice(2)).toEqual([
      { type: 'connection.closing', epoch: 1, cause: 'settled', error: refused, upMs: 0 },
      {
        type: 'connection.closed',
        epoch: 1,
        cause: 'retryable',
        error: refused,
        upMs: 0,
        isStable: false,
      },
      { type: 'retry.scheduled', attempt: 0, delayMs: 300, error: refused, verdict: 'transient' },
    ]);
  });
});

describe('connect', () => {
  it('that returns a bare value has connected', async () => {
    const connection = {};
    const run = vi.fn(() => Promise.resolve(Break('seen')));
    const h = harnessWith({ connect: () => connection, run });
    await h.clock.drain();
    expect(run.mock.calls).toMatchObject([[connection, { epoch: 1 }]]);
    expect(h.actor.getSnapshot().output).toEqual({ status: 'completed', value: 'seen' });
  });

  it('that throws at once has failed', async () => {
    const h = harnessWith({
      connect: () => {
        throw refused;
      },
    });
    await h.clock.drain();
    expect(h.state()).toBe('waiting.delaying');
    expect(h.actor.getSnapshot().context.lastError).toEqual({ name: 'Error', message: 'refused' });
  });

  it('is told the last error, the attempt and the number of its session', async () => {
    const h = harness();
    await h.clock.drain();
    expect(h.script.connects[0]?.argument.lastError).toBeUndefined();
    await failOnce(h);
    await h.clock.advance(1000);
    expect(h.script.connects[1]?.argument).toMatchObject({
      attempt: 1,
      epoch: 1,
      lastError: refused,
    });
  });

  it('that meets a programmer error ends in failed', async () => {
    const h = harness();
    const error = new TypeError('x is not a function');
    await failOnce(h, error);
    expect(h.actor.getSnapshot().output).toEqual({ status: 'failed', error });
  });
});

describe('run', () => {
  it.each([
    [
      'throws at once',
      () => {
        throw refused;
      },
    ],
    ['rejects', () => Promise.reject<never>(refused)],
  ])('that %s has ended with a retryable error', async (_, run) => {
    const h = harnessWith({ run });
    await settle(h, () => h.script.connects[0]?.resolve());
    expect(h.state()).toBe('waiting.delaying');
    expect(h.script.live).toBe(0);
    expect(h.emitted.slice(2)).toEqual([
      { type: 'connection.closing', epoch: 1, cause: 'settled', error: refused, upMs: 0 },
      {
        type: 'connection.closed',
        epoch: 1,
        cause: 'retryable',
        error: refused,
        upMs: 0,
        isStable: false,
      },
      { type: 'retry.scheduled', attempt: 1, delayMs: 1000, error: refused, verdict: 'transient' },
    ]);
  });

  it.each([
    ['nothing', undefined],
    ['a bare value', 'done'],
    ['an object of another type', { type: 'Other' }],
  ])('that returns %s ends in failed with InvalidControlFlowError', async (_, answer) => {
    const h = harnessWith({ run: () => Promise.resolve(answer) });
    await settle(h, () => h.script.connects[0]?.resolve());
    expect(h.actor.getSnapshot().output).toEqual({
      status: 'failed',
      error: new InvalidControlFlowError(answer),
    });
    expect(h.script.live).toBe(0);
    expect(told(h, 'connection.closed')).toMatchObject([{ cause: 'fatal' }]);
  });
});

describe('isRetryable', () => {
  it('sorts the errors that bear no mark', async () => {
    const isRetryable = (error: unknown) => error === refused;
    const h = harnessWith({ isRetryable });
    await failOnce(h);
    expect(h.state()).toBe('waiting.delaying');
    await h.clock.advance(1000);
    const other = new Error('other');
    await failOnce(h, other);
    expect(h.actor.getSnapshot().output).toEqual({ status: 'failed', error: other });
  });

  it('is not asked about fatal(e) and retryable(e)', async () => {
    const isRetryable = vi.fn(() => true);
    const h = harnessWith({ isRetryable });
    await failOnce(h, retryable(refused));
    await h.clock.advance(1000);
    await failOnce(h, fatal(refused));
    expect(h.state()).toBe('stopped');
    expect(isRetryable).not.toHaveBeenCalled();
  });

  it('that throws ends in failed with IsRetryableError, which keeps both errors', async () => {
    const bug = new TypeError('bug');
    const h = harnessWith({
      isRetryable: () => {
        throw bug;
      },
    });
    await failOnce(h);
    const { output } = h.actor.getSnapshot();
    expect(output).toEqual({ status: 'failed', error: new IsRetryableError(refused, bug) });
    expect(output).toMatchObject({ error: { error: refused, cause: bug } });
  });
});

describe('disconnect', () => {
  const boom = new Error('boom');

  it.each([
    [
      'throws',
      () => {
        throw boom;
      },
    ],
    ['rejects', () => Promise.reject<void>(boom)],
  ])('that %s is told in connection.closed, and the loop goes on', async (_, disconnect) => {
    const h = harnessWith({ disconnect });
    await settle(h, () => h.script.connects[0]?.resolve());
    await settle(h, () => h.script.runs[0]?.resolve(Continue()));
    expect(told(h, 'connection.closed')).toEqual([
      {
        type: 'connection.closed',
        epoch: 1,
        cause: 'continue',
        upMs: 0,
        isStable: false,
        releaseError: boom,
      },
    ]);
    expect(h.state()).toBe('waiting.delaying');
    expect(h.clock.pending).toEqual([1000]);
  });

  it('is awaited before the machine goes on', async () => {
    let finish = () => {};
    const disconnect = () => new Promise<void>((resolve) => (finish = resolve));
    const h = harnessWith({ disconnect });
    await settle(h, () => h.script.connects[0]?.resolve());
    await settle(h, () => h.script.runs[0]?.resolve(Continue()));
    expect(h.state()).toBe('running.closing');
    await settle(h, () => finish());
    expect(h.state()).toBe('waiting.delaying');
    expect(h.clock.pending).toEqual([1000]);
  });

  it('that never settles is left after gracePeriodMs, and told', async () => {
    const h = harnessWith({ disconnect: () => new Promise(() => {}) }, { gracePeriodMs: 300 });
    await settle(h, () => h.script.connects[0]?.resolve());
    await settle(h, () => h.script.runs[0]?.resolve(Continue()));
    await h.clock.advance(299);
    expect(h.state()).toBe('running.closing');
    await h.clock.advance(1);
    expect(h.state()).toBe('waiting.delaying');
    expect(told(h, 'connection.closed')).toMatchObject([
      { releaseError: new GracePeriodError(300) },
    ]);
  });

  it('that rejects after gracePeriodMs is told to the logger', async () => {
    let fail = undefined as unknown as (error: Error) => void;
    const disconnect = () => new Promise<void>((_, reject) => (fail = reject));
    const h = harnessWith({ disconnect }, { gracePeriodMs: 300 });
    await settle(h, () => h.script.connects[0]?.resolve());
    await settle(h, () => h.script.runs[0]?.resolve(Continue()));
    await h.clock.advance(300);
    await settle(h, () => fail(boom));
    expect(h.logged).toEqual([new ReleaseError(boom)]);
  });

  it('that is slow leaves no timer when the actor is stopped meanwhile', async () => {
    const h = harnessWith({ disconnect: () => new Promise(() => {}) });
    await settle(h, () => h.script.connects[0]?.resolve());
    await settle(h, () => h.script.runs[0]?.resolve(Continue()));
    h.actor.stop();
    expect(h.clock.pending).toEqual([]);
  });

  it('that is slow while stopping is told when the drain is over', async () => {
    const h = harnessWith({ disconnect: () => new Promise(() => {}) }, { gracePeriodMs: 300 });
    await goTo(h, 'running.stopping');
    await settle(h, () => h.script.runs[0]?.resolve(Continue()));
    await h.clock.advance(300);
    expect(h.state()).toBe('stopped');
    expect(told(h, 'connection.closed')).toEqual([
      {
        type: 'connection.closed',
        epoch: 1,
        cause: 'stop',
        upMs: 0,
        isStable: false,
        releaseError: new GracePeriodError(300),
      },
    ]);
    expect(h.clock.pending).toEqual([]);
  });

  it.each([
    [
      'throws',
      () => {
        throw boom;
      },
    ],
    ['rejects', () => Promise.reject<void>(boom)],
  ])('that %s for a connection nobody took is told to the logger', async (_, disconnect) => {
    const h = harnessWith({ disconnect }, { connectTimeoutMs: 50 });
    await h.clock.advance(50);
    await settle(h, () => h.script.connects[0]?.resolve());
    expect(h.logged).toEqual([new ReleaseError(boom)]);
  });

  it.each([
    [
      'throws',
      () => {
        throw boom;
      },
    ],
    ['rejects', () => Promise.reject<void>(boom)],
  ])(
    'that %s for a connection that came while stopping is kept in the output',
    async (_, disconnect) => {
      const h = harnessWith({ disconnect });
      await goTo(h, 'connecting.stopping');
      await settle(h, () => h.script.connects[0]?.resolve());
      expect(h.actor.getSnapshot().output).toEqual({ status: 'stopped', error: boom });
      expect(h.logged).toEqual([]);
    },
  );

  it.each(['connecting.restarting', 'connecting.suspending'] as const)(
    'that rejects for a connection that came in %s is told to the logger, and the link goes on',
    async (state) => {
      const h = harnessWith({ disconnect: () => Promise.reject<void>(boom) });
      await goTo(h, state);
      await settle(h, () => h.script.connects[0]?.resolve());
      expect(h.logged).toEqual([new ReleaseError(boom)]);
      expect(h.actor.getSnapshot().status).toBe('active');
    },
  );

  it.each(['connecting.restarting', 'connecting.suspending', 'connecting.stopping'] as const)(
    'that rejects when the grace period of %s is over is told to the logger',
    async (state) => {
      let fail = undefined as unknown as (error: Error) => void;
      const disconnect = () => new Promise<void>((_, reject) => (fail = reject));
      const h = harnessWith({ disconnect }, { gracePeriodMs: 300 });
      await goTo(h, state);
      await settle(h, () => h.script.connects[0]?.resolve());
      await h.clock.advance(300);
      await settle(h, () => fail(boom));
      expect(h.logged).toEqual([new ReleaseError(boom)]);
    },
  );
});

describe('a listener that throws', () => {
  const bug = new Error('bug in a listener');
  const thrower = () => {
    throw bug;
  };

  it('on an emitted event is told to the logger; the loop goes on', async () => {
    const h = harness();
    h.actor.on('connection.opened', thrower);
    await settle(h, () => h.script.connects[0]?.resolve());
    expect(h.logged).toEqual([new ListenerError(bug)]);
    expect(h.state()).toBe('running.settling');
    expect(h.script.live).toBe(1);
  });

  it('on snapshots, as function or observer, is told to the logger', async () => {
    const h = harness();
    await goTo(h, 'connecting.attempting');
    h.actor.subscribe(thrower);
    h.actor.subscribe({ next: thrower, complete: thrower });
    await settle(h, () => h.script.connects[0]?.resolve());
    expect(h.logged).toEqual([new ListenerError(bug), new ListenerError(bug)]);
    const before = h.logged.length;
    await settle(h, () => h.script.runs[0]?.resolve(Break()));
    // Each hears of the last snapshot, the observer of the end besides.
    expect(h.logged).toHaveLength(before + 3);
  });

  it.skipIf(lacking('inspect'))(
    'as inspector, function or observer, is told to the logger',
    async () => {
      for (const inspect of [thrower, { next: thrower }]) {
        const h = harness({ inspect });
        await settle(h, () => h.script.connects[0]?.resolve());
        expect(h.logged.length).toBeGreaterThan(5);
        expect(h.logged[0]).toEqual(new ListenerError(bug));
        expect(h.state()).toBe('running.settling');
      }
    },
  );

  it('goes unheard when the logger throws as well', async () => {
    const h = harness({ logger: thrower });
    h.actor.on('connection.opened', thrower);
    await settle(h, () => h.script.connects[0]?.resolve());
    expect(h.state()).toBe('running.settling');
  });
});
