import { channel } from 'node:diagnostics_channel';
import { getEventListeners, once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, Socket } from 'node:net';
import { onTestFinished } from 'vitest';

/** A server on a free port of loopback; when the test is over it and its connections are closed. */
export async function listening(server: Server, host = '127.0.0.1'): Promise<number> {
  const open = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    open.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => open.delete(socket));
  });
  server.listen(0, host);
  await once(server, 'listening');
  onTestFinished(() => {
    for (const socket of open) socket.destroy();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

/** A port of loopback on which nobody listens. */
export async function closedPort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Two ends of one connection. */
export async function pair(): Promise<{ ours: Socket; theirs: Socket }> {
  const server = createServer({ allowHalfOpen: true });
  const accepted = once(server, 'connection');
  const ours = connect(await listening(server), '127.0.0.1');
  ours.on('error', () => {});
  await once(ours, 'connect');
  const [theirs] = await accepted;
  onTestFinished(() => void ours.destroy());
  return { ours, theirs };
}

/** Drops a connection by a reset alone; Node's `resetAndDestroy` sends an end before it. */
export function reset(socket: Socket): void {
  Object.assign(socket, { resetAndClosing: true }).destroy();
}

/** Every TCP socket that `net.connect` makes from now on; Node does not tell of TLS sockets. */
export function watchSockets(): Socket[] {
  const sockets: Socket[] = [];
  const watch = (message: unknown) => sockets.push((message as { socket: Socket }).socket);
  const created = channel('net.client.socket');
  created.subscribe(watch);
  onTestFinished(() => created.unsubscribe(watch));
  return sockets;
}

/** Client and server sockets of this process that are open. */
export function openSockets(): number {
  return process.getActiveResourcesInfo().filter((it) => /^(TCPSocketWrap|TLSWrap)$/.test(it))
    .length;
}

export function listenersOn(signal: AbortSignal): number {
  return getEventListeners(signal, 'abort').length;
}

/** What a promise rejects with; a promise that resolves fails the test. */
export function rejection(promise: PromiseLike<unknown>): Promise<unknown> {
  return Promise.resolve(promise).then(
    (value) => {
      throw new Error(`resolved to ${String(value)}`);
    },
    (error: unknown) => error,
  );
}
