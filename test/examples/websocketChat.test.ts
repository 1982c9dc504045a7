import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { expect, it, onTestFinished } from 'vitest';
import { root } from '../support/documents.js';
import { webSocketServer } from '../support/webSocketServer.js';

function start(url: string): { chat: ChildProcess; printed: string[] } {
  const args = ['--import', 'tsx', 'examples/websocket-chat.ts', url];
  const chat = spawn(process.execPath, args, { cwd: root, stdio: ['pipe', 'pipe', 'inherit'] });
  onTestFinished(() => void chat.kill('SIGKILL'));
  const printed: string[] = [];
  createInterface({ input: chat.stdout as NodeJS.ReadableStream }).on('line', (line) =>
    printed.push(line),
  );
  return { chat, printed };
}

it('the chat goes on after a loss, and ends with its input', { timeout: 60_000 }, async () => {
  const { url, accepted, closes, gone } = await webSocketServer((socket) =>
    socket.on('message', (data: Buffer) => socket.send(`echo ${String(data)}`)),
  );
  const { chat, printed } = start(url);
  const shows = async (line: string) => {
    await expect.poll(() => printed, { timeout: 30_000 }).toContain(line);
  };
  const exited = new Promise((resolve) => chat.once('exit', resolve));
  await shows('session 1');
  chat.stdin?.write('hello\n');
  await shows('echo hello');
  accepted[0]?.terminate();
  await shows('session 2');
  chat.stdin?.end('again\n');
  expect(await exited).toBe(0);
  expect(printed.at(-1)).toBe("{ status: 'stopped', reason: 'end of input' }");
  await gone();
  expect(closes.at(-1)).toEqual([1000, '']);
});
