import { createReconnectActor } from 'schmoozer/compiled';
import { scriptedConnector } from 'schmoozer/testing';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { areTimersReal, Deadline } from '../../../src/compiled/deadlines.js';

const event = { type: 'over' };

describe('deadlines of one length', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  /** Sets one, which writes down its name. */
  function setter() {
    const rung: string[] = [];
    const set = (name: string, ms: number, onRing = () => {}) =>
      new Deadline(
        ms,
        {
          ring: () => {
            rung.push(name);
            onRing();
          },
        },
        event,
      );
    return { rung, set };
  }

  it('ring in the order in which they were set, none too early, all by one timer', () => {
    const { rung, set } = setter();
    set('a', 101);
    vi.advanceTimersByTime(50);
    set('b', 101);
    set('c', 101);
    expect(vi.getTimerCount()).toBe(1);
    vi.advanceTimersByTime(50);
    expect(rung).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(rung).toEqual(['a']);
    vi.advanceTimersByTime(49);
    expect(rung).toEqual(['a']);
    vi.advanceTimersByTime(1);
    expect(rung).toEqual(['a', 'b', 'c']);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('can be cleared: the first, one between, the last', () => {
    const { rung, set } = setter();
    const [a, , c, , e] = ['a', 'b', 'c', 'd', 'e'].map((name) => set(name, 102));
    for (const deadline of [a, c, e]) deadline?.clear();
    vi.advanceTimersByTime(102);
    expect(rung).toEqual(['b', 'd']);
  });

  it('leave a timer behind for the next ones, which ends by itself', () => {
    const { rung, set } = setter();
    set('a', 103).clear();
    expect(vi.getTimerCount()).toBe(1);
    vi.advanceTimersByTime(100);
    set('b', 103);
    vi.advanceTimersByTime(3);
    expect([rung, vi.getTimerCount()]).toEqual([[], 1]);
    vi.advanceTimersByTime(100);
    expect([rung, vi.getTimerCount()]).toEqual([['b'], 0]);
    set('c', 103).clear();
    vi.advanceTimersByTime(103);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('may be set while another one rings', () => {
    const { rung, set } = setter();
    set('a', 104, () => void set('b', 104));
    vi.advanceTimersByTime(104);
    expect(rung).toEqual(['a']);
    vi.advanceTimersByTime(104);
    expect(rung).toEqual(['a', 'b']);
  });

  it('keep to one timer when what the last one has set while it rang is cleared at once', () => {
    const { rung, set } = setter();
    set('a', 107, () => set('b', 107).clear());
    vi.advanceTimersByTime(107);
    set('c', 107);
    expect([rung, vi.getTimerCount()]).toEqual([['a'], 1]);
    vi.advanceTimersByTime(107);
    expect([rung, vi.getTimerCount()]).toEqual([['a', 'c'], 0]);
  });

  it('do not mix with those of another length', () => {
    const { rung, set } = setter();
    set('long', 106);
    set('short', 105);
    vi.advanceTimersByTime(105);
    expect(rung).toEqual(['short']);
    expect(vi.getTimerCount()).toBe(1);
  });

  it('are not used by links while timers of a test are in place: those see each deadline', async () => {
    expect(areTimersReal()).toBe(false);
    const links = [1, 2].map(() => createReconnectActor(scriptedConnector().connector).start());
    expect(vi.getTimerCount()).toBe(2);
    vi.advanceTimersByTime(20_000);
    expect(links.map((link) => link.getSnapshot().hasTag('waiting'))).toEqual([true, true]);
    for (const link of links) link.stop();
    expect(vi.getTimerCount()).toBe(0);
  });
});

it('links of the host’s own timers time out', async () => {
  expect(areTimersReal()).toBe(true);
  const failed: string[] = [];
  await Promise.all(
    [1, 2].map(async () => {
      const link = createReconnectActor(
        { connect: () => new Promise<never>(() => {}), run: () => new Promise<never>(() => {}) },
        { connectTimeoutMs: 20 },
      );
      const timedOut = new Promise<void>((resolve) => {
        link.on('attempt.failed', ({ error }) => {
          failed.push((error as Error).name);
          resolve();
        });
      });
      link.start();
      await timedOut;
      link.stop();
    }),
  );
  expect(failed).toEqual(['ConnectTimeoutError', 'ConnectTimeoutError']);
});
