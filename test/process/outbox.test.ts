import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import fc from 'fast-check';
import { lines } from 'schmoozer/tcp';
import { expect, it, onTestFinished } from 'vitest';
import { chance } from '../support/chance.js';
import { root } from '../support/exec.js';
import { listening } from '../support/loopback.js';
import { temporaryFolder } from '../support/temporaryFolder.js';
import { until } from '../support/until.js';

const MESSAGES = 10_000;
const BATCH = 50;

/** Sends the numbers from `from` on, in a process of its own; it says which of them the file has. */
const program = (path: string, port: number, from: number) => `
  import { writeSync } from 'node:fs';
  import { constantBackoff, Continue, run } from '${root}dist/index.js';
  import { outbox } from '${root}dist/outbox.js';
  import { fileStore } from '${root}dist/outbox-file.js';
  import { lines, tcpConnector, write } from '${root}dist/tcp.js';

  const box = outbox({
    store: fileStore({ path: '${path}', compactBytes: 20_000 }),
    ack: 'cumulative',
    key: String,
    maxItems: 500,
    onFull: 'wait',
    send: (socket, number, { signal }) => write(socket, number + '\\n', { signal }),
  });
  const stop = new AbortController();
  const running = run(
    tcpConnector({
      host: '127.0.0.1',
      port: ${port},
      run: box.serve(async (socket, { signal }) => {
        for await (const key of lines(socket, { signal })) box.ack(key);
        return Continue();
      }),
    }),
    { backoff: constantBackoff(5), signal: stop.signal },
  );
  for (let from = ${from}; from < ${MESSAGES}; from += ${BATCH}) {
    const batch = Array.from({ length: ${BATCH} }, (_, i) => from + i);
    await Promise.all(batch.map((number) => box.add(number)));
    writeSync(1, from + ${BATCH} + '\\n');
  }
  await box.drained();
  stop.abort();
  await running;
  await box.close();
  writeSync(1, 'done\\n');
`;

it(
  '10 000 messages over a line that is cut at random, from a process that is killed, come at least once and in order',
  { timeout: 120_000 },
  async () => {
    const seed = fc.sample(fc.nat(), 1)[0] as number;
    const { below } = chance(seed);
    const heard: number[] = [];
    const server = createServer((socket) => void answer(socket));
    /** Acknowledges what comes, not always at once, and hangs up when it likes. */
    const answer = async (socket: Socket) => {
      let left = 1 + below(1500);
      try {
        for await (const line of lines(socket)) {
          heard.push(Number(line));
          if (below(10) === 0) socket.write(`${line}\n`);
          left -= 1;
          if (left === 0) socket.resetAndDestroy();
        }
      } catch {
        // The client was killed.
      }
    };
    const port = await listening(server);
    // What waits for more is acknowledged, too.
    const tick = setInterval(() => {
      const last = heard.at(-1);
      for (const socket of sockets) if (last !== undefined) socket.write(`${last}\n`);
    }, 20);
    const sockets = new Set<Socket>();
    server.on('connection', (socket) => {
      sockets.add(socket);
      socket.on('close', () => sockets.delete(socket));
    });
    onTestFinished(() => clearInterval(tick));

    const path = join(await temporaryFolder(), 'outbox.log');
    let stored = 0;
    let isDone = false;
    const start = (): ChildProcess => {
      const args = ['--unhandled-rejections=strict', '--input-type=module', '--eval'];
      const child = spawn(process.execPath, [...args, program(path, port, stored)], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      onTestFinished(() => void child.kill('SIGKILL'));
      createInterface({ input: child.stdout as NodeJS.ReadableStream }).on('line', (line) => {
        if (line === 'done') isDone = true;
        else stored = Number(line);
      });
      return child;
    };
    let kills = 0;
    for (; kills < 8; kills += 1) {
      const child = start();
      const exited = once(child, 'close');
      const goal = Math.min(stored + 1 + below(2000), MESSAGES - 1000);
      await until(`message ${goal} (seed ${seed})`, () => stored >= goal);
      child.kill('SIGKILL');
      expect((await exited)[1]).toBe('SIGKILL');
    }
    const [code] = (await once(start(), 'close')) as [number];
    expect([code, isDone]).toEqual([0, true]);

    let next = 0;
    for (const number of heard) {
      expect(number, `in order, with seed ${seed}`).toBeLessThanOrEqual(next);
      if (number === next) next += 1;
    }
    expect(next).toBe(MESSAGES);
    const duplicates = heard.length - MESSAGES;
    expect(duplicates).toBeGreaterThan(0);
    // At most a window for each session that was cut, and what was held at each kill.
    expect(duplicates).toBeLessThan(MESSAGES);
  },
);
