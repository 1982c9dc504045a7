import { connect, createServer, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import { listening } from './loopback.js';

/** A relay to a port of loopback, in which nothing moves until it is told to: a slow line, without the waiting. */
export interface SlowLine {
  readonly port: number;
  /** Lets up to this many bytes through, towards the server or the client; resolves when they have gone on. */
  pass(towards: 'server' | 'client', bytes: number): Promise<void>;
  /** Lets everything through from now on. */
  open(): void;
  /** Lets nothing more through by itself. */
  hold(): void;
}

/** @param isOpen whether it lets everything through at first, such as a handshake of TLS */
export async function slowLine(port: number, isOpen = false): Promise<SlowLine> {
  const pairs: { readonly client: Socket; readonly server: Socket }[] = [];
  const relay = createServer((client) => {
    const server = connect(port, '127.0.0.1');
    server.on('error', () => {});
    client.on('close', () => server.destroy());
    server.on('close', () => client.destroy());
    onTestFinished(() => void server.destroy());
    pairs.push({ client, server });
    if (isOpen) {
      client.pipe(server);
      server.pipe(client);
      return;
    }
    // The upgrade goes through, and all else waits in the sockets.
    client.once('data', (request) => {
      client.pause();
      server.write(request);
    });
    server.once('data', (answer) => {
      server.pause();
      client.write(answer);
    });
  });
  const own = await listening(relay);
  return {
    port: own,
    async pass(towards, bytes) {
      const { client, server } = pairs.at(-1) as (typeof pairs)[number];
      const [from, to] = towards === 'server' ? [client, server] : [server, client];
      let left = bytes;
      while (left > 0) {
        const chunk = from.read(Math.min(left, from.readableLength) || 1) as Buffer | null;
        if (chunk === null) await new Promise((resolve) => from.once('readable', resolve));
        else {
          left -= chunk.length;
          await new Promise((resolve) => to.write(chunk, resolve));
        }
      }
    },
    hold() {
      for (const { client, server } of pairs) {
        client.unpipe().pause();
        server.unpipe().pause();
      }
    },
    open() {
      for (const { client, server } of pairs) {
        client.removeAllListeners('readable').pipe(server);
        server.removeAllListeners('readable').pipe(client);
      }
    },
  };
}
