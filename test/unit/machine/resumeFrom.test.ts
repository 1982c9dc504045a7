import { Continue, createReconnectActor, reconnectMachine, resumeFrom } from 'schmoozer';
import { scriptedConnector, virtualClock } from 'schmoozer/testing';
import { describe, expect, it } from 'vitest';
import { createActor } from 'xstate';

describe('resumePoint', () => {
  it('goes on with the backoff level and the next session number', async () => {
    const clock = virtualClock();
    const connect = () => Promise.reject<object>(new Error('refused'));
    const connector = { connect, run: async () => Continue(), retryDelay: () => Continue(100) };
    const first = createReconnectActor(connector, {
      clock,
      resumePoint: { attempt: 2, epoch: 7 },
    }).start();
    await clock.drain();
    const point = resumeFrom(JSON.parse(JSON.stringify(first.getPersistedSnapshot())));
    expect(point).toEqual({ attempt: 3, epoch: 7 });
    first.stop();
    const seen: object[] = [];
    const second = createReconnectActor(
      { ...connector, connect: async (attempt) => void seen.push(attempt) },
      { clock, resumePoint: point },
    ).start();
    await clock.drain();
    expect(seen).toMatchObject([{ attempt: 3, epoch: 8 }]);
    second.stop();
  });

  it('a snapshot that went through a serializer says so when it is started', async () => {
    const clock = virtualClock();
    const actor = createReconnectActor(scriptedConnector().connector, { clock }).start();
    await clock.drain();
    const snapshot = JSON.parse(JSON.stringify(actor.getPersistedSnapshot()));
    actor.stop();
    const restored = createActor(reconnectMachine, { snapshot, input: undefined as never });
    const errors: unknown[] = [];
    restored.subscribe({ error: (error) => void errors.push(error) });
    restored.start();
    expect(errors).toMatchObject([{ code: 'ERR_NOT_RESTORABLE' }]);
  });
});
