import { connect, createServer, type Server, type Socket } from 'node:net';

/** What a client asked the proxy for, as `host:port`, and with which `user:password`. */
export interface SocksRequest {
  readonly target: string;
  readonly login: string | undefined;
}

export interface SocksOptions {
  /** It lets nobody else through. */
  readonly login?: string;
  /** Whether it answers only together with the first bytes of the server. */
  readonly isLate?: boolean;
}

/** A SOCKS5 proxy (RFC 1928, 1929) for a test. */
export function socksServer(requests: SocksRequest[], options: SocksOptions = {}): Server {
  // Who has sent all still wants the answer.
  return createServer({ allowHalfOpen: true }, (client) => {
    client.on('error', () => {});
    serve(client, requests, options).catch(() => client.destroy());
  });
}

async function serve(
  client: Socket,
  requests: SocksRequest[],
  { login: expected, isLate }: SocksOptions,
) {
  const [, methods = 0] = await read(client, 2);
  await read(client, methods);
  client.write(Buffer.of(5, expected === undefined ? 0 : 2));
  let login: string | undefined;
  if (expected !== undefined) {
    const [, userBytes = 0] = await read(client, 2);
    const user = await read(client, userBytes);
    const [passwordBytes = 0] = await read(client, 1);
    login = `${String(user)}:${String(await read(client, passwordBytes))}`;
    client.write(Buffer.of(1, login === expected ? 0 : 1));
    if (login !== expected) return client.end();
  }
  const [, , , type = 0] = await read(client, 4);
  const [nameBytes = 0] = type === 3 ? await read(client, 1) : [];
  const bytes = await read(client, type === 3 ? nameBytes : type === 4 ? 16 : 4);
  const host = type === 3 ? String(bytes) : bytes.join('.');
  const port = (await read(client, 2)).readUInt16BE();
  requests.push({ target: `${host}:${port}`, login });
  const server = connect({ port, host, allowHalfOpen: true });
  server.on('error', () => client.destroy());
  const answer = (first: Buffer) => {
    client.write(Buffer.concat([Buffer.of(5, 0, 0, 1, 0, 0, 0, 0, 0, 0), first]));
    client.pipe(server).pipe(client);
  };
  if (isLate === true) server.once('data', answer);
  else server.once('connect', () => answer(Buffer.alloc(0)));
  client.on('close', () => server.destroy());
}

/** So many bytes, as soon as they have come. */
async function read(socket: Socket, length: number): Promise<Buffer> {
  if (length === 0) return Buffer.alloc(0);
  for (;;) {
    const bytes = socket.read(length) as Buffer | null;
    if (bytes !== null) return bytes;
    if (socket.readableEnded || socket.destroyed) throw new Error('the client has gone');
    await new Promise<void>((resolve) => {
      const settle = () => {
        socket.off('readable', settle).off('close', settle);
        resolve();
      };
      socket.on('readable', settle).on('close', settle);
    });
  }
}
