import { afterEach, describe, expect, it, vi } from 'vitest';
import { nextTurn } from '../../../src/core/nextTurn.js';

afterEach(() => void vi.unstubAllGlobals());

describe('nextTurn', () => {
  it('calls back when the event loop has turned: after promises, and after what was due before', async () => {
    const order: string[] = [];
    setImmediate(() => order.push('due before'));
    const turned = new Promise<void>((resolve) => {
      nextTurn(() => {
        order.push('turned');
        resolve();
      });
    });
    void Promise.resolve().then(() => order.push('promise'));
    order.push('sync');
    await turned;
    expect(order).toEqual(['sync', 'promise', 'due before', 'turned']);
  });

  it('calls back at once where there is no setImmediate, as in browsers', () => {
    vi.stubGlobal('setImmediate', undefined);
    let calls = 0;
    nextTurn(() => void calls++);
    expect(calls).toBe(1);
  });
});
