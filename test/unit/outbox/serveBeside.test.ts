import { getEventListeners } from 'node:events';
import {
  Break,
  constantBackoff,
  Continue,
  createReconnectActor,
  type ReconnectEmitted,
  type RunContext,
} from 'schmoozer';
import { outbox } from 'schmoozer/outbox';
import { type ScriptedConnection, scriptedConnector, virtualClock } from 'schmoozer/testing';
import { describe, expect, it } from 'vitest';
import { rejection } from '../../support/loopback.js';
import { boxOf } from '../../support/outboxHarness.js';

const session = (signal: AbortSignal): RunContext => ({ signal, epoch: 3 });

describe('serve', () => {
  it('sends until the session is to end, and answers Continue', async () => {
    const { box, add, settle, sent, clock } = boxOf();
    const stop = new AbortController();
    await add('a');
    const served = box.serve()('one', session(stop.signal));
    await clock.drain();
    await settle();
    await add('b');
    expect(sent()).toBe('a b');
    stop.abort();
    expect(await served).toEqual(Continue());
    expect(getEventListeners(stop.signal, 'abort')).toEqual([]);
  });

  it('sends beside a `run`, and ends with what that answers', async () => {
    const { box, add, sent, clock } = boxOf({ ack: 'each' }, { isOpen: true });
    const stop = new AbortController();
    let finish = (_value: string) => {};
    const served = box.serve(async (connection: string, { epoch }) => {
      return Break([connection, epoch, await new Promise<string>((done) => (finish = done))]);
    })('one', session(stop.signal));
    await add('a');
    expect(sent()).toBe('a');
    finish('done');
    expect(await served).toEqual(Break(['one', 3, 'done']));
    await clock.drain();
    await add('b');
    expect(sent()).toBe('a');
    expect(getEventListeners(stop.signal, 'abort')).toEqual([]);
    expect(clock.pending).toEqual([]);
  });

  it('gives `run` a signal that fires with that of the session', async () => {
    const { box } = boxOf();
    const stop = new AbortController();
    const served = box.serve(
      (_connection: string, { signal }) =>
        new Promise<never>((_, reject) =>
          signal.addEventListener('abort', () => reject(signal.reason)),
        ),
    )('one', session(stop.signal));
    stop.abort('stop');
    expect(await rejection(served)).toBe('stop');
  });

  it('ends at once with what `send` threw; the signal of `run` fires with it', async () => {
    const failure = new Error('no');
    const { box, add } = boxOf({ send: () => Promise.reject(failure) });
    let heard: AbortSignal | undefined;
    const served = box.serve((_connection: string, { signal }) => {
      heard = signal;
      return new Promise<never>(() => {});
    })('one', session(new AbortController().signal));
    const failed = rejection(served);
    await add('a');
    expect(await failed).toBe(failure);
    expect(heard?.reason).toBe(failure);
  });

  it.each([
    [
      'throws',
      () => {
        throw new Error('bug');
      },
    ],
    ['rejects', () => Promise.reject(new Error('bug'))],
  ])('ends with what `run` has to say when it %s', async (_how, run) => {
    const { box, open } = boxOf();
    const served = box.serve(run)('one', session(new AbortController().signal));
    expect(await rejection(served)).toMatchObject({ message: 'bug' });
    const next = await open('two');
    next.end();
    expect(await next.delivered).toBe('over');
  });
});

describe('a link', () => {
  it('sends what was held through an outage, and retries after a `send` that fails', async () => {
    const clock = virtualClock();
    const heard: string[] = [];
    let isBad = true;
    const box = outbox({
      clock,
      send({ id }: ScriptedConnection, message: string) {
        if (message === 'b' && isBad) throw new Error('no');
        heard.push(`${id}${message}`);
      },
    });
    const script = scriptedConnector<void>({ closed: true });
    const events: ReconnectEmitted[] = [];
    const link = createReconnectActor(
      { ...script.connector, run: box.serve<void>() },
      { clock, now: clock.now, backoff: constantBackoff(10) },
    );
    link.on('*', (event) => void events.push(event));
    const connect = async () => {
      script.connects.at(-1)?.resolve();
      await clock.drain();
    };
    link.start();
    void box.add('a');
    await clock.drain();
    expect(heard).toEqual([]);
    await connect();
    expect(heard).toEqual(['1a']);
    script.closes[0]?.resolve();
    await clock.drain();
    void box.add('b');
    void box.add('c');
    await clock.advance(10);
    await connect();
    await clock.advance(10);
    expect(events.filter(({ type }) => type === 'connection.closed')).toMatchObject([
      { cause: 'lost' },
      { cause: 'retryable', error: { message: 'no' } },
    ]);
    isBad = false;
    await connect();
    expect(heard).toEqual(['1a', '3b', '3c']);
    link.send({ type: 'stop' });
    await clock.drain();
    expect(link.getSnapshot().status).toBe('done');
    expect(script.live).toBe(0);
    expect(clock.pending).toEqual([]);
  });
});
