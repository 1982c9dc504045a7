// Functions for `open` of tcpConnector that connect through a proxy, as in docs/tcp.md; test/process/proxies.test.ts tests them.
import { once } from 'node:events';
import { request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { addAbortSignal } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { TcpConnectorOptions } from 'schmoozer/tcp';
import { SocksClient } from 'socks';

type Open = NonNullable<TcpConnectorOptions['open']>;
type Proxy = { host: string; port: number };

export function throughHttpProxy(proxy: Proxy, headers: Record<string, string> = {}): Open {
  return ({ host, port }, { signal }) =>
    new Promise<Socket>((resolve, reject) => {
      const path = `${host.includes(':') ? `[${host}]` : host}:${port}`;
      const asked = request({ ...proxy, method: 'CONNECT', path, headers, agent: false, signal });
      asked.once('error', reject);
      asked.once('connect', ({ statusCode }, socket, head) => {
        if (statusCode !== 200) {
          socket.destroy();
          return reject(new Error(`the proxy answered with HTTP ${statusCode}`));
        }
        socket.unshift(head); // data that the server has already sent
        resolve(socket as Socket);
      });
      asked.end();
    });
}

export function throughSocksProxy(proxy: Proxy & { userId?: string; password?: string }): Open {
  return async ({ host, port }, { signal }) => {
    const socket = addAbortSignal(signal, connect({ host: proxy.host, port: proxy.port }));
    await once(socket, 'connect');
    await SocksClient.createConnection({
      proxy: { ...proxy, type: 5 },
      command: 'connect',
      destination: { host, port },
      existing_socket: socket,
    });
    // Data that arrived with the proxy's answer is emitted one turn later: it goes into the buffer for the reader.
    const early = (bytes: Buffer) => socket.unshift(bytes);
    const hold = () => {};
    socket.on('readable', hold).on('data', early);
    await nextTurn();
    return socket.off('data', early).off('readable', hold);
  };
}
