import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { TerminalOutput } from '../src/terminalOutput.js';

function output(isRaw = false) {
  const stream = new PassThrough();
  const terminal = new TerminalOutput(stream, { isRaw });
  const write = (text: string | Buffer) => terminal.write(Buffer.from(text as string));
  return { stream, terminal, write, written: () => String(stream.read() ?? '') };
}

describe('output to a terminal', () => {
  it('writes text as it comes, and begins a session on its own line', async () => {
    const { write, written, terminal } = output();
    await write('login: ');
    expect(written()).toBe('login: ');
    await write('x'.repeat(5000));
    expect(await terminal.endSession()).toBe(0);
    await write('again');
    expect(written()).toBe(`${'x'.repeat(5000)}\nagain`);
  });

  it('shows what a terminal would obey, but for the ends of lines and tabs', async () => {
    const { write, written } = output();
    await write('a\tb\r\n\u001B]52;c;AAAA\u0007\u001B[2J\u202E wss://me@h/?q\n');
    expect(written()).toBe('a\tb\r\n\\u{1B}]52;c;AAAA\\u{07}\\u{1B}[2J\\u{202E} wss://me@h/?q\n');
  });

  it('puts characters together that come in pieces, and shows the rest of one', async () => {
    const { write, written, terminal } = output();
    for (const byte of Buffer.from('grüße 🙂')) await write(Buffer.of(byte));
    expect(written()).toBe('grüße 🙂');
    await write(Buffer.of(0xe2, 0x82));
    expect(written()).toBe('');
    await terminal.endSession();
    expect(written()).toBe('\uFFFD');
    // A byte that C1 has, too.
    await write(Buffer.of(0x9b));
    expect(written()).toBe('\n\uFFFD');
  });

  it('writes bytes as they are if told so', async () => {
    const { stream, write, terminal } = output(true);
    const bytes = Buffer.from('\u001B[31mred\u001B[0m\u009B\u00FF', 'latin1');
    await write(bytes);
    expect(await terminal.endSession()).toBe(0);
    expect(stream.read()).toEqual(bytes);
  });
});
