import { once } from 'node:events';
import { lines } from 'schmoozer/tcp';
import { describe, expect, it } from 'vitest';
import { listenersOn, pair, rejection } from '../../../support/loopback.js';

async function collect(source: AsyncIterable<string>): Promise<string[]> {
  const all: string[] = [];
  for await (const line of source) all.push(line);
  return all;
}

describe('lines', () => {
  it('yields lines without their ends, empty ones and a last one without an end', async () => {
    const { ours, theirs } = await pair();
    theirs.end('one\r\ntwo\n\nlast');
    expect(await collect(lines(ours))).toEqual(['one', 'two', '', 'last']);
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
