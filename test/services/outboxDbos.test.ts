import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { createInterface } from 'node:readline';
import pg from 'pg';
import { describe, expect, inject, it, onTestFinished } from 'vitest';
import { root } from '../support/exec.js';
import { closedPort } from '../support/loopback.js';
import { uniqueName } from '../support/serviceLoop.js';
import { urlOf } from '../support/services.js';
import { until } from '../support/until.js';

/** A database of its own; it is dropped when the test is over. */
async function database(): Promise<string> {
  const url = urlOf('Postgres');
  const name = uniqueName();
  const ask = async (text: string) => {
    const client = new pg.Client(url.href);
    await client.connect();
    try {
      await client.query(text);
    } finally {
      await client.end();
    }
  };
  await ask(`create database "${name}"`);
  onTestFinished(() => ask(`drop database "${name}" with (force)`));
  const own = new URL(url);
  own.pathname = `/${name}`;
  return own.href;
}

/** A process with the outbox; it is gone when the test is. */
async function member(databaseUrl: string, port: number): Promise<ChildProcess> {
  const child = fork(`${root}test/support/outboxMember.ts`, [databaseUrl, String(port)], {
    cwd: root,
    execArgv: ['--import', 'tsx'],
    silent: true,
  });
  onTestFinished(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  });
  await once(child, 'message');
  return child;
}

describe.skipIf(inject('missingServices').includes('Postgres'))('examples/outbox-dbos.ts', () => {
  it('delivers in order what was put while the server was away, though the process was killed meanwhile', async () => {
    const databaseUrl = await database();
    const port = await closedPort();
    const ids = Array.from({ length: 5 }, (_, i) => `message-${i}`);
    const first = await member(databaseUrl, port);
    const kept = once(first, 'message');
    first.send(ids);
    await kept;
    first.kill('SIGKILL');
    await once(first, 'exit');

    const received: string[] = [];
    const server = createServer((socket) => {
      socket.on('error', () => {});
      // A reader of lines reports the errors of its stream once more.
      const reader = createInterface(socket).on('error', () => {});
      reader.on('line', (line) => {
        const { id } = JSON.parse(line) as { id: string };
        received.push(id);
        // The first one is not confirmed at once: the session ends.
        if (received.length === 1) socket.destroy();
        else socket.write(`${id}\n`);
      });
    });
    await new Promise<void>((resolve) => void server.listen(port, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    await member(databaseUrl, port);
    await until('all have come', () => ids.every((id) => received.includes(id)));
    // At least once: the one that was not confirmed has come again.
    expect(received).toEqual([ids[0], ...ids]);
  });
});
