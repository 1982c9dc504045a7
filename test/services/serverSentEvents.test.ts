import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { serverSentEvents } from '../../examples/server-sent-events.js';
import { rejection, listening } from '../support/loopback.js';
import { describeContract } from '../support/serviceContract.js';
import { deaf } from '../support/serviceSuite.js';
import type { Service } from '../support/serviceUnderTest.js';
import { constantBackoff, type ReconnectEmitted, createReconnectActor, run } from 'schmoozer';
import { expect, it } from 'vitest';

const service: Service = {
  name: 'Server-sent events',
  keepsMessages: true,
  secure: { scheme: 'https:' },
  async open() {
    const streams = new Set<ServerResponse>();
    const events: string[] = [];
    const send = (stream: ServerResponse, id: number) =>
      stream.write(`id: ${id}\ndata: ${events[id - 1]}\n\n`);
    const server = createServer((request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).write(': hello\n\n');
      streams.add(response.on('close', () => streams.delete(response)));
      const after = Number(request.headers['last-event-id'] ?? events.length);
      for (let id = after + 1; id <= events.length; id++) send(response, id);
    });
    const sockets = new Set<Socket>();
    server.on('connection', (socket: Socket) => {
      sockets.add(socket.once('close', () => sockets.delete(socket)));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const beat = setInterval(() => {
      for (const stream of streams) stream.write(':\n\n');
    }, 200);
    return {
      at: new URL(`http://127.0.0.1:${port}/`),
      connector: ({ url, heartbeatS, tls, onSession, hear, onCredentials, shared }) =>
        serverSentEvents({
          url,
          silenceMs: heartbeatS * 1000,
          token: () => {
            onCredentials();
            return 'any';
          },
          ...(tls && { tls }),
          onSession,
          onMessage: ({ data }, { epoch }) => hear(epoch, data),
          ...shared,
        }),
      async publish(text) {
        events.push(text);
        for (const stream of streams) send(stream, events.length);
      },
      count: async () => streams.size,
      ownSockets: () => sockets.size,
      async cut() {
        for (const stream of streams) stream.end();
      },
      async close() {
        clearInterval(beat);
        server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
      },
    };
  },
};

/** A server that answers with these, one after the other. */
async function answering(...answers: ((response: ServerResponse) => void)[]): Promise<string> {
  let n = 0;
  const server = createServer((_request, response) => answers[n++]?.(response));
  return `http://127.0.0.1:${await listening(server)}/`;
}

describeContract(service, 12, () => {
  const gone = (response: ServerResponse) => response.writeHead(204).end();

  it.each([401, 403, 404])('gives up at status %d', async (status) => {
    const url = await answering((response) => response.writeHead(status).end('no'));
    const error = await rejection(run(serverSentEvents({ url, ...deaf })));
    expect(String(error)).toContain(`answered ${status}`);
  });

  it('gives up when the answer is no event stream', async () => {
    const url = await answering((response) => response.end('<html>'));
    expect(String(await rejection(run(serverSentEvents({ url, ...deaf }))))).toContain(
      'answered 200',
    );
  });

  it('ends well at status 204, the standard’s word for: do not come back', async () => {
    const url = await answering(gone);
    expect(await run(serverSentEvents({ url, ...deaf }))).toEqual({ status: 'completed' });
  });

  it('waits as long as Retry-After and `retry:` ask for', async () => {
    const url = await answering(
      (response) => response.writeHead(503, { 'retry-after': '1' }).end(),
      (response) =>
        response.writeHead(200, { 'content-type': 'text/event-stream' }).end('retry: 120\n\n'),
      gone,
    );
    const actor = createReconnectActor(serverSentEvents({ url, ...deaf }), {
      backoff: constantBackoff(5),
    });
    const delays: number[] = [];
    actor.on(
      'retry.scheduled',
      ({ delayMs }: ReconnectEmitted & { type: 'retry.scheduled' }) => void delays.push(delayMs),
    );
    await new Promise<void>((resolve) => {
      actor.subscribe({ complete: resolve });
      actor.start();
    });
    // The backoff's own spread comes on top, so that clients do not come back all at once.
    expect(delays.map((ms) => Math.floor(ms / 5) * 5)).toEqual([1000, 120]);
  });
});
