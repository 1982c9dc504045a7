import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { ConnectTimeoutError, createReconnectActor, type ReconnectEmitted } from 'schmoozer';
import { describe, expect, it, onTestFinished } from 'vitest';
import { listening } from '../../support/loopback.js';
import { goTo, type Harness, harness, settle, told, toldTypes } from '../../support/harness.js';

const refused = new Error('refused');

async function overdue(): Promise<Harness> {
  const h = harness();
  await goTo(h, 'connecting.overdue');
  return h;
}

/** Does something after the loop was asked to turn, and before it has. */
async function whileTurning(h: Harness, action: () => void): Promise<void> {
  const turned = h.clock.next();
  // The clock fires its timer in the immediate before this one; the turn ends in one after it.
  setImmediate(() => {
    expect(h.state()).toBe('connecting.overdue');
    expect(h.clock.pending).toEqual([]);
    action();
  });
  await turned;
}

describe('a connect timeout that comes late', () => {
  it('by 50 ms waits for one turn, by 49 ms it does not', async () => {
    for (const [lateMs, state] of [
      [49, 'waiting.delaying'],
      [50, 'connecting.overdue'],
    ] as const) {
      const h = harness();
      await goTo(h, 'connecting.attempting');
      await h.stall(20_000, lateMs);
      expect(h.state()).toBe(state);
    }
  });

  it('lets a connect win that has resolved in the stalled turn', async () => {
    const h = await overdue();
    expect(h.script.connects[0]?.argument.signal.aborted).toBe(false);
    await settle(h, () => h.script.connects[0]?.resolve());
    expect(h.state()).toBe('running.settling');
    expect(told(h, 'connection.opened')).toMatchObject([{ connectMs: 20_050 }]);
    expect(h.clock.pending).toEqual([10_000]);
  });

  it('lets one win that resolves in the turn of the event loop after the timer', async () => {
    const h = await overdue();
    await whileTurning(h, () => h.script.connects[0]?.resolve());
    expect(h.state()).toBe('running.settling');
    expect(h.script.live).toBe(1);
  });

  it('with stableAfterMs 0 is good at once', async () => {
    const h = harness({ stableAfterMs: 0 });
    await goTo(h, 'connecting.overdue');
    await settle(h, () => h.script.connects[0]?.resolve());
    expect(h.state()).toBe('running.stable');
  });

  it('lets a failure of its own win that has arrived', async () => {
    const h = await overdue();
    await settle(h, () => h.script.connects[0]?.reject(refused));
    expect(told(h, 'attempt.failed')).toMatchObject([{ error: refused, connectMs: 20_050 }]);
    expect(h.state()).toBe('waiting.delaying');
    const final = await overdue();
    await settle(final, () => final.script.connects[0]?.reject(new TypeError('x')));
    expect(final.actor.getSnapshot().output).toMatchObject({ status: 'failed' });
  });

  it('fails one that has not come, once, and releases what comes later', async () => {
    const h = await overdue();
    expect(h.clock.pending).toEqual([0]);
    await h.clock.advance(0);
    await h.clock.drain();
    expect(h.state()).toBe('waiting.delaying');
    expect(h.script.connects[0]?.argument.signal.reason).toEqual(new ConnectTimeoutError(20_000));
    expect(told(h, 'attempt.failed')).toMatchObject([
      { error: new ConnectTimeoutError(20_000), verdict: 'transient', connectMs: 20_050 },
    ]);
    expect(told(h, 'retry.scheduled')).toMatchObject([{ attempt: 1 }]);
    await settle(h, () => h.script.connects[0]?.resolve());
    expect(h.script.connections).toEqual([{ id: 1, releases: 1 }]);
  });

  it.each([
    ['stop', 'connecting.stopping'],
    ['reconnect', 'connecting.restarting'],
    ['suspend', 'connecting.suspending'],
  ] as const)('heeds %s, before and after the loop has turned', async (type, place) => {
    for (const isAsked of [false, true]) {
      const h = await overdue();
      if (isAsked) await whileTurning(h, () => h.actor.send({ type }));
      else h.actor.send({ type });
      expect(h.state()).toBe(place);
      await h.clock.drain();
      await h.clock.drain();
      expect(h.state()).toBe(place);
      expect(toldTypes(h)).toEqual(['attempt.started', 'attempt.aborted']);
      expect(h.clock.pending).toEqual([5000]);
    }
  });

  it('is none on a virtual clock, however far that moves at once', async () => {
    const h = harness();
    const states: string[] = [];
    h.actor.subscribe(() => void states.push(h.state()));
    await h.clock.advance(600_000);
    expect(states).toContain('waiting.delaying');
    expect(states).not.toContain('connecting.overdue');
  });

  it('is told by the time since the attempt was admitted, not since it was queued', async () => {
    const h = harness({ limits: true });
    await h.clock.advance(70_000);
    await settle(h, () => h.permits?.requests[0]?.grant());
    await h.clock.advance(20_000);
    expect(h.state()).toBe('waiting.delaying');
    expect(told(h, 'attempt.failed')).toMatchObject([{ connectMs: 20_000 }]);
  });
});

describe('a real connect while the process stalls', () => {
  it('of 200 ms opens, though connectTimeoutMs is 20', async () => {
    const server = createServer((socket) => socket.on('error', () => {}));
    const port = await listening(server);
    const emitted: ReconnectEmitted[] = [];
    const link = createReconnectActor<Socket>(
      {
        async connect({ signal }) {
          const socket = connect({ host: '127.0.0.1', port });
          signal.addEventListener('abort', () => socket.destroy());
          await once(socket, 'connect');
          return socket;
        },
        run: async (socket, { signal }) => {
          await once(socket, 'close', { signal });
          return { type: 'Continue', payload: undefined };
        },
        disconnect: (socket) => void socket.destroy(),
      },
      { connectTimeoutMs: 20 },
    );
    onTestFinished(() => void link.stop());
    link.on('*', (event) => void emitted.push(event));
    const opened = new Promise<void>((resolve, reject) => {
      link.on('connection.opened', () => resolve());
      link.on('attempt.failed', ({ error }) => reject(error as Error));
    });
    link.start();
    // `connect` is called a microtask later.
    await Promise.resolve();
    await Promise.resolve();
    expect(emitted).toMatchObject([{ type: 'attempt.started' }]);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200);
    await opened;
    expect(emitted[1]).toMatchObject({ type: 'connection.opened', attempt: 0 });
    expect((emitted[1] as { connectMs: number }).connectMs).toBeGreaterThanOrEqual(190);
    link.send({ type: 'stop' });
    await new Promise<void>((complete) => link.subscribe({ complete }));
  });
});
