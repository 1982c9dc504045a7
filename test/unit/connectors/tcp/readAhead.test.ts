import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { PassThrough } from 'node:stream';
import { lines } from 'schmoozer/tcp';
import { describe, expect, it, onTestFinished } from 'vitest';
import { readAhead } from '../../../../src/connectors/tcp/readAhead.js';
import { collectGarbage } from '../../../support/collectGarbage.js';
import { pair } from '../../../support/loopback.js';
import { until } from '../../../support/until.js';

const turn = () => new Promise((resolve) => setImmediate(resolve));
const ignore = () => {};

/** What is told of a socket that is read ahead. */
function startReadAhead(socket: Socket, readAheadBytes: number) {
  const told = { fins: 0, overflows: 0 };
  const ahead = readAhead(socket, {
    readAheadBytes,
    onFin: () => (told.fins += 1),
    onOverflow: () => (told.overflows += 1),
  });
  return { ahead, told };
}

const sha = (text: string | Buffer) => createHash('sha256').update(text).digest('hex');

/** Ways to read a socket to its end, most of them slowly. */
const readers: Readonly<Record<string, (socket: Socket) => Promise<Buffer>>> = {
  'for await': async (socket) => {
    const chunks: Buffer[] = [];
    for await (const chunk of socket) {
      await turn();
      chunks.push(chunk as Buffer);
    }
    return Buffer.concat(chunks);
  },
  pipe: async (socket) => {
    const through = socket.pipe(new PassThrough({ highWaterMark: 10_000 }));
    const chunks: Buffer[] = [];
    for await (const chunk of through) {
      await turn();
      chunks.push(chunk as Buffer);
    }
    return Buffer.concat(chunks);
  },
  'data, with a pause after each': async (socket) => {
    const chunks: Buffer[] = [];
    socket.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      socket.pause();
      setImmediate(() => socket.resume());
    });
    await once(socket, 'end');
    return Buffer.concat(chunks);
  },
  'readable, all there is': async (socket) => {
    const chunks: Buffer[] = [];
    socket.on('readable', () => {
      for (let chunk; (chunk = socket.read() as Buffer | null) !== null;) chunks.push(chunk);
    });
    await once(socket, 'end');
    return Buffer.concat(chunks);
  },
  'readable, by pieces of an odd length': async (socket) => {
    const chunks: Buffer[] = [];
    socket.on('readable', () => {
      let chunk;
      while ((chunk = (socket.read(9973) ?? socket.read()) as Buffer | null) !== null) {
        chunks.push(chunk);
      }
    });
    await once(socket, 'end');
    return Buffer.concat(chunks);
  },
  'read within data': async (socket) => {
    const chunks: Buffer[] = [];
    socket.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      socket.pause();
      // The socket asks for more while Node hands a chunk over; what is read comes as data too.
      if (chunks.length % 2 === 0) socket.read();
      setImmediate(() => socket.resume());
    });
    await once(socket, 'end');
    return Buffer.concat(chunks);
  },
  'what is put back by half': async (socket) => {
    const chunks: Buffer[] = [];
    let turns = 0;
    socket.on('readable', () => {
      let chunk;
      while ((chunk = socket.read() as Buffer | null) !== null) {
        turns += 1;
        const half = turns % 2 === 0 ? chunk.length : chunk.length >> 1;
        chunks.push(chunk.subarray(0, half));
        if (half < chunk.length) socket.unshift(chunk.subarray(half));
      }
    });
    await once(socket, 'end');
    return Buffer.concat(chunks);
  },
  'text in hex': async (socket) => {
    socket.setEncoding('hex');
    let text = '';
    for await (const part of socket) {
      await turn();
      text += part as string;
    }
    return Buffer.from(text, 'hex');
  },
  'a listener that comes late': async (socket) => {
    await until('something has come', () => socket.readableLength > 0);
    for (let i = 0; i < 20; i += 1) await turn();
    const chunks: Buffer[] = [];
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    await once(socket, 'end');
    return Buffer.concat(chunks);
  },
};

describe.each(Object.entries(readers))('a socket that is read by %s', (_name, read) => {
  it.each([0, 50_000, 1_048_576, Infinity])(
    'brings all in order, and its end, %s bytes ahead',
    async (readAheadBytes) => {
      const { ours, theirs } = await pair();
      const { ahead, told } = startReadAhead(ours, readAheadBytes);
      const sent = randomBytes(3_000_000);
      theirs.end(sent);
      expect(sha(await read(ours))).toBe(sha(sent));
      expect(told.fins).toBe(1);
      expect(ahead.unreadBytes()).toBe(0);
    },
  );
});

describe('readAhead', () => {
  it('leaves the bounds and the buffer of the socket as they were', async () => {
    const { ours, theirs } = await pair();
    const highWaterMark = ours.readableHighWaterMark;
    const { ahead } = startReadAhead(ours, 500_000);
    theirs.write(Buffer.alloc(400_000));
    await until('all has come', () => ahead.unreadBytes() === 400_000);
    expect(ours.readableHighWaterMark).toBe(highWaterMark);
    // One read of the system fits on top of what was there.
    expect(ours.readableLength).toBeLessThan(highWaterMark + 65_537);
  });

  it('reads on at exactly the bound, stops above it, and reads on when that much has been read', async () => {
    const { ours, theirs } = await pair();
    const { ahead, told } = startReadAhead(ours, 300_000);
    theirs.write(Buffer.alloc(300_000));
    await until('the first have come', () => ahead.unreadBytes() === 300_000);
    expect(told.overflows).toBe(0);
    theirs.write('1');
    await until('one more has come', () => ahead.unreadBytes() === 300_001);
    expect(told.overflows).toBe(1);
    theirs.write('2');
    for (let i = 0; i < 20; i += 1) await turn();
    expect(ahead.unreadBytes()).toBe(300_001);
    let read = 0;
    while (read === 0) {
      read = ((ours.read() ?? '') as Buffer).length;
      await turn();
    }
    await until('it reads on', () => ahead.unreadBytes() === 300_002 - read);
    expect(told.overflows).toBe(1);
  });

  it('keeps single bytes as cheaply as long chunks', async () => {
    const { ours } = await pair();
    const { ahead } = startReadAhead(ours, Infinity);
    const count = 300_000;
    collectGarbage();
    const memory = () => process.memoryUsage().heapUsed + process.memoryUsage().external;
    const before = memory();
    for (let i = 0; i < count; i += 1) ours.push(Buffer.from(new ArrayBuffer(1)).fill(i % 251));
    collectGarbage();
    expect(ahead.unreadBytes()).toBe(count);
    // 130 MB when each byte stays a chunk. What Node takes into its own buffer stays so, 64 KiB at most.
    expect(memory() - before).toBeLessThan(60_000_000);
    ours.push(null);
    let seen = 0;
    for await (const chunk of ours) {
      for (const byte of chunk as Buffer) {
        if (byte !== seen % 251) expect.unreachable(`byte ${seen} is ${byte}`);
        seen += 1;
      }
    }
    expect(seen).toBe(count);
  });

  it('copies no byte more than once', async () => {
    const { ours } = await pair();
    startReadAhead(ours, Infinity);
    const { concat } = Buffer;
    let copied = 0;
    Buffer.concat = (chunks) => {
      const merged = concat(chunks);
      copied += merged.length;
      return merged;
    };
    onTestFinished(() => void (Buffer.concat = concat));
    ours.push(Buffer.alloc(ours.readableHighWaterMark));
    for (let i = 0; i < 1000; i += 1) ours.push(Buffer.of(1));
    expect(copied).toBeGreaterThan(900);
    expect(copied).toBeLessThanOrEqual(1000);
  });

  it('does not forget that it was asked while it handed a chunk over that filled the socket', async () => {
    const { ours } = await pair();
    startReadAhead(ours, Infinity);
    ours.once('data', () => {
      ours.pause();
      ours.read();
      ours.unshift(Buffer.alloc(ours.readableHighWaterMark, '-'));
    });
    await turn();
    ours.push(Buffer.from('1'));
    ours.push(Buffer.from('2'));
    ours.push(null);
    const chunks: Buffer[] = [];
    for await (const chunk of ours) chunks.push(chunk as Buffer);
    expect(String(Buffer.concat(chunks)).replaceAll('-', '')).toBe('2');
  });

  it('hands over all that is held when it stops, with the end, and leaves no override', async () => {
    const { ours, theirs } = await pair();
    const keys = Object.keys(ours);
    const { ahead, told } = startReadAhead(ours, Infinity);
    theirs.end(`${'line\n'.repeat(100_000)}last\n`);
    await until('the end has come', () => told.fins === 1);
    expect(ours.readableLength).toBeLessThan(ahead.unreadBytes());
    ahead.stop();
    expect(Object.keys(ours)).toEqual(keys);
    expect(ours.readableLength).toBe(500_005);
    let count = 0;
    for await (const line of lines(ours)) count += line.length;
    expect(count).toBe(400_004);
  });

  it('lets the socket read on after it has stopped at its bound', async () => {
    const { ours, theirs } = await pair();
    const { ahead, told } = startReadAhead(ours, 100_000);
    const sent = randomBytes(1_000_000);
    theirs.end(sent);
    await until('the bound', () => told.overflows === 1);
    ahead.stop();
    ahead.stop();
    const chunks: Buffer[] = [];
    for await (const chunk of ours) chunks.push(chunk as Buffer);
    expect(sha(Buffer.concat(chunks))).toBe(sha(sent));
  });

  it('is harmless on a socket that was destroyed with much unread', async () => {
    const { ours, theirs } = await pair();
    const { ahead } = startReadAhead(ours, Infinity);
    theirs.write(Buffer.alloc(300_000));
    await until('it has come', () => ahead.unreadBytes() === 300_000);
    ours.on('data', () => expect.unreachable()).pause();
    ours.destroy();
    await once(ours, 'close');
    expect(ahead.unreadBytes()).toBe(300_000);
    ahead.stop();
    await turn();
    theirs.on('error', ignore);
  });
});
