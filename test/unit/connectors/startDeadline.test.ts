import { connect, createServer, type Socket } from 'node:net';
import { once } from 'node:events';
import { virtualClock } from 'schmoozer/testing';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startDeadline } from '../../../src/connectors/startDeadline.js';
import { listening } from '../../support/loopback.js';

/** A clock whose loop stands still for a while: the timers of that time come late. */
function stallable() {
  const clock = virtualClock();
  let lateMs = 0;
  return {
    clock,
    stall: (ms: number) => void (lateMs += ms),
    late: { ...clock, now: () => clock.now() + lateMs },
  };
}

describe('startDeadline', () => {
  it('calls back once, after its time', async () => {
    const clock = virtualClock();
    let calls = 0;
    startDeadline(clock, 1000, () => void calls++);
    await clock.advance(999);
    expect(calls).toBe(0);
    await clock.advance(1);
    expect([calls, clock.pending]).toEqual([1, []]);
  });

  it('does not call back once it is cancelled', async () => {
    const clock = virtualClock();
    let calls = 0;
    const cancel = startDeadline(clock, 1000, () => void calls++);
    cancel();
    expect(clock.pending).toEqual([]);
    await clock.advance(2000);
    expect(calls).toBe(0);
  });

  it('late by 50 ms first lets the loop turn three times, late by 49 ms it does not', async () => {
    for (const [lateMs, turns] of [
      [49, 0],
      [50, 3],
    ] as const) {
      const { clock, late, stall } = stallable();
      let calls = 0;
      startDeadline(late, 1000, () => void calls++);
      stall(lateMs);
      await clock.next();
      for (let turn = 0; turn < turns; turn++) {
        expect([calls, clock.pending]).toEqual([0, [0]]);
        await clock.next();
      }
      expect([calls, clock.pending]).toEqual([1, []]);
    }
  });

  it('that comes late is cancelled by what the turns bring', async () => {
    const { clock, late, stall } = stallable();
    let calls = 0;
    const cancel = startDeadline(late, 1000, () => void calls++);
    stall(1000);
    await clock.next();
    // Within the turn, after its timer.
    const turned = clock.next();
    setImmediate(cancel);
    await turned;
    expect([calls, clock.pending]).toEqual([0, []]);
  });

  it('takes a clock without a time for one of the host: what a stalled socket has is seen first', async () => {
    const server = createServer();
    const accepted = once(server, 'connection') as Promise<[Socket]>;
    const socket = connect(await listening(server), '127.0.0.1');
    onTestFinished(() => void socket.destroy());
    const [peer] = await accepted;
    // From here Node goes on to its timers, and only then to its sockets.
    await new Promise((resolve) => setImmediate(resolve));
    const verdict = await new Promise((resolve) => {
      const cancel = startDeadline(globalThis, 20, () => resolve('silent'));
      socket.once('data', () => {
        cancel();
        resolve('alive');
      });
      peer.write('x');
      const untilMs = performance.now() + 200;
      while (performance.now() < untilMs);
    });
    expect(verdict).toBe('alive');
  });
});
