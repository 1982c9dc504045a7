import type { Socket } from 'node:net';
import type { Connector } from '../../core/connector.js';
import { closeSocket } from './closeSocket.js';
import { resolveEndpoint } from './endpoint.js';
import { openSocket } from './openSocket.js';
import { resolveSettings, type TcpConnectorOptions } from './options.js';
import { type EndWatch, watchEnd } from './watchEnd.js';

/**
 * A connector for a TCP or TLS server: you write `run`, which gets a connected socket.
 *
 * An error before or between your listeners never ends the process; `lines` and `closed` still throw it.
 *
 * @throws InvalidOptionError when an option is missing, unknown or out of bounds
 */
export function tcpConnector<TOutput = void>(
  options: TcpConnectorOptions<TOutput>,
): Connector<Socket, TOutput> {
  const settings = resolveSettings(options);
  const { noDelay, keepAlive, keepAliveDelayMs, closeTimeoutMs, lookup } = settings;
  const { run, retryDelay, isRetryable } = settings;
  const watches = new WeakMap<Socket, EndWatch>();
  const watch = (socket: Socket): EndWatch => {
    const made = watches.get(socket) ?? watchEnd(socket, settings);
    watches.set(socket, made);
    return made;
  };
  return {
    async connect(attempt) {
      const endpoint = await resolveEndpoint(settings, attempt);
      return openSocket(endpoint, lookup, attempt, (socket) => {
        // After the connect: a TLS socket drops both when it gets them as options.
        if (noDelay) socket.setNoDelay(true);
        if (keepAlive) socket.setKeepAlive(true, keepAliveDelayMs);
        watch(socket);
      });
    },
    run,
    // A socket that a wrapper's `connect` made is watched from here on.
    closed: (socket) => watch(socket).ended(),
    isRetryable,
    disconnect(socket) {
      watches.get(socket)?.stop();
      return closeSocket(socket, closeTimeoutMs);
    },
    ...(retryDelay && { retryDelay }),
  };
}
