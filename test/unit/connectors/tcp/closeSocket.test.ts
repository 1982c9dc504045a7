import { once } from 'node:events';
import { createServer } from 'node:net';
import { Duplex } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { tcpConnector } from 'schmoozer/tcp';
import { closeSocket } from '../../../../src/connectors/tcp/closeSocket.js';
import { listening, pair } from '../../../support/loopback.js';

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

  it('rejects when the peer did not take everything within the timeout', async () => {
    const { ours, theirs } = await pair();
    theirs.pause();
    ours.write(Buffer.alloc(50_000_000));
    await expect(closeSocket(ours, 0, globalThis)).rejects.toMatchObject({
      code: 'ERR_SOCKET_CLOSED',
      message: expect.stringMatching(/^\d+ bytes were not sent$/),
    });
  });

  it('rejects with the error of the socket when the peer resets it before it has everything', async () => {
    const { ours, theirs } = await pair();
    theirs.pause();
    ours.write(Buffer.alloc(50_000_000));
    const closing = closeSocket(ours, NEVER_MS, globalThis);
    theirs.resetAndDestroy();
    await expect(closing).rejects.toMatchObject({ code: expect.stringMatching(/RESET|EPIPE/) });
  });

  it('does not repeat the error of a socket that was already destroyed', async () => {
    const { ours, theirs } = await pair();
    theirs.pause();
    ours.write(Buffer.alloc(50_000_000));
    ours.once('error', () => {});
    ours.destroy(new Error('lost'));
    await closeSocket(ours, NEVER_MS, globalThis);
  });

  it('does not repeat the error of a stream that takes its time to be destroyed', async () => {
    const stream = new Duplex({
      read() {},
      write() {},
      destroy: (error, done) => void setImmediate(done, error),
    });
    stream.on('error', () => {});
    stream.write('never sent');
    stream.destroy(new Error('lost'));
    expect([stream.destroyed, stream.closed]).toEqual([true, false]);
    await expect(closeSocket(stream, NEVER_MS, globalThis)).resolves.toBeUndefined();
  });

  it('does not hide the error of a handshake', async () => {
    const port = await listening(createServer((peer) => void peer.pause()));
    const refused = new Error('refused');
    const connector = tcpConnector({
      host: '127.0.0.1',
      port,
      closeTimeoutMs: 0,
      handshake(socket) {
        socket.write(Buffer.alloc(50_000_000));
        return Promise.reject(refused);
      },
      run: () => Promise.reject(new Error('never called')),
    });
    const { signal } = new AbortController();
    const connecting = connector.connect({ signal, attempt: 0, epoch: 1, lastError: undefined });
    await expect(connecting).rejects.toBe(refused);
  });

  it('has nothing to wait for when the socket has closed', async () => {
    const { ours } = await pair();
    ours.destroy();
    await once(ours, 'close');
    expect(closeSocket(ours, NEVER_MS, globalThis)).toBeUndefined();
  });
});
