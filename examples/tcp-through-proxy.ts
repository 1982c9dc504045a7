// Ways for `open` of tcpConnector to lead through a proxy: docs/tcp.md shows them, test/process/proxies.test.ts tries them.
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
        socket.unshift(head); // what the server has said already
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
    // What came with the proxy's answer is passed on as an event, one turn later: into the buffer, for who reads.
    const early = (bytes: Buffer) => socket.unshift(bytes);
    const hold = () => {};
    socket.on('readable', hold).on('data', early);
    await nextTurn();
    return socket.off('data', early).off('readable', hold);
  };
}
