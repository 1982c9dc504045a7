import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { serverSentEvents } from '../../examples/server-sent-events.js';
import { describeService } from '../support/serviceSuite.js';

describeService({
  name: 'Server-sent events',
  keepsMessages: true,
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
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const beat = setInterval(() => {
      for (const stream of streams) stream.write(':\n\n');
    }, 200);
    return {
      at: new URL(`http://127.0.0.1:${port}/`),
      connector: ({ url, heartbeatS, onSession, hear, onCredentials }) =>
        serverSentEvents({
          url,
          silenceMs: heartbeatS * 1000,
          token: () => {
            onCredentials();
            return 'any';
          },
          onSession,
          onMessage: ({ epoch, data }) => hear(epoch, data),
        }),
      async publish(text) {
        events.push(text);
        for (const stream of streams) send(stream, events.length);
      },
      count: async () => streams.size,
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
});
