import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { Break, constantBackoff, run } from 'schmoozer';
import { lines, type LinesOptions, tcpConnector } from 'schmoozer/tcp';
import { describe, expect, it } from 'vitest';
import { rowsOf } from '../../../support/documents.js';
import { listenersOn, listening, pair, rejection, reset } from '../../../support/loopback.js';

async function collect(source: AsyncIterable<string>): Promise<string[]> {
  const all: string[] = [];
  for await (const line of source) all.push(line);
  return all;
}

describe('lines', () => {
  it('yields lines without their ends, empty ones too', async () => {
    const { ours, theirs } = await pair();
    theirs.end('one\r\ntwo\n\nlast\n');
    expect(await collect(lines(ours))).toEqual(['one', 'two', '', 'last']);
  });

  it('drops a last line that the end of the connection cut off, and reports its bytes', async () => {
    const cut: number[] = [];
    const onUnfinished = (bytes: number) => void cut.push(bytes);
    const { ours, theirs } = await pair();
    theirs.end('{"price":1}\n{"pri');
    expect(await collect(lines(ours, { onUnfinished }))).toEqual(['{"price":1}']);
    expect(cut).toEqual([5]);
    // Another loop has nothing to add.
    expect(await collect(lines(ours, { onUnfinished, yieldUnfinished: true }))).toEqual([]);
    expect(cut).toEqual([5]);

    const other = await pair();
    other.theirs.end('whole\nlast');
    expect(await collect(lines(other.ours))).toEqual(['whole']);
  });

  it('yields it on request when the peer has ended in order', async () => {
    const { ours, theirs } = await pair();
    theirs.end('one\n€uro');
    const options = { yieldUnfinished: true, onUnfinished: () => expect.fail() };
    expect(await collect(lines(ours, options))).toEqual(['one', '€uro']);
  });

  it.each<[how: string, end: (sockets: { ours: Socket; theirs: Socket }) => void, code?: string]>([
    ['the peer resets', ({ theirs }) => reset(theirs), 'ECONNRESET'],
    ['we destroy the socket', ({ ours }) => ours.destroy()],
  ])('drops it in any case when %s', async (_how, end, code) => {
    const sockets = await pair();
    const cut: number[] = [];
    const seen: string[] = [];
    const loop = async () => {
      const options: LinesOptions = {
        yieldUnfinished: true,
        onUnfinished: (bytes) => cut.push(bytes),
      };
      for await (const line of lines(sockets.ours, options)) {
        seen.push(line);
        end(sockets);
      }
    };
    sockets.theirs.write('one\ntw');
    if (code === undefined) await loop();
    else expect(await rejection(loop())).toMatchObject({ code });
    expect({ seen, cut }).toEqual({ seen: ['one'], cut: [2] });
  });

  it('throws at a line longer than maxLineBytes, however its bytes come', async () => {
    const { ours, theirs } = await pair();
    const read = rejection(collect(lines(ours, { maxLineBytes: 100 })));
    for (let i = 0; i < 101; i++) theirs.write('x');
    expect(await read).toMatchObject({ code: 'ERR_LINE_TOO_LONG', maxLineBytes: 100 });
    theirs.end('y\nnext\n');
    // Nothing of it is lost, if somebody wants to read on.
    expect(await collect(lines(ours, { maxLineBytes: 103 }))).toEqual([
      `${'x'.repeat(101)}y`,
      'next',
    ]);
  });

  it('takes a line of 1 MiB by default, and no longer one', async () => {
    const said = Number(
      rowsOf('docs/tcp.md', 'option of `lines`').find(([name]) => name === 'maxLineBytes')?.[1],
    );
    const { ours, theirs } = await pair();
    theirs.end(
      Buffer.concat([
        Buffer.alloc(said - 1, 'x'),
        Buffer.from('\n'),
        Buffer.alloc(said, 'x'),
        Buffer.from('\n'),
      ]),
    );
    const lengths: number[] = [];
    const loop = async () => {
      for await (const { length } of lines(ours)) lengths.push(length);
    };
    expect(await rejection(loop())).toMatchObject({
      code: 'ERR_LINE_TOO_LONG',
      maxLineBytes: said,
    });
    expect(lengths).toEqual([said - 1]);
  });

  it('a second loop goes on where the first was left', async () => {
    const { ours, theirs } = await pair();
    const read: string[] = [];
    const one = async () => {
      for await (const line of lines(ours)) return void read.push(line);
    };
    theirs.write('220 hello\r\n250-one\r\n250-two\r\n250');
    await one();
    await one();
    theirs.end(' three\r\n251 later\r\n');
    await once(ours, 'readable');
    await one();
    for await (const line of lines(ours)) read.push(line);
    expect(read).toEqual(['220 hello', '250-one', '250-two', '250 three', '251 later']);
  });

  it('the socket ends when its last line has been taken, and not before', async () => {
    const { ours, theirs } = await pair();
    theirs.end('one\ntwo\n');
    for await (const line of lines(ours)) {
      if (line === 'two') break;
      for (let i = 0; i < 5; i++) await new Promise(setImmediate);
      expect(ours.readableEnded).toBe(false);
    }
    expect(await collect(lines(ours))).toEqual([]);
    expect(ours.readableEnded).toBe(true);
  });

  it('yields what came before a reset or a destroy, then ends as the socket did', async () => {
    const { ours, theirs } = await pair();
    theirs.write('one\ntwo\n');
    await once(ours, 'readable');
    ours.destroy(new Error('enough'));
    const seen: string[] = [];
    const loop = async () => {
      for await (const line of lines(ours)) seen.push(line);
    };
    expect(await rejection(loop())).toEqual(new Error('enough'));
    expect(seen).toEqual(['one', 'two']);
  });

  it('two loops share the lines: what one leaves, the other takes', async () => {
    const { ours, theirs } = await pair();
    const waiting = collect(lines(ours));
    const leaving = (async () => {
      for await (const line of lines(ours)) {
        // The other waits again by now.
        for (let i = 0; i < 5; i++) await new Promise(setImmediate);
        return line;
      }
      return undefined;
    })();
    theirs.write('one\n');
    await once(ours, 'readable');
    theirs.end('two\nthree\nfour\n');
    const taken = [await leaving, ...(await waiting)];
    expect(new Set(taken)).toEqual(new Set(['one', 'two', 'three', 'four']));
    expect(taken).toHaveLength(4);
  });

  it('reads a socket with an encoding', async () => {
    const { ours, theirs } = await pair();
    ours.setEncoding('utf8');
    theirs.end('grüße\n');
    expect(await collect(lines(ours))).toEqual(['grüße']);
  });

  it.each<[option: string, value: unknown]>([
    ['maxLineBytes', 0],
    ['maxLineBytes', 2 ** 28 + 1],
    ['maxLineBytes', '100'],
    ['yieldUnfinished', 'yes'],
    ['onUnfinished', true],
  ])('refuses %s = %o at once', async (option, value) => {
    const { ours } = await pair();
    expect(() => lines(ours, { [option]: value })).toThrow(expect.objectContaining({ option }));
  });

  it('puts together a line and a character that come in pieces', async () => {
    const { ours, theirs } = await pair();
    const read = collect(lines(ours));
    for (const byte of Buffer.from('grüße €\n')) {
      theirs.write(Buffer.of(byte));
      await once(ours, 'data');
    }
    theirs.end();
    expect(await read).toEqual(['grüße €']);
  });

  it('loses nothing that came before the loop', async () => {
    const { ours, theirs } = await pair();
    theirs.end('early\n');
    await once(ours, 'readable');
    expect(await collect(lines(ours))).toEqual(['early']);
  });

  it('yields a million bytes in order to a slow reader', async () => {
    const { ours, theirs } = await pair();
    const expected = Array.from({ length: 50_000 }, (_, i) => `line number ${i}, padded`);
    theirs.end(`${expected.join('\n')}\n`);
    const seen: string[] = [];
    for await (const line of lines(ours)) {
      if (seen.length % 1000 === 0) await new Promise(setImmediate);
      seen.push(line);
    }
    expect(seen).toEqual(expected);
  });

  it('throws the error that breaks the loop', async () => {
    const { ours, theirs } = await pair();
    const read = rejection(collect(lines(ours)));
    theirs.resetAndDestroy();
    expect(await read).toMatchObject({ code: 'ECONNRESET' });
  });

  it('throws the error that came before the loop', async () => {
    const { ours, theirs } = await pair();
    theirs.resetAndDestroy();
    // The error is seen when the socket reads.
    ours.resume();
    await new Promise((resolve) => ours.once('close', resolve));
    expect(await rejection(collect(lines(ours)))).toMatchObject({ code: 'ECONNRESET' });
  });

  it('ends at once when the socket had ended or was destroyed before', async () => {
    const { ours, theirs } = await pair();
    theirs.end();
    ours.resume();
    await once(ours, 'end');
    expect(await collect(lines(ours))).toEqual([]);
    const other = await pair();
    other.ours.destroy();
    expect(await collect(lines(other.ours))).toEqual([]);
  });

  it('throws the reason of the signal while it waits, before, and between two lines', async () => {
    const { ours, theirs } = await pair();
    const reason = new Error('enough');
    const waiting = new AbortController();
    const read = rejection(collect(lines(ours, waiting)));
    waiting.abort(reason);
    expect(await read).toBe(reason);
    expect(await rejection(collect(lines(ours, waiting)))).toBe(reason);

    const between = new AbortController();
    const seen: string[] = [];
    theirs.write('one\ntwo\n');
    const loop = async () => {
      for await (const line of lines(ours, between)) {
        seen.push(line);
        between.abort(reason);
      }
    };
    expect(await rejection(loop())).toBe(reason);
    expect(seen).toEqual(['one']);
    expect(ours.destroyed).toBe(false);
  });

  it('ends in order when the signal of a lost connection fires while the last line is worked on', async () => {
    const port = await listening(createServer((peer) => peer.end('one\nlast\n')));
    const seen: string[] = [];
    const connector = tcpConnector<string>({
      host: '127.0.0.1',
      port,
      async run(socket, { signal }) {
        for await (const line of lines(socket, { signal })) {
          seen.push(line);
          if (line === 'last' && !signal.aborted) await once(signal, 'abort');
        }
        return Break('done');
      },
    });
    expect(await run(connector)).toEqual({ status: 'completed', value: 'done' });
    expect(seen).toEqual(['one', 'last']);
  });

  it('whose data do not parse end a session, not the loop', async () => {
    let sessions = 0;
    const port = await listening(
      createServer((peer) => peer.end(++sessions === 1 ? '{"price":\n' : '{"price":1}\n')),
    );
    const connector = tcpConnector<unknown>({
      host: '127.0.0.1',
      port,
      async run(socket) {
        for await (const line of lines(socket)) return Break(JSON.parse(line) as unknown);
        return Break('nothing came');
      },
    });
    const result = await run(connector, { backoff: constantBackoff(0) });
    expect(result).toEqual({ status: 'completed', value: { price: 1 } });
  });

  it('leaves the socket open and no listener when the loop is left', async () => {
    const { ours, theirs } = await pair();
    const { signal } = new AbortController();
    const before = ours.eventNames().map((name) => [name, ours.listenerCount(name)]);
    theirs.write('one\ntwo\n');
    for await (const line of lines(ours, { signal })) {
      expect(line).toBe('one');
      break;
    }
    expect(ours.eventNames().map((name) => [name, ours.listenerCount(name)])).toEqual(before);
    expect(listenersOn(signal)).toBe(0);
    expect(ours.destroyed).toBe(false);
  });
});
