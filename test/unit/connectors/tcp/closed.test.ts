import { closed } from 'schmoozer/tcp';
import { describe, expect, it } from 'vitest';
import { listenersOn, pair, rejection } from '../../../support/loopback.js';

describe('closed', () => {
  it('resolves when the peer ends, and also afterwards', async () => {
    const { ours, theirs } = await pair();
    const { signal } = new AbortController();
    const close = closed(ours, { signal });
    ours.resume();
    theirs.end();
    await close;
    await closed(ours);
    expect([listenersOn(signal), ours.listenerCount('close')]).toEqual([0, 0]);
  });

  it('rejects with the error that closed the socket, and also afterwards', async () => {
    const { ours, theirs } = await pair();
    const close = rejection(closed(ours));
    ours.resume();
    theirs.resetAndDestroy();
    expect(await close).toMatchObject({ code: 'ECONNRESET' });
    expect(await rejection(closed(ours))).toBe(await close);
  });

  it('rejects with the reason of the signal, before and while it waits, and leaves the socket', async () => {
    const { ours } = await pair();
    const controller = new AbortController();
    const close = rejection(closed(ours, controller));
    controller.abort('enough');
    expect(await close).toBe('enough');
    expect(await rejection(closed(ours, controller))).toBe('enough');
    expect([listenersOn(controller.signal), ours.listenerCount('close')]).toEqual([0, 0]);
    expect(ours.destroyed).toBe(false);
  });
});
