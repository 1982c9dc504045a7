import { Break, Continue, fatal } from 'schmoozer';
import { scriptedConnector, virtualClock } from 'schmoozer/testing';
import { describe, expect, it } from 'vitest';
import { createActor } from 'xstate';
import { type AppEmitted, appMachineOf } from '../../examples/app-machine/appMachine.js';

function signedIn() {
  const script = scriptedConnector();
  const clock = virtualClock();
  let current = script;
  const machine = appMachineOf(() => current.connector);
  const app = createActor(machine, { clock });
  const emitted: AppEmitted[] = [];
  app.on('*', (event) => void emitted.push(event));
  app.start();
  app.send({ type: 'sign in', user: 'ann' });
  const settle = async (action: () => void) => {
    await clock.drain();
    action();
    await clock.drain();
  };
  return {
    app,
    machine,
    use: (next: typeof script) => void (current = next),
    clock,
    script,
    emitted,
    settle,
    value: () => app.getSnapshot().value,
    context: () => app.getSnapshot().context,
    open: () => settle(() => script.connects.at(-1)?.resolve()),
  };
}

function noConnector(): never {
  throw new Error('nobody is signed in');
}

describe('the app machine', () => {
  it('is signed out at first, and connects to nothing', () => {
    const clock = virtualClock();
    expect(createActor(appMachineOf(noConnector), { clock }).start().getSnapshot().value).toBe(
      'signedOut',
    );
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
      user: undefined,
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
    a.use(second);
    a.app.send({ type: 'sign in', user: 'bob' });
    expect(a.context()).toMatchObject({ epoch: 0, result: undefined });
    await a.settle(() => second.connects[0]?.resolve());
    expect(a.value()).toEqual({ signedIn: 'online' });
    expect(a.emitted).toEqual([]);
    a.app.stop();
    expect([a.script.live, second.live]).toEqual([0, 0]);
    expect(a.clock.pending).toEqual([]);
  });
});

describe('the app machine, kept and restored', () => {
  type App = ReturnType<typeof signedIn>;

  /** The moments of a life, each from the one before it. */
  const moments: readonly (readonly [string, (a: App) => Promise<void> | void])[] = [
    ['signed in', (a) => a.clock.drain()],
    ['online', (a) => a.open()],
    ['stable', (a) => a.clock.advance(10_000)],
    ['lost', (a) => a.settle(() => a.script.runs[0]?.reject(new Error('reset')))],
    ['connecting again', (a) => a.app.send({ type: 'retry now' })],
    ['online again', (a) => a.open()],
    ['signing out', (a) => a.app.send({ type: 'sign out' })],
    ['signed out', (a) => a.settle(() => a.script.runs[1]?.resolve(Continue()))],
  ];

  /** An app at a moment, as it is kept there, and the same app restored. */
  async function restoredAt(moment: string, keep: (snapshot: unknown) => unknown) {
    const a = signedIn();
    for (const [name, step] of moments) {
      await step(a);
      if (name === moment) break;
    }
    const { epoch } = a.context();
    const snapshot = keep(a.app.getPersistedSnapshot()) as never;
    a.app.stop();
    await a.clock.drain();
    const script = scriptedConnector();
    a.use(script);
    const app = createActor(a.machine, { clock: a.clock, snapshot });
    const emitted: AppEmitted[] = [];
    app.on('*', (event) => void emitted.push(event));
    const errors: unknown[] = [];
    app.subscribe({ error: (error) => void errors.push(error) });
    app.start();
    return { ...a, app, script, emitted, errors, epoch };
  }

  describe.each([
    ['as JSON', (snapshot: unknown): unknown => JSON.parse(JSON.stringify(snapshot))],
    ['as it is', (snapshot: unknown) => snapshot],
  ])('%s', (_, keep) => {
    it.each(moments.slice(0, 6).map(([name]) => name))(
      'when %s is degraded, then online, and asks for the gap',
      async (moment) => {
        const r = await restoredAt(moment, keep);
        expect(r.errors).toEqual([]);
        expect(r.app.getSnapshot().value).toEqual({ signedIn: 'degraded' });
        expect(r.app.getSnapshot().context.user).toBe('ann');
        await r.clock.advance(30_000);
        r.script.connects.at(-1)?.resolve();
        await r.clock.drain();
        expect(r.app.getSnapshot().value).toEqual({ signedIn: 'online' });
        expect(r.emitted).toEqual(r.epoch === 0 ? [] : [{ type: 'resync', epoch: r.epoch + 1 }]);
        r.app.send({ type: 'sign out' });
        r.script.runs[0]?.resolve(Continue());
        await r.clock.drain();
        expect(r.app.getSnapshot().value).toBe('signedOut');
        expect([r.script.live, r.clock.pending]).toEqual([0, []]);
      },
    );

    it.each(['signing out', 'signed out'])('when %s is signed out', async (moment) => {
      const r = await restoredAt(moment, keep);
      await r.clock.drain();
      expect(r.errors).toEqual([]);
      expect(r.app.getSnapshot().value).toBe('signedOut');
      expect(r.script.connects).toEqual([]);
      expect(r.clock.pending).toEqual([]);
    });
  });
});
