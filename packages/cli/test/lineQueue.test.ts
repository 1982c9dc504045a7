import { PassThrough } from 'node:stream';
import { describe, expect, it, onTestFinished } from 'vitest';
import { LineQueue, type LineQueueLimits } from '../src/lineQueue.js';
import { readLines } from '../src/readLines.js';

const limits: LineQueueLimits = { lines: 3, bytes: 100, overflow: 'wait' };
const line = (text: string) => Buffer.from(`${text}\n`);
const taken = (queue: LineQueue, maxBytes = 1000) =>
  queue.take(maxBytes).map((buffer) => buffer.toString().trimEnd());
const turn = () => new Promise(setImmediate);

async function pushAll(queue: LineQueue, ...texts: string[]): Promise<void> {
  for (const text of texts) await queue.push(line(text));
}

describe('a queue of lines', () => {
  it.each(['wait', 'drop-oldest'] as const)(
    'moves each line a few times at most, however many wait: %s',
    async (overflow) => {
      const lines = 20_000;
      const queue = new LineQueue({ lines, bytes: Infinity, overflow });
      let moved = 0;
      const prototype = Array.prototype as unknown as Record<
        string,
        (...args: unknown[]) => unknown
      >;
      const originals = { splice: prototype['splice'], shift: prototype['shift'] };
      onTestFinished(() => void Object.assign(prototype, originals));
      for (const [name, original] of Object.entries(originals)) {
        prototype[name] = function (this: unknown[], ...args) {
          moved += this.length;
          return original?.apply(this, args);
        };
      }
      for (let i = 0; i < lines; i++) await queue.push(line(String(i)));
      if (overflow === 'drop-oldest') {
        for (let i = 0; i < lines; i++) await queue.push(line('newer'));
        expect(queue.dropped).toBe(lines);
      }
      for (let i = 0; i < lines; i++) queue.take(0);
      const before = moved;
      expect(queue.unsent).toBe(0);
      expect(before).toBeLessThan(10 * lines);
      expect(before).toBeGreaterThan(0);
    },
  );

  it('gives what fits, oldest first, and one line that fits nowhere alone', async () => {
    const queue = new LineQueue(limits);
    await pushAll(queue, 'one', 'two', 'three');
    expect(taken(queue, 8)).toEqual(['one', 'two']);
    expect(taken(queue, 0)).toEqual(['three']);
    expect(taken(queue)).toEqual([]);
  });

  it('makes the fourth of three lines wait until there is room', async () => {
    const queue = new LineQueue(limits);
    let pushed = 0;
    const pushing = pushAll(queue, 'one', 'two', 'three', 'four').then(() => (pushed = 4));
    await turn();
    expect(pushed).toBe(0);
    expect(taken(queue, 0)).toEqual(['one']);
    await pushing;
    expect(taken(queue)).toEqual(['two', 'three', 'four']);
    expect(queue.lost).toBe(0);
  });

  it('counts bytes too, but takes one line of any length when it is empty', async () => {
    const queue = new LineQueue({ ...limits, bytes: 10, overflow: 'drop-newest' });
    await pushAll(queue, 'twenty bytes at the least', 'x');
    expect(taken(queue)).toEqual(['twenty bytes at the least']);
    await pushAll(queue, '1234', '5678', 'x');
    expect(taken(queue)).toEqual(['1234', '5678']);
    expect(queue.dropped).toBe(2);
  });

  it.each([
    ['drop-oldest', ['three', 'four', 'five']],
    ['drop-newest', ['one', 'two', 'three']],
  ] as const)('%s: of five keeps %j', async (overflow, kept) => {
    const queue = new LineQueue({ ...limits, overflow });
    await pushAll(queue, 'one', 'two', 'three', 'four', 'five');
    expect(taken(queue)).toEqual(kept);
    expect(queue).toMatchObject({ dropped: 2, lost: 2, unsent: 0 });
  });

  it('takes nothing when it is closed, counts it, and lets those go that wait', async () => {
    const queue = new LineQueue(limits);
    const pushing = pushAll(queue, 'one', 'two', 'three', 'four', 'five');
    await turn();
    expect(queue.isDone).toBe(false);
    queue.close();
    await pushing;
    expect(queue).toMatchObject({ isClosed: true, isDone: false, unsent: 5, lost: 5 });
    expect(taken(queue)).toEqual(['one', 'two', 'three']);
    expect(queue).toMatchObject({ isDone: true, unsent: 2 });
  });
});

describe('reading lines', () => {
  const read = (stream: PassThrough, queue: LineQueue, maxBytes = 20) =>
    readLines(stream, queue, { maxBytes, afterChunk: () => {} });

  it('keeps their ends, puts pieces together, and takes a last line without an end', async () => {
    const stream = new PassThrough();
    const queue = new LineQueue({ ...limits, lines: 10 });
    const reading = read(stream, queue);
    for (const piece of ['o', 'n', 'e\r\ntwo\n\nla', 'st']) {
      stream.write(piece);
      await turn();
    }
    stream.end();
    await reading;
    expect(queue.take(1000).map(String)).toEqual(['one\r\n', 'two\n', '\n', 'last']);
    expect(queue.isDone).toBe(true);
  });

  it('closes the queue at the end of an empty stream', async () => {
    const queue = new LineQueue(limits);
    await read(new PassThrough().end(), queue);
    expect(queue.isDone).toBe(true);
  });

  it('does not read on while the queue is full', async () => {
    const stream = new PassThrough({ highWaterMark: 100 });
    const queue = new LineQueue(limits);
    const reading = read(stream, queue);
    let written = 0;
    while (stream.write(`${written}\n`)) {
      written += 1;
      await turn();
      expect(written).toBeLessThan(1000);
    }
    expect(stream.readableLength + stream.writableLength).toBeGreaterThan(90);
    stream.end();
    const all: string[] = [];
    while (!queue.isDone) {
      all.push(...taken(queue));
      await turn();
    }
    await reading;
    expect(all).toEqual(Array.from({ length: written + 1 }, (_, i) => String(i)));
  });

  it('takes a line of 20 bytes, and throws at one of 21, of which nothing is taken', async () => {
    const stream = new PassThrough();
    const queue = new LineQueue(limits);
    stream.end(`${'x'.repeat(19)}\n${'y'.repeat(20)}\n`);
    await expect(read(stream, queue)).rejects.toMatchObject({
      code: 'ERR_TOO_LONG',
      message: 'a line of stdin is longer than 20 bytes',
    });
    expect(taken(queue)).toEqual(['x'.repeat(19)]);
  });
});
