// The command with a full disk under its output: it ends, with a word and a code.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { holds, say } from './rows.js';

const server = createServer((socket) => {
  socket.on('error', () => {});
  const timer = setInterval(() => socket.write('a line\n'), 10);
  socket.on('close', () => clearInterval(timer));
});
server.listen(0, '127.0.0.1');
await once(server, 'listening');
const { port } = server.address() as AddressInfo;
const cli = fileURLToPath(new URL('../../packages/cli/dist/cli.js', import.meta.url));
const child = spawn(process.execPath, [cli, `tcp://127.0.0.1:${port}`], {
  stdio: ['pipe', openSync('/dev/full', 'w'), 'pipe'],
});
let said = '';
child.stderr?.setEncoding('utf8').on('data', (text: string) => (said += text));
const exit = once(child, 'exit') as Promise<[number | null]>;
const [code] = await Promise.race([exit, delay(20_000, [undefined] as const)]);
child.kill('SIGKILL');
say([
  holds(
    'a full disk under stdout: the command ends with an error',
    typeof code === 'number' && code > 0,
    `code ${String(code)}`,
  ),
  holds(
    'a full disk under stdout: it says so',
    /ENOSPC|no space/i.test(said),
    said.trim().split('\n').at(-1) ?? '',
  ),
]);
setTimeout(() => process.exit(), 100);
