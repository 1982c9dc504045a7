import { createServer } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { firstAttempt } from '../../../test/support/attempt.js';
import { listening, rejection } from '../../../test/support/loopback.js';
import { natsSubscriber } from '../src/index.js';
import { natsConsumer, natsPublisher } from '../src/jetstream.js';

/** A server without TLS, and what it has received. */
async function plainServer() {
  const received: string[] = [];
  const port = await listening(
    createServer((socket) => {
      socket.write('INFO {"server_id":"plain","version":"2.9.0","proto":1,"max_payload":1000}\r\n');
      socket.setEncoding('utf8').on('data', (text: string) => {
        received.push(text);
        if (text.includes('PING')) socket.write('PONG\r\n');
      });
    }),
  );
  return { port, received: () => received.join('') };
}

const login = { user: 'me', pass: 's3cr3t' };
const subscriber = (servers: string | string[], tls?: object) =>
  natsSubscriber({ servers, subjects: 'a', login, onMessage() {}, ...(tls && { tls }) });

describe('the scheme of a server’s URL', () => {
  it.each<[string, (port: number) => ReturnType<typeof subscriber>]>([
    ['tls://', (port) => subscriber(`tls://127.0.0.1:${port}`)],
    ['TLS:// with a login', (port) => subscriber(` TLS://other:s3cr3t@127.0.0.1:${port}`)],
    [
      'tls:// of one server of two',
      (port) => subscriber([`127.0.0.1:${port}`, `tls://127.0.0.1:${port}`]),
    ],
    [
      'tls://, and `tls`',
      (port) => subscriber(`tls://127.0.0.1:${port}`, { minVersion: 'TLSv1.3' }),
    ],
  ])('%s: a server without TLS is refused, and gets nothing', async (_title, connectorAt) => {
    const server = await plainServer();
    const error = await rejection(connectorAt(server.port).connect(firstAttempt().attempt));
    expect(String(error)).toContain("server does not support 'tls'");
    expect(server.received()).toBe('');
  });

  it('is the same for a consumer and a publisher', async () => {
    const server = await plainServer();
    const servers = `tls://127.0.0.1:${server.port}`;
    const connectors = [
      natsConsumer({ servers, stream: 's', durable: 'd', login, onMessage() {} }),
      natsPublisher({ servers, login }),
    ];
    for (const connector of connectors) {
      const error = await rejection(connector.connect(firstAttempt().attempt));
      expect(String(error)).toContain("server does not support 'tls'");
    }
    expect(server.received()).toBe('');
  });

  it('a login after a space is sent, too', async () => {
    const server = await plainServer();
    const servers = ` nats://me:s3/cr3t@127.0.0.1:${server.port} `;
    const connector = natsSubscriber({ servers, subjects: 'a', onMessage() {} });
    const connection = await connector.connect(firstAttempt().attempt);
    onTestFinished(() => connector.disconnect?.(connection));
    expect(server.received()).toContain('"user":"me","pass":"s3/cr3t"');
  });

  it('nats://: the server decides', async () => {
    const server = await plainServer();
    const connector = subscriber(`nats://127.0.0.1:${server.port}`);
    const connection = await connector.connect(firstAttempt().attempt);
    onTestFinished(() => connector.disconnect?.(connection));
    expect(server.received()).toContain('s3cr3t');
  });
});
