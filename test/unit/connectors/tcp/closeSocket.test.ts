import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { closeSocket } from '../../../../src/connectors/tcp/closeSocket.js';
import { pair } from '../../../support/loopback.js';

const NEVER_MS = 2 ** 31 - 1;

describe('closeSocket', () => {
  it('sends what is buffered and our end, and waits for the end of a peer that sends on', async () => {
    const { ours, theirs } = await pair();
    const chunks: Buffer[] = [];
    theirs.on('data', (chunk) => chunks.push(chunk));
    theirs.on('end', () => theirs.end('nobody reads this'));
    theirs.write('nor this');
    ours.write(Buffer.alloc(500_000, 'x'));
    await closeSocket(ours, NEVER_MS, globalThis);
    expect(Buffer.concat(chunks)).toHaveLength(500_000);
    expect(ours.errored).toBeNull();
    expect(ours.closed).toBe(true);
  });

  it('destroys the socket when the peer does not end within the timeout', async () => {
    const { ours, theirs } = await pair();
    theirs.resume();
    await closeSocket(ours, 0, globalThis);
    expect([ours.closed, theirs.writableEnded]).toEqual([true, false]);
  });

  it('has nothing to wait for when the socket has closed', async () => {
    const { ours } = await pair();
    ours.destroy();
    await once(ours, 'close');
    expect(closeSocket(ours, NEVER_MS, globalThis)).toBeUndefined();
  });
});
