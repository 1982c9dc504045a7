import { once } from 'node:events';
import type { Socket } from 'node:net';
import { runInNewContext } from 'node:vm';
import { InvalidOptionError } from 'schmoozer';
import { isRetryableTcpError, SocketClosedError, write } from 'schmoozer/tcp';
import { describe, expect, it, onTestFinished } from 'vitest';
import { listenersOn, pair, rejection, reset } from '../../../support/loopback.js';
import { type Transport, tcpSession } from '../../../support/tcpSession.js';

/** Fills socket and system, so that the last write has to wait. */
function fill(socket: Socket): Promise<void> {
  let last = write(socket, Buffer.alloc(1 << 20));
  for (let i = 0; i < 15; i++) last = write(socket, Buffer.alloc(1 << 20));
  expect(socket.writableNeedDrain).toBe(true);
  return last;
}

const listeners = (socket: Socket) =>
  ['drain', 'finish', 'close', 'error'].map((event) => socket.listenerCount(event));

/** Whether a promise has settled by now. */
async function hasSettled(promise: Promise<unknown>): Promise<boolean> {
  let isSettled = false;
  const settle = () => (isSettled = true);
  promise.then(settle, settle);
  await new Promise(setImmediate);
  return isSettled;
}

describe('write', () => {
  it('resolves at once while the buffer has room, and sends text and bytes of any kind in order', async () => {
    const { ours, theirs } = await pair();
    const bytes = Buffer.from('__bytes__').subarray(2, 7);
    const sent = [
      write(ours, 'text '),
      write(ours, bytes),
      write(ours, new DataView(bytes.buffer, bytes.byteOffset, 2)),
      write(ours, new Uint16Array([0x6161])),
      write(ours, runInNewContext('new Uint8Array([98, 98])') as Uint8Array),
      write(ours, ''),
    ];
    expect(await hasSettled(Promise.all(sent))).toBe(true);
    ours.end();
    theirs.setEncoding('utf8');
    expect((await theirs.toArray()).join('')).toBe('text bytesbyaabb');
  });

  it.each<Transport>(['TCP', 'TLS'])(
    'waits over %s until what is buffered has gone out',
    async (transport) => {
      const { socket, peer } = await tcpSession(transport);
      const before = listeners(socket);
      const writing = fill(socket);
      expect(await hasSettled(writing)).toBe(false);
      peer.resume();
      await writing;
      expect(socket.writableLength).toBe(0);
      expect(listeners(socket)).toEqual(before);
    },
  );

  it('has one listener for a thousand writers, and none when they are done', async () => {
    const { ours, theirs } = await pair();
    const warnings: Error[] = [];
    const warn = (warning: Error) => void warnings.push(warning);
    process.on('warning', warn);
    onTestFinished(() => void process.off('warning', warn));
    const before = listeners(ours);
    const { signal } = new AbortController();
    const all = [
      fill(ours),
      ...Array.from({ length: 1000 }, (_, i) => write(ours, 'x', i % 2 ? { signal } : {})),
    ];
    expect(listenersOn(signal)).toBe(1);
    expect(listeners(ours)).toEqual(before.map((count, i) => count + Number(i < 3)));
    theirs.resume();
    await Promise.all(all);
    await new Promise(setImmediate);
    expect(listeners(ours)).toEqual(before);
    expect(listenersOn(signal)).toBe(0);
    expect(warnings).toEqual([]);
  });

  it.each<[how: string, end: (ours: Socket, theirs: Socket) => void, error: object]>([
    ['the peer resets', (_, theirs) => reset(theirs), { code: /ECONNRESET|EPIPE/ }],
    ['we destroy it', (ours) => ours.destroy(), { code: 'ERR_SOCKET_CLOSED' }],
    ['we destroy it with an error', (ours) => ours.destroy(new Error('odd')), { message: 'odd' }],
  ])('rejects when the socket closes while it waits: %s', async (_how, end, error) => {
    const { ours, theirs } = await pair();
    const writing = rejection(fill(ours));
    // A reset is seen by who reads.
    ours.resume();
    end(ours, theirs);
    const thrown = (await writing) as { code: string; message: string };
    for (const [name, value] of Object.entries(error)) {
      expect(thrown[name as 'code']).toMatch(value as string);
    }
    // It has closed by now.
    expect(await rejection(write(ours, 'more'))).toEqual(thrown);
  });

  it('rejects after the socket was ended, without an error event', async () => {
    const { ours } = await pair();
    ours.end();
    const error = await rejection(write(ours, 'late'));
    expect(error).toBeInstanceOf(SocketClosedError);
    expect(isRetryableTcpError(error)).toBe(true);
    expect(ours.errored).toBeNull();
  });

  it('rejects after the peer has ended, which ends the socket', async () => {
    const { ours, theirs } = await pair();
    ours.resume();
    theirs.end();
    await once(ours, 'end');
    await new Promise(setImmediate);
    expect(await rejection(write(ours, 'late'))).toMatchObject({ code: 'ERR_SOCKET_CLOSED' });
  });

  it('resolves when the socket was ended meanwhile, and all has gone out', async () => {
    const { ours, theirs } = await pair();
    const writing = fill(ours);
    ours.end();
    theirs.resume();
    await writing;
    expect(ours.writableFinished).toBe(true);
  });

  it('that nobody awaits is no unhandled rejection', async () => {
    const { ours } = await pair();
    // The test runner fails on one.
    void fill(ours);
    ours.destroy();
    await once(ours, 'close');
    void write(ours, 'late');
    await new Promise(setImmediate);
  });

  it('throws the reason of the signal: before, without writing, and while it waits', async () => {
    const { ours, theirs } = await pair();
    const controller = new AbortController();
    const { signal } = controller;
    void fill(ours);
    const writing = rejection(write(ours, 'handed over', { signal }));
    const other = write(ours, '');
    controller.abort('enough');
    expect(await writing).toBe('enough');
    expect(listenersOn(signal)).toBe(0);
    const length = ours.writableLength;
    expect(await rejection(write(ours, 'never', { signal }))).toBe('enough');
    expect(ours.writableLength).toBe(length);
    theirs.resume();
    await other;
  });

  it.each<[value: unknown, shown: string]>([
    [undefined, 'undefined'],
    [null, 'null'],
    [42, '42'],
    [{ secret: 1 }, 'an object'],
    [[1, 2], 'an array'],
    [new ArrayBuffer(1), 'an object'],
  ])('throws at once on %o, and leaves the socket as it was', async (data, shown) => {
    const { ours } = await pair();
    const send = () => void write(ours, data as string);
    expect(send).toThrow(InvalidOptionError);
    expect(send).toThrow(`\`data\` must be a string or bytes; received ${shown}`);
    expect(ours.destroyed).toBe(false);
  });
});
