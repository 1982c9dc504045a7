import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, it, onTestFinished } from 'vitest';
import { root } from '../support/documents.js';
import { RestartableServer } from '../support/restartableServer.js';
import { until } from '../support/until.js';

it('SIGTERM in an outage: it waits for the server and the last acknowledgement, and ends by itself', async () => {
  const heard: string[] = [];
  let isAcknowledging = false;
  const server = new RestartableServer((socket) =>
    socket.on('message', (data: Buffer) => {
      const { id, text } = JSON.parse(String(data));
      heard.push(text);
      if (isAcknowledging) socket.send(id);
    }),
  );
  await server.start();
  onTestFinished(() => server.kill());
  const args = ['--import', 'tsx', 'examples/recipes/sigterm.ts', server.url];
  const program = spawn(process.execPath, args, {
    cwd: root,
    stdio: ['pipe', 'ignore', 'inherit'],
  });
  onTestFinished(() => void program.kill('SIGKILL'));
  const exit = once(program, 'exit');
  program.stdin.write('one\ntwo\n');
  await until('both', () => heard.length === 2);
  await server.kill();
  program.kill('SIGTERM');
  isAcknowledging = true;
  await server.start();
  expect(await exit).toEqual([0, null]);
  expect(heard).toEqual(['one', 'two', 'one', 'two']);
  expect(server.open).toBe(0);
});
