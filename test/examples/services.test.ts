import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { createServer } from 'node:net';
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { root } from '../support/exec.js';
import { serverSentEvents } from '../../examples/server-sent-events.js';
import { firstAttempt } from '../support/attempt.js';
import { closedPort, listening, rejection } from '../support/loopback.js';

const examples = ['redis-pubsub', 'postgres-listen', 'mqtt', 'amqp', 'nats', 'server-sent-events'];
const DEADLINE_MS = 60_000;

describe.each(examples)('examples/%s.ts', (name) => {
  const source = readFileSync(`${root}examples/${name}.ts`, 'utf8');

  it('has 60 lines at most, each of them readable', () => {
    const lines = source.trimEnd().split('\n');
    expect(lines.length).toBeLessThanOrEqual(60);
    expect(lines.filter((line) => line.length > 120)).toEqual([]);
  });

  it('takes the library by its name, and nothing else of this repository', () => {
    expect(source).toMatch(/from 'schmoozer'/);
    expect(source).not.toMatch(/from '\./);
  });
});

describe('examples/server-sent-events.ts shows no secret', () => {
  const make = (url: string) =>
    serverSentEvents({
      url,
      token: () => 'hunter2',
      onSession: () => {},
      onMessage: () => {},
    });
  const logged = (error: unknown) => inspect(error, { depth: 9 });

  it.each([200, 302, 401, 503])('of an answer of %i', async (status) => {
    const server = createHttpServer((_, response) => {
      response.writeHead(status, {
        'content-type': 'text/\u009B',
        location: 'http://me:hunter2@h',
      });
      response.end();
    });
    const port = await listening(server);
    const { attempt } = firstAttempt();
    const { connect } = make(`http://me:hunter2@127.0.0.1:${port}/feed?token=hunter2`);
    const error = logged(await rejection(connect(attempt)));
    expect(error).toContain(`http://127.0.0.1:${port}/feed answered ${status}, text/\\u{9B}`);
    expect(error).not.toContain('hunter2');
  });

  it('of an address that is none', () => {
    expect(() => make('http//me:hunter2@h')).toThrow(
      'an address that is not a URL, of 18 characters',
    );
  });
});

/** `npm run test:services` without its build, with the servers where the variables say. */
async function testServices(urls: Record<string, string>, ...filter: string[]) {
  const args = ['run', '--config', 'vitest.services.config.ts', ...filter];
  const child = spawn(`${root}node_modules/.bin/vitest`, args, {
    cwd: root,
    env: { ...process.env, ...urls, NO_COLOR: '1', FORCE_COLOR: undefined },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  }
  const code = await new Promise((resolve) => child.once('close', resolve));
  return { code, output };
}

describe('npm run test:services', () => {
  const nowhere = async (): Promise<Record<string, string>> => {
    const at = `127.0.0.1:${await closedPort()}`;
    return {
      REDIS_URL: `redis://${at}`,
      POSTGRES_URL: `postgres://${at}/test`,
      MQTT_URL: `mqtt://${at}`,
      AMQP_URL: `amqp://${at}`,
      NATS_URL: `nats://${at}`,
    };
  };

  it('fails, and says why, when no server is there', { timeout: DEADLINE_MS }, async () => {
    const { code, output } = await testServices(await nowhere());
    for (const name of ['Redis', 'Postgres', 'MQTT', 'AMQP', 'NATS']) {
      expect(output).toMatch(new RegExp(`skipped: ${name}, nobody listens at 127.0.0.1:\\d+`));
    }
    expect(output).toContain('all services are skipped');
    expect(code).toBe(1);
  });

  it('skips a server that is missing, by its name', { timeout: DEADLINE_MS }, async () => {
    // Somebody listens where NATS should be; its tests are not asked for.
    const port = await listening(createServer());
    const urls = { ...(await nowhere()), NATS_URL: `nats://127.0.0.1:${port}` };
    const { code, output } = await testServices(urls, 'mqtt/test/services/lowest');
    expect(output).toContain('skipped: MQTT');
    expect(output).not.toContain('skipped: NATS');
    expect(output).toMatch(/Tests +\d+ skipped/);
    expect(code).toBe(0);
  });
});
