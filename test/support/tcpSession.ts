import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { createServer as createTlsServer, type TLSSocket } from 'node:tls';
import { Continue } from 'schmoozer';
import { tcpConnector, type TcpConnectorOptions } from 'schmoozer/tcp';
import { onTestFinished } from 'vitest';
import { firstAttempt } from './attempt.js';
import { certificateFor } from './certificate.js';
import { listening, reset } from './loopback.js';
import { until } from './until.js';

const certificate = certificateFor('server.test');

export type Transport = 'TCP' | 'TLS';

export interface TcpSession {
  readonly connector: ReturnType<typeof tcpConnector>;
  /** What `run` gets. */
  readonly socket: Socket;
  /** The server's end. */
  readonly peer: Socket;
  /** Resolves when the system has all that the peer has sent, its end too. */
  endPeer(last?: Buffer): Promise<void>;
  /** Drops the connection from the server's side, without an end before. */
  resetByPeer(): void;
}

/** A session of a connector over a transport, with its peer. */
export async function tcpSession(
  transport: Transport,
  options: Partial<TcpConnectorOptions> = {},
): Promise<TcpSession> {
  const pem = await certificate;
  const isTls = transport === 'TLS';
  const server = isTls
    ? createTlsServer({ ...pem, allowHalfOpen: true })
    : createServer({ allowHalfOpen: true });
  const accepted = once(server, 'connection');
  const ready = isTls ? once(server, 'secureConnection') : accepted;
  const connector = tcpConnector({
    host: '127.0.0.1',
    port: await listening(server),
    tls: isTls && { ca: pem.cert, servername: 'server.test' },
    run: async () => Continue(),
    ...options,
  });
  const { attempt } = firstAttempt();
  const [socket, [raw], [peer]] = await Promise.all([
    connector.connect(attempt),
    accepted as Promise<[Socket]>,
    ready as Promise<[Socket]>,
  ]);
  peer.on('error', () => {});
  // What a server sends after the handshake is on its way: a reset that overtakes it looks like an end in order.
  if (isTls) await until('the ticket', () => (socket as TLSSocket).getTLSTicket());
  onTestFinished(() => {
    socket.destroy();
    peer.destroy();
  });
  return {
    connector,
    socket,
    peer,
    endPeer: (last) => new Promise((resolve) => peer.end(last ?? '', () => resolve())),
    resetByPeer: () => reset(raw),
  };
}
