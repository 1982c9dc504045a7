import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, it, onTestFinished } from 'vitest';
import { root } from '../support/documents.js';
import { RestartableServer } from '../support/restartableServer.js';
import { temporaryFolder } from '../support/temporaryFolder.js';
import { until } from '../support/until.js';

/** An exchange that acknowledges orders when it is told to. */
function exchange() {
  const heard: string[] = [];
  let isAcknowledging = false;
  const server = new RestartableServer((socket) =>
    socket.on('message', (data: Buffer) => {
      const { subscribe, order } = JSON.parse(String(data));
      heard.push(subscribe ? `subscribe ${subscribe}` : order.id);
      if (order && isAcknowledging) socket.send(JSON.stringify({ ack: order.id }));
    }),
  );
  const tick = (number: number, price: number) =>
    server.broadcast(JSON.stringify({ tick: number, symbol: 'ACME', price }));
  return { server, heard, tick, acknowledge: () => (isAcknowledging = true) };
}

function start(url: string, path: string) {
  const args = ['--import', 'tsx', 'examples/market-data.ts', url, path];
  const program = spawn(process.execPath, args, {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void program.kill('SIGKILL'));
  const printed: string[] = [];
  createInterface({ input: program.stdout }).on('line', (line) => printed.push(line));
  const shows = (line: string) => until(line, () => printed.includes(line));
  return { program, printed, shows, exit: once(program, 'close') };
}

it('an order outlives its server, and its program', { timeout: 60_000 }, async () => {
  const path = join(await temporaryFolder(), 'orders.log');
  const { server, heard, tick, acknowledge } = exchange();
  await server.start();
  onTestFinished(() => server.kill());
  const first = start(server.url, path);
  await until('the subscription', () => heard.length === 1);
  tick(1, 99);
  tick(2, 101);
  tick(3, 98);
  tick(3, 98);
  await first.shows('duplicate ACME-3');
  const session = ['subscribe ACME,GLOBEX', 'ACME-1', 'ACME-3'];
  await until('both orders', () => heard.length === 3);
  expect(heard).toEqual(session);

  await server.kill();
  await server.start();
  await until('both orders again', () => heard.length === 6);
  expect(heard).toEqual([...session, ...session]);

  first.program.kill('SIGKILL');
  await first.exit;
  await until('the end of its connection', () => server.open === 0);
  acknowledge();
  const second = start(server.url, path);
  await second.shows('done ACME-3');
  expect(second.printed).toEqual(['held 2', 'done ACME-1', 'done ACME-3']);
  expect(heard).toEqual([...session, ...session, ...session]);
  second.program.kill('SIGTERM');
  expect(await second.exit).toEqual([0, null]);
  expect(second.printed.at(-1)).toBe("{ status: 'stopped', reason: 'SIGTERM' }");
});
