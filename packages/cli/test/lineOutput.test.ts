import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { LineOutput } from '../src/lineOutput.js';

function output({ maxBytes = 20 } = {}) {
  const stream = new PassThrough();
  const lines = new LineOutput(stream, maxBytes);
  const write = (text: string) => lines.write(Buffer.from(text));
  return { stream, lines, write, written: () => String(stream.read() ?? '') };
}

describe('output of whole lines', () => {
  it('passes every byte as it is', async () => {
    const { stream, lines } = output({ maxBytes: 1000 });
    const bytes = Buffer.from(Array.from({ length: 256 }, (_, i) => i));
    await lines.write(Buffer.concat([bytes, Buffer.from('\n')]));
    expect(stream.read()).toEqual(Buffer.concat([bytes, Buffer.from('\n')]));
  });

  it('keeps the beginning of a line until its end is there', async () => {
    const { write, written } = output();
    await write('one\ntw');
    expect(written()).toBe('one\n');
    await write('');
    await write('o');
    expect(written()).toBe('');
    await write('\n\nthree\n');
    expect(written()).toBe('two\n\nthree\n');
  });

  it('writes a last line without an end after a good session, and begins the next on its own line', async () => {
    const { write, written, lines } = output();
    await write('one\ntwo');
    expect(await lines.endSession(true)).toBe(0);
    expect(written()).toBe('one\ntwo');
    await write('three\n');
    expect(written()).toBe('\nthree\n');
    expect(await lines.endSession(true)).toBe(0);
    await write('four\n');
    expect(written()).toBe('four\n');
  });

  it('drops the beginning of a line after a bad session, and says how much', async () => {
    const { write, written, lines } = output();
    await write('one\ntwo');
    expect(await lines.endSession(false)).toBe(3);
    await write('three\n');
    expect(written()).toBe('one\nthree\n');
  });

  it('takes a line of 20 bytes; of one of 21 it writes nothing, but all that came before', async () => {
    const { write, written } = output();
    await write(`${'x'.repeat(19)}\n`);
    await expect(write(`good\n${'y'.repeat(21)}`)).rejects.toMatchObject({ code: 'ERR_TOO_LONG' });
    expect(written()).toBe(`${'x'.repeat(19)}\ngood\n`);
  });
});

describe('output to a slow reader', () => {
  it('waits until the reader has caught up', async () => {
    const { stream, write } = output({ maxBytes: 1e6 });
    let isWritten = false;
    const writing = write(`${'x'.repeat(100_000)}\n`).then(() => (isWritten = true));
    await new Promise(setImmediate);
    expect(isWritten).toBe(false);
    stream.resume();
    await writing;
    expect([stream.listenerCount('drain'), stream.listenerCount('close')]).toEqual([0, 0]);
  });

  it('waits no longer when the reader leaves, and writes nothing after', async () => {
    const { stream, write } = output({ maxBytes: 1e6 });
    const writing = write(`${'x'.repeat(100_000)}\n`);
    stream.destroy();
    await writing;
    await write('more\n');
    expect(stream.destroyed).toBe(true);
  });
});
