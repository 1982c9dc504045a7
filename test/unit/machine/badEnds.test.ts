import { ConnectionLost, Continue, InvalidOptionError } from 'schmoozer';
import { describe, expect, it } from 'vitest';
import { type Harness, harness, settle, told } from '../../support/harness.js';

const reset = new Error('ECONNRESET');
const cyclic = Object.assign(new Error('round'), { self: {} });
cyclic.self = cyclic;

/** A session whose `closed` is another. */
async function sessionOf(closed: unknown, options = {}): Promise<Harness> {
  const h = harness(options);
  Object.assign(h.script.connector, { closed });
  await settle(h, () => h.script.connects[0]?.resolve());
  return h;
}

/** How the link goes on after its connection was lost. */
async function endOf(h: Harness) {
  expect(h.state()).toBe('running.closing');
  await settle(h, () => h.script.runs[0]?.resolve(Continue()));
  expect(h.script.connections).toEqual([{ id: 1, releases: 1 }]);
  const [closing] = told(h, 'connection.closing');
  const [closed] = told(h, 'connection.closed');
  expect(closing).toMatchObject({ cause: 'lost' });
  return { closing, closed, retry: told(h, 'retry.scheduled')[0] };
}

const thrower = (error: unknown) => () => {
  throw error;
};

describe('closed that rejects or throws', () => {
  const errors: readonly (readonly [string, unknown])[] = [
    ['an error', reset],
    ['undefined', undefined],
    ['null', null],
    ['a text', 'gone'],
    ['0', 0],
    ['a symbol', Symbol('gone')],
    ['a cyclic error', cyclic],
    ['an object without a prototype', Object.create(null)],
  ];

  it.each(errors)('%s: that is the failure', async (_, error) => {
    for (const closed of [thrower(error), () => Promise.reject(error as Error)]) {
      const h = await sessionOf(closed);
      const signal = h.script.runs[0]?.argument.signal as AbortSignal;
      expect(signal.reason).toBeInstanceOf(ConnectionLost);
      expect((signal.reason as Error).cause).toBe(error);
      const { closing, closed: end, retry } = await endOf(h);
      for (const event of [closing, end, retry]) {
        expect(event).toHaveProperty('error');
        expect(event?.error).toBe(error);
      }
      expect(retry).toMatchObject({ attempt: 1, verdict: 'transient' });
      expect(() => JSON.stringify(h.actor.getPersistedSnapshot())).not.toThrow();
      expect(h.logged).toEqual([]);
    }
  });

  it('an error that is none of ours to read: its facts are what can be read', async () => {
    const hostile = {
      get message(): string {
        throw new Error('no');
      },
    };
    const h = await sessionOf(() => Promise.reject(hostile as never));
    const { retry } = await endOf(h);
    expect(retry?.error).toBe(hostile);
    expect(h.actor.getSnapshot().context.lastError).toMatchObject({ name: 'object' });
  });
});

describe('closed that resolves to', () => {
  it.each([[undefined], [null], ['gone'], [42], [true], [[]], [{}], [{ error: undefined }]])(
    '%j: an end without an error',
    async (answer) => {
      const h = await sessionOf(() => Promise.resolve(answer));
      const { closing, closed, retry } = await endOf(h);
      expect(closing).toEqual({ type: 'connection.closing', epoch: 1, cause: 'lost', upMs: 0 });
      expect(closed).not.toHaveProperty('error');
      expect(closed).not.toHaveProperty('detail');
      expect(retry).toEqual({ type: 'retry.scheduled', attempt: 1, delayMs: 1000 });
    },
  );

  it.each([[null], [0], [''], [false]])('the error %j: that is the failure', async (error) => {
    const { closing, closed, retry } = await endOf(
      await sessionOf(() => Promise.resolve({ error, detail: error })),
    );
    expect(closing).toMatchObject({ error, detail: error });
    expect(closed).toMatchObject({ error, detail: error });
    expect(retry).toMatchObject({ error, verdict: 'transient' });
  });

  it('what throws when it is read: that is the failure', async () => {
    for (const field of ['error', 'detail', 'drained']) {
      const answer = Object.defineProperty({}, field, { get: thrower(reset) });
      const { closed } = await endOf(await sessionOf(() => Promise.resolve(answer)));
      expect(closed).toMatchObject({ cause: 'lost', error: reset });
    }
  });
});

describe('closed that returns no promise', () => {
  it.each([[undefined], [null], [{ error: reset }], [42], ['gone'], [() => {}]])(
    'but %o: the session ends, and the option is named',
    async (answer) => {
      const h = await sessionOf(() => answer, { failFast: 'never' });
      const { closed } = await endOf(h);
      expect(closed?.error).toBeInstanceOf(InvalidOptionError);
      expect(closed?.error).toMatchObject({
        option: 'connector.closed',
        message: expect.stringMatching(
          /^`connector.closed` must be a method that returns a promise/,
        ),
      });
    },
  );

  it('is a mistake that shows in the first minute', async () => {
    const h = await sessionOf(() => undefined);
    await settle(h, () => h.script.runs[0]?.resolve(Continue()));
    expect(h.actor.getSnapshot().output).toMatchObject({
      status: 'failed',
      error: { code: 'ERR_INVALID_OPTION' },
    });
  });
});

describe('closed that', () => {
  it('has settled before connect resolved: `run` is called, and hears of it at once', async () => {
    for (const make of [async () => ({ error: reset }), () => Promise.reject(reset)]) {
      const gone = make();
      await Promise.allSettled([gone]);
      const h = await sessionOf(() => gone);
      expect(h.script.runs).toHaveLength(1);
      const { closed, retry } = await endOf(h);
      expect(closed).toMatchObject({ cause: 'lost', error: reset, upMs: 0 });
      expect(retry).toMatchObject({ attempt: 1, error: reset });
    }
  });

  it('settles twice: the first counts', async () => {
    const closed = () => ({
      // oxlint-disable-next-line unicorn/no-thenable -- that is what is tested
      then(resolve: (end: unknown) => void, reject: (error: unknown) => void) {
        resolve({ detail: 'first' });
        resolve({ detail: 'second', error: reset });
        reject(reset);
      },
    });
    const { closed: end } = await endOf(await sessionOf(closed));
    expect(end).toEqual({
      type: 'connection.closed',
      epoch: 1,
      cause: 'lost',
      upMs: 0,
      isStable: false,
      detail: 'first',
    });
  });

  it('is a promise of another kind whose `then` throws: that is the failure', async () => {
    // oxlint-disable-next-line unicorn/no-thenable -- that is what is tested
    const { closed } = await endOf(await sessionOf(() => ({ then: thrower(reset) })));
    expect(closed).toMatchObject({ cause: 'lost', error: reset });
  });

  it('never settles is no matter, and is called again for the next session', async () => {
    let calls = 0;
    const h = await sessionOf(() => {
      calls += 1;
      return new Promise(() => {});
    });
    await h.clock.advance(86_400_000);
    expect(h.state()).toBe('running.stable');
    await settle(h, () => h.script.runs[0]?.resolve(Continue()));
    await h.clock.advance(1000);
    await settle(h, () => h.script.connects[1]?.resolve());
    expect(calls).toBe(2);
  });

  it('sends a command is heard', async () => {
    for (const [type, place] of [
      ['stop', 'running.stopping'],
      ['reconnect', 'running.reconnecting'],
      ['suspend', 'running.suspending'],
    ] as const) {
      const h = harness();
      Object.assign(h.script.connector, {
        closed: () => {
          h.actor.send({ type });
          return new Promise(() => {});
        },
      });
      await settle(h, () => h.script.connects[0]?.resolve());
      expect(h.state()).toBe(place);
    }
  });

  it('is no method is refused', () => {
    for (const method of ['closed', 'probe']) {
      const h = harness();
      const connector = { ...h.script.connector, [method]: Promise.resolve() };
      expect(() => harness({ script: { ...h.script, connector: connector as never } })).toThrow(
        `\`connector.${method}\` must be a function; received an object`,
      );
    }
  });
});
