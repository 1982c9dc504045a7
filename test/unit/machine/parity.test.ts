import {
  Break,
  type Connector,
  constantBackoff,
  Continue,
  createReconnectActor,
  fatal,
  retryable,
  run,
} from 'schmoozer';
import { virtualClock } from 'schmoozer/testing';
import { describe, expect, it, vi } from 'vitest';
import { statePath } from '../../support/harness.js';

const refused = new Error('refused');

/** Answers in order; the last one is given again and again. */
function inOrder<T>(...answers: (() => T)[]): () => T {
  let calls = 0;
  return () => (answers[Math.min(calls++, answers.length - 1)] as () => T)();
}

const resolves =
  <T>(value: T) =>
  () =>
    Promise.resolve(value);
const rejects = (error: unknown) => () => Promise.reject<never>(error);
const now = { backoff: constantBackoff(0) };

describe('parity with the crate', () => {
  it('connect resolves: enters running and calls run with the connection', async () => {
    const runs: unknown[] = [];
    const connector: Connector<string, string> = {
      connect: resolves('connection'),
      run: (connection) => {
        runs.push(connection);
        return Promise.resolve(Break('bye'));
      },
    };
    expect(await run(connector)).toEqual({ status: 'completed', value: 'bye' });
    expect(runs).toEqual(['connection']);
  });

  it('connect rejects with a retryable error: asks retryDelay', async () => {
    const retryDelay = vi.fn((_failure: unknown) => Continue(0));
    await run({
      connect: inOrder<Promise<string>>(
        rejects(refused),
        rejects(retryable(refused)),
        resolves('ok'),
      ),
      run: resolves(Break()),
      retryDelay,
    });
    expect(retryDelay.mock.calls.map(([failure]) => failure)).toMatchObject([
      { phase: 'connect', error: refused, attempt: 1 },
      { phase: 'connect', error: refused, attempt: 2 },
    ]);
  });

  it('connect rejects with fatal(e): stopped, output failed with e itself', async () => {
    const actor = createReconnectActor({
      connect: rejects(fatal(refused)),
      run: resolves(Break()),
    });
    const done = new Promise<void>((resolve) => actor.subscribe({ complete: resolve }));
    actor.start();
    await done;
    expect(actor.getSnapshot().value).toBe('stopped');
    expect(actor.getSnapshot().output).toEqual({ status: 'failed', error: refused });
    expect((actor.getSnapshot().output as { error: unknown }).error).toBe(refused);
  });

  it('run returns Continue(value): asks retryDelay without an error, then reconnects', async () => {
    const retryDelay = vi.fn((_failure: object) => Continue(0));
    const connect = vi.fn(resolves('connection'));
    await run({
      connect,
      run: inOrder<Promise<Continue<string> | Break>>(
        resolves(Continue('ignored')),
        resolves(Break()),
      ),
      retryDelay,
    });
    expect(connect).toHaveBeenCalledTimes(2);
    expect(retryDelay.mock.calls[0]?.[0]).toMatchObject({
      phase: 'run',
      attempt: 1,
      error: undefined,
    });
  });

  it('run returns Break(value): completed with the value', async () => {
    const connector = { connect: resolves(1), run: resolves(Break({ bytes: 7 })) };
    expect(await run(connector)).toEqual({ status: 'completed', value: { bytes: 7 } });
  });

  it('run throws fatal(e): failed with e', async () => {
    const promise = run({ connect: resolves(1), run: rejects(fatal(refused)) });
    await expect(promise).rejects.toBe(refused);
  });

  it('an async retryDelay may sleep itself and return Continue(0)', async () => {
    const clock = virtualClock();
    const connect = vi.fn(inOrder<Promise<number>>(rejects(refused), resolves(1)));
    const done = run(
      {
        connect,
        run: resolves(Break()),
        retryDelay: () =>
          new Promise<Continue<number>>((resolve) => {
            clock.setTimeout(() => resolve(Continue(0)), 700);
          }),
      },
      { clock },
    );
    await clock.advance(699);
    expect(connect).toHaveBeenCalledTimes(1);
    await clock.advance(1);
    expect(await done).toEqual({ status: 'completed', value: undefined });
  });

  it('retryDelay may return Continue(ms) and let the machine wait on the actor clock', async () => {
    const clock = virtualClock();
    const actor = createReconnectActor(
      { connect: rejects(refused), run: resolves(Break()), retryDelay: () => Continue(700) },
      { clock },
    ).start();
    await clock.drain();
    expect(statePath(actor.getSnapshot().value)).toBe('waiting.delaying');
    expect(clock.pending).toEqual([700]);
    actor.send({ type: 'reconnect' });
    expect(statePath(actor.getSnapshot().value)).toBe('connecting.attempting');
    actor.stop();
  });

  it('Continue() means a delay of 0 ms', async () => {
    const connect = vi.fn(inOrder<Promise<number>>(rejects(refused), resolves(1)));
    await run({ connect, run: resolves(Break()), retryDelay: () => Continue() });
    expect(connect).toHaveBeenCalledTimes(2);
  });

  it.each([
    ['at once', () => Break('enough')],
    ['later', () => Promise.resolve(Break('enough'))],
  ])('retryDelay returns Break(value) %s: completed with the value', async (_, retryDelay) => {
    const connector = { connect: rejects(refused), run: resolves(Break('other')), retryDelay };
    expect(await run(connector)).toEqual({ status: 'completed', value: 'enough' });
  });

  it.each([
    [
      'throws',
      () => {
        throw refused;
      },
    ],
    [
      'throws fatal(e)',
      () => {
        throw fatal(refused);
      },
    ],
    ['rejects', () => Promise.reject<Continue<number>>(refused)],
    ['rejects with retryable(e)', () => Promise.reject<Continue<number>>(retryable(refused))],
  ])('retryDelay %s: failed with the error itself', async (_, retryDelay) => {
    const connector = { connect: rejects(new Error('other')), run: resolves(Break()), retryDelay };
    await expect(run(connector)).rejects.toBe(refused);
  });

  it('run(connector): rejects with the fatal error, resolves completed or stopped', async () => {
    const controller = new AbortController();
    const connector = { connect: rejects(refused), run: resolves(Break()) };
    const stopped = run(connector, {
      backoff: () => {
        controller.abort('night');
        return Continue(60_000);
      },
      signal: controller.signal,
    });
    expect(await stopped).toEqual({ status: 'stopped', reason: 'night' });
    const failed = run({ connect: rejects(fatal(refused)), run: resolves(Break()) });
    await expect(failed).rejects.toBe(refused);
  });

  it('options.signal is the killswitch: the promise settles after the drain', async () => {
    const controller = new AbortController();
    const order: string[] = [];
    let isRunning = () => {};
    const running = new Promise<void>((resolve) => {
      isRunning = resolve;
    });
    const done = run(
      {
        connect: resolves('connection'),
        run: (_connection, { signal }) =>
          new Promise<never>((_resolve, reject) => {
            isRunning();
            signal.addEventListener('abort', () => {
              order.push('aborted');
              reject(signal.reason as Error);
            });
          }),
        disconnect: async () => {
          await Promise.resolve();
          order.push('released');
        },
      },
      { ...now, signal: controller.signal },
    ).then((result) => {
      order.push('settled');
      return result;
    });
    await running;
    controller.abort('night');
    expect(await done).toEqual({ status: 'stopped', reason: 'night' });
    expect(order).toEqual(['aborted', 'released', 'settled']);
  });

  it('a signal that is aborted already: stopped without a connect', async () => {
    const connect = vi.fn(resolves(1));
    const signal = AbortSignal.abort('early');
    expect(await run({ connect, run: resolves(Break()) }, { signal })).toEqual({
      status: 'stopped',
      reason: 'early',
    });
    expect(connect).not.toHaveBeenCalled();
  });
});
