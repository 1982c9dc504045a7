import { once } from 'node:events';
import { request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { addAbortSignal } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { SocksClient } from 'socks';
import { proxyFailed } from './commandError.js';
import type { Proxy } from './parseProxy.js';
import type { HostAndPort } from './parseTarget.js';

/**
 * Opens a socket to a server through the proxy.
 *
 * @throws CommandError when the proxy cannot be reached, or refuses; the signal's reason once it is aborted
 */
export async function openThrough(
  proxy: Proxy,
  address: HostAndPort,
  signal: AbortSignal,
): Promise<Socket> {
  const open = proxy.scheme === 'http' ? openThroughHttp : openThroughSocks;
  try {
    return await open(proxy, address, signal);
  } catch (error) {
    signal.throwIfAborted();
    throw proxyFailed(error as Error);
  }
}

function openThroughHttp(
  { host: proxyHost, port: proxyPort, user, password }: Proxy,
  { host, port }: HostAndPort,
  signal: AbortSignal,
): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const path = `${host.includes(':') ? `[${host}]` : host}:${port}`;
    const login = Buffer.from(`${user}:${password}`).toString('base64');
    const asking = request({
      host: proxyHost,
      port: proxyPort,
      method: 'CONNECT',
      path,
      headers: {
        Host: path,
        ...(user !== undefined && { 'Proxy-Authorization': `Basic ${login}` }),
      },
      agent: false,
      signal,
    });
    asking.once('error', reject);
    asking.once('connect', ({ statusCode = 0 }, socket, head) => {
      // RFC 9110, 9.3.6: any 2xx.
      if (statusCode >= 200 && statusCode < 300) {
        // Data that the server has already sent.
        socket.unshift(head);
        return resolve(socket);
      }
      socket.destroy();
      reject(new Error(`it answered with HTTP ${statusCode}`));
    });
    asking.end();
  });
}

async function openThroughSocks(
  { host: proxyHost, port: proxyPort, user, password }: Proxy,
  destination: HostAndPort,
  signal: AbortSignal,
): Promise<Socket> {
  const socket = addAbortSignal(signal, connect({ host: proxyHost, port: proxyPort }));
  await once(socket, 'connect');
  try {
    await SocksClient.createConnection({
      proxy: {
        host: proxyHost,
        port: proxyPort,
        type: 5,
        ...(user !== undefined && { userId: user, password: password as string }),
      },
      command: 'connect',
      destination,
      existing_socket: socket,
    });
  } catch (error) {
    socket.destroy();
    throw error;
  }
  // Data that arrived with the proxy's answer is emitted one turn later: it goes into the buffer for the reader.
  const early = (bytes: Buffer) => socket.unshift(bytes);
  const hold = () => {};
  socket.on('readable', hold).on('data', early);
  await nextTurn();
  return socket.off('data', early).off('readable', hold);
}
