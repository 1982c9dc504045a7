import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { Continue, createReconnectActor } from 'schmoozer';
import { endpoints } from 'schmoozer/many';
import { srvEndpoints } from 'schmoozer/srv';
import { tcpConnector } from 'schmoozer/tcp';
import { describe, expect, it, onTestFinished } from 'vitest';
import { dnsServer, srv } from '../../support/dnsServer.js';
import { listening, rejection } from '../../support/loopback.js';
import { until } from '../../support/until.js';

const NAME = '_feed._tcp.example.test';
const named = (answer: ReturnType<typeof srv>) => ({ ...answer, name: NAME });

describe('srvEndpoints', () => {
  it('asks a DNS server each time, for host, port, priority and weight', async () => {
    const server = await dnsServer(() => [
      named(srv('b.example.test', 7001, 10, 60)),
      named(srv('a.example.test', 7000, 5, 0)),
    ]);
    const discover = srvEndpoints(NAME, { servers: [server.address] });
    const found = await discover();
    expect(found.toSorted((a, b) => a.priority - b.priority)).toEqual([
      { host: 'a.example.test', port: 7000, priority: 5, weight: 0 },
      { host: 'b.example.test', port: 7001, priority: 10, weight: 60 },
    ]);
    expect(server.questions).toMatchObject([{ type: 'SRV', name: NAME }]);
    server.reply = () => [named(srv('c.example.test', 1))];
    await expect(discover()).resolves.toMatchObject([{ host: 'c.example.test' }]);
  });

  it('finds nothing where the service says that it is not available', async () => {
    const server = await dnsServer(() => [named(srv('.', 0))]);
    await expect(srvEndpoints(NAME, { servers: [server.address] })()).resolves.toEqual([]);
  });

  it.each([
    ['ENOTFOUND', 'NXDOMAIN' as const],
    ['ENODATA', []],
  ])('throws %s of the resolver', async (code, reply) => {
    const server = await dnsServer(() => reply);
    const discover = srvEndpoints(NAME, { servers: [server.address] });
    expect(await rejection(discover())).toMatchObject({ code });
  });

  it('ends at once when its signal is aborted, with the reason', async () => {
    const server = await dnsServer(() => undefined);
    const discover = srvEndpoints(NAME, { servers: [server.address] });
    const controller = new AbortController();
    const asked = rejection(discover(controller));
    await until('the question', () => server.questions.length > 0);
    const reason = new Error('enough');
    controller.abort(reason);
    expect(await asked).toBe(reason);
    expect(await rejection(discover(controller))).toBe(reason);
    expect(server.questions).toHaveLength(1);
  });

  it('refuses what is no name and no server', () => {
    expect(() => srvEndpoints('')).toThrow('`name` must be a string that is not empty');
    expect(() => srvEndpoints(5 as never)).toThrow('`name` must be a string');
    expect(() => srvEndpoints(NAME, { servers: ['nowhere'] })).toThrow('`servers` must be a list');
    expect(() => srvEndpoints(NAME, { server: [] } as never)).toThrow('`server` must be left out');
    // The system's own; nothing is asked yet.
    expect(srvEndpoints(NAME)).toBeTypeOf('function');
  });
});

describe('a link that finds its servers by SRV', () => {
  it('goes to the lowest priority that answers, and keeps its list when DNS is gone', async () => {
    const sockets: Socket[] = [];
    const spare = createServer((socket) => void sockets.push(socket));
    const main = createServer((socket) => void sockets.push(socket));
    const ports = { main: await listening(main), spare: await listening(spare) };
    const server = await dnsServer(() => [
      named(srv('127.0.0.1', ports.spare, 20)),
      named(srv('127.0.0.1', ports.main, 10)),
    ]);
    const chosen: string[] = [];
    const failures: unknown[] = [];
    const connector = endpoints(
      srvEndpoints(NAME, { servers: [server.address] }),
      ({ host, port }) =>
        tcpConnector({
          host,
          port,
          run: async (socket, { signal }) => {
            await once(socket, 'close', { signal });
            return Continue();
          },
        }),
      {
        discoverAgeMs: 0,
        stableAfterMs: 0,
        discoverTimeoutMs: 200,
        onEvent: (event) => {
          if (event.type === 'endpoint.chosen') chosen.push(event.endpoint);
          if (event.type === 'discovery.failed') failures.push(event.error);
        },
      },
    );
    const link = createReconnectActor(connector, { backoff: () => Continue(10) }).start();
    onTestFinished(() => void link.stop());
    await until('the first session', () => link.getSnapshot().hasTag('online'));
    expect(chosen).toEqual([`127.0.0.1:${ports.main}`]);

    server.reply = () => undefined;
    main.close();
    for (const socket of sockets) socket.resetAndDestroy();
    await until('the second session', () => chosen.at(-1) === `127.0.0.1:${ports.spare}`);
    await until('the second session', () => link.getSnapshot().hasTag('online'));
    expect(failures).toMatchObject([
      { code: 'ERR_DISCOVERY', message: '`discover` did not answer within 200 ms' },
    ]);
    expect(chosen.slice(1)).toEqual([`127.0.0.1:${ports.main}`, `127.0.0.1:${ports.spare}`]);
    link.send({ type: 'stop' });
    await until('the end', () => link.getSnapshot().status === 'done');
  });
});
