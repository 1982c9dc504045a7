import { Break, Continue, fatal, redact } from 'schmoozer';
import { scriptedConnector, virtualClock } from 'schmoozer/testing';
import { describe, expect, it } from 'vitest';
import { createActor } from 'xstate';
import { type AppEmitted, appMachine } from '../../examples/app-machine/appMachine.js';

function signedIn() {
  const script = scriptedConnector();
  const clock = virtualClock();
  const app = createActor(appMachine, { clock });
  const emitted: AppEmitted[] = [];
  app.on('*', (event) => void emitted.push(event));
  app.start();
  app.send({ type: 'sign in', connector: redact(script.connector) });
  const settle = async (action: () => void) => {
    await clock.drain();
    action();
    await clock.drain();
  };
  return {
    app,
    clock,
    script,
    emitted,
    settle,
    value: () => app.getSnapshot().value,
    context: () => app.getSnapshot().context,
    open: () => settle(() => script.connects.at(-1)?.resolve()),
  };
}

describe('the app machine', () => {
  it('is signed out at first, and connects to nothing', () => {
    const clock = virtualClock();
    expect(createActor(appMachine, { clock }).start().getSnapshot().value).toBe('signedOut');
    expect(clock.pending).toEqual([]);
  });

  it('is degraded until the connection is open, then online', async () => {
    const a = signedIn();
    expect(a.value()).toEqual({ signedIn: 'degraded' });
    await a.open();
    expect(a.value()).toEqual({ signedIn: 'online' });
    expect(a.emitted).toEqual([]);
  });

  it('is degraded when the connection is lost, knows when the next attempt comes, and takes "retry now"', async () => {
    const a = signedIn();
    await a.open();
    await a.settle(() => a.script.runs[0]?.resolve(Continue()));
    expect(a.value()).toEqual({ signedIn: 'degraded' });
    expect(a.context().retry).toEqual({ attempt: 1, delayMs: expect.any(Number) });
    a.app.send({ type: 'retry now' });
    await a.open();
    expect(a.value()).toEqual({ signedIn: 'online' });
    expect(a.context().retry).toBeUndefined();
  });

  it('asks for what it missed after every session but the first', async () => {
    const a = signedIn();
    await a.open();
    for (const epoch of [2, 3]) {
      await a.settle(() => a.script.runs.at(-1)?.reject(new Error('reset')));
      a.app.send({ type: 'retry now' });
      await a.open();
      expect(a.emitted.at(-1)).toEqual({ type: 'resync', epoch });
      expect(a.context().epoch).toBe(epoch);
    }
    expect(a.emitted).toHaveLength(2);
  });

  it('waits for the drain on sign-out: signed out is when the connection is released', async () => {
    const a = signedIn();
    await a.open();
    a.app.send({ type: 'sign out' });
    expect(a.value()).toEqual({ signedIn: 'signingOut' });
    expect(a.script.runs[0]?.argument.signal.reason).toMatchObject({ reason: 'signed out' });
    a.app.send({ type: 'sign out' });
    await a.clock.advance(4999);
    expect(a.value()).toEqual({ signedIn: 'signingOut' });
    expect(a.script.live).toBe(1);
    await a.settle(() => a.script.runs[0]?.resolve(Continue()));
    expect(a.value()).toBe('signedOut');
    expect(a.script.live).toBe(0);
    expect(a.clock.pending).toEqual([]);
    expect(a.context()).toMatchObject({
      connector: undefined,
      result: { status: 'stopped', reason: 'signed out' },
    });
  });

  it('waits no longer than gracePeriodMs: 5000 ms', async () => {
    const a = signedIn();
    await a.open();
    a.app.send({ type: 'sign out' });
    await a.clock.advance(5000);
    expect(a.value()).toBe('signedOut');
    expect(a.script.live).toBe(0);
  });

  it.each(['connecting', 'waiting'])('signs out while %s', async (state) => {
    const a = signedIn();
    await a.clock.drain();
    if (state === 'waiting') await a.settle(() => a.script.connects[0]?.reject(new Error('no')));
    a.app.send({ type: 'sign out' });
    if (state === 'connecting') await a.open();
    expect(a.value()).toBe('signedOut');
    expect(a.script.live).toBe(0);
    await a.clock.advance(100_000);
    expect(a.script.connects).toHaveLength(1);
  });

  it.each([
    ['refuses the user', fatal(new Error('401')), { status: 'failed', error: new Error('401') }],
    ['says goodbye', Break('bye'), { status: 'completed', value: 'bye' }],
  ])('is signed out when the server %s', async (_, end, result) => {
    const a = signedIn();
    await a.open();
    await a.settle(() =>
      end instanceof Error ? a.script.runs[0]?.reject(end) : a.script.runs[0]?.resolve(end),
    );
    expect(a.value()).toBe('signedOut');
    expect(a.context().result).toEqual(result);
  });

  it('signs in again with a connector of its own, and counts its sessions anew', async () => {
    const a = signedIn();
    await a.open();
    await a.settle(() => a.script.runs[0]?.resolve(Break('bye')));
    const second = scriptedConnector();
    a.app.send({ type: 'sign in', connector: redact(second.connector) });
    expect(a.context()).toMatchObject({ epoch: 0, result: undefined });
    await a.settle(() => second.connects[0]?.resolve());
    expect(a.value()).toEqual({ signedIn: 'online' });
    expect(a.emitted).toEqual([]);
    a.app.stop();
    expect([a.script.live, second.live]).toEqual([0, 0]);
    expect(a.clock.pending).toEqual([]);
  });
});
